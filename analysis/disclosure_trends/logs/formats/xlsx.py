"""Stages a workbook: the one visible sheet that holds a log, or the one named."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from posixpath import join, normpath
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from disclosure_trends.logs.formats.header import ColumnPlan, refuse_incomplete
from disclosure_trends.logs.formats.rows import RowReader
from disclosure_trends.logs.formats.sheet_scan import (
    SheetError,
    SheetFacts,
    refuse_declarations,
    scan_sheet,
    shared_characters,
    shared_lengths,
)
from disclosure_trends.logs.formats.text import Item, Staged, finished_part
from disclosure_trends.logs.formats.texts import cell_text
from disclosure_trends.logs.formats.writer import RowBuffer, StageWriter
from disclosure_trends.logs.formats.zipped import refuse_bomb
from disclosure_trends.logs.limits import (
    HEADER_LINES,
    MEMBER_BYTES,
    MIB,
    SHEET_CELLS,
    SHEET_CHARACTERS,
    joined,
)
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.shown import (
    SeveralSheetsError,
    listed,
    refusal,
    shown,
)
from disclosure_trends.logs.stage import StagedFile

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_SHARED = "xl/sharedStrings.xml"
_READ_BY_OTHERS = (_SHARED, "xl/styles.xml")
# Used range above which it may hold so many empty places for each cell.
_SPARSE = ((2_000_000, 20), (8_000_000, 4))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A worksheet as the workbook lists it."""

    name: str
    member: str
    visible: bool


@dataclass(frozen=True, slots=True)
class _Log:
    """A sheet in which a header was found."""

    sheet: _Sheet
    header_row: int
    plan: ColumnPlan


def stage_xlsx(archive: zipfile.ZipFile, copy: Path, item: Item) -> Staged:
    """Stage the log in a workbook.

    Raises
    ------
    RequestLogError
        The workbook is damaged or a bomb, no visible sheet or several hold a log, or
        cells lie too far out.
    """
    sheets = _sheets(archive, item.where)
    for sheet in sheets:
        refuse_bomb(archive.getinfo(sheet.member), item.where, most=MEMBER_BYTES)
    lengths = _check_members(archive, item.where)
    facts = {}
    for sheet in _eligible(sheets, item):
        with _sound(_place(item.where, sheet)), archive.open(sheet.member) as member:
            facts[sheet] = scan_sheet(_blocks(member))
        _refuse_far_cell(facts[sheet], _place(item.where, sheet))
        _refuse_long_texts(archive, sheet, facts[sheet], lengths, item)
    with _calamine(copy, item.where) as book:
        log = _find_log(book, list(facts), item)
        return _stage_sheet(book, log, facts[log.sheet], item)


# --- what the workbook lists ----------------------------------------------------------


def _sheets(archive: zipfile.ZipFile, where: str) -> list[_Sheet]:
    book = _xml(archive, "xl/workbook.xml", where)
    links = {
        link.get("Id"): link.get("Target", "")
        for link in _xml(archive, "xl/_rels/workbook.xml.rels", where).iter()
    }
    names = set(archive.namelist())
    found = []
    for sheet in book.iter():
        if _local(sheet.tag) != "sheet":
            continue
        link = next((v for k, v in sheet.items() if _local(k) == "id"), None)
        target = links.get(link, "")
        member = normpath(join("xl", target)).lstrip("/")
        if member in names and "worksheets" in member:
            visible = sheet.get("state", "visible") == "visible"
            found.append(_Sheet(sheet.get("name", ""), member, visible))
    return found


def _xml(archive: zipfile.ZipFile, name: str, where: str) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    refuse_bomb(archive.getinfo(name), where, most=MEMBER_BYTES)
    try:
        root: Element = fromstring(archive.read(name), forbid_dtd=True)
    except (DefusedXmlException, ParseError) as error:
        raise _unsound(where, f"{name} is no plain XML") from error
    return root


def _check_members(archive: zipfile.ZipFile, where: str) -> Sequence[int]:
    """Look for declared entities wherever the reader of values will look.

    Return the lengths of the shared texts.
    """
    names = set(archive.namelist())
    lengths: Sequence[int] = ()
    for name in _READ_BY_OTHERS:
        if name in names:
            refuse_bomb(archive.getinfo(name), where, most=MEMBER_BYTES)
            with _sound(where), archive.open(name) as member:
                if name == _SHARED:
                    lengths = shared_lengths(_blocks(member))
                else:
                    refuse_declarations(_blocks(member))
    return lengths


def _blocks(member: "zipfile.ZipExtFile | object") -> Iterator[bytes]:
    read = getattr(member, "read")  # noqa: B009
    while block := read(MIB):
        yield block


def _eligible(sheets: Sequence[_Sheet], item: Item) -> list[_Sheet]:
    """Return the sheets in which the log can be."""
    if item.read.sheet is not None:
        named = [sheet for sheet in sheets if sheet.name == item.read.sheet]
        if named:
            return named
        raise refusal(
            item.where,
            f"no sheet {shown(item.read.sheet)}",
            f"the sheets are {listed(sheet.name for sheet in sheets)}",
            "correct sheet=",
        )
    visible = [sheet for sheet in sheets if sheet.visible]
    if not visible:
        raise refusal(
            item.where,
            "a workbook without a visible worksheet",
            "the log is on a visible sheet, unless sheet= names it",
            f"name one of {listed(sheet.name for sheet in sheets)}",
        )
    return visible


def _refuse_far_cell(facts: SheetFacts, where: str) -> None:
    area = facts.rows * facts.columns
    sparse = any(area > size and area > n * facts.cells for size, n in _SPARSE)
    if area > SHEET_CELLS or sparse:
        raise refusal(
            where,
            f"a used range of {facts.rows:,} rows and {facts.columns:,} columns for "
            f"{facts.cells:,} cells: a cell lies far out",
            f"up to {SHEET_CELLS:,} cells, not nearly all of them empty",
            "delete the stray cell, or export the sheet as CSV",
        )


def _refuse_long_texts(
    archive: zipfile.ZipFile,
    sheet: _Sheet,
    facts: SheetFacts,
    lengths: Sequence[int],
    item: Item,
) -> None:
    """Refuse a sheet of which many cells share a long text: each gets a copy."""
    if facts.cells * max(lengths, default=0) <= SHEET_CHARACTERS:
        return
    with _sound(_place(item.where, sheet)), archive.open(sheet.member) as member:
        characters = shared_characters(_blocks(member), lengths)
    if characters > SHEET_CHARACTERS:
        raise refusal(
            _place(item.where, sheet),
            f"its cells hold {characters:,} characters",
            f"up to {SHEET_CHARACTERS:,} are read",
            "export the sheet as CSV",
        )


# --- which sheet, which header --------------------------------------------------------


def _find_log(book: "CalamineWorkbook", sheets: list[_Sheet], item: Item) -> _Log:
    found = [_look(book, sheet, item) for sheet in sheets]
    logs = [log for log in found if log is not None and log.plan.complete]
    if len(logs) == 1:
        return logs[0]
    if logs:
        names = tuple(log.sheet.name for log in logs)
        error = SeveralSheetsError(
            f"{item.where}: several sheets hold a log: {listed(names)}; one sheet is "
            "read; name it with sheet="
        )
        error.sheets = names
        raise error
    near = [log for log in found if log is not None]
    if not near:
        raise refusal(
            item.where,
            f"nothing on the sheets {listed(sheet.name for sheet in sheets)}",
            "a log has at least a header",
            "export it again",
        )
    best = max(near, key=lambda log: len(log.plan.feeds))
    refuse_incomplete(best.plan, where=_place(item.where, best.sheet))
    raise AssertionError  # pragma: no cover (an incomplete plan is always refused)


def _look(book: "CalamineWorkbook", sheet: _Sheet, item: Item) -> _Log | None:
    read = item.read
    if read.header is not None:
        plan = _plan(read.header, item, sheet)
        return _Log(sheet, read.skip_lines, plan)
    best: _Log | None = None
    rows = _rows(book, sheet, first=read.skip_lines + HEADER_LINES)
    for number, cells in enumerate(rows[read.skip_lines :], start=read.skip_lines + 1):
        if not any(cells):
            continue
        plan = _plan([cell or "" for cell in cells], item, sheet)
        if plan.complete:
            return _Log(sheet, number, plan)
        if best is None or len(plan.feeds) > len(best.plan.feeds):
            best = _Log(sheet, number, plan)
    return best


def _plan(cells: Sequence[str], item: Item, sheet: _Sheet) -> ColumnPlan:
    return item.planner(cells, read=item.read, where=_place(item.where, sheet))


def _rows(
    book: "CalamineWorkbook", sheet: _Sheet, *, first: int
) -> list[list[str | None]]:
    values = islice(_iterate(_open(book, sheet)), first)
    return [[_text(value) for value in row] for row in values]


def _iterate(sheet: "CalamineSheet") -> Iterator[list[object]]:
    """Yield the rows from the first row and column of the sheet on."""
    left = sheet.start[1] if sheet.start is not None else 0
    for row in sheet.iter_rows():
        yield [*[""] * left, *row]


def _open(book: "CalamineWorkbook", sheet: _Sheet) -> "CalamineSheet":
    return book.get_sheet_by_name(sheet.name)


# --- its rows -------------------------------------------------------------------------


def _stage_sheet(
    book: "CalamineWorkbook", log: _Log, facts: SheetFacts, item: Item
) -> Staged:
    reader = RowReader(log.plan)
    rows = _iterate(_open(book, log.sheet))
    preamble = _preamble(islice(rows, log.header_row), item.read)
    width = len(log.plan.header)
    records = blank = 0
    with StageWriter(
        item.target, source_name=item.name, columns=log.plan.columns
    ) as writer:
        buffer = RowBuffer(writer)
        for number, row in enumerate(rows, start=log.header_row + 1):
            cells = [_text(value) for value in row[:width]]
            cells += [None] * (width - len(cells))
            codes = _cell_codes(log.plan, number, facts)
            if not codes and reader.is_blank(cells):
                blank += 1
                continue
            records += 1
            codes |= reader.codes(cells)
            buffer.add(reader.values(cells), number, structural=joined(codes))
        buffer.flush()
    file = StagedFile(
        name=item.name,
        path=item.path,
        sha256="",
        size=0,
        format="xlsx",
        sheet=log.sheet.name,
        records=records,
        skipped_preamble=preamble,
        blank_lines=blank,
        warnings={"hidden_rows": facts.hidden_rows} if facts.hidden_rows else {},
        columns=log.plan.own_names(),
        unknown_columns=width - len(log.plan.positions),
        options=item.read,
    )
    return Staged(file, finished_part(writer))


def _preamble(
    rows: Iterable[Sequence[object]], read: ReadOptions
) -> tuple[tuple[int, int], ...]:
    """Return number and length of the rows above the header, which is the last."""
    above = [sum(len(_text(value) or "") for value in row) for row in rows]
    if read.header is None:
        above.pop()
    return tuple(enumerate(above, start=1))


def _cell_codes(plan: ColumnPlan, row: int, facts: SheetFacts) -> set[str]:
    codes = set()
    if facts.errors and any((row, i + 1) in facts.errors for i in plan.positions):
        codes.add("error_cell")
    if facts.formulas and any((row, i + 1) in facts.formulas for i in plan.positions):
        codes.add("formula_without_value")
    return codes


def _text(value: object) -> str | None:
    """Return a cell as text; instants to the millisecond, which is what Excel keeps."""
    if isinstance(value, datetime):
        value += timedelta(microseconds=500)
        value = value.replace(microsecond=value.microsecond // 1000 * 1000)
    return cell_text(value) if value != "" else None


# --- faults ---------------------------------------------------------------------------


@contextmanager
def _calamine(copy: Path, where: str) -> "Iterator[CalamineWorkbook]":
    """Open the workbook, and turn what its reader says into a refusal."""
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        XmlError,
        ZipError,
    )

    try:
        with CalamineWorkbook.from_path(copy) as book:
            yield book
    except (CalamineError, PasswordError, XmlError, ZipError) as error:
        raise _unsound(where, "its reader refuses it") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise _unsound(where, "its reader gives up on it") from error
        raise


@contextmanager
def _sound(where: str) -> Iterator[None]:
    try:
        yield
    except SheetError as error:
        raise _unsound(where, str(error)) from error


def _unsound(where: str, what: str) -> Exception:
    return refusal(
        where,
        f"the workbook cannot be trusted ({what})",
        "its XML must be whole and declare nothing",
        "save it again from the spreadsheet program, or export the sheet as CSV",
    )


def _place(where: str, sheet: _Sheet) -> str:
    return f"{where}, sheet {shown(sheet.name)}"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
