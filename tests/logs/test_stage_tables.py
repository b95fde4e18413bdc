"""Rows of workbooks, Parquet, frames and readers come as text, each accounted for."""

import datetime as dt
import decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from logs.bad_files import NAMES, BadFile, log, objects, rows
from logs.bad_tables import (
    TABLE_FILES,
    _copy_sheet,
    _date_system_1904,
    flipped,
    parquet,
    workbook,
)
from logs.staging import read_back, stage, stage_file

from disclosure_trends.errors import RequestLogError, SettingsError
from disclosure_trends.logs.formats import parquet as parquet_module
from disclosure_trends.logs.formats.intake import where_in
from disclosure_trends.logs.options import FirstOf, Join, ReadOptions

GOOD = [tuple(row.split(",")) for row in rows()]


@pytest.mark.parametrize("file", TABLE_FILES, ids=lambda file: file.name)
def test_one_fault_a_file(file: BadFile, tmp_path: Path) -> None:
    if file.refused is not None:
        with pytest.raises(RequestLogError) as caught:
            stage_file(file, tmp_path)
        assert str(caught.value) == file.refused.format(name=where_in(file.name))
        return
    staged, found = stage_file(file, tmp_path)
    (one,) = staged.files
    assert one.records == file.records == len(found)
    assert one.blank_lines == file.blank
    codes = {row["source_row"]: row["structural"] for row in found if row["structural"]}
    assert codes == file.codes


@pytest.mark.parametrize(
    "file",
    [f for f in TABLE_FILES if f.refused is None and not f.codes and f.records],
    ids=lambda file: file.name,
)
def test_good_requests_come_through_unchanged(file: BadFile, tmp_path: Path) -> None:
    _, found = stage_file(file, tmp_path)
    assert [tuple(row[name] for name in NAMES) for row in found] == GOOD


def test_hidden_rows_are_read_and_counted(tmp_path: Path) -> None:
    (file,) = [file for file in TABLE_FILES if file.name == "hidden_rows.xlsx"]
    staged, _ = stage_file(file, tmp_path)
    assert staged.files[0].warnings == {"hidden_rows": 2}


def test_native_cells_of_a_workbook_become_text(tmp_path: Path) -> None:
    def edit(book: object) -> None:
        page = book["log"]  # type: ignore[index]
        page["A2"] = 7
        page["B2"] = dt.datetime(2024, 1, 5, 9, 59, 59, 999_000)  # noqa: DTZ001
        page["B3"] = dt.date(2024, 1, 6)
        page["D2"] = True
        page["H2"] = 1.5

    path = tmp_path / "native.xlsx"
    path.write_bytes(workbook(edit))
    _, found = stage(path, tmp_path)
    assert found[0]["request_id"] == "7"
    assert found[0]["received_at"] == "2024-01-05 09:59:59.999000"
    assert found[1]["received_at"] == "2024-01-06"
    assert found[0]["authority"] == "true"
    assert found[0]["accounts_requested"] == "1.5"


def test_the_1904_date_system_is_honoured(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    path.write_bytes(workbook(_date_system_1904))
    _, found = stage(path, tmp_path)
    assert found[0]["received_at"] == "2024-01-05 10:00:00"


def test_the_other_sheet_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    path.write_bytes(workbook(_copy_sheet))
    staged, _ = stage(path, tmp_path, read=ReadOptions(sheet="old copy"))
    assert staged.files[0].sheet == "old copy"


# --- Parquet ----------------------------------------------------------------


def big_parquet(path: Path, **options: object) -> None:
    """A Parquet file that is read in place: more rows than are rewritten."""
    table = pa.Table.from_pylist(objects()).take([i % 8 for i in range(250_000)])
    pq.write_table(table, path, row_group_size=100_000, **options)


def test_plain_parquet_is_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "it's big.parquet"
    big_parquet(path)
    (tmp_path / "again").mkdir()
    staged, found = stage(path, tmp_path)
    assert staged.parts[0].own is not None
    assert not staged.parts[0].faulty
    copied, same = stage(path, tmp_path / "again", copy_parquet=True)
    assert copied.parts[0].own is None
    assert found == same
    assert len(found) == 250_000
    assert [row["source_row"] for row in found[:3]] == [1, 2, 3]


def test_a_flipped_bit_is_found_in_place(tmp_path: Path) -> None:
    path = tmp_path / "flipped.parquet"
    big_parquet(path, write_page_checksum=True, compression="none")
    path.write_bytes(flipped(path.read_bytes(), 5_000))
    with pytest.raises(RequestLogError, match="does not match its checksum"):
        stage(path, tmp_path)


@pytest.mark.parametrize("copy_parquet", [False, True])
def test_text_faults_in_place_are_as_in_a_copy(
    copy_parquet: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_module, "IN_PLACE_ROWS", 1)
    requests = objects()
    requests[1]["authority"] = "Poli\0ce"
    requests[2]["authority"] = "x" * 10_001
    requests[3]["channel"] = "\0" + "x" * 10_001
    path = tmp_path / "faults.parquet"
    path.write_bytes(parquet(pa.Table.from_pylist(requests)))
    staged, found = stage(path, tmp_path, copy_parquet=copy_parquet)
    assert (staged.parts[0].own is None) == copy_parquet
    assert [row["structural"] for row in found[:5]] == [
        None,
        "control_character",
        "field_too_long",
        "field_too_long;control_character",
        None,
    ]


def test_text_that_is_none_makes_parquet_be_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_module, "IN_PLACE_ROWS", 1)
    path = tmp_path / "bytes.parquet"
    data = parquet(compression="none", use_dictionary=False)
    path.write_bytes(data.replace(b"Unit 5", b"Un\xb1t 5"))
    staged, found = stage(path, tmp_path)
    assert staged.parts[0].own is None
    assert {
        row["source_row"]: row["structural"] for row in found if row["structural"]
    } == {6: "invalid_utf8"}


def test_one_file_of_several_can_be_read_alone(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(log())
    staged, found = stage([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path)
    assert len(found) == 16
    assert "part-00001" in staged.select_file("b.csv")
    assert "part-00000" not in staged.select_file("b.csv")


def test_a_blank_row_makes_parquet_be_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_module, "IN_PLACE_ROWS", 1)
    requests = [*objects(), dict.fromkeys(NAMES, "")]
    path = tmp_path / "blank.parquet"
    path.write_bytes(parquet(pa.Table.from_pylist(requests)))
    staged, found = stage(path, tmp_path)
    assert (len(found), staged.files[0].blank_lines) == (8, 1)


def test_typed_columns_become_text() -> None:
    from disclosure_trends.logs.formats.texts import as_text

    def text(values: list[object], kind: pa.DataType) -> list[str | None]:
        return as_text(pa.array(values, kind))[0].to_pylist()

    instant = dt.datetime(2024, 3, 31, 23, 59, 59, 999_999)  # noqa: DTZ001
    assert text([instant], pa.timestamp("us")) == ["2024-03-31 23:59:59.999999"]
    assert text([1_711_929_599], pa.timestamp("s")) == ["2024-03-31 23:59:59"]
    # The last nanosecond of a quarter stays in it.
    last = pa.array([1_711_929_599_999_999_999], pa.int64()).cast(pa.timestamp("ns"))
    assert as_text(last)[0].to_pylist() == ["2024-03-31 23:59:59.999999999"]
    zoned = pa.array([instant], pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    berlin = zoned.cast(pa.timestamp("us", "Europe/Berlin"))
    assert as_text(berlin)[0].to_pylist() == ["2024-03-31 23:59:59.999999Z"]
    assert text([dt.date(2024, 2, 29)], pa.date32()) == ["2024-02-29"]
    assert text([4.0, None, 2.5], pa.float64()) == ["4", None, "2.5"]
    assert text([float("nan"), 1e300], pa.float64()) == [None, str(int(1e300))]
    assert text([decimal.Decimal("4.00")], pa.decimal128(9, 2)) == ["4.00"]
    assert text([2**63 - 1], pa.int64()) == ["9223372036854775807"]
    assert text([True], pa.bool_()) == ["true"]
    assert text([["a", "b"]], pa.list_(pa.string())) == ['["a", "b"]']


# --- frames and readers -----------------------------------------------------


def frame() -> pd.DataFrame:
    return pd.DataFrame(objects())


def test_a_frame_is_staged_as_text(tmp_path: Path) -> None:
    staged, found = stage(frame(), tmp_path)
    assert [tuple(row[name] for name in NAMES) for row in found] == GOOD
    assert staged.files[0].format == "frame"
    assert {row["source_file"] for row in found} == {"frame"}


def test_a_typed_frame_is_staged_as_text(tmp_path: Path) -> None:
    typed = frame()
    typed["received_at"] = pd.to_datetime(typed["received_at"])
    typed["accounts_requested"] = typed["accounts_requested"].astype(float)
    typed["country"] = typed["country"].astype("category")
    typed.loc[3, "accounts_requested"] = None
    typed["authority"] = pd.Series([1, None, "x", 2.0, pd.NA, True, b"y", "\udc9f"])
    typed.index = [5] * 8
    _, found = stage(typed, tmp_path)
    assert found[0]["received_at"] == "2024-01-05 10:00:00.000000Z"
    assert [row["accounts_requested"] for row in found[2:5]] == ["3", None, "5"]
    assert [row["authority"] for row in found[:7]] == [
        "1",
        None,
        "x",
        "2",
        None,
        "true",
        "y",
    ]
    assert found[7]["structural"] == "invalid_unicode"
    assert found[3]["country"] == "NA"


def test_arrow_tables_and_readers_are_staged(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(objects())
    for number, source in enumerate((table, table.to_reader(max_chunksize=3))):
        folder = tmp_path / str(number)
        folder.mkdir()
        staged, found = stage(source, folder)
        assert [tuple(row[name] for name in NAMES) for row in found] == GOOD
        assert staged.files[0].format == "arrow"


def test_another_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        stage(7, tmp_path)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "source: got int; it takes a path or several, a DataFrame, an Arrow table or "
        "reader, or a DatabaseQuery; give one of these"
    )


def test_columns_are_joined_and_chosen(tmp_path: Path) -> None:
    other = frame().drop(columns=["received_at", "outcome"])
    other["Year"], other["Month"], other["Day"] = "2024", "March", "5"
    other["old"], other["new"] = ["", "pending"] * 4, ["disclosed"] * 8
    read = ReadOptions(
        columns={
            "received_at": Join("Year", "Month", "Day"),
            "outcome": FirstOf("old", "gone", "new"),
            "validity": "new",
        }
    )
    _, found = stage(other, tmp_path, read=read)
    assert found[0]["received_at"] == "2024-03-05"
    assert [row["outcome"] for row in found[:2]] == ["disclosed", "pending"]
    assert found[0]["validity"] == "disclosed"


def test_an_empty_stage_still_has_its_columns(tmp_path: Path) -> None:
    staged, found = stage(frame().iloc[:0], tmp_path)
    assert (staged.parts, found) == ((), [])
    assert staged.columns == tuple(NAMES)
    assert read_back(staged) == []


def test_a_log_may_begin_anywhere_on_its_sheet(tmp_path: Path) -> None:
    def edit(book: object) -> None:
        page = book["log"]  # type: ignore[index]
        page.insert_cols(1, 2)
        page.insert_rows(1, 3)

    path = tmp_path / "off.xlsx"
    path.write_bytes(workbook(edit))
    staged, found = stage(path, tmp_path)
    assert [tuple(row[name] for name in NAMES) for row in found] == GOOD
    assert found[0]["source_row"] == 5
    assert staged.files[0].skipped_preamble == ((1, 0), (2, 0), (3, 0))
