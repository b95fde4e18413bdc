"""Holds what was published against what it promised, offline and at any time."""

import json
from pathlib import Path

from disclosure_trends.errors import CheckError, SettingsError
from disclosure_trends.reports import fields
from disclosure_trends.reports.findings import closing_record
from disclosure_trends.reports.lint import lint_page, page_kind
from disclosure_trends.reports.publishing.manifest import (
    faults_in,
    manifest_reports,
    read_manifest,
)


def check_page(path: Path) -> str:
    """Hold one page against the rules of its kind.

    Parameters
    ----------
    path : pathlib.Path
        An HTML file.

    Returns
    -------
    str
        The kind: report, list of reports or front page.

    Raises
    ------
    SettingsError
        If there is no such file.
    CheckError
        With every fault found.
    """
    page = _read(path)
    kind = page_kind(page)
    _refuse(f"{path.name} ({kind})", list(lint_page(page)))
    return kind


def verify_run(run: Path) -> int:
    """Hold a run against its manifest.

    Parameters
    ----------
    run : pathlib.Path
        Folder of a run, or ``OUT/latest``.

    Returns
    -------
    int
        Number of files that were compared.

    Raises
    ------
    SettingsError
        If there is no such folder.
    CheckError
        With every fault: a file absent, altered or not listed, a page that breaks a
        rule, a notebook that did not reach its end.
    """
    if not run.is_dir():
        message = f"{run.name}: is no folder; give the folder of a run"
        raise SettingsError(message)
    _refuse(run.name, faults_in(run))
    n_files = 0
    for name, entry in manifest_reports(read_manifest(run) or {}).items():
        n_files += len(fields.record(entry["files"], name))
        page = run / name / "report.html"
        _refuse(f"{run.name}/{name}/{page.name}", list(lint_page(_read(page))))
        notebook = json.loads(_read(run / name / "notebook.ipynb"))
        if closing_record(notebook, report=name).get("token") != entry.get("token"):
            _refuse(run.name, [f"{name}: the token is not the manifest's"])
    return n_files


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path.name}: cannot be read as text; give an HTML file"
        raise SettingsError(message) from error


def _refuse(name: str, faults: list[str]) -> None:
    if faults:
        found = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        message = f"{name}: {found}: {'; '.join(map(str, faults))}"
        raise CheckError(message)
