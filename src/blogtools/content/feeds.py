"""Atom and JSON feeds, made from the model and not from pages; equal inputs give equal bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as etree

from msgspec import Struct
from msgspec.json import encode
from msgspec.json import format as indented

from blogtools.model.project import SiteFacts
from blogtools.model.site import Post

from . import formulas
from .links import written

_ATOM = "http://www.w3.org/2005/Atom"
_EPOCH = datetime.fromtimestamp(0, UTC)

_ON_DARK_PAGES = re.compile(r"<img\b[^>]*#(?:only-dark|gh-dark-mode-only)\"[^>]*>")

#: Returns an essay's full HTML with absolute links.
Content = Callable[[Post], str]


class Feed(Struct, frozen=True):
    """One list of essays to subscribe to.

    Attributes:
        folder: Where its files live, and the page they belong to, relative to the site.
        title: Its name.
        posts: Its essays, the newest first.
    """

    folder: str
    title: str
    posts: Sequence[Post]


def for_any_reader(content: str) -> str:
    """Return HTML without what our stylesheets would hide: pictures for dark pages, math twice."""
    return formulas.for_any_reader(_ON_DARK_PAGES.sub("", content))


def _stamp(moment: datetime) -> str:
    # Not strftime, which writes the year 999 with three digits.
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def atom(feed: Feed, site: SiteFacts, content: Content) -> bytes:
    """Return a feed as Atom (RFC 4287).

    Args:
        feed: What to list.
        site: The site; its ``url`` must be set, since a feed is read elsewhere.
        content: Gives an essay's HTML with absolute links.
    """
    root = etree.Element("feed", xmlns=_ATOM)
    if site.language:
        root.set("xml:lang", site.language)
    _text(root, "title", feed.title)
    if site.description:
        _text(root, "subtitle", site.description)
    folder = site.url + written(feed.folder)
    _text(root, "id", folder)
    etree.SubElement(root, "link", rel="self", href=f"{folder}feed.xml")
    etree.SubElement(root, "link", rel="alternate", href=folder)
    _text(root, "updated", _stamp(max((post.updated for post in feed.posts), default=_EPOCH)))
    _author(root, site.author or site.name)
    for post in feed.posts:
        _entry(root, post, site, content)
    etree.indent(root)
    body: bytes = etree.tostring(root, "utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _entry(root: etree.Element, post: Post, site: SiteFacts, content: Content) -> None:
    entry = etree.SubElement(root, "entry")
    if own := post.entry.document.front.lang:
        entry.set("xml:lang", own)
    _text(entry, "title", post.title)
    address = site.url + written(post.url)
    etree.SubElement(entry, "link", rel="alternate", href=address)
    _text(entry, "id", address)
    _text(entry, "published", _stamp(post.date))
    _text(entry, "updated", _stamp(post.updated))
    for author in post.authors:
        _author(entry, author.name)
    for label in _labels(post):
        etree.SubElement(entry, "category", term=label)
    if post.description:
        _text(entry, "summary", post.description)
    _text(entry, "content", content(post)).set("type", "html")


def _author(parent: etree.Element, name: str) -> None:
    _text(etree.SubElement(parent, "author"), "name", name)


def _text(parent: etree.Element, tag: str, text: str) -> etree.Element:
    element = etree.SubElement(parent, tag)
    element.text = text
    return element


def _labels(post: Post) -> list[str]:
    """Return an essay's labels, but for its authors, who have their own place, and its year."""
    hidden = ("authors", "archive")
    labels = (t.label for name, terms in post.terms.items() if name not in hidden for t in terms)
    return list(dict.fromkeys(labels))


def json_feed(feed: Feed, site: SiteFacts, content: Content) -> bytes:
    """Return a feed as JSON Feed 1.1; the arguments are those of `atom`."""
    body: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": site.url + written(feed.folder),
        "feed_url": f"{site.url}{written(feed.folder)}feed.json",
        "description": site.description,
        "language": site.language,
        "items": [_item(post, site, content) for post in feed.posts],
    }
    return _dump(body)


def _item(post: Post, site: SiteFacts, content: Content) -> dict[str, Any]:
    address = site.url + written(post.url)
    item = {
        "id": address,
        "url": address,
        "title": post.title,
        "content_html": content(post),
        "summary": post.description,
        "date_published": _stamp(post.date),
        "date_modified": _stamp(post.updated),
        "authors": [{"name": author.name} for author in post.authors],
        "tags": _labels(post),
        "language": post.entry.document.front.lang,
    }
    return {key: value for key, value in item.items() if value or key == "content_html"}


def _dump(body: dict[str, Any]) -> bytes:
    kept = {key: value for key, value in body.items() if value or key == "items"}
    return indented(encode(kept), indent=1) + b"\n"


#: What makes a feed, by the name of its file.
FORMATS: Mapping[str, Callable[[Feed, SiteFacts, Content], bytes]] = {
    "feed.xml": atom,
    "feed.json": json_feed,
}
