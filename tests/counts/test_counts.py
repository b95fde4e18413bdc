"""The grid of counts: what was given comes back, what was not given is missing."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import PeriodError, SettingsError


def quarters(**columns):
    frame = {
        "region": ["IN", "BR", "IN", "BR"],
        "period": ["2024Q1", "2024Q1", "2024Q3", "2024Q2"],
        "value": [2461, 75, 2380, 63],
    }
    return pd.DataFrame(frame | columns)


def count(frame, **options):
    return Counts.from_frame(
        frame, **({"freq": "quarter", "measure": "fulfilled"} | options)
    )


def test_grid_is_complete_sorted_and_never_filled_with_zero():
    table = count(quarters()).to_frame()
    assert list(table.columns) == [
        "region",
        "period",
        "period_start",
        "value",
        "is_complete",
    ]
    assert table["region"].tolist() == ["BR"] * 3 + ["IN"] * 3
    assert table["period"].tolist() == ["2024Q1", "2024Q2", "2024Q3"] * 2
    assert table["value"].fillna(-1).tolist() == [75, 63, -1, 2461, -1, 2380]
    assert table["is_complete"].tolist() == [True, True, False, True, False, True]
    assert table["value"].dtype == "Int64"


def test_a_frame_comes_back_as_it_went_in():
    first = count(quarters()).to_frame()
    again = count(first).to_frame()
    pd.testing.assert_frame_equal(first, again)


def test_row_order_does_not_matter():
    frame = quarters()
    pd.testing.assert_frame_equal(
        count(frame).to_frame(), count(frame.iloc[::-1]).to_frame()
    )


def test_the_given_frame_is_not_touched():
    frame = quarters()
    before = frame.copy()
    count(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_as_of_marks_running_periods_and_leaves_out_later_ones():
    counts = count(quarters(), as_of="2024-06-29")
    table = counts.to_frame()
    assert counts.as_of == date(2024, 6, 29)
    assert table["period"].unique().tolist() == ["2024Q1", "2024Q2"]
    assert table.set_index(["region", "period"])["is_complete"].to_dict() == {
        ("BR", "2024Q1"): True,
        ("BR", "2024Q2"): False,
        ("IN", "2024Q1"): True,
        ("IN", "2024Q2"): False,
    }
    assert [check.name for check in counts.checks] == ["future_periods", "gaps"]


def test_a_period_that_ends_on_as_of_is_complete():
    table = count(quarters(), as_of="2024-06-30").to_frame()
    assert table.query("region == 'BR'")["is_complete"].tolist() == [True, True]


def test_is_complete_and_exposure_of_the_frame_are_kept():
    frame = quarters(
        exposure=[1.5, 2.0, 3.0, 2.5], is_complete=["true", "True", "false", "1"]
    )
    table = count(frame).to_frame()
    india = table[table["region"] == "IN"]
    assert india["is_complete"].tolist() == [True, False, False]
    assert india["exposure"].dropna().tolist() == [1.5, 3.0]


def test_periods_may_be_days_or_pandas_periods():
    frame = quarters(
        period=[
            date(2024, 1, 5),
            pd.Period("2024Q1"),
            pd.Timestamp("2024-09-30"),
            "2024-06-30",
        ]
    )
    assert count(frame).to_frame().equals(count(quarters()).to_frame())


def test_series_and_regions():
    counts = count(quarters())
    assert counts.regions == ("BR", "IN")
    assert counts.series("IN")["value"].fillna(-1).tolist() == [2461, -1, 2380]
    with pytest.raises(SettingsError) as caught:
        counts.series("INN")
    assert str(caught.value) == (
        "region: there is no series 'INN'; there are BR, IN; did you mean 'IN'?; "
        "to add it, count it: "
        "count_requests(cleaned, by=\"region\", regions=('INN',))"
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"value": [1, 2, -3, 4]},
            "frame: 1 values are no counts, the first is -3; allowed are whole numbers "
            "from 0 to 10**15, or missing; rates go through rate_requests",
        ),
        (
            {"value": [1, 2.5, 3, 4]},
            "frame: 1 values are no counts, the first is 2.5; allowed are "
            "whole numbers from 0 to 10**15, or missing; rates go through "
            "rate_requests",
        ),
        (
            {"period": ["2024Q1", "2024Q1", "2024Q1", "2024Q2"]},
            "frame: 1 cells are given twice, the first is IN 2024Q1; one row per "
            "region and period is allowed; add them up before",
        ),
        (
            {"period": ["2024-01", "2024Q1", "2024Q3", "2024Q2"]},
            "frame: the period '2024-01' is a month; all periods must be of "
            "freq='quarter'; give the freq of the data, or one row per period of this "
            "freq",
        ),
        (
            {"region": ["IN", None, "IN", "BR"]},
            "frame: 1 rows have no region; name it, or leave the rows out (a CSV with "
            "NA needs keep_default_na=False)",
        ),
        (
            {"exposure": [0, 1, 1, 1]},
            "frame: 1 exposures are not positive, the first is 0; allowed are numbers "
            "above 0, or missing",
        ),
    ],
)
def test_messages_name_place_finding_and_way_out(columns, message):
    with pytest.raises(SettingsError) as caught:
        count(quarters(**columns))
    assert (
        str(caught.value).replace("np.int64(-3)", "-3").replace("np.int64(0)", "0")
        == message
    )


def test_unknown_words_are_refused_with_the_nearest():
    with pytest.raises(SettingsError, match=r"did you mean 'quarter'\?"):
        count(quarters(), freq="quater")
    with pytest.raises(SettingsError, match=r"evidence: 'logs' is unknown"):
        count(quarters(), evidence="logs")
    with pytest.raises(SettingsError, match="there is no column 'value'"):
        count(quarters().rename(columns={"value": "values"}))
    with pytest.raises(PeriodError):
        count(quarters(period=["2024Q1", "2024Q7", "2024Q3", "2024Q2"]))


@pytest.mark.parametrize("value", [float("inf"), 1e19, 10**30, 2**53 + 1])
def test_values_that_no_count_can_hold_are_refused(value):
    frame = quarters()
    given = [value, *[1] * (len(frame) - 1)]
    with pytest.raises(SettingsError) as caught:
        count(frame.assign(value=given))
    assert str(caught.value).startswith("frame: 1 values are no counts, the first is ")
    assert str(caught.value).endswith(
        "; allowed are whole numbers from 0 to 10**15, or missing; rates go through "
        "rate_requests"
    )


@pytest.mark.parametrize("measure", [None, " ", 3])
def test_a_measure_that_is_no_text_is_refused(measure):
    with pytest.raises(SettingsError) as caught:
        Counts.from_frame(quarters(), freq="quarter", measure=measure)
    assert str(caught.value) == (
        f"measure: {measure!r} is no text; say in words what is counted, such as "
        "'received'"
    )


@pytest.mark.parametrize("as_of", [None, "2024-06-30"])
def test_empty_frame_gives_empty_counts(as_of):
    counts = count(quarters().iloc[:0], as_of=as_of)
    assert counts.regions == ()
    assert counts.summary() == "No counts of fulfilled."


def test_regions_named_like_missing_values_stay_text():
    frame = quarters(region=["NA", "NO", "NA", "007"])
    assert count(frame).regions == ("007", "NA", "NO")


def test_names_of_authorities_are_not_repeated_in_an_error() -> None:
    frame = pd.DataFrame(
        {"region": ["Polizia Uno"], "period": ["2024Q1"], "value": [1]}
    )
    given = Counts.from_frame(frame, freq="quarter", measure="valid")
    counts = replace(given, by=("authority",))
    with pytest.raises(SettingsError) as caught:
        counts.series("Polizia Due")
    assert str(caught.value) == (
        "region: there is no series of that authority; there are 1, under "
        "counts.regions, and their names are not repeated here; give one of them as "
        "it stands there"
    )
    by_channel = replace(given, by=("channel",))
    with pytest.raises(SettingsError, match=r'count_requests\(cleaned, by="channel"\)'):
        by_channel.series("fax")
