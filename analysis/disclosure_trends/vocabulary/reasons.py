"""Why a record is set aside: 51 codes, what each means and what to do about it."""

import csv
import io
from dataclasses import dataclass
from functools import cache

from disclosure_trends.resources import vocabulary_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason to quarantine a record.

    Attributes
    ----------
    number : int
        Place in the table, from 1. The first reason of a record is the one counted.
    code : str
        Its name in ledgers and quarantine files.
    group : str
        What it is about.
    meaning, example, advice : str
        For readers: what it says, what such a fault looks like, what to do.
    """

    number: int
    code: str
    group: str
    meaning: str
    example: str
    advice: str


@cache
def reasons() -> tuple[Reason, ...]:
    """Return all reasons in table order."""
    rows = csv.DictReader(io.StringIO(vocabulary_text("reasons.csv")))
    return tuple(
        Reason(
            number=int(row["number"]),
            code=row["code"],
            group=row["group"],
            meaning=row["meaning"],
            example=row["example"],
            advice=row["advice"],
        )
        for row in rows
    )


@cache
def reason_codes() -> tuple[str, ...]:
    """Return the codes in table order."""
    return tuple(reason.code for reason in reasons())


def reason_bit(code: str) -> int:
    """Return the bit that stands for a code in a record's mask of reasons.

    Parameters
    ----------
    code : str
        One of the 51 codes.

    Returns
    -------
    int
        A power of two; the first code of the table has the lowest.
    """
    return 1 << reason_codes().index(code)


def codes_of(mask: int) -> tuple[str, ...]:
    """List the codes of a mask in table order.

    Parameters
    ----------
    mask : int
        Sum of the bits of several codes.

    Returns
    -------
    tuple of str
        The codes.
    """
    return tuple(code for n, code in enumerate(reason_codes()) if mask >> n & 1)
