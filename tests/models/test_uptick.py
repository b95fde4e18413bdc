"""Upticks: regression values, error rates, and what is never alarmed."""

import numpy as np
import pandas as pd
import pytest
from tests.calibrate.detection import FARRINGTON, detected, farrington_p, our_p
from tests.naive import mixture_predictive

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.negative_binomial import upper_tail
from disclosure_trends.models.uptick.detect import detect_upticks
from disclosure_trends.models.uptick.mixture_baseline import predict_mixture
from disclosure_trends.models.uptick.multiplicity import (
    false_discovery_rate,
    shrink_ratios,
)
from disclosure_trends.models.uptick.pooled import predict_pooled
from disclosure_trends.models.uptick.scan import ScanShape, combine, predict_scan
from disclosure_trends.models.uptick.short_series import compare_last
from disclosure_trends.models.uptick.tables import COLUMNS
from disclosure_trends.simulate.outbreaks import draw_series


def months(n, *, start="2015-01"):
    return [str(p) for p in pd.period_range(start, periods=n, freq="M")]


def counts_of(columns, *, freq="month", periods=None, complete=None):
    rows = []
    for region, values in columns.items():
        names = periods or months(len(values))
        rows += [
            {"region": region, "period": p, "value": v}
            for p, v in zip(names, values, strict=True)
            if v is not None
        ]
    frame = pd.DataFrame(rows)
    if complete is not None:
        frame["is_complete"] = complete
    return Counts.from_frame(frame, freq=freq, measure="valid", evidence="log")


def regression_series(n, spike):
    """The series of the published regression values: 20 + 7t mod 11, and a spike."""
    y = 20.0 + (7 * np.arange(n)) % 11
    y[spike] += 60
    y[-1] = 45
    return y


# Values of the reference implementation, six digits.
@pytest.mark.parametrize(
    ("n", "spike", "p", "mean"),
    [(144, 104, 0.000489214, 25.0311), (36, 26, 0.00108389, 23.7533)],
)
def test_regression_values_of_the_monthly_baseline(n, spike, p, mean):
    y = regression_series(n, spike)
    found = predict_mixture(y[None, :-2])
    assert float(found.tail(y[-1:])[0]) == pytest.approx(p, abs=5e-9)
    assert float(found.expected[0]) == pytest.approx(mean, abs=5e-5)
    scan = detect_upticks(counts_of({"X": y.astype(int)}))
    assert scan.table.loc[0, "p_value"] == pytest.approx(p, abs=5e-9)


def messy_batch(n=90, series=24, seed=4):
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(2.5, 1.5, (series, 1)))
    wave = 0.4 * np.cos(2 * np.pi * np.arange(n) / 12 + rng.uniform(0, 6, (series, 1)))
    y = rng.negative_binomial(level * np.exp(wave) / 1.4, 1 / 2.4).astype(float)
    y[-1, 40:] *= 3
    y[0, 60] += 200
    return y


def test_a_batch_is_its_series_and_the_obvious_version():
    y = messy_batch()
    batch = predict_mixture(y[:, :-2])
    p = batch.tail(y[:, -1])
    for i, row in enumerate(y):
        one = predict_mixture(row[None, :-2])
        assert abs(float(one.tail(row[-1:])[0]) - p[i]) < 1e-10
    for i in range(0, len(y), 3):
        tail, mean = mixture_predictive(y[i, :-2])
        assert tail(y[i, -1]) == pytest.approx(p[i], rel=1e-9, abs=1e-12)
        assert mean == pytest.approx(batch.expected[i], rel=1e-9)


def test_missing_months_weigh_nothing():
    y = messy_batch(series=4)
    holes = y[:, :-2].copy()
    holes[:, 20:23] = np.nan
    other = holes.copy()
    found = predict_mixture(holes)
    assert np.isfinite(found.expected).all()
    # What stood in the holes cannot matter.
    assert (found.expected == predict_mixture(other).expected).all()
    assert not np.allclose(found.expected, predict_mixture(y[:, :-2]).expected)


def test_exposure_scales_the_prediction():
    y = messy_batch(series=3)[:, :-2]
    flat = np.zeros_like(y)
    found = predict_mixture(y, log_exposure=flat, next_log_exposure=np.zeros(3))
    doubled = predict_mixture(
        y, log_exposure=flat, next_log_exposure=np.full(3, np.log(2))
    )
    np.testing.assert_allclose(doubled.expected, 2 * found.expected, rtol=1e-12)


def test_p_value_and_bound_never_contradict_each_other():
    rng = np.random.default_rng(11)
    columns = {
        f"R{i:02d}": rng.negative_binomial(mean / 0.5, 1 / 1.5, 60)
        for i, mean in enumerate(np.exp(rng.uniform(-1, 8, 40)))
    }
    for rate in (0.01, 0.05, 0.3):
        table = detect_upticks(
            counts_of(columns), false_alarm_rate=rate, last=4
        ).table.query("status == 'examined'")
        alarm = table["alarm"].astype(bool)
        assert (alarm == (table["p_value"] <= rate)).all()
        assert (alarm == (table["value"] > table["upper"])).all()
        assert (table["lower"] <= table["upper"]).all()


def test_no_count_below_its_own_expectation_is_an_alarm():
    # 138 empty months, then a burst that fades: the mean of what its past predicts
    # (3.2) lies above the 99 per cent quantile (0), between them the 3 of the end.
    values = [0] * 138 + [150, 22, 53, 32, 16, 47, 12, 47, 17, 5, 8, 3]
    scan = detect_upticks(counts_of({"R1": values}))
    row = scan.table.iloc[0]
    assert row["p_value"] < 0.01
    assert 3 < row["expected"] < 4
    assert row["upper"] == 3
    assert not row["alarm"]
    said = {one.id: one.statement for one in scan.findings()}["quiet-R1"]
    assert "not above the 3 that its own past makes likely" in said


def test_the_bound_is_the_quantile():
    y = messy_batch()
    found = predict_mixture(y[:, :-2])
    upper = found.upper(0.01)
    assert (found.tail(upper + 1) <= 0.01).all()
    assert (found.tail(upper)[upper > 0] > 0.01).all()


def test_light_components_never_change_the_bound():
    # The obvious version: the smallest count whose whole tail is small enough.
    y = messy_batch(series=12)
    found = predict_mixture(y[:, :-2])
    for share in (0.001, 0.01, 0.2, 0.5, 0.99):
        count = np.zeros(len(y))
        while (more := found.tail(count + 1) > share).any():
            count[more] += 1
        np.testing.assert_array_equal(found.upper(share), count)


def test_columns_status_and_missing_values():
    rng = np.random.default_rng(1)
    quiet = rng.poisson(9, 40).tolist()
    gone = [*quiet[:39], None]
    columns = {
        "quiet": quiet,
        "gone": gone,
        "young": [None] * 36 + quiet[:4],
        "new": [0] * 39 + [8],
        "rare": [0] * 38 + [1, 2],
        "huge": rng.poisson(3e8, 40).tolist(),
    }
    table = detect_upticks(counts_of(columns)).table.set_index("region")
    assert list(table.reset_index().columns) == list(COLUMNS)
    assert table["status"].to_dict() == {
        "quiet": "examined",
        "gone": "incomplete period",
        "young": "short history",
        "new": "new line",
        "rare": "too few cases",
        "huge": "examined",
    }
    left_out = table[table["status"] != "examined"]
    numbers = ["expected", "lower", "upper", "p_value", "q_value", "alarm"]
    assert left_out[numbers].isna().all().all()
    assert table.loc["new", "value"] == 8


def test_incomplete_periods_are_never_alarmed():
    values = [10] * 39 + [500]
    flags = [True] * 39 + [False]
    scan = detect_upticks(counts_of({"X": values}, complete=flags))
    assert scan.table["status"].tolist() == ["examined", "incomplete period"]
    assert not scan.table["alarm"].fillna(value=False).any()
    assert scan.table["value"].tolist() == [10, 500]
    # An incomplete month within the history is not history either.
    again = detect_upticks(counts_of({"X": [*values, 10]}, complete=[*flags, True]))
    latest = again.table.iloc[-1]
    assert latest["status"] == "examined"
    assert latest["expected"] == pytest.approx(10, rel=0.1)


def test_series_of_different_length_are_judged_as_alone():
    rng = np.random.default_rng(2)
    long, short = rng.poisson(30, 80), rng.poisson(12, 40)
    periods = months(80)
    both = counts_of(
        {"long": long.tolist(), "short": [None] * 40 + short.tolist()}, periods=periods
    )
    together = detect_upticks(both).table.set_index("region")
    for name, values, names in (
        ("long", long, periods),
        ("short", short, periods[40:]),
    ):
        alone = detect_upticks(counts_of({name: values.tolist()}, periods=names)).table
        assert alone.loc[0, "p_value"] == pytest.approx(
            together.loc[name, "p_value"], abs=1e-10
        )


def test_last_examines_several_periods():
    table = detect_upticks(counts_of({"X": [20] * 40}), last=3).table
    assert table["period"].tolist() == months(40)[-3:]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"method": "farringtn"},
            "method: 'farringtn' is unknown; allowed are calibrated, farrington; "
            "did you mean 'farrington'?",
        ),
        (
            {"false_alarm_rate": 0},
            "false_alarm_rate: 0 is out of range; allowed is above 0 and at most 0.5; "
            "0.01 means one false alarm in a hundred quiet periods",
        ),
        ({"last": 0}, "last: 0 is below 1; give how many periods to examine"),
        (
            {"control": {"b": 3}},
            "control: given with method='calibrated'; it is R's control list; leave it "
            "out, or set method='farrington'",
        ),
        (
            {"last": 2.5},
            "last: 2.5 is no whole number; give how many periods to examine",
        ),
        (
            {"last": "3"},
            "last: '3' is no whole number; give how many periods to examine",
        ),
        (
            {"false_alarm_rate": "0.01"},
            "false_alarm_rate: '0.01' is out of range; allowed is above 0 and at most "
            "0.5; 0.01 means one false alarm in a hundred quiet periods",
        ),
        (
            {"method": "farrington", "control": {"b": "5"}},
            "control: b='5' is no whole number",
        ),
        (
            {"method": "farrington", "control": {"alpha": "0.05"}},
            "control: alpha='0.05' is no number",
        ),
        (
            {"method": "farrington", "control": {"limit54": "54"}},
            "control: limit54='54' is not a pair of whole numbers; give "
            "(cases, periods)",
        ),
        (
            {"method": "farrington", "control": {"range": [1, 2]}},
            "control: range is not taken here, the last complete periods are examined; "
            "leave it out and say with last= how many",
        ),
    ],
)
def test_arguments_are_checked(options, message):
    with pytest.raises(SettingsError) as caught:
        detect_upticks(counts_of({"X": [20] * 40}), **options)
    assert str(caught.value) == message


def test_farrington_is_the_comparison():
    rng = np.random.default_rng(5)
    values = rng.poisson(20, 100).tolist()
    values[-1] = 80
    counts = counts_of({"X": values, "short": [None] * 60 + values[60:]})
    control = {"b": 4, "w": 1, "noPeriods": 4, "pastWeeksNotIncluded": 6}
    scan = detect_upticks(counts, method="farrington", control=control)
    table = scan.table.set_index("region")
    assert table.loc["X", "alarm"]
    assert table.loc["short", "status"] == "short history"
    with pytest.raises(SettingsError, match="did you mean 'noPeriods'"):
        detect_upticks(counts, method="farrington", control={"nPeriods": 4})


def test_the_words_state_the_rate_that_the_control_asks_for():
    counts = counts_of({"X": np.random.default_rng(6).poisson(20, 100).tolist()})
    asked = {"b": 4, "w": 1, "alpha": 0.2}
    scan = detect_upticks(counts, method="farrington", control=asked, last=10)
    assert scan.false_alarm_rate == 0.2
    assert scan.shape.rate == 0.2
    numbers = {one.id: one.numbers for one in scan.findings()}
    assert numbers["chance"]["rate"] == "20 per cent"
    assert numbers["chance"]["expected_false"] == 2  # a fifth of ten
    assert numbers["quiet-X"]["expected"].level == pytest.approx(0.8)


# Exact and quasi-Poisson comparisons of the published Brazilian and Indian quarters,
# computed with statsmodels 0.15 (test_poisson_2indep, exact-cond) and by hand.
GOLDEN = {
    "BR": {
        "counts": (75, 63, 65),
        "total": 203,
        "ratio": (1.031746, 0.718255, 1.482876),
        "exact_p": 0.929614,
        "chi": (1.221675, 0.542896, 0.610837),
        "one_sided": 0.678982,
        "z": (0.176777, 0.176777),
    },
    "IN": {
        "counts": (2461, 2151, 2380),
        "total": 6992,
        "ratio": (1.106462, 1.043350, 1.173443),
        "exact_p": 0.000704481,
        "chi": (22.182780, 1.52430e-5, 11.091390),
        "one_sided": 0.107836,
        "z": (3.402032, 1.021517),
    },
}


@pytest.mark.parametrize("name", GOLDEN)
def test_published_quarters_to_six_digits(name):
    golden = GOLDEN[name]
    found = compare_last(golden["counts"])
    ratio = found.rate_ratio
    assert found.total == golden["total"]
    six = {"rel": 1e-6, "abs": 6e-7}
    assert (ratio.value, ratio.lower, ratio.upper) == pytest.approx(
        golden["ratio"], **six
    )
    assert found.exact_p == pytest.approx(golden["exact_p"], rel=1e-6)
    assert found.chi_square == pytest.approx(golden["chi"][0], **six)
    assert found.chi_square_p == pytest.approx(golden["chi"][1], rel=1e-5)
    assert found.dispersion == pytest.approx(golden["chi"][2], **six)
    assert found.one_sided_p == pytest.approx(golden["one_sided"], **six)
    assert (found.z, found.scaled_z) == pytest.approx(golden["z"], **six)
    assert compare_last(GOLDEN["IN"]["counts"]).scaled_p == pytest.approx(
        0.307010, **six
    )


def test_overdispersed_quarters_are_not_called_an_uptick_and_it_says_why():
    quarters = ["2024Q1", "2024Q2", "2024Q3"]
    columns = {name: list(golden["counts"]) for name, golden in GOLDEN.items()}
    scan = detect_upticks(counts_of(columns, freq="quarter", periods=quarters))
    assert set(scan.table["status"]) == {"short history"}
    said = {finding.id: finding.statement for finding in scan.findings()}
    assert said["short-IN"] == (
        "India: 2,380 in July to September 2024 after 2,151. Counting noise alone "
        "would seldom do this (p 0.0007), but these counts vary 11.1 times as much as "
        "counting noise, so it is not called an uptick."
    )
    assert said["short-BR"] == (
        "Brazil: 65 in July to September 2024 after 63: flat (p 0.930). The history is "
        "too short for more."
    )


def test_quarters_need_eight_alone_and_four_among_many():
    rng = np.random.default_rng(3)
    names = [f"{2020 + i // 4}Q{i % 4 + 1}" for i in range(9)]
    alone = counts_of({"X": rng.poisson(40, 9).tolist()}, freq="quarter", periods=names)
    assert detect_upticks(alone).table["status"].tolist() == ["examined"]
    short = counts_of(
        {"X": rng.poisson(40, 8).tolist()}, freq="quarter", periods=names[1:]
    )
    assert detect_upticks(short).table["status"].tolist() == ["short history"]
    many = {f"R{i:02d}": rng.poisson(40, 5).tolist() for i in range(30)}
    pooled = detect_upticks(counts_of(many, freq="quarter", periods=names[:5]))
    assert set(pooled.table["status"]) == {"examined"}
    three = {name: values[:4] for name, values in many.items()}
    few = detect_upticks(counts_of(three, freq="quarter", periods=names[:4]))
    assert set(few.table["status"]) == {"short history"}


def test_pooled_prediction_by_hand():
    # Fewer than five regions stand alone: q = phi (1 + 1/H), mean (sum + .5)/H, and
    # the three nodes of phi with H - 1 degrees of freedom.
    y = np.array([[10.0, 14, 9, 11, 20, 8, 12, 12]])
    prediction, pooled = predict_pooled(y)
    mean, h = 12.0, 8
    phi = ((y - mean) ** 2).sum() / mean / (h - 1)
    assert pooled.phi[0] == pytest.approx(max(phi, 1))
    total = 0.0
    for node, share in ((-(3**0.5), 1 / 6), (0, 2 / 3), (3**0.5, 1 / 6)):
        q = max(1.0, max(phi, 1) * np.exp(node * (2 / (h - 1)) ** 0.5)) * (1 + 1 / h)
        total += share * upper_tail(25, 96.5 / 8, np.array(q))
    assert prediction.tail(np.array([25.0]))[0] == pytest.approx(
        float(total), rel=1e-12
    )


def test_weeks_match_the_prototype(shared_data):
    folder = shared_data / "golden_detection"
    series = pd.read_csv(folder / "farrington_series.csv")
    golden = pd.read_csv(folder / "nbx_prototype.csv")
    for (name, variant), rows in golden.groupby(["series", "variant"]):
        data = series[series["series"] == name].sort_values("t")
        y = data["observed"].to_numpy(float)
        shape = ScanShape(
            year=float(rows["freq"].iloc[0]),
            harmonics=2,
            gap=int(rows["gap"].iloc[0]),
            half_life=36.0 if variant == "half_life_36" else None,
        )
        for t, at in rows.groupby("t"):
            found = predict_scan(y[None, :t], shape=shape)
            for row in at.itertuples():
                mean = found.mean[:, row.L - 1]
                spread = found.dispersion[:, row.L - 1]
                p = upper_tail(y[t - row.L : t].sum(), mean, spread)[0]
                # Fitted to convergence on both sides.
                assert mean[0] == pytest.approx(row.expected, rel=1e-9)
                assert found.phi[0] == pytest.approx(row.phi, rel=1e-9)
                assert p == pytest.approx(row.p_value, abs=1e-9)


def test_cauchy_combination():
    same = combine(np.array([[0.03, 0.5, 1e-9], [0.03, 0.5, 1e-9]]))
    np.testing.assert_allclose(same, [0.03, 0.5, 1e-9], rtol=1e-6)
    assert 0.01 < float(combine(np.array([[0.01], [0.9]]))[0]) < 0.06


def test_weeks_and_days_are_examined():
    rng = np.random.default_rng(6)
    weeks = [
        f"{p.isocalendar()[0]}-W{p.isocalendar()[1]:02d}"
        for p in pd.date_range("2021-01-04", periods=150, freq="W-MON")
    ]
    values = rng.poisson(15, 150).tolist()
    values[-1] = 60
    table = detect_upticks(counts_of({"X": values}, freq="week", periods=weeks)).table
    assert table.loc[0, "alarm"]
    days = [str(d.date()) for d in pd.date_range("2023-01-01", periods=400)]
    pattern = np.where(np.arange(400) % 7 < 5, 40, 8)
    daily = rng.poisson(pattern)
    quiet = detect_upticks(
        counts_of({"posts": daily.tolist()}, freq="day", periods=days), last=7
    ).table
    assert quiet["alarm"].sum() <= 1
    daily[-1] = 160
    loud = detect_upticks(
        counts_of({"posts": daily.tolist()}, freq="day", periods=days)
    ).table
    assert loud.loc[0, "alarm"]


def test_false_discovery_rate_is_that_of_benjamini_and_hochberg():
    # The example of the 1995 article: 15 p-values, four discoveries at .05.
    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.3240,
            0.4262,
            0.5719,
            0.6528,
            0.7590,
            1.0,
        ]
    )
    q = false_discovery_rate(p)
    assert (q <= 0.05).sum() == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4)
    with_gap = false_discovery_rate(np.append(p, np.nan))
    np.testing.assert_allclose(with_gap[:15], q)
    assert np.isnan(with_gap[15])


def test_small_series_do_not_head_the_ranking_by_noise():
    value = np.array([3.0, 1500.0, 100.0, 95.0, 105.0])
    expected = np.array([1.0, 1000.0, 100.0, 100.0, 100.0])
    shrunk = shrink_ratios(value, expected, expected * 1.5)
    assert shrunk.ratio.argmax() == 0
    assert shrunk.shrunken.argmax() == 1
    assert (shrunk.lower < shrunk.shrunken).all()
    assert (shrunk.shrunken < shrunk.upper).all()


def test_error_rates_on_fresh_series():
    # 42 scenarios x 2; N = 1,008 quiet months: the standard error of a rate of .01 is
    # .003, of a detection of .72 it is .05.
    draw = draw_series("outbreaks", seed=99, replicates=2)
    quiet, loud = our_p(draw, draw.without), our_p(draw, draw.counts)
    assert 0.001 < (quiet <= 0.01).mean() < 0.02
    assert detected(draw, loud, 0.01).mean() > 0.58


def test_same_numbers_on_every_run():
    columns = {"X": messy_batch(series=1)[0].astype(int).tolist()}
    first, second = (detect_upticks(counts_of(columns)) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    assert first.bundle() == second.bundle()


def test_findings_name_every_number_they_say():
    rng = np.random.default_rng(8)
    columns = {f"R{i}": rng.poisson(30, 60).tolist() for i in range(5)}
    columns["R0"][-1] = 95
    scan = detect_upticks(counts_of(columns))
    head, *rest = scan.findings()
    assert head.statement == (
        "1 of 5 series rose above what their own past makes likely in December 2019: "
        "R0."
    )
    assert len(head.statement) <= 160
    assert rest[0].id == "uptick-R0"
    assert {one.id for one in rest} >= {"chance", "calibration", "quiet-R1"}
    assert scan.figure().layout.meta["disclosure_trends"]["name"] == "upticks"
    assert "authority" not in str(scan.bundle()["tables"])


def test_a_calm_month_after_alarms_is_not_told_as_calm():
    rng = np.random.default_rng(8)
    columns = {name: rng.poisson(30, 60).tolist() for name in ("GB", "FR")}
    columns["GB"][-3] = 95
    scan = detect_upticks(counts_of(columns), last=12)
    assert scan.findings()[0].statement == (
        "No uptick in December 2019: both series stayed within what their own past "
        "makes likely, but the United Kingdom raised alarms earlier."
    )
    assert [(p.number, p.unit) for p in scan.points()][:1] == [("1", "alarm")]
    rows = scan.display_tables()[0].rows.set_index("region")
    assert rows.loc["GB", "name"] == "United Kingdom"


def test_open_periods_are_neither_told_nor_drawn_as_counts():
    flags = [True] * 40 + [False] * 8
    scan = detect_upticks(counts_of({"X": [20] * 40 + [0] * 8}, complete=flags))
    spark = scan.display_tables()[0].rows["past"].iloc[0]
    assert not pd.isna(pd.Series(spark)).all()
    assert 0 not in [value for value in spark if not pd.isna(value)]
    meta = scan.figure().layout.meta["disclosure_trends"]
    drawn = [row for row in meta["table"]["rows"] if row[2] == 0]  # the count
    assert not drawn


def test_days_are_named_with_their_own_preposition():
    days = [f"{d:%Y-%m-%d}" for d in pd.date_range("2023-01-01", periods=400)]
    rng = np.random.default_rng(3)
    columns = {"posts removed": rng.poisson(30, 400).tolist()}
    scan = detect_upticks(counts_of(columns, freq="day", periods=days))
    assert scan.findings()[0].statement.startswith("No uptick on 4 February 2024:")


@pytest.mark.slow
def test_published_scenarios_at_the_size_that_decides():
    # 42 scenarios x 10, 12 months: standard errors .0014 (false alarms), .022 (POD).
    draw = draw_series("outbreaks", seed=4711, replicates=10)
    quiet, loud = our_p(draw, draw.without), our_p(draw, draw.counts)
    assert 0.004 < (quiet <= 0.01).mean() < 0.0125
    assert detected(draw, loud, 0.01).mean() > 0.66
    theirs = farrington_p(draw, draw.counts, FARRINGTON["FF b9 w1 p7 past2"])
    assert detected(draw, loud, 0.01).mean() > detected(draw, theirs, 0.01).mean()


def test_the_calibration_line_names_what_was_simulated_and_the_share_found():
    columns = {"X": regression_series(60, 30).astype(int).tolist()}
    scan = detect_upticks(counts_of(columns))
    found = {one.id: one for one in scan.findings()}["calibration"]
    # Level 25, hardly any dispersion: the table has 30 and 1.
    assert found.statement.startswith(
        "On 60 simulated series of 36 months, with a level of 30 and no more variance "
        "than chance alone, the nearest to the series, "
    )
    share, delay = found.numbers["found"], found.numbers["delay"]
    assert found.statement.endswith(
        f"; of lasting doubles {share} were found within 6 periods, these in period "
        f"{delay} on average."
    )


def test_the_calibration_line_says_that_series_lie_outside_the_table():
    rng = np.random.default_rng(4)
    spread = {f"R{n}": rng.poisson(5000, 40).tolist() for n in range(3)}
    scan = detect_upticks(counts_of(spread))
    said = {one.id: one.statement for one in scan.findings()}["calibration"]
    assert said.startswith("The middle one of these series, with a level of 5,000 and ")
    assert (
        "lies outside what was simulated, so its error rates may differ: on 60 "
        "simulated series of 36 months, with a level of 1,000 and " in said
    )
    drawn = scan.figure("error_rates").layout.meta["disclosure_trends"]
    assert " What was asked about lies outside these." in drawn["subtitle"]


def test_error_rates_are_drawn_for_series_like_these():
    columns = {"X": regression_series(60, 30).astype(int).tolist()}
    scan = detect_upticks(counts_of(columns))
    meta = scan.figure("error_rates").layout.meta["disclosure_trends"]
    rows = {row[0]: row for row in meta["table"]["rows"]}
    # All levels of the table that ships; the sentence says the row of its own level.
    assert list(rows) == [1, 3, 10, 30, 100, 300, 1000]
    calibration = {one.id: one for one in scan.findings()}["calibration"].numbers
    assert f"{calibration['power_double']} are found" in meta["title"]
    assert f"{calibration['false_alarm']} raise an alarm" in meta["title"]
    other = detect_upticks(counts_of(columns), false_alarm_rate=0.05)
    table = other.figure("error_rates").layout.meta["disclosure_trends"]["table"]
    assert len(table["rows"]) == 1
    short = detect_upticks(counts_of({"X": [9, 9, 9]}))
    said = short.figure("error_rates").layout.meta["disclosure_trends"]["title"]
    assert said == "No series was examined, so there is no error rate to state"


def test_a_scan_of_no_series_says_that_there_is_none():
    nothing = pd.DataFrame({"region": [], "period": [], "value": []}, dtype=str)
    counts = Counts.from_frame(nothing, freq="month", measure="valid")
    assert [one.statement for one in detect_upticks(counts).findings()] == [
        "No uptick can be claimed, there is no series to examine."
    ]


def test_half_years_are_called_so():
    halves = [f"{year}H{half}" for year in range(2018, 2024) for half in (1, 2)]
    values = [40, 44, 39, 41, 45, 38] * 2
    scan = detect_upticks(counts_of({"X": values}, freq="half", periods=halves))
    said = {one.id: one.statement for one in scan.findings()}["calibration"]
    assert " simulated series of 8 half-years, with " in said
    title = scan.figure("error_rates").layout.meta["disclosure_trends"]["title"]
    assert title.startswith("Of single half-years at twice their level ")
