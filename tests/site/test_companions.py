"""Essays about code: their links to its symbols, and its reference beside them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.site.html import Page
from tests.site.support import (
    Command,
    essay,
    replace_in,
    run,
    run_all,
    succeed,
    tree,
    without_progress,
    write,
)

REFERENCE = "reference/tinylib/dev/"


def test_a_checkout_has_its_reference_beside_the_essays(site: Path) -> None:
    names = {name for name in tree(site) if name.startswith(REFERENCE)}
    assert {f"{REFERENCE}index.html", f"{REFERENCE}tinylib/index.html"} <= names
    assert f"{REFERENCE}objects.inv" in names
    module = Page(site, f"{REFERENCE}tinylib/")
    assert {"tinylib.greet", "tinylib.Greeter", "tinylib.Greeter.say"} <= module.anchors
    listed = Page(site, "reference/").values("main .bt-terms a", "href")
    assert listed == ["tinylib/dev/", "tinylib/"]


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("a symbol", "tinylib.greet"),
        ("tinylib.Greeter", "tinylib.Greeter"),
        ("its method", "tinylib.Greeter.say"),
    ],
)
def test_a_link_to_a_symbol_leads_to_its_anchor(site: Path, text: str, symbol: str) -> None:
    essay_page = Page(site, "posts/code-and-tables/")
    link = next(a for a in essay_page.all("article a[href]") if a.text() == text)
    assert link.attributes["href"] == f"../../{REFERENCE}tinylib/#{symbol}"
    assert symbol in Page(site, f"{REFERENCE}tinylib/").anchors


def test_code_that_names_a_symbol_leads_to_it_and_other_code_does_not(site: Path) -> None:
    links = Page(site, "posts/code-and-tables/").all("article p a[href]")
    by_text = {a.text(): a.attributes["href"] for a in links}
    anchor = f"../../{REFERENCE}tinylib/#tinylib.Greeter.say"
    assert by_text["tinylib.Greeter.say()"] == anchor
    assert "tinylib.css" not in by_text


def test_a_name_of_another_project_leads_to_its_documentation(site: Path) -> None:
    address = "https://docs.example/3/library/pathlib.html#pathlib.Path"
    assert address in Page(site, "posts/code-and-tables/").values("article p a", "href")
    feed = (site / "feed.xml").read_text()
    assert address in feed


def test_an_essay_lists_the_objects_that_it_discusses(site: Path) -> None:
    essay_page = Page(site, "posts/code-and-tables/")
    assert essay_page.values(".bt-uses dt a", "href") == [f"../../{REFERENCE}"]
    assert essay_page.values(".bt-uses dd a", "href") == [
        f"../../{REFERENCE}tinylib/#tinylib.{name}" for name in ("Greeter", "Greeter.say", "greet")
    ]
    assert Page(site, "posts/plain/").all(".bt-uses") == []


def test_mkdocs_resolves_the_same_links_without_building_the_reference(blog: Path) -> None:
    succeed(blog, "mkdocs", "build", "-q", "-d", "site-mkdocs")
    links = Page(blog / "site-mkdocs", "posts/code-and-tables/").values("article a", "href")
    assert f"../../{REFERENCE}tinylib/#tinylib.greet" in links
    assert not (blog / "site-mkdocs" / REFERENCE).exists()


def test_an_edited_checkout_changes_its_reference_and_what_may_be_linked_to(blog: Path) -> None:
    replace_in(blog / "src/tinylib/__init__.py", "def greet(", "def salute(")
    failed = run(blog, "blogtools", "build")
    assert failed.returncode == 1
    line = "posts/2026-05-20-code-and-tables.md:42:28: tinylib dev has no public object"
    assert without_progress(failed.stderr).startswith(f"{line} 'tinylib.greet'.")
    replace_in(blog / "posts/2026-05-20-code-and-tables.md", "tinylib.greet]", "tinylib.salute]")
    succeed(blog, "blogtools", "build")
    assert "tinylib.salute" in Page(blog / "site", f"{REFERENCE}tinylib/").anchors
    assert "tinylib.greet" not in Page(blog / "site", f"{REFERENCE}tinylib/").anchors


def test_a_companion_that_cannot_be_fetched_leaves_the_rest_standing(blog: Path) -> None:
    replace_in(
        blog / "mkdocs.yml",
        "    companions:\n",
        "    companions:\n"
        "      - {name: far-away, source: pypi, version: 1.0.0, modules: [far_away]}\n",
    )
    digest = "0" * 64
    lock = (
        "format = 1\n\n[[companion]]\n"
        'name = "far-away"\nversion = "1.0.0"\n'
        f'filename = "far_away-1.0.0-py3-none-any.whl"\nsha256 = "{digest}"\n'
    )
    write(
        blog,
        {
            "companions.lock": lock,
            "posts/far.md": essay("Far", body="To [far away][far_away.thing]."),
        },
    )
    offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    built, strict, mkdocs = run_all(
        Command(command, blog, offline)
        for command in (
            ("blogtools", "build"),
            ("blogtools", "build", "--strict", "-d", "site-strict"),
            ("mkdocs", "build", "-d", "site-mkdocs"),
        )
    )
    assert built.returncode == 0, built.stderr
    assert "companions.lock:3:1: warning: far-away 1.0.0 cannot be fetched" in built.stderr
    assert built.stderr.count("cannot be fetched") == 1
    assert (blog / "site" / REFERENCE / "index.html").is_file()
    link = Page(blog / "site", "posts/far/").values(".bt-prose p a", "href")
    assert link == ["../../reference/far-away/1.0.0/"]
    assert strict.returncode == 1
    assert mkdocs.returncode == 0
    assert "Traceback" not in built.stderr + strict.stderr + mkdocs.stderr
