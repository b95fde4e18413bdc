"""From a path, pattern, frame, reader or query to the all-text stage."""

import glob
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from disclosure_trends.errors import SettingsError, nearest
from disclosure_trends.logs.formats.intake import (
    Gunzipped,
    Intake,
    open_intake,
    where_in,
)
from disclosure_trends.logs.formats.kinds import tell_kind
from disclosure_trends.logs.formats.query import DatabaseQuery
from disclosure_trends.logs.formats.text import Item, Staged, stage_text
from disclosure_trends.logs.options import ReadOptions, refuse_blanks
from disclosure_trends.logs.shown import plain_name, refusal, shown
from disclosure_trends.logs.stage import Stage
from disclosure_trends.vocabulary.columns import COLUMN_NAMES

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PathText: TypeAlias = "str | PathLike[str]"
Source: TypeAlias = (
    "PathText | Sequence[PathText] | pd.DataFrame | pa.Table | "
    "pa.RecordBatchReader | DatabaseQuery"
)
Read: TypeAlias = ReadOptions | Mapping[str, ReadOptions]

EVERY_OTHER = "*"
"""Key of per-file options for all files without their own."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that a source names, and the name it goes by."""

    path: Path
    name: str


def stage_source(
    source: "Source",
    *,
    read: Read,
    folder: Path,
    strict_only: bool = False,
    copy_parquet: bool = False,
) -> Stage:
    """Stage every record of a log as text.

    Parameters
    ----------
    source : path, sequence of paths, DataFrame, Arrow table or reader, DatabaseQuery
        The log. The name of an existing file is that file; only otherwise is it a
        pattern.
    read : ReadOptions or mapping of str to ReadOptions
        What is declared, for all files or by file name; ``"*"`` stands for the others.
    folder : pathlib.Path
        An existing private folder for the stage's files.
    strict_only : bool, default False
        Read texts by the strict reader alone (slow; the result is the same).
    copy_parquet : bool, default False
        Rewrite Parquet instead of reading a private copy of it in place: slower, but
        what is damaged inside is found here.

    Returns
    -------
    Stage
        Parts and files; every record is in it.

    Raises
    ------
    RequestLogError
        A source cannot be trusted.
    SettingsError
        The options do not fit the source.
    InputChangedError
        A file changed while it was read.
    """
    staged = []
    for number, item in enumerate(_items(source, read, folder)):
        refuse_blanks(item.read, where=f"options of {item.where}")
        item = replace(  # noqa: PLW2901
            item,
            target=folder / f"part-{number:05d}.parquet",
            strict_only=strict_only,
            copy_parquet=copy_parquet,
        )
        staged.append(stage_item(source, item))
    return _together(staged)


def stage_item(source: object, item: Item) -> Staged:
    """Stage one source: a file by its content, anything else by its type."""
    if item.path is not None:
        return _stage_file(item.path, item)
    if isinstance(source, DatabaseQuery):
        from disclosure_trends.logs.formats.query import stage_query

        return stage_query(source, item)
    from disclosure_trends.logs.formats.frames import stage_frame

    return stage_frame(source, item)


def _stage_file(path: Path, item: Item) -> Staged:
    with open_intake(path, where=item.where) as intake:
        kind = tell_kind(intake.head(), where=item.where)
        if kind == "text":
            staged = stage_text(intake, item, container="")
        elif kind == "gzip":
            staged = stage_text(Gunzipped(intake), item, container=".gz")
        elif kind == "parquet":
            from disclosure_trends.logs.formats.parquet import stage_parquet

            staged = stage_parquet(intake, item)
        else:
            from disclosure_trends.logs.formats.zipped import stage_zip

            staged = stage_zip(intake, item)
        return _sealed(staged, intake)


def _sealed(staged: Staged, intake: Intake) -> Staged:
    """Add the hash of all bytes, and see that the file stood still."""
    sha256 = intake.finish()
    return replace(staged, file=replace(staged.file, sha256=sha256, size=intake.size))


def _together(staged: Sequence[Staged]) -> Stage:
    parts = tuple(one.part for one in staged if one.part is not None)
    found = {name for one in staged for name in one.file.columns}
    columns = tuple(name for name in COLUMN_NAMES if name in found)
    return Stage(parts=parts, files=tuple(s.file for s in staged), columns=columns)


def _items(source: "Source", read: Read, folder: Path) -> list[Item]:
    if isinstance(source, str | PathLike):
        return _file_items([source], read, folder)
    if isinstance(source, list | tuple):
        return _file_items(source, read, folder)
    name = "query" if isinstance(source, DatabaseQuery) else "frame"
    if isinstance(read, Mapping):
        message = (
            f"read: got options by file name for a {name}; it has no files; "
            "give one ReadOptions"
        )
        raise SettingsError(message)
    return [Item(name=name, where=f"the {name}", path=None, read=read, target=folder)]


def _file_items(sources: Sequence["PathText"], read: Read, folder: Path) -> list[Item]:
    found = find_files(sources)
    options = _options_by_name(read, found)
    return [
        Item(
            name=plain_name(one.name),
            where=where_in(one.name),
            path=one.path,
            read=options[one.name],
            target=folder,
        )
        for one in found
    ]


def find_files(sources: Iterable["PathText"]) -> list[_Found]:
    """Return the files that names and patterns stand for, each once.

    Raises
    ------
    RequestLogError
        A name is neither a file nor a pattern that finds one, or a file is named
        twice.
    """
    paths = [path for source in sources for path in _expand(source)]
    if not paths:
        raise refusal("source", "no file is named", "a log has one or more", "name it")
    seen = Counter(path.resolve() for path in paths)
    for path in paths:
        if seen[path.resolve()] > 1:
            raise refusal(
                where_in(str(path)),
                "is named twice",
                "each file is read once",
                "name it once",
            )
    bases = Counter(path.name for path in paths)
    return [_Found(p, p.name if bases[p.name] == 1 else str(p)) for p in paths]


def _expand(source: "PathText") -> list[Path]:
    path = Path(source)
    text = str(source)
    if "\x00" not in text and (path.exists() or path.is_symlink()):
        return [path]
    if any(mark in text for mark in "*?[") and "\x00" not in text:
        paths = sorted(Path(name) for name in glob.glob(text, recursive=True))  # noqa: PTH207
        files = [path for path in paths if path.is_file()]
        if files:
            return files
    raise refusal(
        where_in(text),
        "there is no such file, and as a pattern it finds none",
        "a source is an existing file or a pattern such as 'folder/*.csv'",
        "check the name" + _neighbour(path),
    )


def _neighbour(path: Path) -> str:
    try:
        names = [child.name for child in path.parent.iterdir()]
    except (OSError, ValueError):
        return ""
    hint = nearest(path.name, names)
    return hint if hint.isprintable() else ""


def _options_by_name(read: Read, found: Sequence[_Found]) -> dict[str, ReadOptions]:
    if isinstance(read, ReadOptions):
        return {one.name: read for one in found}
    names: dict[str, str] = {}
    for one in found:
        names |= {str(one.path): one.name, one.name: one.name}
    options = {one.name: read.get(EVERY_OTHER, ReadOptions()) for one in found}
    for key, given in read.items():
        if key == EVERY_OTHER:
            continue
        if key not in names:
            message = (
                f"read: options for {shown(key)}, but no such file is read; "
                f"the files are {', '.join(shown(one.name) for one in found)}; "
                f"correct the name{nearest(key, names)}"
            )
            raise SettingsError(message)
        options[names[key]] = given
    return options
