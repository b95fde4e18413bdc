"""How one file of a log is to be read: all that the cleaning rules depend on."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one file is to be read: all that the text depends on.

    Attributes
    ----------
    name : str
        Under which its rows appear in ``source_file``.
    number : int
        Place of the file in the order given, from 0.
    columns : tuple of str
        Canonical columns that the file holds.
    staged : tuple of str
        Canonical columns of the whole stage, whose raw texts a quarantine keeps.
    constants, emptied, merged, unrecorded : frozenset of str
        Columns that are constant; whose declared empty words count; whose own words
        are mapped although they are free text; that are not recorded.
    orders : mapping of str to str
        Column of dates -> ``dmy`` or ``mdy``.
    layouts : tuple of str
        Declared layouts of dates.
    unended : tuple of (int, str) or None
        Row and column of a last cell that may have been cut.
    zoned : bool
        Whether times without offset need the table of zones.
    offset_only : frozenset of str
        Columns of dates in which every time of day has its offset.
    ids_are_rows, rows_are_accounts : bool
        What `ids` and `row_is` declare.
    min_us, end_us : int
        First microsecond of `min_date`, first one after `as_of` (UTC, since 1970).
    max_accounts : int
        Largest plausible count.
    line_types : tuple of str
        Types of authority that have a designated line of their own.
    """

    name: str
    number: int
    columns: tuple[str, ...]
    staged: tuple[str, ...]
    constants: frozenset[str]
    emptied: frozenset[str]
    merged: frozenset[str]
    unrecorded: frozenset[str]
    orders: Mapping[str, str]
    layouts: tuple[str, ...]
    unended: tuple[int, str] | None
    zoned: bool
    offset_only: frozenset[str]
    ids_are_rows: bool
    rows_are_accounts: bool
    min_us: int
    end_us: int
    max_accounts: int
    line_types: tuple[str, ...]

    def has(self, column: str) -> bool:
        """Say whether the log records a column, or makes it a constant."""
        given = column in self.columns or column in self.constants
        return given and column not in self.unrecorded
