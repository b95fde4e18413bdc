"""The imputation against R's saturated Poisson model, and against slow loops."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from tests.models.panels import panel_of
from tests.naive import impute_by_authority

from disclosure_trends.models.attribution.imputation import (
    fit_cells,
    impute,
    leave_one_out,
    sum_cells,
)
from disclosure_trends.models.panel import NEVER, arrange_panel
from disclosure_trends.simulate.requests import draw_panel


def test_imputed_cells_are_those_of_the_saturated_poisson_model(shared_data: Path):
    folder = shared_data / "golden_attribution"
    data = pd.read_csv(folder / "mpdta.csv")
    truth = json.loads((folder / "mpdta_truth.json").read_text())["saturated_cells"]
    jobs = np.exp(
        data.pivot_table(index="countyreal", columns="year", values="lemp").to_numpy()
    )
    first = data.groupby("countyreal")["first.treat"].first().to_numpy()
    years = sorted(data["year"].unique())
    panel = arrange_panel(
        authority=[f"{n:04d}" for n in range(len(jobs))],
        country=["one"] * len(jobs),
        inside=np.ones(len(jobs), dtype=bool),
        months=[str(year) for year in years],
        counts=dict.fromkeys(
            (
                "submitted",
                "valid",
                "on_line",
                "off_line",
                "on_line_valid",
                "off_line_valid",
            ),
            jobs,
        ),
        adopted=np.where(first == 0, NEVER, first - years[0]),
    )
    cells = sum_cells(panel, panel.valid)
    fit = impute(
        cells.totals.sum(axis=0, keepdims=True),
        cells.untreated(),
        tolerance=1e-10,
        max_rounds=5000,
    )
    assert fit.converged.all()
    observed = cells.totals.sum(axis=0)
    for cell, expected in truth.items():
        cohort, year = (int(part) - years[0] for part in cell.split("_"))
        row = list(cells.cohorts).index(cohort)
        ratio = np.log(observed[row, year] / fit.expected[0, row, year])
        # 1e-5: the tolerance of the golden values' README (R 4.2.2, fixest 0.12.2).
        assert abs(ratio - expected["log_ratio"]) < 1e-5


def test_the_fit_over_cohorts_is_the_fit_over_authorities():
    panel = panel_of(draw_panel("rerouting", rng=1)).region()
    cells = sum_cells(panel, panel.valid)
    weights = leave_one_out(len(cells.clusters))
    fit = fit_cells(cells, weights)
    # Country 3 left out, authority by authority, as the method is written down.
    weight = (panel.country != cells.clusters[3]).astype(float)
    expected = impute_by_authority(panel.valid, panel.adopted, weight)
    for k, cohort in enumerate(cells.cohorts):
        rows = panel.adopted == cohort
        by_authority = (weight[rows, None] * expected[rows]).sum(axis=0)
        # Same iterates up to the order of additions; both stop below 1e-6.
        np.testing.assert_allclose(fit.expected[4, k], by_authority, rtol=1e-9)


def test_a_month_without_anybody_untreated_is_undefined_and_not_filled():
    sums = np.array([[[4.0, 4.0, 9.0], [2.0, 2.0, 5.0]]])
    untreated = np.array([[True, True, False], [True, True, False]])
    fit = impute(sums, untreated)
    assert np.isnan(fit.month_effect[0, 2])
    assert np.isnan(fit.expected[0, :, 2]).all()
    assert np.isfinite(fit.expected[0, :, :2]).all()


def test_authorities_without_history_are_expected_to_file_nothing():
    sums = np.array([[[0.0, 0.0, 7.0], [3.0, 3.0, 6.0]]])
    untreated = np.array([[True, True, False], [True, True, True]])
    fit = impute(sums, untreated)
    assert fit.expected[0, 0].tolist() == [0.0, 0.0, 0.0]
