"""Finds delimiter, header and title lines in the first lines of a text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from disclosure_trends.logs.formats.header import (
    ColumnPlan,
    Planner,
    plan_columns,
    refuse_incomplete,
)
from disclosure_trends.logs.formats.tokeniser import Record, Tokeniser
from disclosure_trends.logs.limits import HEADER_COLUMNS, HEADER_LINES
from disclosure_trends.logs.options import ReadOptions
from disclosure_trends.logs.shown import refusal, shown

DELIMITERS = (",", ";", "\t", "|")
_HINT = re.compile(r'"?sep=(.)"?,*;*', re.IGNORECASE)
_DATA = re.compile(r"\s*(\d{4}-\d\d|\d\d?[./-]\d\d?[./-]\d|\d+\s*$)")
_ANY_WIDTH = 1_000_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited text is laid out.

    Attributes
    ----------
    delimiter : str
        One character.
    cr_only : bool
        Whether lines end with a carriage return alone.
    preamble : tuple of (int, int)
        Line number and length of each line above the header.
    header_lines : int
        Physical lines of the header; 0 where it is declared.
    plan : ColumnPlan
        The columns.
    extra : bool
        Whether every row has one further, empty field.
    """

    delimiter: str
    cr_only: bool
    preamble: tuple[tuple[int, int], ...]
    header_lines: int
    plan: ColumnPlan
    extra: bool

    @property
    def skip(self) -> int:
        """Physical lines before the first record."""
        return len(self.preamble) + self.header_lines


@dataclass(frozen=True, slots=True)
class _Candidate:
    delimiter: str
    line: int
    record: Record
    plan: ColumnPlan


def find_dialect(
    sample: str,
    *,
    read: ReadOptions,
    where: str,
    whole: bool,
    planner: Planner = plan_columns,
) -> Dialect:
    """Find the layout of a text from its first lines.

    Parameters
    ----------
    sample : str
        The beginning of the text.
    read : ReadOptions
        What is declared.
    where : str
        The escaped name of the file.
    whole : bool
        Whether the sample is the whole text.
    planner : Planner
        Finds the columns in a header.

    Raises
    ------
    RequestLogError
        No header with every required column is found, or a column is there twice.
    """
    lines = split_lines(sample, cr_only=is_cr_only(sample))
    if not whole:
        lines.pop()
    if not whole and not lines:
        raise refusal(
            f"{where}, line 1",
            "no line end in the first MiB",
            "a log is a text with one request per line below a header",
            "see that the file has line ends, and that it is the right one",
        )
    start = read.skip_lines
    hint = _HINT.fullmatch(lines[start][0]) if start < len(lines) else None
    delimiters: tuple[str, ...] = DELIMITERS
    if hint is not None:
        start += 1
        delimiters = (hint[1],)
    if read.header is not None:
        return _declared(sample, lines, start, delimiters, read, where, planner)
    plan = partial(planner, read=read)
    found = _best(lines, start, delimiters, plan, where)
    if found is None:
        raise refusal(
            where,
            f"no header in the first {len(lines):,} lines",
            "a log is a text with one request per line below a header",
            "see that it is the right file, or set skip_lines=",
        )
    place = f"{where}, line {found.line + 1:,}"
    if not found.plan.complete:
        like_data = not found.plan.feeds and any(
            _DATA.match(cell) for cell in found.plan.header
        )
        refuse_incomplete(found.plan, where=place, like_data=like_data)
    after = found.line + found.record.lines
    width = len(found.plan.header)
    return Dialect(
        delimiter=found.delimiter,
        cr_only=is_cr_only(sample),
        preamble=_lengths(lines[: found.line]),
        header_lines=found.record.lines,
        plan=found.plan,
        extra=_has_extra(lines[after:], found.delimiter, width, where),
    )


def is_cr_only(sample: str) -> bool:
    """Tell whether lines end with a carriage return alone."""
    return "\r" in sample and "\n" not in sample


def split_lines(text: str, *, cr_only: bool) -> list[tuple[str, str]]:
    """Split a text at its physical line ends into (line, end)."""
    if cr_only and "\n" not in text:
        *bodies, last = text.split("\r")
        return [*((body, "\r") for body in bodies), *([(last, "")] if last else [])]
    lines = []
    for piece in re.split(r"(?<=[\r\n])" if cr_only else r"(?<=\n)", text):
        body = piece.rstrip("\r\n") if cr_only else piece.removesuffix("\n")
        if not cr_only and body != piece:
            body = body.removesuffix("\r")
        if piece:
            lines.append((body, piece[len(body) :]))
    return lines


def _best(
    lines: list[tuple[str, str]],
    start: int,
    delimiters: tuple[str, ...],
    plan: Callable[..., ColumnPlan],
    where: str,
) -> _Candidate | None:
    """Return the first line with a complete header, else the most promising one."""
    best: _Candidate | None = None
    for i in range(start, min(len(lines), start + HEADER_LINES)):
        for candidate in _read_header(lines, i, delimiters, plan, where):
            if candidate.plan.complete:
                return candidate
            if best is None or _promise(candidate) > _promise(best):
                best = candidate
    return best


def _promise(candidate: _Candidate) -> tuple[int, int]:
    plan = candidate.plan
    known = len(plan.feeds)
    # Where nothing is known the first line speaks, with the delimiter it uses most.
    return known, len(plan.header) if not known and candidate.line == 0 else 0


def _read_header(
    lines: list[tuple[str, str]],
    i: int,
    delimiters: tuple[str, ...],
    plan: Callable[..., ColumnPlan],
    where: str,
) -> Iterator[_Candidate]:
    by_width = sorted(delimiters, key=lambda d: -lines[i][0].count(d))
    for delimiter in by_width:
        record = _first_record(lines[i:], delimiter, where)
        if record is None or record.cells is None:
            continue
        if len(record.cells) > HEADER_COLUMNS:
            raise refusal(
                f"{where}, line {i + 1:,}",
                f"{len(record.cells):,} columns",
                f"a log has up to {HEADER_COLUMNS:,}",
                "export only the columns of the log",
            )
        place = f"{where}, line {i + 1:,}"
        found = plan(record.cells, where=place)
        yield _Candidate(delimiter, i, record, found)


def _first_record(
    lines: list[tuple[str, str]], delimiter: str, where: str
) -> Record | None:
    tokeniser = Tokeniser(delimiter, width=_ANY_WIDTH, extra=False, where=where, line=0)
    for text, end in lines[:HEADER_LINES]:
        for record in tokeniser.feed(text, end):
            wanted = record.codes <= {"too_few_fields", "truncated_last_line"}
            return record if wanted else None
    return None


def _declared(
    sample: str,
    lines: list[tuple[str, str]],
    start: int,
    delimiters: tuple[str, ...],
    read: ReadOptions,
    where: str,
    planner: Planner,
) -> Dialect:
    header = read.header or ()
    plan = planner(header, read=read, where=f"{where}, header=")
    refuse_incomplete(plan, where=f"{where}, header=")
    width = len(header)

    def fits(delimiter: str) -> int:
        cells = (text.count(delimiter) + 1 for text, _ in lines[start : start + 100])
        return sum(n in (width, width + 1) for n in cells)

    delimiter = max(delimiters, key=fits)
    if width > 1 and len(lines) > start and not fits(delimiter):
        raise refusal(
            f"{where}, line {start + 1:,}",
            f"no line has the {width:,} fields that header= names",
            "fields are split by comma, semicolon, tab or |",
            "name every column of the file in order",
        )
    return Dialect(
        delimiter=delimiter,
        cr_only=is_cr_only(sample),
        preamble=_lengths(lines[:start]),
        header_lines=0,
        plan=plan,
        extra=_has_extra(lines[start:], delimiter, width, where),
    )


def _has_extra(
    lines: list[tuple[str, str]], delimiter: str, width: int, where: str
) -> bool:
    """Tell whether the rows at hand all have one further, empty field."""
    tokeniser = Tokeniser(delimiter, width=width, extra=False, where=where, line=0)
    seen = 0
    for text, end in lines[:200]:
        for record in tokeniser.feed(text, end):
            if record.cells is None:
                continue
            if len(record.cells) != width + 1 or record.cells[-1] != "":
                return False
            seen += 1
    return seen > 0


def _lengths(lines: list[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
    return tuple((i, len(text)) for i, (text, _) in enumerate(lines, start=1))


def describe(delimiter: str) -> str:
    """Return a delimiter as a word."""
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
    return names.get(delimiter, shown(delimiter))
