"""Distinct spellings -> values: countries, terms, odd counts; nothing is guessed."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from disclosure_trends.logs.marks import COUNTS, repair_bits
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.vocabulary.columns import column_spec
from disclosure_trends.vocabulary.countries import (
    country_aliases,
    country_codes,
    normalise_name,
    not_countries,
    withdrawn_codes,
)
from disclosure_trends.vocabulary.reasons import reason_bit
from disclosure_trends.vocabulary.terms import (
    CHANNELS,
    closed_list,
    match_term,
    remove_invisible,
)

NUMBERED: Final = ("channel", "outcome")
"""Columns whose values have a number beside, as `value_number` gives it."""
REJECTED: Final = 2
"""Number of the outcome of which the ground says whether the request was valid."""
_VALIDITY_OF = {
    **dict.fromkeys(("disclosed", "partially_disclosed", "no_data", "preserved"), 1),
    "transferred": 0,
    "rejected": REJECTED,
}
_FAULTS = {
    "channel": "unknown_channel",
    "legal_process": "unknown_legal_process",
    "outcome": "unknown_outcome",
    "validity": "unknown_validity",
}
_EMPTY_IS_A_FAULT = ("channel", "legal_process", "outcome")
_GROUPED = re.compile("[0-9]{1,3}([,\u00a0\u202f ][0-9]{3})+")
_DOTTED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_WHOLE = re.compile(r"[0-9]+\.0+")
_FRACTION = re.compile(r"[0-9]*[.,][0-9]+|[0-9]+[.,]")
_NEGATIVE = re.compile("[-\u2212]\\s*[0-9][0-9.,\u00a0\u202f ]*|\\([0-9][0-9.,]*\\)")
_EXPONENT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+")
_LONG_EXPONENT = 9
_LONG_SPELLING = 60
# Cyrillic and Greek letters that look like Latin capitals.
_LOOK_ALIKES = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406"
    "\u0408\u0405\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1"
    "\u03a4\u03a5\u03a7",
    "ABEKMHOPCTYXIJSABEZHIKMNOPTYX",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What one spelling of one column means.

    Attributes
    ----------
    value : str or None
        The canonical value; None for an empty cell and for a fault.
    number : int or None
        The value of a count.
    fault : int
        Bit of the reason to quarantine its records; 0 for none.
    repair : int
        Mask of the repairs that led to the value.
    """

    value: str | None = None
    number: int | None = None
    fault: int = 0
    repair: int = 0


def map_spelling(column: str, spelling: str, *, read: ReadOptions) -> Mapped:
    """Say what a spelling means, by tables alone.

    Parameters
    ----------
    column : str
        Canonical column: a country, a term, a count or a flag.
    spelling : str
        A text as it stands in the log; ``""`` is the empty cell.
    read : ReadOptions
        What the analyst declared for the file: `terms`, `empty`, `max_accounts`.

    Returns
    -------
    Mapped
        A value, an empty cell, or the reason why it is neither.
    """
    if spelling in read.empty.get(column, ()):
        spelling = ""
    own = own_word(column, spelling, read=read)
    if own is not None:
        return _map_own(column, own, read=read)
    text = remove_invisible(spelling).strip()
    if not text:
        return _map_empty(column)
    if column == "country":
        return _map_country(spelling, text)
    if column in COUNTS:
        return _map_count(column, spelling, max_accounts=read.max_accounts)
    return _map_term(column, spelling)


def own_word(column: str, spelling: str, *, read: ReadOptions) -> str | None:
    """Return what the analyst declared for a spelling, if anything.

    Parameters
    ----------
    column, spelling : str
        Canonical column and the text of a cell.
    read : ReadOptions
        Its `terms`: own word -> canonical value, compared exactly, then trimmed.

    Returns
    -------
    str or None
        The declared value.
    """
    words: Mapping[str, str] = read.terms.get(column, {})
    return words.get(spelling, words.get(spelling.strip()))


def value_number(column: str, meaning: Mapped) -> int | None:
    """Return the number that the rules compare instead of a word.

    Parameters
    ----------
    column : str
        Canonical column.
    meaning : Mapped
        What a spelling means.

    Returns
    -------
    int or None
        Of a channel its place in the closed list, as a set of designated channels has
        it; of an outcome 1 if it says that the request was valid, 0 if it was not, and
        `REJECTED` where the ground decides. None where the word says nothing, and the
        count itself of counts.
    """
    if column == "channel" and meaning.value not in (None, "unknown"):
        return CHANNELS.index(str(meaning.value))
    if column == "outcome":
        return _VALIDITY_OF.get(str(meaning.value))
    return meaning.number


def default_fault(column: str) -> int:
    """Return the reason for a spelling that is in no table, as a bit; 0 for none."""
    if column == "country":
        return reason_bit("unknown_country")
    if column in COUNTS:
        return reason_bit("not_a_number")
    return reason_bit(_FAULTS[column]) if column in _FAULTS else 0


def suggest(column: str, spelling: str) -> str | None:
    """Name the nearest value of a closed list: a hint, never applied.

    Parameters
    ----------
    column : str
        A term column or ``country``.
    spelling : str
        A text that means nothing.

    Returns
    -------
    str or None
        A canonical value, or None where nothing is near.
    """
    if len(spelling) > _LONG_SPELLING:
        return None
    if column == "country":
        close = get_close_matches(
            normalise_name(spelling), country_aliases(), n=1, cutoff=0.75
        )
        return country_aliases()[close[0]] if close else None
    if column_spec(column).kind != "term":
        return None
    words = {value.replace("_", " "): value for value in closed_list(column)}
    close = get_close_matches(spelling.casefold(), words, n=1, cutoff=0.75)
    return words[close[0]] if close else None


def _map_own(column: str, value: str, *, read: ReadOptions) -> Mapped:
    if not value:
        return _map_empty(column)
    if column == "country":
        return _map_country(value, value)
    if column in COUNTS:
        return _map_count(column, value, max_accounts=read.max_accounts)
    if column_spec(column).kind in ("term", "flag") and value not in closed_list(
        column
    ):
        return Mapped(fault=default_fault(column))
    return Mapped(value=value)


def _map_empty(column: str) -> Mapped:
    if column == "country":
        return Mapped(fault=reason_bit("missing_country"))
    return Mapped(fault=default_fault(column) if column in _EMPTY_IS_A_FAULT else 0)


def _map_term(column: str, spelling: str) -> Mapped:
    value = match_term(column, spelling)
    if value is None:
        return Mapped(fault=default_fault(column))
    if column == "emergency" or value == spelling:
        return Mapped(value=value)
    kind = "blanks" if value == spelling.strip() else "spelling"
    return Mapped(value=value, repair=repair_bits(column, [kind]))


def _map_country(spelling: str, text: str) -> Mapped:
    key = normalise_name(text)
    code = country_aliases().get(key)
    if code is None:
        return Mapped(fault=reason_bit(_country_fault(text, key)))
    if code == spelling:
        return Mapped(value=code)
    if code == spelling.strip():
        kind = "blanks"
    else:
        kind = "spelling" if code == text.upper() else "name"
    return Mapped(value=code, repair=repair_bits("country", [kind]))


def _country_fault(text: str, key: str) -> str:
    if key in withdrawn_codes():
        return "withdrawn_country"
    if key in not_countries():
        return "not_a_country"
    latin = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    mixed = len(_scripts(text)) > 1
    known = normalise_name(latin) in country_aliases() or latin in country_codes()
    looks_latin = latin != unicodedata.normalize("NFKC", text).upper()
    return (
        "confusable_country"
        if mixed or (looks_latin and known)
        else ("unknown_country")
    )


def _scripts(text: str) -> set[str]:
    """Scripts of the letters of a text that are easily taken for one another."""
    return {
        script
        for character in text
        if (script := unicodedata.name(character, "").split(" ")[0])
        in ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
    }


def _map_count(column: str, spelling: str, *, max_accounts: int) -> Mapped:
    text = spelling.strip()
    kinds = [] if text == spelling else ["blanks"]
    digits = _ascii_digits(text)
    if digits is None:
        return Mapped(fault=reason_bit("not_a_number"))
    if digits != text:
        kinds.append("digits")
    if _GROUPED.fullmatch(digits):
        kinds.append("thousands")
        digits = re.sub("[^0-9]", "", digits)
    elif _WHOLE.fullmatch(digits) and not _DOTTED.fullmatch(digits):
        kinds.append("decimal_zero")
        digits = digits.split(".")[0]
    if not re.fullmatch("[0-9]+", digits):
        return Mapped(fault=reason_bit(_count_fault(digits, max_accounts)))
    plain = digits.lstrip("0") or "0"
    if len(plain) > len(str(max_accounts)) or int(plain) > max_accounts:
        return Mapped(fault=reason_bit("implausible_count"))
    return Mapped(number=int(plain), repair=repair_bits(column, kinds))


def _ascii_digits(text: str) -> str | None:
    """Write the decimal digits of one script in ASCII; None where scripts are mixed."""
    if text.isascii():
        return text
    zeros = {
        ord(character) - unicodedata.decimal(character)
        for character in text
        if unicodedata.category(character) == "Nd"
    }
    if len(zeros) > 1:
        return None
    return "".join(
        str(unicodedata.decimal(character))
        if unicodedata.category(character) == "Nd"
        else character
        for character in text
    )


def _count_fault(text: str, max_accounts: int) -> str:
    if _NEGATIVE.fullmatch(text):
        return "negative_count"
    if _EXPONENT.fullmatch(text):
        return "implausible_count" if _is_above(text, max_accounts) else "not_a_number"
    if _DOTTED.fullmatch(text):
        return "ambiguous_number"
    return "non_integer_count" if _FRACTION.fullmatch(text) else "not_a_number"


def _is_above(text: str, limit: int) -> bool:
    """Compare an exponent form with the limit, without ever making a float of it."""
    mantissa, exponent = text.lower().lstrip("+-").split("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return False
    # Powers are compared by their length first: nobody's exponent fills the memory.
    places = len(digits) - len(fraction) + int(exponent[:_LONG_EXPONENT])
    if places != len(str(limit)):
        return places > len(str(limit))
    shown = digits[:places].ljust(places, "0")
    return shown > str(limit) or (
        shown == str(limit) and bool(digits[places:].strip("0"))
    )
