"""From a case to a judgement: guards, placebos, the estimate, or the refusal of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from disclosure_trends.models.adoption.onset import date_alternatives
from disclosure_trends.models.attribution import guards, refusals
from disclosure_trends.models.attribution.case import Case
from disclosure_trends.models.attribution.effect import Effect, estimate_effect
from disclosure_trends.models.attribution.grades import REFUTED
from disclosure_trends.models.attribution.guards import Comparison, compare_not_yet
from disclosure_trends.models.attribution.placebo import (
    Placebo,
    adjusted,
    lead_placebos,
    line_placebo,
    region_placebo,
)
from disclosure_trends.models.attribution.refusals import Refusal
from disclosure_trends.models.panel import NEVER, Panel
from disclosure_trends.results import Check

MAX_UNDECIDED: Final = 0.05
"""Rise of the undecided share in the last month above which it is not decided."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judgement:
    """Everything that was found out about a case.

    Attributes
    ----------
    refusal : Refusal or None
        Why no share is printed.
    effect : Effect
        The split, printed or not.
    comparison : Comparison
        Who had not adopted.
    guards : tuple of Check
        G1 to G6.
    placebos : tuple of Placebo
        Lead placebos of submitted, valid and validity; region; line.
    """

    refusal: Refusal | None
    effect: Effect
    comparison: Comparison
    guards: tuple[Check, ...]
    placebos: tuple[Placebo, ...]

    @property
    def stable(self) -> bool:
        """Whether the change is large enough for shares (guard G2)."""
        return next(check for check in self.guards if check.name == "G2").passed is True

    @property
    def long_history(self) -> bool:
        """Whether there are months enough before adoption (guard G3)."""
        return next(check for check in self.guards if check.name == "G3").passed is True

    def p_value(self, name: str) -> float | None:
        """p-value of a placebo, None where it could not be tried."""
        return next((p.p_value for p in self.placebos if p.name == name), None)

    @property
    def p_total(self) -> float | None:
        """What speaks against the total: demand that rose before adoption."""
        return self.p_value("lead_submitted")

    @property
    def p_rerouted(self) -> float | None:
        """What speaks against re-routing: the smaller of two, adjusted for both."""
        names = ("lead_validity", "region")
        tried = tuple(p for p in self.placebos if p.name in names)
        values = [p for p in adjusted(tried) if p is not None]
        return min(values, default=None)

    @property
    def total_refuted(self) -> bool:
        """Whether the placebo forbids the total, so that only re-routing is left."""
        return self.p_total is not None and self.p_total < REFUTED


def judge_case(case: Case) -> Judgement:
    """Estimate, and refuse where a rule says so.

    Parameters
    ----------
    case : Case
        Question and panels.

    Returns
    -------
    Judgement
        With the estimate even where it is refused: the page does not print it.
    """
    region = case.panel.region()
    before, after = case.before_months, case.after_months
    target = np.concatenate([before, after])
    effect = estimate_effect(case.panel, before=before, after=after)
    comparison = compare_not_yet(region, target=target)
    spill = guards.spill_over(region, before=before, after=after)
    valid = region.valid
    checks = (
        guards.guard_comparison(comparison),
        guards.guard_change(
            float(valid[:, before].sum()), float(valid[:, after].sum())
        ),
        guards.guard_history(region),
        guards.guard_countries(len(effect.clusters)),
        guards.guard_spill_over(spill),
        guards.guard_fit(converged=effect.converged, defined=effect.defined),
    )
    placebos = (
        *lead_placebos(effect),
        region_placebo(case.panel, before=before, after=after),
        line_placebo(case.panel, before=before, after=after),
    )
    refusal = next(
        _refusals(case, region, comparison, spill, effect, placebos[-1]), None
    )
    return Judgement(
        refusal=refusal,
        effect=effect,
        comparison=comparison,
        guards=checks,
        placebos=placebos,
    )


def _refusals(
    case: Case,
    region: Panel,
    comparison: Comparison,
    spill: float | None,
    effect: Effect,
    line: Placebo,
) -> Iterator[Refusal]:
    """Yield the refusals that apply, the one that forbids most first."""
    yield from _refuse_content(case, region)
    few = len(effect.clusters) < guards.MIN_COUNTRIES
    if not (case.routed or case.registered or few):
        yield refusals.refuse_no_route(recorded=True)
    shorter = find_shorter(case, comparison)
    months = tuple(
        month
        for month, ripe in zip(region.months, region.matured, strict=True)
        if not ripe and month in comparison.months
    )
    if months:
        yield refusals.refuse_unripe(months, shorter=shorter)
    yield from _refuse_undecided(case, shorter)
    if few:
        yield refusals.refuse_few_countries(len(effect.clusters))
    if days := tuple(p.text for p in case.policies if p.line_only):
        yield refusals.refuse_line_policy(days=days, p_value=None)
    if not comparison.sufficient.all():
        if days := tuple(p.text for p in case.policies if not p.line_only):
            yield refusals.refuse_joint(comparison, days=days)
        yield refusals.refuse_too_few(comparison, shorter=shorter)
    if spill is not None and spill > guards.MAX_SPILL:
        yield refusals.refuse_spill_over(spill)
    if line.p_value is not None and line.p_value < REFUTED:
        yield refusals.refuse_line_policy(days=(), p_value=line.p_value)
    if not (effect.converged and effect.defined):
        yield refusals.refuse_too_few(comparison, shorter=shorter)


def _refuse_content(case: Case, region: Panel) -> Iterator[Refusal]:
    """Yield the refusals for what the log does not hold at all."""
    if case.unlogged:
        yield refusals.refuse_unlogged(case.unlogged)
    if not (case.recorded or case.registered):
        yield refusals.refuse_no_route(recorded=False)
    if region.n_authorities and not (region.authority != "").any():
        yield refusals.refuse_unnamed()
    if not case.assessed:
        yield refusals.refuse_unassessed()
    if case.fulfilled_only:
        yield refusals.refuse_fulfilled_only()
    if case.first_use:
        movers = int(_routing_movers(region)) if case.routed else None
        yield refusals.refuse_first_use(movers=movers)


def _routing_movers(region: Panel) -> int:
    rules = date_alternatives(region)
    points = rules.get("change point", np.full(region.n_authorities, NEVER))
    return int((points < NEVER).sum())


def _refuse_undecided(case: Case, shorter: tuple[str, str] | None) -> Iterator[Refusal]:
    """Yield a refusal if the last month was cut before it was decided."""
    if case.undecided is None:
        return
    last = int(case.after_months.max())
    rest = np.concatenate([case.before_months, case.after_months])
    rest = rest[rest != last]
    usual = float(case.undecided[rest].mean())
    rise = float(case.undecided[last]) - usual
    many = float(case.panel.region().submitted[:, last].sum())
    noise = float(np.sqrt(usual * (1 - usual) / max(many, 1.0)))
    if rise > max(MAX_UNDECIDED, 3 * noise):
        yield refusals.refuse_undecided(
            case.panel.months[last], rise=rise, dated=case.dated, shorter=shorter
        )


def find_shorter(case: Case, comparison: Comparison) -> tuple[str, str] | None:
    """Find a shorter pair of windows that would be identified.

    Parameters
    ----------
    case : Case
        Question and panels.
    comparison : Comparison
        Who had not adopted, over both windows.

    Returns
    -------
    tuple of str or None
        The latest month of `after` that is matured and has enough authorities not yet
        on the line, with the month in the same place of `before`; their change must
        be large enough for shares. None if there is none.
    """
    region = case.panel.region()
    enough = dict(zip(comparison.months, comparison.sufficient, strict=True))
    valid = region.valid.sum(axis=0)

    def usable(month: int) -> bool:
        """Whether a month is decided and has authorities that have not moved."""
        ripe = bool(region.matured[month]) and _decided(case, month)
        return ripe and bool(enough[region.months[month]])

    before, after = case.before_months, case.after_months
    if len(after) < 2:
        return None
    for place in range(len(after) - 1, -1, -1):
        first, second = int(before[min(place, len(before) - 1)]), int(after[place])
        if not (usable(first) and usable(second)):
            continue
        if guards.guard_change(float(valid[first]), float(valid[second])).passed:
            return region.months[first], region.months[second]
    return None


def _decided(case: Case, month: int) -> bool:
    if case.undecided is None:
        return True
    usual = float(np.median(case.undecided[case.before_months]))
    return float(case.undecided[month]) - usual <= MAX_UNDECIDED
