"""R's farringtonFlexible, row by row."""

import json

import numpy as np
import pandas as pd
import pytest

from disclosure_trends.errors import SettingsError
from disclosure_trends.models.farrington import farrington_flexible

# Series with integer epochs of the golden data, its README.
SERIES = [
    "salmonella.agona",
    "measlesDE_agg",
    "shadar",
    "m1",
    "k1",
    "n1",
    "s1",
    "salmonella.agona_4wk",
    "campyDE_4wk",
    "salmNewport_4wk",
    "k1_4wk",
]
CONTROLS = ["improved_nbPlugin", "improved_muan", "original_delta", "default_flexible"]


@pytest.fixture(scope="module")
def golden(shared_data):
    folder = shared_data / "golden_detection"
    return (
        pd.read_csv(folder / "farrington_series.csv"),
        pd.read_csv(folder / "farrington_results.csv"),
        json.loads((folder / "farrington_controls.json").read_text())["runs"],
    )


def worst(found, truth, *, relative=True):
    assert (np.isnan(found) == np.isnan(truth)).all()
    scale = np.maximum(np.abs(truth), 1e-300) if relative else 1.0
    gap = np.abs(found - truth) / scale
    return np.max(gap[~np.isnan(gap)], initial=0)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("name", SERIES)
def test_every_row_of_r(golden, name, control):
    series, results, controls = golden
    data = series[series["series"] == name].sort_values("t")
    rows = results[(results["series"] == name) & (results["control"] == control)]
    found = farrington_flexible(
        data["observed"].to_numpy(),
        freq=int(data["freq"].iloc[0]),
        control=controls[f"{name}|{control}"],
    )
    assert found.t.tolist() == rows["t"].tolist()
    assert found.alarm.tolist() == (rows["alarm"] == 1).tolist()
    assert worst(found.upperbound, rows["upperbound"].to_numpy()) < 1e-9
    assert worst(found.expected, rows["expected"].to_numpy()) < 1e-9
    assert worst(found.pvalue, rows["pvalue"].to_numpy(), relative=False) < 1e-9
    assert worst(found.trend, rows["trendCoef"].to_numpy(), relative=False) < 1e-7
    # Where a mean runs to zero, R's floor of the mean decides: m1 has such fits, and
    # all its bounds are masked.
    assert worst(found.phi, rows["phi"].to_numpy()) < (1e-5 if name == "m1" else 1e-8)


def test_a_batch_is_its_series():
    rng = np.random.default_rng(3)
    rows = rng.poisson(8, (6, 100)).astype(float)
    rows[2, 40:43] = np.nan
    control = {"b": 4, "w": 1, "noPeriods": 4, "pastWeeksNotIncluded": 6}
    batch = farrington_flexible(rows, freq=12, control=control, range=[99, 100])
    for i, row in enumerate(rows):
        one = farrington_flexible(row, freq=12, control=control, range=[99, 100])
        np.testing.assert_allclose(batch.upperbound[i], one.upperbound, rtol=1e-12)
        np.testing.assert_allclose(batch.pvalue[i], one.pvalue, rtol=1e-10)


def test_no_reweighting_and_the_other_powers():
    # By hand: y constant 20, so mu0 = 20, phi = 1 (its floor), and the residuals, thus
    # R's standard error of the prediction, are 0: tau = 1.
    row = np.full(80, 20.0)
    control = {"b": 3, "reweight": False, "trend": False, "w": 1, "alpha": 0.01}
    z = 2.3263478740408408  # normal quantile of .99
    for power, bound in (
        ("none", 20 + z * np.sqrt(20)),
        ("1/2", (np.sqrt(20) + z / 2) ** 2),
    ):
        found = farrington_flexible(
            row, freq=12, control=control | {"powertrans": power}, range=[80, 80]
        )
        assert found.phi[0] == 1
        np.testing.assert_allclose(found.expected[0], 20, rtol=1e-8)
        np.testing.assert_allclose(found.upperbound[0], bound, rtol=1e-8)


def test_a_misspelt_name_is_refused_with_the_nearest():
    with pytest.raises(SettingsError) as caught:
        farrington_flexible([1] * 80, freq=12, control={"thersholdMethod": "muan"})
    assert str(caught.value) == (
        "control: 'thersholdMethod' is unknown; did you mean 'thresholdMethod'?; "
        "allowed are alpha, b, fitFun, glmWarnings, limit54, noPeriods, "
        "pThresholdTrend, pastWeeksNotIncluded, populationOffset, powertrans, range, "
        "reweight, thresholdMethod, trend, verbose, w, weightsThreshold"
    )


@pytest.mark.parametrize(
    ("control", "message"),
    [
        (
            {"thresholdMethod": "nbplugin"},
            "control: thresholdMethod='nbplugin' is unknown; did you mean 'nbPlugin'?; "
            "allowed are delta, nbPlugin, muan",
        ),
        (
            {"populationOffset": True},
            "control: populationOffset=True needs populations, which are not taken "
            "here; allowed is False; divide the question, or use fit_trend with "
            "exposure",
        ),
        ({"b": 0}, "control: b=0 is below 1"),
        ({"alpha": 1}, "control: alpha=1 is not between 0 and 1"),
        (
            {"b": 9},
            "range: 80 periods of history, tested None; allowed are indices from 112 "
            "(freq * b + w + 1) to 80; give a smaller b or a longer series",
        ),
    ],
)
def test_settings_are_checked(control, message):
    with pytest.raises(SettingsError) as caught:
        farrington_flexible([1] * 80, freq=12, control=control)
    assert str(caught.value) == message
