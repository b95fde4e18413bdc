"""Words of a scan for upticks: how single numbers and readings are said."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import numpy as np

from disclosure_trends.display import numbers, wording
from disclosure_trends.models.calibration import WAIT, OperatingCurve, Shape
from disclosure_trends.models.uptick.series_matrix import period_noun
from disclosure_trends.results import Limit, Number, Word

Row = Mapping[Hashable, Any]
LIMITS: Final = (
    Limit(
        "Cause",
        "An alarm says that a count is unusual against its own past, not why.",
    ),
    Limit(
        "Quiet series",
        "No alarm is no proof that nothing rose: small rises are often missed, "
        "as the error rates say.",
    ),
    Limit(
        "Periods under way",
        "Periods that are not complete are not examined, however high their "
        "raw count is.",
    ),
)
WORDS: Final = (
    Word(
        "Uptick",
        "A count of a complete period above what its own past makes likely.",
    ),
    Word(
        "Expected",
        "Mean of what the series' own past predicts: level, trend and season.",
    ),
    Word("False alarm", "An alarm in a period in which nothing rose."),
)


def why_short(row: Row) -> str:
    """Say what counting noise alone would say, and why it is no uptick."""
    p = p_text(row["exact_p"])
    if row["reading"] == "flat":
        return f": flat (p {p}). The history is too short for more."
    if row["reading"] == "overdispersed":
        spread = numbers.ratio(row["dispersion"])
        return (
            f". Counting noise alone would seldom do this (p {p}), but these counts "
            f"vary {spread} times as much as counting noise, so it is not called an "
            "uptick."
        )
    return (
        f". Counting noise alone would seldom do this (p {p}), but the history is too "
        "short to say how much these counts vary, so it is not called an uptick."
    )


def few(expected: float) -> str:
    """Write an expectation; less than a half is none."""
    return numbers.count(expected) if expected >= 0.5 else "none"


def p_text(p: float) -> str:
    """Write a p-value with as many digits as it deserves."""
    return f"{p:.3f}" if p >= 0.001 else f"{p:.4f}" if p >= 0.0001 else "below 0.0001"


def number_or_none(value: float | None) -> float | None:
    """Turn a missing number into None."""
    return None if value is None or np.isnan(value) else float(value)


def result_word(row: Row) -> str:
    """Say in a word or two what became of a row."""
    if row["status"] != "examined":
        return str(row["status"])
    return "uptick" if bool(row["alarm"]) else "as expected"


def say_chance(
    alarms: int, *, cells: int, series: int, rate: float
) -> tuple[str, dict[str, Number]]:
    """Say how many alarms chance alone would have raised among those that were."""
    by_chance = float(f"{cells * rate:.2g}")
    share = numbers.percent(rate)
    what = wording.plural(cells, "period")
    if series > 1:
        what = f"{what} of {wording.plural(series, 'series', 'series')} together"
    said = (
        f"{wording.sentence(what).rstrip('.')} were examined and "
        f"{wording.plural(alarms, 'alarm')} raised; at a false alarm rate of {share} "
        f"chance alone raises about {by_chance:,g}."
    )
    found: dict[str, Number] = {
        "alarms": alarms,
        "examined": cells,
        "series": series,
        "expected_false": by_chance,
        "rate": share,
    }
    return said, found


def say_calibration(
    curve: OperatingCurve, *, shape: Shape
) -> tuple[str, dict[str, Number]]:
    """Say how often the simulated series next to these raise alarms, and rightly.

    `shape` is that of the middle one of the series asked about.
    """
    near = shape.nearest()
    noun = period_noun(near.freq)
    whose = "the series" if shape.pool == 1 else "the middle one of these series"
    about, kin = f"On {numbers.count(curve.series)}", f"the nearest to {whose}"
    if shape.is_outside:
        own = _level_words(shape.level, shape.dispersion)
        about = (
            f"{wording.sentence(whose).rstrip('.')}, with {own}, lies outside what "
            "was simulated, so its error rates may differ: on "
            f"{numbers.count(curve.series)}"
        )
        kin = "the nearest"
    rates = [
        numbers.percent(share)
        for share in (curve.false_alarm, curve.power_half, curve.power_double)
    ]
    said = (
        f"{about} simulated series of {wording.plural(near.history, noun)}, with "
        f"{_level_words(near.level, near.dispersion)}, {kin}, {rates[0]} of quiet "
        f"periods raised an alarm; of single periods at one and a half times the level "
        f"{rates[1]} were found, at the double {rates[2]}"
    )
    found: dict[str, Number] = {
        "false_alarm": rates[0],
        "power_half": rates[1],
        "power_double": rates[2],
        "series": curve.series,
        "found": numbers.percent(curve.found),
        "within": WAIT,
        "history": near.history,
        "level": near.level,
        "dispersion": near.dispersion,
    }
    said += f"; of lasting doubles {found['found']} were found within {WAIT} periods"
    if np.isfinite(curve.delay):
        found["delay"] = f"{curve.delay:.1f}"
        said += f", these in period {found['delay']} on average"
    return f"{said}.", found


def _level_words(level: float, dispersion: float) -> str:
    """Say the level and the dispersion of a series, two digits each."""
    times, spread = (f"{float(f'{x:.2g}'):,g}" for x in (level, dispersion))
    more = f"{spread} times the variance of chance alone"
    if spread == "1":
        more = "no more variance than chance alone"
    return f"a level of {times} and {more}"
