"""Real logs: their figures come out, or the option that is missing is named."""

from logs.outcomes import tally

import disclosure_trends as dtr
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.options import ReadOptions

UK_TERMS = {
    "Successful": "disclosed",
    "Partially successful": "partially_disclosed",
    "Information not held": "no_data",
    "Refused": "rejected",
    "Withdrawn by the requester": "withdrawn",
    "Awaiting classification": "pending",
    "Long overdue": "pending",
    "Waiting clarification": "pending",
    "Awaiting internal review": "pending",
    "Awaiting response": "pending",
    "Handled by postal mail": "pending",
    "Delayed": "pending",
    "Delivery error": "pending",
}


def _uk(**more):
    return ReadOptions(
        columns={
            "request_id": "Request",
            "received_at": "Request Date",
            "authority": "Authority Name",
            "outcome": "Status",
        },
        constants={"country": "GB", "accounts_requested": 1},
        not_recorded=("channel", "legal_process"),
        terms={"outcome": UK_TERMS},
        **more,
    )


def test_the_uk_log_reads_day_first_without_being_told(shared_data):
    path = shared_data / "real_logs" / "uk_foi.csv"
    log = clean_requests(path, as_of="2025-03-06", read=_uk(min_date="2008-01-01"))
    assert tally(log) == (5462, 0, 0)  # the figures of its README
    months = log.to_frame()["received_at"].dt.strftime("%Y-%m")
    assert months.nunique() == 196
    order = log.ledger.files["uk_foi.csv"].date_orders["received_at"]
    assert order.startswith("dmy: proved by 3609 rows")
    counts = dtr.count_requests(log, by="country", measure="received").table
    assert counts["value"].sum() == 5462
    line = dtr.rate_requests(log, by="country", rate="designated_line")
    assert str(line.estimates["GB"]) == "not estimable: channel is not recorded"


def test_the_uk_log_without_min_date_names_the_option(shared_data):
    log = clean_requests(
        shared_data / "real_logs" / "uk_foi.csv", as_of="2025-03-06", read=_uk()
    )
    assert log.ledger.total.by_reason == {"before_min_date": 754}  # its README
    assert any(check.name == "min_date" for check in log.checks)


def test_the_canadian_logs(shared_data):
    records = clean_rows = conflicts = 0
    for path in sorted((shared_data / "real_logs" / "ca_foi").glob("*.csv")):
        decided = "edmonton" not in path.name
        columns = {
            "request_id": "identifier",
            "received_at": "date_accepted",
            "closed_at": "date",
        }
        terms = {
            "all disclosed": "disclosed",
            "disclosed in part": "partially_disclosed",
            "nothing disclosed": "rejected",
            "discontinued": "withdrawn",
            "correction": "disclosed",
            "": "pending",
        }
        read = ReadOptions(
            columns=columns | ({"outcome": "decision"} if decided else {}),
            constants={
                "country": "CA",
                "authority": path.stem,
                "accounts_requested": 1,
            },
            not_recorded=(
                "channel",
                "legal_process",
                *(() if decided else ("outcome",)),
            ),
            terms={"outcome": terms} if decided else {},
            min_date="2011-01-01",
            max_quarantine_share=0.5,
        )
        log = clean_requests(path, as_of="2016-12-31", read=read)
        assert log.passed
        records += log.ledger.total.records
        clean_rows += log.ledger.total.clean
        conflicts += log.ledger.total.by_reason.get("outcome_conflict", 0)
        if "toronto" in path.name:
            rows = log.to_frame()
            days = (rows["closed_at"] - rows["received_at"]).dt.days
            assert days.max() == 349
    # The figures of its README.
    assert (records, clean_rows, conflicts) == (12457, 9564, 3)
