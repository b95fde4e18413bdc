"""From the rows of a log to the answer: cleaned, counted, dated, attributed."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.models.cases import frames_equal

from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.logs.rules import lookups
from disclosure_trends.models.attribution.attribute import attribute_uptick
from disclosure_trends.models.decomposition.window_counts import two_windows
from disclosure_trends.models.panel import NEVER
from disclosure_trends.models.panel_cells import count_cells, panel_of_cells
from disclosure_trends.results import Estimate
from disclosure_trends.simulate.requests import SimulatedLog, simulate_requests
from disclosure_trends.vocabulary import lines

QUESTION = {"region": "EU", "before": "2024Q2", "after": "2024Q3"}


@pytest.fixture(scope="module")
def log() -> SimulatedLog:
    return simulate_requests("rerouting", rng=7)


@pytest.fixture(scope="module")
def cleaned(log: SimulatedLog) -> CleanedLog:
    return clean_requests(log.requests, as_of="2024-12-31")


def test_registered_dates_lead_to_the_truth_and_the_best_grade(log, cleaned):
    result = attribute_uptick(cleaned, **QUESTION, adoption_dates=log.adoption_dates)
    assert result.refused is None
    assert result.evidence == "simulated"
    share = result.estimates["share_rerouted"]
    assert isinstance(share, Estimate)
    assert share.lower < log.truth["share_rerouted"] < share.upper
    assert result.grade in "AB"
    assert result.tables["specifications"]["measure"].nunique() == 3


def test_without_a_register_dates_are_inferred_with_a_warning(log, cleaned):
    result = attribute_uptick(cleaned, **QUESTION)
    share = result.estimates["share_rerouted"]
    assert isinstance(share, Estimate)
    assert share.lower < log.truth["share_rerouted"] < share.upper
    assert result.grade != "A"
    (warning,) = [check for check in result.checks if check.name == "dates"]
    assert warning.passed is False
    assert "change points" in warning.text


def test_named_channels_stand_for_the_table_of_lines(cleaned):
    by_table = attribute_uptick(cleaned, **QUESTION)
    by_name = attribute_uptick(cleaned, **QUESTION, designated=["dsa_contact_point"])
    shares = [
        result.estimates["share_rerouted"].value for result in (by_table, by_name)
    ]
    # The table begins on 17 February 2024; a name counts the whole month.
    assert shares[0] == pytest.approx(shares[1], abs=0.05)


def test_shuffled_rows_give_the_same_bits(log, cleaned):
    rows = log.requests.sample(frac=1, random_state=3)
    other = clean_requests(rows, as_of="2024-12-31")
    dates = log.adoption_dates.sample(frac=1, random_state=3)
    first = attribute_uptick(cleaned, **QUESTION, adoption_dates=log.adoption_dates)
    second = attribute_uptick(other, **QUESTION, adoption_dates=dates)
    assert first.estimates == second.estimates
    frames_equal(first.tables, second.tables)


def test_first_use_is_refused_by_its_basis_alone(log, cleaned):
    dates = log.adoption_dates.assign(basis="first use")
    result = attribute_uptick(cleaned, **QUESTION, adoption_dates=dates)
    assert result.refused == "R10"


def test_a_log_without_authorities_is_a_list_of_totals(log):
    from disclosure_trends.logs.options import ReadOptions

    rows = log.requests.drop(columns="authority")
    options = ReadOptions(not_recorded=("authority",))
    anonymous = clean_requests(rows, as_of="2024-12-31", read=options)
    result = attribute_uptick(anonymous, **QUESTION)
    assert result.refused == "R1"


def test_a_late_log_is_refused_whatever_day_it_claims():
    late = simulate_requests("late", rng=1)
    for as_of in ("2024-10-10", "2024-12-31"):
        log = clean_requests(late.requests, as_of=as_of)
        result = attribute_uptick(log, **QUESTION, adoption_dates=late.adoption_dates)
        assert result.refused == "R6"
        assert result.refusal.instead == (
            "Shorter windows are identified: before=2024-05, after=2024-08."
        )


def test_a_panel_holds_what_the_log_holds(log, cleaned):
    windows = two_windows("2024Q2", "2024Q3")
    cells = count_cells(cleaned)
    panel = panel_of_cells(cells, region="EU", windows=windows, as_of=cleaned.as_of)
    assert panel.submitted.sum() == len(log.requests)
    assert panel.months[-1] == "2024-09"
    assert panel.n_months == 24
    assert (panel.adopted == NEVER).all()
    pairs = list(zip(panel.country, panel.authority, strict=True))
    assert pairs == sorted(pairs)
    assert (panel.valid <= panel.submitted).all()
    assert np.array_equal(panel.region().country, np.sort(panel.country[panel.inside]))


@pytest.mark.parametrize("opened", [date(2026, 8, 18), date(2027, 2, 1)])
def test_the_dated_table_alone_says_when_a_line_is_the_right_one(
    opened: date, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    # From 18 August 2026 the e-Evidence system is the designated line (Regulation
    # (EU) 2023/1543); only the day in the table is moved here.
    table = lines.designated_lines()
    table.loc[table["channel"] == "eevidence_system", "valid_from"] = opened
    monkeypatch.setattr(lookups, "designated_lines", table.copy)
    for cached in (lookups._line_rows, lookups.line_types):
        cached.cache_clear()
    try:
        future = simulate_requests("rerouting", rng=3, end="2027-03")
        rows = future.requests.assign(
            channel=future.requests["channel"].replace(
                "dsa_contact_point", "eevidence_system"
            )
        )
        log = clean_requests(rows, as_of="2027-06-30")
    finally:
        lookups._line_rows.cache_clear()
    windows = two_windows("2026Q4", "2027Q1")
    panel = panel_of_cells(
        count_cells(log), region="EU", windows=windows, as_of=log.as_of
    )
    first = panel.months[int((panel.on_line.sum(axis=0) > 0).argmax())]
    assert first == f"{opened:%Y-%m}"
    result = attribute_uptick(
        log,
        region="EU",
        before="2026Q4",
        after="2027Q1",
        adoption_dates=future.adoption_dates,
    )
    assert set(result.estimates) == set(future.truth) & set(result.estimates)


def test_a_real_empty_region_is_refused_and_not_a_crash(cleaned):
    result = attribute_uptick(cleaned, region="JP", before="2024Q2", after="2024Q3")
    assert result.refused == "R8"
    assert pd.isna(result.tables["parts"]["share"]).all()


def test_requests_without_an_authority_are_counted_and_said(log):
    rows = log.requests.copy()
    rows.loc[rows.index[:300], "authority"] = None
    partly = clean_requests(rows, as_of="2024-12-31")
    result = attribute_uptick(partly, **QUESTION, adoption_dates=log.adoption_dates)
    (check,) = [check for check in result.checks if check.name == "authorities"]
    assert check.text.endswith(
        "requests of the region name no authority; they count as one more authority of "
        "their country."
    )
    assert (
        result.estimates["change"]
        == attribute_uptick(
            clean_requests(log.requests, as_of="2024-12-31"), **QUESTION
        ).estimates["change"]
    )
