"""Every address that the site names leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest

from tests.site.html import Links, Page, pages
from tests.site.support import succeed, tree

ADDRESS = "https://notes.example/blog/"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def links(site: Path) -> Links:
    return Links(site, ADDRESS)


def test_every_link_of_every_page_leads_to_a_page_an_anchor_or_a_file(
    site: Path, links: Links
) -> None:
    broken = {page.url: links.broken(page) for page in pages(site)}
    assert {url: found for url, found in broken.items() if found} == {}


def test_the_crawler_would_have_noticed(tmp_path: Path) -> None:
    page = '<p id="here"><a href="{}">x</a></p>'
    for link in ("nowhere/", "#nowhere", "other/#nowhere", "/elsewhere", "x.png", "../"):
        (tmp_path / "other").mkdir(exist_ok=True)
        (tmp_path / "other/index.html").write_text(page.format("#here"))
        (tmp_path / "index.html").write_text(page.format(link))
        assert Links(tmp_path, ADDRESS).broken(Page(tmp_path, "")) == [link]
        assert Links(tmp_path, ADDRESS).broken(Page(tmp_path, "other/")) == []


@pytest.mark.parametrize("config", ["mkdocs.nav.yml", "mkdocs.flat.yml"])
def test_links_are_right_with_a_navigation_and_with_flat_addresses(blog: Path, config: str) -> None:
    succeed(blog, "blogtools", "build", "-f", config, "-d", "site-other")
    links = Links(blog / "site-other", ADDRESS)
    broken = {page.url: links.broken(page) for page in pages(links.site)}
    assert {url: found for url, found in broken.items() if found} == {}


def test_links_are_right_among_drafts(preview: Path) -> None:
    links = Links(preview, ADDRESS)
    broken = {page.url: links.broken(page) for page in pages(preview)}
    assert {url: found for url, found in broken.items() if found} == {}


def test_the_links_in_feeds_are_absolute_and_lead_somewhere(site: Path, links: Links) -> None:
    feeds = sorted(site.rglob("feed.json"))
    assert len(feeds) > 10
    for file in feeds:
        for item in json.loads(file.read_text("utf-8"))["items"]:
            content = Page(site, "")
            content.__dict__["source"] = item["content_html"]
            named = [link for link in content.links() if not link.startswith("mailto:")]
            assert all(link.startswith("https://") for link in [item["url"], *named])
            assert not [link for link in [item["url"], *named] if links.leads_nowhere(link)]


def test_the_sitemap_names_every_page_and_nothing_else(site: Path) -> None:
    root = etree.fromstring((site / "sitemap.xml").read_bytes())  # noqa: S314 - our own
    named = [location.text or "" for location in root.iter(f"{_SITEMAP}loc")]
    canonical = [
        page.one("link[rel=canonical]").attributes["href"] or ""
        for page in pages(site)
        if not re.match("reference/tinylib/[^/]+/", page.url)
        and not re.search(r"(^|/)page/\d+/$", page.url)
        and page.url != "404.html"
        and not page.all("meta[http-equiv=refresh]")
    ]
    assert sorted(named) == sorted(canonical)
    assert len(named) == len(set(named)) > 40


def test_no_page_of_the_site_is_an_orphan(site: Path, links: Links) -> None:
    known = {page.url: page for page in pages(site)}
    reached, waiting = set[str](), [""]
    while waiting:
        url = waiting.pop()
        if url not in reached and url in known:
            reached.add(url)
            waiting += [links.path(link, url) for link in known[url].links()]
    redirects = {url for url, page in known.items() if page.all("meta[http-equiv=refresh]")}
    assert known.keys() - reached - redirects <= {"404.html"}


def test_robots_lets_everyone_in_and_names_the_sitemap(site: Path) -> None:
    assert (site / "robots.txt").read_text() == (
        f"User-agent: *\nAllow: /\nSitemap: {ADDRESS}sitemap_index.xml\n"
    )


def test_no_address_asks_a_third_party_for_anything(site: Path) -> None:
    fetched = (
        "script[src], img[src], link[rel=stylesheet], link[rel=icon], iframe[src], source[src]"
    )
    for page in pages(site):
        loaded = [*page.values(fetched, "src"), *page.values(fetched, "href")]
        assert not [link for link in loaded if "//" in link], page.url
        assert not page.all("link[rel=preconnect], link[rel=dns-prefetch]"), page.url
    assert not [
        name
        for name, data in tree(site).items()
        if name.endswith(".css") and b"url(http" in data.replace(b'"', b"")
    ]
