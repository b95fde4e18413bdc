"""The frames of an attribution: parts, conventions, tests; and how they are shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, TypedDict

import numpy as np
import pandas as pd

from disclosure_trends.models.attribution.attempts import list_attempts
from disclosure_trends.models.attribution.case import Case
from disclosure_trends.models.attribution.effect import PARTS
from disclosure_trends.models.attribution.event_study import OUTCOMES
from disclosure_trends.models.attribution.grades import DOUBTFUL, criteria_table
from disclosure_trends.models.attribution.placebo import Placebo
from disclosure_trends.models.attribution.scrutiny import Scrutiny
from disclosure_trends.models.attribution.verdict import Judgement
from disclosure_trends.resources import package_text
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.periods import Window

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.display.tables import TableSpec
    from disclosure_trends.models.attribution.attribute import AttributionResult

SCENARIOS: Final = "models/attribution/attribution_scenarios.csv"
EMPTY: Final[Mapping[str, tuple[str, ...]]] = {
    "parts": (
        *("step", "label", "note", "kind", "mark", "start", "end"),
        *("value", "lower", "upper", "share", "share_lower", "share_upper"),
    ),
    "conventions": ("convention", "share", "lower", "upper"),
    "needs": ("criterion", "needs", "has", "verdict"),
    "attempts": ("attempt", "expected", "found", "result"),
    "events": ("outcome", "event", "ratio", "lower", "upper"),
    "countries": ("country", "share", "contribution"),
    "specifications": (
        *("dates", "measure", "history", "window", "countries", "left_out"),
        *("share", "lower", "upper", "agrees", "is_headline", "rank"),
    ),
    "calibration": ("measure", "value", "error"),
}
# The lead placebo on submitted requests is the one that the total hangs on.
_PLACEBOS: Final = {
    "lead_submitted": (
        "placebo",
        "Submitted requests of those who moved rose before the move.",
    ),
    "lead_validity": (
        "validity_before",
        "Validity of those who moved rose before the move.",
    ),
    "region": ("other_region", "A pretended move outside the region has an effect."),
    "line": ("line_itself", "Validity on the line changed, and not beside it."),
}
_LABELS: Final = {
    "rerouted": ("Re-routed", "same demand, better line", "part", "s1"),
    "induced": (
        "Induced or selected",
        "extra requests of those who moved",
        "open",
        "s1",
    ),
    "demand": ("Background demand", "also of those who did not move", "part", "s2"),
    "validity": ("Validity or policy", "on every line alike", "part", "s2"),
}


def no_tables() -> dict[str, pd.DataFrame]:
    """Return the tables of a result without a log: all empty."""
    return {name: pd.DataFrame(columns=list(cols)) for name, cols in EMPTY.items()}


def tabulate(
    case: Case, judgement: Judgement, scrutiny: Scrutiny | None
) -> dict[str, pd.DataFrame]:
    """Write a judgement as frames.

    Parameters
    ----------
    case : Case
        Question and panels.
    judgement : Judgement
        The estimate or its refusal.
    scrutiny : Scrutiny, optional
        None where it was refused: only the totals are written then.

    Returns
    -------
    dict of DataFrame
        By name, the bars first.
    """
    frames = no_tables() | {"parts": _parts(case, judgement, scrutiny)}
    if scrutiny is None:
        return frames
    return frames | {
        "conventions": _conventions(judgement),
        "needs": criteria_table(scrutiny.grade),
        "attempts": list_attempts(case, judgement, scrutiny),
        "events": _events(scrutiny),
        "countries": scrutiny.tornado,
        "specifications": scrutiny.specifications,
        "calibration": _calibration(scrutiny),
    }


def _parts(case: Case, judgement: Judgement, scrutiny: Scrutiny | None) -> pd.DataFrame:
    """Bars from the earlier total to the later one."""
    region = case.panel.region()
    valid_before = float(region.valid[:, case.before_months].sum())
    valid_after = float(region.valid[:, case.after_months].sum())
    rows = [_total("before", case.before, valid_before)]
    if scrutiny is not None:
        rows += _bars(judgement, valid_before)
    else:
        rows.append(
            _bar("change", valid_before, valid_after - valid_before)
            | {
                "label": "Change",
                "note": "its cause is not identified",
                "kind": "open",
                "mark": "s0",
            }
        )
    rows.append(_total("after", case.after, valid_after))
    return pd.DataFrame(rows, columns=list(EMPTY["parts"]))


def _bars(judgement: Judgement, start: float) -> list[dict[str, object]]:
    """One bar a part; where the total is refuted, what is left is one open bar."""
    split = judgement.effect.split
    change = float(split.change[0])
    names = PARTS[:1] if judgement.total_refuted else PARTS
    rows: list[dict[str, object]] = []
    for name in names:
        value = float(getattr(split, name)[0])
        label, note, kind, mark = _LABELS[name]
        bar = _bar(name, start, value)
        bar |= {"label": label, "note": note, "kind": kind, "mark": mark}
        rows.append(bar | _whiskers(judgement, name, change))
        start += value
    if judgement.total_refuted:
        rest = change - float(split.rerouted[0])
        note = "more demand, for whatever reason"
        bar = _bar("rest", start, rest)
        rows.append(
            bar
            | {"label": "Everything else", "note": note, "kind": "open", "mark": "s2"}
        )
    return rows


def _whiskers(judgement: Judgement, name: str, change: float) -> dict[str, object]:
    share = judgement.effect.share(name)
    if judgement.stable and share.is_defined:
        estimate = share.estimate(unit="share")
        count = share.estimate(unit="change", scale=change)
        return {
            "lower": count.lower,
            "upper": count.upper,
            "share": estimate.value,
            "share_lower": estimate.lower,
            "share_upper": estimate.upper,
        }
    part = judgement.effect.count(name)
    if not part.is_defined:
        return {}
    count = part.estimate(unit="change")
    return {"lower": count.lower, "upper": count.upper}


def _total(step: str, window: Window, value: float) -> dict[str, object]:
    return _bar(step, 0.0, value) | {
        "label": window.words,
        "note": "valid requests",
        "kind": "total",
        "mark": "s0",
        "value": np.nan,
    }


def _bar(step: str, start: float, value: float) -> dict[str, object]:
    return {"step": step, "start": start, "end": start + value, "value": value} | (
        dict.fromkeys(("lower", "upper", "share", "share_lower", "share_upper"), np.nan)
    )


def _conventions(judgement: Judgement) -> pd.DataFrame:
    """Tabulate what adoption contributed, by both conventions."""
    rows = []
    for name, label in (
        ("adoption", "What would be missing without adoption"),
        ("shared", "Its interaction with everything else shared"),
    ):
        share = judgement.effect.share(name)
        if share.is_defined and not judgement.total_refuted and judgement.stable:
            half = share.half_width(0.95)
            value = share.value
            rows.append((label, value, value - half, value + half))
    return pd.DataFrame(rows, columns=list(EMPTY["conventions"]))


def _events(scrutiny: Scrutiny) -> pd.DataFrame:
    """Ratios of observed to expected by outcome and month from the move."""
    rows = []
    for outcome in OUTCOMES:
        for event in scrutiny.study.events:
            result = scrutiny.study.at(outcome, event)
            if not result.is_defined:
                continue
            half = result.half_width(0.95)
            ends = (result.value, result.value - half, result.value + half)
            rows.append((outcome, event, *np.exp(ends)))
    return pd.DataFrame(rows, columns=list(EMPTY["events"]))


def _calibration(scrutiny: Scrutiny) -> pd.DataFrame:
    card = scrutiny.card
    rows = [
        ("Logs simulated, with the line at work and without", card.replicates, np.nan),
        ("Mean error of the re-routed share", card.bias, card.bias_error),
        ("Intervals that hold the truth", card.coverage, card.error(card.coverage)),
        (
            "Effects claimed where there is none",
            card.false_claims,
            card.error(card.false_claims),
        ),
        ("Effects found where there is one", card.power, card.error(card.power)),
    ]
    return pd.DataFrame(rows, columns=list(EMPTY["calibration"]))


def list_checks(
    case: Case, judgement: Judgement, scrutiny: Scrutiny | None
) -> tuple[Check, ...]:
    """List the guards, the placebo and what else a reader must know."""
    checks = list(judgement.guards)
    if judgement.refusal is not None:
        rule = judgement.refusal
        checks.append(Check(rule.rule, passed=False, text=rule.why))
        return tuple(checks)
    checks += [_placebo_check(p) for p in judgement.placebos if p.name in _PLACEBOS]
    if not case.dated:
        text = (
            "No day of a decision is recorded: whether both windows are equally "
            "matured cannot be told."
        )
        checks.append(Check("maturity", passed=None, text=text))
    inferred = int((case.panel.region().basis == "change point").sum())
    if inferred:
        text = (
            f"{inferred} of the dates of adoption are change points of the authority's "
            "own routing, not registered dates."
        )
        checks.append(Check("dates", passed=False, text=text))
    dropped = judgement.effect.share("rerouted").dropped
    if dropped:
        text = f"{dropped} replicates of the jackknife are undefined and left out."
        checks.append(Check("replicates", passed=None, text=text))
    if scrutiny is not None and not scrutiny.card.keeps_promise:
        text = "On simulated logs of this shape the method errs more than it promises."
        checks.append(Check("calibration", passed=False, text=text))
    return tuple(checks)


def _placebo_check(placebo: Placebo) -> Check:
    """Say whether an attempt to break the answer succeeded."""
    name, text = _PLACEBOS[placebo.name]
    if placebo.p_value is None:
        return Check(name, passed=None, text=f"Not tried: {placebo.reason}.")
    passed = placebo.p_value >= DOUBTFUL
    said = f"Not found: {text[0].lower()}{text[1:]}" if passed else text
    return Check(name, passed=passed, text=said)


class Measured(TypedDict):
    """What a contrast of totals did in simulation; None where it is not shipped."""

    false_claims: float | None
    runs: int | None


@cache
def _scenarios() -> dict[tuple[str, str], dict[str, str]]:
    rows = csv.DictReader(io.StringIO(package_text(SCENARIOS)))
    return {(row["scenario"], row["method"]): row for row in rows}


def false_claims_of_totals() -> Measured:
    """How often a contrast of totals claimed an effect that was none."""
    row = _scenarios().get(("null_demand", "region totals"))
    if row is None:
        return Measured(false_claims=None, runs=None)
    return Measured(
        false_claims=float(row["excludes_zero"]), runs=int(row["replicates"])
    )


def show_tables(result: AttributionResult) -> tuple[TableSpec, ...]:
    """Show needs, conventions and calibration."""
    from disclosure_trends.models.attribution.figures import describe_tables

    return describe_tables(result)


def draw(result: AttributionResult, name: str) -> go.Figure:
    """Draw one of the figures."""
    from disclosure_trends.models.attribution.figures import draw_figure

    return draw_figure(result, name)
