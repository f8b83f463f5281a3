"""Atom and JSON feeds, made from the model and not from pages; equal inputs give equal bytes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    folder = site.url + written(feed.folder)
    lines = [
        _opening("feed", {"xmlns": _ATOM, "xml:lang": site.language}),
        _text("title", feed.title),
        *([_text("subtitle", site.description)] if site.description else ()),
        _text("id", folder),
        _link("self", f"{folder}feed.xml"),
        _link("alternate", folder),
        _text("updated", _stamp(max((post.updated for post in feed.posts), default=_EPOCH))),
        *_author(site.author or site.name),
        *chain.from_iterable(_entry(post, site, content) for post in feed.posts),
    ]
    body = "\n  ".join(lines)
    document = f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n</feed>\n'
    return document.encode("utf-8", "xmlcharrefreplace")


def _entry(post: Post, site: SiteFacts, content: Content) -> Iterator[str]:
    """Yield the lines of an essay, those within it two characters further to the right."""
    address = site.url + written(post.url)
    yield _opening("entry", {"xml:lang": post.entry.document.front.lang})
    inside = [
        _text("title", post.title),
        _link("alternate", address),
        _text("id", address),
        _text("published", _stamp(post.date)),
        _text("updated", _stamp(post.updated)),
        *chain.from_iterable(_author(author.name) for author in post.authors),
        *(_empty("category", {"term": label}) for label in _labels(post)),
        *([_text("summary", post.description)] if post.description else ()),
        f'<content type="html">{_escaped(content(post))}</content>',
    ]
    yield from (f"  {line}" for line in inside)
    yield "</entry>"


def _author(name: str) -> tuple[str, ...]:
    return "<author>", f"  {_text('name', name)}", "</author>"


def _link(rel: str, address: str) -> str:
    return _empty("link", {"rel": rel, "href": address})


def _text(tag: str, text: str) -> str:
    return f"<{tag}>{_escaped(text)}</{tag}>"


def _opening(tag: str, attributes: Mapping[str, str]) -> str:
    return f"<{tag}{_attributes(attributes)}>"


def _empty(tag: str, attributes: Mapping[str, str]) -> str:
    return f"<{tag}{_attributes(attributes)} />"


def _attributes(given: Mapping[str, str]) -> str:
    values = {name: html.escape(value).translate(_SPACES) for name, value in given.items() if value}
    return "".join(f' {name}="{value}"' for name, value in values.items())


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


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
