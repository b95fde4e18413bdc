"""What changed: volume, routing and validity of requests between two windows.

A description, not a cause: where factors change together, their interaction is shared
out by convention. Two conventions stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from disclosure_trends.display import numbers
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.decomposition import words
from disclosure_trends.models.decomposition.checks import (
    assessed_check,
    gaps_check,
    line_check,
    list_checks,
    routing_is_known,
    turnover_check,
    window_is_missing,
)
from disclosure_trends.models.decomposition.parts import (
    Parts,
    decompose_counts,
    nothing,
)
from disclosure_trends.models.decomposition.window_counts import (
    count_windows,
    decision_days,
    find_gaps,
    two_windows,
)
from disclosure_trends.results import (
    Finding,
    Limit,
    NotEstimable,
    Point,
    Result,
    Word,
)
from disclosure_trends.vocabulary.periods import Window
from disclosure_trends.vocabulary.regions import check_region

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

    from disclosure_trends.display.tables import TableSpec
    from disclosure_trends.logs.cleaned import CleanedLog


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecompositionResult(Result):
    """The parts of a change of valid requests.

    Attributes
    ----------
    region : str
        Whose requests.
    before, after : Window
        The windows compared.
    as_of : str
        Last day that the log knows.
    estimates : mapping
        ``change`` and its parts ``volume, routing, validity`` (requests; the parts add
        up to the change). Intervals leave out one country at a time.
    tables : mapping
        ``steps`` (the bars: ``step, label, note, kind, mark, start, end, value, lower,
        upper`` and the second convention, ``lmdi``), ``countries`` (parts by country),
        ``disclosed`` (the same split for disclosed requests, with the factor
        ``disclosure``).
    """

    figures: ClassVar[tuple[str, ...]] = ("waterfall",)

    region: str
    before: Window
    after: Window
    as_of: str

    def findings(self) -> tuple[Finding, ...]:
        """Say how valid requests changed and which factor carried it."""
        return words.say_change(self)

    def points(self) -> tuple[Point, ...]:
        """Set the change itself beside its sentence, or nothing if it is unknown."""
        change = self.estimates["change"]
        if isinstance(change, NotEstimable):
            return ()
        number = numbers.signed_count(change.value or 0.0)
        return (Point("decomposition_change", number, "requests"),)

    def limits(self) -> tuple[Limit, ...]:
        """Say what a decomposition does not show."""
        return words.LIMITS

    def words(self) -> tuple[Word, ...]:
        """Explain the factors."""
        return words.WORDS

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Show the parts by country."""
        return words.show_tables(self)

    def _draw(self, name: str) -> go.Figure:
        del name  # there is one
        from disclosure_trends.display.waterfall import draw_waterfall

        return draw_waterfall(self.table, words.describe_figure(self))


def decompose_change(
    data: CleanedLog,
    *,
    region: str,
    before: str,
    after: str,
    where: Mapping[str, Sequence[str]] | None = None,
) -> DecompositionResult:
    """Split the change of valid requests into volume, routing and validity.

    Parameters
    ----------
    data : CleanedLog
        The log. A request counts as valid if it was found so within 30 days of its
        receipt, in both windows alike, where days of decisions are recorded.
    region : str
        Country, group, or ``non-`` before a group.
    before, after : str
        Two windows in order, both ends inclusive.
    where : mapping, optional
        Column to values that are kept, as in `count_requests`.

    Returns
    -------
    DecompositionResult
        Parts that add up to the change exactly. Where no line is known, ``routing`` is
        not estimable and volume and validity carry the whole change. Where a window
        had not ended on the last day of the log, or the log holds no request of it
        from anywhere, nothing is estimable: missing is not zero.

    Raises
    ------
    SettingsError
        If `data` is not a log, the region is unknown or the windows overlap.
    """
    if not hasattr(data, "is_recorded"):
        raise SettingsError(
            f"decompose_change: data is a {type(data).__name__}; a CleanedLog is "
            "needed, because totals do not say how many requests were submitted; "
            "clean the log with clean_requests"
        )
    check_region(region)
    windows = two_windows(before, after)
    days = decision_days(data)
    checks = list_checks(data, region=region, windows=windows, within_days=days)
    parts = _split(data, region=region, windows=windows, where=where, within_days=days)
    return DecompositionResult(
        tables={
            "steps": _steps(parts, windows=windows),
            "countries": parts.countries,
            "disclosed": parts.disclosed,
        },
        estimates=parts.estimates,
        checks=(*checks, *parts.checks),
        evidence=data.evidence,
        region=region,
        before=windows[0],
        after=windows[1],
        as_of=data.as_of.isoformat(),
    )


def _split(
    data: CleanedLog,
    *,
    region: str,
    windows: tuple[Window, Window],
    where: Mapping[str, Sequence[str]] | None,
    within_days: int | None,
) -> Parts:
    if not any(data.is_recorded(name) for name in ("validity", "outcome")):
        reason = "neither validity nor outcome is recorded"
        return nothing(NotEstimable(reason, rule="not_recorded"))
    counts = count_windows(
        data, region=region, windows=windows, where=where, within_days=within_days
    )
    if not counts.submitted.any():
        reason = f"the log holds no request of {windows[0].text} or {windows[1].text}"
        return nothing(NotEstimable(reason, rule="no_requests"))
    gaps = find_gaps(data, windows=windows)
    if (missing := window_is_missing(data, windows=windows, gaps=gaps)) is not None:
        return nothing(missing)
    unknown = routing_is_known(data, counts, windows=windows)
    parts = decompose_counts(counts, routing=unknown)
    for check in (turnover_check(counts), assessed_check(counts), gaps_check(gaps)):
        parts = parts.with_check(check)
    return parts if unknown is not None else parts.with_check(line_check(counts))


def _steps(parts: Parts, *, windows: tuple[Window, Window]) -> pd.DataFrame:
    """Lay the parts end to end, between the two totals."""
    if parts.factors.empty:
        return pd.DataFrame(columns=_STEP_COLUMNS)
    routing = parts.estimates["routing"]
    ends = parts.valid[0] + parts.factors["value"].cumsum()
    starts = np.array([parts.valid[0], *ends[:-1]])
    between = parts.factors.assign(
        step=parts.factors["factor"],
        label=[words.LABELS[name][0] for name in parts.factors["factor"]],
        note=[words.note(name, routing=routing) for name in parts.factors["factor"]],
        kind="part",
        mark=[words.MARKS[name] for name in parts.factors["factor"]],
        start=starts,
        end=ends,
    )
    totals = pd.DataFrame(
        {
            "step": ["before", "after"],
            "label": [window.words for window in windows],
            "note": "valid requests",
            "kind": "total",
            "mark": "s0",
            "start": 0.0,
            "end": list(parts.valid),
        }
    )
    table = pd.concat([totals[:1], between, totals[1:]], ignore_index=True)
    return table[_STEP_COLUMNS]


_STEP_COLUMNS = [
    "step",
    "label",
    "note",
    "kind",
    "mark",
    "start",
    "end",
    "value",
    "lower",
    "upper",
    "lmdi",
]
