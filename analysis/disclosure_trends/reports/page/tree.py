"""A page as a tree of elements, to be asked what is in it; no browser needed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
    | {"source", "track", "wbr"}
)
_UNSEEN: Final = frozenset({"script", "style", "title", "noscript", "template"})


@dataclass(slots=True, eq=False)
class Element:
    """An element: its attributes, its children, and text between them."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """Yield this element and all below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def find(self, *tags: str) -> list["Element"]:
        """Return the elements of these tags, in the order of the page."""
        return [element for element in self.walk() if element.tag in tags]

    def get(self, name: str) -> str:
        """Return an attribute; empty if it is not there."""
        return self.attributes.get(name, "")

    @property
    def text(self) -> str:
        """All text below, also what a reader does not see."""
        return "".join(
            child if isinstance(child, str) else child.text for child in self.children
        )

    @property
    def seen(self) -> str:
        """The text that a reader sees: without scripts, styles and the title."""
        if self.tag in _UNSEEN:
            return ""
        parts = (c if isinstance(c, str) else f" {c.seen} " for c in self.children)
        return "".join(parts)


class _Builder(HTMLParser):
    """Builds the tree of well-formed HTML, as our template writes it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)

    def handle_endtag(self, tag: str) -> None:
        names = [element.tag for element in self._open]
        if tag in names[1:]:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read_page(html: str) -> Element:
    """Read a page into a tree.

    Parameters
    ----------
    html : str
        A page as `render_report` writes it; other HTML is read as far as its tags
        are closed.

    Returns
    -------
    Element
        A nameless root above ``html``.
    """
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
