"""Material's own selector of versions, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import Visit, serving
from tests.site.shelf_blog import PACKAGE


@pytest.fixture(scope="module")
def address(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the site below /notes/, as its own address says."""
    root = tmp_path_factory.mktemp("host")
    (root / "notes").symlink_to(shelf / "site")
    with serving(root) as host:
        yield f"{host}notes/{PACKAGE}"


def choose(visit: Visit, version: str) -> None:
    """Choose another version in the header."""
    # Where the pointer is, the list comes to lie above the button.
    visit.page.locator(".md-version__current").hover(force=True)
    visit.page.locator(".md-version__link", has_text=version).click()


@pytest.mark.parametrize(
    ("here", "version", "there"),
    [
        ("2.0/threefold/folds/", "1.0", "1.0/threefold/folds/"),
        ("1.0/threefold/scales/", "dev", "dev/threefold/scales/"),
        ("dev/threefold/soon/", "2.0", "2.0/"),
        ("1.0/", "2.0", "2.0/"),
    ],
)
def test_another_version_shows_the_same_page_or_else_its_first(
    visit: Visit, address: str, here: str, version: str, there: str
) -> None:
    visit.page.goto(address + here, wait_until="networkidle")
    choose(visit, version)
    visit.page.wait_for_url(address + there)
    visit.page.wait_for_load_state("networkidle")
    expect(visit.page.locator(".md-version__current")).to_contain_text(version)
    assert visit.complaints == []


def test_the_selector_says_which_version_is_shown_and_which_is_the_latest(
    visit: Visit, address: str
) -> None:
    visit.page.goto(f"{address}1.0/", wait_until="networkidle")
    expect(visit.page.locator(".md-version__current")).to_have_text("1.0")
    listed = visit.page.locator(".md-version__item")
    expect(listed).to_have_text(["2.0latest", "1.0", "dev"])


def test_the_note_of_an_old_version_leads_to_the_same_page_of_the_newest(
    visit: Visit, address: str
) -> None:
    visit.page.goto(f"{address}1.0/threefold/folds/", wait_until="networkidle")
    expect(visit.page.get_by_text("This is an old version.")).to_be_visible()
    visit.page.locator(".md-banner--warning a").click()
    visit.page.wait_for_url(f"{address}2.0/threefold/folds/")
    expect(visit.page.get_by_text("This is an old version.")).to_have_count(0)


def test_the_stable_address_leads_on_by_itself(visit: Visit, address: str) -> None:
    visit.page.goto(f"{address}latest/threefold/scales/")
    visit.page.wait_for_url(f"{address}2.0/threefold/scales/")
