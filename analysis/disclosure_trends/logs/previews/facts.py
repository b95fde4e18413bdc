"""What the texts of one column give away: dates and their order, numbers, few words."""

from dataclasses import dataclass

import duckdb

from disclosure_trends.logs.previews.probe import Probe

SAMPLE_ROWS = 20_000

_ISO = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?$"
_SLASHED = r"^\d{1,2}[./-]\d{1,2}[./-]\d{4}([ T,].*)?$"
_NAMED = (
    r"(?i)^(\w+,? +)?(\d{1,2}\.? )?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*\.? .*\d{4}"
)
_WINDOW = r"^\d{4}-\d{2}(-\d{2})?(/\d{4}.*)?$|^\d{4}-?(Q[1-4]|H[12])$"
_EPOCH_S, _EPOCH_MS = r"^1\d{9}$", r"^1\d{12}$"
_SERIAL = r"^[34]\d{4}(\.\d+)?$"
_WHOLE = r"^\d{1,6}$"

_SHAPES = {
    "iso": _ISO,
    "slashed": _SLASHED,
    "named": _NAMED,
    "epoch_s": _EPOCH_S,
    "epoch_ms": _EPOCH_MS,
    "excel_serial": _SERIAL,
    "whole": _WHOLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a sample of one column looks like; shares are of its filled cells.

    Attributes
    ----------
    place : int
        Position of the column.
    name : str
        Its own name.
    filled : float
        Share of rows that hold something.
    distinct : int
        Different texts in the sample.
    sample : int
        Filled cells of the sample.
    shares : dict of str to float
        Share of filled cells of each shape.
    words : tuple of (str, int)
        The most frequent texts of the sample.
    """

    place: int
    name: str
    filled: float
    distinct: int
    sample: int
    shares: dict[str, float]
    words: tuple[tuple[str, int], ...]

    @property
    def dated(self) -> float:
        """Share of filled cells that are dates in an accepted layout."""
        return sum(self.shares[shape] for shape in ("iso", "slashed", "named"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Exact counts over all rows of one column of dates.

    Attributes
    ----------
    slashed, first_above, second_above : int
        Dates like 04/07/2024; those whose first (second) part exceeds 12.
    years : tuple of (int, int)
        Year -> rows, ascending.
    naive : int
        Dates with a time of day and no zone.
    windows : int
        Cells that are months, quarters or intervals.
    """

    slashed: int
    first_above: int
    second_above: int
    years: tuple[tuple[int, int], ...]
    naive: int
    windows: int


def look_at_columns(probe: Probe) -> tuple[Shape, ...]:
    """Return the shape of every column, from a sample that is the same every time."""
    probe.connection.execute(
        "CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM own USING SAMPLE "
        f"reservoir({SAMPLE_ROWS} ROWS) REPEATABLE (7)"
    )
    return tuple(
        _look(probe.connection, i, name) for i, name in enumerate(probe.header)
    )


def _look(connection: duckdb.DuckDBPyConnection, place: int, name: str) -> Shape:
    text = f"trim(c{place})"
    counts = ", ".join(
        f"count(*) FILTER (regexp_matches({text}, $r{i}))" for i in range(len(_SHAPES))
    )
    values = {f"r{i}": pattern for i, pattern in enumerate(_SHAPES.values())}
    rows, filled, distinct, *shapes = connection.execute(
        f"SELECT count(*), count(nullif({text}, '')), count(DISTINCT nullif({text}, "
        f"'')), {counts} FROM sample",
        values,
    ).fetchall()[0]
    words = connection.execute(
        f"SELECT {text}, count(*) n FROM sample WHERE {text} <> '' GROUP BY 1 "
        "ORDER BY n DESC, 1 LIMIT 50"
    ).fetchall()
    return Shape(
        place=place,
        name=name,
        filled=filled / rows if rows else 0.0,
        distinct=distinct,
        sample=filled,
        shares={
            shape: count / filled if filled else 0.0
            for shape, count in zip(_SHAPES, shapes, strict=True)
        },
        words=tuple((word, count) for word, count in words),
    )


def look_at_dates(probe: Probe, place: int) -> Dates:
    """Count the dates of one column over all rows."""
    text = f"trim(c{place})"
    slashed = f"regexp_matches({text}, $slashed)"
    first = f"try_cast(regexp_extract({text}, '^(\\d+)', 1) AS INT) > 12"
    second = f"try_cast(regexp_extract({text}, '^\\d+[./-](\\d+)', 1) AS INT) > 12"
    windows, n, above, below, naive = probe.connection.execute(
        f"SELECT count(*) FILTER (regexp_matches({text}, $windows) AND NOT "
        f"regexp_matches({text}, $iso)), count(*) FILTER ({slashed}), "
        f"count(*) FILTER ({slashed} AND {first}), "
        f"count(*) FILTER ({slashed} AND {second}), "
        f"count(*) FILTER ({text} LIKE '%:%' AND NOT "
        f"regexp_matches({text}, '(Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)$')) FROM own",
        {"slashed": _SLASHED, "windows": _WINDOW, "iso": _ISO},
    ).fetchall()[0]
    years = probe.connection.execute(
        f"SELECT try_cast(regexp_extract({text}, '(\\d{{4}})', 1) AS INT) y, count(*) "
        f"FROM own WHERE regexp_matches({text}, $iso) OR {slashed} OR "
        f"regexp_matches({text}, $named) GROUP BY y HAVING y IS NOT NULL ORDER BY y",
        {"slashed": _SLASHED, "iso": _ISO, "named": _NAMED},
    ).fetchall()
    return Dates(
        slashed=n,
        first_above=above,
        second_above=below,
        years=tuple((year, count) for year, count in years),
        naive=naive,
        windows=windows,
    )


def count_words(probe: Probe, place: int, *, most: int) -> tuple[tuple[str, int], ...]:
    """Return the different texts of a column with their counts; ``""`` is empty."""
    return tuple(
        probe.connection.execute(
            f"SELECT coalesce(trim(c{place}), ''), count(*) n FROM own GROUP BY 1 "
            f"ORDER BY n DESC, 1 LIMIT {most + 1}"
        ).fetchall()
    )


def count_where(probe: Probe, condition: str) -> int:
    """Count the rows for which a condition on ``c0``, ``c1`` ... holds."""
    query = f"SELECT count(*) FROM own WHERE {condition}"
    return int(probe.connection.execute(query).fetchall()[0][0])
