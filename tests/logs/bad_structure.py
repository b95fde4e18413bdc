"""Delimited texts of which the structure is at fault; see `bad_files`."""

import gzip

from logs.bad_files import (
    HEADER,
    NAMES,
    PLAIN,
    QUOTED,
    BadFile,
    flipped,
    log,
    rows,
    text,
    zipped,
)

from disclosure_trends.logs.options import ReadOptions

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
        data=lambda: flipped(gzip.compress(log(), mtime=0), -6),
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
