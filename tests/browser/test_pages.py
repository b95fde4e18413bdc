"""Pages in a real browser: drawn, offline, readable, safe, printable."""

import importlib.util
from pathlib import Path

import page_notebooks as made
import pytest
from browser_visit import Open
from playwright.sync_api import Browser

from disclosure_trends.reports.page import render as page
from disclosure_trends.reports.page.render import render_report
from disclosure_trends.results import Finding, Point

pytestmark = pytest.mark.browser

NAMES = ["leadership", "communication_line", "nothing_published"]
FIGURES = {"leadership": 3, "communication_line": 2, "nothing_published": 0}
WIDTHS = (320, 360, 414, 480, 559, 560, 640, 768, 900, 1080, 1280, 1600)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RAN = "window.ran"
EVIL = (
    "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
    "<svg onload='window.ran = 1'></svg><a href='javascript:window.ran=1'>x</a>"
)


@pytest.mark.parametrize("name", NAMES)
def test_no_request_no_error_and_every_figure_drawn(
    name: str, files: dict[str, Path], visit: Open
) -> None:
    with visit(files[name]) as seen:
        if FIGURES[name]:
            seen.wait_until_drawn()
        drawn = seen.tab.evaluate(
            "[...document.querySelectorAll('.plot')]"
            ".filter((p) => p.querySelector('.main-svg .trace')).length"
        )
        assert drawn == FIGURES[name]
        assert seen.requests == [files[name].as_uri()]
        assert seen.errors == []
        assert seen.refused == []


@pytest.mark.parametrize("name", NAMES)
def test_no_sideways_overflow(name: str, files: dict[str, Path], visit: Open) -> None:
    with visit(files[name]) as seen:
        if FIGURES[name]:
            seen.wait_until_drawn()
        wide = {}
        for width in WIDTHS:
            seen.tab.set_viewport_size({"width": width, "height": 800})
            seen.tab.evaluate("new Promise((r) => setTimeout(r, 150))")
            wide[width] = seen.tab.evaluate(OVERFLOW)
        assert wide == dict.fromkeys(WIDTHS, 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("view", "width"), [("light", 1280), ("dark", 1280), ("phone", 360), ("print", 794)]
)
def test_axe_finds_nothing(
    name: str, view: str, width: int, files: dict[str, Path], visit: Open
) -> None:
    scheme = "dark" if view == "dark" else "light"
    with visit(files[name], width=width, color_scheme=scheme) as seen:
        if FIGURES[name]:
            seen.wait_until_drawn()
        if view == "print":
            seen.tab.emulate_media(media="print")
        # A string that playwright evaluates is no script of the page: the policy holds.
        seen.tab.evaluate(_axe())
        found = seen.tab.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
        bad = [(v["id"], v["nodes"][0]["html"][:120]) for v in found["violations"]]
        assert bad == []


def _axe() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def test_two_layouts_are_exchanged_at_560_pixels(
    files: dict[str, Path], visit: Open
) -> None:
    height = "document.querySelector('#plot-1 .main-svg').getAttribute('height')"
    with visit(files["leadership"]) as seen:
        seen.wait_until_drawn()
        assert seen.tab.evaluate(height) == "270"
        for width, expected in ((559, "300"), (560, "270"), (360, "300")):
            seen.tab.set_viewport_size({"width": width, "height": 800})
            seen.tab.locator(
                f"#plot-1 .main-svg[height='{expected}'] >> nth=0"
            ).wait_for(state="attached")


def test_figures_follow_the_dark(files: dict[str, Path], visit: Open) -> None:
    colours = (
        "[...document.querySelectorAll('#plot-1 text, #plot-1 tspan')]"
        ".filter((t) => t.textContent.trim())"
        ".map((t) => getComputedStyle(t).fill)"
    )
    with visit(files["leadership"], color_scheme="dark") as seen:
        seen.wait_until_drawn()
        # ink and ink-2 of the dark theme
        assert set(seen.tab.evaluate(colours)) == {
            "rgb(231, 234, 237)",
            "rgb(180, 190, 199)",
        }


def test_without_script_all_is_readable(files: dict[str, Path], visit: Open) -> None:
    with visit(files["leadership"], java_script_enabled=False) as seen:
        tables = seen.tab.locator("figure details table")
        assert tables.count() == 3
        assert all(tables.nth(i).is_visible() for i in range(3))
        assert seen.tab.locator(".verdict").is_visible()
        assert seen.tab.locator(".claims").is_visible()
        assert not seen.tab.locator("#plot-1").is_visible()
        assert seen.errors == []


def test_a_browser_that_cannot_unpack_opens_the_tables(
    files: dict[str, Path], browser: Browser
) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.DecompressionStream")
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda e: errors.append(str(e)))
    tab.goto(files["leadership"].as_uri())
    tables = tab.locator("figure details table")
    assert all(tables.nth(i).is_visible() for i in range(tables.count()))
    assert not tab.locator("#plot-1").is_visible()
    assert errors == []
    context.close()


def test_a_changed_bundle_is_refused_and_the_tables_open(
    files: dict[str, Path], visit: Open, tmp_path: Path
) -> None:
    from disclosure_trends.reports.page import assets

    html = files["leadership"].read_text(encoding="utf-8")
    changed = assets.pack(assets.plotly_script() + "\nwindow.ran = 1;")
    path = tmp_path / "changed.html"
    path.write_text(html.replace(assets.packed_plotly(), changed), encoding="utf-8")
    with visit(path) as seen:
        seen.tab.locator("html.no-plots").wait_for(state="attached", timeout=60_000)
        assert seen.tab.locator("figure details table").first.is_visible()
        assert seen.tab.evaluate(RAN) is None
        assert seen.refused


def test_paper_does_not_wait_for_drawings(
    files: dict[str, Path], browser: Browser
) -> None:
    context = browser.new_context()
    context.add_init_script("window.requestIdleCallback = () => 0")
    tab = context.new_page()
    tab.goto(files["leadership"].as_uri())
    table = tab.locator("figure details table").first
    assert not table.is_visible()
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert table.is_visible()
    tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not table.is_visible()
    context.close()


def test_one_endless_word_does_not_widen_the_page(visit: Open, tmp_path: Path) -> None:
    word = "Donaudampfschifffahrt" * 40
    claim = dict.fromkeys(made.CLAIMS[0], word) | {"verdict": "supported"}
    result = made.sample(
        said=(made.finding("v", word), made.finding("p", f"a {word}")),
        big=(Point("p", word),),
        more={"claims": [claim], "refusal": dict.fromkeys(made.REFUSAL, word)},
        not_shown=made.bounds_result().not_shown,
    )
    html = render_report(
        made.notebook(
            f"# {word}",
            result,
            f"## {word}\n\n{word}",
            made.report_bundle(heading=word, provenance=[[word, word]], sources=[word]),
        )
    )
    path = tmp_path / "long.html"
    path.write_text(html, encoding="utf-8")
    with visit(path) as seen:
        for width in (320, 640, 1280):
            seen.tab.set_viewport_size({"width": width, "height": 800})
            assert seen.tab.evaluate(OVERFLOW) == 0


# -- two walls ------------------------------------------------------------------------


def planted() -> str:
    """A page whose every text from data carries a script."""
    said = Finding(
        id="note",
        question="?",
        statement=f"Country note: {EVIL}",
        numbers={"authority": EVIL},
        evidence="log",
    )
    result = made.sample(
        "log", said=(made.finding("first", EVIL), said), big=(Point("note", EVIL),)
    )
    figure = made.bounds_figure()
    figure.layout.meta["disclosure_trends"]["caption"] = EVIL
    figure.layout.meta["disclosure_trends"]["table"]["rows"][0][0] = EVIL
    figure.add_bar(x=[1], y=[0], name=EVIL, text=[EVIL], hovertext=[EVIL])
    figure.add_annotation(x=0, y=0, text=EVIL)
    return render_report(
        made.notebook(
            f"# {EVIL}", result, f"## {EVIL}", figure, made.report_bundle(heading=EVIL)
        )
    )


def _visit_evil(
    html: str, visit: Open, tmp_path: Path
) -> tuple[object, list[str], int]:
    path = tmp_path / "evil.html"
    path.write_text(html, encoding="utf-8", newline="\n")
    with visit(path) as seen:
        seen.wait_until_drawn()
        links = seen.tab.locator("a[href^='javascript:']")
        for i in range(links.count()):
            links.nth(i).dispatch_event("click")
        seen.tab.evaluate("new Promise((r) => setTimeout(r, 300))")
        return seen.tab.evaluate(RAN), seen.refused, seen.drawn


def test_planted_scripts_do_not_run(visit: Open, tmp_path: Path) -> None:
    ran, refused, drawn = _visit_evil(planted(), visit, tmp_path)
    assert ran is None
    assert refused == []
    assert drawn == 1


def test_escaping_alone_holds(visit: Open, tmp_path: Path) -> None:
    html = planted()
    start = html.index("<meta http-equiv=")
    bare = html[:start] + html[html.index(">", start) + 1 :]
    assert "Content-Security-Policy" not in bare
    ran, _, drawn = _visit_evil(bare, visit, tmp_path)
    assert ran is None
    assert drawn == 1


def test_the_policy_alone_holds(
    visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = page.environment().overlay(
        autoescape=False, finalize=lambda value: value
    )
    monkeypatch.setattr(page, "environment", lambda: careless)
    html = planted()
    assert "<script>window.ran = 1</script>" in html
    ran, refused, drawn = _visit_evil(html, visit, tmp_path)
    assert ran is None
    assert refused  # the browser met the scripts and said no
    assert drawn == 1


def test_without_either_wall_the_planted_script_runs(
    visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payload is live: the three tests above would notice it."""
    careless = page.environment().overlay(
        autoescape=False, finalize=lambda value: value
    )
    monkeypatch.setattr(page, "environment", lambda: careless)
    monkeypatch.setattr(page.assets, "content_policy", lambda _: "img-src data:")
    ran, _, _ = _visit_evil(planted(), visit, tmp_path)
    assert ran == 1


# -- print ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_printed_page_is_small_and_whole(
    name: str, files: dict[str, Path], visit: Open
) -> None:
    with visit(files[name]) as seen:
        if FIGURES[name]:
            seen.wait_until_drawn()
        pdf = seen.tab.pdf(
            format="A4", prefer_css_page_size=True, print_background=True
        )
        assert len(pdf) <= 300_000
        # The screen's drawing is back after printing.
        assert seen.tab.evaluate(OVERFLOW) == 0


def test_figures_are_redrawn_for_paper(files: dict[str, Path], visit: Open) -> None:
    widths = (
        "[...document.querySelectorAll('.plot .main-svg')].map((s) => s.clientWidth)"
    )
    with visit(files["leadership"]) as seen:
        seen.wait_until_drawn()
        assert set(seen.tab.evaluate(widths)) == {960}
        seen.tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert set(seen.tab.evaluate(widths)) == {680}
        seen.tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert set(seen.tab.evaluate(widths)) == {960}


def test_motion_and_forced_colours_are_respected(
    files: dict[str, Path], visit: Open
) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    for motion, expected in (("reduce", "auto"), ("no-preference", "smooth")):
        with visit(files["leadership"], reduced_motion=motion) as seen:
            assert seen.tab.evaluate(behaviour) == expected
    with visit(files["leadership"], forced_colors="active") as seen:
        seen.wait_until_drawn()
        ink = "getComputedStyle(document.querySelector('#plot-1 text')).fill"
        canvas = "getComputedStyle(document.body).backgroundColor"
        assert seen.tab.evaluate(ink) != seen.tab.evaluate(canvas)


def test_the_word_simulated_hides_no_mark(files: dict[str, Path], visit: Open) -> None:
    hidden = """() => [...document.querySelectorAll('.is-simulated')].map((frame) => {
      const word = frame.querySelector('.word').getBoundingClientRect();
      const marks = [...frame.querySelectorAll('.points path, .annotation text')];
      return marks.filter((m) => {
        const box = m.getBoundingClientRect();
        return box.width && box.left < word.right && box.right > word.left
          && box.top < word.bottom && box.bottom > word.top;
      }).length;
    })"""
    with visit(files["communication_line"]) as seen:
        seen.wait_until_drawn()
        assert seen.tab.evaluate(hidden) == [0, 0]
