"""Messages of the @transparency bot, pasted as text, made tidy.

The bot answers for the country of the asking phone number. A message names a period,
then one count or one count a quarter, of requests fulfilled and of users affected.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from disclosure_trends.counts.layouts import Row
from disclosure_trends.errors import PublishedFiguresError
from disclosure_trends.vocabulary.countries import (
    country_aliases,
    normalise_name,
)
from disclosure_trends.vocabulary.measures import published_layout
from disclosure_trends.vocabulary.periods import MONTH_NAMES, Window, parse_period

_DASH: Final = "[-\N{EN DASH}\N{EM DASH}]"
_START: Final = re.compile(r"Transparency report for the period", re.IGNORECASE)
_SHORT: Final = re.compile(
    rf"(\d{{2}})\.(\d{{2}})\.(\d{{2}})\s*{_DASH}\s*(\d{{2}})\.(\d{{2}})\.(\d{{2}})"
)
_LONG: Final = re.compile(
    r"(\d{1,2}) ([A-Z][a-z]+) (\d{4}) to (\d{1,2}) ([A-Z][a-z]+) (\d{4})"
)
_REQUESTS: Final = re.compile(
    r"Fulfilled requests from (?P<country>.+?) for IP address and/or phone number:",
    re.IGNORECASE,
)
_USERS: Final = re.compile(r"Affected users:", re.IGNORECASE)
# A count that goes on after a point, a space or a comma in the wrong place is not cut
# off there but refused.
_COUNT: Final = r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?![.,]?[0-9]|[^\S\n][0-9])"
_SINGLE: Final = re.compile(rf"[ \t]*{_COUNT}")
_LINE: Final = re.compile(
    rf"\s*(?:Q(?P<quarter>[1-4])\s*(?:{_DASH}|:)|(?P<total>Total)\s*(?:{_DASH}|:))"
    rf"\s*(?P<count>{_COUNT})",
    re.IGNORECASE,
)
_STARTED: Final = re.compile(r"\s*(?:Q[0-9]|Total)\b[^\n]*", re.IGNORECASE)
_NEXT: Final = re.compile(
    r"next transparency report will be published in (?P<month>[A-Z][a-z]+ \d{4})"
)
_MONTHS: Final = {name: number for number, name in enumerate(MONTH_NAMES, start=1)}


def read_bot(text: str, *, name: str, country: str | None = None) -> Iterator[Row]:
    """Yield the rows of one or more pasted messages.

    Parameters
    ----------
    text
        The messages, one after the other.
    name
        What the text is called in an error message.
    country
        Alpha-2 code, for messages that say "your country".

    Raises
    ------
    PublishedFiguresError
        If a message names no period, no country or no count, or if its total is not
        the sum of its quarters.
    """
    starts = [found.start() for found in _START.finditer(text)]
    if not starts:
        raise PublishedFiguresError(
            f"{name}: there is no message; expected 'Transparency report for the "
            "period ...', pasted as text"
        )
    for number, start in enumerate(starts, start=1):
        following = starts[number] if number < len(starts) else len(text)
        place = f"{name}, message {number}"
        yield from _read_message(text[start:following], place=place, country=country)


def next_publication(text: str) -> str | None:
    """Return the month for which the next report is announced, if one is."""
    found = _NEXT.search(text)
    return found["month"] if found else None


def _read_message(message: str, *, place: str, country: str | None) -> Iterator[Row]:
    window = _period(message, place=place)
    origin = published_layout("transparency-bot")
    heading = _REQUESTS.search(message)
    if heading is None:
        raise PublishedFiguresError(
            f"{place}: there is no line 'Fulfilled requests from ... for IP address "
            "and/or phone number:'; paste the whole message"
        )
    code = _country(heading["country"], place=place, country=country)
    found = [("requests_fulfilled", heading.end(), "fulfilled requests")]
    users = _USERS.search(message)
    if users is not None:
        found.append(("users_affected", users.end(), "affected users"))
    for measure, position, what in found:
        for span, value in _counts(message, position, window, f"{place}, {what}"):
            yield {
                "platform": origin.platform,
                "country": code,
                "period_start": span.start,
                "period_end": span.end,
                "measure": measure,
                "value": value,
                "value_low": None,
                "value_high": None,
                "observed_on": None,
                "source_url": origin.source_url,
                "source_grade": origin.source_grade,
            }


def _counts(
    message: str, position: int, window: Window, place: str
) -> Iterator[tuple[Window, int]]:
    """Yield one window, or one a quarter and the total where it is stated."""
    single = _SINGLE.match(message, position)
    if single is not None:
        yield window, _number(single[1])
        return
    total: int | None = None
    quarters: dict[Window, int] = {}
    while (line := _LINE.match(message, position)) is not None:
        position = line.end()
        if line["total"]:
            total = _number(line["count"])
            continue
        span = _quarter(line["quarter"], window, place)
        if span in quarters:
            raise PublishedFiguresError(
                f"{place}: {span.text} stands twice; check the pasted text"
            )
        quarters[span] = _number(line["count"])
    if (unread := _STARTED.match(message, position)) is not None:
        raise PublishedFiguresError(
            f"{place}: the line {unread[0].strip()!r} holds no count that can be read; "
            "expected 'Q1 - 1,234'"
        )
    if not quarters:
        raise PublishedFiguresError(
            f"{place}: there is no count; expected a number or lines such as 'Q1 - 37'"
        )
    added = sum(quarters.values())
    if total is not None and total != added:
        raise PublishedFiguresError(
            f"{place}: the total is {total} but the quarters add up to {added}; "
            "check the pasted text"
        )
    yield from quarters.items()
    if total is not None:
        yield window, total


def _quarter(number: str, window: Window, place: str) -> Window:
    if window.start.year != window.end.year:
        raise PublishedFiguresError(
            f"{place}: the period {window.text} spans two years, so Q{number} could "
            "be of either; paste a message for each year"
        )
    span = parse_period(f"{window.start.year}Q{number}")
    if window.contains(span):
        return span
    raise PublishedFiguresError(
        f"{place}: {span.text} does not lie in the period {window.text} of the "
        "message; check the pasted text"
    )


def _period(message: str, *, place: str) -> Window:
    short, long = _SHORT.search(message), _LONG.search(message)
    try:
        if short is not None:
            day, month, year, day_2, month_2, year_2 = (int(g) for g in short.groups())
            first, last = (
                date(2000 + year, month, day),
                date(2000 + year_2, month_2, day_2),
            )
            return _window(first, last, place=place)
        if long is not None:
            first, last = (
                date(int(year), _MONTHS[month], int(day))
                for day, month, year in (long.groups()[:3], long.groups()[3:])
            )
            return _window(first, last, place=place)
    except PublishedFiguresError:
        raise
    except (ValueError, KeyError) as error:
        raise PublishedFiguresError(
            f"{place}: the period names a day that does not exist; check the pasted "
            "text"
        ) from error
    raise PublishedFiguresError(
        f"{place}: there is no period; expected '01.01.24-30.09.24' or "
        "'1 January 2025 to 30 June 2025'"
    )


def _window(first: date, last: date, *, place: str) -> Window:
    if first <= last:
        return Window(first, last)
    raise PublishedFiguresError(
        f"{place}: the period ends ({last}) before it starts ({first}); check the "
        "pasted text"
    )


def _country(text: str, *, place: str, country: str | None) -> str:
    code = country_aliases().get(normalise_name(text))
    if code is None and country is not None:
        return country
    if code is None:
        raise PublishedFiguresError(
            f"{place}: the country is given as {text!r}; give country= with an "
            "ISO 3166-1 code such as 'FR'"
        )
    return code


def _number(text: str) -> int:
    return int(text.replace(",", ""))
