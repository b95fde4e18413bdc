"""Where a cleaned log is put: written beside its place, then renamed into it."""

import os
import shutil
from os import PathLike
from pathlib import Path

from disclosure_trends.errors import OutputError
from disclosure_trends.logs.cleaned import LEDGER


def check_target(out: str | PathLike[str]) -> Path:
    """Refuse a target that cannot be written, before anything is computed.

    Parameters
    ----------
    out : str or path
        A folder that does not exist yet, is empty, or holds a cleaned log.

    Returns
    -------
    pathlib.Path
        The same folder, absolute.

    Raises
    ------
    OutputError
        If something else is there, or its parent cannot be written.
    """
    target = Path(out).absolute()
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(
            f"{target}: this is no folder; out= takes a folder; name another one"
        )
    foreign = target.is_dir() and any(target.iterdir())
    if foreign and not (target / LEDGER).is_file():
        raise OutputError(
            f"{target}: the folder holds other files; out= takes a new or empty "
            "folder, or one with a cleaned log; name another one"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(target, error) from error
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise OutputError(
            f"{target.parent}: the folder cannot be written; out= takes a place "
            "where you may write; name another one"
        )
    return target


def move_into(finished: Path, target: Path) -> None:
    """Put a finished folder in its place: readers see the old one or the new one.

    Parameters
    ----------
    finished : pathlib.Path
        A folder of our own; it may lie on another disk.
    target : pathlib.Path
        Its place; a cleaned log there is replaced.

    Raises
    ------
    OutputError
        If the place cannot be written. What was there before stays.
    """
    new = target.with_name(f".{target.name}.tmp-{os.getpid()}")
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    try:
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(finished, new)
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException as error:
        # Also when a signal says stop.
        shutil.rmtree(new, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        if isinstance(error, OSError):
            raise _unwritable(target, error) from error
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unwritable(target: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{target}: cannot be written ({error.strerror}); out= takes a place where "
        "you may write and that has room; name another one"
    )
