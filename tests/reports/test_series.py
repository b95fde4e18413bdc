"""Which series a notebook opens: those of its log, of its file, or the one asked."""

from dataclasses import dataclass

import pytest

import disclosure_trends as dtr
from disclosure_trends.errors import SettingsError
from disclosure_trends.reports.notebooks.session import Settings
from disclosure_trends.reports.series import open_counts

HEAD = (
    "request_id,received_at,country,authority,channel,legal_process,outcome,"
    "accounts_requested\n"
)
AS_OF = "2024-03-31"


@dataclass
class _Log:
    folder: str

    def counts(self, region="", measure="valid"):
        values = {"requests": self.folder, "as_of": AS_OF, "region": region}
        return open_counts(Settings("n", {**values, "measure": measure}))


@pytest.fixture
def opened(tmp_path):
    def make(*countries, bad=0, day="2024-01-05", outcomes=()):
        words = [*outcomes, *["disclosed"] * len(countries)]
        days = [AS_OF, *[day] * len(countries)]
        rows = [
            f"R{n},{days[n]},{country},Court,email,court_order,{words[n]},1\n"
            for n, country in enumerate(countries)
        ]
        rows += [f"B{n},{day},FR,Court,email,court_order,??,1\n" for n in range(bad)]
        (tmp_path / "log.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
        dtr.clean_requests(tmp_path / "log.csv", as_of=AS_OF, out=tmp_path / "clean")
        return _Log(str(tmp_path / "clean"))

    return make


def test_a_log_of_one_country_is_shown_as_that_country(opened):
    counts = opened("CA", "CA").counts()
    assert counts.regions == ("CA",)
    assert int(counts.table["value"].sum()) == 2


def test_a_log_of_few_countries_is_shown_by_country(opened):
    assert opened("CA", "FR", "DE").counts().regions == ("CA", "DE", "FR")


def test_a_log_of_many_countries_is_shown_by_the_parts_it_holds(opened):
    # eight countries, more than the partition has parts; none in IN, BR or GB
    log = opened("FR", "DE", "IT", "ES", "NO", "US", "CA", "MX")
    assert log.counts().regions == ("EEA-CH", "EU", "US", "other")


def test_a_region_that_is_asked_for_is_shown_even_if_empty(opened):
    assert opened("CA").counts(region="BR").regions == ("BR",)
    assert opened("CA").counts(region="EU").regions == ("EU", "non-EU")


def test_records_set_aside_are_told_where_they_could_be_a_fall(opened):
    checks = {c.name: c.text for c in opened(*["FR"] * 90, bad=10).counts().checks}
    assert checks["set_aside"] == (
        "10 of 100 records were set aside and are in no count: a period in which more "
        "of them lie looks lower than it was. Read the report on data quality first."
    )
    few = opened(*["FR"] * 99, bad=1).counts()
    assert "set_aside" not in {c.name for c in few.checks}


def test_requests_that_are_not_assessed_yet_are_told(opened):
    log = opened("CA", "CA", "CA", outcomes=["disclosed", "pending", "disclosed"])
    said = {c.name: c.text for c in log.counts().checks}
    assert said["undecided"] == (
        "More than a fifth of the requests received from January 2024 to March 2024 "
        "are not assessed, so they are in no count of valid requests: the latest "
        "counts will rise as far as these are decided later."
    )
    assert "undecided" not in {c.name for c in log.counts(measure="received").checks}
    assert "undecided" not in {c.name for c in opened("CA").counts().checks}


def test_a_country_that_changes_its_part_is_told(opened):
    # The United Kingdom was a member of the EU until 31 January 2020
    # (https://www.consilium.europa.eu/en/policies/eu-relations-united-kingdom).
    log = dtr.open_log(opened("FR", "GB", day="2019-12-05").folder)
    said = [c.text for c in dtr.count_requests(log).checks if c.name == "part_moved"]
    assert said == [
        "The United Kingdom counts with the EU until 31 January 2020, as a series of "
        "its own afterwards: both series step then, though requests need not have."
    ]
    assert not [
        c for c in dtr.count_requests(log, regions=("GB",)).checks if "EU" in c.text
    ]


def test_of_published_figures_only_the_asked_series_is_opened():
    values = {"published": "telegram", "as_of": "2026-05-31", "region": "KR"}
    counts = open_counts(Settings("n", values))
    assert counts.regions == ("KR",)
    # telegram.csv: from 2024Q4 on by quarter, before only as one total of nine months
    assert counts.table["value"].iloc[:4].to_list() == [270, 372, 570, 589]
    with pytest.raises(SettingsError) as raised:
        open_counts(Settings("n", {**values, "region": "EU"}))
    assert "parameter 'region': telegram has no series 'EU'" in str(raised.value)
    assert "a group of countries is not added up" in str(raised.value)
