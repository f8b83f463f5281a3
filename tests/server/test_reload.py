"""What the dev server's script does in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

ROWS = "\n".join(f'<h2 id="h{n}">Part {n}</h2><p>{"text " * 200}</p>' for n in range(40))
QUICK = 5000


def essay(title: str, body: str = ROWS, head: str = "") -> str:
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}"
        f"<style>html {{ scroll-behavior: smooth }}</style></head>"
        f"<body><h1 id=top>{title}</h1>{body}</body></html>"
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 700})
    context.set_default_timeout(QUICK)
    yield context.new_page()
    context.close()


def scrolled_to(page: Page, y: float) -> None:
    page.wait_for_function("y => Math.abs(scrollY - y) <= 1", arg=y)


def scroll(page: Page, y: float) -> None:
    page.evaluate("y => scrollTo({top: y, behavior: 'instant'})", y)
    scrolled_to(page, y)


def place_of(page: Page, heading: str) -> float:
    top = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", heading)
    return float(top)


def is_titled(page: Page, title: str) -> None:
    expect(page).to_have_title(title, timeout=QUICK)


def is_settled(page: Page) -> None:
    """Wait until the script no longer holds the place."""
    page.wait_for_function("document.readyState === 'complete'")
    page.wait_for_timeout(1200)


def test_a_change_reloads_the_page_at_the_same_place(blog: Any, serving: Any, page: Page) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        page.goto(client.url)
        scroll(page, 3210)
        blog.write("index.html", essay("two"))
        is_titled(page, "two")
        scrolled_to(page, 3210)
        is_settled(page)
        scrolled_to(page, 3210)
        assert page.evaluate("history.scrollRestoration") == "auto"
        assert page.evaluate("sessionStorage.length") == 0


def test_the_place_is_kept_although_the_address_has_an_anchor(
    blog: Any, serving: Any, page: Page
) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        page.goto(f"{client.url}#h3")
        page.wait_for_timeout(1000)  # The browser scrolls there smoothly.
        scroll(page, 5000)
        blog.write("index.html", essay("two"))
        is_titled(page, "two")
        is_settled(page)
        scrolled_to(page, 5000)


def test_text_added_above_does_not_move_what_is_being_read(
    blog: Any, serving: Any, page: Page
) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        page.goto(client.url)
        scroll(page, 3210)
        before = place_of(page, "h20")
        blog.write("index.html", essay("two", "<p style='height: 500px'>new</p>" + ROWS))
        is_titled(page, "two")
        is_settled(page)
        assert abs(place_of(page, "h20") - before) <= 1
        assert page.evaluate("scrollY") > 3600


def test_the_place_survives_images_that_arrive_late(blog: Any, serving: Any, page: Page) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='600' height='900'/>"
    images = "".join(f'<p><img src="{n}.svg" alt=""></p>' for n in range(6))
    for number in range(6):
        blog.write(f"{number}.svg", svg)
    blog.write("index.html", essay("one", f"{images}<p style='height: 3000px'>no heading"))

    def late(route: Any) -> None:
        page.wait_for_timeout(100)
        route.continue_()

    with serving() as client:
        page.goto(client.url)
        scroll(page, 5000)
        page.route(re.compile(r"\.svg$"), late)
        blog.write("index.html", essay("two", f"{images}<p style='height: 3000px'>no heading"))
        is_titled(page, "two")
        is_settled(page)
        scrolled_to(page, 5000)


def test_two_quick_changes_do_not_lose_the_place(blog: Any, serving: Any, page: Page) -> None:
    blog.write("index.html", essay("0"))
    with serving() as client:
        page.goto(client.url)
        scroll(page, 3210)
        for number in range(1, 6):
            blog.write("index.html", essay(str(number)))
            page.wait_for_timeout(60)
        is_titled(page, "5")
        is_settled(page)
        scrolled_to(page, 3210)


def test_a_reader_who_scrolls_on_is_not_pulled_back(blog: Any, serving: Any, page: Page) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        page.goto(client.url)
        scroll(page, 3000)
        blog.write("index.html", essay("two"))
        is_titled(page, "two")
        scrolled_to(page, 3000)
        page.mouse.move(300, 300)
        page.mouse.wheel(0, 400)
        is_settled(page)
        assert page.evaluate("scrollY") > 3100


def test_a_page_opened_next_starts_at_its_top(blog: Any, serving: Any, page: Page) -> None:
    blog.write("index.html", essay("one"))
    blog.write("other/index.html", essay("other"))
    with serving() as client:
        page.goto(client.url)
        scroll(page, 3000)
        page.goto(f"{client.url}other/")
        is_settled(page)
        scrolled_to(page, 0)


def test_two_pages_at_once_both_reload(blog: Any, serving: Any, page: Page) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        other = page.context.new_page()
        for each in (page, other):
            each.goto(client.url)
        blog.write("index.html", essay("two"))
        for each in (page, other):
            is_titled(each, "two")


def test_errors_lie_over_the_last_good_page_until_they_are_mended(
    blog: Any, serving: Any, page: Page
) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        page.goto(client.url)
        scroll(page, 3000)
        blog.write("bad.html", "BROKEN <img src=x onerror='document.title = 1'> & more")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("posts/bad.html:4:13")
        expect(alert).to_contain_text("<img src=x onerror='document.title = 1'> & more")
        expect(alert).to_contain_text("Mend it")
        assert page.title() == "one"
        scrolled_to(page, 3000)
        blog.write("bad.html", "mended")
        expect(alert).to_have_count(0)
        scrolled_to(page, 3000)


def test_an_overlay_that_was_dismissed_stays_away_until_there_is_something_new(
    blog: Any, serving: Any, page: Page
) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        page.goto(client.url)
        blog.write("bad.html", "BROKEN first")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("first")
        page.get_by_role("button", name="Dismiss").click()
        expect(alert).to_have_count(0)
        page.reload()
        page.wait_for_timeout(300)
        expect(alert).to_have_count(0)
        blog.write("bad.html", "BROKEN second")
        expect(alert).to_contain_text("second")
        page.keyboard.press("Escape")
        expect(alert).to_have_count(0)


def test_the_first_build_may_fail_and_the_page_comes_when_it_is_mended(
    blog: Any, serving: Any, page: Page
) -> None:
    blog.write("index.html", "BROKEN first")
    with serving() as client:
        page.goto(client.url)
        expect(page.get_by_role("alert")).to_have_count(1)
        expect(page.get_by_role("alert")).to_contain_text("posts/index.html:4:13")
        blog.write("index.html", "BROKEN second")
        expect(page.get_by_role("alert")).to_contain_text("second")
        expect(page.get_by_role("alert")).to_have_count(1)
        blog.write("index.html", essay("mended"))
        is_titled(page, "mended")
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_page_finds_the_server_again_after_a_restart(blog: Any, serving: Any, page: Page) -> None:
    blog.write("index.html", essay("one"))
    with serving() as client:
        page.goto(client.url)
        scroll(page, 3000)
        port = int(client.url.rsplit(":", 1)[1].strip("/"))
    blog.write("index.html", essay("two"))
    with serving(port=port):
        is_titled(page, "two")
        scrolled_to(page, 3000)


def test_a_strict_policy_of_the_page_does_not_stop_it(blog: Any, serving: Any, page: Page) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'\">"
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    plain = f"<html><head><title>one</title>{policy}</head><body><p>text</p></body></html>"
    blog.write("index.html", plain)
    with serving() as client:
        page.goto(client.url)
        blog.write("bad.html", "BROKEN it")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("posts/bad.html:4:13")
        assert (
            page.evaluate(
                "getComputedStyle(document.querySelector('#blogtools-problems')).position"
            )
            == "fixed"
        )
        (blog.posts / "bad.html").unlink()
        expect(alert).to_have_count(0)
    assert not [text for text in complaints if "Content Security Policy" in text]
