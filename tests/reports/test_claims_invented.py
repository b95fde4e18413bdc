"""Verdicts and sentences on invented facts: each turns as the facts turn."""

import pytest

from disclosure_trends.counts.published import load_published
from disclosure_trends.errors import SettingsError
from disclosure_trends.models.windows.bounds import bound_change
from disclosure_trends.models.windows.comparison import compare_windows
from disclosure_trends.reports.claims.assess import assess_claims
from disclosure_trends.vocabulary.periods import parse_period
from disclosure_trends.vocabulary.regions import region_members

DAY = "2026-05-31"
UNDETERMINED = "cannot be determined from these data"
QUARTERS = ("2024Q1", "2024Q2", "2024Q3", "2024Q4")
MEMBERS = sorted(region_members("EU", on=parse_period("2024Q3").end))
HEADER = (
    "platform,country,period_start,period_end,measure,value,value_low,value_high,"
    "observed_on,source_url,source_grade"
)


def _line(country, period, value, *, measure="requests_valid", platform="other"):
    window = parse_period(period)
    band = value if isinstance(value, str) else f"{value},,"
    return (
        f"{platform},{country},{window.start},{window.end},{measure},{band},"
        "2025-02-01,https://other.example/report,A"
    )


def _figures(*lines):
    return load_published("\n".join([HEADER, *lines]) + "\n")


def _all_split(*values, countries=(*MEMBERS, "BR", "IN"), measure="requests_valid"):
    return [
        _line(country, quarter, value, measure=measure)
        for country in countries
        for quarter, value in zip(QUARTERS, values, strict=False)
    ]


def _verdict(result, claim):
    return result.table.set_index("claim").loc[claim, "verdict"]


def _statements(result):
    return {finding.id: finding.statement for finding in result.findings()}


@pytest.mark.parametrize(
    ("values", "measure", "verdict", "headline"),
    [
        (
            (10, 10, 30),
            "requests_valid",
            "supported",
            "Valid requests in the EU rose 3.00-fold in July to September 2024; no "
            "single member carries it, and totals cannot show why.",
        ),
        (
            (10, 10, 30),
            "requests_fulfilled",
            "supported in part",
            "Requests fulfilled in the EU rose 3.00-fold in July to September 2024; no "
            "single member carries it, and totals cannot show why.",
        ),
        (
            (10, 10, 5),
            "requests_valid",
            "contradicted",
            "Valid requests in the EU fell 50 per cent in July to September 2024; no "
            "single member carries it, and totals cannot show why.",
        ),
        (
            (10, 10, 5),
            "requests_fulfilled",
            UNDETERMINED,
            "Requests fulfilled in the EU fell 50 per cent in July to September 2024; "
            "no single member carries it, and totals cannot show why.",
        ),
        (
            (10, 10, 10),
            "requests_valid",
            "contradicted",
            "Valid requests in the EU did not change in July to September 2024.",
        ),
        (
            (0, 0, 10),
            "requests_valid",
            "supported",
            "Valid requests in the EU rose from 0 to 270 in July to September 2024; no "
            "single member carries it, and totals cannot show why.",
        ),
    ],
)
def test_with_every_member_split_the_verdict_follows_the_counts(
    values, measure, verdict, headline
):
    result = assess_claims(_figures(*_all_split(*values, measure=measure)), as_of=DAY)
    assert _verdict(result, "europe_uptick") == verdict
    said = _statements(result)
    assert said["claims.headline"] == headline
    rose = values[-1] > values[0]
    assert ("Why requests rose" in said["claims.cause"]) is rose
    assert ("Why requests changed" in said["claims.cause"]) is not rose
    for name in result.figures:
        result.figure(name)


def test_one_observed_member_is_named_and_carries_it_all():
    lines = _all_split(5, 5, 9, countries=("FR",))
    result = assess_claims(_figures(*lines), as_of=DAY)
    assert result.bounds[0].pivotal == ("FR",)
    assert _verdict(result, "europe_uptick") == "supported in part"
    assert _statements(result)["claims.headline"] == (
        "Valid requests in France, the one observed member of the EU, rose 1.80-fold "
        "in July to September 2024, and totals cannot show why."
    )
    assert result.figure("bounds").layout.meta["disclosure_trends"]["title"] == (
        "The EU: a rise, but only France is observed"
    )
    assert "no single member" not in result.summary()


def test_what_was_known_three_days_after_the_claims():
    result = assess_claims(load_published("telegram"), as_of="2024-10-05")
    assert _statements(result)["claims.headline"] == (
        "Requests fulfilled in France, the one observed member of the EU, rose "
        "35.0-fold in July to September 2024, and totals cannot show why."
    )
    assert _verdict(result, "europe_uptick") == "supported in part"


def test_a_region_seen_in_part_is_not_called_by_its_name():
    lines = _all_split(5, 5, 9, countries=("FR", "DE", "ES"))
    result = assess_claims(_figures(*lines), as_of=DAY)
    assert _verdict(result, "europe_uptick") == "supported in part"
    assert "in 3 members of the EU" in _statements(result)["claims.headline"]


def test_a_member_without_whom_only_a_rise_from_zero_is_left_is_not_pivotal():
    lines = [*_all_split(5, 5, 9, countries=("FR",))]
    lines += _all_split(0, 0, 4, countries=("DE",))
    change = bound_change(
        _figures(*lines),
        region="EU",
        before="2024Q2",
        after="2024Q3",
        measure="requests_valid",
    )
    assert change.pivotal == ()


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (150, "contradicted"),
        (250, "supported"),
        (",150,250", UNDETERMINED),
        (",210,250", "supported"),
        (",100,190", "contradicted"),
        (",210,", UNDETERMINED),
    ],
)
def test_a_count_or_a_band_against_the_number_of_the_claim(value, verdict):
    line = _line("BR", "2024-01-01..2024-09-30", value, measure="requests_fulfilled")
    result = assess_claims(_figures(line), as_of=DAY)
    assert _verdict(result, "brazil_over_200") == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((100, 100, 100, 100), "supported in part"),
        # A fall to a tenth is a shift, too.
        ((100, 100, 100, 10), UNDETERMINED),
        ((100, 100, 100, 900), UNDETERMINED),
    ],
)
def test_no_shift_means_neither_up_nor_down(values, verdict):
    lines = _all_split(*values, measure="requests_fulfilled")
    result = assess_claims(_figures(*lines), as_of=DAY)
    assert _verdict(result, "not_a_major_shift") == verdict
    step = _statements(result)["claims.step"]
    word = "rises" if values[-1] > values[0] else "changes"
    assert step.endswith(f"; {word} at the same time show no cause.")


def test_an_empty_file_decides_only_what_dates_decide():
    result = assess_claims(_figures(), as_of=DAY)
    verdicts = set(result.table.set_index("claim")["verdict"].drop("since_2018"))
    assert verdicts == {UNDETERMINED}
    assert _verdict(result, "since_2018") == "supported in part"
    assert "  " not in result.summary()
    assert _figures().findings()[0].statement == "There are no figures of any platform."


def test_every_window_is_said_once_to_be_missing():
    lines = [_line("FR", q, 3, measure="requests_fulfilled") for q in QUARTERS[1:3]]
    result = assess_claims(_figures(*lines), as_of=DAY)
    ids = [finding.id for finding in result.findings()]
    assert len(ids) == len(set(ids))
    assert sum(name.startswith("claims.not_yet") for name in ids) == 2


def test_figures_of_two_platforms_are_not_judged_together():
    lines = [_line("FR", "2024Q3", 3, platform=name) for name in ("one", "two")]
    with pytest.raises(SettingsError) as error:
        assess_claims(_figures(*lines), as_of=DAY)
    assert str(error.value) == (
        "assess_claims: the figures are those of one, two; compare one platform at a "
        "time and load a file of one"
    )


def test_coverage_of_quarters_is_counted_alike():
    said = _statements(assess_claims(load_published("telegram"), as_of=DAY))
    # 13 members have the third quarter of 2024 itself, 8 the last of 2025 (Te-k).
    assert said["claims.coverage"] == (
        "8 of 27 members of the EU have a figure of their own for October to December "
        "2025, against 13 for July to September 2024: totals of different quarters "
        "must not be compared."
    )


def test_windows_of_unlike_length_are_called_counts():
    change = bound_change(
        load_published("telegram"), region="EU", before="2024Q4", after="2025H1"
    )
    (check,) = (c for c in change.checks if c.name == "lengths")
    assert check.passed is False
    assert check.text == (
        "The windows differ in length (92 and 181 days): counts are compared, not "
        "rates."
    )
    assert "so these are counts, not rates" in change.findings()[0].statement


def test_a_rise_from_zero_is_a_rise_without_a_ratio():
    korea = bound_change(
        load_published("telegram"), region="KR", before="2024Q3", after="2024Q4"
    )
    assert korea.direction == "rose"
    assert korea.findings()[0].statement == (
        "Requests fulfilled of South Korea rose from 0 to 270 in October to December "
        "2024, compared with July to September 2024."
    )


def test_shares_in_prose_are_rounded_outwards():
    outside = bound_change(
        load_published("telegram"), region="non-EU", before="2024Q2", after="2024Q3"
    )
    # 1.09298 and 1.11472 are the bounds.
    assert "rose 9.2 to 11.5 per cent" in outside.findings()[0].statement


def test_a_contrast_that_cannot_be_had_is_said():
    compared = compare_windows(
        load_published("telegram"),
        members=("FR",),
        against=("KR",),
        before="2024Q3",
        after="2024Q4",
    )
    assert compared.findings()[1].statement == (
        "Against South Korea that cannot be compared: a count that would be divided by "
        "is zero."
    )


def test_bands_of_a_whole_table_are_said_without_an_empty_list():
    nine = "2024-01-01..2024-09-30"
    figures = _figures(*(_line(c, nine, ",0,249") for c in ("FR", "DE")))
    assert [f.statement for f in figures.findings()][:2] == [
        "Other: valid requests are published for 2 countries over 1 window.",
        "2 countries have a figure for January to September 2024.",
    ]


def test_a_measure_of_a_platforms_own_is_read_as_words():
    lines = _all_split(1, 2, 3, measure="accounts_blocked")
    assert (
        "accounts blocked are published for 29 countries" in _figures(*lines).summary()
    )


def test_figures_without_a_later_step_are_drawn_all_the_same():
    result = assess_claims(_figures(*_all_split(1, 2, 3, countries=("FR",))), as_of=DAY)
    assert result.steps == ()
    assert len(result.figure("windows").data) > 0


def test_one_number_has_one_label_and_one_country_is_one():
    figures = _figures(*_all_split(1, 2, 4, countries=("FR",)))
    drawn = assess_claims(figures, as_of=DAY).figure("bounds")
    assert [note.text for note in drawn.layout.annotations].count("<b>2.00</b>") == 1
    title = figures.figure("coverage").layout.meta["disclosure_trends"]["title"]
    assert title == "Of 1 country, 1 has a figure for a quarter"
