"""Where the numbers come from: inputs by hash, versions, and the command again.

Nothing here knows the machine, the clock or the folder it runs in: the same inputs
leave the same text. File names are shown without their folders.
"""

import csv
import gzip
import hashlib
import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Final

from disclosure_trends.errors import RequestLogError, SettingsError
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.reports.notebooks.values import EXAMPLE, INPUTS, input_files
from disclosure_trends.resources import shipped_path

# Packages that can change a number or a byte of the page.
_PACKAGES: Final = (
    "disclosure-trends",
    "duckdb",
    "jinja2",
    "markdown-it-py",
    "numpy",
    "pandas",
    "plotly",
    "pyarrow",
    "scipy",
    "statsmodels",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that a report was made from.

    Attributes
    ----------
    role : str
        The parameter that led to it, or ``"shipped"``.
    name : str
        File name without its folder.
    sha256 : str
        Hash of its bytes.
    size : int
        Bytes.
    """

    role: str
    name: str
    sha256: str
    size: int


def sha256_of(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_inputs(parameters: Mapping[str, Value]) -> tuple[InputFile, ...]:
    """Hash every file that a report of these parameters reads.

    Parameters
    ----------
    parameters : mapping
        The checked parameters.

    Returns
    -------
    tuple of InputFile
        The given files in the order of the parameters, then the shipped tables.
    """
    return tuple(_describe(role, path) for role, path in input_paths(parameters))


def input_paths(parameters: Mapping[str, Value]) -> list[tuple[str, Path]]:
    """List role and path of every file that a report of these parameters reads."""
    given = [(n, path) for n in INPUTS for path in input_files(n, parameters.get(n))]
    taken = {path for _, path in given}
    shipped = sorted(shipped_path("data/published").glob("*.csv"))
    if parameters.get("requests") == EXAMPLE:  # it brings its options and its register
        beside = shipped_path("data/example").iterdir()
        shipped += sorted(p for p in beside if p.suffix in {".csv", ".toml"})
    return given + [("shipped", path) for path in shipped if path not in taken]


def count_rows(path: Path) -> int | None:
    """Count the rows of a CSV file below its head; None where it is no CSV."""
    if not path.name.endswith((".csv", ".csv.gz")):
        return None
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", errors="replace", newline="") as lines:
        return max(sum(1 for row in csv.reader(lines) if row) - 1, 0)


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of Python and of every package that can change a number."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@cache
def code_sha256() -> str:
    """Return one hash over the source of the package: code, tables, templates.

    The version number alone would call a page unchanged after an edit in a checkout.
    """
    root = Path(str(files("disclosure_trends")))
    total = hashlib.sha256()
    passed_over = {"__pycache__", "shipped"}
    for path in sorted(root.rglob("*")):
        if path.is_file() and passed_over.isdisjoint(path.relative_to(root).parts):
            total.update(path.relative_to(root).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def versions_text() -> str:
    """Write the versions as one line."""
    return ", ".join(f"{name} {text}" for name, text in versions().items())


def command(
    report: str, given: Mapping[str, Value], *, usual: Mapping[str, Value]
) -> str:
    """Write the command that makes a report again.

    Parameters
    ----------
    report : str
        Name of the report.
    given : mapping
        The parameters it was made with.
    usual : mapping
        The parameters that the command would use by itself; only what differs is
        written.

    Returns
    -------
    str
        One line for a shell; files by name, as if they lay in the current folder.
    """
    parts = ["disclosure-trends", "report", report, "--out", "reports"]
    if given.get("as_of") is not None:
        parts += ["--as-of", str(given["as_of"])]
    for name, value in shown_parameters(given).items():
        if name != "as_of" and given[name] != usual.get(name):
            parts += ["-p", f"{name}={_argument(value)}"]
    return shlex.join(parts)


def shown_parameters(parameters: Mapping[str, Value]) -> dict[str, Value]:
    """Return the parameters as they may be shown: files without their folders."""
    return {
        name: Path(value).name if name in INPUTS and isinstance(value, str) else value
        for name, value in parameters.items()
    }


def _describe(role: str, path: Path) -> InputFile:
    try:
        digest, size = sha256_of(path), path.stat().st_size
    except FileNotFoundError as error:
        message = f"{path.name}: the file is gone; give a file that stays"
        raise SettingsError(message) from error
    except PermissionError as error:
        message = f"{path.name}: may not be read; give this account the right to"
        raise RequestLogError(message) from error
    return InputFile(role=role, name=path.name, sha256=digest, size=size)


def _argument(value: Value) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
