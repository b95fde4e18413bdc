"""JSON Lines: the fast reader and the strict one agree, and what is empty is said."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs.bad_files import NAMES, objects, rows
from logs.bad_texts import TEXT_FILES
from logs.test_stage_fuzz import check

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.formats.json_fast import JsonFastReader
from disclosure_trends.logs.formats.json_rows import JsonPlan
from disclosure_trends.logs.options import FirstOf, Join, ReadOptions

GOOD = [json.dumps(one) for one in objects()]
TYPED = [
    json.dumps(one | {"accounts_requested": 4, "emergency": True}) for one in objects()
]
FLOATS = [json.dumps(one | {"accounts_disclosed": 3.0}) for one in objects()]
LISTS = [json.dumps(one | {"data_categories": ["a", "é"]}) for one in objects()]

VALUES = st.sampled_from(
    (
        '"DE"',
        '""',
        '" "',
        "null",
        "true",
        "4",
        "4.0",
        "4.00",
        "-0",
        "-0.0",
        "0.0",
        "4.5",
        "4e0",
        "12345678901234567890",
        "1234567890123456789012345.0",
        "NaN",
        "-Infinity",
        '"NaN"',
        '"a: NaN"',
        '": 4.0,"',
        '"\\u0041"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\""',
        '"\\"accounts_requested\\":4.0"',
        '"{"',
        '"}"',
        "[]",
        '["a","b"]',
        '["a",null]',
        "[1,2]",
        '{"a":1}',
        '"total"',
        '"\u2028"',
        '"a\tb"',
        '"' + "x" * 10_001 + '"',
    )
)
KEYS = st.sampled_from(
    (
        "accounts_requested",
        "country",
        "Country",
        "received_at",
        "own",
        "data_categories",
    )
)
WHOLE = st.lists(st.tuples(KEYS, VALUES), max_size=4).map(
    lambda pairs: "{" + ",".join(f'"{key}":{value}' for key, value in pairs) + "}"
)
CHANGED = st.tuples(st.sampled_from(GOOD), KEYS, VALUES).map(
    lambda made: f'{made[0][:-1]}, "{made[1]}": {made[2]}}}'
)
REPLACED = st.tuples(st.sampled_from(objects()), KEYS, VALUES).map(
    lambda made: (
        json.dumps({k: v for k, v in made[0].items() if k != made[1]})[:-1]
        + f', "{made[1]}" :\t{made[2]} }}'
    )
)
LINES = st.lists(
    st.one_of(
        st.sampled_from([*GOOD, *TYPED, *FLOATS, *LISTS]),
        WHOLE,
        CHANGED,
        REPLACED,
        st.sampled_from(
            ["", " ", "{}", "{", "}", "[", "null", "1", f"{GOOD[0]} ", f" {GOOD[1]}"]
        ),
        st.sampled_from(
            [GOOD[0] + GOOD[1], GOOD[0][:-1], GOOD[0] + "}", GOOD[0] + ","]
        ),
        st.sampled_from([GOOD[2][:30], GOOD[2][30:], "\ufeff" + GOOD[3]]),
    ),
    min_size=1,
    max_size=14,
)
DECLARED = (
    ReadOptions(),
    ReadOptions(columns={"authority": FirstOf("own", "authority")}),
    ReadOptions(columns={"request_id": Join("request_id", "own")}),
    ReadOptions(constants={"country": "DE"}, ids="row"),
)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a text of some lines come in many pieces, as large ones do."""
    where = "disclosure_trends.logs.formats.jsonl."
    for name, size in (("_FIRST_PIECE", 1), ("_PIECE", 900), ("_SMALL", 300)):
        monkeypatch.setattr(where + name, size)


@given(LINES, st.sampled_from(DECLARED), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_fast_and_strict_reader_agree(
    lines: list[str], read: ReadOptions, end: str, last: bool
) -> None:
    text = end.join([GOOD[0], *lines]) + (end if last else "")
    found = [check(text.encode(), read, strict_only=s) for s in (False, True)]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "file",
    [f for f in TEXT_FILES if f.category == "jsonl"],
    ids=lambda file: ascii(file.name),
)
def test_they_agree_on_every_faulty_file(file: object) -> None:
    data, read = file.data() * 3, file.read
    found = [check(data, read, strict_only=s) for s in (False, True)]
    assert found[0] == found[1]


def _regular() -> Iterator[tuple[str, list[str]]]:
    yield "text", GOOD
    yield "typed", TYPED
    yield "floats", FLOATS
    yield "lists", LISTS
    yield "escaped", [line.replace("Unit", "\\u0055nit") for line in GOOD]
    yield "with nulls", [line.replace('"email"', "null") for line in GOOD] + GOOD


@pytest.mark.parametrize(("name", "lines"), [*_regular()])
def test_regular_lines_are_read_fast(name: str, lines: list[str]) -> None:
    plan = JsonPlan(ReadOptions(), where=name)
    for line in lines:
        (row,) = plan.strict.values(line) or ()
        plan.values(row, set())
    fast = JsonFastReader(plan)
    fast.learn([line.encode() for line in lines])
    stretch = fast.read("".join(line + "\n" for line in lines).encode())
    assert stretch is not None
    assert len(stretch.starts) == len(lines)
    ids = stretch.values[plan.columns.index("request_id")].to_pylist()
    assert ids == [json.loads(line)["request_id"] for line in lines]


@pytest.mark.parametrize("text", ["[]", "{}\n", "{}\n\n{}\n", "[{}, {}]"])
def test_a_document_without_a_request_is_an_empty_log(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "log.json"
    path.write_text(text)
    cleaned = clean_requests(path, as_of="2024-12-31")
    assert cleaned.ledger.total.records == 0
    assert cleaned.not_recorded.isdisjoint(NAMES)


def test_no_line_that_can_be_read_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"a": \n{"b" 1}\n')
    with pytest.raises(RequestLogError) as caught:
        clean_requests(path, as_of="2024-12-31")
    assert str(caught.value) == (
        "'log.jsonl': none of its 2 records is a JSON object that can be read; a log "
        "is one object per request; look at the file, and export it again as JSON Lines"
    )


def test_a_text_that_is_mostly_broken_is_refused_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = "disclosure_trends.logs.formats.delimited."
    monkeypatch.setattr(where + "BROKEN_RECORDS", 20)
    path = tmp_path / "log.csv"
    good = "\n".join([",".join(NAMES), *rows()])
    path.write_text(good + "\n" + "x\n" * 100)
    with pytest.raises(RequestLogError) as caught:
        clean_requests(path, as_of="2024-12-31")
    assert str(caught.value) == (
        "'log.csv': 20 of its first 28 records are broken in their form; a log that is "
        "mostly broken is another file, or a damaged one; look at its first lines, "
        "pass what is above the requests with skip_lines=, or export it again"
    )
    # Fewer than half of the records do not refuse it.
    path.write_text(good + "\n" + ("\n".join(rows()) + "\n") * 5 + "x\n" * 40)
    assert clean_requests(path, as_of="2024-12-31").ledger.total.quarantined >= 40
