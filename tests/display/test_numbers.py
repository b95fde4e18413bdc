"""Numbers as a reader sees them; expected texts follow from the rounding rules."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.display import numbers, wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.1451, "2.15"),
        (34.4545, "34.5"),
        (0.4745, "0.474"),
        (9.997, "10.0"),
        (99.97, "100"),
        (0.09996, "0.100"),
        (1234.4, "1,234"),
        (1, "1.00"),
        (0, "0"),
        (math.inf, "unbounded"),
        (-2.5, "−2.50"),
    ],
)
def test_ratios_have_three_significant_digits(value: float, text: str) -> None:
    assert numbers.ratio(value) == text


@given(st.floats(1e-6, 1e9))
def test_a_lower_bound_is_never_rounded_up(value: float) -> None:
    assert float(numbers.at_least(value).replace(",", "")) <= value * (1 + 1e-9)


@given(st.floats(1e-4, 99))
def test_a_ratio_keeps_three_digits(value: float) -> None:
    assert float(numbers.ratio(value)) == pytest.approx(value, rel=0.00501)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.512, "51%"), (0.045, "4.5%"), (0.0, "0%"), (0.0001, "0%"), (1.0, "100%")],
)
def test_percentages(fraction: float, text: str) -> None:
    assert numbers.percent_short(fraction) == text


@pytest.mark.parametrize(
    ("lower", "upper", "unit", "text"),
    [
        (2.1451, 34.45, "ratio", "2.15 to 34.5"),
        (0.41, 0.6, "share", "41 to 60%"),
        (188, None, "requests", "at least 188"),
        (None, 12, "requests", "at most 12"),
        (None, None, "", "unbounded"),
        (-12, 30, "change", "−12 to +30"),
    ],
)
def test_intervals_in_words(
    lower: float | None, upper: float | None, unit: str, text: str
) -> None:
    assert numbers.span(lower, upper, unit) == text


@pytest.mark.parametrize(
    ("lower", "upper", "word"),
    [
        (1.09, 1.11, "rose"),
        (0.5, 0.9, "fell"),
        (0.475, 33.8, "not established"),
        (1, 1, "did not change"),
        (None, None, "not established"),
        (1.0, 2.0, "not established"),
    ],
)
def test_direction_is_claimed_only_when_certain(
    lower: float | None, upper: float | None, word: str
) -> None:
    assert wording.direction(lower, upper) == word


def test_listing() -> None:
    assert wording.listing(["Belgium", "France", "Hungary"]) == (
        "Belgium, France and Hungary"
    )
    assert wording.listing(["France"]) == "France"
    assert wording.listing([]) == ""


def test_plural_and_fold() -> None:
    assert wording.plural(1, "country", "countries") == "1 country"
    assert wording.plural(26, "country", "countries") == "26 countries"
    assert wording.fold(2.1451) == "at least 2.1-fold"
    assert wording.singular("authorities") == "authority"
    assert wording.singular("months") == "month"
    assert wording.singular("times a year") == "times a year"
