"""JSON values read strictly: every digit kept, no key twice, and to their columns."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pyarrow as pa

from disclosure_trends.logs.formats.header import plan_columns, required_columns
from disclosure_trends.logs.formats.rows import TOTALS, join_texts
from disclosure_trends.logs.limits import FIELD_CHARACTERS
from disclosure_trends.logs.options import FirstOf, Join, ReadOptions
from disclosure_trends.logs.shown import listed, refusal
from disclosure_trends.vocabulary.columns import (
    COLUMN_NAMES,
    columns_of,
    header_aliases,
    normalise_header,
)

Pair: TypeAlias = tuple[str, object]


class Pairs(list[Pair]):
    """The members of an object in their order, repeated keys included."""


@dataclass(slots=True)
class JsonRow:
    """One JSON value where a request is expected."""

    pairs: Sequence[Pair]
    codes: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether it is an object without members."""
        return not self.pairs and not self.codes


class StrictJson:
    """A reader of JSON that keeps numbers as they are written."""

    def __init__(self) -> None:
        self._flags: set[str] = set()
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._pairs,
            parse_int=str,
            parse_float=str,
            parse_constant=self._constant,
        )

    def at(self, text: str, position: int) -> tuple[JsonRow, int] | None:
        """Return the value that begins at a position and where it ends."""
        self._flags = set()
        try:
            value, end = self._decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return None
        codes = set(self._flags)
        if not isinstance(value, Pairs):
            codes.add("not_an_object")
            return JsonRow((), codes), end
        return JsonRow(value, codes), end

    def first(self, text: str) -> JsonRow | None:
        """Return the first value of a text that may go on."""
        found = self.at(text, 0)
        return found[0] if found is not None else None

    def values(self, line: str) -> list[JsonRow] | None:
        """Return the values of a line: one, or several objects without a break."""
        rows: list[JsonRow] = []
        position = 0
        line = line.strip(" \t\r\n")
        while position < len(line):
            found = self.at(line, position)
            if found is None:
                return None
            row, position = found
            rows.append(row)
            while position < len(line) and line[position] in " \t\r":
                position += 1
        whole = len(rows) == 1 or not any("not_an_object" in r.codes for r in rows)
        return rows if whole else None

    def _pairs(self, pairs: list[Pair]) -> Pairs:
        if len({key for key, _ in pairs}) < len(pairs):
            self._flags.add("duplicate_key")
        return Pairs(pairs)

    def _constant(self, text: str) -> str:
        self._flags.add("bad_json")
        return text


class JsonPlan:
    """Which key feeds which canonical column.

    Parameters
    ----------
    read : ReadOptions
        What is declared.
    where : str
        The escaped name, for messages.
    keys : tuple of str, optional
        Read these keys, each as a column ``c0``, ``c1`` and so on, whatever they mean.
    """

    def __init__(
        self, read: ReadOptions, *, where: str, keys: tuple[str, ...] | None = None
    ) -> None:
        self.strict = StrictJson()
        self._read = read
        self._where = where
        self._keys = keys
        skipped = {*read.constants, *read.not_recorded}
        if read.ids == "row":
            skipped.add("request_id")
        self.columns = tuple(name for name in COLUMN_NAMES if name not in skipped)
        if keys is not None:
            self.columns = tuple(f"c{i}" for i in range(len(keys)))
        self._place = {name: i for i, name in enumerate(self.columns)}
        # The values of a row lie in slots: one a column, or one for each of its parts.
        parts = [_parts(read, name) for name in self.columns]
        self._first = [sum(parts[:i]) for i in range(len(parts))]
        self._column_of = [i for i, n in enumerate(parts) for _ in range(n)]
        self._nothing: list[str | None] = [None] * len(self._column_of)
        self._joined = [i for i, n in enumerate(parts) if n > 1]
        self._instants = frozenset(columns_of("instant"))
        self._targets: dict[str, tuple[int, ...]] = {}

    @property
    def unknown_keys(self) -> int:
        """How many different keys were not loaded."""
        return sum(not targets for targets in self._targets.values())

    def own_names(self) -> dict[str, tuple[str, ...]]:
        """Return canonical name -> keys that fed it, in canonical order."""
        names: dict[str, list[str]] = {}
        for key, targets in self._targets.items():
            for slot in targets:
                names.setdefault(self.columns[self._column_of[slot]], []).append(key)
        return {c: tuple(names[c]) for c in self.columns if c in names}

    def keys_met(self) -> tuple[str, ...]:
        """Return the keys of the rows so far, in the order in which they came up."""
        return tuple(self._targets)

    def feeds_twice(self) -> bool:
        """Tell whether two of the keys so far feed one column, which no row may do."""
        slots = [slot for targets in self._targets.values() for slot in targets]
        return len(set(slots)) < len(slots)

    def columns_of(self, texts: Mapping[str, pa.Array]) -> list[pa.Array]:
        """Return the canonical columns of many rows.

        Parameters
        ----------
        texts : mapping of str to pyarrow.Array
            The values of every key that was met, as text.
        """
        rows = len(next(iter(texts.values())))
        slots = [pa.nulls(rows, pa.string())] * len(self._nothing)
        for key, values in texts.items():
            for slot in self._targets[key]:
                slots[slot] = values
        found = [slots[first] for first in self._first]
        for i in self._joined:
            parts = [
                slots[s] for s, column in enumerate(self._column_of) if column == i
            ]
            each = zip(*(part.to_pylist() for part in parts), strict=True)
            found[i] = pa.array([self._one(i, row) for row in each], pa.string())
        return found

    def values(
        self, row: JsonRow, codes: set[str], *, short: bool = False
    ) -> list[str | None] | None:
        """Return the canonical values of a row; None where all of them are empty.

        Adds to `codes` what is wrong with the row's values; `short` says that none of
        them can be too long or hold what no text may.
        """
        found, unknown = self._slots(row, codes)
        if self._joined:
            found = self._merged(found)
        if not short:
            _judge(found, codes)
        place = self._place.get("received_at")
        if place is not None and (found[place] or "").strip():
            return found  # No row with a date is blank, or a total.
        if not unknown and not codes and not any((t or "").strip() for t in found):
            return None
        if place is not None and self._is_summary(found):
            codes.add("summary_row")
        return found

    def _slots(self, row: JsonRow, codes: set[str]) -> tuple[list[str | None], bool]:
        """Return the values in their slots, and whether another key holds a text."""
        slots = self._nothing.copy()
        filled: set[int] = set()
        unknown = False
        for key, value in row.pairs:
            text = value if isinstance(value, str) else json_text(value)
            targets = self._targets.get(key)
            if targets is None:
                targets = self._targets[key] = self._find(key)
            if not targets:
                unknown = unknown or bool(text)
            for slot in targets:
                if slot in filled:
                    codes.add("duplicate_key")
                filled.add(slot)
                slots[slot] = text
        return slots, unknown

    def _merged(self, slots: list[str | None]) -> list[str | None]:
        """Return one value a column."""
        ends = [*self._first[1:], len(slots)]
        found = [slots[first] for first in self._first]
        for i in self._joined:
            found[i] = self._one(i, slots[self._first[i] : ends[i]])
        return found

    def refuse_incomplete(self, records: int) -> None:
        """Refuse a text in which a required key never occurs.

        Raises
        ------
        RequestLogError
            Naming the missing columns and the keys found.
        """
        if not records or self._keys is not None:
            return
        if not self._targets:
            raise refusal(
                self._where,
                f"none of its {records:,} records is a JSON object that can be read",
                "a log is one object per request",
                "look at the file, and export it again as JSON Lines",
            )
        if records == 1 and not self.own_names():
            raise refusal(
                self._where,
                f"one JSON value without a column of a log (its keys are "
                f"{listed(self._targets)}), perhaps an error message",
                "a log is one object per request",
                "look at the file, and fetch the log itself",
            )
        found = set(self.own_names())
        missing = [c for c in required_columns(self._read) if c not in found]
        if missing:
            plan = plan_columns(self._targets, read=self._read, where=self._where)
            from disclosure_trends.logs.formats.header import refuse_incomplete

            refuse_incomplete(plan, where=self._where)

    def _one(self, column: int, texts: Sequence[str | None]) -> str | None:
        name = self.columns[column]
        if isinstance(self._read.columns.get(name), Join):
            return join_texts(texts, instant=name in self._instants)
        return next((text for text in texts if text and text.strip()), texts[0])

    def _is_summary(self, values: Sequence[str | None]) -> bool:
        label = next((text for text in values if text and text.strip()), "")
        return normalise_header(label).rstrip(":") in TOTALS

    def _find(self, key: str) -> tuple[int, ...]:
        if self._keys is not None:
            return (self._keys.index(key),) if key in self._keys else ()
        name = normalise_header(key)
        declared = [
            self._first[self._place[column]] + part
            for column, own in self._read.columns.items()
            for part, text in enumerate(_own(own))
            if text == key or normalise_header(text) == name
        ]
        if declared:
            return tuple(declared)
        column = header_aliases().get(name)
        if column is None or column in self._read.columns or column not in self._place:
            return ()
        return (self._first[self._place[column]],)


def keys_of(rows: Iterable[JsonRow]) -> tuple[str, ...]:
    """Return the keys of some rows in the order in which they come up."""
    return tuple(dict.fromkeys(key for row in rows for key, _ in row.pairs))


def json_text(value: object) -> str | None:
    """Return a JSON value that is no text as text; null is None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, Pairs):
        return {key: _plain(inner) for key, inner in value}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _judge(values: Iterable[str | None], codes: set[str]) -> None:
    for text in values:
        if not text:
            continue
        if len(text) > FIELD_CHARACTERS:
            codes.add("field_too_long")
        if "\x00" in text:
            codes.add("control_character")
        if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
            codes.add("invalid_unicode")


def _own(own: str | Join | FirstOf) -> tuple[str, ...]:
    return (own,) if isinstance(own, str) else own.columns


def _parts(read: ReadOptions, name: str) -> int:
    own = read.columns.get(name)
    return 1 if own is None else max(len(_own(own)), 1)
