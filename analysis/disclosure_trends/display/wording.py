"""Calibrated words: the same evidence is always said in the same words."""

from collections.abc import Sequence

from disclosure_trends.display import numbers


def listing(items: Sequence[str]) -> str:
    """Join names as a sentence does: ``Belgium, France and Hungary``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """Begin with a capital and leave the rest as it is: ``Users per EU request``."""
    return text[:1].upper() + text[1:]


def plural(n: int, noun: str, many: str | None = None) -> str:
    """Write a count with its noun: ``1 country``, ``26 countries``."""
    return f"{numbers.count(n)} {noun if n == 1 else many or noun + 's'}"


def singular(noun: str) -> str:
    """Take a regular plural back to its singular: ``authorities`` to ``authority``."""
    if noun.endswith("ies"):
        return noun.removesuffix("ies") + "y"
    return noun.removesuffix("s")


def direction(lower: float | None, upper: float | None, *, null: float = 1.0) -> str:
    """Say what an interval shows about the direction of a change.

    Parameters
    ----------
    lower, upper : float or None
        Ends of the interval; None means unbounded.
    null : float
        The value that means no change: 1 for a ratio, 0 for a difference.

    Returns
    -------
    str
        ``"rose"``, ``"fell"``, ``"did not change"`` or ``"not established"``.
    """
    if lower is not None and upper is not None and lower == upper == null:
        return "did not change"
    if lower is not None and lower > null:
        return "rose"
    if upper is not None and upper < null:
        return "fell"
    return "not established"


def fold(lower: float) -> str:
    """Say how large a rise is at least: ``at least 2.1-fold``."""
    return f"at least {numbers.at_least(lower)}-fold"


def likelihood(level: float) -> str:
    """Say how sure an interval of this level is: 0.95 is ``likely, not certain``."""
    if level >= 0.99:
        return "very likely, not certain"
    return "likely, not certain" if level >= 0.9 else "an indication only"


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
