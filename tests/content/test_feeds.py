"""What machines read: feeds, the sitemap, redirects, structured data."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as etree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import format as indented

from blogtools.content import feeds
from blogtools.content.addresses import output_path
from blogtools.content.feeds import Feed
from blogtools.content.machines import redirect, robots, sitemap
from blogtools.content.marks import fill
from blogtools.content.structured import json_ld
from blogtools.model.document import Author
from blogtools.model.project import SiteFacts
from blogtools.model.rendered import Conversion
from blogtools.model.site import Post, SiteIndex
from tests.content.support import convert, entry, index

SITE = SiteFacts("A blog & more", "https://example.org/blog/", "On <things>", "Ana", "de")
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def site(*essays: str, text: str = "Text.") -> SiteIndex:
    """Return essays of consecutive days from their front matter, the oldest first."""
    made = [
        entry(matter, f"posts/2026-01-{day:02}-{day}.md") for day, matter in enumerate(essays, 1)
    ]
    return index(made, {one.path: convert(text) for one in made}, {"ana": Author("Ana Lind")})


def content(post: Post) -> str:
    """Return an essay's HTML with absolute links."""
    return fill(post.rendered.html, [f"{SITE.url}x/" for _ in post.rendered.links])


def entry_in(facts: SiteFacts) -> feeds.Entries:
    """Return what gives an essay as feeds of a site have it."""
    return lambda post: feeds.feed_entry(post, facts, content(post))


def feed(posts: SiteIndex, folder: str = "", facts: SiteFacts = SITE) -> Feed:
    return Feed(folder, facts.name, posts.posts)


def atom(made: Feed, facts: SiteFacts = SITE) -> etree.Element:
    return etree.fromstring(feeds.atom(made, facts, entry_in(facts)))  # noqa: S314 - ours


def as_json(made: Feed, facts: SiteFacts = SITE) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(feeds.json_feed(made, facts, entry_in(facts)))
    return read


def text(element: etree.Element, tag: str) -> str:
    found = element.findtext(f"{ATOM}{tag}")
    assert found is not None
    return found


def test_a_feed_names_the_two_files_in_its_folder_as_their_own_addresses() -> None:
    made = feed(site(""), "tags/c-sharp/")
    assert list(feeds.FORMATS) == ["feed.xml", "feed.json"]
    for name, make in feeds.FORMATS.items():
        assert f"{SITE.url}tags/c-sharp/{name}".encode() in make(made, SITE, entry_in(SITE))


def test_an_atom_feed_has_all_that_the_standard_asks_for() -> None:
    root = atom(
        feed(site("description: D <1>\nauthors: [ana, Bo]\ntags: [a, b]\nupdated: 2026-02-01"))
    )
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert text(root, "title") == "A blog & more"
    assert text(root, "subtitle") == "On <things>"
    assert text(root, "id") == "https://example.org/blog/"
    assert text(root, "updated") == "2026-02-01T00:00:00Z"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Ana"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": "https://example.org/blog/feed.xml",
        "alternate": "https://example.org/blog/",
    }
    one = root.find(f"{ATOM}entry")
    assert one is not None
    assert text(one, "title") == "A title"
    assert text(one, "id") == "https://example.org/blog/posts/1/"
    assert text(one, "published") == "2026-01-01T00:00:00Z"
    assert text(one, "updated") == "2026-02-01T00:00:00Z"
    assert text(one, "summary") == "D <1>"
    assert text(one, "content") == "<p>Text.</p>"
    assert [name.text for name in one.iter(f"{ATOM}name")] == ["Ana Lind", "Bo"]
    assert [tag.get("term") for tag in one.iter(f"{ATOM}category")] == ["a", "b"]


def test_a_json_feed_has_all_that_the_standard_asks_for() -> None:
    body = as_json(feed(site("description: D\nauthors: [ana]\ntags: [a]"), "tags/a/"))
    assert {key: body[key] for key in body if key != "items"} == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A blog & more",
        "home_page_url": "https://example.org/blog/tags/a/",
        "feed_url": "https://example.org/blog/tags/a/feed.json",
        "description": "On <things>",
        "language": "de",
    }
    assert body["items"] == [
        {
            "id": "https://example.org/blog/posts/1/",
            "url": "https://example.org/blog/posts/1/",
            "title": "A title",
            "content_html": "<p>Text.</p>",
            "summary": "D",
            "date_published": "2026-01-01T00:00:00Z",
            "date_modified": "2026-01-01T00:00:00Z",
            "authors": [{"name": "Ana Lind"}],
            "tags": ["a"],
        }
    ]


def test_feeds_begin_with_the_newest() -> None:
    posts = feed(site("", "", ""))
    order = ["posts/3/", "posts/2/", "posts/1/"]
    ids = [text(one, "id") for one in atom(posts).iter(f"{ATOM}entry")]
    assert ids == [SITE.url + url for url in order]
    assert [item["url"] for item in as_json(posts)["items"]] == ids


def test_a_feed_without_essays_is_valid() -> None:
    empty = Feed("", "T", ())
    assert text(atom(empty), "updated") == "1970-01-01T00:00:00Z"
    assert as_json(empty)["items"] == []


def test_an_essay_without_text_still_has_content() -> None:
    posts = feed(site("", text=""))
    assert as_json(posts)["items"][0]["content_html"] == ""
    assert atom(posts).find(f"{ATOM}entry/{ATOM}content") is not None


def test_every_link_of_a_feed_is_absolute() -> None:
    posts = feed(site("tags: [a]", text="[a](b.md) ![c](d.png) [e](#f) <img srcset='g.png 2x'>"))
    bodies = [text(one, "content") for one in atom(posts).iter(f"{ATOM}entry")]
    bodies += [item["content_html"] for item in as_json(posts)["items"]]
    found = [link for body in bodies for link in re.findall(r'(?:href|src|srcset)="([^"]*)"', body)]
    found += [link.get("href") or "" for link in atom(posts).iter(f"{ATOM}link")]
    assert len(found) == 4 + 4 + 3
    assert all(urlsplit(link).scheme == "https" for link in found)


def test_an_address_in_a_feed_is_a_url() -> None:
    posts = feed(site("slug: grün"))
    identity = text(next(atom(posts).iter(f"{ATOM}entry")), "id")
    assert identity == "https://example.org/blog/posts/gr%C3%BCn/"
    assert as_json(posts)["items"][0]["url"] == identity


def test_a_moment_is_told_in_utc_whatever_the_year() -> None:
    made = entry("date: 0999-05-06 07:08:09 +02:00", "posts/a.md")
    posts = feed(index([made]))
    assert as_json(posts)["items"][0]["date_published"] == "0999-05-06T05:08:09Z"


def test_equal_inputs_give_equal_bytes() -> None:
    first, second = (feed(site("tags: [b, a]", "")) for _ in range(2))
    for make in feeds.FORMATS.values():
        assert make(first, SITE, entry_in(SITE)) == make(second, SITE, entry_in(SITE))


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF)), max_size=3))
def test_a_feed_made_of_entries_is_written_as_one_text_would_be(bodies: list[str]) -> None:
    days = [entry("", f"posts/2026-01-{day:02}-{day}.md") for day in range(1, len(bodies) + 1)]
    pages = [convert(f"# {day.slug}\n\n{body}") for day, body in zip(days, bodies, strict=True)]
    made = feed(index(days, {day.path: page for day, page in zip(days, pages, strict=True)}))
    as_one = feeds.json_feed(made, SITE, entry_in(SITE))
    assert as_one == indented(as_one, indent=1) + b"\n"
    tree = atom(made)
    contents = [text(one, "content") for one in tree.iter(f"{ATOM}entry")]
    assert contents == [content(post) for post in made.posts]
    etree.indent(tree)
    assert etree.tostring(tree) == etree.tostring(atom(made))


TITLES = st.text(min_size=1, max_size=20).filter(lambda t: t.strip())


@settings(max_examples=100)
@given(TITLES)
def test_any_title_gives_feeds_that_parse(title: str) -> None:
    made = entry("", "posts/2026-01-01-a.md")
    page = convert(f"# {title}\n\n{title}")
    bare = index([made], {made.path: page}).posts[0]
    name = page.title or "x"
    post = Post(bare.entry, Conversion.of(page), name, bare.readtime, bare.terms, (Author(name),))
    made_feed = Feed("", name, [post])
    control = re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", title)
    if not control:  # such a file is refused before it is converted
        assert next(atom(made_feed).iter(f"{ATOM}entry")) is not None
        assert as_json(made_feed)["items"][0]["title"] == post.title


# -- sitemap, robots, redirects ------------------------------------------------------------------


def test_the_sitemap_lists_every_address_in_order() -> None:
    made = sitemap(
        [("posts/größe/", datetime(2026, 1, 2, 3, tzinfo=UTC)), ("", None), ("a&b/", None)], SITE
    )
    root = etree.fromstring(made)  # noqa: S314 - ours
    assert root.tag == f"{SITEMAP}urlset"
    found = [(one.findtext(f"{SITEMAP}loc"), one.findtext(f"{SITEMAP}lastmod")) for one in root]
    assert found == [
        ("https://example.org/blog/", None),
        ("https://example.org/blog/a%26b/", None),
        ("https://example.org/blog/posts/gr%C3%B6%C3%9Fe/", "2026-01-02"),
    ]


def test_robots_are_let_in_and_told_of_the_sitemap() -> None:
    assert robots(SITE).decode().splitlines() == [
        "User-agent: *",
        "Allow: /",
        "Sitemap: https://example.org/blog/sitemap.xml",
    ]
    assert b"Sitemap" not in robots(SiteFacts("x"))


class Page(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def first(self, tag: str, **attributes: str) -> dict[str, str | None]:
        wanted = attributes.items()
        return next(have for name, have in self.elements if name == tag and wanted <= have.items())


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("old/", "old/index.html"),
        ("2019/05/old/", "2019/05/old/index.html"),
        ("old.html", "old.html"),
        ("a b/é/", "a b/é/index.html"),
        ("posts/", "posts/index.html"),
    ],
)
def test_a_redirect_leads_to_the_essay_from_any_depth_without_a_script(
    alias: str, path: str
) -> None:
    made = redirect(alias, "posts/größe/", "A <title> & 'more'", SITE)
    assert output_path(alias) == path
    page = Page(made)
    assert "script" not in [tag for tag, _ in page.elements]
    refresh = page.first("meta", **{"http-equiv": "refresh"})["content"] or ""
    at = "https://example.org/blog/" + path
    for shown in (refresh.removeprefix("0; url="), page.first("a")["href"] or ""):
        assert unquote(urljoin(at, shown)) == "https://example.org/blog/posts/größe/"
    assert page.first("meta", name="robots")["content"] == "noindex"
    canonical = page.first("link", rel="canonical")["href"]
    assert canonical == "https://example.org/blog/posts/gr%C3%B6%C3%9Fe/"
    assert page.first("html")["lang"] == "de"
    assert b"A &lt;title&gt; &amp; &#x27;more&#x27;" in made


def test_a_redirect_of_a_site_without_an_address_has_no_canonical_link() -> None:
    assert b"canonical" not in redirect("old/", "posts/a/", "T", SiteFacts("x"))


# -- structured data -------------------------------------------------------------------------------


def test_structured_data_says_what_the_essay_is_and_the_way_to_it() -> None:
    post = site("description: D\nauthors: [ana]\ntags: [a]").posts[0]
    posting, way = json.loads(json_ld(post, SITE, "https://example.org/i.png"))["@graph"]
    assert posting == {
        "@type": "BlogPosting",
        "headline": "A title",
        "url": "https://example.org/blog/posts/1/",
        "mainEntityOfPage": "https://example.org/blog/posts/1/",
        "datePublished": "2026-01-01T00:00:00+00:00",
        "dateModified": "2026-01-01T00:00:00+00:00",
        "description": "D",
        "wordCount": 1,
        "inLanguage": "de",
        "image": "https://example.org/i.png",
        "author": [{"@type": "Person", "name": "Ana Lind"}],
        "keywords": ["a"],
        "isPartOf": {"@type": "Blog", "name": "A blog & more", "url": "https://example.org/blog/"},
    }
    assert way["@type"] == "BreadcrumbList"
    assert [(step["position"], step["item"]) for step in way["itemListElement"]] == [
        (1, "https://example.org/blog/"),
        (2, "https://example.org/blog/posts/1/"),
    ]


PIECES = st.sampled_from(["</script>", "<!--", "<script>", "-->", "&lt;", "]]>", '"', "\\", "</"])


@settings(max_examples=150)
@given(st.lists(PIECES | st.text(max_size=4), min_size=1).map("".join).filter(bool))
def test_structured_data_cannot_leave_its_script_element(title: str) -> None:
    bare = site("").posts[0]
    post = Post(bare.entry, bare.conversion, title, 1, {}, (Author(title),))
    data = json_ld(post, SiteFacts(title, "https://example.org/"), "")
    assert not set(data) & set("<>&")
    assert json.loads(data)["@graph"][0]["headline"] == title
