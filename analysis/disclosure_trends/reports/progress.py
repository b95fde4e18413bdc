"""Says how far a run is: in place on a terminal, else in plain lines."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

from disclosure_trends.logs.phases import watched_by
from disclosure_trends.reports.notebooks.workers import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

PATIENCE: Final = 2.0
"""Seconds of a cleaning before which nothing is drawn."""


def show_progress() -> Progress:
    """Return what a batch tells its progress to.

    Returns
    -------
    callable
        Takes report and stage. On a terminal the reports under way stand in the last
        line of stderr; without one each stage is a plain line on stdout.
    """
    if not sys.stderr.isatty():
        return lambda name, stage: typer.echo(f"{name}: {stage}")
    from rich.console import Console

    # No rich.live: its thread must not be there when a report forks.
    console = Console(stderr=True, highlight=False)
    under_way: list[str] = []

    def show(name: str, stage: str) -> None:
        """Say in place what is under way, and leave a line for what has ended."""
        if stage == "started":
            under_way.append(name)
        else:
            under_way.remove(name)
            console.print(f"\r\x1b[K{name}: {stage}")
        if under_way:
            console.print(f"\r\x1b[K{', '.join(under_way)} …", end="")

    return show


@contextmanager
def show_phases() -> Iterator[None]:
    """Show the phases of a cleaning on stderr.

    On a terminal a bar appears once two seconds are over, and leaves nothing behind;
    without one each phase leaves a line at its end.
    """
    if not sys.stderr.isatty():
        with watched_by(_Lines()):
            yield
        return
    with _Bar() as bar, watched_by(bar):
        yield


class _Lines:
    """Writes a line for each phase that has ended."""

    def began(self, phase: str) -> None:
        pass

    def advanced(self, done: int, total: int) -> None:
        pass

    def ended(self, line: str) -> None:
        typer.echo(line, err=True)


class _Bar:
    """Draws the phase under way, once there was time enough to wonder."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("", total=None)
        self._lock = threading.Lock()
        self._is_over = False
        self._timer = threading.Timer(PATIENCE, self._start)
        self._timer.daemon = True

    def __enter__(self) -> "_Bar":
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        del error
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            self._progress.stop()

    def _start(self) -> None:
        with self._lock:
            if not self._is_over:
                self._progress.start()

    def began(self, phase: str) -> None:
        self._progress.update(self._task, description=phase, total=None, completed=0)

    def advanced(self, done: int, total: int) -> None:
        self._progress.update(self._task, total=total, completed=done)

    def ended(self, line: str) -> None:
        del line
