"""What kind of file it is, told by its first bytes and never by its name."""

from typing import Literal

from disclosure_trends.logs.shown import refusal

Kind = Literal["gzip", "zip", "parquet", "text"]

_CONTAINERS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
)

# (magic, what it is, what to do)
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "a password-protected or old .xls workbook",
        "save it as .xlsx without a password",
    ),
    (b"PARE", "an encrypted Parquet file", "decrypt it"),
    (b"%PDF", "a PDF document", "export the log as CSV"),
    (b"{\\rtf", "an RTF document", "export the log as CSV"),
    (b"SQLite format 3\x00", "an SQLite database", "export the table as CSV"),
    (b"ARROW1", "an Arrow (Feather) file", "write it as Parquet"),
    (b"FEA1", "a Feather file", "write it as Parquet"),
    (b"ORC", "an ORC file", "write it as Parquet"),
    (b"Obj\x01", "an Avro file", "write it as Parquet"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it"),
    (b"BZh", "a bzip2 archive", "unpack it"),
    (b"\xfd7zXZ\x00", "an xz archive", "unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it"),
    (b"\x7fELF", "a program", "give the log's own file"),
    (b"MZ\x90\x00", "a program", "give the log's own file"),
    (b"\x89PNG", "a PNG picture", "give the log's own file"),
    (b"\xff\xd8\xff", "a JPEG picture", "give the log's own file"),
    (b"GIF8", "a GIF picture", "give the log's own file"),
)
_ALLOWED = (
    "a log is CSV or another delimited text, JSON Lines, Parquet or XLSX, as it is or "
    "in gzip or zip"
)


def tell_kind(head: bytes, *, where: str) -> Kind:
    """Return the kind of a file from its first bytes.

    Raises
    ------
    RequestLogError
        Nothing that a log could be in: an empty file, a web page, a pickle, a picture.
    """
    if not head.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
        size = "zero bytes" if not head else "only blanks"
        raise refusal(
            where,
            f"an empty file ({size}): the export failed?",
            "a log without requests has at least a header",
            "export it again",
        )
    for magic, kind in _CONTAINERS:
        if head.startswith(magic):
            return kind
    for magic, what, advice in _FOREIGN:
        if head.startswith(magic):
            raise refusal(where, f"this is {what}", _ALLOWED, advice)
    if _is_pickle(head):
        raise refusal(
            where,
            "this is a Python pickle, which can run code",
            _ALLOWED,
            "export the log as CSV or Parquet",
        )
    _refuse_markup(head, where)
    return "text"


def _is_pickle(head: bytes) -> bool:
    return head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def _refuse_markup(head: bytes, where: str) -> None:
    start = head.lstrip(b" \t\r\n\xef\xbb\xbf")[:2000].lower()
    if not start.startswith(b"<"):
        return
    page = any(
        word in start for word in (b"<!doctype html", b"<html", b"<head", b"<body")
    )
    what = (
        "this is an HTML page, perhaps a login or an error page"
        if page
        else "this is an XML or HTML document"
    )
    raise refusal(where, what, _ALLOWED, "download the log's own file")
