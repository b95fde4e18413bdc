"""Periods and windows: how spans of days are written, read and counted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

from disclosure_trends.errors import PeriodError

Freq = Literal["day", "week", "month", "quarter", "half", "year"]
FREQS: Final[tuple[Freq, ...]] = get_args(Freq)

_ONE_DAY: Final = timedelta(days=1)
_MONTHS_OF: Final[dict[Freq, int]] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_PATTERNS: Final[dict[Freq, re.Pattern[str]]] = {
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})Q(\d)"),
    "half": re.compile(r"(\d{4})H(\d)"),
    "year": re.compile(r"(\d{4})"),
}
_RANGE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_ALLOWED: Final = (
    "write 2024-09-01, 2024-W36, 2024-09, 2024Q3, 2024H1, 2024 "
    "or 2024-01-01..2024-09-30"
)
MONTH_NAMES: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A span of whole days, both ends inclusive; it need not be a calendar period.

    Attributes
    ----------
    start, end
        First and last day, both inside the window.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise PeriodError(
                f"window: the last day {self.end} is before the first day "
                f"{self.start}; give the earlier day first"
            )

    @property
    def days(self) -> int:
        """Number of days, both ends counted."""
        return (self.end - self.start).days + 1

    @property
    def freq(self) -> Freq | None:
        """The calendar frequency of which this is exactly one period, or None."""
        for freq in ("year", "half", "quarter", "month", "week", "day"):
            if _window_around(self.start, freq=freq) == self:
                return freq
        return None

    @property
    def is_whole_months(self) -> bool:
        """Whether it begins and ends with a calendar month."""
        return self.start.day == 1 and (self.end + _ONE_DAY).day == 1

    @property
    def months(self) -> int:
        """Number of calendar months that it touches."""
        first, last = self.start, self.end
        return (last.year - first.year) * 12 + last.month - first.month + 1

    def is_as_long_as(self, other: "Window") -> bool:
        """Whether both have as many months, or, if not of whole months, days."""
        if self.is_whole_months and other.is_whole_months:
            return self.months == other.months
        return self.days == other.days

    @property
    def text(self) -> str:
        """`2024Q3` for a calendar period, else `2024-01-01..2024-09-30`."""
        freq = self.freq
        if freq is None:
            return f"{self.start}..{self.end}"
        return format_period(self.start, freq=freq)

    @property
    def words(self) -> str:
        """The window in prose, such as `July to September 2024`."""
        first, last = self.start, self.end
        if self.days == 1:
            return format_day(first)
        if not self.is_whole_months:
            return f"{format_day(first)} to {format_day(last)}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{MONTH_NAMES[first.month - 1]} {first.year}"
        if self.freq == "year":
            return str(first.year)
        opening = MONTH_NAMES[first.month - 1]
        if first.year != last.year:
            opening = f"{opening} {first.year}"
        return f"{opening} to {MONTH_NAMES[last.month - 1]} {last.year}"

    def contains(self, other: "Window") -> bool:
        """Whether every day of `other` lies in this window."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Window") -> bool:
        """Whether the two windows share a day."""
        return self.start <= other.end and other.start <= self.end


def format_day(day: date) -> str:
    """Write a day for prose: `28 August 2018`."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def parse_period(text: str, *, name: str = "period") -> Window:
    """Read the text of a period as a window, both ends inclusive.

    Parameters
    ----------
    text
        `2024-09-01`, `2024-W36` (ISO week, Monday first), `2024-09`, `2024Q3`,
        `2024H1`, `2024`, or two days joined by `..`.
    name
        What the period is called in an error message.

    Returns
    -------
    Window
        The days of the period.

    Raises
    ------
    PeriodError
        If the text is no period, or names a day that does not exist.
    """
    ends = _RANGE.fullmatch(text)
    try:
        if ends is not None:
            first, last = (date.fromisoformat(end) for end in ends.groups())
            return Window(first, last)
        for freq, pattern in _PATTERNS.items():
            found = pattern.fullmatch(text)
            if found is not None:
                numbers = [int(part) for part in found.groups()]
                return _window_around(_START[freq](*numbers), freq=freq)
    except PeriodError:
        raise
    except ValueError as error:
        raise PeriodError(f"{name}: {text!r} is not a period; {_ALLOWED}") from error
    raise PeriodError(f"{name}: {text!r} is not a period; {_ALLOWED}")


def period_freq(text: str) -> Freq:
    """Tell which frequency the text of a calendar period has.

    Raises
    ------
    PeriodError
        If the text is no calendar period (a free window has no frequency).
    """
    parse_period(text)
    for freq, pattern in _PATTERNS.items():
        if pattern.fullmatch(text):
            return freq
    raise PeriodError(f"period: {text!r} has no frequency; write a calendar period")


def format_period(day: date, *, freq: Freq) -> str:
    """Write the period of a frequency that contains a day."""
    if freq == "day":
        return day.isoformat()
    if freq == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if freq == "month":
        return f"{day.year:04d}-{day.month:02d}"
    if freq == "quarter":
        return f"{day.year:04d}Q{(day.month - 1) // 3 + 1}"
    if freq == "half":
        return f"{day.year:04d}H{(day.month - 1) // 6 + 1}"
    return f"{day.year:04d}"


def period_range(first_day: date, last_day: date, *, freq: Freq) -> list[str]:
    """List all periods from the one with the first day to the one with the last.

    Both ends are inclusive; the list is empty when the last day comes first.
    """
    periods = []
    window = _window_around(first_day, freq=freq)
    while window.start <= last_day:
        periods.append(format_period(window.start, freq=freq))
        window = _window_around(window.end + _ONE_DAY, freq=freq)
    return periods


def next_period(text: str) -> str:
    """Write the period that follows, of the same frequency."""
    return format_period(parse_period(text).end + _ONE_DAY, freq=period_freq(text))


def previous_period(text: str) -> str:
    """Write the period that comes before, of the same frequency."""
    return format_period(parse_period(text).start - _ONE_DAY, freq=period_freq(text))


def parse_as_of(day: str | date, *, name: str = "as_of") -> date:
    """Read the day of knowledge; a time of day other than midnight is refused.

    Raises
    ------
    PeriodError
        If the text is not a day written as 2024-12-31.
    """
    if isinstance(day, date) and not isinstance(day, datetime):
        return day
    refusal = PeriodError(f"{name}: {str(day)!r} is not a day; write it as 2024-12-31")
    text = str(day).removesuffix(" 00:00:00") if isinstance(day, datetime) else str(day)
    if not _PATTERNS["day"].fullmatch(text):
        raise refusal
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise refusal from error


def _window_around(day: date, *, freq: Freq) -> Window:
    """Return the calendar period of a frequency that contains a day."""
    if freq == "day":
        return Window(day, day)
    if freq == "week":
        monday = day - timedelta(days=day.weekday())
        return Window(monday, monday + timedelta(days=6))
    months = _MONTHS_OF[freq]
    first_month = (day.month - 1) // months * months + 1
    last_month = first_month + months - 1
    following = (
        date(day.year + 1, 1, 1)
        if last_month == 12
        else date(day.year, last_month + 1, 1)
    )
    return Window(date(day.year, first_month, 1), following - _ONE_DAY)


def _start_of_part(year: int, part: int, *, parts: int) -> date:
    if not 1 <= part <= parts:
        raise ValueError(part)
    return date(year, (part - 1) * (12 // parts) + 1, 1)


_START: Final[dict[Freq, Callable[..., date]]] = {
    "day": date,
    "week": lambda year, week: date.fromisocalendar(year, week, 1),
    "month": lambda year, month: date(year, month, 1),
    "quarter": lambda year, part: _start_of_part(year, part, parts=4),
    "half": lambda year, part: _start_of_part(year, part, parts=2),
    "year": lambda year: date(year, 1, 1),
}
