"""What an essay weighs, as a server sends it compressed; and that nothing in it moves."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import browser as browser
from tests.browser import serving
from tests.reader.weighed import make_weighed

KB = 1000
_PACKED = (".woff2", ".png", ".avif", ".webp")
_SHIFTS = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.moved += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_weighed(tmp_path_factory.mktemp("weighed"))


@pytest.fixture(params=[412, 1280], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 823})
    context.add_init_script(_SHIFTS)
    yield context.new_page()
    context.close()


def weighed(page: Page, site: Path, address: str, url: str) -> dict[str, int]:
    """Visit a page to its end; return what was sent for it, by file."""
    sent: dict[str, int] = {}

    def note(asked: str) -> None:
        path = unquote(urlsplit(asked).path).lstrip("/")
        file = site / (f"{path}index.html" if path.endswith("/") else path)
        data = file.read_bytes()
        sent[path] = len(data if file.suffix in _PACKED else gzip.compress(data, 9))

    page.on("request", lambda request: note(request.url) if request.url[:4] == "http" else None)
    page.goto(address + url, wait_until="networkidle")
    page.mouse.wheel(0, 100_000)
    page.wait_for_timeout(200)
    return dict(sent)


def test_a_first_visit_and_the_next_are_within_their_budget(page: Page, site: Path) -> None:
    with serving(site) as address:
        first = weighed(page, site, address, "posts/on-adding-numbers/")
        assert sum(first.values()) <= 150 * KB, first
        assert len(first) <= 12, first
        assert "assets/math.css" in first
        assert page.evaluate("document.fonts.check('16px KaTeX_Math')")
        assert page.evaluate("window.moved") == 0
        second = weighed(page, site, address, "posts/on-adding-more/")
        fresh = {path: size for path, size in second.items() if path not in first}
        assert "posts/on-adding-more/" in fresh
        assert sum(fresh.values()) <= 30 * KB, fresh
        assert page.evaluate("window.moved") == 0
