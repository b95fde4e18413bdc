"""Runs several reports, one after the other or some at a time, each on its own.

One failing report does not stop the others. A process that could fork shares with its
children what it has loaded; where it cannot, the reports run one after the other.
"""

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

import disclosure_trends as dtr
from disclosure_trends.display.tables import Json
from disclosure_trends.errors import (
    DisclosureTrendsError,
    NotebookError,
    OutputError,
)
from disclosure_trends.reports.notebooks.lean import skip_grammar
from disclosure_trends.reports.notebooks.making import make_report
from disclosure_trends.reports.publishing.manifest import Job

_log = logging.getLogger(__name__)

Made = Json | DisclosureTrendsError
Progress = Callable[[str, str], None]
# What the models import only when they need it.
_HEAVY: Final = ("plotly.graph_objects", "scipy.stats", "nbformat", "papermill")


def make_reports(
    jobs: Sequence[Job], work: Path, *, at_a_time: int, progress: Progress
) -> dict[str, Made]:
    """Make reports below a work folder.

    Parameters
    ----------
    jobs : sequence of Job
        What to make.
    work : pathlib.Path
        Each report gets a folder of its name in it.
    at_a_time : int
        How many run at once.
    progress : callable
        Told name and stage: ``"started"``, ``"done"`` or ``"failed"``.

    Returns
    -------
    dict
        Name to the report's entry in the manifest, or to the error that stopped it;
        in the order of the jobs.
    """
    if not jobs:
        return {}
    _load()
    forks = "fork" in multiprocessing.get_all_start_methods()
    if at_a_time > 1 and len(jobs) > 1 and forks:
        made = dict(_in_parallel(jobs, work, at_a_time, progress))
        return {job.name: made[job.name] for job in jobs}
    return {job.name: _one(job, work, progress) for job in jobs}


def _one(job: Job, work: Path, progress: Progress) -> Made:
    progress(job.name, "started")
    made = _attempt(job, work)
    progress(job.name, _stage(made))
    return made


def _attempt(job: Job, work: Path) -> Made:
    """Make one report; a failure that a person can act on is a result."""
    folder = work / job.name
    folder.mkdir()
    try:
        return make_report(job, folder)
    except DisclosureTrendsError as error:
        return error
    except OSError as error:
        return OutputError(
            f"report {job.name!r}: cannot be written ({error.strerror}); make room "
            "and rights in the output folder"
        )
    except Exception as error:  # noqa: BLE001 - a bug in one report must not stop others
        _log.debug("report %s", job.name, exc_info=True)
        return DisclosureTrendsError(
            f"report {job.name!r}: a bug, {type(error).__name__}; run again with "
            "--debug to see where"
        )


def _stage(made: Made) -> str:
    return "failed" if isinstance(made, DisclosureTrendsError) else "done"


def _in_parallel(
    jobs: Sequence[Job], work: Path, at_a_time: int, progress: Progress
) -> Iterator[tuple[str, Made]]:
    """Yield reports as they are finished, at most so many under way."""
    waiting = list(jobs)
    with _children() as children:
        while waiting or children:
            while waiting and len(children) < at_a_time:
                job = waiting.pop(0)
                progress(job.name, "started")
                ours, child = _start(job, work)
                children[ours] = (job, child)
            for ready in wait(list(children)):
                if isinstance(ready, Connection):
                    job, child = children.pop(ready)
                    made = _receive(ready, job, child)
                    progress(job.name, _stage(made))
                    yield job.name, made


_Children = dict[Connection, tuple[Job, BaseProcess]]


@contextmanager
def _children() -> Iterator[_Children]:
    """Hold the children under way; none outlives this block."""
    children: _Children = {}
    try:
        yield children
    finally:
        for _, child in children.values():
            child.terminate()
        for _, child in children.values():
            child.join()


def _start(job: Job, work: Path) -> tuple[Connection, BaseProcess]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(theirs, job, work))
    child.start()
    theirs.close()
    return ours, child


def _send(pipe: Connection, job: Job, work: Path) -> None:
    pipe.send(_attempt(job, work))


def _receive(pipe: Connection, job: Job, child: BaseProcess) -> Made:
    try:
        made: Made = pipe.recv()
    except EOFError:
        child.join()
        made = NotebookError(
            f"report {job.name!r}: its process ended early ({child.exitcode}); "
            "run it alone to see why"
        )
    child.join()
    pipe.close()
    return made


def _load() -> None:
    """Import once, before forking, what every notebook needs."""
    skip_grammar()
    for name in _HEAVY:
        import_module(name)
    for name in dtr.__all__:
        getattr(dtr, name)
