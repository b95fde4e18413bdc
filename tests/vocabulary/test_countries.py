import csv
import importlib.util
from pathlib import Path

import pytest

from disclosure_trends.vocabulary import countries
from disclosure_trends.vocabulary.countries import (
    country_aliases,
    country_codes,
    country_name,
    normalise_name,
    not_countries,
    withdrawn_codes,
)


def _code(spelling):
    return country_aliases().get(normalise_name(spelling))


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("NA", "NA"),
        ("no", "NO"),
        ("Namibia", "NA"),
        ("EL", "GR"),
        ("UK", "GB"),
        ("GBR", "GB"),
        ("  united   kingdom ", "GB"),
        ("U.S.A.", "US"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Côte d’Ivoire", "CI"),
        ("Czech Republic", "CZ"),
        ("XKX", "XK"),
        ("Deutschland", "DE"),
        ("Германия", "DE"),
        ("ドイツ", "DE"),
        ("टोगो", "TG"),
        ("टोंगा", "TO"),
        ("South Korea", "KR"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
    ],
)
def test_a_spelling_reaches_its_country(spelling, code):
    assert _code(spelling) == code


@pytest.mark.parametrize(
    "spelling", ["Korea", "Congo", "EU", "SU", "", "N/A", "Europe", "Malli"]
)
def test_what_names_no_single_country_reaches_none(spelling):
    assert _code(spelling) is None


def test_withdrawn_codes_and_non_countries_are_told_apart():
    assert {"su", "an", "yu", "cs", "dd", "tp", "zr"} <= withdrawn_codes()
    assert {"eu", "un", "europe", "n a"} <= not_countries()
    assert not withdrawn_codes() & not_countries()
    assert not (withdrawn_codes() | not_countries()) & country_aliases().keys()


def test_codes_have_names():
    assert len(country_codes()) == 250  # 249 of ISO 3166-1 (2024) and XK
    assert country_codes() == countries.COUNTRY_CODES
    assert country_name("GB") == "United Kingdom"
    assert country_name("NA") == "Namibia"
    assert set(country_aliases().values()) == set(country_codes())


def test_the_tables_equal_a_fresh_build():
    pytest.importorskip("babel")
    pytest.importorskip("pycountry")
    script = Path(__file__).parents[1] / "golden" / "build_countries.py"
    spec = importlib.util.spec_from_file_location("build_countries", script)
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    for name, rows in (
        ("countries.csv", build.country_names()),
        ("country_aliases.csv", build.build_aliases()),
    ):
        with (build.VOCABULARY / name).open(encoding="utf-8", newline="") as file:
            stored = list(csv.reader(file))[1:]
        assert stored == [list(row) for row in rows.items()]
        assert all("\n" not in key for key in rows)
