"""What one spelling means: countries, counts, terms."""

import pytest

from disclosure_trends.logs.marks import REPAIRS
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.rules.mapping import map_spelling, suggest
from disclosure_trends.vocabulary.reasons import codes_of

READ = ReadOptions()


def _meaning(column, spelling, read=READ):
    mapped = map_spelling(column, spelling, read=read)
    fault = codes_of(mapped.fault)
    value = mapped.number if mapped.number is not None else mapped.value
    repairs = [kind for n, (_, kind) in enumerate(REPAIRS) if mapped.repair >> n & 1]
    return value, "".join(fault), repairs


@pytest.mark.parametrize(
    ("spelling", "value", "fault", "repairs"),
    [
        ("NA", "NA", "", []),  # Namibia, not a missing value
        ("NO", "NO", "", []),  # Norway, not a boolean
        ("de", "DE", "", ["spelling"]),
        (" DE ", "DE", "", ["blanks"]),
        ("D\u200bE", "DE", "", ["spelling"]),
        ("DEU", "DE", "", ["name"]),
        ("Deutschland", "DE", "", ["name"]),
        ("UK", "GB", "", ["name"]),
        ("", None, "missing_country", []),
        ("  ", None, "missing_country", []),
        ("QQ", None, "unknown_country", []),
        ("Ruritania", None, "unknown_country", []),
        ("../x", None, "unknown_country", []),
        ("Korea", None, "unknown_country", []),  # which of the two is not said
        ("EU", None, "not_a_country", []),
        ("World", None, "not_a_country", []),
        ("CS", None, "withdrawn_country", []),
        ("D\u0415", None, "confusable_country", []),  # a Cyrillic letter
        (
            "\u0420\u0415",
            None,
            "confusable_country",
            [],
        ),  # both Cyrillic, looks like PE
    ],
)
def test_countries(spelling, value, fault, repairs):
    assert _meaning("country", spelling) == (value, fault, repairs)


@pytest.mark.parametrize(
    ("spelling", "value", "fault", "repairs"),
    [
        (" 7 ", 7, "", ["blanks"]),
        ("1,234", 1234, "", ["thousands"]),
        ("1\u00a0234", 1234, "", ["thousands"]),
        ("\u0663", 3, "", ["digits"]),
        ("\uff11\uff12", 12, "", ["digits"]),
        ("4.0", 4, "", ["decimal_zero"]),
        ("0000007", 7, "", []),
        ("\uff11\u0663", None, "not_a_number", []),  # digits of two scripts
        ("\u00b2", None, "not_a_number", []),  # superscript two is no digit
        ("1.5", None, "non_integer_count", []),
        ("2,5", None, "non_integer_count", []),
        ("1e3", None, "not_a_number", []),
        ("5e8", None, "implausible_count", []),
        ("1e999999999", None, "implausible_count", []),
        ("1" + "0" * 9000 + "e1", None, "implausible_count", []),
        ("1.000001e5", None, "implausible_count", []),
        ("1.0e5", None, "not_a_number", []),
        ("0e99", None, "not_a_number", []),
        ("1e-99999", None, "not_a_number", []),
        ("1_000", None, "not_a_number", []),
        ("+3", None, "not_a_number", []),
        ("0x10", None, "not_a_number", []),
        ("2.345", None, "ambiguous_number", []),
        ("-2", None, "negative_count", []),
        ("(4)", None, "negative_count", []),
        ("9" * 20, None, "implausible_count", []),
        ("100001", None, "implausible_count", []),
        ("100000", 100000, "", []),
        ("several", None, "not_a_number", []),
        ("NaN", None, "not_a_number", []),
        ("inf", None, "not_a_number", []),
        ("TRUE", None, "not_a_number", []),
        ("-", None, "not_a_number", []),
        ("7 accts", None, "not_a_number", []),
        ("30%", None, "not_a_number", []),
        ("[1]", None, "not_a_number", []),
        ("", None, "", []),
    ],
)
def test_counts(spelling, value, fault, repairs):
    assert _meaning("accounts_requested", spelling) == (value, fault, repairs)


@pytest.mark.parametrize(
    ("column", "spelling", "value", "fault", "repairs"),
    [
        ("channel", "le_portal", "le_portal", "", []),
        ("channel", " le_portal", "le_portal", "", ["blanks"]),
        ("channel", "LE-Portal", "le_portal", "", ["spelling"]),
        ("channel", "telepathy", None, "unknown_channel", []),
        ("channel", "", None, "unknown_channel", []),
        ("legal_process", "verbal wish", None, "unknown_legal_process", []),
        ("outcome", "perhaps", None, "unknown_outcome", []),
        ("outcome", "", None, "unknown_outcome", []),
        ("validity", "perhaps", None, "unknown_validity", []),
        ("validity", "", None, "", []),
        ("refusal_ground", "perhaps", None, "", []),
    ],
)
def test_terms(column, spelling, value, fault, repairs):
    assert _meaning(column, spelling) == (value, fault, repairs)


def test_own_words_go_before_the_tables_and_name_the_empty_cell():
    read = ReadOptions(
        terms={"outcome": {"open": "rejected", "": "pending"}},
        empty={"country": ("n/a",)},
    )
    assert _meaning("outcome", "open", read) == ("rejected", "", [])
    assert _meaning("outcome", "", read) == ("pending", "", [])
    assert _meaning("country", "n/a", read) == (None, "missing_country", [])


def test_a_suggestion_is_never_applied():
    assert suggest("channel", "le portall") == "le_portal"
    assert suggest("outcome", "discontinued") is None
    assert suggest("country", "Germny") == "DE"
    assert suggest("accounts_requested", "seven") is None
    assert _meaning("channel", "le portall")[0] is None
