"""The strict reader of delimited lines: RFC 4180 or a code that says what is wrong.

One physical line is one record, except inside a well-formed quoted field. A span of
lines that a stray quote swallows is not a record: each of its lines is set aside, none
is read as data, since it may be the text of a field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from disclosure_trends.logs.limits import LINE_BYTES
from disclosure_trends.logs.shown import refusal


@dataclass(slots=True)
class Record:
    """One record, whole or broken, or a blank line.

    Attributes
    ----------
    line : int
        Physical line on which it starts, from 1.
    lines : int
        Physical lines it takes.
    raw : str
        Its text as it stands; bytes that do not decode are lone surrogates.
    cells : list of str or None
        Its fields; None where they cannot be told.
    codes : set of str
        What is wrong with its form.
    """

    line: int
    lines: int
    raw: str
    cells: list[str] | None
    codes: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Open:
    """A record whose quoted field is still open at the end of a line."""

    line: int
    lines: list[str]
    cells: list[str]
    text: str
    characters: int


class Tokeniser:
    """Turns physical lines into records.

    Parameters
    ----------
    delimiter : str
        One character.
    width : int
        Fields of a record.
    extra : bool
        Whether one further, empty field is part of every record.
    where : str
        The escaped name of the file.
    line : int
        Physical lines already read.
    """

    def __init__(
        self, delimiter: str, *, width: int, extra: bool, where: str, line: int
    ) -> None:
        self._delimiter = delimiter
        self._width = width
        self._extra = extra
        self._where = where
        self._open: _Open | None = None
        self._scan = _Scanner(delimiter)
        self.line = line
        self.longest_span = (0, 0)

    @property
    def is_open(self) -> bool:
        """Whether a quoted field waits for its end."""
        return self._open is not None

    def feed(self, text: str, end: str) -> Iterator[Record]:
        """Read one physical line, its text and its line end."""
        if self._open is not None:
            yield from self._continue(text, end)
            return
        if "\r" in text and '"' not in text:
            pieces = text.split("\r")
            if all(self._stands_alone(piece) for piece in pieces):
                for piece in pieces[:-1]:
                    yield from self._start(piece, "\r")
                text = pieces[-1]
        yield from self._start(text, end)

    def cells(self, text: str) -> list[str]:
        """Return the fields of a text that is known to be one whole record."""
        fields, _, _ = self._scan.line(text, 0)
        return fields[: self._width]

    def finish(self) -> Iterator[Record]:
        """Set aside what an unclosed quote swallowed up to the end of the file."""
        if self._open is not None:
            yield from self._swallowed(self._open, "unbalanced_quote")
            self._open = None

    def _stands_alone(self, piece: str) -> bool:
        fields = piece.count(self._delimiter) + 1
        return not piece.strip() or fields in (self._width, self._width + self._extra)

    def _start(self, text: str, end: str) -> Iterator[Record]:
        self.line += 1
        if '"' not in text:
            cells = text.split(self._delimiter)
            yield self._whole(Record(self.line, 1, text, cells), end)
            return
        cells, state, rest = self._scan.line(text, 0)
        if state == "whole":
            yield self._whole(Record(self.line, 1, text, cells), end)
        elif state == "open" and not end:
            yield Record(self.line, 1, text, None, {"truncated_last_line"})
        elif state == "open":
            self._open = _Open(self.line, [text], cells, rest + end, len(text))
        else:
            yield Record(self.line, 1, text, None, {"bad_quoting"})

    def _continue(self, text: str, end: str) -> Iterator[Record]:
        span = self._open
        if span is None:
            return
        self.line += 1
        span.lines.append(text)
        span.characters += len(text)
        if span.characters > LINE_BYTES:
            raise self._endless(span)
        closed, inner, position = self._scan.close(text)
        if closed == "open":
            span.text += inner + end
            return
        if closed == "bad":
            self._open = None
            yield from self._swallowed(span, "unbalanced_quote")
            return
        if self._is_swallowed(span.text + inner):
            self._open = None
            yield from self._swallowed(span, "unbalanced_quote")
            return
        span.cells.append(span.text + inner)
        yield from self._after_quote(span, text, position, end)

    def _after_quote(
        self, span: _Open, text: str, position: int, end: str
    ) -> Iterator[Record]:
        cells, state, rest = (
            ([], "whole", "")
            if position == len(text)
            else self._scan.line(text, position + 1)
        )
        span.cells += cells
        if state == "open":
            span.text = rest + end
            return
        self._open = None
        raw = "\n".join(span.lines)
        record = Record(span.line, len(span.lines), raw, span.cells)
        if state == "whole" and not self._whole(record, end).codes:
            yield record
        else:
            yield from self._swallowed(span, "unbalanced_quote")

    def _whole(self, record: Record, end: str) -> Record:
        """Judge the number of fields of a record."""
        cells = record.cells or []
        if record.raw.isspace() or not record.raw:
            record.cells = None
            return record
        if self._extra and len(cells) == self._width + 1 and cells[-1] == "":
            cells.pop()
        if len(cells) < self._width:
            code = "too_few_fields" if end else "truncated_last_line"
            record.codes.add(code)
        elif len(cells) > self._width:
            record.codes.add("too_many_fields")
        return record

    def _is_swallowed(self, text: str) -> bool:
        """Tell a run of rows inside a stray pair of quotes from a text with breaks."""
        breaks = text.count("\n") or text.count("\r")
        least = breaks * max(self._width - 1, 1)
        return breaks > 0 and text.count(self._delimiter) >= least

    def _swallowed(self, span: _Open, code: str) -> Iterator[Record]:
        if len(span.lines) > self.longest_span[0]:
            self.longest_span = (len(span.lines), span.line)
        for i, text in enumerate(span.lines):
            cells = None
            codes = {code} if text.strip() else set()
            yield Record(span.line + i, 1, text, cells, codes)

    def _endless(self, span: _Open) -> Exception:
        return refusal(
            f"{self._where}, line {span.line:,}",
            f"a quote opens here and is not closed within {LINE_BYTES >> 20} MiB",
            "a quoted field ends with a quote before a delimiter or a line end",
            "correct this line, or export the log again",
        )


class _Scanner:
    """Reads the fields of one line where quotes occur."""

    def __init__(self, delimiter: str) -> None:
        mark = re.escape(delimiter)
        inside = r'[^"]*(?:""[^"]*)*'
        self._quoted = re.compile(rf'"({inside})"(?={mark}|\Z)', re.DOTALL)
        self._unclosed = re.compile(rf'"({inside})\Z', re.DOTALL)
        self._plain = re.compile(rf'([^"{mark}]*)(?={mark}|\Z)', re.DOTALL)
        self._closing = re.compile(rf'({inside})"(?={mark}|\Z)', re.DOTALL)
        self._inner = re.compile(rf"({inside})\Z", re.DOTALL)

    def line(self, text: str, position: int) -> tuple[list[str], str, str]:
        """Return the fields from `position` on, the state at the end and its rest."""
        cells: list[str] = []
        while True:
            quoted = text[position : position + 1] == '"'
            match = (self._quoted if quoted else self._plain).match(text, position)
            if match is None:
                unclosed = self._unclosed.match(text, position) if quoted else None
                if unclosed is None:
                    return cells, "bad", ""
                return cells, "open", unclosed[1].replace('""', '"')
            cells.append(match[1].replace('""', '"') if quoted else match[1])
            position = match.end() + 1
            if position > len(text):
                return cells, "whole", ""

    def close(self, text: str) -> tuple[str, str, int]:
        """Return whether an open field ends in this line, its text and where."""
        match = self._closing.match(text)
        if match is not None:
            return "whole", match[1].replace('""', '"'), match.end()
        inner = self._inner.match(text)
        if inner is not None:
            return "open", inner[1].replace('""', '"'), len(text)
        return "bad", "", 0
