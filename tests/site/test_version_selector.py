"""The list of versions on a page of a reference, in a real browser, with a script and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Visit, opened, serving
from tests.site.shelf_blog import PACKAGE


@pytest.fixture(scope="module")
def address(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site below /notes/, as its own address says."""
    root = tmp_path_factory.mktemp("host")
    (root / "notes").symlink_to(shelf / "site")
    with serving(root) as host:
        yield f"{host}notes/{PACKAGE}"


@pytest.mark.parametrize("scripts", [True, False])
def test_another_version_shows_the_same_page_or_else_its_first(
    browser: Browser, address: str, *, scripts: bool
) -> None:
    with opened(browser, java_script_enabled=scripts) as context:
        page = context.new_page()
        for here, version, there in (
            ("2.0/threefold/folds/", "1.0", "1.0/threefold/folds/"),
            ("1.0/threefold/scales/", "dev", "dev/threefold/scales/"),
            ("dev/threefold/soon/", "2.0", "2.0/"),
            ("1.0/", "2.0", "2.0/"),
        ):
            page.goto(address + here)
            choice = page.locator(".bt-versions").get_by_role("link", name=version, exact=True)
            expect(choice).to_be_hidden()
            page.locator(".bt-versions > summary").focus()
            page.keyboard.press("Enter")
            choice.click()
            page.wait_for_url(address + there)
            expect(page.locator(".bt-versions > summary")).to_have_text(version)


def test_the_note_of_an_old_version_leads_to_the_same_page_of_the_newest(
    visit: Visit, address: str
) -> None:
    visit.page.goto(f"{address}1.0/threefold/folds/", wait_until="networkidle")
    expect(visit.page.get_by_text("This is an old version.")).to_be_visible()
    visit.page.locator(".bt-newer a").click()
    visit.page.wait_for_url(f"{address}2.0/threefold/folds/")
    expect(visit.page.get_by_text("This is an old version.")).to_have_count(0)


def test_the_stable_address_leads_on_by_itself(visit: Visit, address: str) -> None:
    visit.page.goto(f"{address}latest/threefold/scales/")
    visit.page.wait_for_url(f"{address}2.0/threefold/scales/")
