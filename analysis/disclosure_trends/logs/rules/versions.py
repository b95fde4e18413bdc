"""Which version of a request counts: the DuckDB text that ranks repeated ids.

Versions are compared as a whole: equal ones are repeats, later ones supersede earlier
ones, and where nothing tells which of two answers is newer, none is kept.
"""

from disclosure_trends.logs.marks import warning_bit
from disclosure_trends.vocabulary.columns import COLUMNS, Group

_DATES = "received_at, closed_at"
_SET_ASIDE = "starts_with(fate, 'duplicate')"
# Their values are numbers or words of our own: none holds the mark between columns.
_CLOSED = ("instant", "count", "flag", "country", "term")


def ranked_query(
    typed: str, *, end_us: int, account_files: tuple[int, ...], later_file_wins: bool
) -> str:
    """Write the query that gives each usable record of a repeated id its fate.

    Parameters
    ----------
    typed : str
        SQL query of the typed records.
    end_us : int
        First microsecond after ``as_of``: a version written later gives way to one
        that was known by then.
    account_files : tuple of int
        Numbers of the files in which a row is an account.
    later_file_wins : bool
        Whether a later file replaces the ids of an earlier one.

    Returns
    -------
    str
        The columns of `typed` and ``fate``: ``clean``, ``superseded``,
        ``duplicate_exact`` or ``duplicate_conflict``; the raw texts of the last two
        alone.
    """
    everything = _content("identity", "reported", "free text", "bookkeeping")
    last = "file_number = last_file" if later_file_wins else "true"
    steps = {
        "candidates": f"SELECT * EXCLUDE (raw, raw_row) FROM ({typed}) "
        "WHERE is_repeated AND reasons = 0",
        "orders": _orders(account_files, everything),
        # From here on only what tells versions apart, each written once.
        "files": "SELECT request_id, file_number, record, source_row, logged_at, "
        "acknowledged_at, max(file_number) OVER (PARTITION BY request_id) AS "
        f"last_file, CASE WHEN updated_at >= {end_us} THEN -updated_at ELSE "
        f"updated_at END AS version, {everything} AS content, {_content('reported')} "
        f"AS answer, {_content('free text')} AS wording FROM orders WHERE place = 1",
        "copies": "SELECT *, row_number() OVER (PARTITION BY request_id, content "
        f"ORDER BY file_number, source_row, record) AS copy FROM files WHERE {last}",
        "versions": "SELECT *, count(version) OVER ids IN (0, count(*) OVER ids) "
        "AS is_dated, max(version) OVER ids AS newest FROM copies WHERE copy = 1 "
        "WINDOW ids AS (PARTITION BY request_id)",
        "newest_versions": "SELECT *, count(*) OVER ids AS rivals, "
        "min(answer) OVER ids <> max(answer) OVER ids AS differs, "
        "min(wording) OVER ids <> max(wording) OVER ids AS reworded, row_number() "
        "OVER (PARTITION BY request_id ORDER BY logged_at, acknowledged_at, content) "
        "AS rank FROM versions WHERE version IS NOT DISTINCT FROM newest OR NOT "
        "is_dated WINDOW ids AS (PARTITION BY request_id)",
        "faulty": "SELECT request_id, max(updated_at) AS faulty_version FROM "
        f"({typed}) WHERE is_repeated AND reasons <> 0 GROUP BY request_id",
        "fates": _fates(later_file_wins=later_file_wins),
        # Grouped by itself: a window over whole records would hold them in memory.
        "look_alikes": "SELECT lower(trim(request_id)) AS bare FROM orders JOIN fates "
        "USING (file_number, record) WHERE fate = 'clean' GROUP BY bare "
        "HAVING min(request_id) <> max(request_id)",
        "marks": _marks(),
        "raws": f"SELECT file_number, record, raw, raw_row FROM ({typed}) SEMI "
        f"JOIN (FROM marks WHERE {_SET_ASIDE}) USING (file_number, record)",
    }
    chain = ", ".join(f"{name} AS ({query})" for name, query in steps.items())
    # Raw texts are long: they are fetched for those alone that are quarantined.
    return (
        f"WITH {chain} {_marked('NULL AS raw, NULL AS raw_row')} "
        f"WHERE NOT {_SET_ASIDE} UNION ALL {_marked('raw, raw_row')} JOIN raws "
        f"USING (file_number, record) WHERE {_SET_ASIDE}"
    )


def _content(*groups: Group) -> str:
    """Write columns as one text that is equal where all of them are equal."""
    cells = []
    for c in COLUMNS:
        if c.group in groups and c.name != "request_id":
            text = f"{c.name}::VARCHAR"
            if c.kind not in _CLOSED:
                text = f"replace({text}, chr(31), '')"
            cells.append(f"coalesce({text}, chr(30))")
    return f"md5_number(concat_ws(chr(31), {', '.join(cells)}))"


def _orders(account_files: tuple[int, ...], everything: str) -> str:
    """Join the accounts of one order into one request."""
    if not account_files:
        return "SELECT *, 1 AS place, 1 AS accounts FROM candidates"
    files = ", ".join(str(number) for number in account_files)
    given = "outcome IN ('disclosed', 'partially_disclosed')"
    differing = "min(outcome) OVER one <> max(outcome) OVER one"
    mixed = f"(bool_or({given}) OVER one AND {differing})"
    account = f"file_number IN ({files})"
    key = (
        f"PARTITION BY file_number, request_id, {_DATES}, "
        f"CASE WHEN {account} THEN 0 ELSE record END"
    )
    return (
        "SELECT * REPLACE ("
        f"CASE WHEN {account} THEN count(*) OVER one ELSE accounts_requested END AS "
        "accounts_requested, "
        f"CASE WHEN {account} THEN sum(accounts_disclosed) OVER one ELSE "
        "accounts_disclosed END::BIGINT AS accounts_disclosed, "
        f"CASE WHEN {account} AND {mixed} THEN 'partially_disclosed' ELSE outcome END "
        "AS outcome, "
        f"CASE WHEN {account} AND {mixed} AND validity IS NULL THEN true ELSE is_valid "
        "END AS is_valid), "
        f"row_number() OVER ({key} ORDER BY {everything}, source_row, record) AS "
        "place, "
        f"count(*) OVER one AS accounts FROM candidates WINDOW one AS ({key})"
    )


def _fates(*, later_file_wins: bool) -> str:
    """Collect every candidate with its fate, each exactly once."""
    parts = [
        "SELECT file_number, record, 'superseded' AS fate, false AS tied "
        "FROM orders WHERE place > 1",
        "SELECT file_number, record, 'duplicate_exact', false FROM copies "
        "WHERE copy > 1",
        "SELECT file_number, record, 'superseded', false FROM versions "
        "WHERE NOT (version IS NOT DISTINCT FROM newest OR NOT is_dated)",
        "SELECT file_number, record, CASE WHEN differs THEN 'duplicate_conflict' "
        "WHEN rank = 1 THEN 'clean' ELSE 'superseded' END, rivals > 1 AND reworded "
        "FROM newest_versions",
    ]
    if later_file_wins:
        parts.append(
            "SELECT file_number, record, 'superseded', false FROM files "
            "WHERE file_number < last_file"
        )
    return " UNION ALL ".join(parts)


def _marked(raw: str) -> str:
    return (
        "SELECT orders.* EXCLUDE (place, accounts) REPLACE (warnings | added AS "
        f"warnings), {raw}, fate FROM orders JOIN marks USING (file_number, record)"
    )


def _marks() -> str:
    """Add to each fate what there is to know of a clean record."""
    marks = (
        ("tie_between_versions", "tied"),
        ("account_rows_joined", "accounts > 1"),
        ("newer_version_quarantined", "faulty_version > coalesce(updated_at, 0)"),
        (
            "possible_duplicate",
            "lower(trim(request_id)) IN (SELECT bare FROM look_alikes)",
        ),
    )
    added = " | ".join(
        f"CASE WHEN {condition} THEN {warning_bit(name)} ELSE 0 END"
        for name, condition in marks
    )
    return (
        "SELECT file_number, record, fate, "
        f"CASE WHEN fate = 'clean' THEN {added} ELSE 0 END AS added "
        "FROM (SELECT file_number, record, request_id, updated_at, accounts FROM "
        "orders) JOIN fates USING (file_number, record) LEFT JOIN faulty USING "
        "(request_id)"
    )
