"""Regions: dated groups of countries, their complements, and one disjoint partition."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

import pandas as pd

from disclosure_trends.errors import UnknownRegionError, nearest
from disclosure_trends.resources import vocabulary_text
from disclosure_trends.vocabulary.countries import (
    country_aliases,
    country_codes,
    country_in_prose,
    country_name,
    normalise_name,
)
from disclosure_trends.vocabulary.periods import Window

ALWAYS: Final = Window(date(1900, 1, 1), date(9999, 12, 31))
"""Open ends of a membership are written as these two days."""
COMPLEMENT: Final = "non-"
REST: Final = "all others"
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Membership:
    country: str
    span: Window


def region_names() -> tuple[str, ...]:
    """List the groups of the region table, without countries and complements."""
    return tuple(_group_names())


def known_countries() -> tuple[str, ...]:
    """List every country code, sorted; the world of the complements."""
    return country_codes()


def check_region(text: str, *, name: str = "region") -> str:
    """Accept a country code, a group, or `non-` before a group, spelled exactly.

    Parameters
    ----------
    text
        What was given; `NO` is Norway and `NA` is Namibia.
    name
        What it is called in an error message.

    Returns
    -------
    str
        The same text.

    Raises
    ------
    UnknownRegionError
        If it is none of these; the message names the nearest that is.
    """
    group = text.removeprefix(COMPLEMENT)
    if group in _group_names() or text in known_countries():
        return text
    raise UnknownRegionError(
        f"{name}: {text!r} is not a region{_suggestion(text)}; allowed are a country "
        f"code such as 'FR', a group ({', '.join(region_names())}) "
        f"or {COMPLEMENT!r} before a group"
    )


def region_members(region: str, *, on: date) -> frozenset[str]:
    """Return the countries that belong to a region on a day."""
    check_region(region)
    if region in known_countries():
        return frozenset({region})
    group = region.removeprefix(COMPLEMENT)
    members = frozenset(m.country for m in _members(group) if _covers(m.span, on))
    if region == group:
        return members
    return frozenset(known_countries()) - members


def describe_region(region: str) -> str:
    """Name a region in prose: `the EU`, `France`, `the United Kingdom`.

    The rest of the default partition is `all others`; a text that names no region is
    given back unchanged.
    """
    names = _group_names()
    if region in names:
        return names[region]
    if region.startswith(COMPLEMENT) and region.removeprefix(COMPLEMENT) in names:
        return f"outside {names[region.removeprefix(COMPLEMENT)]}"
    if region in _rest_of_partition():
        return REST
    return country_in_prose(region)


def label_region(region: str) -> str:
    """Name a region at the head of a row: `The EU`, `United Kingdom`."""
    if region in known_countries():
        return country_name(region)
    words = describe_region(region)
    return words[:1].upper() + words[1:]


def membership_changes(region: str) -> tuple[date, ...]:
    """List the first days on which a region has other members than the day before."""
    check_region(region)
    group = region.removeprefix(COMPLEMENT)
    days = {m.span.start for m in _members(group) if m.span.start != ALWAYS.start}
    days |= {m.span.end + _ONE_DAY for m in _members(group) if m.span.end != ALWAYS.end}
    return tuple(sorted(days))


def membership_table() -> pd.DataFrame:
    """Return who belongs to what and when, for every region that there is.

    Returns
    -------
    DataFrame
        Columns `country, region, valid_from, valid_to` (days, both inclusive; open
        ends are 1900-01-01 and 9999-12-31). Groups, their complements and every
        country as a region of its own.
    """
    rows = [(c, c, ALWAYS) for c in known_countries()]
    for group in region_names():
        rows += [(m.country, group, m.span) for m in _members(group)]
        rows += _complement(group)
    return _spans_to_frame(rows)


def partition_table() -> pd.DataFrame:
    """Return the default disjoint partition of the world.

    Returns
    -------
    DataFrame
        Columns as in `membership_table`; each country is in exactly one part on each
        day, the first of the partition's list that holds it.
    """
    parts = _partition()
    rows = []
    for country in known_countries():
        for span in _segments(country):
            part = next(
                row["part"]
                for row in parts
                if not row["region"]
                or country in region_members(row["region"], on=span.start)
            )
            rows.append((country, part, span))
    return _spans_to_frame(_join_neighbours(rows))


@cache
def _partition() -> tuple[Mapping[str, str], ...]:
    rows = csv.DictReader(io.StringIO(vocabulary_text("partition.csv")))
    return tuple(MappingProxyType(row) for row in rows)


def _rest_of_partition() -> frozenset[str]:
    return frozenset(row["part"] for row in _partition() if not row["region"])


@cache
def _group_names() -> Mapping[str, str]:
    rows = csv.DictReader(io.StringIO(vocabulary_text("regions.csv")))
    return MappingProxyType({row["region"]: row["name"] for row in rows})


@cache
def _all_members() -> Mapping[str, tuple[_Membership, ...]]:
    members: dict[str, tuple[_Membership, ...]] = {}
    for row in csv.DictReader(io.StringIO(vocabulary_text("region_members.csv"))):
        start = row["valid_from"] or ALWAYS.start.isoformat()
        end = row["valid_to"] or ALWAYS.end.isoformat()
        span = Window(date.fromisoformat(start), date.fromisoformat(end))
        one = _Membership(row["country"], span)
        members[row["region"]] = (*members.get(row["region"], ()), one)
    return MappingProxyType(members)


def _members(group: str) -> tuple[_Membership, ...]:
    return _all_members().get(group, ())


def _covers(span: Window, day: date) -> bool:
    return span.start <= day <= span.end


def _complement(group: str) -> list[tuple[str, str, Window]]:
    """List the spans in which each country is outside a group."""
    rows = []
    spans = {c: [m.span for m in _members(group) if m.country == c] for c in _in(group)}
    for country in known_countries():
        cursor = ALWAYS.start
        for span in sorted(spans.get(country, [])):
            if cursor < span.start:
                outside = Window(cursor, span.start - _ONE_DAY)
                rows.append((country, COMPLEMENT + group, outside))
            if span.end == ALWAYS.end:
                break
            cursor = span.end + _ONE_DAY
        else:
            rows.append((country, COMPLEMENT + group, Window(cursor, ALWAYS.end)))
    return rows


def _in(group: str) -> frozenset[str]:
    return frozenset(m.country for m in _members(group))


def _segments(country: str) -> list[Window]:
    """Cut time where any membership of a country begins or ends."""
    cuts = {ALWAYS.start}
    for group in region_names():
        for member in _members(group):
            if member.country == country:
                cuts.add(member.span.start)
                if member.span.end != ALWAYS.end:
                    cuts.add(member.span.end + _ONE_DAY)
    starts = sorted(cuts)
    ends = [*(start - _ONE_DAY for start in starts[1:]), ALWAYS.end]
    return [Window(start, end) for start, end in zip(starts, ends, strict=True)]


def _join_neighbours(
    rows: list[tuple[str, str, Window]],
) -> list[tuple[str, str, Window]]:
    joined: list[tuple[str, str, Window]] = []
    for country, part, span in rows:
        if joined and joined[-1][:2] == (country, part):
            span = Window(joined.pop()[2].start, span.end)  # noqa: PLW2901
        joined.append((country, part, span))
    return joined


def _spans_to_frame(rows: list[tuple[str, str, Window]]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "country": [row[0] for row in rows],
            "region": [row[1] for row in rows],
            "valid_from": [row[2].start.isoformat() for row in rows],
            "valid_to": [row[2].end.isoformat() for row in rows],
        }
    )
    for column in ("valid_from", "valid_to"):
        frame[column] = frame[column].astype("datetime64[us]")
    return frame


def _suggestion(text: str) -> str:
    code = country_aliases().get(normalise_name(text))
    if code is not None:
        return f"; did you mean {code!r} ({country_name(code)})?"
    return nearest(text, [*region_names(), *(COMPLEMENT + r for r in region_names())])
