"""What an estimate has to stand, and the grade it gets: every test in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from disclosure_trends.models.adoption.onset import date_alternatives
from disclosure_trends.models.attribution import grades
from disclosure_trends.models.attribution.card import (
    CalibrationCard,
    look_up_card,
    shape_of,
)
from disclosure_trends.models.attribution.case import Case
from disclosure_trends.models.attribution.effect import Effect
from disclosure_trends.models.attribution.event_study import EventStudy, study_events
from disclosure_trends.models.attribution.grades import Grade
from disclosure_trends.models.attribution.sensitivity import (
    Sensitivity,
    find_breakdown,
    path_of,
)
from disclosure_trends.models.attribution.specification import (
    Choices,
    trace_specifications,
)
from disclosure_trends.models.attribution.verdict import Judgement
from disclosure_trends.results import Check


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scrutiny:
    """What a judgement that was not refused had to stand.

    Attributes
    ----------
    study : EventStudy
        Month by month around adoption.
    sensitivity : Sensitivity or None
        Of the step in validity; None where it cannot be told.
    tornado : DataFrame
        ``country, share, lower, upper, contribution``: the re-routed share without
        each country, and what it contributes to the effect.
    specifications : DataFrame
        The specification curve.
    card : CalibrationCard
        What the method does on logs of this shape.
    grade : Grade
        What the log carries.
    """

    study: EventStudy
    sensitivity: Sensitivity | None
    tornado: pd.DataFrame
    specifications: pd.DataFrame
    card: CalibrationCard
    grade: Grade


def scrutinise(case: Case, judgement: Judgement) -> Scrutiny:
    """Try everything that could prove an estimate wrong, and grade it.

    Parameters
    ----------
    case : Case
        Question and panels.
    judgement : Judgement
        Not refused.

    Returns
    -------
    Scrutiny
        Bit-identical when run again.
    """
    effect = judgement.effect
    before, after = case.before_months, case.after_months
    study = study_events(effect)
    path = path_of(study, "validity")
    sensitivity = None if path is None else find_breakdown(path)
    tornado = leave_countries_out(effect)
    top = str(tornado["country"].iloc[0]) if len(tornado) else None
    card = look_up_card(shape_of(case.panel, effect, before=before, after=after))
    choices = Choices(by_measure=case.panels, by_dates=date_alternatives(case.panel))
    specifications = trace_specifications(
        choices, before=before, after=after, top_country=top
    )
    return Scrutiny(
        study=study,
        sensitivity=sensitivity,
        tornado=tornado,
        specifications=specifications,
        card=card,
        grade=_grade(case, judgement, sensitivity, tornado, specifications, card),
    )


def leave_countries_out(effect: Effect) -> pd.DataFrame:
    """Tabulate the re-routed share without each country, the weightiest first.

    Parameters
    ----------
    effect : Effect
        With countries as clusters.

    Returns
    -------
    DataFrame
        ``country, share, contribution``: the share of the change that is re-routed
        when the country is left out, and the part of the re-routed requests that is
        its own (missing where nothing is re-routed).
    """
    shares = effect.replicates("rerouted")
    counts = effect.split.rerouted
    whole = float(counts[0])
    own = (whole - counts[1:]) / whole if whole else np.full(len(counts) - 1, np.nan)
    frame = pd.DataFrame(
        {"country": effect.clusters, "share": shares[1:], "contribution": own}
    )
    frame = frame.assign(size=frame["contribution"].abs())
    frame = frame.sort_values(["size", "country"], ascending=[False, True])
    return frame.drop(columns="size").reset_index(drop=True)


def _grade(
    case: Case,
    judgement: Judgement,
    sensitivity: Sensitivity | None,
    tornado: pd.DataFrame,
    specifications: pd.DataFrame,
    card: CalibrationCard,
) -> Grade:
    """Grade what was not refused."""
    region = case.panel.region()
    largest = tornado["contribution"].iloc[0] if len(tornado) else np.nan
    found = _established(judgement.effect)
    change = next(check for check in judgement.guards if check.name == "G2")
    history = next(check for check in judgement.guards if check.name == "G3")
    grade = grades.grade_criteria(
        (
            grades.judge_dates(region),
            grades.judge_adopters(region),
            grades.judge_comparison(judgement.comparison),
            grades.judge_countries(len(judgement.effect.clusters)),
            grades.judge_largest(
                None if np.isnan(largest) else float(largest), found=found
            ),
            grades.judge_choices(
                int(specifications["agrees"].sum()), len(specifications), found=found
            ),
            grades.judge_change(stable=change.passed is True, has=_said(change)),
            grades.judge_history(enough=history.passed is True, has=_said(history)),
            grades.judge_maturity(dated=case.dated),
            grades.judge_placebo(
                "lead_placebo",
                "Submitted requests do not rise before the move",
                judgement.p_total,
                untried="C",
            ),
            grades.judge_placebo(
                "validity_placebo",
                "Validity rises neither before the move nor outside the region",
                judgement.p_rerouted,
            ),
            grades.judge_placebo(
                "line_placebo",
                "Validity on the line changes as beside it",
                judgement.p_value("line"),
            ),
            grades.judge_breakdown(sensitivity, found=found),
        )
    )
    return grades.fall_one(grade, grades.judge_card(card))


def _said(check: Check) -> str:
    """Write a check's sentence as part of another."""
    text = check.text.rstrip(".")
    return text[:1].lower() + text[1:]


def _established(effect: Effect) -> bool:
    """Whether the interval of the re-routed share excludes that there is none."""
    share = effect.share("rerouted")
    return share.is_defined and abs(share.value) > share.half_width(0.95)
