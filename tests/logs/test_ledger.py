"""Every record in exactly one place: the ledger, and the cleaner against slow code."""

import random
from collections import Counter
from datetime import date

import naive
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_logs import AS_OF, GOOD

from disclosure_trends.counts.aggregate import tabulate_requests
from disclosure_trends.errors import LedgerError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.ledger import FileTally, Ledger
from disclosure_trends.logs.options import ReadOptions

# Shrinking an example of whole logs takes minutes; a failing one is small enough.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
READ = ReadOptions(date_order="dmy", max_quarantine_share=1.0)
COLUMNS = {
    "request_id": ["A", "B", "C", "D", "E", "F", "G", "H", "a", "C ", " "],
    "received_at": [
        GOOD["received_at"],
        "2024-05-31T23:30:00-02:00",
        "2024-06-30T23:59:59.9999999Z",
        "2024-03-31 02:30:00",
        "2024-10-27 02:30:00",
        "2024-05-01",
        "31/12/2023 13:05",
        "04/07/2024 10:00",
        "07/13/2024 10:00",
        "2023-02-30",
        "2024-05-01T24:00:00Z",
        "1700000000",
        "soon",
        "",
        "1999-01-01T00:00:00Z",
        "2025-01-01T00:00:00Z",
        " 2024-12-31T23:59:59Z",
    ],
    "country": [
        "DE",
        "de",
        "Deutschland",
        "FR",
        "NA",
        "NO",
        "GB",
        "EU",
        "QQ",
        "",
        "CS",
    ],
    "authority": ["Court of X", "Polizei"],
    "channel": ["dsa_contact_point", "E-Mail", "telepathy"],
    "legal_process": ["court_order", "preservation", "epoc"],
    "outcome": [
        "disclosed",
        "teilweise",
        "rejected",
        "pending",
        "no_data",
        "transferred",
        "withdrawn",
        "perhaps",
    ],
    "accounts_requested": ["1", "2", "3", "1,000", "0", "several", "", "1e3", "200000"],
    "accounts_disclosed": ["0", "1", "2", "", "-1"],
    "closed_at": [
        "",
        "2024-05-03T10:00:00Z",
        "2024-04-30",
        "2024-04-01",
        "2025-02-01T00:00:00Z",
        "later",
    ],
    "validity": ["", "valid", "invalid", "not_assessed", "perhaps"],
    "updated_at": ["", "2024-06-01T00:00:00Z", "2024-06-02", "2025-03-01", "soon"],
    "source_timezone": ["", "Europe/Berlin", "Asia/Kolkata", "IST"],
}


def _cell(column, values):
    """Mostly the good value, so that whole rows survive often enough."""
    usual = GOOD.get(column, "") if column != "request_id" else None
    others = st.sampled_from(values)
    if usual is None:
        return others
    return st.one_of(st.just(usual), st.just(usual), st.just(usual), others)


ROWS = st.lists(
    st.fixed_dictionaries({c: _cell(c, values) for c, values in COLUMNS.items()}),
    min_size=1,
    max_size=40,
)


def _frame(rows):
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")


def _clean(rows):
    return clean_requests(_frame(rows), as_of=AS_OF, read=READ, threads=1)


def _places(frame):
    return [number - 1 for number in frame["source_row"]]


def _agree(rows):
    log = _clean(rows)
    judged, clean, superseded, quarantined = naive.naive_clean(
        _frame(rows), read=READ, as_of=date.fromisoformat(AS_OF)
    )
    faulty = log.quarantined()
    assert dict(zip(_places(faulty), faulty["reasons"], strict=True)) == quarantined
    kept = set(_places(log.to_frame()))
    assert len(kept) == len(clean)
    # Of equal answers any one may be kept: which one is a matter of content order.
    assert all(len(kept & places) == 1 for places in clean)
    others = set().union(*clean) - kept
    assert set(_places(log.superseded())) == set(superseded) | others
    cells = tabulate_requests(log, by=("country",), freq="month")
    cells = cells[cells["received"] > 0]
    keys = zip(cells["country"], cells["period"], strict=True)
    counts = cells[["received", "valid", "invalid", "unassessed"]].to_numpy().tolist()
    assert dict(zip(keys, counts, strict=True)) == naive.naive_counts(judged, clean)
    return log


@given(ROWS)
@settings(max_examples=15, phases=PHASES)
def test_the_cleaner_agrees_with_slow_obvious_code(rows):
    _agree(rows)


def test_they_agree_on_a_large_log_with_every_fault():
    draw = random.Random(20241124)  # noqa: S311
    rows = [
        {
            column: draw.choice(values)
            if draw.random() < 0.06
            else GOOD.get(column, "")
            for column, values in COLUMNS.items()
        }
        | {"request_id": f"R-{draw.randrange(1800)}"}
        for _ in range(2500)
    ]
    log = _agree(rows)
    assert len(log.ledger.total.by_reason) > 20
    assert log.ledger.total.superseded > 20


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=8, phases=PHASES)
def test_order_and_splitting_of_files_change_nothing(tmp_path_factory, rows, draw):
    whole = _clean(rows)
    shuffled = list(rows)
    draw.shuffle(shuffled)
    folder = tmp_path_factory.mktemp("split")
    middle = len(shuffled) // 2
    paths = []
    for n, part in enumerate((shuffled[:middle], shuffled[middle:])):
        if part:
            paths.append(folder / f"{n}.csv")
            _frame(part).to_csv(paths[-1], index=False)
    split = clean_requests(paths, as_of=AS_OF, read=READ, threads=1)
    assert split.ledger.total == whole.ledger.total
    by = ("country", "authority", "channel", "outcome")
    cells = [tabulate_requests(log, by=by, freq="month") for log in (whole, split)]
    pd.testing.assert_frame_equal(*cells)


@given(ROWS)
@settings(max_examples=8, phases=PHASES)
def test_cleaning_is_idempotent(rows):
    once = _clean(rows).to_frame()
    given_again = once.drop(
        columns=["is_valid", "on_designated_line", "source_file", "source_row"]
    )
    read = ReadOptions(max_quarantine_share=1.0)
    again = clean_requests(given_again, as_of=AS_OF, read=read, threads=1)
    assert again.ledger.total.quarantined == again.ledger.total.superseded == 0
    columns = [c for c in once.columns if c not in ("source_file", "source_row")]
    pd.testing.assert_frame_equal(again.to_frame()[columns], once[columns])


@given(ROWS)
@settings(max_examples=8, phases=PHASES)
def test_the_ledger_balances_by_file_and_in_total(rows):
    log = _clean(rows)
    total = log.ledger.total
    assert total.records == len(rows)
    assert total.records == total.clean + total.superseded + total.quarantined
    assert total.clean == len(log.to_frame())
    assert total.superseded == len(log.superseded())
    firsts = Counter(codes[0] for codes in log.quarantined()["reasons"])
    assert dict(firsts) == total.by_reason


# The instant 2024-06-30 22:30 UTC, as clocks of five places show it.
SAME_INSTANT = (
    ("2024-06-30T22:30:00Z", ""),
    ("2024-07-01T00:30:00+02:00", ""),
    ("2024-07-01 00:30:00", "Europe/Berlin"),
    ("2024-07-01 04:00:00", "Asia/Kolkata"),
    ("2024-06-30 18:30:00", "America/New_York"),
)


def test_the_zone_in_which_midnight_is_told_does_not_matter():
    counted = []
    for text, zone in SAME_INSTANT:
        row = GOOD | {"received_at": text, "source_timezone": zone, "closed_at": ""}
        log = clean_requests(pd.DataFrame([row]), as_of=AS_OF, read=READ)
        cells = tabulate_requests(log, by=("country",), freq="quarter")
        counted.append(cells["period"].tolist())
    assert counted == [["2024Q2"]] * 5


def _tally(name="a.csv", **numbers):
    place = {"name": name, "sha256": "", "format": "csv", "size": 0}
    return FileTally(**place, **numbers)


def test_a_record_that_is_nowhere_is_a_bug():
    with pytest.raises(LedgerError) as failed:
        Ledger.of(
            [
                _tally(
                    records=3,
                    clean=1,
                    superseded=0,
                    quarantined=1,
                    by_reason={"missing_date": 1},
                )
            ]
        )
    assert str(failed.value) == (
        "a.csv: 3 records came in, 1 clean + 0 superseded + 1 quarantined went out; "
        "the two must be equal; this is a bug, please report it"
    )
    assert failed.value.exit_code == 1


def test_files_add_up():
    one = _tally(
        records=3,
        clean=1,
        superseded=1,
        quarantined=1,
        by_reason={"missing_date": 1},
        repairs={"country": {"name": 1}},
    )
    two = _tally(
        name="b.csv",
        records=1,
        clean=0,
        superseded=0,
        quarantined=1,
        by_reason={"missing_request_id": 1},
    )
    ledger = Ledger.of([one, two])
    assert list(ledger.total.by_reason) == ["missing_request_id", "missing_date"]
    assert ledger.total.repairs == {"country": {"name": 1}}
    assert ledger.total.records == 4
    assert Ledger.from_json(ledger.to_json()) == ledger
