"""The command line: one command per room, one line on stderr when it fails."""

import logging
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from disclosure_trends.errors import (
    DataQualityError,
    DisclosureTrendsError,
    SettingsError,
)

STOPPED: Final = 143
INTERRUPTED: Final = 130
# The class of every usage error, which typer does not name alike in all versions.
_USAGE: Final = next(c for c in typer.BadParameter.__mro__ if "Click" in c.__name__)

app = typer.Typer(
    name="disclosure-trends",
    help="Turn request logs and published figures into trends that can be trusted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
published_app = typer.Typer(help="Figures that a platform published.")
notebooks_app = typer.Typer(help="The notebooks that make the reports.")
app.add_typer(published_app, name="published", no_args_is_help=True)
app.add_typer(notebooks_app, name="notebooks", no_args_is_help=True)

AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Day of knowledge: 2024-12-31, last-month-end or last-quarter-end.",
    ),
]
Out = Annotated[Path, typer.Option("--out", help="Output folder.")]


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str
        What stands after ``disclosure-trends``; ``--debug`` may stand anywhere.

    Returns
    -------
    int
        The exit code.
    """
    debug = "--debug" in arguments
    given = [argument for argument in arguments if argument != "--debug"]
    level = "DEBUG" if debug else os.environ.get("LOG_LEVEL", "ERROR").upper()
    logging.basicConfig(format="%(name)s: %(message)s")
    logging.getLogger("disclosure_trends").setLevel(level)
    # papermill does not know types such as str | None; our own schema does.
    logging.getLogger("papermill").setLevel("ERROR")
    heard: list[int] = []
    try:
        with _stopped_in_order(heard):
            result = app(given, prog_name="disclosure-trends", standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 - whatever it is, one line and a code
        if debug:
            traceback.print_exc()
        # An engine that is interrupted may raise an error of its own instead.
        code, line = _ending(SystemExit(heard[0]) if heard else error)
        sys.stderr.write(f"disclosure-trends: {_one_line(line)}\n")
        return code
    return result if isinstance(result, int) else 0


@app.callback()
def options(
    *, debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False
) -> None:
    """Turn request logs and published figures into trends that can be trusted."""
    del debug  # read in `run`, wherever it stands


@app.command()
def report(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]", help="Reports; all if none is named."),
    ] = None,
    *,
    out: Out,
    as_of: AsOf,
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="KEY=VALUE", help="May be repeated."),
    ] = None,
    notebooks: Annotated[
        Path | None, typer.Option(help="Folder with reports.toml; else the shipped.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks at a time.")] = 1,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Execute again, and show it even if of an earlier day."
        ),
    ] = False,
) -> int:
    """Run notebooks and publish their reports together."""
    from disclosure_trends.reports.notebooks.settings import parse_given
    from disclosure_trends.reports.progress import show_progress
    from disclosure_trends.reports.runner import run_reports

    batch = run_reports(
        names or [],
        as_of=_day(as_of),
        parameters=parse_given(notebooks, names or [], parameter or []),
        out=out,
        notebooks=notebooks,
        force=force,
        jobs=jobs,
        progress=show_progress(),
    )
    if batch.outcome == "unchanged":
        typer.echo("unchanged: the same inputs, parameters and versions")
    if not batch.shown:
        typer.echo("latest stays at a later day; --force moves it")
    typer.echo(_shown(batch.folder / "index.html"))
    if batch.error:
        raise batch.error
    return 0


@app.command()
def preview(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="One file of a log.")],
    *,
    config: Annotated[
        Path | None, typer.Option(help="What is known already: read.toml.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write the proposal here, to fill its blanks.")
    ] = None,
) -> None:
    """Look at a log and propose how to read it; blanks are left for what is unknown."""
    from disclosure_trends.logs.config import read_options
    from disclosure_trends.logs.options import ReadOptions
    from disclosure_trends.logs.preview import preview_log

    known = read_options(config) if config else ReadOptions()
    if not isinstance(known, ReadOptions):
        message = f"{_shown(config)}: has options for single files; name one file's own"
        raise SettingsError(message)
    found = preview_log(source, read=known)
    typer.echo(found.summary())
    if write:
        found.write(write)
        typer.echo(f"written to {_shown(write)}")


@app.command()
def clean(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="A log.")],
    *,
    out: Out,
    as_of: AsOf,
    config: Annotated[
        Path | None, typer.Option(help="What the files cannot prove: read.toml.")
    ] = None,
    engine: Annotated[
        Literal["duckdb", "spark"],
        typer.Option(
            help="Where the rules run. spark is for logs that no one machine holds; "
            "below that it only costs more."
        ),
    ] = "duckdb",
    memory: Annotated[
        str, typer.Option(help="Limit of the engine, or of each worker.")
    ] = "1GB",
) -> None:
    """Clean a request log; every record is accounted for."""
    from disclosure_trends.logs.clean import clean_requests
    from disclosure_trends.logs.config import read_options
    from disclosure_trends.logs.options import ReadOptions
    from disclosure_trends.reports.progress import show_phases

    with show_phases():
        cleaned = clean_requests(
            inputs[0] if len(inputs) == 1 else inputs,
            as_of=_day(as_of),
            out=out,
            read=read_options(config) if config else ReadOptions(),
            engine=engine,
            memory=memory,
        )
    typer.echo(cleaned.summary())
    failed = [check.text for check in cleaned.checks if check.passed is False]
    if failed:
        raise DataQualityError(f"{_shown(out)}: {' '.join(failed)}")


@app.command()
def simulate(
    scenario: Annotated[str, typer.Argument(help="Such as rerouting or null_demand.")],
    *,
    rows: Annotated[int, typer.Option(min=1, help="Number of rows.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")],
    out: Annotated[Path, typer.Option(help="A CSV file.")],
    messy: Annotated[
        bool, typer.Option("--messy", help="Spell and order it as real logs do.")
    ] = False,
) -> None:
    """Write a request log with a known truth."""
    from disclosure_trends.reports.publishing.publish import writing
    from disclosure_trends.simulate.requests import simulate_requests

    log = simulate_requests(scenario, rng=seed, rows=rows, messy=messy)
    with writing(out):
        log.requests.to_csv(out, index=False, lineterminator="\n")
    for name, value in log.truth.items():
        typer.echo(f"{name}: {value}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE.html", help="A page.")],
) -> int:
    """Hold a page against the rules: offline, sealed, readable by everyone."""
    from disclosure_trends.reports.publishing.verify import check_page

    kind = check_page(file)
    typer.echo(f"{_shown(file)}: no fault found ({kind})")
    return 0


@app.command()
def verify(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="A run.")],
) -> int:
    """Hold a run against its manifest: every file, every hash, every token."""
    from disclosure_trends.reports.publishing.verify import verify_run

    n_files = verify_run(run_dir)
    typer.echo(f"{_shown(run_dir)}: {n_files} files, no fault found")
    return 0


@app.command()
def params(
    notebook: Annotated[str, typer.Argument(help="A notebook, by name or path.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON Schema, as without a terminal.")
    ] = False,
) -> None:
    """Show the parameters of a notebook: a table, or JSON Schema for programs."""
    from disclosure_trends.reports.notebooks.parameters import read_schema
    from disclosure_trends.reports.notebooks.settings import find_notebook
    from disclosure_trends.reports.publishing.manifest import dump

    schema = read_schema(find_notebook(notebook))
    if as_json or not sys.stdout.isatty():
        typer.echo(dump(schema.json_schema()), nl=False)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("parameter", "type", "default", "meaning", box=None)
    for p in schema.parameters:
        table.add_row(p.name, p.annotation, repr(p.default), p.help)
    Console().print(table)


@published_app.command("import")
def import_published(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Figures in any layout.")],
    *,
    out: Annotated[Path, typer.Option(help="A CSV file in the tidy layout.")],
    layout: Annotated[
        str | None, typer.Option(help="tidy, te-k or transparency-bot.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="For messages that say 'your country'.")
    ] = None,
) -> None:
    """Turn published figures into one row per figure and window."""
    from disclosure_trends.counts.published import load_published
    from disclosure_trends.reports.publishing.publish import writing

    published = load_published(file, layout=layout, country=country)
    with writing(out):
        published.table.to_csv(out, index=False, lineterminator="\n")
    typer.echo(published.summary())


@published_app.command("show")
def show_published(
    name: Annotated[str, typer.Argument(help="A table that ships, or a file.")],
    *,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="What was known then.")
    ] = None,
) -> None:
    """Say what is published, and what does not fit together."""
    from disclosure_trends.counts.published import load_published

    day = None if as_of is None else _day(as_of)
    published = load_published(name, as_of=day)
    typer.echo(published.summary())
    typer.echo(published.table.to_csv(index=False, lineterminator="\n"), nl=False)


@notebooks_app.command("copy")
def copy_notebooks(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
) -> None:
    """Copy the notebooks and reports.toml, to work on them."""
    from disclosure_trends.reports.notebooks.settings import copy_notebooks as copy

    for path in copy(folder):
        typer.echo(_shown(path))


def _day(text: str) -> date:
    """Resolve the day of knowledge; the only place where the clock is read."""
    from disclosure_trends.reports.relative_days import resolve_day

    day = resolve_day(text, today=datetime.now(tz=UTC).date())
    if text != day.isoformat():
        typer.echo(f"as of {day.isoformat()}")
    return day


@contextmanager
def _stopped_in_order(heard: list[int]) -> Iterator[None]:
    """End in order when a scheduler or a person says stop: nothing is half-published.

    Parameters
    ----------
    heard : list of int
        The exit code of each signal that came is added to it.
    """
    codes = {signal.SIGTERM: STOPPED, signal.SIGINT: INTERRUPTED}

    def stop(number: int, frame: object) -> None:
        del frame
        heard.append(codes[signal.Signals(number)])
        raise SystemExit(heard[-1])

    before = {number: signal.getsignal(number) for number in codes}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
        if heard:
            raise SystemExit(heard[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ending(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the line that an error ends with."""
    if isinstance(error, DisclosureTrendsError):
        return error.exit_code, str(error)
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else 1
        words = {STOPPED: "stopped by SIGTERM", INTERRUPTED: "interrupted"}
        return code, words.get(code, "ended early")
    if isinstance(error, typer.Abort) and isinstance(error.__cause__, EOFError):
        error = error.__cause__  # taken for Ctrl-D, but nothing here asks a person
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return INTERRUPTED, "interrupted"
    if isinstance(error, _USAGE):
        text = getattr(error, "format_message", lambda: str(error))()
        return SettingsError.exit_code, f"{text} (--help shows what is allowed)"
    name = type(error).__name__
    return 1, f"a bug: {name}; run again with --debug to see where"


def _shown(path: Path | None) -> str:
    """Write a path so that no character of it can steer a terminal."""
    return _one_line(str(path))


def _one_line(text: str) -> str:
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
