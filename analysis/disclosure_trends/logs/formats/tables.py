"""Stages rows that come as columns: frames, Arrow batches, Parquet, queries."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from disclosure_trends.logs.formats.header import ColumnPlan, Feed
from disclosure_trends.logs.formats.rows import RowReader
from disclosure_trends.logs.formats.texts import as_text
from disclosure_trends.logs.formats.writer import RowBuffer, StageWriter
from disclosure_trends.logs.limits import FIELD_CHARACTERS, joined


class TableStager:
    """Writes batches of own columns to the stage.

    Parameters
    ----------
    plan : ColumnPlan
        Which own column feeds which canonical one.
    writer : StageWriter
        Where the rows go.
    """

    def __init__(self, plan: ColumnPlan, writer: StageWriter) -> None:
        self._plan = narrow_plan(plan)
        self._writer = writer
        self._rows = RowReader(self._plan)
        self._simple = all(feed.how == "one" for feed in self._plan.feeds)
        self._row = 0
        self.records = 0
        self.blank = 0

    def add(
        self, columns: Sequence[pa.Array], *, codes: dict[int, set[str]] | None = None
    ) -> None:
        """Add one batch: the own columns of the plan, by ascending position.

        Parameters
        ----------
        columns : sequence of pyarrow.Array
            Typed or text.
        codes : dict of int to set of str, optional
            What is already known to be wrong with rows of the batch.
        """
        known = {row: set(found) for row, found in (codes or {}).items()}
        texts = []
        for column in columns:
            text, bad = as_text(column)
            texts.append(text)
            for row in bad:
                known.setdefault(row, set()).add("invalid_utf8")
        if texts:
            self._add(texts, known)

    def _add(self, texts: list[pa.Array], known: dict[int, set[str]]) -> None:
        suspects = sorted({*_suspects(texts, self._plan), *known})
        rows = len(texts[0])
        first = self._row + 1
        self._row += rows
        if not self._simple or len(suspects) * 4 > rows:
            self._one_by_one(range(rows), texts, known, first)
            return
        buffer = np.ones(rows, bool)
        buffer[suspects] = False
        regular = pa.array(buffer)
        picked = [texts[feed.own[0]].filter(regular) for feed in self._plan.feeds]
        numbers = pa.array(np.arange(first, first + rows), pa.int64()).filter(regular)
        self._writer.add(picked, numbers)
        self.records += len(numbers)
        self._one_by_one(suspects, texts, known, first)

    def _one_by_one(
        self,
        rows: Iterable[int],
        texts: list[pa.Array],
        known: dict[int, set[str]],
        first: int,
    ) -> None:
        buffer = RowBuffer(self._writer)
        for row in rows:
            cells = [text[row].as_py() for text in texts]
            codes = known.get(row, set())
            if not codes and self._rows.is_blank(cells):
                self.blank += 1
                continue
            self.records += 1
            codes |= self._rows.codes(cells)
            buffer.add(self._rows.values(cells), first + row, structural=joined(codes))
        buffer.flush()


def narrow_plan(plan: ColumnPlan) -> ColumnPlan:
    """Return the plan over only the own columns that are read."""
    place = {own: i for i, own in enumerate(plan.positions)}
    feeds = tuple(
        Feed(feed.name, feed.how, tuple(place[i] for i in feed.own))
        for feed in plan.feeds
    )
    header = tuple(plan.header[i] for i in plan.positions)
    return ColumnPlan(header, feeds, plan.missing, plan.absent)


def _suspects(texts: list[pa.Array], plan: ColumnPlan) -> list[int]:
    """Return the rows that may be no plain request, by scans over the columns."""
    rows = len(texts[0])
    mask = np.zeros(rows, bool)
    for text in texts:
        mask |= _flags(pc.greater(pc.utf8_length(text), FIELD_CHARACTERS))
        mask |= _flags(pc.match_substring(text, "\x00"))
    received = next((feed.own for feed in plan.feeds if feed.name == "received_at"), ())
    empty = np.ones(rows, bool)
    for i in received:
        trimmed = pc.utf8_trim_whitespace(pc.fill_null(texts[i], ""))
        empty &= _flags(pc.equal(pc.binary_length(trimmed), 0))
        name = plan.header[i].strip().casefold()
        mask |= _flags(pc.equal(pc.utf8_lower(trimmed), name))
    return np.flatnonzero(mask | empty).tolist()


def _flags(mask: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    flags: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.asarray(
        pc.fill_null(mask, False).to_numpy(zero_copy_only=False)  # noqa: FBT003
    )
    return flags
