"""Placebos are quiet where nothing happened and speak where something did."""

import numpy as np
import pytest
from tests.models.panels import panel_of

from disclosure_trends.models.attribution.effect import estimate_effect
from disclosure_trends.models.attribution.guards import spill_over
from disclosure_trends.models.attribution.placebo import (
    Placebo,
    adjusted,
    lead_placebos,
    line_placebo,
    region_placebo,
)
from disclosure_trends.models.jackknife import jackknife
from disclosure_trends.simulate.requests import draw_panel

SEEDS = range(40)


def _p_values(scenario: str, name: str) -> np.ndarray:
    found = []
    for seed in SEEDS:
        draw = draw_panel(scenario, rng=seed)
        panel = panel_of(draw)
        windows = {"before": draw.before_months, "after": draw.after_months}
        if name == "region":
            placebo = region_placebo(panel, **windows)
        elif name == "line":
            placebo = line_placebo(panel, **windows)
        else:
            effect = estimate_effect(panel, **windows)
            placebo = next(p for p in lead_placebos(effect) if p.name == name)
        assert placebo.p_value is not None
        found.append(placebo.p_value)
    return np.array(found)


def test_growth_before_adoption_is_flagged():
    # 97.5 per cent of 200 runs were before; binomial error at 40 is 2.5 points.
    assert (_p_values("anticipation", "lead_submitted") < 0.05).mean() >= 0.9


def test_a_loosened_line_is_flagged():
    assert (_p_values("line_policy", "line") < 0.05).mean() >= 0.9


@pytest.mark.parametrize("name", ["lead_submitted", "lead_validity", "region", "line"])
def test_nothing_is_flagged_where_nothing_happened(name):
    flagged = (_p_values("rerouting", name) < 0.05).mean()
    # 9 per cent is what is allowed; three binomial errors at 40 seeds are 13.6.
    assert flagged <= 0.09 + 3 * np.sqrt(0.09 * 0.91 / 40)


def test_spill_over_is_seen_and_not_imagined():
    for scenario, expected in (("spillover", True), ("rerouting", False)):
        for seed in range(10):
            draw = draw_panel(scenario, rng=seed)
            rise = spill_over(
                panel_of(draw).region(),
                before=draw.before_months,
                after=draw.after_months,
            )
            assert rise is not None
            assert (rise > 0.05) == expected


def test_p_values_are_adjusted_as_holm_does():
    values = (0.01, 0.04, None, 0.03)
    placebos = tuple(Placebo(str(i), None, p) for i, p in enumerate(values))
    # Sorted .01, .03, .04: times 3, 2, 1, never falling.
    assert adjusted(placebos) == pytest.approx((0.03, 0.06, None, 0.06))


def test_jackknife_drops_undefined_replicates_and_says_so():
    result = jackknife(np.array([2.0, 1.0, 3.0, np.nan, 2.0]))
    # Three replicates 1, 3, 2: sum of squares 2, times 2/3.
    assert result.error == pytest.approx(np.sqrt(2 / 3 * 2))
    assert (result.clusters, result.dropped) == (3, 1)
