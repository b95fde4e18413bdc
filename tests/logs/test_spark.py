"""The engine ``spark``: the same answer as embedded, also when workers die."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest
from small_logs import AS_OF, frame
from tests.benchmarks.messy_log import write_log

import disclosure_trends as dtr
from disclosure_trends.errors import DisclosureTrendsError, SettingsError
from disclosure_trends.logs import partitions, spark
from disclosure_trends.logs.clean import clean_requests

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROWS = 5_000
TEMPORARY = "a [1]{b}*"
PHASES = ("reading", "looking ", "spreading ", "judging ", "writing ")
READ = dtr.ReadOptions(layouts=("epoch_s", "epoch_ms"))
ROOT = Path(__file__).resolve().parents[2]
needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or which("java") is None,
    reason="pyspark or Java is missing: `make spark` installs it and runs these tests",
)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    write_log(path, rows=ROWS, seed=11)
    return path


@pytest.fixture(scope="module")
def embedded(log: Path) -> dtr.CleanedLog:
    return clean_requests(log, as_of=AS_OF, read=READ)


@pytest.fixture(scope="module")
def session() -> "Iterator[SparkSession]":
    """An analyst's own session, which is then the one that is used."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2,4]").appName("tests")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executorEnv.PYTHONPATH": str(ROOT / "analysis"),
    }.items():
        builder = builder.config(name, value)
    interrupt = signal.getsignal(signal.SIGINT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        started = builder.getOrCreate()
        yield started
        started.stop()
    signal.signal(signal.SIGINT, interrupt)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the folders of a run lie, to see that none is left."""
    folder = tmp_path / TEMPORARY
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def _same(here: dtr.CleanedLog, there: dtr.CleanedLog) -> None:
    said = [json.dumps(one.ledger.to_json()) for one in (here, there)]
    assert said[0] == said[1]
    assert here.checks == there.checks
    for name in ("to_frame", "superseded", "quarantined"):
        pd.testing.assert_frame_equal(getattr(here, name)(), getattr(there, name)())
    for by in ("region", "channel"):
        counted = [
            dtr.count_requests(one, by=by, freq="month", measure="received")
            .to_frame()
            .to_csv()
            for one in (here, there)
        ]
        assert counted[0] == counted[1]


# --- what is missing is said before anything is read -----------------------------


def test_without_pyspark_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    with pytest.raises(SettingsError) as caught:
        clean_requests("no such file", as_of=AS_OF, engine="spark")
    assert str(caught.value) == (
        "engine: 'spark' needs pyspark, which is not installed; it comes with "
        "pip install 'disclosure-trends[spark]'; install it, or leave engine out"
    )


@pytest.mark.parametrize(
    ("home", "where"), [("", "PATH"), ("/nowhere", "JAVA_HOME (/nowhere)")]
)
def test_without_java_it_is_said_how_to_get_it(monkeypatch, home, where):
    monkeypatch.setattr(spark, "find_spec", lambda _: object())
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("JAVA_HOME", home)
    with pytest.raises(SettingsError) as caught:
        clean_requests("no such file", as_of=AS_OF, engine="spark")
    assert str(caught.value) == (
        f"engine: 'spark' needs Java, and there is none in {where}; version 17 or "
        "newer is allowed; install it (Debian: openjdk-17-jre-headless), or leave "
        "engine out"
    )


@needs_spark
def test_a_java_that_cannot_start_spark_is_named(monkeypatch, tmp_path, temporary):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(spark, "_running_session", lambda: None)
    with pytest.raises(SettingsError) as caught:
        clean_requests(frame({}), as_of=AS_OF, engine="spark")
    assert str(caught.value) == (
        "engine: Spark did not start (PySparkRuntimeError); it needs Java 17 or newer "
        "and about 1 GB of memory; install them, or leave engine out"
    )


# --- in a process of its own -----------------------------------------------------


def _command(log: Path, out: Path, folder: Path) -> subprocess.Popen[str]:
    config = folder.parent / "read.toml"
    config.write_text('layouts = ["epoch_s", "epoch_ms"]\n', encoding="utf-8")
    arguments = ["--as-of", AS_OF, "--config", str(config), "--engine", "spark"]
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "disclosure_trends", "clean", str(log)),
            *("--out", str(out), *arguments),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT / "analysis")},
        cwd=folder.parent,
    )


@needs_spark
def test_the_command_gives_the_same_log_and_no_line_of_sparks(
    log, embedded, tmp_path, temporary
):
    out = tmp_path / "cleaned"
    with _command(log, out, temporary) as command:
        said, complaints = command.communicate()
    assert command.returncode == 0
    assert all(line.startswith(PHASES) for line in complaints.splitlines())
    assert said == f"{embedded.summary()}\n"
    _same(embedded, dtr.open_log(out))
    assert sorted(path.name for path in out.iterdir()) == [
        *("ledger.json", "quarantine.parquet"),
        *("requests.parquet", "superseded.parquet"),
    ]
    assert (out / "quarantine.parquet").stat().st_mode & 0o077 == 0
    assert not list(temporary.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(TEMPORARY, "cleaned", "read.toml"),
    ]


@needs_spark
def test_a_stopped_run_leaves_nothing(log, tmp_path, temporary):
    out = tmp_path / "cleaned"
    with _command(log, out, temporary) as command:
        while not list(temporary.glob("*/judged/_temporary")):
            assert command.poll() is None
            time.sleep(0.05)
        command.send_signal(signal.SIGTERM)
        _, complaints = command.communicate()
    assert command.returncode == 143
    *phases, stopped = complaints.splitlines()
    assert all(line.startswith(PHASES) for line in phases)
    assert stopped.startswith("disclosure-trends: ")
    assert not out.exists()
    assert not list(temporary.iterdir())


# --- in the analyst's own session ------------------------------------------------


@needs_spark
def test_a_worker_killed_in_the_middle_changes_nothing(
    log, embedded, session, monkeypatch, tmp_path
):
    def dying(batches: Iterator[pa.RecordBatch], *, job: partitions.Job):
        from pyspark import TaskContext

        context = TaskContext.get()
        first = context.attemptNumber() == 0
        (tmp_path / f"{context.partitionId()}-{context.attemptNumber()}").touch()
        for n, batch in enumerate(partitions.clean_part(batches, job=job)):
            if first and n == context.partitionId() % 3:
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    monkeypatch.setattr(spark, "clean_part", dying)
    there = clean_requests(log, as_of=AS_OF, read=READ, engine="spark")
    attempts = {path.name for path in tmp_path.iterdir()}
    assert {"0-0", "0-1", "1-0", "1-1"} <= attempts
    _same(embedded, there)


@needs_spark
def test_a_job_that_fails_leaves_nothing_and_quotes_nothing(
    log, session, monkeypatch, tmp_path, temporary, capfd
):
    def failing(batches: Iterator[pa.RecordBatch], *, job: partitions.Job):
        def quoting(*arguments: object, **named: object):
            raise ValueError("Court of O'District, REQ-000000001")

        partitions.judge_records = quoting
        yield from partitions.clean_part(batches, job=job)

    monkeypatch.setattr(spark, "clean_part", failing)
    out = tmp_path / "cleaned"
    with pytest.raises(DisclosureTrendsError) as caught:
        clean_requests(log, as_of=AS_OF, read=READ, engine="spark", out=out)
    assert str(caught.value) == (
        "engine: Spark gave up (ValueError in a worker); nothing was written; a worker "
        "takes up to 200 MB beside memory=, and needs the folder of temporary files; "
        "lower threads, set TMPDIR to a place that all workers see and that has room, "
        "or leave engine out"
    )
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    lines = "".join(capfd.readouterr())
    assert "Court of" not in lines
    assert "REQ-" not in lines
    assert not out.exists()
    del caught
    assert not list(temporary.glob("*/*"))


@needs_spark
def test_an_own_session_is_used_and_left_running(session, monkeypatch):
    monkeypatch.setattr("subprocess.Popen", None)
    there = clean_requests(frame({}, {}), as_of=AS_OF, engine="spark")
    assert there.ledger.total.clean == 2
    assert session.range(3).count() == 3
