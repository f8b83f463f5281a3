"""A release is shown as GitLab Pages shows it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.publishing.support import Blog, Reader, page, serving, site

RULES = """\
/blog/old /blog/posts/a/ 301
/blog/soon /blog/posts/a/ 302
/blog/shown /blog/posts/b/ 200
/blog/notes/* /blog/posts/:splat 301
/blog/away https://example.org/ 301
/blog/feed.xml /blog/posts/a/ 301
/blog/wrong /blog/posts/a/ 410
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Return what asks a server that shows a release below /blog/."""
    gone = {"posts/c/": "Its proof was wrong", "data.csv": "Nobody may have it"}
    blog = Blog(tmp_path_factory.mktemp("served"), publish={"gone": gone})
    blog.build({**site(), "about.html": page("About"), "films/a.bin": bytes(9_000_000)})
    blog.publish()
    # Rules as a site without a check may have them.
    (blog.to / "_redirects").write_text(RULES)
    with serving(blog.to, "/blog") as reader:
        yield reader


@pytest.mark.parametrize(
    ("path", "status", "leads"),
    [
        ("/blog", 302, "/blog/"),
        ("/blog/", 200, None),
        ("/blog/posts/a", 302, "/blog/posts/a/"),
        ("/blog/posts/a?x=1", 302, "/blog/posts/a/?x=1"),
        ("/blog/posts/a/", 200, None),
        ("/blog/posts/a/index.html", 200, None),
        ("/blog/about", 200, None),
        ("/blog/about.html", 200, None),
        ("/blog/about/", 404, None),
        ("/blog/posts/", 404, None),
        ("/blog/old", 301, "/blog/posts/a/"),
        ("/blog/old/", 301, "/blog/posts/a/"),
        ("/blog/soon", 302, "/blog/posts/a/"),
        ("/blog/shown", 200, None),
        ("/blog/notes/b/", 301, "/blog/posts/b/"),
        ("/blog/away", 301, "https://example.org/"),
        ("/blog/feed.xml", 200, None),
        ("/blog/nothing/", 404, None),
        ("/blog/posts/c/", 410, None),
        ("/blog/posts/c", 302, "/blog/posts/c/"),
        ("/blog/data.csv", 410, None),
        ("/blog/films/a.bin", 200, None),
        ("/blog/../../etc/passwd", 404, None),
        ("/blog/%2e%2e/release.json", 404, None),
        ("/elsewhere/", 404, None),
    ],
)
def test_an_address_is_answered(reader: Reader, path: str, status: int, leads: str | None) -> None:
    answer, _ = reader.get(path)
    assert (answer.status, answer.getheader("location")) == (status, leads)


def test_what_leads_nowhere_shows_the_sites_own_page(reader: Reader) -> None:
    answer, body = reader.get("/blog/nothing/")
    assert answer.getheader("content-type") == "text/html; charset=utf-8"
    assert b"version=one" in body


def test_what_is_gone_says_why(reader: Reader) -> None:
    _, body = reader.get("/blog/posts/c/")
    assert b"Its proof was wrong" in body


def test_a_rewrite_shows_the_other_page(reader: Reader) -> None:
    assert b'id="there"' in reader.get("/blog/shown")[1]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_sibling_is_sent_to_whoever_takes_it(
    reader: Reader, accepted: str, coding: str | None
) -> None:
    answer, body = reader.get("/blog/", Accept_Encoding=accepted)
    assert answer.getheader("content-encoding") == coding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert unpack(body) == reader.get("/blog/")[1]
    assert answer.getheader("content-type") == "text/html; charset=utf-8"


def test_rules_are_told_and_their_file_is_not_shown(reader: Reader) -> None:
    _, body = reader.get("/blog/_redirects")
    told = body.decode().splitlines()
    assert told[:2] == ["7 rules", "rule 1: valid"]
    assert told[7].startswith("rule 7: error: ")


def test_a_release_that_goes_live_is_shown_at_once(blog: Blog) -> None:
    blog.publish()
    with serving(blog.to) as reader:
        assert b"version=one" in reader.get("/")[1]
        blog.build(site("two"))
        blog.publish()
        assert b"version=two" in reader.get("/")[1]


def test_a_folder_without_a_release_has_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "none") as reader:
        assert reader.get("/")[0].status == 503
