import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from naive import shapley_by_orders

from disclosure_trends.models.decomposition.shapley import (
    fill_from_other,
    lmdi_product,
    shapley_product,
)

# Das Gupta 1993, Standardization and decomposition of rates, worked examples 2.1-2.4
# as printed in the README of the R package DasGuptR (josiahpjking/DasGuptR).
DAS_GUPTA = {
    "2.1": (
        [10930, 0.717892],
        [16591, 0.825974],
        [4369.913, 1487.262],
        5e-4,  # three printed decimals
    ),
    "2.2": (
        [51.78746, 0.45919, 0.52638],
        [84.90502, 0.75756, 0.51065],
        [10.4340333, 10.5608476, -0.6670084],
        5e-8,
    ),
    "2.3": (
        [25.3, 0.214, 0.279, 0.949],
        [32.7, 0.29, 0.473, 0.986],
        [0.6889411, 0.8125381, 1.3829055, 0.1047547],
        5e-7,
    ),
    "2.4": (
        [0.58, 0.76, 0.84, 0.66, 16.573],
        [0.72, 0.97, 0.97, 0.56, 16.158],
        [1.0909785, 1.2298438, 0.7278399, -0.8398707, -0.1290187],
        5e-7,
    ),
}
FACTORS = arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.integers(1, 3)),
    elements=st.floats(-100, 100),
)


@pytest.mark.parametrize("case", DAS_GUPTA)
def test_das_gupta(case: str) -> None:
    before, after, published, tolerance = DAS_GUPTA[case]
    parts = shapley_product(np.array(before), np.array(after))
    assert parts == pytest.approx(published, abs=tolerance)


@pytest.mark.parametrize("case", ["eg2.1", "eg2.2", "eg2.3", "eg2.4", "eg4.3"])
def test_golden_decompositions(case: str, shared_data) -> None:
    path = shared_data / "golden_attribution" / "dasgupta.json"
    golden = json.loads(path.read_text())[case]
    before, after = np.array(golden["x0"], float), np.array(golden["x1"], float)
    # Example 4.3 is a sum of products over seven groups: its parts add up over them.
    for split, key in (
        (shapley_product, "truth"),
        (lmdi_product, "lmdi_additive_computed"),
    ):
        parts = split(before, after)
        parts = parts if parts.ndim == 1 else parts.sum(axis=1)
        tolerance = golden["tol"] if key == "truth" else 1e-9
        assert parts == pytest.approx(golden[key], abs=tolerance)


@given(FACTORS, st.data())
def test_shapley_equals_the_average_over_orders(before, data) -> None:
    after = data.draw(arrays(np.float64, before.shape, elements=st.floats(-100, 100)))
    parts = shapley_product(before, after)
    change = after.prod(axis=0) - before.prod(axis=0)
    scale = np.maximum(1, np.abs(np.stack([before, after])).max() ** len(before))
    assert np.abs(parts.sum(axis=0) - change).max() <= 1e-12 * scale
    for column in range(before.shape[1]):
        slow = shapley_by_orders(
            lambda *x: np.prod(x), before[:, column].tolist(), after[:, column].tolist()
        )
        assert np.abs(parts[:, column] - slow).max() <= 1e-12 * scale


def test_factors_that_change_nothing_have_no_part() -> None:
    parts = shapley_product(np.array([3.0, 0.0, 5.0]), np.array([3.0, 0.0, 7.0]))
    assert parts.tolist() == [0, 0, 0]
    alone = shapley_product(np.array([2.0, 5.0]), np.array([2.0, 7.0]))
    assert alone.tolist() == [0, 4]


def test_logarithms_need_positive_products() -> None:
    before = np.array([[2.0, 0.0, 0.0], [3.0, 4.0, 1.0]])
    after = np.array([[4.0, 0.0, 2.0], [3.0, 4.0, 1.0]])
    parts = lmdi_product(before, after)
    assert parts[:, 0] == pytest.approx([6, 0])
    assert parts[:, 1].tolist() == [0, 0]
    assert np.isnan(parts[0, 2])


def test_an_undefined_rate_takes_the_other_windows_value() -> None:
    nan = np.nan
    before, after = fill_from_other(
        np.array([nan, 0.2, nan]), np.array([0.5, nan, nan])
    )
    assert before.tolist() == [0.5, 0.2, 0]
    assert after.tolist() == [0.5, 0.2, 0]
