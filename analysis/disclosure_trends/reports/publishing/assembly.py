"""Puts a run together: reports made, reports carried over, manifest, status, list."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from disclosure_trends.display.tables import Json
from disclosure_trends.errors import BatchError, DisclosureTrendsError
from disclosure_trends.reports import fields
from disclosure_trends.reports.notebooks import provenance
from disclosure_trends.reports.notebooks.making import PARTIAL
from disclosure_trends.reports.publishing.index import Listed, run_index
from disclosure_trends.reports.publishing.manifest import MANIFEST, dump, file_hashes
from disclosure_trends.reports.tripwire import is_clean
from disclosure_trends.vocabulary.periods import format_day, parse_as_of

STATUS: Final = "status.json"
FAILED: Final = "failed"
_STOPPED: Final = 143


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a run holds.

    Attributes
    ----------
    as_of : datetime.date
        Its day of knowledge.
    key : str
        What its folder is called after the day.
    made : mapping
        Report to its entry in the manifest.
    failed : mapping
        Report to the error that stopped it.
    carried : mapping
        Report to its entry in the manifest of an earlier run.
    """

    as_of: date
    key: str
    made: Mapping[str, Json]
    failed: Mapping[str, DisclosureTrendsError]
    carried: Mapping[str, Json]

    @property
    def name(self) -> str:
        """Name of the run's folder."""
        return f"{self.as_of.isoformat()}-{self.key}"

    @property
    def error(self) -> DisclosureTrendsError | None:
        """What the run ends with; None if nothing failed."""
        if not self.failed:
            return None
        causes = list(self.failed.values())
        codes = {cause.exit_code for cause in causes}
        if not self.made and len(codes) == 1:
            return causes[0]
        if not self.made:
            return BatchError(f"all {len(causes)} reports failed: {causes[0]}")
        total = len(self.made) + len(causes)
        return BatchError(
            f"{len(causes)} of {total} reports failed ({', '.join(self.failed)}), "
            f"the others are published: {causes[0]}"
        )


def write_run(work: Path, contents: Contents) -> None:
    """Write everything of a run but the reports themselves.

    Parameters
    ----------
    work : pathlib.Path
        The work folder, with a folder for each report made or carried over.
    contents : Contents
        What the run holds.
    """
    entries = {**contents.made, **contents.carried}
    listed = [_listed(name, e, contents.failed) for name, e in entries.items()]
    index = run_index(listed, as_of=contents.as_of.isoformat())
    _write(work / "index.html", index)
    others = {
        name: digest
        for name, digest in file_hashes(work).items()
        if name == "index.html" or name.startswith(f"{FAILED}/")
    }
    document = {
        "schema": 1,
        "as_of": contents.as_of.isoformat(),
        "key": contents.key,
        "versions": dict(provenance.versions()),
        "code_sha256": provenance.code_sha256(),
        "reports": entries,
        "files": others,
    }
    _write(work / MANIFEST, dump(document))
    write_status(work, contents, outcome="published", error=contents.error)


def write_status(
    work: Path, contents: Contents, *, outcome: str, error: BaseException | None
) -> None:
    """Write how a run and each of its reports ended, for schedulers."""
    reports = {
        name: _status("published", entry) for name, entry in contents.made.items()
    }
    reports |= {
        name: _status("carried over", entry) for name, entry in contents.carried.items()
    }
    reports |= {
        name: {**_status("failed", contents.carried.get(name, {})), **_cause(failure)}
        for name, failure in contents.failed.items()
    }
    document = {"schema": 1, "outcome": outcome, **_cause(error), "reports": reports}
    _write(work / STATUS, dump(document))


def keep_partial(
    work: Path, failed: Mapping[str, DisclosureTrendsError], *, publicly: bool
) -> None:
    """Keep of a failed report only the notebook as far as it ran.

    Parameters
    ----------
    work : pathlib.Path
        The work folder.
    failed : mapping
        The reports that failed.
    publicly : bool
        Whether others will read the folder: then a notebook in which the tripwire
        sees a person is not kept.
    """
    for name in failed:
        partial = work / name / PARTIAL
        if partial.is_file() and (not publicly or is_clean(partial)):
            (work / FAILED).mkdir(exist_ok=True)
            partial.rename(work / FAILED / f"{name}.ipynb")
        shutil.rmtree(work / name, ignore_errors=True)


def exit_code_of(error: BaseException | None) -> int:
    """Return the exit code that an error ends a program with."""
    if error is None:
        return 0
    if isinstance(error, DisclosureTrendsError):
        return error.exit_code
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        return error.code
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _cause(error: BaseException | None) -> Json:
    """Describe an error; the text of one that is not ours could quote a row."""
    code = exit_code_of(error)
    if error is None:
        text = None
    elif isinstance(error, DisclosureTrendsError):
        text = str(error)
    else:
        text = "stopped by SIGTERM" if code == _STOPPED else type(error).__name__
    return {"exit_code": code, "cause": text}


def _status(outcome: str, entry: Mapping[str, object]) -> Json:
    return {
        "outcome": outcome,
        "exit_code": 0,
        "cause": None,
        "as_of": entry.get("as_of"),
        "from": entry.get("carried_over"),
    }


def _listed(
    name: str, entry: Json, failed: Mapping[str, DisclosureTrendsError]
) -> Listed:
    as_of = fields.text(entry, "as_of")
    note = ""
    if name in failed:
        day = format_day(parse_as_of(as_of))
        note = f"The latest run failed; this is the last good one, of {day}."
    elif entry.get("carried_over"):
        note = "Carried over from an earlier run."
    return Listed(
        name=name,
        heading=fields.text(entry, "heading"),
        verdict=fields.text(entry, "verdict"),
        as_of=as_of,
        simulated=entry.get("simulated") is True,
        note=note,
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
