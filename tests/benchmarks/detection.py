"""What the calibrated detector costs, against the batched Farrington port.

500 monthly series of 144 months, latest month, same counts, back to back; imports and
the first call of each are left out.
"""

from time import process_time

import numpy as np

from disclosure_trends.models.baselines import judge_period
from disclosure_trends.models.farrington import farrington_flexible
from disclosure_trends.models.series_matrix import SeriesMatrix

SERIES, MONTHS, REPEATS = 500, 144, 3
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


def counts():
    rng = np.random.default_rng(1)
    level = np.exp(rng.normal(3, 1.2, (SERIES, 1)))
    wave = 0.3 * np.cos(2 * np.pi * np.arange(MONTHS) / 12)
    return rng.negative_binomial(level * np.exp(wave) / 1.5, 1 / 2.5).astype(float)


def calibrated(rows):
    matrix = SeriesMatrix(
        regions=tuple(str(i) for i in range(len(rows))),
        periods=tuple(str(i) for i in range(rows.shape[1])),
        counts=rows,
        ripe=rows,
        exposure=None,
    )
    judge_period(matrix, rows.shape[1] - 1, freq="month", rate=0.01)


def farrington(rows):
    last = rows.shape[1]
    farrington_flexible(rows, freq=12, control=CONTROL, range=[last, last])


def seconds(work, rows):
    work(rows[:5])
    spent = []
    for _ in range(REPEATS):
        start = process_time()
        work(rows)
        spent.append(process_time() - start)
    return min(spent)


def main():
    """Print both costs and their ratio."""
    rows = counts()
    ours, theirs = seconds(calibrated, rows), seconds(farrington, rows)
    for name, cost in (("calibrated", ours), ("farrington", theirs)):
        each = 1000 * cost / SERIES
        print(f"{name}: {cost:.3f} CPU s, {each:.2f} ms a series")  # noqa: T201
    print(f"ratio {ours / theirs:.2f} (at most {LIMIT:.0f})")  # noqa: T201
