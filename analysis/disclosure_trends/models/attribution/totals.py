"""What totals do say of a change, where they cannot say why: bounds and a contrast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.counts.published import PublishedFigures
from disclosure_trends.display import numbers
from disclosure_trends.models.windows.bounds import bound_change
from disclosure_trends.results import Estimate, NotEstimable, Number, Result
from disclosure_trends.vocabulary.periods import Window, parse_period
from disclosure_trends.vocabulary.regions import region_names

_COMPLEMENT = "non-"
_NOTHING = "That requests rose or fell, within bounds; not why."


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What totals say of a change.

    Attributes
    ----------
    text : str
        As sentences, without a cause.
    change : Estimate or NotEstimable
        Valid requests after less before, where the totals are of valid requests.
    as_of : str
        Day of knowledge; empty if nobody said.
    figures : mapping
        The numbers of the sentences.
    """

    text: str
    change: Estimate | NotEstimable
    as_of: str
    figures: Mapping[str, Number] = field(default_factory=dict)


def read_totals(
    data: Counts | Result, *, region: str, windows: tuple[Window, Window]
) -> Totals:
    """Read a change off totals.

    Parameters
    ----------
    data : Counts or PublishedFigures
        Totals by region and period.
    region : str
        Whose change.
    windows : tuple of Window
        Before and after.

    Returns
    -------
    Totals
        Counts: both totals and their ratio. Published figures: bounds of the ratio,
        and beside them those of the rest of the world where the region is a group.
    """
    day = getattr(data, "as_of", None)
    as_of = "" if day is None else str(day)[:10]
    unknown = NotEstimable("valid requests of both windows are not known", rule="R1")
    if isinstance(data, Counts):
        return _read_counts(data, region, windows, as_of=as_of)
    if isinstance(data, PublishedFigures):
        return _read_published(data, region, windows, as_of=as_of)
    return Totals(text=_NOTHING, change=unknown, as_of=as_of)


def _read_counts(
    counts: Counts, region: str, windows: tuple[Window, Window], *, as_of: str
) -> Totals:
    sums = [add_window(counts.table, region=region, window=w) for w in windows]
    before, after = sums
    unknown = NotEstimable("both windows are not wholly known", rule="R1")
    if counts.by != ("region",) or before is None or after is None:
        return Totals(text=_NOTHING, change=unknown, as_of=as_of)
    change: Estimate | NotEstimable = NotEstimable(
        f"the totals are of {counts.measure} requests, not of valid ones", rule="R1"
    )
    if counts.measure == "valid":
        change = Estimate(
            value=after - before, lower=None, upper=None, level=None, unit="change"
        )
    moved = "rose" if after > before else "fell" if after < before else "stayed"
    text = (
        f"{counts.measure.capitalize()} requests {moved}: {numbers.count(before)} in "
        f"{windows[0].words}, {numbers.count(after)} in {windows[1].words}. That is "
        "the change, not its cause."
    )
    figures: dict[str, Number] = {"total_before": before, "total_after": after}
    return Totals(text=text, change=change, as_of=as_of, figures=figures)


def _read_published(
    published: PublishedFigures,
    region: str,
    windows: tuple[Window, Window],
    *,
    as_of: str,
) -> Totals:
    """Bound the change of the region and, for contrast, of the rest of the world."""
    asked = [region]
    if region in region_names():
        asked.append(_COMPLEMENT + region)
    sentences = []
    figures: dict[str, Number] = {}
    for name in asked:
        bounds = bound_change(
            published,
            region=name,
            before=windows[0].text,
            after=windows[1].text,
            measure=published.main_measure,
        )
        finding = bounds.findings()[0]
        sentences.append(finding.statement)
        figures |= {f"{name}_{key}": value for key, value in finding.numbers.items()}
    sentences.append("Rises in several places at once show no cause.")
    return Totals(
        text=" ".join(sentences),
        change=NotEstimable(
            "valid requests of both windows are not known from published totals",
            rule="R1",
        ),
        as_of=as_of,
        figures=figures,
    )


def add_window(table: pd.DataFrame, *, region: str, window: Window) -> float | None:
    """Add a series up over a window.

    Parameters
    ----------
    table : DataFrame
        `region, period, value, is_complete`, as `Counts` holds them.
    region : str
        The series.
    window : Window
        Both ends inclusive.

    Returns
    -------
    float or None
        None unless whole periods cover the window and all of them are known.
    """
    if "region" not in table:
        return None
    rows = table[table["region"] == region]
    spans = [parse_period(text) for text in rows["period"]]
    inside = [window.contains(span) for span in spans]
    chosen = rows[inside]
    days = sum(span.days for span, kept in zip(spans, inside, strict=True) if kept)
    whole = days == window.days and bool(chosen["is_complete"].all())
    if not whole or chosen["value"].isna().any():
        return None
    return float(chosen["value"].sum())
