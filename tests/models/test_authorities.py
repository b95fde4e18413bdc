"""Series by authority are for the analyst: no report, picture or error names one."""

import json

import pytest

import disclosure_trends as dtr
from disclosure_trends.errors import SettingsError
from disclosure_trends.simulate.requests import simulate_requests


@pytest.fixture(scope="module")
def counts():
    rows = simulate_requests("rerouting", rng=3, rows=9_000).requests
    rows["authority"] = "zqx " + rows["authority"]
    cleaned = dtr.clean_requests(rows, as_of="2024-09-30")
    return dtr.count_requests(cleaned, by="authority", measure="received")


@pytest.fixture(scope="module", params=["detect_upticks", "date_uptick", "fit_trend"])
def result(request, counts):
    one = {} if request.param == "detect_upticks" else {"region": counts.regions[0]}
    return getattr(dtr, request.param)(counts, **one)


def test_the_analyst_has_the_table(result, counts):
    assert counts.regions[0].startswith("zqx ")
    assert len(result.table)
    assert not result.is_shown


def test_no_bundle_names_an_authority(result):
    shown = json.dumps(result._repr_mimebundle_())
    assert "zqx" not in shown
    assert result.bundle()["findings"] == []
    assert set(result.bundle()) >= {"schema", "type", "evidence", "tables", "checks"}


def test_no_picture_names_an_authority(result, counts):
    for draw in (result.figure, counts.figure):
        with pytest.raises(SettingsError, match="are for the analyst alone"):
            draw()


def test_other_keys_are_shown(counts):
    by_region = dtr.Counts.from_frame(
        counts.to_frame()[["region", "period", "value"]],
        freq="month",
        measure="received",
    )
    assert dtr.detect_upticks(by_region).is_shown
