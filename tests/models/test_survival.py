import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import kaplan_meier
from statsmodels.duration.survfunc import SurvfuncRight

from disclosure_trends.models.adoption.survival import trace_moves, trace_weighted_moves

CASES = st.lists(st.tuples(st.integers(0, 11), st.booleans()), min_size=1, max_size=40)


@given(CASES)
def test_curve_equals_slow_kaplan_meier(case) -> None:
    months, moved = zip(*case, strict=True)
    curve = trace_moves(np.array(months), np.array(moved), n_months=12)
    slow = kaplan_meier(list(months), list(moved), n_months=12)
    assert curve.share == pytest.approx(slow, abs=1e-12)
    known = ~np.isnan(curve.lower)
    assert (curve.lower[known] <= curve.share[known]).all()
    assert (curve.share[known] <= curve.upper[known]).all()


def test_curve_agrees_with_statsmodels() -> None:
    rng = np.random.default_rng(1)
    month, moved = rng.integers(0, 12, 60), rng.random(60) < 0.6
    curve = trace_moves(month, moved, n_months=12)
    # statsmodels counts time from 1; its default interval is log-log (Greenwood).
    other = SurvfuncRight(month + 1.0, moved.astype(float))
    at = other.surv_times.astype(int) - 1
    assert curve.share[at] == pytest.approx(1 - other.surv_prob, abs=1e-12)
    survived = 1 - curve.share
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(survived[at])
        half = 1.959964 * other.surv_prob_se / (survived[at] * np.abs(log))
        lower = 1 - survived[at] ** np.exp(-half)
    known = ~np.isnan(curve.lower[at])
    assert curve.lower[at][known] == pytest.approx(lower[known], abs=1e-6)


@given(CASES)
def test_equal_weights_give_the_same_curve(case) -> None:
    months, moved = map(np.array, zip(*case, strict=True))
    heads = trace_moves(months, moved, n_months=12)
    weighted = trace_weighted_moves(
        months,
        moved,
        weight=np.full(months.size, 3.0),
        cluster=np.array(["FR"] * months.size),
        n_months=12,
    )
    assert weighted.share == pytest.approx(heads.share, abs=1e-9)
    assert np.isnan(weighted.lower).all()


def test_weighted_interval_is_the_jackknife_over_countries() -> None:
    rng = np.random.default_rng(2)
    country = np.array(["AT", "BE", "DE", "FR", "IT", "PL"])[rng.integers(0, 6, 40)]
    month, moved = rng.integers(0, 12, 40), rng.random(40) < 0.6
    weight = rng.gamma(2, 5, 40)
    curve = trace_weighted_moves(
        month, moved, weight=weight, cluster=country, n_months=12
    )
    left_out = []
    for name in np.unique(country):
        kept = country != name
        left_out.append(
            trace_weighted_moves(
                month[kept],
                moved[kept],
                weight=weight[kept],
                cluster=country[kept],
                n_months=12,
            ).share[6]
        )
    n = len(left_out)
    error = np.sqrt((n - 1) / n * ((left_out - np.mean(left_out)) ** 2).sum())
    # t(.975, 5) = 2.570582 (Student's table)
    assert curve.upper[6] - curve.share[6] == pytest.approx(2.570582 * error, rel=1e-6)


def test_nobody_and_everybody_have_no_interval() -> None:
    nobody = trace_moves(np.full(5, 3), np.zeros(5, bool), n_months=4)
    assert nobody.share.tolist() == [0, 0, 0, 0]
    assert np.isnan(nobody.upper).all()
    everybody = trace_moves(np.full(5, 1), np.ones(5, bool), n_months=4)
    assert everybody.share.tolist() == [0, 1, 1, 1]
    assert np.isnan(everybody.lower).all()
