"""What an analyst declares about a log that the file itself cannot prove."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

from disclosure_trends.errors import SettingsError
from disclosure_trends.logs.formats.own_columns import FirstOf, Join, Own
from disclosure_trends.logs.option_checks import BLANK, CHECKS, Constant

__all__ = ["BLANK", "FirstOf", "Join", "ReadOptions", "refuse_blanks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the file cannot prove, declared. Every field is optional.

    Parameters
    ----------
    encoding : str, optional
        Code page of the text, as ``"cp1251"``. Without it the file must be UTF-8, or
        UTF-16 with a byte-order mark.
    source_timezone : str, optional
        IANA zone of timestamps without an offset whose row names none. UTC otherwise.
    date_order : {"dmy", "mdy"}, optional
        Order of dates such as 04/07/2024, where the column cannot prove it.
    layouts : tuple of str
        Further layouts of dates: ``epoch_s``, ``epoch_ms``, ``excel_serial``.
    sheet : str, optional
        The sheet of a workbook, where several could be the log.
    header : tuple of str, optional
        Names of the columns in order, for a file without a header line.
    skip_lines : int
        Lines (rows of a sheet) above the header, or above the data, to pass over.
    columns : mapping of str to str, Join or FirstOf
        Canonical name -> own name. One own column may feed two canonical ones.
    constants : mapping of str to str or int
        Canonical name -> the value that is true of every row.
    not_recorded : tuple of str
        Canonical columns that the log does not record. They are null, and what needs
        them is not estimable.
    ids : {"column", "row"}
        ``row``: the log has no ids; file and row are the id, and no rule about
        duplicates runs.
    row_is : {"request", "account"}
        ``account``: rows of equal id and dates are one request for as many accounts.
    empty : mapping of str to tuple of str
        Canonical name -> own words that mean an empty cell.
    terms : mapping of str to mapping of str to str
        Canonical name -> own word -> canonical value. The own word ``""`` is the
        empty cell.
    later_file_wins : bool
        Where extracts overlap, the version of an id in the later file is the valid one.
    min_date : str
        First day (``YYYY-MM-DD``, inclusive) on which a request can have come in.
    max_accounts : int
        Largest number of accounts that one request can plausibly ask for.
    max_quarantine_share : float
        Share of quarantined records, 0 to 1, above which a check fails.

    Raises
    ------
    SettingsError
        A value is not among those allowed, or two declarations contradict each other.
    """

    encoding: str | None = None
    source_timezone: str | None = None
    date_order: Literal["dmy", "mdy"] | None = None
    layouts: tuple[str, ...] = ()
    sheet: str | None = None
    header: tuple[str, ...] | None = None
    skip_lines: int = 0
    columns: Mapping[str, Own] = field(default_factory=dict)
    constants: Mapping[str, Constant] = field(default_factory=dict)
    not_recorded: tuple[str, ...] = ()
    ids: Literal["column", "row"] = "column"
    row_is: Literal["request", "account"] = "request"
    empty: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    later_file_wins: bool = False
    min_date: str = "2013-01-01"
    max_accounts: int = 100_000
    max_quarantine_share: float = 0.2

    def __post_init__(self) -> None:
        for name, check in CHECKS.items():
            object.__setattr__(self, name, check(f"read.{name}", getattr(self, name)))
        _refuse_contradictions(self)

    def blanks(self) -> tuple[str, ...]:
        """Return the dotted names of the fields that are still marked blanks."""
        return tuple(name for name, value in _leaves(self) if value == BLANK)


OPTION_NAMES = tuple(f.name for f in fields(ReadOptions))


def refuse_blanks(read: ReadOptions, *, where: str) -> None:
    """Refuse options in which something that only a person knows is still blank.

    Raises
    ------
    SettingsError
        Naming each blank.
    """
    blanks = read.blanks()
    if blanks:
        message = (
            f"{where}: still blank: {', '.join(blanks)}; every {BLANK!r} of a preview "
            "wants an answer; fill it in, or remove the line and name the column "
            "in not_recorded"
        )
        raise SettingsError(message)


def _leaves(read: ReadOptions) -> Iterator[tuple[str, object]]:
    for name in OPTION_NAMES:
        value = getattr(read, name)
        if not isinstance(value, Mapping):
            yield name, value
            continue
        for key, inner in value.items():
            if not isinstance(inner, Mapping):
                yield f"{name}.{key}", inner
                continue
            for word, target in inner.items():
                yield f"{name}.{key}.{word!r}", target


def _refuse_contradictions(read: ReadOptions) -> None:
    said = (
        ("columns", set(read.columns)),
        ("constants", set(read.constants)),
        ("not_recorded", set(read.not_recorded)),
    )
    for i, (first, names) in enumerate(said):
        for second, others in said[i + 1 :]:
            both = sorted(names & others)
            if both:
                message = (
                    f"read.{second}: {', '.join(both)} stands in {first} too; a column "
                    "is read, constant or not recorded; keep one of them"
                )
                raise SettingsError(message)
    if read.ids == "row" and "request_id" in read.columns:
        message = (
            "read.ids: 'row' says that the log has no ids, but columns names one for "
            "request_id; keep one of them"
        )
        raise SettingsError(message)
