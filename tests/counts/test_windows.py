from datetime import date, timedelta
from math import inf

from hypothesis import given
from hypothesis import strategies as st
from naive import counts_by_trying_all

from disclosure_trends.counts.windows import Cell, WindowCounts
from disclosure_trends.vocabulary.periods import Window, parse_period

DAY_0 = date(2024, 1, 1)


def _cell(text, value, upper=None):
    high = value if upper is None else upper
    return Cell(window=parse_period(text), lower=value, upper=high)


def _days(first, last):
    return Window(DAY_0 + timedelta(days=first), DAY_0 + timedelta(days=last))


def _ends(counts, text):
    found = counts.range(parse_period(text))
    return found.lower, found.upper


def test_a_quarter_is_the_year_less_the_nine_months():
    # Denmark 2024, Te-k/telegram-transparency: nine months 1, year 43.
    denmark = WindowCounts([_cell("2024", 43), _cell("2024-01-01..2024-09-30", 1)])
    assert _ends(denmark, "2024Q4") == (42, 42)
    assert _ends(denmark, "2024Q3") == (0, 1)
    assert _ends(denmark, "2025Q1") == (0, inf)


def test_a_total_that_its_parts_tile_is_not_among_the_finest():
    # France 2024, Te-k/telegram-transparency: 4, 6, 210 and 220 for nine months.
    france = WindowCounts(
        [
            _cell("2024-01-01..2024-09-30", 220),
            _cell("2024Q1", 4),
            _cell("2024Q2", 6),
            _cell("2024Q3", 210),
        ]
    )
    assert [cell.window.text for cell in france.finest()] == [
        "2024Q1",
        "2024Q2",
        "2024Q3",
    ]
    assert len(france.parts_of(parse_period("2024-01-01..2024-09-30"))) == 3
    assert _ends(france, "2024H1") == (10, 10)


def test_the_tiling_with_most_parts_is_found():
    counts = WindowCounts(
        [
            _cell("2024H1", 9),
            _cell("2024-01", 1),
            _cell("2024Q1", 4),
            _cell("2024Q2", 5),
        ]
    )
    parts = counts.parts_of(parse_period("2024H1"))
    assert [cell.window.text for cell in parts] == ["2024Q1", "2024Q2"]


def test_a_year_that_its_parts_contradict_is_set_aside():
    # Great Britain 2024, users: 7 and 292 against a stated 293.
    britain = WindowCounts(
        [
            _cell("2024", 293),
            _cell("2024Q4", 292),
            _cell("2024-01-01..2024-09-30", 7),
        ]
    )
    (unfit,) = britain.inconsistencies
    assert unfit.cell.window.text == "2024"
    assert (unfit.cell.lower, unfit.parts.lower, unfit.parts.upper) == (293, 299, 299)
    assert _ends(britain, "2024") == (299, 299)


def test_a_band_limits_and_a_gap_is_not_zero():
    banded = WindowCounts([_cell("2024H1", 0, 249)])
    assert _ends(banded, "2024Q1") == (0, 249)
    assert not banded.covers(parse_period("2024H2"))
    assert not banded.range(parse_period("2024H2")).is_observed


def test_an_end_that_no_figure_marks_is_no_cut():
    iceland = WindowCounts([_cell("2024", 1)])
    assert iceland.is_cut(date(2024, 12, 31))
    assert not iceland.is_cut(date(2024, 9, 30))


N_DAYS, HIGHEST = 5, 3
SPAN = st.tuples(st.integers(0, N_DAYS - 1), st.integers(0, N_DAYS - 1)).map(sorted)


@given(
    truth=st.lists(st.integers(0, HIGHEST), min_size=N_DAYS, max_size=N_DAYS),
    spans=st.lists(SPAN, max_size=5),
    slack=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=5),
    asked=SPAN,
)
def test_bounds_are_those_of_every_split_that_agrees(truth, spans, slack, asked):
    cells = [
        (a, b, max(0, sum(truth[a : b + 1]) - below), sum(truth[a : b + 1]) + above)
        for (a, b), (below, above) in zip(spans, slack, strict=False)
    ]
    counts = WindowCounts(
        Cell(window=_days(a, b), lower=low, upper=high) for a, b, low, high in cells
    )
    first, last = asked
    found = counts.range(_days(first, last))
    assert found.lower <= sum(truth[first : last + 1]) <= found.upper
    # Days may hold more than HIGHEST in a split that agrees; limits below are exact.
    largest = max((high for *_, high in cells), default=HIGHEST)
    if largest > 6:
        return
    covered = {day for a, b, *_ in cells for day in range(a, b + 1)}
    free = set(range(first, last + 1)) - covered
    sums = [
        sum(split[first : last + 1])
        for split in counts_by_trying_all(
            cells, n_days=N_DAYS, highest=max(largest, HIGHEST)
        )
    ]
    assert found.lower == min(sums)
    assert found.upper == (inf if free else max(sums))


@given(
    truth=st.lists(st.integers(0, 9), min_size=6, max_size=6),
    spans=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5)).map(sorted), max_size=8
    ),
)
def test_true_totals_are_never_inconsistent(truth, spans):
    counts = WindowCounts(
        Cell(
            window=_days(a, b), lower=sum(truth[a : b + 1]), upper=sum(truth[a : b + 1])
        )
        for a, b in spans
    )
    assert counts.inconsistencies == ()
    for a, b in spans:
        assert counts.range(_days(a, b)).is_exact
