"""The bars add up to the change, whatever the log."""

import numpy as np
import pytest

from disclosure_trends.models.attribution.counterfactual import (
    Totals,
    logarithmic_mean,
    split_change,
)
from disclosure_trends.models.attribution.effect import PARTS, estimate_effect
from disclosure_trends.models.panel import NEVER, Panel, arrange_panel


def random_panel(seed: int) -> Panel:
    """Draw counts without any system: zeros, one line, new and vanished authorities."""
    rng = np.random.default_rng(seed)
    size, months = int(rng.integers(2, 40)), int(rng.integers(6, 30))
    level = rng.exponential(rng.choice([0.3, 4.0, 50.0]), size=size)
    submitted = rng.poisson(level[:, None] * np.ones(months))
    born = rng.integers(0, months, size) * (rng.random(size) < 0.3)
    dies = np.where(rng.random(size) < 0.3, rng.integers(0, months, size), months)
    alive = np.arange(months) >= born[:, None]
    submitted *= alive & (np.arange(months) < dies[:, None])
    line_share = rng.choice([0.0, 1.0, 0.4])
    on_line = rng.binomial(submitted, line_share)
    chance = rng.choice([0.0, 0.2, 1.0], size=(size, 1)) * np.ones((1, months))
    on_valid = rng.binomial(on_line, chance)
    off_valid = rng.binomial(submitted - on_line, chance / 2)
    adopted = np.where(rng.random(size) < 0.6, rng.integers(-2, months, size), NEVER)
    return arrange_panel(
        authority=[f"{n:03d}" for n in range(size)],
        country=rng.choice(["AT", "BE", "DE", "FR", "IT", "NL"], size),
        inside=np.ones(size, dtype=bool),
        months=[f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(months)],
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


def test_bars_sum_to_the_change_on_500_random_logs():
    defined = 0
    for seed in range(500):
        panel = random_panel(seed)
        last = panel.n_months
        before, after = np.arange(last - 4, last - 2), np.arange(last - 2, last)
        effect = estimate_effect(panel, before=before, after=after)
        if not effect.defined:
            continue
        defined += 1
        bars = sum(getattr(effect.split, name)[0] for name in PARTS)
        change = panel.valid[:, after].sum() - panel.valid[:, before].sum()
        assert abs(bars - change) <= 1e-9 * max(1.0, abs(change))
    # The others have a month in which everybody had adopted.
    assert defined > 250


def test_parts_of_a_case_worked_by_hand():
    # Valid 40 -> 90, had nobody adopted 40 -> 50; submitted 100 -> 125, without 100
    # -> 100. Rate without: .4 -> .5. Induced 25 x .5, re-routed 40 - 12.5; no demand.
    valid = _totals(40, 90, 40, 50)
    submitted = _totals(100, 125, 100, 100)
    split = split_change(valid, submitted)
    assert split.change[0] == 50
    assert split.induced[0] == 12.5
    assert split.rerouted[0] == 27.5
    assert split.demand[0] == pytest.approx(0, abs=1e-12)
    assert split.validity[0] == pytest.approx(10)
    # L(40, 90) ln(90 / 50): 50 / ln(2.25) * ln(1.8)
    assert split.shared[0] == pytest.approx(50 / np.log(2.25) * np.log(1.8))


def test_without_a_logarithm_the_background_is_shared_in_halves():
    split = split_change(_totals(0, 30, 0, 30), _totals(20, 60, 20, 60))
    # 40 more requests at the mean of the rates 0 and .5
    assert split.demand[0] == pytest.approx(10)
    assert split.validity[0] == pytest.approx(20)


def test_logarithmic_mean_keeps_its_digits_near_equality():
    a = np.array([5.0, 5.0, 0.0, 2.0])
    b = np.array([5.0, 5.0 * (1 + 1e-9), 3.0, 4.0])
    mean = logarithmic_mean(a, b)
    assert mean[0] == 5.0
    assert mean[1] == pytest.approx(5.0 * (1 + 0.5e-9), rel=1e-15)
    assert mean[2] == 0.0
    assert mean[3] == pytest.approx(2 / np.log(2))


def _totals(before: float, after: float, before_0: float, after_0: float) -> Totals:
    values = (before, after, before_0, after_0)
    arrays = [np.array([float(value)]) for value in values]
    return Totals(
        before=arrays[0], after=arrays[1], before_0=arrays[2], after_0=arrays[3]
    )
