"""Publishing: whatever is killed, readers see a whole run, the old one or the new."""

import fcntl
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from disclosure_trends.errors import OutputError, OutputLockedError
from disclosure_trends.reports.publishing import publish
from disclosure_trends.reports.publishing.manifest import (
    MANIFEST,
    dump,
    faults_in,
    file_hashes,
)
from disclosure_trends.reports.publishing.publish import locked_output

FIRST = "2024-12-31-aaaaaaaa"
SECOND = "2025-01-31-bbbbbbbb"


def write_run(work: Path, name: str, text: str) -> None:
    """Write the smallest run that can be verified."""
    (work / "demo").mkdir()
    (work / "demo" / "report.html").write_text(text, encoding="utf-8")
    (work / "index.html").write_text(text, encoding="utf-8")
    as_of, _, key = name.rpartition("-")
    manifest = {
        "as_of": as_of,
        "key": key,
        "reports": {"demo": {"files": file_hashes(work / "demo")}},
        "files": {"index.html": file_hashes(work)["index.html"]},
    }
    (work / MANIFEST).write_text(dump(manifest), encoding="utf-8")


def publish_run(out: Path, name: str, text: str) -> None:
    """Publish one run from beginning to end."""
    with locked_output(out) as output:
        work = output.work_folder()
        write_run(work, name, text)
        output.publish(work, name, show=True)
        output.write_front("<p>front</p>")


def shown_text(out: Path) -> str:
    """What a reader sees, or an empty text before the first run."""
    page = out / "latest" / "index.html"
    return page.read_text(encoding="utf-8") if page.exists() else ""


def killed_at(step: int, action: Callable[[], None]) -> bool:
    """Run in a child that kills itself at a step; tell whether it got there."""

    def child() -> None:
        left = step

        def count(name: str) -> None:
            nonlocal left
            del name
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        publish.step = count
        action()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


@pytest.mark.parametrize(
    ("before", "name", "steps"),
    [
        (None, FIRST, 9),  # the first run of all
        (FIRST, SECOND, 8),  # a later one
        (FIRST, FIRST, 14),  # the same one made again
    ],
)
def test_killed_at_every_step_readers_see_a_whole_run(
    tmp_path: Path, before: str | None, name: str, steps: int
) -> None:
    reached = 0
    while True:
        out = tmp_path / f"out-{reached}"
        if before:
            publish_run(out, before, "old")
        was_killed = killed_at(reached + 1, lambda: publish_run(out, name, "new"))  # noqa: B023
        text = shown_text(out)
        assert text in (["old", "new"] if before else ["", "new"])
        if text:
            assert faults_in(out / "latest") == []
            assert {p.read_text() for p in (out / "latest").rglob("*.html")} == {text}
        publish_run(out, name, "newer")
        assert shown_text(out) == "newer"
        assert [p.name for p in (out / "runs").iterdir() if p.name[0] == "."] == []
        assert sorted(p.name for p in out.iterdir()) == ["index.html", "latest", "runs"]
        if not was_killed:
            break
        reached += 1
    assert reached >= steps  # every fsync, rename and exchange was a step


def test_an_interrupted_exchange_is_finished_by_the_next_run(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish_run(out, FIRST, "old")
    names: list[str] = []
    step = 0
    while killed_at(step + 1, lambda: publish_run(out, FIRST, "new")):
        step += 1
        names.append((out / "latest").readlink().name)
        with locked_output(out):
            pass
        assert (out / "latest").readlink().name == FIRST
        assert faults_in(out / "runs" / FIRST) == []
    assert any(name.endswith("-copy") for name in names)


def test_one_of_two_is_refused_and_a_dead_lock_is_none(tmp_path: Path) -> None:
    out = tmp_path / "out"
    publish_run(out, FIRST, "old")
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, os, sys, time\n"
            "folder = os.open(sys.argv[1], os.O_RDONLY)\n"
            "fcntl.flock(folder, fcntl.LOCK_EX)\n"
            "print('locked', flush=True)\n"
            "time.sleep(600)",
            str(out),
        ],
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(OutputLockedError) as caught, locked_output(out):
            pass
        assert str(caught.value) == (
            "out: another run writes to it; try again when it is done"
        )
    finally:
        holder.kill()
        holder.communicate()
    publish_run(out, SECOND, "new")
    assert shown_text(out) == "new"


def test_the_lock_is_held_while_the_run_lasts(tmp_path: Path) -> None:
    with locked_output(tmp_path / "out"):
        folder = os.open(tmp_path / "out", os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(folder)


@pytest.mark.parametrize("kind", ["file", "link to a file", "file in the way"])
def test_an_output_that_cannot_be_written_is_refused(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "target"
    target.write_text("kept", encoding="utf-8")
    out = tmp_path / "out"
    if kind == "link to a file":
        out.symlink_to(target)
    else:
        out = target if kind == "file" else target / "below"
    with pytest.raises(OutputError, match="cannot be written"), locked_output(out):
        pass
    assert target.read_text(encoding="utf-8") == "kept"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
@pytest.mark.parametrize("folder", ["out", "out/runs"])
def test_a_folder_without_rights_is_refused_first(tmp_path: Path, folder: str) -> None:
    (tmp_path / "out" / "runs").mkdir(parents=True)
    for path in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        path.chmod(0o755)
    for path in (tmp_path / "out", tmp_path / "out" / "runs"):
        os.chown(path, 65534, 65534)
    os.chown(tmp_path / folder, 0, 0)

    def child() -> None:
        os.seteuid(65534)
        refused = pytest.raises(OutputError, match="Permission denied")
        with refused, locked_output(tmp_path / "out"):
            pass

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == 0


def test_a_pointer_that_is_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "latest").mkdir(parents=True)
    (out / "latest" / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        publish_run(out, FIRST, "new")
    assert (out / "latest" / "mine.txt").read_text(encoding="utf-8") == "kept"


def test_a_full_disk_keeps_the_old_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    publish_run(out, FIRST, "old")
    n_steps = 0

    def fail(name: str) -> None:
        nonlocal left
        del name
        left -= 1
        if left == 0:
            raise OSError(28, "No space left on device")

    while True:
        left = n_steps + 1
        monkeypatch.setattr(publish, "step", fail)
        try:
            publish_run(out, SECOND, "new")
        except OutputError as error:
            assert str(error) == (  # noqa: PT017
                "out: cannot be written (No space left on device); nothing was "
                "published; give another folder or make room and rights in this one"
            )
        else:
            break
        assert shown_text(out) in {"old", "new"}
        assert faults_in(out / "latest") == []
        n_steps += 1
    assert n_steps >= 9


def test_work_is_private_until_it_is_published(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with locked_output(out) as output:
        work = output.work_folder()
        assert work.stat().st_mode & 0o777 == 0o700
        write_run(work, FIRST, "new")
        run = output.publish(work, FIRST, show=True)
    mask = os.umask(0)
    os.umask(mask)
    assert run.stat().st_mode & 0o777 == 0o777 & ~mask
    page = run / "demo" / "report.html"
    assert page.stat().st_mode & 0o777 == 0o666 & ~mask


def test_failed_runs_are_numbered(tmp_path: Path) -> None:
    with locked_output(tmp_path / "out") as output:
        names = [output.keep_failed(output.work_folder(), FIRST).name for _ in "abc"]
    assert names == [f"{FIRST}.failed-{number}" for number in (1, 2, 3)]


def test_faults_are_found(tmp_path: Path) -> None:
    publish_run(tmp_path / "out", FIRST, "new")
    run = tmp_path / "out" / "runs" / FIRST
    assert faults_in(run) == []
    (run / "demo" / "report.html").write_text("other", encoding="utf-8")
    (run / "index.html").unlink()
    (run / "more.txt").write_text("", encoding="utf-8")
    assert faults_in(run) == [
        "index.html is absent",
        "demo/report.html was altered",
        "more.txt is not listed",
    ]
    assert faults_in(tmp_path) == ["manifest.json is absent or cannot be read"]
