"""Counts the rows of a cleaned log by any keys and period, without loading a row."""

import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, get_args

import duckdb
import pandas as pd
import pyarrow as pa

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.cleaned import CleanedLog
from disclosure_trends.logs.database import open_database, quote_text, run
from disclosure_trends.logs.rules.lookups import microseconds, put_table
from disclosure_trends.logs.rules.outputs import REQUESTS
from disclosure_trends.vocabulary.countries import country_codes
from disclosure_trends.vocabulary.periods import Freq, format_period
from disclosure_trends.vocabulary.terms import closed_list, remove_invisible

KEYS: Final = (
    "country",
    "region_own",
    "authority",
    "authority_type",
    "channel",
    "legal_process",
    "outcome",
    "on_designated_line",
)
MEASURES: Final = (
    "received",
    "preservation",
    "valid",
    "invalid",
    "unassessed",
    "disclosed",
    "rejected",
    "pending",
    "withdrawn",
    "accounts_requested",
    "accounts_disclosed",
    "on_line",
    "off_line",
    "on_line_valid",
    "off_line_valid",
)
NOT_RECORDED: Final = "not recorded"
Where = Mapping[str, Sequence[object] | object]
_FILTERS: Final = (*KEYS, "validity", "refusal_ground")
_DAY: Final = 86_400_000_000
_PART = pa.schema(
    [
        ("country", pa.string()),
        ("part", pa.string()),
        ("from_us", pa.int64()),
        ("to_us", pa.int64()),
    ]
)
_WANTED = pa.schema([("name", pa.string()), ("value", pa.string())])
_STARTS = {
    "day": "date_trunc('day', received)",
    "week": "date_trunc('week', received)",
    "month": "date_trunc('month', received)",
    "quarter": "date_trunc('quarter', received)",
    "half": "make_date(year(received), CASE WHEN month(received) < 7 THEN 1 ELSE 7 END"
    ", 1)",
    "year": "date_trunc('year', received)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRequest:
    """What is to be counted.

    Attributes
    ----------
    by : tuple of str
        Keys, of `KEYS`, or ``region`` where `parts` says who belongs where.
    freq : str
        Length of a period.
    where : mapping
        Key -> values to keep.
    within_days : int or None
        Decisions count that were taken within so many days of receipt.
    parts : pandas.DataFrame or None
        ``country, region, valid_from, valid_to``.
    own_regions : bool
        Whether the log's own regions go before `parts`.
    """

    by: tuple[str, ...]
    freq: Freq
    where: Where
    within_days: int | None = None
    parts: pd.DataFrame | None = None
    own_regions: bool = False


def count_cells(cleaned: CleanedLog, asked: CellRequest) -> pd.DataFrame:
    """Count a cleaned log, in cells that occur.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.
    asked : CellRequest
        What is to be counted; checked before.

    Returns
    -------
    pandas.DataFrame
        The keys, ``period``, and one column per measure of `MEASURES`; sorted.
    """
    with _requests(cleaned) as (database, path):
        put_table(database, "wanted", _wanted(database, path, asked.where), _WANTED)
        if asked.parts is not None:
            put_table(database, "parts", _part_rows(asked.parts), _PART)
        rows = run(database, _query(path, asked))
    names = [*asked.by, "period", *MEASURES]
    cells = pd.DataFrame(rows, columns=names)
    periods = {day: format_period(day, freq=asked.freq) for day in set(cells["period"])}
    cells["period"] = [periods[day] for day in cells["period"]]
    cells = cells.astype(dict.fromkeys(MEASURES, "int64"))
    for key in asked.by:
        if key != "on_designated_line":
            cells[key] = cells[key].astype("str")
    cells["period"] = cells["period"].astype("str")
    if "authority" in asked.by:
        cells = _merge_authorities(cells, asked.by)
    keys = [*asked.by, "period"]
    return cells.sort_values(keys, na_position="last").reset_index(drop=True)


@contextmanager
def _requests(
    cleaned: CleanedLog,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Open a database that sees the clean rows under a name of our own.

    The user's folder may hold characters that a reader would take for a pattern.
    """
    with tempfile.TemporaryDirectory(prefix="disclosure-trends-") as work:
        # TMPDIR may be "."; what the database may touch are absolute paths.
        folder = Path(work).absolute()
        link = folder / REQUESTS
        real = cleaned.requests_path.resolve()
        link.symlink_to(real)
        with open_database(folder, write_to=(real.parent,)) as database:
            yield database, quote_text(str(link))


def check_request(
    by: tuple[str, ...], freq: str, where: Where, within_days: int | None
) -> None:
    """Refuse keys, filters and lengths that do not exist.

    Parameters
    ----------
    by, freq, where, within_days
        As in `CellRequest`.

    Raises
    ------
    SettingsError
        Naming what was found and what is allowed.
    """
    for key in by:
        if key not in (*KEYS, "region"):
            allowed = ("region", *KEYS)
            raise SettingsError(
                f"by: {key!r} is no key; allowed are {', '.join(allowed)}"
                f"{nearest(key, allowed)}"
            )
    if freq not in get_args(Freq):
        raise SettingsError(
            f"freq: {freq!r} is unknown; allowed are {', '.join(get_args(Freq))}"
            f"{nearest(str(freq), get_args(Freq))}"
        )
    if within_days is not None and within_days < 0:
        raise SettingsError(
            f"within_days: {within_days} is negative; allowed are whole days from 0"
        )
    for name, values in where.items():
        _check_filter(name, values)


def _check_filter(name: str, values: object) -> None:
    if name not in _FILTERS:
        raise SettingsError(
            f"where: {name!r} is no key; allowed are {', '.join(_FILTERS)}"
            f"{nearest(name, _FILTERS)}"
        )
    if name in ("authority", "region_own", "on_designated_line"):
        return
    allowed = country_codes() if name == "country" else closed_list(name)
    for value in _values(values):
        if value not in allowed:
            shown = "alpha-2 codes" if name == "country" else ", ".join(allowed)
            raise SettingsError(
                f"where.{name}: {value!r} is unknown; allowed are {shown}"
                f"{nearest(value, allowed)}"
            )


def _values(values: object) -> list[str]:
    if isinstance(values, str | bool) or not isinstance(values, Sequence):
        values = [values]
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in values]


def _wanted(
    database: duckdb.DuckDBPyConnection, path: str, where: Where
) -> list[tuple[str, str]]:
    """List what the filters keep; an authority in every spelling of its name."""
    rows = []
    for name, values in where.items():
        wanted = _values(values)
        if name == "authority":
            keys = {authority_key(value) for value in wanted}
            query = f"SELECT DISTINCT authority FROM read_parquet({path})"
            known = [one for (one,) in run(database, query) if one is not None]
            wanted = [one for one in known if authority_key(one) in keys]
        rows += [(name, value) for value in wanted]
    return rows


def _part_rows(parts: pd.DataFrame) -> list[tuple[str, str, int, int]]:
    return [
        (country, region, microseconds(first), microseconds(last) + _DAY)
        for country, region, first, last in parts[
            ["country", "region", "valid_from", "valid_to"]
        ].itertuples(index=False, name=None)
    ]


def _query(path: str, asked: CellRequest) -> str:
    keys = [_key(key, own=asked.own_regions) for key in asked.by]
    join = ""
    if asked.parts is not None:
        join = (
            "LEFT JOIN parts ON parts.country = requests.country AND received_us >= "
            "parts.from_us AND received_us < parts.to_us"
        )
    filters = " AND ".join(
        f"{'region' if name == 'region_own' else name}::VARCHAR IN "
        f"(SELECT value FROM wanted WHERE name = '{name}')"
        for name in asked.where
    )
    names = ", ".join([*asked.by, "opening"])
    rows = (
        "SELECT *, epoch_us(received_at) AS received_us, "
        "make_timestamp(epoch_us(received_at)) AS received, "
        f"{_decided(asked.within_days)} FROM read_parquet({path})"
        f"{' WHERE ' + filters if filters else ''}"
    )
    cells = ", ".join(
        [
            *(f"{value} AS {key}" for key, value in zip(asked.by, keys, strict=True)),
            f"{_STARTS[asked.freq]}::DATE AS opening",
            "legal_process IS NOT DISTINCT FROM 'preservation' AS kept_only",
            "is_valid AND validated AS is_good, NOT is_valid AND validated AS is_bad",
            "outcome AS result, on_designated_line AS line, settled",
            "accounts_requested, accounts_disclosed",
        ]
    )
    return (
        f"SELECT {names}, {', '.join(_measures())} FROM (SELECT {cells} FROM ({rows}) "
        f"AS requests {join}) GROUP BY {names}"
    )


def _key(key: str, *, own: bool) -> str:
    if key == "region":
        part = "coalesce(parts.part, 'not recorded')"
        return f"coalesce(requests.region, {part})" if own else part
    return {"region_own": "requests.region"}.get(key, f"requests.{key}")


def _decided(within_days: int | None) -> str:
    """Say whether validity and outcome were known in time: by days, inclusive."""
    if within_days is None:
        return "true AS validated, true AS settled"
    limit = f"epoch_us(received_at) // {_DAY} + {within_days}"
    known = f"coalesce(epoch_us({{}}) // {_DAY} <= {limit}, false)"
    validated = known.format("coalesce(validated_at, closed_at)")
    settled = known.format("coalesce(closed_at, validated_at)")
    return f"{validated} AS validated, {settled} AS settled"


def _measures() -> list[str]:
    conditions = {
        "received": "true",
        "valid": "coalesce(is_good, false)",
        "invalid": "coalesce(is_bad, false)",
        "unassessed": "NOT coalesce(is_good, false) AND NOT coalesce(is_bad, false)",
        "disclosed": "settled AND result IN ('disclosed', 'partially_disclosed')",
        "rejected": "settled AND result = 'rejected'",
        "pending": "result = 'pending' OR (result IS NOT NULL AND NOT settled)",
        "withdrawn": "settled AND result = 'withdrawn'",
        "on_line": "line",
        "off_line": "NOT line",
        "on_line_valid": "line AND is_good",
        "off_line_valid": "NOT line AND is_good",
    }
    counted = {
        name: f"count(*) FILTER (NOT kept_only AND ({condition}))"
        for name, condition in conditions.items()
    }
    counted["preservation"] = "count(*) FILTER (kept_only)"
    for name in ("accounts_requested", "accounts_disclosed"):
        counted[name] = f"coalesce(sum({name}) FILTER (NOT kept_only), 0)::BIGINT"
    return [f"{counted[name]} AS n_{name}" for name in MEASURES]


def authority_key(name: str) -> str:
    """Return what an authority is grouped by; its name is stored unchanged.

    Parameters
    ----------
    name : str
        The name as it stands in the log.

    Returns
    -------
    str
        NFC, without invisible characters, blanks collapsed, case folded.
    """
    plain = remove_invisible(unicodedata.normalize("NFC", name))
    return unicodedata.normalize("NFC", " ".join(plain.split()).casefold())


def _merge_authorities(cells: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    names = cells["authority"].unique()
    keys = {name: authority_key(name) for name in names if isinstance(name, str)}
    cells["authority"] = cells["authority"].map(keys).astype("str")
    return cells.groupby([*by, "period"], dropna=False, as_index=False).sum()


def first_day(cleaned: CleanedLog) -> date | None:
    """Return the day of the first clean request, in UTC; None where there is none.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.

    Returns
    -------
    datetime.date or None
        The day.
    """
    query = "SELECT min(epoch_us(received_at)) FROM read_parquet({})"
    with _requests(cleaned) as (database, path):
        earliest = run(database, query.format(path))[0][0]
    if earliest is None:
        return None
    return date.fromordinal(date(1970, 1, 1).toordinal() + earliest // _DAY)


def silence(cleaned: CleanedLog) -> tuple[date, date, int] | None:
    """Return the first and last day with a clean request, and the longest silence.

    Parameters
    ----------
    cleaned : CleanedLog
        The log.

    Returns
    -------
    tuple or None
        Two days, in UTC, and the most days without any request between them; None
        where the log holds none.
    """
    query = (
        f"WITH days AS (SELECT DISTINCT epoch_us(received_at) // {_DAY} AS day "
        "FROM read_parquet({})), gaps AS (SELECT day, day - lag(day) OVER (ORDER BY "
        "day) - 1 AS gap FROM days) SELECT min(day), max(day), max(gap) FROM gaps"
    )
    with _requests(cleaned) as (database, path):
        first, last, longest = run(database, query.format(path))[0]
    if first is None:
        return None
    epoch = date(1970, 1, 1).toordinal()
    days = [date.fromordinal(epoch + int(day)) for day in (first, last)]
    return days[0], days[1], int(longest or 0)
