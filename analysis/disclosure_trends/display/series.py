"""Series of counts as small multiples: line, expected band, alarms, open periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display.figures import FigureSpec
from disclosure_trends.display.panels import draw_panels
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.display.wording import capital
from disclosure_trends.vocabulary.measures import measure_name
from disclosure_trends.vocabulary.regions import label_region

if TYPE_CHECKING:
    import plotly.graph_objects as go

PANELS: Final = 12
SHOWN: Final[dict[str, int]] = {"day": 120, "week": 104, "month": 36}
FEW_SHOWN: Final = 16  # periods of longer kinds


def draw_counts(
    table: pd.DataFrame, *, measure: str, freq: str, as_of: str | None, simulated: bool
) -> go.Figure:
    """Draw every series of a grid of counts, the largest first.

    Parameters
    ----------
    table : pandas.DataFrame
        `region, period, value, is_complete`, sorted by both.
    measure, freq : str
        What is counted; length of a period.
    as_of : str, optional
        Last day known of.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        At most twelve panels.
    """
    totals = table.groupby("region")["value"].sum()
    order = sorted(totals.index, key=lambda region: (-int(totals[region]), region))
    shown = _shown(table, order, freq=freq)
    label = measure_name(measure)
    spec = FigureSpec(
        name="counts",
        title=f"{capital(label)} by {freq}",
        subtitle=f"{capital(label)} by {freq}; every panel has its own scale.",
        alt=f"Small multiples of {label} by {freq}: {_alt_names(shown)}.",
        caption=_caption(table, order),
        source="",
        as_of=as_of or "",
        table=_table(shown, name="counts", label=label),
        simulated=simulated,
    )
    return draw_panels(shown, spec)


def draw_upticks(
    history: pd.DataFrame,
    *,
    scan: pd.DataFrame,
    order: list[str],
    name: str,
    title: str,
    measure: str,
    as_of: str,
    simulated: bool,
) -> go.Figure:
    """Draw the series of a scan, the strongest change first.

    Parameters
    ----------
    history : pandas.DataFrame
        `region, period, value, is_complete`.
    scan : pandas.DataFrame
        Examined periods: `region, period, expected, lower, upper, alarm`.
    order : list of str
        Series, strongest change first; the others follow, the largest first.
    name, title, measure, as_of : str
        Slug, heading, what is counted, last day known of.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        At most twelve panels, each with its own scale.
    """
    totals = history.groupby("region")["value"].sum().drop(order, errors="ignore")
    rest = sorted((str(r) for r in totals.index), key=lambda r: (-int(totals[r]), r))
    examined = scan[["region", "period", "expected", "lower", "upper", "alarm"]]
    joined = _until_open(history).merge(examined, on=["region", "period"], how="left")
    shown = _shown(joined, [*order, *rest], freq=_freq_of(history))
    label = measure_name(measure)
    up = shown.loc[shown["alarm"].eq(other=True).fillna(value=False), "region"]
    alarms = ", ".join(label_region(one) for one in dict.fromkeys(up)) or "none"
    spec = FigureSpec(
        name=name,
        title=title.rstrip("."),
        subtitle=f"{capital(label)}; strongest change first, then the largest; every "
        "panel has its own scale. Band: what the series' own past makes likely.",
        alt=f"Small multiples of {label}, strongest change first: {_alt_names(shown)}. "
        f"Alarms: {alarms}.",
        caption="Line: counts. Band: expected range in the examined periods. Ring: "
        f"alarm. {_caption(history, [*order, *rest])}",
        source="",
        as_of=as_of,
        table=_table(shown, name=name, label=label),
        simulated=simulated,
    )
    return draw_panels(shown, spec)


def _until_open(history: pd.DataFrame) -> pd.DataFrame:
    """Leave out what lies behind the first open period, and the counts of open ones.

    A count that will still grow, or that nobody kept, is no point of a line.
    """
    complete = history.loc[history["is_complete"], "period"]
    periods = list(history["period"].unique())
    last = periods.index(complete.max()) if len(complete) else len(periods)
    rows: pd.DataFrame = history[history["period"].isin(periods[: last + 2])]
    return rows.assign(value=rows["value"].where(rows["is_complete"]))


def _freq_of(history: pd.DataFrame) -> str:
    """Length of the periods, told from how they are written."""
    text = str(history["period"].iloc[0]) if len(history) else ""
    kinds = {10: "day", 8: "week", 7: "month"}
    return kinds.get(len(text), "quarter")


def _shown(table: pd.DataFrame, order: list[str], *, freq: str) -> pd.DataFrame:
    """Last periods of the first series, in order."""
    periods = list(table["period"].unique())[-SHOWN.get(freq, FEW_SHOWN) :]
    place = {region: n for n, region in enumerate(order[:PANELS])}
    rows = table[table["region"].isin(place) & table["period"].isin(periods)].copy()
    rows["panel"] = rows["region"].map(place)
    rows["x"] = rows["period"].map({period: n for n, period in enumerate(periods)})
    for column in ("expected", "lower", "upper", "alarm"):
        if column not in rows.columns:
            rows[column] = pd.NA
    return rows.sort_values(["panel", "x"], ignore_index=True)


def _caption(table: pd.DataFrame, order: list[str]) -> str:
    parts = []
    if not bool(table["is_complete"].all()):
        parts.append("Hatched: no count, or the period is not complete.")
    if len(order) > PANELS:
        parts.append(f"{PANELS} of {len(order)} series are drawn.")
    return " ".join(parts)


def _alt_names(shown: pd.DataFrame) -> str:
    names = [label_region(str(region)) for region in shown["region"].unique()]
    return ", ".join(names) or "no series"


def _table(shown: pd.DataFrame, *, name: str, label: str) -> TableSpec:
    return TableSpec(
        name=name,
        caption="The numbers drawn",
        columns=(
            ColumnRule(key="name", label="Series"),
            ColumnRule(key="period", label="Period"),
            ColumnRule(key="value", label=capital(label), kind="count"),
            ColumnRule(key="expected", label="Expected", kind="count"),
            ColumnRule(key="lower", label="Lower", kind="count"),
            ColumnRule(key="upper", label="Alarm above", kind="count"),
            ColumnRule(key="alarm", label="Alarm"),
        ),
        rows=shown.assign(name=[label_region(str(r)) for r in shown["region"]]),
    )


def draw_nowcast(
    table: pd.DataFrame, *, name: str, measure: str, as_of: str, simulated: bool
) -> go.Figure:
    """Draw reported counts with the range they will probably reach.

    Parameters
    ----------
    table : pandas.DataFrame
        `region, period, reported, value, lower, upper, status`.
    name, measure, as_of : str
        Slug, what is counted, last day known of.
    simulated : bool
        Whether nothing here describes reality.

    Returns
    -------
    plotly.graph_objects.Figure
        At most twelve panels.
    """
    rows = table.rename(columns={"value": "expected", "reported": "value"})
    rows = rows.assign(is_complete=rows["status"].eq("whole"))
    open_ = rows["status"].eq("nowcast")
    for column in ("expected", "lower", "upper"):
        rows[column] = rows[column].where(open_)
    totals = rows.groupby("region")["value"].sum()
    order = sorted(totals.index, key=lambda region: (-float(totals[region]), region))
    shown = _shown(rows, order, freq=_freq_of(rows))
    label = measure_name(measure)
    spec = FigureSpec(
        name=name,
        title="Recent periods are not complete yet",
        subtitle=f"{capital(label)}; every panel has its own scale. Band: what the "
        "count will probably reach.",
        alt=f"Small multiples of {label}, the last periods completed: "
        f"{_alt_names(shown)}.",
        caption=f"Line: counts reported so far. {_caption(rows, order)}",
        source="",
        as_of=as_of,
        table=_table(shown, name=name, label=label),
        simulated=simulated,
    )
    return draw_panels(shown, spec)
