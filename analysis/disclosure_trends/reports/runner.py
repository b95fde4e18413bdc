"""From the names of reports to a published run: check, execute, gather, publish.

Nothing starts before every parameter of every report is checked, and nothing is shown
before every file of the run is whole.
"""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from disclosure_trends.errors import (
    DisclosureTrendsError,
    OutputError,
    SettingsError,
)
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.reports.notebooks.settings import (
    ReportSettings,
    choose_reports,
    read_settings,
)
from disclosure_trends.reports.notebooks.values import check_known
from disclosure_trends.reports.notebooks.workers import Made, Progress, make_reports
from disclosure_trends.reports.publishing import carrying
from disclosure_trends.reports.publishing.assembly import (
    Contents,
    keep_partial,
    write_run,
    write_status,
)
from disclosure_trends.reports.publishing.index import front_page
from disclosure_trends.reports.publishing.manifest import Job, make_job, run_key
from disclosure_trends.reports.publishing.publish import Output, discard, locked_output
from disclosure_trends.vocabulary.periods import parse_as_of

Outcome = Literal["published", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRun:
    """What became of one report.

    Attributes
    ----------
    name : str
        The report.
    outcome : str
        ``published``, ``unchanged`` or ``failed``.
    folder : pathlib.Path
        The run's folder; the report's files lie in the folder of its name.
    as_of : datetime.date
        Day of knowledge of what the folder shows for this report.
    exit_code : int
        0, or why it failed.
    cause : str
        One line; empty if it did not fail.
    """

    name: str
    outcome: Outcome
    folder: Path
    as_of: date
    exit_code: int = 0
    cause: str = ""

    @property
    def page(self) -> Path:
        """The page for leadership."""
        return self.folder / self.name / "report.html"

    @property
    def findings(self) -> Path:
        """Every number and sentence of the report, machine-readable."""
        return self.folder / self.name / "findings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRun:
    """What became of several reports that were run together.

    Attributes
    ----------
    outcome : str
        ``published`` or ``unchanged``.
    folder : pathlib.Path
        The run's folder.
    reports : tuple of ReportRun
        In the order asked for.
    shown : bool
        Whether `latest` leads to this run.
    error : DisclosureTrendsError or None
        What some of the reports failed with; the others are published.
    """

    outcome: Outcome
    folder: Path
    reports: tuple[ReportRun, ...]
    shown: bool
    error: DisclosureTrendsError | None = None


def run_report(
    name: str,
    *,
    parameters: Mapping[str, object] | None = None,
    as_of: str | date,
    out: str | Path,
    notebooks: str | Path | None = None,
    force: bool = False,
) -> ReportRun:
    """Make one report and publish it.

    Parameters
    ----------
    name : str
        A report of ``reports.toml``.
    parameters : mapping, optional
        Values that differ from the report's own.
    as_of : str or datetime.date
        The day of knowledge, inclusive.
    out : str or pathlib.Path
        The output folder; its other reports are carried over.
    notebooks : str or pathlib.Path, optional
        Folder with ``reports.toml``; the shipped one if not given.
    force : bool
        Execute though nothing changed, and let `latest` move to an earlier day.

    Returns
    -------
    ReportRun
        Where its page and its findings lie.

    Raises
    ------
    DisclosureTrendsError
        With the exit code of the cause; what was published before stays.
    """
    batch = run_reports(
        [name],
        parameters=parameters,
        as_of=as_of,
        out=out,
        notebooks=notebooks,
        force=force,
    )
    if batch.error:
        raise batch.error
    return batch.reports[0]


def run_reports(
    names: Sequence[str] = (),
    *,
    parameters: Mapping[str, object] | None = None,
    as_of: str | date,
    out: str | Path,
    notebooks: str | Path | None = None,
    force: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> BatchRun:
    """Make several reports and publish them together.

    Parameters
    ----------
    names : sequence of str
        Reports of ``reports.toml``; none means all.
    parameters : mapping, optional
        Values that differ from the reports' own; each must be known to at least one
        of them, and goes to those that know it.
    as_of : str or datetime.date
        The day of knowledge, inclusive.
    out : str or pathlib.Path
        The output folder; its other reports are carried over.
    notebooks : str or pathlib.Path, optional
        Folder with ``reports.toml``; the shipped one if not given.
    force : bool
        Execute though nothing changed, and let `latest` move to an earlier day.
    jobs : int
        How many notebooks run at a time.
    progress : callable, optional
        Told report and stage: ``"started"``, ``"done"`` or ``"failed"``.

    Returns
    -------
    BatchRun
        What became of each; where some failed, `error` says so and the others are
        published.

    Raises
    ------
    DisclosureTrendsError
        If a parameter is wrong, or the output is locked or unwritable.
    """
    day = parse_as_of(as_of)
    chosen = choose_reports(
        read_settings(Path(notebooks) if notebooks else None), list(names)
    )
    checked = list(_checked(chosen, parameters or {}, day))
    with locked_output(Path(out)) as output:
        due = [make_job(settings, values, day) for settings, values in checked]
        options = _Options(force=force, jobs=jobs, progress=progress or _silent)
        return _run(output, due, day, options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    force: bool
    jobs: int
    progress: Progress


def _checked(
    chosen: Sequence[ReportSettings], given: Mapping[str, object], as_of: date
) -> list[tuple[ReportSettings, dict[str, Value]]]:
    """Check every parameter of every report before anything runs."""
    schemas = {settings.name: settings.schema for settings in chosen}
    if "as_of" in given:
        message = "parameter 'as_of': is given by --as-of (as_of=), not as a parameter"
        raise SettingsError(message)
    for name in given:
        if not any(name in schema.names for schema in schemas.values()):
            schemas[chosen[0].name][name]  # refuses, and names the nearest
    checked = []
    for settings in chosen:
        schema = schemas[settings.name]
        own = {name: value for name, value in given.items() if name in schema.names}
        day = {"as_of": as_of.isoformat()} if "as_of" in schema.names else {}
        values = schema.check({**settings.parameters, **own, **day})
        check_known(values, where=schema.notebook, optional=schema.optional)
        checked.append((settings, values))
    return checked


def _run(
    output: Output, jobs: Sequence[Job], as_of: date, options: _Options
) -> BatchRun:
    """Make what is not there yet, put the run together and publish it."""
    name = f"{as_of.isoformat()}-{run_key(jobs)}"
    latest = output.latest()
    show = options.force or carrying.may_follow(as_of, latest)
    there = {} if options.force else carrying.reports_at_hand(output, name, jobs)
    due = [job for job in jobs if job.name not in there]
    if not due and carrying.shows(latest, jobs):
        return _unchanged(latest or output.runs / name, jobs, shown=True)
    if not due and not show and output.whole_run(name):
        return _unchanged(output.runs / name, jobs, shown=False)
    work = output.work_folder()
    made: dict[str, Made] = {}
    try:
        made |= make_reports(
            due, work, at_a_time=options.jobs, progress=options.progress
        )
        made |= {n: carrying.take(*found, work) for n, found in there.items()}
        contents = _some(_contents(jobs, as_of, made))
        keep_partial(work, contents.failed, publicly=True)
        until = None if show else as_of
        carried = carrying.carry_over(latest, work, made=contents.made, until=until)
        contents = replace(contents, carried=carried)
        write_run(work, contents)
        run = output.publish(work, name, show=show)
    except BaseException as error:
        _keep_failed(output, work, _contents(jobs, as_of, made), error)
        raise
    output.write_front(front_page())
    return BatchRun(
        outcome="published" if due else "unchanged",
        folder=run,
        reports=tuple(_report_run(job, run, contents) for job in jobs),
        shown=show,
        error=contents.error,
    )


def _contents(jobs: Sequence[Job], as_of: date, made: Mapping[str, Made]) -> Contents:
    """Sort what was made from what failed, in the order asked for."""
    inside = {job.name: made[job.name] for job in jobs if job.name in made}
    failed = {n: m for n, m in inside.items() if isinstance(m, DisclosureTrendsError)}
    good = {n: m for n, m in inside.items() if not isinstance(m, DisclosureTrendsError)}
    return Contents(
        as_of=as_of, key=run_key(jobs), made=good, failed=failed, carried={}
    )


def _some(contents: Contents) -> Contents:
    """Refuse a run in which every report failed."""
    if contents.error and not contents.made:
        raise contents.error
    return contents


def _keep_failed(
    output: Output, work: Path, contents: Contents, error: BaseException
) -> None:
    """Leave of a failed run its status and what ran; whatever fails here is second."""
    if not work.exists():
        return
    with suppress(OSError, OutputError):
        for path in work.iterdir():
            if path.name not in contents.failed:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        keep_partial(work, contents.failed, publicly=False)
        status = replace(contents, made={}, carried={})
        write_status(work, status, outcome="failed", error=error)
        output.keep_failed(work, contents.name)
        return
    discard(work)


def _unchanged(run: Path, jobs: Sequence[Job], *, shown: bool) -> BatchRun:
    reports = tuple(
        ReportRun(name=job.name, outcome="unchanged", folder=run, as_of=job.as_of)
        for job in jobs
    )
    return BatchRun(outcome="unchanged", folder=run, reports=reports, shown=shown)


def _report_run(job: Job, run: Path, contents: Contents) -> ReportRun:
    error = contents.failed.get(job.name)
    shown = str(contents.carried.get(job.name, {}).get("as_of", job.as_of))
    return ReportRun(
        name=job.name,
        outcome="failed" if error else "published",
        folder=run,
        as_of=parse_as_of(shown),
        exit_code=error.exit_code if error else 0,
        cause=str(error) if error else "",
    )


def _silent(report: str, stage: str) -> None:
    """Tell nobody."""
