"""The documentation names what is there, and the house keeps its size."""

import ast
import subprocess
from pathlib import Path

import pytest

from tests import inventory

MODULES = sorted(inventory.PACKAGE.rglob("*.py"))


def test_module_table_is_current() -> None:
    assert inventory.written_table() == inventory.module_table(), (
        "run: .venv/bin/python -m tests.inventory"
    )


def test_every_module_says_what_it_is() -> None:
    silent = [path.name for path in MODULES if not inventory.first_line(path)]
    assert silent == []


def test_no_module_is_over_400_lines() -> None:
    long = [
        f"{path.relative_to(inventory.PACKAGE)}: {lines}"
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert long == []


def test_the_source_root_is_no_package() -> None:
    """`import analysis.disclosure_trends` would load everything a second time."""
    assert not (inventory.ROOT / "analysis" / "__init__.py").exists()


def _calls_the_clock(tree: ast.AST) -> bool:
    clock = {"now", "today", "utcnow", "localtime"}
    return any(
        isinstance(node, ast.Attribute) and node.attr in clock
        for node in ast.walk(tree)
    )


def test_only_the_command_line_reads_the_clock() -> None:
    readers = {
        path.name
        for path in MODULES
        if _calls_the_clock(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert readers <= {"cli.py"}


def test_layers() -> None:
    run = subprocess.run(
        [inventory.ROOT / ".venv" / "bin" / "lint-imports"],
        cwd=inventory.ROOT,
        env={"PYTHONPATH": "analysis", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_documents_exist(name: str) -> None:
    assert Path(inventory.ROOT / name).stat().st_size > 200
