"""Which edit makes how many files, and which."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .building import difference, scratch
from .site import Blog, essay, files_of
from .small import DUE, NAMES, How, clean, edited, make_small, page, post, told

MAIN = '{% extends "base.html" %}{% block announce %}Changed{% endblock %}\n'
SITEMAP = "sitemap.xml"
INDEX, FULL = "llms.txt", "llms-full.txt"
ASSEMBLED = (
    "assets/stylesheets/blogtools.css",
    "assets/stylesheets/reference.css",
    "assets/javascripts/reader.js",
)
TERMS = {f"tags/{name}/index.html" for name in ("red", "blue", "green")} | {
    "tags/index.html",
    "series/index.html",
    "series/steps/index.html",
    "authors/index.html",
    "authors/ada/index.html",
    "authors/bob/index.html",
}
EVERY_PAGE = (
    TERMS
    | {page(name) for name in NAMES}
    | {"index.html", "guide/index.html", "loose/index.html", "archive/index.html"}
    | {"archive/2023/index.html", "archive/2024/index.html", "pipeline/index.html"}
)


def copy(name: str) -> str:
    return page(name).replace(".html", ".md")


def feeds(*folders: str) -> set[str]:
    return {f"{folder}feed.{kind}" for folder in folders for kind in ("xml", "json")}


def rename_bob(blog: Blog) -> None:
    blog.authors(lambda authors: authors["bob"].update(name="Robert"))


@pytest.fixture
def blog() -> Iterator[Blog]:
    with scratch() as folder:
        yield make_small(folder / "blog")


def test_the_first_build_makes_every_page(blog: Blog) -> None:
    made = told(blog)
    assert made.pages == EVERY_PAGE
    assert made.count == len(EVERY_PAGE)
    assert set(made.whys.values()) == {"it is new"}


def test_a_body_makes_one_page_and_its_feeds(blog: Blog) -> None:
    made = edited(lambda b: b.append(post("beta"), "More."), blog)
    assert made.pages == {page("beta")}
    others = {FULL, copy("beta")} | feeds("", "tags/red/", "series/steps/")
    assert made.whys.keys() - made.pages == others


def test_an_excerpt_makes_the_lists_that_show_it_too(blog: Blog) -> None:
    made = edited(lambda b: b.replace(post("beta"), "The excerpt", "Another"), blog)
    lists = {"index.html", "archive/2023/index.html", "tags/red/index.html"}
    assert made.pages == {page("beta"), "series/steps/index.html"} | lists


def test_a_title_makes_only_the_pages_that_show_it(blog: Blog) -> None:
    made = edited(lambda b: b.front(post("beta"), title="Other", slug="beta"), blog)
    lists = {"index.html", "archive/index.html", "archive/2023/index.html", "tags/red/index.html"}
    neighbours_and_parts = {page("alpha"), page("gamma"), "series/steps/index.html"}
    assert made.pages == {page("beta")} | neighbours_and_parts | lists


def test_an_essay_in_a_year_that_is_there_makes_what_shows_it(blog: Blog) -> None:
    new = essay("New", "2024-04-01", tags=["Green"])
    made = edited(lambda b: b.write("posts/new.md", new), blog)
    lists = {"index.html", "archive/index.html", "archive/2024/index.html"}
    tags = {"tags/index.html", "tags/green/index.html"}
    assert made.pages == {page("new"), page("zeta"), page("epsilon")} | lists | tags
    others = {SITEMAP, INDEX, FULL, copy("new")} | feeds("", "tags/green/")
    assert made.whys.keys() - made.pages == others


def test_an_essay_in_a_new_year_does_not_make_every_page(blog: Blog) -> None:
    made = edited(lambda b: b.write("posts/new.md", essay("New", "2025-04-01")), blog)
    lists = {"index.html", "archive/index.html", "archive/2025/index.html"}
    assert made.pages == {page("new"), page("zeta")} | lists


def test_a_new_tag_makes_the_essay_the_tags_and_the_page_of_the_tag(blog: Blog) -> None:
    made = edited(lambda b: b.front(post("beta"), tags=["Red", "Lone"]), blog)
    # The home page shows the topics.
    assert made.pages == {page("beta"), "index.html", "tags/index.html", "tags/lone/index.html"}


def test_the_name_of_an_author_makes_the_pages_that_give_it(blog: Blog) -> None:
    made = edited(rename_bob, blog)
    lists = {"index.html", "archive/2024/index.html", "tags/blue/index.html"}
    authors = {"authors/index.html", "authors/bob/index.html", "tags/green/index.html"}
    assert made.pages == {page("delta"), page("epsilon")} | lists | authors


def test_the_body_of_a_page_makes_that_page_alone(blog: Blog) -> None:
    made = edited(lambda b: b.append("docs/guide.md", "More."), blog)
    assert made.pages == {"guide/index.html"}
    assert made.whys.keys() == {"guide/index.html", "guide/index.md"}


def test_the_title_of_a_page_in_the_navigation_makes_every_page(blog: Blog) -> None:
    made = edited(lambda b: b.replace("docs/guide.md", "# Guide", "# Handbook"), blog)
    assert made.pages == EVERY_PAGE


def test_the_title_of_a_page_outside_the_navigation_makes_that_page(blog: Blog) -> None:
    made = edited(lambda b: b.replace("docs/loose.md", "# Loose", "# Free"), blog)
    assert made.pages == {"loose/index.html"}


def test_a_template_makes_every_page_and_no_feed(blog: Blog) -> None:
    made = edited(lambda b: b.write("overrides/main.html", MAIN), blog)
    assert made.pages == EVERY_PAGE
    assert made.whys.keys() - made.pages == {"404.html", *ASSEMBLED}


def test_a_changed_style_sheet_makes_no_page_and_reaches_the_site(blog: Blog) -> None:
    made = edited(lambda b: b.write("docs/start.css", "b {}"), blog)
    assert made.whys == {}
    assert (blog.site / "start.css").read_text() == "b {}"


def test_a_new_style_sheet_makes_no_page_and_reaches_the_site(blog: Blog) -> None:
    made = edited(lambda b: b.write("docs/more.css", "b {}"), blog)
    assert made.pages == set()
    assert (blog.site / "more.css").read_text() == "b {}"


@pytest.mark.parametrize(
    "name",
    [
        "docs/new.md",
        "docs/deep/new.md",
        "docs/new.svg",
        "posts/new.md",
        "posts/2025/new.md",
        "overrides/new.css",
        "overrides/partials/copyright.html",
        "docs/index.md",
    ],
)
def test_a_new_file_is_noticed_where_nothing_else_changed(blog: Blog, name: str) -> None:
    text = essay("New", "2025-04-01") if name.startswith("posts/") else "# New"
    edited(lambda b: b.write(name, text), blog)
    assert difference(files_of(blog.site) or {}, clean(blog)) == ""


@pytest.mark.parametrize("name", ["docs/loose.md", "docs/start.css", post("gamma")])
def test_a_removed_file_is_noticed_where_nothing_else_changed(blog: Blog, name: str) -> None:
    edited(lambda b: b.remove(name), blog)
    assert difference(files_of(blog.site) or {}, clean(blog)) == ""


def test_building_again_makes_nothing(blog: Blog) -> None:
    told(blog)
    before = stamps(blog)
    assert told(blog).whys == {}
    assert stamps(blog) == before


def test_touching_every_file_makes_nothing(blog: Blog) -> None:
    def touch(blog: Blog) -> None:
        for name in blog.names():
            blog.touch(name, time.time() - 1000)

    assert edited(touch, blog).whys == {}


def test_building_from_another_folder_makes_nothing(blog: Blog) -> None:
    told(blog)
    for folder in (blog.root.parent, blog.root / "posts"):
        assert told(blog, How(folder=folder)).whys == {}


def test_reading_everything_again_makes_nothing(blog: Blog) -> None:
    told(blog)
    assert told(blog, How(verify=True)).whys == {}
    assert told(blog, How(environment={"CI": "true"})).whys == {}


def test_a_moved_blog_makes_nothing(blog: Blog) -> None:
    told(blog)
    blog.move(blog.root.with_name("moved"))
    assert told(blog).whys == {}


def test_a_day_on_which_no_essay_comes_due_makes_nothing(blog: Blog) -> None:
    told(blog)
    blog.moment += 24 * 60 * 60
    assert told(blog).whys == {}


def test_an_essay_that_comes_due_makes_what_shows_it(blog: Blog) -> None:
    told(blog)
    blog.moment += DUE
    made = told(blog)
    lists = {"index.html", "archive/index.html", "archive/2026/index.html"}
    tags = {"tags/index.html", "tags/green/index.html"}
    assert made.pages == {page("eta"), page("zeta"), page("epsilon")} | lists | tags


def test_an_edit_that_is_taken_back_makes_its_files_again_and_gives_the_same_site(
    blog: Blog,
) -> None:
    told(blog)
    before, sources = files_of(blog.site), blog.sources()
    blog.append(post("beta"), "More.")
    assert told(blog).pages == {page("beta")}
    blog.restore(sources)
    assert told(blog).pages == {page("beta")}
    assert files_of(blog.site) == before


def stamps(blog: Blog) -> dict[Path, tuple[int, int]]:
    """Return what would tell that a file of the site was written again."""
    found = {path: path.stat() for path in blog.site.rglob("*") if path.is_file()}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}
