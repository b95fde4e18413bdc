"""Every record of a text is in the stage, or the file is refused with a reason."""

from pathlib import Path

import pytest
from logs.bad_files import NAMES, BadFile, rows
from logs.bad_texts import TEXT_FILES
from logs.staging import stage_file

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.formats.intake import where_in

BY_NAME = {file.name: file for file in TEXT_FILES}


# The strict reader alone takes its time over the empty lines of a bomb.
READERS = [(file, False) for file in TEXT_FILES] + [
    (file, True) for file in TEXT_FILES if not file.name.startswith("bomb")
]
WHOLE = [file for file in TEXT_FILES if file.refused is None]


def name_of(value: object) -> str:
    """The name of a case: its file, or its reader."""
    if isinstance(value, BadFile):
        return ascii(value.name)
    return "strict" if value else "fast"


@pytest.mark.parametrize(("file", "strict_only"), READERS, ids=name_of)
def test_one_fault_a_file(file: BadFile, strict_only: bool, tmp_path: Path) -> None:
    if file.refused is not None:
        with pytest.raises(RequestLogError) as caught:
            stage_file(file, tmp_path, strict_only=strict_only)
        assert str(caught.value) == file.refused.format(name=where_in(file.name))
        return
    staged, found = stage_file(file, tmp_path, strict_only=strict_only)
    (one,) = staged.files
    assert one.records == file.records == len(found)
    assert one.blank_lines == file.blank
    codes = {row["source_row"]: row["structural"] for row in found if row["structural"]}
    assert codes == file.codes
    assert {row["source_file"] for row in found} <= {file.name}


@pytest.mark.parametrize("file", WHOLE, ids=name_of)
def test_the_lines_of_a_text_add_up(file: BadFile, tmp_path: Path) -> None:
    staged, _ = stage_file(file, tmp_path)
    (one,) = staged.files
    if one.physical_lines is None:
        assert one.format != "csv"  # JSON has no such lines
        return
    other = one.header_lines + one.blank_lines + len(one.skipped_preamble)
    assert one.physical_lines - other - one.inner_lines == one.records


@pytest.mark.parametrize(
    "file",
    [f for f in TEXT_FILES if f.refused is None and not f.codes and f.records == 8],
    ids=lambda file: ascii(file.name),
)
def test_good_requests_come_through_unchanged(file: BadFile, tmp_path: Path) -> None:
    _, found = stage_file(file, tmp_path)
    wanted = [tuple(row.split(",")) for row in rows()]
    assert [tuple(row[name] for name in NAMES) for row in found] == wanted


def test_a_quoted_field_keeps_its_text(tmp_path: Path) -> None:
    _, found = stage_file(BY_NAME["quoted.csv"], tmp_path)
    (row,) = [row for row in found if row["request_id"] == "000900"]
    assert row["authority"] == 'Court, "A"\nLyon'
    assert row["source_row"] == 5


def test_a_row_set_aside_keeps_its_text(tmp_path: Path) -> None:
    _, found = stage_file(BY_NAME["one_bad_line.csv"], tmp_path)
    (row,) = [row for row in found if row["structural"]]
    # Sąd Okręgowy Łódź in ISO 8859-2: ą b1, ę ea, Ł a3, ó f3, ź bc.
    assert row["raw"] == (
        "000900,2024-02-05,DE,S\\xb1d Okr\\xeagowy \\xa3\\xf3d\\xbc,email,court_order,"
        "disclosed,1"
    )


def test_a_nul_never_cuts_a_text(tmp_path: Path) -> None:
    _, found = stage_file(BY_NAME["nul.csv"], tmp_path)
    (row,) = [row for row in found if row["structural"]]
    assert "Poli\0ce" in str(row["raw"])


def test_json_numbers_keep_every_digit(tmp_path: Path) -> None:
    _, found = stage_file(BY_NAME["big_numbers.jsonl"], tmp_path)
    assert found[-1]["request_id"] == "12345678901234567890"
    assert found[-1]["accounts_requested"] == "4.0"
    assert found[-1]["country"] == "DE"
    assert found[-1]["authority"] is None


def test_a_text_encoded_twice_is_unchanged_and_counted(tmp_path: Path) -> None:
    staged, found = stage_file(BY_NAME["encoded_twice.csv"], tmp_path)
    assert found[3]["authority"] == "PrÃ¤sidium"
    assert staged.files[0].warnings == {"double_encoded": 1}


def test_unknown_columns_are_not_loaded(tmp_path: Path) -> None:
    staged, found = stage_file(BY_NAME["unknown_columns.csv"], tmp_path)
    assert staged.files[0].unknown_columns == 2
    assert "+49 1" not in repr(found)


def test_title_lines_stand_in_the_account(tmp_path: Path) -> None:
    staged, _ = stage_file(BY_NAME["title_lines.csv"], tmp_path)
    # Lengths of "Requests by authorities", "" and "All of 2024".
    assert staged.files[0].skipped_preamble == ((1, 23), (2, 0), (3, 11))
