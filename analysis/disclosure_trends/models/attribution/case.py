"""What is asked of a log, and the panels that answer it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from disclosure_trends.display.numbers import count
from disclosure_trends.display.wording import plural
from disclosure_trends.models.adoption.onset import (
    check_adoption_dates,
    date_adoption,
    listed_rows,
    rests_on_first_use,
)
from disclosure_trends.models.attribution.policies import Policy, policies_between
from disclosure_trends.models.decomposition.window_counts import decision_days
from disclosure_trends.models.panel import Bools, Floats, Ints, Panel
from disclosure_trends.models.panel_cells import (
    check_channels,
    count_cells,
    panel_of_cells,
)
from disclosure_trends.results import Check, Evidence
from disclosure_trends.vocabulary.lines import designated_lines
from disclosure_trends.vocabulary.periods import Window
from disclosure_trends.vocabulary.regions import membership_changes

if TYPE_CHECKING:
    from disclosure_trends.logs.cleaned import CleanedLog

HEADLINE: Final = "valid within 30 days"
_OTHERS: Final = ("valid at any time", "disclosed within 30 days")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A question and the log's answer to it in arrays.

    Attributes
    ----------
    region : str
        Whose change.
    before, after : Window
        Two windows of whole months.
    as_of : str
        Last day that the log knows.
    evidence : str
        ``log`` or ``simulated``.
    panels : mapping of str to Panel
        By measure of validity, the headline's first; with adoption.
    policies : tuple of Policy
        Those that changed between the start of `before` and the end of `after`.
    dated : bool
        Whether days of decisions are recorded.
    recorded : bool
        Whether the log records by which channel requests came.
    routed : bool
        Whether lines of requests of the region are known.
    registered : bool
        Whether a register of adoption dates names authorities of the region.
    first_use : bool
        Whether that register rests on first use of the line.
    assessed : bool
        Whether anything says which requests are valid.
    fulfilled_only : bool
        Whether every request of the log was disclosed.
    undecided : array, shape (T,), optional
        Share of each month's requests that was not decided in time, or not at all
        where no day of a decision is recorded; None where it is not known.
    checks : tuple of Check
        What a reader must know about the panels.
    """

    region: str
    before: Window
    after: Window
    as_of: str
    evidence: Evidence
    panels: Mapping[str, Panel]
    policies: tuple[Policy, ...] = ()
    dated: bool = True
    recorded: bool = True
    routed: bool = True
    registered: bool = True
    first_use: bool = False
    assessed: bool = True
    fulfilled_only: bool = False
    undecided: Floats | None = None
    checks: tuple[Check, ...] = ()

    @property
    def panel(self) -> Panel:
        """The headline's panel, all authorities."""
        return next(iter(self.panels.values()))

    @property
    def unlogged(self) -> tuple[str, ...]:
        """Months of both windows, over by now, of which the log holds no request."""
        panel = self.panel
        nothing = panel.matured & (panel.submitted.sum(axis=0) == 0)
        target = (*self.before_months, *self.after_months)
        return tuple(panel.months[i] for i in target if nothing[i])

    @property
    def before_months(self) -> Ints:
        """Places of the months of the earlier window."""
        return self.panel.columns(self.before)

    @property
    def after_months(self) -> Ints:
        """Places of the months of the later window."""
        return self.panel.columns(self.after)


def read_case(
    cleaned: CleanedLog,
    *,
    region: str,
    windows: tuple[Window, Window],
    adoption_dates: pd.DataFrame | None,
    designated: Collection[str] | None,
    policies: pd.DataFrame | None,
) -> Case:
    """Count a log for a question.

    Parameters
    ----------
    cleaned : CleanedLog
        The log, with authorities.
    region : str
        Whose change.
    windows : tuple of Window
        Before and after.
    adoption_dates : DataFrame, optional
        Register of adoption.
    designated : collection of str, optional
        Channels that are the right line.
    policies : DataFrame, optional
        Columns `date, scope, channel`.

    Returns
    -------
    Case
        With adoption dated and every panel of the same authorities and months.
    """
    before, after = windows
    register = None if adoption_dates is None else check_adoption_dates(adoption_dates)
    if designated is not None:
        designated = check_channels(designated)
    days = decision_days(cleaned)
    cells = {HEADLINE: count_cells(cleaned, designated=designated, within_days=days)}
    measures = {HEADLINE: (HEADLINE, "valid")}
    if days is not None:
        cells["all"] = count_cells(cleaned, designated=designated, within_days=None)
        measures[_OTHERS[0]] = ("all", "valid")
    measures[_OTHERS[1]] = (HEADLINE, "disclosed")
    panels = {
        name: panel_of_cells(
            cells[source],
            region=region,
            windows=windows,
            as_of=cleaned.as_of,
            measure=measure,
        )
        for name, (source, measure) in measures.items()
    }
    headline = date_adoption(panels[HEADLINE], register=register)
    listed = listed_rows(headline, register)
    known = headline.on_line + headline.off_line
    panels = {
        name: panel.with_adoption(headline.adopted, headline.basis)
        for name, panel in panels.items()
    }
    untimed = cells.get("all", cells[HEADLINE])
    return Case(
        region=region,
        before=before,
        after=after,
        as_of=cleaned.as_of.isoformat(),
        evidence=cleaned.evidence,
        panels=panels,
        policies=policies_between(
            policies,
            region=region,
            before=before,
            after=after,
            designated=(
                frozenset(designated_lines()["channel"])
                if designated is None
                else designated
            ),
        ),
        dated=days is not None,
        recorded=cleaned.is_recorded("channel"),
        routed=bool(known[headline.inside].sum() > 0),
        registered=bool((listed & headline.inside).any()),
        first_use=register is not None and rests_on_first_use(register),
        assessed=bool(untimed["valid"].sum() + untimed["invalid"].sum() > 0),
        fulfilled_only=_fulfilled_only(untimed),
        undecided=_undecided(cells[HEADLINE], headline),
        checks=(
            *_membership(region, headline, after),
            *_unnamed(headline),
            *_unmatched(headline, register, listed),
        ),
    )


def _fulfilled_only(cells: pd.DataFrame) -> bool:
    received = int(cells["received"].sum())
    return received > 0 and int(cells["disclosed"].sum()) == received


def _undecided(cells: pd.DataFrame, panel: Panel) -> Floats:
    """Share of each month's requests of the region not decided in time."""
    countries = set(panel.country[panel.inside])
    mine = cells[cells["country"].isin(sorted(countries))]
    sums = mine.groupby("period")[["unassessed", "received"]].sum()
    sums = sums.reindex(list(panel.months), fill_value=0)
    received: Floats = sums["received"].to_numpy(dtype=np.float64)
    waiting: Floats = sums["unassessed"].to_numpy(dtype=np.float64)
    return np.asarray(waiting / np.maximum(received, 1))


def _membership(region: str, panel: Panel, after: Window) -> tuple[Check, ...]:
    first = panel.months[0]
    changes = [
        day
        for day in membership_changes(region)
        if first <= day.isoformat()[:7] and day <= after.end
    ]
    if not changes:
        return ()
    text = (
        f"The members of {region} changed within the months used; those of the last "
        f"day of {after.text} are taken throughout."
    )
    return (Check("membership", passed=None, text=text),)


def _unnamed(panel: Panel) -> tuple[Check, ...]:
    """Say how many requests of the region name no authority."""
    rows = panel.inside & (panel.authority == "")
    n = int(panel.submitted[rows].sum())
    if n == 0:
        return ()
    text = (
        f"{count(n)} requests of the region name no authority; they count as one more "
        "authority of their country."
    )
    return (Check("authorities", passed=None, text=text),)


def _unmatched(
    panel: Panel, register: pd.DataFrame | None, listed: Bools
) -> tuple[Check, ...]:
    """Say how many names of the register are not those of the log, or of several."""
    if register is None:
        return ()
    from disclosure_trends.counts.aggregate import authority_key

    found = [authority_key(str(name)) for name in panel.authority[listed]]
    missing = len(register) - len(set(found))
    checks = []
    if missing:
        names = plural(len(register), "authority", "authorities")
        text = (
            f"{count(missing)} of the {names} of adoption_dates file no request in the "
            "months used, or are spelt otherwise in the log."
        )
        passed = None if 2 * missing <= len(register) else False
        checks.append(Check("register", passed=passed, text=text))
    if twice := sum(found.count(name) > 1 for name in set(found)):
        text = (
            f"Names of adoption_dates that stand for authorities of several countries: "
            f"{count(twice)}; all of these are taken to have moved on that day."
        )
        checks.append(Check("namesakes", passed=False, text=text))
    return tuple(checks)
