"""Makes one report: executes its notebook and writes everything that it leaves."""

import logging
import tempfile
from pathlib import Path
from typing import Any, Final

from disclosure_trends import errors
from disclosure_trends.display.tables import Json
from disclosure_trends.errors import (
    CheckError,
    DataQualityError,
    DisclosureTrendsError,
    NotebookError,
)
from disclosure_trends.reports import fields, findings
from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.notebooks.lean import skip_grammar
from disclosure_trends.reports.publishing.manifest import (
    Job,
    check_unchanged,
    dump,
    report_entry,
)
from disclosure_trends.reports.tripwire import look_for_persons

_log = logging.getLogger(__name__)

CELL_TIMEOUT: Final = 1800.0
"""Seconds that one cell may take."""
GATE: Final = "quarantine_share"
"""The check of a cleaned log that says whether too much was set aside."""
PARTIAL: Final = "partial.ipynb"


def make_report(job: Job, folder: Path) -> Json:
    """Execute a notebook and write page, notebook, findings and tables.

    Parameters
    ----------
    job : Job
        The report, its parameters checked.
    folder : pathlib.Path
        An empty folder of its own.

    Returns
    -------
    dict
        The report's entry in the manifest.

    Raises
    ------
    DisclosureTrendsError
        With the exit code that says why there is no report. What was executed until
        then is left as ``partial.ipynb``.
    """
    notebook = _execute(job, folder)
    check_unchanged(job)
    record = findings.closing_record(notebook, report=job.name)
    _check_gate(record, report=job.name)
    document = findings.findings_document(notebook, record, report=job.name)
    findings.check_required(document, job.settings.required, report=job.name)
    _write_notebook(notebook, folder / "notebook.ipynb")
    _write(folder / "findings.json", dump(document))
    for name, text in findings.tables_as_csv(notebook).items():
        _write(folder / "tables" / name, text)
    _write(folder / "report.html", _page(notebook, report=job.name))
    look_for_persons(folder, report=job.name)
    (folder / PARTIAL).unlink()
    bundles = findings.result_bundles(notebook)
    return report_entry(
        job,
        record,
        folder,
        verdict=findings.verdict_of(bundles),
        simulated=bool(bundles) and bundles[0].get("evidence") == "simulated",
    )


def _execute(job: Job, folder: Path) -> Any:
    """Run the notebook with papermill; what ran is kept, scrubbed, on failure too."""
    skip_grammar()
    import nbformat
    from papermill import execute_notebook
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from disclosure_trends.reports.engine import ForkEngine
    from disclosure_trends.reports.notebooks.scrub import INJECTED, scrub_notebook

    papermill_engines.register("disclosure-fork", ForkEngine)
    path = folder / PARTIAL
    failed: PapermillExecutionError | None = None
    try:
        execute_notebook(
            _verbatim(job.settings.notebook),
            _verbatim(path),
            parameters=dict(job.parameters),
            engine_name="disclosure-fork",
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=CELL_TIMEOUT,
        )
    except PapermillExecutionError as error:
        failed = error
    notebook = scrub_notebook(
        nbformat.read(path, as_version=4),
        parameters=job.parameters,
        folders=[folder, Path.cwd(), Path(tempfile.gettempdir()), Path.home()],
    )
    _write_notebook(notebook, path)
    if failed is not None:
        _log.debug("%s", "\n".join(failed.traceback))
        before = notebook.cells[: failed.cell_index]
        own = sum(INJECTED not in cell.metadata.get("tags", ()) for cell in before)
        raise _failure(job, own + 1, failed.ename, failed.evalue)
    return notebook


def _verbatim(path: Path) -> str:
    """Write a path so that papermill does not take braces in it for parameters."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


def _failure(job: Job, cell: int, name: str, text: str) -> DisclosureTrendsError:
    """Say which cell failed; an error of ours keeps its class, so its exit code."""
    from disclosure_trends.reports.notebooks.scrub import safe_failure

    message = f"report {job.name!r}, cell {cell}: {safe_failure(name, text)}"
    ours = getattr(errors, name, None)
    if isinstance(ours, type) and issubclass(ours, DisclosureTrendsError):
        return ours(message)
    return NotebookError(message)


def _check_gate(record: Record, *, report: str) -> None:
    """Refuse a report on a log of which too much was set aside."""
    for check in fields.records(record, "log_checks"):
        if check.get("name") == GATE and check.get("passed") is False:
            message = f"report {report!r}: {fields.text(check, 'text')}"
            raise DataQualityError(message)


def _page(notebook: Record, *, report: str) -> str:
    """Render the page and hold it against the rules of a page."""
    from disclosure_trends.reports.lint import lint_page
    from disclosure_trends.reports.page.render import render_report

    page = render_report(notebook)
    faults = list(lint_page(page))
    if faults:
        message = f"report {report!r}: the page breaks a rule: {faults[0]}"
        raise CheckError(message)
    return page


def _write_notebook(notebook: Any, path: Path) -> None:
    import nbformat

    _write(path, nbformat.writes(notebook) + "\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
