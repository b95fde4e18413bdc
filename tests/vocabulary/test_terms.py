"""Spellings mean one value each; the closed lists are whole."""

import csv
import io

import pytest

from disclosure_trends.resources import vocabulary_text
from disclosure_trends.vocabulary.columns import (
    COLUMN_NAMES,
    REQUIRED_COLUMNS,
    header_aliases,
    normalise_header,
)
from disclosure_trends.vocabulary.lines import designated_lines
from disclosure_trends.vocabulary.terms import (
    CHANNELS,
    closed_list,
    match_term,
    normalise_term,
    term_aliases,
)

TERM_COLUMNS = (
    "channel",
    "legal_process",
    "outcome",
    "validity",
    "refusal_ground",
    "authority_type",
    "emergency",
)


def _rows(name):
    return list(csv.DictReader(io.StringIO(vocabulary_text(name))))


@pytest.mark.parametrize("column", TERM_COLUMNS)
def test_every_spelling_means_one_value_of_the_closed_list(column):
    seen = {}
    for row in _rows("terms.csv"):
        if row["column"] == column:
            assert row["value"] in closed_list(column)
            assert row["source"]
            key = normalise_term(row["spelling"])
            assert seen.setdefault(key, row["value"]) == row["value"]
    for value in closed_list(column):
        assert match_term(column, value) == value


def test_terms_name_no_column_but_theirs():
    assert {row["column"] for row in _rows("terms.csv")} == set(TERM_COLUMNS)


@pytest.mark.parametrize(
    ("column", "spelling", "value"),
    [
        ("channel", "portal", "le_portal"),
        ("channel", "DSA Contact-Point", "dsa_contact_point"),
        ("channel", "dsacontactpoint", "dsa_contact_point"),
        ("channel", " E\u2011Mail ", "email"),
        ("channel", "\uff26\uff21\uff38", "fax"),
        ("channel", "em\u200bail", "email"),
        ("legal_process", "Gerichtsbeschluss", "court_order"),
        ("outcome", "AwaitingDisclosure", "pending"),
        ("outcome", "teilweise", "partially_disclosed"),
        ("outcome", "perhaps", None),
        ("outcome", "Successful", None),
        ("validity", "", None),
    ],
)
def test_spellings(column, spelling, value):
    assert match_term(column, spelling) == value


def test_headers_name_known_columns_once():
    rows = _rows("headers.csv")
    assert len({row["header"] for row in rows}) == len(rows)
    assert all(row["column"] in COLUMN_NAMES for row in rows)
    assert all(normalise_header(row["header"]) == row["header"] for row in rows)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("status", "outcome"),
        ("decided_at", "closed_at"),
        ("source_tz", "source_timezone"),
        ("n_accounts", "accounts_requested"),
        (" Received At ", "received_at"),
        ("\ufeffREQUEST-ID", "request_id"),
    ],
)
def test_header_aliases(header, column):
    assert header_aliases()[normalise_header(header)] == column


def test_required_columns_come_first():
    assert COLUMN_NAMES[: len(REQUIRED_COLUMNS)] == REQUIRED_COLUMNS


def test_lines_are_channels_with_a_source():
    lines = designated_lines()
    assert set(lines["channel"]) <= set(CHANNELS)
    assert lines["source_url"].str.startswith("https://").all()
    assert str(lines.loc[0, "valid_from"]) == "2024-02-17"  # DSA, Art. 93(2)


def test_aliases_hold_normalised_keys():
    for column in TERM_COLUMNS:
        assert all(normalise_term(key) == key for key in term_aliases(column))
