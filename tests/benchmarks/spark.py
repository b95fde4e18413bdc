"""What Spark costs beside the embedded engine, and that both give the same answer.

CPU seconds are of all processes of a run, Java and its workers included; the memory is
that of the largest process. ``ROWS=1000000 .venv/bin/python -m tests.benchmarks spark``
"""

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import duckdb

import disclosure_trends as dtr
from tests.benchmarks.cleaning import IMPORTS, measured

CLEAN = """
import sys
import disclosure_trends as dtr
source, target, _ = sys.argv[1:]
dtr.clean_requests(source, as_of="2024-12-31", out=target, engine="ENGINE",
    read=dtr.ReadOptions(layouts=("epoch_s", "epoch_ms")))
"""
TABLES = ("requests", "superseded", "quarantine")


def main() -> None:
    """Print cost and ratio; fail where the answers differ."""
    if find_spec("pyspark") is None or which("java") is None:
        print("pyspark or Java is missing: `make spark` installs it")  # noqa: T201
        return
    rows = int(os.environ.get("ROWS", "1000000"))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "log.parquet"
        draw = f"write_log(Path({str(source)!r}), rows={rows}, seed=7)"
        subprocess.run([sys.executable, "-c", f"{IMPORTS}; {draw}"], check=True)
        cost = {}
        for engine in ("duckdb", "spark"):
            program = CLEAN.replace("ENGINE", engine)
            cost[engine] = measured(program, source, Path(folder) / engine)
            seconds, memory = cost[engine]
            print(f"{engine} {seconds:.1f} CPU s, {memory:.0f} MB")  # noqa: T201
        _compare(Path(folder) / "duckdb", Path(folder) / "spark")
    ratio = cost["spark"][0] / cost["duckdb"][0]
    print(f"{rows:,} rows: ledger, rows and aggregates are the same")  # noqa: T201
    print(f"ratio {ratio:.1f}")  # noqa: T201


def _compare(here: Path, there: Path) -> None:
    if (here / "ledger.json").read_bytes() != (there / "ledger.json").read_bytes():
        raise RuntimeError("the ledgers differ")
    for name in TABLES:
        pair = [f"FROM '{place / name}.parquet'" for place in (here, there)]
        for one, other in (pair, pair[::-1]):
            query = f"SELECT count(*) FROM ({one} EXCEPT ALL {other})"  # noqa: S608
            if duckdb.sql(query).fetchall() != [(0,)]:
                raise RuntimeError(f"{name}: the rows differ")
    for by in ("region", "channel", "legal_process", "outcome"):
        counted = [
            dtr.count_requests(
                dtr.open_log(place), by=by, freq="month", measure="received"
            )
            .to_frame()
            .to_csv()
            for place in (here, there)
        ]
        if counted[0] != counted[1]:
            raise RuntimeError(f"counts by {by} differ")
