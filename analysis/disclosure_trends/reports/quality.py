"""What became of the records of a log, as a result that a report can show.

Counts by file, reason, column and kind of repair only: no row, no spelling, no name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pandas as pd

from disclosure_trends.display.numbers import count, percent
from disclosure_trends.display.tables import ColumnRule, TableSpec
from disclosure_trends.display.wording import listing, plural
from disclosure_trends.reports.quality_picture import draw_reasons
from disclosure_trends.results import Finding, Limit, Point, Result, Word, point_of
from disclosure_trends.vocabulary.reasons import reasons

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from disclosure_trends.logs.cleaned import CleanedLog

_FILES: Final = (
    ColumnRule(key="file", label="File"),
    ColumnRule(key="records", label="Records", kind="count"),
    ColumnRule(key="clean", label="Clean", kind="count"),
    ColumnRule(key="superseded", label="Superseded", kind="count"),
    ColumnRule(key="quarantined", label="Set aside", kind="count"),
    ColumnRule(key="share", label="Set aside", unit="%", kind="percent"),
)
_REASONS: Final = (
    ColumnRule(key="meaning", label="What is wrong"),
    ColumnRule(key="records", label="Records", kind="count"),
    ColumnRule(key="advice", label="What to do"),
)
_COLUMNS: Final = (
    ColumnRule(key="column", label="Column"),
    ColumnRule(key="repaired", label="Cells repaired", kind="count"),
    ColumnRule(key="spellings", label="Spellings mapped", kind="count"),
    ColumnRule(key="unknown", label="Spellings unknown", kind="count"),
)

_SHOWN: Final = {
    "files": ("Where the records of each file went", _FILES),
    "reasons": ("Why records were set aside, most frequent first", _REASONS),
    "columns": ("What was repaired and recognised, by column", _COLUMNS),
}

_POINTS: Final = {
    "most_frequent_reason": ("most_frequent", "records"),
    "repairs": ("repaired", "cells"),
    "times_without_offset": ("naive", "records"),
    "not_recorded": ("not_recorded", "columns"),
}
"""Finding -> the number that its sentence is about, and what that counts."""
_WORDS: Final = (
    Word("Record", "One row of a file, as it came."),
    Word("Clean", "A record with everything that a count needs; one request."),
    Word(
        "Superseded",
        "An older version of a clean record: the same request, stated again later.",
    ),
    Word(
        "Set aside",
        "Kept as it came, with every reason, and in no count; also called quarantined.",
    ),
    Word(
        "Repaired",
        "A cell whose meaning was certain though it was not spelled as it should be: "
        "blanks, capitals, another alphabet's digits.",
    ),
    Word(
        "Spelling mapped",
        "Another way of writing a known word, read as that word; what is unknown is "
        "never guessed.",
    ),
    Word(
        "Not recorded",
        "A column that no file has; what needs it is said to be not estimable.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DataQualityResult(Result):
    """Where every record of a log went, and what was done to those that stayed.

    Attributes
    ----------
    tables : mapping
        ``files`` (one row per file: ``file, records, clean, superseded, quarantined,
        share``), ``reasons`` (``code, meaning, records, advice``, most frequent
        first) and ``columns`` (``column, repaired, spellings, unknown``).
    not_recorded : tuple of str
        Columns that no file records.
    naive : int
        Clean records with a time of day without an offset.
    as_of : str
        Last day, inclusive, of which the log knows.
    """

    figures: ClassVar[tuple[str, ...]] = ("reasons",)

    not_recorded: tuple[str, ...]
    naive: int
    as_of: str

    @property
    def total(self) -> Mapping[str, int]:
        """Records, clean, superseded and quarantined over all files."""
        sums = self.tables["files"][["records", "clean", "superseded", "quarantined"]]
        return {str(name): int(n) for name, n in sums.sum().items()}

    def findings(self) -> tuple[Finding, ...]:
        """Say where the records went, why some were set aside, what was repaired."""
        return tuple(self._findings())

    def points(self) -> tuple[Point, ...]:
        """Show the number that each sentence is about, unless it is nought."""
        return tuple(
            point_of(one, one.numbers[name], unit)
            for one in self.findings()
            for name, unit in [_POINTS.get(one.id, ("", ""))]
            if one.numbers.get(name)
        )

    def display_tables(self) -> tuple[TableSpec, ...]:
        """Return files, reasons and columns, each with its rules."""
        return tuple(self._spec(name) for name in _SHOWN if len(self.tables[name]))

    def limits(self) -> tuple[Limit, ...]:
        """Say what an account of records cannot show."""
        return (
            Limit(
                "Requests that never were in the log",
                "A ledger accounts for the records that came in. Whether the log holds "
                "every request that was received cannot be seen from it.",
            ),
            Limit(
                "Values that are wrong but possible",
                "A date, country or outcome that could be right is taken as it stands.",
            ),
        )

    def words(self) -> tuple[Word, ...]:
        """Explain the three places in which a record can end."""
        return _WORDS

    def _findings(self) -> Iterator[Finding]:
        total = self.total
        share = total["quarantined"] / total["records"] if total["records"] else 0.0
        yield self._finding(
            "ledger",
            "Where did every record go?",
            f"Of {plural(total['records'], 'record')}, {count(total['clean'])} are "
            f"clean, {count(total['superseded'])} superseded and "
            f"{count(total['quarantined'])} ({percent(share)}) set aside.",
            {**total, "share": share},
        )
        why = self.tables["reasons"]
        if len(why):
            first = why.iloc[0]
            most = int(first["records"])
            meaning = str(first["meaning"]).rstrip(".")
            yield self._finding(
                "most_frequent_reason",
                "Why were records set aside?",
                f"The most frequent reason, in {plural(most, 'record')}: {meaning}.",
                {"most_frequent": most},
            )
        repaired = int(self.tables["columns"]["repaired"].sum())
        yield self._finding(
            "repairs",
            "What was repaired?",
            f"Cells of clean records that were repaired: {count(repaired)}, counted "
            "by column.",
            {"repaired": repaired},
        )
        if self.naive:
            yield self._finding(
                "times_without_offset",
                "Which times are read as they stand?",
                f"Clean records with a time of day but no offset: {count(self.naive)}; "
                "the time is read in the zone that was declared, else as UTC.",
                {"naive": self.naive},
            )
        if self.not_recorded:
            n = len(self.not_recorded)
            yield self._finding(
                "not_recorded",
                "What can this log not say?",
                f"{plural(n, 'column')} of a request log "
                f"{'is' if n == 1 else 'are'} not recorded: "
                f"{listing(self.not_recorded)}.",
                {"not_recorded": n},
            )

    def _finding(
        self, name: str, question: str, statement: str, numbers: Mapping[str, float]
    ) -> Finding:
        return Finding(
            id=name,
            question=question,
            statement=statement,
            numbers=numbers,
            evidence=self.evidence,
            checks=self.checks,
        )

    def _draw(self, name: str) -> "go.Figure":
        return draw_reasons(
            self._spec(name), as_of=self.as_of, simulated=self.evidence == "simulated"
        )

    def _spec(self, name: str) -> TableSpec:
        caption, columns = _SHOWN[name]
        return TableSpec(
            name=name, caption=caption, columns=columns, rows=self.tables[name]
        )


def describe_quality(cleaned: "CleanedLog") -> DataQualityResult:
    """Turn the ledger of a cleaned log into a result.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.

    Returns
    -------
    DataQualityResult
        Counts only.
    """
    total = cleaned.ledger.total
    return DataQualityResult(
        tables={
            "files": _files(cleaned),
            "reasons": _reasons(total.by_reason),
            "columns": _columns(cleaned),
        },
        checks=cleaned.checks,
        evidence=cleaned.evidence,
        not_recorded=tuple(sorted(cleaned.not_recorded)),
        naive=max(total.naive.values(), default=0),
        as_of=cleaned.as_of.isoformat(),
    )


def _files(cleaned: "CleanedLog") -> pd.DataFrame:
    rows = [
        {
            "file": tally.name,
            "records": tally.records,
            "clean": tally.clean,
            "superseded": tally.superseded,
            "quarantined": tally.quarantined,
            "share": tally.quarantined / tally.records if tally.records else 0.0,
        }
        for tally in cleaned.ledger.files.values()
    ]
    return pd.DataFrame(rows, columns=[rule.key for rule in _FILES])


def _reasons(by_reason: Mapping[str, int]) -> pd.DataFrame:
    rows = [
        {
            "code": reason.code,
            "meaning": reason.meaning,
            "records": by_reason[reason.code],
            "advice": reason.advice,
        }
        for reason in reasons()
        if by_reason.get(reason.code)
    ]
    frame = pd.DataFrame(rows, columns=["code", "meaning", "records", "advice"])
    return frame.sort_values("records", ascending=False, kind="stable")


def _columns(cleaned: "CleanedLog") -> pd.DataFrame:
    mapping = cleaned.mapping
    repaired = {
        column: sum(kinds.values())
        for column, kinds in cleaned.ledger.total.repairs.items()
    }
    spelled = {str(column): rows for column, rows in mapping.groupby("column")}
    rows = [
        {
            "column": column,
            "repaired": repaired.get(column, 0),
            "spellings": len(spelled.get(column, ())),
            "unknown": int(spelled[column]["value"].isna().sum())
            if column in spelled
            else 0,
        }
        for column in sorted({*repaired, *spelled})
    ]
    return pd.DataFrame(rows, columns=[rule.key for rule in _COLUMNS])
