"""One headless Chromium in which no name resolves, for all browser tests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import page_notebooks as made
import pytest
from browser_visit import Open, Visit
from playwright.sync_api import Browser, sync_playwright

from disclosure_trends.reports.page.render import render_report

FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on the PATH; `make browser` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of the hand-made notebooks, as files."""
    folder = tmp_path_factory.mktemp("pages")
    for name in ("leadership", "communication_line", "nothing_published"):
        html = render_report(getattr(made, name)())
        (folder / f"{name}.html").write_text(html, encoding="utf-8", newline="\n")
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture
def visit(browser: Browser) -> Open:
    @contextmanager
    def opened(path: Path, *, width: int = 1280, **options: object) -> Iterator[Visit]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, **options
        )
        seen = Visit(context.new_page())
        seen.tab.on("request", lambda r: seen.requests.append(r.url))
        seen.tab.on("pageerror", lambda e: seen.errors.append(str(e)))
        seen.tab.on("console", lambda m: _note(seen, m.type, m.text))
        seen.tab.goto(path.as_uri())
        yield seen
        context.close()

    return opened


def _note(seen: Visit, kind: str, text: str) -> None:
    if "Content Security Policy" in text:
        seen.refused.append(text)
    elif kind == "error":
        seen.errors.append(text)
