"""Which reports of earlier runs a new run may use, and which it carries over."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from disclosure_trends.display.tables import Json
from disclosure_trends.reports import fields
from disclosure_trends.reports.publishing.manifest import (
    Job,
    faults_in,
    manifest_reports,
    read_manifest,
)
from disclosure_trends.reports.publishing.publish import Output

Entry = Mapping[str, object]


def may_follow(as_of: date, latest: Path | None) -> bool:
    """Tell whether a run of this day may be shown after the one that readers see."""
    manifest = read_manifest(latest) if latest else None
    return manifest is None or str(manifest.get("as_of")) <= as_of.isoformat()


def shows(run: Path | None, jobs: Sequence[Job]) -> bool:
    """Tell whether a whole run holds these reports, made from the same things."""
    if run is None or faults_in(run):
        return False
    entries = _entries(run)
    return all(entries.get(job.name, {}).get("key") == job.key for job in jobs)


def reports_at_hand(
    output: Output, name: str, jobs: Sequence[Job]
) -> dict[str, tuple[Path, Entry]]:
    """Find reports that need not be made again.

    Parameters
    ----------
    output : Output
        Where to look: in the run of this name and in the one that readers see.
    name : str
        Name of the run.
    jobs : sequence of Job
        What is asked for.

    Returns
    -------
    dict
        Report to its folder and its entry; only whole ones with the same key.
    """
    found: dict[str, tuple[Path, Entry]] = {}
    for run in (output.runs / name, output.latest()):
        whole = _whole_entries(run)
        for job in jobs:
            entry = whole.get(job.name, {})
            if run and job.name not in found and entry.get("key") == job.key:
                found[job.name] = (run / job.name, entry)
    return found


def take(folder: Path, entry: Entry, work: Path) -> Json:
    """Copy a report of an earlier run into a new one and return its entry."""
    shutil.copytree(folder, work / folder.name)
    return dict(entry)


def carry_over(
    latest: Path | None,
    work: Path,
    *,
    made: Iterable[str],
    until: date | None,
) -> dict[str, Json]:
    """Copy what readers see now and this run did not make.

    Parameters
    ----------
    latest : pathlib.Path or None
        The run that readers see.
    work : pathlib.Path
        The folder of the new run.
    made : sequence of str
        Reports that are in it.
    until : datetime.date or None
        Leave out reports of a later day than this; None keeps all.

    Returns
    -------
    dict
        Report to its entry, each with its own day and ``carried_over``: the run that
        made it.
    """
    kept: dict[str, Json] = {}
    there = frozenset(made)
    if latest is None:
        return kept
    manifest = read_manifest(latest) or {}
    run = f"{manifest.get('as_of')}-{manifest.get('key')}"
    for name, entry in _whole_entries(latest).items():
        late = until is not None and str(entry.get("as_of")) > until.isoformat()
        if late or name in there:
            continue
        shutil.copytree(latest / name, work / name)
        kept[name] = {**entry, "carried_over": entry.get("carried_over") or run}
    return kept


def _whole_entries(run: Path | None) -> dict[str, Entry]:
    """Return the entries of a run whose files are all as the manifest says."""
    damaged = {fault.partition("/")[0] for fault in faults_in(run)} if run else set()
    return {n: entry for n, entry in _entries(run).items() if n not in damaged}


def _entries(run: Path | None) -> dict[str, Entry]:
    manifest = read_manifest(run) if run else None
    if manifest is None:
        return {}
    return {
        name: fields.record(entry, name)
        for name, entry in manifest_reports(manifest).items()
    }
