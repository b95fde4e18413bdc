"""Counts over windows: what a set of overlapping totals says about any other window.

A published figure is a count over a span of days. With S(t) the running total at the
end of day t, a figure v over [a, b] says S(b) - S(a - 1) = v, and no count is negative,
so S never falls. Such differences form a shortest-path problem (Cormen et al.,
Introduction to Algorithms, "Difference constraints and shortest paths"): the tightest
bounds on any window are the shortest paths between its two ends, and they are whole
numbers that some split really attains. Subtraction and tiling are special cases.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf
from typing import Final

from disclosure_trends.vocabulary.periods import Window

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A published count over one window.

    Attributes
    ----------
    window
        The days it covers, both ends inclusive.
    lower, upper
        The count; equal where it is exact, apart where a band was published,
        `upper` infinite where only a minimum was.
    """

    window: Window
    lower: float
    upper: float

    @property
    def is_exact(self) -> bool:
        """Whether the count is one number."""
        return self.lower == self.upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What a count can be, given everything published; both ends are attained.

    Attributes
    ----------
    lower, upper
        Smallest and largest possible count; `upper` is infinite where no published
        figure covers the window.
    """

    lower: float
    upper: float

    @property
    def is_exact(self) -> bool:
        """Whether the count is identified."""
        return self.lower == self.upper

    @property
    def is_observed(self) -> bool:
        """Whether some published figure limits the count from above."""
        return self.upper < inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconsistency:
    """A figure that its own parts contradict.

    Attributes
    ----------
    cell
        The figure as stated.
    parts
        What the figures for shorter windows inside and around it allow.
    """

    cell: Cell
    parts: Range


class WindowCounts:
    """Everything published on one series, ready to answer for any window.

    Shorter windows are believed first: a wide figure that contradicts them is set
    aside and kept in `inconsistencies`, never averaged.

    Parameters
    ----------
    cells
        The published counts; their order does not matter.

    Attributes
    ----------
    cells
        The figures used, shortest window first.
    inconsistencies
        The figures set aside, each with what the used ones say.
    """

    __slots__ = ("_distance", "_index", "cells", "inconsistencies")

    def __init__(self, cells: Iterable[Cell]) -> None:
        ordered = sorted(
            cells, key=lambda c: (c.window.days, c.window.start, c.lower, c.upper)
        )
        self._index = _number_the_cuts(cell.window for cell in ordered)
        self._distance = _nothing_known(len(self._index))
        used: list[Cell] = []
        aside: list[Inconsistency] = []
        for cell in ordered:
            known = self.range(cell.window)
            if cell.upper < known.lower or cell.lower > known.upper:
                aside.append(Inconsistency(cell=cell, parts=known))
                continue
            self._learn(cell)
            used.append(cell)
        self.cells: tuple[Cell, ...] = tuple(used)
        self.inconsistencies: tuple[Inconsistency, ...] = tuple(aside)

    def range(self, window: Window) -> Range:
        """Return the smallest and largest count that a window can have had."""
        before, last = _cuts(window)
        lower = 0.0 - self._shortest(last, before)
        return Range(lower=lower, upper=self._shortest(before, last))

    def with_count(self, window: Window, count: float) -> "WindowCounts":
        """Return the same series, as if the count of one more window were known."""
        known = Cell(window=window, lower=count, upper=count)
        return WindowCounts([*self.cells, known])

    def covers(self, window: Window) -> bool:
        """Whether any published figure shares a day with the window."""
        return any(cell.window.overlaps(window) for cell in self.cells)

    def is_cut(self, day: date) -> bool:
        """Whether some published window ends on a day, or begins on the next.

        Where none does, a figure that runs past the day does not part what came
        before its end from what came after.
        """
        return day in self._index

    def stated(self, window: Window) -> Cell | None:
        """Return the figure published for exactly this window, if there is one."""
        return next((cell for cell in self.cells if cell.window == window), None)

    def parts_of(self, window: Window) -> tuple[Cell, ...]:
        """Return the finest published figures that tile a window, or nothing.

        The window itself does not count as its own part.
        """
        inside = [
            cell
            for cell in self.cells
            if window.contains(cell.window) and cell.window != window
        ]
        # The longest tiling of the days up to each cut, built from left to right.
        tilings: dict[date, tuple[Cell, ...]] = {window.start: ()}
        for cell in sorted(inside, key=lambda cell: cell.window):
            so_far = tilings.get(cell.window.start)
            after = cell.window.end + _ONE_DAY
            if so_far is not None and len(so_far) >= len(tilings.get(after, ())):
                tilings[after] = (*so_far, cell)
        return tilings.get(window.end + _ONE_DAY, ())

    def finest(self) -> tuple[Cell, ...]:
        """Return the figures that are not exactly tiled by shorter ones."""
        kept = (cell for cell in self.cells if not self.parts_of(cell.window))
        return tuple(sorted(kept, key=lambda cell: (cell.window.start, cell.window)))

    def _shortest(self, start: date, end: date) -> float:
        """Bound S(end) - S(start) from above.

        A day that is no cut of a published window is only tied by the running total
        never falling: up to the next cut after it, down to the last cut before it.
        """
        if start == end:
            return 0.0
        leaving = [i for cut, i in self._index.items() if cut <= start]
        arriving = [j for cut, j in self._index.items() if cut >= end]
        best = 0.0 if end <= start else inf
        for i in leaving:
            for j in arriving:
                best = min(best, self._distance[i][j])
        return best

    def _learn(self, cell: Cell) -> None:
        """Add one figure and close all shortest paths through it."""
        before, last = (self._index[cut] for cut in _cuts(cell.window))
        for tail, head, length in (
            (before, last, cell.upper),
            (last, before, -cell.lower),
        ):
            distance = self._distance
            if length >= distance[tail][head]:
                continue
            for row in distance:
                reach = row[tail] + length
                for j, onward in enumerate(distance[head]):
                    row[j] = min(row[j], reach + onward)


def _cuts(window: Window) -> tuple[date, date]:
    """Return the day before the window and its last day."""
    return window.start - _ONE_DAY, window.end


def _number_the_cuts(windows: Iterable[Window]) -> dict[date, int]:
    days = sorted({cut for window in windows for cut in _cuts(window)})
    return {day: number for number, day in enumerate(days)}


def _nothing_known(n: int) -> list[list[float]]:
    """Distances when only this is known: the running total never falls."""
    return [[0.0 if j <= i else inf for j in range(n)] for i in range(n)]
