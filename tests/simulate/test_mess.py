import csv
import gzip
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from disclosure_trends.resources import shipped_path, vocabulary_text
from disclosure_trends.simulate.example import example_files, example_log
from disclosure_trends.simulate.mess import add_repeats
from disclosure_trends.simulate.requests import SimulatedLog, simulate_requests
from disclosure_trends.simulate.timestamps import write_times
from disclosure_trends.vocabulary.countries import country_aliases, normalise_name
from disclosure_trends.vocabulary.terms import normalise_term, term_aliases

_FORMATS = {
    "%Y-%m-%dT%H:%M:%SZ": "utc",
    "%Y-%m-%dT%H:%M:%S%z": "offset",
    "%Y-%m-%d %H:%M:%S": "wall",
    "%d/%m/%Y %H:%M": "wall",
    "%b %d, %Y %I:%M %p": "wall",
}


def _read_back(text: str, zone: str) -> tuple[str, datetime]:
    """Read a timestamp of a messy log by brute force: layout and instant."""
    if text.isdigit():
        kind = "epoch_s" if len(text) == 10 else "epoch_ms"
        seconds = int(text) // (1 if kind == "epoch_s" else 1000)
        return kind, datetime.fromtimestamp(seconds, UTC)
    for layout, kind in _FORMATS.items():
        try:
            moment = datetime.strptime(text, layout)  # noqa: DTZ007
        except ValueError:
            continue
        if kind != "offset":
            zone = "UTC" if kind == "utc" or not zone else zone
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        return layout, moment.astimezone(UTC)
    raise ValueError(text)


@pytest.fixture(scope="module")
def messy() -> SimulatedLog:
    return simulate_requests("rerouting", rng=7, rows=20_000, messy=True)


@pytest.fixture(scope="module")
def clean() -> SimulatedLog:
    rows = 20_000 - round(0.03 * 20_000)
    return simulate_requests("rerouting", rng=7, rows=rows)


def test_every_layout_can_be_read_back() -> None:
    rng = np.random.default_rng(1)
    start = np.datetime64("2023-01-01T00:00:00", "s")
    times = start + rng.integers(0, 2 * 365 * 86_400, size=4000)
    zones = np.array(["", "UTC", "Europe/Berlin", "Asia/Kolkata"], dtype=object)
    zone = zones[rng.integers(4, size=times.size)]
    layouts = set()
    for text, name, moment in zip(
        write_times(times, zone, rng=rng), zone, times, strict=True
    ):
        layout, read = _read_back(text, name)
        layouts.add(layout)
        gap = moment.item().replace(tzinfo=UTC) - read
        assert 0 <= gap.total_seconds() < 60, text
    assert len(layouts) == 7


def test_hours_that_clocks_pass_twice_are_written_in_utc() -> None:
    # Berlin, 2024-10-27: 02:30 is 00:30Z and again 01:30Z.
    times = np.full(500, np.datetime64("2024-10-27T01:30:00", "s"))
    zones = np.full(500, "Europe/Berlin", dtype=object)
    texts = set(write_times(times, zones, rng=np.random.default_rng(1)))
    assert texts == {
        "2024-10-27T01:30:00Z",
        "2024-10-27T02:30:00+01:00",
        "1729992600",
        "1729992600000",
    }


def test_mess_keeps_what_the_rows_say(messy, clean) -> None:
    newest = messy.requests[messy.requests["request_id"] != ""]
    newest = newest.sort_values("updated_at").groupby("request_id").last()
    truth = clean.requests.set_index("request_id").loc[newest.index]
    aliases = country_aliases()
    country = newest["country"].map(lambda text: aliases.get(normalise_name(text)))
    known = country.notna()
    assert 0.99 < known.mean() < 1
    assert (country[known] == truth["country"][known]).all()
    pd.testing.assert_frame_equal(messy.adoption_dates, clean.adoption_dates)
    assert messy.truth == clean.truth


def test_received_at_reads_back_to_the_instant(messy, clean) -> None:
    rows = messy.requests[messy.requests["request_id"] != ""]
    truth = clean.requests.set_index("request_id")["received_at"]
    faulty = 0
    for row in rows.itertuples(index=False):
        try:
            _, moment = _read_back(row.received_at, row.timezone)
        except ValueError:
            faulty += 1
            continue
        gap = (truth[row.request_id] - moment).total_seconds()
        faulty += not 0 <= gap < 60
    # .4 per cent of the rows get a timestamp that nobody can read.
    assert faulty / len(rows) == pytest.approx(0.004, abs=0.002)


@pytest.mark.parametrize(
    ("column", "chance", "is_faulty"),
    [
        ("request_id", 0.001, lambda text: text == ""),
        (
            "n_accounts",
            0.003,
            lambda text: not text.replace(".0", "").strip().isdigit(),
        ),
        ("decided_at", 0.001, lambda text: text[:4] in {"1999", "2001"}),
    ],
)
def test_defects_are_rare(messy, column, chance, is_faulty) -> None:
    share = messy.requests[column].map(is_faulty).mean()
    # Four binomial errors at 20,000 rows; some faulty counts are digits.
    assert share == pytest.approx(chance, abs=4 * (chance / 20_000) ** 0.5 + 0.0015)
    assert share > 0


def test_repeats_are_older_states(clean) -> None:
    rng = np.random.default_rng(1)
    both = add_repeats(clean.requests, repeats=500, rng=rng)
    assert len(both) == len(clean.requests) + 500
    newest = both.sort_values("updated_at").groupby("request_id").tail(1)
    newest = newest.sort_values("request_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(newest, clean.requests)
    assert both["request_id"].value_counts().max() >= 2


def test_every_spelling_means_its_value() -> None:
    aliases = country_aliases()
    text = vocabulary_text("simulated_spellings.csv")
    for row in csv.DictReader(io.StringIO(text)):
        column, value, spelling = row["column"], row["value"], row["spelling"]
        if column == "country":
            assert aliases[normalise_name(spelling)] == value
        elif value:
            assert term_aliases(column)[normalise_term(spelling)] == value, spelling


def test_example_is_what_its_seed_gives(root) -> None:
    files = example_files(example_log())
    packed = (root / "data/example/requests.csv.gz").read_bytes()
    assert gzip.decompress(packed) == files.pop("requests.csv")
    assert packed[4:8] == bytes(4)  # gzip's time stamp: none
    assert len(packed) <= 1_000_000
    for name, content in files.items():
        assert (root / "data/example" / name).read_bytes() == content
    assert shipped_path("data/example/README.md").is_file()


def test_example_says_that_it_is_simulated() -> None:
    log = example_log()
    ids = log.requests["request_id"]
    assert ids[ids != ""].str.startswith("SIM-").all()
    assert log.requests["authority"].str.lower().str.startswith("simulated").all()
    assert 19_900 <= len(log.requests) <= 20_100
