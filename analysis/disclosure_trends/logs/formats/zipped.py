"""Opens a zip: a workbook, or exactly one text or Parquet file, under limits."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from disclosure_trends.errors import DisclosureTrendsError, RequestLogError
from disclosure_trends.logs.formats.intake import Intake, bomb
from disclosure_trends.logs.formats.text import Item, Staged, stage_text
from disclosure_trends.logs.limits import EXPANSION, EXPANSION_FLOOR, ZIP_BYTES
from disclosure_trends.logs.shown import listed, refusal

_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    OverflowError,
)
_ENCRYPTED = 0x1
_MOST_MEMBERS = 10_000


def stage_zip(intake: Intake, item: Item) -> Staged:
    """Stage a workbook, or the one data file of a zip.

    Raises
    ------
    RequestLogError
        It is damaged, encrypted or a bomb, or holds none or several data files.
    """
    copy = item.target.with_suffix(".source.zip")
    intake.copy_to(copy)
    try:
        with explained(item.where), zipfile.ZipFile(copy) as archive:
            return _stage(archive, copy, item)
    finally:
        copy.unlink()


def _stage(archive: zipfile.ZipFile, copy: Path, item: Item) -> Staged:
    members = [member for member in archive.infolist() if not member.is_dir()]
    names = {member.filename for member in members}
    if len(members) > _MOST_MEMBERS:
        raise refusal(
            item.where,
            f"a zip of {len(members):,} members",
            f"a zip holds one log, a workbook up to {_MOST_MEMBERS:,} members",
            "unpack it",
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise refusal(
            item.where,
            "the zip is encrypted",
            "a log is read without a password",
            "unpack it yourself",
        )
    if "xl/workbook.xml" in names or _is_office(names, "xl/"):
        from disclosure_trends.logs.formats.xlsx import stage_xlsx

        return stage_xlsx(archive, copy, item)
    for folder, what in (("word/", "a Word document"), ("ppt/", "a presentation")):
        if _is_office(names, folder):
            raise _foreign(item, what)
    if "mimetype" in names and "content.xml" in names:
        raise _foreign(item, "an OpenDocument file")
    return _stage_member(archive, _the_one(members, item), item)


def _is_office(names: set[str], folder: str) -> bool:
    return "[Content_Types].xml" in names and any(n.startswith(folder) for n in names)


def _foreign(item: Item, what: str) -> RequestLogError:
    return refusal(
        item.where,
        f"this is {what}",
        "a log is CSV, JSON Lines, Parquet or XLSX",
        "save it as one of these",
    )


def _the_one(members: list[zipfile.ZipInfo], item: Item) -> zipfile.ZipInfo:
    data = [member for member in members if not _is_clutter(member.filename)]
    if len(data) != 1:
        names = listed(member.filename for member in data)
        raise refusal(
            item.where,
            f"a zip with {len(data)} data files: {names}",
            "a zip holds exactly one",
            "unpack it and name the files",
        )
    refuse_bomb(data[0], item.where, most=ZIP_BYTES)
    return data[0]


def _is_clutter(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db")


def refuse_bomb(member: zipfile.ZipInfo, where: str, *, most: int) -> None:
    """Refuse a member whose stated size or ratio is beyond the limits.

    Raises
    ------
    RequestLogError
        Before a byte of it is unpacked.
    """
    size, packed = member.file_size, max(member.compress_size, 1)
    if size > EXPANSION_FLOOR and size > EXPANSION * packed:
        raise bomb(where)
    if size > most:
        raise refusal(
            where,
            f"a member unpacks to {size:,} bytes",
            f"up to {most:,} bytes are read",
            "export the log as CSV or Parquet",
        )


def _stage_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, item: Item
) -> Staged:
    with archive.open(member) as packed:
        return stage_text(packed, item, container=".zip")


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what a damaged zip makes the standard library raise into a refusal."""
    try:
        yield
    except DisclosureTrendsError:
        raise
    except _FAULTS as error:
        what = "a member does not match its checksum"
        if "CRC" not in str(error):
            what = "its directory or a member is cut or garbled"
        raise refusal(
            where,
            f"the zip file is damaged ({what})",
            "every member must be whole and match its checksum",
            "fetch it again",
        ) from error
