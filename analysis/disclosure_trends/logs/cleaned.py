"""A cleaned log: rows in Parquet until asked for, and the account of how they came."""

import json
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Final, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from disclosure_trends.display.numbers import count
from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.ledger import Ledger
from disclosure_trends.logs.rules.mapping import suggest
from disclosure_trends.logs.rules.outputs import QUARANTINE, REQUESTS, SUPERSEDED
from disclosure_trends.results import Check
from disclosure_trends.vocabulary.columns import REQUIRED_COLUMNS

LEDGER: Final = "ledger.json"
SCHEMA: Final = 1
_TYPES = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


class PrivateFolder:
    """A folder of our own that goes away with the last one who holds it."""

    def __init__(self) -> None:
        # TMPDIR may be "."; nothing may hang on where the process stands.
        self.path = Path(tempfile.mkdtemp(prefix="disclosure-trends-")).absolute()
        self._remove = weakref.finalize(
            self, shutil.rmtree, self.path, ignore_errors=True
        )

    def remove(self) -> None:
        """Remove it now."""
        self._remove()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CleanedLog:
    """A log that was cleaned, with the account of every record.

    Attributes
    ----------
    folder : pathlib.Path
        Where its files lie.
    as_of : datetime.date
        Last day, inclusive, of which it knows.
    evidence : str
        ``log``, or ``simulated`` where one row is of a simulated request.
    ledger : Ledger
        ``.total`` and ``.files[...]``: where each record went, and why.
    spellings : pandas.DataFrame
        What `mapping` hands out copies of.
    not_recorded : frozenset of str
        Canonical columns that no file records.
    checks : tuple of Check
        What was looked at before the rows were given out.
    keeper : PrivateFolder or None
        Holds the folder while the log is in use, where no `out` was given.
    """

    folder: Path
    as_of: date
    evidence: Literal["log", "simulated"]
    ledger: Ledger
    spellings: pd.DataFrame
    not_recorded: frozenset[str]
    checks: tuple[Check, ...]
    keeper: PrivateFolder | None = None

    @property
    def requests_path(self) -> Path:
        """The Parquet file of the clean rows."""
        return self.folder / REQUESTS

    @property
    def mapping(self) -> pd.DataFrame:
        """Every spelling that was looked up: ``column, spelling, value, n``.

        The value is missing where the spelling is in no table, or means an empty cell.
        """
        return self.spellings.copy()

    @property
    def unmapped(self) -> pd.DataFrame:
        """Spellings that mean nothing: ``column, spelling, suggestion, n``.

        A suggestion is the nearest known value. It is never applied: declare it in
        `terms` if it is right.
        """
        rows = self.spellings
        rows = rows[rows["value"].isna() & (rows["spelling"].str.strip() != "")]
        suggestions = [
            suggest(column, spelling)
            for column, spelling in zip(rows["column"], rows["spelling"], strict=True)
        ]
        found = pd.DataFrame(
            {
                "column": rows["column"].to_numpy(),
                "spelling": rows["spelling"].to_numpy(),
                "suggestion": pd.Series(suggestions, dtype="str").to_numpy(),
                "n": rows["n"].to_numpy(),
            }
        )
        return found.astype({"suggestion": "str"})

    @property
    def passed(self) -> bool:
        """Whether no check failed: the gate of unattended runs."""
        return not any(check.passed is False for check in self.checks)

    def moved(self, folder: Path) -> "CleanedLog":
        """Return the same log in the folder to which its files were moved.

        Parameters
        ----------
        folder : pathlib.Path
            The folder.

        Returns
        -------
        CleanedLog
            The log, without a private folder to keep.
        """
        return replace(self, folder=folder, keeper=None)

    def is_recorded(self, column: str) -> bool:
        """Say whether a column is recorded, or constant, in any of the files.

        Parameters
        ----------
        column : str
            Canonical column.

        Returns
        -------
        bool
            False where every value is null because nobody wrote it down.
        """
        return column not in self.not_recorded

    def to_frame(self) -> pd.DataFrame:
        """Return the clean rows.

        Returns
        -------
        pandas.DataFrame
            Canonical columns in canonical order (instants as ``datetime64[us, UTC]``),
            ``is_valid, on_designated_line, source_file, source_row``; sorted by file
            and row, on one line by id.
        """
        return self._read(REQUESTS)

    def superseded(self) -> pd.DataFrame:
        """Return older versions of clean rows, with the columns of `to_frame`."""
        return self._read(SUPERSEDED)

    def quarantined(self) -> pd.DataFrame:
        """Return the records that were set aside, as they stood in the source.

        Returns
        -------
        pandas.DataFrame
            Raw texts of the columns, ``raw`` (the physical text of a broken line),
            ``source_file, source_row, reasons`` (a tuple of codes in table order).
        """
        frame = self._read(QUARANTINE)
        frame["reasons"] = pd.Series(
            [tuple(codes) for codes in frame["reasons"]], dtype="object"
        )
        return frame

    def summary(self) -> str:
        """Say in plain words what came in, what was set aside, and what to know."""
        total = self.ledger.total
        files = len(self.ledger.files)
        parts = [
            "SIMULATED." if self.evidence == "simulated" else "",
            f"{count(total.records)} records in {count(files)} "
            f"{'file' if files == 1 else 'files'}: {count(total.clean)} clean, "
            f"{count(total.superseded)} superseded, "
            f"{count(total.quarantined)} quarantined.",
        ]
        if total.by_reason:
            reasons = [f"{code} {count(n)}" for code, n in total.by_reason.items()]
            parts.append(f"Quarantined for: {', '.join(reasons)}.")
        repaired = sum(sum(kinds.values()) for kinds in total.repairs.values())
        if repaired:
            parts.append(f"{count(repaired)} cells were repaired.")
        if total.naive:
            zones = sorted({file.zone_assumed for file in self.ledger.files.values()})
            parts.append(
                f"{count(max(total.naive.values()))} clean records have times without "
                f"an offset, read as {', '.join(zones)} unless their row names a zone."
            )
        absent = [name for name in REQUIRED_COLUMNS if name in self.not_recorded]
        if absent:
            parts.append(f"Not recorded: {', '.join(absent)}.")
        parts += [check.text for check in self.checks if check.passed is not True]
        return " ".join(part for part in parts if part)

    def __repr__(self) -> str:
        """Show the summary: no row of a log is ever shown by accident."""
        return f"<CleanedLog: {self.summary()}>"

    def _read(self, name: str) -> pd.DataFrame:
        with (self.folder / name).open("rb") as handle:
            table = pq.ParquetFile(handle).read()
        frame: pd.DataFrame = table.to_pandas(types_mapper=_TYPES.get)
        order = {file: n for n, file in enumerate(self.ledger.files)}
        places = frame["source_file"].map(order).astype("int64")
        rows, keys = frame.assign(_place=places), ["_place", "source_row"]
        # A line of a file may hold several records.
        if "request_id" in rows and rows.duplicated(keys).any():
            keys.append("request_id")
        rows = rows.sort_values(keys)
        return rows.drop(columns="_place").reset_index(drop=True)


def write_ledger(log: CleanedLog, folder: Path) -> None:
    """Write what `open_log` needs beside the rows.

    Parameters
    ----------
    log : CleanedLog
        The log.
    folder : pathlib.Path
        Where its rows lie.
    """
    rows = log.spellings.astype("object").where(log.spellings.notna(), None)
    content = {
        "schema": SCHEMA,
        "as_of": log.as_of.isoformat(),
        "evidence": log.evidence,
        **log.ledger.to_json(),
        "not_recorded": sorted(log.not_recorded),
        "checks": [check.to_json() for check in log.checks],
        "mapping": rows.to_dict("records"),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / LEDGER).write_text(text + "\n", encoding="utf-8")


def open_log(folder: str | PathLike[str]) -> CleanedLog:
    """Open the folder that ``clean_requests(..., out=folder)`` left.

    Parameters
    ----------
    folder : str or path
        The folder.

    Returns
    -------
    CleanedLog
        The same log.

    Raises
    ------
    RequestLogError
        If the folder does not hold a cleaned log.
    """
    place = Path(folder).absolute()
    try:
        content = json.loads((place / LEDGER).read_text(encoding="utf-8"))
        names = (REQUESTS, QUARANTINE, SUPERSEDED)
        missing = [name for name in names if not (place / name).is_file()]
        if content["schema"] != SCHEMA or missing:
            raise _no_log(place)
        return CleanedLog(
            folder=place,
            as_of=date.fromisoformat(content["as_of"]),
            evidence=content["evidence"],
            ledger=Ledger.from_json(content),
            spellings=mapping_frame(
                [
                    (r["column"], r["spelling"], r["value"], r["n"])
                    for r in content["mapping"]
                ]
            ),
            not_recorded=frozenset(content["not_recorded"]),
            checks=tuple(Check(**check) for check in content["checks"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_log(place) from error


def _no_log(place: Path) -> RequestLogError:
    return RequestLogError(
        f"{place}: no cleaned log was found; it takes a folder with {REQUESTS}, "
        f"{QUARANTINE}, {SUPERSEDED} and {LEDGER}; make one with "
        "clean_requests(..., out=...)"
    )


def mapping_frame(rows: Sequence[tuple[str, str, str | None, int]]) -> pd.DataFrame:
    """Make the mapping report.

    Parameters
    ----------
    rows : sequence of (column, spelling, value, n)
        Its rows.

    Returns
    -------
    pandas.DataFrame
        ``column, spelling, value`` (texts) and ``n``.
    """
    frame = pd.DataFrame(rows, columns=["column", "spelling", "value", "n"])
    types = {"column": "str", "spelling": "str", "value": "str", "n": "int64"}
    return frame.astype(types)
