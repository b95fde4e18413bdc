"""The one place where text becomes HTML: visible marks, Markdown, our own assets.

Everything else is escaped by the template. Text of a data file can hold characters
that hide or reorder what a reader sees; they are shown as marks here, so that a name
cannot look like another name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

LONGEST: Final = 2000  # characters of one text; a whole page of a book has fewer
_ALLOWED: Final = re.compile(r"#|https?://|mailto:", re.IGNORECASE)

# Controls, soft hyphen, Arabic letter mark, zero-width and directional characters,
# tags, line separators, lone surrogates. Line feeds and tabs are ordinary space.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# What an emoji may be joined or finished with: a joiner between two pictographs, or
# the tags of a subdivision flag (black flag, letters, end tag).
_KEPT: Final = re.compile(r"(\d[\d.,]*-\w+)")
_PICTOGRAPH: Final = "[\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff]"
_EMOJI: Final = re.compile(
    f"{_PICTOGRAPH}[\ufe0f\U0001f3fb-\U0001f3ff]?"
    f"(?:\u200d{_PICTOGRAPH}[\ufe0f\U0001f3fb-\U0001f3ff]?)+"
    "|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"
)


def visible(text: str) -> str:
    """Show hidden characters as marks and cut what nobody would read.

    Parameters
    ----------
    text : str
        Any text, for example of a data file.

    Returns
    -------
    str
        The text with ``⟨U+202E⟩`` for each control, bidirectional or zero-width
        character (emoji stay whole) and a visible cut after `LONGEST` characters.
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]} [cut: {len(text) - LONGEST:,} more characters]"
    if _HIDDEN.search(text) is None:
        return text
    parts, end = [], 0
    for emoji in _EMOJI.finditer(text):
        parts += [_marked(text[end : emoji.start()]), emoji.group()]
        end = emoji.end()
    return "".join([*parts, _marked(text[end:])])


def has_hidden(text: str) -> bool:
    """Tell whether a text holds characters that `visible` would show as marks."""
    return _HIDDEN.search(_EMOJI.sub("", text)) is not None


def _marked(text: str) -> str:
    return _HIDDEN.sub(lambda hit: f"⟨U+{ord(hit.group()):04X}⟩", text)


def shown(value: object) -> object:
    """Finish a template expression: hidden characters of plain text become marks."""
    return (
        visible(value)
        if isinstance(value, str) and not isinstance(value, Markup)
        else value
    )


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Part a headline so that no line ends inside ``2.1-fold``.

    Parameters
    ----------
    text : str
        A sentence.

    Yields
    ------
    tuple of str and bool
        A piece, and whether it has to stay on one line; joined they are the text.
    """
    for piece in _KEPT.split(text):
        yield piece, _KEPT.fullmatch(piece) is not None


def trusted(text: str) -> Markup:
    """Pass through what this package wrote itself: its CSS, script and blobs."""
    return Markup(text)  # noqa: S704


def uncut(text: str) -> Markup:
    """Escape a text that is longer than a reader's: the address of a CSV file."""
    return escape(text)


def css_string(text: str) -> str:
    r"""Write a text as a CSS string in which nothing can end the string or the sheet.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text in quotes, all but ASCII letters, digits and spaces as ``\HEX``.
    """
    safe = (
        char
        if char.isascii() and (char.isalnum() or char == " ")
        else _css_escape(char)
        for char in visible(text)
    )
    return f'"{"".join(safe)}"'


def _css_escape(char: str) -> str:
    return f"\\{ord(char):x} "


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a Markdown cell."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, lists and lower headings of a Markdown cell, as safe HTML."""

    html: Markup
    kind: str = "prose"


def read_markdown(text: str) -> Iterator[Heading | Prose]:
    """Split a Markdown cell at its headings of level one and two.

    Parameters
    ----------
    text : str
        CommonMark. Raw HTML is text; links go to http, https, mailto or ``#``.

    Yields
    ------
    Heading or Prose
        In the order of the cell.
    """
    parser = _parser()
    pending: list[Token] = []
    tokens = iter(parser.parse(visible(text)))
    for token in tokens:
        if token.type == "heading_open" and token.tag in {"h1", "h2"}:
            yield from _prose(parser, pending)
            pending = []
            yield Heading(int(token.tag[1]), _plain(next(tokens)))
            next(tokens)  # the closing tag
        else:
            pending.append(token)
    yield from _prose(parser, pending)


class _Markdown(MarkdownIt):
    """CommonMark whose links lead only to places a report may point to."""

    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Tell whether a link stays a link; otherwise its text is shown."""
        return _ALLOWED.match(url.strip()) is not None


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False})
    return parser.disable("image").enable("table")


def _plain(inline: Token) -> str:
    return "".join(
        " " if child.type.endswith("break") else child.content
        for child in inline.children or []
    )


def _prose(parser: MarkdownIt, tokens: list[Token]) -> Iterator[Prose]:
    if tokens:
        yield Prose(trusted(parser.renderer.render(tokens, parser.options, {})))
