"""A query to a database, read through ADBC as a stream of Arrow batches."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from disclosure_trends.errors import DisclosureTrendsError, SettingsError
from disclosure_trends.logs.formats.frames import arrow_batches, plan_of, stage_batches
from disclosure_trends.logs.formats.header import ColumnPlan
from disclosure_trends.logs.formats.tables import narrow_plan
from disclosure_trends.logs.formats.text import Item, Staged
from disclosure_trends.logs.shown import refusal, shown

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

_SCHEMES = ("postgresql://", "postgres://")
_FROM_ENVIRONMENT = "env:"
_NATIVE = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_timestamp,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseQuery:
    """A log that a PostgreSQL database holds.

    Parameters
    ----------
    uri : str
        Where the database is, as ``postgresql://user@host/name``; never shown. A text
        ``env:NAME`` is read from that environment variable, so that a password stands
        neither in a notebook nor on a command line.
    query : str
        One SELECT; its columns are those of the log. It runs in a read-only
        transaction.
    """

    uri: str = field(repr=False)
    query: str


def stage_query(source: DatabaseQuery, item: Item) -> Staged:
    """Stage the rows of a query.

    Raises
    ------
    RequestLogError
        The database cannot be reached, the query fails, or a column is missing.
    SettingsError
        The address is of another kind, or the driver is not installed.
    """
    query = source.query.strip().rstrip(";")
    with _connected(_address(source.uri)) as connection, connection.cursor() as cursor:
        with _explained(item.where):
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            cursor.execute(f"SELECT * FROM ({query}\n) AS log LIMIT 0")
            schema = cursor.fetch_arrow_table().schema
        plan = plan_of(tuple(schema.names), item)
        with _explained(item.where):
            cursor.execute(f"SELECT {_selected(plan, schema)} FROM ({query}\n) AS log")
            reader = cursor.fetch_record_batch()
        narrow = narrow_plan(plan)
        with _explained(item.where):
            batches = arrow_batches(reader, narrow)
            staged = stage_batches(batches, narrow, item, kind="query")
    unknown = len(plan.header) - len(plan.positions)
    return replace(staged, file=replace(staged.file, unknown_columns=unknown))


def _selected(plan: ColumnPlan, schema: pa.Schema) -> str:
    """Return the select list: what Arrow has no plain type for is cast to text."""
    columns = []
    for i in plan.positions:
        name = '"' + schema.field(i).name.replace('"', '""') + '"'
        kind = schema.field(i).type
        plain = any(test(kind) for test in _NATIVE)
        columns.append(name if plain else f"{name}::text AS {name}")
    return ", ".join(columns)


def _address(uri: str) -> str:
    if uri.startswith(_FROM_ENVIRONMENT):
        name = uri.removeprefix(_FROM_ENVIRONMENT)
        if name not in os.environ:
            message = (
                f"DatabaseQuery.uri: the environment has no variable {shown(name)}; "
                "'env:NAME' is read from the environment; set it"
            )
            raise SettingsError(message)
        uri = os.environ[name]
    if not uri.startswith(_SCHEMES):
        message = (
            "DatabaseQuery.uri: not the address of a PostgreSQL database; it begins "
            "with 'postgresql://'; for other databases give an Arrow reader"
        )
        raise SettingsError(message)
    return uri


@contextmanager
def _connected(uri: str) -> "Iterator[Connection]":
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        message = (
            "DatabaseQuery: the PostgreSQL driver is not installed; it is an extra; "
            "install disclosure-trends[sql]"
        )
        raise SettingsError(message) from error
    with _explained("the database"):
        connection = dbapi.connect(uri)
    with connection:
        yield connection


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """Turn the driver's errors into refusals that quote no row and no address."""
    from adbc_driver_manager import dbapi

    try:
        yield
    except DisclosureTrendsError:
        raise
    except (dbapi.Error, pa.ArrowException, OSError) as error:
        raise refusal(
            where,
            f"the database refuses ({_reason(error)})",
            "a query is one SELECT that the user may run",
            "run it in the database's own client first",
        ) from None


def _reason(error: Any) -> str:
    state = getattr(error, "sqlstate", None)
    if not state:
        return "no connection, or no answer"
    # Class 42 speaks of the query's own words; others can quote values of rows.
    text = str(error).splitlines()[0] if str(state).startswith("42") else ""
    return f"SQLSTATE {state}" + (f": {shown(text, longest=200)}" if text else "")
