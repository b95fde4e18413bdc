"""Series as somebody outside brings them: every shape, length and gap."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure_trends.counts.counts import Counts
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.change_point import ONE_SIDED, date_uptick
from disclosure_trends.models.nowcast import nowcast_counts
from disclosure_trends.models.trend.fit import fit_trend
from disclosure_trends.models.uptick.detect import detect_upticks
from disclosure_trends.models.uptick.tables import COLUMNS
from disclosure_trends.results import NotEstimable
from disclosure_trends.vocabulary.periods import next_period

FIRST = {
    "day": "2023-12-20",
    "week": "2020-W50",  # 2020 has 53 weeks
    "month": "2019-11",
    "quarter": "2019Q4",
    "half": "2015H2",
    "year": "1999",
}
JUDGED = ["expected", "lower", "upper", "p_value", "q_value", "alarm"]
STATUSES = {
    "examined",
    "short history",
    "incomplete period",
    "too few cases",
    "new line",
}


def periods(freq, n):
    names = [FIRST[freq]]
    while len(names) < n:
        names.append(next_period(names[-1]))
    return names


def frame_of(columns, freq):
    parts = [
        pd.DataFrame({"region": r, "period": periods(freq, len(v)), "value": v})
        for r, v in columns.items()
    ]
    return pd.concat(parts, ignore_index=True)


def check_scan(counts, *, rate, last):
    """Hold what the table of a scan promises."""
    table = detect_upticks(counts, false_alarm_rate=rate, last=last).table
    assert tuple(table.columns) == COLUMNS
    assert set(table["status"]) <= STATUSES
    examined = table[table["status"] == "examined"]
    alarm = examined["alarm"].astype(bool)
    assert (alarm == (examined["value"].astype(float) > examined["upper"])).all()
    assert (alarm == (examined["p_value"] <= rate)).all()
    assert examined[["value", *JUDGED]].notna().all().all()
    assert (examined["lower"] <= examined["upper"]).all()
    assert examined["p_value"].between(0, 1).all()
    assert (examined["q_value"] >= examined["p_value"] - 1e-12).all()
    left_out = table[table["status"] != "examined"]
    assert left_out[JUDGED].isna().all().all()
    return table


def check_date(counts, region):
    result = date_uptick(counts, region=region)
    ratio = result.estimates["rate_ratio"]
    if isinstance(ratio, NotEstimable):
        if ratio.rule not in ONE_SIDED:
            assert result.date_set == tuple(counts.series(region)["period"])
        return
    assert 0 < ratio.lower <= ratio.value <= ratio.upper < np.inf
    assert result.table["probability"].sum() == pytest.approx(1)
    chosen = result.table.set_index("period").loc[list(result.date_set), "probability"]
    assert chosen.sum() >= 0.95 - 1e-9


CELL = st.one_of(
    st.none(),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from([0, 10**6, 10**9]),
)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_is_brought_the_promises_hold(data):
    freq = data.draw(st.sampled_from(sorted(FIRST)))
    n = data.draw(st.integers(1, 40 if freq != "day" else 70))
    columns = {
        f"S{k}": data.draw(st.lists(CELL, min_size=n, max_size=n))
        for k in range(data.draw(st.integers(1, 3)))
    }
    frame = frame_of(columns, freq)
    if data.draw(st.booleans()):
        sizes = st.one_of(st.none(), st.floats(0.01, 1e6))
        frame["exposure"] = [data.draw(sizes) for _ in range(len(frame))]
    if data.draw(st.booleans()):
        frame["is_complete"] = frame["period"] != frame["period"].max()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        counts = Counts.from_frame(frame, freq=freq, measure="removals")
        rate = data.draw(st.sampled_from([0.01, 0.05, 0.5]))
        check_scan(counts, rate=rate, last=data.draw(st.integers(1, 3)))
        check_date(counts, "S0")
        fit_trend(counts, region="S0").summary()


@pytest.mark.parametrize(
    ("freq", "n"),
    [("month", 48), ("week", 120), ("day", 120), ("quarter", 16), ("year", 12)],
)
def test_twice_the_exposure_doubles_what_is_expected(freq, n):
    rng = np.random.default_rng(8)
    values = rng.poisson(40, n)
    frame = frame_of({"A": values, "B": values}, freq)
    frame["exposure"] = 3.0
    last = (frame["region"] == "B") & (frame["period"] == frame["period"].iloc[-1])
    frame.loc[last, "exposure"] = 6.0
    counts = Counts.from_frame(frame, freq=freq, measure="removals")
    table = check_scan(counts, rate=0.01, last=1).set_index("region")
    ratio = table.loc["B", "expected"] / table.loc["A", "expected"]
    assert ratio == pytest.approx(2, rel=0.02)
    assert table.loc["B", "upper"] > 1.4 * table.loc["A", "upper"]


def test_growth_of_the_exposure_is_no_uptick():
    n = 20
    room = np.linspace(1, 4, n)
    frame = frame_of({"A": np.round(50 * room).astype(int)}, "quarter")
    plain = Counts.from_frame(frame, freq="quarter", measure="removals")
    frame["exposure"] = room
    scaled = Counts.from_frame(frame, freq="quarter", measure="removals")
    assert detect_upticks(plain).table.loc[0, "p_value"] < 0.1
    assert detect_upticks(scaled).table.loc[0, "p_value"] > 0.2


def test_a_count_without_exposure_is_said_and_no_other_series_suffers():
    rng = np.random.default_rng(9)
    frame = frame_of({"A": rng.poisson(40, 48), "B": rng.poisson(40, 48)}, "month")
    frame["exposure"] = np.tile(np.linspace(1, 4, 48), 2)
    whole = Counts.from_frame(frame, freq="month", measure="removals")
    frame.loc[4, "exposure"] = np.nan
    holed = Counts.from_frame(frame, freq="month", measure="removals")
    first, second = (
        detect_upticks(c).table.set_index("region") for c in (whole, holed)
    )
    assert first.loc["B", "p_value"] == second.loc["B", "p_value"]
    assert first.loc["A", "p_value"] != second.loc["A", "p_value"]
    texts = [check.text for check in detect_upticks(holed).checks]
    assert "1 series with a count that has no exposure: judged without exposure." in (
        texts
    )
    for result in (date_uptick(holed, region="A"), fit_trend(holed, region="A")):
        assert "exposure_missing" in [check.name for check in result.checks]
    assert not date_uptick(holed, region="B").checks


def test_a_missing_count_needs_no_exposure():
    rng = np.random.default_rng(10)
    frame = frame_of({"A": rng.poisson(40, 48)}, "month").assign(exposure=2.0)
    holed = frame.drop(index=[7, 8, 20])
    counts = Counts.from_frame(holed, freq="month", measure="removals")
    assert counts.table["exposure"].isna().sum() == 3
    result = detect_upticks(counts)
    assert result.table.loc[0, "status"] == "examined"
    assert "exposure_missing" not in [check.name for check in result.checks]


def test_periods_may_be_text_days_timestamps_or_pandas_periods():
    values = list(range(20, 56))
    text = frame_of({"A": values}, "month")
    forms = [
        text["period"],
        text["period"] + "-17",
        pd.to_datetime(text["period"]),
        pd.PeriodIndex(text["period"], freq="M"),
        [day.date() for day in pd.to_datetime(text["period"])],
    ]
    tables = [
        detect_upticks(
            Counts.from_frame(
                text.assign(period=form), freq="month", measure="removals"
            )
        ).table
        for form in forms
    ]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def test_a_period_that_is_missing_is_refused_in_words():
    frame = frame_of({"A": [1, 2, 3]}, "month")
    frame["period"] = pd.to_datetime(frame["period"])
    frame.loc[1, "period"] = pd.NaT
    with pytest.raises(SettingsError) as raised:
        Counts.from_frame(frame, freq="month", measure="removals")
    assert str(raised.value) == (
        "frame: 1 rows have no period; every row needs one; fill it, or leave the "
        "rows out"
    )


def test_reports_of_another_frequency_are_refused_in_words():
    rows = [("A", "2024-W10", 3, 5), ("A", "2024-W11", 2, 6)]
    frame = pd.DataFrame(rows, columns=["region", "period", "delay", "value"])
    with pytest.raises(SettingsError) as raised:
        nowcast_counts(frame, freq="month")
    assert str(raised.value) == (
        "data: the period '2024-W10' is a week; all periods must be of freq='month'; "
        "give the freq of the data, or one row per period of this freq"
    )


def test_the_period_in_which_as_of_lies_is_not_examined():
    values = [40] * 36 + [400]
    frame = frame_of({"A": values}, "month")
    middle = pd.Timestamp(frame["period"].iloc[-1]) + pd.Timedelta(days=14)
    counts = Counts.from_frame(
        frame, freq="month", measure="removals", as_of=middle.date()
    )
    table = detect_upticks(counts).table
    assert table["status"].tolist() == ["examined", "incomplete period"]
    assert not table.loc[0, "alarm"]
