"""Small files with one fault each, and what must become of every record in them.

Deterministic, and without random parts. Each file holds good requests and one fault;
the expectation says how many records there are, which physical rows are set aside and
why, or how the file is refused.
"""

import gzip
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


def _flipped(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 0x40
    return bytes(changed)


QUOTED = '000900,2024-02-05,DE,"{}",email,court_order,disclosed,1'
PLAIN = "000900,2024-02-05,DE,{},email,court_order,disclosed,1"
_FORMATS = (
    "a log is CSV or another delimited text, JSON Lines, Parquet or XLSX, as it is or "
    "in gzip or zip"
)

STRUCTURE = [
    BadFile(name="good.csv", category="structure", data=log),
    BadFile(
        name="semicolon.txt",
        category="structure",
        data=lambda: log().replace(b",", b";"),
    ),
    BadFile(
        name="tab.dat", category="structure", data=lambda: log().replace(b",", b"\t")
    ),
    BadFile(name="pipe", category="structure", data=lambda: log().replace(b",", b"|")),
    BadFile(
        name="sep.csv",
        category="structure",
        data=lambda: b"sep=;\r\n" + log().replace(b",", b";"),
    ),
    BadFile(
        name="crlf.csv",
        category="structure",
        data=lambda: log().replace(b"\n", b"\r\n"),
    ),
    BadFile(
        name="cr.csv", category="structure", data=lambda: log().replace(b"\n", b"\r")
    ),
    BadFile(
        name="mixed_ends.csv",
        category="structure",
        data=lambda: log().replace(b"\n", b"\r\n", 4),
    ),
    BadFile(
        name="no_last_end.csv", category="structure", data=lambda: log().rstrip(b"\n")
    ),
    BadFile(
        name="blank_lines.csv",
        category="structure",
        data=lambda: log(at=3, insert=("", "   ", ",,,,,,,")) + b"\n\n",
        blank=5,
    ),
    BadFile(
        name="a_million_blank_lines.csv",
        category="structure",
        data=lambda: log(at=3, insert=("\n" * 999_999,)),
        blank=1_000_000,
    ),
    BadFile(
        name="title_lines.csv",
        category="structure",
        data=lambda: b"Requests by authorities\n\nAll of 2024\n" + log(),
    ),
    BadFile(
        name="short_row.csv",
        category="structure",
        data=lambda: log(at=3, insert=("000900,2024-02-05,DE", "# resumed")),
        records=10,
        codes={5: "too_few_fields", 6: "too_few_fields"},
    ),
    BadFile(
        name="long_row.csv",
        category="structure",
        data=lambda: log(at=3, insert=(PLAIN.format("Court, Lyon"),)),
        records=9,
        codes={5: "too_many_fields"},
    ),
    BadFile(
        name="comma_at_end.csv",
        category="structure",
        data=lambda: text([HEADER, *(row + "," for row in rows())]),
    ),
    BadFile(
        name="one_extra_value_each.csv",
        category="structure",
        data=lambda: text([HEADER, *(row + ",x" for row in rows())]),
        codes=dict.fromkeys(range(2, 10), "too_many_fields"),
    ),
    BadFile(
        name="cut.csv",
        category="structure",
        data=lambda: log() + b"000077,2024-05-0",
        records=9,
        codes={10: "truncated_last_line"},
    ),
    BadFile(
        name="cut_in_quotes.csv",
        category="structure",
        data=lambda: log() + b'000077,2024-05-05,DE,"Court of',
        records=9,
        codes={10: "truncated_last_line"},
    ),
    BadFile(
        name="quoted.csv",
        category="structure",
        data=lambda: log(at=3, insert=(QUOTED.format('Court, ""A""\nLyon'),)),
        records=9,
    ),
    BadFile(
        name="never_closed.csv",
        category="structure",
        data=lambda: log(at=5, insert=(PLAIN.format('"Court of X'),)),
        records=9,
        codes=dict.fromkeys(range(7, 11), "unbalanced_quote"),
    ),
    BadFile(
        name="swallowed_rows.csv",
        category="structure",
        data=lambda: text(
            [
                HEADER,
                *rows()[:3],
                PLAIN.format('"Court of X'),
                *rows()[3:5],
                PLAIN.format('Court of X"'),
                *rows()[5:],
            ]
        ),
        records=10,
        codes=dict.fromkeys(range(5, 9), "unbalanced_quote"),
    ),
    BadFile(
        name="backslash_quotes.csv",
        category="structure",
        data=lambda: log(at=3, insert=(QUOTED.format(r"Unit \"A\", north"),)),
        records=9,
        codes={5: "bad_quoting"},
    ),
    BadFile(
        name="stray_quote.csv",
        category="structure",
        data=lambda: log(at=3, insert=(PLAIN.format('Room 5" left'),)),
        records=9,
        codes={5: "bad_quoting"},
    ),
    BadFile(
        name="repeated_header.csv",
        category="structure",
        data=lambda: log(at=3, insert=(HEADER, "\ufeff" + HEADER.upper())),
        records=10,
        codes={5: "repeated_header", 6: "repeated_header"},
    ),
    BadFile(
        name="totals.csv",
        category="structure",
        data=lambda: log(insert=("Total,,,,,,,36",)),
        records=9,
        codes={10: "summary_row"},
    ),
    BadFile(
        name="long_field.csv",
        category="structure",
        data=lambda: log(at=3, insert=(PLAIN.format("x" * 2**20),)),
        records=9,
        codes={5: "field_too_long"},
    ),
    BadFile(
        name="nul.csv",
        category="structure",
        data=lambda: log(at=3, insert=(PLAIN.format("Poli\0ce"),)),
        records=9,
        codes={5: "control_character"},
    ),
    BadFile(
        name="vertical_tab.csv",
        category="structure",
        data=lambda: log(at=3, insert=(PLAIN.format("a\x0bb\x0cc\x1ad\u2028e\x85f"),)),
        records=9,
    ),
    BadFile(
        name="header_only.csv", category="structure", data=HEADER.encode, records=0
    ),
    BadFile(
        name="header_variants.csv",
        category="structure",
        data=lambda: log().replace(
            HEADER.encode(),
            b" Request-ID ,RECEIVED AT,Country,authority,channel,Legal Process,"
            b"status,n_accounts",
        ),
    ),
    BadFile(
        name="unknown_columns.csv",
        category="structure",
        data=lambda: text(
            [HEADER + ",phone,phone", *(row + ",+49 1,+49 2" for row in rows())]
        ),
    ),
    BadFile(
        name="declared_header.csv",
        category="structure",
        data=lambda: text(rows()),
        read=ReadOptions(header=tuple(NAMES)),
    ),
    BadFile(
        name="skipped_lines.csv",
        category="structure",
        data=lambda: b"a,b\n" * 30 + log(),
        read=ReadOptions(skip_lines=30),
    ),
    BadFile(
        name="no_header.csv",
        category="structure",
        data=lambda: text(rows()),
        refused="{name}, line 1: there is no header: the first line looks like a "
        "request; the columns must have names; name them in order with header=[...]",
    ),
    BadFile(
        name="missing_column.csv",
        category="structure",
        data=lambda: log().replace(b"country", b"where", 1),
        refused="{name}, line 1: required column is missing: country; the columns "
        "found are 'request_id', 'received_at', 'where', 'authority', 'channel', "
        "'legal_process', 'outcome', 'accounts_requested'; name the own column in "
        "columns=, the value in constants=, or the column in not_recorded=",
    ),
    BadFile(
        name="column_twice.csv",
        category="structure",
        data=lambda: log().replace(b"authority", b"country", 1),
        refused="{name}, line 1: column 'country' is there 2 times; one column is "
        "country; remove all but one from the file",
    ),
    BadFile(
        name="two_aliases.csv",
        category="structure",
        data=lambda: (
            log()
            .replace(b"authority", b"Status", 1)
            .replace(b"outcome", b"Decision", 1)
        ),
        refused="{name}, line 1: columns 'Status', 'Decision' could all be outcome; "
        'one column is outcome; say which with columns={{"outcome": ...}}',
    ),
    BadFile(
        name="empty.csv",
        category="structure",
        data=lambda: b"",
        refused="{name}: an empty file (zero bytes): the export failed?; a log without "
        "requests has at least a header; export it again",
    ),
    BadFile(
        name="blanks.csv",
        category="structure",
        data=lambda: b" \n\t\n",
        refused="{name}: an empty file (only blanks): the export failed?; a log "
        "without requests has at least a header; export it again",
    ),
    BadFile(
        name="zeros_at_end.csv",
        category="structure",
        data=lambda: log() + b"\0" * 400,
        refused="{name}, end of file: it ends with zero bytes: the program that wrote "
        "it crashed?; a text ends with its last line; export it again",
    ),
    BadFile(
        name="log.csv.gz",
        category="structure",
        data=lambda: (
            gzip.compress(log(), mtime=0) + gzip.compress(text(rows()[:2]), mtime=0)
        ),
        records=10,
    ),
    BadFile(
        name="gzip_without_its_name.csv",
        category="structure",
        data=lambda: gzip.compress(log(), mtime=0),
    ),
    BadFile(
        name="cut.csv.gz",
        category="structure",
        data=lambda: gzip.compress(log(), mtime=0)[:-20],
        refused="{name}: the gzip file is damaged (it ends in the middle of a member); "
        "every member must be whole and match its checksum; fetch it again",
    ),
    BadFile(
        name="wrong_sum.csv.gz",
        category="structure",
        data=lambda: _flipped(gzip.compress(log(), mtime=0), -6),
        refused="{name}: the gzip file is damaged (wrong checksum: incorrect data "
        "check); every member must be whole and match its checksum; fetch it again",
    ),
    BadFile(name="log.zip", category="structure", data=lambda: zipped(log__csv=log())),
    BadFile(
        name="two.zip",
        category="structure",
        data=lambda: zipped(a__csv=log(), b__csv=log()),
        refused="{name}: a zip with 2 data files: 'a.csv', 'b.csv'; a zip holds "
        "exactly one; unpack it and name the files",
    ),
    BadFile(
        name="cut.zip",
        category="structure",
        data=lambda: zipped(a__csv=log())[:150],
        refused="{name}: the zip file is damaged (its directory or a member is cut or "
        "garbled); every member must be whole and match its checksum; fetch it again",
    ),
]

GERMAN = "Präsidium"
ENCODING = [
    BadFile(
        name="bom.csv",
        category="encoding",
        data=lambda: b"\xef\xbb\xbf" + log(insert=(PLAIN.format(GERMAN),)),
        records=9,
    ),
    BadFile(
        name="two_boms.csv",
        category="encoding",
        data=lambda: b"\xef\xbb\xbf" * 2 + log(),
    ),
    BadFile(
        name="utf16.csv",
        category="encoding",
        data=lambda: log(insert=(PLAIN.format(GERMAN),)).decode().encode("utf-16"),
        records=9,
    ),
    BadFile(
        name="utf16_declared.csv",
        category="encoding",
        data=lambda: log().decode().encode("utf-16-le"),
        read=ReadOptions(encoding="utf-16-le"),
    ),
    BadFile(
        name="utf16_without_mark.csv",
        category="encoding",
        data=lambda: text([HEADER]).decode().encode("utf-16-le"),
        refused="{name}: looks like UTF-16 without a byte-order mark (89 of the first "
        "179 bytes are zero); text without a mark must be UTF-8; declare it with "
        'encoding="utf-16-le"',
    ),
    BadFile(
        name="cp1252.csv",
        category="encoding",
        data=lambda: (
            log(at=3, insert=(PLAIN.format(GERMAN),)).decode().encode("cp1252")
        ),
        refused="{name}, line 5: the bytes 0xe4 0x73 0x69 are not UTF-8, and no line "
        "shows that the file is; a text is UTF-8, or its code page is declared, since "
        'several fit; declare it, as encoding="cp1252" or "cp1251"',
    ),
    BadFile(
        name="cp1251_declared.csv",
        category="encoding",
        data=lambda: (
            log(at=3, insert=(PLAIN.format("Прокуратура"),)).decode().encode("cp1251")
        ),
        read=ReadOptions(encoding="cp1251"),
        records=9,
    ),
    BadFile(
        name="one_bad_line.csv",
        category="encoding",
        data=lambda: (
            log(insert=(PLAIN.format(GERMAN),))
            + PLAIN.format("Sąd Okręgowy Łódź").encode("iso-8859-2")
            + b"\n"
        ),
        records=10,
        codes={11: "invalid_utf8"},
    ),
    BadFile(
        name="overlong.csv",
        category="encoding",
        data=lambda: (
            log(insert=(PLAIN.format(GERMAN),))
            + PLAIN.format("@").encode().replace(b"@", b"\xc0\xaf")
            + b"\n"
        ),
        records=10,
        codes={11: "invalid_utf8"},
    ),
    BadFile(
        name="encoded_twice.csv",
        category="encoding",
        data=lambda: log(
            at=3, insert=(PLAIN.format(GERMAN.encode().decode("latin-1")),)
        ),
        records=9,
    ),
    BadFile(
        name="mark_against_declaration.csv",
        category="encoding",
        data=lambda: b"\xef\xbb\xbf" + log(),
        read=ReadOptions(encoding="cp1252"),
        refused="{name}: its byte-order mark says utf-8, the options say cp1252; one "
        "of them must be wrong; remove encoding= or correct it",
    ),
]

JSONL = [
    BadFile(name="good.jsonl", category="jsonl", data=json_lines),
    BadFile(
        name="array.json",
        category="jsonl",
        data=lambda: json.dumps(objects()).encode(),
    ),
    BadFile(
        name="without_breaks.json",
        category="jsonl",
        data=lambda: "".join(map(json.dumps, objects())).encode(),
    ),
    BadFile(
        name="pretty.json",
        category="jsonl",
        data=lambda: "\n".join(json.dumps(o, indent=2) for o in objects()).encode(),
    ),
    BadFile(
        name="mark_and_crlf.jsonl",
        category="jsonl",
        data=lambda: b"\xef\xbb\xbf" + json_lines("", "").replace(b"\n", b"\r\n"),
        blank=2,
    ),
    BadFile(
        name="nan.jsonl",
        category="jsonl",
        data=lambda: json_lines('{"request_id": "1", "accounts_requested": NaN}'),
        records=9,
        codes={9: "bad_json"},
    ),
    BadFile(
        name="no_objects.jsonl",
        category="jsonl",
        data=lambda: json_lines("null", "[1]", '"x"', "7"),
        records=12,
        codes=dict.fromkeys(range(9, 13), "not_an_object"),
    ),
    BadFile(
        name="key_twice.jsonl",
        category="jsonl",
        data=lambda: json_lines(
            '{"request_id": "1", "country": "DE", "country": "FR"}',
            '{"request_id": "1", "country": "DE", "Country": "FR"}',
        ),
        records=10,
        codes={9: "duplicate_key", 10: "duplicate_key"},
    ),
    BadFile(
        name="surrogate.jsonl",
        category="jsonl",
        data=lambda: json_lines('{"request_id": "\\udc9f"}'),
        records=9,
        codes={9: "invalid_unicode"},
    ),
    BadFile(
        name="deep.jsonl",
        category="jsonl",
        data=lambda: json_lines('{"x": ' + "[" * 5000 + "]" * 5000 + "}"),
        records=9,
        codes={9: "bad_json"},
    ),
    BadFile(
        name="cut.jsonl",
        category="jsonl",
        data=lambda: json_lines() + b'{"request_id": "0000',
        records=9,
        codes={9: "bad_json"},
    ),
    BadFile(
        name="big_numbers.jsonl",
        category="jsonl",
        data=lambda: json_lines(
            '{"request_id": 12345678901234567890, "Country": "DE", '
            '"accounts_requested": 4.0, "__proto__": {"x": 1}}'
        ),
        records=9,
    ),
    BadFile(
        name="error.json",
        category="jsonl",
        data=lambda: b'{"error": "unauthorised"}',
        refused="{name}: one JSON value without a column of a log (its keys are "
        "'error'), perhaps an error message; a log is one object per request; look at "
        "the file, and fetch the log itself",
    ),
    BadFile(
        name="cut_array.json",
        category="jsonl",
        data=lambda: json.dumps(objects()).encode()[:-1],
        refused="{name}, line 1: the JSON is damaged: the array does not end; a "
        "document is whole or none of it can be trusted; export it again, or write one "
        "object per line",
    ),
]

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
        + _FORMATS
        + "; download the log's own file",
    ),
    BadFile(
        name="pickle.csv",
        category="hostile",
        data=lambda: b"\x80\x04\x95\x0a\x00",
        refused="{name}: this is a Python pickle, which can run code; "
        + _FORMATS
        + "; export the log as CSV or Parquet",
    ),
    BadFile(
        name="old.xls",
        category="hostile",
        data=lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504,
        refused="{name}: this is a password-protected or old .xls workbook; "
        + _FORMATS
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
        name="hostile_header.csv",
        category="hostile",
        data=lambda: log().replace(b"country", b"\x1b[2J<b>\xe2\x80\xae", 1),
        refused="{name}, line 1: required column is missing: country; the columns "
        "found are 'request_id', 'received_at', '\\x1b[2J<b>\\u202e', 'authority', "
        "'channel', 'legal_process', 'outcome', 'accounts_requested'; name the own "
        "column in columns=, the value in constants=, or the column in not_recorded=",
    ),
]

TEXT_FILES = [*STRUCTURE, *ENCODING, *JSONL, *HOSTILE]
