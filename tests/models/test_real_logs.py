"""Upticks on a log that nobody on the project wrote; skipped where it is absent."""

import pytest

from disclosure_trends.counts.aggregate import count_requests
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.models.change_point import date_uptick
from disclosure_trends.models.trend.fit import fit_trend
from disclosure_trends.models.uptick.detect import detect_upticks
from disclosure_trends.results import Estimate

OUTCOMES = {
    "Successful": "disclosed",
    "Partially successful": "partially_disclosed",
    "Information not held": "no_data",
    "Refused": "rejected",
    "Withdrawn by the requester": "withdrawn",
    **dict.fromkeys(
        (
            "Awaiting classification",
            "Long overdue",
            "Waiting clarification",
            "Awaiting internal review",
            "Awaiting response",
            "Handled by postal mail",
            "Delayed",
            "Delivery error",
        ),
        "pending",
    ),
}


@pytest.fixture(scope="module")
def counts(shared_data):
    read = ReadOptions(
        columns={
            "request_id": "Request",
            "received_at": "Request Date",
            "authority": "Authority Name",
            "outcome": "Status",
        },
        constants={"country": "GB", "accounts_requested": 1},
        not_recorded=("channel", "legal_process"),
        min_date="2008-01-01",
        terms={"outcome": OUTCOMES},
    )
    log = clean_requests(
        shared_data / "real_logs" / "uk_foi.csv", as_of="2025-03-06", read=read
    )
    return count_requests(log, by="country", freq="month", measure="received")


def test_a_campaign_of_one_day_is_an_alarm_in_its_month(counts):
    # 308 requests on 2023-09-13, the busiest day of the log.
    scan = detect_upticks(counts, last=24)
    table = scan.table.set_index("period")
    assert table.loc["2023-09", "alarm"]
    assert table.loc["2023-09", "value"] >= 308
    # The running month is not examined, and no more than one month in five alarms.
    assert table.loc["2025-03", "status"] == "incomplete period"
    assert table["alarm"].sum() <= 5


def test_it_can_be_dated_and_fitted(counts):
    ratio = date_uptick(counts, region="GB").estimates["rate_ratio"]
    assert isinstance(ratio, Estimate)
    assert ratio.lower > 1
    growth = fit_trend(counts, region="GB").estimates["growth_per_year"]
    assert isinstance(growth, Estimate)
