"""The rules for one record: reasons, counts, outcome, validity, the line."""

from logs.outcomes import by_row, row_numbers
from small_logs import clean, reasons

REASONS_IN_TABLE_ORDER = [
    ({"request_id": "  "}, ("missing_request_id",)),
    ({"closed_at": "2023-05-01T00:00:00Z"}, ("closed_before_received",)),
    ({"closed_at": "2024-05-01T09:59:59Z"}, ("closed_before_received",)),
    ({"closed_at": "2024-05-01"}, None),  # a day: days are compared
    ({"closed_at": "2024-04-30"}, None),  # one day of tolerance
    ({"closed_at": "2024-04-29"}, ("closed_before_received",)),
    ({"closed_at": "2024-04-30T00:00:00Z"}, None),  # a midnight is a day
    ({"closed_at": "soon"}, ("unparsed_date",)),
    ({"accounts_requested": ""}, ("missing_count",)),
    ({"accounts_requested": "several"}, ("not_a_number",)),
    (
        {"accounts_requested": "0", "accounts_disclosed": "0"},
        ("zero_requested", "outcome_conflict"),
    ),
    ({"accounts_requested": "200000"}, ("implausible_count",)),
    ({"accounts_disclosed": "5"}, ("disclosed_gt_requested",)),
    ({"accounts_disclosed": ""}, ("missing_count",)),
    ({"accounts_disclosed": "", "outcome": "pending", "closed_at": ""}, None),
    ({"country": ""}, ("missing_country",)),
    ({"country": "NA"}, None),
    ({"channel": "telepathy"}, ("unknown_channel",)),
    ({"channel": ""}, ("unknown_channel",)),
    ({"legal_process": "verbal wish"}, ("unknown_legal_process",)),
    ({"outcome": "perhaps"}, ("unknown_outcome",)),
    ({"outcome": "pending", "accounts_disclosed": "0"}, ("outcome_conflict",)),
    ({"outcome": "pending", "closed_at": ""}, ("outcome_conflict",)),
    ({"outcome": "rejected"}, ("outcome_conflict",)),
    ({"outcome": "withdrawn", "accounts_disclosed": "0"}, None),
    ({"outcome": "disclosed", "accounts_disclosed": "0"}, ("outcome_conflict",)),
    ({"closed_at": ""}, None),  # a missing closing date is no conflict
    ({"authority": ""}, None),  # an empty authority is not recorded
    ({"validity": "perhaps"}, ("unknown_validity",)),
    (
        {"country": "QQ", "channel": "?", "received_at": ""},
        ("missing_date", "unknown_country", "unknown_channel"),
    ),
]


def test_reasons_in_table_order():
    log = clean(*[change for change, _ in REASONS_IN_TABLE_ORDER])
    found = dict(
        zip(*log.quarantined()[["source_row", "reasons"]].T.to_numpy(), strict=True)
    )
    assert [found.get(n) for n in row_numbers(log)] == [
        expected for _, expected in REASONS_IN_TABLE_ORDER
    ]


def test_the_first_reason_is_the_one_counted():
    log = clean({"country": "QQ", "received_at": ""}, {"country": "QQ"})
    assert log.ledger.total.by_reason == {"missing_date": 1, "unknown_country": 1}


IS_VALID = [
    ({"validity": "valid", "outcome": "rejected", "accounts_disclosed": "0"}, True),
    ({"validity": "incomplete"}, False),
    ({"validity": "fraudulent"}, False),
    ({"validity": "not_assessed"}, None),
    ({"validity": ""}, True),  # nothing recorded: the outcome tells
    ({"outcome": "no_data", "accounts_disclosed": "0"}, True),
    ({"outcome": "preserved", "accounts_disclosed": "0"}, True),
    ({"outcome": "transferred", "accounts_disclosed": "0"}, False),
    ({"outcome": "withdrawn", "accounts_disclosed": "0"}, None),
    ({"outcome": "rejected", "accounts_disclosed": "0"}, None),
    (
        {
            "outcome": "rejected",
            "accounts_disclosed": "0",
            "refusal_ground": "no_legal_basis",
        },
        False,
    ),
    (
        {
            "outcome": "rejected",
            "accounts_disclosed": "0",
            "refusal_ground": "overly_broad",
        },
        True,
    ),
    (
        {
            "outcome": "rejected",
            "accounts_disclosed": "0",
            "refusal_ground": "no idea",
        },
        None,
    ),
]


def test_is_valid():
    found = by_row(clean(*[change for change, _ in IS_VALID]), "is_valid")
    assert found == [valid for _, valid in IS_VALID]


ON_DESIGNATED_LINE = [
    ({}, True),
    ({"channel": "email"}, False),
    ({"channel": "unknown"}, None),
    # DSA contact points are due from 2024-02-17 (Regulation 2022/2065, Art. 93).
    ({"received_at": "2024-02-16T23:59:59Z"}, None),
    ({"received_at": "2024-02-17T00:00:00Z"}, True),
    ({"country": "GB"}, None),
    ({"country": "IN"}, None),
    ({"channel": "eevidence_system"}, False),  # not designated yet
]


def test_on_designated_line():
    log = clean(*[change for change, _ in ON_DESIGNATED_LINE])
    assert by_row(log, "on_designated_line") == [
        on_line for _, on_line in ON_DESIGNATED_LINE
    ]


def test_the_second_line_is_right_beside_the_first_by_the_table_alone():
    # Regulation (EU) 2023/1543 applies from 2026-08-18.
    change = {"received_at": "2026-08-18T00:00:00Z", "closed_at": ""}
    log = clean(
        change | {"channel": "eevidence_system"},
        change | {"channel": "dsa_contact_point"},
        change | {"channel": "post"},
        as_of="2026-12-31",
    )
    assert list(log.to_frame()["on_designated_line"]) == [True, True, False]


def test_what_was_decided_after_as_of_is_still_open():
    log = clean(
        {"closed_at": "2025-01-02T00:00:00Z", "country": "FR"},
        {"validity": "valid", "validated_at": "2025-01-02", "closed_at": "2025-01-03"},
        {"validity": "valid", "validated_at": "2024-05-02", "closed_at": "2025-01-03"},
    )
    rows = log.to_frame()
    assert list(rows["outcome"]) == ["pending"] * 3
    assert rows["closed_at"].isna().all()
    assert rows["accounts_disclosed"].isna().all()
    assert rows["is_valid"].isna().tolist() == [True, True, False]
    assert log.ledger.total.warnings == {
        "closed_after_as_of": 3,
        "validated_after_as_of": 1,
    }


def test_repairs_are_counted_by_column_and_kind():
    log = clean(
        {"country": "Deutschland", "channel": "DSA contact point"},
        {"accounts_requested": "1,000", "received_at": " 2024-05-01"},
        {"country": "Germany", "outcome": "QQ"},
    )
    assert log.ledger.total.repairs == {
        "country": {"name": 1},
        "channel": {"spelling": 1},
        "accounts_requested": {"thousands": 1},
        "received_at": {"blanks": 1},
    }


def test_an_unreadable_optional_date_is_set_aside_with_a_warning():
    log = clean({"logged_at": "soon", "emergency": "maybe", "refusal_ground": "x"})
    assert log.to_frame()["logged_at"].isna().all()
    assert log.ledger.total.warnings == {
        "unreadable_optional_date": 1,
        "unknown_refusal_ground": 1,
        "unreadable_emergency": 1,
    }


def test_texts_stay_texts():
    names = ["null", "None", "N/A", "123", "'; DROP TABLE x; --", "=1+1", "a\u200bb"]
    texts = ["000003", "1E3", "NA", "no", "True", "12345678901234567890", " R 1 "]
    log = clean(
        *[{"request_id": i, "authority": a} for i, a in zip(texts, names, strict=True)]
    )
    rows = log.to_frame()
    assert list(rows["request_id"]) == texts
    assert list(rows["authority"]) == names


def test_the_memory_of_one_row_does_not_leak_into_the_next():
    # A list of formats in one strptime call did exactly that (DuckDB 1.5 and 2.0).
    texts = [
        "2021-08-12T12:42:18Z",
        "2021-08-12T12:42:18-05:00",
        "2021-08-12T12:42:18Z",
        "31/02/2023 10:00",
    ]
    log = clean(*[{"received_at": text, "closed_at": ""} for text in texts])
    assert [t.hour for t in log.to_frame()["received_at"]] == [12, 17, 12]
    assert reasons(log) == {"R-4": ("invalid_date",)}
