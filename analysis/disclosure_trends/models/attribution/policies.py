"""Policies that changed within the windows: for everybody, or for one line alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import pandas as pd

from disclosure_trends.errors import SettingsError, UnknownRegionError, nearest
from disclosure_trends.vocabulary.periods import Window, format_day, parse_as_of
from disclosure_trends.vocabulary.regions import check_region, region_members
from disclosure_trends.vocabulary.terms import CHANNELS

COLUMNS: Final = ("date", "scope", "channel")
_EVERYWHERE: Final = ("", "platform", "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One change of what a platform accepts.

    Attributes
    ----------
    day : date
        First day.
    line_only : bool
        Whether it concerns the designated line and no other.
    """

    day: date
    line_only: bool

    @property
    def text(self) -> str:
        """Its day in words."""
        return format_day(self.day)


def policies_between(
    policies: pd.DataFrame | None,
    *,
    region: str,
    before: Window,
    after: Window,
    designated: Collection[str],
) -> tuple[Policy, ...]:
    """Find the policies that changed from the first window to the end of the second.

    Parameters
    ----------
    policies : DataFrame, optional
        Column `date`, and optionally `scope` (a country or group; empty or
        ``platform`` for everybody) and `channel` (empty for every channel; several
        joined by ``;``). Where there is a `kind`, only rows of kind ``policy`` are
        read; further columns are not.
    region : str
        Policies of other scopes are left out.
    before, after : Window
        A policy on the first day of `before` holds in both windows and is left out.
    designated : collection of str
        Channels that are the right line.

    Returns
    -------
    tuple of Policy
        In order of their days.

    Raises
    ------
    SettingsError
        If it is no frame, `date` is missing or no date, or a scope or channel is
        unknown.
    """
    if policies is None:
        return ()
    if not isinstance(policies, pd.DataFrame):
        raise SettingsError(
            f"policies: it is a {type(policies).__name__}; needed is a DataFrame with "
            "the column 'date', and optionally 'scope' and 'channel'; make it one"
        )
    if policies.empty:
        return ()
    if "kind" in policies:
        policies = policies[policies["kind"] == "policy"]
    given = [str(column) for column in policies.columns]
    if "date" not in given:
        raise SettingsError(
            f"policies: column 'date' is missing; allowed are {', '.join(COLUMNS)}; "
            f"add it{nearest('date', given)}"
        )
    blank = pd.Series("", index=policies.index)
    scopes = policies["scope"].fillna("").astype(str) if "scope" in given else blank
    channels = (
        policies["channel"].fillna("").astype(str) if "channel" in given else blank
    )
    found = []
    for when, scope, channel in zip(policies["date"], scopes, channels, strict=True):
        day = _day(when)
        named = {name.strip() for name in channel.split(";") if name.strip()}
        for name in sorted(named - set(CHANNELS)):
            raise SettingsError(
                f"policies.channel: {name!r} is no channel; allowed are "
                f"{', '.join(CHANNELS)}, several joined by ';', or an empty cell for "
                f"every channel; choose from these{nearest(name, CHANNELS)}"
            )
        elsewhere = bool(named) and not named & set(designated)
        if elsewhere or not before.start < day <= after.end:
            continue
        if _concerns(scope.strip(), region, on=day):
            line_only = bool(named) and named <= set(designated)
            found.append(Policy(day=day, line_only=line_only))
    return tuple(sorted(found, key=lambda policy: (policy.day, policy.line_only)))


def _day(value: object) -> date:
    if value is None or str(value).strip() in ("", "nan", "NaT", "<NA>"):
        raise SettingsError(
            "policies.date: a cell is empty; allowed are days such as 2024-09-23; "
            "fill it, or leave the row out"
        )
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return parse_as_of(str(value), name="policies.date")


def _concerns(scope: str, region: str, *, on: date) -> bool:
    if scope in _EVERYWHERE:
        return True
    try:
        check_region(scope)
    except UnknownRegionError as error:
        raise SettingsError(f"policies.scope, {error}") from error
    return bool(region_members(scope, on=on) & region_members(region, on=on))
