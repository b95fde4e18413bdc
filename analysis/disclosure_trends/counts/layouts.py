"""Layouts of published figures: recognised by their content and made tidy."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal, get_args

from disclosure_trends.errors import PublishedFiguresError, SettingsError, nearest
from disclosure_trends.vocabulary.countries import (
    country_aliases,
    country_codes,
    country_name,
    normalise_name,
)
from disclosure_trends.vocabulary.measures import published_layout

PublishedFormat = Literal["tidy", "te-k", "transparency-bot"]
LAYOUTS: Final[tuple[PublishedFormat, ...]] = get_args(PublishedFormat)
COLUMNS: Final = (
    "platform",
    "country",
    "period_start",
    "period_end",
    "measure",
    "value",
    "value_low",
    "value_high",
    "observed_on",
    "source_url",
    "source_grade",
)
GRADES: Final = ("A", "B", "C", "X")
Row = dict[str, object]

_OPTIONAL: Final = ("value_low", "value_high", "observed_on", "source_grade")
_BOT_START: Final = "Transparency report for the period"
_TE_K_SHAPE: Final = (
    '{"ABC": [{"from": "20240101", "to": "20240930", "requests": 1, "users": 1}]}'
)
_YEARS: Final = range(1900, 2200)
"""A day outside is a slip of the keyboard."""
_TE_K_MEASURES: Final = {"requests": "requests_fulfilled", "users": "users_affected"}


def recognise_layout(text: str, *, name: str) -> PublishedFormat:
    """Tell from its content which layout a text has.

    Raises
    ------
    PublishedFiguresError
        If it has none of the known ones.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return "te-k"
    if _BOT_START.casefold() in text.casefold():
        return "transparency-bot"
    header = _names_of(next(csv.reader(io.StringIO(start)), []))
    if {"platform", "country", "period_start"} <= set(header):
        return "tidy"
    raise PublishedFiguresError(
        f"{name}: the layout of the published figures is not recognised; known are "
        f"{', '.join(LAYOUTS)}; a tidy file has the columns {', '.join(COLUMNS)}"
    )


def check_layout(layout: str) -> PublishedFormat:
    """Accept the name of a layout.

    Raises
    ------
    SettingsError
        If there is no such layout.
    """
    for known in LAYOUTS:
        if layout == known:
            return known
    raise SettingsError(
        f"layout: {layout!r} is unknown{nearest(layout, LAYOUTS)}; "
        f"known are {', '.join(LAYOUTS)}"
    )


def read_tidy(text: str, *, name: str) -> Iterator[Row]:
    """Yield the rows of a tidy CSV; the code `NA` is Namibia, not a gap."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    header = reader.fieldnames = _names_of(reader.fieldnames or ())
    missing = [c for c in COLUMNS if c not in header and c not in _OPTIONAL]
    if missing:
        raise PublishedFiguresError(
            f"{name}: column {missing[0]!r} is missing{nearest(missing[0], header)}; "
            f"a tidy file has the columns {', '.join(COLUMNS)}"
        )
    for cells in reader:
        place = f"{name}, line {reader.line_num}"
        if None in cells:
            raise PublishedFiguresError(
                f"{place}: the row has more cells than the header has columns; put a "
                "text that holds a comma in quotes, and write counts without commas"
            )
        row: Row = {key: (cells.get(key) or "").strip() for key in COLUMNS}
        row["country"] = _country(str(row["country"]), place=place)
        for column in ("period_start", "period_end", "observed_on"):
            row[column] = _day(str(row[column]), place=place, column=column)
        for column in ("value", "value_low", "value_high"):
            row[column] = _count(str(row[column]), place=place, column=column)
        row["source_grade"] = _grade(str(row["source_grade"]), place=place)
        for column in ("platform", "measure", "period_start", "period_end"):
            if not row[column]:
                raise PublishedFiguresError(
                    f"{place}: {column} is empty; every row needs one"
                )
        yield _check_row(row, place=place)


def read_te_k(text: str, *, name: str) -> Iterator[Row]:
    """Yield the rows of the JSON object that Te-k/telegram-transparency keeps."""
    origin = published_layout("te-k")
    for code, entries in _countries_of(text, name=name).items():
        country = _country(str(code), place=name)
        for number, entry in enumerate(_entries(entries, place=name), start=1):
            place = f"{name}, {code}, entry {number}"
            for column, measure in _TE_K_MEASURES.items():
                yield _check_row(
                    {
                        "platform": origin.platform,
                        "country": country,
                        "period_start": _compact_day(entry, "from", place=place),
                        "period_end": _compact_day(entry, "to", place=place),
                        "measure": measure,
                        "value": _count(
                            _text(entry.get(column)), place=place, column=column
                        ),
                        "value_low": None,
                        "value_high": None,
                        "observed_on": None,
                        "source_url": origin.source_url,
                        "source_grade": origin.source_grade,
                    },
                    place=place,
                )


def _names_of(header: Iterable[str]) -> list[str]:
    return [name.strip() for name in header]


def _countries_of(text: str, *, name: str) -> dict[str, object]:
    """Read the JSON object of countries; a name that stands twice is refused."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [key for key, _ in pairs]
        twice = next((key for key in names if names.count(key) > 1), None)
        if twice is not None:
            raise PublishedFiguresError(
                f"{name}: {twice!r} stands twice in one object; keep one of the two"
            )
        return dict(pairs)

    try:
        content = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise PublishedFiguresError(
            f"{name}, line {error.lineno}: this is no valid JSON ({error.msg}); "
            "repair the file or take another version of it"
        ) from error
    except RecursionError as error:
        raise PublishedFiguresError(
            f"{name}: the JSON is nested too deeply to be read; expected {_TE_K_SHAPE}"
        ) from error
    if isinstance(content, dict):
        return content
    raise PublishedFiguresError(
        f"{name}: the file does not hold an object of countries; expected {_TE_K_SHAPE}"
    )


def _entries(entries: object, *, place: str) -> list[dict[str, object]]:
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        return entries
    raise PublishedFiguresError(
        f"{place}: a country does not hold a list of windows; expected {_TE_K_SHAPE}"
    )


def _text(value: object) -> str:
    """Return a JSON value as text; null is a missing figure, as an empty cell is."""
    return "" if value is None else str(value)


def _country(text: str, *, place: str) -> str:
    """Read a country: a code as it is, anything else through the aliases."""
    if text in country_codes():
        return text
    code = country_aliases().get(normalise_name(text))
    if code is None:
        hint = nearest(text, [country_name(known) for known in country_codes()])
        raise PublishedFiguresError(
            f"{place}: country {text!r} is unknown{hint}; write an ISO 3166-1 code "
            "such as 'FR'"
        )
    return code


def _compact_day(entry: dict[str, object], key: str, *, place: str) -> date:
    return _read_day(
        _text(entry.get(key)),
        pattern=r"[0-9]{8}",
        what=f"{place}: {key}",
        example="20240930",
    )


def _day(text: str, *, place: str, column: str) -> date | None:
    if not text:
        return None
    return _read_day(
        text,
        pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
        what=f"{place}: {column}",
        example="2024-09-30",
    )


def _read_day(text: str, *, pattern: str, what: str, example: str) -> date:
    """Read a day in one form only: `fromisoformat` alone would also read weeks."""
    try:
        day = date.fromisoformat(text if re.fullmatch(pattern, text) else "")
    except ValueError as error:
        raise PublishedFiguresError(
            f"{what} {text!r} is no day; write it as {example}"
        ) from error
    if day.year not in _YEARS:
        raise PublishedFiguresError(
            f"{what} {text!r} lies outside the years {_YEARS[0]} to {_YEARS[-1]}; "
            "correct the year"
        )
    return day


def _count(text: str, *, place: str, column: str) -> int | None:
    """Read a count; an empty cell is a missing figure, never a zero."""
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,15}(\.0+)?", text):
        return int(text.split(".", maxsplit=1)[0])
    raise PublishedFiguresError(
        f"{place}: {column} {text!r} is no count; write a whole number, or leave it "
        "empty and give value_low and value_high"
    )


def _grade(text: str, *, place: str) -> str:
    if text in GRADES or not text:
        return text or "C"
    raise PublishedFiguresError(
        f"{place}: source_grade {text!r} is unknown; allowed are {', '.join(GRADES)}"
    )


def _check_row(row: Row, *, place: str) -> Row:
    start, end = row["period_start"], row["period_end"]
    if isinstance(start, date) and isinstance(end, date) and end < start:
        raise PublishedFiguresError(
            f"{place}: the window ends ({end}) before it starts ({start}); "
            "give the earlier day first"
        )
    low, high = row["value_low"], row["value_high"]
    if isinstance(low, int) and isinstance(high, int) and high < low:
        raise PublishedFiguresError(
            f"{place}: value_high {high} is below value_low {low}; exchange them"
        )
    value = row["value"]
    if isinstance(value, int) and not (
        (not isinstance(low, int) or low <= value)
        and (not isinstance(high, int) or value <= high)
    ):
        raise PublishedFiguresError(
            f"{place}: value {value} lies outside value_low and value_high; give the "
            "count or the band, not both"
        )
    return row
