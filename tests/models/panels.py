"""Panels of the simulated scenarios, as the models take them."""

import numpy as np

from disclosure_trends.models.panel import Panel, arrange_panel
from disclosure_trends.simulate.requests import PanelDraw
from disclosure_trends.simulate.worlds import INSIDE


def panel_of(draw: PanelDraw) -> Panel:
    """Take a draw as a panel with registered adoption and matured validity."""
    # Of the valid requests found in time, as many are on the line as of all.
    share = draw.on_line_valid / np.maximum(draw.valid, 1)
    on_line_valid = np.round(draw.matured * share)
    return arrange_panel(
        authority=draw.authority,
        country=draw.country,
        inside=draw.region == INSIDE,
        months=draw.months,
        counts={
            "submitted": draw.submitted,
            "valid": draw.matured,
            "on_line": draw.on_line,
            "off_line": draw.submitted - draw.on_line,
            "on_line_valid": on_line_valid,
            "off_line_valid": draw.matured - on_line_valid,
        },
        adopted=draw.adopted_month,
    )
