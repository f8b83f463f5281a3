"""Pages in a real browser: for every reader, under their policy, by keyboard, without scripts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Visit, opened

ESSAY = "posts/sheet/"
#: One page of each kind.
PAGES = {
    "home": "",
    "later page of home": "page/2/",
    "essay": ESSAY,
    "essay in German": "posts/bogen/",
    "essay from right to left": "posts/waraqa/",
    "tag": "tags/type/",
    "tags": "tags/",
    "series": "series/sheets/",
    "author": "authors/ada/",
    "archive": "archive/",
    "year": "archive/2026/",
    "ordinary page": "guide/",
    "not found": "404.html",
}
#: One page of each kind that is there because of a package.
REFERENCES = {
    "packages": "reference/",
    "versions": "reference/threefold/",
    "what changed": "reference/threefold/changes/",
    "what a release changed": "reference/threefold/changes/2.0/",
    "first page of a reference": "reference/threefold/2.0/",
    "module": "reference/threefold/1.0/threefold/folds/",
}
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """
async rules => {
  const found = await axe.run(document, {resultTypes: ["violations"], ...rules});
  const said = found.violations.flatMap(one => one.nodes.map(n => `${one.id}: ${n.html}`));
  return {said, passes: found.passes.length};
}
"""


#: Each width and each scheme has all rules once, and each pair those that depend on both.
ALL: dict[str, list[str]] = {}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def pages(home: str, references: str, pictures: str) -> dict[str, str]:
    """Return the address of a page of each kind, by the name of the kind."""
    theirs = {name: references + url for name, url in REFERENCES.items()}
    more = {"essay with formulas and diagrams": f"{pictures}posts/e1/"}
    return {name: home + url for name, url in PAGES.items()} | theirs | more


@pytest.mark.parametrize(
    ("scheme", "width", "rules"),
    [("light", 1280, ALL), ("dark", 390, ALL), ("dark", 1280, COLOURS), ("light", 390, COLOURS)],
)
def test_nothing_keeps_anybody_from_reading(
    browser: Browser, pages: dict[str, str], scheme: str, width: int, rules: dict[str, list[str]]
) -> None:
    size = {"width": width, "height": 900}
    options = {"color_scheme": scheme, "reduced_motion": "reduce", "bypass_csp": True}
    said = {}
    with opened(browser, viewport=size, **options) as context:
        page = context.new_page()
        for name, url in pages.items():
            page.goto(url, wait_until="load")
            page.evaluate(AXE)
            found = page.evaluate(RUN, rules)
            assert found["passes"] > (10 if rules is ALL else 0)
            said[name] = found["said"]
            wider = page.evaluate("document.documentElement.scrollWidth") - width
            assert wider <= 0, f"{name} is wider than the screen"
    assert said == {name: [] for name in pages}


def test_pages_keep_their_policy_and_ask_nobody_else(
    visit: Visit, pages: dict[str, str], home: str, references: str, pictures: str
) -> None:
    for url in pages.values():
        visit.page.goto(url, wait_until="networkidle")
        assert "default-src 'none'" in policy(visit.page)
    assert visit.complaints == []
    ours = (home, references, pictures, "data:")
    assert [one for one in visit.requests if not one.startswith(ours)] == []


def test_the_policy_is_in_force(visit: Visit, home: str) -> None:
    visit.page.goto(home, wait_until="networkidle")
    visit.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); document.body.setAttribute('style', 'color: red'); }"
    )
    assert visit.page.evaluate("window.ran") is None
    assert any("script-src" in said for said in visit.complaints)
    assert any("style-src" in said for said in visit.complaints)


def policy(page: Page) -> str:
    found = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert found
    return found


def test_the_policy_allows_nothing_unsafe(visit: Visit, home: str) -> None:
    visit.page.goto(home)
    assert "default-src 'none'" in policy(visit.page)
    assert "unsafe" not in policy(visit.page)
    assert "http" not in policy(visit.page)


# -- the switch ------------------------------------------------------------------------------


def paper(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_colours_are_those_of_the_readers_machine_until_they_choose(
    browser: Browser, home: str
) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        with opened(browser, color_scheme=scheme, java_script_enabled=False) as context:
            page = context.new_page()
            page.goto(home + ESSAY)
            seen[scheme] = paper(page)
            shown = {"light": "#only-light", "dark": "#only-dark"}
            for name, end in shown.items():
                picture = page.locator(f'img[src$="{end}"]')
                assert picture.is_visible() == (name == scheme)
    assert seen["light"] != seen["dark"]


def test_the_switch_works_by_keyboard_and_is_remembered(browser: Browser, home: str) -> None:
    with opened(browser, color_scheme="light") as context:
        page = context.new_page()
        page.goto(home + ESSAY)
        light = paper(page)
        button = page.get_by_role("button", name="Switch to dark")
        button.focus()
        page.keyboard.press("Enter")
        assert paper(page) != light
        expect(page.get_by_role("button", name="Switch to light")).to_be_focused()
        assert page.locator('img[src$="#only-dark"]').is_visible()
        page.goto(home + "tags/")
        assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
        assert paper(page) != light


# -- the ways about --------------------------------------------------------------------------


def test_the_first_key_leads_to_the_text(visit: Visit, home: str) -> None:
    visit.page.goto(home + ESSAY)
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_role("link", name="Skip to the text")).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("main")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("kind", "sheets"),
    [
        ("essay", {"Menu": "Archive", "Contents": "Tables"}),
        ("module", {"Menu": "Archive", "Contents": "Ledger", "threefold 1.0": "scales"}),
    ],
)
def test_the_menu_and_the_contents_open_by_keyboard_on_a_phone(
    browser: Browser, pages: dict[str, str], kind: str, sheets: dict[str, str], *, scripts: bool
) -> None:
    size = {"width": 390, "height": 844}
    with opened(browser, viewport=size, java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(pages[kind])
        for button, link in sheets.items():
            inside = page.locator("nav").get_by_role("link", name=link, exact=True)
            expect(inside).to_be_hidden()
            page.get_by_role("button", name=button, exact=True).focus()
            page.keyboard.press("Enter")
            expect(inside).to_be_visible()
            page.keyboard.press("Tab")
            page.keyboard.press("Escape")
            expect(inside).to_be_hidden()


def test_the_contents_stand_beside_the_text_and_follow_it(visit: Visit, home: str) -> None:
    visit.page.set_viewport_size({"width": 1300, "height": 800})
    visit.page.goto(home + ESSAY)
    link = visit.page.get_by_role("link", name="Tables", exact=True)
    link.click()
    expect(link).to_have_attribute("aria-current", "true")
    assert visit.page.evaluate("scrollY") > 300


# -- blocks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
def test_tabs_change_by_arrows(browser: Browser, home: str, *, scripts: bool) -> None:
    with opened(browser, java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(home + ESSAY)
        first, second = (page.locator(".tabbed-block").nth(n) for n in (0, 1))
        expect(first).to_be_visible()
        expect(second).to_be_hidden()
        page.get_by_role("radio", name="One").focus()
        page.keyboard.press("ArrowRight")
        expect(second).to_be_visible()
        expect(first).to_be_hidden()


def test_code_is_copied_without_what_is_no_code(browser: Browser, home: str) -> None:
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(home + "posts/bogen/")
        page.locator(".bt-prose .bt-copy").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".bt-prose .bt-copy")).to_have_text("Kopiert")
        assert page.evaluate("navigator.clipboard.readText()") == "x = 1"


def test_notes_stand_beside_the_text_where_there_is_room(browser: Browser, home: str) -> None:
    for width, beside in ((1280, True), (390, False)):
        with opened(browser, viewport={"width": width, "height": 900}) as context:
            page = context.new_page()
            page.goto(home + ESSAY)
            note = page.locator(".bt-side")
            assert note.count() == 1, "the second note has two paragraphs"
            assert note.is_visible() == beside
            if beside:
                text, margin = (
                    page.locator(place).bounding_box() for place in (".bt-prose", ".bt-side")
                )
                assert text is not None
                assert margin is not None
                assert margin["x"] >= text["x"] + text["width"]


def test_nothing_is_lost_without_scripts(browser: Browser, pages: dict[str, str]) -> None:
    """Every word that scripts show is there without them, but for what only they can do."""
    words = {}
    for scripts in (True, False):
        with opened(browser, java_script_enabled=scripts) as context:
            page = context.new_page()
            for url in pages.values():
                page.goto(url, wait_until="networkidle")
                words[url, scripts] = page.locator("main").inner_text()
                if not scripts:
                    expect(page.locator("[data-switch]")).to_be_hidden()
    for url in pages.values():
        shown = words[url, True].replace("\nKopieren", "").replace("\nCopy", "")
        assert shown.split() == words[url, False].split()


def test_search_leads_to_the_archive_without_scripts(browser: Browser, home: str) -> None:
    with opened(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(home + ESSAY)
        page.get_by_role("link", name="Search").click()
        page.wait_for_url("**/archive/")


def test_nothing_moves_while_a_page_loads(browser: Browser, home: str) -> None:
    observe = (
        "window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
        " window.moved += e.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    with opened(browser, bypass_csp=True) as context:
        context.add_init_script(observe)
        page = context.new_page()
        for url in ("", ESSAY):
            page.goto(home + url, wait_until="networkidle")
            assert page.evaluate("window.moved") == 0


def test_a_first_visit_is_light(browser: Browser, home: str, demo: Path) -> None:
    """Compressed as servers send it; fonts are compressed already."""
    import gzip

    with opened(browser) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(home + ESSAY, wait_until="networkidle")
    ours = [one.removeprefix(home) or "index.html" for one in asked if one.startswith(home)]
    named = [f"{one}index.html" if one.endswith("/") else one.split("#")[0] for one in ours]
    weight = sum(len(gzip.compress((demo / name).read_bytes())) for name in set(named))
    assert len(asked) <= 12
    assert weight < 100_000
    scripts = [*(demo / "assets/javascripts" / n for n in ("scheme.js", "reader.js", "search.js"))]
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= 12_000
