"""Every faulty file, cleaned: kept, set aside or refused, right to the figure."""

import warnings
from collections import Counter
from pathlib import Path

import pytest
from logs.faulty import AS_OF, Fault, Figures, figures, joined, lines
from logs.faulty_bytes import ENCODING, HOSTILE, JSONL
from logs.faulty_cells import DATES, MEANING, NUMBERS
from logs.faulty_parquet import PARQUET
from logs.faulty_texts import STRUCTURE
from logs.faulty_workbooks import XLSX

from disclosure_trends.counts.aggregate import tabulate_requests
from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.logs.options import ReadOptions

FAULTS = (
    *STRUCTURE,
    *ENCODING,
    *DATES,
    *NUMBERS,
    *MEANING,
    *HOSTILE,
    *JSONL,
    *XLSX,
    *PARQUET,
)


@pytest.mark.parametrize(
    "fault", FAULTS, ids=[f"{f.category}-{f.name}" for f in FAULTS]
)
def test_a_faulty_file_loses_nothing(fault: Fault, tmp_path: Path):
    path = tmp_path / fault.name
    path.write_bytes(fault.make())
    read = ReadOptions(**fault.read)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if fault.refused:
            with pytest.raises(RequestLogError) as caught:
                clean_requests(path, as_of=AS_OF, read=read)
            _check_message(str(caught.value), fault)
            return
        log = clean_requests(path, as_of=AS_OF, read=read)
    _check_account(log, fault)
    _check_texts(log, fault)
    expected = figures(fault.clean_rows())
    assert _figures_of_frame(log) == expected
    assert _figures_of_table(log) == expected


def _check_message(message: str, fault: Fault) -> None:
    """Where, what was found, what is allowed, what to do: on one printable line."""
    assert message.isprintable(), message
    assert fault.name.isprintable() is (fault.name in message), message
    parts = message.partition(": ")[2].split("; ")
    assert len(parts) >= 3, message
    for words in fault.refused:
        assert words.casefold() in message.casefold(), message


def _check_account(log: CleanedLog, fault: Fault) -> None:
    total = log.ledger.total
    assert total.records == total.clean + total.superseded + total.quarantined
    rows = log.quarantined()
    found = {
        row: reasons[0]
        for row, reasons in zip(rows["source_row"], rows["reasons"], strict=True)
    }
    assert found == dict(fault.codes)
    assert total.quarantined == len(rows)
    assert total.by_reason == Counter(fault.codes.values())
    assert total.superseded == len(log.superseded()) == fault.superseded
    (tally,) = log.ledger.files.values()
    counted = {**tally.source_warnings, **tally.warnings}
    assert {name: counted.get(name) for name in fault.warnings} == fault.warnings
    if fault.check is not None:
        assert any(fault.check in check.text for check in log.checks), log.checks


def _check_texts(log: CleanedLog, fault: Fault) -> None:
    """Ids and authorities as they were written, byte for byte."""
    rows = log.to_frame()
    expected = fault.clean_rows()
    assert sorted(rows["request_id"]) == sorted(r["request_id"] for r in expected)
    names = {r["request_id"]: r["authority"] for r in expected}
    found = dict(zip(rows["request_id"], rows["authority"], strict=True))
    assert {i: a for i, a in found.items() if names[i] not in ("*", a)} == {}


def _figures_of_frame(log: CleanedLog) -> Figures:
    rows = log.to_frame()
    return figures(
        {
            "country": row.country,
            "month": f"{row.received_at:%Y-%m}",
            "accounts_requested": str(row.accounts_requested),
            "accounts_disclosed": str(row.accounts_disclosed).replace("<NA>", ""),
        }
        for row in rows.itertuples()
    )


def _figures_of_table(log: CleanedLog) -> Figures:
    names = {
        "received": "requests",
        "accounts_requested": "requested",
        "accounts_disclosed": "disclosed",
    }
    table = tabulate_requests(log, by=("country",), freq="month")
    found: Figures = Counter()
    for row in table.to_dict("records"):
        for column, name in names.items():
            found[row["country"], row["period"], name] = int(row[column])
    return found


def test_the_corpus_has_every_category_and_no_name_twice():
    names = [fault.name for fault in FAULTS if fault.category != "jsonl"]
    assert len({fault.category for fault in FAULTS}) == 9
    assert len(set(names)) >= 160
    assert joined(lines()).count(b"\n") == 37
