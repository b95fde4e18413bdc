"""The README's Python runs as printed, and its commands are the tool's."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from disclosure_trends.cli import app


def commands(text: str) -> list[str]:
    """Lines of the README's blocks that call the command line."""
    lines = re.findall(r"^disclosure-trends .*$", text, flags=re.MULTILINE)
    return [line.partition(" #")[0].strip() for line in lines]


def test_python_blocks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    results = doctest.testfile(
        str(root / "README.md"), module_relative=False, verbose=False
    )
    assert results.attempted >= 8
    assert results.failed == 0


def test_commands_and_options_exist(root: Path) -> None:
    found = commands((root / "README.md").read_text(encoding="utf-8"))
    assert len(found) == 3
    for line in found:
        _, command, *words = shlex.split(line)
        shown = CliRunner().invoke(app, [command, "--help"]).output
        for option in (word for word in words if word.startswith("-")):
            assert option in shown, f"{command} has no {option}"


def test_make_targets_exist(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    readme = (root / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z]+)", readme):
        assert f"\n{target}:" in makefile


def test_linked_files_exist(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (root / link).exists(), link
