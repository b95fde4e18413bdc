"""What the typed records of a file hold, and how they are read back."""

from disclosure_trends.logs.database import quote_text
from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.vocabulary.columns import COLUMNS, ColumnSpec

_TYPES = {"instant": "BIGINT", "count": "BIGINT", "flag": "BOOLEAN"}


def stored_query(parquet: str, *, reading: Reading) -> str:
    """Write the query that reads back the typed records of one file.

    Columns that the file does not record, and what is the same in all of its rows, are
    not stored: they are added here.

    Parameters
    ----------
    parquet : str
        SQL literal of the Parquet file.
    reading : Reading
        How the file was read.

    Returns
    -------
    str
        All columns of typed records, in one order for every file.
    """
    columns = [
        column.name
        if is_stored(column, reading)
        else f"NULL::{_TYPES.get(column.kind, 'VARCHAR')} AS {column.name}"
        for column in COLUMNS
    ]
    columns += [
        "is_valid, on_designated_line, source_row, reasons, repairs, warnings",
        "is_repeated, raw, raw_row",
        f"{quote_text(reading.name)} AS source_file",
        f"{reading.number}::INTEGER AS file_number",
        # A line may hold several records, so that its number does not name one.
        "file_row_number AS record",
    ]
    rows = f"read_parquet({parquet}, file_row_number = true)"
    return f"SELECT {', '.join(columns)} FROM {rows}"


def is_stored(column: ColumnSpec, reading: Reading) -> bool:
    """Say whether a column stands in a file's typed records.

    Parameters
    ----------
    column : ColumnSpec
        The column.
    reading : Reading
        How the file is read.

    Returns
    -------
    bool
        False where all its values would be null.
    """
    by_row = column.name == "accounts_requested" and reading.rows_are_accounts
    return by_row or column.kind == "id" or reading.has(column.name)
