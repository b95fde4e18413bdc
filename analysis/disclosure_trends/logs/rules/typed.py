"""The rules of cleaning, as the one DuckDB text that types, maps and judges records.

Mapping tables, zones and lines come in as tables, so that no word of a log or of an
analyst is ever part of a text that runs: inserted are canonical names, numbers and
constants of these modules.
"""

from collections.abc import Iterable
from typing import Final

from disclosure_trends.logs.marks import (
    COUNTS,
    INSTANTS,
    SURVEYED,
    repair_bits,
    warning_bit,
)
from disclosure_trends.logs.rules.instants import (
    BLANKS,
    instant_fault,
    instant_steps,
    macro_statements,
)
from disclosure_trends.logs.rules.mapping import NUMBERED, REJECTED, default_fault
from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.logs.rules.stored import is_stored
from disclosure_trends.vocabulary.columns import COLUMN_NAMES, COLUMNS, ColumnSpec
from disclosure_trends.vocabulary.reasons import reason_bit, reason_codes
from disclosure_trends.vocabulary.terms import FORMAL_GROUNDS

__all__ = ["PLAIN_COUNT", "macro_statements", "typed_query"]

PLAIN_COUNT: Final = "'[0-9]{1,6}'"
_DAY: Final = 86_400_000_000
_STRUCTURAL: Final = 16
_NOTHING_GIVEN = ("rejected", "withdrawn", "expired", "no_data")
_SOMETHING_GIVEN = ("disclosed", "partially_disclosed")
_SETTLED = ("outcome", "validity", "refusal_ground")
_OPTIONAL_DATES = tuple(c for c in INSTANTS if c not in ("received_at", "closed_at"))


def typed_query(rows: str, *, reading: Reading) -> str:
    """Write the query that types, maps and judges one file's records.

    Parameters
    ----------
    rows : str
        SQL query of the file's staged records.
    reading : Reading
        How the file is to be read.

    Returns
    -------
    str
        A query over the tables ``map_<column>``, ``zones``, ``zone_months``, ``lines``,
        ``constants``, ``empties`` and ``repeated``. It yields the canonical columns
        that are recorded (dates as microseconds since 1970), ``is_valid,
        on_designated_line, source_row, reasons, repairs, warnings, is_repeated, raw,
        raw_row``.
    """
    dated = tuple(column for column in INSTANTS if reading.has(column))
    steps = {
        "records": rows,
        "texts": f"SELECT {_texts(reading)} FROM records",
        **instant_steps(dated, reading=reading),
        "looked_up": _look_up(dated, reading),
        "settled": f"SELECT *, {', '.join(_settled(reading))} FROM looked_up",
        "judged": f"SELECT *, {_reasons(reading)} AS reasons, "
        f"{_is_repeated(reading)} AS is_repeated FROM settled",
    }
    chain = ", ".join(f"{name} AS ({query})" for name, query in steps.items())
    return f"WITH {chain} {_output(dated, reading)}"


def _words(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _bits(parts: Iterable[str]) -> str:
    return " | ".join(["0::BIGINT", *(f"({part})" for part in parts)])


def _texts(reading: Reading) -> str:
    """Take each column as its cell, its constant, or NULL where it is not recorded."""
    parts = ["source_file, source_row, structural, raw"]
    parts += [f'"{column}" AS raw_{column}' for column in reading.staged]
    for column in COLUMN_NAMES:
        cell = f"coalesce(\"{column}\", '')"
        if not reading.has(column):
            cell = "NULL::VARCHAR"
        elif column in reading.constants:
            cell = f"(SELECT value FROM constants WHERE name = '{column}')"
        elif column in reading.emptied:
            words = f"(SELECT word FROM empties WHERE name = '{column}')"
            cell = f"CASE WHEN {cell} IN {words} THEN '' ELSE {cell} END"
        if column == "request_id" and reading.ids_are_rows:
            cell = "source_file || ':' || source_row"
        parts.append(f"{cell} AS t_{column}")
    return ", ".join(parts)


def _look_up(dated: tuple[str, ...], reading: Reading) -> str:
    """Look up every spelling, and read plain counts."""
    columns = ["moments.*"]
    mapped = [c for c in SURVEYED if c != "source_timezone" and reading.has(c)]
    counts = [c for c in COUNTS if reading.has(c)]
    merged = sorted(reading.merged)
    joins = [
        f"LEFT JOIN map_{c} AS m_{c} ON m_{c}.spelling = t_{c}"
        for c in (*mapped, *counts, *merged)
    ]
    for c in mapped:
        columns += [
            f"m_{c}.value AS v_{c}",
            f"coalesce(m_{c}.fault, {default_fault(c)}) AS f_{c}",
        ]
    for c in counts:
        plain = f"regexp_full_match(t_{c}, {PLAIN_COUNT})"
        columns += [
            f"CASE WHEN {plain} THEN t_{c}::BIGINT ELSE m_{c}.number END AS n_{c}",
            f"CASE WHEN t_{c} = '' THEN 0 WHEN NOT {plain} THEN coalesce(m_{c}.fault, "
            f"{default_fault(c)}) WHEN t_{c}::BIGINT > {reading.max_accounts} THEN "
            f"{reason_bit('implausible_count')} ELSE 0 END AS f_{c}",
        ]
    columns += [f"m_{c}.number AS n_{c}" for c in NUMBERED if c in mapped]
    columns += [f"coalesce(m_{c}.repair, 0) AS r_{c}" for c in (*mapped, *counts)]
    columns += [f"{instant_fault(c, reading=reading)} AS f_{c}" for c in dated]
    columns += [f"coalesce(m_{c}.value, t_{c}) AS own_{c}" for c in merged]
    return f"SELECT {', '.join(columns)} FROM moments {' '.join(joins)}"


def _settled(reading: Reading) -> list[str]:
    """Know nothing that was decided after as_of: such a request is still open."""
    late = {"closed_at": "false", "validated_at": "false"}
    parts = []
    for c in INSTANTS:
        if not reading.has(c):
            parts.append(f"NULL::BIGINT AS s_{c}")
        elif c in late:
            late[c] = f"(f_{c} = 0 AND coalesce(us_{c} >= {reading.end_us}, false))"
            usable = f"f_{c} = 0 AND us_{c} < {reading.end_us}"
            parts.append(f"CASE WHEN {usable} THEN us_{c} END AS s_{c}")
        else:
            parts.append(f"CASE WHEN f_{c} = 0 THEN us_{c} END AS s_{c}")
    value = {c: f"v_{c}" if reading.has(c) else "NULL::VARCHAR" for c in SURVEYED}
    undecided = late["closed_at"]
    if reading.has("validated_at"):
        undecided = (
            f"{late['validated_at']} OR ({undecided} AND s_validated_at IS NULL)"
        )
    if reading.has("validity"):
        validity = (
            f"CASE WHEN {undecided} THEN 'not_assessed' ELSE {value['validity']} END"
        )
    else:
        validity = "NULL::VARCHAR"
    if reading.has("outcome"):
        outcome = f"CASE WHEN {late['closed_at']} THEN 'pending' ELSE v_outcome END"
    else:
        outcome = "NULL::VARCHAR"
    disclosed = "n_accounts_disclosed" if reading.has("accounts_disclosed") else "NULL"
    requested = "n_accounts_requested" if reading.has("accounts_requested") else "NULL"
    return [
        *parts,
        f"{late['closed_at']} AS closed_late",
        f"{late['validated_at']} AS validated_late",
        f"{outcome} AS s_outcome",
        f"{validity} AS s_validity",
        f"CASE WHEN NOT closed_late THEN {value['refusal_ground']} END AS "
        "s_refusal_ground",
        f"CASE WHEN NOT closed_late THEN {disclosed} END::BIGINT AS "
        "s_accounts_disclosed",
        f"{'1' if reading.rows_are_accounts else requested}::BIGINT AS "
        "s_accounts_requested",
    ]


def _when(condition: str, code: str) -> str:
    return f"CASE WHEN {condition} THEN {reason_bit(code)} ELSE 0 END"


def _reasons(reading: Reading) -> str:
    """Judge a record: the mask of all reasons, in the order of their table."""
    parts = []
    if not reading.ids_are_rows:
        parts.append(_when("is_blank(t_request_id)", "missing_request_id"))
    parts += [
        _when("us_received_at IS NULL AND f_received_at = 0", "missing_date"),
        "f_received_at",
        _when(f"s_received_at < {reading.min_us}", "before_min_date"),
        _when(f"s_received_at >= {reading.end_us}", "future_date"),
    ]
    if reading.unended is not None:
        parts.append(_cut(*reading.unended, reading=reading))
    if reading.has("closed_at"):
        parts += ["f_closed_at", _when(_closed_too_early(), "closed_before_received")]
    parts += _count_reasons(reading)
    parts += [f"f_{c}" for c in SURVEYED if reading.has(c) and default_fault(c)]
    if reading.has("outcome"):
        parts.append(_when(_contradiction(reading), "outcome_conflict"))
    structural = _bits(
        f"CASE WHEN contains(';' || structural || ';', ';{code};') THEN "
        f"{reason_bit(code)} ELSE 0 END"
        for code in reason_codes()[:_STRUCTURAL]
    )
    return f"CASE WHEN structural IS NULL THEN {_bits(parts)} ELSE {structural} END"


def _cut(row: int, column: str, *, reading: Reading) -> str:
    """Tell a last cell that was cut, as in a file still being written."""
    judged = column in (*INSTANTS, *SURVEYED, *COUNTS) and reading.has(column)
    if not judged or column in ("source_timezone", "emergency"):
        return "0"
    return _when(f"source_row = {row} AND f_{column} <> 0", "truncated_last_line")


def _closed_too_early() -> str:
    # A midnight is a date: then days are compared, with one day for the zone.
    days = f"s_closed_at // {_DAY} < s_received_at // {_DAY} - 1"
    return (
        f"s_closed_at < s_received_at AND ({days} OR (wall_closed_at % {_DAY} <> 0 "
        f"AND wall_received_at % {_DAY} <> 0))"
    )


def _count_reasons(reading: Reading) -> list[str]:
    parts = []
    if reading.has("accounts_requested") and not reading.rows_are_accounts:
        parts += [
            "f_accounts_requested",
            _when(
                "n_accounts_requested IS NULL AND f_accounts_requested = 0",
                "missing_count",
            ),
            _when("n_accounts_requested = 0", "zero_requested"),
        ]
    if reading.has("accounts_disclosed"):
        closed = f"s_outcome IN ({_words((*_SOMETHING_GIVEN, *_NOTHING_GIVEN))})"
        parts += [
            "f_accounts_disclosed",
            _when(
                "n_accounts_disclosed IS NULL AND f_accounts_disclosed = 0 AND "
                f"{closed}",
                "missing_count",
            ),
        ]
        if reading.has("accounts_requested"):
            more = "s_accounts_disclosed > s_accounts_requested"
            parts.append(_when(more, "disclosed_gt_requested"))
    return parts


def _contradiction(reading: Reading) -> str:
    parts = []
    if reading.has("closed_at"):
        parts.append("(s_outcome = 'pending' AND s_closed_at IS NOT NULL)")
    if reading.has("accounts_disclosed"):
        nothing = _words(("pending", *_NOTHING_GIVEN))
        parts += [
            f"(s_outcome IN ({nothing}) AND s_accounts_disclosed > 0)",
            f"(s_outcome IN ({_words(_SOMETHING_GIVEN)}) AND s_accounts_disclosed = 0)",
        ]
    return " OR ".join(parts) or "false"


def _repairs(dated: tuple[str, ...], reading: Reading) -> str:
    parts = [
        f"r_{c}"
        for c in (*SURVEYED, *COUNTS)
        if reading.has(c) and c not in ("source_timezone", "emergency")
    ]
    parts += [
        # A CASE of its own: both sides of an AND may be worked out for all rows.
        f"CASE WHEN k_{c} = 9 THEN CASE WHEN strlen(trim(t_{c}, {BLANKS})) < "
        f"strlen(t_{c}) THEN {repair_bits(c, ['blanks'])} ELSE 0 END ELSE 0 END"
        for c in dated
    ]
    return _bits(parts)


def _warnings(dated: tuple[str, ...], reading: Reading) -> str:
    conditions = {
        "closed_after_as_of": "closed_late",
        "validated_after_as_of": "validated_late",
        "unreadable_optional_date": " OR ".join(
            f"f_{c} <> 0" for c in _OPTIONAL_DATES if c in dated
        ),
    }
    for column, name in (
        ("refusal_ground", "unknown_refusal_ground"),
        ("authority_type", "unknown_authority_type"),
        ("emergency", "unreadable_emergency"),
    ):
        if reading.has(column):
            filled = f"NOT is_blank(t_{column})"
            conditions[name] = f"v_{column} IS NULL AND {filled}"
    conditions |= {
        f"naive_{c}": f"naive_{c}" for c in dated if c not in reading.offset_only
    }
    return _bits(
        f"CASE WHEN {condition} THEN {warning_bit(name)} ELSE 0 END"
        for name, condition in conditions.items()
        if condition
    )


def _is_repeated(reading: Reading) -> str:
    if reading.rows_are_accounts:
        return "true"
    if reading.ids_are_rows:
        return "false"
    return "hash(lower(trim(t_request_id))) IN (SELECT h FROM repeated)"


def _is_valid(reading: Reading) -> str:
    parts = [
        "WHEN s_validity = 'valid' THEN true WHEN s_validity = 'not_assessed' THEN "
        "NULL WHEN s_validity IS NOT NULL THEN false"
    ]
    if reading.has("outcome"):
        parts.append(
            f"WHEN closed_late THEN NULL WHEN n_outcome = {REJECTED} THEN "
            f"s_refusal_ground NOT IN ({_words(FORMAL_GROUNDS)}) "
            "WHEN n_outcome IS NOT NULL THEN n_outcome = 1"
        )
    return f"CASE {' '.join(parts)} END"


def _output(dated: tuple[str, ...], reading: Reading) -> str:
    line, join = _designated(reading)
    raw = ", ".join(f"raw_{c}" for c in reading.staged)
    columns = [
        *(
            f"{_final(column, reading)} AS {column.name}"
            for column in COLUMNS
            if is_stored(column, reading)
        ),
        f"{_is_valid(reading)} AS is_valid",
        f"{line} AS on_designated_line",
        "source_row, reasons",
        f"{_repairs(dated, reading)} AS repairs",
        f"{_warnings(dated, reading)} AS warnings",
        "is_repeated, raw",
        f"CASE WHEN reasons <> 0 OR is_repeated THEN [{raw}] END AS raw_row",
    ]
    return f"SELECT {', '.join(columns)} FROM judged {join}"


def _final(column: ColumnSpec, reading: Reading) -> str:
    """Take the settled, the mapped or the plain value of a column."""
    c = column.name
    if column.kind in ("instant", "count") or c in _SETTLED:
        return f"s_{c}"
    by_kind = {
        "id": f"t_{c}",
        "flag": f"v_{c} = 'true'",
        "country": f"v_{c}",
        "term": f"v_{c}",
    }
    if column.kind in by_kind:
        return by_kind[column.kind]
    own = f"own_{c}" if c in reading.merged else f"t_{c}"
    if c == "authority":
        return f"unblank({own})"
    return f"trimmed({own})"


def _designated(reading: Reading) -> tuple[str, str]:
    """Say whether the line was a right one on the day of receipt, and by what table."""
    if not (reading.has("channel") and reading.has("country")):
        return "NULL::BOOLEAN", ""
    kind = "''"
    if reading.line_types and reading.has("authority_type"):
        types = _words(reading.line_types)
        kind = (
            f"CASE WHEN v_authority_type IN ({types}) THEN v_authority_type ELSE '' END"
        )
    # Both are NULL where there is nothing to compare; so is the answer then.
    line = "(lines.channels >> n_channel) & 1 = 1"
    join = (
        f"LEFT JOIN lines ON lines.country = v_country AND lines.kind = {kind} AND "
        "s_received_at >= lines.from_us AND s_received_at < lines.to_us"
    )
    return line, join
