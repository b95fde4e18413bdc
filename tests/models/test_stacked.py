"""Many small systems at once, against one library call each."""

import numpy as np
from scipy.special import gammaln

from disclosure_trends.models.negative_binomial import log_rising
from disclosure_trends.models.uptick.mixture_design import (
    distinct_products,
    make_design,
)
from disclosure_trends.models.uptick.stacked import eliminate, part, product


def systems(rows=9, series=5, seed=2):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(series, 40, rows))
    return np.einsum("sni,snj->ijs", x, x)


def columns(system):
    return [system[j:, j] for j in range(len(system))]


def test_what_is_left_is_the_schur_complement():
    system, penalty = systems(), np.array([[0.5], [2.0], [1.0]]) * np.ones((3, 5))
    found = eliminate(columns(system), penalty)
    for k in range(5):
        one = system[:, :, k].copy()
        one[[0, 1, 2], [0, 1, 2]] += penalty[:, k]
        gone, across, left = one[:3, :3], one[3:, :3], one[3:, 3:]
        schur = left - across @ np.linalg.solve(gone, across.T)
        for j, column in enumerate(found.rest):
            np.testing.assert_allclose(column[:, k], schur[j:, j], rtol=1e-11)
        log_det = np.linalg.slogdet(gone)[1]
        np.testing.assert_allclose(found.log_det[k], log_det, rtol=1e-12)


def test_several_penalties_share_a_system_and_rows_may_be_left_out():
    system = systems()
    penalty = np.array([0.1, 1.0, 10.0])[None, :, None] * np.ones((4, 3, 5))
    chosen = [0, 1, 2, 5, 8]
    some = part(columns(system[:, :, None]), chosen)
    found = eliminate(some, penalty)
    assert found.rest[0].shape == (1, 3, 5)
    for m in range(3):
        alone = eliminate(
            columns(system[np.ix_(chosen, chosen)][:, :, None]), penalty[:, m : m + 1]
        )
        np.testing.assert_array_equal(found.rest[0][:, m], alone.rest[0][:, 0])


def test_the_border_gives_solution_residual_sum_prediction_and_its_variance():
    # The last two rows: right-hand side with the total, and a row to predict.
    system = systems(rows=7)
    rng = np.random.default_rng(4)
    row = rng.normal(size=5)
    system[6, :6], system[6, 6] = 0, 0
    system[6, :5] = row[:, None]
    found = eliminate(columns(system), np.full((5, 5), 0.3))
    beta = found.complete(np.stack([np.full(5, -1.0), np.zeros(5)]))
    for k in range(5):
        a = system[:5, :5, k] + 0.3 * np.eye(5)
        right, total = system[5, :5, k], system[5, 5, k]
        b = np.linalg.solve(a, right)
        np.testing.assert_allclose(beta[:5, k], b, rtol=1e-10)
        (rss, place), (spread,) = (column[:, k] for column in found.rest)
        np.testing.assert_allclose(rss, total - b @ right, rtol=1e-10)
        np.testing.assert_allclose(-place, row @ b, rtol=1e-10)
        np.testing.assert_allclose(-spread, row @ np.linalg.solve(a, row), rtol=1e-10)


def test_tiles_are_the_product():
    rng = np.random.default_rng(6)
    for shape in ((1, 3, 2), (130, 142, 379), (64, 5000, 70)):
        left, right = rng.normal(size=shape[:2]), rng.normal(size=shape[1:])
        np.testing.assert_allclose(product(left, right), left @ right, atol=1e-10)


def test_every_pair_of_columns_finds_its_product():
    for n in (12, 61, 142):
        matrix = make_design(n, ahead=2).matrix
        products, place = distinct_products(matrix)
        every = matrix[:, :, None] * matrix[:, None, :]
        found = products[place].transpose(2, 0, 1)
        np.testing.assert_allclose(found, every, atol=1e-12)
        assert len(products) < matrix.shape[1] * (matrix.shape[1] + 1) / 2


def test_rising_factorials_against_the_gamma_function():
    rng = np.random.default_rng(8)
    start = np.exp(rng.uniform(-7, 8, 4000))
    steps = np.floor(np.exp(rng.uniform(0, 8, 4000))) - 1
    truth = gammaln(start + steps) - gammaln(start)
    np.testing.assert_allclose(log_rising(start, steps), truth, rtol=1e-10, atol=1e-10)
    # By hand: 3 * 4 * 5 * 6, and nothing at all.
    found = log_rising(np.array([3.0, 3.0]), np.array([4.0, 0.0]))
    np.testing.assert_allclose(found, [np.log(360), 0.0], atol=1e-11)
