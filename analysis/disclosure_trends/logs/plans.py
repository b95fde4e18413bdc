"""Looks at every file of a log once, and decides how each is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from disclosure_trends.logs.rules.lookups import Spellings, map_survey
from disclosure_trends.logs.rules.plan import plan_reading
from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.logs.rules.survey import (
    Survey,
    decide_date_orders,
    survey_file,
)
from disclosure_trends.logs.shown import shown
from disclosure_trends.logs.stage import Stage, StagedFile
from disclosure_trends.vocabulary.columns import columns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """One file: what was found in it, and how it is read.

    Attributes
    ----------
    file : StagedFile
        What its bytes told.
    survey : Survey
        What one scan of its records found.
    reading : Reading
        All that the rules depend on.
    spellings : mapping
        What every spelling means.
    """

    file: StagedFile
    survey: Survey
    reading: Reading
    spellings: Spellings


def plan_files(
    database: duckdb.DuckDBPyConnection, stage: Stage, *, as_of: date
) -> list[FilePlan]:
    """Decide how each file of a log is read; no record is judged yet.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where, with the macros of the rules.
    stage : Stage
        The staged records.
    as_of : datetime.date
        Last day that is known of.

    Returns
    -------
    list of FilePlan
        In the order of the files.

    Raises
    ------
    RequestLogError
        If day and month of a file cannot be told apart.
    """
    numbers = range(len(stage.files))
    return [_plan(database, stage, number, as_of) for number in numbers]


def no_ids(plans: Sequence[FilePlan]) -> list[str]:
    """Name the files of which the rows have no ids of their own."""
    return [plan.file.name for plan in plans if plan.reading.ids_are_rows]


def _plan(
    database: duckdb.DuckDBPyConnection, stage: Stage, number: int, as_of: date
) -> FilePlan:
    file = stage.files[number]
    read = file.options
    columns = tuple(column for column in stage.columns if column in file.columns)
    words = tuple(c for c in read.terms if c in columns_of("text"))
    rows = stage.select_file(file.name)
    survey = survey_file(database, rows, columns=columns, terms=words)
    reading = plan_reading(
        columns,
        staged=stage.columns,
        name=file.name,
        number=number,
        read=read,
        orders=decide_date_orders(survey, read=read, where=shown(file.name)),
        offset_only=frozenset(c for c, d in survey.dates.items() if not d.unmarked),
        as_of=as_of,
        unended=file.unended,
    )
    spellings = map_survey(survey, reading=reading, read=read)
    return FilePlan(file=file, survey=survey, reading=reading, spellings=spellings)
