"""What an attribution costs, as a ratio within one run.

A large log (3,000 authorities, 36 months) against a usual one (200 by 24): estimate,
jackknife and placebos. And, where pyfixest is installed, against one Poisson fit of
the large log by it.
"""

import importlib.util
from time import process_time

import numpy as np

from disclosure_trends.models.attribution.case import HEADLINE, Case
from disclosure_trends.models.attribution.verdict import judge_case
from disclosure_trends.models.panel import NEVER, Panel, arrange_panel
from disclosure_trends.vocabulary.periods import format_period, parse_period

LIMIT = 12.0
_REPEATS = 5


def main() -> None:
    """Print both costs and their ratio."""
    small, large = draw_log(120, 80, 24, seed=1), draw_log(1800, 1200, 36, seed=2)
    usual, big = cost_of(small), cost_of(large)
    print(f"200 x 24: {usual:.4f} CPU s; 3,000 x 36: {big:.4f} CPU s")  # noqa: T201
    print(f"ratio {big / usual:.2f} (at most {LIMIT:.0f})")  # noqa: T201
    other = cost_of_pyfixest(large)
    if other is None:
        print("pyfixest is not installed: not compared")  # noqa: T201
    else:
        print(f"one pyfixest fit of 3,000 x 36: {other:.2f} CPU s")  # noqa: T201


def cost_of(panel: Panel) -> float:
    """Least CPU seconds of several runs: estimate, jackknife and placebos."""
    case = Case(
        region="EU",
        before=parse_period("2024Q2"),
        after=parse_period("2024Q3"),
        as_of="2024-12-31",
        evidence="simulated",
        panels={HEADLINE: panel},
    )
    best = np.inf
    for _ in range(_REPEATS):
        start = process_time()
        judge_case(case)
        best = min(best, process_time() - start)
    return float(best)


def cost_of_pyfixest(panel: Panel) -> float | None:
    """CPU seconds of one Poisson fit with authority and month effects."""
    if importlib.util.find_spec("pyfixest") is None:
        return None
    import pandas as pd
    import pyfixest

    region = panel.region()
    months = np.arange(region.n_months)
    frame = pd.DataFrame(
        {
            "valid": region.valid.ravel(),
            "authority": np.repeat(np.arange(region.n_authorities), len(months)),
            "month": np.tile(months, region.n_authorities),
            "treated": (months[None, :] >= region.adopted[:, None]).ravel() * 1,
        }
    )
    start = process_time()
    pyfixest.fepois("valid ~ treated | authority + month", frame)
    return process_time() - start


def draw_log(inside: int, outside: int, months: int, *, seed: int) -> Panel:
    """Draw a log of a given size that ends in September 2024."""
    rng = np.random.default_rng(seed)
    size = inside + outside
    within = np.arange(size) < inside
    level = rng.lognormal(np.log(6), 0.9, size)[:, None]
    submitted = rng.poisson(level * rng.gamma(8, 1 / 8, (size, months)))
    adopted = months - 1 - rng.integers(0, 8, size)
    adopted = np.where((rng.random(size) < 0.6) & within, adopted, NEVER)
    moved = np.arange(months)[None, :] >= adopted[:, None]
    on_line = rng.binomial(submitted, np.where(moved, 0.9, 0.05) * within[:, None])
    on_valid = rng.binomial(on_line, 0.75)
    off_valid = rng.binomial(submitted - on_line, 0.12)
    last = parse_period("2024-09").start
    names = [
        format_period(_months_before(last, months - 1 - i), freq="month")
        for i in range(months)
    ]
    countries = np.where(within, rng.integers(0, 27, size), rng.integers(27, 42, size))
    return arrange_panel(
        authority=[f"{n:04d}" for n in range(size)],
        country=[f"{n:02d}" for n in countries],
        inside=within,
        months=names,
        counts={
            "submitted": submitted,
            "valid": on_valid + off_valid,
            "on_line": on_line,
            "off_line": submitted - on_line,
            "on_line_valid": on_valid,
            "off_line_valid": off_valid,
        },
        adopted=adopted,
    )


def _months_before(day, n):
    place = day.year * 12 + day.month - 1 - n
    return day.replace(year=place // 12, month=place % 12 + 1)


if __name__ == "__main__":
    main()
