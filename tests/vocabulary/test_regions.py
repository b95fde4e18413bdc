from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.errors import UnknownRegionError
from disclosure_trends.vocabulary.regions import (
    check_region,
    describe_region,
    known_countries,
    label_region,
    membership_changes,
    membership_table,
    partition_table,
    region_members,
    region_names,
)

DAYS = st.dates(date(1950, 1, 1), date(2050, 12, 31))


# Sizes of the Union: https://european-union.europa.eu (history of enlargement).
@pytest.mark.parametrize(
    ("day", "size"),
    [
        (date(1958, 1, 1), 6),
        (date(1995, 1, 1), 15),
        (date(2004, 4, 30), 15),
        (date(2004, 5, 1), 25),
        (date(2013, 6, 30), 27),
        (date(2013, 7, 1), 28),
        (date(2020, 1, 31), 28),
        (date(2020, 2, 1), 27),
        (date(2024, 8, 24), 27),
    ],
)
def test_membership_of_the_union_is_dated(day, size):
    assert len(region_members("EU", on=day)) == size


def test_great_britain_and_croatia_belong_by_date():
    assert "GB" in region_members("EU", on=date(2020, 1, 31))
    assert "GB" in region_members("non-EU", on=date(2020, 2, 1))
    assert "HR" not in region_members("EU", on=date(2013, 6, 30))
    assert "HR" in region_members("EU", on=date(2013, 7, 1))
    assert date(2020, 2, 1) in membership_changes("EU")
    assert membership_changes("EU27_2020") == ()
    assert membership_changes("FR") == ()


def test_codes_that_look_like_other_words_stay_countries():
    assert check_region("NO") == "NO"
    assert describe_region("NO") == "Norway"
    assert describe_region("NA") == "Namibia"
    assert describe_region("EU") == "the EU"
    assert describe_region("non-EU") == "outside the EU"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Germany", "; did you mean 'DE' (Germany)?"),
        ("eu", "; did you mean 'EU'?"),
        ("UK", "; did you mean 'GB' (United Kingdom)?"),
        ("non-EUU", "; did you mean 'non-EU'?"),
        ("%%", ""),
    ],
)
def test_an_unknown_region_is_refused_with_the_nearest_name(text, hint):
    with pytest.raises(UnknownRegionError) as error:
        check_region(text)
    assert str(error.value) == (
        f"region: {text!r} is not a region{hint}; allowed are a country code such as "
        f"'FR', a group ({', '.join(region_names())}) or 'non-' before a group"
    )


@given(day=DAYS)
def test_a_group_and_its_complement_are_the_world(day):
    for group in region_names():
        inside = region_members(group, on=day)
        outside = region_members(f"non-{group}", on=day)
        assert not inside & outside
        assert inside | outside == set(known_countries())


@given(day=DAYS)
def test_the_tables_agree_with_the_members_of_a_day(day):
    table = membership_table()
    on = pd.Timestamp(day)
    valid = table[(table["valid_from"] <= on) & (on <= table["valid_to"])]
    for region in ("EU", "non-EU", "EEA", "non-EEA", "FR", "EU27_2020"):
        stored = valid.loc[valid["region"] == region, "country"]
        assert stored.is_unique
        assert set(stored) == region_members(region, on=day)


@given(day=DAYS)
def test_the_partition_is_disjoint_and_covers_the_world(day):
    table = partition_table()
    on = pd.Timestamp(day)
    valid = table[(table["valid_from"] <= on) & (on <= table["valid_to"])]
    assert valid["country"].is_unique
    assert set(valid["country"]) == set(known_countries())
    part = valid.set_index("country")["region"]
    assert part["GB"] == ("EU" if day <= date(2020, 1, 31) else "GB") or day.year < 1973
    assert part["NO"] == "EEA-CH"
    assert part["NA"] == "other"


@pytest.mark.parametrize(
    ("region", "prose", "label"),
    [
        ("GB", "the United Kingdom", "United Kingdom"),
        ("NL", "the Netherlands", "Netherlands"),
        ("FR", "France", "France"),
        ("EU", "the EU", "The EU"),
        ("non-EU", "outside the EU", "Outside the EU"),
        ("other", "all others", "All others"),
        ("posts removed", "posts removed", "Posts removed"),
    ],
)
def test_a_region_has_a_name_for_prose_and_one_for_rows(region, prose, label):
    assert describe_region(region) == prose
    assert label_region(region) == label
