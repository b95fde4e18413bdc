"""Read options as TOML: read strictly, written for a person to fill the blanks."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from textwrap import wrap
from typing import Any, TypeAlias

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.options import (
    OPTION_NAMES,
    FirstOf,
    Join,
    ReadOptions,
)
from disclosure_trends.logs.shown import shown

Comments: TypeAlias = Mapping[str, str]
FILES = "files"
_TABLES = ("columns", "constants", "empty", "terms")
_COLUMN = 44


def read_options(path: "str | PathLike[str]") -> ReadOptions | dict[str, ReadOptions]:
    """Read options from a TOML file.

    Parameters
    ----------
    path : str or os.PathLike
        The file. Its keys are the fields of `ReadOptions`; tables ``[files."NAME"]``
        hold what differs for single files.

    Returns
    -------
    ReadOptions or dict of str to ReadOptions
        One for all files; where there are tables for files, one for each of them and
        one under ``"*"`` for the others.

    Raises
    ------
    SettingsError
        The file cannot be read, a key is unknown, or a value is not allowed.
    """
    where = shown(str(path), longest=120)
    try:
        with Path(path).open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        message = (
            f"{where}: cannot be read ({error.strerror}); the options are a TOML file; "
            "`disclosure-trends preview LOG --write FILE` makes one"
        )
        raise SettingsError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{where}: is no TOML: {error}; correct that place"
        raise SettingsError(message) from error
    return parse_options(content, where=where)


def parse_options(
    content: Mapping[str, object], *, where: str
) -> ReadOptions | dict[str, ReadOptions]:
    """Turn the content of a TOML file into options; see `read_options`."""
    common = {key: value for key, value in content.items() if key != FILES}
    files = content.get(FILES, {})
    if not isinstance(files, Mapping):
        message = f'{where}: files is no table; tables are [files."NAME"]; correct it'
        raise SettingsError(message)
    every = _options(common, where)
    if not files:
        return every
    options = {"*": every}
    for name, own in files.items():
        place = f"{where}, files.{shown(name)}"
        if not isinstance(own, Mapping):
            message = f"{place}: is no table; tables are [files.NAME]; correct it"
            raise SettingsError(message)
        options[name] = _options(_merged(common, own), place)
    return options


def _merged(
    common: Mapping[str, object], own: Mapping[str, object]
) -> dict[str, object]:
    """Return common options with a file's own; the entries of a table are merged."""
    merged = dict(common)
    for key, value in own.items():
        before = merged.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = {**before, **value}
        else:
            merged[key] = value
    return merged


def _options(content: Mapping[str, object], where: str) -> ReadOptions:
    unknown = [key for key in content if key not in OPTION_NAMES]
    if unknown:
        message = (
            f"{where}: unknown option {shown(unknown[0])}; the options are "
            f"{', '.join(OPTION_NAMES)}; correct or remove it"
            f"{nearest(unknown[0], OPTION_NAMES)}"
        )
        raise SettingsError(message)
    values: dict[str, Any] = dict(content)
    columns = values.get("columns")
    if isinstance(columns, Mapping):
        values["columns"] = {
            name: _own(own, f"{where}, columns.{name}") for name, own in columns.items()
        }
    try:
        return replace(ReadOptions(), **values)
    except SettingsError as error:
        message = f"{where}: {error}"
        raise SettingsError(message) from error


def _own(own: object, where: str) -> object:
    if not isinstance(own, Mapping):
        return own
    kinds = {"join": Join, "first_of": FirstOf}
    if len(own) == 1:
        ((key, names),) = own.items()
        if key in kinds and isinstance(names, list):
            return kinds[key](*names)
    message = (
        f"{where}: got {dict(own)!r}; it takes the name of one column, "
        '{join = ["A", "B"]} or {first_of = ["A", "B"]}; correct it'
    )
    raise SettingsError(message)


def format_options(
    read: ReadOptions, *, comments: Comments | None = None, title: Iterable[str] = ()
) -> str:
    """Return options as TOML; fields with their default value are left out.

    Parameters
    ----------
    read : ReadOptions
        The options.
    comments : mapping of str to str, optional
        Dotted field -> what the data say about it; ``terms.outcome`` and its like
        stand above their table.
    title : iterable of str
        Lines of comment at the top.

    Returns
    -------
    str
        Text that `read_options` reads back.
    """
    said = comments or {}
    lines = [f"# {line}".rstrip() for line in title]
    default = ReadOptions()
    for name in OPTION_NAMES:
        value = getattr(read, name)
        if name not in _TABLES and value != getattr(default, name):
            lines.append(_line(name, _value(value), said.get(name)))
    for name in _TABLES:
        table = getattr(read, name)
        if name == "terms":
            for column, words in table.items():
                if words:
                    above = said.get(f"terms.{column}", "")
                    lines += ["", *_above(above), f"[terms.{_key(column)}]"]
                    lines += _table(words, f"terms.{column}", said)
        elif table:
            lines += ["", f"[{name}]", *_table(table, name, said)]
    return "\n".join(lines) + "\n"


def _table(table: Mapping[str, object], name: str, said: Comments) -> list[str]:
    return [
        _line(_key(key), _value(value), said.get(f"{name}.{key}"))
        for key, value in table.items()
    ]


def _line(key: str, value: str, comment: str | None) -> str:
    text = f"{key} = {value}"
    return text if comment is None else f"{text:<{_COLUMN}}  # {_one_line(comment)}"


def _above(comment: str) -> list[str]:
    return [f"# {line}" for line in wrap(_one_line(comment), width=86)]


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _value(value: object) -> str:
    if isinstance(value, Join | FirstOf):
        kind = "join" if isinstance(value, Join) else "first_of"
        return f"{{{kind} = {_value(value.columns)}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _key(key: str) -> str:
    plain = key.replace("-", "").replace("_", "")
    return key if plain.isascii() and plain.isalnum() else _value(key)
