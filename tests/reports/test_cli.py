"""The command line: every exit code caused for real, one line on stderr for each."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest
from tests.reports.conftest import PARAMETERS, RESULT, write_notebook

from disclosure_trends import cli
from disclosure_trends.reports.publishing.publish import locked_output
from disclosure_trends.reports.relative_days import resolve_day

DAY = "2024-12-31"
PROGRAM = (sys.executable, "-m", "disclosure_trends")


def report(shelf: Path, out: Path, *arguments: str) -> list[str]:
    """The arguments of a report command."""
    given = ["--notebooks", str(shelf), "--out", str(out), *arguments]
    return (
        ["report", *given]
        if "--as-of" in arguments
        else [*("report", *given, "--as-of", DAY)]
    )


def ends(capfd: pytest.CaptureFixture[str], code: int, arguments: list[str]) -> str:
    """Run a command that must end with a code, and return its line on stderr."""
    capfd.readouterr()
    assert cli.run(arguments) == code
    error = capfd.readouterr().err
    lines = [line for line in error.splitlines() if line]  # typer may set an empty one
    assert len(lines) == (1 if code else 0), error
    return lines[0] if lines else ""


def one(
    shelf: Path, *cells: str, settings: str = "", parameters: str = PARAMETERS
) -> None:
    """Replace the shelf's reports by one."""
    write_notebook(shelf / "one.ipynb", *cells, parameters=parameters)
    text = f"[reports.one]\n{settings}\n"
    (shelf / "reports.toml").write_text(text, encoding="utf-8")


def test_0_published_then_unchanged(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(report(shelf, out, "good")) == 0
    shown = capfd.readouterr()
    page = (out / "latest").resolve() / "index.html"
    assert shown.out.splitlines() == ["good: started", "good: done", str(page)]
    assert shown.err == ""
    assert cli.run(report(shelf, out, "good")) == 0
    assert capfd.readouterr().out.splitlines() == [
        "unchanged: the same inputs, parameters and versions",
        str(page),
    ]


@pytest.mark.parametrize("bug", [KeyError, EOFError])
def test_1_a_bug_says_where_to_look(
    shelf: Path,
    out: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    bug: type[Exception],
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise bug("a value of a row")

    monkeypatch.setattr("disclosure_trends.reports.runner.read_settings", broken)
    line = ends(capfd, 1, report(shelf, out))
    assert line == (
        f"disclosure-trends: a bug: {bug.__name__}; run again with --debug to see where"
    )
    assert cli.run([*report(shelf, out), "--debug"]) == 1
    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-p", "regoin=BR"], "did you mean 'region'"),
        (["-p", "region=XX"], "'XX' is not a region"),
        (["-p", "region"], "has no '='"),
        (["-p", "region=FR", "-p", "region=NO"], "is given twice"),
        (["--as-of", "2024-13-01"], "'2024-13-01' is not a day"),
        (["--as-of", DAY, "--jobs", "0"], "--jobs"),
        (["godd"], "did you mean 'good'"),
        (["--oput", "x"], "--oput"),
    ],
)
def test_2_usage_and_parameters(
    shelf: Path,
    out: Path,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    assert message in ends(capfd, 2, report(shelf, out, *arguments))
    assert not out.exists()


def test_2_a_missing_option_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert "--out" in ends(capfd, 2, ["report"])
    assert "No such command 'reprot'" in ends(capfd, 2, ["reprot"])
    assert "no such notebook" in ends(capfd, 2, ["params", "absent"])


def test_3_an_input_that_is_rejected(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one(
        shelf, "from disclosure_trends.errors import RequestLogError as E; raise E('x')"
    )
    assert "RequestLogError: x" in ends(capfd, 3, report(shelf, out))


def test_4_a_data_quality_gate(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one(
        shelf,
        "from disclosure_trends.errors import DataQualityError as E; raise E('x')",
    )
    assert "DataQualityError: x" in ends(capfd, 4, report(shelf, out))


def test_5_a_required_estimate(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one(shelf, settings='required = ["growth"]')
    assert "required 'growth' is not estimable" in ends(capfd, 5, report(shelf, out))


def test_6_a_notebook_that_failed(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    line = ends(capfd, 6, report(shelf, out, "bad"))
    assert line == "disclosure-trends: report 'bad', cell 4: ValueError"
    (failed,) = (out / "runs").glob("*.failed-1")
    assert json.loads((failed / "status.json").read_text())["exit_code"] == 6


def test_7_an_output_that_cannot_be_written(
    shelf: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    line = ends(capfd, 7, report(shelf, tmp_path / "file"))
    assert line == (
        "disclosure-trends: file: cannot be written (Not a directory); nothing was "
        "published; give another folder or make room and rights in this one"
    )


def test_7_a_full_disk_keeps_the_old_run(shelf: Path, out: Path) -> None:
    """A limit on the size of files stands for the disk: the page does not fit.

    Nor may a compiled module be written that does not fit: it would be cut, and stay.
    """
    assert cli.run(report(shelf, out, "good")) == 0
    before = (out / "latest").readlink()
    (shelf / "good.ipynb").write_text(
        (shelf / "good.ipynb").read_text().replace("rose to 12", "fell to 12")
    )
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "from disclosure_trends.cli import run\nsys.exit(run(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *report(shelf, out, "good")],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 7
    assert "report 'good': cannot be written (File too large)" in done.stderr
    assert (out / "latest").readlink() == before
    assert cli.run(["verify", str(out / "latest")]) == 0
    assert not list((out / "runs").glob(".tmp-*"))


def test_8_an_output_that_another_run_writes_to(shelf: Path, out: Path) -> None:
    with locked_output(out):
        done = subprocess.run(
            [*PROGRAM, *report(shelf, out, "good")],
            capture_output=True,
            check=False,
            text=True,
        )
    assert done.returncode == 8
    assert done.stderr == (
        "disclosure-trends: out: another run writes to it; try again when it is done\n"
    )


def test_9_an_input_that_changes(
    shelf: Path, out: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("a\n", encoding="utf-8")
    one(
        shelf,
        f"{RESULT};\nopen({str(log)!r}, 'a').write('1');",
        parameters=f"{PARAMETERS}requests: str = 'example'\n",
    )
    arguments = report(shelf, out, "-p", f"requests={log}")
    assert "log.csv changed during the run" in ends(capfd, 9, arguments)


def test_10_the_tripwire(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one(shelf, RESULT.replace("Requests rose", "Mail jane.roe@example.org: it rose"))
    line = ends(capfd, 10, report(shelf, out))
    assert "an e-mail address" in line
    assert "jane" not in line


def test_11_some_of_a_batch(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    line = ends(capfd, 11, report(shelf, out))
    assert "1 of 3 reports failed (bad)" in line
    assert (out / "latest" / "good" / "report.html").exists()


def test_12_faults_that_check_and_verify_find(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(report(shelf, out, "good")) == 0
    page = out / "latest" / "good" / "report.html"
    assert ends(capfd, 0, ["check", str(page)]) == ""
    assert ends(capfd, 0, ["verify", str(out / "latest")]) == ""
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</main>", "<script>1</script></main>"))
    assert "fault" in ends(capfd, 12, ["check", str(page)])
    assert "good/report.html was altered" in ends(
        capfd, 12, ["verify", str(out / "latest")]
    )
    assert "is no folder" in ends(capfd, 2, ["verify", str(out / "absent")])
    assert "cannot be read" in ends(capfd, 2, ["check", str(out / "absent.html")])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_143_sigterm_leaves_nothing_half_published(
    shelf: Path, out: Path, jobs: str
) -> None:
    assert cli.run(report(shelf, out, "good")) == 0
    before = (out / "latest").readlink()
    mark = out.parent / "cell"
    kept = out.parent / "kept"
    kept.mkdir()
    write = f"import os; open({str(mark)!r}, 'w').write(str(os.getpid()))"
    hold = "import tempfile; folder = tempfile.mkdtemp()"
    one(shelf, f"{hold}\n{write}\nimport time; time.sleep(600)")
    with (shelf / "reports.toml").open("a", encoding="utf-8") as settings:
        settings.write("[reports.good]\n")
    running = subprocess.Popen(
        [*PROGRAM, *report(shelf, out, "--as-of", "2025-01-31", "--jobs", jobs)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(kept)},
    )
    while not (mark.exists() and mark.read_text()) and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    _, error = running.communicate(timeout=30)
    assert running.returncode == 143
    assert error == "disclosure-trends: stopped by SIGTERM\n"
    assert not _lives(int(mark.read_text()))
    assert (out / "latest").readlink() == before
    assert not list((out / "runs").glob(".tmp-*"))
    assert not list(kept.iterdir())
    (failed,) = (out / "runs").glob("*.failed-1")
    status = json.loads((failed / "status.json").read_text())
    assert (status["exit_code"], status["cause"]) == (143, "stopped by SIGTERM")


@pytest.mark.parametrize("after", ["", "import os; os.kill(os.getpid(), 9)"])
def test_what_cells_keep_for_themselves_goes_with_them(
    shelf: Path, out: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    kept = out.parent / "kept"
    kept.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(kept))
    one(shelf, f"import tempfile; folder = tempfile.mkdtemp()\n{after}")
    assert cli.run(report(shelf, out)) == (6 if after else 0)
    assert not list(kept.iterdir())


def test_killed_in_a_cell_nothing_lives_on_and_the_old_run_stays(
    shelf: Path, out: Path
) -> None:
    assert cli.run(report(shelf, out, "good")) == 0
    before = (out / "latest").readlink()
    mark = out.parent / "cell"
    one(
        shelf,
        f"import os; open({str(mark)!r}, 'w').write(str(os.getpid()))\n"
        "import time; time.sleep(600)",
    )
    running = subprocess.Popen([*PROGRAM, *report(shelf, out, "--as-of", "2025-01-31")])
    while not mark.exists() or not mark.read_text():
        time.sleep(0.05)
    running.kill()
    running.wait()
    child = int(mark.read_text())
    for _ in range(100):
        if not _lives(child):
            break
        time.sleep(0.05)
    assert not _lives(child)
    assert (out / "latest").readlink() == before
    write_notebook(shelf / "one.ipynb")
    assert cli.run(report(shelf, out, "--as-of", "2025-01-31")) == 0
    assert not list((out / "runs").glob(".tmp-*"))


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_help_is_cheap() -> None:
    program = (
        "import sys\nfrom disclosure_trends.cli import run\n"
        "code = run(sys.argv[1:])\n"
        "heavy = {'pandas', 'statsmodels', 'numpy', 'duckdb', 'plotly', 'papermill'}\n"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    for command in ([], ["report"], ["clean"], ["published"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *command, "--help"],
            capture_output=True,
            check=True,
            text=True,
        )
        assert done.stdout.splitlines()[-1] == "0 []"
        assert "Usage: disclosure-trends" in done.stdout


def test_names_cannot_steer_a_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hostile = tmp_path / "a\x1b[2Jb\nc"
    line = ends(capfd, 2, ["check", str(hostile)])
    assert line == (
        "disclosure-trends: a\\x1b[2Jb\\nc: cannot be read as text; give an HTML file"
    )


@pytest.mark.parametrize(
    ("word", "today", "day"),
    [
        ("last-month-end", date(2024, 3, 1), "2024-02-29"),
        ("last-month-end", date(2025, 1, 31), "2024-12-31"),
        ("last-quarter-end", date(2025, 1, 1), "2024-12-31"),
        ("last-quarter-end", date(2024, 12, 31), "2024-09-30"),
    ],
)
def test_relative_days(word: str, today: date, day: str) -> None:
    assert resolve_day(word, today=today).isoformat() == day


def test_a_relative_day_is_printed_and_recorded(
    shelf: Path, out: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(report(shelf, out, "good", "--as-of", "last-month-end")) == 0
    first = capfd.readouterr().out.splitlines()[0]
    assert re.fullmatch(r"as of \d{4}-\d{2}-\d{2}", first)
    manifest = json.loads((out / "latest" / "manifest.json").read_text())
    assert manifest["as_of"] == first.removeprefix("as of ")


def test_params_is_json_schema_for_programs(
    shelf: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["params", str(shelf / "good.ipynb")]) == 0
    schema = json.loads(capfd.readouterr().out)
    assert schema["properties"]["region"] == {
        "type": "string",
        "description": "country code or group",
        "default": "EU",
    }


def test_notebooks_copy(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert ends(capfd, 0, ["notebooks", "copy", str(tmp_path / "mine")]) == ""
    assert (tmp_path / "mine" / "reports.toml").exists()
    line = ends(capfd, 7, ["notebooks", "copy", str(tmp_path / "mine")])
    assert line.endswith("already; give a new folder")


def test_simulate_writes_a_log_with_its_truth(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "log.csv"
    given = [
        "simulate",
        "rerouting",
        "--rows",
        "500",
        "--seed",
        "7",
        "--out",
        str(file),
    ]
    assert cli.run(given) == 0
    assert "share: " in capfd.readouterr().out
    first = file.read_bytes()
    assert first.count(b"SIM-") >= 400
    assert cli.run(given) == 0
    assert file.read_bytes() == first
    assert "reroutin'" in ends(capfd, 2, ["simulate", "reroutin", *given[2:]])
