"""The versions of a companion beside each other, in a site that is really built."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.site.html import Page, pages
from tests.site.shelf_blog import PACKAGE, URL, show, wheels
from tests.site.support import (
    Command,
    copy_blog,
    differing,
    replace_in,
    run_all,
    state,
    succeed,
    tree,
)


def locations(file: Path) -> list[str]:
    """Return the addresses that a sitemap names."""
    found = ET.parse(file).iter()  # noqa: S314 - we wrote it
    return [element.text or "" for element in found if element.tag.endswith("}loc")]


def test_every_page_names_the_newest_version_that_has_it(shelf: Path) -> None:
    def canonical(page: str) -> list[str]:
        return Page(shelf / "site", PACKAGE + page).values("link[rel=canonical]", "href")

    for version in ("1.0", "2.0", "dev"):
        newest = f"{URL}{PACKAGE}2.0/threefold/folds/"
        assert canonical(f"{version}/threefold/folds/") == [newest]
    assert canonical("dev/threefold/soon/") == [f"{URL}{PACKAGE}dev/threefold/soon/"]


@pytest.mark.parametrize(
    ("page", "note", "href"),
    [
        ("1.0/", "This is an old version. The newest is 2.0.", "../2.0/"),
        ("1.0/threefold/folds/", "This is an old version.", "../../../2.0/threefold/folds/"),
        ("dev/threefold/", "This is a development version. The newest is", "../../2.0/threefold/"),
        ("dev/threefold/soon/", "This is a development version.", "../../../2.0/"),
    ],
)
def test_a_version_that_is_not_the_latest_says_so_and_is_not_for_searches(
    shelf: Path, page: str, note: str, href: str
) -> None:
    shown = Page(shelf / "site", PACKAGE + page)
    (said,) = shown.texts(".bt-newer")
    assert said.startswith(note)
    assert shown.values(".bt-newer a", "href") == [href]
    assert shown.values("meta[name=robots]", "content") == ["noindex"]
    assert (shelf / "site" / PACKAGE / page / href / "index.html").is_file()


def test_the_latest_version_has_neither_a_note_nor_is_it_hidden(shelf: Path) -> None:
    latest = [one for one in pages(shelf / "site") if one.url.startswith(f"{PACKAGE}2.0/")]
    assert len(latest) == 4
    for shown in latest:
        assert shown.all(".bt-newer") == []
        assert shown.all("meta[name=robots]") == []


def test_no_mark_is_left_in_any_page(shelf: Path, site: Path) -> None:
    for shown in (*pages(shelf / "site"), *pages(site)):
        assert "<!--blogtools:" not in shown.source, shown.url


def test_every_page_of_the_latest_version_has_an_address_that_stays(shelf: Path) -> None:
    site = shelf / "site"
    urls = [one.url for one in pages(site)]
    there, stable = (
        {url.removeprefix(home) for url in urls if url.startswith(home)}
        for home in (f"{PACKAGE}2.0/", f"{PACKAGE}latest/")
    )
    assert stable == there != set()
    deep = Page(site, f"{PACKAGE}latest/threefold/folds/")
    assert deep.values("meta[http-equiv=refresh]", "content") == [
        "0; url=../../../2.0/threefold/folds/"
    ]
    assert deep.all("script") == []
    copy, own = (site / PACKAGE / name / "objects.inv" for name in ("latest", "2.0"))
    assert copy.read_bytes() == own.read_bytes()


def test_the_selector_is_offered_where_there_is_something_to_select(
    shelf: Path, site: Path
) -> None:
    for version in ("1.0", "2.0", "dev"):
        shown = Page(shelf / "site", f"{PACKAGE}{version}/threefold/")
        assert shown.texts(".bt-versions summary") == [version]
        assert shown.texts(".bt-versions li") == ["2.0 Latest", "1.0", "dev"]
        assert shown.texts(".bt-versions [aria-current]") == [version]
    alone = Page(site, "reference/tinylib/dev/tinylib/")
    assert (alone.texts(".bt-version"), alone.all(".bt-versions")) == (["dev"], [])


def test_the_index_of_sitemaps_leads_to_the_newest_versions_only(shelf: Path) -> None:
    site = shelf / "site"
    assert locations(site / "sitemap_index.xml") == [
        f"{URL}sitemap.xml",
        f"{URL}{PACKAGE}2.0/sitemap.xml",
    ]
    listed = locations(site / "sitemap.xml") + locations(site / PACKAGE / "2.0/sitemap.xml")
    assert f"{URL}{PACKAGE}" in listed
    assert not [url for url in listed if re.search("/1[.]0/|/dev/|/latest/", url)]
    assert f"Sitemap: {URL}sitemap_index.xml" in (site / "robots.txt").read_text()


def test_all_versions_are_listed_newest_first(shelf: Path) -> None:
    shown = Page(shelf / "site", PACKAGE)
    assert shown.texts("h1") == ["threefold"]
    assert shown.values("main tbody a", "href") == ["2.0/", "changes/2.0/", "1.0/", "dev/"]
    assert shown.texts("main th") == ["Version", "Released", "Licence", "Changes"]
    assert shown.texts("main tbody tr") == [
        "2.0 Latest 5 March 2025 MIT What changed in 2.0",
        "1.0 10 January 2024 MIT",
        "dev",
    ]
    first = Page(shelf / "site", "reference/")
    assert first.texts("main li") == ["threefold 2.0 3 versions"]
    assert first.values("main li a", "href") == ["threefold/2.0/", "threefold/"]


def test_mkdocs_makes_the_same_site_but_for_the_references(shelf: Path, tmp_path: Path) -> None:
    blog = copy_blog(shelf, tmp_path / "blog")
    succeed(blog, "mkdocs", "build", "-q", "-d", "site-mkdocs", **wheels(blog))
    there = tree(blog / "site-mkdocs")
    assert {f"{PACKAGE}index.html", "reference/index.html", "sitemap_index.xml"} <= there.keys()
    differ = differing(shelf / "site", blog / "site-mkdocs")
    assert {name.split("/")[2] for name in differ} == {
        "1.0",
        "2.0",
        "dev",
        "latest",
        "versions.json",
    }


def kept(blog: Path) -> dict[str, tuple[bytes, int]]:
    """Return the files of each reference that is kept, with their times."""
    home = blog / ".blogtools/references"
    return {name: found for name, found in state(home).items() if "/site/" in name}


def test_another_version_changes_what_pages_say_and_no_reference_that_is_kept(
    shelf: Path, tmp_path: Path
) -> None:
    blog = copy_blog(shelf, tmp_path / "blog")
    show(blog, ["1.0"])
    before = kept(blog)
    succeed(blog, "blogtools", "build", **wheels(blog))
    site = blog / "site"
    assert kept(blog) == before
    assert not (site / PACKAGE / "2.0").exists()
    assert Page(site, f"{PACKAGE}1.0/").all(".bt-newer") == []
    assert Page(site, f"{PACKAGE}dev/").texts(".bt-newer a") == ["1.0"]
    assert Page(site, f"{PACKAGE}latest/").values("article a, body a", "href") == ["../1.0/"]
    show(blog, ["1.0", "2.0"])
    succeed(blog, "blogtools", "build", **wheels(blog))
    assert kept(blog) == before
    assert differing(site, shelf / "site") == []


def test_an_edited_docstring_of_the_checkout_changes_the_pages_that_show_it(
    shelf: Path, tmp_path: Path
) -> None:
    blog = copy_blog(shelf, tmp_path / "blog")
    succeed(blog, "blogtools", "build", **wheels(blog))
    before, frozen = state(blog / "site"), kept(blog)
    replace_in(blog / "src/threefold/folds.py", "Add up neighbours", "Sum up neighbours")
    said = succeed(blog, "blogtools", "build", "--explain", **wheels(blog))
    after = state(blog / "site")
    dev = f"{PACKAGE}dev/"
    # The package exports the function, and lists it with the first line of its docstring.
    shown = [f"{dev}threefold/{name}" for name in ("folds/index.html", "index.html")]
    assert "its page of the reference changed" in said
    assert [
        line.partition(":")[0] for line in said.splitlines() if ": " in line and ".html" in line
    ] == shown
    changed = {name for name in after if name not in before or after[name][0] != before[name][0]}
    assert changed == set(shown)
    same = kept(blog)
    assert {name: found for name, found in same.items() if name in frozen} == frozen


def test_references_are_the_same_bytes_when_every_cache_is_gone(
    shelf: Path, tmp_path: Path
) -> None:
    copies = [copy_blog(shelf, tmp_path / name) for name in ("one", "other")]
    (tmp_path / "one/.blogtools").rename(tmp_path / "gone")
    run_all(Command(("blogtools", "build"), blog, wheels(blog)) for blog in copies)
    assert differing(copies[0] / "site", copies[1] / "site") == []
    assert differing(copies[0] / "site", shelf / "site") == []
