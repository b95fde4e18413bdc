"""Runs Spark on this machine alone, in a process of its own that ends with the run.

So Java and its workers take no signal, no memory and no terminal of the one who asked,
and what Spark writes to its log, where it may quote what it failed on, goes nowhere.
"""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from disclosure_trends import errors
from disclosure_trends.errors import DisclosureTrendsError, SettingsError
from disclosure_trends.logs.partitions import Job
from disclosure_trends.logs.spark import run_job

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TRIES: Final = 4
"""How often a part is tried before the job fails, as on a cluster."""

_JOB: Final = "job.pickle"
_OUTCOME: Final = "outcome.json"
_KILLED: Final = (
    "engine: Spark was killed; nothing was written; the machine may have had no memory "
    "left; lower threads or memory, or leave engine out"
)
_ROOT: Final = Path(__file__).parents[2]


def run_locally(job: Job, *, folder: Path, parts: int, threads: int | None) -> None:
    """Let workers of this machine judge the spread records.

    Parameters
    ----------
    job : Job
        What they must know.
    folder : pathlib.Path
        With the spread records; the judged ones are committed into it.
    parts : int
        Least number of parts.
    threads : int or None
        Workers at a time; None for one a core.

    Raises
    ------
    SettingsError
        If Java is there but does not run Spark.
    DisclosureTrendsError
        If the job failed.
    """
    (folder / _JOB).write_bytes(pickle.dumps(job))
    arguments = [str(folder), str(parts), str(threads or "*")]
    child = subprocess.Popen(  # noqa: S603 - our own module, paths of our own making
        [sys.executable, "-m", "disclosure_trends.logs.local_spark", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        child.wait()
    finally:
        _end(child, scratch=Path(job.scratch))
    _raise_outcome(folder / _OUTCOME)


def _environment(folder: Path) -> dict[str, str]:
    # Settings of another Spark could load things from elsewhere, or run it elsewhere.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SPARK_", "PYSPARK_"))
    }
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return kept | {
        "PYTHONPATH": path,
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": str(folder / "conf"),
        "TMPDIR": str(folder),
    }


def _end(child: "subprocess.Popen[bytes]", *, scratch: Path) -> None:
    """End what still runs, and leave no row of it behind."""
    if child.stdin is not None:
        child.stdin.close()
    if child.returncode == 0:
        return
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    # Workers notice that Java is gone a moment later.
    for _ in range(50):
        shutil.rmtree(scratch, ignore_errors=True)
        if not scratch.exists():
            break
        time.sleep(0.1)


def _raise_outcome(path: Path) -> None:
    try:
        name, message = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        name, message = "DisclosureTrendsError", _KILLED
    if name:
        raise getattr(errors, name)(message)


def main(folder: str, parts: str, threads: str) -> None:
    """Be the process in which Spark runs.

    Parameters
    ----------
    folder, parts, threads : str
        Those of `run_locally`, as text.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    place = Path(folder)
    # A file of our own making, in a folder that nobody else can write.
    job: Job = pickle.loads((place / _JOB).read_bytes())  # noqa: S301
    try:
        with _session(place, threads) as session:
            run_job(session, job, folder=place, parts=int(parts))
            _say(place, "", "")
    except DisclosureTrendsError as error:
        _say(place, type(error).__name__, str(error))


def _say(folder: Path, *outcome: str) -> None:
    (folder / _OUTCOME).write_text(json.dumps(outcome), encoding="utf-8")


def _end_with_parent() -> None:
    """Go on for nobody: the pipe is closed when the one who asked is gone."""
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


@contextmanager
def _session(folder: Path, threads: str) -> "Iterator[SparkSession]":
    """Start Spark on the loopback device, with all of its files in our folder."""
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(
        [
            ("spark.master", f"local[{threads},{TRIES}]"),
            ("spark.app.name", "disclosure-trends"),
            ("spark.driver.host", "127.0.0.1"),
            ("spark.driver.bindAddress", "127.0.0.1"),
            ("spark.executorEnv.PYTHONPATH", str(_ROOT)),
            ("spark.local.dir", str(folder / "spark")),
            ("spark.sql.warehouse.dir", str(folder / "warehouse")),
            ("spark.sql.catalogImplementation", "in-memory"),
            ("spark.ui.enabled", "false"),
            (
                "spark.driver.extraJavaOptions",
                f'-XX:-UsePerfData "-Djava.io.tmpdir={folder}"',
            ),
        ]
    )
    try:
        gateway = launch_gateway(conf)
        context = SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, OSError) as error:
        raise SettingsError(
            f"engine: Spark did not start ({type(error).__name__}); it needs Java 17 "
            "or newer and about 1 GB of memory; install them, or leave engine out"
        ) from error
    try:
        yield SparkSession(context)
    finally:
        context.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=60)


if __name__ == "__main__":
    main(*sys.argv[1:])
