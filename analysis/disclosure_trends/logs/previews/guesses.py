"""Which own column is which canonical one: by its name, else by what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from disclosure_trends.logs.previews.facts import Shape, count_where
from disclosure_trends.logs.previews.probe import Probe
from disclosure_trends.vocabulary.columns import header_aliases, normalise_header
from disclosure_trends.vocabulary.countries import country_aliases, normalise_name
from disclosure_trends.vocabulary.terms import match_term

_TERMS = ("channel", "legal_process", "outcome", "validity")
_ID_WORDS = ("id", "identifier", "number", "no", "nr", "ref", "reference", "request")
_COUNT_WORDS = ("account", "accounts", "user", "users", "identifiers", "affected")
_BODY_WORDS = ("authority", "agency", "body", "court", "police", "council", "issuer")
_ORGANISATIONS = ("organization", "organisation", "department", "institution")
_MOSTLY = 0.9
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Guess:
    """An own column for a canonical one, and why.

    Attributes
    ----------
    place : int
        Position of the own column.
    evidence : str
        What the data or the name say.
    declared : bool
        Whether it must be declared: it is not found by its name alone.
    """

    place: int
    evidence: str
    declared: bool


def guess_columns(probe: Probe, shapes: tuple[Shape, ...]) -> dict[str, Guess]:
    """Return canonical name -> own column, for all that name or content prove."""
    guesses = _by_name(shapes)
    free = [s for s in shapes if s.place not in {g.place for g in guesses.values()}]
    for name, guess in (
        *_by_dates(probe, free, guesses),
        *_by_words(free),
        *_by_numbers(free),
    ):
        used = {one.place for one in guesses.values()}
        if name not in guesses and guess.place not in used:
            guesses[name] = guess
    return guesses


def _by_name(shapes: tuple[Shape, ...]) -> dict[str, Guess]:
    """Take canonical names, then aliases that no other column shares."""
    found: dict[str, list[Shape]] = {}
    for shape in shapes:
        name = header_aliases().get(normalise_header(shape.name))
        if name is not None:
            found.setdefault(name, []).append(shape)
    guesses = {}
    for name, several in found.items():
        itself = [s for s in several if normalise_header(s.name) == name]
        if len(itself) == 1 or len(several) == 1:
            one = (itself or several)[0]
            guesses[name] = Guess(one.place, "by its name", declared=False)
        else:
            fullest = max(several, key=lambda shape: shape.filled)
            text = f"{len(several)} columns could be it; this one is filled most"
            guesses[name] = Guess(fullest.place, text, declared=True)
    return guesses


def _by_dates(
    probe: Probe, free: list[Shape], guesses: Mapping[str, Guess]
) -> list[tuple[str, Guess]]:
    """Take the one column of dates for the day of receipt; of two, the earlier."""
    dates = [shape for shape in free if shape.dated >= _HALF and shape.sample]
    if "received_at" in guesses:
        return []
    if len(dates) == 1:
        text = "the only column of dates"
        return [("received_at", Guess(dates[0].place, text, declared=True))]
    if len(dates) < 2:
        return []
    first, second = dates[:2]
    forward = _in_order(probe, first, second)
    backward = _in_order(probe, second, first)
    if backward > forward:
        first, second, forward = second, first, backward
    text = f"not after {second.name!r} in {forward:,} rows"
    found = [("received_at", Guess(first.place, text, declared=True))]
    if "closed_at" not in guesses:
        text = f"not before {first.name!r} in {forward:,} rows"
        found.append(("closed_at", Guess(second.place, text, declared=True)))
    return found


def _in_order(probe: Probe, first: Shape, second: Shape) -> int:
    """Count the rows in which one ISO date is not after the other."""
    return count_where(
        probe,
        f"c{first.place} <> '' AND c{second.place} <> '' "
        f"AND c{first.place} <= c{second.place}",
    )


def _by_words(free: list[Shape]) -> list[tuple[str, Guess]]:
    """Find columns of which the words are countries, or terms of a closed list."""
    found = []
    for shape in free:
        if not shape.sample or shape.dated >= _HALF:
            continue
        shares = {"country": _share(shape, _is_country)}
        for name in _TERMS:
            shares[name] = _share(shape, lambda word, n=name: _is_term(n, word))
        name = max(shares, key=shares.__getitem__)
        least = _MOSTLY if name == "country" else _HALF
        if shares[name] >= least:
            text = f"{shares[name]:.0%} of its cells are known words of {name}"
            found.append((name, Guess(shape.place, text, declared=True)))
    return found


def _is_country(word: str) -> bool:
    return normalise_name(word) in country_aliases()


def _is_term(name: str, word: str) -> bool:
    return match_term(name, word) is not None


def _share(shape: Shape, known: object) -> float:
    """Return the share of a sample's frequent words that are known."""
    if not callable(known):
        return 0.0
    total = sum(count for _, count in shape.words)
    return sum(count for word, count in shape.words if known(word)) / max(total, 1)


def _by_numbers(free: list[Shape]) -> list[tuple[str, Guess]]:
    """Ids are nearly all different, counts are small numbers, bodies have names."""
    found = []
    for shape in free:
        words = set(normalise_header(shape.name).split("_"))
        unique = shape.distinct / max(shape.sample, 1)
        if shape.dated >= _HALF or not shape.sample:
            continue
        if words & set(_ID_WORDS) and unique >= _MOSTLY:
            text = (
                f"no text stands twice in {shape.sample:,} cells"
                if unique == 1.0
                else f"{unique:.1%} of its texts are different"
            )
            found.append(("request_id", Guess(shape.place, text, declared=True)))
        elif words & set(_COUNT_WORDS) and shape.shares["whole"] >= _MOSTLY:
            text = f"{shape.shares['whole']:.0%} of its cells are small numbers"
            found.append(
                ("accounts_requested", Guess(shape.place, text, declared=True))
            )
        elif words & {*_BODY_WORDS, *_ORGANISATIONS} and shape.distinct > 1:
            text = f"its name, and {shape.distinct:,} different texts"
            found.append(("authority", Guess(shape.place, text, declared=True)))
    return found
