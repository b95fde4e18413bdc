"""What a preview proposes: every option that the data prove, and marked blanks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from disclosure_trends.logs.formats.header import required_columns
from disclosure_trends.logs.options import BLANK, ReadOptions
from disclosure_trends.logs.previews.facts import (
    Dates,
    Shape,
    count_where,
    count_words,
    look_at_dates,
)
from disclosure_trends.logs.previews.guesses import Guess
from disclosure_trends.logs.previews.probe import Probe
from disclosure_trends.logs.rules.mapping import default_fault, map_spelling, suggest
from disclosure_trends.logs.shown import shown
from disclosure_trends.vocabulary.columns import COLUMN_NAMES, columns_of

_NEVER_GUESSED = ("channel", "legal_process", "outcome")
_TERMS = ("country", "channel", "legal_process", "outcome", "validity")
_PLACEHOLDERS = frozenset(
    "n/a na none null nil nan - -- ? unknown keine sem s/n nihil brak leer ohne "  # noqa: SIM905
    "tbd".split()
)
_FIRST_YEAR = 1990
_MOST_WORDS = 60
_RARE_SHARE = 0.001
_DEFAULT = ReadOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One option that a preview proposes.

    Attributes
    ----------
    field : str
        Dotted name, as ``date_order``, ``constants.country`` or ``terms.outcome``.
    value : object
        What to declare; ``"???"`` where only a person knows. For terms a mapping of the
        one own word.
    evidence : str
        What the data say, with counts.
    """

    field: str
    value: object
    evidence: str

    @property
    def is_blank(self) -> bool:
        """Whether a person must fill it in."""
        return self.value == BLANK or self.word is not None

    @property
    def word(self) -> str | None:
        """The own word of a term, as it stands in the log; None for other options."""
        if not isinstance(self.value, Mapping):
            return None
        return str(next(iter(self.value)))

    @property
    def key(self) -> str:
        """The dotted name down to the single line of the options' file."""
        return self.field if self.word is None else f"{self.field}.{self.word}"


def propose(
    probe: Probe, shapes: tuple[Shape, ...], guesses: dict[str, Guess]
) -> Iterator[Proposal]:
    """Yield the proposals in the order of the options."""
    yield from _about_the_file(probe, guesses)
    yield from _about_columns(probe, guesses)
    yield from _about_missing(probe, shapes, guesses)
    yield from _about_dates(probe, shapes, guesses)
    yield from _about_ids(probe, guesses)
    yield from _about_words(probe, guesses)
    yield from _about_the_gate(probe, guesses)


# --- the file ---------------------------------------------------------------


def _about_the_file(probe: Probe, guesses: dict[str, Guess]) -> Iterator[Proposal]:
    if probe.encoding is not None:
        text = "its zero bytes show it; there is no byte-order mark"
        yield Proposal(field="encoding", value=probe.encoding, evidence=text)
    elif probe.code_pages:
        text = f"not UTF-8; it would decode as any of {', '.join(probe.code_pages)}"
        yield Proposal(field="encoding", value=BLANK, evidence=text)
    if probe.sheets:
        text = f"several sheets hold a log: {', '.join(map(repr, probe.sheets))}"
        yield Proposal(field="sheet", value=BLANK, evidence=text)
    if probe.headless:
        by_place = {guess.place: name for name, guess in guesses.items()}
        names = tuple(by_place.get(i, name) for i, name in enumerate(probe.header))
        text = "the first line is data: correct these names"
        yield Proposal(field="header", value=names, evidence=text)


# --- columns ----------------------------------------------------------------


def _about_columns(probe: Probe, guesses: dict[str, Guess]) -> Iterator[Proposal]:
    for name in COLUMN_NAMES:
        guess = guesses.get(name)
        declared = name in probe.read.columns
        if guess is None or declared or probe.headless:
            continue
        own = probe.header[guess.place]
        if guess.declared or own != name:
            yield Proposal(field=f"columns.{name}", value=own, evidence=guess.evidence)


def _about_missing(
    probe: Probe, shapes: tuple[Shape, ...], guesses: dict[str, Guess]
) -> Iterator[Proposal]:
    missing = [name for name in required_columns(probe.read) if name not in guesses]
    missing = [name for name in missing if name not in probe.read.columns]
    not_recorded = tuple(name for name in missing if name in _NEVER_GUESSED)
    if not_recorded:
        text = f"no column holds {' or '.join(not_recorded)}"
        value = (*probe.read.not_recorded, *not_recorded)
        yield Proposal(field="not_recorded", value=value, evidence=text)
    if "request_id" in missing:
        text = "no column holds ids: file and row are the id, no rule on duplicates"
        yield Proposal(field="ids", value="row", evidence=text)
    if "received_at" in missing:
        names = ", ".join(repr(shape.name) for shape in shapes)
        text = f"no column is surely the day of receipt; the columns are {names}"
        yield Proposal(field="columns.received_at", value=BLANK, evidence=text)
    for name in missing:
        if name in (*_NEVER_GUESSED, "request_id", "received_at"):
            continue
        text = _CONSTANTS.get(name, "no column holds it")
        yield Proposal(field=f"constants.{name}", value=BLANK, evidence=text)


_CONSTANTS = {
    "country": "no column of countries: whose requests are these? one code, as GB",
    "authority": "no column of authorities: one name, or list it in not_recorded",
    "accounts_requested": "no column of accounts: 1 if each request is about one, or "
    "list it in not_recorded",
}


# --- dates ------------------------------------------------------------------


def _about_dates(
    probe: Probe, shapes: tuple[Shape, ...], guesses: dict[str, Guess]
) -> Iterator[Proposal]:
    dates = {
        name: look_at_dates(probe, guesses[name].place)
        for name in columns_of("instant")
        if name in guesses
    }
    yield from _about_order(probe, dates)
    by_place = {shape.place: shape for shape in shapes}
    yield from _about_layouts(probe, [by_place[guesses[name].place] for name in dates])
    if "received_at" in dates:
        yield from _about_first_day(probe, dates["received_at"])


def _about_order(probe: Probe, dates: dict[str, Dates]) -> Iterator[Proposal]:
    slashed = {name: seen for name, seen in dates.items() if seen.slashed}
    if not slashed or probe.read.date_order is not None:
        return
    first = sum(seen.first_above for seen in slashed.values())
    second = sum(seen.second_above for seen in slashed.values())
    if first and not second:
        text = f"{_rows(first)} a first part above 12"
        yield Proposal(field="date_order", value="dmy", evidence=text)
    elif second and not first:
        text = f"{_rows(second)} a second part above 12"
        yield Proposal(field="date_order", value="mdy", evidence=text)
    elif not first:
        total = sum(seen.slashed for seen in slashed.values())
        text = f"dmy or mdy: {_rows(total)} dates that read both ways"
        yield Proposal(field="date_order", value=BLANK, evidence=text)


def _about_layouts(probe: Probe, shapes: list[Shape]) -> Iterator[Proposal]:
    found = {
        layout: shape
        for layout in ("epoch_s", "epoch_ms", "excel_serial")
        for shape in shapes
        if shape.shares[layout] >= 0.01 and layout not in probe.read.layouts
    }
    if found:
        text = "; ".join(
            f"{shape.shares[layout]:.1%} of {shape.name!r} look like {layout}"
            for layout, shape in found.items()
        )
        layouts = (*probe.read.layouts, *found)
        yield Proposal(field="layouts", value=layouts, evidence=text)


def _about_first_day(probe: Probe, seen: Dates) -> Iterator[Proposal]:
    first = _first_year(seen.years)
    default = int(_DEFAULT.min_date[:4])
    if first is None or first >= default or probe.read.min_date != _DEFAULT.min_date:
        return
    early = sum(rows for year, rows in seen.years if first <= year < default)
    text = f"{_rows(early)} a date before {_DEFAULT.min_date}, from {first} on"
    yield Proposal(field="min_date", value=f"{first}-01-01", evidence=text)


def _first_year(years: tuple[tuple[int, int], ...]) -> int | None:
    """Return the year in which the unbroken run of years with most rows begins."""
    best: tuple[int, int] | None = None
    start = last = None
    total = 0
    for year, rows in years:
        if year < _FIRST_YEAR:
            continue
        if last is None or year > last + 2:
            start, total = year, 0
        last = year
        total += rows
        if start is not None and (best is None or total > best[0]):
            best = (total, start)
    return best[1] if best is not None else None


# --- ids and words ----------------------------------------------------------


def _about_ids(probe: Probe, guesses: dict[str, Guess]) -> Iterator[Proposal]:
    guess = guesses.get("request_id")
    if guess is None or not probe.rows:
        return
    words = [
        (word, count)
        for word, count in count_words(probe, guess.place, most=20)
        if word.casefold() in _PLACEHOLDERS and count > 1
    ]
    if words and "request_id" not in probe.read.empty:
        text = ", ".join(f"{word!r} stands in {count:,} rows" for word, count in words)
        value = tuple(word for word, _ in words)
        yield Proposal(field="empty.request_id", value=value, evidence=text)
    if "updated_at" in guesses or "received_at" not in guesses:
        return
    repeated = _rows_of_one_order(probe, guess.place, guesses["received_at"].place)
    if repeated > 0.1 * probe.rows and probe.read.row_is == "request":
        text = (
            f'"account" if a row is an account and the id an order, else "request": '
            f"{repeated:,} of {probe.rows:,} rows share their id and day with others"
        )
        yield Proposal(field="row_is", value=BLANK, evidence=text)


def _rows_of_one_order(probe: Probe, ids: int, day: int) -> int:
    query = (
        f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) n FROM own WHERE "
        f"trim(c{ids}) <> '' GROUP BY c{ids}, c{day} HAVING n > 1)"
    )
    return int(probe.connection.execute(query).fetchall()[0][0])


def _about_words(probe: Probe, guesses: dict[str, Guess]) -> Iterator[Proposal]:
    for column in _TERMS:
        guess = guesses.get(column)
        if guess is None:
            continue
        fault = default_fault(column)
        least = max(2, _RARE_SHARE * probe.rows)
        for word, count in count_words(probe, guess.place, most=_MOST_WORDS):
            if word in probe.read.terms.get(column, {}) or (
                column == "country" and count < least
            ):
                continue
            mapped = map_spelling(column, word, read=probe.read)
            if not mapped.fault or (not word and not fault):
                continue
            yield Proposal(
                field=f"terms.{column}",
                value={word: BLANK},
                evidence=_said_of(column, word, count),
            )


def _about_the_gate(probe: Probe, guesses: dict[str, Guess]) -> Iterator[Proposal]:
    """Ask for a wider gate where too many rows are sure to be set aside."""
    if "received_at" not in guesses or not probe.rows:
        return
    seen = look_at_dates(probe, guesses["received_at"].place)
    impossible = sum(n for year, n in seen.years if not _FIRST_YEAR <= year < 2100)
    repeated = 0
    if "request_id" in guesses and "updated_at" not in guesses:
        repeated = _rows_of_repeated_ids(probe, guesses["request_id"].place)
    share = min((impossible + repeated) / probe.rows, 1.0)
    limit = probe.read.max_quarantine_share
    if share > limit:
        text = (
            f"{impossible:,} impossible dates and {repeated:,} rows of repeated ids: "
            f"up to {share:.0%} of the rows may be set aside, {limit:.0%} are allowed; "
            f"{ceil(share * 10) / 10} would let them pass"
        )
        yield Proposal(field="max_quarantine_share", value=BLANK, evidence=text)


def _rows_of_repeated_ids(probe: Probe, ids: int) -> int:
    query = (
        f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) n FROM own WHERE "
        f"trim(c{ids}) <> '' GROUP BY c{ids} HAVING n > 1)"
    )
    return int(probe.connection.execute(query).fetchall()[0][0])


def _said_of(column: str, word: str, count: int) -> str:
    said = f"{count:,} rows" if count != 1 else "1 row"
    if not word:
        return f"{said} with an empty cell"
    near = suggest(column, word)
    return f"{said}; near to {near}" if near else said


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def notes(
    probe: Probe, guesses: dict[str, Guess], shapes: tuple[Shape, ...]
) -> Iterator[str]:
    """Yield what a person should know that no option answers."""
    if "received_at" in guesses:
        seen = look_at_dates(probe, guesses["received_at"].place)
        if seen.windows:
            yield (
                f"{seen.windows:,} rows hold a month, quarter or interval instead of "
                "a day: figures over windows are for load_published"
            )
        if seen.naive and "source_timezone" not in guesses:
            yield (
                f"{seen.naive:,} timestamps name no zone: they are read as UTC unless "
                "source_timezone says otherwise"
            )
        if seen.first_above and seen.second_above:
            yield (
                f"{seen.first_above:,} dates can only be day first and "
                f"{seen.second_above:,} only month first: the column mixes both"
            )
        impossible = sum(rows for year, rows in seen.years if not 1990 <= year < 2100)
        if impossible:
            yield (
                f"{_rows(impossible)} a date before 1990 or after 2099: they will be "
                "set aside"
            )
    for column in columns_of("count"):
        if column in guesses:
            yield from _marked_counts(probe, guesses[column].place)
    if "closed_at" in guesses and probe.rows:
        place = guesses["closed_at"].place
        shape = next(shape for shape in shapes if shape.place == place)
        if shape.filled == 1.0:
            yield (
                "every row is closed: if rows appear only on closing, the last months "
                'are short; say visible="closed_at" at nowcast_counts'
            )


def _marked_counts(probe: Probe, place: int) -> Iterator[str]:
    """Say of counts with a point or comma that no option can settle what they mean."""
    own = shown(probe.header[place])

    def written(pattern: str) -> str:
        return f"regexp_full_match(trim(c{place}), '{pattern}')"

    dotted = written("[0-9]{1,3}([.][0-9]{3})+")
    whole = written("[0-9]+[.]0+|[0-9]{1,3}(,[0-9]{3})+")
    fraction = f"{written('[0-9]+[.,][0-9]+')} AND NOT {dotted} AND NOT {whole}"
    n = count_where(probe, dotted)
    if n:
        yield (
            f"{_rows(n)} a count in {own} like 1.234, which may be 1234 or a fraction: "
            "no option decides it, and they will be set aside; export the column as "
            "plain digits"
        )
    n = count_where(probe, fraction)
    if n:
        yield (
            f"{_rows(n)} a fraction in {own}, like 2.5 or 2,5: a count is a whole "
            "number, and they will be set aside; see that the column holds numbers of "
            "accounts"
        )
