"""From the cells of one row to the canonical columns, and what its cells give away."""

from collections.abc import Sequence

from disclosure_trends.logs.formats.header import ColumnPlan, Feed
from disclosure_trends.logs.limits import FIELD_CHARACTERS
from disclosure_trends.vocabulary.columns import columns_of, normalise_header

TOTALS = frozenset(
    "total totals grand_total subtotal sub_total sum sums overall gesamt summe "  # noqa: SIM905
    "insgesamt total_general suma razem ogółem totaal totale somme итого всего".split()
)
_MONTHS = {
    name: f"{number:02d}"
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}


class RowReader:
    """Reads rows of cells by the plan of their header.

    Parameters
    ----------
    plan : ColumnPlan
        Which own position feeds which canonical column.
    """

    def __init__(self, plan: ColumnPlan) -> None:
        self._plan = plan
        self._instants = frozenset(columns_of("instant"))
        self._received = next(
            (f.own for f in plan.feeds if f.name == "received_at"), ()
        )
        self._first = plan.feeds[0].own[0] if plan.feeds else 0
        self._first_name = (
            normalise_header(plan.header[self._first]) if plan.header else ""
        )

    def values(self, cells: Sequence[str | None]) -> list[str | None]:
        """Return the value of each canonical column of the plan."""
        return [self._value(feed, cells) for feed in self._plan.feeds]

    def is_blank(self, cells: Sequence[str | None]) -> bool:
        """Tell whether every known column is empty: then it is no record."""
        return not any(
            (cells[i] or "").strip() for feed in self._plan.feeds for i in feed.own
        )

    def codes(self, cells: Sequence[str | None]) -> set[str]:
        """Return what the cells say against the row being a request."""
        codes = set()
        texts = [cell or "" for cell in cells]
        if normalise_header(texts[self._first]) == self._first_name:
            if self._plan.is_header(texts):
                codes.add("repeated_header")
        elif self._is_summary(texts):
            codes.add("summary_row")
        if any(len(text) > FIELD_CHARACTERS for text in texts):
            codes.add("field_too_long")
        if any("\x00" in text for text in texts):
            codes.add("control_character")
        return codes

    def _is_summary(self, cells: Sequence[str]) -> bool:
        if not self._received or any(cells[i].strip() for i in self._received):
            return False
        label = next((cell for cell in cells if cell.strip()), "")
        if normalise_header(label).rstrip(":") not in TOTALS:
            return False
        return sum(not cell.strip() for cell in cells) * 2 >= len(cells) - 1

    def _value(self, feed: Feed, cells: Sequence[str | None]) -> str | None:
        if feed.how == "one":
            return cells[feed.own[0]]
        parts = [cells[i] for i in feed.own]
        if feed.how == "first":
            return next((part for part in parts if part and part.strip()), parts[0])
        return join_texts(parts, instant=feed.name in self._instants)


def join_texts(parts: Sequence[str | None], *, instant: bool) -> str:
    """Join the texts of several own columns; empty ones are left out.

    Parameters
    ----------
    parts : sequence of str or None
        The texts in order.
    instant : bool
        Whether the target is a date: then months become numbers, single digits get a
        leading zero, and a time of day follows after a blank.
    """
    texts = [part.strip() for part in parts if part and part.strip()]
    if not instant:
        return "-".join(texts)
    joined = ""
    for text in texts:
        piece = _MONTHS.get(text.casefold().rstrip("."), text)
        if len(piece) == 1 and piece.isdigit():
            piece = f"0{piece}"
        joined += (" " if ":" in piece else "-") + piece if joined else piece
    return joined
