import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from disclosure_trends.counts.published import load_published
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.windows.comparison import compare_windows
from disclosure_trends.models.windows.exact import rate_ratio
from disclosure_trends.models.windows.steps import measure_step
from disclosure_trends.results import Estimate, NotEstimable

WINDOWS = {"before": "2024Q2", "after": "2024Q3"}
NINE_MONTHS = "2024-01-01..2024-09-30"


@pytest.fixture(scope="module")
def telegram():
    return load_published("telegram", as_of="2026-05-31")


def _three_digits(estimate):
    parts = (estimate.value, estimate.lower, estimate.upper)
    return tuple(float(f"{part:.3g}") for part in parts)


# An independent computation (exact conditional intervals, enumeration of the ten
# assignments) on the split countries of Te-k/telegram-transparency at 839ed54.
def test_the_split_countries_of_the_union_against_the_others(telegram):
    compared = compare_windows(
        telegram, members=("FR", "BE", "HU"), against=("IN", "BR"), **WINDOWS
    )
    found = compared.estimates
    assert set(found) == {"rate_ratio", "ratio_of_ratios", "randomisation_p"}
    assert _three_digits(found["rate_ratio"]) == (24.2, 13.3, 49.0)
    assert _three_digits(found["ratio_of_ratios"]) == (21.9, 12.0, 44.5)
    assert found["randomisation_p"].value == pytest.approx(0.10)
    assert compared.smallest_p == pytest.approx(0.10)
    rows = compared.table.set_index("country")
    assert rows["before"].sum() == 11 + 2214
    assert rows.loc["FR", "rate_ratio"] == pytest.approx(35)
    assert rows.loc["HU", "upper"] == pytest.approx(157, abs=1)
    assert "24.2 (13.3 to 49.0)" in compared.summary()


def test_the_collectors_own_file_gives_the_same(shared_data):
    path = shared_data / "te-k" / "dataset.json"
    if not path.is_file():
        pytest.skip("te-k/dataset.json is absent")
    compared = compare_windows(
        load_published(path),
        members=("FR", "BE", "HU"),
        against=("IN", "BR"),
        **WINDOWS,
    )
    assert _three_digits(compared.estimates["rate_ratio"]) == (24.2, 13.3, 49.0)


def test_a_total_that_is_not_split_is_not_compared(telegram):
    compared = compare_windows(
        telegram, members=("FR", "DE"), against=("IN", "BR"), **WINDOWS
    )
    assert set(compared.estimates) == {
        "rate_ratio",
        "ratio_of_ratios",
        "randomisation_p",
    }
    for refusal in compared.estimates.values():
        assert refusal == NotEstimable(
            reason="no exact figure for both windows is published for Germany",
            rule="not_identified",
        )
    assert compared.findings()


@pytest.mark.parametrize(
    ("members", "against", "message"),
    [
        ((), ("IN",), "members: no country is given; give codes such as 'FR'"),
        (("FR",), ("FR",), "against: 'FR' is given twice; name each country once"),
        (("EU",), ("IN",), "members: 'EU' is not a country; give codes such as 'FR'"),
    ],
)
def test_sides_that_cannot_be_meant_are_refused(telegram, members, against, message):
    with pytest.raises(SettingsError) as error:
        compare_windows(telegram, members=members, against=against, **WINDOWS)
    assert str(error.value) == message


# An independent computation on the same data; quarters of three months.
@pytest.mark.parametrize(
    ("region", "without", "counts", "ratio", "observed", "expected"),
    [
        ("EU", (), (394, 2428), (18.5, 16.6, 20.6), 19, 27),
        ("non-EU", (), (7212, 9197), (3.83, 3.71, 3.95), 13, 54),
        ("non-EU", ("IN",), (220, 1548), (21.1, 18.3, 24.4), 12, 53),
    ],
)
def test_the_step_of_the_fourth_quarter(
    telegram, region, without, counts, ratio, observed, expected
):
    step = measure_step(
        telegram, region=region, before=NINE_MONTHS, after="2024Q4", without=without
    )
    assert (step.count_before, step.count_after) == counts
    assert _three_digits(step.ratio) == ratio
    assert step.coverage.observed == observed
    assert step.coverage.expected >= expected


def test_the_member_that_dominates_is_named(telegram):
    steps = {
        region: measure_step(
            telegram, region=region, before=NINE_MONTHS, after="2024Q4"
        )
        for region in ("EU", "non-EU")
    }
    assert steps["non-EU"].largest == "IN"
    assert steps["EU"].largest == "FR"


@given(before=st.integers(0, 60), after=st.integers(0, 60))
def test_the_interval_is_the_binomial_one_carried_over(before, after):
    found = rate_ratio(before, after)
    if before + after == 0:
        assert isinstance(found, NotEstimable)
        return
    assert isinstance(found, Estimate)
    share = binomtest(after, before + after).proportion_ci(method="exact")
    assert found.lower == pytest.approx(share.low / (1 - share.low))
    if before:
        assert found.upper == pytest.approx(share.high / (1 - share.high))
        assert found.lower <= found.value <= found.upper
    else:
        assert found.upper is None
