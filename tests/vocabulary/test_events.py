import pandas as pd
import pytest

from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.events import EVENT_KINDS, MOVING_KINDS, load_events
from disclosure_trends.vocabulary.regions import check_region


def test_every_event_has_a_source_a_known_scope_and_a_span():
    events = load_events()
    assert events["source_url"].str.startswith("http").all()
    assert set(events["kind"]) <= set(EVENT_KINDS)
    assert (events["date"] <= events["date_to"]).all()
    exact = events["precision"] == "day"
    assert (events.loc[exact, "date"] == events.loc[exact, "date_to"]).all()
    for scope in set(events["scope"]) - {"platform", "data"}:
        check_region(scope)


def test_a_region_sees_its_own_its_groups_and_the_platforms_events():
    scopes = set(load_events(region="FR")["scope"])
    assert scopes == {"platform", "data", "FR", "EU"}
    assert set(load_events(region="non-EU")["scope"]) == {"platform", "data", "KR"}


def test_the_contact_point_of_early_2024_is_a_band():
    channels = load_events(region="EU", kinds=["channel"])
    band = channels[channels["precision"] == "month"]
    assert pd.Timestamp("2024-01-01") in set(band["date"])
    assert pd.Timestamp("2024-02-17") in set(band["date_to"])


def test_what_lies_after_the_day_of_knowledge_is_left_out():
    known = load_events(kinds=MOVING_KINDS, as_of="2024-09-22")
    assert known["date_to"].max() < pd.Timestamp("2024-09-23")


def test_an_unknown_kind_is_refused():
    with pytest.raises(SettingsError) as error:
        load_events(kinds=["polcy"])
    assert str(error.value) == (
        "kinds: 'polcy' is no kind of event; did you mean 'policy'?; allowed are "
        "policy, channel, law, shock, publication, data, reporting"
    )
