"""Questions put to simulated panels."""

from collections.abc import Mapping

import pandas as pd
from tests.models.panels import panel_of

from disclosure_trends.models.attribution.case import HEADLINE, Case
from disclosure_trends.models.attribution.policies import Policy
from disclosure_trends.models.panel import Panel
from disclosure_trends.simulate.requests import PanelDraw
from disclosure_trends.simulate.worlds import INSIDE
from disclosure_trends.vocabulary.periods import parse_period


def case_of(
    draw: PanelDraw,
    *,
    panel: Panel | None = None,
    policies: tuple[Policy, ...] = (),
    **facts: bool,
) -> Case:
    """Ask what the draw's truth answers."""
    return Case(
        region=INSIDE,
        before=parse_period(str(draw.truth["before"])),
        after=parse_period(str(draw.truth["after"])),
        as_of="2024-12-31",
        evidence="simulated",
        panels={HEADLINE: panel_of(draw) if panel is None else panel},
        policies=policies,
        **facts,
    )


def frames_equal(one: Mapping[str, pd.DataFrame], two: Mapping[str, pd.DataFrame]):
    """Compare every table to the last bit."""
    assert list(one) == list(two)
    for name, frame in one.items():
        pd.testing.assert_frame_equal(frame, two[name], check_exact=True)
