"""A preview proposes what the data prove, and leaves marked blanks for the rest."""

import json
from pathlib import Path

import pandas as pd
import pytest
from logs.bad_files import HEADER, log, objects, rows, text
from logs.bad_tables import _copy_sheet, workbook

import disclosure_trends as dtr
from disclosure_trends.errors import RequestLogError, SettingsError
from disclosure_trends.logs.config import read_options
from disclosure_trends.logs.options import BLANK
from disclosure_trends.logs.sources import stage_source


def preview(folder: Path, data: bytes, name: str = "log.csv") -> dtr.LogPreview:
    path = folder / name
    path.write_bytes(data)
    return dtr.preview_log(path)


def evidence(found: dtr.LogPreview, field: str) -> list[str]:
    return [p.evidence for p in found.proposals if p.field == field]


def test_a_canonical_log_needs_nothing(tmp_path: Path) -> None:
    found = preview(tmp_path, log())
    assert found.proposals == ()
    assert found.read == dtr.ReadOptions()
    assert found.summary() == (
        "'log.csv': csv, 8 records, 8 columns: 'request_id', 'received_at', 'country', "
        "'authority', 'channel', 'legal_process', 'outcome', 'accounts_requested'.\n"
        "It can be cleaned as proposed."
    )


def test_the_uk_log(shared_data: Path) -> None:
    found = dtr.preview_log(shared_data / "real_logs" / "uk_foi.csv")
    read = found.read
    # What real_logs/README.md says that a correct reading of this file needs.
    assert read.columns == {
        "request_id": "Request",
        "received_at": "Request Date",
        "authority": "Authority Name",
        "outcome": "Status",
    }
    assert read.date_order == "dmy"
    assert evidence(found, "date_order") == ["3,609 rows have a first part above 12"]
    assert read.not_recorded == ("channel", "legal_process")
    assert read.constants == {"country": BLANK, "accounts_requested": BLANK}
    assert read.min_date == "2008-01-01"
    assert evidence(found, "min_date") == [
        "754 rows have a date before 2013-01-01, from 2008 on"
    ]
    assert read.terms["outcome"]["Successful"] == BLANK
    assert evidence(found, "terms.outcome")[0] == "2,355 rows"
    assert found.records == 5462


@pytest.mark.parametrize(
    ("name", "records", "outcome"),
    [
        ("ca_ab_calgary", 520, True),
        ("ca_ab_edmonton", 1619, False),
        ("ca_on_greater_sudbury", 346, True),
        ("ca_on_toronto", 9972, True),
    ],
)
def test_the_canadian_logs(
    name: str, records: int, outcome: bool, shared_data: Path
) -> None:
    found = dtr.preview_log(shared_data / "real_logs" / "ca_foi" / f"{name}.csv")
    read = found.read
    assert found.records == records
    assert read.columns["request_id"] == "identifier"
    assert read.columns["received_at"] == "date_accepted"
    assert read.columns["closed_at"] == "date"
    assert read.columns.get("outcome") == ("decision" if outcome else None)
    assert ("outcome" in read.not_recorded) != outcome
    assert {"channel", "legal_process"} <= set(read.not_recorded)
    assert {read.constants["country"], read.constants["accounts_requested"]} == {BLANK}
    if name == "ca_on_toronto":
        # 4,383 rows before 2013 (the largest loss that the reference measured).
        assert read.min_date == "2011-01-01"
        assert evidence(found, "min_date") == [
            "4,383 rows have a date before 2013-01-01, from 2011 on"
        ]


def test_what_is_written_is_read_back_and_refused_until_it_is_filled(
    shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "real_logs" / "uk_foi.csv"
    found = dtr.preview_log(source)
    path = tmp_path / "read.toml"
    found.write(path)
    assert read_options(path) == found.read
    with pytest.raises(SettingsError, match=r"still blank: constants\.country"):
        stage_source(source, read=found.read, folder=tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    place = lines.index("[terms.outcome]")
    assert " ".join(line.removeprefix("# ") for line in lines[place - 2 : place]) == (
        "outcome is one of pending, disclosed, partially_disclosed, no_data, rejected, "
        "withdrawn, expired, preserved, transferred"
    )
    (order,) = [line for line in lines if line.startswith("date_order")]
    assert order.split("#")[0].strip() == 'date_order = "dmy"'
    assert order.split("#")[1].strip() == "3,609 rows have a first part above 12"
    text_ = path.read_text(encoding="utf-8")
    answers = text_.replace('country = "???"', 'country = "GB"')
    answers = answers.replace('accounts_requested = "???"', "accounts_requested = 1")
    path.write_text(answers.replace('= "???"', '= "pending"'), encoding="utf-8")
    read = read_options(path)
    assert isinstance(read, dtr.ReadOptions)
    assert stage_source(source, read=read, folder=tmp_path).records == 5462


def test_an_undeclared_code_page_is_a_blank(tmp_path: Path) -> None:
    data = log(insert=("000900,2024-02-05,DE,Прокуратура,email,court_order,pending,1",))
    found = preview(tmp_path, data.decode().encode("cp1251"))
    assert found.read.encoding == BLANK
    (said,) = evidence(found, "encoding")
    assert "cp1251" in said
    assert "cp1252" in said


def test_wide_text_without_a_mark_is_proved_by_its_zeros(tmp_path: Path) -> None:
    found = preview(tmp_path, log().decode().encode("utf-16-be"))
    assert found.read.encoding == "utf-16-be"


def test_a_log_without_header_gets_names(tmp_path: Path) -> None:
    found = preview(tmp_path, text(rows()))
    assert found.read.header is not None
    assert len(found.read.header) == len(HEADER.split(","))
    assert {"country", "channel", "legal_process", "received_at"} <= set(
        found.read.header
    )


def test_the_sheet_is_a_blank_where_two_hold_a_log(tmp_path: Path) -> None:
    found = preview(tmp_path, workbook(_copy_sheet), "two.xlsx")
    assert found.read.sheet == BLANK
    assert evidence(found, "sheet") == ["several sheets hold a log: 'old copy', 'log'"]


@pytest.mark.parametrize("end", ["\n", ""])
def test_json_is_previewed_too(end: str, tmp_path: Path) -> None:
    requests = [
        {("No." if key == "request_id" else key): value for key, value in o.items()}
        for o in objects()
    ]
    data = end.join(map(json.dumps, requests)).encode()
    found = preview(tmp_path, data, "log.jsonl")
    assert found.records == 8
    assert found.columns[0] == "No."
    assert found.read == dtr.ReadOptions(columns={"request_id": "No."})


def test_a_frame_without_ids_takes_its_rows_as_ids() -> None:
    frame = pd.DataFrame(objects()).drop(columns=["request_id", "channel"])
    found = dtr.preview_log(frame)
    assert found.read == dtr.ReadOptions(ids="row", not_recorded=("channel",))


def test_an_order_of_dates_that_nothing_proves_is_a_blank(tmp_path: Path) -> None:
    data = log().replace(b"-05T10:00:00Z", b"/02/2024").replace(b"2024-", b"")
    found = preview(tmp_path, data)
    assert found.read.date_order == BLANK
    assert evidence(found, "date_order") == [
        "dmy or mdy: 8 rows have dates that read both ways"
    ]


def test_epoch_numbers_and_placeholders_are_proposed(tmp_path: Path) -> None:
    lines = [
        f"{'n/a' if i < 3 else i},{1_700_000_000 + i * 86_400},DE,Unit {i},email,"
        "court_order,disclosed,1"
        for i in range(40)
    ]
    found = preview(tmp_path, text([HEADER, *lines]))
    assert found.read.layouts == ("epoch_s",)
    assert found.read.empty == {"request_id": ("n/a",)}
    assert evidence(found, "empty.request_id") == ["'n/a' stands in 3 rows"]


def test_rows_that_may_be_accounts_are_a_blank(tmp_path: Path) -> None:
    lines = [
        row.replace(f"{i:06d}", f"{i // 2:06d}").replace(
            f"2024-0{i % 9 + 1}", "2024-01"
        )
        for i, row in enumerate(rows())
    ]
    found = preview(tmp_path, text([HEADER, *lines]))
    assert found.read.row_is == BLANK
    assert evidence(found, "row_is") == [
        '"account" if a row is an account and the id an order, else "request": 8 of 8 '
        "rows share their id and day with others"
    ]


def test_months_and_closed_logs_are_pointed_out(tmp_path: Path) -> None:
    lines = ["id,received_at,closed_at,country"]
    lines += [f"{i},2024-0{i % 9 + 1},2024-11-0{i % 9 + 1},DE" for i in range(30)]
    found = preview(tmp_path, text(lines))
    assert found.notes == (
        "30 rows hold a month, quarter or interval instead of a day: figures over "
        "windows are for load_published",
        "every row is closed: if rows appear only on closing, the last months are "
        'short; say visible="closed_at" at nowcast_counts',
    )


def test_what_is_known_is_not_asked_again(shared_data: Path) -> None:
    known = dtr.ReadOptions(
        constants={"country": "GB", "accounts_requested": 1},
        terms={"outcome": {"Successful": "disclosed"}},
    )
    found = dtr.preview_log(shared_data / "real_logs" / "uk_foi.csv", read=known)
    assert found.read.constants == known.constants
    assert found.read.terms["outcome"]["Successful"] == "disclosed"


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestLogError, match="an empty file"):
        preview(tmp_path, b"")
    with pytest.raises(RequestLogError, match="no such file"):
        dtr.preview_log(tmp_path / "none.csv")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(log())
    with pytest.raises(SettingsError, match="one is previewed at a time"):
        dtr.preview_log(str(tmp_path / "[ab].csv"))


def test_counts_with_points_and_commas_are_named(tmp_path: Path) -> None:
    counts = ["1.234", "12.345.678", '"2,5"', "0.75", '"1,234"', "4.0", "7", "8"]
    lines = [line.rpartition(",")[0] for line in rows()]
    path = tmp_path / "log.csv"
    table = [f"{line},{n}" for line, n in zip(lines, counts, strict=True)]
    path.write_text("\n".join([HEADER, *table]) + "\n")
    assert dtr.preview_log(path).notes == (
        "2 rows have a count in 'accounts_requested' like 1.234, which may be 1234 or "
        "a fraction: no option decides it, and they will be set aside; export the "
        "column as plain digits",
        "2 rows have a fraction in 'accounts_requested', like 2.5 or 2,5: a count is a "
        "whole number, and they will be set aside; see that the column holds numbers "
        "of accounts",
    )
    reasons = dtr.clean_requests(path, as_of="2024-12-31").ledger.total.by_reason
    assert reasons == {"non_integer_count": 2, "ambiguous_number": 2}
