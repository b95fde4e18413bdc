"""Small notebooks with which runner, publishing and command line are tested."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

PARAMETERS = """\
region: str = "EU"  # country code or group
as_of: str = "2024-12-31"  # day of knowledge
"""

# A result with one finding; the smallest page that says something.
RESULT = """\
from dataclasses import dataclass
import pandas as pd
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.results import Estimate, Finding, NotEstimable, Result

@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemoResult(Result):
    words_: str = "Requests rose to 12."
    share: object = None
    def findings(self):
        share = self.share or Estimate(value=0.5, lower=0.4, upper=0.6, unit="share")
        return (Finding(id="demo", question="Did it rise?", statement=self.words_,
                        numbers={"n": 12, "share": share}, evidence=self.evidence),)
    def _draw(self, name): ...
    def display_tables(self):
        columns = (ColumnRule(key="country", label="Country"),
                   ColumnRule(key="n", label="Requests", kind="count"))
        return (TableSpec(name="countries", caption="Requests by country.",
                          columns=columns, rows=self.table),)

frame = pd.DataFrame({"country": ["=FR", "NO"], "n": [5, 7]})
result = DemoResult(tables={"countries": frame}, evidence="published")
result"""

MakeNotebook = Callable[..., Path]


def write_notebook(
    path: Path, *cells: str, parameters: str = PARAMETERS, close: bool = True
) -> Path:
    """Write a notebook that checks its parameters, runs cells and closes."""
    opening = (
        "import disclosure_trends as dtr\n"
        f"settings = dtr.check_parameters({str(path)!r}, globals())"
    )
    sources = [
        opening,
        *(cells or (RESULT,)),
        *(["dtr.close_report()"] if close else []),
    ]
    tagged = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    tagged["id"] = "parameters"
    code = [nbformat.v4.new_code_cell(s, id=f"c{i}") for i, s in enumerate(sources)]
    heading = nbformat.v4.new_markdown_cell("# Did it rise?", id="question")
    notebook = nbformat.v4.new_notebook(cells=[heading, tagged, *code])
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of notebooks: `good`, `also` and, failing unless region is FR, `bad`."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    write_notebook(folder / "good.ipynb")
    write_notebook(folder / "also.ipynb")
    write_notebook(
        folder / "bad.ipynb",
        "if settings.region != 'FR': raise ValueError('a row with Jane Roe in it')",
        RESULT,
    )
    (folder / "reports.toml").write_text(
        "[reports.good]\n[reports.also]\n[reports.bad]\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder that is not there yet."""
    return tmp_path / "out"
