"""One row a region: verdict, date and change, and what is said where there is none."""

import numpy as np
import pandas as pd
import pytest

from disclosure_trends.counts.counts import Counts
from disclosure_trends.models.uptick.detect import detect_upticks


def counts_of(columns, *, periods, freq="month", open_=0):
    frame = pd.DataFrame(
        {
            "region": np.repeat(list(columns), len(periods)),
            "period": list(periods) * len(columns),
            "value": np.concatenate(list(columns.values())),
        }
    )
    frame["is_complete"] = ~frame["period"].isin(list(periods)[len(periods) - open_ :])
    return Counts.from_frame(frame, freq=freq, measure="valid", evidence="log")


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(5)
    months = [str(p) for p in pd.period_range("2020-01", periods=62, freq="M")]
    loud, risen, quiet = (rng.poisson(20, 62) for _ in range(3))
    loud[59] = 70
    risen[44:] = rng.poisson(60, 18)
    columns = {"FR": quiet, "DE": risen, "BR": loud, "NO": np.zeros(62, dtype=int)}
    scan = detect_upticks(counts_of(columns, periods=months, open_=2))
    return scan.by_region()


def test_one_row_a_region_that_ever_had_a_case(rows):
    table = rows.table.set_index("region")
    assert rows.table["region"].iloc[0] == "BR"
    assert set(table.index) == {"FR", "DE", "BR"}
    assert rows.left_out == ("NO",)
    assert set(table["period"]) == {"2024-12"}
    assert set(table["provisional"]) == {"January 2025 to February 2025"}
    assert table["verdict"].to_dict() == {
        "BR": "uptick",
        "DE": "as expected",
        "FR": "as expected",
    }


def test_the_change_has_its_dates_and_its_interval(rows):
    table = rows.table.set_index("region")
    # The level trebles in the 45th month: September 2023.
    assert "September 2023" in table.loc["DE", "since"]
    low, high = table.loc["DE", ["change_lower", "change_upper"]]
    assert low < 3 < high
    assert table.loc["FR", "since"] == "no lasting change stands out from noise"
    assert pd.isna(table.loc["FR", "change"])


def test_it_says_only_what_stands_out_and_shows_the_rest_in_rows(rows):
    found = {one.id: one.statement for one in rows.findings()}
    assert list(found)[:2] == ["upticks", "uptick-BR"]
    assert "dated-DE" in found
    assert "dated-FR" not in found
    assert "quiet-FR" not in found
    assert "calibration" in found
    (spec,) = rows.display_tables()
    shown = {row[0]: row for row in spec.to_json()["rows"]}
    assert set(shown) == {"Brazil", "Germany", "France"}
    assert shown["Brazil"][4] == "uptick"
    assert "Without a row, because they had no case: Norway." in spec.note
    assert rows.points() == ()
    assert rows.bundle()["type"] == "RegionRows"


def test_a_region_whose_last_periods_are_missing_is_not_judged():
    rng = np.random.default_rng(9)
    months = [str(p) for p in pd.period_range("2022-01", periods=40, freq="M")]
    late = [*rng.poisson(6, 38), None, None]
    rows = detect_upticks(
        counts_of({"DE": rng.poisson(9, 40), "FR": late}, periods=months)
    ).by_region()
    table = rows.table.set_index("region")
    assert table["verdict"].to_dict() == {
        "DE": "as expected",
        "FR": "incomplete period",
    }
    assert table["provisional"].to_dict() == {
        "DE": "none",
        "FR": "March 2025 to April 2025",
    }


def test_nothing_to_show_is_no_table():
    months = [str(p) for p in pd.period_range("2022-01", periods=40, freq="M")]
    zero = counts_of({"DE": [0] * 40}, periods=months)
    rows = detect_upticks(zero).by_region()
    assert rows.table.empty
    assert rows.display_tables() == ()
    assert rows.findings()[0].statement == (
        "No uptick can be claimed, no series could be examined: too few cases (1)."
    )


def test_short_histories_are_refused_in_the_row():
    quarters = ["2024Q1", "2024Q2", "2024Q3"]
    # Telegram's transparency reports, fulfilled requests: the article's two countries.
    columns = {"BR": [75, 63, 65], "IN": [2461, 2151, 2380]}
    scan = detect_upticks(counts_of(columns, periods=quarters, freq="quarter"))
    rows = scan.by_region()
    assert set(rows.table["verdict"]) == {"short history"}
    assert set(rows.table["since"]) == {"only 3 complete periods; 8 are needed"}
    assert rows.table["upper"].isna().all()
    found = {one.id for one in rows.findings()}
    assert {"short-BR", "short-IN"} <= found
    bands = [row[3] for row in rows.display_tables()[0].to_json()["rows"]]
    assert bands == [None, None]
