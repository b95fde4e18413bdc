"""Counts of a notebook read from a CSV that somebody else counted."""

import pytest

from disclosure_trends.errors import SettingsError
from disclosure_trends.reports.counts_file import read_counts


def test_the_periods_of_the_file_say_how_long_they_are(tmp_path):
    path = tmp_path / "removals.csv"
    path.write_text(
        "region,period,value,exposure\nNA,2024-W52,7,10\nNA,2025-W01,,11\n"
        "NA,2025-W02,9,12\n",
        encoding="utf-8",
    )
    counts = read_counts(path, as_of="2025-01-08")
    assert counts.freq == "week"
    assert counts.regions == ("NA",)  # Namibia, not a missing value
    assert counts.table["value"].isna().tolist() == [False, True, False]
    assert counts.table["is_complete"].tolist() == [True, False, False]
    assert counts.table["exposure"].tolist() == [10, 11, 12]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            None,
            "parameter 'counts': there is no file c.csv; allowed is the path of a CSV "
            "with the columns region, period, value",
        ),
        (
            "region,value\nFR,3\n",
            "c.csv: there are no periods; needed are the columns region, period, value "
            "and one row per count",
        ),
        (
            "region,period,value\nFR,2024-01,3\nFR,2024-01,4\n",
            "frame: 1 cells are given twice, the first is FR 2024-01; one row per "
            "region and period is allowed; add them up before",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path, text, message):
    path = tmp_path / "c.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        read_counts(path, as_of="2024-12-31")
    assert str(raised.value) == message


def test_the_file_may_say_what_it_counts(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("region,period,value\nposts,2024-01,3\n", encoding="utf-8")
    assert read_counts(path, as_of="2024-12-31").measure == "cases"
    path.write_text(
        "region,period,value,measure\nposts,2024-01,3,removals\n", encoding="utf-8"
    )
    assert read_counts(path, as_of="2024-12-31").measure == "removals"
    path.write_text(
        "region,period,value,measure\nposts,2024-01,3,removals\nposts,2024-02,3,bans\n",
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as raised:
        read_counts(path, as_of="2024-12-31")
    assert str(raised.value) == (
        "c.csv: counts bans, removals; allowed is one measure a file; give one file "
        "for each"
    )
