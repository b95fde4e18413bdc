"""Every rule of the page check is broken once, and names what broke it."""

from collections.abc import Callable

import page_notebooks as made
import pytest

from disclosure_trends.reports.lint import lint_page, page_kind
from disclosure_trends.reports.page import assets
from disclosure_trends.reports.page.contrast import contrast
from disclosure_trends.reports.page.render import render_report
from disclosure_trends.reports.publishing.index import Listed, front_page, run_index


@pytest.fixture(scope="module")
def page() -> str:
    return render_report(made.leadership())


def swap(old: str, new: str) -> Callable[[str], str]:
    def change(html: str) -> str:
        assert old in html
        return html.replace(old, new, 1)

    return change


def in_body(html: str) -> Callable[[str], str]:
    return swap("</main>", f"{html}</main>")


def repack(change: Callable[[str], str]) -> Callable[[str], str]:
    """Change the packed figures."""

    def alter(html: str) -> str:
        start = html.index('id="figures-gz">') + len('id="figures-gz">')
        end = html.index("</script>", start)
        changed = change(assets.unpack(html[start:end]))
        return html[:start] + assets.pack(changed) + html[end:]

    return alter


FAULTS = {
    "size": (in_body(f"<p>{'x' * 3_000_000}</p>"), "size: the page has 5"),
    "script from afar": (
        in_body('<script type="text/plain" src="https://x.org/a.js"></script>'),
        "network: <script src> leads to 'https://x.org/a.js'",
    ),
    "image": (
        in_body('<img src="//x.org/a.png" alt="a b">'),
        "network: <img src> leads to '//x.org/a.png'",
    ),
    "font": (
        swap("<style>", "<style>@font-face{src:url(https://x.org/f)}"),
        "network: the style of <style> loads a file",
    ),
    "import": (
        swap("<style>", "<style>@import 'x.css';"),
        "network: the style of <style> loads a file",
    ),
    "style attribute": (
        in_body('<p style="background:url(x.png)">a</p>'),
        "network: the style of <p> loads a file",
    ),
    "frame": (in_body("<iframe></iframe>"), "network: <iframe> is not allowed"),
    "link": (
        swap("<title>", '<link rel="preload" href="x"><title>'),
        "network: <link> is not allowed",
    ),
    "refresh": (
        swap("<title>", '<meta http-equiv="refresh" content="0"><title>'),
        "network: <meta http-equiv=refresh> is not allowed",
    ),
    "no policy": (
        swap("Content-Security-Policy", "X-Nothing"),
        "policy: the head does not begin with a Content-Security-Policy",
    ),
    "policy second": (
        swap("<head>", '<head><meta name="x" content="y">'),
        "policy: the head does not begin with a Content-Security-Policy",
    ),
    "open default": (
        swap("default-src &#39;none&#39;", "default-src *"),
        "policy: default-src is not 'none'",
    ),
    "open base": (
        swap("base-uri &#39;none&#39;", "base-uri *"),
        "policy: base-uri is not 'none'",
    ),
    "unsafe script": (
        swap("script-src ", "script-src &#39;unsafe-inline&#39; "),
        "policy: script-src allows 'unsafe-inline'; only hashes are allowed",
    ),
    "changed script": (
        swap('"use strict";', '"use strict"; 1;'),
        "policy: 1 script(s) have no matching hash",
    ),
    "handler": (in_body('<p onclick="x()">a</p>'), "script: <p> has a handler onclick"),
    "address that runs": (
        in_body('<a href=" java\nscript:x()">a</a>'),
        "script: <a href> is a javascript: address",
    ),
    "odd link": (
        in_body('<a href="file:///x">a</a>'),
        "link: 'file:///x' leads to a place that is not allowed",
    ),
    "no lang": (swap(' lang="en"', ""), "structure: <html> has no lang"),
    "two h1": (in_body("<h1>b</h1>"), "structure: the page has 2 <h1>; one is needed"),
    "skipped heading": (in_body("<h4>b</h4>"), "structure: <h4> follows <h2>"),
    "id twice": (in_body('<p id="main">a</p>'), "structure: ids stand twice: main"),
    "lost link": (
        in_body('<a href="#nowhere">a</a>'),
        "structure: links lead nowhere: #nowhere",
    ),
    "caption": (
        in_body('<table><tr><th scope="col">a</th></tr></table>'),
        "table 7: it has no caption",
    ),
    "scope": (
        in_body("<table><caption>a</caption><tr><th>a</th></tr></table>"),
        "table 7: a head cell has no scope",
    ),
    "bare figure": (in_body("<figure></figure>"), "figure 4: it has no title"),
    "no sentence": (
        in_body('<figure><div role="img" aria-label="Chart"></div></figure>'),
        "figure 4: no sentence stands for the drawing",
    ),
    "no data": (in_body("<figure></figure>"), "figure 4: it has no data table"),
    "nan": (in_body("<p>a ratio of nan</p>"), "words: the page says 'nan'"),
    "None": (in_body("<p>None (2 to 3)</p>"), "words: the page says 'None'"),
    "inf": (in_body('<p aria-label="to inf">x</p>'), "words: the page says 'inf'"),
    "NaT": (in_body("<p>until NaT</p>"), "words: the page says 'NaT'"),
    "undefined": (in_body("<p>undefined</p>"), "words: the page says 'undefined'"),
    "number cell": (
        in_body('<p class="x"></p><td class="r">nan</td>'),
        "words: the page says 'nan'",
    ),
    "hidden character": (
        in_body("<p>a\u202eb</p>"),
        "words: a control, bidirectional or zero-width character is on the page",
    ),
    "trace": (
        repack(lambda text: text.replace('"type":"bar"', '"type":"heatmap"')),
        "figures: a trace of type heatmap is not allowed; only scatter and bar",
    ),
    "drawn nan": (
        repack(lambda text: text.replace("Slight rise", "rise of NaN")),
        "words: a drawing says 'NaN'",
    ),
    "missing drawing": (
        in_body('<div data-plot="7"></div>'),
        "figures: 4 drawings are placed, 3 are packed",
    ),
    "broken pack": (
        swap('id="figures-gz">H4', 'id="figures-gz">X4'),
        "figures: the packed drawings cannot be unpacked",
    ),
    "pale ink": (
        swap("--ink-3:#616d78", "--ink-3:#b0b8c0"),
        "palette: ink-3 on light paper has contrast 2.0; at least 4.5 is needed",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_rule_is_named(name: str, page: str) -> None:
    change, fault = FAULTS[name]
    found = lint_page(change(page))
    assert any(f.startswith(fault) for f in found), found


def test_a_file_s_own_word_in_a_text_cell_is_no_fault(page: str) -> None:
    assert lint_page(in_body("<p>None of the states fell.</p>")(page)) == ()
    cell = (
        '<p>x</p><table><caption>a</caption><tr><th scope="row">None</th></tr></table>'
    )
    assert lint_page(in_body(cell)(page)) == ()


def test_text_that_is_no_page_has_faults_and_does_not_crash() -> None:
    assert "structure: <html> has no lang" in lint_page("hello")


def test_contrast_is_wcag_s() -> None:
    # WCAG 2.2: black on white is 21; #777 on white 4.48 is the classic near miss.
    assert contrast("#000000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


LISTED = Listed(
    name="one", heading="Log, France", verdict="Requests rose.", as_of="2024-12-31"
)
AROUND = {
    "front page": front_page(),
    "list of reports": run_index([LISTED], as_of="2024-12-31"),
}


@pytest.mark.parametrize("kind", AROUND)
def test_the_pages_around_the_reports_keep_the_rules_of_their_kind(kind: str) -> None:
    assert page_kind(AROUND[kind]) == kind
    assert lint_page(AROUND[kind]) == ()


@pytest.mark.parametrize("kind", AROUND)
@pytest.mark.parametrize(
    "target", ["../secret.html", "/etc/passwd", "//x.org/a.html", "ftp://x.org/a.html"]
)
def test_no_page_leads_out_of_its_folder(kind: str, target: str) -> None:
    old = "latest/index.html" if kind == "front page" else "one/report.html"
    faults = lint_page(AROUND[kind].replace(old, target))
    assert any(fault.startswith("link: ") for fault in faults)
    if kind == "front page":
        assert "network: <meta http-equiv=refresh> is not allowed" in faults


def test_a_report_may_neither_lead_on_nor_link_to_files(page: str) -> None:
    assert page_kind(page) == "report"
    meta = '<meta http-equiv="refresh" content="0; url=latest/index.html">'
    faults = lint_page(swap("</title>", f"</title>{meta}")(page))
    assert faults == ("network: <meta http-equiv=refresh> is not allowed",)
    link = '<p><a href="one/report.html">x</a></p>'
    assert lint_page(in_body(link)(page)) == (
        "link: 'one/report.html' leads to a place that is not allowed",
    )
