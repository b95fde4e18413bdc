"""Turns numbers into the text a reader sees: one rule for each kind of number."""

import math
from collections.abc import Callable

_MINUS = "\N{MINUS SIGN}"


def count(value: float) -> str:
    """Write a count with thousands separators: ``6992`` as ``6,992``."""
    return f"{round(value):,}".replace("-", _MINUS)


def signed_count(value: float) -> str:
    """Write a change of a count with its sign: ``231`` as ``+231``."""
    return f"{round(value):+,}".replace("-", _MINUS) if round(value) else "0"


def ratio(value: float) -> str:
    """Write a ratio with three significant digits: ``2.1452`` as ``2.15``.

    A value that rounding lifts to the next power of ten loses a decimal, so that
    9.997 reads ``10.0`` and not ``10.00``.
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "unbounded"
    digits = _decimals(value)
    text = f"{value:,.{digits}f}"
    if digits != _decimals(float(text.replace(",", ""))):
        text = f"{value:,.{max(digits - 1, 0)}f}"
    return text.replace("-", _MINUS)


def _decimals(value: float) -> int:
    """Decimals that leave three significant digits (none from 100 on)."""
    return max(0, 2 - math.floor(math.log10(abs(value))))


def at_least(value: float) -> str:
    """Write a lower bound with two significant digits, rounded down: ``2.1``.

    A bound in prose may be weaker than the truth, never stronger.
    """
    if value <= 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(value)))
    scale = 10**digits
    return f"{math.floor(value * scale + 1e-9) / scale:,.{digits}f}"


def percent(fraction: float) -> str:
    """Write a fraction in prose: ``0.512`` as ``51 per cent``."""
    return f"{_percentage(fraction)} per cent"


def percent_short(fraction: float) -> str:
    """Write a fraction in a table or chart: ``0.512`` as ``51%``."""
    return f"{_percentage(fraction)}%"


def _percentage(fraction: float) -> str:
    value = 100 * fraction
    digits = 1 if value and abs(value) < 9.95 else 0
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = "0"
    return text.removesuffix(".0").replace("-", _MINUS)


def decimal(value: float) -> str:
    """Write a number of no particular kind: whole if it is, else three digits."""
    whole = math.isfinite(value) and float(value).is_integer()
    return count(value) if whole else ratio(value)


_BY_UNIT: dict[str, Callable[[float], str]] = {
    "ratio": ratio,
    "per year": ratio,
    "per request": ratio,
    "share": percent_short,
    "rate": percent_short,
    "change": signed_count,
    "requests": count,
    "users": count,
    "accounts": count,
    "authorities": count,
    "countries": count,
    "days": decimal,
    "months": decimal,
}


def number(value: float, unit: str = "") -> str:
    """Write a number by the rule of its unit.

    Parameters
    ----------
    value : float
        The number; fractions for ``share`` and ``rate``.
    unit : str
        One of the units of an estimate; any other gets a plain number.

    Returns
    -------
    str
        The text, without the unit's name.
    """
    if math.isinf(value):
        return "unbounded"
    return _BY_UNIT.get(unit, decimal)(value)


def span(lower: float | None, upper: float | None, unit: str = "") -> str:
    """Write an interval: ``2.15 to 34.5``, ``at least 2.1``, ``at most 12``.

    Two ends that are one number are written once.

    Parameters
    ----------
    lower, upper : float or None
        The ends; None where there is no bound.
    unit : str
        The unit that decides how the ends are written.

    Returns
    -------
    str
        The interval in words; "unbounded" where neither end exists.
    """
    if lower is None and upper is None:
        return "unbounded"
    if upper is None or math.isinf(upper):
        return f"at least {number(lower or 0, unit)}"
    if lower is None:
        return f"at most {number(upper, unit)}"
    if lower == upper:
        return number(lower, unit)
    low, high = number(lower, unit), number(upper, unit)
    if low.endswith("%") and high.endswith("%"):
        low = low.removesuffix("%")
    return f"{low} to {high}"
