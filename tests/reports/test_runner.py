"""The runner: what is executed, what is kept, what is carried over, what is refused."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.reports.conftest import PARAMETERS, RESULT, write_notebook

from disclosure_trends.errors import (
    DataQualityError,
    InputChangedError,
    NotebookError,
    NotEstimableError,
    RedactionError,
    RequestLogError,
    SettingsError,
)
from disclosure_trends.reports.publishing.manifest import faults_in
from disclosure_trends.reports.publishing.verify import verify_run
from disclosure_trends.reports.runner import BatchRun, run_report, run_reports

DAY = "2024-12-31"


def run(shelf: Path, out: Path, *names: str, **options: Any) -> BatchRun:
    return run_reports(names, as_of=DAY, out=out, notebooks=shelf, **options)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def latest(out: Path) -> str:
    return (out / "latest").readlink().name


def one_report(shelf: Path, *cells: str, settings: str = "", **options: Any) -> None:
    write_notebook(shelf / "one.ipynb", *cells, **options)
    text = f"[reports.one]\n{settings}\n"
    (shelf / "reports.toml").write_text(text, encoding="utf-8")


def test_a_run_leaves_what_it_promises(shelf: Path, out: Path) -> None:
    result = run_report("good", as_of=DAY, out=out, notebooks=shelf)
    assert result.outcome == "published"
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301
    folder = out / "runs" / latest(out)
    assert result.folder == folder
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*")) == [
        "good/findings.json",
        "good/notebook.ipynb",
        "good/report.html",
        "good/tables/countries.csv",
        "index.html",
        "manifest.json",
        "status.json",
    ]
    assert folder.name.startswith(f"{DAY}-")
    assert len(folder.name) == len(DAY) + 9
    assert "latest/index.html" in (out / "index.html").read_text(encoding="utf-8")
    assert "good/report.html" in (folder / "index.html").read_text(encoding="utf-8")
    assert read(folder / "status.json") == {
        "schema": 1,
        "outcome": "published",
        "exit_code": 0,
        "cause": None,
        "reports": {
            "good": {
                "outcome": "published",
                "exit_code": 0,
                "cause": None,
                "as_of": DAY,
                "from": None,
            }
        },
    }
    assert verify_run(folder) == 4


def test_findings_and_tables_come_from_the_bundles(shelf: Path, out: Path) -> None:
    result = run_report("good", as_of=DAY, out=out, notebooks=shelf)
    document = read(result.findings)
    assert list(document) == [
        *("schema", "report", "parameters", "as_of", "findings", "claims"),
    ]
    assert document["parameters"] == {"region": "EU", "as_of": DAY}
    (finding,) = document["findings"]
    assert finding["statement"] == "Requests rose to 12."
    assert finding["numbers"] == {
        "n": 12,
        "share": {
            "value": 0.5,
            "lower": 0.4,
            "upper": 0.6,
            "level": 0.95,
            "kind": "confidence",
            "unit": "share",
        },
    }
    table = result.folder / "good" / "tables" / "countries.csv"
    assert table.read_text(encoding="utf-8") == "country,n\n'=FR,5\nNO,7\n"


def test_the_notebook_names_no_machine(shelf: Path, out: Path, tmp_path: Path) -> None:
    log = tmp_path / "secret-folder" / "log.csv"
    log.parent.mkdir()
    log.write_text("a\n1\n", encoding="utf-8")
    one_report(
        shelf,
        "print(settings.requests, object())\nimport warnings\nwarnings.warn('x')",
        RESULT,
        parameters=PARAMETERS + 'requests: str = "example"  # a log\n',
    )
    result = run_report(
        "one", as_of=DAY, out=out, notebooks=shelf, parameters={"requests": str(log)}
    )
    text = (result.folder / "one" / "notebook.ipynb").read_text(encoding="utf-8")
    for trace in ("secret-folder", str(Path.home()), "0x", "stderr", "papermill"):
        assert trace not in text.replace('"injected-parameters"', "")
    assert 'requests = \\"log.csv\\"' in text
    entry = read(result.folder / "manifest.json")["reports"]["one"]
    assert entry["parameters"]["requests"] == "log.csv"
    assert entry["inputs"][0]["name"] == "log.csv"
    command = dict(entry["provenance"])["Run again"]
    assert command == (
        "disclosure-trends report one --out reports --as-of 2024-12-31 "
        "-p region=EU -p requests=log.csv"
    )


def test_unchanged_executes_nothing(shelf: Path, out: Path) -> None:
    first = run(shelf, out, "good", "also")
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()}
    stages: list[tuple[str, str]] = []
    second = run(
        shelf, out, "good", "also", progress=lambda *stage: stages.append(stage)
    )
    assert (first.outcome, second.outcome) == ("published", "unchanged")
    assert stages == []
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()} == before
    third = run(shelf, out, "good", "also", force=True)
    assert third.outcome == "published"
    assert third.folder == first.folder


def test_a_damaged_run_is_made_again(shelf: Path, out: Path) -> None:
    first = run(shelf, out, "good")
    (first.folder / "good" / "report.html").write_text("", encoding="utf-8")
    second = run(shelf, out, "good")
    assert second.outcome == "published"
    assert faults_in(second.folder) == []


def test_a_damaged_report_does_not_take_the_others_with_it(
    shelf: Path, out: Path
) -> None:
    first = run(shelf, out, "good", "also")
    (first.folder / "good" / "findings.json").unlink()
    (first.folder / "index.html").write_text("", encoding="utf-8")
    stages: list[tuple[str, str]] = []
    run(shelf, out, "good", progress=lambda *stage: stages.append(stage))
    assert stages == [("good", "started"), ("good", "done")]
    assert (out / "latest" / "also" / "report.html").exists()
    assert faults_in(out / "latest") == []


def test_a_damaged_list_is_written_again(shelf: Path, out: Path) -> None:
    first = run(shelf, out, "good")
    (first.folder / "index.html").unlink()
    assert run(shelf, out, "good").outcome == "unchanged"  # nothing was executed
    assert faults_in(out / "latest") == []


def test_another_parameter_is_another_run(shelf: Path, out: Path) -> None:
    first = run(shelf, out, "good")
    second = run(shelf, out, "good", parameters={"region": "NO"})
    assert first.folder != second.folder
    assert read(second.reports[0].findings)["parameters"]["region"] == "NO"
    third = run(shelf, out, "good")  # back again: nothing executes, but it is shown
    assert third.outcome == "unchanged"
    assert latest(out) == first.folder.name
    assert faults_in(out / "latest") == []


def test_other_reports_are_carried_over_with_their_own_date(
    shelf: Path, out: Path
) -> None:
    first = run(shelf, out, "good", "also")
    later = run_reports(["good"], as_of="2025-01-31", out=out, notebooks=shelf)
    manifest = read(later.folder / "manifest.json")["reports"]
    assert manifest["good"]["as_of"] == "2025-01-31"
    assert manifest["also"]["as_of"] == DAY
    assert manifest["also"]["carried_over"] == first.folder.name
    status = read(later.folder / "status.json")["reports"]
    assert status["also"]["outcome"] == "carried over"
    page = "also/report.html"
    assert (later.folder / page).read_bytes() == (first.folder / page).read_bytes()
    index = (later.folder / "index.html").read_text(encoding="utf-8")
    assert "As of 31 December 2024. Carried over from an earlier run." in index
    again = run_reports(["good"], as_of="2025-02-28", out=out, notebooks=shelf)
    carried = read(again.folder / "manifest.json")["reports"]["also"]["carried_over"]
    assert carried == first.folder.name  # the run that made it, not the last one


def test_latest_never_moves_to_an_earlier_day(shelf: Path, out: Path) -> None:
    later = run_reports(["also"], as_of="2025-01-31", out=out, notebooks=shelf)
    earlier = run(shelf, out, "good")
    assert not earlier.shown
    assert latest(out) == later.folder.name
    # The past is honest: a report of a later day is not carried back into it.
    assert not (earlier.folder / "also").exists()
    assert run(shelf, out, "good").outcome == "unchanged"
    forced = run(shelf, out, "good", force=True)
    assert forced.shown
    assert latest(out) == earlier.folder.name
    assert (forced.folder / "also").exists()


def test_one_failing_report_does_not_stop_the_others(shelf: Path, out: Path) -> None:
    fine = run(shelf, out, parameters={"region": "FR"})
    assert fine.error is None
    batch = run_reports(as_of="2025-01-31", out=out, notebooks=shelf)
    assert batch.error is not None
    assert batch.error.exit_code == 11
    assert str(batch.error) == (
        "1 of 3 reports failed (bad), the others are published: "
        "report 'bad', cell 4: ValueError"
    )
    status = read(out / "latest" / "status.json")
    assert (status["outcome"], status["exit_code"]) == ("published", 11)
    assert status["reports"]["bad"] == {
        "outcome": "failed",
        "exit_code": 6,
        "cause": "report 'bad', cell 4: ValueError",
        "as_of": DAY,
        "from": fine.folder.name,
    }
    assert [r.outcome for r in batch.reports] == ["published", "published", "failed"]
    assert batch.reports[2].as_of.isoformat() == DAY
    index = (out / "latest" / "index.html").read_text(encoding="utf-8")
    assert "The latest run failed; this is the last good one, of 31 Dec" in index
    assert verify_run(out / "latest") == 12
    partial = out / "latest" / "failed" / "bad.ipynb"
    assert "Jane Roe" not in _outputs_of(partial)


def _outputs_of(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return json.dumps([cell.get("outputs") for cell in cells])


def test_running_again_executes_only_what_failed(shelf: Path, out: Path) -> None:
    run(shelf, out)
    stages: list[tuple[str, str]] = []
    batch = run(shelf, out, progress=lambda *stage: stages.append(stage))
    assert stages == [("bad", "started"), ("bad", "failed")]
    assert batch.error is not None
    write_notebook(shelf / "bad.ipynb")
    stages.clear()
    batch = run(shelf, out, progress=lambda *stage: stages.append(stage))
    assert stages == [("bad", "started"), ("bad", "done")]
    assert batch.error is None
    assert not (out / "latest" / "failed").exists()


def test_a_failed_run_moves_nothing(shelf: Path, out: Path) -> None:
    good = run(shelf, out, "good")
    with pytest.raises(NotebookError) as caught:
        run_report("bad", as_of="2025-01-31", out=out, notebooks=shelf)
    assert str(caught.value) == "report 'bad', cell 4: ValueError"
    assert latest(out) == good.folder.name
    (failed,) = (out / "runs").glob("*.failed-1")
    assert sorted(p.name for p in failed.rglob("*")) == [
        *("bad.ipynb", "failed", "status.json"),
    ]
    status = read(failed / "status.json")
    assert (status["outcome"], status["exit_code"]) == ("failed", 6)
    assert "Jane Roe" not in json.dumps(status) + _outputs_of(
        failed / "failed" / "bad.ipynb"
    )
    assert failed.stat().st_mode & 0o777 == 0o700


def test_reports_run_side_by_side_give_the_same_bytes(
    shelf: Path, tmp_path: Path
) -> None:
    one = run(shelf, tmp_path / "one")
    two = run(shelf, tmp_path / "two", jobs=3)
    assert _bytes(one.folder) == _bytes(two.folder)


def test_a_kernel_and_the_fork_give_the_same_bytes(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = run(shelf, tmp_path / "one", "good")
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    two = run(shelf, tmp_path / "two", "good")
    assert _bytes(one.folder) == _bytes(two.folder)


def _bytes(folder: Path) -> Mapping[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("cell", "error", "message"),
    [
        (
            "raise SystemExit(0)",
            NotebookError,
            "report 'one': the notebook did not reach close_report(); its last cell "
            "must be reached and show what close_report() returns",
        ),
        (
            "import os; os._exit(0)",
            NotebookError,
            "report 'one', cell 4: DeadKernelError: exit code 0",
        ),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            NotebookError,
            "report 'one', cell 4: DeadKernelError: exit code -9",
        ),
        ("1 +", NotebookError, "report 'one', cell 4: SyntaxError"),
        (
            "from disclosure_trends.errors import RequestLogError\n"
            "raise RequestLogError('log.csv, line 3: is cut; send it again')",
            RequestLogError,
            "report 'one', cell 4: RequestLogError: log.csv, line 3: is cut; "
            "send it again",
        ),
    ],
)
def test_a_notebook_that_does_not_reach_its_end_is_no_report(
    shelf: Path, out: Path, cell: str, error: type[Exception], message: str
) -> None:
    one_report(shelf, cell, RESULT)
    with pytest.raises(error) as caught:
        run(shelf, out, "one").error or pytest.fail("published")
    assert str(caught.value) == message
    assert not (out / "latest").exists()


def test_a_cell_that_takes_too_long_is_stopped(
    shelf: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("disclosure_trends.reports.notebooks.making.CELL_TIMEOUT", 0.5)
    one_report(shelf, "import time; time.sleep(600)")
    with pytest.raises(NotebookError, match=r"CellTimeoutError: no end after 0\.5 s$"):
        run(shelf, out, "one")


def test_a_forgotten_closing_is_no_report(shelf: Path, out: Path) -> None:
    one_report(shelf, close=False)
    with pytest.raises(NotebookError, match="did not reach close_report"):
        run(shelf, out, "one")


def test_a_required_estimate_must_be_there(shelf: Path, out: Path) -> None:
    refused = RESULT.replace(
        'evidence="published")\nresult',
        'evidence="published", share=NotEstimable("the channel is not recorded", '
        '"not_recorded"))\nresult',
    )
    one_report(shelf, refused, settings='required = ["share"]')
    with pytest.raises(NotEstimableError) as caught:
        run(shelf, out, "one")
    assert str(caught.value) == (
        "report 'one': required 'share' is not estimable: the channel is not recorded"
    )
    one_report(shelf, refused)  # where it is not required, a refusal is a result
    assert run(shelf, out, "one").error is None
    one_report(shelf, settings='required = ["share", "other"]')
    with pytest.raises(NotEstimableError, match="no finding has it"):
        run(shelf, out, "one")


@pytest.mark.parametrize("change", ["append", "replace", "truncate", "remove"])
def test_an_input_that_changes_under_the_run_is_refused(
    shelf: Path, out: Path, tmp_path: Path, change: str
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("a\n1\n", encoding="utf-8")
    action = {
        "append": f"open({str(log)!r}, 'a').write('2\\n')",
        "replace": f"import os; open({str(log)!r} + 'x', 'w').write('b\\n1\\n'); "
        f"os.replace({str(log)!r} + 'x', {str(log)!r})",
        "truncate": f"open({str(log)!r}, 'w')",
        "remove": f"import os; os.remove({str(log)!r})",
    }[change]
    one_report(
        shelf,
        RESULT + f"\n{action};",
        parameters=PARAMETERS + 'requests: str = "example"  # a log\n',
        close=change != "remove",
    )
    with pytest.raises(InputChangedError) as caught:
        run(shelf, out, "one", parameters={"requests": str(log)})
    assert str(caught.value) == (
        "report 'one': log.csv changed during the run; "
        "run again when nothing writes to it"
    )
    assert not (out / "latest").exists()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call +44 20 7946 0958.", "a phone number"),  # Ofcom's numbers for drama
        ("Write to jane.roe@example.org.", "an e-mail address"),
        ("Seen at 192.0.2.17.", "an IP address"),  # RFC 5737
        ("Seen at 2001:db8::8a2e:370:7334.", "an IPv6 address"),  # RFC 3849
        ("Pay to GB82 WEST 1234 5698 7654 32.", "an IBAN"),  # ISO 13616's example
    ],
)
def test_what_looks_like_a_person_is_not_published(
    shelf: Path, out: Path, text: str, kind: str
) -> None:
    one_report(shelf, RESULT.replace("Requests rose to 12.", text))
    with pytest.raises(RedactionError) as caught:
        run(shelf, out, "one")
    assert str(caught.value) == (
        f"report 'one', findings.json: holds what looks like {kind}; look where it "
        "came from before the file leaves this machine"
    )
    assert not (out / "latest").exists()


def test_a_log_of_which_too_much_was_set_aside_is_refused(
    shelf: Path, out: Path
) -> None:
    log = """\
from types import SimpleNamespace
from disclosure_trends.results import Check
total = SimpleNamespace(records=10, clean=7, superseded=0, quarantined=3, by_reason={})
cleaned = SimpleNamespace(ledger=SimpleNamespace(total=total, files={}), evidence="log",
    checks=(Check("quarantine_share", False, "3 of 10 records were set aside."),))"""
    one_report(shelf, RESULT, log)
    with pytest.raises(DataQualityError) as caught:
        run(shelf, out, "one")
    assert str(caught.value) == "report 'one': 3 of 10 records were set aside."


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"regoin": "BR"},
            "good: parameter 'regoin' is unknown; did you mean 'region'?; "
            "it takes region, as_of",
        ),
        (
            {"region": False},
            "good: parameter 'region' is of type bool, not str; give a text",
        ),
        (
            {"as_of": "2024-12-31"},
            "parameter 'as_of': is given by --as-of (as_of=), not as a parameter",
        ),
        ({"region": "XX"}, None),
    ],
)
def test_nothing_starts_before_parameters_are_checked(
    shelf: Path, out: Path, parameters: Mapping[str, object], message: str | None
) -> None:
    with pytest.raises(SettingsError) as caught:
        run(shelf, out, parameters=parameters)
    assert message is None or str(caught.value) == message
    assert not out.exists()


def test_a_parameter_goes_to_the_reports_that_know_it(shelf: Path, out: Path) -> None:
    write_notebook(shelf / "also.ipynb", parameters="months: int = 3\n")
    batch = run(shelf, out, "good", "also", parameters={"months": 6, "region": "NO"})
    good, also = (read(r.findings)["parameters"] for r in batch.reports)
    assert good == {"region": "NO", "as_of": DAY}
    assert also == {"months": 6}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[reports.good]\nparametres = {}\n", "did you mean 'parameters'"),
        ("[report.good]\n", "did you mean 'reports'"),
        ("[reports.Good]\n", "a name holds only a-z"),
        ("[reports.good]\nparameters = {regoin = 'FR'}\n", "did you mean 'region'"),
        ("[reports.good]\nrequired = 'share'\n", "no list of names"),
        ("[reports.good]\nnotebook = 'absent.ipynb'\n", "there is no such notebook"),
        ("reports = [1]\n", "is no table"),
        ("[reports.good\n", "is no TOML"),
    ],
)
def test_settings_that_say_nothing_are_refused(
    shelf: Path, out: Path, text: str, message: str
) -> None:
    (shelf / "reports.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        run(shelf, out)


def test_an_unknown_report_is_refused(shelf: Path, out: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        run(shelf, out, "godd")
    assert str(caught.value) == (
        "reports.toml: report 'godd' is unknown; did you mean 'good'?; "
        "there are good, also, bad"
    )


def test_papermill_alone_runs_the_same_notebook(shelf: Path, out: Path) -> None:
    """Bare papermill with an ordinary kernel; then nbconvert's door to the page."""
    ours = run_report(
        "good", as_of=DAY, out=out, notebooks=shelf, parameters={"region": "NO"}
    )
    bare = shelf / "bare.ipynb"
    arguments = ["-r", "region", "NO", "-r", "as_of", DAY, "--no-progress-bar"]
    subprocess.run(
        [
            *(sys.executable, "-m", "papermill"),
            *(str(shelf / "good.ipynb"), str(bare), *arguments),
        ],
        check=True,
        capture_output=True,
        cwd=shelf,
    )
    from disclosure_trends.reports.page.render import render_report

    page = render_report(nbformat.read(bare, as_version=4))
    assert page == ours.page.read_text(encoding="utf-8")


def test_bare_papermill_refuses_a_misspelt_parameter(shelf: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "papermill", str(shelf / "good.ipynb")),
            *(str(shelf / "bare.ipynb"), "-r", "regoin", "BR", "--no-progress-bar"),
        ],
        capture_output=True,
        check=False,
        text=True,
        cwd=shelf,
    )
    assert done.returncode == 1
    assert "did you mean 'region'" in done.stderr


def test_same_bytes_whatever_the_environment(shelf: Path, tmp_path: Path) -> None:
    """Hash seed, zone, language and folder must not show."""
    program = (
        "import sys\nfrom disclosure_trends.reports.runner import run_reports\n"
        f"run_reports(['good', 'also'], as_of={DAY!r}, out=sys.argv[1], "
        f"notebooks={str(shelf)!r})"
    )
    settings = [("0", "UTC", "C"), ("4", "Asia/Kolkata", "pl_PL.UTF-8")]
    under_way = []
    for seed, zone, language in settings:
        folder = tmp_path / f"cwd-{seed}"
        folder.mkdir()
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LANG": language,
            "LC_ALL": language,
        }
        command = [sys.executable, "-c", program, str(folder / "out")]
        under_way.append(subprocess.Popen(command, cwd=folder, env=environment))
    assert [process.wait() for process in under_way] == [0, 0]
    one, two = (
        _bytes(next((tmp_path / f"cwd-{seed}" / "out" / "runs").iterdir()))
        for seed, _, _ in settings
    )
    assert one == two
