"""Words planted in a log's private fields are in nothing that a run leaves."""

from pathlib import Path

import pytest

from disclosure_trends.reports.runner import run_reports
from disclosure_trends.simulate.requests import simulate_requests

AS_OF = "2024-09-30"
PLANTED = ("zqxid", "zqxauthority", "zqxnote", "zqxoutcome", "zqxday", "zqxland")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a run on the planted log leaves."""
    folder: Path = tmp_path_factory.mktemp("canaries")
    log = simulate_requests("rerouting", rng=77, rows=6_000)
    rows = log.requests.astype(object).where(log.requests.notna(), "")
    rows["request_id"] = [f"ZQXID-{n}" for n in range(len(rows))]
    rows["authority"] = "ZQXAUTHORITY " + rows["authority"]
    rows["officer_note"] = "ZQXNOTE"
    for column, word in (
        ("outcome", "ZQXOUTCOME"),
        ("received_at", "ZQXDAY"),
        ("country", "ZQXLAND"),
    ):
        rows.loc[rows.sample(20, random_state=1).index, column] = word
    rows.to_csv(folder / "requests.csv", index=False)
    dates = log.adoption_dates.assign(
        authority="ZQXAUTHORITY " + log.adoption_dates["authority"]
    )
    dates.to_csv(folder / "dates.csv", index=False)
    run_reports(
        ["communication_line"],
        as_of=AS_OF,
        out=folder / "reports",
        parameters={
            "requests": str(folder / "requests.csv"),
            "adoption_dates": str(folder / "dates.csv"),
        },
    )
    return folder / "reports"


def test_nothing_private_leaves_a_run(left: Path) -> None:
    files = [path for path in sorted(left.rglob("*")) if path.is_file()]
    assert {"report.html", "notebook.ipynb", "findings.json"} <= {p.name for p in files}
    for path in files:
        text = path.read_bytes().lower()
        assert not [word for word in PLANTED if word.encode() in text], path.name


def test_the_register_and_the_rows_were_read(left: Path) -> None:
    (findings,) = {path.resolve() for path in left.rglob("findings.json")}
    said = findings.read_text(encoding="utf-8")
    assert "the registered move" in said
    assert '"moved"' in said
