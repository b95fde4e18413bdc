"""Every number in the prose of a shipped page is a number of one of its findings.

Sentences do not vouch for themselves: only the `numbers` of findings count, the tables
that a figure draws, and the claims as they were said. What the manifest holds is
provenance.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from disclosure_trends.display import numbers
from disclosure_trends.reports.page.tree import Element, read_page
from disclosure_trends.reports.runner import BatchRun, run_reports
from disclosure_trends.resources import shipped_path

DAYS = ("2026-05-31", "2024-12-31", "2024-09-30")
NOTEBOOKS = sorted(path.stem for path in shipped_path("notebooks").glob("*.ipynb"))
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")
LABEL = re.compile(r"\b(?:Table|Figure) \d+")
# Names, not numbers: rules, guards, the citation of a method, addresses.
NAMES = re.compile(r"\b(?:rule [A-Z]\d+|G\d|R\d|LMDI-I(?:, Ang 2005)?)\b|https?://\S+")
# The digits of a hash would vouch for a number by chance.
HASH = re.compile(r"[0-9a-f]{8,64}")
NOT_PROSE = {"nav", "table", "script", "style", "title", "details", "header", "footer"}


def _prose(element: Element, *, skip: Iterable[str] = ()) -> Iterator[str]:
    if element.tag in NOT_PROSE or element.attributes.get("id") in set(skip):
        return
    for child in element.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _prose(child, skip=skip)
            yield " "


def _tokens(text: str) -> set[str]:
    cleaned = NAMES.sub(" ", LABEL.sub(" ", text))
    return {token.rstrip(",") for token in NUMBER.findall(cleaned)}


def _written(value: float) -> set[str]:
    size = abs(value)
    found = {f"{size:g}"}
    for write in (numbers.count, numbers.ratio, numbers.decimal, numbers.at_least):
        found |= _tokens(write(size))
    for write in (numbers.percent, numbers.percent_short):
        found |= _tokens(write(size))
    return found


def _known(value: Any) -> set[str]:
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, int | float):
        return _written(float(value))
    if isinstance(value, str):
        return set() if HASH.fullmatch(value) else _tokens(value)
    items = value.values() if isinstance(value, dict) else value
    return set().union(*(_known(item) for item in items))


def _cells(path: Path) -> set[str]:
    found: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                try:
                    found |= _written(float(cell))
                except (ValueError, OverflowError):
                    found |= _tokens(cell)
    return found


def _asked(findings: dict[str, Any]) -> set[str]:
    """Return the numbers of the question: parameters and the day of knowledge."""
    return _known(findings["parameters"]) | _tokens(findings["as_of"])


@pytest.fixture(scope="module", params=DAYS)
def published(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> BatchRun:
    out = tmp_path_factory.mktemp("numbers") / "reports"
    return run_reports(as_of=request.param, out=out)


@pytest.mark.parametrize("report", NOTEBOOKS)
def test_every_number_in_prose_is_one_of_a_finding(
    report: str, published: BatchRun
) -> None:
    folder = published.folder / report
    page = read_page((folder / "report.html").read_text(encoding="utf-8"))
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    there = _known([finding["numbers"] for finding in findings["findings"]])
    there |= _asked(findings)
    for claim in findings["claims"]:
        there |= _tokens(claim["text"]) | _tokens(claim["said_on"].replace("-", " "))
    for path in (folder / "tables").glob("*.csv"):
        there |= _cells(path)
    manifest = json.loads((published.folder / "manifest.json").read_text())
    there |= _known(manifest["reports"][report])
    there |= {str(int(token)) for token in there if token.isdigit()}
    assert sorted(_tokens("".join(_prose(page))) - there) == []


@pytest.mark.parametrize("report", NOTEBOOKS)
def test_every_number_of_a_statement_is_one_of_its_own_finding(
    report: str, published: BatchRun
) -> None:
    folder = published.folder / report
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    missing = {}
    for finding in findings["findings"]:
        there = _known(finding["numbers"]) | _known(finding["period"] or "")
        left = _tokens(finding["statement"]) - there - _asked(findings)
        if left:
            missing[finding["id"]] = sorted(left)
    assert missing == {}
    assert findings["findings"]
