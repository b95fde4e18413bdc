"""Executed notebooks made by hand, to look at the page without running a model.

The numbers are those that the published figures give (EU 2.15 to 34.5 and so on); the
simulated ones are invented and say so.
"""

from dataclasses import dataclass, field
from typing import Any

import nbformat
import pandas as pd
import plotly.graph_objects as go
from page_figures import (
    AS_OF,
    PANELS,
    SOURCE,
    bounds_figure,
    multiples_figure,
    steps_figure,
    waterfall_figure,
)

from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.reports.page.shown import PLOTLY_TYPE
from disclosure_trends.results import (
    BUNDLE_TYPE,
    Check,
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Point,
    Result,
    Word,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample(Result):
    """A result whose every part is given."""

    said: tuple[Finding, ...] = ()
    big: tuple[Point, ...] = ()
    shown: tuple[TableSpec, ...] = ()
    not_shown: tuple[Limit, ...] = ()
    glossary: tuple[Word, ...] = ()
    more: dict[str, object] = field(default_factory=dict)

    def findings(self) -> tuple[Finding, ...]:
        return self.said

    def _draw(self, name: str) -> go.Figure:
        raise NotImplementedError

    def points(self) -> tuple[Point, ...]:
        return self.big

    def display_tables(self) -> tuple[TableSpec, ...]:
        return self.shown

    def limits(self) -> tuple[Limit, ...]:
        return self.not_shown

    def words(self) -> tuple[Word, ...]:
        return self.glossary

    def extra(self) -> dict[str, object]:
        return self.more


def sample(evidence: str = "published", **parts: Any) -> Sample:
    return Sample(tables={"t": pd.DataFrame()}, evidence=evidence, **parts)


def finding(name: str, statement: str, evidence: str = "published") -> Finding:
    return Finding(
        id=name,
        question="?",
        statement=statement,
        numbers={"ratio": Estimate(value=None, lower=2.15, upper=34.5, kind="bounds")},
        evidence=evidence,
    )


# -- notebooks ------------------------------------------------------------------------


def notebook(*cells: Any) -> nbformat.NotebookNode:
    """Make a notebook: a text is a Markdown cell, anything else what a cell shows."""
    made = [
        nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else _code(cell)
        for cell in cells
    ]
    for position, cell in enumerate(made):
        cell["id"] = f"cell-{position}"
    return nbformat.v4.new_notebook(cells=made)


def _code(shown: Any) -> nbformat.NotebookNode:
    data = mime_bundle(shown)
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    return nbformat.v4.new_code_cell("result", outputs=[output], execution_count=1)


def mime_bundle(shown: Any) -> dict[str, Any]:
    if isinstance(shown, go.Figure):
        return {PLOTLY_TYPE: shown.to_plotly_json(), "text/html": "<b>no</b>"}
    if isinstance(shown, Result):
        return dict(shown._repr_mimebundle_())
    return dict(shown)


def report_bundle(**changes: Any) -> dict[str, Any]:
    record = {
        "schema": 1,
        "type": "Report",
        "report": "leadership",
        "heading": "User data disclosed to authorities by Telegram: the EU and other "
        "countries, January 2024 to March 2026",
        "as_of": AS_OF,
        "classification": "Internal",
        "provenance": [
            ["Data", f"telegram.csv, 700 rows, sha256 {'1d20' * 16}"],
            ["Data", f"events.csv, 22 rows, sha256 {'9cde' * 16}"],
            ["Method", "BoundsResult; each estimand: analysis/METHODS.md"],
            [
                "Run again",
                "disclosure-trends report leadership --out reports --as-of 2026-05-31",
            ],
        ],
        "sources": ["https://example.org/telegram"],
        "token": "0" * 32,
    }
    return {BUNDLE_TYPE: record | changes, "text/plain": "report"}


# -- results --------------------------------------------------------------------------

VERDICT = (
    "EU requests fulfilled rose at least twofold in July–September 2024. Without "
    "France no rise is established, and the totals cannot show why."
)
POINTS = {
    "2.15 to 34.5×": "Requests fulfilled for the 26 observed EU states together rose "
    "at least 2.1-fold from April–June to July–September 2024, even in the worst case.",
    "0.475 to 33.8×": "Without France a rise is not established: the same data would "
    "allow a fall by half.",
    "1.09 to 1.11×": "Outside the EU the observed total rose 9 to 11 per cent, almost "
    "all of it India; without India, 0.756 to 1.40.",
    "No estimate": "Why requests rose cannot be determined: totals do not show which "
    "line was used.",
}


def bounds_result() -> Sample:
    said = [finding("headline", VERDICT)]
    said += [finding(f"p{i}", text) for i, text in enumerate(POINTS.values())]
    said += [finding("rest", "Luxembourg is the one state without any figure")]
    return sample(
        said=tuple(said),
        big=tuple(Point(f"p{i}", number) for i, number in enumerate(POINTS)),
        not_shown=(
            Limit("Valid requests", "The bot publishes fulfilled requests only."),
            Limit("The world", "Countries that nobody asked about are not here."),
        ),
        glossary=(
            Word("Bounds", "The lowest and highest value that the figures allow."),
            Word("Fulfilled request", "A request after which data were disclosed."),
        ),
        checks=(
            Check("members", passed=True, text="26 of 27 states have a figure"),
            Check(
                "drift", passed=False, text="Users per request drift in two countries"
            ),
            Check("edition", passed=None, text="The source is a secondary collection"),
        ),
    )


CLAIMS = [
    {
        "id": "since_2018",
        "text": "Telegram has been able to disclose the IP address and phone number of "
        "criminals, on a valid legal request, since 2018.",
        "verdict": "supported in part",
        "figure": "28 Aug 2018",
        "data_show": "The clause dates from that day. Until 23 September 2024 it named "
        "terror suspects only, on a court order.",
        "would_decide": "Disclosures made before 2024, by legal process.",
    },
    {
        "id": "brazil",
        "text": "Brazil: more than 200 requests fulfilled in January–September 2024.",
        "verdict": "supported",
        "figure": "203",
        "spark": [75, 63, 65],
        "data_show": "75, 63 and 65 by quarter; 369 users affected.",
        "would_decide": "Settled for the count. A rate needs requests received.",
    },
    {
        "id": "europe",
        "text": "Valid requests from the EU rose in the third quarter of 2024.",
        "verdict": "supported in part",
        "figure": "2.15 to 34.5",
        "bounds": [2.15, 34.5],
        "data_show": "Times the second quarter, for fulfilled requests.",
        "would_decide": "Quarter splits for Germany, Spain, Poland and Italy.",
    },
    {
        "id": "line",
        "text": "The cause: more EU authorities began to use the correct line.",
        "verdict": "cannot be determined from these data",
        "figure": None,
        "data_show": "Totals do not show which line was used (rule R1).",
        "would_decide": "A request log with authority, channel, time and validity.",
    },
    {
        "id": "table",
        "text": "A table of one secondary source.",
        "verdict": "contradicted",
        "figure": "0",
        "data_show": "Three sources give other numbers.",
        "would_decide": "",
    },
]


def claims_result() -> Sample:
    rows = [
        {**claim, "said_on": "2024-10-02", "source_url": "https://example.org/post"}
        for claim in CLAIMS
    ]
    return sample(
        said=(finding("claims", "Two of five claims hold"),), more={"claims": rows}
    )


def countries_result() -> Sample:
    rows = pd.DataFrame(
        [
            (name, "EU" if i < 6 else "Outside the EU", values[-1], list(values))
            for i, (name, values) in enumerate(PANELS.items())
        ],
        columns=["country", "group", "latest", "trend"],
    )
    rows["latest"] = rows["latest"].astype("Int64")
    shares = pd.DataFrame(
        {
            "country": ["A", "B"],
            "share": [0.67, None],
            "n": [
                Estimate(value=2.1, lower=1.4, upper=3.1, unit="ratio"),
                NotEstimable("channel is not recorded", rule="not_recorded"),
            ],
            "trend": [[0.1, 0.2, None, 0.5, 0.67], [None, 0.2, 0.2, 0.3, 0.35]],
        }
    )
    trend = ColumnRule(key="trend", label="Trend", kind="spark")
    return sample(
        said=(finding("countries", "The steepest steps are elsewhere"),),
        shown=(
            TableSpec(
                name="trends",
                caption="India is two thirds of the volume",
                columns=(
                    ColumnRule(key="country", label="Country"),
                    ColumnRule(key="latest", label="Latest", kind="count"),
                    trend,
                ),
                rows=rows,
                note="Trend: one bar a quarter, own scale; hatched: nothing published.",
                source=SOURCE,
                group="group",
            ),
            TableSpec(
                name="shares",
                caption="Share of requests on the right line",
                columns=(
                    ColumnRule(key="country", label="Country"),
                    ColumnRule(key="share", label="On it", unit="%", kind="percent"),
                    ColumnRule(key="n", label="Growth", unit="per year", kind="ratio"),
                    trend,
                ),
                rows=shares,
            ),
        ),
    )


REFUSAL = {
    "rule": "R1",
    "sentence": "The share of the rise due to the communication line cannot be "
    "determined from totals",
    "asked": "How many of the additional valid requests came of authorities moving.",
    "why": "The file holds totals by region and month: no authority, no channel.",
    "identify": [
        "One row a request with authority, channel, time of receipt and validity.",
        "Eight months before the move, and ten authorities that had not moved.",
    ],
    "instead": "Valid requests rose. That is the rise, not its cause.",
}


def attribution_result() -> Sample:
    verdict = (
        "About half of the rise in valid requests, 41 to 60 per cent, is the same "
        "demand sent on a better line. Likely, not certain."
    )
    texts = {
        "a": ("188 to 274", "231 of the additional 456 valid requests would not have "
              "been valid had authorities kept the old line."),
        "b": ("up to 64%", "With the extra requests the share is 64 per cent at most."),
    }  # fmt: skip
    return sample(
        "simulated",
        said=(
            finding("v", verdict, "simulated"),
            *(finding(k, text, "simulated") for k, (_, text) in texts.items()),
        ),
        big=tuple(Point(k, number) for k, (number, _) in texts.items()),
        more={
            "grade": {
                "reached": "C",
                "scale": "ABCD",
                "missed": "Placebos were not run, so nothing better can be claimed.",
            }
        },
        not_shown=(Limit("Anything real", "The log is invented."),),
    )


def refused_result(evidence: str = "published") -> Sample:
    return sample(
        evidence,
        said=(finding("refused", REFUSAL["sentence"], evidence),),
        more={"refusal": REFUSAL},
    )


def leadership() -> nbformat.NotebookNode:
    """Published figures first, then a part drawn from a simulated log."""
    return notebook(
        "# Is the rise real, and how much of it is the communication line?",
        bounds_result(),
        bounds_figure(),
        "## Two of five claims hold, one is contradicted",
        claims_result(),
        "## The larger step came in the fourth quarter\n\nAmong countries that report, "
        "the step is as steep outside the EU as inside it.",
        multiples_figure(),
        countries_result(),
        "## What cannot be answered from totals",
        refused_result(),
        "## What a request log would add",
        attribution_result(),
        waterfall_figure(),
        report_bundle(),
    )


def communication_line() -> nbformat.NotebookNode:
    """All of it simulated."""
    return notebook(
        "# How much of the rise is the communication line?",
        attribution_result(),
        waterfall_figure(),
        "## Most of those who moved did so before the policy changed",
        steps_figure(),
        "## A refusal",
        refused_result("simulated"),
        report_bundle(
            report="communication_line",
            heading="Simulated request log, the EU, July to September 2024 against "
            "April to June 2024",
            as_of="2024-12-31",
        ),
    )


def nothing_published() -> nbformat.NotebookNode:
    """No figure, no point, one sentence: the least a report can be."""
    return notebook(
        "# A question?",
        sample(said=(finding("none", "No figure had been published by that day"),)),
        report_bundle(as_of="2023-12-31"),
    )
