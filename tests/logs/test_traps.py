"""Traps around a cleaned log: native frames, odd folders, odd names, any bytes."""

import os
import random
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from logs.faulty import AS_OF, COLUMNS, good_rows, joined, lines
from logs.test_faults import FAULTS
from small_logs import clean

import disclosure_trends as dtr
from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.cleaned import CleanedLog, open_log
from disclosure_trends.logs.options import ReadOptions

ROWS = 12
COUNTS = pd.Series([int(row["accounts_requested"]) for row in good_rows(ROWS)])
TEXTS = [row["received_at"] for row in good_rows(ROWS)]
MOMENTS = pd.Series(pd.to_datetime(TEXTS, utc=True, format="ISO8601"))
BIG = ("bomb", "endless", "million", "late_", "big_picture")
SEEDS = [f for f in FAULTS if not any(word in f.name for word in BIG)]
MUTANTS = 2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 60
PIECES = (b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"{", b"}", b"9" * 40, b"-", b"NaN")


def _frame(**columns: object) -> pd.DataFrame:
    rows = [{name: row[name] for name in COLUMNS} for row in good_rows(ROWS)]
    return pd.DataFrame(rows).assign(**columns)


def _clean(source: object, **read: object) -> CleanedLog:
    options = ReadOptions(**{"max_quarantine_share": 1.0} | read)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return clean_requests(source, as_of=AS_OF, read=options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "times",
    [
        MOMENTS,
        MOMENTS.dt.tz_convert("Europe/Berlin"),
        MOMENTS.dt.tz_localize(None),
        MOMENTS.dt.as_unit("s"),
        MOMENTS.dt.as_unit("ns"),
        MOMENTS.astype("timestamp[us, UTC][pyarrow]"),
        pd.Series([moment.to_pydatetime() for moment in MOMENTS], dtype="object"),
    ],
    ids=["utc", "berlin", "naive", "seconds", "nanoseconds", "arrow", "objects"],
)
def test_times_of_a_frame_are_the_same_moments(times):
    log = _clean(_frame(received_at=times))
    assert log.to_frame()["received_at"].tolist() == MOMENTS.tolist()


def test_naive_times_of_a_frame_are_of_the_declared_zone():
    log = _clean(
        _frame(received_at=MOMENTS.dt.tz_localize(None)), source_timezone="Asia/Kolkata"
    )
    shifted = log.to_frame()["received_at"] + pd.Timedelta(hours=5, minutes=30)
    assert shifted.tolist() == MOMENTS.tolist()


@pytest.mark.parametrize(
    "kind",
    ["int8", "uint64", "Int64", "float32", "float64", "object", "int64[pyarrow]"],
)
def test_counts_of_a_frame_are_the_same_numbers(kind):
    log = _clean(_frame(accounts_requested=COUNTS.astype(kind)))
    assert log.to_frame()["accounts_requested"].tolist() == COUNTS.tolist()


def test_what_is_no_count_in_a_frame_is_set_aside():
    values = COUNTS.astype("float64").tolist()
    values[:4] = [np.nan, np.inf, 1.5, -1.0]
    assert _clean(_frame(accounts_requested=values)).ledger.total.by_reason == {
        "missing_count": 1,
        "not_a_number": 1,
        "negative_count": 1,
        "non_integer_count": 1,
    }
    missing = COUNTS.astype("Int64").where(COUNTS.index > 0)
    log = _clean(_frame(accounts_requested=missing))
    assert log.ledger.total.by_reason == {"missing_count": 1}


def test_ids_and_categories_of_a_frame_keep_every_digit_and_letter():
    ids = [2**60 + n for n in range(ROWS)]
    country = _frame()["country"].astype("category")
    frame = _frame(request_id=ids, country=country)
    before = frame.copy()
    rows = _clean(frame).to_frame()
    assert rows["request_id"].tolist() == [str(n) for n in ids]
    assert rows["country"].tolist() == country.tolist()
    pd.testing.assert_frame_equal(frame, before)


def test_arrow_comes_as_a_table_or_once_as_a_reader():
    table = pa.Table.from_pandas(_frame(), preserve_index=False)
    coded = table.set_column(2, "country", table["country"].dictionary_encode())
    for source in (table, table.to_reader(5), coded.to_reader(), coded):
        assert _clean(source).ledger.total.clean == ROWS


@pytest.mark.parametrize("column", ["channel", "country", "authority"])
def test_the_own_word_for_an_empty_cell_may_have_a_meaning(column):
    value = {"channel": "email", "country": "FR", "authority": "Unknown body"}[column]
    for empty in ("", None):
        log = clean({column: empty}, {}, terms={column: {"": value}})
        assert log.to_frame()[column].tolist()[0] == value


@pytest.mark.parametrize("place", [".", "in", "in/", "../here/in", "link", "o'd [x]*"])
def test_temporary_files_may_lie_anywhere(tmp_path, monkeypatch, place):
    here = tmp_path / "here"
    for folder in ("in", "o'd [x]*"):
        (here / folder).mkdir(parents=True)
    (here / "link").symlink_to(here / "in")
    (here / "log.csv").write_bytes(joined(lines()))
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", place)
    log = clean_requests("log.csv", as_of=AS_OF, out="cleaned")
    loose = clean_requests("log.csv", as_of=AS_OF)
    opened = open_log("cleaned")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(here / "in"))
    for one in (log, loose, opened):
        counts = dtr.count_requests(one, by="country", measure="received")
        assert counts.table["value"].sum() == 36
        assert len(one.to_frame()) == 36


def test_a_name_is_escaped_where_the_order_of_dates_is_unknown(tmp_path):
    dates = pd.DataFrame(_frame()).assign(received_at="04/07/2024")
    path = tmp_path / "two\nlines.csv"
    dates.to_csv(path, index=False)
    with pytest.raises(RequestLogError) as caught:
        clean_requests(path, as_of=AS_OF)
    assert str(caught.value).startswith("'two\\nlines.csv', column received_at: 12 ")


def test_records_after_as_of_are_told_from_faulty_ones():
    log = clean({}, {"received_at": "2025-01-05", "closed_at": ""})
    assert log.checks[0].text == (
        "0% of the records were quarantined, beside 1 received after as_of."
    )


def _mutated(data: bytes, chance: random.Random) -> bytes:
    text = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if not text:
            break
        start = chance.randrange(len(text))
        stop = start + chance.choice((1, 8, 300))
        kind = chance.randrange(5)
        if kind == 0:
            text[start] ^= 1 << chance.randrange(8)
        elif kind == 1:
            text[start:start] = chance.choice(PIECES)
        elif kind == 2:
            del text[start:stop]
        elif kind == 3:
            text[start:start] = text[start:stop]
        else:
            del text[start:]
    return bytes(text)


def test_for_any_bytes_there_is_a_message_or_a_balanced_account(tmp_path: Path):
    chance = random.Random(7)  # noqa: S311
    path = tmp_path / "log"
    accepted, messages = 0, []
    for _ in range(MUTANTS):
        fault = chance.choice(SEEDS)
        path.write_bytes(_mutated(fault.make(), chance))
        try:
            log = _clean(path, **fault.read)
        except RequestLogError as error:
            messages.append(str(error))
            continue
        accepted += 1
        total = log.ledger.total
        assert len(log.to_frame()) == total.clean
        assert len(log.superseded()) == total.superseded
        assert [bool(r) for r in log.quarantined()["reasons"]] == [
            True
        ] * total.quarantined
        assert total.records == total.clean + total.superseded + total.quarantined
    assert accepted > MUTANTS // 3
    assert all(m.isprintable() and m.count("; ") >= 2 for m in messages)
