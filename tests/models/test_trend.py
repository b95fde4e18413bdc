"""Trends: golden regressions, gates, events, forecasts and their record."""

import numpy as np
import pandas as pd
import pytest

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.trend.count_regression import CountFit, fit_counts
from disclosure_trends.models.trend.events import read_events
from disclosure_trends.models.trend.fit import fit_trend
from disclosure_trends.results import Estimate, NotEstimable


def counts_of(columns, *, start="2019-01", freq="month", letter="M"):
    frames = [
        pd.DataFrame(
            {
                "region": region,
                "period": [
                    str(p) for p in pd.period_range(start, periods=len(v), freq=letter)
                ],
                "value": v,
            }
        )
        for region, v in columns.items()
    ]
    return Counts.from_frame(pd.concat(frames), freq=freq, measure="valid")


def growing(rng, *, n=72, base=40, growth=1.2, step=None, ratio=1.0):
    t = np.arange(n)
    mean = base * growth ** (t / 12) * np.exp(0.2 * np.cos(2 * np.pi * t / 12))
    if step is not None:
        mean[step:] *= ratio
    return rng.poisson(mean)


def test_seat_belt_law_of_the_golden_data(shared_data):
    # R: glm(drivers ~ t + factor(month) + law, quasipoisson) and
    # sandwich::NeweyWest(lag = 12, prewhite = FALSE), golden data seatbelts_its.
    data = pd.read_csv(shared_data / "golden_detection" / "seatbelts.csv")
    t, law = np.arange(1, 193), (np.arange(1, 193) >= 170) * 1.0
    months = [(data["month"] == m).to_numpy(float) for m in range(2, 13)]
    design = np.column_stack([np.ones(192), t, *months, law])
    fit = fit_counts(data["drivers"].to_numpy(float), design, np.zeros(192), lags=12)
    assert isinstance(fit, CountFit)
    assert np.exp(fit.beta[-1]) == pytest.approx(0.850, abs=5e-4)
    assert fit.dispersion == pytest.approx(13.4, abs=0.05)
    # The larger of the two errors: Newey-West .0325, quasi-Poisson .0260.
    assert np.sqrt(fit.covariance[-1, -1]) == pytest.approx(0.0325, abs=5e-5)


def test_growth_and_a_declared_step_are_found():
    rng = np.random.default_rng(0)
    counts = counts_of({"FR": growing(rng, step=60, ratio=1.5)})
    result = fit_trend(counts, region="FR", events={"new line": "2024-01-01"})
    growth, step = result.estimates["growth_per_year"], result.estimates["new line"]
    assert growth.lower < 1.2 < growth.upper
    assert step.lower < 1.5 < step.upper
    assert step.lower > 1.2
    assert result.tables["events"]["status"].tolist() == ["estimated"]
    assert "After new line the level was higher" in result.summary()


def test_growth_intervals_cover_and_exposure_does_not_change_growth():
    inside = []
    for seed in range(60):
        rng = np.random.default_rng([1, seed])
        counts = counts_of({"X": growing(rng, n=48)})
        growth = fit_trend(counts, region="X", level=0.9).estimates["growth_per_year"]
        inside.append(growth.lower <= 1.2 <= growth.upper)
    # 60 runs at .90: below .78 one time in two hundred.
    assert np.mean(inside) >= 0.78
    frame = counts.to_frame()
    scaled = Counts.from_frame(
        frame.assign(exposure=1000.0), freq="month", measure="valid"
    )
    again = fit_trend(scaled, region="X", level=0.9).estimates["growth_per_year"]
    assert again.value == pytest.approx(growth.value, rel=1e-9)
    rising = frame.assign(exposure=1.2 ** (np.arange(48) / 12))
    rising = Counts.from_frame(rising, freq="month", measure="valid")
    flat = fit_trend(rising, region="X").estimates["growth_per_year"]
    assert flat.value == pytest.approx(growth.value / 1.2, rel=0.01)


def test_a_date_within_a_period_counts_by_its_days():
    rng = np.random.default_rng(2)
    counts = counts_of({"FR": growing(rng, step=60, ratio=2.0)})
    early = fit_trend(counts, region="FR", events=["2024-01-01"])
    middle = fit_trend(counts, region="FR", events=["2024-01-16"])
    assert early.estimates["2024-01-01"].value != middle.estimates["2024-01-16"].value


@pytest.mark.parametrize(
    ("values", "rule"),
    [([0] * 36, "too_few_cases"), ([5, 6, 7], "too_short"), ([], "too_short")],
)
def test_absurd_fits_give_no_number(values, rule):
    counts = counts_of({"A": values, "B": [9] * 36})
    if "A" not in counts.regions:
        frame = counts.to_frame().assign(region="A", value=pd.NA)
        counts = Counts.from_frame(frame, freq="month", measure="valid")
    result = fit_trend(counts, region="A", horizon=2, events=["2021-06-01"])
    for name in ("growth_per_year", "2021-06-01"):
        assert isinstance(result.estimates[name], NotEstimable)
    assert result.estimates["growth_per_year"].rule == rule
    assert result.tables["forecast"].empty
    assert result.figure() is not None


def test_a_step_from_nothing_runs_away_and_is_refused():
    result = fit_trend(
        counts_of({"A": [0] * 24 + [30] * 24}), region="A", events=["2021-01-01"]
    )
    assert isinstance(result.estimates["2021-01-01"], NotEstimable)


def test_a_step_needs_periods_on_both_sides():
    counts = counts_of({"A": [20] * 36})
    result = fit_trend(counts, region="A", events=["2021-12-30", "2019-01-15"])
    assert result.estimates["2021-12-30"] == NotEstimable(
        "0 complete periods lie after 2021-12-30; 3 are needed", rule="too_few_after"
    )
    assert result.estimates["2019-01-15"].rule == "too_few_before"


def test_it_says_what_else_happened_and_who_is_counted():
    counts = counts_of({"EU": [20, 22, 19, 25] * 16})
    result = fit_trend(counts, region="EU", events={"policy": "2024-02-10"})
    checks = {check.name: check.text for check in result.checks}
    assert checks["same_weeks"].startswith("Within six weeks of 2024-02-10 also: ")
    assert checks["same_weeks"].endswith("They cannot be told apart.")
    assert checks["membership_change"].startswith(
        "The members of EU changed on 2020-02-01: "
    )


def test_growth_is_pooled_over_series():
    rng = np.random.default_rng(3)
    columns = {f"R{i}": growing(rng, n=48, growth=1.15) for i in range(6)}
    pooled = fit_trend(counts_of(columns), region="R0").estimates[
        "growth_per_year_pooled"
    ]
    assert isinstance(pooled, Estimate)
    assert pooled.lower < 1.15 < pooled.upper


def test_forecast_and_track_record():
    rng = np.random.default_rng(4)
    result = fit_trend(counts_of({"X": growing(rng, n=96)}), region="X", horizon=3)
    forecast, record = result.tables["forecast"], result.tables["track_record"]
    assert forecast["period"].tolist() == ["2027-01", "2027-02", "2027-03"]
    assert (forecast["lower"] <= forecast["expected"]).all()
    assert (forecast["expected"] <= forecast["upper"]).all()
    assert record["horizon"].tolist() == [1, 3]
    assert (record["forecasts"] == 24).all()
    # Growth of a fifth a year: last year's count is a worse forecast.
    assert (record["wis"] < record["wis_naive"]).all()
    assert (record["coverage"] > 0.6).all()


def test_quarters_weeks_and_years_can_be_fitted():
    rng = np.random.default_rng(5)
    quarters = counts_of({"X": rng.poisson(60, 24)}, freq="quarter", letter="Q")
    result = fit_trend(quarters, region="X", horizon=2)
    assert result.tables["forecast"]["period"].tolist() == ["2025Q1", "2025Q2"]
    years = counts_of({"X": rng.poisson(60, 12)}, start="2010", freq="year", letter="Y")
    assert isinstance(
        fit_trend(years, region="X").estimates["growth_per_year"], Estimate
    )


def test_events_may_be_a_frame_a_mapping_or_dates():
    frame = pd.DataFrame(
        {"date": ["2024-02-01", "2024-01-01"], "label": ["same", "same"]}
    )
    assert [step.name for step in read_events(frame)] == [
        "same (2024-01-01)",
        "same (2024-02-01)",
    ]
    assert [s.name for s in read_events({"a": "2024-01-01"})] == ["a"]
    assert [s.name for s in read_events("2024-01-01")] == ["2024-01-01"]
    with pytest.raises(SettingsError, match="there is no column 'date'"):
        read_events(pd.DataFrame({"day": []}))


def test_arguments_are_checked():
    with pytest.raises(SettingsError) as caught:
        fit_trend(counts_of({"A": [20] * 36}), region="A", horizon=-1)
    assert str(caught.value) == (
        "fit_trend: level=0.95, horizon=-1; allowed are a level between 0 and 1 and a "
        "whole number from 0 as horizon"
    )
    for wrong in ({"level": "0.95"}, {"horizon": 1.5}, {"horizon": "2"}):
        with pytest.raises(SettingsError, match="a whole number from 0 as horizon"):
            fit_trend(counts_of({"A": [20] * 36}), region="A", **wrong)


def test_a_start_from_nothing_is_no_growth_per_year():
    # 30 empty months and 10 of about twenty: the fit would be some hundredfold a year.
    rng = np.random.default_rng(8)
    values = [0] * 30 + rng.poisson(20, 10).tolist()
    result = fit_trend(counts_of({"FR": values}), region="FR")
    growth = result.estimates["growth_per_year"]
    assert isinstance(growth, NotEstimable)
    assert growth.rule == "not_steady"
    said = result.findings()[0].statement
    assert said == f"France: no trend can be given, {growth.reason}."
    assert growth.reason.startswith(
        "a constant growth does not describe the series: it would be a growth of "
    )
    check = {one.name: one for one in result.checks}["growth_not_steady"]
    assert check.passed is False


def test_a_growth_whose_forecasts_failed_is_qualified():
    # Years of steady counts, then every other month is five times as high or nothing.
    rng = np.random.default_rng(9)
    values = rng.poisson(50, 48).tolist() + [250, 2] * 8
    result = fit_trend(counts_of({"FR": values}), region="FR")
    record = result.tables["track_record"].iloc[0]
    assert record["forecasts"] >= 8
    failed = {one.name for one in result.checks if one.passed is False}
    assert record["coverage"] < 0.5
    assert "growth_not_steady" in failed
    said = result.findings()[0].statement
    assert said.endswith("but a constant growth does not describe the series.")


def test_lengths_and_single_things_are_said_as_words():
    halves = {
        "period": [f"{year}H{half}" for year in range(2010, 2025) for half in (1, 2)]
    }
    frame = pd.DataFrame({**halves, "region": "FR", "value": [40, 44, 39] * 10})
    counts = Counts.from_frame(frame, freq="half", measure="valid")
    said = [one.statement for one in fit_trend(counts, region="FR").findings()]
    assert any(" past forecasts one half-year ahead " in one for one in said)
    one = fit_trend(counts_of({"FR": [9]}), region="FR").findings()[0].statement
    assert one == (
        "France: no trend can be given, only 1 complete period; 8 are needed."
    )
