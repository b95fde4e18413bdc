"""Files with one fault of encoding, of JSON, or meant to do harm."""

import gzip
import json
from collections.abc import Callable

from logs.faulty import COLUMNS, GOOD, Fault, cells, good_rows, joined, kept, lines
from logs.faulty_texts import HEADER, row_line, spoiled, whole, with_column

RUSSIAN = {
    i: {"authority": "\u0421\u0443\u0434 \u0433\u043e\u0440\u043e\u0434\u0430"}
    for i in (2, 6, 21)
}


def coded(name: str, make: Callable[[], bytes], **more: object) -> Fault:
    """A file with a fault of encoding."""
    return whole(name, make, category="encoding", **more)


def one_line(i: int, code: str) -> bytes:
    """UTF-8, but for one line."""
    out = [(t + "\n").encode() for t in lines()]
    out[i + 1] = (row_line(i, authority="S\u0105d w \u0141odzi") + "\n").encode(code)
    return b"".join(out)


def raw_name(i: int, name: bytes) -> bytes:
    """One authority replaced by bytes."""
    return spoiled(i, row_line(i, authority="@@")).replace(b"@@", name)


ENCODING = (
    coded("bom.csv", lambda: b"\xef\xbb\xbf" + joined(lines())),
    coded("two_boms.csv", lambda: b"\xef\xbb\xbf" * 2 + joined(lines())),
    coded(
        "bom_in_the_middle.csv",
        lambda: (
            joined(lines()[:10]) + b"\xef\xbb\xbf" + joined([HEADER, *lines()[10:]])
        ),
        codes={11: "repeated_header"},
    ),
    coded("utf16_le.csv", lambda: joined(lines()).decode().encode("utf-16")),
    coded(
        "utf16_be.csv",
        lambda: b"\xfe\xff" + joined(lines()).decode().encode("utf-16-be"),
    ),
    coded(
        "utf16_no_bom.csv",
        lambda: joined(lines()).decode().encode("utf-16-le"),
        refused=("UTF-16", "encoding="),
    ),
    coded("utf32.csv", lambda: joined(lines()).decode().encode("utf-32")),
    coded(
        "cp1251.csv",
        lambda: joined(lines(RUSSIAN)).decode().encode("cp1251"),
        refused=("UTF-8", "encoding="),
    ),
    coded(
        "cp1251_declared.csv",
        lambda: joined(lines(RUSSIAN)).decode().encode("cp1251"),
        read={"encoding": "cp1251"},
        truth=RUSSIAN,
    ),
    coded(
        "latin1_one_line.csv",
        lambda: joined(lines()).decode().encode("latin-1"),
        refused=("UTF-8", "encoding=", "line 23"),
    ),
    coded(
        "one_line_of_latin2.csv",
        lambda: one_line(8, "iso-8859-2"),
        out=frozenset({8}),
        codes={10: "invalid_utf8"},
    ),
    coded(
        "overlong.csv",
        lambda: raw_name(8, b"Court \xc0\xaf"),
        out=frozenset({8}),
        codes={10: "invalid_utf8"},
    ),
    coded(
        "surrogate.csv",
        lambda: raw_name(8, b"Court \xed\xb2\x9f"),
        out=frozenset({8}),
        codes={10: "invalid_utf8"},
    ),
    coded(
        "encoded_twice.csv",
        lambda: raw_name(8, "M\u00fcnchen".encode().decode("latin-1").encode()),
        truth={8: {"authority": "M\u00c3\u00bcnchen"}},
        warnings={"double_encoded": 1},
    ),
    coded(
        "mark_in_data.csv",
        lambda: spoiled(8, row_line(8, authority="A\ufeffB")),
        truth={8: {"authority": "A\ufeffB"}},
    ),
    coded(
        "decomposed.csv",
        lambda: spoiled(8, row_line(8, authority="Ko\u0308ln")),
        truth={8: {"authority": "Ko\u0308ln"}},
    ),
)

PAYLOADS = {
    1: "<script>alert(1)</script>",
    2: '=HYPERLINK("http://x.test")',
    4: "'; DROP TABLE requests; --",
    6: "{authority.__class__} %s %n",
    8: "$(rm -rf /) `id`",
    10: "\u202eevil\u2069 \u200bname",
    12: "\x1b[31mred\x1b[0m",
    14: "../../etc/passwd",
}
HOSTILE_CELLS = {i: {"authority": text} for i, text in PAYLOADS.items()}


def hostile(
    name: str, make: Callable[[], bytes] | None = None, **more: object
) -> Fault:
    """A file meant to do harm; good rows under a harmful name by default."""
    return whole(name, make or (lambda: joined(lines())), category="hostile", **more)


HOSTILE = (
    kept("hostile", "payloads.csv", HOSTILE_CELLS, HOSTILE_CELLS),
    kept(
        "hostile",
        "hostile_ids.csv",
        {
            3: {"request_id": "=1+1"},
            5: {"request_id": "x'; DROP TABLE t;--"},
            20: {"request_id": " 7 "},
        },
        {
            3: {"request_id": "=1+1"},
            5: {"request_id": "x'; DROP TABLE t;--"},
            20: {"request_id": " 7 "},
        },
    ),
    cells(
        "hostile",
        "hostile_country.csv",
        {3: {"country": "../x"}, 5: {"country": "<b>DE</b>"}},
        "unknown_country",
    ),
    cells(
        "hostile",
        "hostile_term.csv",
        {3: {"outcome": "x' OR 1=1 --"}},
        "unknown_outcome",
    ),
    hostile("hostile_header.csv", lambda: with_column("<img onerror=alert(1)>", "x")),
    hostile("x[1]*.csv"),
    hostile("?.csv"),
    hostile("'; DROP TABLE requests; --.csv"),
    hostile("<script>alert(1)<script>.csv"),
    hostile("two\nlines \u202egnp.csv"),
    hostile("-rf.csv"),
    hostile("{0.__class__}%s.csv"),
    hostile(
        "bomb.csv.gz",
        lambda: gzip.compress(bytes(300 << 20), 9, mtime=0),
        refused=("no line end",),
    ),
    hostile(
        "bomb_of_rows.csv.gz",
        lambda: gzip.compress(
            joined(lines()) + joined([row_line(1)]) * 200_000, 9, mtime=0
        ),
        refused=("times its size",),
    ),
    hostile(
        "one_endless_line.csv",
        lambda: joined(lines()) + b"a" * (30 << 20),
        refused=("line",),
    ),
    hostile(
        "million_columns.csv",
        lambda: joined([HEADER + ",a" * 1_000_000, *lines()[1:]]),
        refused=("columns",),
    ),
)


def record(i: int, **changes: object) -> str:
    """One good row as a JSON object."""
    cells = {c: good_rows()[i][c] for c in COLUMNS}
    return json.dumps(cells | changes, ensure_ascii=False)


def record_lines(**at: str) -> bytes:
    """The good rows as JSON Lines, some lines replaced (``_3="..."`` is row 3)."""
    return joined([at.get(f"_{i}", record(i)) for i in range(GOOD)])


def objects(name: str, make: Callable[[], bytes], **more: object) -> Fault:
    """A file of JSON."""
    return whole(name, make, category="jsonl", **more)


def spoiled_object(name: str, text: str, code: str) -> Fault:
    """JSON Lines with one line replaced, which must be set aside."""
    return objects(
        name, lambda: record_lines(_8=text), out=frozenset({8}), codes={9: code}
    )


def lacking(i: int, name: str) -> str:
    """One good row without a key."""
    return json.dumps({c: good_rows()[i][c] for c in COLUMNS if c != name})


BIG = "9007199254740993"
JSONL = (
    objects("good.jsonl", record_lines),
    objects(
        "bom_crlf_blank.jsonl",
        lambda: b"\xef\xbb\xbf" + record_lines().replace(b"\n", b"\r\n\r\n"),
    ),
    objects(
        "other_keys.jsonl",
        lambda: (
            record_lines()
            .replace(b'"country"', b'"Country"')
            .replace(b'"outcome"', b'"STATUS"')
        ),
    ),
    objects(
        "numbers.jsonl",
        lambda: record_lines(
            _8=record(8, request_id=10).replace(
                '"request_id": 10', f'"request_id": {BIG}'
            ),
            _9=record(
                9,
                accounts_requested=3,
                accounts_disclosed=None,
                outcome="pending",
                closed_at=None,
            ),
            _10=record(10, accounts_requested=4.0),
        ),
        truth={8: {"request_id": BIG}, 9: {"accounts_disclosed": ""}},
    ),
    spoiled_object("not_json.jsonl", '{"request_id": "000009", ', "bad_json"),
    spoiled_object(
        "nan.jsonl",
        record(8, accounts_requested=0).replace('requested": 0', 'requested": NaN'),
        "bad_json",
    ),
    spoiled_object(
        "too_deep.jsonl", '{"x": ' + "[" * 5_000 + "]" * 5_000 + "}", "bad_json"
    ),
    spoiled_object("null.jsonl", "null", "not_an_object"),
    spoiled_object("list.jsonl", "[1, 2]", "not_an_object"),
    spoiled_object(
        "key_twice.jsonl", '{"country": "FR", ' + record(8)[1:], "duplicate_key"
    ),
    spoiled_object(
        "lone_surrogate.jsonl",
        record(8, authority="@").replace('"@"', '"\\udc9f"'),
        "invalid_unicode",
    ),
    spoiled_object(
        "count_is_a_list.jsonl", record(8, accounts_requested=[2]), "not_a_number"
    ),
    spoiled_object(
        "count_is_true.jsonl", record(8, accounts_requested=True), "not_a_number"
    ),
    spoiled_object("no_country.jsonl", lacking(8, "country"), "missing_country"),
    spoiled_object("no_id.jsonl", lacking(8, "request_id"), "missing_request_id"),
    objects(
        "extra_keys.jsonl",
        lambda: record_lines(_8=record(8, __proto__={"x": 1}, phone="+49 151 2345678")),
    ),
    objects(
        "array.json",
        lambda: b"[" + record_lines().rstrip(b"\n").replace(b"\n", b",\n") + b"]",
    ),
    objects("no_line_breaks.jsonl", lambda: record_lines().replace(b"}\n", b"}")),
    objects(
        "cut.jsonl",
        lambda: record_lines() + b'{"request_id": "000099", "rece',
        codes={GOOD + 1: "bad_json"},
    ),
)
