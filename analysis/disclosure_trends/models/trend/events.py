"""Declared dates of a trend: read, placed, and what else happened in the same weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import pandas as pd

from disclosure_trends.errors import SettingsError, UnknownRegionError
from disclosure_trends.models.trend.design import LEAST_AROUND, Step
from disclosure_trends.results import Check, NotEstimable
from disclosure_trends.vocabulary.events import load_events
from disclosure_trends.vocabulary.periods import parse_as_of, parse_period

Events = pd.DataFrame | Mapping[str, str | date] | Sequence[str | date]
SAME_WEEKS: Final = 42  # days on either side


def read_events(events: Events | None) -> tuple[Step, ...]:
    """Read declared dates, oldest first; a name that repeats gets its date.

    Parameters
    ----------
    events : DataFrame, mapping, sequence or None
        A frame with `date` and perhaps `label` (as `load_events` returns it), a
        mapping name -> date, or dates.

    Returns
    -------
    tuple of Step
        One per date.
    """
    if events is None:
        return ()
    if isinstance(events, pd.DataFrame):
        if "date" not in events.columns:
            raise SettingsError(
                "events: there is no column 'date'; found "
                f"{', '.join(events.columns)}; give date and label, as load_events() "
                "does"
            )
        days = [_day(value) for value in events["date"]]
        names = [str(name) for name in events.get("label", events["date"])]
    elif isinstance(events, Mapping):
        names, days = list(events), [_day(value) for value in events.values()]
    else:
        listed = [events] if isinstance(events, str | date) else list(events)
        days = [_day(value) for value in listed]
        names = [day.isoformat() for day in days]
    pairs = sorted(zip(days, names, strict=True))
    twice = {name for name in names if names.count(name) > 1}
    return tuple(
        Step(name=f"{name} ({day})" if name in twice else name, day=day)
        for day, name in pairs
    )


def _day(value: object) -> date:
    if isinstance(value, pd.Timestamp):
        return value.date()
    return parse_as_of(value if isinstance(value, date) else str(value), name="events")


def refuse_step(step: Step, periods: Sequence[str]) -> NotEstimable | None:
    """Refuse a step that too few complete periods stand before or after."""
    before = sum(parse_period(text).end < step.day for text in periods)
    after = sum(parse_period(text).start >= step.day for text in periods)
    for n, word in ((before, "before"), (after, "after")):
        if n < LEAST_AROUND:
            return NotEstimable(
                f"{n} complete periods lie {word} {step.day}; "
                f"{LEAST_AROUND} are needed",
                rule=f"too_few_{word}",
            )
    return None


def same_weeks(step: Step, *, region: str, among: Sequence[Step]) -> tuple[Check, ...]:
    """Name what else is known to have happened within six weeks of a step."""
    others = [(other.day, other.name) for other in among if other != step]
    try:
        known = load_events(region=region)
    except UnknownRegionError:
        known = load_events()
    others += [
        (day.date(), str(label))
        for day, label in zip(known["date"], known["label"], strict=True)
    ]
    near = sorted(
        {
            (day, label)
            for day, label in others
            if abs((day - step.day).days) <= SAME_WEEKS and label != step.name
        }
    )
    if not near:
        return ()
    listed = "; ".join(f"{day}: {label}" for day, label in near)
    text = f"Within six weeks of {step.day} also: {listed}. They cannot be told apart."
    return (Check(name="same_weeks", passed=False, text=text),)
