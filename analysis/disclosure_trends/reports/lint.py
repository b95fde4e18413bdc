"""Finds what is wrong with a finished page, without a browser.

What it holds a page to: one small file that asks for nothing, scripts held by hashes,
a name, a sentence and a data table for every figure, headings and tables that a screen
reader can follow, and no number that is none.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from disclosure_trends.reports.page import assets, markup
from disclosure_trends.reports.page.contrast import palette_faults
from disclosure_trends.reports.page.drawings import TRACES
from disclosure_trends.reports.page.tree import Element, read_page

LARGEST: Final = 3_000_000  # bytes
_LOADED: Final = ("src", "srcset", "poster", "data", "background", "action", "ping")
_LOADERS: Final = ("iframe", "object", "embed", "form", "base", "link", "frame")
PAGE_KIND: Final = "disclosure-trends-page"
"""Name of the mark in the head of a page that is no report."""
FRONT, LIST, REPORT = "front", "list", "report"
_KINDS: Final = {FRONT: "front page", LIST: "list of reports", REPORT: "report"}
_LINKS: Final = ("#", "https://", "http://", "mailto:", "data:text/csv;")
_BELOW: Final = re.compile(r"(?!.*\.\.)[a-z0-9_-]+(/[a-z0-9_-]+)*\.[a-z]+")
_NO_NUMBER: Final = re.compile(
    r"\b(nan|NaN|inf|Infinity|None(?! of\b)|NaT|undefined|null)\b"
)
_CSS_LOAD: Final = re.compile(r"@import|url\(\s*['\"]?(?!data:)", re.IGNORECASE)
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_READ_ALOUD: Final = ("aria-label", "alt", "title")


def page_kind(html: str) -> str:
    """Say by which rules a page is judged: front page, list of reports or report."""
    return _KINDS[_kind(read_page(html))]


def _kind(root: Element) -> str:
    marks = [m.get("content") for m in root.find("meta") if m.get("name") == PAGE_KIND]
    return marks[0] if marks and marks[0] in _KINDS else REPORT


def lint_page(html: str) -> tuple[str, ...]:
    """Say what is wrong with a page.

    The pages around the reports say by a mark in their head that they are none: they
    may lead to files in folders below their own, and the front page there by itself.

    Parameters
    ----------
    html : str
        A finished page.

    Returns
    -------
    tuple of str
        One sentence per fault, in a fixed order; empty for a good page.
    """
    root = read_page(html)
    style = "".join(style.text for style in root.find("style"))
    plain = _kind(root) == FRONT and not style
    checks = (
        _size(html),
        _loads(root),
        _policy(root),
        _handlers(root),
        _structure(root),
        _tables(root),
        _figures(root),
        _plots(root),
        _words(root),
        () if plain else palette_faults(style),
    )
    return tuple(fault for check in checks for fault in check)


def _size(html: str) -> Iterator[str]:
    size = len(html.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        yield f"size: the page has {size:,} bytes; at most {LARGEST:,} are allowed"


def _loads(root: Element) -> Iterator[str]:
    """Find whatever would ask the network for anything."""
    for element in root.walk():
        if element.tag in _LOADERS:
            yield f"network: <{element.tag}> is not allowed"
        for name in _LOADED:
            value = element.get(name)
            if value and not value.startswith("data:"):
                yield f"network: <{element.tag} {name}> leads to {value[:80]!r}"
        refreshes = element.get("http-equiv").lower() == "refresh"
        if element.tag == "meta" and refreshes and not _leads_on(root, element):
            yield "network: <meta http-equiv=refresh> is not allowed"
        if element.tag in {"use", "image"} and not _href(element).startswith("#"):
            yield f"network: <{element.tag}> leads to {_href(element)[:80]!r}"
        css = element.text if element.tag == "style" else element.get("style")
        if _CSS_LOAD.search(css):
            yield f"network: the style of <{element.tag}> loads a file"


def _leads_on(root: Element, refresh: Element) -> bool:
    """Tell whether a front page leads to a page below itself."""
    target = refresh.get("content").partition("url=")[2]
    return _kind(root) == FRONT and _BELOW.fullmatch(target) is not None


def _href(element: Element) -> str:
    return element.get("href") or element.get("xlink:href")


def _policy(root: Element) -> Iterator[str]:
    """Hold the policy to be first in the head and to allow our scripts alone."""
    heads = root.find("head")
    first = next((c for h in heads for c in h.children if isinstance(c, Element)), None)
    if first is None or first.get("http-equiv").lower() != "content-security-policy":
        yield "policy: the head does not begin with a Content-Security-Policy"
        return
    directives = dict(
        part.strip().partition(" ")[::2] for part in first.get("content").split(";")
    )
    if directives.get("default-src") != "'none'":
        yield "policy: default-src is not 'none'"
    for needed in ("base-uri", "form-action"):
        if directives.get(needed) != "'none'":
            yield f"policy: {needed} is not 'none'"
    allowed = directives.get("script-src", "").split()
    hashes = () if allowed == ["'none'"] else allowed
    loose = [source for source in hashes if not source.startswith("'sha256-")]
    if loose:
        yield f"policy: script-src allows {' '.join(loose)}; only hashes are allowed"
    unlisted = [s for s in _scripts(root) if assets.script_hash(s) not in allowed]
    if unlisted:
        yield f"policy: {len(unlisted)} script(s) have no matching hash"


def _scripts(root: Element) -> Iterator[str]:
    """Yield every script that runs: those on the page and the packed plotly.js."""
    for script in root.find("script"):
        if script.get("type") in {"", "module", "text/javascript"}:
            yield script.text
        elif script.get("id") == "plotly-gz":
            packed = _unpacked(script.text)
            yield "" if packed is None else packed


def _unpacked(blob: str) -> str | None:
    try:
        return assets.unpack(blob)
    except (ValueError, EOFError, OSError):
        return None


def _handlers(root: Element) -> Iterator[str]:
    around = _kind(root) != REPORT
    for element in root.walk():
        for name, value in element.attributes.items():
            if name.startswith("on"):
                yield f"script: <{element.tag}> has a handler {name}"
            if re.sub(r"\s", "", value).lower().startswith("javascript:"):
                yield f"script: <{element.tag} {name}> is a javascript: address"
        if element.tag != "a" or _href(element).startswith(_LINKS):
            continue
        if not (around and _BELOW.fullmatch(_href(element))):
            yield f"link: {_href(element)[:80]!r} leads to a place that is not allowed"


def _structure(root: Element) -> Iterator[str]:
    if not any(element.get("lang") for element in root.find("html")):
        yield "structure: <html> has no lang"
    if not any(element.text.strip() for element in root.find("title")):
        yield "structure: the page has no title"
    levels = [int(heading.tag[1]) for heading in root.find(*_HEADINGS)]
    if levels.count(1) != 1:
        yield f"structure: the page has {levels.count(1)} <h1>; one is needed"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"structure: <h{after}> follows <h{before}>"
    counted = Counter(e.get("id") for e in root.walk() if e.get("id"))
    twice = [name for name, n in counted.items() if n > 1]
    if twice:
        yield f"structure: ids stand twice: {', '.join(twice[:5])}"
    lost = [
        link.get("href")
        for link in root.find("a")
        if link.get("href").startswith("#") and link.get("href")[1:] not in counted
    ]
    if lost:
        yield f"structure: links lead nowhere: {', '.join(lost[:5])}"


def _tables(root: Element) -> Iterator[str]:
    for number, table in enumerate(root.find("table"), start=1):
        if not any(caption.text.strip() for caption in table.find("caption")):
            yield f"table {number}: it has no caption"
        heads = table.find("th")
        if not heads or any(not head.get("scope") for head in heads):
            yield f"table {number}: a head cell has no scope"


def _figures(root: Element) -> Iterator[str]:
    for number, figure in enumerate(root.find("figure"), start=1):
        if not any(heading.text.strip() for heading in figure.find("h3", "h4")):
            yield f"figure {number}: it has no title"
        images = [e for e in figure.walk() if e.get("role") == "img"]
        if not any(" " in image.get("aria-label").strip() for image in images):
            yield f"figure {number}: no sentence stands for the drawing"
        if not any(details.find("td") for details in figure.find("details")):
            yield f"figure {number}: it has no data table"


def _plots(root: Element) -> Iterator[str]:
    """Hold drawings to be packed, of traces that need neither eval nor network."""
    blobs = [s.text for s in root.find("script") if s.get("id") == "figures-gz"]
    packed = _unpacked(blobs[0]) if blobs else '{"figures": []}'
    if packed is None:
        yield "figures: the packed drawings cannot be unpacked"
        return
    drawings = json.loads(packed)["figures"]
    asked = sum("data-plot" in element.attributes for element in root.walk())
    if asked != len(drawings):
        yield f"figures: {asked} drawings are placed, {len(drawings)} are packed"
    kinds = {t.get("type", "scatter") for d in drawings for t in d["data"]}
    for kind in sorted(kinds - TRACES):
        yield f"figures: a trace of type {kind} is not allowed; only scatter and bar"
    said = {hit for text in _strings(drawings) for hit in _NO_NUMBER.findall(text)}
    for word in sorted(said):
        yield f"words: a drawing says {word!r}"


def _strings(value: object) -> Iterator[str]:
    """Yield the texts of a drawing: what is drawn and what is shown on hovering."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _words(root: Element) -> Iterator[str]:
    """Find a number that is none, and characters that hide.

    A text cell of a table may say anything: it can hold a data file's own word.
    """
    spoken = [e.get(name) for e in root.walk() for name in _READ_ALOUD]
    texts = [text for body in root.find("body") for text in _own_words(body)]
    said = {hit for text in [*texts, *spoken] for hit in _NO_NUMBER.findall(text)}
    for word in sorted(said):
        yield f"words: the page says {word!r}"
    seen = [body.seen for body in root.find("body")]
    if any(markup.has_hidden(text) for text in [*seen, *spoken]):
        yield "words: a control, bidirectional or zero-width character is on the page"


def _own_words(element: Element) -> Iterator[str]:
    """Yield what a page says itself: all but the text cells of tables."""
    if element.tag in {"script", "style", "noscript"}:
        return
    if element.tag in {"td", "th"} and "r" not in element.get("class").split():
        return
    yield "".join(child for child in element.children if isinstance(child, str))
    for child in element.children:
        if isinstance(child, Element):
            yield from _own_words(child)
