"""The rules for dates, as DuckDB text: every accepted layout becomes microseconds.

Shapes decide; nothing is cast that is not digits in their places. A wall time without
offset is moved to UTC by the table of zones, where gaps and overlaps are seen.
"""

from typing import Final

from disclosure_trends.logs.rules.reading import Reading
from disclosure_trends.vocabulary.reasons import reason_bit, reason_codes

DAY_MONTH_YEAR: Final = r"'^\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}'"
WINDOW: Final = (
    r"'\s*(\d{4}|\d{4}-?[QH]\d|\d{4}[-/](0[1-9]|1[0-2])"
    r"|\d{4}-\d\d(-\d\d)?\s*(/|\.\.|to)\s*\d{4}-\d\d(-\d\d)?)\s*'"
)
BLANKS: Final = "' \t\r\n\v\f\u00a0\u2007\u202f\u3000\ufeff'"
_DAY = r"\d{4}-\d\d-\d\d"
_ISO = rf"'{_DAY}([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?)?'"
_SHORT_DMY = r"'\d\d/\d\d/\d{4} \d\d:\d\d'"
_SHORT_MONTH = r"'[A-Z][a-z][a-z] \d\d, \d{4} \d\d:\d\d [AP]M'"
_MONTHS = (
    "JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?"
    "|SEP(?:T(?:EMBER)?)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?"
)
_TIME = (
    r"(?:(?:T|,? +)(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)? ?(AM|PM)?"
    r" ?(Z|[+-]\d\d(?::?\d\d)?|[A-Z]{2,5})?)?$'"
)
_WEEKDAY = "'^(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,? )?"
_SHAPES = {
    "ymd": rf"'^(\d{{4}})[-/. ](\d{{1,2}}|{_MONTHS})[-/. ](\d{{1,2}}){_TIME}",
    "dmy": rf"'^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}",
    "mon": rf"{_WEEKDAY}({_MONTHS})\.? +(\d{{1,2}})(?:ST|ND|RD|TH)?,? +(\d{{4}})"
    rf"{_TIME}",
    "day": rf"{_WEEKDAY}(\d{{1,2}})(?:ST|ND|RD|TH)?[- ]({_MONTHS})\.?,?[- ](\d{{4}})"
    rf"{_TIME}",
}
_TWO_DIGITS = r"'(\d{1,2}[-/. ](\d{1,2}|[A-Z]{3})[-/. ]\d{2}([T ,].*)?|\d{6})'"
_SERIAL = r"'\d{5}(\.\d+)?'"
_EPOCH = r"'(\d{10}|\d{13})(\.\d+)?'"
_HELPERS = (
    "month_number(m) AS CASE WHEN regexp_full_match(m, '[0-9]+') THEN lpad(m, 2, '0') "
    "ELSE lpad(((strpos('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', left(m, 3)) + 2) // 3)"
    "::VARCHAR, 2, '0') END",
    "hour_of(h, p) AS CASE WHEN p = '' THEN lpad(h, 2, '0') WHEN h::INTEGER BETWEEN 1 "
    "AND 12 THEN lpad((h::INTEGER % 12 + CASE p WHEN 'PM' THEN 12 ELSE 0 END)::VARCHAR,"
    " 2, '0') ELSE '99' END",
    "zone_of(z) AS CASE WHEN z IN ('Z', 'UTC', 'GMT') THEN 'Z' WHEN z = '' OR "
    "left(z, 1) IN ('+', '-') THEN z ELSE 'A' END",
    "iso_text(y, m, d, g) AS y || '-' || month_number(m) || '-' || lpad(d, 2, '0') || "
    "CASE WHEN g.h = '' THEN '' ELSE 'T' || hour_of(g.h, g.p) || ':' || g.i || ':' || "
    "CASE WHEN g.s = '' THEN '00' ELSE g.s END || CASE WHEN g.f = '' THEN '' ELSE '.' "
    "|| g.f END || zone_of(g.z) END",
    "is_blank(x) AS CASE WHEN x >= '!' AND x < chr(127) THEN false ELSE "
    f"trim(x, {BLANKS}) = '' END",
    "unblank(x) AS CASE WHEN x >= '!' AND x < chr(127) THEN x WHEN "
    f"trim(x, {BLANKS}) <> '' THEN x END",
    "trimmed(x) AS CASE WHEN x >= '!' AND x < chr(127) AND right(x, 1) BETWEEN '!' AND "
    f"'~' THEN x ELSE nullif(trim(x, {BLANKS}), '') END",
    "serial_text(x) AS left(strftime(TIMESTAMP '1899-12-30' + to_days(left(x, 5)::"
    "INTEGER) + to_seconds(round(('0' || substr(x, 6))::DOUBLE * 86400)::BIGINT), "
    "'%Y-%m-%dT%H:%M:%S'), CASE WHEN strlen(x) = 5 THEN 10 ELSE 19 END)",
    "epoch_text(seconds) AS strftime(make_timestamp(seconds * 1000000), "
    "'%Y-%m-%dT%H:%M:%SZ')",
)
_SECOND: Final = 1_000_000
_DAY_LENGTH: Final = 86_400 * _SECOND
_YEAR_ONE: Final = -62_135_596_800 * _SECOND
_YEAR_THOUSAND: Final = -30_610_224_000 * _SECOND


def macro_statements() -> tuple[str, ...]:
    """Return the statements that define the macros which the queries call."""
    return tuple(f"CREATE OR REPLACE TEMP MACRO {helper}" for helper in _HELPERS)


def instant_steps(dated: tuple[str, ...], *, reading: Reading) -> dict[str, str]:
    """Write the steps that turn texts into moments.

    Parameters
    ----------
    dated : tuple of str
        Columns of dates that the log records.
    reading : Reading
        How the file is to be read.

    Returns
    -------
    dict of str to str
        Name of a step -> its query, from ``texts`` (cells as ``t_<column>``) to
        ``moments``, which adds ``us_<column>`` (microseconds since 1970, UTC),
        ``wall_<column>`` and ``naive_<column>``.
    """
    steps = (
        ("stamps", "texts", [_stamp(c, reading) for c in dated]),
        ("kinds", "stamps", [_kind(c) for c in dated]),
        ("rare", "kinds", [_rare(c) for c in dated]),
        ("isos", "rare", [_iso(c, reading) for c in dated]),
        ("casts", "isos", [_wall(c) for c in dated]),
        ("walls", "casts", [_checked(c) for c in dated]),
    )
    queries = {
        name: f"SELECT *, {', '.join(parts)} FROM {source}"
        for name, source, parts in steps
    }
    return queries | {"moments": _moments(dated, reading)}


def _stamp(c: str, reading: Reading) -> str:
    """Read the commonest layouts at once; whatever else falls to the rules below.

    Each is one format alone: a list of them leaks from row to row. A format skips
    blanks and takes one digit for two, so the shape is looked at first; 20 bytes that
    begin with a digit and end with Z leave no room for either.
    """
    cases = [
        f"WHEN strlen(t_{c}) = 20 AND t_{c} >= '0' AND t_{c} < ':' AND "
        f"suffix(t_{c}, 'Z') THEN "
        f"epoch_us(try_strptime(t_{c}, '%Y-%m-%dT%H:%M:%SZ'))",
        f"WHEN strlen(t_{c}) = 21 AND regexp_full_match(t_{c}, {_SHORT_MONTH}) THEN "
        f"epoch_us(try_strptime(t_{c}, '%b %d, %Y %I:%M %p'))",
    ]
    if c in reading.orders:
        day_month = "%d/%m" if reading.orders[c] == "dmy" else "%m/%d"
        cases.append(
            f"WHEN strlen(t_{c}) = 16 AND regexp_full_match(t_{c}, {_SHORT_DMY}) THEN "
            f"epoch_us(try_strptime(t_{c}, '{day_month}/%Y %H:%M'))"
        )
    for layout, length, seconds in (
        ("epoch_s", 10, f"t_{c}::BIGINT"),
        ("epoch_ms", 13, f"t_{c}::BIGINT // 1000"),
    ):
        if layout in reading.layouts:
            cases.append(
                f"WHEN strlen(t_{c}) = {length} AND "
                f"regexp_full_match(t_{c}, '[0-9]+') THEN ({seconds}) * {_SECOND}"
            )
    return f"CASE {' '.join(cases)} END AS stamp_{c}"


def _kind(c: str) -> str:
    """Tell layouts by shape.

    0 empty, 1 ISO, 2 short, 7 read already and without offset, 8 read already and in
    UTC, 9 any other.
    """
    return (
        f"CASE WHEN stamp_{c} >= {_YEAR_THOUSAND} THEN "
        f"CASE WHEN strlen(t_{c}) IN (16, 21) THEN 7 ELSE 8 END "
        f"WHEN t_{c} = '' THEN 0 WHEN regexp_full_match(t_{c}, {_ISO}) THEN 1 "
        f"WHEN regexp_full_match(t_{c}, {_SHORT_DMY}) THEN 2 ELSE 9 END AS k_{c}"
    )


def _rare(c: str) -> str:
    return (
        f"CASE WHEN k_{c} = 9 THEN nullif(upper(trim(t_{c}, {BLANKS})), '') END "
        f"AS x_{c}"
    )


def _rewritten(c: str, pattern: str, order: str) -> str:
    """Match a rare text once more, with its parts, and write them in ISO order."""
    names = "', '".join((*order, "h", "i", "s", "f", "p", "z"))
    found = f"regexp_extract(x_{c}, {pattern}, ['{names}'])"
    # Inside a CASE and a lambda the parts are taken from the rows that match alone.
    return f"list_transform([{found}], lambda g: iso_text(g.y, g.m, g.d, g))[1]"


def _iso(c: str, reading: Reading) -> str:
    """Rewrite every accepted layout as YYYY-MM-DD, or with a time of day behind it."""
    order = reading.orders.get(c)
    short = f"substr(t_{c}, 7, 4) || '-' || substr(t_{c}, {{}}, 2) || '-' || " + (
        f"substr(t_{c}, {{}}, 2) || 'T' || substr(t_{c}, 12, 5) || ':00'"
    )
    cases = [f"WHEN k_{c} IN (7, 8) THEN NULL", f"WHEN k_{c} = 1 THEN t_{c}"]
    if order is not None:
        places = (4, 1) if order == "dmy" else (1, 4)
        cases += [f"WHEN k_{c} = 2 THEN {short.format(*places)}"]
    cases += [f"WHEN x_{c} IS NULL THEN NULL"]
    orders = {"mon": "mdy", "ymd": "ymd", "day": "dmy", "dmy": order}
    for name, parts in orders.items():
        if parts is not None:
            pattern = _SHAPES[name]
            text = _rewritten(c, pattern, parts)
            cases += [f"WHEN regexp_matches(x_{c}, {pattern}) THEN {text}"]
    for layout, shape, text in (
        ("epoch_s", r"\d{10}", f"epoch_text(x_{c}::BIGINT)"),
        ("epoch_ms", r"\d{13}", f"epoch_text(x_{c}::BIGINT // 1000)"),
        ("excel_serial", _SERIAL.strip("'"), f"serial_text(x_{c})"),
    ):
        if layout in reading.layouts:
            cases += [f"WHEN regexp_full_match(x_{c}, '{shape}') THEN {text}"]
    return f"CASE {' '.join(cases)} END AS iso_{c}"


def _wall(c: str) -> str:
    """Cast the rewritten text, which can hold nothing but digits, and take its tail."""
    tail = f"substr(iso_{c}, 20)"
    digits = f"ltrim(regexp_extract({tail}, '^[.][0-9]+'), '.')"
    cast = f"epoch_us(try_cast(left(iso_{c}, 19) AS TIMESTAMP))"
    # The lengths of the commonest forms spare a search for their tail.
    return (
        f"CASE WHEN k_{c} IN (7, 8) THEN stamp_{c} ELSE CASE strlen(iso_{c}) "
        f"WHEN 20 THEN {cast} WHEN 19 THEN {cast} WHEN 10 THEN "
        f"{cast} ELSE {cast} + CASE WHEN {tail} >= '.' AND {tail} < '/' THEN "
        f"rpad(left({digits}, 6), 6, '0')::BIGINT ELSE 0 END END END AS cast_{c}, "
        f"CASE k_{c} WHEN 8 THEN 'Z' WHEN 7 THEN '' ELSE CASE strlen(iso_{c}) "
        f"WHEN 20 THEN {tail} WHEN 19 THEN '' WHEN 10 THEN '' "
        f"ELSE ltrim({tail}, '.0123456789') END END AS z_{c}"
    )


def _checked(c: str) -> str:
    """Leave out the year 0, and 24 o'clock, which the cast takes for the next day."""
    midnight = f"cast_{c} % {_DAY_LENGTH} < {3600 * _SECOND}"
    return (
        f"CASE WHEN k_{c} IN (7, 8) THEN cast_{c} WHEN cast_{c} < {_YEAR_ONE} "
        f"THEN NULL WHEN {midnight} AND substr(iso_{c}, 12, 2) = '24' THEN NULL "
        f"ELSE cast_{c} END AS wall_{c}"
    )


def _moments(dated: tuple[str, ...], reading: Reading) -> str:
    """Move every wall time to UTC: by its own offset, else by the zone of its row."""
    columns, joins = ["walls.*"], []
    gap = reason_bit("nonexistent_local_time")
    overlap = reason_bit("ambiguous_local_time")
    if reading.zoned:
        columns.append("coalesce(zones.known, false) AS zone_known")
        joins.append(
            "LEFT JOIN zones ON zones.spelling = coalesce(t_source_timezone, '')"
        )
    for c in dated:
        offset = (
            f"CASE WHEN k_{c} = 8 OR z_{c} IN ('', 'Z', 'A') THEN 0 ELSE "
            f"(CASE WHEN left(z_{c}, 1) = '-' THEN -1 ELSE 1 END) * "
            f"(substr(z_{c}, 2, 2)::INTEGER * 3600 + CASE WHEN strlen(z_{c}) > 3 THEN "
            f"right(z_{c}, 2)::INTEGER * 60 ELSE 0 END) END"
        )
        naive = (
            f"(k_{c} = 7 OR (k_{c} < 7 OR k_{c} = 9) AND z_{c} = '' AND "
            f"wall_{c} IS NOT NULL AND strlen(iso_{c}) > 10)"
        )
        if c in reading.offset_only:
            naive = "false"
        columns.append(f"{naive} AS naive_{c}")
        if reading.zoned and c not in reading.offset_only:
            w = f"wall_{c} // {_SECOND}"
            moment = f"make_timestamp(wall_{c})"
            joins.append(
                f"LEFT JOIN zone_months AS w_{c} ON w_{c}.place = CASE WHEN {naive} "
                f"THEN zones.place + 100 * year({moment}) + month({moment}) END"
            )
            columns.append(
                f"CASE WHEN {w} < w_{c}.low OR {w} >= w_{c}.high THEN 0 WHEN "
                f"w_{c}.after > w_{c}.before THEN {gap} WHEN "
                f"w_{c}.after < w_{c}.before THEN {overlap} ELSE 0 END AS clock_{c}"
            )
            offset = (
                f"CASE WHEN {naive} THEN coalesce(CASE WHEN {w} < w_{c}.high THEN "
                f"w_{c}.before ELSE w_{c}.after END, 0) ELSE {offset} END"
            )
        columns.append(f"wall_{c} - {_SECOND}::BIGINT * ({offset}) AS us_{c}")
    return f"SELECT {', '.join(columns)} FROM walls {' '.join(joins)}"


def instant_fault(c: str, *, reading: Reading) -> str:
    """Write the mask that says why a cell of dates cannot be used.

    Parameters
    ----------
    c : str
        Column of dates.
    reading : Reading
        How the file is to be read.

    Returns
    -------
    str
        An expression over ``moments``: the bit of a reason, 0 for a usable or empty
        cell.
    """
    bit = {code: reason_bit(code) for code in reason_codes()}
    zoned = reading.zoned and c not in reading.offset_only
    unknown = f"naive_{c} AND NOT zone_known"
    late = "0"
    if zoned:
        late = (
            f"CASE WHEN {unknown} THEN {bit['ambiguous_timezone']} "
            f"ELSE coalesce(clock_{c}, 0) END"
        )
    return (
        f"CASE WHEN k_{c} IN (0, 8) OR (k_{c} = 9 AND x_{c} IS NULL) THEN 0 "
        f"WHEN k_{c} = 7 THEN {late} "
        f"WHEN iso_{c} IS NULL THEN CASE "
        f"WHEN k_{c} = 2 OR regexp_matches(x_{c}, {_SHAPES['dmy']}) THEN "
        f"{bit['ambiguous_date']} "
        f"WHEN regexp_full_match(x_{c}, {_TWO_DIGITS}) THEN {bit['two_digit_year']} "
        f"WHEN regexp_full_match(x_{c}, {_SERIAL}) THEN {bit['excel_serial_date']} "
        f"WHEN regexp_full_match(x_{c}, {_EPOCH}) THEN {bit['epoch_number']} "
        f"ELSE {bit['unparsed_date']} END "
        f"WHEN wall_{c} IS NULL THEN CASE WHEN regexp_matches(iso_{c}, "
        f"'T24:00:00|:[0-5][0-9]:60') THEN {bit['nonstandard_time']} "
        f"ELSE {bit['invalid_date']} END "
        f"WHEN z_{c} = 'A' THEN {bit['ambiguous_timezone']} "
        f"WHEN strlen(z_{c}) > 2 AND (substr(z_{c}, 2, 2) > '14' OR (strlen(z_{c}) > 3 "
        f"AND right(z_{c}, 2) > '59')) THEN {bit['invalid_date']} "
        f"ELSE {late} END"
    )
