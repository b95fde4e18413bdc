"""Old or new, never half: how a run appears under the name that readers open.

A run is written in a private folder, forced to the disk, renamed, and only then does
one atomic exchange of the pointer ``latest`` show it. Whatever is killed in between,
`latest` leads to a whole run.
"""

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from disclosure_trends.errors import OutputError, OutputLockedError
from disclosure_trends.reports.publishing.manifest import faults_in, read_manifest

LATEST: Final = "latest"
_WORK: Final = re.compile(r"\.tmp-\d+(-[a-z]+)?")


def step(name: str) -> None:
    """Mark a step of publishing; does nothing. Tests end the process here."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output folder that this process has locked.

    Attributes
    ----------
    root : pathlib.Path
        The folder that readers know.
    """

    root: Path

    @property
    def runs(self) -> Path:
        """Where the runs lie."""
        return self.root / "runs"

    def latest(self) -> Path | None:
        """Return the run that readers see; None before the first."""
        pointer = self.root / LATEST
        if not pointer.is_symlink():
            return None
        run = self.root / pointer.readlink()
        return run if read_manifest(run) is not None else None

    def whole_run(self, name: str) -> Path | None:
        """Return a run of this name, if every file of its manifest is there."""
        run = self.runs / name
        return run if run.is_dir() and not faults_in(run) else None

    def work_folder(self) -> Path:
        """Make the private folder in which this process works."""
        work = self.runs / f".tmp-{os.getpid()}"
        with writing(self.root):
            work.mkdir(mode=0o700)
        return work

    def publish(self, work: Path, name: str, *, show: bool) -> Path:
        """Turn a work folder into a run, and show it.

        Parameters
        ----------
        work : pathlib.Path
            The finished folder; it is gone afterwards.
        name : str
            Name of the run.
        show : bool
            Whether `latest` moves to it.

        Returns
        -------
        pathlib.Path
            The run.

        Raises
        ------
        OutputError
            If the disk refuses; readers still see what they saw before.
        """
        run = self.runs / name
        with writing(self.root):
            _open_modes(work)
            _sync_tree(work)
            if run.exists():
                self._exchange(work, run)
            else:
                step("rename the work folder")
                work.rename(run)
            _sync(self.runs)
            if show:
                self.show(run)
        return run

    def show(self, run: Path) -> None:
        """Lead readers to a run, by one atomic exchange of the pointer."""
        with writing(self.root):
            prepared = self.root / f".{LATEST}-{os.getpid()}"
            prepared.unlink(missing_ok=True)
            step("prepare the pointer")
            prepared.symlink_to(Path("runs") / run.name)
            step("exchange the pointer")
            prepared.replace(self.root / LATEST)
            step("sync the pointer")
            _sync(self.root)

    def keep_failed(self, work: Path, name: str) -> Path:
        """Keep a failed run beside the others, under the next free number."""
        number = 1
        while (failed := self.runs / f"{name}.failed-{number}").exists():
            number += 1
        with writing(self.root):
            work.rename(failed)
        return failed

    def write_front(self, page: str) -> None:
        """Write the fixed page that leads to the newest run, if it is not there."""
        path = self.root / "index.html"
        if path.is_file() and path.read_text(encoding="utf-8") == page:
            return
        with writing(self.root):
            prepared = self.root / f".index-{os.getpid()}"
            prepared.write_text(page, encoding="utf-8")
            _sync(prepared)
            step("exchange the front page")
            prepared.replace(path)
            _sync(self.root)

    def tidy(self) -> None:
        """Remove what dead runs left; the lock proves that they are dead."""
        with writing(self.root):
            self._heal()
            for path in self.runs.iterdir():
                if _WORK.fullmatch(path.name):
                    shutil.rmtree(path)
            for path in self.root.glob(".[li]*-*"):
                if re.fullmatch(r"\.(latest|index)-\d+", path.name):
                    path.unlink()

    def _exchange(self, work: Path, run: Path) -> None:
        """Replace a run; while it is away, readers are led to a copy of it."""
        old = self.runs / f"{work.name}-old"
        shown = self.latest() == run
        if shown:
            copy = self.runs / f"{work.name}-copy"
            shutil.copytree(run, copy, copy_function=os.link)
            step("show the copy")
            self.show(copy)
        step("take the old run away")
        run.rename(old)
        step("put the new run in its place")
        work.rename(run)
        if shown:
            self.show(run)
            shutil.rmtree(copy)
        step("remove the old run")
        shutil.rmtree(old)

    def _heal(self) -> None:
        """Finish an exchange that was interrupted while readers saw the copy."""
        shown = self.latest()
        if shown is None or not _WORK.fullmatch(shown.name):
            return
        manifest = read_manifest(shown) or {}
        run = self.runs / f"{manifest.get('as_of')}-{manifest.get('key')}"
        if not run.exists():
            shutil.copytree(shown, run, copy_function=os.link)
        self.show(run)


@contextmanager
def locked_output(out: Path) -> Iterator[Output]:
    """Lock an output folder, or refuse at once.

    Parameters
    ----------
    out : pathlib.Path
        Made if it is not there.

    Yields
    ------
    Output
        The folder, cleared of what dead runs left.

    Raises
    ------
    OutputError
        If it cannot be written.
    OutputLockedError
        If another run writes to it; the lock ends with its process.
    """
    with writing(out):
        (out / "runs").mkdir(parents=True, exist_ok=True)
        for folder in (out, out / "runs"):
            if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    handle = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"{out.name}: another run writes to it; try again when it is done"
            raise OutputLockedError(message) from error
        output = Output(out)
        output.tidy()
        yield output
    finally:
        os.close(handle)


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turn what the disk refuses into an `OutputError`."""
    try:
        yield
    except OSError as error:
        message = (
            f"{out.name}: cannot be written ({error.strerror}); nothing was published; "
            "give another folder or make room and rights in this one"
        )
        raise OutputError(message) from error


def discard(work: Path) -> None:
    """Remove a work folder that nobody needs."""
    with suppress(OSError):
        shutil.rmtree(work)


def _open_modes(folder: Path) -> None:
    """Give a private folder the modes that this account gives to new files."""
    mask = os.umask(0)
    os.umask(mask)
    for path in (folder, *folder.rglob("*")):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~mask)


def _sync_tree(folder: Path) -> None:
    """Force a folder and all below it to the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        step(f"sync {path.name}")
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
