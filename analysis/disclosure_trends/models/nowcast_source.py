"""Rows with a delay: from a cleaned log, or from a frame somebody else counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import pandas as pd

from disclosure_trends.counts.counts import LARGEST, period_text
from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.models.nowcast_end import appeared
from disclosure_trends.results import Check, Evidence, NotEstimable
from disclosure_trends.vocabulary.periods import Freq, format_period, parse_period
from disclosure_trends.vocabulary.regions import partition_table

NEEDED: Final = ("region", "period", "delay", "value")
KEYS: Final = ("region", "country", "channel", "legal_process", "authority_type")
MEASURES: Final = ("received", "valid", "invalid", "disclosed", "rejected")
VISIBLE: Final = (
    "logged_at",
    "closed_at",
    "validated_at",
    "updated_at",
    "acknowledged_at",
)
LONGEST: Final = 36_525  # days, a century: the triangle has a column for each
DISCLOSED: Final = ("disclosed", "partially_disclosed")
Visible = Literal[
    "logged_at", "closed_at", "validated_at", "updated_at", "acknowledged_at"
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DelayedCounts:
    """Counts by region, period and delay, and what is known of their source.

    `every` holds all cases by period and delay, of whatever measure: they tell how far
    the source reaches.
    """

    cells: pd.DataFrame
    every: pd.DataFrame
    as_of: date
    evidence: Evidence
    checks: tuple[Check, ...] = ()
    refused: NotEstimable | None = None


def read_frame(data: pd.DataFrame, *, freq: Freq, as_of: date | None) -> DelayedCounts:
    """Read a frame `region, period, delay, value`; the last row seen is its `as_of`."""
    for name in NEEDED:
        if name not in data.columns:
            raise SettingsError(
                f"data: there is no column {name!r}; needed are {', '.join(NEEDED)}"
                f"{nearest(name, [str(column) for column in data.columns])}"
            )
    cells = data.loc[:, list(NEEDED)].copy()
    if cells.isna().any().any():
        raise SettingsError("data: a cell is missing; give every row all four columns")
    for name, largest in (("delay", LONGEST), ("value", LARGEST)):
        cells[name] = _whole_numbers(cells[name], largest=largest)
    names = {
        given: period_text(given, freq=freq, name="data")
        for given in cells["period"].unique()
    }
    cells["period"] = [names[given] for given in cells["period"]]
    cells[["region", "period"]] = cells[["region", "period"]].astype("str")
    twice = cells.duplicated(["region", "period", "delay"])
    if twice.any():
        first = cells[twice].iloc[0]
        raise SettingsError(
            f"data: {int(twice.sum())} cells are given twice, the first is "
            f"{first['region']} {first['period']}, delay {first['delay']}; one row per "
            "region, period and delay is allowed; add them up before"
        )
    seen = appeared(cells)
    known_to = as_of or seen.max().date()
    cells = cells[seen <= pd.Timestamp(known_to)]
    return DelayedCounts(
        cells=cells,
        every=cells,
        as_of=known_to,
        evidence="log",
    )


def _whole_numbers(given: pd.Series[float], *, largest: int) -> pd.Series[int]:
    numbers = pd.to_numeric(given, errors="coerce").astype("float64")
    right = (numbers >= 0) & (numbers <= largest) & (numbers == numbers.round())
    if not right.all():
        raise SettingsError(
            f"data: in column {given.name!r} {int((~right).sum())} cells are no whole "
            f"numbers from 0 to {largest}, the first is {given[~right].iloc[0]}; count "
            "cases by whole days from the start of the period"
        )
    return numbers.astype("int64")


def read_log(
    cleaned: CleanedLog,
    *,
    by: str,
    freq: Freq,
    measure: str,
    visible: str,
    as_of: date | None,
) -> DelayedCounts:
    """Read a cleaned log; the delay runs from the period's start to visibility."""
    for word, allowed, name in (
        (by, KEYS, "by"),
        (measure, MEASURES, "measure"),
        (visible, VISIBLE, "visible"),
    ):
        if word not in allowed:
            raise SettingsError(
                f"{name}: {word!r} is unknown; allowed are {', '.join(allowed)}"
                f"{nearest(word, allowed)}"
            )
    known_to = as_of or cleaned.as_of
    rows = cleaned.to_frame()
    closed_only = _holds_closed_only(cleaned, rows)
    checks: tuple[Check, ...] = ()
    if closed_only:
        visible = "closed_at"
        text = (
            "No row of this log is open: it holds closed requests only. A request "
            "appears in it when it is closed, so recent periods are too low; delays "
            "are counted to the day of closing."
        )
        checks = (Check(name="closed_only", passed=False, text=text),)
    empty = pd.DataFrame({name: [] for name in NEEDED})
    if not cleaned.is_recorded(visible) or bool(rows[visible].isna().all()):
        reason = NotEstimable(f"{visible} is not recorded", rule="not_recorded")
        return DelayedCounts(
            cells=empty,
            every=empty,
            as_of=known_to,
            evidence=cleaned.evidence,
            checks=checks,
            refused=reason,
        )
    kept = rows[rows[visible].notna()].copy()
    days = kept["received_at"].dt.date
    names = {day: format_period(day, freq=freq) for day in days.unique()}
    kept["period"] = days.map(names).astype("str")
    starts = {text: parse_period(text).start for text in kept["period"].unique()}
    start = pd.to_datetime(kept["period"].map(starts))
    shown = kept[visible].dt.tz_localize(None).dt.normalize()
    kept["delay"] = np.maximum((shown - start).dt.days, 0)
    kept = kept[shown <= pd.Timestamp(known_to)]
    wanted = kept[_wanted(kept, measure)]
    wanted = wanted.assign(region=_keys(wanted, by)).dropna(subset=["region"])
    cells = _count(wanted, ["region", "period", "delay"])
    return DelayedCounts(
        cells=cells.astype({"region": "str"}),
        every=_count(kept, ["period", "delay"]),
        as_of=known_to,
        evidence=cleaned.evidence,
        checks=checks,
    )


def _count(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    cells = rows.groupby(keys, observed=True).size().rename("value").reset_index()
    return cells.astype({"period": "str"})


def _holds_closed_only(cleaned: CleanedLog, rows: pd.DataFrame) -> bool:
    """No row is open, though the last weeks of an open log would leave some."""
    if not cleaned.is_recorded("closed_at") or len(rows) < 20:
        return False
    return bool(rows["closed_at"].notna().all())


def _wanted(rows: pd.DataFrame, measure: str) -> pd.Series[bool]:
    real = rows["legal_process"].ne("preservation").fillna(value=True)
    if measure == "received":
        return real
    if measure in {"valid", "invalid"}:
        flag = rows["is_valid"].astype("boolean")
        return real & flag.eq(measure == "valid").fillna(value=False)
    words = DISCLOSED if measure == "disclosed" else ("rejected",)
    return real & rows["outcome"].isin(words)


def _keys(rows: pd.DataFrame, by: str) -> pd.Series[str]:
    """Name of the series of each row; the partition of the world for regions."""
    if by != "region":
        return rows[by].astype("str")
    parts = partition_table()
    day = rows["received_at"].dt.tz_localize(None)
    joined = pd.DataFrame({"country": rows["country"].astype("str"), "day": day})
    joined = joined.reset_index().merge(
        parts.rename(columns={"region": "part"}), on="country", how="left"
    )
    inside = (joined["day"] >= joined["valid_from"]) | joined["valid_from"].isna()
    inside &= (joined["day"].dt.normalize() <= joined["valid_to"]) | joined[
        "valid_to"
    ].isna()
    found = joined[inside & joined["part"].notna()].drop_duplicates("index")
    names = found.set_index("index")["part"].reindex(rows.index)
    filled: pd.Series[str] = names.fillna("other")
    return filled
