"""A page in the browser, and what it asked for or complained about."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from playwright.sync_api import Page


@dataclass
class Visit:
    """A page in the browser, and what it asked for or complained about."""

    tab: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def drawn(self) -> int:
        return self.tab.locator(".plot:has(.main-svg)").count()

    def wait_until_drawn(self) -> None:
        self.tab.locator("html.is-drawn").wait_for(state="attached", timeout=60_000)


Open = Callable[..., AbstractContextManager[Visit]]
