"""Workbooks and Parquet files with one fault each; see `bad_files`."""

import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
from logs.bad_files import NAMES, BadFile, objects, rows
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from disclosure_trends.logs.options import ReadOptions

GOOD = [row.split(",") for row in rows()]


def workbook(*edits: Callable[[Workbook], None], sheet: str = "log") -> bytes:
    """A workbook with the good requests on one sheet, then edited."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = sheet
    page.append(NAMES)
    for row in GOOD:
        page.append(row)
    for edit in edits:
        edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _set(
    cell: str, value: object, kind: str | None = None
) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        page = book["log"]
        page[cell] = value
        if kind is not None:
            page[cell].data_type = kind

    return edit


def _prepend(*lines: Iterable[object]) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        page = book["log"]
        page.insert_rows(1, len(lines))
        for i, line in enumerate(lines, start=1):
            for j, value in enumerate(line, start=1):
                page.cell(i, j, value)

    return edit


def _copy_sheet(book: Workbook) -> None:
    copy = book.copy_worksheet(book["log"])
    copy.title = "old copy"
    book.move_sheet(copy, -1)


def _hide_copy(book: Workbook) -> None:
    book["old copy"].sheet_state = "hidden"


def _hide_rows(book: Workbook) -> None:
    for row in (3, 4):
        book["log"].row_dimensions[row].hidden = True


def _date_system_1904(book: Workbook) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book.epoch = CALENDAR_MAC_1904
    book["log"]["B2"] = datetime(2024, 1, 5, 10)  # noqa: DTZ001


def _notes_sheet(book: Workbook) -> None:
    book.create_sheet("read me", 0)["A1"] = "Exported by the case system"


def _replaced(data: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """A workbook with one of its members changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            after.writestr(
                name, content.replace(old, new) if name == member else content
            )
    return buffer.getvalue()


def _shared(cells: int, length: int) -> bytes:
    """A workbook in which many cells share one long text."""
    rows = "".join(
        f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>'
        for i in range(20, 20 + cells)
    )
    data = _replaced(
        workbook(), SHEET, b"</sheetData>", rows.encode() + b"</sheetData>"
    )
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as book:
        text = "A" * length
        book.writestr("xl/sharedStrings.xml", f"<sst><si><t>{text}</t></si></sst>")
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'

XLSX = [
    BadFile(name="good.xlsx", category="xlsx", data=workbook),
    BadFile(name="xlsx_without_its_name.csv", category="xlsx", data=workbook),
    BadFile(
        name="titles.xlsx",
        category="xlsx",
        data=lambda: workbook(_prepend(["Requests 2024"], [], ["All of it"])),
    ),
    BadFile(
        name="error_cell.xlsx",
        category="xlsx",
        data=lambda: workbook(_set("H4", "#VALUE!", "e")),
        codes={4: "error_cell"},
    ),
    BadFile(
        name="formula.xlsx",
        category="xlsx",
        data=lambda: workbook(_set("H5", "=1+1")),
        codes={5: "formula_without_value"},
    ),
    BadFile(
        name="hidden_rows.xlsx", category="xlsx", data=lambda: workbook(_hide_rows)
    ),
    BadFile(
        name="hidden_copy.xlsx",
        category="xlsx",
        data=lambda: workbook(_copy_sheet, _hide_copy),
    ),
    BadFile(
        name="notes_first.xlsx", category="xlsx", data=lambda: workbook(_notes_sheet)
    ),
    BadFile(
        name="two_logs.xlsx",
        category="xlsx",
        data=lambda: workbook(_copy_sheet),
        refused="{name}: several sheets hold a log: 'old copy', 'log'; one sheet is "
        "read; name it with sheet=",
    ),
    BadFile(
        name="two_logs_declared.xlsx",
        category="xlsx",
        data=lambda: workbook(_copy_sheet),
        read=ReadOptions(sheet="log"),
    ),
    BadFile(
        name="no_such_sheet.xlsx",
        category="xlsx",
        data=workbook,
        read=ReadOptions(sheet="logs"),
        refused="{name}: no sheet 'logs'; the sheets are 'log'; correct sheet=",
    ),
    BadFile(
        name="blank_rows.xlsx",
        category="xlsx",
        data=lambda: workbook(_set("A12", "   ")),
        blank=3,
    ),
    BadFile(
        name="far_cell.xlsx",
        category="xlsx",
        data=lambda: workbook(_set("XFD1048576", "x")),
        refused="{name}, sheet 'log': a used range of 1,048,576 rows and 16,384 "
        "columns for 73 cells: a cell lies far out; up to 40,000,000 cells, not nearly "
        "all of them empty; delete the stray cell, or export the sheet as CSV",
    ),
    BadFile(
        name="shared_text.xlsx",
        category="xlsx",
        data=lambda: _shared(20_000, 6_000),
        refused="{name}, sheet 'log': its cells hold 120,000,000 characters; up to "
        "100,000,000 are read; export the sheet as CSV",
    ),
    BadFile(
        name="entities.xlsx",
        category="xlsx",
        data=lambda: _replaced(workbook(), SHEET, b"<worksheet", BOMB + b"<worksheet"),
        refused="{name}, sheet 'log': the workbook cannot be trusted (it declares a "
        "document type or entities, as bombs do); its XML must be whole and declare "
        "nothing; save it again from the spreadsheet program, or export the sheet as "
        "CSV",
    ),
    BadFile(
        name="entities_in_workbook.xlsx",
        category="xlsx",
        data=lambda: _replaced(
            workbook(), "xl/workbook.xml", b"<workbook", BOMB + b"<workbook"
        ),
        refused="{name}: the workbook cannot be trusted (xl/workbook.xml is no plain "
        "XML); its XML must be whole and declare nothing; save it again from the "
        "spreadsheet program, or export the sheet as CSV",
    ),
    BadFile(
        name="cut.xlsx",
        category="xlsx",
        data=lambda: workbook()[:3000],
        refused="{name}: the zip file is damaged (its directory or a member is cut or "
        "garbled); every member must be whole and match its checksum; fetch it again",
    ),
    BadFile(
        name="missing_column.xlsx",
        category="xlsx",
        data=lambda: workbook(_set("C1", "where")),
        refused="{name}, sheet 'log': required column is missing: country; the columns "
        "found are 'request_id', 'received_at', 'where', 'authority', 'channel', "
        "'legal_process', 'outcome', 'accounts_requested'; name the own column in "
        "columns=, the value in constants=, or the column in not_recorded=",
    ),
]


def parquet(table: pa.Table | None = None, **options: object) -> bytes:
    """A Parquet file of a table, or of the good requests."""
    if table is None:
        table = pa.Table.from_pylist(objects())
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def _one_value(rows: int, **changed: str) -> pa.Table:
    """A table in which every row refers to the same values."""
    places = pa.array([0] * rows, pa.int32())
    values = objects()[0] | changed
    return pa.table(
        {
            name: pa.DictionaryArray.from_arrays(places, pa.array([value]))
            for name, value in values.items()
        }
    )


def flipped(data: bytes, position: int) -> bytes:
    """A file with one bit changed."""
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


def _with(**columns: pa.Array) -> pa.Table:
    table = pa.Table.from_pylist(objects())
    for name, values in columns.items():
        if name in table.column_names:
            place = table.column_names.index(name)
            table = table.set_column(place, name, values)
        else:
            table = table.append_column(name, values)
    return table


PARQUET = [
    BadFile(name="good.parquet", category="parquet", data=parquet),
    BadFile(name="parquet_without_its_name.csv", category="parquet", data=parquet),
    BadFile(
        name="no_rows.parquet",
        category="parquet",
        data=lambda: parquet(pa.Table.from_pylist(objects()).slice(0, 0)),
        records=0,
    ),
    BadFile(
        name="dictionary_bomb.parquet",
        category="parquet",
        data=lambda: parquet(_one_value(20_000, authority="A" * 9_000)),
        refused="{name}: it unpacks to more than 250 times its size; a real log does "
        "not shrink that far; unpack it yourself if you trust it, and give the "
        "unpacked file",
    ),
    BadFile(
        name="dictionary_and_nested.parquet",
        category="parquet",
        data=lambda: parquet(
            _with(
                country=pa.array([o["country"] for o in objects()]).dictionary_encode(),
                notes=pa.array([[{"a": i}] for i in range(8)]),
            )
        ),
    ),
    BadFile(
        name="flipped_bit.parquet",
        category="parquet",
        data=lambda: flipped(parquet(write_page_checksum=True), 40),
        refused="{name}: the Parquet file is damaged (a page does not match its "
        "checksum); every page and the footer must be whole; fetch or write it again",
    ),
    BadFile(
        name="no_footer.parquet",
        category="parquet",
        data=lambda: parquet()[:-40],
        refused="{name}: the Parquet file is damaged (its footer is missing or cut); "
        "every page and the footer must be whole; fetch or write it again",
    ),
    BadFile(
        name="bad_text.parquet",
        category="parquet",
        data=lambda: parquet(
            _with(authority=pa.array([b"Court"] * 7 + [b"Sa\xb1d"], pa.binary()))
        ),
        codes={8: "invalid_utf8"},
    ),
    BadFile(
        name="missing_column.parquet",
        category="parquet",
        data=lambda: parquet(pa.Table.from_pylist(objects()).drop(["country"])),
        refused="{name}: required column is missing: country; the columns found are "
        "'request_id', 'received_at', 'authority', 'channel', 'legal_process', "
        "'outcome', 'accounts_requested'; name the own column in columns=, the value "
        "in constants=, or the column in not_recorded=",
    ),
]

TABLE_FILES = [*XLSX, *PARQUET]
