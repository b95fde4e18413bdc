"""Looks at a log without knowing it: every column as text, for a moment."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.formats.decoding import Utf8, tell_encoding
from disclosure_trends.logs.formats.dialect import DELIMITERS
from disclosure_trends.logs.formats.header import ColumnPlan, Feed
from disclosure_trends.logs.formats.intake import Gunzipped, open_intake, read_at_least
from disclosure_trends.logs.formats.kinds import tell_kind
from disclosure_trends.logs.formats.text import Item, Staged
from disclosure_trends.logs.limits import MIB
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.shown import SeveralSheetsError, UndeclaredEncodingError
from disclosure_trends.logs.sources import stage_item
from disclosure_trends.logs.stage import StagedFile, quoted_name, quoted_text
from disclosure_trends.vocabulary.columns import header_aliases, normalise_header

CODE_PAGES = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "latin-1", "cp437")
"""Tried on a text that is not UTF-8, to say which ones fit."""

_DATA = re.compile(r"\s*(\d{4}-\d\d|\d\d?[./-]\d\d?[./-]\d|\d+\s*$)")
_PROBE_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A log as it lies there.

    Attributes
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds a view ``own`` with the columns ``c0``, ``c1`` and so on.
    header : tuple of str
        Their own names.
    rows : int
        Rows of the view: records that are whole.
    file : StagedFile
        What was found out about the file.
    read : ReadOptions
        How it was read; what was only tried is not in it.
    code_pages : tuple of str
        Code pages in which the text decodes, where none is proved.
    encoding : str or None
        The encoding that the bytes prove, where it must be declared.
    sheets : tuple of str
        The sheets among which a person must choose.
    headless : bool
        Whether the first line is data.
    """

    connection: duckdb.DuckDBPyConnection
    header: tuple[str, ...]
    rows: int
    file: StagedFile
    read: ReadOptions
    code_pages: tuple[str, ...] = ()
    encoding: str | None = None
    sheets: tuple[str, ...] = ()
    headless: bool = False


@dataclass(slots=True)
class _Tried:
    """What had to be tried before the file could be read at all."""

    read: ReadOptions
    code_pages: tuple[str, ...] = ()
    encoding: str | None = None
    sheets: tuple[str, ...] = ()
    headless: bool = False


@contextmanager
def probe_source(source: object, item: Item) -> Iterator[Probe]:
    """Stage every column of a source for as long as it is looked at.

    Raises
    ------
    RequestLogError
        The file cannot be read, whatever is declared.
    """
    tried = _Tried(replace(item.read, columns={}, constants={}, not_recorded=()))
    with TemporaryDirectory(prefix="disclosure-trends-") as folder:
        staged = _stage(source, item, tried, Path(folder))
        header = staged.file.columns
        with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as connection:
            names = list(header)
            _view(connection, staged, names)
            (rows,) = connection.sql("SELECT count(*) FROM own").fetchall()[0]
            yield Probe(
                connection=connection,
                header=tuple(header[name][0] for name in names),
                rows=rows,
                file=staged.file,
                read=item.read,
                code_pages=tried.code_pages,
                encoding=tried.encoding,
                sheets=tried.sheets,
                headless=tried.headless,
            )


def plan_everything(
    header: Iterable[str], *, read: ReadOptions, where: str
) -> ColumnPlan:
    """Plan to read every column, if the header can be one.

    A line is taken for a header when it has two known names, or three or more
    different texts of which none looks like a date or a number.
    """
    del where
    cells = tuple(header)
    feeds: list[Feed] = []
    for i, name in enumerate(_unique_names(cells)):
        feeds.append(Feed(name, "one", (i,)))
    missing = () if read.header or _can_be_header(cells) else ("header",)
    return ColumnPlan(cells, tuple(feeds), missing, ())


def _unique_names(cells: tuple[str, ...]) -> Iterator[str]:
    """Yield a name per column; the date that came in is known under its own."""
    seen: set[str] = set()
    for i, cell in enumerate(cells):
        known = header_aliases().get(normalise_header(cell))
        name = "received_at" if known == "received_at" else f"c{i}"
        yield f"c{i}" if name in seen else name
        seen.add(name)


def _can_be_header(cells: tuple[str, ...]) -> bool:
    known = {header_aliases().get(normalise_header(cell)) for cell in cells} - {None}
    if len(known) >= 2:
        return True
    filled = [cell.strip() for cell in cells]
    return (
        len(cells) >= 3
        and all(filled)
        and len(set(filled)) == len(filled)
        and not any(_DATA.match(cell) for cell in filled)
    )


def _stage(source: object, item: Item, tried: _Tried, folder: Path) -> Staged:
    """Stage the source, trying in turn what is not declared."""
    for attempt in range(4):
        trial = replace(
            item,
            read=tried.read,
            target=folder / f"part-{attempt}.parquet",
            planner=plan_everything,
            copy_parquet=True,
        )
        try:
            return stage_item(source, trial)
        except UndeclaredEncodingError as error:
            _try_encodings(tried, item, error)
        except SeveralSheetsError as error:
            tried.sheets = error.sheets
            tried.read = replace(tried.read, sheet=error.sheets[0])
        except RequestLogError:
            if not _try_without_header(tried, item):
                raise
    return stage_item(source, replace(item, target=folder / "part-last.parquet"))


def _try_encodings(tried: _Tried, item: Item, error: UndeclaredEncodingError) -> None:
    if error.guess is not None or item.path is None:
        tried.encoding = error.guess
        tried.read = replace(tried.read, encoding=error.guess)
        return
    data = _first_bytes(item, whole=True)
    tried.code_pages = tuple(page for page in CODE_PAGES if _decodes(data, page))
    page = tried.code_pages[0] if tried.code_pages else "latin-1"
    tried.read = replace(tried.read, encoding=page)


def _decodes(data: bytes, page: str) -> bool:
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return False
    # Control characters 0x80-0x9f are in no text: the page only lets them pass.
    return not re.search("[\x80-\x84\x86-\x9f]", text)


def _try_without_header(tried: _Tried, item: Item) -> bool:
    """Name the columns by number, where lines have a constant number of fields."""
    if tried.headless or tried.read.header is not None or item.path is None:
        return False
    text = _first_bytes(item, whole=False).decode("utf-8", "replace")
    lines = [line for line in text.split("\n")[:_PROBE_LINES] if line.strip()]
    best = (0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(line.count(delimiter) + 1 for line in lines)
        width, lines_of_it = widths.most_common(1)[0] if widths else (1, 0)
        if width > 2 and lines_of_it * 2 > len(lines):
            best = max(best, (lines_of_it, width))
    if not best[1]:
        return False
    tried.headless = True
    header = tuple(f"column_{i}" for i in range(1, best[1] + 1))
    tried.read = replace(tried.read, header=header)
    return True


def _first_bytes(item: Item, *, whole: bool) -> bytes:
    """Return the first bytes of a text, unpacked, or up to 64 MiB of it."""
    if item.path is None:
        return b""
    with open_intake(item.path, where=item.where) as intake:
        kind = tell_kind(intake.head(), where=item.where)
        if kind not in ("text", "gzip"):
            return b""
        source = Gunzipped(intake) if kind == "gzip" else intake
        if whole:
            return read_at_least(source, 64 * MIB)
        data = read_at_least(source, MIB)
    declared = item.read.encoding
    encoding = tell_encoding(data, declared=declared, where=item.where)
    return Utf8(_Bytes(data), encoding, where=item.where).read(MIB)


class _Bytes:
    """Bytes at hand, as a stream."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        data, self._data = self._data[:size], self._data[size:]
        return data


def _view(
    connection: duckdb.DuckDBPyConnection, staged: Staged, names: list[str]
) -> None:
    columns = [f"{quoted_name(name)} AS c{i}" for i, name in enumerate(names)]
    if staged.part is None:
        columns = [f"NULL::VARCHAR AS c{i}" for i in range(len(names))]
        connection.execute(f"CREATE VIEW own AS SELECT {', '.join(columns)} LIMIT 0")
        return
    path = quoted_text(str(staged.part.path))
    connection.execute(
        f"CREATE VIEW own AS SELECT {', '.join([*columns, 'source_row'])} "
        f"FROM read_parquet({path}) WHERE structural IS NULL"
    )
