"""Delimited texts with one fault of structure."""

import gzip
import io
import pickle
import zipfile
from collections.abc import Callable

from logs.faulty import (
    COLUMNS,
    GOOD,
    Fault,
    cells,
    good_rows,
    joined,
    kept,
    line,
    lines,
)

ALL = frozenset(range(GOOD))
HEADER = ",".join(COLUMNS)


def whole(name: str, make: Callable[[], bytes], **more: object) -> Fault:
    """A file of which all good rows must come out, unless said otherwise."""
    category = str(more.pop("category", "structure"))
    return Fault(category=category, name=name, make=make, **more)  # type: ignore[arg-type]


def refused(name: str, make: Callable[[], bytes], *said: str, **more: object) -> Fault:
    """A file that must be refused."""
    return whole(name, make, refused=said, **more)


def spoiled(at: int, text: str) -> bytes:
    """The good rows with the line of one of them replaced."""
    rows = lines()
    rows[at + 1] = text
    return joined(rows)


def inserted(at: int, *texts: str) -> bytes:
    """The good rows with further lines before one of them."""
    rows = lines()
    return joined([*rows[: at + 1], *texts, *rows[at + 1 :]])


def row_line(i: int, **changes: str) -> str:
    """One good row, changed, as a line."""
    return line(good_rows()[i] | changes)


def zipped(**members: bytes) -> bytes:
    """A zip of some members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def swallowed(first: int, last: int) -> bytes:
    """A stray quote opens in one row and closes in a later one."""
    rows = lines()
    rows[first + 1] = rows[first + 1].replace(",Court", ',"Court', 1)
    rows[last + 1] = rows[last + 1].replace(" of X,", ' of X",', 1)
    assert '"' in rows[first + 1]
    assert '"' in rows[last + 1]
    return joined(rows)


def renamed(**names: str) -> bytes:
    """The good rows under other headers."""
    header = ",".join(names.get(c, c) for c in COLUMNS)
    return joined([header, *lines()[1:]])


def with_column(name: str, value: str, *, at: int | None = None) -> bytes:
    """The good rows with one column more."""
    place = len(COLUMNS) if at is None else at
    out = []
    for i, text in enumerate(lines()):
        parts = text.split(",")
        out.append(",".join([*parts[:place], name if not i else value, *parts[place:]]))
    return joined(out)


def without_column(name: str) -> bytes:
    """The good rows with one column less."""
    at = COLUMNS.index(name)
    parts = (text.split(",") for text in lines())
    return joined([",".join(p[:at] + p[at + 1 :]) for p in parts])


def late_letters() -> bytes:
    """Five thousand plain ids before one that is no number."""
    plain = good_rows()[0]
    rows = [plain | {"request_id": str(n)} for n in range(5_000)]
    rows.append(plain | {"request_id": "A-1"})
    return joined([HEADER, *(line(row) for row in rows)])


LATE = tuple(
    good_rows()[0] | {"request_id": name}
    for name in (*(str(n) for n in range(5_000)), "A-1")
)
PICKLE = pickle.dumps({"rows": lines()})
ADDRESS = 'Court of X\nRoom 4, "North"'
REVERSED = [",".join(reversed(text.split(","))) for text in lines()]

STRUCTURE = (
    whole("semicolons.csv", lambda: joined(lines(delimiter=";"))),
    whole("tabs.csv", lambda: joined(lines(delimiter="\t"))),
    whole("pipes.txt", lambda: joined(lines(delimiter="|"))),
    whole("commas.tsv", lambda: joined(lines())),
    whole(
        "excel_hint.csv", lambda: b"sep=;\r\n" + joined(lines(delimiter=";"), "\r\n")
    ),
    whole("crlf.csv", lambda: joined(lines(), "\r\n")),
    whole("cr_only.csv", lambda: joined(lines(), "\r")),
    whole(
        "mixed_line_ends.csv",
        lambda: b"".join(
            joined([t], "\r\n" if i % 3 else "\n") for i, t in enumerate(lines())
        ),
    ),
    kept(
        "structure",
        "quoted_line_breaks.csv",
        {4: {"authority": ADDRESS}},
        {4: {"authority": ADDRESS}},
    ),
    kept(
        "structure",
        "quoted_crlf.csv",
        {4: {"authority": "A\r\nB"}},
        {4: {"authority": "A\r\nB"}},
    ),
    kept(
        "structure",
        "quoted_commas.csv",
        {4: {"authority": 'X, "Y", Z'}},
        {4: {"authority": 'X, "Y", Z'}},
    ),
    whole("blank_lines.csv", lambda: inserted(5, "", "", "   ", "\t")),
    whole("row_of_empty_fields.csv", lambda: inserted(5, "," * 10)),
    whole(
        "titles.csv",
        lambda: joined(["Requests of 2024", "", "Legal, confidential", *lines()]),
    ),
    whole("no_last_newline.csv", lambda: joined(lines()).rstrip(b"\n")),
    whole(
        "header_variants.csv",
        lambda: renamed(
            request_id=" Request ID ", received_at="RECEIVED-AT", country="Country"
        ),
    ),
    whole(
        "header_aliases.csv",
        lambda: renamed(
            outcome="status", closed_at="decided_at", accounts_requested="n_accounts"
        ),
    ),
    whole("other_order.csv", lambda: joined(REVERSED)),
    whole(
        "unknown_columns.csv", lambda: with_column("phone_number", "+49 151 23456789")
    ),
    whole("unknown_column_in_front.csv", lambda: with_column("row", "1", at=0)),
    whole(
        "trailing_comma.csv", lambda: joined([HEADER, *(t + "," for t in lines()[1:])])
    ),
    whole("empty_extra_in_header_too.csv", lambda: joined([t + "," for t in lines()])),
    whole(
        "one_extra_field_everywhere.csv",
        lambda: joined([HEADER, *(t + ",x" for t in lines()[1:])]),
        out=ALL,
        codes=dict.fromkeys(range(2, GOOD + 2), "too_many_fields"),
        check="All 36 rows quarantined: too_many_fields 36.",
    ),
    refused(
        "missing_column.csv", lambda: without_column("country"), "country", "request_id"
    ),
    refused(
        "column_twice.csv", lambda: with_column("country", "DE"), "country", "twice"
    ),
    refused(
        "two_aliases.csv",
        lambda: renamed(outcome="status", updated_at="decision"),
        "outcome",
        "status",
    ),
    whole("alias_beside_the_name.csv", lambda: with_column("status", "pending")),
    refused("no_header.csv", lambda: joined(lines()[1:]), "header="),
    whole("header_only.csv", lambda: joined([HEADER]), out=ALL, check="no requests"),
    refused("zero_bytes.csv", lambda: b"", "empty"),
    refused("only_blanks.csv", lambda: b"\n  \n\t\n", "empty"),
    whole("one_row.csv", lambda: joined(lines()[:2]), out=ALL - {0}),
    refused(
        "login_page.csv",
        lambda: b"<!DOCTYPE html><html><body>Sign in</body></html>",
        "HTML",
    ),
    refused(
        "error_answer.csv",
        lambda: b'{"error": "denied", "status": 403}',
        "required columns",
        "'error'",
    ),
    refused("pickle.csv", lambda: PICKLE, "pickle"),
    refused(
        "office.csv", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"
    ),
    whole("packed.csv", lambda: gzip.compress(joined(lines()), mtime=0)),
    whole(
        "packed_in_two_members.csv.gz",
        lambda: (
            gzip.compress(joined(lines()[:10]), mtime=0)
            + gzip.compress(joined(lines()[10:]), mtime=0)
        ),
    ),
    refused(
        "packed_and_cut.csv.gz",
        lambda: gzip.compress(joined(lines()), mtime=0)[:-20],
        "gzip",
    ),
    refused(
        "packed_wrong_sum.csv.gz",
        lambda: (
            (b := gzip.compress(joined(lines()), mtime=0))[:-8]
            + bytes([b[-8] ^ 1])
            + b[-7:]
        ),
        "gzip",
    ),
    whole("zipped.zip", lambda: zipped(log_csv=joined(lines()))),
    refused(
        "two_in_a_zip.zip",
        lambda: zipped(a_csv=joined(lines()), b_csv=joined(lines())),
        "a.csv",
        "b.csv",
    ),
    refused("crashed_writer.csv", lambda: joined(lines()) + bytes(512), "zero bytes"),
    whole(
        "cut_last_line.csv",
        lambda: joined(lines()) + b"000099,2024-05-0",
        codes={GOOD + 2: "truncated_last_line"},
    ),
    whole(
        "cut_last_field.csv",
        lambda: (
            joined(lines())
            + row_line(0, request_id="000099", updated_at="2024-0").encode()
        ),
        codes={GOOD + 2: "truncated_last_line"},
    ),
    whole(
        "never_closed_quote.csv",
        lambda: spoiled(31, row_line(31).replace(",Court", ',"Court')),
        out=frozenset(range(31, GOOD)),
        codes=dict.fromkeys(range(33, GOOD + 2), "unbalanced_quote"),
    ),
    whole(
        "two_stray_quotes.csv",
        lambda: swallowed(10, 14),
        out=frozenset(range(10, 15)),
        codes=dict.fromkeys(range(12, 17), "unbalanced_quote"),
    ),
    whole(
        "backslash_quotes.csv",
        lambda: spoiled(
            4, row_line(4).replace("Court 0 of X", '"Unit \\"A\\", north"')
        ),
        out=frozenset({4}),
        codes={6: "bad_quoting"},
    ),
    whole(
        "short_row.csv",
        lambda: spoiled(4, "000005,2024-05-14T09:04:00Z,GB"),
        out=frozenset({4}),
        codes={6: "too_few_fields"},
    ),
    whole(
        "unquoted_comma.csv",
        lambda: spoiled(4, row_line(4).replace("Court 0", "Court, 0")),
        out=frozenset({4}),
        codes={6: "too_many_fields"},
    ),
    whole(
        "apostrophes.csv",
        lambda: spoiled(4, row_line(4).replace("Court 0 of X", "'Court, 0'")),
        out=frozenset({4}),
        codes={6: "too_many_fields"},
    ),
    whole(
        "header_again.csv", lambda: inserted(20, HEADER), codes={22: "repeated_header"}
    ),
    whole(
        "totals.csv",
        lambda: joined([*lines(), "Total,,,,,,,126,,,"]),
        codes={GOOD + 2: "summary_row"},
    ),
    whole(
        "comment.csv",
        lambda: inserted(20, "# export resumed"),
        codes={22: "too_few_fields"},
    ),
    cells(
        "structure",
        "long_field.csv",
        {4: {"authority": "x" * 1_000_000}},
        "field_too_long",
    ),
    cells(
        "structure",
        "nul_in_field.csv",
        {4: {"authority": "Poli\0ce"}},
        "control_character",
    ),
    kept(
        "structure",
        "other_controls.csv",
        {4: {"authority": "A\x0bB\x0cC\x1aD"}},
        {4: {"authority": "A\x0bB\x0cC\x1aD"}},
    ),
    kept(
        "structure",
        "unicode_line_ends.csv",
        {4: {"authority": "A\u2028B\x85C"}},
        {4: {"authority": "A\u2028B\x85C"}},
    ),
    whole("late_letters.csv", late_letters, out=ALL, extra=LATE),
)
