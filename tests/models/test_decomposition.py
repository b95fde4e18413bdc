from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from naive import decompose_authority

from disclosure_trends.models.decomposition.checks import (
    assessed_check,
    turnover_check,
)
from disclosure_trends.models.decomposition.factors import (
    FACTORS,
    TwoWindows,
    split_disclosed,
    split_region_lmdi,
    split_valid,
)
from disclosure_trends.models.decomposition.parts import decompose_counts
from disclosure_trends.results import Estimate, NotEstimable

COUNTRIES = np.array(["AT", "BE", "DE", "FR", "IT", "PL", "SE"])


@st.composite
def counts_of_logs(draw) -> TwoWindows:
    """Counts of any log: zeros, one line only, new and vanished authorities."""
    size = draw(st.integers(1, 8))
    cells = arrays(np.int64, (size, 2, 3), elements=st.integers(0, draw(_LARGEST)))
    lines = draw(cells)
    share = draw(
        arrays(np.float64, (size, 2, 3), elements=st.sampled_from([0, 0.3, 0.8, 1]))
    )
    valid = np.floor(lines * share)
    lines = lines.astype(float)
    for window in (0, 1):  # some authorities are new, some vanish
        gone = draw(arrays(np.bool_, size))
        lines[gone, window] = valid[gone, window] = 0
    country = draw(arrays(np.int64, size, elements=st.integers(0, 6)))
    disclosed = draw(arrays(np.int64, (size, 2), elements=st.integers(0, 50)))
    return counts_from(
        lines, valid, country=COUNTRIES[country], disclosed=disclosed.astype(float)
    )


_LARGEST = st.sampled_from([1, 5, 400, 100_000])


def counts_from(lines, valid, *, country, disclosed=None) -> TwoWindows:
    lines, valid = np.asarray(lines, float), np.asarray(valid, float)
    return TwoWindows(
        country=np.asarray(country),
        submitted=lines.sum(axis=2),
        valid=valid.sum(axis=2),
        disclosed=valid.sum(axis=2) if disclosed is None else disclosed,
        on_line=lines[..., 0],
        off_line=lines[..., 1],
        on_line_valid=valid[..., 0],
        off_line_valid=valid[..., 1],
    )


@settings(max_examples=500)
@given(counts_of_logs())
def test_parts_add_up_to_the_change_on_any_log(counts: TwoWindows) -> None:
    for routing in (None, NotEstimable("channel is not recorded", "not_recorded")):
        parts = decompose_counts(counts, routing=routing)
        known = [parts.estimates[n] for n in FACTORS]
        values = [e.value for e in known if isinstance(e, Estimate)]
        change = counts.valid[:, 1].sum() - counts.valid[:, 0].sum()
        assert parts.estimates["change"].value == change
        assert abs(sum(values) - change) <= 1e-9 * max(1, abs(change))
        assert len(values) == (3 if routing is None else 2)
        by_country = parts.countries[parts.factors["factor"]].to_numpy().sum()
        assert abs(by_country - change) <= 1e-9 * max(1, abs(change))
    disclosed = split_disclosed(counts).sum()
    change = counts.disclosed[:, 1].sum() - counts.disclosed[:, 0].sum()
    assert abs(disclosed - change) <= 1e-9 * max(1, abs(change))


@settings(max_examples=200)
@given(counts_of_logs())
def test_parts_equal_the_average_over_orders(counts: TwoWindows) -> None:
    parts = split_valid(counts)
    for a in range(counts.country.size):
        slow = decompose_authority(
            {
                "lines": counts.lines[a].tolist(),
                "valid": counts.lines_valid[a].tolist(),
            }
        )
        scale = max(1, counts.submitted[a].max())
        assert parts[:, a] == pytest.approx(slow, abs=1e-12 * scale)


def test_das_gupta_example_as_one_line() -> None:
    # Das Gupta 1993, example 2.1: 10,930 x .717892 and 16,591 x .825974.
    volume, rate = np.array([10930.0, 16591.0]), np.array([0.717892, 0.825974])
    lines = np.zeros((1, 2, 3))
    valid = np.zeros((1, 2, 3))
    lines[0, :, 1], valid[0, :, 1] = volume, volume * rate
    parts = split_valid(counts_from(lines, valid, country=["FR"]))[:, 0]
    assert parts == pytest.approx([4369.913, 0, 1487.262], abs=5e-4)


def test_a_new_authority_is_volume() -> None:
    lines = [[[0, 0, 0], [6, 4, 0]]]
    valid = [[[0, 0, 0], [5, 1, 0]]]
    assert split_valid(counts_from(lines, valid, country=["FR"]))[:, 0].tolist() == [
        6,
        0,
        0,
    ]


def test_a_line_nobody_used_before_is_routing() -> None:
    # 10 requests off the line with rate .2; then all on it with rate .8.
    lines = [[[0, 10, 0], [10, 0, 0]]]
    valid = [[[0, 2, 0], [8, 0, 0]]]
    parts = split_valid(counts_from(lines, valid, country=["FR"]))[:, 0]
    assert parts == pytest.approx([0, 6, 0], abs=1e-12)


def test_region_lmdi_adds_up_where_lines_are_used() -> None:
    lines = [[[5, 40, 5], [30, 30, 0]], [[2, 10, 0], [20, 5, 0]]]
    valid = [[[4, 5, 1], [20, 3, 0]], [[1, 1, 0], [14, 1, 0]]]
    counts = counts_from(lines, valid, country=["FR", "DE"])
    parts = split_region_lmdi(counts)
    assert parts.sum() == pytest.approx(38 - 12, abs=1e-12)
    lines[0][0][0] = lines[1][0][0] = valid[0][0][0] = valid[1][0][0] = 0
    assert np.isnan(split_region_lmdi(counts_from(lines, valid, country=["FR", "DE"])))[
        1
    ]


def test_intervals_need_five_countries() -> None:
    rng = np.random.default_rng(1)
    lines = rng.integers(5, 40, size=(7, 2, 3))
    valid = rng.binomial(lines, 0.4)
    for n, has_interval in ((4, False), (5, True)):
        counts = counts_from(lines[:n], valid[:n], country=COUNTRIES[:n])
        parts = decompose_counts(counts, routing=None)
        assert (parts.estimates["volume"].lower is not None) == has_interval
        assert parts.checks[0].passed == has_interval


def test_interval_is_the_leave_one_country_out_jackknife() -> None:
    rng = np.random.default_rng(2)
    lines = rng.integers(5, 40, size=(7, 2, 3))
    lines[:, 1] *= 4
    valid = rng.binomial(lines, 0.4)
    counts = counts_from(lines, valid, country=COUNTRIES)
    volume = decompose_counts(counts, routing=None).estimates["volume"]
    shares, parts = [], split_valid(counts)
    change = parts.sum()
    for left_out in range(7):
        kept = np.arange(7) != left_out
        shares.append(parts[0, kept].sum() / parts[:, kept].sum())
    error = np.sqrt(6 / 7 * ((shares - np.mean(shares)) ** 2).sum())
    # t(.975, 6) = 2.446912 (Student's table)
    half = 2.446912 * error * change
    assert volume.value == pytest.approx(parts[0].sum())
    assert volume.upper - volume.value == pytest.approx(half, rel=1e-6)
    assert volume.value - volume.lower == pytest.approx(half, rel=1e-6)


def test_volume_up_tenfold_while_validity_collapses() -> None:
    # 100 requests with 60 valid; then 1,000 with 30 valid: change -30.
    lines = [[[0, 20, 0], [0, 200, 0]]] * 5
    valid = [[[0, 12, 0], [0, 6, 0]]] * 5
    counts = counts_from(lines, valid, country=COUNTRIES[:5])
    parts = decompose_counts(
        counts, routing=NotEstimable("channel is not recorded", "not_recorded")
    )
    values = {n: parts.estimates[n] for n in ("change", "volume", "validity")}
    assert values["change"].value == -30
    # Shapley of N x p: (1000 - 100)(.6 + .03) / 2 and (.03 - .6)(1000 + 100) / 2.
    assert values["volume"].value == pytest.approx(283.5)
    assert values["validity"].value == pytest.approx(-313.5)


def test_turnover_is_said() -> None:
    lines = np.array([[[0, 10, 0], [0, 10, 0]], [[0, 0, 0], [0, 300, 0]]])
    counts = counts_from(lines, lines // 2, country=["FR", "FR"])
    assert turnover_check(counts).passed is False
    assert turnover_check(counts_from(lines[:1], lines[:1], country=["FR"])).passed


def test_a_change_in_what_was_found_out_is_said() -> None:
    lines = np.array([[[0, 10, 0], [0, 100, 0]]])
    counts = counts_from(lines, lines // 2, country=["FR"])
    assert assessed_check(counts).passed is None
    later = replace(counts, unassessed=np.array([[1.0, 40.0]]))  # 10 and 40 per cent
    check = assessed_check(later)
    assert check.passed is False
    assert check.text.startswith("More requests of the later window than of the")
    alike = replace(counts, unassessed=np.array([[1.0, 14.0]]))  # 10 and 14 per cent
    assert assessed_check(alike).passed is True
    assert assessed_check(later.summed()).passed is False
    assert later.without_lines().unassessed is later.unassessed
