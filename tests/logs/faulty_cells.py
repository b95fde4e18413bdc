"""CSV files with one fault in their dates, numbers, ids or meaning."""

from logs.faulty import (
    GOOD,
    Fault,
    cells,
    changed_rows,
    good_rows,
    joined,
    kept,
    line,
    lines,
)

ALL = frozenset(range(GOOD))
SLASHED = ("received_at", "closed_at", "updated_at")


def at(i: int, text: str) -> dict[int, dict[str, str]]:
    """One time of receipt changed."""
    return {i: {"received_at": text}}


def dated(name: str, text: str, code: str, **more: object) -> Fault:
    """One time of receipt that cannot be used (row 8 is of 14 September 2024)."""
    return cells("dates", name, at(8, text), code, **more)


def good_date(name: str, text: str, month: str, **more: object) -> Fault:
    """One odd time of receipt that must be kept, in a month in UTC."""
    closed = {"closed_at": "2024-12-20T12:00:00Z"}
    return kept(
        "dates",
        name,
        {8: {"received_at": text, **closed}},
        {8: {"month": month}},
        **more,
    )


def slashes(order: str, *, days: tuple[int, ...]) -> dict[int, dict[str, str]]:
    """All times of receipt as day/month/year or month/day/year, on given days."""
    out = {}
    for i, row in enumerate(good_rows()):
        month, day = int(row["received_at"][5:7]), days[i % len(days)]
        parts = (day, month) if order == "dmy" else (month, day)
        out[i] = {"received_at": f"{parts[0]:02d}/{parts[1]:02d}/2024"}
    return out


def months() -> dict[int, dict[str, str]]:
    """The true month of the dates that `slashes` writes."""
    return {i: {"month": row["received_at"][:7]} for i, row in enumerate(good_rows())}


def mixed_orders() -> dict[int, dict[str, str]]:
    """Half of the dates day first, half of them month first, both proved."""
    first, second = slashes("dmy", days=(14,)), slashes("mdy", days=(14,))
    return {i: (first if i % 2 else second)[i] for i in first}


def no_offset(text: str, zone: str, code: str, name: str) -> Fault:
    """One wall time among good ones, in the zone of the log."""
    return dated(name, text, code, read={"source_timezone": zone})


DATES = (
    dated("february_30.csv", "2024-02-30", "invalid_date"),
    good_date("leap_day.csv", "2024-02-29", "2024-02"),
    dated("zeros.csv", "0000-00-00", "invalid_date"),
    dated("month_17.csv", "2024-17-03", "invalid_date"),
    dated("empty_date.csv", " ", "missing_date"),
    dated("word.csv", "pending", "unparsed_date"),
    dated("german_month.csv", "3. Mai 2024", "unparsed_date"),
    dated("date_and_junk.csv", "2024-01-05 junk", "unparsed_date"),
    dated("two_digit_year.csv", "04-07-23", "two_digit_year"),
    dated("compact_two_digit_year.csv", "230704", "two_digit_year"),
    dated("lone_slashes.csv", "04/07/2024", "ambiguous_date"),
    Fault(
        category="dates",
        name="unknown_order.csv",
        make=lambda: joined(lines(slashes("dmy", days=(4, 7)))),
        refused=("received_at", 'date_order="dmy"'),
    ),
    Fault(
        category="dates",
        name="both_orders.csv",
        make=lambda: joined(lines(mixed_orders())),
        refused=("received_at", "both orders"),
    ),
    kept("dates", "day_first.csv", slashes("dmy", days=(4, 7, 25)), months()),
    kept("dates", "month_first.csv", slashes("mdy", days=(4, 7, 25)), months()),
    kept(
        "dates",
        "declared_order.csv",
        slashes("dmy", days=(4, 7)),
        months(),
        read={"date_order": "dmy"},
    ),
    dated("serial.csv", "45123", "excel_serial_date"),
    dated("serial_time.csv", "45123.5", "excel_serial_date"),
    good_date(
        "declared_serial.csv",
        "45337.25",
        "2024-02",
        read={"layouts": ("excel_serial",)},
    ),
    dated("epoch.csv", "1709251199", "epoch_number"),
    good_date(
        "declared_epoch.csv", "1709251199", "2024-02", read={"layouts": ("epoch_s",)}
    ),
    good_date(
        "declared_epoch_ms.csv",
        "1709251199999",
        "2024-02",
        read={"layouts": ("epoch_ms",)},
    ),
    dated("midnight_24.csv", "2024-09-14T24:00:00Z", "nonstandard_time"),
    dated("leap_second.csv", "2024-06-30T23:59:60Z", "nonstandard_time"),
    dated("hour_25.csv", "2024-09-14T25:00:00Z", "invalid_date"),
    dated("ist.csv", "2024-09-14 09:00:00 IST", "ambiguous_timezone"),
    good_date("gmt.csv", "2024-09-14 09:00:00 GMT", "2024-09"),
    good_date("offset_without_colon.csv", "2024-09-01T02:00:00+0530", "2024-08"),
    good_date(
        "half_past_midnight_kathmandu.csv", "2024-09-01T05:00:00+05:45", "2024-08"
    ),
    good_date("last_nanosecond.csv", "2024-06-30T23:59:59.999999999Z", "2024-06"),
    good_date("english.csv", "Mar 05, 2024 01:34 PM", "2024-03"),
    good_date("year_slashes.csv", "2024/03/31 23:59", "2024-03"),
    kept("dates", "date_only_first.csv", at(0, "2024-01-14"), {}),
    no_offset(
        "2024-03-31 02:30:00", "Europe/Berlin", "nonexistent_local_time", "gap.csv"
    ),
    no_offset(
        "2024-10-27 02:30:00", "Europe/Berlin", "ambiguous_local_time", "overlap.csv"
    ),
    no_offset(
        "2024-03-10 02:30:00",
        "Africa/Casablanca",
        "ambiguous_local_time",
        "morocco_overlap.csv",
    ),
    no_offset(
        "2024-04-14 02:30:00",
        "Africa/Casablanca",
        "nonexistent_local_time",
        "morocco_gap.csv",
    ),
    no_offset(
        "2024-04-07 01:45:00",
        "Australia/Lord_Howe",
        "ambiguous_local_time",
        "lord_howe.csv",
    ),
    good_date(
        "lord_howe_before.csv",
        "2024-04-01 10:15:00",
        "2024-03",
        read={"source_timezone": "Australia/Lord_Howe"},
    ),
    dated(
        "epoch_zero.csv", "1970-01-01T00:00:00Z", "before_min_date", check="min_date"
    ),
    dated("year_one.csv", "0001-01-01", "before_min_date"),
    dated("year_9999.csv", "9999-12-31", "future_date"),
    dated("buddhist_year.csv", "2567-05-01", "future_date"),
    cells(
        "dates",
        "closed_first.csv",
        {0: {"closed_at": "2023-01-20T12:00:00Z"}},
        "closed_before_received",
    ),
    kept("dates", "closed_same_day.csv", {0: {"closed_at": "2024-01-14"}}),
    kept(
        "dates",
        "closed_later_than_known.csv",
        {0: {"closed_at": "3101-01-20"}},
        {0: {"accounts_disclosed": ""}},
        warnings={"closed_after_as_of": 1},
    ),
)


def counted(name: str, text: str, code: str) -> Fault:
    """One count that cannot be used."""
    return cells("numbers", name, {8: {"accounts_requested": text}}, code)


def good_count(name: str, text: str, number: str, **more: object) -> Fault:
    """One odd count that must be read."""
    return kept(
        "numbers",
        name,
        {8: {"accounts_requested": text}},
        {8: {"accounts_requested": number}},
        **more,
    )


def same_ids(**changes: str) -> dict[int, dict[str, str]]:
    """Row 8 under the id of row 0, with further cells."""
    return {8: good_rows()[0] | changes}


def numbered(i: int, text: str) -> dict[int, dict[str, str]]:
    """One id changed."""
    return {i: {"request_id": text}}


NUMBERS = (
    counted("word_count.csv", "several", "not_a_number"),
    counted("exponent.csv", "1e3", "not_a_number"),
    counted("hexadecimal.csv", "0x10", "not_a_number"),
    counted("underscore.csv", "1_000", "not_a_number"),
    counted("nan.csv", "NaN", "not_a_number"),
    counted("superscript.csv", "\u00b2", "not_a_number"),
    counted("mixed_scripts.csv", "1\u0663", "not_a_number"),
    counted("negative.csv", "-2", "negative_count"),
    counted("accounting.csv", "(4)", "negative_count"),
    counted("fraction.csv", "1.5", "non_integer_count"),
    counted("decimal_comma.csv", "2,5", "non_integer_count"),
    counted("dotted_thousands.csv", "2.345", "ambiguous_number"),
    counted("twenty_digits.csv", "9" * 20, "implausible_count"),
    counted("huge_exponent.csv", "5e8", "implausible_count"),
    counted("no_count.csv", "", "missing_count"),
    good_count("thousands.csv", "1,234", "1234"),
    good_count("narrow_space.csv", "1\u202f234", "1234"),
    good_count("arabic.csv", "\u0661\u0662", "12"),
    good_count("decimal_zero.csv", "4.0", "4"),
    good_count("blanks.csv", " 7 ", "7"),
    cells(
        "numbers", "no_disclosed.csv", {0: {"accounts_disclosed": ""}}, "missing_count"
    ),
    cells("numbers", "blank_id.csv", numbered(8, "  "), "missing_request_id"),
    kept(
        "numbers",
        "ids_in_case.csv",
        numbered(8, "ABC") | numbered(9, "abc"),
        numbered(8, "ABC") | numbered(9, "abc"),
        warnings={"possible_duplicate": 2},
    ),
    kept(
        "numbers",
        "ids_like_words.csv",
        numbered(8, "True") | numbered(9, "NaN"),
        numbered(8, "True") | numbered(9, "NaN"),
    ),
    kept(
        "numbers",
        "ids_with_zeros.csv",
        numbered(8, "7") | numbered(9, "07"),
        numbered(8, "7") | numbered(9, "07"),
    ),
    cells("numbers", "sent_twice.csv", same_ids(), "duplicate_exact"),
    Fault(
        category="numbers",
        name="two_answers.csv",
        make=lambda: joined(
            lines(same_ids(outcome="rejected", accounts_disclosed="0"))
        ),
        out=frozenset({0, 8}),
        codes={2: "duplicate_conflict", 10: "duplicate_conflict"},
    ),
    Fault(
        category="numbers",
        name="later_version.csv",
        make=lambda: joined(
            lines(
                same_ids(
                    updated_at="2024-03-25T00:00:00Z",
                    outcome="rejected",
                    accounts_disclosed="0",
                )
            )
        ),
        out=frozenset({8}),
        truth={0: {"accounts_disclosed": "0"}},
        superseded=1,
    ),
    Fault(
        category="numbers",
        name="faulty_later_version.csv",
        make=lambda: joined(
            lines(same_ids(updated_at="2024-03-25T00:00:00Z", country="QQ"))
        ),
        out=frozenset({8}),
        codes={10: "unknown_country"},
        warnings={"newer_version_quarantined": 1},
    ),
    Fault(
        category="numbers",
        name="tie_in_wording.csv",
        make=lambda: joined(lines(same_ids(authority="Court 0  of X"))),
        out=frozenset({0, 8}),
        extra=(good_rows()[0] | {"authority": "*"},),
        superseded=1,
        warnings={"tie_between_versions": 1},
    ),
)


def meant(name: str, code: str, **cells_: str) -> Fault:
    """One row (of a closed, disclosed request) whose cells mean nothing usable."""
    return cells("meaning", name, {10: cells_}, code)


def spelt(name: str, column: str, *texts: str, true: str) -> Fault:
    """Odd spellings of one true value, in rows 10, 11, ..."""
    changes = {10 + n: {column: text} for n, text in enumerate(texts)}
    return kept("meaning", name, changes, {i: {column: true} for i in changes})


def resent() -> bytes:
    """The same request once more under a new id, as it was and minutes later."""
    rows = changed_rows({})
    again = rows[10] | {"request_id": "A-2", "received_at": "2024-02-14T09:15:00Z"}
    return joined([*lines(), line(again)])


MEANING = (
    meant("unknown_country.csv", "unknown_country", country="QQ"),
    meant("ruritania.csv", "unknown_country", country="Ruritania"),
    meant("no_country.csv", "missing_country", country=" "),
    meant("union.csv", "not_a_country", country="EU"),
    meant("world.csv", "not_a_country", country="World"),
    meant("serbia_and_montenegro.csv", "withdrawn_country", country="CS"),
    meant("look_alike.csv", "confusable_country", country="D\u0415"),
    meant("telepathy.csv", "unknown_channel", channel="telepathy"),
    meant("wish.csv", "unknown_legal_process", legal_process="verbal wish"),
    meant("perhaps.csv", "unknown_outcome", outcome="perhaps"),
    meant(
        "zero_requested.csv",
        "zero_requested",
        accounts_requested="0",
        accounts_disclosed="0",
        outcome="no_data",
    ),
    meant("more_than_asked.csv", "disclosed_gt_requested", accounts_disclosed="50"),
    meant(
        "rejected_but_given.csv",
        "outcome_conflict",
        outcome="rejected",
        accounts_disclosed="1",
    ),
    meant(
        "given_but_nothing.csv",
        "outcome_conflict",
        outcome="disclosed",
        accounts_disclosed="0",
    ),
    meant(
        "open_but_closed.csv",
        "outcome_conflict",
        outcome="pending",
        accounts_disclosed="",
    ),
    spelt("namibia.csv", "country", "NA", "Namibia", "nam", " na ", true="NA"),
    spelt("norway.csv", "country", "no", "Norge", "NOR", true="NO"),
    spelt(
        "united_kingdom.csv",
        "country",
        "UK",
        "Great Britain",
        "United Kingdom",
        true="GB",
    ),
    spelt("channels.csv", "channel", "Email", " E-Mail ", "e_mail", true="email"),
    spelt("invisible.csv", "country", "D\u200bE", "\ufeffDE", true="DE"),
    spelt(
        "processes.csv",
        "legal_process",
        "Court Order",
        "COURT-ORDER",
        true="court_order",
    ),
    Fault(
        category="meaning",
        name="sent_again.csv",
        make=resent,
        extra=(good_rows()[10] | {"request_id": "A-2"},),
        warnings={"possible_duplicate": 2},
    ),
    Fault(
        category="meaning",
        name="nothing_readable.csv",
        make=lambda: joined(lines({i: {"received_at": "soon"} for i in range(GOOD)})),
        out=ALL,
        codes=dict.fromkeys(range(2, GOOD + 2), "unparsed_date"),
        check="All 36 rows quarantined: unparsed_date 36.",
    ),
)
