from math import inf

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.counts.published import figures_from_table, load_published
from disclosure_trends.errors import PeriodError, SettingsError, UnknownRegionError
from disclosure_trends.models.windows.bounds import bound_change
from disclosure_trends.results import Estimate, NotEstimable
from disclosure_trends.vocabulary.periods import parse_period

Q2, Q3 = "2024Q2", "2024Q3"


@pytest.fixture(scope="module")
def telegram():
    return load_published("telegram", as_of="2026-05-31")


# 266/124 and 379/11 and so on: counted from Te-k/telegram-transparency at 839ed54.
PUBLISHED_BOUNDS = [
    ("EU", (), 266 / 124, 379 / 11),
    ("EU", ("FR",), 56 / 118, 169 / 5),
    ("EU", ("BE",), 213 / 120, 326 / 7),
    ("EU", ("DE",), 266 / 71, 326 / 11),
    ("EU", ("FR", "BE"), 3 / 114, 116 / 1),
    ("non-EU", (), 2445 / 2237, 2468 / 2214),
    ("non-EU", ("IN",), 65 / 86, 88 / 63),
    ("non-EU", ("BR",), 2380 / 2174, 2403 / 2151),
]


@pytest.mark.parametrize(("region", "without", "lower", "upper"), PUBLISHED_BOUNDS)
def test_the_published_bounds(telegram, region, without, lower, upper):
    found = bound_change(
        telegram, region=region, before=Q2, after=Q3, without=without
    ).estimates["ratio"]
    assert isinstance(found, Estimate)
    assert (found.kind, found.value, found.level) == ("bounds", None, None)
    assert found.lower == pytest.approx(lower, rel=1e-12)
    assert found.upper == pytest.approx(upper, rel=1e-12)


@pytest.mark.parametrize(("region", "without", "lower", "upper"), PUBLISHED_BOUNDS)
def test_the_collectors_own_file_gives_the_same(
    shared_data, region, without, lower, upper
):
    path = shared_data / "te-k" / "dataset.json"
    if not path.is_file():
        pytest.skip("te-k/dataset.json is absent")
    found = bound_change(
        load_published(path), region=region, before=Q2, after=Q3, without=without
    ).estimates["ratio"]
    assert (found.lower, found.upper) == (pytest.approx(lower), pytest.approx(upper))


def test_the_region_hangs_on_one_member_and_says_so(telegram):
    eu = bound_change(telegram, region="EU", before=Q2, after=Q3)
    assert (eu.coverage.observed, eu.coverage.expected) == (26, 27)
    assert eu.coverage.missing == ("LU",)
    assert eu.direction == "rose"
    assert eu.pivotal == ("FR",)
    assert list(eu.table.columns) == [
        "country",
        "known_before",
        "known_after",
        "free",
        "lower_without",
        "upper_without",
    ]
    rows = eu.table.set_index("country")
    assert tuple(rows.loc["DE", ["known_before", "known_after", "free"]]) == (0, 0, 53)
    assert rows.loc["FR", "lower_without"] == pytest.approx(56 / 118)
    assert rows.loc["FR", "upper_without"] == pytest.approx(33.8)
    assert eu.findings()[0].statement == (
        "Requests fulfilled of the 26 observed members of the EU together rose at "
        "least 2.1-fold in July to September 2024, compared with April to June 2024, "
        "even in the worst case for the 13 members whose figures are not split."
    )
    assert eu.findings()[1].statement == (
        "Without France a rise is not established: 0.475 to 33.8 times."
    )
    assert "Luxembourg has none" in eu.summary()
    assert all(check.passed for check in eu.checks)


def test_outside_the_region_it_hangs_on_another(telegram):
    outside = bound_change(telegram, region="non-EU", before=Q2, after=Q3)
    assert (outside.coverage.observed, outside.coverage.expected) == (54, 54)
    assert outside.pivotal == ("IN",)


def test_with_two_countries_swapped_everything_hangs_on_the_other(telegram):
    table = telegram.table
    swap = {"FR": "ES", "ES": "FR"}
    table["country"] = [swap.get(c, c) for c in table["country"]]
    swapped = bound_change(
        figures_from_table(table, as_of=None), region="EU", before=Q2, after=Q3
    )
    assert swapped.pivotal == ("ES",)
    assert "Without Spain" in swapped.summary()


def test_where_nothing_was_known_there_is_no_number(telegram):
    nothing = bound_change(
        telegram.known_on("2024-09-30"), region="EU", before=Q2, after=Q3
    )
    assert nothing.estimates["ratio"] == NotEstimable(
        reason="no member has a figure for both windows", rule="not_published"
    )
    assert set(nothing.estimates) == {"ratio", "before", "after"}
    assert nothing.coverage.observed == 0
    assert nothing.figure() is not None


def test_a_base_of_zero_has_no_ratio(telegram):
    korea = bound_change(telegram, region="KR", before=Q3, after="2024Q4")
    assert isinstance(korea.estimates["ratio"], NotEstimable)
    assert korea.estimates["ratio"].rule == "zero_before"


def test_the_figure_draws_the_table_and_nothing_else(telegram):
    eu = bound_change(telegram, region="EU", before=Q2, after=Q3)
    figure = eu.figure()
    assert {trace.type for trace in figure.data} == {"bar"}
    assert [trace.base[0] for trace in figure.data] == pytest.approx(
        list(eu.tables["groups"]["lower"])
    )
    meta = figure.layout.meta["disclosure_trends"]
    assert meta["title"] == (
        "The EU: the rise holds in the worst case, but it rests on France"
    )
    assert "2.15 to 34.5" in meta["alt"]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"region": "EUU"}, UnknownRegionError, "region: 'EUU' is not a region"),
        ({"before": "2024-Q2"}, PeriodError, "before: '2024-Q2' is not a period"),
        (
            {"before": Q3, "after": Q2},
            PeriodError,
            "after: '2024Q2' does not begin after '2024Q3' has ended",
        ),
        (
            {"measure": "requests"},
            SettingsError,
            "measure: 'requests' is not published",
        ),
        ({"without": ("XX",)}, SettingsError, "without: 'XX' is no member of 'EU'"),
    ],
)
def test_what_cannot_be_meant_is_refused(telegram, changes, error, message):
    settings = {"region": "EU", "before": Q2, "after": Q3} | changes
    with pytest.raises(error, match=message.replace("(", r"\(")):
        bound_change(telegram, **settings)


QUARTERS = ("2024Q1", "2024Q2", "2024Q3")
COUNTRIES = ("FR", "DE", "BE")


def _published(truth, split):
    rows = []
    for country, counts in truth.items():
        windows = dict(zip(QUARTERS, counts, strict=True)) if split[country] else {}
        windows["2024-01-01..2024-09-30"] = sum(counts)
        for text, value in windows.items():
            window = parse_period(text)
            rows.append(
                {
                    "platform": "any",
                    "country": country,
                    "period_start": pd.Timestamp(window.start),
                    "period_end": pd.Timestamp(window.end),
                    "measure": "requests_fulfilled",
                    "value": value,
                    "value_low": pd.NA,
                    "value_high": pd.NA,
                    "observed_on": pd.Timestamp("2024-10-10"),
                    "source_url": "https://any.example",
                    "source_grade": "A",
                }
            )
    frame = pd.DataFrame(rows)
    for column in ("value", "value_low", "value_high"):
        frame[column] = frame[column].astype("Int64")
    return figures_from_table(frame, as_of=None)


@given(
    truth=st.fixed_dictionaries(
        {c: st.tuples(*[st.integers(0, 40)] * 3) for c in COUNTRIES}
    ),
    split=st.fixed_dictionaries({c: st.booleans() for c in COUNTRIES}),
)
def test_the_bounds_contain_the_truth_for_any_split(truth, split):
    found = bound_change(_published(truth, split), region="EU", before=Q2, after=Q3)
    ratio = found.estimates["ratio"]
    before = sum(counts[1] for counts in truth.values())
    after = sum(counts[2] for counts in truth.values())
    if isinstance(ratio, NotEstimable):
        assert before == 0
        return
    upper = inf if ratio.upper is None else ratio.upper
    if before:
        assert ratio.lower <= after / before * (1 + 1e-12)
        assert after / before <= upper * (1 + 1e-12)
    for row in found.table.itertuples():
        rest = bound_change(
            _published(truth, split),
            region="EU",
            before=Q2,
            after=Q3,
            without=(row.country,),
        ).estimates["ratio"]
        if isinstance(rest, NotEstimable):
            assert pd.isna(row.lower_without)
        else:
            assert row.lower_without == pytest.approx(rest.lower)
