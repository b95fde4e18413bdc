"""The progress of a cleaning on a terminal and without one, and its orderly end."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_logs import frame

CLEAN = """
import sys
from disclosure_trends import cli
from disclosure_trends.reports import progress
progress.PATIENCE = float(sys.argv[1])
sys.exit(cli.run(["clean", *sys.argv[2:], "--as-of", "2024-12-31"]))
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log that takes some seconds."""
    path = tmp_path / "log.csv"
    small = frame(*({"request_id": f"R-{i}"} for i in range(100)))
    header, _, body = small.to_csv(index=False).partition("\n")
    with path.open("w") as file:
        file.write(header + "\n")
        for n in range(2_000):
            file.write(body.replace("R-", f"R-{n}-"))
    return path


def _on_a_terminal(*arguments: str) -> tuple[str, str]:
    """Run with a terminal for stderr; return stdout and what the terminal got."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", CLEAN, *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
        text=True,
    ) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65_536)
            except OSError:  # Linux: nobody holds the other end any more.
                break
            if not more:
                break
            shown += more
        out = run.stdout.read() if run.stdout else ""
    os.close(ours)
    assert run.returncode == 0
    return out, shown.decode()


def test_a_bar_appears_where_it_takes_long_and_leaves_nothing(
    log: Path, tmp_path: Path
) -> None:
    out, shown = _on_a_terminal("0.05", str(log), "--out", str(tmp_path / "out"))
    assert "judging 200,000 records" in shown
    assert out.startswith("200,000 records")
    assert shown.rstrip("\r\n").endswith("\x1b[2K")  # the line is wiped at the end
    assert "R-1" not in shown
    assert log.name not in shown


def test_nothing_is_drawn_where_it_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    frame({}, {}).to_csv(path, index=False)
    out, shown = _on_a_terminal("1000", str(path), "--out", str(tmp_path / "out"))
    assert out.startswith("2 records")
    assert shown == ""


def test_without_a_terminal_each_phase_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    frame({}, {}).to_csv(path, index=False)
    run = subprocess.run(
        [sys.executable, "-c", CLEAN, "0", str(path), "--out", str(tmp_path / "out")],
        capture_output=True,
        check=True,
        text=True,
    )
    lines = run.stderr.splitlines()
    assert len(lines) == 7
    assert all(re.fullmatch(r"[a-z][a-z0-9, ]+: .*\d\.\d s", line) for line in lines)
    assert lines[0].startswith("reading: 2 records, ")


@pytest.mark.parametrize(
    ("stop", "code", "line"),
    [
        (signal.SIGTERM, 143, "disclosure-trends: stopped by SIGTERM"),
        (signal.SIGINT, 130, "disclosure-trends: interrupted"),
    ],
    ids=["SIGTERM", "Ctrl-C"],
)
@pytest.mark.parametrize("phase", ["reading:", "looking for repeated ids:"])
def test_a_signal_leaves_nothing_half_written(
    log: Path, tmp_path: Path, stop: signal.Signals, code: int, line: str, phase: str
) -> None:
    earlier, scratch = tmp_path / "out", tmp_path / "scratch"
    small = tmp_path / "small.csv"
    frame({}, {}).to_csv(small, index=False)
    scratch.mkdir()
    command = [sys.executable, "-c", CLEAN, "0"]
    settings = os.environ | {"TMPDIR": str(scratch)}
    subprocess.run(
        [*command, str(small), "--out", str(earlier)],
        check=True,
        capture_output=True,
        env=settings,
    )
    before = {path.name: path.read_bytes() for path in earlier.iterdir()}
    with subprocess.Popen(
        [*command, str(log), "--out", str(earlier)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=settings,
        text=True,
    ) as run:
        assert run.stderr is not None
        while not run.stderr.readline().startswith(phase):
            assert run.poll() is None
        run.send_signal(stop)
        rest = run.stderr.read()
    assert run.returncode == code
    assert rest.splitlines()[-1] == line
    assert {path.name: path.read_bytes() for path in earlier.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "log.csv",
        "out",
        "scratch",
        "small.csv",
    ]
    assert list(scratch.iterdir()) == []
