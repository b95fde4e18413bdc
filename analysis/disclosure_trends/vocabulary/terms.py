"""Closed lists of a request log, and the spellings that mean one of their values."""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from disclosure_trends.resources import vocabulary_text

TermColumn = Literal[
    "channel",
    "legal_process",
    "outcome",
    "validity",
    "refusal_ground",
    "authority_type",
    "emergency",
]

CHANNELS: tuple[str, ...] = (
    "dsa_contact_point",
    "dsa_legal_representative",
    "dsa_user_contact",
    "eevidence_system",
    "le_portal",
    "dedicated_email",
    "email",
    "post",
    "fax",
    "embassy",
    "mlat_authority",
    "spoc",
    "interpol_europol",
    "in_app_bot",
    "personal_contact",
    "other",
    "unknown",
)
LEGAL_PROCESSES: tuple[str, ...] = (
    "court_order",
    "judicial_order",
    "prosecutor_order",
    "search_warrant",
    "subpoena",
    "police_notice",
    "emergency",
    "preservation",
    "mlat",
    "letters_rogatory",
    "eio",
    "epoc",
    "epoc_pr",
    "dsa_art9_order",
    "dsa_art10_order",
    "budapest_2ap",
    "wiretap",
    "pen_register",
    "national_security",
    "civil_request",
    "informal",
    "other",
    "unknown",
)
OUTCOMES: tuple[str, ...] = (
    "pending",
    "disclosed",
    "partially_disclosed",
    "no_data",
    "rejected",
    "withdrawn",
    "expired",
    "preserved",
    "transferred",
)
VALIDITIES: tuple[str, ...] = (
    "valid",
    "invalid",
    "incomplete",
    "not_assessed",
    "fraudulent",
)
FORMAL_GROUNDS: tuple[str, ...] = (
    "no_legal_basis",
    "issuing_authority_not_identified",
    "recipient_not_identifiable",
    "no_statement_of_reasons",
    "no_redress_information",
    "wrong_language_no_translation",
    "not_sent_to_point_of_contact",
    "unverified_sender",
    "wrong_identifier",
)
MERIT_GROUNDS: tuple[str, ...] = (
    "overly_broad",
    "needs_judicial_cooperation",
    "data_not_held",
    "data_do_not_exist",
    "other",
)
REFUSAL_GROUNDS: tuple[str, ...] = FORMAL_GROUNDS + MERIT_GROUNDS
AUTHORITY_TYPES: tuple[str, ...] = (
    "court",
    "investigating_judge",
    "prosecutor",
    "police",
    "customs_tax",
    "intelligence",
    "administrative",
    "regulator",
    "other",
    "unknown",
)
_FLAGS: tuple[str, ...] = ("true", "false")

_CLOSED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "channel": CHANNELS,
        "legal_process": LEGAL_PROCESSES,
        "outcome": OUTCOMES,
        "validity": VALIDITIES,
        "refusal_ground": REFUSAL_GROUNDS,
        "authority_type": AUTHORITY_TYPES,
        "emergency": _FLAGS,
    }
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)


def closed_list(column: str) -> tuple[str, ...]:
    """Return the values that a column may hold.

    Parameters
    ----------
    column : str
        One of the term columns.

    Returns
    -------
    tuple of str
        Canonical values, in the order in which they are shown.
    """
    return _CLOSED[column]


def remove_invisible(text: str) -> str:
    """Take out characters that no reader sees (zero-width, direction marks).

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text without them.
    """
    return _INVISIBLE.sub("", text)


def normalise_term(text: str) -> str:
    """Bring a spelling into the form in which it is looked up.

    Parameters
    ----------
    text : str
        A value as it stands in a log.

    Returns
    -------
    str
        NFKC, without invisible characters, trimmed, case-folded, runs of blanks,
        hyphens and underscores as one ``_``.
    """
    plain = remove_invisible(unicodedata.normalize("NFKC", text)).strip().casefold()
    return re.sub(r"[\s\-\u2010-\u2015_]+", "_", plain)


@cache
def term_aliases(column: str) -> Mapping[str, str]:
    """Map normalised spellings of one column to canonical values.

    Parameters
    ----------
    column : str
        One of the term columns.

    Returns
    -------
    mapping of str to str
        Normalised spelling -> canonical value, canonical values included.
    """
    rows = csv.DictReader(io.StringIO(vocabulary_text("terms.csv")))
    own = {
        normalise_term(row["spelling"]): row["value"]
        for row in rows
        if row["column"] == column
    }
    return MappingProxyType(own | {value: value for value in _CLOSED[column]})


@cache
def _squeezed(column: str) -> Mapping[str, str]:
    """Aliases without any separator; a form that would mean two values is left out."""
    values: dict[str, set[str]] = {}
    for spelling, value in term_aliases(column).items():
        values.setdefault(spelling.replace("_", ""), set()).add(value)
    return {key: next(iter(found)) for key, found in values.items() if len(found) == 1}


def match_term(column: str, text: str) -> str | None:
    """Find the canonical value that a spelling means.

    Parameters
    ----------
    column : str
        One of the term columns.
    text : str
        A value as it stands in a log.

    Returns
    -------
    str or None
        The value, or None where the spelling is in no table: nothing is guessed.
    """
    key = normalise_term(text)
    found = term_aliases(column).get(key)
    return found if found is not None else _squeezed(column).get(key.replace("_", ""))
