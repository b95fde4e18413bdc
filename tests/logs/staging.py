"""Stages a source in a folder of its own and reads the stage back."""

from pathlib import Path

import duckdb
from logs.bad_files import BadFile

from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.sources import Source, stage_source
from disclosure_trends.logs.stage import Stage

Rows = list[dict[str, object]]


def stage(
    source: Source, folder: Path, *, read: ReadOptions | None = None, **how: bool
) -> tuple[Stage, Rows]:
    """Stage a source and return the stage and its rows in their order."""
    target = folder / "stage"
    target.mkdir()
    staged = stage_source(source, read=read or ReadOptions(), folder=target, **how)
    return staged, read_back(staged)


def stage_file(file: BadFile, folder: Path, **how: bool) -> tuple[Stage, Rows]:
    """Write a file, stage it and return the stage and its rows."""
    path = folder / file.name
    path.write_bytes(file.data())
    return stage(path, folder, read=file.read, **how)


def read_back(staged: Stage) -> Rows:
    """Return the rows of a stage as its query gives them."""
    with duckdb.connect(config={"threads": 1}) as connection:
        relation = connection.sql(staged.select()).order("source_file, source_row")
        names = relation.columns
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
