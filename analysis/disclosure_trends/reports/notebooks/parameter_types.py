"""The types a parameter may have, and the strict check of a value against one.

Only str, int, float, bool, None and lists of these; nothing is guessed: a text stays a
text (`NO` is Norway, `007` keeps its zeros), and a whole number is no truth value.
"""

import ast
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from os import PathLike, fspath
from typing import Final

from disclosure_trends.errors import SettingsError

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]

_TYPES: Final = ("str", "int", "float", "bool")
_JSON_TYPES: Final = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "None": "null",
}
_INTEGER: Final = re.compile(r"[+-]?\d+")
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_TRUTH: Final = {"true": True, "True": True, "false": False, "False": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One line of a notebook's parameters cell.

    Attributes
    ----------
    name : str
        Name of the variable.
    annotation : str
        Its type as written, for example ``"str | None"``.
    default : str, int, float, bool, None or list
        What holds when nothing is given.
    help : str
        The comment at the end of the line.
    scalars, items : frozenset of str
        Accepted types of a single value, and of the items of a list.
    """

    name: str
    annotation: str
    default: Value
    help: str
    scalars: frozenset[str]
    items: frozenset[str]

    def check(self, value: object, *, where: str) -> Value:
        """Accept a value of the declared type; nothing is converted but int to float.

        Raises
        ------
        SettingsError
            If the value has another type.
        """
        plain = _plain(value)
        if isinstance(plain, list):
            items = [_scalar(item, self.items) for item in plain]
            if self.items and all(found for found, _ in items):
                return [item for _, item in items]
        else:
            found, accepted = _scalar(plain, self.scalars)
            if found:
                return accepted
        message = (
            f"{where}: parameter {self.name!r} is {_kind(value)}, "
            f"not {self.annotation}; {_advice(self)}"
        )
        raise SettingsError(message)

    def parse(self, text: str, *, where: str) -> Value:
        """Read a value from a command line by the declared type.

        Where a text is allowed the value stays that text. An empty text is None where
        only None or a list fits; a list is written ``EU,IN,BR`` or as JSON.

        Raises
        ------
        SettingsError
            If the text is no value of the type.
        """
        if "str" in self.scalars:
            return text
        if self.items and not self.scalars - {"None"}:
            return self._parse_list(text, where=where)
        for kind in ("None", "bool", "int", "float"):
            if kind in self.scalars:
                found, value = _read(text, kind)
                if found:
                    return value
        message = (
            f"{where}: parameter {self.name!r} is {text!r}, "
            f"not {self.annotation}; {_advice(self)}"
        )
        raise SettingsError(message)

    def json_schema(self) -> dict[str, object]:
        """Describe the parameter in JSON Schema."""
        kinds = [_JSON_TYPES[kind] for kind in _ordered(self.scalars)]
        schema: dict[str, object] = {"description": self.help, "default": self.default}
        if self.items:
            kinds.append("array")
            items = [_JSON_TYPES[kind] for kind in _ordered(self.items)]
            schema["items"] = {"type": items[0] if len(items) == 1 else items}
        return {"type": kinds[0] if len(kinds) == 1 else kinds, **schema}

    def _parse_list(self, text: str, *, where: str) -> Value:
        if not text and "None" in self.scalars:
            return None
        if text.startswith("["):
            try:
                return self.check(json.loads(text), where=where)
            except json.JSONDecodeError:
                pass
        kind = _ordered(self.items)[0]
        parts = [part.strip() for part in text.split(",")] if text else []
        read = [(True, part) if kind == "str" else _read(part, kind) for part in parts]
        if not all(found for found, _ in read):
            message = (
                f"{where}: parameter {self.name!r} is {text!r}, "
                f"not {self.annotation}; {_advice(self)}"
            )
            raise SettingsError(message)
        return [value for _, value in read]


def accepted_types(
    annotation: ast.expr, *, where: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the scalar types and the item types that an annotation allows.

    Raises
    ------
    SettingsError
        If a parameter may not have the type.
    """
    match annotation:
        case ast.Name(id=name) if name in _TYPES:
            return frozenset({name}), frozenset()
        case ast.Constant(value=None):
            return frozenset({"None"}), frozenset()
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            one, other = (
                accepted_types(left, where=where),
                accepted_types(right, where=where),
            )
            return one[0] | other[0], one[1] | other[1]
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return frozenset(), accepted_types(inner, where=where)[0]
    message = (
        f"{where}: type {ast.unparse(annotation)!r} is not allowed; a parameter is "
        f"{', '.join(_TYPES)}, None or a list of these"
    )
    raise SettingsError(message)


def _plain(value: object) -> object:
    """Turn what callers naturally hold into what a notebook can be given."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, PathLike):
        return fspath(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    if type(value).__name__ == "Period":  # pandas; not imported for its sake
        return str(value)
    return value


def _scalar(value: object, kinds: frozenset[str]) -> tuple[bool, Scalar]:
    """Tell whether a value is of one of the types, and return it as that type."""
    if value is None:
        return "None" in kinds, None
    if isinstance(value, bool):
        return "bool" in kinds, value
    if isinstance(value, str):
        return "str" in kinds, value
    if isinstance(value, int):
        whole = "int" in kinds
        return whole or "float" in kinds, value if whole else float(value)
    if isinstance(value, float):
        return "float" in kinds and math.isfinite(value), value
    return False, None


def _read(text: str, kind: str) -> tuple[bool, Scalar]:
    """Tell whether a text is a value of the type, and return the value."""
    if kind == "None":
        return text == "", None
    if kind == "bool":
        return text in _TRUTH, _TRUTH.get(text)
    if kind == "int":
        found = _INTEGER.fullmatch(text) is not None
        return found, int(text) if found else None
    found = _DECIMAL.fullmatch(text) is not None and math.isfinite(float(text))
    return found, float(text) if found else None


def _kind(value: object) -> str:
    """Say what a value is, without the value."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return f"of type {type(value).__name__}"


def _ordered(kinds: frozenset[str]) -> list[str]:
    return [kind for kind in (*_TYPES, "None") if kind in kinds]


def _advice(parameter: Parameter) -> str:
    """Say how a value of the type is written."""
    examples = {
        "str": "a text",
        "int": "a whole number such as 12",
        "float": "a finite number such as 0.95",
        "bool": "true or false",
        "None": "nothing",
    }
    wanted = [examples[kind] for kind in _ordered(parameter.scalars)]
    if parameter.items:
        wanted.append("a list such as EU,IN,BR")
    return f"give {' or '.join(wanted)}"
