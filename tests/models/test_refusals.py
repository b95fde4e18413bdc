"""Every rule that refuses a share, what is said instead, and what would tell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.models.cases import case_of
from tests.models.panels import panel_of

from disclosure_trends.errors import SettingsError
from disclosure_trends.models.adoption.onset import (
    check_adoption_dates,
    rests_on_first_use,
)
from disclosure_trends.models.attribution.attribute import (
    AttributionResult,
    answer_case,
)
from disclosure_trends.models.attribution.policies import policies_between
from disclosure_trends.models.attribution.refusals import RULES, refuse_no_route
from disclosure_trends.models.panel import NEVER, Panel
from disclosure_trends.simulate.requests import PanelDraw, draw_panel
from disclosure_trends.vocabulary.periods import parse_period

BEFORE, AFTER = parse_period("2024Q2"), parse_period("2024Q3")


@pytest.fixture(scope="module")
def draw() -> PanelDraw:
    return draw_panel("rerouting", rng=1)


def _policies(**columns: list[object]):
    return policies_between(
        pd.DataFrame(columns),
        region="EU",
        before=BEFORE,
        after=AFTER,
        designated=["dsa_contact_point"],
    )


def _few_countries(panel: Panel, n: int) -> Panel:
    kept = np.unique(panel.country[panel.inside])[:n]
    return panel.take(~panel.inside | np.isin(panel.country, kept))


def _short_history(draw: PanelDraw) -> AttributionResult:
    """Leave one month in nine before the first adopter (rule R7)."""
    panel = panel_of(draw)
    first = int(panel.adopted.min()) - 2
    return answer_case(case_of(draw, panel=panel.since(first)))


def test_two_totals_of_a_policy_month_are_joint_only_without_controls(draw):
    month = _policies(date=["2024-09-23"], scope=["platform"], channel=[None])
    refused = answer_case(case_of(draw_panel("all_at_once", rng=1), policies=month))
    assert refused.refused == "R3"
    assert "23 September 2024" in refused.refusal.why
    # Those who had not moved tell a policy that hits all alike from adoption.
    assert answer_case(case_of(draw, policies=month)).refused is None


def test_a_policy_on_the_line_alone_is_not_separable(draw):
    month = _policies(date=["2024-09-23"], scope=[""], channel=["dsa_contact_point"])
    result = answer_case(case_of(draw, policies=month))
    assert result.refused == "R4"
    assert result.refusal.why == (
        "A policy for the line alone began on 23 September 2024."
    )


def test_a_line_that_was_loosened_is_found_without_being_told():
    found = [
        answer_case(case_of(draw_panel("line_policy", rng=seed))).refused
        for seed in range(8)
    ]
    # Refused in 93 per cent of 200 runs; fewer than five of eight: one in 2,000.
    assert found.count("R4") >= 5


def test_fulfilled_requests_alone_are_never_decomposed(draw):
    result = answer_case(case_of(draw, fulfilled_only=True))
    assert result.refused == "R5"
    assert result.refusal.identify == (
        "All requests that were received, with outcome and refusal_ground.",
    )
    assert answer_case(case_of(draw, assessed=False)).refused == "R5"


def test_a_young_month_waits_and_a_shorter_window_is_named(draw):
    panel = panel_of(draw)
    matured = panel.matured.copy()
    matured[-1] = False
    result = answer_case(case_of(draw, panel=replace(panel, matured=matured)))
    assert result.refused == "R6"
    assert result.refusal.identify == (
        "A log that reaches further: 2024-09 on 30 October 2024.",
    )
    assert result.refusal.instead == (
        "Shorter windows are identified: before=2024-05, after=2024-08."
    )


def test_a_month_cut_before_it_was_decided_is_seen_in_the_log(draw):
    undecided = np.full(24, 0.30)
    undecided[-1] = 0.41
    case = replace(case_of(draw), undecided=undecided)
    assert answer_case(case).refused == "R6"
    undecided[-1] = 0.34
    assert answer_case(replace(case, undecided=undecided)).refused is None


def test_four_countries_are_too_few_and_five_are_not(draw):
    panel = panel_of(draw_panel("rerouting", rng=1))
    result = answer_case(case_of(draw, panel=_few_countries(panel, 4)))
    assert result.refused == "R8"
    assert result.refusal.identify == ("1 more country.",)
    assert answer_case(case_of(draw, panel=_few_countries(panel, 5))).refused in (
        None,
        "R2",
    )


def test_a_hub_that_files_for_others_is_refused():
    for seed in range(5):
        result = answer_case(case_of(draw_panel("spillover", rng=seed)))
        assert result.refused == "R9"


def test_dates_of_first_use_are_refused_and_the_way_out_is_counted(draw):
    result = answer_case(case_of(draw, first_use=True))
    assert result.refused == "R10"
    movers = (panel_of(draw).adopted[panel_of(draw).inside] < NEVER).sum()
    (found,) = [
        value
        for name, value in result.findings()[0].numbers.items()
        if name == "change_points"
    ]
    # Change points find the movers up to a tenth.
    assert abs(found - movers) <= 0.1 * movers
    assert (
        f"the routing of {found} authorities has a change point"
        in (result.refusal.identify[1])
    )


def test_neither_line_nor_register_is_a_list_of_totals(draw):
    result = answer_case(case_of(draw, routed=False, registered=False))
    assert result.refused == "R1"


def test_a_short_history_caps_the_grade_and_does_not_refuse(draw):
    result = _short_history(draw)
    assert result.refused is None
    assert result.grade in "CD"
    needs = result.tables["needs"].set_index("criterion")
    assert needs.loc["history", "verdict"] == "missed"


def test_how_many_more_is_counted_from_the_log(draw):
    panel = panel_of(draw)
    waiting = np.flatnonzero(panel.inside & (panel.adopted == NEVER))
    adopted = panel.adopted.copy()
    last = int(draw.after_months[-1])
    # All but seven of those who had not moved do so in the last month.
    adopted[waiting[7:]] = last
    panel = panel.with_adoption(adopted, np.where(adopted < NEVER, "registered", ""))
    result = answer_case(case_of(draw, panel=panel))
    assert result.refused == "R2"
    assert "3 more authorities" in result.refusal.identify[0]
    assert "2024-09" in result.refusal.identify[0]
    assert result.refusal.instead == (
        "Shorter windows are identified: before=2024-05, after=2024-08."
    )


def test_every_refusal_fits_a_headline_and_keeps_its_parts(draw):
    facts = ({"first_use": True}, {"fulfilled_only": True}, {"assessed": False})
    for fact in facts:
        result = answer_case(case_of(draw, **fact))
        assert result.refused in RULES
        assert len(result.findings()[0].statement) <= 160
        refusal = result.extra()["refusal"]
        assert set(refusal) == {
            *("rule", "sentence", "asked", "why", "identify", "instead")
        }
        assert all(refusal.values())


def test_policies_are_read_by_scope_channel_and_day():
    found = _policies(
        date=["2024-08-01", "2024-08-02", "2024-08-03", "2024-04-01", "2024-10-01"],
        scope=["EU", "IN", "DE", "", ""],
        channel=["", "", "post", "", ""],
    )
    # India is elsewhere, post is another line, and the last two lie outside.
    assert [(str(policy.day), policy.line_only) for policy in found] == [
        ("2024-08-01", False)
    ]


def test_policies_without_a_date_are_refused():
    with pytest.raises(SettingsError) as raised:
        _policies(day=["2024-08-01"])
    assert str(raised.value) == (
        "policies: column 'date' is missing; allowed are date, scope, channel; add it"
    )


def test_a_register_is_read_and_its_faults_are_named():
    frame = pd.DataFrame(
        {
            "authority": ["B", "a ", "B"],
            "adopted_on": ["2024-04-15", None, "2024-05-01"],
            "basis": ["first_use", None, "registered"],
        }
    )
    register = check_adoption_dates(frame)
    assert register["authority"].tolist() == ["a", "b"]
    assert register["adopted_on"].isna().tolist() == [True, False]
    assert register["adopted_on"].iloc[1] == pd.Timestamp("2024-05-01")
    assert not rests_on_first_use(register)
    assert rests_on_first_use(check_adoption_dates(frame[:1]))
    with pytest.raises(SettingsError) as raised:
        check_adoption_dates(frame.rename(columns={"adopted_on": "adopted"}))
    assert str(raised.value) == (
        "adoption_dates: column 'adopted_on' is missing; needed are 'authority' and "
        "'adopted_on', 'basis' is optional; add it; did you mean 'adopted'?"
    )
    with pytest.raises(SettingsError) as raised:
        check_adoption_dates(frame.assign(adopted_on="soon"))
    assert str(raised.value) == (
        "adoption_dates: column 'adopted_on' holds what is no date; allowed are dates "
        "such as 2024-07-15 and empty cells; correct it"
    )


def test_a_channel_that_is_not_recorded_is_said_so() -> None:
    refusal = refuse_no_route(recorded=False)
    assert (refusal.rule, refusal.sentence) == (
        "R1",
        "How much of the change in valid requests is due to the line cannot be "
        "determined: channel is not recorded.",
    )
