"""Writes one instant in seven ways, as exports do."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Texts = NDArray[np.object_]
Stamps = NDArray[np.datetime64]

Unit = Literal["D", "m", "s"]

LAYOUTS = (
    "iso_utc",
    "iso_offset",
    "iso_naive",
    "day_first",
    "month_name",
    "epoch_s",
    "epoch_ms",
)
_WEIGHTS = (0.42, 0.20, 0.16, 0.09, 0.09, 0.02, 0.02)
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def write_times(times: Stamps, zones: Texts, *, rng: np.random.Generator) -> Texts:
    """Write UTC instants in seven mixed layouts.

    Without an offset the text is wall time of the row's zone (UTC where it is empty).
    A wall time that the clocks pass twice is written in UTC instead, so that the
    instant can be read back; layouts without seconds lose them.

    Parameters
    ----------
    times : ndarray of datetime64
        Instants in UTC.
    zones : ndarray of str
        IANA zone of each row, or an empty text.
    rng : numpy.random.Generator
        Source of the layouts.

    Returns
    -------
    ndarray of str
        Texts.
    """
    seconds = times.astype("datetime64[s]")
    wall, is_twice = _wall_times(seconds, zones)
    layout = rng.choice(len(LAYOUTS), size=times.size, p=_WEIGHTS)
    local = np.isin(layout, [LAYOUTS.index(n) for n in LAYOUTS[2:5]])
    layout[local & is_twice] = LAYOUTS.index("iso_utc")
    text = np.empty(times.size, dtype=object)
    for code, name in enumerate(LAYOUTS):
        rows = np.flatnonzero(layout == code)
        if rows.size:
            text[rows] = _write(name, seconds[rows], wall[rows])
    return text


def write_utc(times: "pd.Series[pd.Timestamp]", *, unit: Unit = "m") -> Texts:
    """Write UTC instants as ISO text with ``Z``, missing ones as an empty text.

    Parameters
    ----------
    times : pandas.Series
        Instants in UTC.
    unit : str
        Precision: ``m`` or ``s``; ``D`` for a day without a time.

    Returns
    -------
    ndarray of str
        Texts.
    """
    missing = times.isna().to_numpy(dtype=bool)
    known = times.dt.tz_convert(None).fillna(pd.Timestamp(0))
    text = _iso(known.to_numpy(dtype="datetime64[s]"), unit=unit)
    text = text if unit == "D" else text + "Z"
    return np.asarray(np.where(missing, "", text), dtype=object)


def to_stamps(times: "pd.Series[pd.Timestamp]") -> Stamps:
    """Return UTC instants as numpy sees them, to the second.

    Parameters
    ----------
    times : pandas.Series
        Instants in UTC, none missing.

    Returns
    -------
    ndarray of datetime64
        The same instants.
    """
    return np.asarray(times.dt.tz_convert(None), dtype="datetime64[s]")


def _iso(stamps: Stamps, *, unit: Unit = "s") -> Texts:
    return np.datetime_as_string(stamps, unit=unit).astype(object)


def _wall_times(seconds: Stamps, zones: Texts) -> tuple[Stamps, NDArray[np.bool_]]:
    """Wall time of each row's zone, and whether the clocks pass it twice."""
    wall, is_twice = seconds.copy(), np.zeros(seconds.size, dtype=bool)
    present, code = np.unique(zones.astype(str), return_inverse=True)
    for n, zone in enumerate(present):
        if not zone:
            continue
        rows = np.flatnonzero(code == n)
        local = pd.DatetimeIndex(seconds[rows]).tz_localize("UTC").tz_convert(zone)
        naive = local.tz_localize(None)
        wall[rows] = naive.to_numpy().astype("datetime64[s]")
        again = naive.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        is_twice[rows] = again.isna()
    return wall, is_twice


def _write(layout: str, seconds: Stamps, wall: Stamps) -> Texts:
    """Write instants in one layout."""
    if layout == "iso_utc":
        text = _iso(seconds) + "Z"
    elif layout.startswith("epoch"):
        scale = 1000 if layout == "epoch_ms" else 1
        text = (seconds.astype(np.int64) * scale).astype(str).astype(object)
    elif layout == "iso_offset":
        text = _iso(wall) + _offsets(wall - seconds)
    elif layout == "iso_naive":
        text = _iso(wall.astype("datetime64[D]"), unit="D") + " " + _clock(wall)
    elif layout == "day_first":
        day = wall.astype("datetime64[D]")
        number = _two_digits(_day_of_month(wall))
        month = _two_digits(_month(wall) + 1)
        year = day.astype("datetime64[Y]").astype(str).astype(object)
        text = number + "/" + month + "/" + year + " " + _clock(wall, seconds=False)
    else:
        text = _month_name(wall)
    return np.asarray(text, dtype=object)


def _month_name(wall: Stamps) -> Texts:
    """Write wall times as ``Mar 05, 2024 01:34 PM``."""
    minutes = (wall - wall.astype("datetime64[D]")).astype(np.int64) // 60
    hour = minutes // 60
    name = np.array(_MONTHS, dtype=object)[_month(wall)]
    year = wall.astype("datetime64[Y]").astype(str).astype(object)
    clock = _two_digits((hour + 11) % 12 + 1) + ":" + _two_digits(minutes % 60)
    half = np.where(hour < 12, " AM", " PM").astype(object)
    text: Texts = (
        name + " " + _two_digits(_day_of_month(wall)) + ", " + year + " " + clock + half
    )
    return text


def _clock(wall: Stamps, *, seconds: bool = True) -> Texts:
    since = (wall - wall.astype("datetime64[D]")).astype(np.int64)
    text = _two_digits(since // 3600) + ":" + _two_digits(since % 3600 // 60)
    if seconds:
        text = text + ":" + _two_digits(since % 60)
    return np.asarray(text, dtype=object)


def _month(wall: Stamps) -> NDArray[np.int64]:
    return wall.astype("datetime64[M]").astype(np.int64) % 12


def _day_of_month(wall: Stamps) -> NDArray[np.int64]:
    first = wall.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray((wall.astype("datetime64[D]") - first).astype(np.int64) + 1)


def _two_digits(numbers: NDArray[np.int64]) -> Texts:
    return np.array([f"{n:02d}" for n in range(100)], dtype=object)[numbers]


def _offsets(gaps: NDArray[np.timedelta64]) -> Texts:
    """Write offsets from UTC as ``+05:30``."""
    present, code = np.unique(gaps.astype(np.int64), return_inverse=True)
    texts = [
        f"{'-' if gap < 0 else '+'}{abs(gap) // 3600:02d}:{abs(gap) % 3600 // 60:02d}"
        for gap in present.tolist()
    ]
    return np.array(texts, dtype=object)[code]
