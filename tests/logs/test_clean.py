"""A log as a whole: declared options, the gate, files in and out."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from logs.outcomes import tally
from small_logs import AS_OF, clean, frame, reasons

import disclosure_trends as dtr
from disclosure_trends.errors import OutputError, RequestLogError, SettingsError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.cleaned import open_log
from disclosure_trends.logs.options import ReadOptions

CSV = Path("log.csv")
LATER = {"updated_at": "2024-06-02T00:00:00Z"}
EARLIER = {"updated_at": "2024-06-01T00:00:00Z"}
SAME = {"request_id": "R-9"}


def _write(folder: Path, name: str, *changes: dict[str, object]) -> Path:
    path = folder / name
    frame(*changes).to_csv(path, index=False)
    return path


# --- declared options ------------------------------------------------------------


def test_a_log_without_ids_has_no_duplicates():
    rows = frame({}, {}).assign(request_id="same").drop(columns="request_id")
    with pytest.raises(RequestLogError, match="request_id"):
        clean_requests(rows, as_of=AS_OF)
    log = clean_requests(rows, as_of=AS_OF, read=ReadOptions(ids="row"))
    assert tally(log) == (2, 0, 0)
    assert log.to_frame()["request_id"].is_unique


def test_rows_that_are_accounts_become_requests():
    order = SAME | {"accounts_requested": ""}
    log = clean(
        order,
        order,
        order | {"outcome": "rejected", "accounts_disclosed": "0"},
        {"accounts_requested": ""},
        SAME | {"received_at": "2024-06-01", "closed_at": "", "accounts_requested": ""},
        row_is="account",
    )
    rows = log.to_frame()
    first = rows[rows["request_id"] == "R-4"].iloc[0]
    assert (first["accounts_requested"], first["accounts_disclosed"]) == (1, 1)
    # Two orders of one id on two dates are two answers under one id.
    assert log.ledger.total.by_reason == {"duplicate_conflict": 2}
    assert tally(log) == (1, 2, 2)
    log = clean(
        order,
        order,
        order | {"outcome": "rejected", "accounts_disclosed": "0"},
        row_is="account",
    )
    one = log.to_frame().iloc[0]
    assert (one["accounts_requested"], one["accounts_disclosed"]) == (3, 2)
    assert one["outcome"] == "partially_disclosed"
    assert bool(one["is_valid"])
    assert tally(log) == (1, 2, 0)
    assert log.ledger.total.warnings == {"account_rows_joined": 1}


def test_placeholder_ids_are_empty_cells():
    log = clean(
        {"request_id": "n/a"}, {"request_id": "n/a"}, {}, empty={"request_id": ("n/a",)}
    )
    assert log.ledger.total.by_reason == {"missing_request_id": 2}


def test_constants_and_not_recorded_are_two_things():
    rows = frame({}, {}).drop(columns=["country", "channel", "accounts_requested"])
    read = ReadOptions(
        constants={"country": "BR", "accounts_requested": 1},
        not_recorded=("channel",),
    )
    log = clean_requests(rows, as_of=AS_OF, read=read)
    assert set(log.to_frame()["country"]) == {"BR"}
    assert log.to_frame()["channel"].isna().all()
    assert log.is_recorded("country")
    assert not log.is_recorded("channel")
    ledger = next(iter(log.ledger.files.values()))
    assert ledger.declared["constants"] == {"country": "BR", "accounts_requested": 1}
    assert "Not recorded: channel." in log.summary()


def test_terms_merge_spellings_of_authorities():
    log = clean(
        {"authority": "Polizei"},
        {"authority": "POLIZEI"},
        {},
        terms={"authority": {"POLIZEI": "Polizei"}},
    )
    assert sorted(log.to_frame()["authority"]) == ["Court of X", "Polizei", "Polizei"]
    report = log.mapping[log.mapping["column"] == "authority"]
    assert report[["spelling", "value", "n"]].to_numpy().tolist() == [
        ["POLIZEI", "Polizei", 1]
    ]


def test_a_declared_value_outside_the_closed_list_is_refused_at_once():
    with pytest.raises(SettingsError) as refused:
        clean({}, terms={"outcome": {"done": "disclosd"}})
    assert str(refused.value).endswith(
        "'disclosd' is no value of outcome; allowed are pending, disclosed, "
        "partially_disclosed, no_data, rejected, withdrawn, expired, preserved, "
        "transferred; did you mean 'disclosed'?"
    )


def test_blanks_are_named_before_any_value_is_held_against_its_list():
    with pytest.raises(SettingsError) as refused:
        clean({}, constants={"country": "???"}, terms={"outcome": {"done": "???"}})
    assert str(refused.value) == (
        "options of the log: still blank: constants.country, terms.outcome.'done'; "
        "every '???' of a preview wants an answer; fill it in, or remove the line and "
        "name the column in not_recorded"
    )


def test_later_files_win(tmp_path):
    first = _write(tmp_path, "1.csv", SAME, {"request_id": "A"}, {"request_id": "B"})
    second = _write(tmp_path, "2.csv", SAME | {"country": "FR"}, {"request_id": "A"})
    log = clean_requests([first, second], as_of=AS_OF)
    assert log.ledger.total.by_reason == {
        "duplicate_exact": 1,
        "duplicate_conflict": 2,
    }
    log = clean_requests(
        [first, second], as_of=AS_OF, read=ReadOptions(later_file_wins=True)
    )
    assert tally(log) == (3, 2, 0)
    assert dict(log.to_frame()[["request_id", "source_file"]].to_numpy()) == {
        "R-9": "2.csv",
        "A": "2.csv",
        "B": "1.csv",
    }
    assert {name: f.records for name, f in log.ledger.files.items()} == {
        "1.csv": 3,
        "2.csv": 2,
    }


def test_options_by_file(tmp_path):
    first = _write(tmp_path, "1.csv", {"outcome": "done", "request_id": "A"})
    second = _write(
        tmp_path,
        "2.csv",
        {"outcome": "done", "request_id": "B", "accounts_disclosed": "0"},
    )
    log = clean_requests(
        [first, second],
        as_of=AS_OF,
        read={
            "1.csv": ReadOptions(terms={"outcome": {"done": "disclosed"}}),
            "2.csv": ReadOptions(terms={"outcome": {"done": "no_data"}}),
        },
    )
    assert list(log.to_frame()["outcome"]) == ["disclosed", "no_data"]
    assert len(log.mapping[log.mapping["spelling"] == "done"]) == 2


def test_max_accounts_and_min_date():
    assert tally(clean({"accounts_requested": "200000"}, max_accounts=200_000)) == (
        1,
        0,
        0,
    )
    old = {"received_at": "2010-05-01", "closed_at": ""}
    log = clean(old, {})
    assert log.ledger.total.by_reason == {"before_min_date": 1}
    assert [check.text for check in log.checks if check.name == "min_date"] == [
        "1 of 2 records (50%) are before min_date; set min_date in the read options "
        "if the log is older."
    ]
    assert tally(clean(old, {}, min_date="2010-05-01")) == (2, 0, 0)


# --- the gate --------------------------------------------------------------------


def test_the_gate_closes_above_the_share():
    bad = {"country": "QQ"}
    assert clean(bad, *[{}] * 4, max_quarantine_share=0.2).passed
    log = clean(bad, bad, *[{}] * 4, max_quarantine_share=0.2)
    assert not log.passed
    assert log.checks[0].text == (
        "2 of 6 records (33%) were quarantined: unknown_country 2; allowed are 20%; "
        "correct the source, declare what it cannot prove, or raise "
        "max_quarantine_share."
    )


def test_a_log_of_which_nothing_is_left_does_not_pass():
    log = clean({"received_at": "soon"}, {"received_at": "later"})
    assert not log.passed
    assert log.checks[0].text == "All 2 rows quarantined: unparsed_date 2."


def test_a_growing_log_gives_the_earlier_figures_at_an_earlier_date():
    def rows(n, **change):
        return [
            {
                "request_id": f"A{i}",
                "received_at": f"2024-0{1 + i % 6}-10",
                "closed_at": "",
                "outcome": "pending",
                "accounts_disclosed": "",
            }
            | change
            for i in range(n)
        ]

    def counts(log):
        table = dtr.count_requests(log, by="country", measure="received").table
        pending = dtr.count_requests(log, by="country", measure="pending").table
        return table["value"].tolist(), pending["value"].tolist()

    earlier = clean(*rows(12), as_of="2024-06-30")
    grown = [
        row
        | {"closed_at": "2024-07-05", "outcome": "disclosed", "accounts_disclosed": "1"}
        for row in rows(12)
    ]
    new = [{"received_at": f"2024-0{7 + i % 3}-11", "closed_at": ""} for i in range(40)]
    again = clean(*grown, *new, as_of="2024-06-30", max_quarantine_share=0.2)
    assert counts(again) == counts(earlier)
    assert again.passed
    assert again.ledger.total.only_future == 40


# --- files in and out ------------------------------------------------------------


def test_an_empty_log_has_no_requests():
    log = clean_requests(frame({}).iloc[:0], as_of=AS_OF)
    assert tally(log) == (0, 0, 0)
    assert log.to_frame().empty
    assert log.summary().startswith("0 records in 1 file")
    assert "The log holds no requests." in log.summary()
    counted = dtr.count_requests(log, by="region", freq="quarter").table
    assert counted["value"].tolist() == [0] * len(counted)


def test_out_leaves_a_folder_that_opens_again(tmp_path):
    out = tmp_path / "cleaned"
    rows = frame(SAME, SAME, {"country": "QQ"}, {"channel": "portal"})
    log = clean_requests(rows, as_of=AS_OF, out=out)
    names = sorted(path.name for path in out.iterdir())
    assert names == [
        "ledger.json",
        "quarantine.parquet",
        "requests.parquet",
        "superseded.parquet",
    ]
    assert stat.S_IMODE((out / "quarantine.parquet").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [out]
    again = open_log(out)
    assert again.summary() == log.summary()
    assert again.ledger == log.ledger
    pd.testing.assert_frame_equal(again.to_frame(), log.to_frame())
    pd.testing.assert_frame_equal(again.mapping, log.mapping)
    assert reasons(again) == {"R-9": ("duplicate_exact",), "R-3": ("unknown_country",)}
    ledger = json.loads((out / "ledger.json").read_text(encoding="utf-8"))
    assert ledger["schema"] == 1
    # A second run replaces the first.
    clean_requests(frame({}), as_of=AS_OF, out=out)
    assert open_log(out).ledger.total.records == 1
    assert list(tmp_path.iterdir()) == [out]


def test_out_touches_nothing_that_is_not_its_own(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError) as refused:
        clean_requests(frame({}), as_of=AS_OF, out=tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: the folder holds other files; out= takes a new or empty folder, "
        "or one with a cleaned log; name another one"
    )
    with pytest.raises(OutputError, match="this is no folder"):
        clean_requests(frame({}), as_of=AS_OF, out=tmp_path / "notes.txt")


def test_a_failed_run_leaves_the_earlier_one(tmp_path):
    out = tmp_path / "cleaned"
    clean_requests(frame({}), as_of=AS_OF, out=out)
    with pytest.raises(RequestLogError):
        clean_requests(frame({"received_at": "04/07/2024"}), as_of=AS_OF, out=out)
    assert open_log(out).ledger.total.records == 1
    assert list(tmp_path.iterdir()) == [out]


def test_no_cleaned_log(tmp_path):
    with pytest.raises(RequestLogError) as refused:
        open_log(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: no cleaned log was found; it takes a folder with "
        "requests.parquet, quarantine.parquet, superseded.parquet and ledger.json; "
        "make one with clean_requests(..., out=...)"
    )


@pytest.mark.parametrize("name", ["x[1]*.csv", "it's; DROP TABLE x.csv", "a?b.csv"])
def test_hostile_file_names_read_that_very_file(tmp_path, name):
    _write(tmp_path, "x1y.csv", {}, {}, {})
    _write(tmp_path, "axb.csv", {}, {}, {})
    path = _write(tmp_path, name, {"country": "FR"})
    log = clean_requests(path, as_of=AS_OF, out=tmp_path / "out[1]")
    assert log.ledger.total.records == 1
    assert list(log.ledger.files) == [name]
    assert dtr.count_requests(log, by="country").table["value"].sum() == 1


def test_settings_are_refused_before_anything_is_read():
    for setting, message in (
        (
            {"engine": "dukdb"},
            "engine: got 'dukdb'; it is 'duckdb' or 'spark'; did you mean 'duckdb'?",
        ),
        (
            {"memory": "much"},
            "memory: got 'much'; it takes a size with its unit, as '1GB'",
        ),
        ({"threads": 0}, "threads: got 0; it takes 1 or more, or None"),
    ):
        with pytest.raises(SettingsError) as refused:
            clean_requests("absent.csv", as_of=AS_OF, **setting)
        assert str(refused.value) == message


def test_messages_and_reprs_show_no_row():
    hidden = "Inspector Secret 0151 555"
    log = clean({"authority": hidden, "country": hidden, "request_id": hidden})
    assert hidden not in repr(log)
    assert hidden not in log.summary()
    assert hidden not in "".join(check.text for check in log.checks)


def test_one_simulated_row_makes_the_log_simulated():
    assert clean({}).evidence == "log"
    log = clean({}, {"request_id": "SIM-000001"})
    assert log.evidence == "simulated"
    assert log.summary().startswith("SIMULATED.")


def test_namibia_norway_and_the_united_kingdom():
    log = clean(
        {"country": "NA"},
        {"country": "NO"},
        {"country": "GB", "received_at": "2020-01-31T23:59:59Z"},
        {"country": "GB", "received_at": "2020-02-01T00:00:00Z"},
    )
    table = dtr.count_requests(log, by="region", freq="year", measure="received").table
    found = table[table["value"] > 0].set_index(["region", "period"])["value"]
    # The United Kingdom left on 31 January 2020 at midnight in Brussels.
    assert found.to_dict() == {
        ("EEA-CH", "2024"): 1,
        ("EU", "2020"): 1,
        ("GB", "2020"): 1,
        ("other", "2024"): 1,
    }


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_the_zone_of_the_process_does_not_matter(tmp_path, zone):
    path = _write(tmp_path, "log.csv", {"received_at": "2024-05-31T23:30:00"}, {})
    program = (
        "import sys, disclosure_trends as dtr; "
        "log = dtr.clean_requests(sys.argv[1], as_of='2024-12-31'); "
        "print(log.to_frame().to_csv(index=False))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(path)],
            env=os.environ | {"TZ": tz},
            capture_output=True,
            check=True,
        ).stdout
        for tz in ("UTC", zone)
    }
    assert len(outputs) == 1
