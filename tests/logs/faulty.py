"""Good requests around one fault, and what must come out of every such file.

The good requests are made to be spoiled: ids that look like numbers or like nothing,
countries ``NA`` and ``NO``, authorities called ``null`` and ``123``, moments that move
to the next month in UTC. Nothing here is random.
"""

import csv
import io
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

COLUMNS = (
    "request_id",
    "received_at",
    "country",
    "authority",
    "channel",
    "legal_process",
    "outcome",
    "accounts_requested",
    "accounts_disclosed",
    "closed_at",
    "updated_at",
)
COUNTRIES = ("DE", "FR", "NA", "NO", "GB", "BR", "IN", "PL")
OUTCOMES = ("disclosed", "partially_disclosed", "rejected", "no_data", "pending")
CHANNELS = ("dsa_contact_point", "email", "le_portal")
ODD_IDS = {7: "1E3", 11: "NA", 13: "no", 17: "00012345678901234567890", 19: "null"}
ODD_NAMES = {3: "null", 9: "123", 15: "N/A", 21: "Tribunal d'Orl\u00e9ans"}
GOOD = 36
AS_OF = "2024-12-31"
Cells = Mapping[str, str]
Figures = Counter[tuple[str, str, str]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One file with one fault.

    Attributes
    ----------
    category, name : str
        One of nine categories; the file's name, which is unique.
    make : callable
        Makes its bytes.
    read : mapping of str to object
        What is declared of it.
    out : frozenset of int
        Good rows (from 0) that are not among the clean ones.
    codes : mapping of int to str
        Source row -> first reason of each quarantined record.
    truth : mapping of int to mapping of str to str
        Good row -> columns whose true value differs from the undisturbed one;
        ``month`` is the month in UTC.
    extra : tuple of mappings
        Further rows that are clean.
    superseded : int
        Older versions.
    warnings : mapping of str to int
        Warnings that must be counted, of the source or of the records.
    refused : tuple of str
        What the message of the refusal must hold; empty where the file is accepted.
    check : str or None
        Words of a check that must stand.
    """

    category: str
    name: str
    make: Callable[[], bytes]
    read: Mapping[str, object] = field(default_factory=dict)
    out: frozenset[int] = frozenset()
    codes: Mapping[int, str] = field(default_factory=dict)
    truth: Mapping[int, Cells] = field(default_factory=dict)
    extra: tuple[Cells, ...] = ()
    superseded: int = 0
    warnings: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    check: str | None = None

    def clean_rows(self) -> list[dict[str, str]]:
        """The rows that must be clean, with their true values."""
        rows = [
            {**row, **self.truth.get(i, {})}
            for i, row in enumerate(good_rows())
            if i not in self.out
        ]
        return rows + [dict(row) for row in self.extra]


def good_rows(count: int = GOOD) -> list[dict[str, str]]:
    """Good requests as cells, with ``month`` beside them."""
    return [_good_row(i) for i in range(count)]


def _good_row(i: int) -> dict[str, str]:
    month = i % 9 + 1
    received, true_month = f"2024-{month:02d}-14T09:{i % 60:02d}:00Z", month
    if i % 6 == 5:
        last = monthrange(2024, month)[1]
        received, true_month = f"2024-{month:02d}-{last}T22:30:00-03:00", month + 1
    outcome, requested = OUTCOMES[i % 5], i % 4 + 2
    given = {"disclosed": str(requested), "partially_disclosed": "1", "pending": ""}
    closed = "" if outcome == "pending" else f"2024-{month + 2:02d}-20T12:00:00Z"
    return {
        "request_id": ODD_IDS.get(i, f"{i + 1:06d}"),
        "received_at": received,
        "country": COUNTRIES[i % 8],
        "authority": ODD_NAMES.get(i, f"Court {i % 4} of X"),
        "channel": CHANNELS[i % 3],
        "legal_process": "court_order",
        "outcome": outcome,
        "accounts_requested": str(requested),
        "accounts_disclosed": given.get(outcome, "0"),
        "closed_at": closed,
        "updated_at": f"2024-{month + 2:02d}-21T00:00:00Z",
        "month": f"2024-{true_month:02d}",
    }


def changed_rows(changes: Mapping[int, Cells]) -> list[dict[str, str]]:
    """Good requests with some cells changed."""
    return [{**row, **changes.get(i, {})} for i, row in enumerate(good_rows())]


def figures(rows: Iterable[Cells]) -> Figures:
    """Requests, accounts asked for and accounts disclosed by country and month."""
    found: Figures = Counter()
    for row in rows:
        place = row["country"], row["month"]
        found[*place, "requests"] += 1
        found[*place, "requested"] += int(row["accounts_requested"])
        found[*place, "disclosed"] += int(row["accounts_disclosed"] or 0)
    return found


def line(row: Cells, *, delimiter: str = ",") -> str:
    """One row as a line of text without its end."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([row[name] for name in COLUMNS])
    return buffer.getvalue().removesuffix("\r\n")


def lines(
    changes: Mapping[int, Cells] | None = None, *, delimiter: str = ","
) -> list[str]:
    """Header and good rows as lines of text."""
    rows = [line(row, delimiter=delimiter) for row in changed_rows(changes or {})]
    return [delimiter.join(COLUMNS), *rows]


def joined(rows: Iterable[str], end: str = "\n") -> bytes:
    """Lines as UTF-8, each with its end."""
    return "".join(row + end for row in rows).encode("utf-8", "surrogatepass")


def cells(
    category: str,
    name: str,
    changes: Mapping[int, Cells],
    code: str,
    **more: object,
) -> Fault:
    """A CSV in which some cells are faulty and their rows must be set aside."""
    return Fault(
        category=category,
        name=name,
        make=lambda: joined(lines(changes)),
        out=frozenset(changes),
        codes={i + 2: code for i in changes},
        **more,  # type: ignore[arg-type]
    )


def kept(
    category: str,
    name: str,
    changes: Mapping[int, Cells],
    truth: Mapping[int, Cells] | None = None,
    **more: object,
) -> Fault:
    """A CSV in which some cells are odd and their rows must be kept."""
    return Fault(
        category=category,
        name=name,
        make=lambda: joined(lines(changes)),
        truth={i: dict(cells) for i, cells in (truth or {}).items()},
        **more,  # type: ignore[arg-type]
    )
