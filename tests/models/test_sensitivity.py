"""Delta-SD intervals against the published table, and the breakdown within it."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ncx2
from tests.models.panels import panel_of

from disclosure_trends.models.attribution.effect import estimate_effect
from disclosure_trends.models.attribution.event_study import study_events
from disclosure_trends.models.attribution.sensitivity import (
    EventPath,
    critical_value,
    find_breakdown,
    fixed_length_interval,
    path_of,
)
from disclosure_trends.simulate.requests import draw_panel


@pytest.fixture
def medicaid(shared_data: Path) -> tuple[EventPath, dict[str, list[float]]]:
    """Event study of the HonestDiD README and the intervals printed there."""
    path = shared_data / "golden_attribution" / "delta_sd_medicaid.json"
    golden = json.loads(path.read_text())
    event_path = EventPath(
        coefficients=np.array(golden["betahat"]),
        sigma=np.array(golden["sigma"]),
        pre=golden["numPre"],
        target=np.array([1.0, 0.0]),  # the first month from adoption on
    )
    return event_path, golden["DeltaSD_FLCI"]


def test_intervals_are_those_of_the_published_table(medicaid):
    path, table = medicaid
    for bend, (lower, upper) in table.items():
        found = fixed_length_interval(path, bend=float(bend))
        # 3e-4: reached before with these inputs; the table has three digits.
        assert found == pytest.approx((lower, upper), abs=3e-4)


def test_breakdown_lies_where_the_published_interval_first_contains_zero(medicaid):
    path, _ = medicaid
    found = find_breakdown(path)
    # The table's lower ends: .00286 at M = .02 and -.00714 at M = .03.
    assert 0.02 < found.breakdown < 0.03
    # Coefficients -2, -1 and the reference: largest second difference by hand.
    assert found.largest_bend == pytest.approx(0.01463330295178795)
    assert found.multiple == pytest.approx(found.breakdown / found.largest_bend)


@pytest.mark.parametrize("ratio", [0.0, 0.1, 0.6, 1.0, 2.5, 5.0, 7.9])
def test_critical_value_is_the_root_of_the_non_central_chi_square(ratio):
    expected = np.sqrt(ncx2.ppf(0.95, 1, ratio**2)) if ratio else 1.959963984540054
    assert critical_value(ratio) == pytest.approx(expected, rel=1e-6)


def test_far_out_one_tail_decides():
    assert critical_value(20.0) == pytest.approx(20 + 1.6448536269514722)


def test_a_step_in_validity_stands_bends_and_no_step_stands_none():
    found = {}
    for scenario in ("rerouting", "null_demand"):
        draw = draw_panel(scenario, rng=5)
        panel = panel_of(draw)
        effect = estimate_effect(
            panel, before=draw.before_months, after=draw.after_months
        )
        path = path_of(study_events(effect), "validity")
        assert path is not None
        found[scenario] = find_breakdown(path).multiple
    assert found["rerouting"] > 0.5
    assert found["null_demand"] < 0.5
