"""The data-quality result: counts only, and they are the ledger's."""

import json

import pandas as pd

import disclosure_trends as dtr
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.reports.quality import describe_quality
from disclosure_trends.results import BUNDLE_TYPE


def log(*countries: str) -> CleanedLog:
    n = len(countries)
    frame = pd.DataFrame(
        {
            "request_id": [f"R-{number}" for number in range(n)],
            "received_at": ["2024-09-01T10:00:00"] * n,
            "country": countries,
            "authority": ["Court of Secrets"] * n,
            "channel": ["email"] * n,
            "legal_process": ["court_order"] * n,
            "outcome": ["disclosed"] * n,
            "accounts_requested": ["1"] * n,
        }
    )
    return dtr.clean_requests(frame, as_of="2024-12-31")


def test_every_record_is_somewhere() -> None:
    quality = describe_quality(log("FR", "France", "Atlantis", "NO", "NA"))
    assert quality.total == {
        "records": 5,
        "clean": 4,
        "superseded": 0,
        "quarantined": 1,
    }
    first, second = quality.findings()[:2]
    assert first.statement == (
        "Of 5 records, 4 are clean, 0 superseded and 1 (20 per cent) set aside."
    )
    assert second.numbers == {"most_frequent": 1}
    assert list(quality.tables["reasons"]["code"]) == ["unknown_country"]
    columns = quality.tables["columns"].set_index("column")
    assert columns.loc["country", "unknown"] == 1


def test_no_row_and_no_spelling_is_in_the_bundle() -> None:
    quality = describe_quality(log("FR", "Atlantis"))
    text = json.dumps(quality.bundle())
    for secret in ("Atlantis", "Secrets", "R-1"):
        assert secret not in text
    assert BUNDLE_TYPE in quality._repr_mimebundle_()


def test_a_log_without_faults_has_a_figure_too() -> None:
    quality = describe_quality(log("FR", "NO"))
    meta = quality.figure().layout.meta["disclosure_trends"]
    assert meta["title"] == "No record was set aside"
    assert [table.name for table in quality.display_tables()] == ["files", "columns"]


def test_one_record_is_one_record() -> None:
    quality = describe_quality(log("FR", "Atlantis"))
    (bar,) = quality.figure().data
    assert list(bar.x) == [1]
    title = quality.figure().layout.meta["disclosure_trends"]["title"]
    assert title == (
        "1 record was set aside, most often: no country has that code or name"
    )
