"""The check of every field of the read options: what is allowed, and what is kept."""

import codecs
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeAlias
from zoneinfo import available_timezones

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.formats.own_columns import FirstOf, Join, Own
from disclosure_trends.vocabulary.columns import COLUMNS

BLANK = "???"
"""What a preview writes where only a person knows the answer."""

DATE_ORDERS = ("dmy", "mdy")
LAYOUTS = ("epoch_s", "epoch_ms", "excel_serial")
ID_SOURCES = ("column", "row")
ROW_UNITS = ("request", "account")

Constant: TypeAlias = str | int
Check: TypeAlias = Callable[[str, object], object]


def canonical_names() -> tuple[str, ...]:
    """Return the canonical column names in canonical order."""
    return tuple(column.name for column in COLUMNS)


def _fail(where: str, found: object, allowed: str, advice: str = "") -> SettingsError:
    return SettingsError(f"{where}: got {found!r}; {allowed}{advice}")


def _text(where: str, value: object) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise _fail(where, value, "it takes a text, or is left out")


def _encoding(where: str, value: object) -> str | None:
    text = _text(where, value)
    if text is None or text == BLANK:
        return text
    try:
        info = codecs.lookup(text)
    except LookupError:
        known = ("utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "latin-1", "cp437")
        raise _fail(
            where,
            text,
            "it takes the name of a code page, as cp1252",
            nearest(text, known),
        ) from None
    # A codec such as base64 turns bytes into bytes: it is no code page.
    if not getattr(info, "_is_text_encoding", True) or info.name in _NOT_PAGES:
        raise _fail(where, text, "it takes the name of a code page, as cp1252")
    return text


_NOT_PAGES = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"}
)


def _zone(where: str, value: object) -> str | None:
    text = _text(where, value)
    if text is None or text == BLANK or text in available_timezones():
        return text
    hint = nearest(text, available_timezones())
    raise _fail(where, text, "it takes an IANA zone, as Europe/Warsaw", hint)


def _one_of(allowed: tuple[str, ...]) -> Check:
    def check(where: str, value: object) -> object:
        if value is None or value in (*allowed, BLANK):
            return value
        raise _fail(
            where, value, f"it is {_listed(allowed)}", nearest(str(value), allowed)
        )

    return check


def _words(where: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise _fail(where, value, "it takes a list of texts")
    words = tuple(value)
    if not all(isinstance(word, str) for word in words):
        raise _fail(where, value, "it takes a list of texts")
    return words


def _layouts(where: str, value: object) -> tuple[str, ...]:
    words = _words(where, value)
    for word in words:
        if word not in LAYOUTS:
            hint = nearest(word, LAYOUTS)
            raise _fail(where, word, f"each is {_listed(LAYOUTS)}", hint)
    return words


def _header(where: str, value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    words = _words(where, value)
    if not words:
        raise _fail(where, words, "it takes the names of all columns in order")
    return words


def _count(least: int) -> Check:
    def check(where: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        raise _fail(where, value, f"it takes a whole number from {least} up")

    return check


def _share(where: str, value: object) -> float | str:
    if value == BLANK:
        return BLANK
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 <= float(str(value)) <= 1:
        return float(str(value))
    raise _fail(where, value, "it takes a share from 0 to 1, as 0.2")


def _flag(where: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _fail(where, value, "it is true or false")


def _day(where: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        if isinstance(value, str) and (
            value == BLANK or (len(value) == 10 and date.fromisoformat(value))
        ):
            return value
    except ValueError:
        pass
    raise _fail(where, value, "it takes a day, as 2013-01-01")


def _by_column(where: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _fail(where, value, "it takes a mapping from canonical columns")
    for name in value:
        _canonical(where, name)
    return value


def _canonical(where: str, name: object) -> None:
    if name not in canonical_names():
        hint = nearest(str(name), canonical_names())
        allowed = f"the canonical columns are {', '.join(canonical_names())}"
        raise _fail(where, name, allowed, hint)


def _columns(where: str, value: object) -> dict[str, Own]:
    kept: dict[str, Own] = {}
    for name, own in _by_column(where, value).items():
        if not isinstance(own, str | Join | FirstOf) or own == "":
            raise _fail(
                f"{where}.{name}",
                own,
                "it takes the own name of one column; for several say "
                'Join("A", "B") to join their texts or FirstOf("A", "B") '
                "for the first that is filled",
            )
        kept[name] = own
    return kept


_NO_VALUE = ("", "True", "False")


def _constants(where: str, value: object) -> dict[str, Constant]:
    kept: dict[str, Constant] = {}
    for name, constant in _by_column(where, value).items():
        if not isinstance(constant, str | int) or str(constant).strip() in _NO_VALUE:
            raise _fail(
                f"{where}.{name}",
                constant,
                "it takes one value, a text or a whole number, that is true of every "
                "row; a column without a value belongs into not_recorded",
            )
        kept[name] = constant
    if "request_id" in kept:
        raise _fail(
            f"{where}.request_id",
            kept["request_id"],
            "an id is of one request; a log without ids has ids='row'",
        )
    return kept


def _not_recorded(where: str, value: object) -> tuple[str, ...]:
    names = _words(where, value)
    for name in names:
        _canonical(where, name)
        if name in ("request_id", "received_at"):
            raise _fail(
                where,
                name,
                "a log must say when each request came, and which it is; a log without "
                "ids has ids='row'",
            )
    return names


def _empty(where: str, value: object) -> dict[str, tuple[str, ...]]:
    return {
        name: _words(f"{where}.{name}", words)
        for name, words in _by_column(where, value).items()
    }


def _terms(where: str, value: object) -> dict[str, dict[str, str]]:
    kept = {}
    for name, words in _by_column(where, value).items():
        if not isinstance(words, Mapping) or not all(
            isinstance(own, str) and isinstance(term, str)
            for own, term in words.items()
        ):
            raise _fail(
                f"{where}.{name}", words, "it takes a mapping own word -> value"
            )
        kept[name] = dict(words)
    return kept


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(repr(word) for word in words)


CHECKS: dict[str, Check] = {
    "encoding": _encoding,
    "source_timezone": _zone,
    "date_order": _one_of(DATE_ORDERS),
    "layouts": _layouts,
    "sheet": _text,
    "header": _header,
    "skip_lines": _count(0),
    "columns": _columns,
    "constants": _constants,
    "not_recorded": _not_recorded,
    "ids": _one_of(ID_SOURCES),
    "row_is": _one_of(ROW_UNITS),
    "empty": _empty,
    "terms": _terms,
    "later_file_wins": _flag,
    "min_date": _day,
    "max_accounts": _count(1),
    "max_quarantine_share": _share,
}
