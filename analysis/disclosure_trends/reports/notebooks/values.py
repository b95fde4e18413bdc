"""What the values of well-known parameters must be: regions, periods, days, files.

A notebook that calls a parameter ``region`` gets a region that exists, or no run.
"""

from collections.abc import Callable, Collection, Mapping
from glob import has_magic
from pathlib import Path
from typing import Final

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.reports.notebooks.parameter_types import Value
from disclosure_trends.resources import shipped_path
from disclosure_trends.vocabulary.periods import parse_as_of, parse_period
from disclosure_trends.vocabulary.regions import check_region

EXAMPLE: Final = "example"
INPUTS: Final = ("requests", "adoption_dates", "published", "counts")
"""Names of parameters that lead to files."""
OPTIONAL: Final = ("adoption_dates",)
"""Names of those that may be empty: there is no such file."""


def check_known(
    values: Mapping[str, Value], *, where: str, optional: Collection[str] = ()
) -> None:
    """Check the values of the parameters whose names have a fixed meaning.

    Parameters
    ----------
    values : mapping
        Name to checked value; None and names without a fixed meaning pass.
    where : str
        The notebook, for the message.
    optional : collection of str
        Names that may be empty, for their defaults are. A second source beside the
        log may always be empty.

    Raises
    ------
    SettingsError
        If a region, period, day or file does not exist, or `before` does not lie
        before `after`.
    """
    for name, value in values.items():
        place = f"{where}, parameter {name!r}"
        if value == "" and (name in optional or name in INPUTS[1:]):
            continue
        if name in INPUTS and isinstance(value, str):
            _check_file(name, value, where=place)
        if name in _KNOWN and value is not None:
            for item in value if isinstance(value, list) else [value]:
                _KNOWN[name](str(item), place)
    before, after = values.get("before"), values.get("after")
    if isinstance(before, str) and isinstance(after, str) and before and after:
        _check_order(before, after, where=where)


def input_files(name: str, value: Value) -> tuple[Path, ...]:
    """Return the files that a parameter leads to, sorted by name.

    Parameters
    ----------
    name : str
        Name of the parameter; only `requests`, `adoption_dates` and `published` are
        inputs.
    value : str, None or another plain value
        What it holds: a path, a pattern, a folder, a shipped name.

    Returns
    -------
    tuple of pathlib.Path
        Empty where the parameter is no input or nothing is given.
    """
    if name not in INPUTS or not isinstance(value, str) or not value:
        return ()
    path = _shipped(name, value) or Path(value)
    if path.is_dir():
        return tuple(sorted(file for file in path.iterdir() if file.is_file()))
    if path.is_file():
        return (path,)
    return tuple(sorted(_matches(value)))


def _shipped(name: str, value: str) -> Path | None:
    """Return the shipped file that a short name stands for; a file goes before it."""
    if name == "published":
        file = shipped_path(f"data/published/{value}.csv")
        return file if value.isidentifier() and not Path(value).exists() else None
    if value != EXAMPLE:
        return None
    example = _EXAMPLES.get(name)
    return shipped_path(f"data/example/{example}") if example else None


def _check_file(name: str, value: str, *, where: str) -> None:
    if input_files(name, value) or (name in OPTIONAL and not value):
        return
    shipped = _published_names() if name == "published" else ()
    shipped = (EXAMPLE,) if name in _EXAMPLES else shipped
    allowed = " or ".join(["a path", *map(repr, shipped)])
    message = (
        f"{where}: {Path(value).name!r} is neither a file nor a folder with files"
        f"{nearest(value, shipped)}; give {allowed}"
    )
    raise SettingsError(message)


def _check_order(before: str, after: str, *, where: str) -> None:
    if parse_period(before).end < parse_period(after).start:
        return
    message = (
        f"{where}, parameter 'before': {before!r} does not end before 'after', "
        f"{after!r}, begins; give the earlier period as 'before'"
    )
    raise SettingsError(message)


def _matches(pattern: str) -> list[Path]:
    if not has_magic(pattern):
        return []
    path = Path(pattern)
    root = Path(path.anchor) if path.is_absolute() else Path()
    relative = path.relative_to(path.anchor) if path.is_absolute() else path
    return [found for found in root.glob(str(relative)) if found.is_file()]


def _published_names() -> tuple[str, ...]:
    folder = shipped_path("data/published")
    stems = {path.stem for path in folder.glob("*.csv")}
    return tuple(sorted(stems - {"claims", "events"}))


_EXAMPLES: Final = {
    "requests": "requests.csv.gz",
    "adoption_dates": "adoption_dates.csv",
}
_KNOWN: Final[Mapping[str, Callable[[str, str], object]]] = {
    "region": lambda text, where: check_region(text, name=where),
    "regions": lambda text, where: check_region(text, name=where),
    "members": lambda text, where: check_region(text, name=where),
    "against": lambda text, where: check_region(text, name=where),
    "before": lambda text, where: parse_period(text, name=where),
    "after": lambda text, where: parse_period(text, name=where),
    "as_of": lambda text, where: parse_as_of(text, name=where),
    "policy": lambda text, where: text and parse_as_of(text, name=where),
}
