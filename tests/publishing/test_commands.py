"""The commands of releases, over a blog that a build made."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from blogtools.app.releases import live_at, manifest_of
from blogtools.model.diagnostic import UsageError
from tests.publishing.support import Blog, must_be_whole, serving, site
from tests.site.support import CONFIG, essay, run, secrets, succeed, write


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a blog that was published twice, with another text the second time."""
    blog = tmp_path_factory.mktemp("commands")
    draft = essay(
        "Later", draft=True, body="A line of a draft that is long enough to be looked for."
    )
    texts = {"posts/first.md": essay("First"), "posts/later.md": draft}
    write(blog, {"mkdocs.yml": CONFIG, "companions.lock": "{}", **texts})
    said = succeed(blog, "blogtools", "publish", "--no-search")
    assert re.search(r"Published 2026-06-01-[0-9a-f]{8}, \d+ pages, in [\d.]+ s: public", said)
    write(blog, {"posts/second.md": essay("Second")})
    assert "Addresses: " in succeed(blog, "blogtools", "publish", "--no-search")
    return blog


def test_what_a_build_made_is_published_whole(built: Path) -> None:
    manifest = json.loads((built / "public/release.json").read_text())
    assert must_be_whole(built / "public") == manifest["release"]
    assert manifest["created"] == "2026-06-01T00:00:00+00:00"
    assert set(manifest["locks"]) == {"companions.lock"}
    assert {"posts/first/index.html.br", "feed.xml.gz", "404.html", "robots.txt"} <= set(
        manifest["files"]
    )


def test_what_is_published_can_be_searched(built: Path, tmp_path: Path) -> None:
    to = tmp_path / "site"
    succeed(built, "blogtools", "publish", "--to", str(to))
    assert json.loads((to / "pagefind/shards.json").read_text())["shards"]
    must_be_whole(to)
    again = succeed(built, "blogtools", "publish", "--to", str(to))
    assert "Addresses: 0 added, 0 changed, 0 removed" in again


def test_releases_are_listed_and_gone_back_to(built: Path) -> None:
    lines = succeed(built, "blogtools", "releases").splitlines()
    assert lines[0].split() == ["release", "made", "commit"]
    assert [line.split()[-1] == "live" for line in lines[1:]] == [True, False]
    assert "is live: public" in succeed(built, "blogtools", "rollback")
    assert not (built / "public/posts/second").exists()
    newest = lines[1].split()[0]
    assert f"{newest} is live: public" in succeed(built, "blogtools", "rollback", newest[-8:])
    assert "is live already" in succeed(built, "blogtools", "rollback", newest)


def test_two_releases_are_compared(built: Path) -> None:
    newest, oldest = (
        line.split()[0] for line in succeed(built, "blogtools", "releases").splitlines()[1:]
    )
    assert "+ /posts/second/\n" in succeed(built, "blogtools", "diff", oldest, newest)
    back = run(built, "blogtools", "diff", newest, oldest)
    assert back.returncode == 1
    assert "! /posts/second/\n" in back.stdout


def test_a_lost_essay_is_told_with_the_way_out(built: Path) -> None:
    text = (built / "posts/second.md").read_text()
    (built / "posts/second.md").unlink()
    done = run(built, "blogtools", "publish", "--check", "--no-search")
    write(built, {"posts/second.md": text})
    assert done.returncode == 1
    assert "mkdocs.yml:1:1: /posts/second/ was published by 2026-06-01-" in done.stderr
    assert "'aliases'" in done.stderr


def test_a_site_with_drafts_is_not_published(built: Path) -> None:
    succeed(built, "blogtools", "build", "--drafts", "--site-dir", "drafts")
    done = run(built, "blogtools", "publish", "--site", "drafts", "--no-search", "--to", "other")
    assert done.returncode == 1
    assert "posts/later.md:1:1: it is not out, and the site has it at /posts/later/" in done.stderr
    assert not (built / "other").exists()


def test_verify_exits_with_one_and_names_what_differs(built: Path, tmp_path: Path) -> None:
    succeed(built, "blogtools", "publish", "--no-search", "--to", str(tmp_path / "site"))
    place = str(tmp_path / "site")
    assert "is 2026-06-01-" in succeed(built, "blogtools", "verify", place)
    (tmp_path / "site/feed.xml").write_text("x")
    done = run(built, "blogtools", "verify", place)
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        1,
        "feed.xml differs from what was published",
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("releases", "--to", "nothing"), "no release is kept beside nothing"),
        (("verify", "nothing"), "nothing has no manifest of a release"),
        (("publish", "--site", "nothing"), "there is no site in"),
        (("publish", "--site", "public"), "is a release already"),
        (("publish", "--to", "site"), "choose another --to"),
        (("publish", "--live", "mkdocs.yml"), "is not the manifest of a release"),
        (("publish", "--key", "mkdocs.yml"), "is no private key"),
    ],
)
def test_wrong_usage_is_told_without_a_traceback(
    built: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = run(built, "blogtools", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_a_draft_is_in_what_is_published(full: Path, tmp_path: Path) -> None:
    to = tmp_path / "site"
    succeed(full, "blogtools", "publish", "--site", "site", "--no-search", "--to", str(to))
    assert secrets(to) == frozenset()
    must_be_whole(to)


# -- what is live ----------------------------------------------------------------------------


def test_what_is_live_is_read_where_it_is_served(blog: Blog) -> None:
    manifest = blog.publish().manifest
    with serving(blog.to) as reader:
        url = f"http://127.0.0.1:{reader.port}"
        for place in (url, f"{url}/", f"{url}/release.json", str(blog.to)):
            assert live_at(place).manifest == manifest
        (blog.to / "release.json").unlink()
        assert live_at(url).manifest is None
        (blog.to / "release.json").write_text("<html>Log in</html>")
        with pytest.raises(UsageError, match="is not the manifest of a release"):
            live_at(url)
    with pytest.raises(UsageError, match="nobody knows what is live"):
        live_at(url)


def test_a_release_is_named_by_its_name_its_folder_or_its_manifest(blog: Blog) -> None:
    manifest = blog.publish().manifest
    blog.build(site("two"))
    blog.publish()
    assert manifest_of(blog.to, manifest.release) == manifest
    assert manifest_of(blog.to, manifest.digest[:8]) == manifest
    assert manifest_of(blog.to, str(blog.to)).release != manifest.release
