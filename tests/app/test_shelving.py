"""What a site consists of because of its references, and what each part of it is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from blogtools.app.reference import BuiltTree
from blogtools.app.shelving import Surroundings, shelved
from blogtools.build.plan import Bill, Copy, Target
from blogtools.content.shelf import mark
from blogtools.model.companion import Companion, Inventory
from blogtools.model.digest import digest
from blogtools.model.discussion import Discussion
from blogtools.model.project import SiteFacts

PAGE = """\
<!doctype html>
<title>A page</title>
<meta name="description" content="Of something">
<!--blogtools:note-->{}<!--blogtools:backlinks pkg.a-->
"""


def frame(url: str) -> str:
    """Return a frame that says where it stands."""
    return f"{url}|{mark('head')}|{mark('content')}"


AROUND = Surroundings(SiteFacts("Notes", "https://notes.example/"), frame)
URL = "reference/pkg/"
ESSAY = Discussion("On a", "posts/on-a/")


def tree(folder: Path, version: str, pages: Iterable[str]) -> tuple[Companion, BuiltTree]:
    """Return the reference of a version with some pages, and a file that is none."""
    companion = Companion("pkg", "pypi", version, ("pkg",))
    texts = {f"{page}index.html": PAGE.format(page) for page in ("", *pages)}
    texts["objects.inv"] = f"the inventory of {version}"
    home = folder / version
    for path, text in texts.items():
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return companion, BuiltTree(home, (), {p: digest(t.encode()) for p, t in texts.items()})


def inventory(version: str) -> Inventory:
    url = f"{URL}{version}/"
    symbols = {"pkg": f"{url}pkg/#pkg", "pkg.a": f"{url}pkg/#pkg.a", "pkg.b": f"{url}more/#pkg.b"}
    return Inventory("pkg", version, url, symbols, ("pkg",))


@pytest.fixture
def trees(tmp_path: Path) -> list[tuple[Companion, BuiltTree]]:
    return [tree(tmp_path, "1.0", ["pkg/", "gone/"]), tree(tmp_path, "2.0", ["pkg/", "more/"])]


def keys(bill: Bill) -> Mapping[str, object]:
    """Return what decides of each file whether it is made, or copied, again."""
    site = Bill((), (), {"page": {}}).beside(bill)
    made = {target.path: site.key(target) for target in site.targets}
    return made | {copy.path: copy.digest for copy in bill.copies}


def changed(before: Bill, after: Bill) -> set[str]:
    """Return the files that differ between two sites, or are in one of them only."""
    old, new = keys(before), keys(after)
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def target(bill: Bill, path: str) -> Target:
    return next(one for one in bill.targets if one.path == path)


def test_pages_are_filled_and_all_other_files_copied(
    trees: list[tuple[Companion, BuiltTree]],
) -> None:
    bill = shelved(trees, AROUND, b"")
    pages = {target.path for target in bill.targets if "/latest/" not in target.path}
    assert pages == {
        f"{URL}versions.json",
        *(f"{URL}1.0/{page}index.html" for page in ("", "pkg/", "gone/")),
        *(f"{URL}2.0/{page}index.html" for page in ("", "pkg/", "more/")),
    }
    assert {copy.path: Path(copy.source).read_text() for copy in bill.copies} == {
        f"{URL}1.0/objects.inv": "the inventory of 1.0",
        f"{URL}2.0/objects.inv": "the inventory of 2.0",
        f"{URL}latest/objects.inv": "the inventory of 2.0",
    }
    made = target(bill, f"{URL}1.0/gone/index.html").make().decode()
    assert "This is an old version." in made
    assert "gone/" in made


def test_a_new_version_makes_anew_what_speaks_of_it_and_nothing_else(
    trees: list[tuple[Companion, BuiltTree]], tmp_path: Path
) -> None:
    before = shelved(trees, AROUND, b"")
    new = tree(tmp_path, "1.5", ["pkg/"])
    after = shelved([new, *trees], AROUND, b"")
    # Each page offers it. What leads to the latest is as it was.
    pages = {one.path for one in after.targets if "/latest/" not in one.path}
    assert changed(before, after) == {*pages, f"{URL}1.5/objects.inv"}


def test_a_page_of_the_reference_that_changed_is_made_anew_alone(
    trees: list[tuple[Companion, BuiltTree]],
) -> None:
    companion, old = trees[1]
    new = replace(old, files={**old.files, "more/index.html": digest(b"edited")})
    found = changed(shelved(trees, AROUND, b""), shelved([trees[0], (companion, new)], AROUND, b""))
    assert found == {f"{URL}2.0/more/index.html"}


def test_an_essay_makes_anew_the_pages_of_the_objects_that_it_discusses(
    trees: list[tuple[Companion, BuiltTree]],
) -> None:
    known = replace(AROUND, inventories=(inventory("1.0"), inventory("2.0")))
    bare = shelved(trees, known, b"")
    told = replace(known, discussions={("pkg", "1.0"): {"pkg.a": (ESSAY,)}})
    bill = shelved(trees, told, b"")
    page = f"{URL}1.0/pkg/index.html"
    assert changed(bare, bill) == {page}
    assert "the essays that discuss its objects" in target(bill, page).reads
    assert '<a href="../../../../posts/on-a/">On a</a>' in target(bill, page).make().decode()
    renamed = replace(told, discussions={("pkg", "1.0"): {"pkg.a": (Discussion("B", "b/"),)}})
    assert changed(bill, shelved(trees, renamed, b"")) == {page}


def test_what_an_essay_says_of_an_object_that_no_page_has_changes_nothing(
    trees: list[tuple[Companion, BuiltTree]],
) -> None:
    told = replace(
        AROUND,
        inventories=(inventory("1.0"),),
        discussions={("pkg", "1.0"): {"pkg.z": (ESSAY,)}, ("other", "1"): {"pkg.a": (ESSAY,)}},
    )
    assert changed(shelved(trees, AROUND, b""), shelved(trees, told, b"")) == set()


def test_the_address_of_the_site_and_what_is_installed_make_every_page_anew(
    trees: list[tuple[Companion, BuiltTree]],
) -> None:
    before = shelved(trees, AROUND, b"")
    every = {one.path for one in before.targets}
    moved = Surroundings(SiteFacts("Notes", "https://elsewhere.example/"), frame)
    # What pages of references share with all other pages, of these and more, is known to them.
    pages = {one.path for one in before.targets if one.kind == "page"}
    assert pages == {path for path in every if "/1.0/" in path or "/2.0/" in path}
    assert changed(before, shelved(trees, moved, b"")) == every - pages
    assert changed(before, shelved(trees, AROUND, b"another")) == every - pages


def test_a_version_that_is_called_latest_keeps_its_own_address(tmp_path: Path) -> None:
    bill = shelved([tree(tmp_path, "latest", ["pkg/"])], AROUND, b"")
    made = target(bill, f"{URL}latest/pkg/index.html").make().decode()
    assert "refresh" not in made
    assert [copy.path for copy in bill.copies] == [f"{URL}latest/objects.inv"]


def test_a_file_of_the_authors_stays_where_a_reference_would_put_another() -> None:
    own = Bill((), (Copy("a/index.html", "/docs/a", b"1"),), {"page": {}}, 1)
    reference = Bill(
        (Target("a/index.html", {}, bytes, "reference"), Target("b", {}, bytes, "reference")),
        (Copy("c", "/kept/c", b"2"),),
        {"reference": {}},
    )
    both = own.beside(reference)
    assert [target.path for target in both.targets] == ["b"]
    assert [copy.source for copy in both.copies] == ["/docs/a", "/kept/c"]
    assert both.shared.keys() == {"page", "reference"}
    assert both.pages == 1


def test_a_page_that_the_site_shows_too_is_canonical_there(
    trees: list[tuple[Companion, BuiltTree]],
) -> None:
    around = replace(AROUND, own={f"{URL}2.0/more/": "guide/more/"})
    bill, plain = shelved(trees, around, b""), shelved(trees, AROUND, b"")
    page = target(bill, f"{URL}2.0/more/index.html").make().decode()
    assert '<link rel="canonical" href="https://notes.example/guide/more/">' in page
    assert changed(plain, bill) == {f"{URL}2.0/more/index.html"}
