"""The calendar of a simulated log: its months, the two windows compared, the cut."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from disclosure_trends.errors import SettingsError
from disclosure_trends.vocabulary.periods import format_period, parse_period

DESIGN_MONTHS = 24
BEFORE, AFTER = (18, 19, 20), (21, 22, 23)  # months of the design, from 0
SHOCK_MONTH = 21
LINE_MONTH = 16  # the contact point exists from here on
_FEWEST_MONTHS = 6
DAYS_OPEN = 31  # the log is cut when the last month is 31 days old


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedMonths:
    """The months of a log and where the 24-month design lies on them.

    Attributes
    ----------
    starts : tuple of datetime.date
        First day of each month, in order.
    design : ndarray of int
        Month of the design (0 to 23; below 0 before it, above 23 after it).
    cut : datetime.date
        Last day on which anything was recorded.
    """

    starts: tuple[date, ...]
    design: NDArray[np.int64]
    cut: date

    @property
    def names(self) -> tuple[str, ...]:
        """Months as text, ``2024-09``."""
        return tuple(format_period(day, freq="month") for day in self.starts)

    @property
    def days(self) -> NDArray[np.int64]:
        """Days of each month."""
        lengths = [calendar.monthrange(d.year, d.month)[1] for d in self.starts]
        return np.array(lengths, dtype=np.int64)

    @property
    def calendar_month(self) -> NDArray[np.int64]:
        """Month of the year, 1 to 12."""
        return np.array([day.month for day in self.starts], dtype=np.int64)

    @property
    def days_left(self) -> NDArray[np.int64]:
        """Days from the end of each month to the end of the cut, its last day."""
        since = [(self.cut - day).days + 1 for day in self.starts]
        return np.array(since, dtype=np.int64) - self.days

    def window(self, design: tuple[int, ...]) -> NDArray[np.int64]:
        """Positions of the given months of the design."""
        return np.flatnonzero(np.isin(self.design, design))

    def window_name(self, design: tuple[int, ...]) -> str:
        """Quarter that these months of the design make up, ``2024Q3``."""
        return format_period(self.starts[self.window(design)[0]], freq="quarter")


def simulated_months(
    *,
    end: str = "2024-09",
    months: int = 24,
    after: str | None = None,
    days_open: int = DAYS_OPEN,
) -> SimulatedMonths:
    """Lay the design out so that its last month closes the "after" quarter.

    Parameters
    ----------
    end : str
        Last month of the log, ``2024-09``.
    months : int
        Number of months.
    after : str, optional
        Quarter of the later window; by default the last whole quarter of the log.
    days_open : int
        Days between the end of the last month and the cut, its last day.

    Returns
    -------
    SimulatedMonths
        The calendar.

    Raises
    ------
    PeriodError
        If `end` or `after` is not a period.
    SettingsError
        If they are not a month and a quarter, or the log does not hold both windows.
    """
    last = parse_period(end, name="end")
    if format_period(last.start, freq="month") != end:
        raise SettingsError(f"end: {end!r} is not a month; write a month as 2024-09")
    count = _number(last.start)
    beyond = (count + 1) % 3 if after is None else count - _last_month(after)
    if beyond < 0 or months < _FEWEST_MONTHS + beyond:
        raise SettingsError(
            f"months: {months} months to {end} do not hold the two quarters compared; "
            f"at least {_FEWEST_MONTHS + max(beyond, 0)} months are needed, "
            "and the later quarter must have ended"
        )
    starts = tuple(
        date(n // 12, n % 12 + 1, 1) for n in range(count - months + 1, count + 1)
    )
    return SimulatedMonths(
        starts=starts,
        design=np.arange(months) - months + DESIGN_MONTHS + beyond,
        cut=last.end + timedelta(days=days_open),
    )


def _last_month(quarter: str) -> int:
    window = parse_period(quarter, name="after")
    if format_period(window.start, freq="quarter") != quarter:
        raise SettingsError(
            f"after: {quarter!r} is not a quarter; write a quarter as 2024Q3"
        )
    return _number(window.end)


def _number(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1
