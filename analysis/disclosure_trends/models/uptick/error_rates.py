"""Operating curves as a picture: how often series like these raise alarms, rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from disclosure_trends.display import numbers, wording
from disclosure_trends.models.calibration import (
    Shape,
    curves_by_level,
    operating_curve,
)
from disclosure_trends.models.uptick.series_matrix import period_noun

if TYPE_CHECKING:
    import plotly.graph_objects as go


def error_rates_figure(
    shape: Shape | None, *, name: str = "error_rates", simulated: bool = False
) -> go.Figure:
    """Draw the error rates of series of one length and dispersion, by level.

    Parameters
    ----------
    shape : Shape or None
        Of the series asked about; without one there is nothing to draw.
    name : str
        Slug of the figure.
    simulated : bool
        Whether the series asked about are simulated themselves.

    Returns
    -------
    plotly.graph_objects.Figure
        The figure; one level only where the rate or the method is not tabulated.
    """
    from disclosure_trends.display.error_rates import draw_error_rates

    if shape is None:
        columns = ["level", "false_alarm", "power_half", "power_double", "series"]
        return draw_error_rates(
            pd.DataFrame({column: [] for column in columns}),
            level=None,
            rate=0.0,
            name=name,
            title="No series was examined, so there is no error rate to state",
            subtitle="",
            simulated=simulated,
        )
    near, own = shape.nearest(), operating_curve(shape)
    found, false = (numbers.percent(s) for s in (own.power_double, own.false_alarm))
    pooled = "" if near.pool == 1 else f", {near.pool} pooled"
    outside = " What was asked about lies outside these." if shape.is_outside else ""
    length = wording.plural(near.history, period_noun(near.freq))
    return draw_error_rates(
        curves_by_level(shape),
        level=near.level,
        rate=shape.rate,
        name=name,
        title=f"Of single {period_noun(near.freq)}s at twice their level {found} are "
        f"found, of quiet ones {false} raise an alarm",
        subtitle=f"Simulated series with {length} of history and "
        f"{near.dispersion:g} times the variance of chance alone{pooled}.{outside}",
        simulated=simulated,
    )
