"""What the sources hand to the cleaning pass: all-text Parquet and what was found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from disclosure_trends.logs.limits import FIELD_CHARACTERS
from disclosure_trends.logs.options import ReadOptions

BOOKKEEPING = ("source_file", "source_row", "structural", "raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """One source of a log, and all that was found out while it was read.

    Attributes
    ----------
    name : str
        The name under which its rows appear in ``source_file``.
    path : pathlib.Path or None
        The file; None for a frame, a reader or a query.
    sha256 : str
        Of the bytes that were read (of the staged text where there are no bytes).
    size : int
        Bytes read.
    format : str
        ``csv``, ``jsonl``, ``json``, ``xlsx``, ``parquet``, ``frame``, ``arrow`` or
        ``query``; with ``.gz`` or ``.zip`` behind it where it came in one.
    encoding, delimiter, sheet : str or None
        What was found or declared.
    records : int
        Data records, whole and broken ones.
    skipped_preamble : tuple of (int, int)
        Line number and length in characters of each line above the header that is
        not a record (titles, an Excel ``sep=`` hint, lines passed by ``skip_lines``).
    blank_lines : int
        Lines or rows without any text in a known column.
    inner_lines : int
        Line breaks inside well-formed quoted fields.
    physical_lines : int or None
        Lines of the text; ``physical_lines - header_lines - blank_lines -
        len(skipped_preamble) - inner_lines == records``. None for formats without
        lines.
    header_lines : int
        Physical lines that the header takes.
    unended : tuple of (int, str) or None
        Row and canonical column of the cell at the very end of a text whose last line
        has no line end: it may have been cut.
    warnings : mapping of str to int
        Kind of oddity that costs no record -> how often it was seen.
    columns : mapping of str to tuple of str
        Canonical name -> own names it was read from.
    unknown_columns : int
        How many columns were not loaded.
    options : ReadOptions
        What was declared for this file.
    """

    name: str
    path: Path | None
    sha256: str
    size: int
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    records: int
    skipped_preamble: tuple[tuple[int, int], ...] = ()
    blank_lines: int = 0
    inner_lines: int = 0
    physical_lines: int | None = None
    header_lines: int = 0
    unended: tuple[int, str] | None = None
    warnings: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_columns: int = 0
    options: ReadOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePart:
    """One Parquet file of the stage.

    Attributes
    ----------
    path : pathlib.Path
        A Parquet file inside the stage's folder, under a name of our own making.
    name : str
        ``source_file`` of its rows.
    columns : tuple of str
        The canonical columns that it holds.
    own : mapping of str to str, optional
        None for a file written by the stage. Else the file is an untouched private
        copy of a Parquet source that is read in place: canonical name -> name of the
        column inside the file.
    faulty : bool
        Whether a text of such a copy is too long or holds a NUL.
    """

    path: Path
    name: str
    columns: tuple[str, ...]
    own: Mapping[str, str] | None = None
    faulty: bool = False

    def select(self, columns: tuple[str, ...]) -> str:
        """Return the SQL that reads this part with `columns` and the bookkeeping."""
        path = quoted_text(str(self.path))
        if self.own is None:
            names = [self._column(name, name) for name in columns]
            kept = ", ".join([*names, *BOOKKEEPING])
            return f"SELECT {kept} FROM read_parquet({path})"
        names = [self._column(self.own.get(name, name), name) for name in columns]
        kept = ", ".join(
            [
                *names,
                f"{quoted_text(self.name)}::VARCHAR AS source_file",
                "file_row_number + 1 AS source_row",
                f"{self._structural(self.own)} AS structural",
                "NULL::VARCHAR AS raw",
            ]
        )
        return f"SELECT {kept} FROM read_parquet({path}, file_row_number = true)"

    def _column(self, own: str, name: str) -> str:
        if name not in self.columns:
            return f"NULL::VARCHAR AS {quoted_name(name)}"
        return f"{quoted_name(own)}::VARCHAR AS {quoted_name(name)}"

    def _structural(self, own: Mapping[str, str]) -> str:
        if not self.faulty:
            return "NULL::VARCHAR"
        long, zero = text_faults(own.values())
        return (
            f"nullif(concat_ws(';', CASE WHEN {long} THEN 'field_too_long' END, "
            f"CASE WHEN {zero} THEN 'control_character' END), '')"
        )


def text_faults(columns: Iterable[str]) -> tuple[str, str]:
    """Return the SQL conditions for a text that is too long, and for a NUL."""
    own = [quoted_name(name) for name in columns]
    long = " OR ".join(
        f"coalesce(length({n}) > {FIELD_CHARACTERS}, false)" for n in own
    )
    zero = " OR ".join(f"contains({n}, chr(0))" for n in own)
    return f"({long})", f"({zero})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The all-text stage of one or more sources.

    Attributes
    ----------
    parts : tuple of StagePart
        The Parquet files; empty where no source holds a record.
    files : tuple of StagedFile
        One per source, in the order given.
    columns : tuple of str
        Canonical columns found in any of them, in canonical order.
    """

    parts: tuple[StagePart, ...]
    files: tuple[StagedFile, ...]
    columns: tuple[str, ...]

    @property
    def parquet(self) -> tuple[Path, ...]:
        """The Parquet files of all parts."""
        return tuple(part.path for part in self.parts)

    @property
    def records(self) -> int:
        """Records of all files together."""
        return sum(file.records for file in self.files)

    def select_file(self, name: str) -> str:
        """Return the SQL query over the part of one file; see `select`."""
        return self._select([part for part in self.parts if part.name == name])

    def select(self) -> str:
        """Return one SQL query over all parts: DuckDB reads nothing else.

        It yields `columns` (VARCHAR), ``source_file``, ``source_row`` (BIGINT),
        ``structural`` and ``raw`` (VARCHAR). Columns that a part lacks are NULL.
        """
        return self._select(self.parts)

    def _select(self, parts: Sequence[StagePart]) -> str:
        if not parts:
            nothing = [
                f"NULL::VARCHAR AS {quoted_name(column)}" for column in self.columns
            ]
            nothing += [
                "NULL::VARCHAR AS source_file",
                "NULL::BIGINT AS source_row",
                "NULL::VARCHAR AS structural",
                "NULL::VARCHAR AS raw",
            ]
            return f"SELECT {', '.join(nothing)} WHERE false"
        return " UNION ALL ".join(part.select(self.columns) for part in parts)


def quoted_name(text: str) -> str:
    """Quote an identifier."""
    return '"' + text.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"
