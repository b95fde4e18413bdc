"""What a worksheet's XML says that a reader of its values does not.

The used range is taken from the references of the cells, never from what the sheet
states. Error values, formulas without a cached value and hidden rows are found here,
and documents that declare entities are refused before any other reader sees them.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


class SheetError(ValueError):
    """The XML is no worksheet that can be trusted; the message says why."""


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet says; rows and columns count from 1.

    Attributes
    ----------
    rows, columns : int
        The used range.
    cells : int
        Cells that are there.
    errors, formulas : set of (int, int)
        Cells with an error value; cells whose formula has no cached value.
    hidden_rows : int
        Rows that are hidden or filtered out.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: int = 0


def scan_sheet(blocks: Iterable[bytes]) -> SheetFacts:
    """Read the XML of a worksheet once, in blocks.

    Raises
    ------
    SheetError
        It declares a document type, is not well formed, or a reference is no cell.
    """
    return _Scan().run(blocks)


def shared_lengths(blocks: Iterable[bytes]) -> Sequence[int]:
    """Return how many characters each shared text of a workbook has.

    Raises
    ------
    SheetError
        As for `refuse_declarations`.
    """
    lengths = array("Q")
    parser = _guarded_parser()

    def _start(name: str, attributes: dict[str, str]) -> None:
        del attributes
        if name.rpartition(":")[2] == "si":
            lengths.append(0)

    def _text(found: str) -> None:
        if lengths:
            lengths[-1] += len(found)

    parser.StartElementHandler = _start
    parser.CharacterDataHandler = _text
    _feed(parser, blocks)
    return lengths


def shared_characters(blocks: Iterable[bytes], lengths: Sequence[int]) -> int:
    """Return how many characters the cells of a worksheet take from shared texts."""
    return _References(lengths).run(blocks)


def refuse_declarations(blocks: Iterable[bytes]) -> None:
    """Refuse an XML document that declares a document type or entities.

    Raises
    ------
    SheetError
        It does, or is not well formed.
    """
    parser = _guarded_parser()
    _feed(parser, blocks)


def _guarded_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    message = "it declares a document type or entities, as bombs do"
    raise SheetError(message)


def _feed(parser: expat.XMLParserType, blocks: Iterable[bytes]) -> None:
    try:
        for block in blocks:
            parser.Parse(block, False)  # noqa: FBT003
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        message = f"its XML is not well formed at line {error.lineno:,}"
        raise SheetError(message) from None


class _Scan:
    """The handlers of one run, and where they are in the sheet."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self._row = 0
        self._column = 0
        self._formula = False
        self._kind = ""
        self._value = ""
        self._parser = _guarded_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def run(self, blocks: Iterable[bytes]) -> SheetFacts:
        _feed(self._parser, blocks)
        return self.facts

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._start_cell(attributes)
        elif local == "row":
            self._start_row(attributes)
        elif local == "f":
            self._formula = True
            self._value = ""
        elif local == "v" and self._formula:
            self._parser.CharacterDataHandler = self._text

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "v":
            self._parser.CharacterDataHandler = None
        elif local == "c" and self._formula and not self._value and self._kind != "str":
            self.facts.formulas.add((self._row, self._column))

    def _text(self, text: str) -> None:
        self._value += text

    def _start_row(self, attributes: dict[str, str]) -> None:
        stated = attributes.get("r", "")
        self._row = int(stated) if stated.isdigit() else self._row + 1
        self._column = 0
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden_rows += 1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            self._row, self._column = _place(reference)
        facts = self.facts
        facts.cells += 1
        facts.rows = max(facts.rows, self._row)
        facts.columns = max(facts.columns, self._column)
        self._formula = False
        self._kind = attributes.get("t", "")
        if self._kind == "e":
            facts.errors.add((self._row, self._column))


class _References:
    """Adds up the shared texts that the cells of a sheet name."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self._lengths = lengths
        self._total = 0
        self._is_shared = False
        self._number = ""
        self._parser = _guarded_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def run(self, blocks: Iterable[bytes]) -> int:
        _feed(self._parser, blocks)
        return self._total

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._is_shared = attributes.get("t") == "s"
        elif local == "v" and self._is_shared:
            self._number = ""
            self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        self._number += text

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] != "v" or not self._is_shared:
            return
        self._parser.CharacterDataHandler = None
        digits = self._number.strip()
        if digits.isdecimal() and len(digits) < 10 and int(digits) < len(self._lengths):
            self._total += self._lengths[int(digits)]


def _place(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        message = "a cell's reference is none"
        raise SheetError(message)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    if not 0 < row <= _LAST_ROW or column > _LAST_COLUMN:
        message = "a cell lies outside of any sheet"
        raise SheetError(message)
    return row, column
