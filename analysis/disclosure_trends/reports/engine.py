"""The papermill engine ``disclosure-fork``: a forked child that runs the cells itself.

The parent has loaded pandas, DuckDB and plotly once; a child starts with them in
milliseconds. Where a process cannot fork, the cells run in an ordinary kernel.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from tempfile import TemporaryDirectory
from typing import Any, Final

from disclosure_trends.reports.notebooks.lean import skip_grammar

skip_grammar()

import nbformat  # noqa: E402
from papermill.engines import Engine, NBClientEngine  # noqa: E402

SAVE_EVERY: Final = 30.0
"""Seconds between two saves of a running notebook."""
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of prctl(2)


class ForkEngine(Engine):
    """Executes the cells in a forked child, one notebook a child."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,  # noqa: FBT001, FBT002
        execution_timeout: float | None = None,
        **options: Any,
    ) -> None:
        """Run all cells, and stop at the first that fails.

        Parameters
        ----------
        nb_man : papermill.engines.NotebookExecutionManager
            Told of each cell.
        kernel_name : str
            Used only where a process cannot fork.
        log_output : bool
            As in papermill.
        execution_timeout : float, optional
            Seconds that one cell may take.
        **options
            What papermill's own engine takes.
        """
        if "fork" not in multiprocessing.get_all_start_methods():
            NBClientEngine.execute_managed_notebook(
                nb_man,
                kernel_name,
                log_output=log_output,
                execution_timeout=execution_timeout,
                **options,
            )
            return
        with _seldom_saved(nb_man), _child() as run:
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                nb_man.cell_start(cell, index)
                cell.outputs, cell.execution_count = run(cell.source, execution_timeout)
                if any(output.output_type == "error" for output in cell.outputs):
                    nb_man.cell_exception(cell, index)
                    break
                nb_man.cell_complete(cell, cell_index=index)


_Run = Callable[[str, float | None], tuple[list[nbformat.NotebookNode], int | None]]


@contextmanager
def _child() -> Iterator[_Run]:
    """Fork a child and yield the function that runs one cell in it.

    Cleaned logs that the cells keep in a folder of their own go with the child,
    however it ends: the folder that holds them is ours.
    """
    gc.collect()
    gc.freeze()  # the child shares these pages as long as nobody touches them
    context = multiprocessing.get_context("fork")
    with TemporaryDirectory(prefix="disclosure-trends-") as scratch:
        ours, theirs = context.Pipe()
        child = context.Process(
            target=_serve, args=(theirs, ours, os.getpid(), scratch)
        )
        child.start()
        theirs.close()
        try:
            yield lambda source, timeout: _ask(ours, child, source, timeout)
        finally:
            ours.close()
            _end(child)


def _ask(
    pipe: Connection, child: BaseProcess, source: str, timeout: float | None
) -> tuple[list[nbformat.NotebookNode], int | None]:
    """Have the child run a cell; its death or delay becomes an error output."""
    try:
        pipe.send(source)
        if pipe.poll(timeout):
            outputs, number = pipe.recv()
            return [nbformat.from_dict(output) for output in outputs], number
    except (EOFError, ConnectionError):
        child.join(5)
        return [_failure("DeadKernelError", f"exit code {child.exitcode}")], None
    return [_failure("CellTimeoutError", f"no end after {timeout:g} s")], None


def _failure(name: str, text: str) -> nbformat.NotebookNode:
    from disclosure_trends.reports.notebooks.shell import error_output

    return error_output(name, text, [f"{name}: {text}"])


def _serve(
    pipe: Connection, parents_end: Connection, parent: int, scratch: str
) -> None:
    """Run cells until the parent closes the pipe or dies."""
    parents_end.close()
    _die_with(parent)
    tempfile.tempdir = os.environ["TMPDIR"] = scratch
    os.setsid()  # what a cell starts ends with it
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    warnings.resetwarnings()  # what the parent makes of warnings is its own affair
    from disclosure_trends.reports.notebooks.shell import NotebookShell

    shell = NotebookShell()
    with suppress(EOFError, ConnectionError):
        while True:
            pipe.send(shell.run(pipe.recv()))
    os._exit(0)


def _die_with(parent: int) -> None:
    """Have the kernel end this process when its parent goes, on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it went before the call
        os._exit(1)


def _end(child: BaseProcess) -> None:
    """Wait a little for the child, then end it and all that it started."""
    child.join(2)
    if child.is_alive() and child.pid:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.join()
    child.close()


@contextmanager
def _seldom_saved(nb_man: Any) -> Iterator[None]:
    """Let a running notebook be saved now and then, not twice a cell.

    papermill writes the whole file at the start and at the end of each cell; what a
    failure or the end of the notebook saves is outside and stays.
    """
    saved = time.monotonic()
    save = nb_man.save

    def seldom(**options: Any) -> None:
        nonlocal saved
        if time.monotonic() - saved >= SAVE_EVERY:
            save(**options)
            saved = time.monotonic()

    nb_man.save = seldom
    try:
        yield
    finally:
        nb_man.save = save
