"""The site in a real browser: nobody else is asked for anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Visit, serving


@pytest.fixture(scope="module")
def address(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site below /blog/, as its own address says."""
    root = tmp_path_factory.mktemp("host")
    (root / "blog").symlink_to(site)
    with serving(root) as host:
        yield f"{host}blog/"


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        ("", "Notes and queries"),
        ("posts/code-and-tables/", "Code & <tables>"),
        ("posts/picture-book/", "A picture book"),
        ("tags/c-sharp/", "C#"),
        ("tags/über-uns/", "Über uns"),
        ("series/parsers-by-hand/", "Parsers by hand"),
        ("archive/2024/", "2024"),
        ("guide/", "The guide"),
        ("reference/", "Reference"),
        ("reference/tinylib/dev/tinylib/", "tinylib"),
    ],
)
def test_a_page_asks_nobody_else_and_complains_of_nothing(
    visit: Visit, address: str, url: str, heading: str
) -> None:
    visit.page.goto(address + url, wait_until="networkidle")
    expect(visit.page.locator("h1").first).to_contain_text(heading)
    assert not [request for request in visit.requests if request.endswith("sitemap.xml")]
    hosts = {urlsplit(request).netloc for request in visit.requests if request[:5] != "data:"}
    assert hosts == {urlsplit(address).netloc}
    assert visit.complaints == []


def test_an_old_address_leads_on_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}2019/measuring/")
    page.wait_for_url(f"{address}posts/measured-lightly/")
    expect(page.locator("h1")).to_contain_text("Measured, lightly")
    context.close()


def test_a_link_to_a_symbol_leads_to_it(visit: Visit, address: str) -> None:
    # Leaving a page that still loads would abort its requests, and they would count as failed.
    visit.page.goto(f"{address}posts/code-and-tables/", wait_until="networkidle")
    visit.page.get_by_role("link", name="a symbol").click()
    visit.page.wait_for_url("**/reference/tinylib/dev/tinylib/#tinylib.greet")
    visit.page.wait_for_load_state("networkidle")
    expect(visit.page.locator("[id='tinylib.greet']").first).to_be_visible()
    assert visit.complaints == []
