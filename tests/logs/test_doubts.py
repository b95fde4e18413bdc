"""Requests sent again under a new id, and ids that stand for nothing."""

import duckdb
import pytest
from small_logs import clean

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.memory import within_memory

NOON = {"received_at": "2024-05-01T12:00:00Z"}


def _warned(*changes: dict[str, object], **read: object) -> int:
    log = clean(*changes, **read)
    assert log.ledger.total.clean == len(changes)
    return log.ledger.total.warnings.get("possible_duplicate", 0)


def test_the_same_request_within_ten_minutes_is_kept_and_counted():
    later = {"received_at": "2024-05-01T12:10:59Z", "closed_at": "2024-05-04"}
    assert _warned(NOON, later, {"received_at": "2024-05-01T12:30:00Z"}) == 2


def test_requests_eleven_minutes_apart_are_two():
    assert _warned(NOON, {"received_at": "2024-05-01T12:11:00Z"}) == 0


def test_another_content_is_another_request():
    assert _warned(NOON, NOON | {"country": "FR"}) == 0
    assert _warned(NOON, NOON | {"authority": "Court of Y"}) == 0


def test_days_without_a_time_prove_no_minutes():
    day = {"received_at": "2024-05-01"}
    assert _warned(day, day) == 0


def test_a_log_without_ids_has_no_duplicates():
    assert _warned(NOON, NOON, ids="row") == 0


def test_ids_that_differ_in_case_are_counted_once():
    assert _warned(NOON | {"request_id": "abc"}, NOON | {"request_id": "ABC"}) == 2


def test_one_id_on_many_days_is_called_a_placeholder():
    days = [
        {"request_id": "none", "received_at": f"2024-04-0{day}"} for day in range(1, 6)
    ]
    log = clean(*days, *days[:1], {})
    text = (
        "One request_id stands on 6 records received on 5 different days. If it means "
        'that there is none, declare it: empty={"request_id": (...)}.'
    )
    assert [c.text for c in log.checks if c.name == "placeholder_id"] == [text]
    assert [c.name for c in clean(*days[:4], {}).checks] == ["quarantine_share"]


def test_too_little_memory_is_said_in_plain_words():
    message = (
        "the log: its records do not fit into memory='1GB'; most is needed where one "
        "request_id stands on very many records; give more memory, or declare an id "
        'that means none with empty={"request_id": (...)}'
    )
    with pytest.raises(RequestLogError) as caught, within_memory("1GB"):
        raise duckdb.OutOfMemoryException("failed to pin block")
    assert str(caught.value) == message
