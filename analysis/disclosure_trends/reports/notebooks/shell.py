"""Runs the cells of a notebook in this process, as an ordinary kernel would.

An IPython shell whose outputs are collected as notebook outputs. Without sockets and
without a kernel to start, a report costs a tenth; outputs and counts are the same.
"""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOBase
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

Output = nbformat.NotebookNode


class _Stream(TextIOBase):
    """A text stream whose text becomes a stream output."""

    def __init__(self, name: str, outputs: list[Output]) -> None:
        super().__init__()
        self._name = name
        self._outputs = outputs

    def writable(self) -> bool:
        """Accept text."""
        return True

    def write(self, text: str) -> int:
        """Append to the stream output that came last, as a kernel does."""
        last = self._outputs[-1] if self._outputs else None
        if last is not None and last.get("name") == self._name:
            last["text"] += text
        elif text:
            self._outputs.append(
                nbformat.v4.new_output("stream", name=self._name, text=text)
            )
        return len(text)


class _Publisher(DisplayPublisher):
    """Collects what a cell displays."""

    outputs: list[Output]

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        source: object = None,
        **options: object,
    ) -> None:
        """Append one display."""
        del source, options
        shown = nbformat.v4.new_output(
            "display_data", data=data, metadata=metadata or {}
        )
        self.outputs.append(shown)


class _Hook(DisplayHook):
    """Collects the value of a cell's last expression."""

    outputs: list[Output]

    def __call__(self, result: Any = None) -> None:
        """Append the value, unless there is none or the line ends with a semicolon."""
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        self.fill_exec_result(result)
        if data:  # a figure displays itself and leaves nothing to show
            value = nbformat.v4.new_output(
                "execute_result",
                data=data,
                metadata=metadata,
                execution_count=self.prompt_count,
            )
            self.outputs.append(value)


class _Shell(InteractiveShell):
    """Keeps the error of a cell instead of printing it."""

    failure: Output | None = None

    def _showtraceback(self, etype: type, evalue: object, stb: list[str]) -> None:
        self.failure = error_output(etype.__name__, str(evalue), list(stb))


class NotebookShell:
    """One namespace in which the cells of one notebook run in their order."""

    def __init__(self) -> None:
        # plotly would otherwise write its whole library into every figure.
        os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
        self._outputs: list[Output] = []
        self._shell = _the_shell()
        self._shell.display_pub.outputs = self._outputs
        self._shell.displayhook.outputs = self._outputs
        self._shell.colors = "nocolor"

    def run(self, source: str) -> tuple[list[Output], int]:
        """Run one cell.

        Parameters
        ----------
        source : str
            The cell.

        Returns
        -------
        tuple
            Its outputs, ending with an ``error`` if it failed, and its number.
        """
        self._outputs.clear()
        self._shell.failure = None
        number = self._shell.execution_count
        with self._streams():
            result = self._shell.run_cell(source, store_history=True)
        outputs = list(self._outputs)
        if not result.success:
            outputs.append(self._shell.failure or _error(result))
        return outputs, number

    @contextmanager
    def _streams(self) -> Iterator[None]:
        out, err = (_Stream(name, self._outputs) for name in ("stdout", "stderr"))
        with redirect_stdout(out), redirect_stderr(err):
            yield


def _the_shell() -> Any:
    """Return the one shell of this process; `display` looks for it."""
    config = Config()
    config.HistoryManager.enabled = False  # its database is one file for all runs
    return _Shell.instance(
        config=config, display_pub_class=_Publisher, displayhook_class=_Hook
    )


def error_output(name: str, text: str, lines: list[str]) -> Output:
    """Describe a failure as a notebook does."""
    shown: Output = nbformat.v4.new_output(
        "error", ename=name, evalue=text, traceback=lines
    )
    return shown


def _error(result: Any) -> Output:
    """Describe an error that IPython did not show, such as an early exit."""
    error = result.error_before_exec or result.error_in_exec
    lines = traceback.format_exception_only(type(error), error)
    return error_output(type(error).__name__, str(error), lines)
