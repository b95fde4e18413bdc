"""The palette keeps its contrast, and the hatch stays inside its box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.display import theme


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2 (w3.org/TR/WCAG22, definition)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "ink-2", "ink-3", "link", "sim"])
def test_text_is_readable_on_paper(mode: str, ink: str) -> None:
    paper = getattr(theme.TOKENS["paper"], mode)
    assert contrast(getattr(theme.TOKENS[ink], mode), paper) >= 4.5  # WCAG 1.4.3


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("mark", list(theme.MARKS))
def test_marks_are_visible_on_both_papers(mode: str, mark: str) -> None:
    paper = getattr(theme.TOKENS["paper"], mode)
    assert contrast(theme.MARKS[mark], paper) >= 3  # WCAG 1.4.11


@given(st.floats(5, 400), st.floats(5, 400))
def test_hatch_stays_inside_its_box(width: float, height: float) -> None:
    xs, ys = theme.hatch((0, 1, 10, 20), width=width, height=height)
    assert all(-1e-9 <= x <= 1 + 1e-9 for x in xs if x is not None)
    assert all(10 - 1e-9 <= y <= 20 + 1e-9 for y in ys if y is not None)
    assert [x is None for x in xs] == [y is None for y in ys]
