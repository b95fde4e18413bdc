"""Models on a log that nobody on the project wrote; skipped where it is absent."""

import numpy as np
import pytest

from disclosure_trends.counts.aggregate import count_requests
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.models.change_point import date_uptick
from disclosure_trends.models.decomposition.decompose import decompose_change
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
def cleaned(shared_data):
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
    return clean_requests(
        shared_data / "real_logs" / "uk_foi.csv", as_of="2025-03-06", read=read
    )


@pytest.fixture(scope="module")
def counts(cleaned):
    return count_requests(cleaned, by="country", freq="month", measure="received")


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


def test_years_without_a_channel_split_into_volume_and_validity(cleaned):
    result = decompose_change(cleaned, region="GB", before="2012", after="2022")
    change = result.estimates["change"].value
    parts = [result.estimates[n].value for n in ("volume", "validity")]
    assert sum(parts) == pytest.approx(change, abs=1e-9 * max(1, abs(change)))
    assert result.estimates["routing"].reason == "channel is not recorded"
    assert result.estimates["volume"].lower is None  # one country: no interval


def test_volume_rose_while_validity_collapsed(cleaned):
    result = decompose_change(cleaned, region="GB", before="2023-12", after="2024-01")
    # Counted with grep in the file: 13 requests of December 2023, 10 of them answered;
    # 331 of January 2024, 46 answered: one campaign, and nearly all of it from
    # authorities not asked the month before.
    values = {
        name: e.value for name, e in result.estimates.items() if name != "routing"
    }
    assert result.table["end"].iloc[[0, -1]].tolist() == [10, 46]
    assert result.estimates["routing"].rule == "not_recorded"
    assert values["change"] == 46 - 10
    assert values["volume"] + values["validity"] == pytest.approx(36, abs=1e-9)
    assert values["volume"] > 36
    assert values["validity"] < 0
    # LMDI-I of the totals: L(10, 46) = 36 / ln 4.6; times ln(331 / 13) and
    # ln((46 / 331) / (10 / 13)).
    weight = 36 / np.log(4.6)
    lmdi = result.table.set_index("step")["lmdi"]
    assert lmdi["volume"] == pytest.approx(weight * np.log(331 / 13))
    assert lmdi["validity"] == pytest.approx(weight * np.log((46 / 331) / (10 / 13)))
    said = result.summary()
    assert "10 in December 2023, 46 in January 2024" in said
    assert "Received were 13 and then 331, of which 77 per cent and then 14 per" in said
    missed = {check.name for check in result.checks if check.passed is False}
    assert {"turnover", "assessed", "countries"} <= missed
