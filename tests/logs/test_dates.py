"""The rules for dates: layouts, the order of day and month, zones of rows."""

import pytest
from logs.outcomes import by_row
from small_logs import clean, ids, reasons

from disclosure_trends.errors import RequestLogError


def _all_received(texts, **read):
    """Read dates of receipt: each as ISO text, or the reasons against it."""
    log = clean(*[{"received_at": text, "closed_at": ""} for text in texts], **read)
    found = by_row(log, "received_at")
    return [one if isinstance(one, tuple) else one.isoformat() for one in found]


def _received(text, **read):
    return _all_received([text], **read)[0]


ACCEPTED_LAYOUTS = [
    ("2024-05-01", "2024-05-01T00:00:00+00:00"),
    ("2024/05/01", "2024-05-01T00:00:00+00:00"),
    ("2024-5-1", "2024-05-01T00:00:00+00:00"),
    ("2024-05-01T10:20", "2024-05-01T10:20:00+00:00"),
    ("2024-05-01 10:20:30", "2024-05-01T10:20:30+00:00"),
    ("2024-05-01T10:20:30Z", "2024-05-01T10:20:30+00:00"),
    ("2024-05-01t10:20:30z", "2024-05-01T10:20:30+00:00"),
    ("2024-05-01T10:20:30+02:00", "2024-05-01T08:20:30+00:00"),
    ("2024-05-01 10:20:30-0530", "2024-05-01T15:50:30+00:00"),
    ("2024-05-01 10:20:30+00", "2024-05-01T10:20:30+00:00"),
    ("2024-05-01 10:20 UTC", "2024-05-01T10:20:00+00:00"),
    ("2024-05-01 10:20:30 GMT", "2024-05-01T10:20:30+00:00"),
    ("2024-05-01T10:20:30.1239999Z", "2024-05-01T10:20:30.123999+00:00"),
    # Truncated, never rounded: the last nanosecond of a quarter stays in it.
    ("2024-06-30T23:59:59.999999999Z", "2024-06-30T23:59:59.999999+00:00"),
    ("2024-07-01T00:30:00+01:00", "2024-06-30T23:30:00+00:00"),
    ("Mar 05, 2024 01:34 PM", "2024-03-05T13:34:00+00:00"),
    ("March 5, 2024", "2024-03-05T00:00:00+00:00"),
    ("5 March 2024 12:05 AM", "2024-03-05T00:05:00+00:00"),
    ("Tue, 05 Mar 2024 10:00:00 GMT", "2024-03-05T10:00:00+00:00"),
    ("05-Mar-2024", "2024-03-05T00:00:00+00:00"),
    ("31/12/2023 13:05", "2023-12-31T13:05:00+00:00"),
    ("31.12.2023", "2023-12-31T00:00:00+00:00"),
    ("2024-02-29", "2024-02-29T00:00:00+00:00"),
    (" 2024-05-01\t", "2024-05-01T00:00:00+00:00"),
]


def test_accepted_layouts():
    assert _all_received([text for text, _ in ACCEPTED_LAYOUTS]) == [
        moment for _, moment in ACCEPTED_LAYOUTS
    ]


REFUSED_DATES = [
    ("", "missing_date"),
    ("  ", "missing_date"),
    ("pending", "unparsed_date"),
    ("3. Mai 2024", "unparsed_date"),
    ("2 lutego 2024", "unparsed_date"),
    ("2024-01-05 junk", "unparsed_date"),
    ("20240105", "unparsed_date"),
    ("2024-05-01T10", "unparsed_date"),
    ("2023-02-30", "invalid_date"),
    ("2023-02-29T10:00:00Z", "invalid_date"),
    ("0000-00-00", "invalid_date"),
    ("2024-17-03", "invalid_date"),
    ("31/02/2023 10:00", "invalid_date"),
    ("2024-05-01T25:00:00Z", "invalid_date"),
    ("2024-05-01T10:61:00Z", "invalid_date"),
    ("2024-05-01T10:00:00+15:00", "invalid_date"),
    ("Mar 05, 2024 13:34 PM", "invalid_date"),
    ("04-07-23", "two_digit_year"),
    ("230704", "two_digit_year"),
    ("5/7/23 10:00", "two_digit_year"),
    ("45123", "excel_serial_date"),
    ("45123.5", "excel_serial_date"),
    ("1700000000", "epoch_number"),
    ("1700000000000", "epoch_number"),
    ("2024-05-01T24:00:00Z", "nonstandard_time"),
    ("2016-12-31T23:59:60Z", "nonstandard_time"),
    ("2024-05-01 10:00 IST", "ambiguous_timezone"),
    ("2024-05-01 10:00:00 EST", "ambiguous_timezone"),
    ("1970-01-01T00:00:00Z", "before_min_date"),
    ("0001-01-01", "before_min_date"),
    ("2012-12-31T23:59:59Z", "before_min_date"),
    ("9999-12-31", "future_date"),
    ("2567-05-01", "future_date"),  # Buddhist year
    ("2025-01-01T00:00:00Z", "future_date"),
]


def test_refused_dates():
    assert _all_received([text for text, _ in REFUSED_DATES]) == [
        (reason,) for _, reason in REFUSED_DATES
    ]


def test_month_first_with_a_time_of_day():
    assert _received("12/31/2023 01:05:09 PM") == "2023-12-31T13:05:09+00:00"


def test_the_last_moment_of_as_of_is_in():
    assert _received("2024-12-31T23:59:59.999999Z").startswith("2024-12-31")


def test_declared_layouts():
    read = {"layouts": ("epoch_s", "epoch_ms", "excel_serial")}
    # 1700000000 is 2023-11-14 22:13:20 UTC (date -u -d @1700000000).
    assert _received("1700000000", **read) == "2023-11-14T22:13:20+00:00"
    assert _received("1700000000999", **read) == "2023-11-14T22:13:20+00:00"
    # 45123 is 2023-07-16 in a spreadsheet of the 1900 system.
    assert _received("45123", **read) == "2023-07-16T00:00:00+00:00"
    assert _received("45123.5", **read) == "2023-07-16T12:00:00+00:00"


def test_day_and_month_order_is_proved_per_column():
    log = clean(
        {"received_at": "04/07/2024", "closed_at": ""},
        {"received_at": "13/07/2024", "closed_at": ""},
    )
    assert [str(day)[:10] for day in log.to_frame()["received_at"]] == [
        "2024-07-04",
        "2024-07-13",
    ]
    order = next(iter(log.ledger.files.values())).date_orders["received_at"]
    assert order.startswith("dmy: proved by 1 rows whose first part is above 12")
    log = clean({"received_at": "04/07/2024"}, {"received_at": "07/13/2024"}, {})
    assert str(log.to_frame()["received_at"].iloc[0])[:10] == "2024-04-07"


def test_an_unknown_order_refuses_the_file_or_costs_a_few_rows():
    with pytest.raises(RequestLogError) as refused:
        clean(
            {"received_at": "04/07/2024"},
            {"received_at": "05/07/2024"},
            max_quarantine_share=0.2,
        )
    assert str(refused.value).endswith(
        "column received_at: 2 dates such as 04/07/2024 can be read day first or month "
        "first and no row proves which; allowed are YYYY-MM-DD or a known order; set "
        'date_order="dmy" or date_order="mdy"'
    )
    log = clean({"received_at": "04/07/2024"}, *[{}] * 9, max_quarantine_share=0.2)
    assert reasons(log) == {"R-1": ("ambiguous_date",)}


def test_a_column_that_mixes_orders_is_refused():
    with pytest.raises(RequestLogError) as refused:
        clean(
            {"received_at": "13/07/2024"},
            {"received_at": "07/13/2024"},
            max_quarantine_share=0.2,
        )
    assert "1 dates have a first part above 12 and 1 a second part" in str(
        refused.value
    )


def test_a_declared_order_does_not_silence_the_rows_against_it():
    log = clean(
        {"received_at": "13/07/2024", "closed_at": ""},
        {"received_at": "07/13/2024", "closed_at": ""},
        date_order="dmy",
    )
    assert ids(log) == ["R-1"]
    assert reasons(log) == {"R-2": ("invalid_date",)}


def test_months_and_intervals_are_windows():
    with pytest.raises(RequestLogError) as refused:
        clean({"received_at": "2013-07-01/2013-09-30"}, {"received_at": "2024-05"})
    assert str(refused.value).endswith(
        "column received_at: 2 of 2 dates are months or intervals; a request has a "
        "day; figures over windows are read with load_published"
    )


ZONES_OF_ROWS = [
    ("Europe/Berlin", "2024-05-01 10:00:00", "2024-05-01T08:00:00+00:00"),
    ("Europe/Berlin", "2024-01-01 00:30:00", "2023-12-31T23:30:00+00:00"),
    ("Europe/Berlin", "2024-03-31 02:30:00", ("nonexistent_local_time",)),
    ("Europe/Berlin", "2024-03-31 03:00:00", "2024-03-31T01:00:00+00:00"),
    ("Europe/Berlin", "2024-10-27 02:30:00", ("ambiguous_local_time",)),
    ("Europe/Berlin", "2024-10-27 03:00:00", "2024-10-27T02:00:00+00:00"),
    # Half an hour of summer time.
    ("Australia/Lord_Howe", "2024-10-06 02:15:00", ("nonexistent_local_time",)),
    ("Australia/Lord_Howe", "2024-10-06 02:30:00", "2024-10-05T15:30:00+00:00"),
    # Morocco goes back for Ramadan: four changes in the years around.
    ("Africa/Casablanca", "2024-03-10 02:30:00", ("ambiguous_local_time",)),
    ("Africa/Casablanca", "2024-04-14 02:30:00", ("nonexistent_local_time",)),
    ("Africa/Casablanca", "2024-03-20 12:00:00", "2024-03-20T12:00:00+00:00"),
    ("", "2024-05-01 10:00:00", "2024-05-01T10:00:00+00:00"),
    ("Z", "2024-05-01 10:00:00", "2024-05-01T10:00:00+00:00"),
    ("IST", "2024-05-01 10:00:00", ("ambiguous_timezone",)),
    ("Mars/Base", "2024-05-01 10:00:00", ("ambiguous_timezone",)),
    ("../../etc/passwd", "2024-05-01 10:00:00", ("ambiguous_timezone",)),
    # A time with its own offset needs no zone; a day is a day everywhere.
    ("IST", "2024-05-01T10:00:00+05:30", "2024-05-01T04:30:00+00:00"),
    ("Europe/Berlin", "2024-05-01", "2024-05-01T00:00:00+00:00"),
]


def test_zones_of_rows():
    rows = [
        {"received_at": text, "closed_at": "", "source_timezone": zone}
        for zone, text, _ in ZONES_OF_ROWS
    ]
    found = by_row(clean(*rows), "received_at")
    assert [getattr(one, "isoformat", lambda one=one: one)() for one in found] == [
        expected for _, _, expected in ZONES_OF_ROWS
    ]


def test_naive_times_are_counted_with_the_zone_assumed():
    log = clean(
        {"received_at": "2024-05-01 10:00:00"},
        {"received_at": "2024-05-02"},
        {},
        source_timezone="Asia/Kolkata",
    )
    assert log.ledger.total.naive == {"received_at": 1}
    assert next(iter(log.ledger.files.values())).zone_assumed == "Asia/Kolkata"
    assert log.to_frame()["received_at"].iloc[0].isoformat() == (
        "2024-05-01T04:30:00+00:00"
    )
