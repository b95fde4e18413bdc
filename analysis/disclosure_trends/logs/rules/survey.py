"""One scan before cleaning: which spellings there are, how dates are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import duckdb

from disclosure_trends.errors import RequestLogError
from disclosure_trends.logs.database import run
from disclosure_trends.logs.marks import COUNTS, INSTANTS, SURVEYED
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.rules.instants import DAY_MONTH_YEAR, WINDOW
from disclosure_trends.logs.rules.typed import PLAIN_COUNT

_LONGEST: Final = 1_000
SPELLINGS_CAP: Final = 100_000
"""Distinct spellings of one column that are looked up; rarer ones stay unmapped."""

DateOrder = Literal["dmy", "mdy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateEvidence:
    """How the dates of one column of one file are written.

    Attributes
    ----------
    filled : int
        Cells that are not empty.
    slashed : int
        Those written as two short numbers and a year, such as 04/07/2024.
    first_above, second_above : int
        Those of `slashed` whose first (second) part exceeds 12.
    proof_row : int or None
        First row that proves an order.
    windows : int
        Cells that hold a month or an interval instead of a day.
    unmarked : int
        Cells that are neither empty, nor a mere day, nor end with ``Z`` or an offset.
    """

    filled: int
    slashed: int
    first_above: int
    second_above: int
    proof_row: int | None
    windows: int
    unmarked: int

    @property
    def proved(self) -> DateOrder | None:
        """The order that the column proves; None if none, or if it mixes both."""
        if self.first_above and not self.second_above:
            return "dmy"
        if self.second_above and not self.first_above:
            return "mdy"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What one scan found in one file.

    Attributes
    ----------
    rows : int
        Records without a structural fault.
    spellings : mapping of str to mapping of str to int
        Column -> spelling -> how often; of counts only the odd ones.
    dates : mapping of str to DateEvidence
        By column of dates.
    """

    rows: int
    spellings: Mapping[str, Mapping[str, int]]
    dates: Mapping[str, DateEvidence]


def survey_file(
    database: duckdb.DuckDBPyConnection,
    rows: str,
    *,
    columns: tuple[str, ...],
    terms: tuple[str, ...] = (),
) -> Survey:
    """Scan one file's records.

    Parameters
    ----------
    database : duckdb.DuckDBPyConnection
        Where to run.
    rows : str
        SQL query of the file's staged records.
    columns : tuple of str
        Canonical columns that the file holds.
    terms : tuple of str
        Text columns of which spellings are asked for too, because the analyst maps
        some.

    Returns
    -------
    Survey
        Spellings with their counts, and the evidence about dates.
    """
    whole = f"SELECT * FROM ({rows}) WHERE structural IS NULL"
    wanted = dict.fromkeys((*SURVEYED, *COUNTS, *terms))
    mapped = tuple(column for column in wanted if column in columns)
    dated = tuple(column for column in INSTANTS if column in columns)
    total, dates = _survey_dates(database, whole, dated)
    return Survey(
        rows=total,
        spellings=_survey_spellings(database, whole, mapped) if mapped else {},
        dates=dates,
    )


def _survey_spellings(
    database: duckdb.DuckDBPyConnection, rows: str, columns: tuple[str, ...]
) -> dict[str, dict[str, int]]:
    keys = [f"coalesce({c}, '') AS {c}" for c in columns]
    for n, column in enumerate(columns):
        if column in COUNTS:
            keys[n] = (
                f"CASE WHEN regexp_full_match({column}, {PLAIN_COUNT}) THEN NULL "
                f"ELSE coalesce({column}, '') END AS {column}"
            )
    # GROUPING tells a column that is not in the set from a cell that is NULL.
    which = " + ".join(f"{n} * (1 - GROUPING({c}))" for n, c in enumerate(columns))
    sets = ", ".join(f"({column})" for column in columns)
    query = (
        f"SELECT which, coalesce({', '.join(columns)}) AS spelling, n FROM ("
        f"SELECT {which} AS which, {', '.join(columns)}, count(*) AS n "
        f"FROM (SELECT {', '.join(keys)} FROM ({rows})) "
        f"GROUP BY GROUPING SETS ({sets})) WHERE strlen(spelling) <= {_LONGEST} "
        "QUALIFY row_number() OVER (PARTITION BY which ORDER BY n DESC, spelling) "
        f"<= {SPELLINGS_CAP} ORDER BY which, n DESC, spelling"
    )
    found: dict[str, dict[str, int]] = {column: {} for column in columns}
    for which_one, spelling, n in run(database, query):
        found[columns[which_one]][spelling] = n
    return found


def _survey_dates(
    database: duckdb.DuckDBPyConnection, rows: str, columns: tuple[str, ...]
) -> tuple[int, dict[str, DateEvidence]]:
    # What begins as 20 and a digit is no day/month/year; if it ends with Z it is no
    # window either, and has its offset. What is left is searched, part by part.
    this_century = "{0} >= '2000' AND {0} < '20:'"
    odd, parts_of, parts = [], [], ["count(*)"]
    for c in columns:
        plain = f"{this_century.format(c)} AND suffix({c}, 'Z')"
        odd.append(f"CASE WHEN NOT ({plain}) THEN {c} END AS odd_{c}")
        parts_of.append(
            f"CASE WHEN {this_century.format(f'odd_{c}')} THEN NULL "
            f"WHEN regexp_matches(odd_{c}, {DAY_MONTH_YEAR}) THEN "
            f"regexp_extract(odd_{c}, {DAY_MONTH_YEAR}, ['a', 'b']) END AS parts_{c}"
        )
        first, second = (f"parts_{c}.{part}::INTEGER > 12" for part in "ab")
        parts += [
            f"count(*) FILTER ({c} <> '')",
            f"count(parts_{c})",
            f"count(*) FILTER ({first})",
            f"count(*) FILTER ({second})",
            f"min(source_row) FILTER (({first}) <> ({second}))",
            f"count(*) FILTER (CASE WHEN NOT contains(odd_{c}, ':') THEN "
            f"regexp_full_match(odd_{c}, {WINDOW}) END)",
            f"count(*) FILTER (CASE WHEN strlen(odd_{c}) NOT IN (0, 10) AND NOT "
            f"suffix(odd_{c}, 'Z') THEN NOT "
            f"regexp_matches(odd_{c}, '[+-]\\d\\d:?\\d\\d$') END)",
        ]
    rows = f"SELECT {', '.join(['*', *odd])} FROM ({rows})"
    rows = f"SELECT {', '.join(['*', *parts_of])} FROM ({rows})"
    row = run(database, f"SELECT {', '.join(parts)} FROM ({rows})")[0]
    return row[0], {
        column: DateEvidence(
            filled=row[1 + 7 * n],
            slashed=row[2 + 7 * n],
            first_above=row[3 + 7 * n],
            second_above=row[4 + 7 * n],
            proof_row=row[5 + 7 * n],
            windows=row[6 + 7 * n],
            unmarked=row[7 + 7 * n],
        )
        for n, column in enumerate(columns)
    }


def decide_date_orders(
    survey: Survey, *, read: ReadOptions, where: str
) -> dict[str, DateOrder]:
    """Decide, by column, whether day or month comes first.

    Parameters
    ----------
    survey : Survey
        What the scan found.
    read : ReadOptions
        Its `date_order` counts where the column proves nothing.
    where : str
        Name of the file, for messages.

    Returns
    -------
    dict of str to str
        Column -> ``dmy`` or ``mdy``; columns without an order are left out: their few
        such records are ``ambiguous_date``.

    Raises
    ------
    RequestLogError
        If the order cannot be known and the records are the column's substance, or if
        the cells are months or intervals.
    """
    orders: dict[str, DateOrder] = {}
    for column, seen in survey.dates.items():
        if seen.windows * 2 > seen.filled:
            raise RequestLogError(
                f"{where}, column {column}: {seen.windows} of {seen.filled} dates are "
                "months or intervals; a request has a day; figures over windows are "
                "read with load_published"
            )
        order = read.date_order or seen.proved
        if order is not None:
            orders[column] = order
        elif seen.slashed > read.max_quarantine_share * max(survey.rows, 1):
            raise RequestLogError(f"{where}, column {column}: {_unknown_order(seen)}")
    return orders


def _unknown_order(seen: DateEvidence) -> str:
    if seen.first_above:
        return (
            f"{seen.first_above} dates have a first part above 12 and "
            f"{seen.second_above} a second part above 12, so day and month come in "
            "both orders; one order per column is allowed; separate the two exports, "
            'or set date_order="dmy" or "mdy" and let the other rows be quarantined'
        )
    return (
        f"{seen.slashed} dates such as 04/07/2024 can be read day first or month first "
        "and no row proves which; allowed are YYYY-MM-DD or a known order; set "
        'date_order="dmy" or date_order="mdy"'
    )


def describe_order(order: DateOrder, seen: DateEvidence, *, declared: bool) -> str:
    """Say by what the order of a column is known.

    Parameters
    ----------
    order : str
        ``dmy`` or ``mdy``.
    seen : DateEvidence
        Of the column.
    declared : bool
        Whether the analyst declared it.

    Returns
    -------
    str
        For the ledger.
    """
    above = seen.first_above if order == "dmy" else seen.second_above
    part = "first" if order == "dmy" else "second"
    if seen.proved == order:
        return (
            f"{order}: proved by {above} rows whose {part} part is above 12, "
            f"the first is row {seen.proof_row}"
        )
    return f"{order}: declared" if declared else f"{order}: not needed"
