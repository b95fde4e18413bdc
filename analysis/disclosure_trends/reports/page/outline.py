"""The order of a page: what is hoisted to its head, its sections, and its end.

The verdict is the statement of the first finding of the first result that a notebook
shows; main points follow in order of display; sections are the notebook's own; limits,
words and provenance of all results are gathered at the end.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from disclosure_trends.reports import fields
from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.page.blocks import (
    Block,
    Checks,
    Grade,
    day_words,
    gather_checks,
    is_simulated,
    read_grade,
    result_blocks,
    statements_of,
)
from disclosure_trends.reports.page.drawings import Drawing
from disclosure_trends.reports.page.markup import Heading, Prose
from disclosure_trends.reports.page.shown import Item, LeftOut, Shown

MOST_POINTS = 6
_HASH = re.compile(r"[0-9a-f]{40,64}")
_COMMANDS = ("disclosure-trends ", "papermill ", "jupyter ")


@dataclass(frozen=True, slots=True)
class MainPoint:
    """A sentence and the number that stands beside it."""

    number: str
    text: str
    unit: str = ""


@dataclass(slots=True)
class Section:
    """A heading and what stands below it, numbered over the whole page."""

    anchor: str
    heading: str
    blocks: list[tuple[int, Block | Drawing | Prose | LeftOut]] = field(
        default_factory=list
    )
    bundles: list[Record] = field(default_factory=list)

    @property
    def is_simulated(self) -> bool:
        """Whether all that it shows was drawn from simulated data."""
        marks = [b.simulated for _, b in self.blocks if hasattr(b, "simulated")]
        return bool(marks) and all(marks)


@dataclass(frozen=True, slots=True)
class Source:
    """One row of "where the numbers come from": text, then hash or command, a line."""

    label: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A label and its text; marked where it speaks of simulated data alone."""

    label: str
    text: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template sets, in order."""

    report: str
    heading: str
    as_of: str
    classification: str
    simulated: bool
    verdict: str
    grade: Grade | None
    points: tuple[MainPoint, ...]
    opening: Section
    sections: tuple[Section, ...]
    limits: tuple[Explained, ...]
    words: tuple[Explained, ...]
    sources: tuple[Source, ...]
    addresses: tuple[str, ...]
    checks: Checks | None
    drawings: tuple[Drawing, ...]


def outline(items: Iterable[Item]) -> Page:
    """Put what a notebook shows into the order of a page.

    Parameters
    ----------
    items : iterable
        What `read_notebook` yields.

    Returns
    -------
    Page
        Figures and tables numbered in the order of the page.
    """
    every = list(items)
    bundles = [item.bundle for item in every if isinstance(item, Shown)]
    report = next((b for b in bundles if b.get("type") == "Report"), {})
    results = [b for b in bundles if b.get("type") != "Report"]
    simulated = _is_simulated(every, results)
    verdict = next(
        (text for b in results[:1] for text in statements_of(b).values()), ""
    )
    grade = _hoisted_grade(results)
    points = _main_points(results, verdict, simulated=simulated)
    hoisted = frozenset([verdict, *(point.text for point in points)])
    sections = _sections(every, hoisted, grade)
    question = next((i.text for i in every if isinstance(i, Heading)), "Report")
    drawings = tuple(
        block
        for section in sections
        for _, block in section.blocks
        if isinstance(block, Drawing)
    )
    return Page(
        report=fields.text(report, "report").replace("_", " ") or "report",
        heading=fields.text(report, "heading") or question,
        as_of=day_words(fields.text(report, "as_of")),
        classification=fields.text(report, "classification") or "Internal",
        simulated=simulated,
        verdict=verdict,
        grade=grade,
        points=points,
        opening=sections[0],
        sections=tuple(s for s in sections[1:] if s.blocks or s.heading),
        limits=_gathered(results, "limits", "label", "text"),
        words=_gathered(results, "words", "term", "meaning"),
        sources=tuple(_sources(report)),
        addresses=tuple(fields.texts(report, "sources")),
        checks=gather_checks([report]),
        drawings=drawings,
    )


def _is_simulated(items: Sequence[Item], results: Sequence[Record]) -> bool:
    """Tell whether the page as a whole rests on simulated data."""
    if results:
        return is_simulated(results[0])
    return any(isinstance(item, Drawing) and item.simulated for item in items)


def _hoisted_grade(results: Sequence[Record]) -> Grade | None:
    """Return the first grade of the evidence that the verdict rests on."""
    same = (b for b in results if b.get("evidence") == results[0].get("evidence"))
    return next((grade for b in same if (grade := read_grade(b))), None)


def _main_points(
    results: Sequence[Record], verdict: str, *, simulated: bool
) -> tuple[MainPoint, ...]:
    """Choose at most six points; a simulated one never stands among real ones."""
    points: dict[str, MainPoint] = {}
    for bundle in results:
        if is_simulated(bundle) and not simulated:
            continue
        statements = statements_of(bundle)
        for point in fields.records(bundle, "points"):
            text = statements.get(fields.text(point, "finding"), "")
            if text and text != verdict:
                number, unit = (fields.text(point, k) for k in ("number", "unit"))
                points.setdefault(text, MainPoint(number, text, unit))
    return tuple(points.values())[:MOST_POINTS]


def _sections(
    items: Sequence[Item], hoisted: frozenset[str], grade: Grade | None
) -> list[Section]:
    """Cut at headings of level two; the first section is the opening."""
    sections = [Section("brief", "")]
    for item in items:
        here = sections[-1]
        match item:
            case Heading(level=1):
                continue
            case Heading():
                sections.append(Section(f"s{len(sections)}", item.text))
            case Shown(bundle=bundle) if bundle.get("type") != "Report":
                here.bundles.append(bundle)
                here.blocks += [(0, block) for block in _blocks(bundle, hoisted, grade)]
            case Drawing():
                here.blocks.insert(_place(here), (0, item))
            case Prose() | LeftOut():
                here.blocks.append((0, item))
    for section in sections:
        checks = gather_checks(section.bundles)
        section.blocks += [(0, checks)] if checks else []
    _number(sections)
    return sections


def _place(section: Section) -> int:
    """Return where a drawing goes: before the tables that stand last in a section.

    The first of the page stands right below the main points.
    """
    passed = {"table"}
    if not section.heading and not any(b.kind == "figure" for _, b in section.blocks):
        passed.add("sentences")
    place = len(section.blocks)
    while place and section.blocks[place - 1][1].kind in passed:
        place -= 1
    return place


def _number(sections: Sequence[Section]) -> None:
    """Give figures and tables their numbers, over the whole page."""
    counted = {"figure": 0, "table": 0}
    for section in sections:
        for position, (_, block) in enumerate(section.blocks):
            if block.kind in counted:
                counted[block.kind] += 1
                section.blocks[position] = (counted[block.kind], block)


def _blocks(
    bundle: Record, hoisted: frozenset[str], grade: Grade | None
) -> list[Block]:
    own = read_grade(bundle)
    inline = [own] if own and own != grade else []
    return [*inline, *result_blocks(bundle, hoisted=hoisted)]


def _gathered(
    results: Sequence[Record], key: str, label: str, text: str
) -> tuple[Explained, ...]:
    """Gather rows of all results, each once; a label met again gets its own row."""
    rows: dict[tuple[str, str], bool] = {}
    for bundle in results:
        for row in fields.records(bundle, key):
            said = (fields.text(row, label), fields.text(row, text))
            rows[said] = rows.get(said, True) and is_simulated(bundle)
    return tuple(Explained(*said, simulated) for said, simulated in rows.items())


def _sources(report: Record) -> Iterable[Source]:
    """Yield the rows of the provenance; rows of one label stand together."""
    rows: dict[str, list[str]] = {}
    for row in fields.listing(report.get("provenance"), "provenance"):
        label, *lines = (str(part) for part in fields.listing(row, "provenance"))
        split = [part for line in lines for part in line.splitlines()]
        rows.setdefault(label, []).extend(split)
    for label, parts in rows.items():
        yield Source(label, tuple(_text_and_code(part) for part in parts))


def _text_and_code(line: str) -> tuple[str, str]:
    """Part what is read from what is copied: a command, or a hash at the end."""
    if line.startswith(_COMMANDS):
        return "", line
    text, space, end = line.rpartition(" ")
    return (text + space, end) if _HASH.fullmatch(end) else (line, "")
