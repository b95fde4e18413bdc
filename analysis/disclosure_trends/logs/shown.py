"""Hostile text made harmless, and the one shape of every refusal of a log."""

from collections.abc import Iterable

from disclosure_trends.errors import RequestLogError

_LONGEST = 60


def shown(text: str, *, longest: int = _LONGEST) -> str:
    """Return `text` quoted on one line: control and invisible characters escaped.

    Names of files, sheets and columns are written by others. In a message they may
    not break the line, move the cursor of a terminal or hide what follows.
    """
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    body = "".join(_escaped(character) for character in cut)
    return f"'{body}'"


def listed(names: Iterable[str], *, most: int = 12) -> str:
    """Return up to `most` names, escaped, and how many more there are."""
    every = list(names)
    text = ", ".join(shown(name) for name in every[:most])
    more = len(every) - most
    return f"{text} and {more:,} more" if more > 0 else text or "none"


def refusal(where: str, found: str, allowed: str, advice: str) -> RequestLogError:
    """Build the error that refuses a log.

    Parameters
    ----------
    where : str
        File and place, already escaped.
    found, allowed, advice : str
        What was found; what is allowed; what to do.
    """
    return RequestLogError(f"{where}: {found}; {allowed}; {advice}")


class UndeclaredEncodingError(RequestLogError):
    """A text is in an encoding that only a declaration can tell."""

    guess: str | None = None

    @classmethod
    def of(
        cls, where: str, found: str, allowed: str, advice: str, guess: str | None = None
    ) -> "UndeclaredEncodingError":
        """Build the refusal, with the encoding where the bytes prove it."""
        error = cls(f"{where}: {found}; {allowed}; {advice}")
        error.guess = guess
        return error


class SeveralSheetsError(RequestLogError):
    """Several sheets of a workbook hold a log."""

    sheets: tuple[str, ...] = ()


def plain_name(name: str) -> str:
    """Return a file's name as text that can be stored: odd bytes are escaped."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _escaped(character: str) -> str:
    if character in "'\\":
        return "\\" + character
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
