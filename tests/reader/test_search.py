"""The search dialog in a real browser: by keyboard, narrowed, under the policy of pages."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from blogtools.app.searching import index_site
from tests.browser import Visit, opened, serving
from tests.reader.test_browser import AXE, ESSAY, RUN
from tests.site.support import write


@pytest.fixture(scope="module")
def plain(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the same site without an index, below a folder."""
    root = tmp_path_factory.mktemp("plain")
    shutil.copytree(demo, root / "blog", ignore=shutil.ignore_patterns("pagefind"))
    with serving(root) as address:
        yield f"{address}blog/"


@pytest.fixture(scope="module")
def versions(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the same site with a reference in two versions."""
    root = tmp_path_factory.mktemp("versions")
    shutil.copytree(demo, root / "site")
    listed = [{"version": "2.0", "aliases": ["latest"]}, {"version": "1.0", "aliases": []}]
    write(root / "site/reference/pkg", {"versions.json": json.dumps(listed)})
    for number in ("1.0", "2.0"):
        text = f"<h2 id='pkg.fold'>fold</h2><p>Fold the plumbeous.</p><p>{'Quotation. ' * 9}</p>"
        page = f"<html lang='en'><h1>pkg</h1><article data-pagefind-body>{text}</article></html>"
        write(root / f"site/reference/pkg/{number}/m", {"index.html": page})
    index_site(root / "site", root / "site/pagefind", root / "kept")
    with serving(root / "site") as address:
        yield address


def found(page: Page) -> Locator:
    return page.locator(".bt-search-found a")


def search(page: Page, address: str, words: str, key: str = "/") -> None:
    """Open the dialog by a key, and type."""
    page.goto(address)
    page.keyboard.press(key)
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(words)


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_it_opens_by_a_key_and_leads_on_by_arrows(visit: Visit, home: str, key: str) -> None:
    search(visit.page, home + "guide/", "callout", key)
    expect(visit.page.get_by_role("status")).to_have_text("1 page")
    expect(found(visit.page)).to_have_count(1)
    expect(found(visit.page).locator("mark")).to_have_text(["callout."])
    visit.page.keyboard.press("ArrowDown")
    expect(found(visit.page)).to_be_focused()
    visit.page.keyboard.press("ArrowUp")
    expect(visit.page.get_by_role("searchbox")).to_be_focused()
    visit.page.keyboard.press("ArrowDown")
    assert visit.complaints == []
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/posts/sheet/#tables")


def test_enter_leads_to_the_first_result_and_escape_closes(visit: Visit, home: str) -> None:
    search(visit.page, home, "callout")
    expect(found(visit.page)).to_have_count(1)
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog", name="Search")).to_be_hidden()
    visit.page.get_by_role("link", name="Search").click()
    expect(visit.page.get_by_role("searchbox")).to_have_value("callout")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/posts/sheet/**")


def test_it_is_narrowed_by_kind_and_tag(visit: Visit, home: str) -> None:
    search(visit.page, home, "text")
    titles = found(visit.page).locator("b")
    expect(visit.page.get_by_role("status")).to_have_text(re.compile("6 pages|7 pages"))
    visit.page.get_by_label("Kind").select_option("page")
    expect(titles).to_have_text(["Guide"])
    visit.page.get_by_label("Kind").select_option("essay")
    visit.page.get_by_label("Tag").select_option("Code")
    expect(visit.page.get_by_role("status")).to_have_text("Nothing was found")
    visit.page.get_by_role("searchbox").fill("")
    expect(titles).to_have_text(["Everything on one sheet"])
    expect(visit.page.get_by_label("Year")).to_be_hidden()
    assert visit.complaints == []


def test_essays_come_before_a_reference_that_has_a_word_more_often(
    visit: Visit, versions: str
) -> None:
    search(visit.page, versions, "quotation")
    titles = found(visit.page).locator("b")
    expect(titles).to_have_text(["Everything on one sheet", "pkg"])


def test_older_versions_are_searched_when_theirs_is_chosen(visit: Visit, versions: str) -> None:
    search(visit.page, versions, "plumbeous")
    expect(found(visit.page).locator("small")).to_have_text(["pkg 2.0"])
    older = [one for one in visit.requests if "/pagefind/" in one]
    visit.page.get_by_label("Version").select_option("pkg 1.0")
    expect(found(visit.page).locator("small")).to_have_text(["pkg 1.0"])
    expect(found(visit.page)).to_have_attribute("href", "/reference/pkg/1.0/m/#pkg.fold")
    assert len([one for one in visit.requests if "/pagefind/" in one]) > len(older)
    visit.page.get_by_label("Version").select_option("")
    expect(found(visit.page).locator("small")).to_have_text(["pkg 2.0"])
    visit.page.get_by_role("searchbox").fill("callout")
    expect(found(visit.page).locator("small")).to_have_text(["2026-03-03"])
    assert visit.complaints == []


def test_each_language_is_found_from_each_page(visit: Visit, home: str) -> None:
    search(visit.page, home + "posts/bogen/", "callout")
    expect(found(visit.page).locator("b")).to_have_text(["Everything on one sheet"])
    expect(visit.page.get_by_role("status")).to_have_text("1 Seite")
    visit.page.get_by_role("searchbox").fill("getan")
    expect(found(visit.page).locator("b")).to_have_text(["Alles auf einem Bogen"])


def test_what_is_found_is_text_and_never_markup(visit: Visit, home: str) -> None:
    search(visit.page, home, "note")
    expect(found(visit.page).first).to_be_visible()
    shown = visit.page.locator(".bt-search-found").evaluate(
        "list => [...new Set([...list.querySelectorAll('*')].map(one => one.localName))].sort()"
    )
    assert set(shown) <= {"a", "b", "i", "li", "mark", "small", "span"}


def test_nothing_of_it_is_loaded_before_it_is_opened(visit: Visit, home: str) -> None:
    visit.page.goto(home + ESSAY, wait_until="networkidle")
    assert not [one for one in visit.requests if "pagefind" in one or "search.js" in one]


def test_without_an_index_it_says_what_makes_one(visit: Visit, plain: str) -> None:
    search(visit.page, plain, "callout")
    expect(visit.page.get_by_role("status")).to_contain_text("blogtools index")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_keeps_anybody_from_searching(
    browser: Browser, home: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    with opened(browser, viewport=size, color_scheme=scheme, bypass_csp=True) as context:
        page = context.new_page()
        search(page, home, "text")
        expect(found(page).first).to_be_visible()
        page.evaluate(AXE)
        assert page.evaluate(RUN)["said"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_list_of_shards_names_no_file_of_this_machine(demo: Path) -> None:
    listed = json.loads((demo / "pagefind/shards.json").read_text())
    assert all(set(one) <= {"at", "key", "kind", "years", "tags"} for one in listed["shards"])
