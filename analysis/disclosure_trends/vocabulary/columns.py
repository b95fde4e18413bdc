"""The columns of a request log: order, kinds, and what a header may be called."""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from disclosure_trends.resources import vocabulary_text

Kind = Literal["id", "text", "instant", "zone", "country", "term", "count", "flag"]
Group = Literal["identity", "reported", "free text", "bookkeeping"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One column of a request log.

    Attributes
    ----------
    name : str
        Canonical name.
    kind : Kind
        How its text is read.
    required : bool
        Whether a log must have it, make it a constant or declare it not recorded.
    group : Group
        What a difference in it means between two versions of one request: two
        answers (``reported``), another wording (``free text``), or nothing
        (``bookkeeping``).
    meaning : str
        One sentence for the data dictionary.
    """

    name: str
    kind: Kind
    required: bool
    group: Group
    meaning: str


def _column(name: str, kind: Kind, group: Group, meaning: str) -> ColumnSpec:
    required = name in _REQUIRED
    return ColumnSpec(
        name=name, kind=kind, required=required, group=group, meaning=meaning
    )


_REQUIRED = (
    "request_id",
    "received_at",
    "country",
    "authority",
    "channel",
    "legal_process",
    "outcome",
    "accounts_requested",
)

COLUMNS: tuple[ColumnSpec, ...] = (
    _column("request_id", "id", "identity", "The platform's own id; text, unchanged."),
    _column("received_at", "instant", "reported", "When the request arrived (UTC)."),
    _column("country", "country", "reported", "Country of the authority, alpha-2."),
    _column("authority", "text", "free text", "Name of the authority, unchanged."),
    _column("channel", "term", "reported", "The line on which it first arrived."),
    _column("legal_process", "term", "reported", "Kind of legal instrument."),
    _column("outcome", "term", "reported", "What the platform did with it."),
    _column(
        "accounts_requested", "count", "reported", "Accounts the request asks about."
    ),
    _column(
        "accounts_disclosed", "count", "reported", "Accounts of which data were given."
    ),
    _column("validated_at", "instant", "reported", "When its validity was decided."),
    _column("closed_at", "instant", "reported", "When it was closed."),
    _column("updated_at", "instant", "bookkeeping", "When this version was written."),
    _column("logged_at", "instant", "bookkeeping", "When the row was created."),
    _column(
        "acknowledged_at", "instant", "bookkeeping", "When receipt was acknowledged."
    ),
    _column(
        "designated_line_received_at",
        "instant",
        "reported",
        "When it reached the designated line.",
    ),
    _column(
        "source_timezone", "zone", "bookkeeping", "IANA zone of times without one."
    ),
    _column("region", "text", "reported", "The platform's own group of countries."),
    _column(
        "authority_type", "term", "reported", "Court, prosecutor, police and so on."
    ),
    _column("validity", "term", "reported", "Whether it was properly formed."),
    _column("validity_defects", "text", "free text", "What was wrong with its form."),
    _column("refusal_ground", "term", "reported", "Why it was refused."),
    _column("data_categories", "text", "free text", "Categories of data asked for."),
    _column("emergency", "flag", "free text", "Whether it was an emergency."),
    _column(
        "related_request_id", "text", "free text", "The request that this one follows."
    ),
    _column("language", "text", "free text", "Language of the request."),
)

COLUMN_NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
REQUIRED_COLUMNS: tuple[str, ...] = _REQUIRED


@cache
def column_spec(name: str) -> ColumnSpec:
    """Look up one column.

    Parameters
    ----------
    name : str
        Canonical name.

    Returns
    -------
    ColumnSpec
        Its description.

    Raises
    ------
    KeyError
        If there is no such column.
    """
    return {column.name: column for column in COLUMNS}[name]


def columns_of(*kinds: Kind) -> tuple[str, ...]:
    """Name the columns of some kinds, in canonical order.

    Parameters
    ----------
    *kinds : Kind
        Kinds to keep.

    Returns
    -------
    tuple of str
        Canonical names.
    """
    return tuple(column.name for column in COLUMNS if column.kind in kinds)


def normalise_header(text: str) -> str:
    """Bring a header into the form in which aliases are looked up.

    Parameters
    ----------
    text : str
        A header as it stands in a file.

    Returns
    -------
    str
        Trimmed, case-folded, with blanks, hyphens, dots and slashes as ``_``.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\ufeff", "").strip()
    return re.sub(r"[\s\-_./]+", "_", plain.casefold()).strip("_")


@cache
def header_aliases() -> Mapping[str, str]:
    """Map normalised headers to canonical columns.

    Returns
    -------
    mapping of str to str
        Normalised header -> canonical name; canonical names map to themselves.
    """
    rows = csv.DictReader(io.StringIO(vocabulary_text("headers.csv")))
    aliases = {row["header"]: row["column"] for row in rows}
    return MappingProxyType(aliases | {name: name for name in COLUMN_NAMES})
