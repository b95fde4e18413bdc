"""Events: dated facts that may move a count, and how exactly each is dated."""

import io
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, get_args

import pandas as pd

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.resources import shipped_path
from disclosure_trends.vocabulary.periods import parse_as_of
from disclosure_trends.vocabulary.regions import check_region, region_members

EventKind = Literal[
    "policy", "channel", "law", "shock", "publication", "data", "reporting"
]
EVENT_KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
MOVING_KINDS: Final[tuple[EventKind, ...]] = ("policy", "channel", "law", "shock")
"""The kinds that can move a count; the others only change what is known of it."""
EVERYWHERE: Final = ("platform", "data")
"""Scopes that concern every region."""


def load_events(
    *,
    region: str | None = None,
    kinds: Iterable[EventKind] | None = None,
    platform: str | None = None,
    as_of: str | date | None = None,
) -> pd.DataFrame:
    """Return the dated events that ship with the package.

    Parameters
    ----------
    region
        Keep the events whose scope shares a country with this region on the day of
        the event; events of a platform or of the data concern every region. None
        keeps all.
    kinds
        Keep these kinds; None keeps all.
    platform
        Keep the events of this platform and those of no platform; None keeps all.
    as_of
        Leave out what lies after this day; None keeps all.

    Returns
    -------
    DataFrame
        Columns `date, date_to, precision, platform, scope, kind, label, allows,
        source_url`, sorted by date. An event of `month` precision lies somewhere
        between `date` and `date_to`, both inclusive: draw a band, not a line. `allows`
        names whose data a policy lets be disclosed; it is empty for other kinds.

    Raises
    ------
    UnknownRegionError, SettingsError
        If the region or a kind is unknown.
    """
    text = shipped_path("data/published/events.csv").read_text(encoding="utf-8")
    events = pd.read_csv(io.StringIO(text), keep_default_na=False, dtype=str)
    for column in ("date", "date_to"):
        events[column] = events[column].astype("datetime64[us]")
    keep = pd.Series(data=True, index=events.index)
    if kinds is not None:
        keep &= events["kind"].isin([_check_kind(kind) for kind in kinds])
    if platform is not None:
        keep &= events["platform"].isin(["", platform])
    if as_of is not None:
        keep &= events["date_to"] <= pd.Timestamp(parse_as_of(as_of))
    if region is not None:
        check_region(region)
        days = (day.date() for day in events["date"])
        pairs = zip(events["scope"], days, strict=True)
        concerned = [_concerns(scope, region, on=day) for scope, day in pairs]
        keep &= pd.Series(concerned, index=events.index, dtype=bool)
    return events.loc[keep].reset_index(drop=True)


def _concerns(scope: str, region: str, *, on: date) -> bool:
    if scope in EVERYWHERE:
        return True
    return bool(region_members(scope, on=on) & region_members(region, on=on))


def _check_kind(kind: str) -> str:
    if kind in EVENT_KINDS:
        return kind
    raise SettingsError(
        f"kinds: {kind!r} is no kind of event{nearest(kind, EVENT_KINDS)}; "
        f"allowed are {', '.join(EVENT_KINDS)}"
    )
