"""The scheduled reports: named sets of parameters, read from ``reports.toml``."""

import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from disclosure_trends.errors import OutputError, SettingsError, nearest
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.reports.notebooks.parameters import Schema, read_schema
from disclosure_trends.resources import shipped_path

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """One ``[reports.<name>]`` table.

    Attributes
    ----------
    name : str
        Name of the report; also the name of its folder.
    notebook : pathlib.Path
        The notebook that makes it.
    parameters : mapping
        Values that differ from the notebook's defaults.
    required : tuple of str
        Estimates without which the run ends with exit code 5.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, object]
    required: tuple[str, ...] = ()

    @property
    def schema(self) -> Schema:
        """The parameters that the notebook takes."""
        return read_schema(self.notebook)


def notebooks_folder() -> Path:
    """Locate the notebooks that ship with the project."""
    return shipped_path("notebooks")


def read_settings(folder: Path | None = None) -> dict[str, ReportSettings]:
    """Read ``reports.toml`` of a folder of notebooks.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where it lies; the shipped notebooks if not given.

    Returns
    -------
    dict
        Reports by name, in the order of the file.

    Raises
    ------
    SettingsError
        If the file is absent or no TOML, a key is unknown, a name is no slug, a
        notebook does not exist, or a parameter is not one of the notebook's.
    """
    folder = folder or notebooks_folder()
    try:
        content = tomllib.loads((folder / "reports.toml").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"{folder.name}: holds no reports.toml; give a folder of notebooks"
        raise SettingsError(message) from error
    except (OSError, ValueError) as error:
        message = f"reports.toml: is no TOML ({error})"
        raise SettingsError(message) from error
    _refuse_unknown(content, {"reports"}, where="reports.toml")
    tables = content.get("reports", {})
    if not isinstance(tables, Mapping):
        message = "reports.toml: 'reports' is no table; write [reports.<name>]"
        raise SettingsError(message)
    return {name: _settings(name, table, folder) for name, table in tables.items()}


def choose_reports(
    known: Mapping[str, ReportSettings], names: Sequence[str]
) -> list[ReportSettings]:
    """Return the reports of these names, each once; all of them if none is named.

    Raises
    ------
    SettingsError
        If a name is unknown.
    """
    for name in names:
        if name not in known:
            message = (
                f"reports.toml: report {name!r} is unknown{nearest(name, known)}; "
                f"there are {', '.join(known)}"
            )
            raise SettingsError(message)
    return [known[name] for name in dict.fromkeys(names or known)]


def parse_given(
    folder: Path | None, names: Sequence[str], given: Sequence[str]
) -> dict[str, Value]:
    """Read ``key=value`` texts by the types that the chosen reports declare.

    Parameters
    ----------
    folder : pathlib.Path or None
        Folder with ``reports.toml``; the shipped one if None.
    names : sequence of str
        The reports; none means all.
    given : sequence of str
        For example ``["region=NO", "before=2024Q2"]``.

    Returns
    -------
    dict
        Name to value; a text stays a text.

    Raises
    ------
    SettingsError
        If a text has no ``=``, a name is given twice or known to no report, or a
        value has the wrong type.
    """
    schemas = [s.schema for s in choose_reports(read_settings(folder), names)]
    values: dict[str, Value] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            message = f"-p {text!r}: has no '='; write -p key=value"
            raise SettingsError(message)
        if name in values:
            message = f"-p {name}: is given twice; give it once"
            raise SettingsError(message)
        knowing = [schema for schema in schemas if name in schema.names] or schemas[:1]
        for schema in knowing:
            values |= schema.parse({name: value})
    return values


def find_notebook(name: str) -> Path:
    """Return the notebook of a path, or the shipped one of a name."""
    path = Path(name)
    return path if path.suffix else notebooks_folder() / f"{name}.ipynb"


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the shipped notebooks and their ``reports.toml`` into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it is not there.

    Returns
    -------
    list of pathlib.Path
        The copies.

    Raises
    ------
    OutputError
        If a file of that name is there already, or the folder cannot be written.
    """
    copies = [
        folder / path.name
        for path in sorted(notebooks_folder().iterdir())
        if path.suffix in {".ipynb", ".toml", ".md"}
    ]
    there = [path.name for path in copies if path.exists()]
    if there:
        message = f"{folder.name}: holds {there[0]} already; give a new folder"
        raise OutputError(message)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in copies:
            shutil.copyfile(notebooks_folder() / path.name, path)
    except OSError as error:
        message = f"{folder.name}: cannot be written ({error.strerror})"
        raise OutputError(message) from error
    return copies


def _settings(name: str, table: object, folder: Path) -> ReportSettings:
    where = f"reports.toml, report {name!r}"
    if not _SLUG.fullmatch(name):
        message = f"{where}: a name holds only a-z, 0-9, _ and -"
        raise SettingsError(message)
    if not isinstance(table, Mapping):
        message = f"{where}: is no table; write [reports.{name}]"
        raise SettingsError(message)
    _refuse_unknown(table, {f.name for f in fields(ReportSettings)[1:]}, where=where)
    required = table.get("required", [])
    if not isinstance(required, list) or not all(isinstance(r, str) for r in required):
        message = f"{where}: 'required' is no list of names of estimates"
        raise SettingsError(message)
    settings = ReportSettings(
        name=name,
        notebook=folder / str(table.get("notebook", f"{name}.ipynb")),
        parameters=table.get("parameters", {}),
        required=tuple(required),
    )
    if not isinstance(settings.parameters, Mapping):
        message = f"{where}: 'parameters' is no table of names and values"
        raise SettingsError(message)
    settings.schema.check(settings.parameters)
    return settings


def _refuse_unknown(
    table: Mapping[str, object], allowed: set[str], *, where: str
) -> None:
    for key in table:
        if key not in allowed:
            message = (
                f"{where}: key {key!r} is unknown{nearest(key, allowed)}; "
                f"allowed are {', '.join(sorted(allowed))}"
            )
            raise SettingsError(message)
