"""What an executed notebook says, for programs: findings, claims, tables.

Read from the result bundles of the notebook alone, so that a number in the page and
the same number in `findings.json` cannot differ.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from disclosure_trends.display.figures import META_KEY
from disclosure_trends.display.tables import Json
from disclosure_trends.errors import NotebookError, NotEstimableError
from disclosure_trends.reports import fields
from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.notebooks.closing import completion_token
from disclosure_trends.reports.page.shown import PLOTLY_TYPE
from disclosure_trends.results import BUNDLE_TYPE

_CLAIM_KEYS: Final = (
    "id",
    "text",
    "said_on",
    "source_url",
    "verdict",
    "findings",
    "would_decide",
)
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001
_SLUG: Final = re.compile(r"[^a-z0-9_-]+")


def result_bundles(notebook: Record) -> list[Record]:
    """Return the bundles that a notebook shows, in its order, without its closing."""
    return [b for b in _outputs(notebook, BUNDLE_TYPE) if b.get("type") != "Report"]


def verdict_of(bundles: Sequence[Record]) -> str:
    """Return the sentence that a report opens with, the first of its first result."""
    first = fields.records(bundles[0], "findings")[:1] if bundles else []
    return fields.text(first[0], "statement") if first else ""


def closing_record(notebook: Record, *, report: str) -> Record:
    """Return the closing record of a notebook, if it reached its end.

    Raises
    ------
    NotebookError
        If the last cell did not leave a record whose token fits.
    """
    outputs = list(_outputs(notebook, BUNDLE_TYPE))
    last = outputs[-1] if outputs else {}
    if last.get("type") == "Report" and last.get("token") == completion_token(last):
        return last
    message = (
        f"report {report!r}: the notebook did not reach close_report(); "
        "its last cell must be reached and show what close_report() returns"
    )
    raise NotebookError(message)


def findings_document(notebook: Record, record: Record, *, report: str) -> Json:
    """Gather all findings and claims of a notebook.

    Parameters
    ----------
    notebook : mapping
        The executed notebook.
    record : mapping
        Its closing record.
    report : str
        Name of the report.

    Returns
    -------
    dict
        ``schema, report, parameters, as_of, findings, claims``; what a notebook shows
        twice is listed once.
    """
    bundles = result_bundles(notebook)
    findings = _once(f for b in bundles for f in fields.records(b, "findings"))
    claims = _once(c for b in bundles for c in fields.records(b, "claims"))
    return {
        "schema": 1,
        "report": report,
        "parameters": record.get("parameters"),
        "as_of": record.get("as_of"),
        "findings": findings,
        "claims": [{key: claim.get(key) for key in _CLAIM_KEYS} for claim in claims],
    }


def check_required(document: Json, required: Sequence[str], *, report: str) -> None:
    """Refuse a report whose required estimates are not there.

    Parameters
    ----------
    document : dict
        What `findings_document` returned.
    required : sequence of str
        Names of numbers in the findings.
    report : str
        Name of the report.

    Raises
    ------
    NotEstimableError
        If one is absent or could not be computed.
    """
    findings = fields.records(document, "findings")
    for name in required:
        found = [
            numbers[name]
            for finding in findings
            if name in (numbers := fields.record(finding.get("numbers"), "numbers"))
        ]
        refused = [n for n in found if isinstance(n, Mapping) and "rule" in n]
        if refused or not found:
            reason = (
                fields.text(refused[0], "reason") if refused else "no finding has it"
            )
            message = f"report {report!r}: required {name!r} is not estimable: {reason}"
            raise NotEstimableError(message)


def tables_as_csv(notebook: Record) -> dict[str, str]:
    """Write every table that the page shows, also those behind figures, as CSV.

    Parameters
    ----------
    notebook : mapping
        The executed notebook.

    Returns
    -------
    dict
        File name to text. Two tables of one name are numbered.
    """
    files: dict[str, str] = {}
    for table in _tables(notebook):
        slug = _SLUG.sub("-", fields.text(table, "name").lower()).strip("-") or "table"
        text = _csv_text(table)
        number = 1
        name = f"{slug}.csv"
        while files.get(name, text) != text:
            number += 1
            name = f"{slug}-{number}.csv"
        files[name] = text
    return files


def _tables(notebook: Record) -> Iterator[Record]:
    for bundle in result_bundles(notebook):
        yield from fields.records(bundle, "tables")
    for figure in _outputs(notebook, PLOTLY_TYPE):
        layout = fields.record(figure.get("layout", {}), "layout")
        meta = layout.get("meta")
        spec = meta.get(META_KEY) if isinstance(meta, Mapping) else None
        if isinstance(spec, Mapping) and isinstance(spec.get("table"), Mapping):
            yield fields.record(spec["table"], "table")


def _csv_text(table: Record) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [fields.text(c, "key") for c in fields.records(table, "columns")]
    rows = [
        fields.listing(r, "rows") for r in fields.listing(table.get("rows"), "rows")
    ]
    width = max((len(row) for row in rows), default=len(keys))
    writer.writerow([*keys, fields.text(table, "group")][:width])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    return text.getvalue()


def _csv_cell(value: object) -> object:
    """Write one cell; a text that a spreadsheet would compute gets an apostrophe."""
    if isinstance(value, list):
        return " ".join("" if item is None else str(item) for item in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _outputs(notebook: Record, kind: str) -> Iterator[Record]:
    for cell in fields.records(notebook, "cells"):
        for output in fields.records(cell, "outputs"):
            data = fields.record(output.get("data") or {}, "output")
            if kind in data:
                yield fields.record(data[kind], kind)


def _once(items: Iterator[Record]) -> list[Record]:
    kept: list[Record] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept
