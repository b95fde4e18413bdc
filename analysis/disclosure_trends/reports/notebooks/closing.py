"""The last cell of a notebook: what was read, with which versions, and how to repeat.

The record is found in the notebook's own variables: every log, every set of published
figures and every result that it holds. It ends with a token, a hash over the record,
so that a notebook which stopped early cannot pass for a whole one.
"""

import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

import pandas as pd

from disclosure_trends.display.numbers import count
from disclosure_trends.display.tables import Json
from disclosure_trends.reports.notebooks import provenance
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.reports.notebooks.provenance import InputFile
from disclosure_trends.reports.notebooks.settings import read_settings
from disclosure_trends.results import BUNDLE_TYPE, Check, Result
from disclosure_trends.vocabulary.periods import format_day, parse_as_of, parse_period
from disclosure_trends.vocabulary.regions import describe_region

CLASSIFICATION: Final = "Internal"


class _Tally(Protocol):
    records: int
    clean: int
    superseded: int
    quarantined: int
    by_reason: Mapping[str, int]


class _FileTally(_Tally, Protocol):
    name: str
    sha256: str


class _Ledger(Protocol):
    total: _Tally
    files: Mapping[str, _FileTally]


@runtime_checkable
class _Log(Protocol):
    """A cleaned log, seen from here."""

    evidence: str
    ledger: _Ledger
    checks: tuple[Check, ...]


@runtime_checkable
class _Published(Protocol):
    """Published figures, seen from here."""

    table: pd.DataFrame
    platform: str


@dataclass(frozen=True, slots=True, eq=False)
class ReportRecord:
    """What `close_report` shows.

    Attributes
    ----------
    record : dict
        The bundle of type ``Report``: heading, provenance, parameters, token.
    """

    record: Json = field(repr=False)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        """Show the provenance in Jupyter; a report reads the JSON only."""
        del include, exclude
        rows = self.rows
        body = "".join(
            f"<tr><th>{html.escape(label)}</th><td>{html.escape(text)}</td></tr>"
            for label, text in rows
        )
        return {
            BUNDLE_TYPE: self.record,
            "text/html": f"<table><tbody>{body}</tbody></table>",
            "text/plain": "\n".join(f"{label}: {text}" for label, text in rows),
        }

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Label and text of each line of the provenance."""
        rows = self.record["provenance"]
        return [(row[0], row[1]) for row in rows] if isinstance(rows, list) else []


def record_report(
    report: str,
    parameters: Mapping[str, Value],
    namespace: Mapping[str, object],
    *,
    opened: Sequence[object] = (),
) -> ReportRecord:
    """Gather what a reader needs to trust and to repeat a report.

    Parameters
    ----------
    report : str
        Name of the notebook.
    parameters : mapping
        Its checked parameters.
    namespace : mapping
        The notebook's variables.
    opened : sequence
        Sources that its settings opened; they may be in no variable.

    Returns
    -------
    ReportRecord
        The same for the same inputs, parameters and versions.
    """
    held = _held(namespace, opened)
    inputs = provenance.describe_inputs(parameters)
    record: Json = {
        "schema": 1,
        "type": "Report",
        "report": report,
        "heading": heading(parameters, held),
        "as_of": parameters.get("as_of"),
        "parameters": provenance.shown_parameters(parameters),
        "classification": CLASSIFICATION,
        "provenance": [list(row) for row in _rows(report, parameters, inputs, held)],
        "sources": sources(held),
        "ledger": [_account(log) for log in _logs(held)],
        "log_checks": [c.to_json() for log in _logs(held) for c in log.checks],
    }
    return ReportRecord({**record, "token": completion_token(record)})


def _held(namespace: Mapping[str, object], opened: Sequence[object]) -> list[object]:
    """Return what the notebook holds: its variables, what cells showed or opened."""
    named = [value for name, value in namespace.items() if not name.startswith("_")]
    shown = namespace.get("Out")
    unnamed = list(shown.values()) if isinstance(shown, Mapping) else []
    return list({id(value): value for value in [*named, *unnamed, *opened]}.values())


def completion_token(record: Mapping[str, object]) -> str:
    """Return the hash that a whole record ends with; its own token is left out."""
    body = {key: value for key, value in record.items() if key != "token"}
    text = json.dumps(body, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def heading(parameters: Mapping[str, Value], held: list[object]) -> str:
    """Name release, geography and period in months, as the page's first line."""
    region = parameters.get("region")
    regions = parameters.get("regions")
    if isinstance(region, str) and region:
        place = describe_region(region)
    elif isinstance(regions, list) and regions:
        place = ", ".join(describe_region(str(name)) for name in regions)
    else:
        place = _all_of(held)
    return ", ".join([_subject(held), place, _span(parameters)])


def _all_of(held: list[object]) -> str:
    """Name the one series that was counted; else say that all were."""
    from disclosure_trends.counts.counts import Counts

    counted = [
        one.regions for one in held if isinstance(one, Counts) and len(one.by) == 1
    ]
    if len(counted) == 1 and len(counted[0]) == 1:
        return describe_region(counted[0][0])
    return "all regions" if _logs(held) or _figures(held) else "all series"


def sources(held: list[object]) -> list[str]:
    """List the addresses that the published figures were read from, sorted."""
    urls: set[str] = set()
    for figures in _figures(held):
        if "source_url" in figures.table.columns:
            urls.update(figures.table["source_url"].dropna().astype(str))
    return sorted(url for url in urls if url)


def _rows(
    report: str,
    parameters: Mapping[str, Value],
    inputs: tuple[InputFile, ...],
    held: list[object],
) -> list[tuple[str, str]]:
    rows = [("Data", "\n".join(_data_lines(parameters, inputs, held)))]
    rows += [("Records", _equation(log)) for log in _logs(held)]
    methods = list(dict.fromkeys(type(r).__name__ for r in held if _is_method(r)))
    if methods:
        text = "each estimand, its assumptions and error rates: analysis/METHODS.md"
        rows.append(("Method", f"{', '.join(methods)}; {text}"))
    rows.append(("Versions", provenance.versions_text()))
    rows.append(
        ("Run again", provenance.command(report, parameters, usual=_usual(report)))
    )
    return rows


def _data_lines(
    parameters: Mapping[str, Value], inputs: tuple[InputFile, ...], held: list[object]
) -> list[str]:
    """Write one line per file: name, rows, hash; shipped tables only where used."""
    lines = [
        _line(tally.name, f"{count(tally.records)} records", tally.sha256)
        for log in _logs(held)
        for tally in log.ledger.files.values()
    ]
    files = [path for _, path in provenance.input_paths(parameters)]
    used = _used(held)
    instead = bool(lines or parameters.get("counts") or parameters.get("published"))
    for item, path in zip(inputs, files, strict=True):
        given = item.role != "shipped" and not (item.role == "requests" and instead)
        listed = any(item.sha256 in line for line in lines)
        if (given or item.name in used) and not listed:
            rows = provenance.count_rows(path)
            size = "" if rows is None else f"{count(rows)} rows"
            lines.append(_line(item.name, size, item.sha256))
    return lines


def _used(held: list[object]) -> set[str]:
    """Name the shipped tables that the notebook's objects were drawn from."""
    platforms = {f"{figures.platform}.csv" for figures in _figures(held)}
    register = {"adoption_dates.csv"} if any(map(_is_register, held)) else set()
    claims = {"claims.csv"} if any(map(_is_claims, held)) else set()
    return {"events.csv"} | platforms | register | claims


def _line(name: str, size: str, sha256: str) -> str:
    return ", ".join(part for part in (name, size, f"sha256 {sha256}") if part)


def _account(log: _Log) -> Json:
    """Write the ledger for programs."""
    total = log.ledger.total
    return {
        "evidence": log.evidence,
        "records": total.records,
        "clean": total.clean,
        "superseded": total.superseded,
        "quarantined": total.quarantined,
        "by_reason": dict(total.by_reason),
    }


def _equation(log: _Log) -> str:
    """Write the ledger: every record ends in one of three places."""
    total = log.ledger.total
    return (
        f"{count(total.records)} records = {count(total.clean)} clean "
        f"+ {count(total.superseded)} superseded "
        f"+ {count(total.quarantined)} quarantined"
    )


def _subject(held: list[object]) -> str:
    """Name what the report is drawn from."""
    named = [f.platform for f in _figures(held) if f.platform]
    logs = _logs(held)
    if named:
        return f"{named[0][:1].upper()}{named[0][1:]}: published figures"
    if logs:
        simulated = logs[0].evidence == "simulated"
        return "Simulated request log" if simulated else "Request log"
    return "Counts brought by a file"


def _span(parameters: Mapping[str, Value]) -> str:
    before, after = parameters.get("before"), parameters.get("after")
    if isinstance(before, str) and isinstance(after, str) and before and after:
        return f"{parse_period(after).words} against {parse_period(before).words}"
    as_of = parameters.get("as_of")
    return f"up to {format_day(parse_as_of(as_of))}" if isinstance(as_of, str) else ""


def _usual(report: str) -> dict[str, Value]:
    """Return the parameters that the report of this name is made with by itself."""
    known = read_settings().get(report)
    return known.schema.check(known.parameters) if known else {}


def _logs(held: list[object]) -> list[_Log]:
    return [value for value in held if isinstance(value, _Log)]


def _figures(held: list[object]) -> list[_Published]:
    return [value for value in held if isinstance(value, _Published)]


def _is_claims(value: object) -> bool:
    from disclosure_trends.reports.claims.assess import ClaimsResult

    return isinstance(value, ClaimsResult)


def _is_register(value: object) -> bool:
    """Tell whether this is the register of who moved to the designated line, when."""
    return isinstance(value, pd.DataFrame) and "adopted_on" in value.columns


def _is_method(value: object) -> bool:
    """Tell whether something was computed, not only read."""
    return isinstance(value, Result) and not isinstance(value, _Published)
