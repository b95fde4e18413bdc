"""What the calibrated detector costs, against the batched Farrington port.

500 monthly series of 144 months, latest month, same counts, back to back, as an
analyst calls them; imports and the first call of each are left out. The arrays alone,
without tables, are shown beside it.
"""

from collections.abc import Callable
from time import process_time

import numpy as np
import pandas as pd

from disclosure_trends.counts.counts import Counts
from disclosure_trends.models.farrington import farrington_flexible
from disclosure_trends.models.uptick.detect import detect_upticks
from disclosure_trends.models.uptick.mixture_baseline import predict_mixture

SERIES, MONTHS, REPEATS = 500, 144, 5
LIMIT = 3.0
CONTROL = {
    "b": 9,
    "w": 1,
    "noPeriods": 7,
    "pastWeeksNotIncluded": 2,
    "thresholdMethod": "nbPlugin",
    "pThresholdTrend": 1,
    "alpha": 0.01,
}


def draw() -> np.ndarray:
    """500 series of all sizes, with a season and twice the variance of Poisson."""
    rng = np.random.default_rng(1)
    level = np.exp(rng.normal(3, 1.2, (SERIES, 1)))
    wave = 0.3 * np.cos(2 * np.pi * np.arange(MONTHS) / 12)
    return rng.negative_binomial(level * np.exp(wave) / 1.5, 1 / 2.5).astype(float)


def as_counts(rows: np.ndarray) -> Counts:
    periods = pd.period_range("2010-01", periods=MONTHS, freq="M").astype(str)
    frame = pd.DataFrame(
        {
            "region": np.repeat([f"R{i:03d}" for i in range(len(rows))], MONTHS),
            "period": np.tile(periods, len(rows)),
            "value": rows.ravel(),
        }
    )
    return Counts.from_frame(frame, freq="month", measure="valid")


def seconds(work: Callable[[], object]) -> float:
    """Least CPU seconds of several runs, after one that does not count."""
    work()
    spent = []
    for _ in range(REPEATS):
        start = process_time()
        work()
        spent.append(process_time() - start)
    return min(spent)


def main() -> None:
    """Print both costs and their ratio."""
    rows = draw()
    counts = as_counts(rows)
    ours = seconds(lambda: detect_upticks(counts))
    theirs = seconds(
        lambda: detect_upticks(counts, method="farrington", control=CONTROL)
    )
    print(f"calibrated: {1000 * ours / SERIES:.2f} ms a series")  # noqa: T201
    print(f"farrington: {1000 * theirs / SERIES:.2f} ms a series")  # noqa: T201
    print(f"ratio {ours / theirs:.2f} (at most {LIMIT:.0f})")  # noqa: T201
    span = [MONTHS, MONTHS]
    arrays = seconds(lambda: predict_mixture(rows[:, :-2]).tail(rows[:, -1]))
    port = seconds(
        lambda: farrington_flexible(rows, freq=12, control=CONTROL, range=span)
    )
    print(  # noqa: T201
        f"arrays alone: {1000 * arrays / SERIES:.2f} and {1000 * port / SERIES:.2f} ms,"
        f" ratio {arrays / port:.2f}; calibrated against the port's arrays "
        f"{ours / port:.2f}"
    )


if __name__ == "__main__":
    main()
