"""How well the log carries the answer: A to D, and what was missed for the next.

A is kept where every criterion is met, B where one is missed, C where more are or
where one of those is that cap the grade by themselves, D where nothing is identified.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from disclosure_trends.display import numbers
from disclosure_trends.display.wording import plural
from disclosure_trends.models.attribution.card import (
    PROMISED_COVERAGE,
    PROMISED_FALSE_CLAIMS,
    CalibrationCard,
)
from disclosure_trends.models.attribution.guards import MIN_HISTORY, Comparison
from disclosure_trends.models.attribution.sensitivity import Sensitivity
from disclosure_trends.models.panel import NEVER, Panel

Letter = Literal["A", "B", "C", "D"]
SCALE: Final = "ABCD"
MIN_ADOPTERS: Final = 20
MIN_NOT_YET: Final = 10
MIN_COUNTRIES: Final = 10
MAX_COUNTRY: Final = 0.40
MIN_AGREEING: Final = 0.80
DOUBTFUL, REFUTED = 0.05, 0.01
_NONE: Final = "no effect is established"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that a grade asks for.

    Attributes
    ----------
    name : str
        Slug.
    needs : str
        What the method needs, for a reader.
    has : str
        What this log has.
    met : bool or None
        None where it cannot be told, which counts as missed.
    cap : str
        The best grade that is possible where it is missed.
    """

    name: str
    needs: str
    has: str
    met: bool | None
    cap: Letter = "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A grade and why it is not better.

    Attributes
    ----------
    reached : str
        A, B, C or D.
    missed : tuple of Criterion
        The criteria that were missed, those that weigh most first.
    criteria : tuple of Criterion
        All that were looked at.
    """

    reached: Letter
    missed: tuple[Criterion, ...]
    criteria: tuple[Criterion, ...]

    @property
    def sentence(self) -> str:
        """The criterion missed that weighs most, as a sentence; empty for none."""
        if not self.missed:
            return ""
        worst = self.missed[0]
        return f"{worst.needs}: {worst.has}."


def grade_criteria(criteria: Iterable[Criterion]) -> Grade:
    """Grade a list of criteria.

    Parameters
    ----------
    criteria : iterable of Criterion
        Each met or missed.

    Returns
    -------
    Grade
        A if all are met; B if one is missed; C if several are; never better than the
        cap of a missed one.
    """
    every = tuple(criteria)
    missed = sorted((c for c in every if not c.met), key=lambda c: c.cap, reverse=True)
    by_number = SCALE[min(len(missed), 2)]
    reached = max([by_number, *(c.cap for c in missed)], key=SCALE.index)
    return Grade(reached=_letter(reached), missed=tuple(missed), criteria=every)


def fall_one(grade: Grade, why: Criterion) -> Grade:
    """Lower a grade by one because of what the calibration card says."""
    lower = SCALE[min(SCALE.index(grade.reached) + 1, len(SCALE) - 1)]
    criteria = (*grade.criteria, why)
    if why.met:
        return Grade(reached=grade.reached, missed=grade.missed, criteria=criteria)
    return Grade(reached=_letter(lower), missed=(why, *grade.missed), criteria=criteria)


def _letter(text: str) -> Letter:
    letters: dict[str, Letter] = {"A": "A", "B": "B", "C": "C", "D": "D"}
    return letters[text]


def judge_dates(region: Panel) -> Criterion:
    """Whether the day of every move is registered."""
    movers = region.adopted < NEVER
    registered = int((region.basis[movers] == "registered").sum())
    total = int(movers.sum())
    has = f"{numbers.count(registered)} of {numbers.count(total)}"
    if registered < total:
        has += "; the others from change points of their own routing"
    return Criterion(
        name="dates",
        needs="Registered day of each move",
        has=has,
        met=registered == total,
    )


def judge_adopters(region: Panel) -> Criterion:
    """Whether enough authorities moved within the panel."""
    movers = int(((region.adopted >= 0) & (region.adopted < NEVER)).sum())
    return Criterion(
        name="adopters",
        needs=f"At least {MIN_ADOPTERS} authorities that moved",
        has=numbers.count(movers),
        met=movers >= MIN_ADOPTERS,
    )


def judge_comparison(comparison: Comparison) -> Criterion:
    """Whether those who had not moved are many, and from many countries."""
    at = comparison.worst
    authorities = int(comparison.authorities[at])
    countries = int(comparison.countries[at])
    enough = authorities >= MIN_NOT_YET and countries >= MIN_COUNTRIES
    return Criterion(
        name="not_yet",
        needs=(
            f"In every month {MIN_NOT_YET} authorities of {MIN_COUNTRIES} countries "
            "that had not moved"
        ),
        has=(
            f"{plural(authorities, 'authority', 'authorities')} of "
            f"{plural(countries, 'country', 'countries')} in "
            f"{comparison.months[at]}"
        ),
        met=enough,
    )


def judge_countries(n: int) -> Criterion:
    """Whether enough countries can be left out one at a time."""
    return Criterion(
        name="countries",
        needs=f"At least {MIN_COUNTRIES} countries",
        has=numbers.count(n),
        met=n >= MIN_COUNTRIES,
        cap="C",
    )


def judge_largest(largest: float | None, *, found: bool) -> Criterion:
    """Whether no country carries more than two fifths of an effect that was found."""
    needs = f"No country with more than {numbers.percent(MAX_COUNTRY)} of the effect"
    if not found:
        return Criterion(name="largest_country", needs=needs, has=_NONE, met=True)
    has = "cannot be told" if largest is None else numbers.percent(largest)
    return Criterion(
        name="largest_country",
        needs=needs,
        has=has,
        met=None if largest is None else largest <= MAX_COUNTRY,
        cap="C",
    )


def judge_change(*, stable: bool, has: str) -> Criterion:
    """Whether there is a change to explain, so that shares of it mean something."""
    return Criterion(
        name="change",
        needs="A change larger than chance makes it",
        has=has,
        met=stable,
        cap="C",
    )


def judge_choices(agreeing: int, tried: int, *, found: bool) -> Criterion:
    """Whether an effect that was found is found under most reasonable choices."""
    needs = (
        f"The same direction under {numbers.percent(MIN_AGREEING)} of the reasonable "
        "choices"
    )
    if not found:
        return Criterion(name="choices", needs=needs, has=_NONE, met=True)
    return Criterion(
        name="choices",
        needs=needs,
        has=f"{numbers.count(agreeing)} of {numbers.count(tried)}",
        met=agreeing >= MIN_AGREEING * tried,
        cap="C",
    )


def judge_history(*, enough: bool, has: str) -> Criterion:
    """Whether there are months before the move (rule R7)."""
    return Criterion(
        name="history",
        needs=f"{MIN_HISTORY} months before the move",
        has=has,
        met=enough,
        cap="C",
    )


def judge_placebo(
    name: str, needs: str, p_value: float | None, *, untried: Letter = "B"
) -> Criterion:
    """Whether an attempt to break the answer failed, as it should."""
    return Criterion(
        name=name,
        needs=needs,
        has="could not be tried" if p_value is None else p_text(p_value),
        met=None if p_value is None else p_value > DOUBTFUL,
        cap=untried if p_value is None else "C",
    )


def judge_breakdown(sensitivity: Sensitivity | None, *, found: bool) -> Criterion:
    """Whether an effect that was found stands bends as large as before the move."""
    needs = "The step in validity stands a bend as large as the largest before the move"
    if not found:
        return Criterion(name="breakdown", needs=needs, has=_NONE, met=True)
    if sensitivity is None:
        return Criterion(name="breakdown", needs=needs, has="cannot be told", met=None)
    multiple = sensitivity.multiple
    has = (
        "it stands every bend that was tried"
        if np.isinf(multiple)
        else f"it stands {numbers.ratio(multiple)} times that"
    )
    return Criterion(name="breakdown", needs=needs, has=has, met=multiple >= 1)


def judge_maturity(*, dated: bool) -> Criterion:
    """Whether the day of each decision is recorded."""
    return Criterion(
        name="maturity",
        needs="Valid within 30 days of receipt, in both windows alike",
        has="days of decisions are recorded" if dated else "no day of a decision",
        met=dated,
    )


def judge_card(card: CalibrationCard) -> Criterion:
    """Whether the method keeps its promise on logs of this shape."""
    return Criterion(
        name="calibration",
        needs=(
            "On simulated logs of this shape the interval holds the truth in at least "
            f"{numbers.percent(PROMISED_COVERAGE)}, and an effect that is none is "
            f"claimed in at most {numbers.percent(PROMISED_FALSE_CLAIMS)}"
        ),
        has=(
            f"{numbers.percent(card.coverage)} and "
            f"{numbers.percent(card.false_claims)} of {numbers.count(card.replicates)}"
        ),
        met=card.keeps_promise,
        cap="C",
    )


def criteria_table(grade: Grade) -> pd.DataFrame:
    """List the criteria as a table: `criterion, needs, has, verdict`."""
    verdicts = {True: "met", False: "missed", None: "cannot be told"}
    return pd.DataFrame(
        {
            "criterion": [c.name for c in grade.criteria],
            "needs": [c.needs for c in grade.criteria],
            "has": [c.has for c in grade.criteria],
            "verdict": [verdicts[c.met] for c in grade.criteria],
        }
    )


def p_text(p_value: float) -> str:
    """Write a p-value with two digits, and small ones as a limit: ``p = 0.04``."""
    return "p below 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"
