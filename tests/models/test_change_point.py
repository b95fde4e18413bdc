"""Dates of change: the reference posterior, coverage, and refusals."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.change_point import date_uptick
from disclosure_trends.models.step_posterior import (
    FIRST,
    _fit,
    _log_weight,
    _noise,
    step_posterior,
)
from disclosure_trends.results import Check, Estimate, NotEstimable


def counts_of(values, *, start="2021-01", region="FR"):
    periods = [str(p) for p in pd.period_range(start, periods=len(values), freq="M")]
    frame = pd.DataFrame({"region": region, "period": periods, "value": values})
    return Counts.from_frame(frame, freq="month", measure="valid")


def rise(rng, *, n=36, base=70, ratio=1.5, phi=1, trend=0.0, wave=0.0):
    t = np.arange(n)
    mean = base * np.exp(trend * (t - n / 2) / 12)
    mean = mean * np.exp(wave * np.cos(2 * np.pi * t / 12 + rng.uniform(0, 6.28)))
    mean[int(0.75 * n) :] *= ratio
    if phi == 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(mean / (phi - 1), 1 / phi).astype(float)


def test_without_trend_and_season_it_is_the_reference_posterior(shared_data):
    # Coal disasters 1851-1962: posterior of R's golden data, whose Gamma(1/2, rate
    # .001) prior is almost ours (rate 0); both with dispersion 1.
    path = shared_data / "golden_detection" / "change_points.json"
    coal = json.loads(path.read_text())["coal"]
    y = np.array(coal["values"], float)
    fit = _fit(y, np.ones(len(y)), np.zeros((len(y), 0)), np.zeros(0), phi=1.0)
    log_weight = _log_weight(y, fit, 1.0)
    weight = np.exp(log_weight - log_weight.max())
    truth = np.array(coal["posterior_tau"])[FIRST - 1 : len(y) - FIRST]
    np.testing.assert_allclose(
        weight / weight.sum(), truth / truth.sum(), rtol=5e-3, atol=1e-6
    )
    assert 1850 + FIRST + weight.argmax() == coal["posterior_mode"]


@pytest.mark.parametrize(
    ("base", "ratio", "phi", "trend", "wave"),
    [
        (70, 1.5, 1, 0, 0),
        (70, 2.0, 3, 0, 0),
        (20, 2.0, 1, 0.1, 0.2),
        (70, 1.5, 3, 0, 0),
    ],
)
def test_date_sets_hold_the_date(base, ratio, phi, trend, wave):
    rng = np.random.default_rng([21, base, int(ratio * 10), phi])
    held = []
    for _ in range(60):
        y = rise(rng, base=base, ratio=ratio, phi=phi, trend=trend, wave=wave)
        posterior = step_posterior(y, per_year=12)
        held.append(27 in posterior.date_set(0.95))
    # 60 runs at .95: below .87 one time in two hundred.
    assert np.mean(held) >= 0.87


def test_a_clear_step_is_dated_to_the_month():
    y = rise(np.random.default_rng(0), base=800, ratio=1.5)
    result = date_uptick(counts_of(y), region="FR")
    assert result.date_set == ("2023-04",)
    ratio = result.estimates["rate_ratio"]
    assert ratio.lower < 1.5 < ratio.upper
    assert result.table["probability"].sum() == pytest.approx(1)
    assert list(result.table.columns) == ["period", "probability"]
    statement = result.findings()[0].statement
    assert statement.startswith("France: the number of valid requests rose to ")
    assert "from April 2023 on" in statement
    assert "1 month wide" in statement
    assert result.figure().layout.meta["disclosure_trends"]["name"] == "dates"


def test_an_interval_around_one_is_neither_a_rise_nor_a_fall():
    found = date_uptick(counts_of([50] * 20 + [80] * 6), region="FR")
    unclear = replace(
        found,
        estimates={"rate_ratio": Estimate(value=1.2, lower=0.9, upper=1.6)},
        date_set=("2022-08", "2022-09"),
    )
    assert unclear.findings()[0].statement == (
        "France: no lasting rise or fall of the number of valid requests stands out; "
        "if there was one, it was to 1.20 times its level (0.900 to 1.60), beginning "
        "in August 2022 at the earliest and September 2022 at the latest."
    )


def test_a_fall_is_said_as_a_fall():
    y = rise(np.random.default_rng(1), base=300, ratio=0.5)
    result = date_uptick(counts_of(y), region="FR")
    assert result.findings()[0].statement.startswith(
        "France: the number of valid requests fell to "
    )


def test_probability_of_missing_periods_is_zero():
    y = rise(np.random.default_rng(2), base=300, ratio=1.6)
    counts = counts_of(y)
    frame = counts.to_frame()
    frame.loc[10:11, "value"] = pd.NA
    holes = Counts.from_frame(frame, freq="month", measure="valid")
    result = date_uptick(holes, region="FR")
    assert result.table.loc[10:11, "probability"].tolist() == [0, 0]
    assert result.date_set == ("2023-04",)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ([70] * 36, "flat"),
        ([70] * 5, "too_short"),
        ([0] * 20 + [1] * 5, "too_few_cases"),
    ],
)
def test_not_estimable_keeps_all_periods(values, rule):
    counts = counts_of(values)
    result = date_uptick(counts, region="FR")
    assert isinstance(result.estimates["rate_ratio"], NotEstimable)
    assert result.estimates["rate_ratio"].rule == rule
    assert result.date_set == tuple(counts.series("FR")["period"])
    assert "cannot be determined" in result.summary()


def test_from_nothing_there_is_a_date_but_no_ratio():
    rise_ = [0] * 20 + [9, 11, 8, 12, 10, 9, 11, 10]
    up = date_uptick(counts_of(rise_), region="FR")
    assert up.date_set == ("2022-09",)
    assert up.estimates["rate_ratio"].rule == "from_nothing"
    assert up.findings()[0].statement == (
        "France: the number of valid requests rose from nothing, from September 2022 "
        "on; the set of likely dates is 1 month wide."
    )
    down = date_uptick(counts_of(rise_[::-1]), region="FR")
    assert down.date_set == ("2021-09",)
    assert "fell to nothing, from September 2021 on" in down.summary()


@pytest.mark.parametrize("place", [17, -1])
def test_one_count_that_outweighs_all_others_gives_no_ratio(place):
    values = [10, 12, 9, 11, 8, 10] * 6
    values[place] = 10**9
    counts = counts_of(values)
    result = date_uptick(counts, region="FR")
    assert isinstance(result.estimates["rate_ratio"], NotEstimable)
    assert result.date_set == tuple(counts.series("FR")["period"])


def test_the_year_of_the_coal_mines_act_of_the_golden_data(shared_data):
    # Posterior of R's golden data: 1891 the likeliest year; 95 % set 1886-1893, 1896.
    path = shared_data / "golden_detection" / "change_points.json"
    values = json.loads(path.read_text())["coal"]["values"]
    years = [str(1851 + n) for n in range(len(values))]
    frame = pd.DataFrame({"region": "coal", "period": years, "value": values})
    counts = Counts.from_frame(frame, freq="year", measure="disasters")
    result = date_uptick(counts, region="coal")
    known = {*(str(year) for year in range(1886, 1894)), "1896"}
    assert known <= set(result.date_set)
    assert len(result.date_set) <= 12
    assert result.table.set_index("period")["probability"].idxmax() == "1892"
    assert result.estimates["rate_ratio"].upper < 1
    assert result.summary().startswith("Coal: the number of disasters fell to ")


def test_quiet_series_are_seldom_called_a_rise_or_a_fall():
    rng = np.random.default_rng(77)
    claimed = 0
    for _ in range(100):
        found = date_uptick(counts_of(rise(rng, ratio=1, phi=3)), region="FR")
        claimed += " rose " in found.summary() or " fell " in found.summary()
    # Measured .004 (`python -m tests.calibrate.estimates quiet`); 5 of 100 is far out.
    assert claimed <= 5


def test_a_series_is_flat_whatever_the_level_asked_for():
    for level in (0.5, 0.95, 0.99):
        result = date_uptick(counts_of([70, 72, 69, 71] * 9), region="FR", level=level)
        assert result.estimates["rate_ratio"].rule == "flat"
        assert len(result.date_set) == 36


def test_chance_alone_is_told_from_more():
    # 36 counts around 70: of one value, and swinging by +-40.
    calm = step_posterior(np.tile([69.0, 71.0, 70.0], 12), per_year=12)
    wild = step_posterior(np.tile([30.0, 110.0, 70.0], 12), per_year=12)
    assert calm.dispersion == 1
    # Variance / mean is 1067 / 70 = 15 before season and step take anything.
    assert 12 < wild.dispersion < 20
    # A spread of a constant's log ratio, 9 of 36 counts of 70: at least that of chance.
    assert calm.spread.min() >= 0.99 * (1 / (36 * 70 / 4)) ** 0.5
    assert (wild.spread > calm.spread).all()


def test_the_interval_holds_with_and_without_a_trend():
    # A rise that may be a trend: 60 to 99 over three years, in six blocks.
    y = np.repeat([60.0, 66.0, 73.0, 81.0, 90.0, 99.0], 6)
    found = step_posterior(y, per_year=12)
    low, high = found.ratio_interval(0.95)
    assert low <= found.ratio_quantile(0.025) < found.ratio_quantile(0.975) <= high
    heard = 0
    for sd in np.unique(found.trend):
        part = found.weight * (found.trend == sd)
        inside = (np.log(low) < found.log_ratio) & (found.log_ratio < np.log(high))
        if part.sum() >= 0.2:
            heard += 1
            # Nearly all of a trend's own mixture is centred within 95 % of it.
            assert part[inside].sum() / part.sum() > 0.9
    assert heard >= 1


def test_half_of_the_prior_share_is_chance_alone():
    for phi, df in ((1.0, 20), (1.3, 60), (4.0, 25)):
        nodes, log_share = _noise(phi, df=df)
        assert nodes[0] == 1
        assert (np.diff(nodes) > 0).all()
        # Half on chance alone; the rest is the slab's part that the counts leave open.
        share = np.exp(log_share)
        assert share[0] == pytest.approx(0.5)
        assert 0 < share[1:].sum() < 0.5


def test_arguments_are_checked():
    with pytest.raises(SettingsError, match=r"level: 1\.5 is out of range"):
        date_uptick(counts_of([70] * 36), region="FR", level=1.5)
    with pytest.raises(SettingsError, match=r"level: '0\.95' is out of range"):
        date_uptick(counts_of([70] * 36), region="FR", level="0.95")
    with pytest.raises(SettingsError, match="there is no series 'EU'"):
        date_uptick(counts_of([70] * 36), region="EU")


def test_row_order_and_reruns_do_not_matter():
    y = rise(np.random.default_rng(3))
    first, second = (date_uptick(counts_of(y), region="FR") for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)


def test_what_qualifies_the_counts_qualifies_the_date():
    # A country that leaves its part of the log begins as a series of its own: the
    # counts say so, and the date that is only that move must say so as well.
    moved = Check(name="part_moved", passed=None, text="GB counts apart from 2020 on.")
    counts = replace(counts_of([0] * 18 + [30] * 18, region="GB"), checks=(moved,))
    result = date_uptick(counts, region="GB")
    assert "rose from nothing" in result.findings()[0].statement
    assert moved in result.checks
    assert moved in result.findings()[0].checks


def test_days_and_single_things_are_said_as_words():
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2024-01-01", periods=60)]
    frame = pd.DataFrame({"region": "FR", "period": days, "value": 0})
    frame.loc[30:, "value"] = 9
    counts = Counts.from_frame(frame, freq="day", measure="valid")
    wide = replace(
        date_uptick(counts, region="FR"), date_set=("2024-01-29", "2024-01-31")
    )
    assert (
        ", beginning on 29 January 2024 at the earliest and 31 January 2024 at the "
        "latest;" in wide.findings()[0].statement
    )
    short = date_uptick(counts_of([70]), region="FR").estimates["rate_ratio"]
    assert short.reason == "only 1 complete period; 8 are needed"
