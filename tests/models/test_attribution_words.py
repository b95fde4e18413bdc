"""What an attribution says in words, read as somebody would who doubts it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.models.cases import case_of
from tests.models.panels import panel_of

from disclosure_trends.models.attribution.attribute import (
    AttributionResult,
    answer_case,
)
from disclosure_trends.models.attribution.grades import judge_choices
from disclosure_trends.results import Estimate
from disclosure_trends.simulate.requests import PanelDraw, draw_panel


@pytest.fixture(scope="module")
def draw() -> PanelDraw:
    return draw_panel("rerouting", rng=1)


@pytest.fixture(scope="module")
def answered(draw: PanelDraw) -> AttributionResult:
    return answer_case(case_of(draw))


def _said(result: AttributionResult, name: str) -> str:
    (finding,) = [f for f in result.findings() if f.id == f"attribution_{name}"]
    return finding.statement


def _with_share(result: AttributionResult, low: float, high: float, change: float):
    """Replace the answer's interval: what is said depends on nothing else."""
    bars = result.table.copy()
    row = bars["step"] == "rerouted"
    ends = sorted([low * change, high * change])
    bars.loc[row, ["value", "lower", "upper"]] = [sum(ends) / 2, *ends]
    share = Estimate(value=(low + high) / 2, lower=low, upper=high, unit="share")
    size = Estimate(value=change, lower=None, upper=None, level=None, unit="change")
    return replace(
        result,
        estimates={**result.estimates, "share_rerouted": share, "change": size},
        tables={**result.tables, "parts": bars},
    )


def test_a_grade_that_misses_nothing_says_so(answered):
    assert answered.grade == "A"
    assert answered.missed == ""
    assert answered.extra()["grade"]["missed"] == (
        "Everything that the method needs is there."
    )


def test_the_title_of_the_parts_does_not_repeat_the_verdict(answered):
    title = answered.figure("waterfall").layout.meta["disclosure_trends"]["title"]
    assert title == "What the rise in valid requests is made of"
    fall = _with_share(answered, 0.2, 0.4, -500.0)
    title = fall.figure("waterfall").layout.meta["disclosure_trends"]["title"]
    assert title == "What the fall in valid requests is made of"


@pytest.mark.parametrize(
    ("low", "high", "change", "verdict", "parts"),
    [
        (
            -0.1,
            0.2,
            1000.0,
            "No effect of the line is established: 20 per cent of the rise in valid "
            "requests at most, and possibly nothing, is the same demand on a better "
            "line.",
            "Of the change of +1,000 valid requests from the EU, +200 at most, and "
            "possibly none, would not have been valid had authorities kept the old "
            "line.",
        ),
        (
            -0.5,
            1.4,
            1000.0,
            "No effect of the line is established: the log allows anything from none "
            "to all of the rise in valid requests.",
            "Of the change of +1,000 valid requests from the EU, +1,400 at most, and "
            "possibly none, would not have been valid had authorities kept the old "
            "line.",
        ),
        (
            -0.4,
            -0.2,
            1000.0,
            "Moves to the line worked against the rise in valid requests: without "
            "them it would have been larger. Likely, not certain.",
            "Beside the change of +1,000 valid requests from the EU, 200 to 400 were "
            "lost because authorities moved to the line.",
        ),
        (
            0.2,
            0.4,
            -1000.0,
            "About a third of the fall in valid requests, 20 to 40 per cent, comes of "
            "moves to the line. Likely, not certain.",
            "Beside the change of −1,000 valid requests from the EU, 200 to 400 were "
            "lost because authorities moved to the line.",
        ),
    ],
)
def test_each_direction_has_its_own_words(answered, low, high, change, verdict, parts):
    result = _with_share(answered, low, high, change)
    assert result.findings()[0].statement == verdict
    assert _said(result, "rerouted") == parts


def test_an_end_beyond_everything_is_everything(answered):
    whole = Estimate(value=0.9, lower=0.7, upper=1.02, level=0.95, unit="share")
    result = replace(answered, estimates={**answered.estimates, "share": whole})
    assert _said(result, "total") == (
        "With the extra requests that authorities filed after they moved it is up to "
        "the whole rise; whether they filed these because they moved cannot be told."
    )


def test_no_jargon_stands_in_a_sentence(answered):
    assert "LMDI" not in answered.summary()
    conventions = answered.tables["conventions"]["convention"]
    assert not conventions.str.contains("LMDI").any()


def test_an_answer_that_hangs_on_the_choices_is_an_indication_only():
    # Two of 48 choices in one log without an effect; four in five are asked for.
    missed = judge_choices(2, 48, found=True)
    assert (missed.met, missed.cap, missed.has) == (False, "C", "2 of 48")
    assert judge_choices(40, 48, found=True).met is True
    assert judge_choices(2, 48, found=False).met is True
    result = answer_case(case_of(draw_panel("null_demand", rng=1)))
    share = result.estimates["share_rerouted"]
    assert share.upper < 0
    assert result.grade == "C"
    assert result.missed.startswith("The same direction under 80 per cent of the")
    assert result.findings()[0].statement.endswith("An indication only.")


def test_a_change_within_chance_is_no_grade_a(draw):
    panel = panel_of(draw)
    arrays = {}
    for name in ("submitted", "valid"):
        array = getattr(panel, name).copy()
        # The later window repeats the earlier one.
        array[:, draw.after_months] = array[:, draw.before_months]
        arrays[name] = array
    result = answer_case(case_of(draw, panel=replace(panel, **arrays)))
    assert result.grade == "C"
    assert result.missed.startswith("A change larger than chance makes it: valid")
    assert "nan" not in result.summary()


def test_intervals_and_choices_are_one_line_each(answered):
    figure = answered.figure("specifications")
    whiskers, marks, strokes = figure.data
    assert (whiskers.mode, marks.mode, strokes.mode) == ("lines", "markers", "lines")
    assert marks.marker.opacity == 1
    n = len(marks.x)
    assert len(whiskers.x) == 3 * n
    # A stroke and a gap for each choice that varies, under every estimate.
    frame = answered.tables["specifications"].dropna(subset=["share", "lower"])
    varying = [
        name
        for name in ("dates", "measure", "history", "window", "countries", "left_out")
        if frame[name].nunique() > 1
    ]
    assert len(strokes.x) == 3 * n * len(varying)
    assert np.sum([y is None for y in strokes.y]) == n * len(varying)
