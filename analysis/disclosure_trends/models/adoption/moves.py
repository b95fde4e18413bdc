"""Sorts authorities by their move to the line: movers, new, already on it, not yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from disclosure_trends.models.adoption.routing import break_ratios
from disclosure_trends.models.adoption.survival import (
    MoveCurve,
    trace_moves,
    trace_weighted_moves,
)
from disclosure_trends.models.panel import (
    NEVER,
    Bools,
    Floats,
    Ints,
    Panel,
    Texts,
)
from disclosure_trends.results import NotEstimable

Kind = Literal["mover", "new", "already", "not_yet", "gone"]
QUIET_MONTHS: Final = 6
"""Without a request in so many months before its move an authority is new."""
_LIKELIHOOD_DROP: Final = 3.841
"""95 % quantile of chi-square(1): months this close to the best one are as good."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moves:
    """A region's authorities and their moves.

    Attributes
    ----------
    panel : Panel
        The region's authorities, with adoption dated.
    opening : int
        First month in which anybody could have moved.
    kind : ndarray of str, shape (A,)
        ``mover`` (used another line before), ``new`` (filed nothing in the six months
        before), ``already`` (moved before the log begins), ``not_yet``, ``gone`` (its
        last request precedes the opening).
    problem : NotEstimable or None
        Why nothing can be said.
    """

    panel: Panel
    opening: int
    kind: Texts
    problem: NotEstimable | None

    @property
    def at_risk(self) -> Bools:
        """Authorities that could have moved."""
        return np.asarray(self.kind != "gone")

    @property
    def has_moved(self) -> Bools:
        """Authorities that are on the line."""
        return np.isin(self.kind, ["mover", "new", "already"])

    @property
    def n_months(self) -> int:
        """Months from the opening to the end of the panel."""
        return self.panel.n_months - self.opening

    @property
    def known(self) -> Floats:
        """Requests whose line is known, authority by month."""
        return self.panel.on_line + self.panel.off_line

    def curve(self) -> MoveCurve:
        """Share of the authorities that has moved, month by month."""
        month, moved = self._times()
        return trace_moves(month, moved, n_months=self.n_months)

    def volume_curve(self) -> MoveCurve | None:
        """Share of their requests before the opening; None if there were none."""
        weight = self.panel.submitted[:, : self.opening].sum(axis=1)[self.at_risk]
        if not weight.sum():
            return None
        month, moved = self._times()
        return trace_weighted_moves(
            month,
            moved,
            weight=weight,
            cluster=self.panel.country[self.at_risk],
            n_months=self.n_months,
        )

    def date_ranges(self) -> tuple[Ints, Ints]:
        """First and last month that fit a move as well as its date does.

        A registered date is its own range. A change point comes with all months whose
        log-likelihood is not significantly lower, as if the move were one step; where
        it takes longer the range is too short.
        """
        first, last = self.panel.adopted.copy(), self.panel.adopted.copy()
        ratio, _ = break_ratios(self.panel.on_line, self.known)
        ratio[:, : self.opening] = -np.inf
        for row in np.flatnonzero(self.panel.basis == "change point"):
            if not 0 <= self.panel.adopted[row] < NEVER:
                continue
            near = ratio[row] >= ratio[row].max() - _LIKELIHOOD_DROP
            first[row], last[row] = np.flatnonzero(near)[[0, -1]]
        return first, last

    def _times(self) -> tuple[Ints, Bools]:
        """Month of the move, or the last one observed, counted from the opening."""
        moved = self.has_moved[self.at_risk]
        last = _last_month(self.panel.submitted)[self.at_risk]
        month = np.where(moved, self.panel.adopted[self.at_risk], last)
        return np.maximum(month - self.opening, 0).astype(np.int64), moved


def classify_moves(panel: Panel, *, routed: bool, registered: bool) -> Moves:
    """Sort the authorities of a region.

    Parameters
    ----------
    panel : Panel
        The region's authorities, with adoption dated.
    routed, registered : bool
        Whether the log records channels, and whether there is a register of dates.

    Returns
    -------
    Moves
        With a problem where nothing can be said.
    """
    opening = _opening(panel)
    last = _last_month(panel.submitted)
    start = 0 if opening is None else opening
    kind = np.array([_kind(panel, row, opening=start) for row in range(len(last))])
    kind = np.where((kind == "not_yet") & (last < start), "gone", kind).astype(str)
    problem = None
    if not routed and not registered:
        problem = NotEstimable("channel is not recorded", rule="not_recorded")
    elif not panel.n_authorities:
        problem = NotEstimable("the log holds no request of it", rule="no_requests")
    elif opening is None:
        problem = NotEstimable(
            "no request has a known line: none was designated, or every channel is "
            "unknown",
            rule="line_unknown",
        )
    return Moves(panel=panel, opening=start, kind=kind, problem=problem)


def _opening(panel: Panel) -> int | None:
    """First month in which the line was used or joined, else the first known line."""
    used = panel.on_line.sum(axis=0) > 0
    joined = panel.adopted[panel.adopted < NEVER]
    months = [*np.flatnonzero(used)[:1], *np.maximum(joined, 0)]
    if months:
        return int(min(months))
    known = np.flatnonzero((panel.on_line + panel.off_line).sum(axis=0) > 0)
    return int(known[0]) if known.size else None


def _kind(panel: Panel, row: int, *, opening: int) -> Kind:
    month = int(panel.adopted[row])
    if month == NEVER:
        return "not_yet"
    if month < 0 or (month == 0 and opening == 0):
        return "already"
    before = panel.submitted[row, max(0, month - QUIET_MONTHS) : month]
    return "mover" if before.sum() > 0 else "new"


def _last_month(submitted: Floats) -> Ints:
    """Last month with a request; -1 where there is none."""
    n_months = submitted.shape[1]
    last = n_months - 1 - (submitted[:, ::-1] > 0).argmax(axis=1)
    return np.where(submitted.any(axis=1), last, -1).astype(np.int64)
