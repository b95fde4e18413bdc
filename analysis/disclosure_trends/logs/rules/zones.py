"""Wall times of a zone, month by month, so that gaps and overlaps are seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all arithmetic here is on wall times


@dataclass(frozen=True, slots=True)
class ZoneMonth:
    """Offsets of one zone in one month of its wall clock.

    Attributes
    ----------
    month : int
        Year and month as ``202403``.
    before, after : int
        Offset from UTC in seconds below `low` and from `high` on.
    low, high : int
        Wall clock in seconds since 1970. In between a wall time does not exist
        (``after > before``) or occurs twice (``after < before``).
    """

    month: int
    before: int
    low: int
    high: int
    after: int


def is_zone(name: str) -> bool:
    """Say whether a text is an IANA zone.

    Parameters
    ----------
    name : str
        For example ``"Europe/Warsaw"``.

    Returns
    -------
    bool
        False for abbreviations that are no zone, offsets and paths.
    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def zone_months(zone: str, first: int, last: int) -> tuple[ZoneMonth, ...]:
    """List the months of a zone from the first to the last year, both inclusive.

    Parameters
    ----------
    zone : str
        IANA zone.
    first, last : int
        Years.

    Returns
    -------
    tuple of ZoneMonth
        One per month. A month holds at most one change of offset: true of every zone
        in 2013-2027.
    """
    cuts = {cut.month: cut for cut in _changes(zone, first, last)}
    months = []
    offset = _offset(ZoneInfo(zone), datetime(first, 1, 1) - 48 * _HOUR)  # noqa: DTZ001
    for year in range(first, last + 1):
        for number in range(1, 13):
            month = year * 100 + number
            begin = _seconds(datetime(year, number, 1))  # noqa: DTZ001
            quiet = ZoneMonth(month, offset, begin, begin, offset)
            months.append(cuts.get(month, quiet))
            offset = months[-1].after
    return tuple(months)


def _changes(zone: str, first: int, last: int) -> Iterator[ZoneMonth]:
    """Find every change of offset, to the second, by walking and bisecting."""
    tz = ZoneInfo(zone)
    moment = datetime(first, 1, 1) - 48 * _HOUR  # noqa: DTZ001
    end = datetime(last + 1, 1, 3)  # noqa: DTZ001
    before = _offset(tz, moment)
    # A change stays for a day at least, in every zone (tested on wall times).
    step = 24 * _HOUR
    while moment < end:
        after = _offset(tz, moment + step)
        if after != before:
            at = _bisect(tz, moment, moment + step, before)
            walls = sorted((_seconds(at) + before, _seconds(at) + after))
            month = (_EPOCH + timedelta(seconds=walls[0])).strftime("%Y%m")
            yield ZoneMonth(int(month), before, walls[0], walls[1], after)
            before = after
        moment += step


def _bisect(tz: ZoneInfo, low: datetime, high: datetime, before: int) -> datetime:
    """Return the first second in UTC at which the offset is another one."""
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(tz, middle) == before else (low, middle)
    return high


def _offset(tz: ZoneInfo, moment: datetime) -> int:
    shift = moment.replace(tzinfo=UTC).astimezone(tz).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def _seconds(wall: datetime) -> int:
    return int((wall - _EPOCH).total_seconds())
