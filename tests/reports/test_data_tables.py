"""Tables of a bundle: groups, cells, small drawings, CSV that is no formula."""

import csv
import io
from urllib.parse import unquote

import pandas as pd
import pytest

from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.reports.page.data_tables import (
    DataTable,
    draw_spark,
    read_table,
    value_text,
)
from disclosure_trends.results import Estimate, NotEstimable

BOUNDS = Estimate(value=None, lower=2.1452, upper=34.5, kind="bounds", unit="ratio")
INTERVAL = Estimate(value=24.2, lower=13.3, upper=49.0, unit="ratio")
NONE = NotEstimable("no channel", rule="x")


def table(
    rows: pd.DataFrame, *columns: ColumnRule, group: str | None = None
) -> DataTable:
    spec = TableSpec(name="t", caption="C", columns=columns, rows=rows, group=group)
    return read_table(spec.to_json())


def test_rows_stand_under_their_group() -> None:
    rows = pd.DataFrame(
        {"c": ["FR", "BE", "IN"], "g": ["EU", "EU", "other"], "n": [1, 2, 3]}
    )
    read = table(
        rows,
        ColumnRule(key="c", label="Country"),
        ColumnRule(key="n", label="Requests", kind="count"),
        group="g",
    )
    assert [(g.label, len(g.rows)) for g in read.groups] == [("EU", 2), ("other", 1)]
    assert [[cell.text for cell in row] for row in read.groups[0].rows] == [
        ["FR", "1"],
        ["BE", "2"],
    ]
    assert [head.is_number for head in read.heads] == [False, True]
    assert read.length == 3


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "count", "–"),
        (float("nan"), "count", "–"),
        (6992, "count", "6,992"),
        (2.1452, "ratio", "2.15"),
        (0.512, "percent", "51%"),
        (BOUNDS.to_json(), "ratio", "2.15 to 34.5"),
        (INTERVAL.to_json(), "ratio", "24.2 (13.3 to 49.0)"),
        (NONE.to_json(), "ratio", "not estimable: no channel"),
    ],
)
def test_values_are_written_as_a_reader_sees_them(
    value: object, kind: str, text: str
) -> None:
    assert value_text(value, kind) == text


def test_csv_has_numbers_unrounded_and_no_formula() -> None:
    rows = pd.DataFrame(
        {"c": ["=1+1", "@x", "-2", "\uff1dA1", "a,b"], "n": [1.23456, -2.0, None, 4, 5]}
    )
    read = table(
        rows,
        ColumnRule(key="c", label="Name"),
        ColumnRule(key="n", label="N", unit="%"),
    )
    text = unquote(str(read.csv).partition(",")[2])
    assert list(csv.reader(io.StringIO(text))) == [
        ["Name", "N (%)"],
        ["'=1+1", "1.23456"],
        ["'@x", "-2.0"],
        ["'-2", ""],
        ["'\uff1dA1", "4.0"],
        ["a,b", "5.0"],
    ]


def test_whole_numbers_are_bars_and_missing_ones_are_gaps() -> None:
    drawn = draw_spark([4.0, None, 8.0])
    assert [round(height, 1) for _, _, height in drawn.bars] == [11.0, 22.0]
    assert len(drawn.gaps) == 1
    assert drawn.text == "3 values, from 4 to 8, highest 8, 1 missing"


def test_shares_are_a_line_that_breaks_over_gaps() -> None:
    drawn = draw_spark([0.1, 0.2, None, 0.4, 0.5])
    assert len(drawn.lines) == 2
    assert drawn.end is not None
    assert not drawn.bars


def test_zero_is_no_gap_and_nothing_is_no_drawing() -> None:
    assert draw_spark([0.0, 0.0]).gaps == ()
    assert draw_spark([None, None]).text == "no values"


def test_a_verdict_has_its_shape_and_a_text_like_it_has_none() -> None:
    rows = pd.DataFrame({"n": ["a", "b", "c"], "v": ["met", "Missed", "met the day"]})
    read = table(
        rows, ColumnRule(key="n", label="Need"), ColumnRule(key="v", label="Verdict")
    )
    assert [row[1].glyph for row in read.groups[0].rows] == ["disc", "diamond", ""]


def test_an_address_is_a_link_named_by_its_place() -> None:
    url = "https://www.example.org/a/long/path?with=more"
    rows = pd.DataFrame({"n": ["a", "b"], "s": [url, "javascript:x"]})
    read = table(
        rows, ColumnRule(key="n", label="Fact"), ColumnRule(key="s", label="Source")
    )
    cells = [row[1] for row in read.groups[0].rows]
    assert [(c.text, c.address) for c in cells] == [
        ("example.org", url),
        ("javascript:x", ""),
    ]
