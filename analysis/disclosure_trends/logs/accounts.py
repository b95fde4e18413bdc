"""From how files were read and what became of their records to the account of a log."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

import pandas as pd

from disclosure_trends.logs.cleaned import mapping_frame
from disclosure_trends.logs.ledger import FileTally, Ledger
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.plans import FilePlan
from disclosure_trends.logs.rules.outputs import FileCounts
from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.logs.rules.survey import describe_order
from disclosure_trends.vocabulary.columns import COLUMN_NAMES

_DEFAULTS: Final = ReadOptions()


def account_for(plans: Sequence[FilePlan], counts: Mapping[str, FileCounts]) -> Ledger:
    """Account for every record of every file.

    Parameters
    ----------
    plans : sequence of FilePlan
        How each was read.
    counts : mapping of str to FileCounts
        What became of the records, by ``source_file``.

    Returns
    -------
    Ledger
        The account.

    Raises
    ------
    LedgerError
        If it does not balance.
    """
    tallies = [_tally(plan, counts.get(plan.file.name, FileCounts())) for plan in plans]
    return Ledger.of(tallies)


def never_recorded(plans: Sequence[FilePlan]) -> frozenset[str]:
    """Name the canonical columns that no file records."""
    return frozenset(
        column
        for column in COLUMN_NAMES
        if not any(_records(plan.reading, column) for plan in plans)
    )


def report_mapping(plans: Sequence[FilePlan]) -> pd.DataFrame:
    """Report every spelling that was looked up, and what it was taken for.

    Parameters
    ----------
    plans : sequence of FilePlan
        With the spellings of each file.

    Returns
    -------
    pandas.DataFrame
        ``column, spelling, value, n``; the most frequent ones of a column first.
    """
    seen: dict[tuple[str, str, str | None], int] = {}
    for plan in plans:
        for column, mapped in plan.spellings.items():
            found = plan.survey.spellings.get(column, {})
            for spelling, meaning in mapped.items():
                number = None if meaning.number is None else str(meaning.number)
                key = (column, spelling, meaning.value or number)
                n = found.get(spelling, plan.survey.rows)
                seen[key] = seen.get(key, 0) + n
    order = {column: n for n, column in enumerate(COLUMN_NAMES)}
    rows = [(*key, n) for key, n in seen.items()]
    rows.sort(key=lambda row: (order[row[0]], -row[3], row[1], row[2] or ""))
    return mapping_frame(rows)


def _tally(plan: FilePlan, counts: FileCounts) -> FileTally:
    """Account for one file."""
    file, read = plan.file, plan.file.options
    return FileTally(
        name=file.name,
        sha256=file.sha256,
        format=file.format,
        size=file.size,
        encoding=file.encoding,
        delimiter=file.delimiter,
        sheet=file.sheet,
        skipped_preamble=[list(line) for line in file.skipped_preamble],
        blank_lines=file.blank_lines,
        source_warnings=dict(file.warnings),
        records=file.records,
        clean=counts.clean,
        superseded=counts.superseded,
        quarantined=sum(counts.by_reason.values()),
        by_reason=counts.by_reason,
        only_future=counts.only_future,
        repairs=counts.repairs,
        warnings=counts.warnings,
        naive=counts.naive,
        zone_assumed=read.source_timezone or "UTC",
        date_orders={
            column: describe_order(
                "dmy" if order == "dmy" else "mdy",
                plan.survey.dates[column],
                declared=read.date_order is not None,
            )
            for column, order in plan.reading.orders.items()
            if plan.survey.dates[column].slashed
        },
        declared=_declared(read),
        not_recorded=[c for c in COLUMN_NAMES if not _records(plan.reading, c)],
        max_quarantine_share=read.max_quarantine_share,
    )


def _records(reading: Reading, column: str) -> bool:
    by_row = column == "accounts_requested" and reading.rows_are_accounts
    return (
        by_row
        or reading.has(column)
        or (column == "request_id" and reading.ids_are_rows)
    )


def _declared(read: ReadOptions) -> dict[str, object]:
    """Say what was declared, in words that JSON can hold."""
    said = {f.name: getattr(read, f.name) for f in fields(read)}
    return {
        name: _plain(value)
        for name, value in said.items()
        if value != getattr(_DEFAULTS, name)
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool) else repr(value)
