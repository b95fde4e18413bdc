"""The result protocol: what a bundle holds, and that numbers are never bare."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import plotly.graph_objects as go
import pytest

import disclosure_trends.results as r
from disclosure_trends.display.figures import META_KEY, FigureSpec, finish
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Toy(r.Result):
    figures: ClassVar[tuple[str, ...]] = ("bars",)

    def findings(self) -> tuple[r.Finding, ...]:
        return (
            r.Finding(
                id="rise",
                question="Did it rise?",
                statement="It rose 2.15 to 34.5-fold.",
                numbers=self.estimates,
                evidence=self.evidence,
            ),
        )

    def display_tables(self) -> tuple[TableSpec, ...]:
        columns = (ColumnRule(key="n", label="Requests", kind="count"),)
        rows = self.tables["main"]
        return (TableSpec(name="t", caption="T", columns=columns, rows=rows),)

    def _draw(self, name: str) -> go.Figure:
        spec = FigureSpec(
            name=name,
            title="T",
            subtitle="S",
            alt="A",
            caption="C",
            source="B",
            table=self.display_tables()[0],
        )
        return finish(go.Figure(go.Bar(x=[1], y=[2])), spec)


BOUNDS = r.Estimate(
    value=None, lower=2.1451, upper=34.45, level=None, kind="bounds", unit="ratio"
)


def toy(estimates: Mapping[str, r.Estimate | r.NotEstimable] | None = None) -> Toy:
    frame = pd.DataFrame({"n": [1, None], "authority": ["secret", "secret"]})
    return Toy(
        tables={"main": frame},
        estimates=estimates or {"ratio": BOUNDS},
        evidence="published",
        checks=(r.Check("coverage", passed=False, text="One member is missing."),),
    )


def test_bundle_is_plain_json_and_knows_its_evidence() -> None:
    bundle = toy().bundle()
    assert bundle["type"] == "Toy"
    assert bundle["evidence"] == "published"
    assert bundle["points"] == [
        {"finding": "rise", "number": "2.15 to 34.5", "unit": "times"}
    ]
    assert bundle["tables"][0]["rows"] == [[1], [None]]


def test_jupyter_gets_the_bundle_and_no_plotly() -> None:
    shown = toy()._repr_mimebundle_()
    assert set(shown) == {r.BUNDLE_TYPE, "text/html", "text/plain"}
    assert shown["text/plain"] == "It rose 2.15 to 34.5-fold.\nOne member is missing."


def test_jupyter_text_is_escaped() -> None:
    refused = r.NotEstimable("<script>", rule="x")
    assert "<script>" not in toy({"ratio": refused})._repr_mimebundle_()["text/html"]


def test_table_is_a_copy() -> None:
    result = toy()
    mine = result.table
    mine.loc[0, "n"] = 99
    assert result.table.loc[0, "n"] == 1


def test_unknown_figure_names_those_there_are() -> None:
    with pytest.raises(SettingsError) as caught:
        toy().figure("bar")
    assert str(caught.value) == (
        "figure(): Toy has no figure 'bar'; did you mean 'bars'?; there are: bars"
    )


def test_figure_carries_its_specification() -> None:
    meta = toy().figure().layout.meta[META_KEY]
    assert (meta["title"], meta["alt"], meta["narrow"]) == ("T", "A", {})


def test_authorities_never_enter_a_bundle() -> None:
    columns = (ColumnRule(key="authority", label="Authority"),)
    rows = toy().tables["main"]
    table = TableSpec(name="t", caption="T", columns=columns, rows=rows)
    with pytest.raises(ValueError, match=r"^table t: column authority is never shown$"):
        table.to_json()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (BOUNDS, "2.15 to 34.5"),
        (r.NotEstimable("channel is not recorded", rule="not_recorded"), "No estimate"),
        (6992, "6,992"),
        ("8 of 27", "8 of 27"),
        (r.Estimate(value=203, lower=None, upper=None, unit="requests"), "203"),
    ],
)
def test_big_numbers(value: r.Number, text: str) -> None:
    assert r.big_number(value) == text


def test_estimates_write_themselves() -> None:
    half = r.Estimate(value=0.51, lower=0.41, upper=0.6, unit="share")
    assert str(half) == "51% (41 to 60%)"
    assert str(BOUNDS) == "2.15 to 34.5"
    assert str(r.NotEstimable("why", rule="x")) == "not estimable: why"
