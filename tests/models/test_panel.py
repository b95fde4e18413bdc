"""Panels are sorted, whole and cut where they should be; moves are dated by routing."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from tests.models.panels import panel_of

from disclosure_trends.errors import SettingsError
from disclosure_trends.models.adoption.onset import date_adoption, date_alternatives
from disclosure_trends.models.adoption.routing import (
    always_on_line,
    change_points,
    sustained_use,
)
from disclosure_trends.models.panel import NEVER, arrange_panel, months_of
from disclosure_trends.models.panel_cells import (
    MAX_MONTHS,
    mature_from,
    panel_of_cells,
)
from disclosure_trends.simulate.requests import draw_panel
from disclosure_trends.vocabulary.periods import parse_period

COUNTED = (
    *("received", "valid", "on_line", "off_line", "on_line_valid", "off_line_valid"),
    "disclosed",
)


def _cells(rows: list[tuple[str, str, str, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["country", "authority", "period", "received"])
    for name in COUNTED[1:]:
        frame[name] = frame["received"] // 2
    return frame


def _windows(before: str, after: str):
    return parse_period(before), parse_period(after)


def test_cells_become_a_sorted_grid_without_holes():
    cells = _cells(
        [
            ("IN", "b", "2024-03", 4),
            ("FR", "z", "2024-01", 2),
            ("DE", "b", "2024-04", 6),
            ("DE", "a", "2024-04", 8),
            ("DE", "b", "2024-05", 99),  # after the later window
        ]
    )
    panel = panel_of_cells(
        cells,
        region="EU",
        windows=_windows("2024-03", "2024-04"),
        as_of=date(2024, 5, 29),
    )
    assert panel.months == ("2024-01", "2024-02", "2024-03", "2024-04")
    assert list(zip(panel.country, panel.authority, strict=True)) == [
        ("DE", "a"),
        ("DE", "b"),
        ("FR", "z"),
        ("IN", "b"),
    ]
    assert panel.inside.tolist() == [True, True, True, False]
    assert panel.submitted.tolist() == [
        [0, 0, 0, 8],
        [0, 0, 0, 6],
        [2, 0, 0, 0],
        [0, 0, 4, 0],
    ]
    # April ends on the 30th; thirty days later is 30 May.
    assert mature_from("2024-04") == date(2024, 5, 30)
    assert panel.matured.tolist() == [True, True, True, False]


def test_long_histories_are_cut_and_both_windows_are_kept():
    cells = _cells([("FR", "a", f"{y}-01", 1) for y in range(2010, 2025)])
    usual = panel_of_cells(
        cells,
        region="FR",
        windows=_windows("2024-01", "2024-02"),
        as_of=date(2024, 12, 31),
    )
    assert usual.n_months == MAX_MONTHS
    apart = panel_of_cells(
        cells,
        region="FR",
        windows=_windows("2019-06", "2024-02"),
        as_of=date(2024, 12, 31),
    )
    assert apart.months[0] == "2019-06"


def test_adoption_before_a_cut_stays_before_it():
    panel = panel_of(draw_panel("rerouting", rng=1))
    cut = panel.since(20)
    early = panel.adopted < 20
    assert (cut.adopted[early] < 0).all()
    assert ((cut.adopted == NEVER) == (panel.adopted == NEVER)).all()
    assert cut.submitted.shape[1] == 4


def test_windows_list_their_months():
    assert months_of(parse_period("2024Q3")) == ["2024-07", "2024-08", "2024-09"]
    with pytest.raises(SettingsError) as raised:
        months_of(parse_period("2024-07-02"))
    assert str(raised.value) == (
        "window 2024-07-02: it cuts a month; allowed are whole months, quarters, "
        "halves and years; choose one of these"
    )


def test_a_change_point_is_the_best_break():
    known = np.full((4, 8), 10.0)
    on_line = np.array(
        [
            [0, 0, 0, 0, 0, 9, 9, 9],  # moved in month 5
            [0, 0, 1, 0, 0, 0, 0, 1],  # stray use: first use would say month 2
            [9, 9, 9, 9, 9, 9, 9, 9],  # was there before the panel began
            [0, 0, 0, 3, 0, 2, 3, 2],  # rises by less than .3
        ],
        dtype=float,
    )
    points = change_points(on_line, known)
    assert points.tolist() == [5, NEVER, NEVER, NEVER]
    always = always_on_line(on_line, known, points)
    assert always.tolist() == [5, NEVER, -1, NEVER]


def test_a_change_point_has_the_likelihood_ratio_of_the_formula():
    # 1 of 20 before, 9 of 10 after, 10 of 30 in all: 2(ll + ll - ll) by hand.
    def ll(hits: float, trials: float) -> float:
        p = hits / trials
        return hits * np.log(p) + (trials - hits) * np.log(1 - p)

    ratio = 2 * (ll(1, 20) + ll(9, 10) - ll(10, 30))
    on_line, known = np.array([[1.0, 0.0, 9.0]]), np.full((1, 3), 10.0)
    assert change_points(on_line, known, min_ratio=ratio - 1e-9).tolist() == [2]
    assert change_points(on_line, known, min_ratio=ratio + 1e-9).tolist() == [NEVER]


def test_sustained_use_needs_two_months_and_trusts_the_last_alone():
    known = np.full((3, 5), 4.0)
    on_line = np.array([[0, 4, 0, 0, 0], [0, 0, 3, 3, 3], [0, 0, 0, 0, 2]], dtype=float)
    assert sustained_use(on_line, known).tolist() == [1, 2, 4]


def test_a_register_comes_first_and_silence_needs_strong_proof():
    panel = panel_of(draw_panel("rerouting", rng=2))
    movers = np.flatnonzero(panel.adopted < NEVER)
    first = int(panel.months[0][:4]), int(panel.months[0][5:])
    days = [
        date(first[0] + (first[1] - 1 + m) // 12, (first[1] - 1 + m) % 12 + 1, 15)
        for m in panel.adopted[movers]
    ]
    keys = [str(name).casefold() for name in panel.authority]
    keyed = arrange_panel(
        authority=keys,
        country=panel.country,
        inside=panel.inside,
        months=panel.months,
        counts={
            name: getattr(panel, name)
            for name in ("submitted", "valid", "on_line", "off_line")
        }
        | {
            "on_line_valid": panel.on_line_valid,
            "off_line_valid": panel.off_line_valid,
        },
    )
    register = pd.DataFrame(
        {
            "authority": [keys[i] for i in movers],
            "adopted_on": pd.to_datetime(days),
            "basis": "registered",
        }
    )
    dated = date_adoption(keyed, register=register)
    # Nobody who is not in the register is taken for a mover by chance.
    assert np.array_equal(dated.adopted, panel.adopted)
    assert set(dated.basis) == {"", "registered"}
    half = date_adoption(keyed, register=register[::2])
    assert {"registered", "change point"} <= set(half.basis)
    assert list(date_alternatives(half)) == [
        "registered",
        "change point",
        "sustained use",
    ]


def test_nobody_moves_where_no_line_is_known():
    nothing = np.zeros((3, 6))
    assert change_points(nothing, nothing).tolist() == [NEVER] * 3


def test_an_unknown_channel_is_named_with_the_nearest():
    from disclosure_trends.models.panel_cells import check_channels

    assert check_channels("le_portal") == {"le_portal"}
    with pytest.raises(SettingsError) as raised:
        check_channels(["dsa_contact_pont"])
    text = str(raised.value)
    assert text.startswith("designated: 'dsa_contact_pont' is no channel; allowed are")
    assert text.endswith("; did you mean 'dsa_contact_point'?")
