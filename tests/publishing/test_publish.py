"""What a release has, what it is checked for, and what is never done twice."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import brotli
import pytest

from blogtools.app.publish import Live
from blogtools.model.diagnostic import ContentError, UsageError
from blogtools.model.release import decoded
from tests.publishing.support import FILLER, Blog, must_be_whole, page, site

DRAFT = """---
title: Not yet
draft: true
---
A line that nobody should read before the essay is out, plain words only.
"""


def refused(blog: Blog, **order: object) -> list[str]:
    """Return why a site is not published, as an author is told."""
    with pytest.raises(ContentError) as wrong:
        blog.publish(**order)  # type: ignore[arg-type]
    return [f"{one.code} {one.path}: {one.message}" for one in wrong.value.diagnostics]


def test_every_file_is_in_the_manifest_with_its_sha256(blog: Blog) -> None:
    done = blog.publish()
    assert must_be_whole(blog.to) == done.manifest.release
    assert {
        "index.html",
        "index.html.br",
        "index.html.gz",
        "robots.txt",
    } <= done.manifest.files.keys()
    assert done.manifest.commit == "c" * 40
    assert decoded((blog.to / "release.json").read_bytes()) == done.manifest


def test_a_release_is_named_by_its_day_and_its_files(blog: Blog) -> None:
    first = blog.publish().manifest
    assert first.release == f"2026-11-28-{first.digest[:8]}"
    assert blog.publish().manifest.release == first.release
    blog.build(site("two"))
    assert blog.publish().manifest.release != first.release


def test_pages_are_told_the_name_by_a_style_sheet_alone(blog: Blog) -> None:
    name = blog.publish().manifest.release
    assert name in blog.text("assets/release.css")
    assert name not in blog.text("index.html")


def test_siblings_are_the_same_file_in_fewer_bytes(blog: Blog) -> None:
    blog.publish()
    data = (blog.to / "index.html").read_bytes()
    for packed, unpack in ((".br", brotli.decompress), (".gz", gzip.decompress)):
        sibling = (blog.to / f"index.html{packed}").read_bytes()
        assert unpack(sibling) == data
        assert len(sibling) < len(data)


def test_a_gzip_sibling_names_no_moment_and_no_file(blog: Blog) -> None:
    blog.publish()
    head = (blog.to / "index.html.gz").read_bytes()[:10]
    assert head[3:8] == bytes(5)


def test_what_becomes_no_smaller_has_no_sibling(blog: Blog) -> None:
    blog.build({**site(), "noise.txt": os.urandom(5000), "short.txt": "short"})
    files = blog.publish().manifest.files
    assert "noise.txt" in files
    assert not {"noise.txt.br", "noise.txt.gz", "short.txt.br"} & files.keys()


def test_nothing_is_compressed_twice(blog: Blog) -> None:
    assert blog.publish().compressed > 0
    files = site()
    blog.build({**files, "posts/a/index.html": page("Another text")})
    # A page, and what tells the new name: too short for a sibling.
    assert blog.publish().compressed == 2


def test_a_damaged_sibling_in_the_store_is_not_published(blog: Blog) -> None:
    blog.publish()
    for file in (blog.root / ".blogtools/compressed").rglob("*.br"):
        file.unlink()
        file.write_bytes(b"something else")
    blog.build(site("two"))
    blog.publish()
    must_be_whole(blog.to)
    assert (
        brotli.decompress((blog.to / "404.html.br").read_bytes()) == blog.text("404.html").encode()
    )


def test_everything_that_is_remembered_may_be_deleted(blog: Blog) -> None:
    first = blog.publish().manifest
    for name in ("compressed", "publishing"):
        for file in sorted((blog.root / ".blogtools" / name).rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
    assert blog.publish().manifest == first


def test_whoever_writes_into_the_built_site_changes_nothing_that_is_published(blog: Blog) -> None:
    blog.publish()
    with (blog.site / "index.html").open("a") as file:
        file.write("more")
    must_be_whole(blog.to)


def test_unchanged_files_are_shared_with_the_release_before(
    blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)  # There, no time of a file is trusted.
    blog.publish()
    blog.build({**site(), "posts/a/index.html": page("Another text")})
    done = blog.publish()
    must_be_whole(blog.to)
    assert (blog.to / "posts/b/index.html").stat().st_nlink == 2
    assert (blog.to / "posts/a/index.html").stat().st_nlink == 1
    assert done.linked > 0


def test_a_file_that_was_changed_where_it_is_live_is_not_taken_over(blog: Blog) -> None:
    blog.publish()
    damaged = blog.to / "posts/b/index.html"
    damaged.write_text(page("Somebody was here"))
    blog.build({**site(), "posts/a/index.html": page("Another text")})
    blog.publish()
    must_be_whole(blog.to)


def test_check_puts_nothing_anywhere(blog: Blog) -> None:
    done = blog.publish(check=True)
    assert not done.placed
    assert not blog.to.exists()
    assert not blog.home.exists()


@pytest.mark.parametrize("link", ["posts/c/", "posts/b/#nowhere", "missing.png"])
def test_a_link_that_leads_nowhere_stops_it(blog: Blog, link: str) -> None:
    blog.build({**site(), "posts/a/index.html": page(f'<a href="../../{link}">Gone</a>')})
    (told,) = refused(blog)
    assert told.startswith("site/link site/posts/a/index.html:")
    assert not blog.to.exists()


def test_a_page_that_is_known_is_looked_at_again_when_what_it_links_to_is_lost(blog: Blog) -> None:
    blog.publish()
    files = site()
    del files["posts/b/index.html"]
    blog.build(files)
    assert any("site/link site/index.html" in told for told in refused(blog))


def test_a_sitemap_that_lists_what_is_not_there_stops_it(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    blog.build({**site(), "sitemap.xml": "<loc>http://site.invalid/posts/c/</loc>"})
    (told,) = refused(blog)
    assert "sitemap.xml" in told


def test_a_site_with_an_essay_that_is_not_out_is_not_published(blog: Blog) -> None:
    blog.posts = {"posts/not-yet.md": DRAFT}
    blog.publish()
    blog.build({**site(), "posts/not-yet/index.html": page("Not yet")})
    assert any(told.startswith("publish/draft posts/not-yet.md") for told in refused(blog))


def test_a_line_of_a_draft_in_any_file_stops_it(blog: Blog) -> None:
    blog.publish()
    blog.posts = {"posts/not-yet.md": DRAFT}
    line = "A line that nobody should read before the essay is out, plain words only."
    blog.build({**site(), "feed.xml": f"<feed>{line}</feed>"})
    (told,) = refused(blog)
    assert told.startswith("publish/draft posts/not-yet.md: it is not out, and site/feed.xml")


def test_a_line_that_an_essay_has_too_is_no_leak(blog: Blog) -> None:
    body = DRAFT.rpartition("---\n")[2]
    out = f"---\ntitle: Out\ndate: 2026-11-01\n---\n{body}"
    blog.posts = {"posts/not-yet.md": DRAFT, "posts/out.md": out}
    blog.build({**site(), "posts/out/index.html": page(body)})
    blog.publish()


@pytest.mark.parametrize("path", ["index.html", "404.html"])
def test_a_site_without_its_first_page_or_that_for_nothing_stops_it(blog: Blog, path: str) -> None:
    files = {name: text.replace('<a href="../../">', "<a>") for name, text in site().items()}
    del files[path]
    blog.build(files)
    assert any(f"publish/missing site/{path}" in told for told in refused(blog))


def test_budgets_stop_it(tmp_path: Path) -> None:
    blog = Blog(tmp_path, publish={"page_kilobytes": 1, "total_megabytes": 1, "entries": 3})
    blog.build({**site(), "big.bin": bytes(1_000_000)})
    codes = {told.split()[0] for told in refused(blog)}
    assert codes == {"site/page-weight", "site/weight", "site/entries"}


def test_rules_that_a_server_would_not_follow_stop_it(tmp_path: Path) -> None:
    blog = Blog(tmp_path)
    many = "".join(f"/old/{number} /posts/a/ 301\n" for number in range(1001))
    blog.build({**site(), "_redirects": many})
    (told,) = refused(blog)
    assert "1,001 rules" in told
    blog.build({**site(), "_redirects": "/old /posts/a/ 404\n"})
    assert "301, 302 or 200" in refused(blog)[0]


def test_a_link_in_a_site_is_not_followed(blog: Blog) -> None:
    (blog.site / "secret").symlink_to("/etc/hostname")
    with pytest.raises(UsageError, match="secret is a link"):
        blog.publish()


def test_a_release_is_no_site_to_be_released(blog: Blog) -> None:
    blog.publish()
    blog.site = blog.to
    blog.to = blog.root / "other"
    with pytest.raises(UsageError, match="is a release already"):
        blog.publish()


def test_a_folder_that_is_no_site_is_not_replaced(blog: Blog) -> None:
    blog.to.mkdir()
    (blog.to / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="does not look like a site"):
        blog.publish()
    assert blog.text("notes.txt") == "mine"


# -- addresses are for ever ------------------------------------------------------------------


def without(*paths: str) -> dict[str, str]:
    """Return the site without some files, and without links to them."""
    files = {name: text for name, text in site("two").items() if name not in paths}
    return {**files, "index.html": page("<p>Nothing is linked here")}


def test_an_address_that_was_published_is_not_lost(blog: Blog) -> None:
    name = blog.publish().manifest.release
    blog.build(without("posts/b/index.html", "feed.xml"))
    told = refused(blog)
    assert [one.partition(": ")[2] for one in told] == [
        f"/feed.xml was published by {name}, and would lead nowhere",
        f"/posts/b/ was published by {name}, and would lead nowhere",
    ]
    assert "version=one" in blog.text("feed.xml")


@pytest.mark.parametrize(
    "publish",
    [
        {"redirects": {"/posts/b/": "/posts/a/"}},
        {"redirects": {"posts/*": "posts/a/"}},
        {"gone": {"posts/b/": "It was wrong"}},
        {"gone": {"posts/b*": "It was wrong"}},
    ],
)
def test_an_address_may_lead_on_or_be_gone_for_a_reason(tmp_path: Path, publish: object) -> None:
    Blog(tmp_path).publish()
    blog = Blog(tmp_path, publish=publish)
    blog.build(without("posts/b/index.html"))
    change = blog.publish().change
    assert change is not None
    assert (change.removed, change.dropped) == (("posts/b/",), ())


def test_a_rule_of_the_sites_own_counts(blog: Blog) -> None:
    blog.publish()
    blog.build({**without("posts/b/index.html"), "_redirects": "/posts/b /posts/a/ 301\n"})
    blog.publish()
    assert blog.text("_redirects") == "/posts/b /posts/a/ 301\n"


def test_what_was_gone_once_stays_answered(tmp_path: Path) -> None:
    Blog(tmp_path).publish()
    blog = Blog(tmp_path, publish={"gone": {"posts/b/": "It was wrong"}})
    blog.build(without("posts/b/index.html"))
    blog.publish()
    forgetful = Blog(tmp_path)
    forgetful.build(without("posts/b/index.html"))
    assert any("/posts/b/ was published" in told for told in refused(forgetful))


def test_what_is_gone_says_why_on_a_page_of_its_own(tmp_path: Path) -> None:
    blog = Blog(tmp_path, publish={"gone": {"posts/b/": "Its proof was <wrong>", "c.png": "Old"}})
    blog.build(without("posts/b/index.html"))
    blog.publish()
    text = blog.text("posts/b/index.html")
    assert "Its proof was &lt;wrong&gt;" in text
    assert '<meta name="robots" content="noindex">' in text
    assert not (blog.to / "c.png").exists()


def test_what_is_there_is_not_listed_as_gone(tmp_path: Path) -> None:
    blog = Blog(
        tmp_path, publish={"gone": {"posts/b/": "No"}, "redirects": {"feed.xml": "index.html"}}
    )
    told = refused(blog)
    assert [one.split()[0] for one in told] == ["publish/gone", "publish/redirects"]


def test_the_list_of_addresses_may_come_from_somewhere_else(blog: Blog) -> None:
    manifest = blog.publish().manifest
    blog.to = blog.root / "elsewhere"
    blog.build(without("posts/b/index.html"))
    assert any("/posts/b/" in told for told in refused(blog, live=Live(manifest)))
    blog.publish()


def test_parts_of_pages_may_have_other_names_and_the_last_ones_stay_for_a_release(
    blog: Blog,
) -> None:
    blog.publish()
    for version, kept in (("two", "one"), ("three", "two")):
        blog.build(site(version))
        manifest = blog.publish().manifest
        assert set(manifest.carried) >= {f"assets/look.{kept}.css"}
        must_be_whole(blog.to)
    assert not (blog.to / "assets/look.one.css").exists()


def test_fillers_are_worth_compressing() -> None:
    assert len(FILLER) > 512
