"""Contrast of two colours, and whether a palette keeps what readers need."""

import re
from collections.abc import Iterator, Mapping

from disclosure_trends.display import theme

TEXT = 4.5  # WCAG 2.2, 1.4.3: text
MARK = 3.0  # WCAG 2.2, 1.4.11: what a graphic is made of
_TEXTS = ("ink", "ink-2", "ink-3", "link", "sim")


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2).

    Parameters
    ----------
    one, other : str
        ``#rrggbb`` or ``#rgb``.

    Returns
    -------
    float
        The ratio of their relative luminances.
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palette_faults(css: str) -> Iterator[str]:
    """Check the colours that a style sheet sets, in light and in dark.

    Parameters
    ----------
    css : str
        A style sheet whose ``:root`` blocks set the tokens of the theme.

    Yields
    ------
    str
        One sentence per colour that stands out too little from its paper.
    """
    light, dark = _palettes(css)
    for scheme, palette in (("light", light), ("dark", dark)):
        missing = [n for n in (*_TEXTS, *theme.MARKS, "paper") if n not in palette]
        if missing:
            yield f"palette: {scheme} does not set {', '.join(missing)}"
            continue
        for name in (*_TEXTS, *theme.MARKS):
            least = TEXT if name in _TEXTS else MARK
            ratio = contrast(palette[name], palette["paper"])
            if ratio < least:
                yield (
                    f"palette: {name} on {scheme} paper has contrast {ratio:.1f}; "
                    f"at least {least:g} is needed"
                )


def _palettes(css: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the tokens of the first two ``:root`` blocks: light, then dark over it."""
    blocks = re.findall(r":root\{([^}]*)\}", css)[:2]
    sets = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})", b)) for b in blocks]
    light = sets[0] if sets else {}
    return light, {**light, **(sets[1] if len(sets) > 1 else {})}
