"""Countries: ISO 3166-1 alpha-2 codes, their names and the spellings of each."""

import csv
import io
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from disclosure_trends.resources import vocabulary_text


@cache
def _names() -> Mapping[str, str]:
    rows = csv.DictReader(io.StringIO(vocabulary_text("countries.csv")))
    return MappingProxyType({row["country"]: row["name"] for row in rows})


@cache
def _with_article() -> frozenset[str]:
    text = vocabulary_text("countries_with_article.csv")
    return frozenset(row["country"] for row in csv.DictReader(io.StringIO(text)))


def country_codes() -> tuple[str, ...]:
    """List all country codes, sorted: ISO 3166-1 alpha-2 and `XK` for Kosovo."""
    return tuple(_names())


def country_name(code: str) -> str:
    """Name a country in English; a text that is no code is given back unchanged."""
    return _names().get(code, code)


def country_in_prose(code: str) -> str:
    """Name a country within a sentence: `France`, but `the United Kingdom`."""
    article = "the " if code in _with_article() else ""
    return f"{article}{country_name(code)}"


def normalise_name(text: str) -> str:
    """Bring a spelling into the form in which the alias table holds it.

    NFKC, casefold, everything but letters, numbers and combining marks to one space.
    Marks stay: without them Togo and Tonga are one word in Hindi.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
    return " ".join("".join(kept).split())


@cache
def country_aliases() -> Mapping[str, str]:
    """Map each normalised alias to its alpha-2 code."""
    rows = csv.DictReader(io.StringIO(vocabulary_text("country_aliases.csv")))
    return MappingProxyType({row["alias"]: row["country"] for row in rows})


def withdrawn_codes() -> frozenset[str]:
    """List the normalised codes and names of countries that no longer exist."""
    return _not_countries("withdrawn")


def not_countries() -> frozenset[str]:
    """List the normalised texts that name something other than a country."""
    return _not_countries("not_country")


@cache
def _not_countries(kind: str) -> frozenset[str]:
    rows = csv.DictReader(io.StringIO(vocabulary_text("not_countries.csv")))
    return frozenset(normalise_name(r["text"]) for r in rows if r["kind"] == kind)


def __getattr__(name: str) -> tuple[str, ...]:
    if name == "COUNTRY_CODES":
        return country_codes()
    raise AttributeError(name)
