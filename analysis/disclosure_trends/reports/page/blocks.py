"""Turns the bundle of a result into the blocks of a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure_trends.display.wording import sentence
from disclosure_trends.reports import fields
from disclosure_trends.reports.fields import Record
from disclosure_trends.reports.page.data_tables import (
    DataTable,
    Spark,
    draw_spark,
    glyph_of,
    read_table,
)

MOST_SENTENCES = 12  # more are opened by whoever wants them
LONG = 20  # rows; a longer table is opened by whoever wants it


@dataclass(frozen=True, slots=True)
class Chip:
    """A verdict: a shape and its words."""

    glyph: str
    text: str


@dataclass(frozen=True, slots=True)
class Sentences:
    """Findings that were not hoisted, each as its sentence."""

    texts: tuple[str, ...]
    simulated: bool
    kind: str = "sentences"

    @property
    def is_folded(self) -> bool:
        """Whether they are so many that they stand in a reader's way."""
        return len(self.texts) > MOST_SENTENCES


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a result with its number on the page left open."""

    table: DataTable
    simulated: bool
    kind: str = "table"

    @property
    def is_folded(self) -> bool:
        """Whether it is too long to stand in the way of what follows."""
        return self.table.length > LONG


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the claim table."""

    text: str
    said_on: str
    source_url: str
    chip: Chip
    figure: str
    data_show: str
    would_decide: str
    spark: Spark | None
    bounds: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Claims:
    """The claim table."""

    rows: tuple[Claim, ...]
    month: str
    said_on: str
    source_url: str
    simulated: bool
    kind: str = "claims"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What stands where the data cannot answer."""

    rule: str
    sentence: str
    asked: str
    why: str
    identify: tuple[str, ...]
    instead: str
    simulated: bool
    kind: str = "refusal"


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade on its scale and the criterion that was missed."""

    reached: str
    scale: tuple[str, ...]
    missed: str
    simulated: bool
    kind: str = "grade"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check: what came of it, and what was found."""

    chip: Chip
    text: str


@dataclass(frozen=True, slots=True)
class Checks:
    """What was looked at before numbers were given out; misses are said aloud."""

    missed: tuple[str, ...]
    lines: tuple[CheckLine, ...]
    simulated: bool
    kind: str = "checks"


Block = Sentences | Table | Claims | Refusal | Grade | Checks


def is_simulated(bundle: Record) -> bool:
    """Tell whether a result was drawn from simulated data."""
    return fields.text(bundle, "evidence") == "simulated"


def result_blocks(bundle: Record, *, hoisted: frozenset[str]) -> Iterator[Block]:
    """Lay out a result that a cell displayed.

    Parameters
    ----------
    bundle : mapping
        The bundle of a result.
    hoisted : frozenset of str
        Statements that already stand at the head of the page.

    Yields
    ------
    Block
        Refusal, claims, sentences and tables, as far as there are any.
    """
    simulated = is_simulated(bundle)
    refusal = bundle.get("refusal")
    if isinstance(refusal, Mapping):
        box = _refusal(refusal, simulated=simulated)
        hoisted |= {box.sentence, sentence(box.sentence)}
        yield box
    claims = fields.records(bundle, "claims")
    if claims:
        yield _claims(claims, simulated=simulated)
    statements = statements_of(bundle)
    rest = tuple(text for text in statements.values() if text not in hoisted)
    if rest and not claims:
        yield Sentences(rest, simulated)
    for table in fields.records(bundle, "tables"):
        yield Table(read_table(table), simulated)


def statements_of(bundle: Record) -> dict[str, str]:
    """Return the sentences of a result by the id of their finding, in order."""
    return {
        fields.text(finding, "id"): sentence(fields.text(finding, "statement"))
        for finding in fields.records(bundle, "findings")
    }


def read_grade(bundle: Record) -> Grade | None:
    """Return the grade of a result; None where it has none."""
    grade = bundle.get("grade")
    if not isinstance(grade, Mapping) or not grade.get("reached"):
        return None
    return Grade(
        reached=fields.text(grade, "reached"),
        scale=tuple(fields.text(grade, "scale")),
        missed=fields.text(grade, "missed"),
        simulated=is_simulated(bundle),
    )


def _refusal(refusal: Record, *, simulated: bool) -> Refusal:
    identify = refusal.get("identify")
    return Refusal(
        rule=fields.text(refusal, "rule"),
        sentence=fields.text(refusal, "sentence"),
        asked=fields.text(refusal, "asked"),
        why=fields.text(refusal, "why"),
        identify=(identify,)
        if isinstance(identify, str)
        else tuple(fields.texts(refusal, "identify")),
        instead=fields.text(refusal, "instead"),
        simulated=simulated,
    )


def _claims(claims: Sequence[Record], *, simulated: bool) -> Claims:
    days = [fields.text(claim, "said_on") for claim in claims]
    return Claims(
        rows=tuple(_claim(claim) for claim in claims),
        month=_shared([month_words(day) for day in days]),
        said_on=_shared([day_words(day) for day in days]),
        source_url=_shared([_address(claim) for claim in claims]),
        simulated=simulated,
    )


def _address(claim: Record) -> str:
    """Return where a claim was made, if that is a place a page may point to."""
    url = fields.text(claim, "source_url")
    return url if url.startswith(("https://", "http://")) else ""


def _shared(texts: Sequence[str]) -> str:
    """Return the one text that all are, else an empty one."""
    return texts[0] if len(set(texts)) == 1 else ""


def _claim(claim: Record) -> Claim:
    verdict = fields.text(claim, "verdict")
    values = claim.get("spark")
    figure = claim.get("figure")
    return Claim(
        text=fields.text(claim, "text"),
        said_on=day_words(fields.text(claim, "said_on")),
        source_url=_address(claim),
        chip=Chip(glyph_of(verdict) or "ring", sentence(verdict).rstrip(".")),
        figure="No estimate" if figure in {None, ""} else str(figure),
        data_show=fields.text(claim, "data_show") or fields.text(claim, "statement"),
        would_decide=fields.text(claim, "would_decide"),
        spark=draw_spark(_floats(values), width=52) if _floats(values) else None,
        bounds=_bounds(claim.get("bounds")),
    )


def _floats(values: object) -> list[float | None]:
    return [
        float(value) if isinstance(value, int | float) else None
        for value in fields.listing(values, "claim, spark")
    ]


def _bounds(ends: object) -> tuple[float, float, float] | None:
    """Return x of no change, left and right of a bar on a fixed logarithmic axis."""
    from math import log10

    places = [v for v in _floats(ends) if v is not None and v > 0]
    if len(places) != 2:
        return None
    left, right = (min(max(log10(v), -1.0), 2.0) for v in places)
    return 20.0, round(20 + 20 * left, 1), round(20 + 20 * right, 1)


def gather_checks(bundles: Sequence[Record]) -> Checks | None:
    """Gather the checks of the results of a section, each once; None without any."""
    lines: dict[str, CheckLine] = {}
    for bundle in bundles:
        for check in fields.records(bundle, "checks"):
            text = sentence(fields.text(check, "text"))
            lines.setdefault(text, CheckLine(_check_chip(check.get("passed")), text))
    if not lines:
        return None
    missed = tuple(line.text for line in lines.values() if line.chip.glyph == "diamond")
    simulated = all(is_simulated(bundle) for bundle in bundles)
    return Checks(missed, tuple(lines.values()), simulated)


def _check_chip(passed: object) -> Chip:
    if passed is None:
        return Chip("ring", "Noted")
    return Chip("disc", "Met") if passed is True else Chip("diamond", "Not met")


def day_words(text: str) -> str:
    """Write a day as ``31 May 2026``; any other text stays as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def month_words(text: str) -> str:
    """Write the month of a day as ``October 2024``; any other text stays as it is."""
    try:
        return f"{date.fromisoformat(text):%B %Y}"
    except ValueError:
        return text
