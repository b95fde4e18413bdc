"""Messages in the forms seen in the collectors' issues 36, 54, 55, 64, 77, 78, 93."""

import pytest

from disclosure_trends.counts.published import load_published
from disclosure_trends.errors import PublishedFiguresError, SettingsError

SINGLE = """Transparency report for the period 01.01.24–30.09.24

Fulfilled requests from Romania for IP address and/or phone number: 3
Affected users: 3
"""
QUARTERS = """Transparency report for the period 1 January 2025 to 30 June 2025

Fulfilled requests from your country for IP address and/or phone number:
Q1 — 37
Q2 - 27
Total: 64

Affected users:
Q1 — 88
Q2 – 71

All requests are processed according to paragraph 8.3 of the Privacy Policy.
The next transparency report will be published in October 2025.
"""


def _rows(published):
    return [
        (
            r.country,
            str(r.period_start.date()),
            str(r.period_end.date()),
            r.measure,
            r.value,
        )
        for r in published.table.itertuples()
    ]


def test_nine_months_without_quarters_are_one_window():
    assert _rows(load_published(SINGLE)) == [
        ("RO", "2024-01-01", "2024-09-30", "requests_fulfilled", 3),
        ("RO", "2024-01-01", "2024-09-30", "users_affected", 3),
    ]


def test_quarters_and_a_stated_total_are_all_kept():
    published = load_published(QUARTERS, country="RO")
    assert _rows(published) == [
        ("RO", "2025-01-01", "2025-03-31", "requests_fulfilled", 37),
        ("RO", "2025-04-01", "2025-06-30", "requests_fulfilled", 27),
        ("RO", "2025-01-01", "2025-06-30", "requests_fulfilled", 64),
        ("RO", "2025-01-01", "2025-03-31", "users_affected", 88),
        ("RO", "2025-04-01", "2025-06-30", "users_affected", 71),
    ]
    assert "The next figures are announced for October 2025." in [
        check.text for check in published.checks
    ]


def test_several_messages_in_one_file(tmp_path):
    path = tmp_path / "pasted.txt"
    path.write_text(SINGLE + QUARTERS, encoding="utf-8")
    assert len(load_published(path, country="RO").table) == 7


def test_a_total_that_is_not_the_sum_is_refused_with_both_numbers():
    with pytest.raises(PublishedFiguresError) as error:
        load_published(QUARTERS.replace("Total: 64", "Total: 65"), country="RO")
    assert str(error.value) == (
        "pasted text, message 1, fulfilled requests: the total is 65 but the quarters "
        "add up to 64; check the pasted text"
    )


def test_your_country_needs_a_country():
    with pytest.raises(PublishedFiguresError) as error:
        load_published(QUARTERS)
    assert str(error.value) == (
        "pasted text, message 1: the country is given as 'your country'; give country= "
        "with an ISO 3166-1 code such as 'FR'"
    )


def test_a_quarter_outside_the_period_is_refused():
    with pytest.raises(
        PublishedFiguresError, match="2025Q3 does not lie in the period"
    ):
        load_published(QUARTERS.replace("Q2 - 27", "Q3 - 27"), country="RO")


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(PublishedFiguresError, match="a day that does not exist"):
        load_published(SINGLE.replace("30.09.24", "31.09.24"))


def test_an_unknown_layout_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(SettingsError) as error:
        load_published(SINGLE, layout="bot")
    assert "known are tidy, te-k, transparency-bot" in str(error.value)
    path = tmp_path / "what.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(PublishedFiguresError, match="is not recognised"):
        load_published(path)


@pytest.mark.parametrize("count", ["1.234", "1 234", "7,0", "12,34", "none"])
def test_a_count_that_is_not_written_as_one_is_never_cut_off(count):
    with pytest.raises(PublishedFiguresError) as error:
        load_published(SINGLE.replace("number: 3", f"number: {count}"))
    assert str(error.value) == (
        "pasted text, message 1, fulfilled requests: there is no count; expected a "
        "number or lines such as 'Q1 - 37'"
    )


def test_thousands_are_read():
    published = load_published(SINGLE.replace("number: 3", "number: 1,234"))
    assert _rows(published)[0][-1] == 1234


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            QUARTERS.replace("Q2 - 27", "Q1 - 27"),
            "message 1, fulfilled requests: 2025Q1 stands twice; check the pasted text",
        ),
        (
            QUARTERS.replace("Q2 - 27", "Q2 - 2.7"),
            "message 1, fulfilled requests: the line 'Q2 - 2.7' holds no count that "
            "can be read; expected 'Q1 - 1,234'",
        ),
        (
            QUARTERS.replace("30 June 2025", "30 June 2026"),
            "message 1, fulfilled requests: the period 2025-01-01..2026-06-30 spans "
            "two years, so Q1 could be of either; paste a message for each year",
        ),
        (
            QUARTERS.replace("30 June 2025", "30 June 2024"),
            "message 1: the period ends (2024-06-30) before it starts (2025-01-01); "
            "check the pasted text",
        ),
    ],
)
def test_a_message_that_cannot_be_meant_is_refused(changed, message):
    with pytest.raises(PublishedFiguresError) as error:
        load_published(changed, country="RO")
    assert str(error.value) == f"pasted text, {message}"


def test_a_table_is_no_message():
    with pytest.raises(PublishedFiguresError) as error:
        load_published("platform,country\n", layout="transparency-bot")
    assert str(error.value) == (
        "pasted text: there is no message; expected 'Transparency report for the "
        "period ...', pasted as text"
    )
