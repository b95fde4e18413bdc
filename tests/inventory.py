"""Writes the module table of analysis/README.md from the modules' own first lines.

Run ``python -m tests.inventory`` after adding or renaming a module.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "analysis" / "disclosure_trends"
README = ROOT / "analysis" / "README.md"
ROOMS = (
    "cli",
    "reports",
    "models",
    "simulate",
    "counts",
    "logs",
    "results",
    "display",
    "vocabulary",
    "resources",
    "errors",
)
BEGIN, END = (
    "<!-- modules: written by tests/inventory.py -->",
    "<!-- end of modules -->",
)


def first_line(module: Path) -> str:
    """The first line of a module's docstring, without its full stop."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0].strip().removesuffix(".")


def rows(room: str) -> list[str]:
    """One row for each module of a room, the room itself first."""
    folder = PACKAGE / room
    if not folder.is_dir():
        return [f"| `{room}` | {first_line(PACKAGE / f'{room}.py')} |"]
    modules = sorted(
        path for path in folder.rglob("*.py") if path.name != "__init__.py"
    )
    names = [path.relative_to(PACKAGE).with_suffix("").as_posix() for path in modules]
    return [
        f"| **`{room}/`** | **{first_line(folder / '__init__.py')}** |",
        *(
            f"| `{name}` | {first_line(path)} |"
            for name, path in zip(names, modules, strict=True)
        ),
    ]


def module_table() -> str:
    """The whole table, uppermost layer first."""
    present = [room for room in ROOMS if any(PACKAGE.glob(f"{room}*"))]
    lines = [row for room in present for row in rows(room)]
    return "\n".join(["| module | what it does |", "|---|---|", *lines])


def written_table() -> str:
    """The table as the README has it."""
    return README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()


def main() -> None:
    """Put the current table into the README."""
    head, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    README.write_text(f"{head}{BEGIN}\n{module_table()}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
