"""No byte of a draft or a future essay is in what is published."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from blogtools.app.searching import index_site
from tests.site.support import (
    CONFIG,
    FIXTURES,
    LATER,
    SECRET,
    build,
    essay,
    secrets,
    succeed,
    tree,
    write,
)


def said(site: Path) -> bytes:
    """Return everything that a site says, names of files included, in lower case."""
    return b"\n".join(name.encode() + data for name, data in tree(site).items()).lower()


def leaks(site: Path, words: Iterable[str]) -> list[str]:
    everything = said(site)
    return sorted(word for word in words if word.encode() in everything)


def page(site: Path, url: str) -> LexborHTMLParser:
    return LexborHTMLParser((site / url / "index.html").read_text("utf-8"))


def counted(site: Path, url: str) -> dict[str, int]:
    """Return what an overview says: its terms, and how many essays each has."""
    items = page(site, url).css(".bt-terms li, .bt-shelf > h2")
    pairs = (item.text().rsplit(maxsplit=1) for item in items)
    return {label.strip(): int(count) for label, count in pairs}


def test_no_word_of_a_draft_or_a_future_essay_is_published(full: Path, site: Path) -> None:
    assert len(secrets(FIXTURES / "full")) > 25
    assert leaks(site, [SECRET]) == []


def test_mkdocs_publishes_no_word_of_them_either(blog: Path) -> None:
    succeed(blog, "mkdocs", "build", "-q", "-d", "site-mkdocs")
    assert leaks(blog / "site-mkdocs", [SECRET]) == []


def test_search_finds_essays_and_pages_and_no_word_of_drafts(site: Path, tmp_path: Path) -> None:
    index_site(site, tmp_path / "index", tmp_path / "kept")
    files = tree(tmp_path / "index")
    packed = [
        data for name, data in files.items() if name.endswith(("_fragment", "_filter", "_index"))
    ]
    found = b"".join(map(gzip.decompress, packed)).lower()
    assert b"quetzalcoatlus" in found
    assert b"/guide/" in found
    assert SECRET.encode() not in found + files["shards.json"].lower()


def test_counts_are_of_what_is_published(site: Path) -> None:
    assert counted(site, "tags")["Python"] == 3
    assert counted(site, "tags")["Parsers"] == 3
    assert counted(site, "authors") == {"Ada Lovelace": 2, "Grace Unknown": 4}
    assert counted(site, "categories") == {"Craft": 2, "Languages": 1}
    assert counted(site, "archive") == {"2026": 3, "2025": 1, "2024": 4, "2023": 1, "2022": 2}


def test_drafts_shows_all_of_them_and_marks_them(full: Path, preview: Path) -> None:
    everywhere = secrets(FIXTURES / "full")
    unused = {"xyzzyclassorphan", "xyzzyorphan", "xyzzykey"}
    assert everywhere - set(leaks(preview, everywhere)) <= unused
    for url, mark in (
        ("posts/xyzzyslug", "Draft"),
        ("posts/xyzzyfolder", "Draft"),
        ("posts/xyzzyundated", "Draft"),
        ("posts/parsers-4", "Scheduled"),
    ):
        marks = page(preview, url).css(".bt-byline .bt-mark")
        assert [mark.text() for mark in marks] == [mark], url
    assert page(preview, "posts/picture-book").css(".bt-byline .bt-mark") == []


def test_drafts_are_marked_in_lists_too(preview: Path) -> None:
    items = page(preview, "series/parsers-by-hand").css(".bt-item")
    assert ["Scheduled" in item.text() for item in items] == [False, False, False, True]


def test_an_essay_is_out_when_its_moment_has_come(blog: Path) -> None:
    succeed(blog, "blogtools", "build", "-d", "site-later", SOURCE_DATE_EPOCH=LATER)
    published = blog / "site-later"
    assert "xyzzylaterbody" in said(published).decode("utf-8", "replace")
    assert "Part 4 of 4" in page(published, "posts/parsers-4").text()
    assert page(published, "posts/parsers-4").css(".bt-mark") == []
    assert leaks(published, ["xyzzytitle", "xyzzyundatedbody", "xyzzyfoldertitle"]) == []


def test_a_link_to_a_draft_is_fine_among_drafts(full: Path, preview: Path) -> None:
    draft = page(preview, "posts/xyzzyslug")
    assert draft.css_first('a[href="../xyzzyfolder/#xyzzyanchor"]') is not None


NUMBERS = range(5)


@st.composite
def hidden(draw: st.DrawFn) -> dict[int, str]:
    """Draw which essays are not out, and why."""
    chosen = draw(st.sets(st.sampled_from(NUMBERS), min_size=1))
    return {number: draw(st.sampled_from(["draft", "future"])) for number in sorted(chosen)}


def written(number: int, status: str | None) -> str:
    word = f"xyzzy{number}"
    return essay(
        f"Title {word}a",
        "2031-01-01" if status == "future" else f"2026-01-{number + 1:02}",
        f"Excerpt {word}b.\n\n<!-- more -->\n\n## Heading {word}c\n\n![{word}d]({word}e.svg)",
        draft="true" if status == "draft" else "false",
        tags=f"[Common, Tag {word}f]",
        series=f"Series {word}g",
        authors=f"[Author {word}h]",
        description=f"Description {word}i",
        aliases=f"[/{word}j/]",
    )


# An example is small as it is, and each try is a build: no time is spent on a smaller one.
@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(hidden())
def test_whichever_essays_are_hidden_they_leave_no_trace(status: dict[int, str]) -> None:
    files = {f"posts/essay-{n}/index.md": written(n, status.get(n)) for n in NUMBERS}
    images = {f"posts/essay-{n}/xyzzy{n}e.svg": "<svg/>" for n in NUMBERS}
    config = CONFIG.replace("[blogtools]", "[blogtools: {workers: 1, per_page: 2}]")
    with tempfile.TemporaryDirectory() as folder:
        blog = write(Path(folder), {"mkdocs.yml": config, **files, **images})
        build(blog)
        site = blog / "site"
        assert leaks(site, (f"xyzzy{number}" for number in status)) == []
        out = [number for number in NUMBERS if number not in status]
        for number in out:
            assert len(leaks(site, (f"xyzzy{number}{part}" for part in "abcdefghij"))) == 10
        items = json.loads((site / "feed.json").read_text("utf-8"))["items"]
        assert len(items) == len(out)
        if out:
            assert counted(site, "tags")["Common"] == len(out)


@pytest.mark.parametrize("command", [("blogtools", "build"), ("mkdocs", "build")])
def test_a_blog_of_drafts_alone_is_an_empty_site(tmp_path: Path, command: tuple[str, ...]) -> None:
    write(
        tmp_path,
        {
            "mkdocs.yml": CONFIG,
            "docs/.keep": "",
            "posts/only.md": "---\ndraft: true\n---\n# Xyzzy\n",
        },
    )
    succeed(tmp_path, *command)
    assert leaks(tmp_path / "site", [SECRET]) == []
    assert "No essays yet" in page(tmp_path / "site", ".").text()
