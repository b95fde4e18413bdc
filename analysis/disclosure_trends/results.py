"""What every model returns: tables, estimates, findings in sentences, and figures.

The parts of an answer come with it, so that a model needs this module alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from disclosure_trends.answers import (
    Check,
    Estimate,
    EstimateKind,
    Evidence,
    Finding,
    Limit,
    NotEstimable,
    Number,
    Point,
    Word,
    big_number,
    point_of,
)
from disclosure_trends.display.plain_page import plain_page
from disclosure_trends.display.tables import Json, TableSpec
from disclosure_trends.errors import SettingsError, nearest

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "BUNDLE_TYPE",
    "FOR_ANALYSTS",
    "Check",
    "Estimate",
    "EstimateKind",
    "Evidence",
    "Finding",
    "Limit",
    "NotEstimable",
    "Number",
    "Point",
    "Result",
    "Word",
    "big_number",
    "point_of",
]

BUNDLE_TYPE = "application/vnd.disclosure-trends+json"
FOR_ANALYSTS = (
    "Series by authority, or by several keys, are for the analyst alone: read .table; "
    "to show a result, count by one key that names no authority."
)


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
            "text/html": self._page() if self.is_shown else text,
            "text/plain": text,
        }

    def _page(self) -> str:
        return plain_page(
            self.summary().splitlines(),
            estimates=self.estimates,
            simulated=self.evidence == "simulated",
        )
