"""Text becomes HTML: hidden characters are shown, Markdown brings no HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure_trends.reports.page.markup import (
    LONGEST,
    Heading,
    Prose,
    css_string,
    has_hidden,
    pieces,
    read_markdown,
    visible,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gend\u202eecilop", "Gend⟨U+202E⟩ecilop"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("bell\x07", "bell⟨U+0007⟩"),
        ("isolate\u2066", "isolate⟨U+2066⟩"),
        ("joiner a\u200db", "joiner a⟨U+200D⟩b"),
        ("lone\ud800", "lone⟨U+D800⟩"),
        ("Zürich, Ελλάδα, 東京", "Zürich, Ελλάδα, 東京"),
        # A family of three, a flag of letters, the flag of Scotland: joiners and tags
        # belong to the picture.
        (FAMILY, FAMILY),
        ("\U0001f1ea\U0001f1fa", "\U0001f1ea\U0001f1fa"),
        (SCOTLAND, SCOTLAND),
        ("tag\U000e0061", "tag⟨U+E0061⟩"),
    ],
)  # fmt: skip
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert not has_hidden(visible(text))


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    assert not has_hidden(visible(text))


def test_a_long_text_is_cut_visibly() -> None:
    shown = visible("x" * (LONGEST + 1234))
    assert shown == f"{'x' * LONGEST} [cut: 1,234 more characters]"


@given(st.text())
def test_a_css_string_cannot_be_left(text: str) -> None:
    written = css_string(text)
    assert written[0] == written[-1] == '"'
    assert not set(written[1:-1]) & set("\"<>{};'\n")


def test_headings_cut_a_cell() -> None:
    parts = list(read_markdown("# Why?\n\nIntro.\n\n## Part *one*\n\nBody\n\n### Low"))
    assert [p for p in parts if isinstance(p, Heading)] == [
        Heading(1, "Why?"),
        Heading(2, "Part one"),
    ]
    prose = [str(p.html) for p in parts if isinstance(p, Prose)]
    assert prose == ["<p>Intro.</p>\n", "<p>Body</p>\n<h3>Low</h3>\n"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>1</script>",
        "<img src=x onerror=1>",
        "a <b onclick=1>b</b>",
        "![picture](data:image/png;base64,xx)",
        "[link](javascript:alert(1))",
        "[link](data:text/html;base64,xx)",
        "[link](  JaVaScRiPt:alert(1))",
        "<javascript:alert(1)>",
        "[link](//example.org/x)",
        "[link](file:///etc/passwd)",
        "[link](x://[bad)",
    ],
)
def test_raw_html_and_other_schemes_are_text(text: str) -> None:
    html = "".join(str(p.html) for p in read_markdown(text) if isinstance(p, Prose))
    for tag in ("<script", "<img", "<b", "<a"):
        assert tag not in html


def test_allowed_links_stay_links_and_no_picture_is_loaded() -> None:
    text = "[a](https://example.org) [b](#s1) ![c](https://example.org/x.png)"
    html = "".join(str(p.html) for p in read_markdown(text) if isinstance(p, Prose))
    assert html.count("<a href=") == 3
    assert "<img" not in html


@given(st.text())
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _ in pieces(text)) == text


def test_a_number_and_its_noun_stay_together() -> None:
    assert [p for p, kept in pieces("rose at least 2.1-fold in May") if kept] == [
        "2.1-fold"
    ]
