"""Verdicts are computed: other facts give other verdicts, and simulated ones none."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from disclosure_trends.counts.published import figures_from_table, load_published
from disclosure_trends.errors import SettingsError
from disclosure_trends.logs.clean import clean_requests
from disclosure_trends.reports.claims.assess import assess_claims
from disclosure_trends.reports.claims.texts import VERDICTS, read_claims
from disclosure_trends.vocabulary.countries import country_name

DAY = "2026-05-31"
UNDETERMINED = "cannot be determined from these data"
ON_FIGURES = {
    "brazil_over_200",
    "india_nearly_7000",
    "europe_uptick",
    "europe_because_of_line",
    "not_a_major_shift",
}


@pytest.fixture(scope="module")
def telegram():
    return load_published("telegram", as_of=DAY)


def _verdicts(result):
    return dict(zip(result.table["claim"], result.table["verdict"], strict=True))


def _statement(result, claim):
    return result.table.set_index("claim").loc[claim, "statement"]


def _all_text(result):
    bundle = result.bundle()
    figures = [
        result.figure(name).layout.meta["disclosure_trends"] for name in result.figures
    ]
    return json.dumps([bundle, figures], ensure_ascii=False)


def _with(published, change):
    return figures_from_table(change(published.table), as_of=None)


def test_the_verdicts_on_the_shipped_figures(telegram):
    result = assess_claims(telegram, as_of=DAY)
    assert list(result.table.columns) == [
        "claim",
        "text",
        "said_on",
        "source_url",
        "verdict",
        "statement",
        "would_decide",
    ]
    assert _verdicts(result) == {
        "brazil_over_200": "supported",
        "india_nearly_7000": "supported",
        "europe_uptick": "supported in part",
        "europe_because_of_line": UNDETERMINED,
        "since_2018": "supported in part",
        "not_a_major_shift": UNDETERMINED,
    }
    assert "203 requests fulfilled" in _statement(result, "brazil_over_200")
    assert "6,992 requests fulfilled" in _statement(result, "india_nearly_7000")
    uptick = _statement(result, "europe_uptick")
    assert "at least 2.1-fold" in uptick
    assert "26 observed members" in uptick
    assert "without France a rise is not established (0.475 to 33.8 times)" in uptick
    assert "valid requests are not published" in uptick
    assert "28 August 2018" in _statement(result, "since_2018")
    assert "terror suspects only" in _statement(result, "since_2018")
    shift = _statement(result, "not_a_major_shift")
    assert shift.startswith("Among reporting countries")
    assert "18.5 times as high in 19 members of the EU" in shift
    assert "21.1 without India" in shift


def test_the_headline_fits_and_names_the_member(telegram):
    headline = assess_claims(telegram, as_of=DAY).findings()[0]
    assert len(headline.statement) <= 160
    assert headline.statement == (
        "Requests fulfilled in the EU rose at least 2.1-fold in July to September 2024"
        "; without France no rise is established, and totals cannot show why."
    )


def test_no_page_says_worldwide_or_caused(telegram):
    for day in (DAY, "2024-12-31", "2024-09-30"):
        text = _all_text(assess_claims(telegram, as_of=day)).casefold()
        assert "worldwide" not in text
        assert "caused" not in text


def test_at_the_end_of_2024_the_fourth_quarter_was_not_known(telegram):
    result = assess_claims(telegram, as_of="2024-12-31")
    verdicts = _verdicts(result)
    assert verdicts["brazil_over_200"] == "supported"
    assert verdicts["europe_uptick"] == "supported in part"
    assert verdicts["not_a_major_shift"] == UNDETERMINED
    assert (
        "No figure for October to December 2024 was yet published by 31 December 2024."
        in result.summary()
    )
    assert "18.5" not in _all_text(result)


def test_before_anything_was_published_every_claim_is_listed(telegram):
    result = assess_claims(telegram, as_of="2024-09-30")
    verdicts = _verdicts(result)
    assert list(verdicts) == [claim.claim for claim in read_claims()]
    assert {verdicts[claim] for claim in ON_FIGURES} == {UNDETERMINED}
    assert result.findings()[0].statement == (
        "No figure that would decide whether requests rose was public by 30 September "
        "2024."
    )
    assert len(result.bundle()["claims"]) == 6


def test_with_two_countries_swapped_everything_hangs_on_the_other(telegram):
    def swap(table):
        codes = {"FR": "ES", "ES": "FR"}
        return table.assign(country=[codes.get(c, c) for c in table["country"]])

    result = assess_claims(_with(telegram, swap), as_of=DAY)
    assert "without Spain no rise is established" in result.findings()[0].statement
    title = result.figure("bounds").layout.meta["disclosure_trends"]["title"]
    assert "Spain" in title
    assert "ithout France" not in _all_text(result)


@pytest.mark.parametrize(
    ("claim", "country", "value", "verdict"),
    [
        ("brazil_over_200", "BR", 200, "contradicted"),
        ("brazil_over_200", "BR", 201, "supported"),
        ("india_nearly_7000", "IN", 6000, "contradicted"),
    ],
)
def test_another_count_gets_another_verdict(telegram, claim, country, value, verdict):
    def change(table):
        here = (table["country"] == country) & (
            table["measure"] == "requests_fulfilled"
        )
        nine = here & (table["period_end"] == pd.Timestamp("2024-09-30"))
        whole = nine & (table["period_start"] == pd.Timestamp("2024-01-01"))
        table.loc[whole, "value"] = value
        return table[~here | whole].reset_index(drop=True)

    assert (
        _verdicts(assess_claims(_with(telegram, change), as_of=DAY))[claim] == verdict
    )


def _second_platform(tmp_path, *, before, after):
    rows = [
        "platform,country,period_start,period_end,measure,value,value_low,value_high,"
        "observed_on,source_url,source_grade"
    ]
    for country, b, a in zip(("FR", "DE", "BR", "IN"), before, after, strict=True):
        for start, end, value in (
            ("2024-01-01", "2024-03-31", b),
            ("2024-04-01", "2024-06-30", b),
            ("2024-07-01", "2024-09-30", a),
            ("2024-10-01", "2024-12-31", a),
        ):
            rows.append(
                f"other,{country},{start},{end},requests_valid,{value},,,2025-02-01,"
                "https://other.example/report,A"
            )
    path = tmp_path / "other.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return load_published(path)


def test_a_second_platform_that_publishes_valid_requests(tmp_path):
    rising = _second_platform(tmp_path, before=(50, 60, 5, 9), after=(90, 99, 5, 9))
    result = assess_claims(rising, as_of=DAY)
    verdicts = _verdicts(result)
    # Two members of 27 are observed.
    assert verdicts["europe_uptick"] == "supported in part"
    assert verdicts["brazil_over_200"] == UNDETERMINED
    assert verdicts["since_2018"] == UNDETERMINED
    assert "no single member carries it" in result.findings()[0].statement
    assert "The claims were made about telegram" in result.summary()
    assert _all_text(result)
    falling = _second_platform(tmp_path, before=(90, 99, 5, 9), after=(50, 60, 5, 9))
    assert (
        _verdicts(assess_claims(falling, as_of=DAY))["europe_uptick"] == "contradicted"
    )


def test_without_a_step_a_claim_of_no_shift_holds_in_part(telegram):
    def change(table):
        after = table["period_start"] == pd.Timestamp("2024-10-01")
        nine = (table["period_start"] == pd.Timestamp("2024-01-01")) & (
            table["period_end"] == pd.Timestamp("2024-09-30")
        )
        table.loc[after, "value"] = 100
        table.loc[nine, "value"] = 300
        return table[after | nine].reset_index(drop=True)

    result = assess_claims(_with(telegram, change), as_of=DAY)
    assert _verdicts(result)["not_a_major_shift"] == "supported in part"


def test_a_simulated_log_is_refused(telegram):
    with pytest.raises(SettingsError) as error:
        assess_claims(telegram, as_of=DAY, log=SimpleNamespace(evidence="simulated"))
    assert str(error.value) == (
        "assess_claims: log= is simulated; a verdict on a real claim rests on a real "
        "log only; leave log= out and show the simulated log apart"
    )


def test_simulated_figures_decide_nothing(telegram):
    def change(table):
        return table.assign(platform="SIM-telegram")

    result = assess_claims(_with(telegram, change), as_of=DAY)
    assert set(_verdicts(result).values()) == {UNDETERMINED}
    assert "The figures are simulated" in result.summary()
    for judged in result.judged:
        assert judged.finding.evidence == "published"
        assert "203" not in judged.finding.statement


def test_the_bundle_holds_every_claim_with_its_finding(telegram):
    result = assess_claims(telegram, as_of=DAY)
    bundle = json.loads(json.dumps(result.bundle()))
    ids = {finding["id"] for finding in bundle["findings"]}
    assert len(ids) == len(bundle["findings"])
    for claim in bundle["claims"]:
        assert claim["verdict"] in VERDICTS
        assert set(claim["findings"]) <= ids
        assert claim["would_decide"]
    assert len(bundle["points"]) <= 6
    assert {point["finding"] for point in bundle["points"]} <= ids


def test_the_figures_draw_what_the_tables_hold(telegram):
    result = assess_claims(telegram, as_of=DAY)
    rows = pd.concat([bounds.tables["groups"] for bounds in result.bounds])
    assert list(rows["label"]) == [
        "The EU",
        "The EU without France",
        "Outside the EU",
        "Outside the EU without India",
    ]
    bars = result.figure("bounds").data
    assert [bar.base[0] for bar in bars] == pytest.approx(list(rows["lower"]))
    windows = result.figure("windows")
    assert {trace.type for trace in windows.data} <= {"bar", "scatter"}
    coverage = result.figure("coverage").layout.meta["disclosure_trends"]
    assert coverage["table"]["caption"] == "Members of the EU with a figure, by quarter"
    countries, events = result.later.display_tables()
    assert events.rows["source_url"].str.startswith("http").all()
    assert set(countries.rows["tone"]) == {"s1", "s2"}
    assert country_name("DE") in set(countries.rows["name"])


def _real_log(tmp_path, *, before, after):
    rows = [
        {
            "request_id": f"R-{quarter}-{number}",
            "received_at": f"2024-{month:02d}-{number % 27 + 1:02d}",
            "country": "FR",
            "authority": f"court {number % 3}",
            "channel": "email",
            "legal_process": "court_order",
            "outcome": "disclosed",
            "accounts_requested": 1,
        }
        for quarter, month, n in (("q2", 5, before), ("q3", 8, after))
        for number in range(n)
    ]
    path = tmp_path / "real.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return clean_requests(path, as_of="2024-12-31")


@pytest.mark.parametrize(
    ("before", "after", "verdict"), [(20, 40, "supported"), (40, 20, "contradicted")]
)
def test_a_real_log_answers_for_valid_requests(
    telegram, tmp_path, before, after, verdict
):
    log = _real_log(tmp_path, before=before, after=after)
    result = assess_claims(telegram, as_of=DAY, log=log)
    verdicts = _verdicts(result)
    assert verdicts["europe_uptick"] == verdict
    assert _statement(result, "europe_uptick") == (
        f"In the log valid requests from the EU went from {before} in April to June "
        f"2024 to {after} in July to September 2024."
    )
    # Three authorities of one country identify no cause.
    assert verdicts["europe_because_of_line"] == UNDETERMINED
    evidence = {one.claim.claim: one.finding.evidence for one in result.judged}
    assert evidence["europe_uptick"] == evidence["europe_because_of_line"] == "log"
    assert evidence["brazil_over_200"] == "published"
    json.dumps(result.bundle())


def test_what_is_new_is_read_off_the_days_of_observation(telegram):
    table = telegram.table
    used = table[table["measure"] == "requests_fulfilled"]
    used = used[used["source_grade"] != "X"]
    cells = ["country", "period_start", "period_end"]
    first = used.groupby(cells)["observed_on"].min()
    new = first[first > pd.Timestamp("2026-03-31")].reset_index()
    own = new["period_start"] == pd.Timestamp("2026-01-01")
    own &= new["period_end"] == pd.Timestamp("2026-03-31")
    (said,) = assess_claims(telegram, as_of=DAY).later.findings()
    assert said.numbers["figures"] == len(new)
    assert said.numbers["own"] == own.sum()
    assert said.statement == (
        f"New since 31 March 2026: {len(new)} figures of requests fulfilled, for "
        f"{new['country'].nunique()} countries; {own.sum()} of them are for January to "
        "March 2026, the others for other windows."
    )


def test_what_is_new_depends_on_the_day(telegram):
    (said,) = assess_claims(telegram, as_of="2024-12-31").later.findings()
    # France, Belgium, Hungary, India and Brazil have the quarter itself (Te-k).
    assert said.statement.startswith("New since 30 September 2024: ")
    assert said.numbers["own"] == 5
    assert assess_claims(telegram, as_of="2024-09-30").later.findings() == ()


def test_every_event_of_the_platform_is_marked_in_every_panel(telegram):
    result = assess_claims(telegram, as_of=DAY)
    figure = result.figure("windows")
    panels = {trace.xaxis for trace in figure.data}
    marked = {shape.xref for shape in figure.layout.shapes}
    assert marked == panels
    # 24 and 28 August, 5 and 23 September 2024, 15 March 2025 (events.csv).
    assert len(figure.layout.shapes) == 5 * len(panels)
    assert (
        "none is shown to have moved"
        in (figure.layout.meta["disclosure_trends"]["caption"])
    )


def test_the_first_picture_follows_the_claims(telegram):
    assert assess_claims(telegram, as_of=DAY).display_tables() == ()
