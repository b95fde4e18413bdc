"""Writes the tables of data/README.md from the vocabulary that the code reads.

Run ``python -m tests.dictionary`` after a change of columns, terms, lines or reasons.
"""

from pathlib import Path

from disclosure_trends.logs.marks import REPAIRS, WARNINGS
from disclosure_trends.vocabulary.columns import COLUMNS
from disclosure_trends.vocabulary.lines import designated_lines
from disclosure_trends.vocabulary.reasons import reasons
from disclosure_trends.vocabulary.terms import closed_list, term_aliases

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "data" / "README.md"
BEGIN, END = (
    "<!-- tables: written by tests/dictionary.py -->",
    "<!-- end of tables -->",
)
TERMS = (
    "channel",
    "legal_process",
    "outcome",
    "validity",
    "refusal_ground",
    "authority_type",
)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _columns() -> str:
    rows = [
        (
            f"`{column.name}`",
            column.kind,
            "required" if column.required else "",
            column.meaning,
        )
        for column in COLUMNS
    ]
    derived = (
        ("`is_valid`", "flag", "added", "Properly formed, from who it says it is."),
        (
            "`on_designated_line`",
            "flag",
            "added",
            "Whether the line was a right one on the day of receipt; missing where "
            "none was designated or the line is unknown.",
        ),
        ("`source_file`", "text", "added", "The file a row came from."),
        ("`source_row`", "count", "added", "Its physical line or row there."),
    )
    return _table(("column", "kind", "", "meaning"), [*rows, *derived])


def _terms() -> str:
    rows = [
        (
            f"`{column}`",
            ", ".join(f"`{value}`" for value in closed_list(column)),
            str(len(term_aliases(column)) - len(closed_list(column))),
        )
        for column in TERMS
    ]
    return _table(("column", "values", "further spellings known"), rows)


def _lines() -> str:
    rows = [
        (
            line.scope,
            line.authority_type or "all",
            f"`{line.channel}`",
            line.valid_from.isoformat(),
            line.valid_to.isoformat() if line.valid_to else "",
            line.source_url,
        )
        for line in designated_lines().itertuples()
    ]
    head = ("scope", "authorities", "channel", "from", "to", "source")
    return _table(head, rows)


def _reasons() -> str:
    rows = [
        (
            str(reason.number),
            f"`{reason.code}`",
            reason.meaning,
            f"`{reason.example}`" if reason.example else "an empty cell",
            reason.advice,
        )
        for reason in reasons()
    ]
    return _table(("#", "code", "meaning", "example", "what to do"), rows)


def _marks() -> str:
    repairs: dict[str, list[str]] = {}
    for column, kind in REPAIRS:
        repairs.setdefault(kind, []).append(f"`{column}`")
    rows = [(f"`{kind}`", ", ".join(columns)) for kind, columns in repairs.items()]
    warnings = ", ".join(f"`{name}`" for name in WARNINGS if "naive" not in name)
    table = _table(("kind of repair", "counted in"), rows)
    return f"{table}\n\nWarnings, counted as well: {warnings}."


def tables() -> str:
    """All tables under their headings, as the README must have them."""
    parts = {
        "Columns of a request log": _columns(),
        "Closed lists": _terms(),
        "Designated lines": _lines(),
        "Why a record is set aside: the 51 reason codes": _reasons(),
        "What is repaired, and what is only counted": _marks(),
    }
    return "\n\n".join(f"## {head}\n\n{body}" for head, body in parts.items())


def written_tables() -> str:
    """The tables as the README has them."""
    return README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()


def main() -> None:
    """Put the current tables into the README."""
    head, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    README.write_text(f"{head}{BEGIN}\n{tables()}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
