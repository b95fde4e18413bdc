"""Tables of a scan for upticks: its rows, a ranking, and series too short to judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.display import wording
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.models.calibration import Shape
from disclosure_trends.models.uptick.baselines import Judgement
from disclosure_trends.models.uptick.multiplicity import shrink_ratios
from disclosure_trends.models.uptick.series_matrix import (
    SeriesMatrix,
    in_period,
    lacks_exposure,
)
from disclosure_trends.models.uptick.short_series import ShortComparison, compare_last
from disclosure_trends.models.uptick.words import result_word
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.periods import Freq
from disclosure_trends.vocabulary.regions import label_region

COLUMNS: Final = (
    "region",
    "period",
    "value",
    "expected",
    "lower",
    "upper",
    "p_value",
    "q_value",
    "alarm",
    "status",
)
SPARK: Final = 24  # periods of a sparkline
RANKING: Final = ("region", "period", "rate_ratio", "shrunken", "lower", "upper")
SHORT: Final = (
    "region",
    "period",
    "previous",
    "value",
    "rate_ratio",
    "lower",
    "upper",
    "exact_p",
    "dispersion",
    "scaled_p",
    "reading",
)


def rows_of(matrix: SeriesMatrix, column: int, **columns: object) -> pd.DataFrame:
    """Lay out one examined period of all series; `columns` holds what was found."""
    value = pd.array(matrix.counts[:, column], dtype="Float64").astype("Int64")
    frame: pd.DataFrame = pd.DataFrame(
        {
            "region": pd.array(list(matrix.regions), dtype="str"),
            "period": matrix.periods[column],
            "value": value,
            **columns,
        }
    )
    rows: pd.DataFrame = frame.loc[:, list(COLUMNS)]
    return rows


def no_rows() -> pd.DataFrame:
    """Lay out a scan of nothing."""
    return pd.DataFrame({name: [] for name in COLUMNS})


def ranking(matrix: SeriesMatrix, judged: Mapping[int, Judgement]) -> pd.DataFrame:
    """Rank the series of the latest examined period by their shrunken ratio."""
    examined = [c for c, j in judged.items() if (j.status == "examined").any()]
    if not examined:
        return pd.DataFrame({name: [] for name in RANKING})
    column = max(examined)
    judgement = judged[column]
    found = judgement.status == "examined"
    value = np.where(found, matrix.ripe[:, column], np.nan)
    shrunk = shrink_ratios(value, judgement.expected, judgement.variance)
    frame = pd.DataFrame(
        {
            "region": list(matrix.regions),
            "period": matrix.periods[column],
            "rate_ratio": value / judgement.expected,
            "shrunken": shrunk.shrunken,
            "lower": shrunk.lower,
            "upper": shrunk.upper,
        }
    )
    order = ["shrunken", "region"]
    ranked: pd.DataFrame = frame.loc[found].sort_values(
        order, ascending=[False, True], ignore_index=True
    )
    return ranked


def short_history(matrix: SeriesMatrix, table: pd.DataFrame) -> pd.DataFrame:
    """Say what counting noise alone would say of series too short to judge.

    The interval and `exact_p` assume that counts vary as independent cases do; the
    `reading` says whether the counts themselves bear that out. None is an uptick.
    """
    short = table[table["status"] == "short history"]
    rows = []
    for region, period in zip(short["region"], short["period"], strict=True):
        series = matrix.ripe[matrix.regions.index(region)]
        counts = series[: matrix.periods.index(period) + 1]
        known = [int(count) for count in counts[~np.isnan(counts)]]
        if len(known) < 3 or sum(known[-2:]) == 0:
            continue
        rows.append(_short_row(region, period, compare_last(known)))
    return pd.DataFrame(rows, columns=list(SHORT))


def _short_row(region: str, period: str, found: ShortComparison) -> dict[str, object]:
    reading: Literal["flat", "overdispersed", "counting noise only"]
    if found.flat:
        reading = "flat"
    else:
        reading = "overdispersed" if found.overdispersed else "counting noise only"
    return {
        "region": region,
        "period": period,
        "previous": found.previous,
        "value": found.value,
        "rate_ratio": found.rate_ratio.value,
        "lower": found.rate_ratio.lower,
        "upper": found.rate_ratio.upper,
        "exact_p": found.exact_p,
        "dispersion": found.dispersion,
        "scaled_p": found.scaled_p,
        "reading": reading,
    }


def last_counts(history: pd.DataFrame, *, until: str) -> dict[str, list[object]]:
    """Return the last counts of every series up to a period; complete ones only."""
    past = history[history["period"] <= until]
    known = past["value"].where(past["is_complete"])
    groups = known.groupby(past["region"], sort=False)
    return {str(name): group.tail(SPARK).to_list() for name, group in groups}


def shown_rows(
    latest: pd.DataFrame,
    *,
    ranking: pd.DataFrame,
    history: pd.DataFrame,
    measure: str,
) -> TableSpec:
    """Lay out the latest period of every series for a reader, by shrunken ratio."""
    period = str(latest["period"].iloc[0])
    rows = latest.merge(ranking[["region", "shrunken"]], on="region", how="left")
    past = last_counts(history, until=period)
    rows = rows.assign(past=rows["region"].map(past))
    rows["name"] = [label_region(str(region)) for region in rows["region"]]
    rows["result"] = [result_word(row) for row in rows.to_dict("records")]
    rows = rows.sort_values(
        ["shrunken", "region"], ascending=[False, True], ignore_index=True
    )
    label = wording.sentence(measure_name(measure)).rstrip(".")
    return TableSpec(
        name="upticks",
        caption=f"Every series {in_period(period)}",
        columns=(
            ColumnRule(key="name", label="Series"),
            ColumnRule(key="past", label="Last periods", kind="spark"),
            ColumnRule(key="value", label=label, kind="count"),
            ColumnRule(key="expected", label="Expected", kind="count"),
            ColumnRule(key="upper", label="Alarm above", kind="count"),
            ColumnRule(key="shrunken", label="Times expected", kind="ratio"),
            ColumnRule(key="result", label="Result"),
        ),
        rows=rows,
        note="Last periods: complete ones only. Times expected: the count divided by "
        "the expected, pulled towards what the series share, so that small series do "
        "not head the list by noise.",
    )


def typical_shape(
    matrix: SeriesMatrix,
    judged: Mapping[int, Judgement],
    *,
    freq: Freq,
    method: Literal["calibrated", "farrington"],
    rate: float,
) -> Shape | None:
    """Describe the middle one of the examined series; None where none was."""
    examined = [c for c, j in judged.items() if (j.status == "examined").any()]
    if method == "farrington":
        known = np.isfinite(matrix.ripe).any(axis=0)
        examined = [int(np.flatnonzero(known)[-1])] if known.any() else []
    if not examined:
        return None
    column = max(examined)
    history = matrix.ripe[:, :column]
    lengths = (~np.isnan(history)).sum(axis=1)
    level, dispersion = _spread(history[:, -36:])
    if column in judged:
        judgement = judged[column]
        found = judgement.status == "examined"
        lengths = lengths[found]
        level = float(np.median(judgement.expected[found]))
        ratio = judgement.variance[found] / np.maximum(judgement.expected[found], 1e-9)
        dispersion = float(np.median(ratio))
    return Shape(
        freq=freq,
        history=int(np.median(lengths)),
        level=level,
        dispersion=dispersion,
        rate=rate,
        method=method,
        pool=len(lengths),
    )


def _spread(history: np.typing.NDArray[np.float64]) -> tuple[float, float]:
    """Median level, and median variance / mean, of the last years."""
    known = history[(~np.isnan(history)).sum(axis=1) > 1]
    if not len(known):
        return 1.0, 1.0
    mean = np.maximum(np.nanmean(known, axis=1), 1e-9)
    ratio = np.nanvar(known, axis=1, ddof=1) / mean
    return float(np.median(mean)), float(max(np.median(ratio), 1.0))


def checks_of(
    counts: Counts,
    matrix: SeriesMatrix,
    table: pd.DataFrame,
    judged: Mapping[int, Judgement],
) -> tuple[Check, ...]:
    """Tell what a reader must know: what was left out, and what is not measured."""
    checks = list(counts.checks)
    left_out = table[table["status"] != "examined"]
    for status, rows in left_out.groupby("status", sort=True):
        text = f"{len(rows)} of {len(table)} cells were not examined: {status}."
        name = f"not_examined_{str(status).replace(' ', '_')}"
        checks.append(Check(name=name, passed=None, text=text))
    for judgement in judged.values():
        pooled = judgement.pooled
        if pooled is not None:
            text = (
                f"Dispersion pooled over {len(pooled.phi)} series: "
                f"{pooled.shared:.2f} with a weight of {pooled.prior_df:.1f} degrees "
                "of freedom."
            )
            checks.append(Check(name="pooled_dispersion", passed=None, text=text))
    lacking = int(lacks_exposure(matrix).sum())
    if lacking:
        text = (
            f"{wording.plural(lacking, 'series', 'series')} with a count that has no "
            "exposure: judged without exposure."
        )
        checks.append(Check(name="exposure_missing", passed=False, text=text))
    if counts.freq == "month" and len(matrix.periods) < 24 and judged:
        text = (
            "Fewer than 24 months of history: seasons cannot be told from rises; "
            "read alarms with care."
        )
        checks.append(Check(name="under_two_years", passed=False, text=text))
    return tuple(checks)
