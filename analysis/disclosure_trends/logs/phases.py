"""Says which phase of a cleaning is under way, how far it is, and what it took."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

_LOGGER = logging.getLogger(__name__)


class Watcher(Protocol):
    """Whoever wants to know how far a cleaning is."""

    def began(self, phase: str) -> None:
        """Learn that a phase begins."""

    def advanced(self, done: int, total: int) -> None:
        """Learn how much of it is done, in whatever unit."""

    def ended(self, line: str) -> None:
        """Learn that it ended: what it did, and how long it took."""


class _Run:
    """One cleaning: its phases follow one another."""

    def __init__(self, watcher: Watcher | None) -> None:
        self.watcher = watcher
        self._name = ""
        self._details: list[str] = []
        self._begun = 0.0

    def begin(self, name: str) -> None:
        self.end()
        self._name, self._details, self._begun = name, [], time.monotonic()
        if self.watcher is not None:
            self.watcher.began(name)

    def note(self, detail: str) -> None:
        self._details.append(detail)

    def end(self) -> None:
        if not self._name:
            return
        took = f"{time.monotonic() - self._begun:.1f} s"
        line = f"{self._name}: {', '.join([*self._details, took])}"
        _LOGGER.info("%s", line)
        self._name = ""
        if self.watcher is not None:
            self.watcher.ended(line)


_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)
_RUN: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Let somebody watch the cleanings that begin inside."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


@contextmanager
def in_phases() -> Iterator[None]:
    """Let phases be begun inside; a run that fails does not end its last one."""
    run = _Run(_WATCHER.get())
    token = _RUN.set(run)
    try:
        yield
        run.end()
    finally:
        _RUN.reset(token)


def begin_phase(name: str) -> None:
    """End the phase before and begin another one; outside of a run do nothing.

    Parameters
    ----------
    name : str
        What is done, as ``"reading"``. It holds no name, row or id of a log.
    """
    run = _RUN.get()
    if run is not None:
        run.begin(name)


def note_phase(detail: str) -> None:
    """Add a number to what is said of the phase at its end.

    Parameters
    ----------
    detail : str
        As ``"1,000 records"``.
    """
    run = _RUN.get()
    if run is not None:
        run.note(detail)


def advance(done: int, total: int) -> None:
    """Say how far the phase is.

    Parameters
    ----------
    done, total : int
        In one unit, bytes or records.
    """
    run = _RUN.get()
    if run is not None and run.watcher is not None:
        run.watcher.advanced(done, total)
