"""How close an inferred date comes to the true move, on logs whose moves are known."""

import numpy as np

from disclosure_trends.models.adoption.moves import classify_moves
from disclosure_trends.models.adoption.onset import date_adoption
from disclosure_trends.models.attribution.guards import MAX_SPILL, spill_over
from disclosure_trends.models.panel import NEVER
from disclosure_trends.simulate.requests import PanelDraw, draw_panel
from tests.models.panels import panel_of

# Seeds of the calibration are apart from those of every test.
FIRST_SEED = 700_000


def main(replicates: int = 100) -> None:
    """Print how many moves are found, how close, and how often one is invented."""
    print("scenario found within_a_month in_range invented curve_bias")  # noqa: T201
    for scenario in ("rerouting", "null_demand", "small"):
        rows = [
            measure(draw_panel(scenario, rng=FIRST_SEED + n)) for n in range(replicates)
        ]
        sums = np.array(rows).sum(axis=0)
        found, near, held, true, invented, waiting, bias = sums
        rates = (
            found / true,
            near / found,
            held / found,
            invented / waiting,
            bias / replicates,
        )
        print(scenario, " ".join(f"{rate:.3f}" for rate in rates))  # noqa: T201
    print("scenario spill_over_flagged")  # noqa: T201
    for scenario in ("rerouting", "spillover"):
        flagged = [
            is_flagged(draw_panel(scenario, rng=FIRST_SEED + n))
            for n in range(replicates)
        ]
        print(scenario, f"{np.mean(flagged):.3f}")  # noqa: T201


def measure(draw: PanelDraw) -> tuple[float, ...]:
    """Count moves that are found, near, in their range, true, invented and waiting."""
    region = date_adoption(panel_of(draw), register=None).region()
    moves = classify_moves(region, routed=True, registered=False)
    month = dict(zip(draw.authority, draw.adopted_month, strict=True))
    true = np.array([month[name] for name in region.authority])
    first, last = moves.date_ranges()
    moved, found = true < len(draw.months), region.adopted < NEVER
    both = moved & found
    near = np.abs(region.adopted - true) <= 1
    held = (first <= true) & (true <= last)
    return (
        both.sum(),
        (near & both).sum(),
        (held & both).sum(),
        moved.sum(),
        (found & ~moved).sum(),
        (~moved).sum(),
        moves.curve().share[-1] - moved.mean(),
    )


def is_flagged(draw: PanelDraw) -> bool:
    """Whether authorities not yet on the line look reached through others."""
    region = panel_of(draw).region()
    rise = spill_over(region, before=draw.before_months, after=draw.after_months)
    return rise is not None and rise > MAX_SPILL
