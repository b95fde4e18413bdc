"""Guards, event study, choices, card and grade: what an estimate has to stand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.benchmarks.attribution import LIMIT, cost_of, draw_log
from tests.calibrate.attribution import compare_cards
from tests.models.cases import case_of
from tests.models.panels import panel_of

from disclosure_trends.models.attribution import card as cards
from disclosure_trends.models.attribution.attempts import list_attempts
from disclosure_trends.models.attribution.card import CalibrationCard
from disclosure_trends.models.attribution.card_worlds import Shape
from disclosure_trends.models.attribution.effect import estimate_effect
from disclosure_trends.models.attribution.event_study import study_events
from disclosure_trends.models.attribution.grades import (
    Criterion,
    fall_one,
    grade_criteria,
    judge_card,
    p_text,
)
from disclosure_trends.models.attribution.guards import (
    compare_not_yet,
    guard_change,
    guard_comparison,
)
from disclosure_trends.models.attribution.scrutiny import Scrutiny, scrutinise
from disclosure_trends.models.attribution.verdict import judge_case
from disclosure_trends.models.panel import NEVER
from disclosure_trends.simulate.requests import draw_panel

CARD = CalibrationCard(
    replicates=200,
    identified=1.0,
    bias=0.0,
    bias_error=0.01,
    coverage=0.95,
    coverage_total=0.95,
    false_claims=0.03,
    power=1.0,
)


@pytest.fixture(scope="module")
def scrutiny() -> Scrutiny:
    case = case_of(draw_panel("rerouting", rng=1))
    return scrutinise(case, judge_case(case))


def test_those_not_yet_on_the_line_are_counted_month_by_month():
    panel = panel_of(draw_panel("rerouting", rng=1)).region()
    target = np.arange(18, 24)
    found = compare_not_yet(panel, target=target)
    # By hand: who adopts later than the month, and filed within the last year.
    alive = panel.submitted[:, 12:].sum(axis=1) > 0
    for place, month in enumerate(target):
        waiting = (panel.adopted > month) & alive
        assert found.authorities[place] == waiting.sum()
        assert found.countries[place] == len(set(panel.country[waiting]))
        share = panel.submitted[waiting, month].sum() / panel.submitted[:, month].sum()
        assert found.volume[place] == pytest.approx(share)
    assert guard_comparison(found).passed


def test_a_change_needs_twice_its_noise():
    # 2 sqrt(100 + 128) = 30.2, 2 sqrt(100 + 131) = 30.4
    assert guard_change(100, 128).passed is False
    assert guard_change(100, 131).passed is True


def test_rerouting_shows_as_a_step_in_validity_at_the_move():
    draw = draw_panel("rerouting", rng=6)
    effect = estimate_effect(
        panel_of(draw), before=draw.before_months, after=draw.after_months
    )
    study = study_events(effect)
    for event in (-6, -5, -4, -3, -2, -1):
        level = study.at("validity", event)
        assert abs(level.value) < 4 * level.error
    for event in (0, 1, 2):
        # Validity .12 before; on the line .75, half of the way in the first month.
        assert study.at("validity", event).value > np.log(2)
        submitted = study.at("submitted", event)
        assert abs(submitted.value) < 4 * submitted.error


def test_the_month_of_the_move_is_observed_over_expected():
    draw = draw_panel("rerouting", rng=6)
    panel = panel_of(draw)
    effect = estimate_effect(panel, before=draw.before_months, after=draw.after_months)
    study = study_events(effect)
    cells, fit = effect.valid, effect.fit_valid
    seen = expected = 0.0
    for row, month in enumerate(cells.cohorts):
        if 8 <= month < NEVER:
            seen += cells.totals[:, row, month].sum()
            expected += fit.expected[0, row, month]
    assert study.at("valid", 0).value == pytest.approx(np.log(seen / expected))


def test_every_choice_is_tried_once_and_the_headline_is_first(scrutiny):
    frame = scrutiny.specifications
    choices = ["dates", "measure", "history", "window", "countries", "left_out"]
    assert not frame.duplicated(choices).any()
    # Three rules for dates, one measure, two histories, windows, sets and clusters.
    assert len(frame) == 3 * 1 * 2 * 2 * 2 * 2
    assert frame["is_headline"].tolist() == [True] + [False] * (len(frame) - 1)
    case = case_of(draw_panel("rerouting", rng=1))
    share = judge_case(case).effect.share("rerouted")
    assert frame["share"].iloc[0] == share.value
    assert frame["agrees"].iloc[0]


def test_omissions_are_the_replicates_of_the_jackknife(scrutiny):
    case = case_of(draw_panel("rerouting", rng=1))
    effect = judge_case(case).effect
    share = scrutiny.tornado.set_index("country")["share"]
    for place, country in enumerate(effect.clusters):
        assert share[country] == effect.replicates("rerouted")[1 + place]


def test_attempts_say_what_was_found(scrutiny):
    case = case_of(draw_panel("rerouting", rng=1))
    frame = list_attempts(case, judge_case(case), scrutiny)
    assert len(frame) == 12
    assert set(frame["result"]) <= {"passes", "marginal", "fails", "not tried"}
    assert (frame["result"] == "passes").sum() >= 9


def _criterion(met: bool | None, cap: str = "B") -> Criterion:
    return Criterion(name="x", needs="It needs", has="this", met=met, cap=cap)


def test_grades_count_what_was_missed():
    met, missed, heavy = _criterion(True), _criterion(False), _criterion(False, "C")
    assert grade_criteria([met, met]).reached == "A"
    assert grade_criteria([met, missed]).reached == "B"
    assert grade_criteria([missed, missed]).reached == "C"
    assert grade_criteria([met, heavy]).reached == "C"
    assert grade_criteria([_criterion(None)]).reached == "B"
    assert grade_criteria([missed, heavy]).missed[0] is heavy
    assert grade_criteria([missed]).sentence == "It needs: this."


def test_a_card_that_breaks_its_promise_costs_a_grade():
    good, bad = judge_card(CARD), judge_card(replace(CARD, coverage=0.80))
    assert good.met
    assert not bad.met
    best = grade_criteria([_criterion(True)])
    assert fall_one(best, good).reached == "A"
    assert fall_one(best, bad).reached == "B"
    assert fall_one(grade_criteria([_criterion(False, "D")]), bad).reached == "D"
    # At 200 logs two Monte-Carlo errors are 3.8 points of .92 and 3.7 of .075.
    assert replace(CARD, coverage=0.885).keeps_promise
    assert not replace(CARD, coverage=0.880).keeps_promise
    assert replace(CARD, false_claims=0.11).keeps_promise
    assert not replace(CARD, false_claims=0.115).keeps_promise


def test_a_card_is_the_same_in_every_process_and_ships_for_usual_shapes():
    draw = draw_panel("rerouting", rng=1)
    panel = panel_of(draw)
    windows = {"before": draw.before_months, "after": draw.after_months}
    shape = cards.shape_of(panel, estimate_effect(panel, **windows), **windows)
    shipped = cards.look_up_card(shape)
    drawn = cards.draw_card(shape)
    # Shipped with four decimals.
    assert shipped.coverage == pytest.approx(drawn.coverage, abs=5e-5)
    assert shipped.false_claims == pytest.approx(drawn.false_claims, abs=5e-5)
    assert shipped.bias == pytest.approx(drawn.bias, abs=5e-5)


def test_larger_logs_get_fewer_replicates_and_say_so():
    small = Shape(
        authorities=20,
        countries=8,
        months=18,
        volume=4.0,
        size=8.0,
        adopters=0.6,
        early=0.5,
        valid_on=0.75,
        valid_off=0.1,
        window=3,
    )
    assert cards.draw_card(small).replicates == cards.replicates_of(small) == 200
    # 8 million cells over 3,000 x 36; and 20 at the least.
    large = replace(small, authorities=3000, months=36)
    assert cards.replicates_of(large) == 74
    assert cards.replicates_of(replace(large, authorities=30_000)) == 20
    assert CARD.error(0.92) == pytest.approx(np.sqrt(0.92 * 0.08 / 200))


def test_p_values_are_written_with_two_digits():
    assert p_text(0.0432) == "p = 0.043"
    assert p_text(0.0004) == "p below 0.001"


@pytest.mark.slow
def test_stated_coverage_is_the_realised_one_on_shapes_drawn_at_random():
    # Each differs by more than two Monte-Carlo errors once in twenty: more than three
    # of twenty one time in sixty.
    assert compare_cards(shapes=20, replicates=200) <= 3


@pytest.mark.slow
def test_a_large_log_costs_little_more_than_a_usual_one():
    usual = cost_of(draw_log(120, 80, 24, seed=1))
    large = cost_of(draw_log(1800, 1200, 36, seed=2))
    assert large <= LIMIT * usual
