"""The limits of what is read, and the codes of what is wrong with one record's form."""

KIB = 1024
MIB = 1024 * KIB

FIELD_CHARACTERS = 10_000
"""A longer field quarantines its record."""

LINE_BYTES = 16 * MIB
"""A longer physical line, or a quoted field open for longer, refuses the file."""

DOCUMENT_BYTES = 64 * MIB
"""Of a JSON array or of JSON objects that are not one per line."""

MEMBER_BYTES = 64 * MIB
"""Unpacked size of one member of a workbook, and of all of them together times 4."""

ZIP_BYTES = 4 * 1024 * MIB
"""Unpacked size of the one data member of a zip."""

EXPANSION = 250
"""Unpacked bytes per packed byte above which a container is refused as a bomb."""

EXPANSION_FLOOR = 8 * MIB
"""Below this unpacked size the ratio is not looked at."""

BROKEN_RECORDS = 500_000
"""As many records of broken form refuse a text, where most of it is so."""

JSON_DEPTH = 64
HEADER_COLUMNS = 4_096
HEADER_LINES = 20
"""The header is looked for in as many lines."""

SHEET_CELLS = 40_000_000
"""Rows times columns of a sheet's used range."""

SHEET_CHARACTERS = 100_000_000
"""Of all texts that the cells of a sheet share, each counted as often as it stands."""

STRUCTURAL_CODES = (
    "invalid_utf8",
    "unbalanced_quote",
    "bad_quoting",
    "too_few_fields",
    "too_many_fields",
    "truncated_last_line",
    "repeated_header",
    "summary_row",
    "field_too_long",
    "control_character",
    "bad_json",
    "not_an_object",
    "duplicate_key",
    "invalid_unicode",
    "error_cell",
    "formula_without_value",
)

_RANK = {code: rank for rank, code in enumerate(STRUCTURAL_CODES)}


def joined(codes: set[str]) -> str | None:
    """Return the codes in the order of the table, joined by ``;``; None for none."""
    return ";".join(sorted(codes, key=_RANK.__getitem__)) or None
