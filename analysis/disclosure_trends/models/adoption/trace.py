"""Who moved to the designated line, when, and how sure that is.

Adoption is the registered date, else the change point of an authority's own routing;
never its first use of the line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from disclosure_trends.display import numbers
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.adoption import words
from disclosure_trends.models.adoption.moves import classify_moves
from disclosure_trends.models.adoption.onset import check_adoption_dates, date_adoption
from disclosure_trends.models.adoption.summary import summarise_moves
from disclosure_trends.models.adoption.tables import (
    adopters_table,
    countries_table,
    curve_table,
    events_table,
)
from disclosure_trends.models.panel_cells import count_cells, panel_of_cells
from disclosure_trends.results import (
    Check,
    Finding,
    Limit,
    NotEstimable,
    Point,
    Result,
    Word,
)
from disclosure_trends.vocabulary.periods import Window, format_period, parse_period
from disclosure_trends.vocabulary.regions import check_region

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    import plotly.graph_objects as go

    from disclosure_trends.display.tables import TableSpec
    from disclosure_trends.logs.cleaned import CleanedLog


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdoptionResult(Result):
    """Who moved to the designated line.

    Attributes
    ----------
    region : str
        Whose authorities.
    until : str
        Last month looked at, ``2024-12``.
    as_of : str
        Last day that the log knows.
    estimates : mapping
        ``moved`` and ``moved_volume`` (shares at the end, of authorities and of their
        earlier requests), ``median_months`` (from the opening of the line until half
        of the authorities had moved), ``lag`` (months from the registered date to the
        change of an authority's own routing, median), ``spill_over`` (change of the
        share on the line among those not yet moved, last quarter less the one before).
    tables : mapping
        ``curve`` (by month), ``countries``, ``events``, and ``adopters``: one row an
        authority, for analysts only, never in a report.
    """

    figures: ClassVar[tuple[str, ...]] = ("curve",)

    region: str
    until: str
    as_of: str

    def findings(self) -> tuple[Finding, ...]:
        """Say how many moved, how much of the requests, and who they were."""
        return words.say_adoption(self)

    def points(self) -> tuple[Point, ...]:
        """Set the share that has moved beside its sentence, if it is known."""
        moved = self.estimates["moved"]
        if isinstance(moved, NotEstimable):
            return ()
        share = numbers.percent_short(moved.value or 0.0)
        return (Point("adoption_moved", share, "of authorities"),)

    def limits(self) -> tuple[Limit, ...]:
        """Say what an adoption curve does not show."""
        return words.LIMITS

    def words(self) -> tuple[Word, ...]:
        """Explain the terms."""
        return words.WORDS

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Show movers, new and not yet moved authorities by country."""
        return words.show_tables(self)

    def _draw(self, name: str) -> go.Figure:
        del name  # there is one
        from disclosure_trends.display.steps import draw_adoption

        return draw_adoption(
            self.table, events=self.tables["events"], spec=words.describe_figure(self)
        )


def trace_adoption(
    data: CleanedLog,
    *,
    region: str,
    adoption_dates: pd.DataFrame | None = None,
    designated: Collection[str] | None = None,
) -> AdoptionResult:
    """Trace the move of a region's authorities to the designated line.

    Parameters
    ----------
    data : CleanedLog
        The log, with authorities.
    region : str
        Country, group, or ``non-`` before a group.
    adoption_dates : pandas.DataFrame, optional
        ``authority, adopted_on``, optionally ``basis``: registered dates. Without them
        the change point of each authority's own routing stands in.
    designated : collection of str, optional
        Channels that are the right line; without it the table of lines decides.

    Returns
    -------
    AdoptionResult
        Up to the last whole month with requests. Where neither dates nor lines are
        known, every estimate is not estimable.

    Raises
    ------
    SettingsError
        If `data` is not a log, or the region or a date is unknown.
    """
    if not hasattr(data, "is_recorded"):
        raise SettingsError(
            f"trace_adoption: data is a {type(data).__name__}; a CleanedLog is needed, "
            "because totals do not say who moved; clean the log with clean_requests"
        )
    check_region(region)
    register = None if adoption_dates is None else check_adoption_dates(adoption_dates)
    cells = count_cells(data, designated=designated, within_days=None)
    # Requests that name no authority would pass for one more authority a country.
    named = cells[cells["authority"] != ""]
    window = _last_whole_month(data, months=cells["period"])
    panel = panel_of_cells(
        named,
        region=region,
        windows=(window, window),
        as_of=data.as_of,
    )
    inside = date_adoption(panel, register=register).region()
    moves = classify_moves(
        inside, routed=data.is_recorded("channel"), registered=register is not None
    )
    if len(cells) and not len(named):
        nobody = NotEstimable("no request names its authority", rule="not_recorded")
        moves = replace(moves, problem=nobody)
    estimates, checks = summarise_moves(moves)
    if moves.problem is None and len(named) < len(cells):
        checks = (*checks, _UNNAMED)
    return AdoptionResult(
        tables={
            "curve": curve_table(moves),
            "countries": countries_table(moves),
            "events": events_table(moves, region=region, evidence=data.evidence),
            "adopters": adopters_table(moves),
        },
        estimates=estimates,
        checks=checks,
        evidence=data.evidence,
        region=region,
        until=format_period(window.end, freq="month"),
        as_of=data.as_of.isoformat(),
    )


_UNNAMED: Final = Check(
    name="authority",
    passed=False,
    text="Some requests of the log name no authority; they are left out of the moves.",
)


def _last_whole_month(data: CleanedLog, *, months: pd.Series[str]) -> Window:
    """Find the last month with requests that had ended by the last day of the log."""
    month = parse_period(format_period(data.as_of, freq="month"))
    if month.end > data.as_of:
        before = month.start - timedelta(days=1)
        month = parse_period(format_period(before, freq="month"))
    ended = [text for text in months.unique() if parse_period(text) <= month]
    return parse_period(max(ended)) if ended else month
