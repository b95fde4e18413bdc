"""Late cases: completed counts cover the truth, whole periods are left alone."""

import numpy as np
import pandas as pd
import pytest
from tests.small_logs import clean

from disclosure_trends.errors import SettingsError
from disclosure_trends.models.nowcast import COLUMNS, nowcast_counts
from disclosure_trends.models.reporting_delay import fit_delay
from disclosure_trends.results import NotEstimable
from disclosure_trends.simulate.series import simulate_counts


@pytest.fixture(scope="module")
def reports():
    simulated = simulate_counts(
        "outbreaks", rng=5, replicates=2, numbers=(13, 25, 37), mean_delay=30
    )
    frame = simulated.truth["reports"]
    return frame[frame["period"] >= "2021-01"]


def test_intervals_cover_and_the_error_is_smaller_than_that_of_raw_counts(reports):
    total = reports.groupby(["region", "period"])["value"].sum()
    inside, ours, raw = [], [], []
    for as_of in ("2023-12-31", "2024-03-31", "2024-06-10", "2024-09-20"):
        table = nowcast_counts(reports, as_of=as_of).table
        for row in table[table["status"] == "nowcast"].itertuples():
            truth = total.get((row.region, row.period), 0)
            inside.append(row.lower <= truth <= row.upper)
            ours.append(abs(row.value - truth))
            raw.append(abs(row.reported - truth))
    assert len(inside) > 40
    assert np.mean(inside) >= 0.90
    assert np.mean(ours) < 0.5 * np.mean(raw)


def test_table_and_what_is_left_alone(reports):
    result = nowcast_counts(reports, as_of="2024-09-30")
    table = result.table
    assert list(table.columns) == list(COLUMNS)
    whole = table[table["status"] == "whole"]
    assert (whole["value"] == whole["reported"]).all()
    early = nowcast_counts(reports, as_of="2024-10-03").table
    last = early[early["period"] == "2024-10"]
    assert set(last["status"]) == {"too early"}
    assert last[["value", "lower", "upper"]].isna().all().all()
    assert "are known for September 2024" in result.summary()
    assert result.figure().layout.meta["disclosure_trends"]["name"] == "nowcast"


def late_cases(rng, *, mean, delay, months=36):
    """Cases of months to December 2024, all delays, as a frame."""
    frames = []
    for period in pd.period_range(end="2024-12", periods=months, freq="M"):
        n = rng.poisson(mean)
        days = rng.uniform(0, period.days_in_month, n) + rng.exponential(delay, n)
        found = pd.Series(days.astype(int)).value_counts()
        cells = pd.DataFrame({"delay": found.index, "value": found.to_numpy()})
        frames.append(cells.assign(region="X", period=str(period)))
    return pd.concat(frames, ignore_index=True)


def test_intervals_of_whole_periods_cover_where_counts_are_large():
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(8):
        frame = late_cases(rng, mean=1000, delay=25)
        total = frame.groupby("period")["value"].sum()
        table = nowcast_counts(frame, as_of="2024-12-31").table.tail(12)
        whole = table[table["status"] == "whole"]
        assert (whole["lower"] == whole["reported"]).all()
        truth = whole["period"].map(total)
        inside += list((whole["lower"] <= truth) & (truth <= whole["upper"]))
    # 135 such periods of another seed: .970.
    assert len(inside) > 60
    assert np.mean(inside) >= 0.92


def test_periods_after_the_end_of_the_log_are_not_zero():
    # Appeared until December 2024, asked as of 2026: 12 months are not logged.
    frame = late_cases(np.random.default_rng(4), mean=28, delay=20)
    days = pd.to_datetime(frame["period"]) + pd.to_timedelta(frame["delay"], "D")
    frame = frame[days <= "2024-12-31"]
    result = nowcast_counts(frame, as_of="2025-12-31")
    later = result.table[result.table["period"] >= "2025-01"]
    assert list(later["status"]) == ["not logged"] * 12
    assert later[["reported", "value", "lower", "upper"]].isna().all().all()
    assert result.as_of == "2025-12-31"
    until = nowcast_counts(frame, as_of="2024-12-31").table
    pd.testing.assert_frame_equal(
        result.table[result.table["period"] < "2025-01"].astype({"reported": "int64"}),
        until,
    )
    check = next(check for check in result.checks if check.name == "log_end")
    assert check.text == (
        "The log seems to end on 31 December 2024, though as_of is 31 December 2025: "
        "nothing later is used, and later periods are taken as not logged, not as zero."
    )
    assert "are known for December 2024" in result.summary()
    assert result.figure().layout.meta["disclosure_trends"]["name"] == "nowcast"


def test_one_late_row_does_not_hide_the_end_of_a_log():
    frame = late_cases(np.random.default_rng(4), mean=28, delay=20)
    days = pd.to_datetime(frame["period"]) + pd.to_timedelta(frame["delay"], "D")
    stray = pd.DataFrame(
        {"region": ["X"], "period": ["2024-05"], "delay": [480], "value": [1]}
    )
    frame = pd.concat([frame[days <= "2024-12-31"], stray])
    table = nowcast_counts(frame, as_of="2025-12-31").table
    later = table[table["period"] >= "2025-01"]
    assert set(later["status"]) == {"not logged"}


def test_a_log_filled_once_a_quarter_goes_on_between_two_fillings():
    cells = pd.DataFrame(
        [
            (str(month), (quarter.end_time - month.start_time).days + 1)
            for month in pd.period_range("2022-01", "2024-09", freq="M")
            for quarter in [month.asfreq("Q")]
        ],
        columns=["period", "delay"],
    ).assign(region="X", value=60)
    # Last filled on 1 October; October and November wait, as they always did.
    between = nowcast_counts(cells, as_of="2024-11-30")
    assert "log_end" not in {check.name for check in between.checks}
    assert between.table["reported"].iloc[-3] == 60  # September
    # Two fillings left out.
    over = nowcast_counts(cells, as_of="2025-06-30")
    assert "log_end" in {check.name for check in over.checks}
    table = over.table.set_index("period")
    assert table.loc["2024-09", "reported"] == 60
    assert set(table.loc["2024-11":, "status"]) == {"not logged"}


def test_a_measure_that_stops_is_zero_while_the_log_goes_on():
    rows = []
    for day in pd.date_range("2023-01-01", "2024-11-20", freq="D"):
        logged = day + pd.Timedelta(days=day.day % 9)
        closed = {
            "outcome": "disclosed",
            "accounts_disclosed": "1",
            "closed_at": f"{day.date()}T10:00:00Z",
        }
        more = closed if day < pd.Timestamp("2024-07-01") else {}
        rows.append(request(str(day.date()), str(logged.date()), **more))
    log = clean(*rows, as_of="2024-11-30")
    table = nowcast_counts(log, measure="disclosed").table.set_index("period")
    assert table.loc["2024-06", "reported"] == 30
    assert table.loc["2024-09", "status"] == "whole"
    assert table.loc["2024-09", "reported"] == 0


def test_nothing_after_as_of_is_used(reports):
    first = nowcast_counts(reports, as_of="2024-03-31").table
    days = pd.to_datetime(reports["period"]) + pd.to_timedelta(reports["delay"], "D")
    known = reports[days <= "2024-03-31"]
    second = nowcast_counts(known, as_of="2024-03-31").table
    pd.testing.assert_frame_equal(first, second)


def test_delay_model_by_hand():
    # Half on day 0, half on day 1, alike in all periods; the last is seen on day 0.
    triangle = np.array([[10.0, 10], [20, 20], [30, 30], [40, 0]])
    model = fit_delay(triangle, np.array([30, 20, 10, 0]))
    assert model.at(0)[0] == pytest.approx(0.5)
    assert model.at(1) == (1.0, 1.0)
    assert model.at(99) == (1.0, 1.0)


def test_the_share_past_the_learnt_steps_is_that_of_the_oldest_half():
    # 990 of 1000 on day 0, 6 on day 1, 4 on day 3: .996 is learnt step by step.
    triangle = np.tile([990.0, 6, 0, 4], (4, 1))
    model = fit_delay(triangle, np.array([30, 20, 10, 5]))
    shares = [model.at(days)[0] for days in range(5)]
    assert shares == pytest.approx([0.990, 0.996, 0.996, 1, 1])


def test_delays_that_cannot_be_told_are_refused():
    short = pd.DataFrame(
        {
            "region": "X",
            "period": ["2024-01", "2024-02"],
            "delay": [40, 35],
            "value": [50, 5],
        }
    )
    refused = nowcast_counts(short).estimates["nowcast"]
    assert isinstance(refused, NotEstimable)
    assert refused.rule == "not_identifiable"
    at_once = short.assign(delay=0)
    assert "no delay is recorded" in nowcast_counts(at_once).summary()
    assert nowcast_counts(short.iloc[:0], as_of="2024-05-01").table.empty


@pytest.mark.parametrize(
    ("column", "cell", "shown", "largest"),
    [
        ("delay", -1, "-1", 36525),
        ("delay", 3.5, "3.5", 36525),
        ("delay", "soon", "soon", 36525),
        ("delay", 10**7, "10000000", 36525),
        ("value", -2, "-2", 10**15),
        ("value", 1.5, "1.5", 10**15),
        ("value", float("inf"), "inf", 10**15),
        ("value", 1e19, "1e+19", 10**15),
    ],
)
def test_cells_of_a_frame_are_whole_numbers(column, cell, shown, largest):
    frame = pd.DataFrame(
        {"region": ["X"], "period": ["2024-01"], "delay": [3], "value": [1]}
    ).assign(**{column: [cell]})
    with pytest.raises(SettingsError) as caught:
        nowcast_counts(frame)
    assert str(caught.value) == (
        f"data: in column {column!r} 1 cells are no whole numbers from 0 to {largest}, "
        f"the first is {shown}; count cases by whole days from the start of the period"
    )


def test_frames_are_checked():
    frame = pd.DataFrame(
        {"region": ["X"], "period": ["2024-01"], "delay": [3], "value": [1]}
    )
    with pytest.raises(SettingsError) as caught:
        nowcast_counts(frame.assign(value=[None]))
    assert str(caught.value) == (
        "data: a cell is missing; give every row all four columns"
    )
    with pytest.raises(SettingsError) as caught:
        nowcast_counts(frame.drop(columns="delay"))
    assert str(caught.value) == (
        "data: there is no column 'delay'; needed are region, period, delay, value"
    )
    # The same cell under two names of its period.
    again = pd.concat([frame, frame.assign(period="2024-01-15")])
    with pytest.raises(SettingsError) as caught:
        nowcast_counts(again)
    assert str(caught.value) == (
        "data: 1 cells are given twice, the first is X 2024-01, delay 3; one row per "
        "region, period and delay is allowed; add them up before"
    )


def request(day, logged, **more):
    return {
        "received_at": f"{day}T09:00:00Z",
        "logged_at": "" if logged is None else f"{logged}T09:00:00Z",
        "closed_at": "",
        "outcome": "pending",
        "accounts_disclosed": "",
        **more,
    }


def test_a_log_is_read_from_its_day_of_logging():
    rng = np.random.default_rng(0)
    rows = []
    for day in pd.date_range("2023-01-01", "2024-11-28", freq="D"):
        for _ in range(2):
            logged = day + pd.Timedelta(days=int(rng.integers(0, 40)))
            if logged <= pd.Timestamp("2024-11-30"):
                rows.append(request(str(day.date()), str(logged.date())))
    log = clean(*rows, as_of="2024-11-30")
    result = nowcast_counts(log, measure="received")
    table = result.table.set_index("period")
    assert table.loc["2024-11", "status"] == "nowcast"
    # 28 days of two requests each are the truth.
    assert table.loc["2024-11", "lower"] <= 56 <= table.loc["2024-11", "upper"]
    assert table.loc["2024-11", "reported"] < 50
    assert table.loc["2024-03", "status"] == "whole"
    assert set(result.table["region"]) == {"EU"}
    with pytest.raises(SettingsError, match="did you mean 'logged_at'"):
        nowcast_counts(log, visible="loged_at")


def test_a_log_without_the_day_of_logging_is_refused():
    log = clean(*[request("2024-05-01", None)] * 2)
    refused = nowcast_counts(log, measure="received").estimates["nowcast"]
    assert refused == NotEstimable("logged_at is not recorded", rule="not_recorded")


def test_a_log_of_closed_requests_only_is_named():
    rows = [
        request(
            f"2024-0{1 + n % 9}-10",
            None,
            closed_at=f"2024-0{1 + n % 9}-25T09:00:00Z",
            outcome="no_data",
            accounts_disclosed="0",
        )
        for n in range(36)
    ]
    result = nowcast_counts(clean(*rows), measure="received")
    check = next(check for check in result.checks if check.name == "closed_only")
    assert check.passed is False
    assert check.text.startswith(
        "No row of this log is open: it holds closed requests only."
    )
