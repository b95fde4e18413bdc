"""Attempts to break the answer: what would have to be seen if it were wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from disclosure_trends.display import numbers
from disclosure_trends.models.attribution.case import Case
from disclosure_trends.models.attribution.event_study import LEADS
from disclosure_trends.models.attribution.grades import DOUBTFUL, REFUTED, p_text
from disclosure_trends.models.attribution.scrutiny import Scrutiny
from disclosure_trends.models.attribution.verdict import Judgement
from disclosure_trends.models.jackknife import jackknife
from disclosure_trends.models.panel import Bools, Floats

PASSES, MARGINAL, FAILS, OPEN = "passes", "marginal", "fails", "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One way in which the answer could have been proved wrong.

    Attributes
    ----------
    attempt : str
        If this were so, re-routing would be in doubt.
    expected : str
        What must or must not be seen.
    found : str
        What was seen.
    result : str
        ``passes``, ``marginal``, ``fails`` or ``not tried``.
    """

    attempt: str
    expected: str
    found: str
    result: str


def list_attempts(case: Case, judgement: Judgement, scrutiny: Scrutiny) -> pd.DataFrame:
    """Make every attempt and tabulate what came of it.

    Parameters
    ----------
    case : Case
        Question and panels.
    judgement : Judgement
        The estimate.
    scrutiny : Scrutiny
        Event study and leave-one-out shares.

    Returns
    -------
    DataFrame
        ``attempt, expected, found, result``.
    """
    attempts = [*_contrasts(case), *_placebos(judgement), *_robustness(scrutiny)]
    rows = [(a.attempt, a.expected, a.found, a.result) for a in attempts]
    return pd.DataFrame(rows, columns=["attempt", "expected", "found", "result"])


def _contrasts(case: Case) -> Iterator[Attempt]:
    """Compare lines, authorities and regions as they were seen."""
    region = case.panel.region()
    on = _ratio(region.on_line_valid, region.on_line)
    off = _ratio(region.off_line_valid, region.off_line)
    name, must = "Validity is the same on both lines", "must not be"
    if on is None or off is None:
        yield Attempt(
            attempt=name, expected=must, found="lines are not known", result=OPEN
        )
    else:
        yield Attempt(
            attempt=name,
            expected=must,
            found=(
                f"{numbers.percent_short(off)} on other lines, "
                f"{numbers.percent_short(on)} on the right line"
            ),
            result=PASSES if on > off else FAILS,
        )
    moved = region.adopted <= int(case.after_months.max())
    mine = _rise(case, region.valid, moved)
    for label, counts, rows in (
        ("Those not yet moved rise as much", region.valid, ~moved),
        ("Regions without the line rise as much", case.panel.valid, ~case.panel.inside),
        (
            "Submitted requests rise one for one with valid ones",
            region.submitted,
            moved,
        ),
    ):
        theirs = _rise(case, counts, rows)
        if mine is None or theirs is None:
            found, result = "there are too few to compare", OPEN
        else:
            found = f"{numbers.ratio(theirs)} against {numbers.ratio(mine)}"
            result = PASSES if theirs < mine else FAILS
        yield Attempt(attempt=label, expected="must not", found=found, result=result)


def _ratio(valid: Floats, requests: Floats) -> float | None:
    total = float(requests.sum())
    return float(valid.sum()) / total if total else None


def _rise(case: Case, counts: Floats, rows: Bools) -> float | None:
    """Ratio of monthly means after and before."""
    before = float(counts[rows][:, case.before_months].sum())
    after = float(counts[rows][:, case.after_months].sum())
    if before == 0:
        return None
    return after / before * len(case.before_months) / len(case.after_months)


def _placebos(judgement: Judgement) -> Iterator[Attempt]:
    """Say how the placebos came out."""
    labels = {
        "lead_submitted": "A pretended move three months early raises requests",
        "lead_valid": "A pretended move three months early raises valid requests",
        "lead_validity": "A pretended move three months early raises validity",
        "region": "A pretended move outside the region raises validity",
        "line": "Validity on the line changes more than beside it",
    }
    for placebo in judgement.placebos:
        if placebo.effect is None or placebo.p_value is None:
            found, result = placebo.reason, OPEN
        else:
            ratio = float(np.exp(placebo.effect.value))
            found = f"ratio {numbers.ratio(ratio)}, {p_text(placebo.p_value)}"
            result = (
                FAILS
                if placebo.p_value < REFUTED
                else MARGINAL
                if placebo.p_value < DOUBTFUL
                else PASSES
            )
        yield Attempt(
            attempt=labels[placebo.name],
            expected="no effect",
            found=found,
            result=result,
        )


def _robustness(scrutiny: Scrutiny) -> Iterator[Attempt]:
    """Look before the move, at countries, and at bends of the trend."""
    before = scrutiny.study.ratios["validity"][:, :LEADS].mean(axis=1)
    level = jackknife(before)
    name, must = "Validity rises before the move", "must not"
    if not level.is_defined:
        yield Attempt(attempt=name, expected=must, found="too few months", result=OPEN)
    else:
        half = level.half_width(0.95)
        low, mid, high = np.exp([level.value - half, level.value, level.value + half])
        yield Attempt(
            attempt=name,
            expected=must,
            found=(
                f"ratio {numbers.ratio(mid)} ({numbers.ratio(low)} to "
                f"{numbers.ratio(high)}), months -{LEADS} to -1"
            ),
            result=PASSES if low <= 1 else FAILS,
        )
    shares = scrutiny.tornado["share"].dropna()
    if len(shares):
        least, most = float(shares.min()), float(shares.max())
        yield Attempt(
            attempt="The effect vanishes without one country",
            expected="must not",
            found=(
                f"re-routed {numbers.percent_short(least)} to "
                f"{numbers.percent_short(most)} over {len(shares)} omissions"
            ),
            result=PASSES if least > 0 or most < 0 else FAILS,
        )
    sensitivity = scrutiny.sensitivity
    name, must = "A bend of the trend explains the step in validity", "must not"
    if sensitivity is None:
        yield Attempt(attempt=name, expected=must, found="too few months", result=OPEN)
        return
    multiple = sensitivity.multiple
    found = "not even eight times the largest bend before the move"
    if np.isfinite(multiple):
        found = f"{numbers.ratio(multiple)} times the largest bend before the move"
    yield Attempt(
        attempt=name,
        expected=must,
        found=found,
        result=PASSES if multiple >= 1 else MARGINAL if multiple > 0 else FAILS,
    )


def say_signs(found: int, tried: int) -> str:
    """Say how many of the signs against an effect of the line showed.

    Parameters
    ----------
    found, tried : int
        Signs that were found, if only weakly, and signs that were looked for.

    Returns
    -------
    str
        Without a full stop.
    """
    said = f"{found} of" if found else "None of"
    verb = "is" if found < 2 else "are"
    return (
        f"{said} the {tried} signs that would speak against an effect of the line "
        f"{verb} found"
    )
