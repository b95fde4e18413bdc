"""The shipped reports themselves, as `make report` makes them, in a real browser."""

from pathlib import Path

import pytest
from browser_visit import Open

from disclosure_trends.reports.lint import lint_page
from disclosure_trends.reports.notebooks.settings import read_settings

pytestmark = pytest.mark.browser

REPORTS = tuple(read_settings())
WIDTHS = (320, 360, 414, 480, 560, 640, 720, 768, 900, 1080, 1280, 1600)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNDRAWN = (
    "[...document.querySelectorAll('.plot')]"
    ".filter((p) => !p.querySelector('.main-svg .trace')).map((p) => p.id)"
)


@pytest.fixture(scope="session")
def made_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every shipped report, made once with the command line."""
    from typer.testing import CliRunner

    from disclosure_trends.cli import app

    out = tmp_path_factory.mktemp("reports")
    result = CliRunner().invoke(
        app, ["report", "--out", str(out), "--as-of", "2026-05-31"]
    )
    assert result.exit_code == 0, result.output
    return {path.parent.name: path for path in out.glob("runs/*/*/report.html")}


@pytest.mark.parametrize("name", REPORTS)
def test_a_shipped_report_holds_in_a_browser(
    name: str, made_reports: dict[str, Path], visit: Open
) -> None:
    path = made_reports[name]
    assert lint_page(path.read_text(encoding="utf-8")) == ()
    with visit(path) as seen:
        seen.wait_until_drawn()
        assert seen.tab.evaluate(UNDRAWN) == []
        assert seen.requests == [path.as_uri()]
        assert seen.errors == seen.refused == []
        pdf = seen.tab.pdf(
            format="A4", prefer_css_page_size=True, print_background=True
        )
        assert len(pdf) <= 300_000
        wide = {}
        for width in WIDTHS:
            seen.tab.set_viewport_size({"width": width, "height": 800})
            seen.tab.evaluate("new Promise((r) => setTimeout(r, 150))")
            wide[width] = seen.tab.evaluate(OVERFLOW)
        assert wide == dict.fromkeys(WIDTHS, 0)
