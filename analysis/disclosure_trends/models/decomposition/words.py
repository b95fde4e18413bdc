"""A decomposition in words, in tables and as a waterfall."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pandas as pd

from disclosure_trends.display import numbers, wording
from disclosure_trends.display.figures import FigureSpec
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.results import (
    Estimate,
    Finding,
    Limit,
    NotEstimable,
    Number,
    Word,
)
from disclosure_trends.vocabulary.countries import country_name
from disclosure_trends.vocabulary.regions import describe_region

if TYPE_CHECKING:
    from disclosure_trends.models.decomposition.decompose import DecompositionResult

QUESTION: Final = "What changed: how much was asked, on which line, or how well?"
LABELS: Final = {
    "volume": ("Volume", "more or fewer requests"),
    "routing": ("Routing", "another line, same validity of each"),
    "validity": ("Validity", "of requests on the same line"),
}
MARKS: Final = {"volume": "s2", "routing": "s1", "validity": "s2"}
LIMITS: Final = (
    Limit(
        "Why it changed",
        "The split is a description. Where volume, routing and validity change "
        "together, their interaction is shared out by convention; it does not say what "
        "would have happened without the designated line.",
    ),
)
WORDS: Final = (
    Word("Volume", "Requests received, whatever their line."),
    Word("Routing", "The share of requests on each line."),
    Word("Validity", "The share of requests on a line that are found valid."),
    Word(
        "Convention",
        "How the interaction of factors that change together is shared out. The parts "
        "by authority average over all orders of change (Shapley, Das Gupta); those of "
        "the region's totals use logarithmic means (LMDI-I).",
    ),
)


def note(name: str, *, routing: Estimate | NotEstimable) -> str:
    """Say below a bar what its factor is, given whether routing is one of them."""
    if name == "validity" and isinstance(routing, NotEstimable):
        return "whatever the line"
    return LABELS[name][1]


def say_change(result: DecompositionResult) -> tuple[Finding, ...]:
    """Say how valid requests changed, which factors carried it, and by convention."""
    change = result.estimates["change"]
    region = describe_region(result.region)
    before, after = result.before.words, result.after.words
    found: dict[str, Number] = dict(result.estimates)
    if isinstance(change, NotEstimable):
        text = f"Valid requests from {region} cannot be split: {change.reason}"
        return (_finding(result, "change", text, found),)
    steps = result.table.set_index("step")
    first, last = int(steps["end"].iloc[0]), int(steps["end"].iloc[-1])
    found |= {"valid_before": first, "valid_after": last}
    found |= {"before": before, "after": after}
    moved = "rose" if last > first else "fell" if last < first else "did not change"
    text = (
        f"Valid requests from {region} {moved}: {numbers.count(first)} in {before}, "
        f"{numbers.count(last)} in {after}. {_carried(result)}"
    )
    return (
        _finding(result, "change", text, found),
        _received(result, first, last),
        *_conventions(result),
    )


def _received(result: DecompositionResult, first: int, last: int) -> Finding:
    """Say how many requests came, and the share found valid: the bare totals."""
    rows = result.tables["countries"]
    received = [
        int(rows[f"submitted_{window}"].sum()) for window in ("before", "after")
    ]
    shares = [
        valid / n if n else None
        for valid, n in zip((first, last), received, strict=True)
    ]
    said = ["none" if share is None else numbers.percent(share) for share in shares]
    text = (
        f"Received were {numbers.count(received[0])} and then "
        f"{numbers.count(received[1])}, of which {said[0]} and then {said[1]} were "
        "found valid"
    )
    found: dict[str, Number] = {
        "received_before": received[0],
        "received_after": received[1],
    }
    names = ("found_valid_before", "found_valid_after")
    found |= {
        name: share
        for name, share in zip(names, shares, strict=True)
        if share is not None
    }
    return _finding(result, "received", text, found)


def _carried(result: DecompositionResult) -> str:
    """Say what each factor carried, the largest first."""
    parts = {
        name: part.value or 0.0
        for name in LABELS
        if isinstance(part := result.estimates[name], Estimate)
    }
    ordered = sorted(parts, key=lambda name: -abs(parts[name]))
    said = [f"{LABELS[n][0].lower()} {numbers.signed_count(parts[n])}" for n in ordered]
    text = wording.sentence(f"{wording.listing(said)} make up the change")
    if any(c.name == "turnover" and c.passed is False for c in result.checks):
        text += (
            " What comes from authorities that filed in one window only counts as "
            "volume, at their own validity."
        )
    routing = result.estimates["routing"]
    if isinstance(routing, NotEstimable):
        text += f" The part of routing is not known: {routing.reason}."
    return text


def _conventions(result: DecompositionResult) -> tuple[Finding, ...]:
    """Set the second convention beside the first, where it is defined."""
    steps = result.table.set_index("step")
    names = [name for name in LABELS if name in steps.index]
    lmdi = {name: float(steps["lmdi"][name]) for name in names}
    if any(math.isnan(part) for part in lmdi.values()):
        return ()
    said = [f"{LABELS[n][0].lower()} {numbers.signed_count(lmdi[n])}" for n in names]
    text = (
        "By another convention, the region's totals and logarithmic means (LMDI-I) "
        "instead of each authority and the average over all orders (Shapley), the "
        f"parts are {wording.listing(said)}"
    )
    found: dict[str, Number] = {f"lmdi_{name}": lmdi[name] for name in names}
    return (_finding(result, "conventions", text, found),)


def _finding(
    result: DecompositionResult, name: str, text: str, found: dict[str, Number]
) -> Finding:
    return Finding(
        id=f"decomposition_{name}",
        question=QUESTION,
        statement=wording.sentence(text),
        numbers=found,
        evidence=result.evidence,
        region=result.region,
        period=result.after.text,
        checks=result.checks,
    )


def show_tables(result: DecompositionResult) -> tuple[TableSpec, ...]:
    """Show the parts by country."""
    rows = result.tables["countries"]
    if rows.empty:
        return ()
    shown = rows.assign(
        name=[country_name(code) for code in rows["country"]],
        size=rows["change"].abs(),
    ).sort_values(["size", "country"], ascending=[False, True])
    factors = [name for name in LABELS if name in rows]
    return (
        TableSpec(
            name="decomposition_countries",
            caption="What changed in each country",
            columns=(
                ColumnRule(key="name", label="Country"),
                ColumnRule(key="valid_before", label=result.before.text, kind="count"),
                ColumnRule(key="valid_after", label=result.after.text, kind="count"),
                *(
                    ColumnRule(key=name, label=LABELS[name][0], kind="count")
                    for name in factors
                ),
            ),
            rows=shown,
            note="Valid requests, and the parts of their change.",
            source=_source(result),
        ),
    )


def describe_figure(result: DecompositionResult) -> FigureSpec:
    """Say what stands around the waterfall."""
    steps = result.table
    parts = steps[steps["kind"] != "total"]
    routing = result.estimates["routing"]
    gap = (
        f" Routing is not shown: {routing.reason}."
        if isinstance(routing, NotEstimable)
        else ""
    )
    before, after = result.before.words, result.after.words
    values = [f"{row.label} {_cell(row.value)}" for row in parts.itertuples()]
    return FigureSpec(
        name="decomposition_waterfall",
        title=_title(result, parts),
        subtitle=f"Change in valid requests from {describe_region(result.region)}, "
        f"between {before} and {after}, split by the average over all orders of change "
        "(Shapley, Das Gupta). Whiskers: 95 per cent intervals, countries left out one "
        "at a time.",
        alt=f"Waterfall of valid requests between {before} and {after}: "
        f"{', '.join(values) or 'nothing is known'}.",
        caption="A description, not a cause: where factors change together, their "
        f"interaction is shared out by convention.{gap} The data table has the second "
        "convention (LMDI-I) beside the first.",
        source=_source(result),
        as_of=result.as_of,
        table=_figure_table(steps),
        simulated=result.evidence == "simulated",
    )


def _title(result: DecompositionResult, parts: pd.DataFrame) -> str:
    """Name the largest part, which need not be most of the change: signs differ."""
    change = result.estimates["change"]
    if isinstance(change, NotEstimable):
        return f"What changed cannot be shown: {change.reason}"
    sizes = parts["value"].abs().to_numpy(dtype=float)
    if not sizes.any():
        return "No part of valid requests changed"
    largest = str(parts["label"].iloc[sizes.argmax()])
    return f"{largest} is the largest part of the change, by convention"


def _figure_table(steps: pd.DataFrame) -> TableSpec:
    shown = steps.assign(value=steps["value"].fillna(steps["end"]))
    return TableSpec(
        name="decomposition_waterfall",
        caption="Parts of the change under both conventions",
        columns=(
            ColumnRule(key="label", label="Part"),
            ColumnRule(key="value", label="Shapley", unit="requests", kind="count"),
            ColumnRule(key="lower", label="Lower", unit="requests", kind="count"),
            ColumnRule(key="upper", label="Upper", unit="requests", kind="count"),
            ColumnRule(key="lmdi", label="LMDI-I", unit="requests", kind="count"),
        ),
        rows=shown,
    )


def _source(result: DecompositionResult) -> str:
    return "Simulated log" if result.evidence == "simulated" else "Request log"


def _cell(value: object) -> str:
    return numbers.signed_count(float(str(value)))
