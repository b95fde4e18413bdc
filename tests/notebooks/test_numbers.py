"""No number on a page that a program cannot find in the files beside it."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from disclosure_trends.display import numbers
from disclosure_trends.reports.runner import BatchRun
from disclosure_trends.reports.tree import Element, read_page
from tests.notebooks import readme

REPORTS = [path.stem for path in readme.paths()]
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")
LABEL = re.compile(r"\b(?:Table|Figure) \d+")
# Contents, tables and their heads say nothing of their own; a table's cells are those
# of its CSV, which tests/reports/test_runner.py compares.
NOT_PROSE = {"nav", "table", "script", "style", "title", "details", "header", "footer"}


def prose(element: Element) -> Iterator[str]:
    """The running text of a page: sentences, points, limits, captions, provenance."""
    if element.tag in NOT_PROSE:
        return
    for child in element.children:
        if isinstance(child, str):
            yield child
        else:
            yield from prose(child)
            yield " "


def tokens(text: str) -> set[str]:
    return {token.rstrip(",") for token in NUMBER.findall(text)}


def known(value: Any) -> Iterator[str]:
    """Every way in which a value of the files may be written on the page."""
    if isinstance(value, dict):
        for item in value.values():
            yield from known(item)
    elif isinstance(value, list):
        for item in value:
            yield from known(item)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield from written(float(value))
    else:
        yield from tokens(str(value))


def written(value: float) -> Iterator[str]:
    size = abs(value)
    writers = (numbers.count, numbers.ratio, numbers.decimal, numbers.at_least)
    for writer in (*writers, numbers.percent, numbers.percent_short):
        yield from tokens(writer(size))


def cells(path: Path) -> Iterator[str]:
    """The values of a CSV file, as numbers where they are."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                try:
                    yield from written(float(cell))
                except (ValueError, OverflowError):
                    yield from tokens(cell)


@pytest.mark.parametrize("report", REPORTS)
def test_every_number_in_the_prose_is_in_a_file(report: str, shipped: BatchRun) -> None:
    folder = shipped.folder / report
    page = read_page((folder / "report.html").read_text(encoding="utf-8"))
    found = tokens(LABEL.sub(" ", "".join(prose(page))))
    there = set(known(json.loads((folder / "findings.json").read_text())))
    manifest = json.loads((shipped.folder / "manifest.json").read_text())
    there |= set(known(manifest["reports"][report]))
    for path in (folder / "tables").glob("*.csv"):
        there |= set(cells(path))
    assert len(found) > 5
    assert sorted(found - there) == []
