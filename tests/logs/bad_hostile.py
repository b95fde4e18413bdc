"""Files that mean harm, or are no log at all; see `bad_files`."""

import gzip

from logs.bad_files import FORMATS, HEADER, PLAIN, BadFile, log, zipped

HOSTILE = [
    BadFile(name="x[1]*'; DROP TABLE t;--.csv", category="hostile", data=log),
    BadFile(name="<img src=x onerror=alert(1)>\n.csv", category="hostile", data=log),
    BadFile(
        name="formulas.csv",
        category="hostile",
        data=lambda: log(
            at=3,
            insert=(
                PLAIN.format("=HYPERLINK(1)"),
                PLAIN.format("$(reboot)"),
                PLAIN.format("{{7*7}}"),
                PLAIN.format("Robert'); DROP TABLE x;--"),
            ),
        ),
        records=12,
    ),
    BadFile(
        name="html.csv",
        category="hostile",
        data=lambda: b"\n<!DOCTYPE html><html><title>Log in</title></html>",
        refused="{name}: this is an HTML page, perhaps a login or an error page; "
        + FORMATS
        + "; download the log's own file",
    ),
    BadFile(
        name="pickle.csv",
        category="hostile",
        data=lambda: b"\x80\x04\x95\x0a\x00",
        refused="{name}: this is a Python pickle, which can run code; "
        + FORMATS
        + "; export the log as CSV or Parquet",
    ),
    BadFile(
        name="old.xls",
        category="hostile",
        data=lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504,
        refused="{name}: this is a password-protected or old .xls workbook; "
        + FORMATS
        + "; save it as .xlsx without a password",
    ),
    BadFile(
        name="bomb.csv.gz",
        category="hostile",
        data=lambda: gzip.compress(HEADER.encode() + b"\n" * 50_000_000, mtime=0),
        refused="{name}: it unpacks to more than 250 times its size; a real log does "
        "not shrink that far; unpack it yourself if you trust it, and give the "
        "unpacked file",
    ),
    BadFile(
        name="bomb.zip",
        category="hostile",
        data=lambda: zipped(log__csv=HEADER.encode() + b"\n" * 50_000_000),
        refused="{name}: it unpacks to more than 250 times its size; a real log does "
        "not shrink that far; unpack it yourself if you trust it, and give the "
        "unpacked file",
    ),
    BadFile(
        name="header_without_end.csv",
        category="hostile",
        data=lambda: HEADER.encode() + b",x" * 1_000_000,
        refused="{name}, line 1: no line end in the first MiB; a log is a text with "
        "one request per line below a header; see that the file has line ends, and "
        "that it is the right one",
    ),
    BadFile(
        name="rows_of_commas.csv",
        category="hostile",
        data=lambda: log(insert=(",,,,,,,", ",", " , ", "\t,")),
        blank=4,
    ),
    BadFile(
        name="hostile_header.csv",
        category="hostile",
        data=lambda: log().replace(b"country", b"\x1b[2J<b>\xe2\x80\xae", 1),
        refused="{name}, line 1: required column is missing: country; the columns "
        "found are 'request_id', 'received_at', '\\x1b[2J<b>\\u202e', 'authority', "
        "'channel', 'legal_process', 'outcome', 'accounts_requested'; name the own "
        "column in columns=, the value in constants=, or the column in not_recorded=",
    ),
]
