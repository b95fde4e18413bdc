"""The account of a cleaned log: every record of every file in exactly one place."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from disclosure_trends.errors import LedgerError
from disclosure_trends.vocabulary.reasons import reason_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many records went where.

    Attributes
    ----------
    records : int
        All of them; the sum of the next three.
    clean, superseded, quarantined : int
        Usable ones; older versions of a usable one; those set aside.
    by_reason : mapping of str to int
        First reason of each quarantined record, in the order of the codes.
    only_future : int
        Quarantined for nothing but ``future_date``: no fault, only a later day.
    repairs : mapping of str to mapping of str to int
        Column -> kind -> clean records in which it was repaired.
    warnings : mapping of str to int
        Clean records that carry a warning, by its name.
    naive : mapping of str to int
        Clean records with a time of day without offset, by column.
    """

    records: int
    clean: int
    superseded: int
    quarantined: int
    by_reason: Mapping[str, int] = field(default_factory=dict)
    only_future: int = 0
    repairs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    naive: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTally(Tally):
    """The tally of one file, and how it was read.

    Attributes
    ----------
    name, sha256, format : str
        Which file.
    size : int
        Bytes.
    encoding, delimiter, sheet : str or None
        What was found or declared.
    skipped_preamble : sequence of (int, int)
        Line and length of each line above the header that is no record.
    blank_lines : int
        Lines without text.
    source_warnings : mapping of str to int
        Oddities seen while the bytes were read.
    zone_assumed : str
        Zone of times without offset whose row names none.
    date_orders : mapping of str to str
        Column -> day and month order and its proof.
    declared : mapping of str to object
        Options that differ from their defaults.
    not_recorded : sequence of str
        Canonical columns that the file does not record.
    max_quarantine_share : float
        Share of quarantined records above which the gate closes.
    """

    name: str
    sha256: str
    format: str
    size: int
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    skipped_preamble: Sequence[Sequence[int]] = ()
    blank_lines: int = 0
    source_warnings: Mapping[str, int] = field(default_factory=dict)
    zone_assumed: str = "UTC"
    date_orders: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, object] = field(default_factory=dict)
    not_recorded: Sequence[str] = ()
    max_quarantine_share: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All files together, and each of them.

    Attributes
    ----------
    total : Tally
        The sum over the files.
    files : mapping of str to FileTally
        By name, in the order given.
    """

    total: Tally
    files: Mapping[str, FileTally]

    @classmethod
    def of(cls, files: Sequence[FileTally]) -> "Ledger":
        """Add up the files, after each of them has balanced.

        Parameters
        ----------
        files : sequence of FileTally
            In the order given.

        Returns
        -------
        Ledger
            Their account.

        Raises
        ------
        LedgerError
            If a record is missing or stands in two places: a bug.
        """
        for tally in files:
            _check_balance(tally)
        total = Tally(
            records=sum(tally.records for tally in files),
            clean=sum(tally.clean for tally in files),
            superseded=sum(tally.superseded for tally in files),
            quarantined=sum(tally.quarantined for tally in files),
            by_reason=_in_order(_added([tally.by_reason for tally in files])),
            only_future=sum(tally.only_future for tally in files),
            repairs={
                column: _added([tally.repairs.get(column, {}) for tally in files])
                for column in dict.fromkeys(c for t in files for c in t.repairs)
            },
            warnings=_added([tally.warnings for tally in files]),
            naive=_added([tally.naive for tally in files]),
        )
        return cls(total=total, files={tally.name: tally for tally in files})

    def to_json(self) -> dict[str, object]:
        """Return the ledger as plain JSON values."""
        return {
            "total": asdict(self.total),
            "files": [asdict(tally) for tally in self.files.values()],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Ledger":
        """Read what `to_json` wrote.

        Parameters
        ----------
        value : mapping
            Its result.

        Returns
        -------
        Ledger
            The same ledger.
        """
        return cls.of([FileTally(**tally) for tally in value["files"]])


def _check_balance(tally: FileTally) -> None:
    placed = tally.clean + tally.superseded + tally.quarantined
    if placed != tally.records or sum(tally.by_reason.values()) != tally.quarantined:
        raise LedgerError(
            f"{tally.name}: {tally.records} records came in, {tally.clean} clean + "
            f"{tally.superseded} superseded + {tally.quarantined} quarantined went "
            "out; the two must be equal; this is a bug, please report it"
        )


def _in_order(by_reason: Mapping[str, int]) -> dict[str, int]:
    return {code: by_reason[code] for code in reason_codes() if code in by_reason}


def _added(tallies: Sequence[Mapping[str, int]]) -> dict[str, int]:
    added: dict[str, int] = {}
    for tally in tallies:
        for name, n in tally.items():
            added[name] = added.get(name, 0) + n
    return added
