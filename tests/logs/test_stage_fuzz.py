"""For any bytes: a refusal with a message, or a stage in which every record stands."""

import json
import os
import random
import resource
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs.bad_files import HEADER, rows
from logs.bad_tables import TABLE_FILES
from logs.bad_texts import TEXT_FILES

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.formats.delimited import TextReader
from disclosure_trends.logs.limits import STRUCTURAL_CODES
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.sources import stage_source

SEEDS = [f for f in (*TEXT_FILES, *TABLE_FILES) if not f.name.startswith("bomb")]
SEEDS = [
    f for f in SEEDS if f.name not in ("a_million_blank_lines.csv", "far_cell.xlsx")
]
# Twenty thousand in the nightly profile, three hundred otherwise.
MUTANTS = 20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 300
NIGHTLY = pytest.mark.timeout(7_200 if MUTANTS > 300 else 600)
ENGINE = duckdb.connect(config={"threads": 1})
PIECES = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b'""',
    b";",
]


def check(data: bytes, read: ReadOptions, **how: bool) -> object:
    """Stage some bytes; return all that came out, or the message of the refusal."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_bytes(data)
        target = Path(folder) / "stage"
        target.mkdir()
        try:
            staged = stage_source(path, read=read, folder=target, **how)
        except RequestLogError as error:
            return _checked_message(str(error))
        found = ENGINE.sql(staged.select()).fetchall()
    (one,) = staged.files
    assert len(found) == one.records
    for row in found:
        codes = row[-2]
        assert codes is None or set(codes.split(";")) <= set(STRUCTURAL_CODES)
    counts = (one.records, one.blank_lines, one.inner_lines, one.physical_lines)
    if one.physical_lines is not None:
        other = one.header_lines + one.blank_lines + len(one.skipped_preamble)
        assert one.physical_lines - other - one.inner_lines == one.records
    return counts, dict(one.warnings), sorted(map(repr, found))


def _checked_message(message: str) -> str:
    assert message.startswith("'log'")
    assert message.count("; ") >= 2
    assert "\n" not in message
    return message


def mutants(count: int) -> Iterator[tuple[bytes, ReadOptions]]:
    """Files of the collection with a few bytes changed, always the same ones."""
    rng = random.Random(20_261_124)  # noqa: S311 (no secret)
    made = {file.name: file.data() for file in SEEDS}
    for _ in range(count):
        file = rng.choice(SEEDS)
        data = bytearray(made[file.name])
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(data) + 1)
            kind = rng.randrange(5)
            if kind == 0 and data:
                data[place % len(data)] = rng.randrange(256)
            elif kind == 1:
                data[place:place] = rng.choice(PIECES)
            elif kind == 2:
                del data[place : place + rng.randint(1, 40)]
            elif kind == 3:
                data[place:place] = data[place : place + rng.randint(1, 200)]
            elif rng.random() < 0.2:
                del data[place:]
        yield bytes(data), file.read


@NIGHTLY
def test_mutated_files_are_refused_or_whole() -> None:
    slowest = 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for data, read in mutants(MUTANTS):
        begun = time.process_time()
        check(data, read)
        slowest = max(slowest, time.process_time() - begun)
    assert slowest < 10.0  # CPU seconds a file
    # KiB above the peak of what this process had held before.
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    assert grown < 512 * 1024


@NIGHTLY
def test_mutated_files_are_cleaned_to_the_last_record_or_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log"
    # Cleaning takes fifty times as long as staging: every tenth mutant is enough.
    for data, read in islice(mutants(MUTANTS), 0, None, 10):
        path.write_bytes(data)
        try:
            log = clean_requests(path, as_of="2024-12-31", read=read, threads=1)
        except RequestLogError as error:
            _checked_message(str(error))
            continue
        total = log.ledger.total
        found = len(log.to_frame()), len(log.superseded()), len(log.quarantined())
        assert found == (total.clean, total.superseded, total.quarantined)
        assert sum(found) == total.records


@given(st.binary(max_size=600))
def test_any_bytes_are_refused_or_whole(data: bytes) -> None:
    check(data, ReadOptions())


@given(st.binary(max_size=400))
def test_any_bytes_below_a_header_are_refused_or_whole(data: bytes) -> None:
    check(HEADER.encode() + b"\n" + data, ReadOptions())


TEXTS = ("a", "é", "a\r", " ", "\x0b", "total", "\ufeff", "x" * 9, "2024-01-05")
QUOTED = ('"', '""', '"a"', '"a,b"', '"a\nb"', '"a""b"', 'a"b', '"a', 'b"')
FIELDS = st.sampled_from(("", *TEXTS, *QUOTED, "received_at", "request_id"))
LINES = st.lists(
    st.one_of(
        st.lists(FIELDS, min_size=6, max_size=9).map(",".join),
        st.sampled_from([*rows(), HEADER, HEADER.upper(), "", "  ", ",,,,,,,", "\r"]),
    ),
    max_size=12,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_fast_and_strict_reader_agree(lines: list[str], end: str, last: bool) -> None:
    data = end.join([HEADER, *lines]).encode() + (end.encode() if last else b"")
    found = [check(data, ReadOptions(), strict_only=s) for s in (False, True)]
    assert found[0] == found[1]


@pytest.mark.parametrize("size", [64, 300, 1_000])
def test_they_agree_wherever_the_text_is_cut(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("CHUNK", size), ("SAMPLE", size * 3), ("SMALL", size // 4)):
        monkeypatch.setattr(f"disclosure_trends.logs.formats.delimited.{name}", value)
    for file in TEXT_FILES:
        data = file.data()
        if file.refused is None and len(data) < 5_000 and data[:1].isalnum():
            found = [check(data, file.read, strict_only=s) for s in (False, True)]
            assert found[0] == found[1], file.name


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int) -> bytes:
        first, self.data = self.data[:size], self.data[size:]
        return first


def test_the_collection_covers_every_code_of_form() -> None:
    files = [*TEXT_FILES, *TABLE_FILES]
    seen = {code for file in files for text in file.codes.values() for code in [text]}
    assert seen == set(STRUCTURAL_CODES)


def test_a_reader_of_texts_is_what_the_sources_use() -> None:
    reader = TextReader(
        _Bytes(f"{HEADER}\n{rows()[0]}\n".encode()), read=ReadOptions(), where="'x'"
    )
    assert reader.dialect.delimiter == ","
    assert json.dumps(reader.dialect.plan.columns) == json.dumps(HEADER.split(","))
