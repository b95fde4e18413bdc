"""The attribution on logs whose answer is known, and its refusals."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.models.cases import case_of, frames_equal
from tests.models.panels import panel_of

from disclosure_trends.errors import SettingsError
from disclosure_trends.models.attribution.attribute import (
    NAMES,
    AttributionResult,
    answer_case,
    attribute_uptick,
)
from disclosure_trends.models.attribution.verdict import judge_case
from disclosure_trends.models.panel import NEVER, Panel
from disclosure_trends.results import Estimate, NotEstimable
from disclosure_trends.simulate.requests import draw_panel

SEEDS = range(40)


@pytest.fixture(scope="module")
def rerouting() -> AttributionResult:
    return answer_case(case_of(draw_panel("rerouting", rng=1)))


def _rerouted_shares(scenario: str) -> np.ndarray:
    """True share, estimate and half-width of the logs that are not refused."""
    rows = []
    for seed in SEEDS:
        draw = draw_panel(scenario, rng=seed)
        judgement = judge_case(case_of(draw))
        if judgement.refusal is None:
            share = judgement.effect.share("rerouted")
            truth = float(draw.truth["share_rerouted"])
            rows.append((truth, share.value, share.half_width(0.95)))
    return np.array(rows)


@pytest.mark.parametrize("scenario", ["rerouting", "null_demand"])
def test_the_rerouted_share_is_unbiased_and_covered(scenario):
    truth, value, half = _rerouted_shares(scenario).T
    # At most two logs in forty may be refused: a placebo at one per cent, twice over.
    assert len(truth) >= 36
    error = value - truth
    assert abs(error.mean()) <= 3 * error.std(ddof=1) / np.sqrt(len(error))
    # Promised .93; three binomial errors at 40 are .12.
    assert (np.abs(error) <= half).mean() >= 0.93 - 0.12


def test_no_effect_is_claimed_where_there_is_none():
    _, value, half = _rerouted_shares("null_demand").T
    claims = (np.abs(value) > half).mean()
    # 7.5 per cent is promised; two binomial errors at 40 are 8.3.
    assert claims <= 0.075 + 2 * np.sqrt(0.075 * 0.925 / len(value))


def test_all_at_once_is_refused_every_time():
    for seed in SEEDS:
        result = answer_case(case_of(draw_panel("all_at_once", rng=seed)))
        assert result.refused == "R2"
        assert result.grade == "D"


def test_every_name_is_there_also_when_refused():
    for scenario in ("rerouting", "all_at_once", "spillover"):
        result = answer_case(case_of(draw_panel(scenario, rng=3)))
        assert tuple(result.estimates) == NAMES


def test_parts_add_up_to_the_change(rerouting):
    change = rerouting.estimates["change"]
    assert isinstance(change, Estimate)
    bars = rerouting.table
    parts = bars.loc[bars["kind"] != "total", "value"].sum()
    assert parts == pytest.approx(change.value, abs=1e-9)
    # A part in requests is its share of the observed change, interval and all.
    demand = rerouting.estimates["demand"]
    row = bars.set_index("step").loc["demand"]
    assert (demand.lower, demand.upper) == pytest.approx(
        (row["share_lower"] * change.value, row["share_upper"] * change.value)
    )


def test_the_answer_does_not_depend_on_the_order_of_rows():
    draw = draw_panel("rerouting", rng=4)
    panel = panel_of(draw)
    order = np.random.default_rng(0).permutation(panel.n_authorities)
    shuffled = _arranged_anew(panel, order)
    first = answer_case(case_of(draw, panel=panel))
    again = answer_case(case_of(draw, panel=panel))
    other = answer_case(case_of(draw, panel=shuffled))
    assert first.estimates == again.estimates == other.estimates
    frames_equal(first.tables, again.tables)
    frames_equal(first.tables, other.tables)
    assert json.dumps(first.bundle()) == json.dumps(other.bundle())


def _arranged_anew(panel: Panel, order: np.ndarray) -> Panel:
    from disclosure_trends.models.panel import arrange_panel

    names = ("submitted", "valid", "on_line", "off_line")
    valid = ("on_line_valid", "off_line_valid")
    return arrange_panel(
        authority=panel.authority[order],
        country=panel.country[order],
        inside=panel.inside[order],
        months=panel.months,
        counts={name: getattr(panel, name)[order] for name in (*names, *valid)},
        adopted=panel.adopted[order],
    )


def test_growth_before_the_move_forbids_the_total_and_leaves_rerouting():
    results = [
        answer_case(case_of(draw_panel("anticipation", rng=seed))) for seed in range(8)
    ]
    forbidden = [
        result
        for result in results
        if result.estimates["share"] == result.estimates["demand"]
    ]
    # 91 per cent of 200 runs were forbidden: of eight, fewer than five one in 2,000.
    assert len(forbidden) >= 5
    for result in forbidden:
        assert isinstance(result.estimates["share"], NotEstimable)
        assert result.estimates["share"].rule == "placebo"
        assert isinstance(result.estimates["share_rerouted"], Estimate)
        assert result.grade in "CD"
        (placebo,) = [check for check in result.checks if check.name == "placebo"]
        assert placebo.passed is False


def test_a_change_within_chance_has_parts_and_no_shares():
    draw = draw_panel("rerouting", rng=2)
    panel = panel_of(draw)
    valid = panel.valid.copy()
    # The later window repeats the earlier one: nothing has changed.
    valid[:, draw.after_months] = valid[:, draw.before_months]
    submitted = panel.submitted.copy()
    submitted[:, draw.after_months] = submitted[:, draw.before_months]
    same = replace(panel, valid=valid, submitted=submitted)
    result = answer_case(case_of(draw, panel=same))
    for name in ("share", "share_rerouted", "share_induced"):
        assert result.estimates[name] == NotEstimable(
            "the change is no larger than chance makes it", rule="G2"
        )
    assert isinstance(result.estimates["demand"], Estimate)
    assert "too little for shares" in result.findings()[0].statement


def test_a_headline_fits_and_its_numbers_are_among_the_findings(rerouting):
    for seed in range(3):
        for scenario in ("rerouting", "null_demand", "small", "spillover"):
            result = answer_case(case_of(draw_panel(scenario, rng=seed)))
            assert len(result.findings()[0].statement) <= 160
    first = rerouting.findings()[0]
    share = first.numbers["share_rerouted"]
    assert isinstance(share, Estimate)
    low, high = round(100 * share.lower), round(100 * share.upper)
    assert f"{low} to {high} per cent" in first.statement
    assert first.statement.endswith("Likely, not certain.")


def test_no_authority_leaves_the_result(rerouting):
    text = json.dumps(rerouting.bundle()) + rerouting.summary()
    for name in rerouting.figures:
        text += rerouting.figure(name).to_json()
    draw = draw_panel("rerouting", rng=1)
    assert not [name for name in draw.authority if str(name) in text]


def test_every_figure_says_what_a_reader_needs(rerouting):
    refused = answer_case(case_of(draw_panel("all_at_once", rng=1)))
    for result in (rerouting, refused):
        for name in result.figures:
            figure = result.figure(name)
            spec = figure.layout.meta["disclosure_trends"]
            for key in ("title", "subtitle", "alt", "caption", "source"):
                assert spec[key]
            assert spec["simulated"] is True
            assert {trace.type for trace in figure.data} <= {"scatter", "bar"}


def test_an_unknown_figure_is_named(rerouting):
    with pytest.raises(SettingsError) as raised:
        rerouting.figure("waterfal")
    assert str(raised.value) == (
        "figure(): AttributionResult has no figure 'waterfal'; did you mean "
        "'waterfall'?; there are: waterfall, events, attempts, countries, "
        "specifications"
    )


def test_totals_are_refused_by_rule_one():
    from disclosure_trends.counts.counts import Counts

    frame = pd.DataFrame(
        {
            "region": "EU",
            "period": ["2024Q2", "2024Q3"],
            "value": [412, 868],  # the mock-up's totals, any two would do
        }
    )
    counts = Counts.from_frame(frame, freq="quarter", measure="valid", evidence="log")
    result = attribute_uptick(counts, region="EU", before="2024Q2", after="2024Q3")
    assert result.refused == "R1"
    assert result.grade == "D"
    assert result.estimates["change"].value == 456
    assert result.estimates["share"].rule == "R1"
    refusal = result.bundle()["refusal"]
    assert refusal["rule"] == "R1"
    assert "a comparison of totals claimed an effect in" in refusal["why"]
    assert refusal["instead"] == (
        "Valid requests rose: 412 in April to June 2024, 868 in July to September "
        "2024. That is the change, not its cause."
    )
    assert result.figure("waterfall").layout.meta


def test_what_is_no_log_is_named():
    with pytest.raises(SettingsError) as raised:
        attribute_uptick([1, 2], region="EU", before="2024Q2", after="2024Q3")
    assert str(raised.value) == (
        "attribute_uptick: data is a list; a CleanedLog is needed; clean the log with "
        "clean_requests"
    )


def test_a_window_that_cuts_a_month_is_refused():
    with pytest.raises(SettingsError) as raised:
        attribute_uptick([1], region="EU", before="2024-W10", after="2024Q3")
    assert str(raised.value) == (
        "window 2024-W10: it cuts a month; allowed are whole months, quarters, halves "
        "and years; choose one of these"
    )


def test_windows_of_different_length_are_refused():
    with pytest.raises(SettingsError) as raised:
        attribute_uptick([1], region="EU", before="2024H1", after="2024Q3")
    assert str(raised.value) == (
        "before, after: 2024H1 has 6 months and 2024Q3 has 3; allowed are windows of "
        "equal length, because counts are compared; choose two of one length"
    )


def test_published_figures_are_refused_with_bounds_and_a_contrast():
    from disclosure_trends.counts.published import load_published

    published = load_published("telegram", as_of="2026-05-31")
    result = attribute_uptick(published, region="EU", before="2024Q2", after="2024Q3")
    assert result.refused == "R1"
    assert result.evidence == "published"
    assert result.as_of == "2026-05-31"
    # The shipped facts: EU at least 2.1-fold.
    assert "of the EU together rose at least 2.1-fold" in result.refusal.instead
    assert "outside the EU together rose" in result.refusal.instead
    assert result.estimates["change"].rule == "R1"
    assert tuple(result.estimates) == NAMES


def test_nobody_moved_has_no_part_and_says_so():
    draw = draw_panel("rerouting", rng=2)
    panel = panel_of(draw)
    nothing = np.zeros_like(panel.on_line)
    still = replace(
        panel.with_adoption(
            np.full_like(panel.adopted, NEVER), np.full_like(panel.basis, "")
        ),
        on_line=nothing,
        on_line_valid=nothing,
        off_line=panel.submitted,
        off_line_valid=panel.valid,
    )
    result = answer_case(case_of(draw, panel=still))
    share = result.estimates["share_rerouted"]
    assert (share.value, share.lower, share.upper) == (0, 0, 0)
    assert result.findings()[0].statement == (
        "No authority from the EU is known to have moved to the line: it has no part "
        "in the rise."
    )
    assert {finding.id for finding in result.findings()} == {
        *("attribution", "attribution_demand", "attribution_validity")
    }


def test_a_fall_is_called_a_fall():
    draw = draw_panel("rerouting", rng=2)
    panel = panel_of(draw)
    counts = {}
    for name in ("submitted", "valid"):
        array = getattr(panel, name).copy()
        array[:, draw.after_months] = np.floor(array[:, draw.after_months] * 0.2)
        counts[name] = array
    result = answer_case(case_of(draw, panel=replace(panel, **counts)))
    assert result.estimates["change"].value < 0
    assert " fall" in result.findings()[0].statement


def test_a_policy_that_hits_all_alike_is_said_to_be_apart_from_the_line():
    from datetime import date

    from disclosure_trends.models.attribution.policies import Policy

    policy = Policy(day=date(2024, 9, 23), line_only=False)
    draw = draw_panel("policy", rng=1)
    result = answer_case(case_of(draw, policies=(policy,)))
    (finding,) = [f for f in result.findings() if f.id == "attribution_policies"]
    assert "on 23 September 2024" in finding.statement
    assert finding.numbers["validity"] == result.estimates["validity"]


def test_events_of_other_kinds_are_no_policies():
    from disclosure_trends.models.attribution.policies import policies_between
    from disclosure_trends.vocabulary.events import load_events
    from disclosure_trends.vocabulary.periods import parse_period

    found = policies_between(
        load_events(),
        region="EU",
        before=parse_period("2024Q2"),
        after=parse_period("2024Q3"),
        designated=["dsa_contact_point"],
    )
    # The shipped events hold one policy of these months: 23 September 2024.
    assert [policy.text for policy in found] == ["23 September 2024"]
