"""Draws why records were set aside: one bar per reason."""

from typing import TYPE_CHECKING, Final

from disclosure_trends.display import theme
from disclosure_trends.display.figures import FigureSpec, finish
from disclosure_trends.display.numbers import count
from disclosure_trends.display.tables import TableSpec
from disclosure_trends.display.wording import plural

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST: Final = 12
_WRAP: Final = 44


def draw_reasons(table: TableSpec, *, as_of: str, simulated: bool) -> "go.Figure":
    """Draw the reasons of a data-quality result.

    Parameters
    ----------
    table : TableSpec
        ``code, meaning, records``, most frequent first.
    as_of : str
        Day of knowledge of the log.
    simulated : bool
        Whether the log is invented.

    Returns
    -------
    plotly.graph_objects.Figure
        At most twelve bars; the table has all reasons.
    """
    import plotly.graph_objects as go

    rows = table.rows.head(_MOST)
    names = [_short(str(meaning)) for meaning in rows["meaning"]]
    values = [int(n) for n in rows["records"]]
    spots = list(range(len(values)))
    fig = go.Figure(
        go.Bar(
            x=values,
            y=spots,
            orientation="h",
            marker={"color": theme.S0},
            text=[count(n) for n in values],
            textposition="outside",
            hoverinfo="skip",
        )
    )
    labels = [
        {
            "x": 0,
            "y": spot,
            "yshift": 17,
            "text": name,
            "xanchor": "left",
            "font": {"size": 12},
        }
        for spot, name in zip(spots, names, strict=True)
    ]
    fig.update_layout(
        bargap=0.62,
        margin={"l": 8, "r": 56, "t": 28, "b": 24},
        xaxis={"rangemode": "tozero", "showticklabels": False, "showgrid": False},
        yaxis={"autorange": "reversed", "showticklabels": False, "showgrid": False},
        annotations=labels,
    )
    title, alt = _sentences(table, names, values)
    spec = FigureSpec(
        name="quarantine-reasons",
        title=title,
        subtitle="Records by the first reason for which they were set aside",
        alt=alt,
        caption="A record with several reasons is counted under the first of them.",
        source="the log's own ledger",
        as_of=as_of,
        table=table,
        simulated=simulated,
    )
    return finish(fig, spec, height=64 + 44 * len(values))


def _sentences(
    table: TableSpec, names: list[str], values: list[int]
) -> tuple[str, str]:
    """Return the title and the text alternative."""
    if not values:
        return "No record was set aside", "Bar chart without a bar: nothing set aside."
    total = int(table.rows["records"].sum())
    were = "was" if total == 1 else "were"
    title = f"{plural(total, 'record')} {were} set aside, most often: {names[0]}"
    alt = (
        f"Bar chart of {plural(len(values), 'reason')}. The most frequent, "
        f"{names[0]}, holds {plural(values[0], 'record')}; the last one shown "
        f"holds {plural(values[-1], 'record')}."
    )
    return title, alt


def _short(meaning: str) -> str:
    """Cut a sentence to what fits above a bar."""
    text = meaning.rstrip(".")
    text = text[:1].lower() + text[1:]
    if len(text) <= _WRAP:
        return text
    return f"{text[:_WRAP].rsplit(' ', 1)[0]} …"
