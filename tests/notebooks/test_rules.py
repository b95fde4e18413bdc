"""What every notebook that ships must be: thin, typed, commented, without outputs."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from disclosure_trends.reports.notebooks.parameters import read_schema
from disclosure_trends.reports.notebooks.settings import read_settings
from tests.notebooks import readme

NOTEBOOKS = readme.paths()
FORBIDDEN = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.For, ast.While, ast.If, ast.Try, ast.With, ast.ListComp, ast.DictComp),
)

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in content["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 4


@each
def test_nothing_is_defined_and_nothing_loops(path: Path) -> None:
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(source(cell))):
            assert not isinstance(node, FORBIDDEN), source(cell)


@each
def test_nothing_is_imported_but_the_package(path: Path) -> None:
    imports = [
        ast.unparse(node)
        for cell in cells(path, "code")
        for node in ast.walk(ast.parse(source(cell)))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert imports == ["import disclosure_trends as dtr"]


@each
def test_few_short_cells(path: Path) -> None:
    code = [c for c in cells(path, "code") if "tags" not in c["metadata"]]
    assert len(code) <= 13
    assert max(source(cell).count("\n") + 1 for cell in code) <= 8


@each
def test_one_question_opens_it(path: Path) -> None:
    headings = [
        line
        for cell in cells(path, "markdown")
        for line in source(cell).splitlines()
        if line.startswith("# ")
    ]
    assert len(headings) == 1
    assert headings[0].endswith("?")
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    assert source(first).startswith(headings[0])


@each
def test_it_is_checked_first_and_closed_last(path: Path) -> None:
    parameters, opening, *_, closing = cells(path, "code")
    assert parameters["metadata"]["tags"] == ["parameters"]
    assert f'dtr.check_parameters("{path.stem}", globals())' in source(opening)
    assert source(closing) == "dtr.close_report()"


@each
def test_parameters_are_typed_and_explained(path: Path) -> None:
    schema = read_schema(path)
    assert "as_of" in schema.names
    assert all(parameter.help for parameter in schema.parameters)
    # papermill calls a parameter unknown if its type holds a bar, as `str | None`.
    assert not [p.name for p in schema.parameters if "|" in p.annotation]


@each
def test_no_outputs_are_stored(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    for cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    assert set(content["metadata"]) <= {"kernelspec", "language_info"}
    assert content["metadata"]["kernelspec"]["name"] == "python3"


def test_every_notebook_is_a_scheduled_report() -> None:
    scheduled = {s.notebook.resolve() for s in read_settings().values()}
    assert scheduled == set(NOTEBOOKS)


def test_the_readme_has_the_parameters_of_today() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.renewed(text)
