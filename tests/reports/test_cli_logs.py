"""The commands that read logs and published figures, and the gate they share."""

import json
from pathlib import Path

import pandas as pd
import pytest

from disclosure_trends import cli
from disclosure_trends.resources import shipped_path

HEADER = (
    "request_id,received_at,country,authority,channel,legal_process,outcome,"
    "accounts_requested"
)


def write_log(path: Path, *countries: str) -> Path:
    rows = [
        f"R{number},2024-09-0{number},{country},Court,email,court_order,disclosed,1"
        for number, country in enumerate(countries, start=1)
    ]
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


def test_from_preview_to_report(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = write_log(tmp_path / "log.csv", "FR", "NO", "NA")
    text = log.read_text(encoding="utf-8").replace("disclosed", "Handed over")
    log.write_text(text, encoding="utf-8")
    read = tmp_path / "read.toml"
    assert cli.run(["preview", str(log), "--write", str(read)]) == 0
    assert "? terms.outcome 'Handed over'" in capfd.readouterr().out
    cleaning = ["clean", str(log), "--out", str(tmp_path / "cleaned")]
    cleaning += ["--as-of", "2024-12-31", "--config", str(read)]
    assert cli.run(cleaning) == 2  # a blank is refused by its name
    assert "terms.outcome" in capfd.readouterr().err
    filled = read.read_text(encoding="utf-8").replace("???", "disclosed")
    read.write_text(filled, encoding="utf-8")
    assert cli.run(cleaning) == 0
    assert "3 records in 1 file: 3 clean" in capfd.readouterr().out
    out = tmp_path / "out"
    report = ["report", "data_quality", "--out", str(out), "--as-of", "2024-12-31"]
    assert cli.run([*report, "-p", f"requests={tmp_path / 'cleaned'}"]) == 0
    entry = json.loads((out / "latest" / "manifest.json").read_text())["reports"]
    assert entry["data_quality"]["ledger"][0]["clean"] == 3
    assert [i["name"] for i in entry["data_quality"]["inputs"][:1]] == ["ledger.json"]


def test_a_cleaned_log_that_knows_too_much_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = write_log(tmp_path / "log.csv", "FR")
    cleaned = str(tmp_path / "cleaned")
    assert cli.run(["clean", str(log), "--out", cleaned, "--as-of", "2025-01-31"]) == 0
    report = ["report", "data_quality", "--out", str(tmp_path / "out")]
    given = ["--as-of", "2024-12-31", "-p", f"requests={cleaned}"]
    assert cli.run([*report, *given]) == 3
    assert (
        "cleaned: was cleaned as of 2025-01-31, which is later than 2024-12-31; "
        "clean it again as of 2024-12-31"
    ) in capfd.readouterr().err


@pytest.mark.parametrize("n_wrong", [1, 2])
def test_the_gate_closes_above_the_allowed_share(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], n_wrong: int
) -> None:
    """One of five is the allowed 20 per cent; two of six are above it."""
    log = write_log(tmp_path / "log.csv", *["FR"] * 4, *["Atlantis"] * n_wrong)
    code = 0 if n_wrong == 1 else 4
    day = ["--as-of", "2024-12-31"]
    cleaned = tmp_path / "cleaned"
    assert cli.run(["clean", str(log), "--out", str(cleaned), *day]) == code
    assert (cleaned / "quarantine.parquet").exists()
    out = ["--out", str(tmp_path / "out")]
    report = ["report", "data_quality", *out, *day, "-p", f"requests={log}"]
    assert cli.run(report) == code
    error = capfd.readouterr().err
    assert error.count("2 of 6 records (33%) were quarantined") == (2 if code else 0)
    assert "Atlantis" not in error


def test_published_import_and_show(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shipped = shipped_path("data/published/telegram.csv")
    copy = tmp_path / "copy.csv"
    assert cli.run(["published", "import", str(shipped), "--out", str(copy)]) == 0
    before, after = (pd.read_csv(p, keep_default_na=False) for p in (shipped, copy))
    assert len(before) == len(after)
    assert set(after["country"]) == set(before["country"])
    capfd.readouterr()
    assert cli.run(["published", "show", str(copy), "--as-of", "2024-09-30"]) == 0
    assert capfd.readouterr().out.splitlines()[-1].startswith("platform,country,")
    assert cli.run(["published", "show", "telegran"]) == 2
    assert "did you mean 'telegram'" in capfd.readouterr().err
