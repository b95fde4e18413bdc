import math

import numpy as np
import pandas as pd
import pytest
from naive import slow_truth

from disclosure_trends.errors import PeriodError, SettingsError
from disclosure_trends.simulate.panel import PanelDraw, draw_panel
from disclosure_trends.simulate.requests import (
    adoption_dates,
    log_chunks,
    log_of,
    simulate_requests,
)
from disclosure_trends.simulate.scenarios import SCENARIOS
from disclosure_trends.simulate.worlds import simulated_places
from disclosure_trends.vocabulary.columns import COLUMNS
from disclosure_trends.vocabulary.periods import parse_period
from disclosure_trends.vocabulary.regions import region_members

SEEDS = range(40)

# Mean true share of adoption over 200 runs of the specification's own prototype.
SHARES = {
    "null_demand": 0.0,
    "null_policy": 0.0,
    "rerouting_only": 0.943,
    "rerouting": 0.795,
    "induced": 0.883,
    "policy": 0.672,
    "all_at_once": 0.90,
    "selection": 0.839,
    "anticipation": 0.886,
    "late": 0.879,
    "small": 0.833,
    "spillover": 0.849,
}


@pytest.fixture(scope="module")
def panels() -> list[PanelDraw]:
    return [draw_panel("rerouting", rng=seed) for seed in SEEDS]


@pytest.mark.parametrize("scenario", SHARES)
def test_true_share_is_the_published_one(scenario: str) -> None:
    shares = [draw_panel(scenario, rng=seed).truth["share"] for seed in SEEDS]
    error = np.std(shares) / math.sqrt(len(shares))
    # Four Monte-Carlo errors of the mean, and the third decimal of the table.
    assert np.mean(shares) == pytest.approx(SHARES[scenario], abs=4 * error + 0.01)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_truth_agrees_with_a_slow_computation(scenario: str) -> None:
    panel = draw_panel(scenario, rng=3)
    slow = slow_truth(panel.world, before=(18, 19, 20), after=(21, 22, 23))
    for name, value in slow.items():
        assert panel.truth[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


def test_truth_adds_up() -> None:
    truth = draw_panel("induced", rng=1).truth
    parts = [truth[name] for name in ("rerouted", "induced", "demand", "validity")]
    assert sum(parts) == pytest.approx(truth["change"], rel=1e-12)
    assert truth["valid_after"] - truth["valid_before"] == pytest.approx(
        truth["change"], rel=1e-12
    )
    assert (truth["before"], truth["after"]) == ("2024Q2", "2024Q3")


def test_counts_scatter_around_the_expected_change() -> None:
    gaps = []
    for seed in SEEDS:
        panel = draw_panel("policy", rng=seed)
        by_month = panel.valid[panel.region == "EU"].sum(axis=0)
        change = (
            by_month[panel.after_months].sum() - by_month[panel.before_months].sum()
        )
        gaps.append(change - panel.truth["change"])
    assert abs(np.mean(gaps)) <= 4 * np.std(gaps) / math.sqrt(len(gaps))


def test_entities_and_adoption_follow_the_specification(panels) -> None:
    inside = panels[0].region == "EU"
    assert (inside.sum(), (~inside).sum()) == (120, 80)
    assert len(set(panels[0].country[inside])) <= 27
    assert all((p.adopted_month[~inside] == 24).all() for p in panels)
    months = np.concatenate([p.adopted_month[inside] for p in panels])
    # .70 adopt, and of those u <= expit((23 - 20.5) / 1.3) do so by month 23.
    chance = 0.70 / (1 + math.exp(-2.5 / 1.3))
    error = math.sqrt(chance * (1 - chance) / months.size)
    assert np.mean(months < 24) == pytest.approx(chance, abs=4 * error)
    assert months.min() >= 16
    # g <= 20 where u <= expit(-.5 / 1.3)
    early = 0.70 / (1 + math.exp(0.5 / 1.3))
    assert np.mean(months <= 20) == pytest.approx(early, abs=4 * error)


def test_counts_are_over_dispersed(panels) -> None:
    rate = np.concatenate([p.world.demand.ravel() for p in panels])
    seen = np.concatenate([p.submitted.ravel() for p in panels])
    # Negative binomial of size 8: variance = rate + rate^2 / 8.
    scaled = (seen - rate) ** 2 / (rate + rate**2 / 8)
    assert scaled.mean() == pytest.approx(
        1, abs=4 * scaled.std() / math.sqrt(seen.size)
    )


def test_routing_and_validity_follow_the_specification(panels) -> None:
    for panel in panels[:5]:
        inside, world = panel.region == "EU", panel.world
        assert (panel.on_line[:, :16] == 0).all()
        assert (panel.on_line[~inside] == 0).all()
        event = np.arange(24) - panel.adopted_month[:, None]
        stray, moved = world.share_without, world.share
        assert (moved[event < 0] == stray[event < 0]).all()
    pooled = {"on": [], "off": [], "stray": [], "moved": []}
    for panel in panels:
        event = np.arange(24) - panel.adopted_month[:, None]
        pooled["on"].append(panel.world.valid_on.mean())
        pooled["off"].append(panel.world.valid_off.mean())
        waiting = (event < 0) & (panel.region == "EU")[:, None] & (np.arange(24) >= 16)
        pooled["stray"].append(np.median(panel.world.share[waiting]))
        pooled["moved"].append(np.median(panel.world.share[event >= 1]))
    # Medians of a logit-normal are the expit of its centre; the means of validity lie
    # a little nearer to one half than .75 and .12 (normal of sd .3 on the logit).
    assert np.mean(pooled["stray"]) == pytest.approx(0.05, abs=0.005)
    assert np.mean(pooled["moved"]) == pytest.approx(0.90, abs=0.01)
    assert np.mean(pooled["on"]) == pytest.approx(0.746, abs=0.01)
    assert np.mean(pooled["off"]) == pytest.approx(0.123, abs=0.01)


def test_late_decisions_are_seen_as_far_as_they_were_made() -> None:
    draws = [draw_panel("late", rng=seed) for seed in range(10)]
    valid = sum(d.valid.sum(axis=0) for d in draws)
    matured = sum(d.matured.sum(axis=0) for d in draws) / valid
    visible = sum(d.visible.sum(axis=0) for d in draws) / valid
    # Exponential delay, mean 25 days, to the end of the 30th day after receipt: the
    # mean of 1 - exp(-x / 25) for x between 30 and 31.
    within = 1 - 25 * (math.exp(-30 / 25) - math.exp(-31 / 25))
    # About 2,900 valid requests a month: four binomial errors are .034.
    assert matured[:22] == pytest.approx(np.full(22, within), abs=0.034)
    # Last month, 30 days, cut 10 days later: mean over receipts of 1 - exp(-left / 25).
    last = 1 - 25 / 30 * (math.exp(-10 / 25) - math.exp(-40 / 25))
    assert visible[-1] == pytest.approx(last, abs=0.034)
    prompt = draw_panel("rerouting", rng=1)
    assert (prompt.valid == prompt.visible).all()
    assert (prompt.valid == prompt.matured).all()


@pytest.mark.parametrize("scenario", ["rerouting", "late", "spillover"])
def test_rows_agree_with_the_counts(scenario: str) -> None:
    rng = np.random.default_rng(5)
    panel = draw_panel(scenario, rng=rng, rows=6000)
    rows = log_of(panel, rng=rng).requests
    cut = pd.Timestamp(panel.calendar.cut, tz="UTC") + pd.Timedelta(days=1)
    on_line = rows["channel"] == "dsa_contact_point"
    decided = rows["validated_at"]
    prompt = (decided.dt.floor("D") - rows["received_at"].dt.floor("D")).dt.days <= 30
    valid = rows["validity"] == "valid"
    for name, chosen in {
        "submitted": pd.Series(data=True, index=rows.index),
        "on_line": on_line,
        "visible": valid,
        "matured": valid & prompt,
    }.items():
        assert (_matrix(rows[chosen], panel) == getattr(panel, name)).all(), name
    assert len(rows) == 6000
    assert rows["logged_at"].max() < cut
    assert (decided.dropna() < cut).all()
    assert (rows.loc[decided.isna(), "validity"] == "not_assessed").all()


def _matrix(rows: pd.DataFrame, panel: PanelDraw) -> np.ndarray:
    month = rows["received_at"].dt.strftime("%Y-%m")
    table = pd.crosstab(rows["authority"], month)
    return table.reindex(
        index=panel.authority, columns=list(panel.months), fill_value=0
    ).to_numpy()


def test_rows_are_a_plausible_log() -> None:
    rows = simulate_requests("rerouting", rng=7, rows=4000).requests
    names = [column.name for column in COLUMNS]
    assert [c for c in names if c in rows] == sorted(rows, key=names.index)
    assert set(rows) <= set(names)
    assert rows["request_id"].is_unique
    assert rows["request_id"].str.startswith("SIM-").all()
    assert rows["received_at"].is_monotonic_increasing
    assert (rows["closed_at"].dropna() >= rows["validated_at"]).all()
    given, asked = rows["accounts_disclosed"], rows["accounts_requested"]
    full = rows["outcome"] == "disclosed"
    part = rows["outcome"] == "partially_disclosed"
    assert (given[full] == asked[full]).all()
    assert (given[part].between(1, asked[part])).all()
    assert (given[~full & ~part].fillna(0) == 0).all()
    assert rows["refusal_ground"].notna().equals(rows["outcome"] == "rejected")


def test_simulation_is_deterministic() -> None:
    first = simulate_requests("rerouting", rng=7, rows=1000, messy=True)
    again = simulate_requests(
        "rerouting", rng=np.random.default_rng(7), rows=1000, messy=True
    )
    pd.testing.assert_frame_equal(first.requests, again.requests)
    pd.testing.assert_frame_equal(first.adoption_dates, again.adoption_dates)
    other = simulate_requests("rerouting", rng=8, rows=1000, messy=True)
    assert not first.requests.equals(other.requests)


def test_exactly_so_many_rows() -> None:
    assert len(simulate_requests("rerouting", rng=1, rows=1234).requests) == 1234
    messy = simulate_requests("rerouting", rng=1, rows=1234, messy=True)
    assert len(messy.requests) == 1234


def test_more_rows_scale_the_truth() -> None:
    small = draw_panel("rerouting", rng=1, rows=10_000).truth
    large = draw_panel("rerouting", rng=1, rows=1_000_000).truth
    assert large["change"] == pytest.approx(100 * small["change"], rel=1e-9)
    assert large["share"] == pytest.approx(small["share"], rel=1e-9)


def test_chunks_are_the_same_requests() -> None:
    panel = draw_panel("rerouting", rng=2, rows=3000)
    chunks = list(log_chunks(panel, rng=np.random.default_rng(1), chunk_rows=50))
    assert max(map(len, chunks)) <= 50
    rows = pd.concat(chunks, ignore_index=True)
    assert rows["request_id"].is_unique
    assert (_matrix(rows, panel) == panel.submitted).all()


def test_adoption_dates_lie_in_the_month_of_adoption() -> None:
    panel = draw_panel("rerouting", rng=2)
    dates = adoption_dates(panel, rng=np.random.default_rng(1))
    month = dict(zip(panel.authority, panel.adopted_month, strict=True))
    assert len(dates) == (panel.adopted_month < 24).sum()
    for authority, day in dates.itertuples(index=False):
        assert day.strftime("%Y-%m") == panel.months[month[authority]]


def test_months_and_end_move_the_design() -> None:
    longer = draw_panel("rerouting", rng=1, months=36, end="2025-03")
    assert longer.truth["before"] == "2024Q4"
    assert longer.truth["after"] == "2025Q1"
    assert [longer.months[i] for i in longer.after_months] == [
        "2025-01",
        "2025-02",
        "2025-03",
    ]
    # The line opens eight months before the end of the later quarter.
    assert longer.months[np.flatnonzero(longer.on_line.sum(axis=0))[0]] == "2024-08"
    unfinished = draw_panel("rerouting", rng=1, months=26, end="2024-11")
    assert unfinished.truth["after"] == "2024Q3"
    earlier = draw_panel("rerouting", rng=1, months=27, end="2024-12", after="2024Q3")
    assert earlier.truth["after"] == "2024Q3"


def test_places_agree_with_the_regions() -> None:
    places = simulated_places()
    assert frozenset(places["EU"]) == region_members(
        "EU", on=parse_period("2024-09").end
    )
    assert len(places["non-EU"]) == 15
    assert not set(places["EU"]) & set(places["non-EU"])


def test_unknown_scenario() -> None:
    with pytest.raises(SettingsError) as caught:
        simulate_requests("rerooting", rng=1)
    assert str(caught.value) == (
        "scenario: 'rerooting' is unknown; allowed are null_demand, null_policy, "
        "rerouting_only, rerouting, induced, policy, all_at_once, selection, "
        "anticipation, late, small, spillover, line_policy; did you mean 'rerouting'?"
    )


def test_impossible_calendars_and_rows() -> None:
    with pytest.raises(SettingsError) as caught:
        draw_panel("rerouting", rng=1, months=7, end="2024-11")
    assert str(caught.value) == (
        "months: 7 months to 2024-11 do not hold the two quarters compared; at least "
        "8 months are needed, and the later quarter must have ended"
    )
    with pytest.raises(SettingsError, match="end: '2024Q3' is not a month"):
        draw_panel("rerouting", rng=1, end="2024Q3")
    with pytest.raises(PeriodError):
        draw_panel("rerouting", rng=1, end="September")
    with pytest.raises(SettingsError) as caught:
        simulate_requests("rerouting", rng=1, rows=0)
    assert str(caught.value) == "rows: 0 is not a number of rows; give 1 or more"
