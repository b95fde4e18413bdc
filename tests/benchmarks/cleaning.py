"""What cleaning costs, as ratios to the same file rewritten, and to other tools.

CPU seconds and peak memory are of the whole process tree, start and imports included,
and every pair is measured back to back. Up to two million rows the job is done in
pandas and in Polars too, and their figures must be ours to the byte.
``FORMAT=csv .venv/bin/python -m tests.benchmarks cleaning 1_000_000 10_000_000``
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

IMPORTS = "from pathlib import Path; from tests.benchmarks.messy_log import write_log"
DRAW = (
    f"import sys; {IMPORTS}; "
    "write_log(Path(sys.argv[1]), rows=int(sys.argv[2]), seed=7)"
)
FLOOR = """
import duckdb, os, sys
source, target = sys.argv[1:]
con = duckdb.connect()
con.execute("SET enable_progress_bar=false")
con.execute("SET memory_limit='1GB'")
con.execute("SET preserve_insertion_order=false")
con.execute(f"SET temp_directory='{os.environ['TMPDIR']}'")
reader = f"read_csv('{source}', all_varchar=true)" if source.endswith("csv") else (
    f"read_parquet('{source}')")
con.execute(f"COPY (SELECT * FROM {reader}) TO '{target}/floor.parquet' (FORMAT "
            "parquet, COMPRESSION zstd)").fetchall()
"""
CLEAN = """
import sys
import disclosure_trends as dtr
source, target = sys.argv[1:]
log = dtr.clean_requests(source, as_of="2024-12-31", out=f"{target}/cleaned",
    memory="1GB", read=dtr.ReadOptions(layouts=("epoch_s", "epoch_ms")))
"""
FIGURES = """
import sys
from pathlib import Path
from tests.benchmarks.job import read_cleaned, write_figures
folder = Path(sys.argv[1])
cells, rows = read_cleaned(folder / "cleaned")
write_figures(folder, cells=cells, rows=rows)
"""
BARE = "import pandas, duckdb"
LIMITS = {"parquet": 3.5, "csv": 4.0}
LARGEST_FOR_OTHERS = 2_000_000


@dataclass(frozen=True)
class Cost:
    """What one process cost: CPU seconds, peak memory in MB, temporary bytes."""

    cpu: float
    memory: float
    disk: int


def main(*sizes: str) -> None:
    """Print cost, memory and ratios for logs of some sizes."""
    kind = os.environ.get("FORMAT", "parquet")
    print(small_log())  # noqa: T201
    costs = {}
    for size in sizes or ("1_000_000",):
        rows = int(size)
        with tempfile.TemporaryDirectory() as folder:
            costs[rows] = measure(Path(folder), rows, kind=kind)
    (first, least), *others = costs.items()
    for rows, cost in others:
        print(f"CPU({rows:,}) / CPU({first:,}) = {cost / least:.2f}")  # noqa: T201


def measure(folder: Path, rows: int, *, kind: str) -> float:
    """Print what a log of one size costs; return our CPU seconds."""
    source = folder / f"log.{kind}"
    draw = [sys.executable, "-c", DRAW, str(source), str(rows)]
    subprocess.run(draw, check=True)
    print(f"{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB of {kind}")  # noqa: T201
    floor = run_alone(folder, "-c", FLOOR, str(source))
    ours = run_alone(folder, "-c", CLEAN, str(source))
    for name, cost in (("floor", floor), ("clean", ours)):
        print(  # noqa: T201
            f"{name}: {cost.cpu:.1f} CPU s, {cost.memory:.0f} MB, "
            f"{cost.disk / rows:.0f} bytes of temporary disk a row"
        )
    ratio = ours.cpu / floor.cpu
    print(f"ratio {ratio:.2f} (at most {LIMITS[kind]} at ten million)")  # noqa: T201
    if rows <= LARGEST_FOR_OTHERS and kind == "parquet":
        compare(folder, source, ours)
    return ours.cpu


def compare(folder: Path, source: Path, ours: Cost) -> None:
    """Do the job in pandas and Polars; print the ratios, compare the figures."""
    target = str(folder / "target")
    subprocess.run([sys.executable, "-c", FIGURES, target], check=True)
    expected = json.loads((folder / "target" / "figures.json").read_text())
    for name in ("pandas", "polars"):
        cost = run_alone(folder, "-m", f"tests.benchmarks.with_{name}", str(source))
        found = json.loads((folder / "target" / "figures.json").read_text())
        if found != expected:
            raise RuntimeError(f"{name} has other figures: {found} and {expected}")
        print(  # noqa: T201
            f"{name}: {cost.cpu:.1f} CPU s, {cost.memory:.0f} MB; ours is "
            f"{ours.cpu / cost.cpu:.2f} of it; the same {found['cells']:,} cells and "
            "the same fate of every row"
        )


def small_log() -> str:
    """Say what a hundred rows cost, against the imports alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "log.csv"
        draw = [sys.executable, "-c", DRAW, str(source), "100"]
        subprocess.run(draw, check=True)
        imports, ours = [], []
        for _ in range(3):
            imports.append(run_alone(folder, "-c", BARE, str(source)).cpu)
            ours.append(run_alone(folder, "-c", CLEAN, str(source)).cpu)
    return (
        f"100 rows: {min(ours):.2f} CPU s; importing pandas and duckdb "
        f"{min(imports):.2f} (at most {1.5 * min(imports) + 0.5:.2f})"
    )


def run_alone(folder: Path, *command: str) -> Cost:
    """Run Python alone with a fresh target and a temporary folder of its own.

    The target, the last argument, holds what the run leaves.
    """
    target, scratch = folder / "target", folder / "scratch"
    for place in (target, scratch):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
    peak, done = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(scratch, peak, done))
    watcher.start()
    child = subprocess.Popen(
        [sys.executable, *command, str(target)],
        env=os.environ | {"TMPDIR": str(scratch)},
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if child.returncode:
        raise RuntimeError(f"the program failed with {child.returncode}")
    # wait4 sums up the child and all of its own children that it waited for.
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, peak[0])


def measured(program: str, source: Path, target: Path) -> tuple[float, float]:
    """Run a program with a log, a target and a folder; return CPU seconds and MB."""
    with tempfile.TemporaryDirectory() as spill:
        command = [sys.executable, "-c", program, str(source), str(target), spill]
        child = subprocess.Popen(command)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"the program failed with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _watch(folder: Path, peak: list[int], done: threading.Event) -> None:
    while not done.wait(0.25):
        peak[0] = max(peak[0], sum(_size(path) for path in folder.rglob("*")))


def _size(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512
    except OSError:
        return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
