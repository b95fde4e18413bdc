"""The cleaning job in Polars: lazy expressions, words joined once per spelling."""

import sys
from datetime import datetime
from pathlib import Path

import polars as pl

from disclosure_trends.vocabulary.reasons import reason_codes
from tests.benchmarks.job import (
    AS_OF_END,
    LAYOUTS,
    MAPPED,
    MIN_DATE,
    NAIVE,
    OWN,
    REPORTED,
    meanings,
    write_figures,
)

_END = pl.lit(datetime.fromisoformat(AS_OF_END))
_FIRST = pl.lit(datetime.fromisoformat(MIN_DATE))
_OF_DATES = (
    "missing_date",
    "unparsed_date",
    "invalid_date",
    "nonexistent_local_time",
    "ambiguous_local_time",
    "before_min_date",
    "future_date",
    "closed_before_received",
    "zero_requested",
)


def clean(source: Path, folder: Path) -> None:
    """Clean the log and write the clean, the superseded and the quarantined rows."""
    raw = pl.read_parquet(source, columns=list(OWN), row_index_name="place")
    raw = raw.rename(OWN).with_columns(pl.col("place").cast(pl.Int64) + 1)
    frame = _typed(raw)
    usable = frame.filter(pl.col("code") == "")
    fates = _versions(usable)
    again = fates.select("place", "fate")
    frame = frame.join(again, on="place", how="left", maintain_order="left")
    fate = (
        pl.when(pl.col("code") != "").then("code").otherwise("fate").fill_null("clean")
    )
    frame = frame.with_columns(fate=fate)
    kept = frame.filter(pl.col("fate") == "clean").drop("code", "fate")
    older = frame.filter(pl.col("fate") == "superseded")
    kept.write_parquet(folder / "requests.parquet", compression="zstd")
    older.write_parquet(folder / "superseded.parquet", compression="zstd")
    aside = frame.filter(~pl.col("fate").is_in(["clean", "superseded"]))
    raw.join(aside.select("place", "fate"), on="place").write_parquet(
        folder / "quarantine.parquet", compression="zstd"
    )
    cells = kept.group_by(
        pl.col("received_at").dt.strftime("%Y-%m"), "country", "channel", "outcome"
    ).agg(pl.len(), pl.col("accounts_requested").sum())
    rows = {
        str(name): found["place"].to_list()
        for (name,), found in frame.select("place", "fate").group_by("fate")
    }
    write_figures(folder, cells=cells.iter_rows(), rows=rows)


def _typed(raw: pl.DataFrame) -> pl.DataFrame:
    zones = raw["source_timezone"].fill_null("").unique().to_list()
    lazy, codes = raw.lazy(), set(_OF_DATES)
    for column in ("received_at", "closed_at", "updated_at"):
        lazy = lazy.with_columns(pl.col(column).fill_null("").alias(f"text_{column}"))
        lazy = lazy.with_columns(_walls(column)).with_columns(_moments(column, zones))
    for column in (*MAPPED, "accounts_requested"):
        found = meanings(column, raw[column].unique().to_list())
        codes |= {code for _, code in found.values()}
        kind = pl.Int64 if column == "accounts_requested" else pl.String
        words = pl.LazyFrame(
            {
                column: list(found),
                f"v_{column}": pl.Series([v for v, _ in found.values()], dtype=kind),
                f"f_{column}": [code for _, code in found.values()],
            }
        )
        lazy = lazy.join(words, on=column, how="left", maintain_order="left")
    late = (pl.col("us_closed_at") >= _END).fill_null(value=False)
    lazy = lazy.with_columns(
        us_closed_at=pl.when(~late).then("us_closed_at"),
        v_outcome=pl.when(late).then(pl.lit("pending")).otherwise("v_outcome"),
    )
    code = pl.lit("")
    marks = _marks(codes - {""})
    for name in reversed(reason_codes()):
        if name in marks:
            code = (
                pl.when(marks[name].fill_null(value=False))
                .then(pl.lit(name))
                .otherwise(code)
            )
    return lazy.select(
        "place",
        "request_id",
        *(
            pl.col(f"us_{c}").alias(c)
            for c in ("received_at", "closed_at", "updated_at")
        ),
        *(pl.col(f"v_{c}").alias(c) for c in (*MAPPED, "accounts_requested")),
        "authority",
        "source_timezone",
        "data_categories",
        code.alias("code"),
    ).collect()


def _walls(column: str) -> list[pl.Expr]:
    """Wall time, offset in seconds, and layout of a column of texts."""
    text = pl.col(f"text_{column}")
    wall, layout = pl.lit(None, pl.Datetime("us")), pl.lit(None, pl.String)
    for name, pattern in reversed(LAYOUTS.items()):
        if name.startswith("epoch"):
            seconds = text.str.slice(0, 10).cast(pl.Int64, strict=False)
            value = pl.from_epoch(seconds, time_unit="s").cast(pl.Datetime("us"))
        else:
            shape = name.removesuffix("Z").removesuffix("%z")
            length = {"%d/%m/%Y %H:%M": 16, "%b %d, %Y %I:%M %p": 21}.get(name, 19)
            value = text.str.slice(0, length).str.to_datetime(
                shape, strict=False, time_unit="us"
            )
        fits = text.str.contains(pattern)
        wall = pl.when(fits).then(value).otherwise(wall)
        layout = pl.when(fits).then(pl.lit(name)).otherwise(layout)
    sign = pl.when(text.str.slice(19, 1) == "-").then(-1).otherwise(1)
    hours, minutes = (
        text.str.slice(n, 2).cast(pl.Int64, strict=False) for n in (20, 23)
    )
    offset = pl.when(layout == "%Y-%m-%dT%H:%M:%S%z").then(
        sign * (hours * 60 + minutes)
    )
    return [
        wall.alias(f"wall_{column}"),
        layout.alias(f"layout_{column}"),
        offset.fill_null(0).alias(f"minutes_{column}"),
    ]


def _moments(column: str, zones: list[str]) -> list[pl.Expr]:
    """Moment in UTC, and the code of its fault."""
    text, wall = pl.col(f"text_{column}"), pl.col(f"wall_{column}")
    naive = pl.col(f"layout_{column}").is_in(NAIVE)
    shifted = wall - pl.duration(minutes=pl.col(f"minutes_{column}"))
    moment = shifted.dt.replace_time_zone("UTC")
    fault = pl.lit("")
    for zone in zones:
        here = naive & (pl.col("source_timezone").fill_null("") == zone)
        some = pl.when(here).then(wall)
        early, late = (
            some.dt.replace_time_zone(
                zone or "UTC", ambiguous=which, non_existent="null"
            ).dt.convert_time_zone("UTC")
            for which in ("earliest", "latest")
        )
        moment = (
            pl.when(here & (early == late))
            .then(early)
            .otherwise(pl.when(here).then(None).otherwise(moment))
        )
        fault = (
            pl.when(here & wall.is_not_null() & early.is_null())
            .then(pl.lit("nonexistent_local_time"))
            .when(here & (early != late))
            .then(pl.lit("ambiguous_local_time"))
            .otherwise(fault)
        )
    fault = (
        pl.when(text == "")
        .then(pl.lit("missing_date"))
        .when(pl.col(f"layout_{column}").is_null())
        .then(pl.lit("unparsed_date"))
        .when(wall.is_null())
        .then(pl.lit("invalid_date"))
        .otherwise(fault)
    )
    return [moment.alias(f"us_{column}"), fault.alias(f"f_{column}")]


def _marks(codes: set[str]) -> dict[str, pl.Expr]:
    received, closed = pl.col("us_received_at"), pl.col("us_closed_at")
    wall, closed_wall = pl.col("wall_received_at"), pl.col("wall_closed_at")
    midnight = (wall == wall.dt.truncate("1d")) | (
        closed_wall == closed_wall.dt.truncate("1d")
    )
    days = (received.dt.truncate("1d") - closed.dt.truncate("1d")).dt.total_days()
    faults = [pl.col(f"f_{c}") for c in (*MAPPED, "accounts_requested", "received_at")]
    marks: dict[str, pl.Expr] = {}
    for name in codes:
        parts = [fault == name for fault in faults]
        if name != "missing_date":
            parts.append(pl.col("f_closed_at") == name)
        marks[name] = pl.any_horizontal(parts)
    marks["before_min_date"] |= received < _FIRST
    marks["future_date"] |= received >= _END
    marks["closed_before_received"] |= (closed < received) & ((days > 1) | ~midnight)
    marks["zero_requested"] |= pl.col("v_accounts_requested") == 0
    return marks


def _versions(usable: pl.DataFrame) -> pl.DataFrame:
    """Fates of the records of repeated ids."""
    content = [c for c in usable.columns if c not in ("place", "code")]
    some = usable.filter(pl.col("request_id").is_duplicated()).sort("place")
    written = pl.col("updated_at").dt.epoch("us")
    some = some.with_columns(
        copy=~pl.struct(content).is_first_distinct(),
        written=pl.when(pl.col("updated_at") < _END).then(written).otherwise(-written),
    )
    real = some.filter(~pl.col("copy"))
    best = pl.col("written") == pl.col("written").max().over("request_id")
    rivals = real.filter(best).with_columns(
        answers=pl.struct(REPORTED).n_unique().over("request_id"),
        rank=pl.int_range(pl.len()).over("request_id"),
    )
    fate = (
        pl.when(pl.col("answers") > 1)
        .then(pl.lit("duplicate_conflict"))
        .when(pl.col("rank") == 0)
        .then(pl.lit("clean"))
        .otherwise(pl.lit("superseded"))
    )
    return pl.concat(
        [
            rivals.select("place", fate=fate),
            real.filter(~best).select("place", fate=pl.lit("superseded")),
            some.filter("copy").select("place", fate=pl.lit("duplicate_exact")),
        ]
    )


if __name__ == "__main__":
    clean(Path(sys.argv[1]), Path(sys.argv[2]))
