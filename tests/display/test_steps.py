import pandas as pd

from disclosure_trends.display.figures import META_KEY, FigureSpec
from disclosure_trends.display.steps import draw_adoption
from disclosure_trends.display.tables import ColumnRule, TableSpec

CURVE = pd.DataFrame(
    {
        "period": ["2024-02", "2024-03", "2024-04"],
        "period_start": pd.to_datetime(["2024-02-01", "2024-03-01", "2024-04-01"]),
        "moved_share": [0.0, 0.25, 0.5],
        "lower": [None, 0.1, 0.3],
        "upper": [None, 0.5, 0.7],
        "volume_share": [0.0, 0.3, 0.45],
        "not_yet": [8, 8, 6],
    }
)
EVENTS = pd.DataFrame({"date": pd.to_datetime(["2024-02-17"]), "label": ["Line named"]})


def spec(rows: pd.DataFrame) -> FigureSpec:
    return FigureSpec(
        name="curve",
        title="Half had moved",
        subtitle="",
        alt="A curve.",
        caption="",
        source="",
        table=TableSpec(
            name="curve",
            caption="Moves",
            columns=(ColumnRule(key="period", label="Month"),),
            rows=rows,
        ),
    )


def test_steps_hold_from_the_end_of_a_month() -> None:
    figure = draw_adoption(CURVE, events=EVENTS, spec=spec(CURVE))
    band, volume, moved = figure.data
    days = ["2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"]
    assert list(moved.x) == days
    assert list(moved.y) == [0, 0, 25, 50]
    assert moved.line.shape == "hv"
    assert list(volume.y) == [0, 0, 30, 45]
    assert band.fill == "toself"
    assert list(band.x[:4]) == ["2024-04-01", "2024-05-01", "2024-05-01", "2024-05-01"]
    texts = [note.text for note in figure.layout.annotations]
    assert "<b>50%</b> of authorities" in texts[0]
    assert "<b>45%</b> of their requests" in texts[1]
    assert "Line named, 17 Feb" in texts
    assert figure.layout.shapes[0].x0 == "2024-02-17"
    assert figure.layout.meta[META_KEY]["narrow"]["annotations"]


def test_nothing_to_draw_is_said() -> None:
    empty = CURVE.iloc[:0]
    figure = draw_adoption(empty, events=EVENTS.iloc[:0], spec=spec(empty))
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == "There is nothing to draw."
    table = figure.layout.meta[META_KEY]["table"]
    assert table["rows"] == [["Moves", "There is nothing to draw."]]
