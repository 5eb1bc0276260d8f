"""People with a browser, before a shop that really runs."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    expect,
    sync_playwright,
)

from tests.journeys.demo_server import start_demo

CHROMIUM = shutil.which("chromium")
PHONE = MappingProxyType({"width": 390, "height": 844})
DESKTOP = MappingProxyType({"width": 1280, "height": 900})
TILES = "tile.openstreetmap.org"
PASSWORD = "ocop-demo-2026"
TIMEOUT_MS = 15_000

expect.set_options(timeout=TIMEOUT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    no_browser = pytest.mark.skip(reason="needs Chromium: apt-get install chromium")
    for item in items:
        if item.nodeid.startswith("tests/journeys/"):
            item.add_marker(pytest.mark.journey)
            if not CHROMIUM:
                item.add_marker(no_browser)


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration shop, with its database `shop.sqlite3`."""
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="session")
def shop(shop_folder: Path) -> Iterator[str]:
    """The address of the demonstration shop; all journeys walk through the same one."""
    with start_demo(shop_folder) as base:
        yield base


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed after each module: while it runs, Django takes the thread for async."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def abort_request(route: Route) -> None:
    route.abort()


class PageErrors(list[str]):
    """What went wrong in a browser that its user does not see.

    Map tiles are never fetched, and what a click leaves half-loaded is no trouble.
    """

    def watch(self, context: BrowserContext) -> None:
        context.route(lambda url: urlsplit(url).hostname == TILES, abort_request)
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.append(f"error: {error.error}"))
        context.on("requestfailed", self.on_failure)
        context.on("response", self.on_response)

    def on_console(self, message: ConsoleMessage) -> None:
        failed_to_load = message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not failed_to_load:
            self.append(f"console: {message.text}")

    def on_failure(self, request: Request) -> None:
        if TILES not in request.url and request.failure != "net::ERR_ABORTED":
            self.append(f"failed: {request.url} {request.failure}")

    def on_response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.append(f"{response.status}: {response.url}")


@pytest.fixture
def visitor(shop: str, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a phone of its own; no error in it may go unseen."""
    page_errors = PageErrors()
    contexts = []

    def open_page(**settings: object) -> Page:
        settings = {
            "base_url": shop,
            "viewport": dict(PHONE),
            "device_scale_factor": 2,
            "has_touch": True,
            "timezone_id": "Asia/Ho_Chi_Minh",
        } | settings
        context = chromium.new_context(**settings)
        context.set_default_timeout(TIMEOUT_MS)
        page_errors.watch(context)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert page_errors == []


@pytest.fixture(scope="module")
def _reader(shop: str, chromium: Browser) -> Iterator[tuple[Page, PageErrors]]:
    context = chromium.new_context(base_url=shop, viewport=dict(PHONE), has_touch=True)
    page_errors = PageErrors()
    page_errors.watch(context)
    yield context.new_page(), page_errors
    context.close()


@pytest.fixture
def reader(_reader: tuple[Page, PageErrors]) -> Iterator[Page]:
    """Goes from page to page, and has what they share from the one before."""
    page, page_errors = _reader
    page_errors.clear()
    yield page
    assert page_errors == []


@pytest.fixture
def phone(visitor: Callable[..., Page]) -> Page:
    """A phone, 390 pixels wide."""
    return visitor()


@pytest.fixture
def signed_in(visitor: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a phone on which an account of the demonstration is signed in."""

    def open_page(name: str, to: str, **settings: object) -> Page:
        page = visitor(**settings)
        page.goto(f"/account/sign-in/?next={to}")
        page.fill("[name=username]", f"{name}@demo.test")
        page.fill("[name=password]", PASSWORD)
        page.locator("main form").get_by_role("button").click()
        page.wait_for_url(lambda url: urlsplit(url).path.startswith(to))
        return page

    return open_page
