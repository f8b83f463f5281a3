"""A real browser for tests: the fixture `browser`, shared by all tests of one module.

Not of the whole run: while Playwright is open its event loop counts as running in this thread, and
no other test could run a loop of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

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
