"""What cleaning costs, as a ratio to rewriting the same file, back to back.

CPU seconds and peak memory are of the whole process, start and imports included.
``ROWS=10000000 FORMAT=parquet .venv/bin/python -m tests.benchmarks cleaning``
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMPORTS = "from pathlib import Path; from tests.benchmarks.messy_log import write_log"
FLOOR = """
import duckdb, sys
source, target, spill = sys.argv[1:]
con = duckdb.connect()
con.execute("SET enable_progress_bar=false")
con.execute("SET memory_limit='1GB'")
con.execute("SET preserve_insertion_order=false")
con.execute(f"SET temp_directory='{spill}'")
reader = f"read_csv('{source}', all_varchar=true)" if source.endswith("csv") else (
    f"read_parquet('{source}')")
con.execute(f"COPY (SELECT * FROM {reader}) TO '{target}' (FORMAT parquet, "
            "COMPRESSION zstd)").fetchall()
"""
CLEAN = """
import sys
import disclosure_trends as dtr
source, target, _ = sys.argv[1:]
log = dtr.clean_requests(source, as_of="2024-12-31", out=target, memory="1GB",
    read=dtr.ReadOptions(layouts=("epoch_s", "epoch_ms")))
print(log.ledger.total.clean, log.ledger.total.superseded,
      log.ledger.total.quarantined)
"""
LIMITS = {"parquet": 3.5, "csv": 4.0}


def main() -> None:
    """Print cost, memory and ratio."""
    rows = int(os.environ.get("ROWS", "1000000"))
    kind = os.environ.get("FORMAT", "parquet")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"log.{kind}"
        # In a process of its own: a child's peak begins with that of its parent.
        draw = f"write_log(Path({str(source)!r}), rows={rows}, seed=7)"
        subprocess.run([sys.executable, "-c", f"{IMPORTS}; {draw}"], check=True)
        size = source.stat().st_size / 1e6
        print(f"{rows:,} rows, {size:.0f} MB of {kind}")  # noqa: T201
        floor = measured(FLOOR, source, Path(folder) / "floor.parquet")
        ours = measured(CLEAN, source, Path(folder) / "cleaned")
    print(f"floor {floor[0]:.1f} CPU s, {floor[1]:.0f} MB")  # noqa: T201
    print(f"clean {ours[0]:.1f} CPU s, {ours[1]:.0f} MB")  # noqa: T201
    ratio = ours[0] / floor[0]
    print(f"ratio {ratio:.2f} (at most {LIMITS[kind]} at ten million)")  # noqa: T201


def measured(program: str, source: Path, target: Path) -> tuple[float, float]:
    """Run a program alone; return its CPU seconds and peak memory in MB."""
    with tempfile.TemporaryDirectory() as spill:
        command = [sys.executable, "-c", program, str(source), str(target), spill]
        child = subprocess.Popen(command)
        start = time.monotonic()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"the program failed with {child.returncode}")
    print(f"  wall {time.monotonic() - start:.1f} s")  # noqa: T201
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
