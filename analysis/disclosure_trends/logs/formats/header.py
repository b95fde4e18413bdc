"""Which own column feeds which canonical one: names, aliases and declarations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from disclosure_trends.errors import nearest
from disclosure_trends.logs.options import FirstOf, Join, ReadOptions
from disclosure_trends.logs.shown import listed, refusal, shown
from disclosure_trends.vocabulary.columns import (
    COLUMNS,
    header_aliases,
    normalise_header,
)


class Planner(Protocol):
    """Finds the columns to read in a header, as `plan_columns` does."""

    def __call__(
        self, header: Iterable[str], *, read: ReadOptions, where: str
    ) -> "ColumnPlan":
        """Return the plan."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The positions of the own columns that feed one canonical column."""

    name: str
    how: Literal["one", "join", "first"]
    own: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What the header of one source says.

    Attributes
    ----------
    header : tuple of str
        Own names as they stand there.
    feeds : tuple of Feed
        In canonical order.
    missing : tuple of str
        Required canonical columns without a feed and without a declaration.
    absent : tuple of (str, str)
        Declared own names that the header lacks, with their canonical name.
    """

    header: tuple[str, ...]
    feeds: tuple[Feed, ...]
    missing: tuple[str, ...]
    absent: tuple[tuple[str, str], ...]

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return not self.missing and not self.absent

    @property
    def columns(self) -> tuple[str, ...]:
        """The canonical columns that are fed."""
        return tuple(feed.name for feed in self.feeds)

    @property
    def positions(self) -> tuple[int, ...]:
        """Every own position that is read, ascending."""
        return tuple(sorted({i for feed in self.feeds for i in feed.own}))

    def own_names(self) -> dict[str, tuple[str, ...]]:
        """Return canonical name -> own names."""
        return {f.name: tuple(self.header[i] for i in f.own) for f in self.feeds}

    def is_header(self, cells: Sequence[str]) -> bool:
        """Tell whether a row of cells is the header again."""
        if len(cells) != len(self.header):
            return False
        pairs = zip(self.header, cells, strict=True)
        return all(normalise_header(a) == normalise_header(b) for a, b in pairs)


def required_columns(read: ReadOptions) -> tuple[str, ...]:
    """Return the canonical columns that a file read with `read` must hold."""
    declared = {*read.constants, *read.not_recorded}
    if read.ids == "row":
        declared.add("request_id")
    if read.row_is == "account":
        declared.add("accounts_requested")
    return tuple(c.name for c in COLUMNS if c.required and c.name not in declared)


def plan_columns(header: Iterable[str], *, read: ReadOptions, where: str) -> ColumnPlan:
    """Find the canonical columns in a header.

    A declared own name is that column and nothing else. Columns without declaration
    are found by their canonical name or an alias of it; constants and columns that are
    not recorded are not looked for. A canonical column fed twice is refused.

    Raises
    ------
    RequestLogError
        A column is there twice.
    """
    cells = tuple(header)
    declared, absent = _declared(cells, read, where)
    used = {i for feed in declared.values() for i in feed.own}
    found = _by_alias(cells, read, used, where)
    feeds = {**found, **declared}
    ordered = tuple(feeds[c.name] for c in COLUMNS if c.name in feeds)
    lost = {name for name, _ in absent}
    missing = tuple(
        name
        for name in required_columns(read)
        if name not in feeds and name not in lost
    )
    return ColumnPlan(cells, ordered, missing, absent)


def refuse_incomplete(plan: ColumnPlan, *, where: str, like_data: bool = False) -> None:
    """Refuse a source whose header lacks required columns, naming them.

    Raises
    ------
    RequestLogError
        Always, unless the plan is complete.
    """
    found = f"the columns found are {listed(plan.header, most=30)}"
    if like_data:
        raise refusal(
            where,
            "there is no header: the first line looks like a request",
            "the columns must have names",
            "name them in order with header=[...]",
        )
    if plan.absent:
        name, own = plan.absent[0]
        raise refusal(
            where,
            f"no column {shown(own)}, which columns names for {name}",
            found,
            f"correct columns[{name!r}]{nearest(own, plan.header)}",
        )
    if plan.missing:
        many = "columns are" if len(plan.missing) > 1 else "column is"
        raise refusal(
            where,
            f"required {many} missing: {', '.join(plan.missing)}",
            found,
            "name the own column in columns=, the value in constants=, or the column "
            "in not_recorded=" + _id_advice(plan),
        )


def _id_advice(plan: ColumnPlan) -> str:
    if "request_id" not in plan.missing:
        return ""
    return "; a log without ids has ids='row'"


def _declared(
    cells: tuple[str, ...], read: ReadOptions, where: str
) -> tuple[dict[str, Feed], tuple[tuple[str, str], ...]]:
    feeds: dict[str, Feed] = {}
    absent: list[tuple[str, str]] = []
    for name, own in read.columns.items():
        wanted = own.columns if isinstance(own, Join | FirstOf) else (own,)
        places = {text: _place(text, cells, name, where) for text in wanted}
        there = tuple(place for place in places.values() if place is not None)
        lacking = [text for text, place in places.items() if place is None]
        if isinstance(own, FirstOf):
            lacking = lacking if not there else []
        if lacking:
            absent += [(name, text) for text in lacking]
            continue
        how: Literal["one", "join", "first"] = "one"
        if len(there) > 1:
            how = "join" if isinstance(own, Join) else "first"
        feeds[name] = Feed(name, how, there)
    return feeds, tuple(absent)


def _place(text: str, cells: tuple[str, ...], name: str, where: str) -> int | None:
    """Return the position of an own name: as written, else as compared."""
    places = [i for i, cell in enumerate(cells) if cell == text]
    if not places:
        wanted = normalise_header(text)
        places = [i for i, c in enumerate(cells) if normalise_header(c) == wanted]
    if len(places) > 1:
        raise _twice(where, name, [cells[i] for i in places])
    return places[0] if places else None


def _by_alias(
    cells: tuple[str, ...], read: ReadOptions, used: set[int], where: str
) -> dict[str, Feed]:
    names = header_aliases()
    skipped = {*read.columns, *read.constants, *read.not_recorded}
    if read.ids == "row":
        skipped.add("request_id")
    places: dict[str, list[int]] = defaultdict(list)
    for i, cell in enumerate(cells):
        name = names.get(normalise_header(cell))
        if name is not None and name not in skipped and i not in used:
            places[name].append(i)
    for name, several in places.items():
        # A canonical name speaks for itself; an alias beside it is another column.
        itself = [i for i in several if normalise_header(cells[i]) == name]
        places[name] = itself or several
        if len(places[name]) > 1:
            raise _twice(where, name, [cells[i] for i in places[name]])
    return {name: Feed(name, "one", (spot[0],)) for name, spot in places.items()}


def _twice(where: str, name: str, cells: list[str]) -> Exception:
    same = len({normalise_header(cell) for cell in cells}) == 1
    found = (
        f"column {shown(cells[0])} is there {len(cells)} times"
        if same
        else f"columns {listed(cells)} could all be {name}"
    )
    advice = (
        "remove all but one from the file"
        if same
        else f'say which with columns={{"{name}": ...}}'
    )
    return refusal(where, found, f"one column is {name}", advice)
