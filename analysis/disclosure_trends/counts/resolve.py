"""One figure per cell: of several sources the best is used, the others are shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Final

import pandas as pd

from disclosure_trends.counts.windows import Cell, WindowCounts
from disclosure_trends.vocabulary.periods import Window

CONTRADICTED: Final = "X"
Series = Mapping[tuple[str, str], WindowCounts]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resolution:
    """What is used of a table of published figures, and what is only shown.

    Attributes
    ----------
    series
        (country, measure) to the counts over its windows.
    contradictions
        One row per figure that another source for the same cell contradicts:
        `country, period_start, period_end, measure, value, used_low, used_high,
        source_url, source_grade, treatment`.
    inconsistencies
        One row per figure that its own parts contradict: `country, measure,
        period_start, period_end, stated, parts_low, parts_high`.
    """

    series: Series
    contradictions: pd.DataFrame
    inconsistencies: pd.DataFrame


def resolve(table: pd.DataFrame) -> Resolution:
    """Choose one figure per cell and build the series of every country.

    A figure graded X is used nowhere. Of the others the best grade wins; the same
    source's latest figure replaces its earlier ones; where equally good sources still
    differ, the cell becomes a range from the lowest to the highest, never a mean.

    Parameters
    ----------
    table
        Published figures in the tidy layout, of one platform.

    Returns
    -------
    Resolution
        The series, and the two tables of what does not fit.
    """
    by_cell: dict[tuple[str, Window, str], list[_Figure]] = {}
    for figure in _figures(table):
        key = (figure.country, figure.window, figure.measure)
        by_cell.setdefault(key, []).append(figure)
    cells: dict[tuple[str, str], list[Cell]] = {}
    shown: list[dict[str, object]] = []
    for (country, window, measure), figures in sorted(by_cell.items()):
        best = _best(figures)
        used = _span(best)
        shown += _contradictions(figures, best, used)
        if used is not None:
            cell = Cell(window=window, lower=used[0], upper=used[1])
            cells.setdefault((country, measure), []).append(cell)
    series = {key: WindowCounts(value) for key, value in cells.items()}
    return Resolution(
        series=series,
        contradictions=pd.DataFrame(shown, columns=_SHOWN),
        inconsistencies=pd.DataFrame(_inconsistencies(series), columns=_UNFIT),
    )


_SHOWN: Final = [
    "country",
    "period_start",
    "period_end",
    "measure",
    "value",
    "used_low",
    "used_high",
    "source_url",
    "source_grade",
    "treatment",
]
_UNFIT: Final = [
    "country",
    "measure",
    "period_start",
    "period_end",
    "stated",
    "parts_low",
    "parts_high",
]


@dataclass(frozen=True, slots=True)
class _Figure:
    country: str
    window: Window
    measure: str
    lower: float
    upper: float
    observed_on: date
    source_url: str
    source_grade: str

    @property
    def span(self) -> tuple[float, float]:
        return self.lower, self.upper


def _figures(table: pd.DataFrame) -> Iterator[_Figure]:
    """Yield the rows that hold a number; a missing figure is no figure."""
    text = table[["country", "measure", "source_url", "source_grade"]].astype(str)
    days = [table[c].dt.date for c in ("period_start", "period_end", "observed_on")]
    low = table["value"].fillna(table["value_low"])
    high = table["value"].fillna(table["value_high"])
    for words, start, end, seen, lower, upper in zip(
        text.itertuples(index=False), *days, low, high, strict=True
    ):
        if lower is pd.NA and upper is pd.NA:
            continue
        yield _Figure(
            country=words.country,
            window=Window(start, end),
            measure=words.measure,
            lower=0.0 if lower is pd.NA else float(lower),
            upper=inf if upper is pd.NA else float(upper),
            observed_on=date.min if pd.isna(seen) else seen,
            source_url=words.source_url,
            source_grade=words.source_grade,
        )


def _best(figures: list[_Figure]) -> list[_Figure]:
    """Keep the figures of the best grade, those of each source's latest day."""
    usable = [f for f in figures if f.source_grade != CONTRADICTED]
    grade = min((f.source_grade for f in usable), default="")
    graded = [f for f in usable if f.source_grade == grade]
    latest: dict[str, date] = {}
    for figure in graded:
        day = latest.get(figure.source_url, figure.observed_on)
        latest[figure.source_url] = max(day, figure.observed_on)
    return [f for f in graded if f.observed_on == latest[f.source_url]]


def _span(best: list[_Figure]) -> tuple[float, float] | None:
    """Return the lowest and highest count that the figures allow."""
    if not best:
        return None
    return min(f.lower for f in best), max(f.upper for f in best)


def _contradictions(
    figures: list[_Figure], best: list[_Figure], used: tuple[float, float] | None
) -> Iterator[dict[str, object]]:
    """Yield what is shown and not used, and what is used as a range only."""
    for figure in figures:
        barred = figure.source_grade == CONTRADICTED
        if figure.span == used and not barred:
            continue
        yield {
            "country": figure.country,
            "period_start": pd.Timestamp(figure.window.start),
            "period_end": pd.Timestamp(figure.window.end),
            "measure": figure.measure,
            "value": figure.lower,
            "used_low": None if used is None else used[0],
            "used_high": None if used is None or used[1] == inf else used[1],
            "source_url": figure.source_url,
            "source_grade": figure.source_grade,
            "treatment": "kept as a range" if figure in best else "not used",
        }


def _inconsistencies(series: Series) -> Iterator[dict[str, object]]:
    for (country, measure), counts in series.items():
        for unfit in counts.inconsistencies:
            yield {
                "country": country,
                "measure": measure,
                "period_start": pd.Timestamp(unfit.cell.window.start),
                "period_end": pd.Timestamp(unfit.cell.window.end),
                "stated": unfit.cell.lower,
                "parts_low": unfit.parts.lower,
                "parts_high": None if unfit.parts.upper == inf else unfit.parts.upper,
            }
