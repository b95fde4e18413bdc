"""Which version of a request counts, and what becomes of the others."""

from logs.outcomes import tally
from small_logs import AS_OF, clean, frame, ids

from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.options import ReadOptions

LATER = {"updated_at": "2024-06-02T00:00:00Z"}
EARLIER = {"updated_at": "2024-06-01T00:00:00Z"}
SAME = {"request_id": "R-9"}


def test_a_row_sent_twice_is_kept_once():
    log = clean(SAME, SAME, SAME, {})
    assert ids(log) == ["R-4", "R-9"]
    assert log.ledger.total.by_reason == {"duplicate_exact": 2}
    assert list(log.to_frame()["source_row"]) == [1, 4]


def test_the_latest_version_counts():
    log = clean(SAME | EARLIER, SAME | LATER | {"country": "FR"}, {})
    assert tally(log) == (2, 1, 0)
    assert list(log.to_frame()["country"]) == ["FR", "DE"]
    assert list(log.superseded()["country"]) == ["DE"]


def test_two_answers_without_a_date_are_a_conflict():
    log = clean(SAME, SAME | {"country": "FR"}, {})
    assert ids(log) == ["R-3"]
    assert log.ledger.total.by_reason == {"duplicate_conflict": 2}


def test_an_exact_tie_in_a_reported_column_is_a_conflict():
    log = clean(SAME | LATER, SAME | LATER | {"accounts_requested": "3"}, {})
    assert log.ledger.total.by_reason == {"duplicate_conflict": 2}


def test_a_version_without_a_date_cannot_be_ranked():
    log = clean(SAME | LATER, SAME | {"updated_at": "", "country": "FR"}, {})
    assert log.ledger.total.by_reason == {"duplicate_conflict": 2}


def test_a_tie_in_wording_keeps_one_whatever_the_order():
    versions = [SAME | LATER | {"authority": name} for name in ("Court of Y", "Court")]
    for rows in (versions, versions[::-1]):
        log = clean(*rows, {})
        assert tally(log) == (2, 1, 0)
        assert log.to_frame()["authority"].iloc[0] in ("Court of Y", "Court")
        assert log.ledger.total.warnings == {"tie_between_versions": 1}
    kept = {
        clean(*rows).to_frame()["authority"].iloc[0]
        for rows in (versions, versions[::-1])
    }
    assert len(kept) == 1


def test_bookkeeping_is_no_conflict():
    log = clean(SAME | {"logged_at": "2024-06-02"}, SAME | {"logged_at": "2024-06-01"})
    assert tally(log) == (1, 1, 0)
    assert str(log.to_frame()["logged_at"].iloc[0])[:10] == "2024-06-01"
    assert log.ledger.total.warnings == {}


def test_the_newest_usable_version_counts_and_says_so():
    log = clean(SAME | EARLIER, SAME | LATER | {"country": "QQ"})
    assert tally(log) == (1, 0, 1)
    assert log.ledger.total.warnings == {"newer_version_quarantined": 1}


def test_a_version_written_after_as_of_gives_way():
    later = {"updated_at": "2025-02-01", "channel": "post"}
    log = clean(SAME | EARLIER, SAME | later, {})
    assert log.to_frame()["channel"].iloc[0] == "dsa_contact_point"
    assert clean(SAME | later, {}).to_frame()["channel"].iloc[0] == "post"


def test_ids_that_differ_in_case_or_blanks_are_two_requests():
    log = clean({"request_id": "r-9"}, {"request_id": "R-9"}, {"request_id": "R-9 "})
    assert tally(log) == (3, 0, 0)
    assert log.ledger.total.warnings == {"possible_duplicate": 3}


def test_versions_on_one_line_of_a_file_are_told_apart(tmp_path):
    rows = (SAME, SAME, SAME | {"authority": "Court"}, {"request_id": "R-7"}, {})
    records = frame(*rows).to_json(orient="records", lines=True).split("\n")
    path = tmp_path / "log.jsonl"
    path.write_text("".join(records), encoding="utf-8")
    log = clean_requests(path, as_of=AS_OF, read=ReadOptions(max_quarantine_share=1))
    assert log.ledger.total.by_reason == {"duplicate_exact": 1}
    assert tally(log) == (3, 1, 1)
    assert set(log.to_frame()["source_row"]) == {1}
