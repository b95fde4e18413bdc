"""Stages one text: told apart into delimited lines and JSON, decoded, counted."""

from dataclasses import dataclass
from pathlib import Path

from disclosure_trends.logs.formats.decoding import Encoding, Utf8, tell_encoding
from disclosure_trends.logs.formats.delimited import TextCounts, TextReader
from disclosure_trends.logs.formats.header import Planner, plan_columns
from disclosure_trends.logs.formats.intake import HEAD_BYTES, Readable
from disclosure_trends.logs.formats.kinds import tell_kind
from disclosure_trends.logs.formats.writer import StageWriter
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.shown import UndeclaredEncodingError, refusal
from disclosure_trends.logs.stage import StagedFile, StagePart


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One source on its way into the stage.

    Attributes
    ----------
    name : str
        Its ``source_file``.
    where : str
        Its escaped name, for messages.
    path : pathlib.Path or None
        The file, where it is one.
    read : ReadOptions
        What is declared for it.
    target : pathlib.Path
        The Parquet file to write.
    strict_only : bool
        Whether the fast reader is left out.
    copy_parquet : bool
        Whether Parquet is rewritten rather than read in place.
    planner : Planner
        Finds the columns to read.
    """

    name: str
    where: str
    path: Path | None
    read: ReadOptions
    target: Path
    strict_only: bool = False
    copy_parquet: bool = False
    planner: Planner = plan_columns


@dataclass(frozen=True, slots=True)
class Staged:
    """What one source gave; `part` is None where it holds no record."""

    file: StagedFile
    part: StagePart | None


class Peeked:
    """A stream whose first bytes can be looked at before they are read."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._head = b""

    def head(self, size: int = HEAD_BYTES) -> bytes:
        """Return the first bytes without moving on."""
        while len(self._head) < size:
            more = self._source.read(size - len(self._head))
            if not more:
                break
            self._head += more
        return self._head

    def read(self, size: int) -> bytes:
        """Return about `size` bytes; none at the end."""
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._source.read(size)


def stage_text(source: Readable, item: Item, *, container: str) -> Staged:
    """Stage the unpacked bytes of a text.

    Parameters
    ----------
    source : Readable
        The bytes.
    item : Item
        What they are and where they go.
    container : str
        ``""``, ``.gz`` or ``.zip``.

    Returns
    -------
    Staged
        Its hash and size are still to be filled in: the container knows them.

    Raises
    ------
    RequestLogError
        The text cannot be trusted.
    """
    raw = Peeked(source)
    head = raw.head()
    if container and tell_kind(head, where=item.where) != "text":
        raise refusal(
            item.where,
            "a container inside a container",
            "gzip and zip may hold one text",
            "unpack the outer one",
        )
    encoding = tell_encoding(head, declared=item.read.encoding, where=item.where)
    text = Peeked(Utf8(raw, encoding, where=item.where))
    if not text.head().strip():
        tell_kind(b" ", where=item.where)
    if looks_like_json(text.head()):
        from disclosure_trends.logs.formats.jsonl import stage_json

        return stage_json(text, item, encoding=encoding, container=container)
    return _stage_delimited(text, item, encoding, container)


def looks_like_json(head: bytes) -> bool:
    """Tell whether a text begins as JSON does and is not a header in brackets."""
    start = head.lstrip(b" \t\r\n\xef\xbb\xbf")
    if start[:1] == b"{":
        return True
    return start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"]", b"[", b"")


def _stage_delimited(
    text: Readable, item: Item, encoding: Encoding, container: str
) -> Staged:
    reader = TextReader(
        text,
        read=item.read,
        where=item.where,
        planner=item.planner,
        strict_only=item.strict_only,
    )
    plan = reader.dialect.plan
    with StageWriter(
        item.target, source_name=item.name, columns=plan.columns
    ) as writer:
        counts = reader.stage(writer)
        refuse_legacy(counts, encoding, item.where)
    file = StagedFile(
        name=item.name,
        path=item.path,
        sha256="",
        size=0,
        format="csv" + container,
        encoding=encoding.name,
        delimiter=reader.dialect.delimiter,
        records=counts.records,
        skipped_preamble=reader.dialect.preamble,
        blank_lines=counts.blank,
        inner_lines=counts.inner,
        unended=counts.unended,
        physical_lines=counts.lines,
        header_lines=reader.dialect.header_lines,
        warnings=dict(counts.warnings),
        columns=plan.own_names(),
        unknown_columns=len(plan.header) - len(plan.positions),
        options=item.read,
    )
    return Staged(file, finished_part(writer))


def finished_part(writer: StageWriter) -> StagePart | None:
    """Return what a writer has written."""
    if not writer.rows:
        return None
    return StagePart(path=writer.path, name=writer.source_name, columns=writer.columns)


def refuse_legacy(counts: TextCounts, encoding: Encoding, where: str) -> None:
    """Refuse a text of which no line with other than ASCII letters is UTF-8.

    Raises
    ------
    RequestLogError
        It is in a code page that nobody declared: it is never guessed.
    """
    if encoding.proved or not counts.bad_lines or counts.plain_lines:
        return
    line, found = counts.first_bad
    shown = " ".join(f"0x{byte:02x}" for byte in found)
    raise UndeclaredEncodingError.of(
        f"{where}, line {line:,}",
        f"the bytes {shown} are not UTF-8, and no line shows that the file is",
        "a text is UTF-8, or its code page is declared, since several fit",
        'declare it, as encoding="cp1252" or "cp1251"',
    )
