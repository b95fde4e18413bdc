import json

import numpy as np
import pandas as pd
import pytest
from tests.calibrate import ratio_drift

from disclosure_trends.counts.figures import published_counts
from disclosure_trends.counts.published import load_published
from disclosure_trends.errors import PublishedFiguresError, SettingsError
from disclosure_trends.vocabulary.periods import parse_period

NINE_MONTHS = parse_period("2024-01-01..2024-09-30")
COLUMNS = [
    "platform",
    "country",
    "period_start",
    "period_end",
    "measure",
    "value",
    "value_low",
    "value_high",
    "observed_on",
    "source_url",
    "source_grade",
]


@pytest.fixture(scope="module")
def telegram():
    return load_published("telegram", as_of="2026-05-31")


def _count(published, country, period, measure="requests_fulfilled"):
    found = published.series[country, measure].range(parse_period(period))
    assert found.is_exact
    return found.lower


# Numbers: Te-k/telegram-transparency at 839ed54.
def test_the_shipped_facts(telegram):
    assert list(telegram.table.columns) == COLUMNS
    assert _count(telegram, "BR", NINE_MONTHS.text) == 203
    assert _count(telegram, "IN", NINE_MONTHS.text) == 6992
    assert [_count(telegram, "FR", f"2024Q{q}") for q in (1, 2, 3)] == [4, 6, 210]
    assert telegram.platform == "telegram"
    assert telegram.evidence == "published"


def test_what_does_not_fit_is_flagged(telegram):
    drifting = set(telegram.tables["drift"]["country"])
    assert {"IN", "BR"} <= drifting
    (unfit,) = telegram.tables["inconsistencies"].itertuples(index=False)
    assert (unfit.country, unfit.measure) == ("GB", "users_affected")
    assert (unfit.stated, unfit.parts_low, unfit.parts_high) == (293, 299, 299)


def test_the_contradicted_source_is_shown_and_used_nowhere(telegram):
    shown = telegram.tables["contradictions"]
    assert set(shown["country"]) == {"DE", "FR", "ES", "GB", "US"}
    assert set(shown["source_grade"]) == {"X"}
    assert set(shown["treatment"]) == {"not used"}
    assert _count(telegram, "DE", "2025Q1") == 1311


def test_series_are_built_from_the_figures_that_are_used(telegram):
    # data/published/telegram.csv: France 2025Q1 has 668 of grade B and 1,200 of
    # grade X; Germany 1,311 and 1,745
    counts = published_counts(telegram)
    quarter = counts.table[counts.table["period"] == "2025Q1"].set_index("region")

    assert quarter.loc[["FR", "DE"], "value"].to_list() == [668, 1311]
    # a window of nine months is never spread over its quarters
    germany = counts.series("DE").set_index("period")["value"]
    assert germany[["2024Q1", "2024Q2", "2024Q3"]].isna().all()


def test_how_often_a_country_without_drift_is_flagged(telegram, monkeypatch):
    # METHODS.md: Brazil's requests, users without drift: .000 flagged where users
    # vary as counting noise, .122 where ten times as much (500 replicates)
    monkeypatch.setattr(ratio_drift, "REPLICATES", 100)
    cells = telegram.of("requests_fulfilled")["BR"].finest()
    requests = {cell.window.text: int(cell.lower) for cell in cells}
    rates = [
        ratio_drift.share_flagged(
            requests, mean=2.0, dispersion=spread, rng=np.random.default_rng(1)
        )
        for spread in (1, 10)
    ]
    assert rates[0] <= 0.01
    assert 0.02 < rates[1] < 0.3


@pytest.mark.parametrize(
    ("as_of", "known", "unknown"),
    [
        ("2024-12-31", "2024Q3", "2024Q4"),
        ("2025-01-31", "2024Q4", "2025Q1"),
    ],
)
def test_the_past_is_told_as_it_was_known(as_of, known, unknown):
    then = load_published("telegram", as_of=as_of)
    france = then.series["FR", "requests_fulfilled"]
    assert france.range(parse_period(known)).is_exact
    assert not france.range(parse_period(unknown)).is_observed
    assert then.table["observed_on"].max() <= pd.Timestamp(as_of)


def test_before_anything_was_published_the_table_is_empty():
    nothing = load_published("telegram", as_of="2024-09-30")
    assert nothing.table.empty
    assert list(nothing.table.columns) == COLUMNS
    assert nothing.of("requests_fulfilled") == {}
    assert nothing.platform == "telegram"


def test_an_earlier_day_of_the_same_figures(telegram):
    then = telegram.known_on("2024-12-31")
    assert then.table.equals(load_published("telegram", as_of="2024-12-31").table)
    assert telegram.known_on("2030-01-01") is telegram


def test_the_collectors_own_file_says_the_same(shared_data, telegram):
    path = shared_data / "te-k" / "dataset.json"
    if not path.is_file():
        pytest.skip("te-k/dataset.json is absent")
    own = load_published(path)
    assert len(own.table) == 2 * 299  # 299 entries, two measures
    for key, counts in own.series.items():
        for cell in counts.cells:
            assert telegram.series[key].range(cell.window).lower == cell.lower
    (check,) = (c for c in own.checks if c.name == "observed_on")
    assert check.passed is False
    then = load_published(path, as_of="2024-12-31")
    assert then.table["period_end"].max() <= pd.Timestamp("2024-12-31")


def _tidy(tmp_path, *rows):
    path = tmp_path / "figures.csv"
    lines = [",".join(COLUMNS), *rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_codes_that_look_like_other_words_survive(tmp_path):
    path = _tidy(
        tmp_path,
        "sig,NA,2024-01-01,2024-03-31,requests_fulfilled,3,,,2024-04-02,https://x.y,A",
        "sig,NO,2024-01-01,2024-03-31,requests_fulfilled,5,,,2024-04-02,https://x.y,A",
    )
    assert list(load_published(path).table["country"]) == ["NA", "NO"]


def test_the_better_grade_wins_and_equal_grades_become_a_range(tmp_path):
    start = "sig,FR,2024-01-01,2024-03-31,requests_fulfilled"
    path = _tidy(
        tmp_path,
        f"{start},9,,,2024-04-02,https://press.example,C",
        f"{start},4,,,2024-04-02,https://one.example,B",
        f"{start},5,,,2024-04-02,https://two.example,B",
        f"{start},6,,,2024-05-02,https://two.example,B",
    )
    published = load_published(path)
    found = published.series["FR", "requests_fulfilled"].range(parse_period("2024Q1"))
    assert (found.lower, found.upper) == (4, 6)
    treatments = published.tables["contradictions"].set_index("value")["treatment"]
    assert treatments[9] == "not used"
    assert treatments[5] == "not used"
    assert treatments[6] == "kept as a range"
    assert any(c.name == "equal_sources" and not c.passed for c in published.checks)


def test_bands_and_gaps_are_kept(tmp_path):
    start = "sig,FR,2024-01-01,2024-03-31"
    path = _tidy(
        tmp_path,
        f"{start},requests_fulfilled,,0,249,2024-04-02,https://x.example,A",
        f"{start},users_affected,,,,2024-04-02,https://x.example,A",
    )
    published = load_published(path)
    found = published.series["FR", "requests_fulfilled"].range(parse_period("2024Q1"))
    assert (found.lower, found.upper) == (0, 249)
    assert ("FR", "users_affected") not in published.series


def test_two_platforms_are_not_mixed(tmp_path):
    end = "FR,2024-01-01,2024-03-31,requests_fulfilled,3,,,2024-04-02,https://x.y,A"
    published = load_published(_tidy(tmp_path, f"one,{end}", f"two,{end}"))
    assert len(published.table) == 2
    with pytest.raises(SettingsError) as error:
        published.of("requests_fulfilled")
    assert str(error.value) == (
        "published: the figures are those of one, two; compare one platform at a time "
        "and load a file of one"
    )


def test_simulated_figures_say_so(tmp_path):
    row = "SIM-x,FR,2024-01-01,2024-03-31,requests_fulfilled,3,,,2024-04-02,https://x,A"
    assert load_published(_tidy(tmp_path, row)).evidence == "simulated"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            "s,Germny,2024-01-01,2024-03-31,m,1,,,,https://x,A",
            "figures.csv, line 2: country 'Germny' is unknown; did you mean 'Germany'?"
            "; write an ISO 3166-1 code such as 'FR'",
        ),
        (
            "s,FR,2024-13-01,2024-03-31,m,1,,,,https://x,A",
            "figures.csv, line 2: period_start '2024-13-01' is no day; write it as "
            "2024-09-30",
        ),
        (
            "s,FR,2024-01-01,2024-03-31,m,<10,,,,https://x,A",
            "figures.csv, line 2: value '<10' is no count; write a whole number, or "
            "leave it empty and give value_low and value_high",
        ),
        (
            "s,FR,2024-01-01,2024-03-31,m,1,,,,https://x,Q",
            "figures.csv, line 2: source_grade 'Q' is unknown; allowed are A, B, C, X",
        ),
        (
            "s,FR,2024-03-31,2024-01-01,m,1,,,,https://x,A",
            "figures.csv, line 2: the window ends (2024-01-01) before it starts "
            "(2024-03-31); give the earlier day first",
        ),
    ],
)
def test_a_faulty_row_is_refused_by_its_line(tmp_path, row, message):
    with pytest.raises(PublishedFiguresError) as error:
        load_published(_tidy(tmp_path, row))
    assert str(error.value) == message


def test_a_name_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(SettingsError) as error:
        load_published("telegrm")
    assert str(error.value) == (
        "load_published: there is no file 'telegrm' and no table of that name; did you "
        "mean 'telegram'?; tables that ship are telegram"
    )
    with pytest.raises(SettingsError, match="'claims'"):
        load_published("claims")


@pytest.mark.parametrize("day", ["20242131", "2025401"])
def test_a_mistyped_day_of_the_collectors_file_is_refused(tmp_path, day):
    path = tmp_path / "dataset.json"
    entry = {"from": "20240101", "to": day, "requests": 1, "users": 1}
    path.write_text(json.dumps({"FRA": [entry]}), encoding="utf-8")
    with pytest.raises(PublishedFiguresError) as error:
        load_published(path)
    assert str(error.value) == (
        f"dataset.json, FRA, entry 1: to {day!r} is no day; write it as 20240930"
    )


def test_broken_json_is_refused(tmp_path):
    path = tmp_path / "dataset.json"
    path.write_text('{"FRA": [', encoding="utf-8")
    with pytest.raises(PublishedFiguresError, match="no valid JSON"):
        load_published(path)


FRANCE = "s,FR,2024-01-01,2024-03-31,requests_fulfilled"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            f"{FRANCE},5,7,9,,https://x,A",
            "value 5 lies outside value_low and value_high; give the count or the "
            "band, not both",
        ),
        (
            f"{FRANCE},,9,7,,https://x,A",
            "value_high 7 is below value_low 9; exchange them",
        ),
        (
            f"{FRANCE},99999999999999999999,,,,https://x,A",
            "value '99999999999999999999' is no count; write a whole number, or leave "
            "it empty and give value_low and value_high",
        ),
        (
            f"{FRANCE},1,234,,,2024-04-01,https://x,A",
            "the row has more cells than the header has columns; put a text that holds "
            "a comma in quotes, and write counts without commas",
        ),
        (
            "s,FR,20240101,2024-03-31,m,1,,,,https://x,A",
            "period_start '20240101' is no day; write it as 2024-09-30",
        ),
        (
            "s,FR,2024-W01-1,2024-03-31,m,1,,,,https://x,A",
            "period_start '2024-W01-1' is no day; write it as 2024-09-30",
        ),
        (
            "s,FR,0024-01-01,2024-03-31,m,1,,,,https://x,A",
            "period_start '0024-01-01' lies outside the years 1900 to 2199; correct "
            "the year",
        ),
        (
            f"{FRANCE},5,,,2024-04-31,https://x,A",
            "observed_on '2024-04-31' is no day; write it as 2024-09-30",
        ),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused(tmp_path, row, message):
    with pytest.raises(PublishedFiguresError) as error:
        load_published(_tidy(tmp_path, row))
    assert str(error.value) == f"figures.csv, line 2: {message}"


def test_a_header_may_be_quoted_or_spaced():
    row = f"{FRANCE},5,,,2024-04-01,https://x,A\n"
    for header in (", ".join(COLUMNS), ",".join(f'"{c}"' for c in COLUMNS)):
        published = load_published(f"{header}\n{row}")
        assert _count(published, "FR", "2024Q1") == 5


def test_two_figures_of_one_source_and_day_are_a_range(tmp_path):
    path = _tidy(
        tmp_path,
        f"{FRANCE},5,,,2024-04-01,https://x,A",
        f"{FRANCE},7,,,2024-04-01,https://x,A",
    )
    published = load_published(path)
    found = published.series["FR", "requests_fulfilled"].range(parse_period("2024Q1"))
    assert (found.lower, found.upper) == (5, 7)
    assert len(published.tables["contradictions"]) == 2


def test_a_figure_observed_before_its_window_ended_is_flagged(tmp_path):
    published = load_published(_tidy(tmp_path, f"{FRANCE},5,,,2024-02-01,https://x,A"))
    (check,) = (c for c in published.checks if c.name == "observed_early")
    assert check.passed is False
    assert check.text == (
        "Observed before the end of their window: 1 figure; the day or the window is "
        "wrong."
    )


WINDOW = '{"from": "20240101", "to": "20240331", "requests": 4, "users": 1}'
SHAPE = '{"ABC": [{"from": "20240101", "to": "20240930", "requests": 1, "users": 1}]}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[1, 2]",
            "d.json: the file does not hold an object of countries; expected " + SHAPE,
        ),
        (
            '{"FRA": 5}',
            "d.json: a country does not hold a list of windows; expected " + SHAPE,
        ),
        (
            "[" * 100_000,
            "d.json: the JSON is nested too deeply to be read; expected " + SHAPE,
        ),
        (
            f'{{"FRA": [{WINDOW}], "FRA": []}}',
            "d.json: 'FRA' stands twice in one object; keep one of the two",
        ),
        (
            '{"FRA": [{"from": "2024-01-01"}]}',
            "d.json, FRA, entry 1: from '2024-01-01' is no day; write it as 20240930",
        ),
        (
            f'{{"FRA": [{WINDOW.replace("4,", "true,")}]}}',
            "d.json, FRA, entry 1: requests 'True' is no count; write a whole number, "
            "or leave it empty and give value_low and value_high",
        ),
    ],
)
def test_a_collectors_file_of_another_shape_is_refused(tmp_path, text, message):
    path = tmp_path / "d.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PublishedFiguresError) as error:
        load_published(path, layout="te-k")
    assert str(error.value) == message


def test_a_null_of_the_collectors_file_is_missing_not_zero(tmp_path):
    path = tmp_path / "d.json"
    text = f'{{"FRA": [{WINDOW.replace(": 4", ": null")}]}}'
    path.write_text(text, encoding="utf-8")
    published = load_published(path)
    assert set(published.series) == {("FR", "users_affected")}
    assert published.table["value"].isna().sum() == 1


def test_an_unknown_country_argument_is_refused_with_the_nearest():
    with pytest.raises(SettingsError) as error:
        load_published("telegram", country="fr")
    assert str(error.value) == (
        "country: 'fr' is unknown; did you mean 'FR'?; write an ISO 3166-1 code such "
        "as 'FR'"
    )
