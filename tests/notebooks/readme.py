"""Writes the tables of notebooks/README.md: ``python -m tests.notebooks.readme``."""

from collections.abc import Iterator
from pathlib import Path

from disclosure_trends.reports.notebooks.parameters import read_schema

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
README = NOTEBOOKS / "README.md"
BEGIN = "<!-- parameters: written by python -m tests.notebooks.readme -->"
END = "<!-- end of parameters -->"


def tables() -> str:
    """Return the tables of all notebooks, in alphabetical order."""
    return "\n".join(line for path in paths() for line in _table(path))


def paths() -> list[Path]:
    """Return the notebooks that ship."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def renewed(text: str) -> str:
    """Return the README with its tables as they are now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def _table(path: Path) -> Iterator[str]:
    yield f"\n### `{path.stem}`\n"
    yield "| parameter | type | default | meaning |"
    yield "|---|---|---|---|"
    for p in read_schema(path).parameters:
        kind = p.annotation.replace("|", "\\|")
        yield f"| `{p.name}` | `{kind}` | `{p.default!r}` | {p.help} |"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
