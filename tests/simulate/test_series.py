"""Simulated counts: as specified, reproducible, extendable."""

import numpy as np
import pandas as pd
import pytest

from disclosure_trends.errors import SettingsError
from disclosure_trends.simulate.outbreaks import (
    GRIDS,
    SCENARIOS,
    SETS,
    draw_series,
    true_mean,
)
from disclosure_trends.simulate.series import simulate_counts


def test_the_42_scenarios_in_their_order():
    assert len(SCENARIOS) == 42
    assert [s.number for s in SCENARIOS] == list(range(1, 43))
    first, last = SCENARIOS[0], SCENARIOS[-1]
    assert (first.set, first.trend, first.harmonics) == (1, False, 0)
    assert (last.set, last.trend, last.harmonics) == (7, True, 2)


def test_means_by_hand():
    # Set 1, no trend, no harmonic, weekly: exp(.1); monthly: times 52/12.
    flat = SCENARIOS[0]
    np.testing.assert_allclose(true_mean(flat, GRIDS["week"]), np.exp(0.1))
    np.testing.assert_allclose(
        true_mean(flat, GRIDS["month"]), np.exp(0.1) * 52 / 12, rtol=1e-12
    )
    # Set 3 with trend and one harmonic, week 13: the cosine is 0, the sine 1.
    third = SCENARIOS[2 * 6 + 3 + 1]
    week = true_mean(third, GRIDS["week"])[12]
    assert week == pytest.approx(np.exp(1.5 + 0.003 * 13 - 0.4))


def test_dispersion_and_twins():
    draw = draw_series("outbreaks", seed=3, scenarios=[22], replicates=20)
    clean = draw.without[draw.past_size == 0]
    mean = draw.mean[draw.past_size == 0]
    ratio = ((clean - mean) ** 2 / mean).mean()
    assert SETS[3][4] == 5
    # 4 series of 144 months: standard error of the ratio about .4.
    assert 3.8 < ratio < 6.3
    extra = draw.counts - draw.without
    assert (extra >= 0).all()
    for row, first, last in zip(extra, draw.first, draw.last, strict=True):
        assert row[last] > 0
        assert row[: int(first)].sum() == 0
        assert row[int(last) + 1 :].sum() == 0
        assert 132 <= first <= last < 144


def test_a_larger_run_holds_a_smaller_one():
    small = draw_series("outbreaks", seed=8, scenarios=[5, 6], replicates=2)
    large = draw_series("outbreaks", seed=8, scenarios=[4, 5, 6], replicates=3)
    np.testing.assert_array_equal(small.counts[0], large.counts[3])
    np.testing.assert_array_equal(small.counts[3], large.counts[7])


@pytest.mark.parametrize(
    "process", ["level_shift", "drift", "spiky_season", "sustained"]
)
def test_other_processes_bend_the_mean_or_the_end(process):
    draw = draw_series(process, seed=1, scenarios=[20], replicates=5)
    plain = true_mean(SCENARIOS[19], draw.grid)
    ratio = draw.mean / plain
    if process == "level_shift":
        steps = np.round(ratio[:, -1], 6)
        assert set(steps) <= {0.5, 1.5, 2.0}
        assert (ratio[:, :72] == 1).all()
    elif process == "drift":
        assert 0.02 < np.diff(np.log(ratio), axis=1).std() < 0.06
    elif process == "spiky_season":
        np.testing.assert_allclose(ratio[:, 7], 0.5)
        np.testing.assert_allclose(ratio[:, 11], 1.6)
    else:
        assert (draw.last == 143).all()
        after = np.arange(144) >= draw.first[:, None]
        assert (draw.counts * after).sum() > 1.2 * (draw.without * after).sum()


@pytest.mark.parametrize(
    ("freq", "n"), [("week", 624), ("month", 144), ("quarter", 48)]
)
def test_counts_and_their_truth(freq, n):
    found = simulate_counts(
        "outbreaks", rng=2, freq=freq, replicates=1, numbers=(1, 42)
    )
    assert found.counts.evidence == "simulated"
    assert found.counts.regions == ("S01-001", "S42-001")
    assert len(found.counts.periods) == n
    series = found.truth["series"].set_index("region")
    row = series.loc["S42-001"]
    table = found.counts.series("S42-001").set_index("period")
    ordinary = found.truth["ordinary"].query("region == 'S42-001'").set_index("period")
    extra = table["value"].astype(int) - ordinary["value"]
    assert extra[extra > 0].index.min() >= row["first_period"]
    assert extra[extra > 0].index.max() == row["last_period"]


def test_reports_add_up_to_the_counts():
    found = simulate_counts("drift", rng=4, replicates=1, numbers=(20,), mean_delay=25)
    reports = found.truth["reports"]
    sums = reports.groupby("period")["value"].sum()
    table = found.counts.series("S20-001").set_index("period")["value"].astype(int)
    pd.testing.assert_series_equal(
        sums,
        table[table > 0],
        check_names=False,
        check_dtype=False,
        check_index_type=False,
    )
    # Half a month to the day of receipt, then 25 days of waiting.
    mean = (reports["delay"] * reports["value"]).sum() / reports["value"].sum()
    assert 36 < mean < 44


def test_seeds_and_words_are_checked():
    first, second = (simulate_counts("drift", rng=9, replicates=1) for _ in range(2))
    pd.testing.assert_frame_equal(first.counts.to_frame(), second.counts.to_frame())
    other = simulate_counts("drift", rng=np.random.default_rng(9), replicates=1)
    assert not first.counts.to_frame().equals(other.counts.to_frame())
    with pytest.raises(SettingsError) as caught:
        simulate_counts("outbreak", rng=1)
    assert str(caught.value) == (
        "scenario: 'outbreak' is unknown; allowed are outbreaks, level_shift, drift, "
        "spiky_season, sustained; did you mean 'outbreaks'?"
    )
    with pytest.raises(SettingsError, match="allowed are 1 to 42"):
        simulate_counts("drift", rng=1, numbers=(43,))
