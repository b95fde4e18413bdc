"""The shipped notebooks run in our runner, under bare papermill, and in JupyterLab."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from disclosure_trends.reports.notebooks.parameters import read_schema
from disclosure_trends.reports.page.render import render_report
from disclosure_trends.reports.publishing.verify import verify_run
from disclosure_trends.reports.runner import BatchRun, run_reports
from tests.notebooks import readme
from tests.notebooks.conftest import AS_OF
from tests.notebooks.lab import lab, run_in_lab

NOTEBOOKS = readme.paths()

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])


def test_all_of_them_are_published(shipped: BatchRun) -> None:
    assert shipped.error is None
    assert {report.name for report in shipped.reports} == {p.stem for p in NOTEBOOKS}
    verify_run(shipped.folder)


@each
def test_bare_papermill_gives_the_same_page(
    path: Path, shipped: BatchRun, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.ipynb"
    subprocess.run(
        [
            *(sys.executable, "-m", "papermill", str(path), str(bare)),
            *("-r", "as_of", AS_OF, "--no-progress-bar"),
        ],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    page = render_report(nbformat.read(bare, as_version=4))
    published = shipped.folder / path.stem / "report.html"
    assert page == published.read_text(encoding="utf-8")


def test_nbconvert_writes_the_same_page(shipped: BatchRun, tmp_path: Path) -> None:
    folder = shipped.folder / shipped.reports[0].name
    shutil.copy(folder / "notebook.ipynb", tmp_path)
    subprocess.run(
        [
            *(sys.executable, "-m", "nbconvert", "--to", "disclosure_report"),
            str(tmp_path / "notebook.ipynb"),
        ],
        check=True,
        capture_output=True,
        cwd=tmp_path,
    )
    page = (tmp_path / "notebook.html").read_text(encoding="utf-8")
    assert page.rstrip("\n") == (
        (folder / "report.html").read_text(encoding="utf-8").rstrip("\n")
    )


def test_jupyterlab_gives_the_same_page(shipped: BatchRun, tmp_path: Path) -> None:
    for path in NOTEBOOKS:
        _at_the_same_day(path, tmp_path / path.name)
    with lab(tmp_path) as address:
        for path in NOTEBOOKS:
            notebook = run_in_lab(address, path.name, tmp_path / path.name)
            published = shipped.folder / path.stem / "report.html"
            assert render_report(notebook) == published.read_text(encoding="utf-8")


def _at_the_same_day(path: Path, copy: Path) -> None:
    """Copy a notebook with the day of knowledge typed into its parameters cell."""
    notebook = nbformat.read(path, as_version=4)
    default = read_schema(path)["as_of"].default
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace(f'"{default}"', f'"{AS_OF}"')
    nbformat.write(notebook, copy)


def _offline() -> bool:
    """Whether a process can be cut off from the network here."""
    if not shutil.which("unshare"):
        return False
    tried = subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True)
    return tried.returncode == 0


@pytest.mark.skipif(not _offline(), reason="unshare cannot make a network namespace")
def test_no_network_is_needed(shipped: BatchRun, tmp_path: Path) -> None:
    subprocess.run(
        [
            *("unshare", "-rn", sys.executable, "-m", "disclosure_trends", "report"),
            *("--out", str(tmp_path / "out"), "--as-of", AS_OF),
        ],
        check=True,
    )
    for report in shipped.reports:
        page = tmp_path / "out" / "latest" / report.name / "report.html"
        assert page.read_bytes() == report.page.read_bytes()


@pytest.mark.parametrize("region", ["NO", "NA"])
def test_norway_and_namibia_stay_what_they_are(region: str, tmp_path: Path) -> None:
    names = [p.stem for p in NOTEBOOKS if "region" in read_schema(p).names]
    batch = run_reports(
        names, parameters={"region": region}, as_of=AS_OF, out=tmp_path / "out"
    )
    assert batch.error is None
    for report in batch.reports:
        document = json.loads(report.findings.read_text(encoding="utf-8"))
        assert document["parameters"]["region"] == region
