"""What a run was made from: keys over its inputs, and the manifest that lists them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from disclosure_trends.display.tables import Json
from disclosure_trends.errors import InputChangedError
from disclosure_trends.reports import fields
from disclosure_trends.reports.notebooks import provenance
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.reports.notebooks.provenance import InputFile
from disclosure_trends.reports.notebooks.settings import ReportSettings

MANIFEST: Final = "manifest.json"
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One report that is to be made.

    Attributes
    ----------
    settings : ReportSettings
        Its name, notebook and requirements.
    parameters : mapping
        All parameters of the notebook, checked.
    as_of : datetime.date
        The day of knowledge.
    inputs : tuple of InputFile
        What it reads, with hashes.
    stamps : mapping
        Path to size, time of change and inode when it was hashed.
    """

    settings: ReportSettings
    parameters: Mapping[str, Value]
    as_of: date
    inputs: tuple[InputFile, ...]
    stamps: Mapping[Path, _Stamp] = field(repr=False)

    @property
    def name(self) -> str:
        """Name of the report."""
        return self.settings.name

    @property
    def key(self) -> str:
        """Hash over everything that can change the report."""
        return _hash(self.description())

    def description(self) -> Json:
        """Return what the report is made from, without a path or a clock."""
        return {
            "report": self.name,
            "as_of": self.as_of.isoformat(),
            "notebook": self.settings.notebook.name,
            "notebook_sha256": provenance.sha256_of(self.settings.notebook),
            "parameters": provenance.shown_parameters(self.parameters),
            "required": list(self.settings.required),
            "inputs": [asdict(item) for item in self.inputs],
            "versions": dict(provenance.versions()),
            "code_sha256": provenance.code_sha256(),
        }


def make_job(
    settings: ReportSettings, parameters: Mapping[str, Value], as_of: date
) -> Job:
    """Hash the inputs of a report.

    Parameters
    ----------
    settings : ReportSettings
        The report.
    parameters : mapping
        Its checked parameters.
    as_of : datetime.date
        The day of knowledge.

    Returns
    -------
    Job
        With the state of each input, so that a later change is noticed.
    """
    paths = [path for _, path in provenance.input_paths(parameters)]
    stamps = {path: _stamp(path) for path in paths}
    inputs = provenance.describe_inputs(parameters)
    return Job(
        settings=settings,
        parameters=parameters,
        as_of=as_of,
        inputs=inputs,
        stamps=stamps,
    )


def check_unchanged(job: Job) -> None:
    """Refuse the result of a run whose inputs changed under it.

    Raises
    ------
    InputChangedError
        If a file has another size, time of change or inode than when it was hashed,
        or another file has joined them.
    """
    paths = [path for _, path in provenance.input_paths(job.parameters)]
    for path in sorted({*paths, *job.stamps}):
        if not path.exists() or job.stamps.get(path) != _stamp(path):
            message = (
                f"report {job.name!r}: {path.name} changed during the run; "
                "run again when nothing writes to it"
            )
            raise InputChangedError(message)


def run_key(jobs: Iterable[Job]) -> str:
    """Return the eight characters that name the run of these reports."""
    return _hash(sorted(job.key for job in jobs))[:8]


def report_entry(
    job: Job,
    record: Mapping[str, object],
    folder: Path,
    *,
    verdict: str,
    simulated: bool,
) -> Json:
    """Describe a finished report for the manifest.

    Parameters
    ----------
    job : Job
        What it was made from.
    record : mapping
        The closing record of its notebook.
    folder : pathlib.Path
        Where its files lie.
    verdict : str
        The sentence it opens with.
    simulated : bool
        Whether it speaks of invented data.

    Returns
    -------
    dict
        Key, inputs, parameters, provenance and ledger, and the hash of every file.
    """
    return {
        "key": job.key,
        **job.description(),
        "heading": record.get("heading"),
        "verdict": verdict,
        "simulated": simulated,
        "provenance": record.get("provenance"),
        "ledger": record.get("ledger"),
        "token": record.get("token"),
        "files": file_hashes(folder),
    }


def file_hashes(folder: Path) -> dict[str, str]:
    """Hash every file below a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): provenance.sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read_manifest(run: Path) -> Mapping[str, object] | None:
    """Read the manifest of a run; None where there is none that can be read."""
    try:
        content = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, Mapping) else None


def manifest_reports(
    manifest: Mapping[str, object],
) -> dict[str, Mapping[str, object]]:
    """Return the entries of a manifest by report."""
    reports = fields.record(manifest.get("reports", {}), MANIFEST)
    return {name: fields.record(entry, MANIFEST) for name, entry in reports.items()}


def faults_in(run: Path) -> list[str]:
    """Compare a run with its manifest.

    Parameters
    ----------
    run : pathlib.Path
        Folder of a run.

    Returns
    -------
    list of str
        One sentence for each file that is absent, altered or not listed.
    """
    manifest = read_manifest(run)
    if manifest is None:
        return [f"{MANIFEST} is absent or cannot be read"]
    listed = {
        f"{name}/{file}": digest
        for name, entry in manifest_reports(manifest).items()
        for file, digest in fields.record(entry.get("files", {}), MANIFEST).items()
    }
    listed |= fields.record(manifest.get("files", {}), MANIFEST)
    found = file_hashes(run)
    faults = [f"{file} is absent" for file in listed if file not in found]
    faults += [
        f"{f} was altered" for f in listed if found.get(f, "") not in ("", listed[f])
    ]
    kept = {MANIFEST, "status.json"}
    faults += [
        f"{file} is not listed" for file in found if file not in {*listed, *kept}
    ]
    return faults


def dump(content: object) -> str:
    """Write JSON so that the same content gives the same bytes."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _stamp(path: Path) -> _Stamp:
    state = path.stat()
    return state.st_size, state.st_mtime_ns, state.st_ino


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
