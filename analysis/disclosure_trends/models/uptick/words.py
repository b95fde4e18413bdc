"""Words of a scan for upticks: how single numbers and readings are said."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from disclosure_trends.display import numbers

Row = Mapping[Hashable, Any]


def why_short(row: Row) -> str:
    """Say what counting noise alone would say, and why it is no uptick."""
    p = p_text(row["exact_p"])
    if row["reading"] == "flat":
        return f": flat (p {p}). The history is too short for more."
    if row["reading"] == "overdispersed":
        spread = numbers.ratio(row["dispersion"])
        return (
            f". Counting noise alone would seldom do this (p {p}), but these counts "
            f"vary {spread} times as much as counting noise, so it is not called an "
            "uptick."
        )
    return (
        f". Counting noise alone would seldom do this (p {p}), but the history is too "
        "short to say how much these counts vary, so it is not called an uptick."
    )


def few(expected: float) -> str:
    """Write an expectation; less than a half is none."""
    return numbers.count(expected) if expected >= 0.5 else "none"


def p_text(p: float) -> str:
    """Write a p-value with as many digits as it deserves."""
    return f"{p:.3f}" if p >= 0.001 else f"{p:.4f}" if p >= 0.0001 else "below 0.0001"


def number_or_none(value: float | None) -> float | None:
    """Turn a missing number into None."""
    return None if value is None or np.isnan(value) else float(value)


def result_word(row: Row) -> str:
    """Say in a word or two what became of a row."""
    if row["status"] != "examined":
        return str(row["status"])
    return "uptick" if bool(row["alarm"]) else "as expected"
