from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.errors import PeriodError
from disclosure_trends.vocabulary.periods import (
    FREQS,
    Window,
    format_period,
    next_period,
    parse_as_of,
    parse_period,
    period_freq,
    period_range,
    previous_period,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024-09-01", date(2024, 9, 1), date(2024, 9, 1)),
        # ISO 8601: week 36 of 2024 runs from Monday 2 to Sunday 8 September.
        ("2024-W36", date(2024, 9, 2), date(2024, 9, 8)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("2024H2", date(2024, 7, 1), date(2024, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02-17..2025-02-17", date(2024, 2, 17), date(2025, 2, 17)),
    ],
)
def test_a_period_is_read_with_both_ends_inclusive(text, start, end):
    assert parse_period(text) == Window(start, end)
    assert parse_period(text).text == text


@pytest.mark.parametrize(
    "text", ["2024Q5", "2024-13", "2024-02-30", "20242131", "2025401", "Q3 2024", ""]
)
def test_what_is_no_period_is_refused_with_the_allowed_forms(text):
    with pytest.raises(PeriodError) as error:
        parse_period(text, name="before")
    assert str(error.value) == (
        f"before: {text!r} is not a period; write 2024-09-01, 2024-W36, 2024-09, "
        "2024Q3, 2024H1, 2024 or 2024-01-01..2024-09-30"
    )


def test_a_window_that_ends_before_it_starts_is_refused():
    with pytest.raises(PeriodError, match="2024-01-01 is before the first day"):
        parse_period("2024-02-01..2024-01-01")


@given(day=DAYS, freq=st.sampled_from(FREQS))
def test_the_period_of_a_day_contains_it_and_reads_back(day, freq):
    text = format_period(day, freq=freq)
    window = parse_period(text)
    assert window.start <= day <= window.end
    assert period_freq(text) == freq
    assert previous_period(next_period(text)) == text
    assert parse_period(next_period(text)).start > window.end


@given(first=DAYS, days=st.integers(0, 900), freq=st.sampled_from(FREQS))
def test_a_range_of_periods_leaves_no_day_out(first, days, freq):
    last = date.fromordinal(first.toordinal() + days)
    windows = [parse_period(p) for p in period_range(first, last, freq=freq)]
    assert windows[0].start <= first
    assert windows[-1].end >= last
    for earlier, later in pairwise(windows):
        assert later.start.toordinal() == earlier.end.toordinal() + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2024Q3", "July to September 2024"),
        ("2024-01-01..2024-09-30", "January to September 2024"),
        ("2024", "2024"),
        ("2024-09", "September 2024"),
        ("2024-08-28", "28 August 2024"),
        ("2024-02-17..2025-02-17", "17 February 2024 to 17 February 2025"),
        ("2023-10-01..2024-03-31", "October 2023 to March 2024"),
    ],
)
def test_a_window_reads_in_words(text, words):
    assert parse_period(text).words == words


def test_windows_contain_and_overlap():
    nine_months = parse_period("2024-01-01..2024-09-30")
    assert nine_months.contains(parse_period("2024Q3"))
    assert not nine_months.contains(parse_period("2024"))
    assert nine_months.overlaps(parse_period("2024"))
    assert not nine_months.overlaps(parse_period("2024Q4"))
    assert nine_months.days == 274  # 366 days less October to December (92)


def test_the_day_of_knowledge_is_a_day():
    assert parse_as_of("2024-12-31") == parse_as_of(date(2024, 12, 31))
    with pytest.raises(PeriodError) as error:
        parse_as_of("2024-12")
    assert str(error.value) == "as_of: '2024-12' is not a day; write it as 2024-12-31"


def test_midnight_is_a_day_and_another_time_is_none():
    midnight = parse_as_of(pd.Timestamp("2024-12-31"))
    assert midnight == date(2024, 12, 31)
    assert type(midnight) is date
    for wrong in (pd.Timestamp("2024-12-31 09:00"), pd.NaT):
        with pytest.raises(PeriodError) as error:
            parse_as_of(wrong)
        assert str(error.value) == (
            f"as_of: '{wrong}' is not a day; write it as 2024-12-31"
        )
