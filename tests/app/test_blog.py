"""From a folder of essays to everything that a site is made of."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from blogtools.app.blog import made_from_the_model, used_assets
from blogtools.build.plan import Target
from blogtools.model.site import Status
from tests.app.support import URL, Built, blog, bring_together, html

PNG = b"\x89PNG"
POST = "posts/2026-11-01-a.md"
ADA = "authors:\n  ada:\n    name: Ada\n    description: Writes\n"


def essay(title: str, body: str = "Text.", more: str = "") -> str:
    return f"---\ntitle: {title}\n{more}\n---\n\n{body}\n"


def made(root: Path, files: Mapping[str, str | bytes], **options: object) -> Built:
    return bring_together(blog(root, files, **options))


def targets_of(built: Built) -> dict[str, Target]:
    """Return what is to be made from the model alone, by where it stands."""
    found = list(made_from_the_model(built.edition, [""], robots=True))
    assert len({one.path for one in found}) == len(found)
    return {one.path: one for one in found}


def files_of(built: Built) -> dict[str, bytes]:
    """Return the files that are made from the model alone."""
    return {path: target.make() for path, target in targets_of(built).items()}


def published(built: Built) -> frozenset[str]:
    """Return the files beside essays that the site needs."""
    links = built.examined.links.values()
    found = used_assets(built.edition.project, links, built.manuscripts)
    assert found == built.examined.assets
    return found


# -- reading -------------------------------------------------------------------------------------


def test_essays_are_found_wherever_they_lie(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-one.md": essay("One"),
            "posts/2025/2025-01-01-two.md": essay("Two"),
            "posts/2024-01-01-three/index.md": essay("Three"),
        },
    )
    assert built.mistakes == []
    assert [post.url for post in built.edition.index.posts] == [
        "posts/one/",
        "posts/two/",
        "posts/three/",
    ]


def test_hidden_files_and_folders_are_nobodys_business(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {"posts/.obsidian/x.md": "", "posts/.draft.md": "", "posts/2026-01-01-a.md": essay("A")},
    )
    assert built.mistakes == []
    assert list(built.manuscripts.assets) == []


def test_the_folder_of_essays_may_be_called_otherwise(tmp_path: Path) -> None:
    built = made(tmp_path, {"essays/2026-01-01-a.md": essay("A")}, posts_dir="essays")
    assert [post.path for post in built.edition.index.posts] == ["essays/2026-01-01-a.md"]


def test_drafts_and_future_essays_are_left_out(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-out.md": essay("Out"),
            "posts/2026-01-01-draft.md": essay("Draft", more="draft: true"),
            "posts/2026-11-23-future.md": essay("Future"),
        },
    )
    assert [post.title for post in built.edition.index.posts] == ["Out"]
    hidden = {entry.slug: entry.status for entry in built.manuscripts.hidden}
    assert hidden == {"draft": Status.DRAFT, "future": Status.SCHEDULED}


def test_a_preview_shows_drafts_and_future_essays_as_what_they_are(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-draft.md": essay("Draft", more="draft: true"),
            "posts/2026-11-23-future.md": essay("Future"),
        },
        drafts=True,
    )
    assert {post.title: post.entry.status for post in built.edition.index.posts} == {
        "Draft": Status.DRAFT,
        "Future": Status.SCHEDULED,
    }


def test_mistakes_of_a_draft_are_told_too(tmp_path: Path) -> None:
    built = made(tmp_path, {"posts/d.md": essay("D", more="draft: true\ntagz: [a]")})
    assert built.mistakes[0].startswith("posts/d.md:4:1: unknown key 'tagz'")


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"two\nlines.md", b"bell\x07.png"])
def test_a_file_whose_name_no_url_can_hold_is_told(tmp_path: Path, name: bytes) -> None:
    blog(tmp_path, {"posts/2026-01-01-a.md": essay("A")})
    (tmp_path / "posts" / os.fsdecode(name)).write_bytes(b"x")
    wrong = made(tmp_path, {}).mistakes
    assert len(wrong) == 1
    assert wrong[0].endswith("Rename the file")
    assert wrong[0].isprintable()


# -- every mistake at once -------------------------------------------------------------------------

TWO_BROKEN: dict[str, str | bytes] = {
    "posts/2026-02-30-first.md": "---\ntitel: T\ntags: a\n---\n\n[x](nope.md)\n\n![y](no.png)\n",
    "posts/second.md": "---\ndate: tomorrow\nimage: cover.png\nslug: a b\n---\n\n[z](#gone) text\n",
    "posts/2026-01-01-bad.md": b"\xff",
    "posts/2026-01-02-empty.md": "",
    "posts/2026-01-03-links.md": essay("L", "[a](2026-01-01-bad.md#x) [b](second.md#y)"),
}


def test_the_mistakes_of_every_essay_are_told_in_one_run_sorted_by_file_and_line(
    tmp_path: Path,
) -> None:
    wrong = made(tmp_path, TWO_BROKEN).mistakes
    assert [line.partition(": ")[0] for line in wrong] == [
        "posts/2026-01-01-bad.md:1:1",
        "posts/2026-01-02-empty.md:1:1",
        "posts/2026-01-03-links.md:6:30",
        "posts/2026-02-30-first.md:1:1",
        "posts/2026-02-30-first.md:1:1",
        "posts/2026-02-30-first.md:2:1",
        "posts/2026-02-30-first.md:3:7",
        "posts/2026-02-30-first.md:6:5",
        "posts/2026-02-30-first.md:8:6",
        "posts/second.md:1:1",
        "posts/second.md:2:7",
        "posts/second.md:3:8",
        "posts/second.md:4:7",
        "posts/second.md:7:5",
    ]
    assert all(". " in line or " such as " in line or ", write " in line for line in wrong)


def test_an_essay_that_cannot_be_read_is_complained_of_once(tmp_path: Path) -> None:
    broken = {"posts/2026-01-01-b.md": "---\ntitle: a: b\n---\n\nText."}
    wrong = made(tmp_path, {"posts/2026-01-01-a.md": essay("A", "[b](2026-01-01-b.md)"), **broken})
    assert len(wrong.mistakes) == 1


def test_two_essays_with_one_url_and_an_alias_on_a_page_are_told(tmp_path: Path) -> None:
    wrong = made(
        tmp_path,
        {
            "posts/2026-01-01-a.md": essay("A", more="aliases: [/about/, /posts/c/]"),
            "posts/2025-01-01-a.md": essay("B"),
            "posts/2026-01-01-c.md": essay("C"),
            "docs/about.md": "# About",
        },
    ).mistakes
    assert [line.partition("already")[0] for line in wrong] == [
        "posts/2026-01-01-a.md:1:1: the URL /posts/a/ belongs to posts/2025-01-01-a.md ",
        "posts/2026-01-01-a.md:3:11: the URL /about/ belongs to docs/about.md ",
        "posts/2026-01-01-a.md:3:20: the URL /posts/c/ belongs to posts/2026-01-01-c.md ",
    ]


# -- links and files -------------------------------------------------------------------------------


def test_links_are_right_on_the_page_of_the_essay(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-a.md": essay(
                "A", "[b](2025/b.md#x) ![i](images/i.png) [g](../docs/g.md)"
            ),
            "posts/2025/b.md": essay("B", "## X", more="date: 2025-01-01"),
            "posts/images/i.png": PNG,
            "docs/g.md": "# G\n\n[a](../posts/2026-01-01-a.md)",
        },
    )
    assert built.mistakes == []
    assert html(built, "a") == (
        '<p><a href="../b/#x">b</a> <img alt="i" src="../images/i.png" />'
        ' <a href="../../g/">g</a></p>'
    )


def test_files_beside_an_essay_in_a_folder_of_its_own_move_with_it(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-bundle/index.md": essay("B", "![p](p.png)"),
            "posts/2026-01-01-bundle/p.png": PNG,
            "posts/2026-01-01-bundle/deep/data.csv": "1",
        },
    )
    assert built.mistakes == []
    assert built.manuscripts.assets == {
        "posts/2026-01-01-bundle/deep/data.csv": "posts/bundle/deep/data.csv",
        "posts/2026-01-01-bundle/p.png": "posts/bundle/p.png",
    }
    assert published(built) == set(built.manuscripts.assets)
    assert 'src="p.png"' in html(built, "bundle")


def test_only_what_a_published_page_shows_is_published(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-a.md": essay("A", "![i](used.png)", more="image: cover.png"),
            "posts/d.md": essay("D", "![i](draft.png)", more="draft: true\nimage: draft-cover.png"),
            "posts/draft/index.md": essay("E", "![i](own.png)", more="draft: true"),
            "posts/draft/own.png": PNG,
            **{
                f"posts/{name}.png": PNG
                for name in ("used", "cover", "draft", "draft-cover", "orphan")
            },
            "posts/linked.csv": "1",
            "docs/index.md": "[data](../posts/linked.csv)",
        },
    )
    assert built.mistakes == []
    assert published(built) == {"posts/used.png", "posts/cover.png", "posts/linked.csv"}


def test_a_draft_in_a_folder_inside_a_published_one_keeps_its_files_to_itself(
    tmp_path: Path,
) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-a/index.md": essay("A"),
            "posts/2026-01-01-a/own.png": PNG,
            "posts/2026-01-01-a/next/index.md": essay("N", "![s](secret.png)", more="draft: true"),
            "posts/2026-01-01-a/next/secret.png": PNG,
        },
    )
    assert published(built) == {"posts/2026-01-01-a/own.png"}


def test_a_file_that_further_reading_leads_to_is_published(tmp_path: Path) -> None:
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-a.md": essay("A", more="links: [slides.pdf, Data: data.csv]"),
            "posts/slides.pdf": b"%PDF",
            "posts/data.csv": "1",
        },
    )
    assert built.mistakes == []
    assert published(built) == {"posts/slides.pdf", "posts/data.csv"}


@pytest.mark.parametrize(
    "link",
    ["https://example.org/", "//example.org/x", "mailto:a@example.org", "tel:1", "'#part'", "'?q'"],
)
def test_further_reading_may_lead_anywhere(tmp_path: Path, link: str) -> None:
    text = essay("A", "## Part", more=f"links: [{link}]")
    assert made(tmp_path, {"posts/2026-01-01-a.md": text}).mistakes == []


def test_further_reading_that_leads_nowhere_is_told_at_its_line(tmp_path: Path) -> None:
    text = essay("A", more="links:\n  - X: nope.md\n  - '#gone'")
    wrong = made(tmp_path, {"posts/2026-01-01-a.md": text}).mistakes
    assert [line.partition(": ")[0] for line in wrong] == [
        "posts/2026-01-01-a.md:4:8",
        "posts/2026-01-01-a.md:5:6",
    ]


@pytest.mark.parametrize(
    "image", ["https://example.org/i.png", "//example.org/i.png", "data:image/png;base64,AA=="]
)
def test_a_picture_may_be_anywhere(tmp_path: Path, image: str) -> None:
    text = essay("A", more=f"image: '{image}'")
    assert made(tmp_path, {"posts/2026-01-01-a.md": text}).mistakes == []


def test_a_missing_picture_is_told_at_its_line(tmp_path: Path) -> None:
    wrong = made(tmp_path, {"posts/2026-01-01-a.md": essay("A", more="image: no.png")}).mistakes
    assert wrong[0].startswith("posts/2026-01-01-a.md:3:8: there is no file 'no.png'.")


# -- outputs ---------------------------------------------------------------------------------------


def test_feeds_sitemap_robots_and_redirects_come_from_the_model(tmp_path: Path) -> None:
    files = files_of(
        made(
            tmp_path,
            {"posts/2026-01-01-a.md": essay("A", more="tags: [t]\naliases: [/old/, older.html]")},
        )
    )
    assert set(files) == {
        *("feed.xml", "feed.json", "tags/t/feed.xml", "tags/t/feed.json"),
        *("sitemap.xml", "robots.txt", "old/index.html", "older.html"),
        "assets/release.css",
    }


def test_a_site_without_an_address_has_no_feeds_and_no_sitemap(tmp_path: Path) -> None:
    text = essay("A", more="aliases: [old]")
    files = files_of(made(tmp_path, {"posts/2026-01-01-a.md": text}, url=""))
    assert set(files) == {"robots.txt", "old/index.html", "assets/release.css"}


def test_a_feed_has_the_newest_essays_in_full_and_no_more_than_it_should(tmp_path: Path) -> None:
    essays = {
        f"posts/2026-01-{day:02}-x{day}.md": essay(f"T{day}", "[l](#l)") for day in range(1, 8)
    }
    feed = files_of(made(tmp_path, essays, feed_size=3))["feed.json"].decode()
    assert [f"T{day}" in feed for day in range(1, 8)] == [False] * 4 + [True] * 3
    assert feed.index("T7") < feed.index("T6") < feed.index("T5")
    assert f'href=\\"{URL}posts/x7/#l\\"' in feed


def test_the_feed_of_a_series_begins_with_the_newest_too(tmp_path: Path) -> None:
    essays = {
        f"posts/2026-01-0{day}-x{day}.md": essay(f"T{day}", more="series: S") for day in (1, 2)
    }
    feed = files_of(made(tmp_path, essays))["series/s/feed.json"].decode()
    assert feed.index("T2") < feed.index("T1")


SECRET = "xyzzy"


def test_no_byte_of_what_is_not_published_is_in_what_is_made(tmp_path: Path) -> None:
    more = f"tags: [{SECRET}, shared]\nauthors: [{SECRET}]\nseries: {SECRET}\naliases: [{SECRET}]"
    built = made(
        tmp_path,
        {
            "posts/2026-01-01-out.md": essay("Out", more="tags: [shared]\nseries: S"),
            f"posts/2026-01-01-{SECRET}.md": essay(SECRET, SECRET, f"draft: true\n{more}"),
            f"posts/2026-12-01-{SECRET}2.md": essay(SECRET, f"![]({SECRET}.png)", more),
            f"posts/{SECRET}.png": PNG,
        },
    )
    assert built.mistakes == []
    for path, data in files_of(built).items():
        assert SECRET not in path
        assert SECRET.encode() not in data
    assert SECRET not in repr(built.edition.listings)
    assert SECRET not in repr(built.edition.overviews)
    assert published(built) == frozenset()
    shared = next(one for one in built.edition.index.taxonomies["tags"] if one.slug == "shared")
    assert len(built.edition.index.posts_with(shared)) == 1


def test_a_link_to_a_draft_is_told_as_such(tmp_path: Path) -> None:
    wrong = made(
        tmp_path,
        {
            "posts/2026-01-01-a.md": essay("A", "[d](d.md)"),
            "posts/d.md": essay("D", more="draft: true"),
        },
    ).mistakes
    assert len(wrong) == 1
    assert "'d.md' is a draft, or not published yet" in wrong[0]


def test_equal_folders_in_different_places_give_equal_bytes(tmp_path: Path) -> None:
    files = {
        f"posts/2026-01-{day:02}-x{day}.md": essay(f"T{day}", f"Text {day}.", "tags: [b, a]")
        for day in range(1, 12)
    }
    one = made(tmp_path / "here", files)
    other = made(tmp_path / "there/deeper", dict(reversed(files.items())))
    assert files_of(one) == files_of(other)
    assert list(files_of(one)) == list(files_of(other))
    for first, second in zip(one.edition.index.posts, other.edition.index.posts, strict=True):
        related = [post.url for post in one.edition.related(first)]
        assert related == [post.url for post in other.edition.related(second)]


def _outline(
    root: Path, files: Mapping[str, str], now: datetime | None = None, **how: Any
) -> bytes:
    given = {POST: "---\nauthors: [ada]\n---\n# A\n\nText.\n", "posts/.authors.yml": ADA, **files}
    made = blog(root, given, **how)
    return bring_together(replace(made, now=now or made.now)).edition.outline


@pytest.mark.parametrize(
    ("files", "how"),
    [
        ({POST: "---\nauthors: [ada]\ntags: [t]\n---\n# A\n\nText.\n"}, {}),
        ({POST: "---\nauthors: [ada]\n---\n# Another\n\nText.\n"}, {}),
        ({"posts/.authors.yml": ADA.replace("Writes", "Reads")}, {}),
        ({"posts/2026-11-02-b.md": "# B\n"}, {}),
        ({}, {"post_url": "{year}/{slug}/"}),
        ({}, {"timezone": "Asia/Tokyo"}),
        ({}, {"taxonomies": {"tags": {"path": "topics"}}}),
    ],
    ids=["front matter", "title", "author", "essay", "address", "time zone", "taxonomy"],
)
def test_the_outline_tells_what_other_pages_show_of_an_essay(
    files: Mapping[str, str], how: Mapping[str, Any], tmp_path: Path
) -> None:
    assert _outline(tmp_path / "new", files, **how) != _outline(tmp_path / "old", {})


def test_the_outline_tells_nothing_of_texts(tmp_path: Path) -> None:
    other = {POST: "---\nauthors: [ada]\n---\n# A\n\nAnother text.\n"}
    assert _outline(tmp_path / "new", other) == _outline(tmp_path / "old", {})


def test_the_outline_tells_the_date_of_an_essay_that_is_dated_by_the_build(tmp_path: Path) -> None:
    draft, later = (
        {"posts/b.md": "---\ndraft: true\n---\n# B\n"},
        datetime(2026, 11, 30, tzinfo=UTC),
    )
    new = _outline(tmp_path / "new", draft, later, drafts=True)
    assert new != _outline(tmp_path / "old", draft, drafts=True)
