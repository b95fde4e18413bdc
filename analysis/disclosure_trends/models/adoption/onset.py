"""Who adopted when: the registered date, else the change point of the own routing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.models.adoption.routing import (
    MIN_RATIO,
    always_on_line,
    change_points,
    sustained_use,
)
from disclosure_trends.models.panel import NEVER, Bools, Ints, Panel
from disclosure_trends.vocabulary.periods import parse_period

if TYPE_CHECKING:
    from datetime import date

COLUMNS: Final = ("authority", "adopted_on", "basis")
FIRST_USE: Final = "first use"
INFERRED: Final = frozenset(
    {"change point", "routing", "routing change point", "inferred", "sustained use"}
)
"""Bases that say a date was read off requests: it is no registered one."""
_FAMILY_ERROR: Final = 0.01


def check_adoption_dates(adoption_dates: pd.DataFrame) -> pd.DataFrame:
    """Accept a register of adoption dates.

    Parameters
    ----------
    adoption_dates : DataFrame
        Columns `authority, adopted_on` and optionally `basis`. A missing date says
        that the authority is known not to have adopted.

    Returns
    -------
    DataFrame
        `authority` (the key by which a log groups it), `adopted_on` (a date, or
        missing), `basis` (text), one row an authority with its earliest date.

    Raises
    ------
    SettingsError
        If it is no frame, a column is missing, an authority has no name, or a date
        cannot be read.
    """
    if not isinstance(adoption_dates, pd.DataFrame):
        raise SettingsError(
            f"adoption_dates: it is a {type(adoption_dates).__name__}; needed is a "
            "DataFrame with the columns 'authority' and 'adopted_on'; make it one"
        )
    # DuckDB is slow to import, and panels are also made without it.
    from disclosure_trends.counts.aggregate import authority_key

    given = [str(column) for column in adoption_dates.columns]
    for column in COLUMNS[:2]:
        if column not in given:
            raise SettingsError(
                f"adoption_dates: column {column!r} is missing; needed are 'authority' "
                f"and 'adopted_on', 'basis' is optional; add it{nearest(column, given)}"
            )
    try:
        days = pd.to_datetime(adoption_dates["adopted_on"], utc=True, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise SettingsError(
            "adoption_dates: column 'adopted_on' holds what is no date; allowed are "
            "dates such as 2024-07-15 and empty cells; correct it"
        ) from error
    nameless = adoption_dates["authority"].fillna("").astype(str).str.strip() == ""
    if nameless.any():
        raise SettingsError(
            f"adoption_dates: column 'authority' is empty in {int(nameless.sum())} "
            f"of {len(nameless)} rows; every row needs a name; fill it or leave the "
            "row out"
        )
    basis = adoption_dates["basis"] if "basis" in given else "registered"
    table = pd.DataFrame(
        {
            "authority": adoption_dates["authority"].astype(str).map(authority_key),
            "adopted_on": days.dt.tz_localize(None),
            "basis": basis,
        }
    )
    table["basis"] = table["basis"].fillna("registered").astype(str)
    table["weaker"] = _is_first_use(table["basis"])
    order = ["authority", "weaker", "adopted_on"]
    table = table.sort_values(order, na_position="last").drop(columns="weaker")
    return table.drop_duplicates("authority").reset_index(drop=True)


def rests_on_first_use(register: pd.DataFrame) -> bool:
    """Whether a checked register dates anybody by first use of the line."""
    return bool(_is_first_use(register["basis"]).any())


def _is_first_use(basis: pd.Series[str]) -> pd.Series[bool]:
    return basis.map(_basis_word) == FIRST_USE


def _is_inferred(basis: str) -> bool:
    return _basis_word(basis) in INFERRED


def _basis_word(basis: str) -> str:
    """Write a basis in one way: ``First_Use`` as ``first use``."""
    return re.sub(r"[\s_-]+", " ", basis.casefold()).strip()


def date_adoption(panel: Panel, *, register: pd.DataFrame | None) -> Panel:
    """Date each authority's adoption.

    Parameters
    ----------
    panel : Panel
        Counts; its months of adoption are replaced.
    register : DataFrame, optional
        As `check_adoption_dates` returns it.

    Returns
    -------
    Panel
        With the registered month where there is one, else the change point of the
        authority's own routing. Beside a register a change point must be
        unmistakable: the likelihood ratio must exceed the threshold that one
        authority in all would pass by chance in one log of a hundred. A register
        that names nobody of the panel is none.
    """
    known = panel.routable
    entries = _entries(panel, register)
    listed = np.array([entry is not None for entry in entries], dtype=np.bool_)
    min_ratio = _strict_ratio(panel) if listed.any() else MIN_RATIO
    found = change_points(panel.on_line, known, min_ratio=min_ratio)
    found = always_on_line(panel.on_line, known, found, min_ratio=min_ratio)
    months = [NEVER if entry is None else entry[0] for entry in entries]
    found = np.where(listed, np.array(months, dtype=np.int64), found).astype(np.int64)
    told = [entry is not None and not _is_inferred(entry[1]) for entry in entries]
    return _with(panel, found, silent=np.array(told, dtype=np.bool_))


def listed_rows(panel: Panel, register: pd.DataFrame | None) -> Bools:
    """Find the authorities of a panel that a register names.

    Parameters
    ----------
    panel : Panel
        Any.
    register : DataFrame, optional
        As `check_adoption_dates` returns it.

    Returns
    -------
    array of bool, shape (A,)
        All False without a register.
    """
    named = [entry is not None for entry in _entries(panel, register)]
    return np.array(named, dtype=np.bool_)


def date_alternatives(panel: Panel) -> Mapping[str, Ints]:
    """Date adoption by each rule that the log allows, the panel's own rule first.

    Parameters
    ----------
    panel : Panel
        With adoption.

    Returns
    -------
    mapping of str to array of int
        Months of adoption by name of the rule; rules need requests on known lines.
    """
    own = "registered" if (panel.basis == "registered").any() else "change point"
    rules = {own: panel.adopted}
    known = panel.routable
    if panel.on_line.sum() > 0:
        points = always_on_line(
            panel.on_line, known, change_points(panel.on_line, known)
        )
        rules.setdefault("change point", points)
        rules["sustained use"] = sustained_use(panel.on_line, known)
    return rules


def _with(panel: Panel, found: Ints, *, silent: np.ndarray) -> Panel:
    found = np.where(found >= panel.n_months, NEVER, found).astype(np.int64)
    basis = np.where(silent, "registered", "change point")
    basis = np.where(found == NEVER, "", basis).astype(str)
    return panel.with_adoption(found, basis)


def _entries(
    panel: Panel, register: pd.DataFrame | None
) -> list[tuple[int, str] | None]:
    """Month and basis in the register by row of the panel; None where not listed."""
    if register is None:
        return [None] * panel.n_authorities
    from disclosure_trends.counts.aggregate import authority_key

    first = parse_period(panel.months[0]).start
    rows = zip(
        register["authority"], register["adopted_on"], register["basis"], strict=True
    )
    entries = {
        str(name): (_month_index(day, first=first), str(basis))
        for name, day, basis in rows
    }
    return [entries.get(authority_key(str(name))) for name in panel.authority]


def _month_index(day: pd.Timestamp, *, first: date) -> int:
    if pd.isna(day):
        return NEVER
    return (day.year - first.year) * 12 + day.month - first.month


def _strict_ratio(panel: Panel) -> float:
    """Likelihood ratio that chance passes once in a hundred logs of this size."""
    from scipy.stats import chi2

    looks = max(panel.n_authorities * panel.n_months, 1)
    return max(MIN_RATIO, float(chi2.isf(_FAMILY_ERROR / looks, 1)))
