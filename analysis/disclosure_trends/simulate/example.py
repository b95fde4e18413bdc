"""Writes the example log that ships with the project: simulated, and it says so."""

import argparse
import gzip
from pathlib import Path

import numpy as np
import pandas as pd

from disclosure_trends.simulate.panel import draw_panel
from disclosure_trends.simulate.requests import SimulatedLog, log_of, requests_for

SEED = 2
SCENARIO = "rerouting"
ROWS = 20_000
MONTHS, END, AFTER = 48, "2024-12", "2024Q3"

_README = """# Example: a simulated request log

Nothing here describes a real request, authority or person. `requests.csv.gz` was drawn
by `python -m disclosure_trends.simulate.example data/example` (scenario `{scenario}`,
seed {seed}): {rows:,} rows over {months} months to {end}, as a platform might export
them, with several date layouts, spellings, repeated ids and defects. Every id begins
with `SIM-`, so everything drawn from this log says SIMULATED.

| file | what |
|---|---|
| `requests.csv.gz` | the log |
| `adoption_dates.csv` | `authority, adopted_on`: day of each registered move |
| `read.toml` | what the file cannot prove: some of its dates are epoch numbers |

The truth behind it, in expectation, EU, {before} to {after}:

| | |
|---|---|
| change of valid requests | {change:.1f} |
| share that is re-routed | {share:.3f} |
| background demand | {demand:.1f} |
| validity or policy | {validity:.1f} |
"""

_READ = """# What the file cannot prove: some dates are numbers since 1970, in s or ms.
layouts = ["epoch_s", "epoch_ms"]
"""


def example_log() -> SimulatedLog:
    """Draw the example log.

    The quarters compared are the second and third of 2024; the log runs on for three
    months, so that both are settled on its last day. Small logs can be refused: this
    seed gives one that is answered, with its register of adoption dates and without.

    Returns
    -------
    SimulatedLog
        The same on every call.
    """
    rng = np.random.default_rng(SEED)
    panel = draw_panel(
        SCENARIO,
        rng=rng,
        end=END,
        months=MONTHS,
        rows=requests_for(ROWS),
        after=AFTER,
        days_open=0,
    )
    return log_of(panel, rng=rng, rows=ROWS, messy=True)


def example_files(log: SimulatedLog) -> dict[str, bytes]:
    """Write the example as files.

    Parameters
    ----------
    log : SimulatedLog
        From `example_log`.

    Returns
    -------
    dict
        File name to content, uncompressed.
    """
    truth = log.truth
    readme = _README.format(
        scenario=SCENARIO,
        seed=SEED,
        rows=len(log.requests),
        months=MONTHS,
        end=END,
        before=truth["before"],
        after=truth["after"],
        change=truth["change"],
        share=truth["share_rerouted"],
        demand=truth["demand"],
        validity=truth["validity"],
    )
    dates = log.adoption_dates.assign(
        adopted_on=log.adoption_dates["adopted_on"].dt.strftime("%Y-%m-%d")
    )
    return {
        "requests.csv": _csv(log.requests),
        "adoption_dates.csv": _csv(dates),
        "read.toml": _READ.encode(),
        "README.md": readme.encode(),
    }


def write_example(folder: Path) -> tuple[Path, ...]:
    """Write the example into a folder; the same bytes every time.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it does not exist.

    Returns
    -------
    tuple of pathlib.Path
        The files; the log is compressed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in example_files(example_log()).items():
        is_log = name == "requests.csv"
        path = folder / (f"{name}.gz" if is_log else name)
        path.write_bytes(gzip.compress(content, 9, mtime=0) if is_log else content)
        written.append(path)
    return tuple(written)


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where to write, data/example")
    write_example(parser.parse_args().folder)
