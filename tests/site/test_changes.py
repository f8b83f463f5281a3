"""What releases of a companion changed, as pages of a site that is really built."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.companions.threefold import VERSIONS
from tests.site.html import Page
from tests.site.shelf_blog import CHANGES, PACKAGE, make_blog, show, wheels
from tests.site.support import (
    copy_blog,
    differing,
    replace_in,
    run,
    state,
    succeed,
    take_references,
    tree,
    write,
)


def page(blog: Path, url: str = "2.0/") -> Page:
    return Page(blog / "site", CHANGES + url)


def rows(shown: Page, selector: str = "tr") -> list[tuple[str, ...]]:
    """Return the cells of each line of tables."""
    found = ([" ".join(cell.text().split()) for cell in r.css("td")] for r in shown.all(selector))
    return [tuple(cells) for cells in found]


def test_each_release_but_the_first_says_what_it_changed(told: Path) -> None:
    pages = {name for name in tree(told / "site") if name.startswith(CHANGES)}
    assert pages == {f"{CHANGES}{name}index.html" for name in ("", "1.1/", "2.0/")}
    assert page(told, "").values("main .bt-terms a", "href") == ["2.0/", "1.1/"]
    assert page(told).texts("h1") == ["What changed in threefold 2.0"]


def test_everything_that_changed_is_there(told: Path) -> None:
    shown = page(told)
    assert shown.texts("main h2") == [
        "Can break code",
        "Possibly renamed",
        "Removed",
        "Added",
        "Other defaults",
        "Signatures",
    ]
    told_of = rows(shown)
    assert ("threefold.folds.fold", "Parameter default was changed: size, from 2 to 3") in told_of
    assert ("threefold.scales.mean_of", "threefold.scales.mean", "99% alike") in told_of
    assert ("threefold.folds.Ledger also threefold.Ledger", "") in told_of
    assert ("threefold.folds.fold", "size", "2", "3") in told_of
    deprecated = rows(page(told, "1.1/"), "#deprecated + table tr")
    assert deprecated == [("threefold.scales.squash", "Since 1.1. Use rescale instead.")]


def test_members_of_what_is_gone_as_a_whole_are_not_listed(told: Path) -> None:
    assert not [row for row in page(told).texts("#removed + table tr") if "Ledger.note" in row]


def test_signatures_stand_side_by_side_with_what_differs_marked(told: Path) -> None:
    first, *_ = page(told).all(".bt-signatures")
    before, after = first.css("pre")
    assert (
        before.text()
        == "fold(\n    numbers: Sequence[float],\n    size: int = 2,\n) -> list[float]"
    )
    assert [mark.text() for mark in before.css("mark")] == ["2"]
    assert [mark.text() for mark in after.css("mark")] == ["3"]


def test_every_object_leads_into_the_reference_of_the_version_in_which_it_is(told: Path) -> None:
    for url in ("1.1/", "2.0/", ""):
        here = page(told, url)
        for link in here.values("main a", "href"):
            path, _, anchor = link.partition("#")
            target = (here.file.parent / path / "index.html").resolve()
            assert target.is_file(), link
            there = Page(target.parent, "")
            assert not anchor or anchor in there.anchors, link
    gone = page(told).values("#removed + table a", "href")
    assert all(link.startswith("../../1.1/") for link in gone)
    new = page(told).values("#added + table a", "href")
    assert all(link.startswith("../../2.0/") for link in new)


def test_essays_may_link_to_what_changed(told: Path) -> None:
    links = Page(told / "site", "posts/new/").values("article p a", "href")
    assert f"../../{CHANGES}2.0/#renamed" in links or f"/notes/{CHANGES}2.0/#renamed" in links


def test_the_sitemap_names_the_pages_and_no_navigation_does(told: Path) -> None:
    assert f"/{CHANGES}2.0/</loc>" in (told / "site/sitemap.xml").read_text()
    home = Page(told / "site", "")
    assert not [link for link in home.values(".md-nav a", "href") if "changes" in link]


def test_mkdocs_makes_the_same_pages(told: Path, tmp_path: Path) -> None:
    blog = copy_blog(told, tmp_path / "blog")
    succeed(blog, "mkdocs", "build", "-q", "-d", "site-mkdocs", **wheels(blog))
    assert differing(blog / "site-mkdocs" / CHANGES, told / "site" / CHANGES) == []


def test_what_is_known_is_not_compared_again(told: Path, tmp_path: Path) -> None:
    blog = copy_blog(told, tmp_path / "blog")
    succeed(blog, "blogtools", "build", **wheels(blog))
    before = state(blog / ".blogtools/changes")
    replace_in(blog / "posts/one.md", "To [fold]", "On to [fold]")
    # griffe cannot even be imported: everything is told from what is kept.
    write(tmp_path / "broken", {"griffe.py": "raise RuntimeError('griffe was imported')\n"})
    built = run(blog, "blogtools", "build", "--explain", PYTHONPATH=str(tmp_path / "broken"))
    assert built.returncode == 0, built.stderr
    assert "changes/" not in built.stdout
    assert {name: data for name, (data, _) in state(blog / ".blogtools/changes").items()} == {
        name: data for name, (data, _) in before.items()
    }
    assert differing(blog / "site" / CHANGES, told / "site" / CHANGES) == []


def test_another_release_makes_its_page_and_the_list_anew(told: Path, tmp_path: Path) -> None:
    blog = take_references(make_blog(tmp_path / "blog", ("1.0", "1.1")), told)
    succeed(blog, "blogtools", "build", "--strict", **wheels(blog))
    assert page(blog, "").values("main .bt-terms a", "href") == ["1.1/"]
    show(blog, VERSIONS)
    succeed(blog, "blogtools", "build", "--strict", **wheels(blog))
    assert page(blog, "").values("main .bt-terms a", "href") == ["2.0/", "1.1/"]
    built = copy_blog(blog, tmp_path / "clean")
    shutil.rmtree(built / ".blogtools")
    take_references(built, told)
    succeed(built, "blogtools", "build", "--strict", **wheels(built))
    assert differing(built / "site", blog / "site") == []
    show(blog, ("2.0", "1.1"))
    succeed(blog, "blogtools", "build", "--strict", **wheels(blog))
    assert not (blog / "site" / CHANGES / "1.1").exists()


def test_one_release_alone_has_no_such_page(told: Path, tmp_path: Path) -> None:
    blog = take_references(make_blog(tmp_path / "blog", ("2.0",)), told)
    succeed(blog, "blogtools", "build", "--strict", **wheels(blog))
    assert not (blog / "site" / CHANGES).exists()


def test_sources_that_cannot_be_had_leave_the_rest_standing(told: Path, tmp_path: Path) -> None:
    blog = copy_blog(told, tmp_path / "blog")
    shutil.rmtree(blog / ".blogtools/changes")
    shutil.rmtree(blog / ".blogtools/companions")
    nowhere = {**wheels(blog), "PIP_FIND_LINKS": ""}
    built = run(blog, "blogtools", "build", "--verify", **nowhere)
    assert built.returncode == 0, built.stderr
    assert re.search(r"companions\.lock:\d+:1: warning: .* cannot be fetched", built.stderr)
    assert "Traceback" not in built.stderr
    # As soon as they are there again, so are the pages.
    succeed(blog, "blogtools", "build", "--strict", **wheels(blog))
    assert differing(blog / "site" / CHANGES, told / "site" / CHANGES) == []


@pytest.mark.parametrize("width", [380, 1400])
def test_nothing_is_wider_than_the_screen(told: Path, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    shown = context.new_page()
    for url in (
        f"{CHANGES}2.0/",
        CHANGES,
        f"{PACKAGE}2.0/threefold/",
        f"{PACKAGE}2.0/threefold/folds/",
    ):
        shown.goto((told / "site" / url / "index.html").as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") <= width, url
    context.close()
