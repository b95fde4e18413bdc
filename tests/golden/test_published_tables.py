"""The shipped tables hold the facts they were made from, each with its source."""

import csv
import importlib.util
from datetime import date
from pathlib import Path

import pytest

from disclosure_trends.resources import shipped_path
from disclosure_trends.vocabulary.countries import country_codes

HERE = Path(__file__).parent


def _rows(name):
    path = shipped_path(f"data/published/{name}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_windows_equal_a_fresh_build(shared_data):
    pytest.importorskip("pycountry")
    spec = importlib.util.spec_from_file_location("b", HERE / "build_published.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert _rows("telegram.csv") == build.build(shared_data)


def test_every_figure_has_a_source_a_grade_and_a_day():
    for row in _rows("telegram.csv"):
        assert row["source_url"].startswith("http")
        assert row["source_grade"] in {"A", "B", "C", "X"}
        assert row["country"] in country_codes()
        start, end, seen = (
            date.fromisoformat(row[key])
            for key in ("period_start", "period_end", "observed_on")
        )
        assert start <= end < seen


def test_the_contradicted_table_is_graded_so():
    rows = _rows("telegram.csv")
    contradicted = [row for row in rows if row["source_grade"] == "X"]
    # Five countries of one secondary source, two measures each.
    assert len(contradicted) == 10
    assert {row["source_url"] for row in contradicted} == {
        "https://www.techxplore.it/telegram-dati-utenti-consegnati"
    }


def test_claims_hold_no_verdicts():
    claims = _rows("claims.csv")
    assert [claim["claim"] for claim in claims] == [
        "brazil_over_200",
        "india_nearly_7000",
        "europe_uptick",
        "europe_because_of_line",
        "since_2018",
        "not_a_major_shift",
    ]
    for claim in claims:
        assert not {"supported", "contradicted"} & set(" ".join(claim.values()).split())
        assert "verdict" not in claim
