"""How well a decomposition meets its own target, on logs whose parts are known."""

import numpy as np

from disclosure_trends.models.decomposition.factors import FACTORS, TwoWindows
from disclosure_trends.models.decomposition.parts import decompose_counts
from disclosure_trends.models.decomposition.shapley import shapley_product
from disclosure_trends.simulate.requests import PanelDraw, draw_panel
from disclosure_trends.simulate.worlds import INSIDE

SCENARIOS = (
    *("rerouting_only", "rerouting", "policy", "small"),
    *("null_demand", "null_policy"),
)
# Seeds of the calibration are apart from those of every test.
FIRST_SEED = 600_000


def main(replicates: int = 200) -> None:
    """Print bias, error and coverage of each factor's share of the change."""
    print("scenario factor true_share bias rmse coverage")  # noqa: T201
    for scenario in SCENARIOS:
        draws = [
            measure(draw_panel(scenario, rng=FIRST_SEED + n)) for n in range(replicates)
        ]
        truth, gap, covered = (np.array(part) for part in zip(*draws, strict=True))
        for n, factor in enumerate(FACTORS):
            numbers = (
                truth[:, n].mean(),
                gap[:, n].mean(),
                np.sqrt((gap[:, n] ** 2).mean()),
                covered[:, n].mean(),
            )
            row = " ".join(f"{x:.3f}" for x in numbers)
            print(scenario, factor, row)  # noqa: T201


def measure(draw: PanelDraw) -> tuple[np.ndarray, np.ndarray, list[bool]]:
    """Return true shares, their gaps and whether the intervals hold them."""
    estimates = decompose_counts(counts_of(draw), routing=None).estimates
    true = own_target(draw)
    share = true / true.sum()
    change = estimates["change"].value
    parts = [estimates[name] for name in FACTORS]
    gap = np.array([part.value for part in parts]) / change - share
    covered = [
        part.lower <= s * change <= part.upper
        for part, s in zip(parts, share, strict=True)
    ]
    return share, gap, covered


def counts_of(draw: PanelDraw) -> TwoWindows:
    """Count the two windows of a draw."""
    off_line = draw.submitted - draw.on_line
    return TwoWindows(
        country=draw.country[draw.region == INSIDE],
        submitted=_windows(draw, draw.submitted),
        valid=_windows(draw, draw.valid),
        disclosed=_windows(draw, draw.valid),
        on_line=_windows(draw, draw.on_line),
        off_line=_windows(draw, off_line),
        on_line_valid=_windows(draw, draw.on_line_valid),
        off_line_valid=_windows(draw, draw.valid - draw.on_line_valid),
    )


def own_target(draw: PanelDraw) -> np.ndarray:
    """Split the expected change: what the decomposition would say without noise."""
    world = draw.world
    on_line = world.demand * world.share
    off_line = world.demand - on_line
    lines = np.stack([_windows(draw, x) for x in (on_line, off_line)], axis=2)
    valid = np.stack(
        [
            _windows(draw, on_line * world.valid_on),
            _windows(draw, off_line * world.valid_off),
        ],
        axis=2,
    )
    volume = np.broadcast_to(lines.sum(axis=2, keepdims=True), lines.shape)
    factors = np.stack([volume, lines / volume, valid / lines])
    parts = shapley_product(factors[:, :, 0], factors[:, :, 1])
    return parts.sum(axis=(1, 2))


def _windows(draw: PanelDraw, cells: np.ndarray) -> np.ndarray:
    inside = cells[draw.region == INSIDE]
    windows = (draw.before_months, draw.after_months)
    return np.stack([inside[:, w].sum(axis=1) for w in windows], axis=1).astype(float)
