"""Error rates of the attribution on logs whose answer is known.

Writes the two tables that ship with the package: what the method does in each named
world (`attribution_scenarios.csv`), and the calibration cards of the shapes that these
worlds have (`attribution_curves.csv`). Run with `make calibrate`.
"""

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.models.adoption.onset import date_adoption
from disclosure_trends.models.attribution import card as calibration_card
from disclosure_trends.models.attribution import tables as attribution_tables
from disclosure_trends.models.attribution.card import (
    cards_as_rows,
    draw_card,
    shape_of,
    simulate_card,
)
from disclosure_trends.models.attribution.card_worlds import Shape
from disclosure_trends.models.attribution.case import HEADLINE, Case, read_case
from disclosure_trends.models.attribution.effect import Effect
from disclosure_trends.models.attribution.verdict import judge_case
from disclosure_trends.models.decomposition.window_counts import two_windows
from disclosure_trends.models.panel import NEVER, Panel
from disclosure_trends.resources import example_requests
from disclosure_trends.simulate.requests import PanelDraw, draw_panel
from disclosure_trends.simulate.scenarios import SCENARIOS
from disclosure_trends.vocabulary.periods import parse_period
from tests.models.panels import panel_of

PACKAGE = Path(calibration_card.__file__).parents[1]
COLUMNS = (
    *("scenario", "method", "replicates", "refused", "true_share", "bias"),
    *("rmse", "coverage", "excludes_zero", "lead_flagged", "line_flagged"),
)
# Seeds of the calibration are apart from those of every test.
FIRST_SEED = 500_000
Row = dict[str, str | int | float]


def main(replicates: int = 200) -> None:
    """Measure every scenario and write both tables."""
    rows: list[Row] = []
    shapes: set[Shape] = set()
    for scenario in SCENARIOS:
        measured, seen = measure_scenario(scenario, replicates=replicates)
        shapes |= seen
        rows += measured
        for row in measured:
            print("  ".join(f"{key} {_short(value)}" for key, value in row.items()))  # noqa: T201
            sys.stdout.flush()
    write_table(PACKAGE / attribution_tables.SCENARIOS, COLUMNS, rows)
    shapes.add(example_shape())
    cards = cards_as_rows(sorted(shapes, key=repr))
    write_table(PACKAGE / calibration_card.CURVES, tuple(cards[0]), cards)
    print(f"{len(cards)} calibration cards written")  # noqa: T201
    compare_cards()


def example_shape() -> Shape:
    """Return the shape of the log that ships with the project, as its report asks."""
    options = ReadOptions(layouts=("epoch_s", "epoch_ms"))
    cleaned = clean_requests(example_requests(), as_of="2024-12-31", read=options)
    dates = pd.read_csv(example_requests().with_name("adoption_dates.csv"))
    case = read_case(
        cleaned,
        region="EU",
        windows=two_windows("2024Q2", "2024Q3"),
        adoption_dates=dates,
        designated=None,
        policies=None,
    )
    windows = {"before": case.before_months, "after": case.after_months}
    return shape_of(case.panel, judge_case(case).effect, **windows)


def compare_cards(shapes: int = 20, replicates: int = 200) -> int:
    """Hold the cards of random shapes against fresh draws of the same shapes.

    Parameters
    ----------
    shapes : int
        Number of shapes, drawn from the ladders.
    replicates : int
        Fresh logs of each.

    Returns
    -------
    int
        Shapes whose stated coverage differs from the realised one by more than two
        Monte-Carlo errors of the difference.
    """
    rng = np.random.default_rng(FIRST_SEED)
    far = 0
    for _ in range(shapes):
        shape = _random_shape(rng)
        card = draw_card(shape)
        fresh = simulate_card(shape, rng=rng, replicates=replicates)
        both = (card.coverage + fresh.coverage) / 2
        error = np.sqrt(both * (1 - both) * (1 / card.replicates + 1 / replicates))
        differs = abs(card.coverage - fresh.coverage) > 2 * error
        far += int(differs)
        print(  # noqa: T201
            f"{shape}: stated {card.coverage:.3f}, realised {fresh.coverage:.3f}, "
            f"promise {'kept' if card.keeps_promise else 'not kept'}"
        )
    print(f"{far} of {shapes} beyond two Monte-Carlo errors; 5 in 100 expected")  # noqa: T201
    return far


def _random_shape(rng: np.random.Generator) -> Shape:
    authorities = int(rng.choice([20, 30, 60, 120, 180]))
    return Shape(
        authorities=authorities,
        countries=int(rng.choice([5, 8, 13, 27 if authorities > 30 else 10])),
        months=int(rng.choice([18, 24, 36])),
        volume=float(rng.choice([2.0, 8.0, 16.0])),
        size=float(rng.choice([2.0, 8.0])),
        adopters=float(rng.choice([0.4, 0.6, 0.8])),
        early=float(rng.choice([0.25, 0.5, 0.75])),
        valid_on=float(rng.choice([0.6, 0.75])),
        valid_off=float(rng.choice([0.1, 0.2])),
        window=3,
    )


def measure_scenario(scenario: str, *, replicates: int) -> tuple[list[Row], set[Shape]]:
    """Run the method on draws of one scenario.

    Parameters
    ----------
    scenario : str
        Its public name.
    replicates : int
        Number of draws.

    Returns
    -------
    tuple
        One row a method, and the shapes of the logs that were not refused.
    """
    by_method: dict[str, list[tuple[float, ...]]] = {}
    shapes: set[Shape] = set()
    for replicate in range(replicates):
        draw = draw_panel(scenario, rng=FIRST_SEED + replicate, days_open=31)
        panel = panel_of(draw)
        for method, dated in _methods(panel):
            case = case_of(draw, dated)
            judgement = judge_case(case)
            flags = (
                float((judgement.p_total or 1) < 0.05),
                float((judgement.p_value("line") or 1) < 0.05),
            )
            # Dates of first use are never answered; what they would claim is shown.
            unguarded = method == "first use"
            refused = judgement.refusal is not None and not unguarded
            if method == "registered" and not refused:
                windows = {"before": draw.before_months, "after": draw.after_months}
                shapes.add(shape_of(panel, judgement.effect, **windows))
            for part, key in (("adoption", "share"), ("rerouted", "share_rerouted")):
                total_only = part == "adoption" and judgement.total_refuted
                hidden = refused or (total_only and not unguarded)
                found = _errors(judgement.effect, part, float(draw.truth[key]))
                label = f"{key}, {method}"
                by_method.setdefault(label, []).append((float(hidden), *found, *flags))
        truth = float(draw.truth["share"])
        contrast = contrast_totals(draw)
        by_method.setdefault("region totals", []).append((0.0, truth, *contrast, 0, 0))
    return [_summarise(scenario, m, v) for m, v in by_method.items()], shapes


def case_of(draw: PanelDraw, panel: Panel) -> Case:
    """Ask the standard question of a draw."""
    return Case(
        region="EU",
        before=parse_period(str(draw.truth["before"])),
        after=parse_period(str(draw.truth["after"])),
        as_of="2024-12-31",
        evidence="simulated",
        panels={HEADLINE: panel},
    )


def _methods(panel: Panel) -> Iterable[tuple[str, Panel]]:
    yield "registered", panel
    yield "change points", date_adoption(panel, register=None)
    first = np.where(
        panel.on_line.any(axis=1), (panel.on_line > 0).argmax(axis=1), NEVER
    )
    yield "first use", panel.with_adoption(first, panel.basis)


def _errors(effect: Effect, part: str, truth: float) -> tuple[float, float, float]:
    share = effect.share(part)
    if not share.is_defined:
        return truth, np.nan, np.nan
    return truth, share.value, share.half_width(0.95)


def contrast_totals(draw: PanelDraw) -> tuple[float, float]:
    """Compare the region's total with the rest of the world's, as totals allow.

    The share that adoption would have if it alone could set the two apart: one less
    the inverse of the ratio of ratios, over the rise. Intervals from the spread of the
    monthly log ratio of region to rest (two samples, Student's t).
    """
    from scipy.stats import t

    inside = draw.region == draw.region[0]
    ratio = np.log(draw.matured[inside].sum(axis=0) / draw.matured[~inside].sum(axis=0))
    first = int(draw.after_months[0])
    early, late = ratio[:first], ratio[draw.after_months]
    gap = late.mean() - early.mean()
    error = early.std(ddof=1) * np.sqrt(1 / len(late) + 1 / len(early))
    half = t.ppf(0.975, len(early) - 1) * error
    valid = draw.matured[inside].sum(axis=0)
    rise = valid[draw.after_months].sum() / valid[draw.before_months].sum()
    share = (1 - np.exp(-gap)) * rise / (rise - 1)
    slope = abs(np.exp(-gap) * rise / (rise - 1))
    return float(share), float(half * slope)


def _summarise(scenario: str, method: str, values: list[tuple[float, ...]]) -> Row:
    refused, truth, value, half, lead, line = np.array(values, dtype=float).T
    kept = (refused == 0) & np.isfinite(value)
    error = (value - truth)[kept]
    row: Row = {
        "scenario": scenario,
        "method": method,
        "replicates": len(values),
        "refused": float(np.mean(refused)),
        "true_share": float(truth.mean()),
    }
    if kept.sum():
        row |= {
            "bias": float(error.mean()),
            "rmse": float(np.sqrt((error**2).mean())),
            "coverage": float((np.abs(error) <= half[kept]).mean()),
            "excludes_zero": float((np.abs(value[kept]) > half[kept]).mean()),
        }
    return row | {
        "lead_flagged": float(lead.mean()),
        "line_flagged": float(line.mean()),
    }


def write_table(
    path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]
) -> None:
    """Write a shipped table with four decimals."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _short(value) for key, value in row.items()})


def _short(value: object) -> object:
    return f"{value:.4f}" if isinstance(value, float) else value


if __name__ == "__main__":
    main()
