"""The answer under every reasonable choice: a specification curve.

Source: Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4:1208-1214.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import pandas as pd

from disclosure_trends.models.attribution.effect import estimate_effect
from disclosure_trends.models.jackknife import Jackknifed
from disclosure_trends.models.panel import Ints, Panel, Texts
from disclosure_trends.vocabulary.countries import country_in_prose

CHOICES: Final = ("dates", "measure", "history", "window", "countries", "left_out")
SHORT_HISTORY: Final = 12
_BLOCKS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choices:
    """The panels that the choices lead to.

    Attributes
    ----------
    by_measure : mapping of str to Panel
        One panel per measure, the headline's first; same authorities and months.
    by_dates : mapping of str to array of int
        Months of adoption per rule, the headline's first.
    """

    by_measure: Mapping[str, Panel]
    by_dates: Mapping[str, Ints]


def trace_specifications(
    choices: Choices, *, before: Ints, after: Ints, top_country: str | None
) -> pd.DataFrame:
    """Estimate the re-routed share under every combination of choices.

    Parameters
    ----------
    choices : Choices
        Panels and months of adoption.
    before, after : array of int
        Months of the two windows.
    top_country : str, optional
        The country that the answer rests on most, which is also left out.

    Returns
    -------
    DataFrame
        One row per combination: the columns of `CHOICES`, `share, lower, upper`
        (missing where it is not identified), `rank` by share, `agrees` (the interval
        leads to the verdict of the first row) and `is_headline`.
    """
    rows = [
        dict(zip(CHOICES, labels, strict=True)) | _numbers(result)
        for labels, result in _combine(choices, before, after, top_country)
    ]
    frame = pd.DataFrame(rows)
    headline = _verdict(frame["lower"].iloc[:1], frame["upper"].iloc[:1]).iloc[0]
    frame["agrees"] = _verdict(frame["lower"], frame["upper"]) == headline
    frame["is_headline"] = np.arange(len(frame)) == 0
    frame["rank"] = frame["share"].rank(method="first").astype("Int64")
    return frame


def _verdict(lower: pd.Series[float], upper: pd.Series[float]) -> pd.Series[int]:
    """1 if more than nothing, -1 if less, 0 if open, 9 if not identified."""
    sign = (lower > 0).astype(int) - (upper < 0).astype(int)
    return sign.where(lower.notna(), 9)


def _numbers(result: Jackknifed | None) -> dict[str, float]:
    if result is None or not result.is_defined:
        return {"share": np.nan, "lower": np.nan, "upper": np.nan}
    half = result.half_width(0.95)
    return {
        "share": result.value,
        "lower": result.value - half,
        "upper": result.value + half,
    }


def _combine(
    choices: Choices, before: Ints, after: Ints, top_country: str | None
) -> Iterator[tuple[tuple[str, ...], Jackknifed | None]]:
    """Yield each combination with its estimate, the headline's first."""
    first = next(iter(choices.by_measure.values()))
    histories = {"all months": 0}
    if min(before.min(), after.min()) > SHORT_HISTORY:
        short = int(min(before.min(), after.min())) - SHORT_HISTORY
        histories[f"{SHORT_HISTORY} months"] = short
    windows = {"whole": (before, after)}
    if min(len(before), len(after)) > 1:
        windows["last month of each"] = before[-1:], after[-1:]
    countries = {"all": np.ones(first.n_authorities, dtype=np.bool_)}
    if top_country is not None:
        countries[f"without {country_in_prose(str(top_country))}"] = (
            first.country != top_country
        )
    for dates, measure, history, window, kept, left_out in product(
        choices.by_dates,
        choices.by_measure,
        histories,
        windows,
        countries,
        ("countries", "authorities"),
    ):
        panel = choices.by_measure[measure]
        panel = panel.with_adoption(choices.by_dates[dates], panel.basis)
        panel = panel.take(panel.inside & countries[kept])
        start = histories[history]
        panel = panel.since(start)
        window_before, window_after = windows[window]
        effect = estimate_effect(
            panel,
            before=window_before - start,
            after=window_after - start,
            clusters=None if left_out == "countries" else _blocks(panel),
        )
        share = effect.share("rerouted") if effect.defined else None
        yield (dates, measure, history, window, kept, left_out), share


def _blocks(panel: Panel) -> Texts:
    """Label authorities by blocks that are left out together, at most 50."""
    blocks = min(_BLOCKS, panel.n_authorities)
    return np.array([f"{i % blocks:02d}" for i in range(panel.n_authorities)])
