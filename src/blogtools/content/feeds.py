"""Atom and JSON feeds, made from the model and not from pages; equal inputs give equal bytes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from msgspec import Struct
from msgspec.json import encode
from msgspec.json import format as indented

from blogtools.model.project import SiteFacts
from blogtools.model.site import Post

from . import formulas
from .links import written

_ATOM = "http://www.w3.org/2005/Atom"
# What would be a mere space in an attribute.
_SPACES = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_EPOCH = datetime.fromtimestamp(0, UTC)

_ON_DARK_PAGES = re.compile(r"<img\b[^>]*#(?:only-dark|gh-dark-mode-only)\"[^>]*>")


class FeedEntry(Struct, frozen=True):
    """An essay as feeds have it, which is the same in each of them.

    Attributes:
        atom: In Atom.
        json: In JSON Feed.
    """

    atom: bytes
    json: bytes


#: Returns an essay as feeds have it.
Entries = Callable[[Post], FeedEntry]


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


def feed_entry(post: Post, site: SiteFacts, content: str) -> FeedEntry:
    """Return an essay as feeds have it.

    Args:
        post: The essay.
        site: The site; its ``url`` must be set, since a feed is read elsewhere.
        content: The essay's HTML with absolute links.
    """
    return FeedEntry(_entry(post, site, content), _nested(_item(post, site, content)))


def atom(feed: Feed, site: SiteFacts, entries: Entries) -> bytes:
    """Return a feed as Atom (RFC 4287).

    Args:
        feed: What to list.
        site: The site; its ``url`` must be set, since a feed is read elsewhere.
        entries: Gives an essay as feeds have it.
    """
    folder = site.url + written(feed.folder)
    about = (
        _text("title", feed.title),
        *([_text("subtitle", site.description)] if site.description else ()),
        _text("id", folder),
        _link("self", f"{folder}feed.xml"),
        _link("alternate", folder),
        _text("updated", _stamp(max((post.updated for post in feed.posts), default=_EPOCH))),
        *_author(site.author or site.name),
    )
    opening = _opening("feed", {"xmlns": _ATOM, "xml:lang": site.language})
    head = _lines(['<?xml version="1.0" encoding="utf-8"?>', opening], about)
    return b"\n".join((head, *(entries(post).atom for post in feed.posts), b"</feed>\n"))


def _lines(lines: Iterable[str], inside: Iterable[str], indent: str = "") -> bytes:
    """Return lines, and those that are within the last of them two characters further in."""
    both = (*(indent + line for line in lines), *(f"{indent}  {line}" for line in inside))
    return "\n".join(both).encode("utf-8", "xmlcharrefreplace")


def _entry(post: Post, site: SiteFacts, content: str) -> bytes:
    address = site.url + written(post.url)
    about = (
        _text("title", post.title),
        _link("alternate", address),
        _text("id", address),
        _text("published", _stamp(post.date)),
        _text("updated", _stamp(post.updated)),
        *chain.from_iterable(_author(author.name) for author in post.authors),
        *(_empty("category", {"term": label}) for label in _labels(post)),
        *([_text("summary", post.description)] if post.description else ()),
    )
    opening = _opening("entry", {"xml:lang": post.entry.document.front.lang})
    head = _lines([opening], about, "  ")
    return b'%b\n    <content type="html">%b</content>\n  </entry>' % (head, _whole(content))


def _whole(content: str) -> bytes:
    """Return HTML as text within XML; long texts are escaped quickest as bytes."""
    data = content.encode("utf-8", "xmlcharrefreplace")
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def _author(name: str) -> tuple[str, ...]:
    return "<author>", f"  {_text('name', name)}", "</author>"


def _link(rel: str, address: str) -> str:
    return _empty("link", {"rel": rel, "href": address})


def _text(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text, quote=False)}</{tag}>"


def _opening(tag: str, attributes: Mapping[str, str]) -> str:
    return f"<{tag}{_attributes(attributes)}>"


def _empty(tag: str, attributes: Mapping[str, str]) -> str:
    return f"<{tag}{_attributes(attributes)} />"


def _attributes(given: Mapping[str, str]) -> str:
    values = {name: html.escape(value).translate(_SPACES) for name, value in given.items() if value}
    return "".join(f' {name}="{value}"' for name, value in values.items())


def _labels(post: Post) -> list[str]:
    """Return an essay's labels, but for its authors, who have their own place, and its year."""
    hidden = ("authors", "archive")
    labels = (t.label for name, terms in post.terms.items() if name not in hidden for t in terms)
    return list(dict.fromkeys(labels))


def json_feed(feed: Feed, site: SiteFacts, entries: Entries) -> bytes:
    """Return a feed as JSON Feed 1.1; the arguments are those of `atom`."""
    about = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": site.url + written(feed.folder),
        "feed_url": f"{site.url}{written(feed.folder)}feed.json",
        "description": site.description,
        "language": site.language,
    }
    kept = {key: value for key, value in about.items() if value}
    empty = _pretty({**kept, "items": []})
    if not feed.posts:
        return empty + b"\n"
    items = b",\n".join(entries(post).json for post in feed.posts)
    return empty.removesuffix(b"]\n}") + b"\n" + items + b"\n ]\n}\n"


def _item(post: Post, site: SiteFacts, content: str) -> dict[str, Any]:
    address = site.url + written(post.url)
    item = {
        "id": address,
        "url": address,
        "title": post.title,
        "content_html": content,
        "summary": post.description,
        "date_published": _stamp(post.date),
        "date_modified": _stamp(post.updated),
        "authors": [{"name": author.name} for author in post.authors],
        "tags": _labels(post),
        "language": post.entry.document.front.lang,
    }
    return {key: value for key, value in item.items() if value or key == "content_html"}


def _pretty(value: dict[str, Any]) -> bytes:
    return indented(encode(value), indent=1)


def _nested(item: dict[str, Any]) -> bytes:
    """Return an item in its place in a feed, two levels further in; no text has line ends."""
    return b"  " + _pretty(item).replace(b"\n", b"\n  ")


#: What makes a feed, by the name of its file.
FORMATS: Mapping[str, Callable[[Feed, SiteFacts, Entries], bytes]] = {
    "feed.xml": atom,
    "feed.json": json_feed,
}
