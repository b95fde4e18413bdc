"""The parameters of a notebook: the schema, read from its cell tagged ``parameters``.

An unknown name is an error that names the nearest, never the default region's report.
"""

import ast
import json
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.reports.notebooks.parameter_types import (
    Parameter,
    Value,
    accepted_types,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The parameters of one notebook, in the order of its cell."""

    notebook: str
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def optional(self) -> frozenset[str]:
        """Names of the parameters whose default is empty."""
        return frozenset(p.name for p in self.parameters if p.default in ("", None))

    def __getitem__(self, name: str) -> Parameter:
        """Return one parameter; an unknown name is an error that names the nearest."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        message = (
            f"{self.notebook}: parameter {name!r} is unknown"
            f"{nearest(name, self.names)}; it takes {', '.join(self.names) or 'none'}"
        )
        raise SettingsError(message)

    def check(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Check names and types, and fill in the defaults.

        Parameters
        ----------
        given : mapping
            Name to value.

        Returns
        -------
        dict
            Every parameter of the notebook, in its order.

        Raises
        ------
        SettingsError
            If a name is unknown or a value has the wrong type.
        """
        checked = {
            name: self[name].check(value, where=self.notebook)
            for name, value in given.items()
        }
        return {p.name: checked.get(p.name, p.default) for p in self.parameters}

    def parse(self, texts: Mapping[str, str]) -> dict[str, Value]:
        """Read the ``key=value`` texts of a command line by their declared types."""
        return {
            name: self[name].parse(text, where=self.notebook)
            for name, text in texts.items()
        }

    def json_schema(self) -> dict[str, object]:
        """Describe all parameters as one JSON Schema object."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.notebook,
            "type": "object",
            "properties": {p.name: p.json_schema() for p in self.parameters},
            "additionalProperties": False,
        }


def read_schema(notebook: Path) -> Schema:
    """Read the schema from the cell of a notebook that is tagged ``parameters``.

    Parameters
    ----------
    notebook : pathlib.Path
        An ``.ipynb`` file.

    Returns
    -------
    Schema
        Empty if the notebook has no such cell.

    Raises
    ------
    SettingsError
        If the file is no notebook, or the cell holds anything but annotated
        assignments of plain values.
    """
    name = notebook.name
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [
            "".join(cell["source"])
            for cell in cells
            if "parameters" in cell.get("metadata", {}).get("tags", ())
        ]
    except FileNotFoundError as error:
        beside = sorted(path.stem for path in notebook.parent.glob("*.ipynb"))
        names = f"; beside it are {', '.join(beside)}" if beside else ""
        message = (
            f"{name}: there is no such notebook; give the path of an .ipynb file"
            f"{names}{nearest(notebook.stem, beside)}"
        )
        raise SettingsError(message) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{name}: is no notebook; give the path of an .ipynb file"
        raise SettingsError(message) from error
    if len(tagged) > 1:
        message = f"{name}: {len(tagged)} cells are tagged 'parameters'; keep one"
        raise SettingsError(message)
    parameters = tuple(_parameters(tagged[0], where=name)) if tagged else ()
    return Schema(notebook=notebook.stem, parameters=parameters)


def _parameters(source: str, *, where: str) -> Iterator[Parameter]:
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        message = f"{where}, parameters cell, line {error.lineno}: is not Python"
        raise SettingsError(message) from error
    comments = _comments(source)
    for statement in statements:
        place = f"{where}, parameters cell, line {statement.lineno}"
        if not isinstance(statement, ast.AnnAssign) or statement.value is None:
            message = f'{place}: write name: type = value, as in region: str = "EU"'
            raise SettingsError(message)
        scalars, items = accepted_types(statement.annotation, where=place)
        parameter = Parameter(
            name=ast.unparse(statement.target),
            annotation=ast.unparse(statement.annotation),
            default=None,
            help=comments.get(statement.end_lineno or statement.lineno, ""),
            scalars=scalars,
            items=items,
        )
        try:
            default = ast.literal_eval(statement.value)
        except ValueError as error:
            message = f"{place}: the default of {parameter.name!r} is no plain value"
            raise SettingsError(message) from error
        yield replace(parameter, default=parameter.check(default, where=place))


def _comments(source: str) -> dict[int, str]:
    """Return the comment of each line."""
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
