"""What is given beside a log: registers, policies, channels, windows; and faults."""

import pandas as pd
import pytest

from disclosure_trends.errors import SettingsError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.models.attribution.attribute import NAMES, attribute_uptick
from disclosure_trends.results import Estimate, NotEstimable
from disclosure_trends.simulate.requests import SimulatedLog, simulate_requests

QUESTION = {"region": "EU", "before": "2024Q2", "after": "2024Q3"}


@pytest.fixture(scope="module")
def log() -> SimulatedLog:
    return simulate_requests("rerouting", rng=11)


@pytest.fixture(scope="module")
def cleaned(log: SimulatedLog) -> CleanedLog:
    return clean_requests(log.requests, as_of="2024-12-31")


@pytest.fixture(scope="module")
def undated(log: SimulatedLog) -> pd.DataFrame:
    """Rows without any day of a decision, as some platforms keep them."""
    return log.requests.drop(columns=["validated_at", "closed_at"])


def _share(result) -> Estimate:
    share = result.estimates["share_rerouted"]
    assert isinstance(share, Estimate)
    return share


def _check(result, name: str):
    (check,) = [check for check in result.checks if check.name == name]
    return check


def _answer(cleaned: CleanedLog, **given):
    return attribute_uptick(cleaned, **{**QUESTION, **given})


@pytest.mark.parametrize("scenario", ["rerouting", "null_demand", "selection"])
def test_the_share_is_the_sum_of_its_parts_to_the_last_bit(scenario):
    from tests.models.cases import case_of

    from disclosure_trends.models.attribution.attribute import answer_case
    from disclosure_trends.simulate.requests import draw_panel

    compared = 0
    for seed in range(6):
        found = answer_case(case_of(draw_panel(scenario, rng=seed))).estimates
        shares = [found[n] for n in ("share", "share_rerouted", "share_induced")]
        if all(isinstance(share, Estimate) for share in shares):
            whole, rerouted, induced = (share.value for share in shares)
            assert whole == rerouted + induced
            compared += 1
    assert compared >= 3


def test_a_register_that_names_nobody_of_the_log_is_no_register(cleaned, log):
    misspelt = log.adoption_dates.assign(
        authority="The " + log.adoption_dates["authority"]
    )
    result = _answer(cleaned, adoption_dates=misspelt)
    assert result.estimates == _answer(cleaned).estimates
    check = _check(result, "register")
    n = len(misspelt)
    assert check.passed is False
    assert check.text == (
        f"{n} of the {n} authorities of adoption_dates file no request in the months "
        "used, or are spelt otherwise in the log."
    )


def test_some_names_that_file_nothing_are_said_and_no_fault(cleaned, log):
    extra = pd.DataFrame({"authority": ["Nobody"], "adopted_on": ["2024-05-01"]})
    dates = pd.concat([log.adoption_dates, extra])
    assert _check(_answer(cleaned, adoption_dates=dates), "register").passed is None


def test_one_name_in_several_countries_is_said(log):
    rows = log.requests.copy()
    named = log.adoption_dates["authority"].iloc[0]
    country = rows.loc[rows["authority"] == named, "country"].iloc[0]
    other = rows.loc[rows["country"] != country, "authority"].iloc[0]
    rows.loc[rows["authority"] == other, "authority"] = named
    cleaned = clean_requests(rows, as_of="2024-12-31")
    check = _check(_answer(cleaned, adoption_dates=log.adoption_dates), "namesakes")
    assert check.text == (
        "Names of adoption_dates that stand for authorities of several countries: 1; "
        "all of these are taken to have moved on that day."
    )


def test_dates_that_were_inferred_are_no_registered_ones(cleaned, log):
    dates = log.adoption_dates.assign(basis="Change_point")
    result = _answer(cleaned, adoption_dates=dates)
    registered = _answer(cleaned, adoption_dates=log.adoption_dates)
    assert result.estimates == registered.estimates
    assert registered.grade == "A"
    assert result.grade == "B"
    assert _check(result, "dates").passed is False


def test_an_unlisted_authority_that_always_used_the_line_has_moved(cleaned, log):
    from disclosure_trends.models.adoption.onset import (
        check_adoption_dates,
        date_adoption,
    )
    from disclosure_trends.models.decomposition.window_counts import two_windows
    from disclosure_trends.models.panel import NEVER
    from disclosure_trends.models.panel_cells import count_cells, panel_of_cells

    panel = panel_of_cells(
        count_cells(cleaned),
        region="EU",
        windows=two_windows("2024Q2", "2024Q3"),
        as_of=cleaned.as_of,
    )
    listed = set(log.adoption_dates["authority"].str.casefold())
    # An authority with many requests that no register names.
    (row, *_) = [
        i
        for i in panel.submitted.sum(axis=1).argsort()[::-1]
        if panel.inside[i] and panel.authority[i].casefold() not in listed
    ]
    panel.on_line[row] = panel.routable[row]
    panel.off_line[row] = 0
    register = check_adoption_dates(log.adoption_dates)
    assert date_adoption(panel, register=register).adopted[row] < NEVER


def test_a_region_without_a_line_is_not_said_to_have_no_part(cleaned, log):
    result = _answer(cleaned, region="non-EU", adoption_dates=log.adoption_dates)
    assert result.refused == "R1"
    assert result.refusal.why.startswith(
        "No request of the region is known to have come on a designated line or beside"
    )


def test_a_log_that_names_nobody_is_a_list_of_totals(log):
    rows = log.requests.assign(authority="")
    result = _answer(clean_requests(rows, as_of="2024-12-31"))
    assert result.refused == "R1"
    assert result.refusal.sentence.endswith("no request names its authority.")


@pytest.mark.parametrize(
    ("before", "after", "months"),
    [
        ("2022Q3", "2022Q4", "2022-07, 2022-08 and 2022-09"),
        ("2024Q3", "2024Q4", "2024-10 and 2024-11"),
        ("2019H1", "2019H2", "12 months from 2019-01 to 2019-12"),
    ],
)
def test_months_that_were_not_logged_are_not_zero(cleaned, before, after, months):
    result = _answer(cleaned, before=before, after=after)
    assert result.refused == "R2"
    assert result.refusal.why == (
        f"The log holds no request of {months} from anywhere. A month that was not "
        "logged is not a month without requests."
    )
    assert tuple(result.estimates) == NAMES
    assert isinstance(result.estimates["change"], NotEstimable)


def test_a_window_that_is_not_over_has_no_change(log):
    early = clean_requests(log.requests, as_of="2024-08-31")
    result = _answer(early)
    assert result.refused == "R6"
    assert result.estimates["change"] == NotEstimable(
        "July to September 2024 had not ended", rule="R6"
    )


def test_without_days_of_decisions_a_cut_month_is_seen(log, undated):
    whole = _answer(
        clean_requests(undated, as_of="2024-12-31"), adoption_dates=log.adoption_dates
    )
    assert _check(whole, "maturity").passed is None
    assert whole.grade != "A"
    assert _share(whole).lower < log.truth["share_rerouted"] < _share(whole).upper
    received = pd.to_datetime(undated["received_at"], utc=True)
    young = undated[received >= pd.Timestamp("2024-09-01", tz="UTC")].index[::3]
    rows = undated.copy()
    rows.loc[young, "outcome"] = "pending"
    rows.loc[young, "validity"] = "not_assessed"
    cut = _answer(
        clean_requests(rows, as_of="2024-12-31"), adoption_dates=log.adoption_dates
    )
    assert cut.refused == "R6"
    assert "2024-09 the share of requests not decided is" in cut.refusal.why
    assert cut.refusal.identify == (
        "The day of each decision, validated_at or closed_at, or a log in which "
        "2024-09 is decided as the months before are.",
    )


def test_one_channel_may_be_named_as_a_text(cleaned):
    policy = pd.DataFrame({"date": ["2024-08-01"], "channel": ["dsa_contact_point"]})
    for named in ("dsa_contact_point", ["dsa_contact_point"]):
        result = _answer(cleaned, designated=named, policies=policy)
        assert result.refused == "R4"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"designated": []},
            "designated: no channel is named; allowed are channels such as "
            "'dsa_contact_point', or None for the table of lines; name one",
        ),
        (
            {"policies": ["2024-08-01"]},
            "policies: it is a list; needed is a DataFrame with the column 'date', "
            "and optionally 'scope' and 'channel'; make it one",
        ),
        (
            {"policies": pd.DataFrame({"date": [pd.NaT]})},
            "policies.date: a cell is empty; allowed are days such as 2024-09-23; "
            "fill it, or leave the row out",
        ),
        (
            {"adoption_dates": {"authority": ["a"]}},
            "adoption_dates: it is a dict; needed is a DataFrame with the columns "
            "'authority' and 'adopted_on'; make it one",
        ),
        (
            {
                "adoption_dates": pd.DataFrame(
                    {"authority": ["a", None], "adopted_on": "2024-05-01"}
                )
            },
            "adoption_dates: column 'authority' is empty in 1 of 2 rows; every row "
            "needs a name; fill it or leave the row out",
        ),
    ],
)
def test_what_cannot_be_read_is_named(cleaned, given, message):
    with pytest.raises(SettingsError) as raised:
        _answer(cleaned, **given)
    assert str(raised.value) == message


def test_an_unknown_scope_or_channel_of_a_policy_is_named(cleaned):
    policy = pd.DataFrame({"date": ["2024-08-01"], "channel": ["dsa_contactpoint"]})
    with pytest.raises(SettingsError) as raised:
        _answer(cleaned, policies=policy)
    assert str(raised.value).startswith(
        "policies.channel: 'dsa_contactpoint' is no channel; allowed are "
    )
    assert str(raised.value).endswith("did you mean 'dsa_contact_point'?")
    policy = pd.DataFrame({"date": ["2024-08-01"], "scope": ["EUU"]})
    with pytest.raises(SettingsError) as raised:
        _answer(cleaned, policies=policy)
    assert str(raised.value).startswith("policies.scope, region: 'EUU' is not a region")
