"""A real browser for tests: the fixture `browser`, shared by all tests of one module, and `visit`.

Not of the whole run: while Playwright is open its event loop counts as running in this thread, and
no other test could run a loop of its own.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

#: Milliseconds; a busy machine is slow, and only what never happens is to fail.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str:
    """Return the browser's path; without one the tests fail, they are never skipped in silence."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.fail(
            "The browser tests need Chromium: install the package 'chromium', "
            "or name its executable in the environment variable CHROMIUM"
        )
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a running browser; each test opens a context of its own in it."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable(), args=list(FLAGS), ignore_default_args=["--headless"]
        )
        yield launched
        launched.close()


class Visit:
    """A page of a browser that remembers what went wrong, and whom it asked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("response", lambda answer: self._note(answer.status >= 400, answer.url))
        page.on("requestfailed", lambda request: self._note(not _left(request), request.url))
        page.on("console", lambda said: self._note(said.type in ("error", "warning"), said.text))
        page.on("pageerror", lambda error: self._note(True, str(error)))

    def _note(self, wrong: bool, text: str) -> None:
        if wrong:
            self.complaints.append(text)


def _left(request: Request) -> bool:
    """Return whether a page was left while it fetched ahead, which breaks off what it fetches."""
    return request.resource_type == "fetch" and request.failure == "net::ERR_ABORTED"


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """Open a context of its own, as somebody else's browser would be."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Yield a page of a browser that has visited nothing yet."""
    with opened(browser, viewport={"width": 1200, "height": 900}) as context:
        yield Visit(context.new_page())


class _Server(ThreadingHTTPServer):
    # A browser asks for more at once than the five that may wait as a rule.
    request_queue_size = 128


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing of each request."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone.

    Yields:
        Its address.
    """
    handler = partial(_Quiet, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
