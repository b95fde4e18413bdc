"""What every answer is: numbers that know their interval, or say why there is none.

A model returns a `Result`: tidy tables, named estimates, checks, findings in plain
sentences, and figures. A number in a sentence is always one of the finding's numbers.
"""

import html
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import pandas as pd

from disclosure_trends.display import numbers
from disclosure_trends.display.tables import Json, TableSpec, plain
from disclosure_trends.errors import SettingsError, nearest

if TYPE_CHECKING:
    import plotly.graph_objects as go

BUNDLE_TYPE = "application/vnd.disclosure-trends+json"
FOR_ANALYSTS = (
    "Series by authority, or by several keys, are for the analyst alone: read .table; "
    "to show a result, count by one key that names no authority."
)

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result(ABC):
    """What a model found.

    Attributes
    ----------
    tables : mapping
        Tidy frames by name; the first is `table`.
    estimates : mapping
        Name to an `Estimate` or a `NotEstimable`; all names of the model are there,
        also when it refused.
    checks : tuple of Check
        What was looked at.
    evidence : str
        ``published``, ``log`` or ``simulated``.
    """

    figures: ClassVar[tuple[str, ...]] = ()

    tables: Mapping[str, pd.DataFrame]
    estimates: Mapping[str, Estimate | NotEstimable] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    evidence: Evidence

    @property
    def table(self) -> pd.DataFrame:
        """The main table; a copy."""
        return next(iter(self.tables.values())).copy()

    @property
    def is_shown(self) -> bool:
        """Whether a report may show it: not what names authorities."""
        return True

    @abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """Say what the data carry, most important first."""

    @abstractmethod
    def _draw(self, name: str) -> "go.Figure":
        """Draw one of `figures`."""

    def figure(self, name: str | None = None) -> "go.Figure":
        """Draw the result.

        Parameters
        ----------
        name : str, optional
            One of `figures`; the first if not given.

        Returns
        -------
        plotly.graph_objects.Figure
            The figure, with title, alternative text and data table in its ``meta``.

        Raises
        ------
        SettingsError
            If there is no figure of that name.
        """
        chosen = name or next(iter(self.figures), "")
        if chosen not in self.figures:
            known = ", ".join(self.figures) or "none"
            message = (
                f"figure(): {type(self).__name__} has no figure {chosen!r}"
                f"{nearest(chosen, self.figures)}; there are: {known}"
            )
            raise SettingsError(message)
        if not self.is_shown:
            raise SettingsError(FOR_ANALYSTS)
        return self._draw(chosen)

    def summary(self) -> str:
        """Say in plain sentences what was found and which checks did not pass."""
        lines = [finding.statement for finding in self.findings()]
        lines += [check.text for check in self.checks if check.passed is False]
        return "\n".join(lines)

    def points(self) -> tuple[Point, ...]:
        """Choose the main points: by default each finding with its first number."""
        return tuple(
            point_of(finding, next(iter(finding.numbers.values())))
            for finding in self.findings()
            if finding.numbers
        )

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return the tables that a report shows, with their display rules."""
        return ()

    def limits(self) -> tuple[Limit, ...]:
        """Say what the result does not show."""
        return ()

    def words(self) -> tuple[Word, ...]:
        """Explain the terms that the findings use."""
        return ()

    def extra(self) -> Json:
        """Return further parts of the bundle: grade, refusal, claims."""
        return {}

    def bundle(self) -> Json:
        """Return everything a report may show of this result, as plain JSON values."""
        if not self.is_shown:
            return self._nothing()
        findings = self.findings()
        return {
            "schema": 1,
            "type": type(self).__name__,
            "evidence": self.evidence,
            "findings": [finding.to_json() for finding in findings],
            "points": [point.to_json() for point in self.points()],
            "tables": [table.to_json() for table in self.display_tables()],
            "figures": list(self.figures),
            "limits": [limit.to_json() for limit in self.limits()],
            "words": [word.to_json() for word in self.words()],
            "checks": [check.to_json() for check in self.checks],
            **self.extra(),
        }

    def _nothing(self) -> Json:
        """Return the bundle of a result that no report may show."""
        empty = ("findings", "points", "tables", "figures", "limits", "words", "checks")
        head = {"schema": 1, "type": type(self).__name__, "evidence": self.evidence}
        return {**head, **{name: [] for name in empty}}

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        """Show the result in Jupyter; a report reads the JSON only."""
        del include, exclude
        text = self.summary() if self.is_shown else FOR_ANALYSTS
        return {
            BUNDLE_TYPE: self.bundle(),
            "text/html": "".join(self._html()) if self.is_shown else text,
            "text/plain": text,
        }

    def _html(self) -> Iterator[str]:
        """Yield a plain escaped page for Jupyter: sentences, then the estimates."""
        if self.evidence == "simulated":
            yield "<p><strong>SIMULATED</strong></p>"
        for line in self.summary().splitlines():
            yield f"<p>{html.escape(line)}</p>"
        if self.estimates:
            yield "<table><thead><tr><th>estimate</th><th>value</th></tr></thead>"
            yield "<tbody>"
            for name, value in self.estimates.items():
                yield f"<tr><td>{html.escape(name)}</td>"
                yield f"<td>{html.escape(str(value))}</td></tr>"
            yield "</tbody></table>"


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
    if number == "1" and unit.endswith("s"):
        unit = unit.removesuffix("ies") + "y" if unit.endswith("ies") else unit[:-1]
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
