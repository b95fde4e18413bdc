"""Build the country tables of the vocabulary from CLDR and ISO 3166-1.

Run: `.venv/bin/python tests/golden/build_countries.py` rewrites the two CSV files;
`tests/vocabulary/test_countries.py` compares them with a fresh build.
"""

import csv
from pathlib import Path

import pycountry
from babel import Locale

from disclosure_trends.vocabulary.countries import normalise_name

VOCABULARY = Path(__file__).parents[2] / "analysis" / "disclosure_trends" / "vocabulary"
# fmt: off
LANGUAGES = (
    "en", "de", "fr", "es", "it", "pl", "nl", "pt", "ro", "ja", "ko", "hi", "ru",
    "ar", "tr", "uk", "sv", "da", "fi", "cs", "el", "hu", "bg", "id", "bn",
)
# fmt: on
# CLDR knows Kosovo by a user-assigned code; ISO 3166-1 has none.
KOSOVO = "XK"
# CLDR's English names that a chart has no room for.
SHORT_NAMES = {
    "CD": "DR Congo",
    "CG": "Congo",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macao",
    "PS": "Palestine",
}
# Names shared by two countries in at least one language: they stay unmapped.
KNOWN_AMBIGUOUS = {"コンゴ", "kongo", "congo", "korea", "corea", "corée"}


def country_codes() -> list[str]:
    return sorted([*(country.alpha_2 for country in pycountry.countries), KOSOVO])


def country_names() -> dict[str, str]:
    territories = Locale("en").territories
    return {
        code: SHORT_NAMES.get(code, territories[code].replace("’", "'"))
        for code in country_codes()
    }


def spellings(code: str) -> list[str]:
    """List every name and code of one country, as the sources write them."""
    found = [code]
    found += [
        name
        for language in LANGUAGES
        if (name := Locale(language).territories.get(code))
    ]
    country = pycountry.countries.get(alpha_2=code)
    if country is not None:
        found += [country.alpha_3, country.name]
        found += [
            getattr(country, key)
            for key in ("common_name", "official_name")
            if hasattr(country, key)
        ]
    return found


def build_aliases() -> dict[str, str]:
    """Map every normalised alias to one country; an unlisted clash fails."""
    reached: dict[str, set[str]] = {}
    for code in country_codes():
        for spelling in spellings(code):
            reached.setdefault(normalise_name(spelling), set()).add(code)
    with (VOCABULARY / "country_aliases_by_hand.csv").open(encoding="utf-8") as file:
        by_hand = {
            normalise_name(row["alias"]): row["country"] for row in csv.DictReader(file)
        }
    clashes = {
        alias: sorted(codes)
        for alias, codes in reached.items()
        if len(codes) > 1 and alias not in by_hand
    }
    unlisted = clashes.keys() - KNOWN_AMBIGUOUS
    if unlisted:
        listed = "; ".join(f"{alias}: {clashes[alias]}" for alias in sorted(unlisted))
        raise SystemExit(f"aliases that reach two countries: {listed}")
    aliases = {alias: min(codes) for alias, codes in reached.items()}
    aliases |= by_hand
    barred = KNOWN_AMBIGUOUS - by_hand.keys()
    return {a: aliases[a] for a in sorted(aliases) if a and a not in barred}


def write_rows(name: str, header: tuple[str, str], rows: dict[str, str]) -> None:
    with (VOCABULARY / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows.items())


if __name__ == "__main__":
    write_rows("countries.csv", ("country", "name"), country_names())
    write_rows("country_aliases.csv", ("alias", "country"), build_aliases())
