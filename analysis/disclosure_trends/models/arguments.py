"""Whether an argument of a model is a number at all, before its range is asked."""

from __future__ import annotations

from numbers import Integral, Real


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number; a truth value or a text is none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Tell whether a value is a real number; a truth value or a text is none."""
    return isinstance(value, Real) and not isinstance(value, bool)
