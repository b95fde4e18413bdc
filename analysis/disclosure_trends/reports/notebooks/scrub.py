"""Removes from an executed notebook what differs from run to run or names a machine.

Times, random ids, paths, addresses of objects, tracebacks. What is left is the same on
every machine and holds no value of a row that an error might have quoted.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import nbformat

from disclosure_trends import errors
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.reports.notebooks.values import INPUTS

INJECTED: Final = "injected-parameters"
_MARKER: Final = "papermill-error-cell-tag"
_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
_METADATA: Final = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


def scrub_notebook(
    notebook: nbformat.NotebookNode,
    *,
    parameters: Mapping[str, Value],
    folders: Iterable[Path],
) -> nbformat.NotebookNode:
    """Return an executed notebook that is the same on every machine.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As papermill left it; not altered.
    parameters : mapping
        The values it was run with; paths among them become file names.
    folders : iterable of pathlib.Path
        Folders whose names are removed wherever they occur.

    Returns
    -------
    nbformat.NotebookNode
        Cells with their tags, outputs without warnings and tracebacks.
    """
    replaced = _replacements(parameters, folders)
    cells = [
        _scrub_cell(cell, replaced)
        for cell in notebook.cells
        if _MARKER not in cell.metadata.get("tags", [])
    ]
    scrubbed: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=cells, metadata=_METADATA
    )
    return scrubbed


def safe_failure(name: str, text: str) -> str:
    """Say what failed without a value that a row may hold.

    Parameters
    ----------
    name : str
        Class of the error.
    text : str
        Its message: kept where the error is one of ours, whose messages hold places
        and counts only.

    Returns
    -------
    str
        ``"SettingsError: …"`` or the class alone.
    """
    ours = getattr(errors, name, None)
    known = isinstance(ours, type) and issubclass(ours, errors.DisclosureTrendsError)
    return f"{name}: {text}" if known or name in _OWN_FAILURES else name


# What the engine reports itself; the text is its own.
_OWN_FAILURES: Final = frozenset({"DeadKernelError", "CellTimeoutError", "SystemExit"})


def _replacements(
    parameters: Mapping[str, Value], folders: Iterable[Path]
) -> list[tuple[str, str]]:
    """Return texts and what stands for them, longest first."""
    found = {
        value: Path(value).name
        for name, value in parameters.items()
        if name in INPUTS and isinstance(value, str) and Path(value).name != value
    }
    found |= {f"{folder.resolve()}/": "" for folder in folders if folder != Path("/")}
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


def _scrub_cell(
    cell: nbformat.NotebookNode, replaced: list[tuple[str, str]]
) -> nbformat.NotebookNode:
    tags = list(cell.metadata.get("tags", []))
    clean: nbformat.NotebookNode = nbformat.from_dict(_replace(cell, replaced))
    clean.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    if INJECTED in tags:
        clean["id"] = INJECTED  # papermill makes a random one
    if clean.cell_type == "code":
        clean.outputs = [
            _scrub_output(output)
            for output in clean.outputs
            if output.get("name") != "stderr"
        ]
    return clean


def _scrub_output(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if output.output_type == "error":
        line = safe_failure(output.ename, output.evalue)
        output.evalue = line.partition(": ")[2]
        output.traceback = [line]
    if "metadata" in output:
        output.metadata = nbformat.from_dict({})
    return output


def _replace(value: object, replaced: list[tuple[str, str]]) -> object:
    """Replace in every text of a JSON value."""
    if isinstance(value, str):
        for text, instead in replaced:
            value = value.replace(text, instead)
        return _ADDRESS.sub("", value)
    if isinstance(value, Mapping):
        return {key: _replace(item, replaced) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, replaced) for item in value]
    return value
