"""The phases of a cleaning: one line for each, with counts and no name, row or id."""

import logging
import re

import pytest
from small_logs import AS_OF, frame

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.phases import (
    advance,
    begin_phase,
    in_phases,
    note_phase,
    watched_by,
)

PHASES = [
    "reading: 2 records, _ s",
    "looking at spellings and dates: _ s",
    "looking for repeated ids: _ s",
    "judging 2 records: _ s",
    "ranking the versions of repeated ids: _ s",
    "writing what was set aside: _ s",
    "looking for requests that were sent again: _ s",
]


class Notes:
    """A watcher that writes everything down."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def began(self, phase: str) -> None:
        self.lines.append(f"> {phase}")

    def advanced(self, done: int, total: int) -> None:
        self.lines.append(f"{done}/{total}")

    def ended(self, line: str) -> None:
        self.lines.append(line)


def _without_times(lines: list[str]) -> list[str]:
    return [re.sub(r"\d+\.\d s$", "_ s", line) for line in lines]


def test_a_line_for_each_phase(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="disclosure_trends"):
        clean_requests(frame({}, {}), as_of=AS_OF)
    assert _without_times([r.getMessage() for r in caplog.records]) == PHASES


def test_a_watcher_hears_of_beginnings_advances_and_ends() -> None:
    notes = Notes()
    with watched_by(notes), in_phases():
        begin_phase("reading")
        advance(5, 10)
        note_phase("10 bytes")
        begin_phase("judging")
    assert _without_times(notes.lines) == [
        "> reading",
        "5/10",
        "reading: 10 bytes, _ s",
        "> judging",
        "judging: _ s",
    ]


def test_a_run_that_fails_does_not_end_its_last_phase() -> None:
    notes = Notes()
    with watched_by(notes), pytest.raises(RequestLogError):
        clean_requests("no such file.csv", as_of=AS_OF)
    assert notes.lines == ["> reading"]


def test_outside_of_a_run_nothing_is_said() -> None:
    notes = Notes()
    with watched_by(notes):
        begin_phase("reading")
        advance(1, 2)
        note_phase("3")
    assert notes.lines == []
