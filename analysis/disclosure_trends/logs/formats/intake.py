"""Opens a file once: hashed as it is read, unpacked under limits, watched."""

import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from disclosure_trends.errors import InputChangedError
from disclosure_trends.logs.limits import EXPANSION, EXPANSION_FLOOR, MIB
from disclosure_trends.logs.phases import advance
from disclosure_trends.logs.shown import refusal, shown

HEAD_BYTES = 64 * 1024
_PACKED_BYTES = 16 * 1024
"""Unpacked at a time: what follows a member is copied each time that one ends."""


class Readable(Protocol):
    """What the readers of text need of a stream of bytes."""

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; none at the end."""


def read_at_least(source: Readable, size: int) -> bytes:
    """Return the next `size` bytes, or fewer where the stream ends before."""
    data = b""
    while len(data) < size:
        more = source.read(size - len(data))
        if not more:
            break
        data += more
    return data


class Intake:
    """An open file whose bytes are hashed as they are read, each exactly once.

    Attributes
    ----------
    where : str
        The escaped name, for messages.
    size : int
        Bytes read so far.
    """

    def __init__(self, descriptor: int, *, where: str) -> None:
        self._descriptor = descriptor
        self._hash = hashlib.sha256()
        self._before = os.fstat(descriptor)
        self.where = where
        self.size = 0

    def head(self) -> bytes:
        """Return the first bytes without moving on."""
        return os.pread(self._descriptor, HEAD_BYTES, 0)

    def read(self, size: int) -> bytes:
        """Return up to `size` further bytes."""
        data = os.read(self._descriptor, size)
        self._hash.update(data)
        self.size += len(data)
        advance(self.size, self._before.st_size)
        return data

    def copy_to(self, path: Path) -> None:
        """Copy every byte that is left to a private file."""
        with path.open("xb") as file:
            while data := self.read(8 * MIB):
                file.write(data)

    def finish(self) -> str:
        """Read what is left and return the hash of all bytes.

        Raises
        ------
        InputChangedError
            The file is not the one that was opened, or is still being written.
        """
        while self.read(MIB):
            pass
        now = os.fstat(self._descriptor)
        before = (self._before.st_size, self._before.st_mtime_ns)
        if before != (now.st_size, now.st_mtime_ns) or self.size != now.st_size:
            message = (
                f"{self.where}: the file changed while it was read; "
                "a log must stand still; copy it first, or run again"
            )
            raise InputChangedError(message)
        return self._hash.hexdigest()


@contextmanager
def open_intake(path: Path, *, where: str) -> Iterator[Intake]:
    """Open exactly this file for reading.

    Raises
    ------
    RequestLogError
        There is no such file, it may not be read, or it is no regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise refusal(
            where,
            f"cannot be opened ({reason})",
            "a log is a file that can be read",
            "check its name and permissions",
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise refusal(
                where,
                "is a folder or a device",
                "a log is a regular file",
                "name the files, or a pattern such as 'folder/*.csv'",
            )
        yield Intake(descriptor, where=where)
    finally:
        os.close(descriptor)


class Gunzipped:
    """The unpacked bytes of a gzip file: every member, every checksum verified."""

    def __init__(self, packed: Intake) -> None:
        self._packed = packed
        self._member = zlib.decompressobj(wbits=31)
        self._rest = b""
        self._members = 0
        self._unpacked = 0
        self._done = False

    def read(self, size: int) -> bytes:
        """Return up to `size` unpacked bytes; none at the end."""
        found, length = [], 0
        while length < size and not self._done:
            if self._member.eof and not self._next_member():
                break
            data = self._inflate(size - length)
            if data:
                self._unpacked += len(data)
                self._check_ratio()
                found.append(data)
                length += len(data)
        return b"".join(found)

    def _inflate(self, size: int) -> bytes:
        packed = self._member.unconsumed_tail or self._rest
        packed = packed or self._packed.read(_PACKED_BYTES)
        self._rest = b""
        if not packed:
            raise _damaged(self._packed.where, "it ends in the middle of a member")
        try:
            return self._member.decompress(packed, size)
        except zlib.error as error:
            raise _damaged(self._packed.where, _plain(error)) from error

    def _next_member(self) -> bool:
        rest = self._member.unused_data
        while not rest.lstrip(b"\x00"):
            more = self._packed.read(_PACKED_BYTES)
            if not more:
                self._done = True
                return False
            rest = more
        self._rest = rest.lstrip(b"\x00") if self._members else rest
        self._members += 1
        if not self._rest.startswith(b"\x1f"):
            raise _damaged(self._packed.where, "other bytes follow its last member")
        self._member = zlib.decompressobj(wbits=31)
        return True

    def _check_ratio(self) -> None:
        refuse_expansion(
            self._unpacked, packed=self._packed.size, where=self._packed.where
        )


def refuse_expansion(
    unpacked: int, *, packed: int, where: str, floor: int = EXPANSION_FLOOR
) -> None:
    """Refuse what unpacks to far more bytes than it has, above `floor` of them.

    Raises
    ------
    RequestLogError
        It is a bomb.
    """
    if unpacked > max(floor, EXPANSION * packed):
        raise bomb(where)


def bomb(where: str) -> Exception:
    """Build the refusal of a container that unpacks to far more than a log does."""
    return refusal(
        where,
        f"it unpacks to more than {EXPANSION} times its size",
        "a real log does not shrink that far",
        "unpack it yourself if you trust it, and give the unpacked file",
    )


def _damaged(where: str, what: str) -> Exception:
    return refusal(
        where,
        f"the gzip file is damaged ({what})",
        "every member must be whole and match its checksum",
        "fetch it again",
    )


def _plain(error: zlib.error) -> str:
    text = str(error).rpartition(": ")[2]
    return f"wrong checksum: {text}" if "check" in text else text


def where_in(name: str) -> str:
    """Return the escaped name under which messages speak of a file."""
    return shown(name or ".", longest=120)
