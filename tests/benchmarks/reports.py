"""CPU seconds of `disclosure-trends report`: cold, warm, unchanged; whole process tree.

Cold is `make report` in a fresh clone: it builds the environment and needs the network.
Limits of the project: cold 180, warm 20, unchanged 3.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-05-31"
LIMITS = {"cold": 180.0, "warm": 20.0, "unchanged": 3.0}


def main() -> None:
    """Print what each kind of run costs."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        report = [sys.executable, "-m", "disclosure_trends", "report"]
        given = ["--out", str(out), "--as-of", AS_OF]
        cpu([*report, *given])  # compiles the modules
        show("warm", cpu([*report, *given, "--force"]))
        show("unchanged", cpu([*report, *given]))
        show("cold", cold(Path(folder)))


def cold(folder: Path) -> float | None:
    """Return the CPU seconds of `make report` in a fresh clone."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    return cpu(["make", "--directory", str(clone), "report"])


def cpu(command: list[str]) -> float | None:
    """Return the CPU seconds of a command and its children; None if it failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        return None
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(kind: str, seconds: float | None) -> None:
    """Print one figure beside its limit."""
    text = "failed" if seconds is None else f"{seconds:.1f} CPU s"
    print(f"{kind:<10} {text} (limit {LIMITS[kind]:g})")  # noqa: T201


if __name__ == "__main__":
    main()
