"""Small files with one fault each, and what must become of every record in them.

Deterministic, and without random parts. Each file holds good requests and one fault;
the expectation says how many records there are, which physical rows are set aside and
why, or how the file is refused. The files themselves stand in modules by their kind:
`bad_structure`, `bad_encodings`, `bad_json`, `bad_hostile` and `bad_tables`; all texts
together are in `bad_texts`.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from disclosure_trends.logs.options import ReadOptions

HEADER = (
    "request_id,received_at,country,authority,channel,legal_process,outcome,"
    "accounts_requested"
)
NAMES = HEADER.split(",")
COUNTRIES = ("DE", "FR", "NO", "NA", "IN")


@dataclass(frozen=True, kw_only=True)
class BadFile:
    """One file, how it is read and what must come out.

    Attributes
    ----------
    name : str
        Its file name.
    category : str
        structure, encoding, jsonl, xlsx, parquet or hostile.
    data : callable
        Makes its bytes.
    read : ReadOptions
        What is declared.
    records, blank : int
        Records and blank lines, where it is accepted.
    codes : dict of int to str
        Source row -> structural reasons.
    refused : str or None
        The message of the refusal, whole, with ``{name}`` for the file's escaped name.
    """

    name: str
    category: str
    data: Callable[[], bytes]
    read: ReadOptions = field(default_factory=ReadOptions)
    records: int = 8
    blank: int = 0
    codes: dict[int, str] = field(default_factory=dict)
    refused: str | None = None


def rows(count: int = 8) -> list[str]:
    """Good requests, one a line."""
    return [
        f"{i:06d},2024-0{i % 9 + 1}-05T10:00:00Z,{COUNTRIES[i % 5]},Unit {i},email,"
        f"court_order,disclosed,{i + 1}"
        for i in range(count)
    ]


def text(lines: list[str], end: str = "\n") -> bytes:
    """Lines, each with a line end."""
    return "".join(line + end for line in lines).encode()


def log(*, at: int = 8, insert: tuple[str, ...] = ()) -> bytes:
    """A whole log with further lines after `at` good ones."""
    good = rows()
    return text([HEADER, *good[:at], *insert, *good[at:]])


def objects() -> list[dict[str, str]]:
    """Good requests as JSON objects."""
    return [dict(zip(NAMES, row.split(","), strict=True)) for row in rows()]


def json_lines(*insert: str) -> bytes:
    """Good requests as JSON Lines, and further lines behind them."""
    return text([*map(json.dumps, objects()), *insert])


def zipped(**members: bytes) -> bytes:
    """A zip of members, without dates."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name.replace("__", "."))
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def flipped(data: bytes, position: int) -> bytes:
    """A file with one bit changed."""
    changed = bytearray(data)
    changed[position] ^= 0x40
    return bytes(changed)


QUOTED = '000900,2024-02-05,DE,"{}",email,court_order,disclosed,1'
PLAIN = "000900,2024-02-05,DE,{},email,court_order,disclosed,1"
FORMATS = (
    "a log is CSV or another delimited text, JSON Lines, Parquet or XLSX, as it is or "
    "in gzip or zip"
)
