"""Marks on a record that stays usable: what was repaired in it, what to know of it."""

from collections.abc import Iterable
from typing import Final

from disclosure_trends.vocabulary.columns import columns_of

TERMS: Final = tuple(name for name in columns_of("term"))
COUNTS: Final = columns_of("count")
INSTANTS: Final = columns_of("instant")
SURVEYED: Final = (*columns_of("country"), *TERMS, *columns_of("zone", "flag"))
"""Columns of which every distinct spelling is looked up."""

REPAIRS: Final[tuple[tuple[str, str], ...]] = (
    *(("country", kind) for kind in ("blanks", "spelling", "name")),
    *((column, kind) for column in TERMS for kind in ("blanks", "spelling")),
    *(
        (column, kind)
        for column in COUNTS
        for kind in ("blanks", "thousands", "digits", "decimal_zero")
    ),
    *((column, "blanks") for column in INSTANTS),
)
"""What may be repaired, by column. `spelling`: case, separators, invisible characters
or a known alias; `name`: a country's name or alpha-3 code instead of alpha-2."""

WARNINGS: Final = (
    "closed_after_as_of",
    "validated_after_as_of",
    "unreadable_optional_date",
    "unknown_refusal_ground",
    "unknown_authority_type",
    "unreadable_emergency",
    "possible_duplicate",
    "tie_between_versions",
    "newer_version_quarantined",
    "account_rows_joined",
    *(f"naive_{column}" for column in INSTANTS),
)
"""What a record may carry although it is clean; `naive_` stands for a time of day
without an offset, read in the zone that the ledger names."""


def repair_bits(column: str, kinds: Iterable[str]) -> int:
    """Return the mask of some repairs of one column.

    Parameters
    ----------
    column : str
        Canonical column.
    kinds : iterable of str
        Kinds of repair.

    Returns
    -------
    int
        Sum of their bits; 0 for none.
    """
    mask = 0
    for kind in kinds:
        mask |= 1 << REPAIRS.index((column, kind))
    return mask


def warning_bit(name: str) -> int:
    """Return the bit of one warning.

    Parameters
    ----------
    name : str
        One of `WARNINGS`.

    Returns
    -------
    int
        A power of two.
    """
    return 1 << WARNINGS.index(name)
