"""Counting a cleaned log: measures, keys, grids, rates."""

import pandas as pd
import pytest
from small_logs import clean

import disclosure_trends as dtr
from disclosure_trends.counts.aggregate import count_requests, tabulate_requests
from disclosure_trends.counts.rate_rules import wilson_interval
from disclosure_trends.counts.rates import rate_requests
from disclosure_trends.errors import SettingsError, UnknownRegionError
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.results import Estimate, NotEstimable
from disclosure_trends.simulate.requests import simulate_requests

MEASURES = (
    "received",
    "preservation",
    "valid",
    "invalid",
    "unassessed",
    "disclosed",
    "rejected",
    "pending",
    "accounts_requested",
    "accounts_disclosed",
)
NONE = {"accounts_disclosed": "0"}


@pytest.fixture(scope="module")
def log():
    """Nine requests, one of them to preserve, in three countries and three months."""
    rejected = {"outcome": "rejected", **NONE}
    return clean(
        {},
        rejected | {"refusal_ground": "no_legal_basis", "channel": "email"},
        rejected | {"refusal_ground": "overly_broad"},
        rejected,
        {"outcome": "pending", "closed_at": "", **NONE, "accounts_requested": "5"},
        {"legal_process": "preservation", "outcome": "preserved", **NONE},
        {"country": "FR", "received_at": "2024-06-30T23:00:00-01:00", "closed_at": ""},
        {"country": "IN", "outcome": "withdrawn", **NONE, "channel": "post"},
        {"country": "IN", "outcome": "partially_disclosed", "closed_at": "2024-06-20"},
        as_of="2024-08-15",
    )


def _total(log, measure, **more):
    counted = count_requests(log, measure=measure, **more).table
    return int(counted["value"].sum())


def test_measures(log):
    found = {measure: _total(log, measure) for measure in MEASURES}
    assert found == {
        "received": 8,
        "preservation": 1,
        "valid": 4,
        "invalid": 1,
        "unassessed": 3,
        "disclosed": 3,
        "rejected": 3,
        "pending": 1,
        "accounts_requested": 19,
        "accounts_disclosed": 3,
    }
    assert found["received"] == found["valid"] + found["invalid"] + found["unassessed"]


def test_the_default_grid_is_complete_disjoint_and_zero_filled(log):
    counts = count_requests(log, freq="month", measure="received")
    assert counts.regions == ("BR", "EEA-CH", "EU", "GB", "IN", "US", "other")
    table = counts.table
    assert list(table.columns) == [
        "region",
        "period",
        "period_start",
        "value",
        "is_complete",
    ]
    assert list(counts.periods) == ["2024-05", "2024-06", "2024-07", "2024-08"]
    assert len(table) == 28
    assert not table["value"].isna().any()
    eu = counts.series("EU")
    assert list(eu["value"]) == [5, 0, 1, 0]
    # July: half an hour of June in Paris' zone is the first hour of July in UTC.
    assert list(eu["is_complete"]) == [True, True, True, False]


def test_a_period_is_complete_once_its_decisions_can_be_in(log):
    counts = count_requests(log, measure="valid", within_days=30)
    assert list(counts.series("EU")["is_complete"]) == [True, True, False, False]


def test_within_days_is_inclusive_and_alike_everywhere(log):
    # The Indian request was closed on day 50, those without a date never.
    assert _total(log, "disclosed", within_days=49) == 1
    assert _total(log, "disclosed", within_days=50) == 2
    assert _total(log, "valid", within_days=1) == 0
    assert _total(log, "valid", within_days=2) == 2
    parts = [_total(log, m, within_days=2) for m in ("valid", "invalid", "unassessed")]
    assert sum(parts) == _total(log, "received", within_days=2) == 8


def test_within_days_without_a_date_of_decision():
    log = clean({}, {})
    undated = dtr.clean_requests(
        log.to_frame().drop(columns=["closed_at", "validated_at"]).astype("object"),
        as_of="2024-12-31",
    )
    counts = count_requests(undated, by="country", measure="valid", within_days=30)
    assert counts.table["value"].isna().all()
    assert not counts.table["is_complete"].any()
    assert counts.checks[0].text == "validated_at or closed_at is not recorded."


def test_months_add_up_to_quarters_halves_and_years(log):
    month, *longer = [
        count_requests(log, by="country", freq=freq, measure="received")
        .table.groupby("region")["value"]
        .sum()
        for freq in ("month", "day", "week", "quarter", "half", "year")
    ]
    for one in longer:
        pd.testing.assert_series_equal(one, month)


def test_weeks_begin_on_monday(log):
    counts = count_requests(log, by="country", freq="week", measure="received")
    row = counts.table[counts.table["value"] > 0].iloc[0]
    # 2024-05-01 was a Wednesday of ISO week 18.
    assert (row["period"], str(row["period_start"])[:10]) == ("2024-W18", "2024-04-29")


def test_several_keys_have_a_column_each(log):
    counts = count_requests(
        log, by=("country", "channel"), freq="year", measure="received"
    )
    table = counts.table[counts.table["value"] > 0]
    assert table[["country", "channel", "value"]].to_numpy().tolist() == [
        ["DE", "dsa_contact_point", 4],
        ["DE", "email", 1],
        ["FR", "dsa_contact_point", 1],
        ["IN", "dsa_contact_point", 1],
        ["IN", "post", 1],
    ]


def test_by_the_designated_line(log):
    counts = count_requests(
        log, by="on_designated_line", freq="year", measure="received"
    )
    assert dict(counts.table[["region", "value"]].to_numpy()) == {
        "false": 1,
        "true": 5,
        "unknown": 2,
    }


def test_where_keeps_and_refuses(log):
    assert _total(log, "received", where={"channel": ["email", "post"]}) == 2
    assert _total(log, "received", where={"country": "IN"}) == 2
    assert _total(log, "received", where={"authority": ["COURT  of x"]}) == 8
    assert _total(log, "received", where={"on_designated_line": [True]}) == 5
    with pytest.raises(SettingsError) as refused:
        count_requests(log, where={"legal_process": ["epocc"]})
    assert str(refused.value).startswith("where.legal_process: 'epocc' is unknown;")
    assert str(refused.value).endswith("did you mean 'epoc'?")
    with pytest.raises(SettingsError, match="where: 'chanel' is no key"):
        count_requests(log, where={"chanel": ["email"]})


def test_named_regions_and_overlaps(log):
    counts = count_requests(
        log, regions=("EU", "non-EU", "DE"), freq="year", measure="received"
    )
    assert dict(counts.table[["region", "value"]].to_numpy()) == {
        "DE": 5,
        "EU": 6,
        "non-EU": 2,
    }
    assert "overlapping_regions" in {check.name for check in counts.checks}
    disjoint = count_requests(log, regions=("EU", "non-EU"), measure="received")
    assert "overlapping_regions" not in {check.name for check in disjoint.checks}
    with pytest.raises(UnknownRegionError):
        count_requests(log, regions=("Europe",))
    with pytest.raises(SettingsError, match="by has no 'region'"):
        count_requests(log, by="country", regions=("EU",))


def test_own_regions_go_before_the_table():
    log = clean({"region": "DACH"}, {"region": ""}, {"country": "IN", "region": "APAC"})
    counts = count_requests(log, freq="year", measure="received")
    assert dict(counts.table[["region", "value"]].to_numpy()) == {
        "APAC": 1,
        "DACH": 1,
        "EU": 1,
    }
    fixed = count_requests(
        log, regions=("EU", "non-EU"), freq="year", measure="received"
    )
    assert list(fixed.table["value"]) == [2, 1]


def test_one_authority_in_several_spellings():
    log = clean(
        {"authority": "Caf\u00e9  Police"},
        {"authority": "cafe\u0301 POLICE"},
        {"authority": "Caf\u00e9\u200b Police"},
        {"authority": ""},
    )
    cells = tabulate_requests(log, by=("country", "authority"), freq="month")
    assert cells["authority"].fillna("-").tolist() == ["caf\u00e9 police", "-"]
    assert cells["received"].tolist() == [3, 1]


def test_tabulate_has_the_columns_that_models_read(log):
    cells = tabulate_requests(log, by=("country",), freq="month", within_days=30)
    assert list(cells.columns) == [
        "country",
        "period",
        *("received", "preservation", "valid", "invalid", "unassessed", "disclosed"),
        *("rejected", "pending", "withdrawn", "accounts_requested"),
        *("accounts_disclosed", "on_line", "off_line", "on_line_valid"),
        "off_line_valid",
    ]
    assert (cells["received"] + cells["preservation"] > 0).all()
    assert cells["on_line"].sum() == 5
    assert cells["off_line"].sum() == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"measure": "valied"},
            "measure: 'valied' is unknown; allowed are "
            "received, preservation, valid, invalid, unassessed, disclosed, rejected, "
            "pending, accounts_requested, accounts_disclosed; did you mean 'valid'?",
        ),
        (
            {"freq": "monthly"},
            "freq: 'monthly' is unknown; allowed are day, week, "
            "month, quarter, half, year; did you mean 'month'?",
        ),
        (
            {"within_days": -1},
            "within_days: -1 is negative; allowed are whole days from 0",
        ),
    ],
)
def test_messages(log, arguments, message):
    with pytest.raises(SettingsError) as refused:
        count_requests(log, **arguments)
    assert str(refused.value) == message


def test_what_is_not_recorded_is_missing_never_zero():
    log = (
        clean({}, {})
        .to_frame()
        .drop(columns=["outcome", "accounts_disclosed", "validity", "channel"])
    )
    cleaned = dtr.clean_requests(
        log.astype("object"),
        as_of="2024-12-31",
        read=ReadOptions(not_recorded=("outcome", "channel")),
    )
    counts = count_requests(cleaned, by="country", measure="valid")
    assert counts.table["value"].isna().all()
    assert counts.checks[0].text == "validity or outcome is not recorded."
    assert _total(cleaned, "received", by="country") == 2
    for rate, reason in (
        ("validity", "validity or outcome is not recorded"),
        ("disclosure", "outcome is not recorded"),
        ("designated_line", "channel is not recorded"),
    ):
        result = rate_requests(cleaned, by="country", rate=rate)
        assert result.estimates["DE"] == NotEstimable(reason, rule="not_recorded")
        assert result.table["rate"].isna().all()


# --- rates ------------------------------------------------------------------------


def test_rates_are_those_of_the_definitions(log):
    def rate(name):
        table = rate_requests(log, rate=name, regions=("DE",), freq="year").table
        return table["numerator"].iloc[0], table["denominator"].iloc[0]

    assert rate("validity") == (2, 3)
    assert rate("disclosure") == (1, 4)  # the pending one is in neither
    assert rate("designated_line") == (4, 5)
    assert rate("accounts_per_request") == (13, 5)


def test_an_estimate_is_of_the_latest_complete_period(log):
    result = rate_requests(log, rate="validity", regions=("DE", "BR"), freq="quarter")
    estimate = result.estimates["DE"]
    assert isinstance(estimate, Estimate)
    assert estimate.value == pytest.approx(2 / 3)
    assert result.estimates["BR"] == NotEstimable(
        "there are no assessed requests in a complete period", rule="no_cases"
    )
    assert result.findings()[0].statement == (
        "67 per cent of 3 assessed requests from Germany were valid in April to June "
        "2024 (95% interval 21 to 94%)."
    )
    assert result.summary().splitlines()[1] == (
        "No rate for Brazil: there are no assessed requests in a complete period."
    )
    statuses = result.table.groupby("status").size().to_dict()
    assert statuses == {"estimated": 1, "no cases": 1, "incomplete period": 2}


def test_the_bundle_and_the_figure_show_no_authority(log):
    result = rate_requests(log, rate="validity", freq="quarter")
    assert "Court of X" not in str(result.bundle())
    figure = result.figure()
    assert {trace.type for trace in figure.data} == {"scatter"}
    meta = figure.layout.meta["disclosure_trends"]
    assert meta["table"]["rows"]
    for by in ("authority", ("country", "channel")):
        private = rate_requests(log, by=by)
        assert private.bundle()["tables"] == private.bundle()["findings"] == []
        with pytest.raises(SettingsError, match="are for the analyst alone"):
            private.figure()


def test_wilson_interval():
    # Newcombe (1998), Stat. Med. 17, 857-872, table I, method 3: 81/263, 15/148, 0/20.
    for hits, cases, lower, upper in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
    ):
        found = wilson_interval(hits, cases)
        assert found == pytest.approx((lower, upper), abs=5e-5)


def test_a_log_that_ends_early_knows_nothing_of_later_months():
    rows = simulate_requests("rerouting", rng=3, end="2024-09", rows=6_000).requests
    kept = dtr.clean_requests(rows, as_of="2024-09-30")
    assert count_requests(kept).series("EU")["is_complete"].all()
    assert [check.name for check in count_requests(kept).checks] == []
    counts = count_requests(dtr.clean_requests(rows, as_of="2024-12-31"))
    eu = counts.series("EU").set_index("period")
    assert list(eu["is_complete"][-4:]) == [True, False, False, False]
    (check,) = counts.checks
    assert check.name == "log_end"
    assert "was cleaned as of 31 December 2024" in check.text
    # Three requests in three months: half a year without one may be chance.
    few = dtr.clean_requests(rows[::2_000], as_of="2024-12-31")
    assert count_requests(few).series("EU")["is_complete"].all()
