"""The parts of an answer: numbers that know their interval, or say why there is none.

A number in a sentence is always one of the finding's numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.tables import Json, plain

Evidence = Literal["published", "log", "simulated"]
EstimateKind = Literal["confidence", "prediction", "bounds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with what is not known about it.

    Attributes
    ----------
    value : float or None
        The point estimate; None for bounds.
    lower, upper : float or None
        Ends of the interval, both inclusive; ``upper=None`` is unbounded.
    level : float or None
        Confidence or prediction level; None for bounds, which carry no probability.
    kind : str
        ``confidence``, ``prediction`` or ``bounds``.
    unit : str
        For example ``"ratio"``, ``"requests"``, ``"share"``.
    """

    value: float | None
    lower: float | None
    upper: float | None
    level: float | None = 0.95
    kind: EstimateKind = "confidence"
    unit: str = ""

    def to_json(self) -> Json:
        """Return the estimate as plain JSON values."""
        return {
            "value": plain(self.value),
            "lower": plain(self.lower),
            "upper": plain(self.upper),
            "level": self.level,
            "kind": self.kind,
            "unit": self.unit,
        }

    def __str__(self) -> str:
        """Write the value and its interval as a reader sees them."""
        interval = numbers.span(self.lower, self.upper, self.unit)
        if self.value is None:
            return interval
        value = numbers.number(self.value, self.unit)
        return value if self.lower is None is self.upper else f"{value} ({interval})"


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """Stands where nothing can be computed.

    Attributes
    ----------
    reason : str
        Why, in words that a reader can act on.
    rule : str
        The rule that was applied, for programs.
    """

    reason: str
    rule: str

    def to_json(self) -> Json:
        """Return the refusal as plain JSON values."""
        return {"reason": self.reason, "rule": self.rule}

    def __str__(self) -> str:
        """Write the refusal as a reader sees it."""
        return f"not estimable: {self.reason}"


Number = Estimate | NotEstimable | float | int | str


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at before a number was given out.

    Attributes
    ----------
    name : str
        Slug of the check.
    passed : bool or None
        None where the check informs only.
    text : str
        What was found, as a sentence.
    """

    name: str
    passed: bool | None
    text: str

    def to_json(self) -> Json:
        """Return the check as plain JSON values."""
        return {"name": self.name, "passed": self.passed, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence that the data carry.

    Attributes
    ----------
    id : str
        Slug, unique in a result.
    question : str
        The question it answers.
    statement : str
        The answer; every number in it is one of `numbers`.
    numbers : mapping
        Name to an `Estimate`, a `NotEstimable`, a number or a text.
    grade : str or None
        How well the data carry it, where that is graded.
    evidence : str
        ``published``, ``log`` or ``simulated``.
    region, period : str or None
        What it speaks of.
    checks : tuple of Check
        What qualifies it.
    """

    id: str
    question: str
    statement: str
    numbers: Mapping[str, Number]
    evidence: Evidence
    grade: str | None = None
    region: str | None = None
    period: str | None = None
    checks: tuple[Check, ...] = ()

    def to_json(self) -> Json:
        """Return the finding as plain JSON values."""
        return {
            "id": self.id,
            "question": self.question,
            "statement": self.statement,
            "numbers": {name: plain(value) for name, value in self.numbers.items()},
            "grade": self.grade,
            "evidence": self.evidence,
            "region": self.region,
            "period": self.period,
            "checks": [check.to_json() for check in self.checks],
        }


@dataclass(frozen=True, slots=True)
class Point:
    """A main point: the big number that stands beside a finding's sentence."""

    finding: str
    number: str
    unit: str = ""

    def to_json(self) -> Json:
        """Return the point as plain JSON values; the unit where there is one."""
        point: Json = {"finding": self.finding, "number": self.number}
        return {**point, "unit": self.unit} if self.unit else point


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of "what this does not show"."""

    label: str
    text: str

    def to_json(self) -> Json:
        """Return the limit as plain JSON values."""
        return {"label": self.label, "text": self.text}


@dataclass(frozen=True, slots=True)
class Word:
    """A term of the field and what it means here."""

    term: str
    meaning: str

    def to_json(self) -> Json:
        """Return the word as plain JSON values."""
        return {"term": self.term, "meaning": self.meaning}


def point_of(finding: Finding, value: Number, unit: str = "") -> Point:
    """Set a number, and what it counts, beside the sentence of a finding.

    Parameters
    ----------
    finding : Finding
        The sentence.
    value : Estimate, NotEstimable, float, int or str
        One of its numbers.
    unit : str
        What a plain number counts, in the plural; an estimate knows its own.

    Returns
    -------
    Point
        ``1`` is written with the unit's singular.
    """
    number = big_number(value)
    if isinstance(value, Estimate):
        unit = _UNIT_WORDS.get(value.unit, value.unit)
    if number == "1":
        unit = wording.singular(unit)
    return Point(finding.id, number, "" if isinstance(value, NotEstimable) else unit)


_UNIT_WORDS: Final = {
    "ratio": "times",
    "per year": "times a year",
    "share": "",
    "rate": "",
    "change": "requests",
}


def big_number(value: Number) -> str:
    """Write a number as it stands beside a main point.

    Parameters
    ----------
    value : Estimate, NotEstimable, float, int or str
        One of a finding's numbers.

    Returns
    -------
    str
        ``"2.15 to 34.5"``, ``"6,992"``, ``"No estimate"``.
    """
    match value:
        case Estimate():
            if value.lower is None and value.upper is None:
                return numbers.number(value.value or 0, value.unit)
            return numbers.span(value.lower, value.upper, value.unit)
        case NotEstimable():
            return "No estimate"
        case str():
            return value
        case _:
            return numbers.decimal(value)
