"""The tables that the cleaning rules look things up in, filled for one file."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final

import duckdb
import pyarrow as pa

from disclosure_trends.logs.database import run
from disclosure_trends.logs.marks import COUNTS, SURVEYED
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.rules.mapping import (
    Mapped,
    map_spelling,
    own_word,
    value_number,
)
from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.logs.rules.survey import Survey
from disclosure_trends.logs.rules.zones import is_zone, zone_months
from disclosure_trends.vocabulary.lines import designated_lines
from disclosure_trends.vocabulary.regions import membership_table
from disclosure_trends.vocabulary.terms import CHANNELS

_ONE_DAY = timedelta(days=1)
_SECOND: Final = 1_000_000
_END_OF_TIME: Final = date(9999, 12, 30)
_SPELLED = pa.schema([("spelling", pa.string()), ("value", pa.string())])
_MAP = pa.schema(
    [
        ("spelling", pa.string()),
        ("value", pa.string()),
        ("number", pa.int64()),
        ("fault", pa.int64()),
        ("repair", pa.int64()),
    ]
)
_ZONES = pa.schema(
    [("spelling", pa.string()), ("known", pa.bool_()), ("place", pa.int64())]
)
_MONTHS = pa.schema(
    [(name, pa.int64()) for name in ("place", "before", "low", "high", "after")]
)
_ZONE_PLACES: Final = 1_000_000
_LINES = pa.schema(
    [
        ("country", pa.string()),
        ("kind", pa.string()),
        ("from_us", pa.int64()),
        ("to_us", pa.int64()),
        ("channels", pa.int64()),
    ]
)
_NAMED = pa.schema([("name", pa.string()), ("value", pa.string())])
_EMPTIES = pa.schema([("name", pa.string()), ("word", pa.string())])
Spellings = Mapping[str, Mapping[str, Mapped]]


def map_survey(survey: Survey, *, reading: Reading, read: ReadOptions) -> Spellings:
    """Say what every spelling of a file means.

    Parameters
    ----------
    survey : Survey
        The spellings that were found.
    reading : Reading
        Which columns the file has.
    read : ReadOptions
        What was declared for it.

    Returns
    -------
    mapping of str to mapping of str to Mapped
        Column -> spelling -> its meaning; constants stand among the spellings.
    """
    columns = [c for c in (*SURVEYED, *COUNTS, *reading.merged) if reading.has(c)]
    found: dict[str, dict[str, Mapped]] = {}
    for column in columns:
        spellings = dict(survey.spellings.get(column, {}))
        if column in read.constants:
            spellings = {str(read.constants[column]): survey.rows}
        if column == "source_timezone":
            found[column] = {s: _map_zone(s, read) for s in spellings}
        elif column in reading.merged:
            words = {s: own_word(column, s, read=read) for s in spellings}
            found[column] = {s: Mapped(value=w) for s, w in words.items() if w}
        else:
            found[column] = {s: map_spelling(column, s, read=read) for s in spellings}
    return found


def _map_zone(spelling: str, read: ReadOptions) -> Mapped:
    name = own_word("source_timezone", spelling, read=read)
    name = spelling.strip() if name is None else name
    name = {"": read.source_timezone or "UTC", "Z": "UTC"}.get(name, name)
    return Mapped(value=name if is_zone(name) else None)


def fill_lookups(
    database: duckdb.DuckDBPyConnection,
    *,
    spellings: Spellings,
    reading: Reading,
    read: ReadOptions,
    as_of: date,
) -> None:
    """Create the tables that the typed query of one file reads.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where; tables of an earlier file are replaced.
    spellings : mapping
        What every spelling means.
    reading : Reading
        Which columns the file has.
    read : ReadOptions
        What was declared for it.
    as_of : datetime.date
        Last day that is known of.
    """
    for column, mapped in spellings.items():
        if column != "source_timezone":
            rows = [
                (s, m.value, value_number(column, m), m.fault, m.repair)
                for s, m in mapped.items()
            ]
            put_table(database, f"map_{column}", rows, _MAP)
    zones = {s: m.value for s, m in spellings.get("source_timezone", {}).items()}
    zones.setdefault("", read.source_timezone or "UTC")
    _put_zones(database, zones, first=int(read.min_date[:4]) - 1, last=as_of.year + 1)
    put_table(database, "lines", _line_rows(), _LINES)
    constants = [(name, str(value)) for name, value in read.constants.items()]
    put_table(database, "constants", constants, _NAMED)
    empties = [
        (column, word)
        for column in reading.emptied
        for word in empty_words(column, read=read)
    ]
    put_table(database, "empties", empties, _EMPTIES)


def empty_words(column: str, *, read: ReadOptions) -> tuple[str, ...]:
    """List the own words that mean an empty cell of a column.

    Parameters
    ----------
    column : str
        Canonical column.
    read : ReadOptions
        Its `empty`, and own words of `terms` that are mapped to nothing.

    Returns
    -------
    tuple of str
        The words.
    """
    nothing = [own for own, value in read.terms.get(column, {}).items() if not value]
    return (*read.empty.get(column, ()), *nothing)


def put_table(
    database: duckdb.DuckDBPyConnection,
    name: str,
    rows: Sequence[tuple[object, ...]],
    schema: pa.Schema,
) -> None:
    """Create or replace a table from rows, through Arrow.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where.
    name : str
        A name of our own.
    rows : sequence of tuple
        Its rows.
    schema : pyarrow.Schema
        Names and types of its columns.
    """
    columns: Iterable[tuple[object, ...]]
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    database.register("incoming", pa.Table.from_arrays(arrays, schema=schema))
    run(database, f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
    database.unregister("incoming")


def _put_zones(
    database: duckdb.DuckDBPyConnection,
    zones: Mapping[str, str | None],
    *,
    first: int,
    last: int,
) -> None:
    # A month of a zone is one number: the place of the zone's spelling, then 202403.
    places = {spelling: n * _ZONE_PLACES for n, spelling in enumerate(zones)}
    known = [(s, zone is not None, places[s]) for s, zone in zones.items()]
    months = [
        (places[spelling] + m.month, m.before, m.low, m.high, m.after)
        for spelling, zone in zones.items()
        if zone is not None
        for m in zone_months(zone, max(first, 2), min(last, 9998))
    ]
    put_table(database, "zones", known, _ZONES)
    put_table(database, "zone_months", months, _MONTHS)


@cache
def _line_rows() -> tuple[tuple[str, str, int, int, int], ...]:
    """Cut the time of each country where its designated lines change."""
    lines = designated_lines()
    members = membership_table()
    members = members[members["region"].isin(set(lines["scope"]))]
    spans: dict[str, list[tuple[date, date, str, str]]] = {}
    for line in lines.itertuples():
        for member in members[members["region"] == line.scope].itertuples():
            start = max(_as_day(line.valid_from), _as_day(member.valid_from))
            end = min(_as_day(line.valid_to), _as_day(member.valid_to))
            if start <= end:
                span = (start, end, str(line.channel), str(line.authority_type))
                spans.setdefault(str(member.country), []).append(span)
    types = ("", *line_types())
    return tuple(
        row
        for country in sorted(spans)
        for kind in types
        for row in _segments(country, kind, spans[country])
    )


@cache
def line_types() -> tuple[str, ...]:
    """Name the types of authority that have a designated line of their own."""
    types = set(designated_lines()["authority_type"])
    return tuple(sorted(types - {""}))


def _segments(
    country: str, kind: str, spans: Sequence[tuple[date, date, str, str]]
) -> list[tuple[str, str, int, int, int]]:
    spans = [span for span in spans if span[3] in ("", kind)]
    cuts = sorted({s[0] for s in spans} | {s[1] + _ONE_DAY for s in spans})
    rows = []
    for start, end in pairwise(cuts):
        channels = sorted({s[2] for s in spans if s[0] <= start <= s[1]})
        if channels:
            mask = sum(1 << CHANNELS.index(channel) for channel in channels)
            rows.append((country, kind, microseconds(start), microseconds(end), mask))
    return rows


def _as_day(value: object) -> date:
    if value is None:
        return _END_OF_TIME
    if isinstance(value, datetime):
        value = value.date()
    return min(value, _END_OF_TIME) if isinstance(value, date) else _END_OF_TIME


def microseconds(day: date) -> int:
    """Return the first microsecond of a day in UTC, since 1970.

    Parameters
    ----------
    day : datetime.date
        The day.

    Returns
    -------
    int
        Microseconds.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return int((midnight - datetime(1970, 1, 1, tzinfo=UTC)) // _ONE_DAY) * (
        86_400 * _SECOND
    )
