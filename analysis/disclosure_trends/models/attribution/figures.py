"""What stands around the tables and figures of an attribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers
from disclosure_trends.display.figures import FigureSpec
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.models.attribution.attempts import say_signs
from disclosure_trends.models.attribution.headline import change_word
from disclosure_trends.vocabulary.countries import COUNTRY_CODES, country_name
from disclosure_trends.vocabulary.regions import describe_region

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.models.attribution.attribute import AttributionResult

OUTCOMES: Final = {
    "valid": "Valid requests",
    "submitted": "Submitted requests",
    "validity": "Share that is valid",
}
_INTERVALS: Final = "95 per cent intervals, countries left out one at a time"


def describe_tables(result: AttributionResult) -> tuple[TableSpec, ...]:
    """Show needs, conventions and calibration; nothing where it was refused."""
    if result.tables["needs"].empty:
        return ()
    return (
        TableSpec(
            name="attribution_needs",
            caption=_needs_caption(result),
            columns=(
                ColumnRule(key="needs", label="The method needs"),
                ColumnRule(key="has", label="This log has"),
                ColumnRule(key="verdict", label="Verdict"),
            ),
            rows=result.tables["needs"],
            source=_source(result),
        ),
        TableSpec(
            name="attribution_conventions",
            caption="What adoption contributed, under both conventions",
            columns=(
                ColumnRule(key="convention", label="Convention"),
                ColumnRule(key="share", label="Share", kind="percent"),
                ColumnRule(key="lower", label="Lower", kind="percent"),
                ColumnRule(key="upper", label="Upper", kind="percent"),
            ),
            rows=result.tables["conventions"],
            note=(
                f"Share of the change, re-routed and induced together. {_INTERVALS}. "
                "Shared by logarithmic means (LMDI-I, Ang 2005)."
            ),
            source=_source(result),
        ),
        TableSpec(
            name="attribution_calibration",
            caption="How often the method errs on simulated logs of this shape",
            columns=(
                ColumnRule(key="measure", label="On simulated logs of this shape"),
                ColumnRule(key="shown", label="Value"),
                ColumnRule(key="give", label="Simulation error"),
            ),
            rows=_in_words(result.tables["calibration"]),
            note="Shares of the simulated logs; the mean error is in points of the "
            "change.",
            source="Simulation with a seed derived from the shape of the log.",
        ),
    )


def _in_words(card: pd.DataFrame) -> pd.DataFrame:
    """Write the first row as a count and the others as shares."""
    values, errors = list(card["value"]), list(card["error"])
    shown = [numbers.count(values[0]), *map(numbers.percent_short, values[1:])]
    give = ["", *map(numbers.percent_short, errors[1:])]
    return card.assign(shown=shown, give=give)


def _needs_caption(result: AttributionResult) -> str:
    verdicts = result.tables["needs"]["verdict"]
    met = int((verdicts == "met").sum())
    return f"{met} of {len(verdicts)} needs are met, hence grade {result.grade}"


def draw_figure(result: AttributionResult, name: str) -> go.Figure:
    """Draw one of the figures of an attribution."""
    from disclosure_trends.display import attribution as display
    from disclosure_trends.display.specifications import draw_specifications
    from disclosure_trends.display.waterfall import draw_waterfall

    if name == "waterfall":
        return draw_waterfall(result.tables["parts"], _waterfall(result))
    if name == "events":
        return display.draw_events(result.tables["events"], _events(result), OUTCOMES)
    if name == "attempts":
        return display.draw_attempts(result.tables["attempts"], _attempts(result))
    if name == "countries":
        frame = _named_countries(result)
        return display.draw_omissions(frame, _countries(result, frame))
    frame = result.tables["specifications"]
    return draw_specifications(frame, _specifications(result))


def _spec(
    result: AttributionResult,
    name: str,
    *,
    title: str,
    subtitle: str,
    alt: str,
    caption: str,
    table: TableSpec,
) -> FigureSpec:
    return FigureSpec(
        name=f"attribution_{name}",
        title=title,
        subtitle=subtitle,
        alt=alt,
        caption=caption,
        source=_source(result),
        as_of=result.as_of,
        table=table,
        simulated=result.evidence == "simulated",
    )


def _source(result: AttributionResult) -> str:
    if result.evidence == "simulated":
        return "Simulated request log: every number is invented."
    return "Request log."


def _span(result: AttributionResult) -> str:
    return f"{result.after.words} against {result.before.words}"


def _refused(result: AttributionResult) -> str:
    return "" if result.refused is None else f" Not answered by rule {result.refused}."


def _waterfall(result: AttributionResult) -> FigureSpec:
    bars = result.tables["parts"]
    parts = bars[~bars["kind"].isin(["total"])]
    values = [float(value) for value in parts["value"]]
    said = [
        f"{label} {numbers.signed_count(value)}"
        for label, value in zip(parts["label"], values, strict=True)
    ]
    title = f"What the {change_word(result)} in valid requests is made of"
    whiskers = "" if result.refused else f" Whiskers: {_INTERVALS}."
    return _spec(
        result,
        "waterfall",
        title="What changed, and why that is not known" if result.refused else title,
        subtitle=(
            f"Change in valid requests from {describe_region(result.region)}, "
            f"{_span(result)}.{whiskers}"
        ),
        alt=(
            f"Waterfall of valid requests, {_span(result)}: "
            f"{', '.join(said) or 'nothing is known'}."
        ),
        caption=(
            "Blue: through the line; orange: everything else. Hollow bars: parts that "
            "the method can bound but not name; what is induced cannot be told from "
            "self-selection. Convention: what would be missing without adoption, its "
            f"interaction with demand included.{_refused(result)}"
        ),
        table=TableSpec(
            name="attribution_parts",
            caption="Parts of the change in valid requests",
            columns=(
                ColumnRule(key="label", label="Part"),
                ColumnRule(key="shown", label="Requests", kind="count"),
                ColumnRule(key="lower", label="Lower", kind="count"),
                ColumnRule(key="upper", label="Upper", kind="count"),
                ColumnRule(key="share", label="Share of the change", kind="percent"),
            ),
            rows=bars.assign(shown=bars["value"].fillna(bars["end"])),
        ),
    )


def _events(result: AttributionResult) -> FigureSpec:
    frame = result.tables["events"]
    wide = frame.assign(outcome=frame["outcome"].map(OUTCOMES))
    step = frame[(frame["outcome"] == "validity") & (frame["event"] == 1)]
    title, found = "What came around the move, against what was expected", ""
    if len(step):
        ratio = numbers.ratio(float(step["ratio"].iloc[0]))
        found = f" In the month after the move the share that is valid is {ratio} times"
        found += " the expected."
        title = "Around the move: requests and their validity against the expected"
    return _spec(
        result,
        "events",
        title=title,
        subtitle=(
            "Observed divided by expected without the move, by month from an "
            f"authority's move (0); logarithmic scale, {_INTERVALS}. Hollow: before."
        ),
        alt=f"Three panels of ratios by month from the move.{found}{_refused(result)}",
        caption=(
            "Re-routing leaves its mark in the share that is valid: flat before, a "
            "step at the move. Before the move the expectation is learnt from months "
            f"that lie six and more before it.{_refused(result)}"
        ),
        table=TableSpec(
            name="attribution_events",
            caption="Ratio of observed to expected by month from the move",
            columns=(
                ColumnRule(key="outcome", label="Of"),
                ColumnRule(key="event", label="Month from move", kind="number"),
                ColumnRule(key="ratio", label="Ratio", kind="ratio"),
                ColumnRule(key="lower", label="Lower", kind="ratio"),
                ColumnRule(key="upper", label="Upper", kind="ratio"),
            ),
            rows=wide,
        ),
    )


def _attempts(result: AttributionResult) -> FigureSpec:
    frame = result.tables["attempts"]
    tried = frame[frame["result"] != "not tried"]
    passed = int((tried["result"] == "passes").sum())
    title = "No attempt to break the answer was made"
    if len(tried):
        title = say_signs(len(tried) - passed, len(tried))
    return _spec(
        result,
        "attempts",
        title=title,
        subtitle="Each row would put re-routing in doubt if it were found.",
        alt=f"Table of attempts: {title}.{_refused(result)}",
        caption=(
            "Weakly: found, but that may be chance. Not tried: the log does not allow "
            f"it.{_refused(result)}"
        ),
        table=TableSpec(
            name="attribution_attempts",
            caption="Attempts to break the answer",
            columns=(
                ColumnRule(key="attempt", label="If this were so"),
                ColumnRule(key="expected", label="Expected"),
                ColumnRule(key="found", label="Found"),
                ColumnRule(key="result", label="Result"),
            ),
            rows=frame,
        ),
    )


def _named_countries(result: AttributionResult) -> pd.DataFrame:
    frame = result.tables["countries"]
    names = [
        country_name(code) if code in COUNTRY_CODES else code
        for code in frame["country"]
    ]
    return frame.assign(name=names)


def _countries(result: AttributionResult, frame: pd.DataFrame) -> FigureSpec:
    shares = frame["share"].dropna()
    title, said = "No country could be left out", "nothing is known"
    if len(shares):
        low = numbers.percent_short(float(shares.min()))
        high = numbers.percent_short(float(shares.max()))
        title = f"Whichever country is left out, {low} to {high} is re-routed"
        said = f"the re-routed share goes from {low} to {high}"
    return _spec(
        result,
        "countries",
        title=title,
        subtitle=(
            "Re-routed share of the change with one country left out, the weightiest "
            "first; the line is the share with all."
        ),
        alt=f"Bars by omitted country: {said}.{_refused(result)}",
        caption=(
            f"A long bar means that the answer hangs on that country.{_refused(result)}"
        ),
        table=TableSpec(
            name="attribution_countries",
            caption="Re-routed share with one country left out",
            columns=(
                ColumnRule(key="name", label="Without"),
                ColumnRule(key="share", label="Re-routed share", kind="percent"),
                ColumnRule(
                    key="contribution", label="Its part of the effect", kind="percent"
                ),
            ),
            rows=frame,
        ),
    )


def _specifications(result: AttributionResult) -> FigureSpec:
    frame = result.tables["specifications"]
    agree = int(frame["agrees"].sum()) if len(frame) else 0
    title = "No choice could be tried"
    if len(frame):
        title = f"Under {agree} of {len(frame)} choices the direction is the same"
    labels = {
        "dates": "Dates",
        "measure": "Measure",
        "history": "History",
        "window": "Windows",
        "countries": "Countries",
        "left_out": "Left out",
    }
    return _spec(
        result,
        "specifications",
        title=title,
        subtitle=(
            "Re-routed share of the change under every combination of choices, in "
            "order of size; 95 per cent intervals. Below: the choices made."
        ),
        alt=f"Curve of {len(frame)} estimates: {title.lower()}.{_refused(result)}",
        caption=(
            "Filled: the choice of the headline. Where a combination is not identified "
            f"there is no mark.{_refused(result)}"
        ),
        table=TableSpec(
            name="attribution_specifications",
            caption="Re-routed share under every combination of choices",
            columns=(
                *(ColumnRule(key=key, label=label) for key, label in labels.items()),
                ColumnRule(key="share", label="Share", kind="percent"),
                ColumnRule(key="lower", label="Lower", kind="percent"),
                ColumnRule(key="upper", label="Upper", kind="percent"),
            ),
            rows=frame,
        ),
    )
