"""Says which countries of a log change their part of the default partition."""

from __future__ import annotations

import pandas as pd

from disclosure_trends.counts.cells import CellRequest, count_cells, first_day
from disclosure_trends.display import wording
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.periods import format_day
from disclosure_trends.vocabulary.regions import describe_region, partition_table


def part_moves(cleaned: CleanedLog) -> tuple[Check, ...]:
    """Say of which countries a log's requests move from one part to another.

    Parameters
    ----------
    cleaned : CleanedLog
        The log, counted by the default partition.

    Returns
    -------
    tuple of Check
        One for each such country: a step of both series on that day is no step of
        requests. None for a log that begins after the last such day.
    """
    first = first_day(cleaned)
    if first is None:
        return ()
    spans = partition_table()
    later = spans["valid_from"] > pd.Timestamp(first)
    moves = spans[later & (spans["valid_from"] <= pd.Timestamp(cleaned.as_of))]
    if moves.empty:
        return ()
    held = _held(cleaned, sorted(set(moves["country"])))
    moves = moves[moves["country"].isin(held)].sort_values(["country", "valid_from"])
    return tuple(
        Check(name="part_moved", passed=None, text=_text(spans, *move))
        for move in zip(
            moves["country"], moves["valid_from"], moves["region"], strict=True
        )
    )


def _held(cleaned: CleanedLog, countries: list[str]) -> set[str]:
    asked = CellRequest(
        by=("country",), freq="year", where={"country": countries}, within_days=None
    )
    return {str(country) for country in count_cells(cleaned, asked)["country"].dropna()}


def _text(spans: pd.DataFrame, country: str, day: pd.Timestamp, part: str) -> str:
    earlier = (spans["country"] == country) & (spans["valid_from"] < day)
    before = describe_region(str(spans.loc[earlier, "region"].iloc[-1]))
    last = format_day((day - pd.Timedelta(days=1)).date())
    after = (
        "as a series of its own" if part == country else f"with {describe_region(part)}"
    )
    return (
        f"{wording.capital(describe_region(country))} counts with {before} until "
        f"{last}, {after} afterwards: both series step then, though requests need not "
        "have."
    )
