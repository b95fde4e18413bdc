"""Who adopted when: the registered date, else the change point of the own routing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.models.panel import NEVER, Ints, Panel
from disclosure_trends.models.routing import (
    MIN_RATIO,
    always_on_line,
    change_points,
    sustained_use,
)
from disclosure_trends.vocabulary.periods import parse_period

if TYPE_CHECKING:
    from datetime import date

COLUMNS: Final = ("authority", "adopted_on", "basis")
FIRST_USE: Final = "first use"
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
        If a column is missing or unknown, or a date cannot be read.
    """
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
    words = basis.str.casefold().str.replace(r"[\s_-]+", " ", regex=True)
    return words.str.strip() == FIRST_USE


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
        authority in all would pass by chance in one log of a hundred.
    """
    known = panel.routable
    if register is None:
        found = change_points(panel.on_line, known)
        found = always_on_line(panel.on_line, known, found)
        return _with(panel, found, silent=np.zeros(len(found), dtype=np.bool_))
    registered, listed = _registered(panel, register)
    found = change_points(panel.on_line, known, min_ratio=_strict_ratio(panel))
    found = np.where(listed, registered, found).astype(np.int64)
    return _with(panel, found, silent=listed)


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


def _registered(panel: Panel, register: pd.DataFrame) -> tuple[Ints, np.ndarray]:
    """Months of the register by row of the panel, and which rows are listed."""
    from disclosure_trends.counts.aggregate import authority_key

    first = parse_period(panel.months[0]).start
    names = [authority_key(str(name)) for name in panel.authority]
    months = {
        str(name): _month_index(day, first=first)
        for name, day in zip(register["authority"], register["adopted_on"], strict=True)
    }
    index = np.array([months.get(name, NEVER) for name in names])
    listed = np.array([name in months for name in names], dtype=np.bool_)
    return index.astype(np.int64), listed


def _month_index(day: pd.Timestamp, *, first: date) -> int:
    if pd.isna(day):
        return NEVER
    return (day.year - first.year) * 12 + day.month - first.month


def _strict_ratio(panel: Panel) -> float:
    """Likelihood ratio that chance passes once in a hundred logs of this size."""
    from scipy.stats import chi2

    looks = max(panel.n_authorities * panel.n_months, 1)
    return max(MIN_RATIO, float(chi2.isf(_FAMILY_ERROR / looks, 1)))
