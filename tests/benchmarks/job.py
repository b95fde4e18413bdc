"""The job of the cleaning benchmark, and what its results are compared by.

Every implementation reads `messy_log`'s file, sets records aside by the same rules,
keeps the newest version of each id, writes three Parquet files, and counts what is
clean. Only the words are shared: which spelling means which value.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.rules.mapping import map_spelling
from disclosure_trends.vocabulary.reasons import reason_codes

OWN = {
    "id": "request_id",
    "received": "received_at",
    "source_tz": "source_timezone",
    "country": "country",
    "authority": "authority",
    "channel": "channel",
    "legal_process": "legal_process",
    "n_accounts": "accounts_requested",
    "status": "outcome",
    "decided_at": "closed_at",
    "data_categories": "data_categories",
    "last_updated": "updated_at",
}
MAPPED = ("country", "channel", "legal_process", "outcome")
REPORTED = (*MAPPED, "received_at", "closed_at", "accounts_requested")
AS_OF_END = "2025-01-01T00:00:00Z"
MIN_DATE = "2013-01-01T00:00:00Z"
LAYOUTS = {
    "%Y-%m-%dT%H:%M:%SZ": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
    "%Y-%m-%dT%H:%M:%S%z": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$",
    "%Y-%m-%d %H:%M:%S": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$",
    "%d/%m/%Y %H:%M": r"^\d\d/\d\d/\d{4} \d\d:\d\d$",
    "%b %d, %Y %I:%M %p": r"^[A-Z][a-z][a-z] \d\d, \d{4} \d\d:\d\d [AP]M$",
    "epoch_s": r"^\d{10}$",
    "epoch_ms": r"^\d{13}$",
}
NAIVE = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%b %d, %Y %I:%M %p")
_READ = ReadOptions(layouts=("epoch_s", "epoch_ms"))


def meanings(column: str, spellings: Iterable[str]) -> dict[str, tuple[object, str]]:
    """Spelling -> its value (or number) and the code of its fault, or ''."""
    found = {}
    for spelling in spellings:
        one = map_spelling(column, spelling, read=_READ)
        code = reason_codes()[one.fault.bit_length() - 1] if one.fault else ""
        found[spelling] = (one.number if one.value is None else one.value, code)
    return found


def read_cleaned(
    folder: Path,
) -> tuple[list[tuple[object, ...]], dict[str, list[int]]]:
    """Read cells and fates of rows, as `write_figures` takes them, of a cleaned log."""
    import duckdb

    def query(text: str, name: str) -> list[tuple[object, ...]]:
        return con.execute(text, [str(folder / name)]).fetchall()

    con = duckdb.connect()
    con.execute("SET TimeZone='UTC'")
    cells = query(
        "SELECT strftime(received_at, '%Y-%m'), country, channel, outcome, count(*), "
        "sum(accounts_requested)::BIGINT FROM read_parquet(?) GROUP BY ALL",
        "requests.parquet",
    )
    rows: dict[str, list[int]] = {}
    for name, fate in (
        ("requests.parquet", "'clean'"),
        ("superseded.parquet", "'superseded'"),
        ("quarantine.parquet", "reasons[1]"),
    ):
        for found, row in query(
            "SELECT " + fate + ", source_row FROM read_parquet(?)",  # noqa: S608
            name,
        ):
            rows.setdefault(str(found), []).append(int(str(row)))
    return cells, rows


def write_figures(
    folder: Path,
    *,
    cells: Iterable[tuple[object, ...]],
    rows: dict[str, Iterable[int]],
) -> None:
    """Write cells (month, country, channel, outcome, n, accounts) and fates of rows.

    `rows` holds the row numbers by fate: clean, superseded, or a reason.
    """
    lines = sorted(",".join(map(str, cell)) for cell in cells)
    text = "\n".join(lines)
    fates = {name: sorted(int(n) for n in found) for name, found in rows.items()}
    result = {
        "cells": len(lines),
        "aggregates": hashlib.sha256(text.encode()).hexdigest(),
        "ledger": {name: len(found) for name, found in sorted(fates.items()) if found},
        "rows": hashlib.sha256(
            json.dumps({k: v for k, v in sorted(fates.items()) if v}).encode()
        ).hexdigest(),
    }
    (folder / "figures.json").write_text(json.dumps(result, indent=1))
