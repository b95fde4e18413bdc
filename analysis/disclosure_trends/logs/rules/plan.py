"""From what was declared and found to how a file is read."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.marks import SURVEYED
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.rules.lookups import empty_words, line_types, microseconds
from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.vocabulary.columns import COLUMN_NAMES, column_spec, columns_of
from disclosure_trends.vocabulary.countries import country_codes
from disclosure_trends.vocabulary.terms import closed_list

_ONE_DAY: Final = 86_400_000_000
_LONG: Final = 40


def plan_reading(
    columns: tuple[str, ...],
    *,
    staged: tuple[str, ...],
    name: str,
    number: int,
    read: ReadOptions,
    orders: Mapping[str, str],
    offset_only: frozenset[str],
    as_of: date,
    unended: tuple[int, str] | None = None,
) -> Reading:
    """Put together how a file is to be read.

    Parameters
    ----------
    columns : tuple of str
        Canonical columns that the file holds.
    staged : tuple of str
        Canonical columns of the whole stage.
    name : str
        Of the file.
    number : int
        Place of the file in the order given, from 0.
    read : ReadOptions
        What was declared for it.
    orders : mapping of str to str
        Day and month order by column of dates.
    offset_only : frozenset of str
        Columns of dates in which every time of day has its offset.
    as_of : datetime.date
        Last day that is known of.
    unended : tuple of (int, str), optional
        Row and column of a last cell that may have been cut.

    Returns
    -------
    Reading
        What the rules depend on.
    """
    zone_column = "source_timezone" in (*columns, *read.constants)
    other_zone = read.source_timezone not in (None, "UTC")
    return Reading(
        name=name,
        number=number,
        columns=columns,
        staged=staged,
        constants=frozenset(read.constants),
        emptied=frozenset(_emptied(read)),
        merged=frozenset(_merged(read)),
        unrecorded=frozenset(read.not_recorded),
        orders=orders,
        layouts=read.layouts,
        unended=unended,
        zoned=zone_column or other_zone,
        offset_only=offset_only,
        ids_are_rows=read.ids == "row",
        rows_are_accounts=read.row_is == "account",
        min_us=microseconds(date.fromisoformat(read.min_date)),
        end_us=microseconds(as_of) + _ONE_DAY,
        max_accounts=read.max_accounts,
        line_types=line_types(),
    )


def refuse_unknown_values(read: ReadOptions, *, where: str) -> None:
    """Refuse declared values that no closed list holds, before anything is read.

    Parameters
    ----------
    read : ReadOptions
        Its `terms` and `constants`.
    where : str
        Name of the file, for messages.

    Raises
    ------
    SettingsError
        Naming the field, the value, and the nearest one that is allowed.
    """
    said = [
        (f"terms.{column}", column, value)
        for column, words in read.terms.items()
        for value in words.values()
        if value
    ]
    said += [(f"constants.{c}", c, str(v)) for c, v in read.constants.items()]
    for field, column, value in said:
        if column_spec(column).kind in ("term", "flag"):
            allowed = closed_list(column)
        elif column == "country":
            allowed = country_codes()
        else:
            continue
        if value not in allowed:
            shown = ", ".join(allowed) if len(allowed) < _LONG else "alpha-2 codes"
            raise SettingsError(
                f"options of {where}, {field}: {value!r} is no value of {column}; "
                f"allowed are {shown}{nearest(value, allowed)}"
            )


def _emptied(read: ReadOptions) -> list[str]:
    """Columns of cells, not of spellings, whose own words for nothing count."""
    columns = [c for c in COLUMN_NAMES if c not in SURVEYED]
    return [c for c in columns if empty_words(c, read=read)]


def _merged(read: ReadOptions) -> list[str]:
    return [c for c, words in read.terms.items() if words and c in columns_of("text")]
