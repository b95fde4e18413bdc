"""From rows to adoption and decomposition, as an analyst walks it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import disclosure_trends as dtr
from disclosure_trends.counts.aggregate import tabulate_requests
from disclosure_trends.errors import SettingsError
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.models.decomposition.factors import TwoWindows
from disclosure_trends.models.decomposition.parts import decompose_counts
from disclosure_trends.results import Estimate
from disclosure_trends.simulate.requests import draw_panel, log_of


@pytest.fixture(scope="module")
def walked():
    rng = np.random.default_rng(11)
    panel = draw_panel("rerouting", rng=rng, rows=12_000)
    log = log_of(panel, rng=rng)
    return panel, log, dtr.clean_requests(log.requests, as_of="2024-10-31")


@pytest.fixture(scope="module")
def change(walked):
    _, log, cleaned = walked
    question = {k: str(log.truth[k]) for k in ("before", "after")}
    return dtr.decompose_change(cleaned, region="EU", **question)


def test_decomposition_counts_what_was_simulated(walked, change) -> None:
    panel, _, _ = walked
    inside = panel.region == "EU"
    sums = [
        panel.valid[inside][:, months].sum()
        for months in (panel.before_months, panel.after_months)
    ]
    assert change.estimates["change"].value == sums[1] - sums[0]
    parts = [change.estimates[n].value for n in ("volume", "routing", "validity")]
    assert sum(parts) == pytest.approx(sums[1] - sums[0], abs=1e-9)
    steps = change.table
    assert steps["end"].iloc[[0, -1]].tolist() == sums
    assert steps["end"].iloc[-2] == pytest.approx(sums[1], abs=1e-9)


def test_decomposition_equals_the_one_of_the_panel(walked, change) -> None:
    panel, _, _ = walked
    inside = panel.region == "EU"
    windows = (panel.before_months, panel.after_months)

    def summed(counts):
        return np.stack([counts[inside][:, w].sum(axis=1) for w in windows], axis=1)

    counts = TwoWindows(
        country=panel.country[inside],
        submitted=summed(panel.submitted).astype(float),
        valid=summed(panel.valid).astype(float),
        disclosed=summed(panel.valid).astype(float),
        on_line=summed(panel.on_line).astype(float),
        off_line=summed(panel.submitted - panel.on_line).astype(float),
        on_line_valid=summed(panel.on_line_valid).astype(float),
        off_line_valid=summed(panel.valid - panel.on_line_valid).astype(float),
    )
    direct = decompose_counts(counts, routing=None)
    for name, estimate in direct.estimates.items():
        other = change.estimates[name]
        assert isinstance(estimate, Estimate)
        assert isinstance(other, Estimate)
        assert other.value == pytest.approx(estimate.value, abs=1e-9)
        if estimate.lower is not None:
            assert other.lower == pytest.approx(estimate.lower, abs=1e-9)


def test_decomposition_says_its_numbers(change) -> None:
    first, received, second = change.findings()
    assert first.statement.startswith("Valid requests from the EU rose: ")
    assert "make up the change." in first.statement
    assert received.id == "decomposition_received"
    assert second.id == "decomposition_conventions"
    assert change.evidence == "simulated"
    text = json.dumps(change.bundle())
    assert "imulated police" not in text
    figure = change.figure()
    assert {trace.type for trace in figure.data} <= {"bar", "scatter"}
    assert figure.layout.meta["disclosure_trends"]["simulated"] is True


@pytest.mark.parametrize(
    ("values", "title"),
    [
        # Validity all but undoes volume: no part is most of a change of two requests.
        (
            (100.0, 0.0, -98.0),
            "Volume is the largest part of the change, by convention",
        ),
        ((0.0, 0.0, 0.0), "No part of valid requests changed"),
    ],
)
def test_a_title_says_no_more_than_the_parts(change, values, title) -> None:
    table = change.table.copy()
    table.loc[table["kind"] == "part", "value"] = values
    drawn = replace(change, tables={**change.tables, "steps": table}).figure()
    assert drawn.layout.meta["disclosure_trends"]["title"] == title


def test_decomposition_without_a_channel(walked) -> None:
    _, log, _ = walked
    rows = log.requests.drop(columns="channel")
    cleaned = dtr.clean_requests(
        rows, as_of="2024-10-31", read=ReadOptions(not_recorded=("channel",))
    )
    result = dtr.decompose_change(cleaned, region="EU", before="2024Q2", after="2024Q3")
    routing = result.estimates["routing"]
    assert (routing.reason, routing.rule) == ("channel is not recorded", "not_recorded")
    parts = [result.estimates[n].value for n in ("volume", "validity")]
    assert sum(parts) == pytest.approx(result.estimates["change"].value, abs=1e-9)
    assert "channel is not recorded" in result.summary()
    assert result.table["step"].tolist() == ["before", "volume", "validity", "after"]
    adoption = dtr.trace_adoption(cleaned, region="EU")
    assert {e.rule for e in adoption.estimates.values()} == {"not_recorded"}
    adoption.figure()
    json.dumps(adoption.bundle())


def test_lines_that_nobody_had_named_before_are_not_routing(walked) -> None:
    _, _, cleaned = walked
    result = dtr.decompose_change(cleaned, region="EU", before="2023Q3", after="2024Q3")
    assert result.estimates["routing"].rule == "line_unknown"
    assert result.estimates["routing"].reason == (
        "no request of July to September 2023 has a known line: "
        "none was designated, or the channel is unknown"
    )


def test_windows_of_days_and_filters(walked) -> None:
    _, log, cleaned = walked
    rows = log.requests
    result = dtr.decompose_change(
        cleaned,
        region="non-EU",
        before="2024-04-10..2024-04-20",
        after="2024-07-10..2024-07-20",
        where={"legal_process": ["court_order"]},
    )
    day = rows["received_at"].dt.strftime("%Y-%m-%d")
    kept = (rows["legal_process"] == "court_order") & (rows["validity"] == "valid")
    outside = ~rows["authority"].isin(walked[0].authority[walked[0].region == "EU"])
    counts = [
        (kept & outside & day.between(*window)).sum()
        for window in (("2024-04-10", "2024-04-20"), ("2024-07-10", "2024-07-20"))
    ]
    assert result.estimates["change"].value == counts[1] - counts[0]


def test_an_empty_region_is_not_estimable(walked) -> None:
    _, _, cleaned = walked
    result = dtr.decompose_change(cleaned, region="IS", before="2024Q2", after="2024Q3")
    assert {e.rule for e in result.estimates.values()} == {"no_requests"}
    result.figure()
    json.dumps(result.bundle())
    adoption = dtr.trace_adoption(cleaned, region="IS")
    assert {e.rule for e in adoption.estimates.values()} == {"no_requests"}
    adoption.figure()


def test_adoption_finds_the_registered_moves(walked) -> None:
    panel, log, cleaned = walked
    result = dtr.trace_adoption(cleaned, region="EU", adoption_dates=log.adoption_dates)
    adopters = result.tables["adopters"].set_index("authority")
    truth = {
        name.casefold(): panel.months[at]
        for name, at in zip(panel.authority, panel.adopted_month, strict=True)
        if at < len(panel.months)
    }
    moved = adopters[adopters["adopted_on"].notna()]
    assert set(moved["basis"]) == {"registered"}
    assert moved["adopted_on"].to_dict() == {
        name: month for name, month in truth.items() if name in adopters.index
    }
    assert result.until == "2024-09"


def test_names_of_authorities_never_leave_in_a_bundle(walked) -> None:
    _, log, cleaned = walked
    result = dtr.trace_adoption(cleaned, region="EU", adoption_dates=log.adoption_dates)
    text = json.dumps(result.bundle()) + result.figure().to_json()
    text += json.dumps(result.figure().layout.meta["disclosure_trends"])
    for name in set(log.requests["authority"]):
        assert name not in text
        assert name.casefold() not in text.casefold()


def test_later_days_do_not_lengthen_the_curve(walked) -> None:
    _, log, _ = walked
    later = dtr.clean_requests(log.requests, as_of="2026-05-31")
    result = dtr.trace_adoption(later, region="EU", adoption_dates=log.adoption_dates)
    assert result.until == "2024-09"
    middle = dtr.clean_requests(log.requests, as_of="2024-08-15")
    assert dtr.trace_adoption(middle, region="EU").until == "2024-07"


def test_late_decisions_count_as_they_matured() -> None:
    rng = np.random.default_rng(4)
    panel = draw_panel("late", rng=rng, rows=6_000)
    log = log_of(panel, rng=rng)
    cleaned = dtr.clean_requests(log.requests, as_of=str(log.truth["as_of"]))
    for days, counts in ((30, panel.matured), (None, panel.visible)):
        cells = tabulate_requests(
            cleaned, by=("authority",), freq="month", within_days=days
        )
        found = cells.pivot_table(index="authority", columns="period", values="valid")
        names = [name.casefold() for name in panel.authority]
        found = found.reindex(index=names, columns=list(panel.months), fill_value=0)
        assert (found.fillna(0).to_numpy() == counts).all()


def test_a_messy_log_cleans_to_what_was_simulated() -> None:
    messy = dtr.simulate_requests("rerouting", rng=7, rows=5_000, messy=True)
    clean = dtr.simulate_requests("rerouting", rng=7, rows=5_000 - 150)
    read = ReadOptions(layouts=("epoch_s", "epoch_ms"))
    cleaned = dtr.clean_requests(messy.requests, as_of="2024-10-31", read=read)
    total = cleaned.ledger.total
    assert total.records == 5_000
    assert total.quarantined / total.records < 0.03
    found = cleaned.to_frame().set_index("request_id")
    # Where the newest state is beyond repair, an older one is the newest usable.
    found = found[found["outcome"] != "pending"]
    truth = clean.requests.set_index("request_id").loc[found.index]
    for column in ("country", "channel", "legal_process", "outcome", "validity"):
        assert (found[column] == truth[column]).all(), column
    gap = (truth["received_at"] - found["received_at"]).dt.total_seconds()
    assert gap.between(0, 59).all()
    assert (found["accounts_requested"] == truth["accounts_requested"]).all()
    assert cleaned.evidence == "simulated"


@pytest.mark.parametrize("call", [dtr.decompose_change, dtr.trace_adoption])
def test_totals_are_refused_in_words(call) -> None:
    windows = (
        {"before": "2024Q2", "after": "2024Q3"} if call is dtr.decompose_change else {}
    )
    with pytest.raises(SettingsError) as caught:
        call(pd.DataFrame({"value": [1]}), region="EU", **windows)
    assert "data is a DataFrame; a CleanedLog is needed" in str(caught.value)


def test_windows_in_the_wrong_order(walked) -> None:
    _, _, cleaned = walked
    with pytest.raises(SettingsError) as caught:
        dtr.decompose_change(cleaned, region="EU", before="2024Q3", after="2024Q2")
    assert str(caught.value) == (
        "before, after: 2024Q3 does not end before 2024Q2 starts; allowed are two "
        "windows in order that share no day; swap or shorten them"
    )


@pytest.mark.parametrize(
    ("before", "after", "rule", "reason"),
    [
        (
            *("2024Q3", "2025Q1", "incomplete_period"),
            "January to March 2025 had not ended by 31 October 2024, the last day of "
            "the log",
        ),
        (
            *("2019Q3", "2024Q3", "no_requests"),
            "the log holds no request of July to September 2019, from anywhere",
        ),
    ],
)
def test_what_the_log_cannot_know_is_not_zero(
    walked, before, after, rule, reason
) -> None:
    _, _, cleaned = walked
    result = dtr.decompose_change(cleaned, region="EU", before=before, after=after)
    assert {(e.rule, e.reason) for e in result.estimates.values()} == {(rule, reason)}
    assert result.points() == ()
    assert reason in result.summary()
    result.figure()
    json.dumps(result.bundle())


def test_months_that_nobody_logged_are_said(walked) -> None:
    _, log, _ = walked
    early = log.requests["received_at"].dt.strftime("%Y-%m") != "2024-05"
    cleaned = dtr.clean_requests(log.requests[early], as_of="2024-10-31")
    result = dtr.decompose_change(cleaned, region="EU", before="2024Q2", after="2024Q3")
    (check,) = [check for check in result.checks if check.name == "gaps"]
    assert check.passed is False
    assert check.text.startswith("The log holds no request of May 2024 from anywhere")


def test_requests_without_an_authority_are_nobodys_moves(walked) -> None:
    _, log, cleaned = walked
    nameless = dtr.clean_requests(log.requests.assign(authority=""), as_of="2024-10-31")
    result = dtr.trace_adoption(nameless, region="EU")
    assert {(e.rule, e.reason) for e in result.estimates.values()} == {
        ("not_recorded", "no request names its authority")
    }
    result.figure()
    some = log.requests.copy()
    some.loc[some.index[::50], "authority"] = ""
    partly = dtr.trace_adoption(
        dtr.clean_requests(some, as_of="2024-10-31"), region="EU"
    )
    whole = dtr.trace_adoption(cleaned, region="EU")
    assert [check.name for check in partly.checks if check.passed is False][-1] == (
        "authority"
    )
    assert len(partly.tables["adopters"]) <= len(whole.tables["adopters"])
    assert "" not in set(partly.tables["adopters"]["authority"])
