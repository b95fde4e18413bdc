"""How often a country whose users per request never changed is flagged as drifting.

Requests of every window are given; users are drawn with one and the same mean per
request, as counts whose variance is 1, 3 or 10 times their mean. The rule that is
measured is the shipped one.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from disclosure_trends.counts.drift import MIN_BASE, find_ratio_drift
from disclosure_trends.counts.published import load_published
from disclosure_trends.counts.windows import Cell, WindowCounts
from disclosure_trends.vocabulary.periods import next_period, parse_period

DISPERSIONS = (1, 3, 10)
REPLICATES = 500
SEED = 20240923
USERS = 2.0  # per request, where no published ratio is at hand

SHAPES = {"smallest that counts": (50, 30), "100": (100, 100), "1,000": (1000, 1000)}
LATER = 7  # windows after the first


def draw_users(
    requests: np.ndarray, *, mean: float, dispersion: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw users of windows: `mean` per request, variance `dispersion` x the mean."""
    expected = mean * requests
    if dispersion > 1:
        size = np.maximum(expected, 1e-9) / (dispersion - 1)
        expected = rng.gamma(size, dispersion - 1)
    return rng.poisson(expected)


def share_flagged(
    requests: Mapping[str, int],
    *,
    mean: float,
    dispersion: float,
    rng: np.random.Generator,
) -> float:
    """Return the share of replicates without drift that the rule flags."""
    counts = np.array(list(requests.values()), dtype=float)
    windows = [parse_period(name) for name in requests]
    given = WindowCounts(
        Cell(window=w, lower=n, upper=n) for w, n in zip(windows, counts, strict=True)
    )
    series = {}
    for k in range(REPLICATES):
        users = draw_users(counts, mean=mean, dispersion=dispersion, rng=rng)
        cells = [
            Cell(window=w, lower=float(n), upper=float(n))
            for w, n in zip(windows, users, strict=True)
        ]
        series[f"{k:04d}", "users_affected"] = WindowCounts(cells)
        series[f"{k:04d}", "requests_fulfilled"] = given
    return len(find_ratio_drift(series)) / REPLICATES


def of_shapes() -> pd.DataFrame:
    """Measure series of equal windows, from the smallest that the rule compares."""
    rows = []
    for name, (first, later) in SHAPES.items():
        period, requests = "2024Q1", {"2024Q1": first}
        for _ in range(LATER):
            period = next_period(period)
            requests[period] = later
        rows.append((name, *_rates(requests, USERS)))
    return _table(rows, "requests a window")


def of_published() -> pd.DataFrame:
    """Measure the countries of the shipped figures, each with its own mean ratio."""
    figures = load_published("telegram")
    requests, users = figures.of("requests_fulfilled"), figures.of("users_affected")
    rows = []
    for country, counts in sorted(requests.items()):
        cells = {
            cell.window.text: (int(cell.lower), users[country].range(cell.window))
            for cell in counts.finest()
            if cell.is_exact and country in users
        }
        known = {w: (n, u.lower) for w, (n, u) in cells.items() if u.is_exact}
        total = sum(n for n, _ in known.values())
        if len(known) < 2 or max(n for n, _ in known.values()) < MIN_BASE:
            continue
        mean = sum(u for _, u in known.values()) / total
        rows.append((country, *_rates({w: n for w, (n, _) in known.items()}, mean)))
    return _table(rows, "country")


def _rates(requests: Mapping[str, int], mean: float) -> list[float]:
    rng = np.random.default_rng(SEED)
    return [
        share_flagged(requests, mean=mean, dispersion=spread, rng=rng)
        for spread in DISPERSIONS
    ]


def _table(rows: list[tuple[object, ...]], what: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[what, *(f"phi {d}" for d in DISPERSIONS)])


def main() -> None:
    """Print the share of flagged series, and of shipped countries how many."""
    print(f"{REPLICATES} replicates each, seed {SEED}, {USERS:g} users a request")  # noqa: T201
    print(of_shapes().to_string(index=False))  # noqa: T201
    shipped = of_published()
    print(shipped.to_string(index=False))  # noqa: T201
    print("countries", len(shipped))  # noqa: T201
    print("flagged on average", shipped.iloc[:, 1:].sum().round(3).to_dict())  # noqa: T201
