"""From typed and ranked records to the files of a cleaned log, and what they hold."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from disclosure_trends.logs.database import quote_text, run
from disclosure_trends.logs.marks import INSTANTS, REPAIRS, WARNINGS
from disclosure_trends.logs.split import DERIVED, Marks
from disclosure_trends.vocabulary.columns import COLUMN_NAMES
from disclosure_trends.vocabulary.reasons import reason_bit, reason_codes

REQUESTS: Final = "requests.parquet"
QUARANTINE: Final = "quarantine.parquet"
SUPERSEDED: Final = "superseded.parquet"
_LASTING = "(FORMAT parquet, COMPRESSION zstd)"
PASSING: Final = "(FORMAT parquet, COMPRESSION lz4)"
_DUPLICATES = ("duplicate_exact", "duplicate_conflict")


@dataclass(slots=True)
class FileCounts:
    """What became of the records of one file."""

    clean: int = 0
    superseded: int = 0
    only_future: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, dict[str, int]] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    naive: dict[str, int] = field(default_factory=dict)

    def warn(self, name: str, n: int) -> None:
        """Count one warning of some further records, in its place among the others."""
        counted = {**self.warnings, name: self.warnings.get(name, 0) + n}
        self.warnings = {w: counted[w] for w in WARNINGS if w in counted}


def write_outputs(
    database: duckdb.DuckDBPyConnection,
    *,
    typed: str,
    ranked: str,
    staged: tuple[str, ...],
    folder: Path,
) -> None:
    """Write the superseded and the quarantined records of a cleaned log.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where.
    typed, ranked : str
        SQL queries of the typed records that are not usable as they stand, and of
        those of repeated ids with their fate.
    staged : tuple of str
        Canonical columns whose raw texts a quarantine keeps.
    folder : pathlib.Path
        For the files.
    """
    raw = "".join(f"raw_row[{n}] AS {name}, " for n, name in enumerate(staged, 1))
    columns = ", ".join(
        [
            *(
                f"make_timestamptz({name}) AS {name}" if name in INSTANTS else name
                for name in COLUMN_NAMES
            ),
            *DERIVED,
        ]
    )
    duplicates = ", ".join(quote_text(code) for code in _DUPLICATES)
    codes = ", ".join(quote_text(code) for code in reason_codes())
    queries = {
        SUPERSEDED: f"SELECT {columns} FROM ({ranked}) WHERE fate = 'superseded'",
        QUARANTINE: f"SELECT {raw}raw, source_file, source_row, list_filter([{codes}], "
        "lambda code, n: (reasons >> (n - 1)::INTEGER) & 1 = 1) AS reasons "
        f"FROM ({typed}) WHERE reasons <> 0 UNION ALL SELECT {raw}raw, source_file, "
        f"source_row, [fate] AS reasons FROM ({ranked}) WHERE fate IN ({duplicates})",
    }
    for name, query in queries.items():
        path = folder / name
        run(database, f"COPY ({query}) TO {quote_text(str(path))} {_LASTING}")
    # Raw rows can hold personal data: nobody but their owner reads them.
    (folder / QUARANTINE).chmod(0o600)


def count_outputs(
    database: duckdb.DuckDBPyConnection,
    *,
    typed: str,
    ranked: str,
    usable: Mapping[str, Marks],
) -> Mapping[str, FileCounts]:
    """Count what became of the records, file by file.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where.
    typed, ranked : str
        As in `write_outputs`.
    usable : mapping of str to Counter
        Marks of the records that were usable as they stood, by ``source_file``.

    Returns
    -------
    mapping of str to FileCounts
        By ``source_file``; files without a record are not in it.
    """
    counts: dict[str, FileCounts] = {}
    reasons = f"SELECT source_file, reasons, count(*) FROM ({typed}) WHERE reasons <> 0"
    for name, mask, n in run(database, f"{reasons} GROUP BY ALL"):
        one = counts.setdefault(name, FileCounts())
        first = reason_codes()[(mask & -mask).bit_length() - 1]
        one.by_reason[first] = one.by_reason.get(first, 0) + n
        one.only_future += n if mask == reason_bit("future_date") else 0
    fates = f"SELECT source_file, fate, count(*) FROM ({ranked}) WHERE fate <> 'clean'"
    for name, fate, n in run(database, f"{fates} GROUP BY ALL"):
        one = counts.setdefault(name, FileCounts())
        if fate == "superseded":
            one.superseded = n
        else:
            one.by_reason[fate] = n
    marks = (
        f"SELECT source_file, repairs, warnings, count(*) FROM ({ranked}) "
        "WHERE fate = 'clean' GROUP BY ALL"
    )
    for name, repairs, warnings, n in run(database, marks):
        _count_marks(counts.setdefault(name, FileCounts()), repairs, warnings, n)
    for name, found in usable.items():
        for (repairs, warnings), n in found.items():
            _count_marks(counts.setdefault(name, FileCounts()), repairs, warnings, n)
    return {name: in_order(one) for name, one in counts.items()}


def _count_marks(one: FileCounts, repairs: int, warnings: int, n: int) -> None:
    one.clean += n
    for bit, (column, kind) in enumerate(REPAIRS):
        if repairs >> bit & 1:
            kinds = one.repairs.setdefault(column, {})
            kinds[kind] = kinds.get(kind, 0) + n
    for bit, warning in enumerate(WARNINGS):
        if warnings >> bit & 1:
            column = warning.removeprefix("naive_")
            place, key = (
                (one.warnings, warning) if column == warning else (one.naive, column)
            )
            place[key] = place.get(key, 0) + n


def in_order(one: FileCounts) -> FileCounts:
    """Put everything into canonical order: rows of a database come in any.

    Parameters
    ----------
    one : FileCounts
        Counts in any order; they are put into order in place.

    Returns
    -------
    FileCounts
        The same.
    """
    kinds = Counter({pair: i for i, pair in enumerate(REPAIRS)})
    one.by_reason = {c: one.by_reason[c] for c in reason_codes() if c in one.by_reason}
    one.warnings = {w: one.warnings[w] for w in WARNINGS if w in one.warnings}
    one.naive = {c: one.naive[c] for c in INSTANTS if c in one.naive}
    one.repairs = {
        column: dict(
            sorted(one.repairs[column].items(), key=lambda item: kinds[column, item[0]])
        )
        for column in dict.fromkeys(column for column, _ in REPAIRS)
        if column in one.repairs
    }
    return one
