"""What a page of one version of a package says of the others, and of the essays."""

from __future__ import annotations

import json

import pytest

from blogtools.content.shelf import (
    Newer,
    Position,
    Shelf,
    Way,
    fill,
    mark,
    page_address,
    versions_json,
)
from blogtools.model.companion import Companion, packages
from blogtools.model.discussion import Discussion
from blogtools.model.project import SiteFacts

SITE = SiteFacts("Notes", "https://notes.example/blog/")
HERE = "reference/pkg/1.0/pkg/"
HEAD = '<!doctype html>\n<title>pkg</title>\n<meta name="description" content="A &amp; B">\n'
CONTENT = """\
<!--blogtools:versions--><!--blogtools:note--><p id="pkg.a">A <!-- comment --></p>
<!--blogtools:backlinks pkg.a-->
<!--blogtools:backlinks pkg.b-->
"""
PAGE = (HEAD + CONTENT).encode()
FRAME = "|".join(map(mark, ("title", "description", "head", "content")))
OTHERS = (
    Way("2.0", "reference/pkg/2.0/pkg/", is_latest=True),
    Way("1.0", HERE, is_here=True),
    Way("dev", "reference/pkg/dev/"),
)


def shelf(**pages: str) -> Shelf:
    """Return versions of a package with the names of their pages; `v2_0rc1` stands for 2.0rc1."""
    named = {name.removeprefix("v").replace("_", "."): names for name, names in pages.items()}
    companions = [Companion("pkg", "pypi", version, ("pkg",)) for version in named]
    (package,) = packages(companions)
    return Shelf(package, {name: frozenset(["", *there.split()]) for name, there in named.items()})


def position(shelf: Shelf, version: str, page: str) -> Position:
    companion = shelf.package.find(version)
    assert companion is not None
    return shelf.position(companion, page)


@pytest.mark.parametrize(
    ("pages", "canonical"),
    [
        ({"v1_0": "a/", "v2_0": "a/", "v1_9": "a/"}, "2.0"),
        ({"v1_0": "a/", "v2_0": "", "v1_9": "a/"}, "1.9"),
        ({"v1_0": "a/", "v2_0rc1": "a/", "dev": "a/"}, "1.0"),
        ({"v1_0": "", "v2_0rc1": "a/", "v2_0rc2": "a/", "dev": "a/"}, "2.0rc2"),
        ({"v1_0": "", "v2_0rc1": "", "dev": "a/"}, "dev"),
    ],
)
def test_the_canonical_address_is_in_the_newest_version_that_has_the_page(
    pages: dict[str, str], canonical: str
) -> None:
    versions = shelf(**pages)
    having = [c.version for c in versions.package.versions if "a/" in versions.pages[c.version]]
    found = {position(versions, version, "a/").canonical for version in having}
    assert found == {f"reference/pkg/{canonical}/a/"}


@pytest.mark.parametrize(
    ("version", "stage"),
    [
        ("1.0", "release"),
        ("3.0rc1", "pre-release"),
        ("dev", "development"),
    ],
)
def test_every_version_but_the_latest_says_what_it_is_and_leads_to_the_latest(
    version: str, stage: str
) -> None:
    versions = shelf(v1_0="both/ here/", v2_0="both/", v3_0rc1="both/ here/", dev="both/ here/")
    assert position(versions, version, "both/").newer == Newer(
        stage, "2.0", "reference/pkg/2.0/both/"
    )
    assert position(versions, version, "here/").newer == Newer(stage, "2.0", "reference/pkg/2.0/")
    assert position(versions, "2.0", "both/").newer is None


@pytest.mark.parametrize("version", ["v2_0", "v2_0rc1", "dev"])
def test_a_version_that_is_alone_is_the_latest_whatever_it_is(version: str) -> None:
    versions = shelf(**{version: ""})
    latest = versions.latest
    only = Way(latest.version, latest.url, is_latest=True, is_here=True)
    assert position(versions, latest.version, "") == Position(latest.url, None, (only,))


def test_every_version_is_offered_on_the_same_page_or_else_its_first() -> None:
    versions = shelf(v1_0="a/", v2_0="", dev="a/")
    assert position(versions, "1.0", "a/").versions == (
        Way("2.0", "reference/pkg/2.0/", is_latest=True),
        Way("1.0", "reference/pkg/1.0/a/", is_here=True),
        Way("dev", "reference/pkg/dev/a/"),
    )


def test_a_page_is_filled_with_all_that_there_is_to_say() -> None:
    essays = (Discussion("On <a> & b", "posts/on-a/"), Discussion("Größe", "posts/größe/"))
    newest = Newer("release", "2.0", "reference/pkg/2.0/pkg/")
    old = Position("reference/pkg/2.0/pkg/", newest, OTHERS)
    text = fill(PAGE, FRAME, HERE, old, {"pkg.a": essays}, SITE).decode()
    assert text.startswith("pkg|A &amp; B|<link")
    assert '<link rel="canonical" href="https://notes.example/blog/reference/pkg/2.0/pkg/">' in text
    assert '<meta name="robots" content="noindex">' in text
    assert (
        'This is an old version. The newest is <a href="../../2.0/pkg/"><strong>2.0</strong></a>.'
        in text
    )
    assert '<a href="../../../../posts/on-a/">On &lt;a&gt; &amp; b</a>, ' in text
    assert '<a href="../../../../posts/gr%C3%B6%C3%9Fe/">Größe</a></p>' in text
    assert text.count("Discussed in") == 1
    assert '<summary aria-label="Version 1.0; choose another">1.0</summary>' in text
    assert '<a href="../../2.0/pkg/">2.0</a> <span class="bt-mark">Latest</span>' in text
    assert '<a href="./" aria-current="true">1.0</a>' in text
    assert '<a href="../../dev/">dev</a>' in text
    assert "blogtools:" not in text


def test_marks_for_which_there_is_nothing_to_say_vanish_and_leave_the_rest_alone() -> None:
    only = (Way("1.0", HERE, is_here=True),)
    nothing = fill(PAGE, FRAME, HERE, Position(HERE, None, only), {"pkg.c": ()}, SiteFacts("Notes"))
    bare = CONTENT.replace(mark("versions"), '<p class="bt-version">1.0</p>')
    for what in ("note", "backlinks pkg.a", "backlinks pkg.b"):
        bare = bare.replace(mark(what), "")
    assert nothing.decode() == f"pkg|A &amp; B||{bare}"
    assert "<!-- comment -->" in bare


def test_a_mark_that_nobody_knows_vanishes() -> None:
    page = f"{HEAD}a<!--blogtools:later pkg.a-->b".encode()
    assert fill(page, mark("content"), HERE, Position(HERE), {}, SITE) == b"ab"


def test_what_is_no_page_of_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match=HERE):
        fill(b"<p>Text</p>", FRAME, HERE, Position(HERE), {}, SITE)


def test_what_is_said_is_said_in_the_language_of_the_site() -> None:
    german = SiteFacts("Notes", "https://notes.example/blog/", language="de")
    newest = Newer("development", "2.0", "reference/pkg/2.0/")
    text = fill(PAGE, FRAME, HERE, Position(HERE, newest, OTHERS), {}, german).decode()
    assert "Entwicklungsversion" in text


def test_a_page_of_the_latest_version_is_for_everybody_to_find() -> None:
    text = fill(PAGE, FRAME, HERE, Position(HERE, None, OTHERS), {}, SITE).decode()
    assert f'<link rel="canonical" href="https://notes.example/blog/{HERE}">' in text
    assert "noindex" not in text
    assert "The newest is" not in text


def test_the_versions_are_listed_as_mike_lists_them() -> None:
    listed = json.loads(versions_json(shelf(dev="", v1_0="", v2_0rc1="", v1_10="").package))
    assert listed == [
        {"version": "2.0rc1", "title": "2.0rc1", "aliases": []},
        {"version": "1.10", "title": "1.10", "aliases": ["latest"]},
        {"version": "1.0", "title": "1.0", "aliases": []},
        {"version": "dev", "title": "dev", "aliases": []},
    ]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("index.html", ""),
        ("pkg/a/index.html", "pkg/a/"),
        ("pkg/other.html", "pkg/other.html"),
        ("objects.inv", None),
        ("search/search_index.json", None),
    ],
)
def test_a_page_is_told_by_its_file(path: str, address: str | None) -> None:
    assert page_address(path) == address
