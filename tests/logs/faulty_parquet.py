"""Parquet files with one fault each, or with what a column may hold besides text."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
from logs.faulty import COLUMNS, GOOD, Fault, good_rows

ALL = frozenset(range(GOOD))


def table(**columns: pa.Array) -> pa.Table:
    """The good rows as an Arrow table, some columns exchanged."""
    rows = good_rows()
    own = {c: pa.array([r[c] or None for r in rows]) for c in COLUMNS}
    return pa.table(own | columns)


def stored(source: pa.Table, **how: object) -> bytes:
    """The bytes of a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(source, buffer, **how)
    return buffer.getvalue()


def moments(
    unit: str, zone: str | None, *, shift: timedelta = timedelta(0)
) -> pa.Array:
    """The times of receipt as timestamps."""
    times = [
        datetime.fromisoformat(r["received_at"]).astimezone(UTC) + shift
        for r in good_rows()
    ]
    plain = [t.replace(tzinfo=None) for t in times]
    return (
        pa.array(plain, pa.timestamp(unit)).cast(pa.timestamp(unit, zone))
        if zone is None
        else pa.array(times, pa.timestamp(unit, zone))
    )


def asked(kind: pa.DataType) -> pa.Array:
    """The accounts asked for as numbers."""
    values = [int(r["accounts_requested"]) for r in good_rows()]
    return pa.array(
        [Decimal(v) if pa.types.is_decimal(kind) else v for v in values], kind
    )


def holes() -> pa.Array:
    """The accounts asked for, row 8 not a number and row 9 a fraction."""
    values = [float(r["accounts_requested"]) for r in good_rows()]
    values[8:10] = [float("nan"), 1.5]
    return pa.array(values)


def flipped() -> bytes:
    """One bit of one page turned over, under checksums."""
    how = {"compression": "none", "use_dictionary": False, "write_page_checksum": True}
    data = bytearray(stored(table(), **how))
    data[data.index(b"Court 0 of X") + 3] ^= 1
    return bytes(data)


def parquet(name: str, make: Callable[[], bytes], **more: object) -> Fault:
    """A Parquet file of which all good rows must come out, unless said otherwise."""
    return Fault(category="parquet", name=name, make=make, **more)  # type: ignore[arg-type]


NINE_HOURS = timedelta(hours=9)
EXTRA = pa.array([{"phone": "+49 151 2345678", "tags": ["a"]}] * GOOD)
PARQUET = (
    *(
        parquet(
            f"moments_{unit}.parquet",
            lambda unit=unit: stored(table(received_at=moments(unit, "UTC"))),
        )
        for unit in ("s", "ms", "us", "ns")
    ),
    parquet(
        "moments_of_berlin.parquet",
        lambda: stored(table(received_at=moments("us", "Europe/Berlin"))),
    ),
    parquet(
        "int96.parquet",
        lambda: stored(
            table(received_at=moments("ns", None)), use_deprecated_int96_timestamps=True
        ),
    ),
    parquet(
        "naive_tokyo.parquet",
        lambda: stored(table(received_at=moments("us", None, shift=NINE_HOURS))),
        read={"source_timezone": "Asia/Tokyo"},
    ),
    parquet(
        "counts_as_decimals.parquet",
        lambda: stored(table(accounts_requested=asked(pa.decimal128(9, 2)))),
    ),
    parquet(
        "counts_as_floats.parquet",
        lambda: stored(table(accounts_requested=asked(pa.float64()))),
    ),
    parquet(
        "nan_and_fraction.parquet",
        lambda: stored(table(accounts_requested=holes())),
        out=frozenset({8, 9}),
        codes={9: "missing_count", 10: "non_integer_count"},
    ),
    parquet(
        "numeric_ids.parquet",
        lambda: stored(table(request_id=pa.array(range(2**53, 2**53 + GOOD)))),
        truth={i: {"request_id": str(2**53 + i)} for i in range(GOOD)},
    ),
    parquet(
        "dictionaries.parquet",
        lambda: stored(
            table(
                country=pa.array(
                    [r["country"] for r in good_rows()]
                ).dictionary_encode()
            )
        ),
    ),
    parquet("nested_extra.parquet", lambda: stored(table(contact=EXTRA))),
    parquet("two_row_groups.parquet", lambda: stored(table(), row_group_size=7)),
    parquet(
        "no_rows.parquet",
        lambda: stored(table().slice(0, 0)),
        out=ALL,
        check="no requests",
    ),
    parquet("flipped_bit.parquet", flipped, refused=("checksum",)),
    parquet("cut.parquet", lambda: stored(table())[:-30], refused=("Parquet",)),
    parquet("login.parquet", lambda: b"<html>Sign in</html>", refused=("HTML",)),
    parquet(
        "no_country.parquet",
        lambda: stored(table().drop_columns(["country"])),
        refused=("country", "request_id"),
    ),
    parquet("under_another_name.csv", lambda: stored(table())),
)
