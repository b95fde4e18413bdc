import pandas as pd
import pytest

from disclosure_trends.display import theme
from disclosure_trends.display.figures import META_KEY, FigureSpec
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.display.waterfall import draw_waterfall

# The bars of an invented change from 412 to 868.
STEPS = pd.DataFrame(
    [
        ("April", "valid requests", "total", "s0", 0, 412, None, None, None),
        ("Re-routed", "better line", "part", "s1", 412, 643, 231, 188, 274),
        ("Induced", "or selected", "open", "s1", 643, 705, 62, 18, 109),
        ("Validity", "", "part", "s2", 705, 868, 163, None, None),
        ("July", "valid requests", "total", "s0", 0, 868, None, None, None),
    ],
    columns=[
        "label",
        "note",
        "kind",
        "mark",
        "start",
        "end",
        "value",
        "lower",
        "upper",
    ],
)


@pytest.fixture
def figure():
    spec = FigureSpec(
        name="parts",
        title="Most of it is re-routed",
        subtitle="",
        alt="A waterfall.",
        caption="",
        source="",
        table=TableSpec(
            name="parts",
            caption="Parts",
            columns=(ColumnRule(key="label", label="Part"),),
            rows=STEPS,
        ),
    )
    return draw_waterfall(STEPS, spec)


def test_bars_run_from_start_to_end(figure) -> None:
    bars, connectors, whiskers = figure.data
    ends = [base + x for base, x in zip(bars.base, bars.x, strict=True)]
    assert ends == STEPS["end"].tolist()
    assert list(bars.base) == STEPS["start"].tolist()
    assert list(connectors.x[:2]) == [412, 412]
    assert list(whiskers.x) == [643, 705]
    assert list(whiskers.error_x.array) == [43, 47]
    assert list(whiskers.error_x.arrayminus) == [43, 44]


def test_open_parts_are_hollow(figure) -> None:
    bars = figure.data[0]
    assert list(bars.marker.color)[1:4] == [theme.S1, "rgba(0,0,0,0)", theme.S2]
    assert list(bars.marker.line.width) == [0, 0, 2, 0, 0]


def test_values_and_intervals_stand_at_the_right(figure) -> None:
    texts = [note.text for note in figure.layout.annotations]
    assert "<b>412</b>" in texts
    assert "<b>+231</b>" in texts
    assert any("+188 to +274" in text for text in texts)
    narrow = figure.layout.meta[META_KEY]["narrow"]["annotations"]
    shown = [note["text"] for note in narrow]
    assert [text for text in shown if text.startswith("<b>+")] == [
        "<b>+231</b>",
        "<b>+62</b>",
        "<b>+163</b>",
    ]
    # A narrow screen loses the notes below the names, never an interval.
    spans = [text for text in texts if " to " in text]
    assert spans
    assert [text for text in shown if " to " in text] == spans
