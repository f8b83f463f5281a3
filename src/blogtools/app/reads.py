"""What each page and each feed is made from, in words: compared with the last build's.

What a template is given (``mkdocs/views.py``) is computed from nothing else. A page that shows more
must say so here; the oracle in the tests finds what was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from blogtools.build.ledger import LinksChecked, Reads
from blogtools.content.feeds import Feed
from blogtools.model.digest import digest_of
from blogtools.model.site import Generated, Listing, Overview, Post, ReferenceList

if TYPE_CHECKING:
    from .blog import Edition

Links = Mapping[str, LinksChecked]


def post(edition: Edition, post: Post, links: Links) -> Reads:
    """Return what an essay's own page is made from."""
    found = {
        "its text": post.conversion.facts.text,
        "its front matter": digest_of(card(post), post.entry.document.front, post.entry.updated),
        "where its links lead": links[post.path].targets,
    }
    older, newer = edition.index.neighbours(post)
    front = post.entry.document.front
    several = {
        "the essay before it": older and _named([older]),
        "the essay after it": newer and _named([newer]),
        "the related essays": _named(edition.related(post)),
        "its authors": (post.authors, post.terms.get("authors")),
        "its terms": post.terms,
        "its series": [_named(edition.index.posts_with(t)) for t in post.terms.get("series", ())],
        "its further reading": [_title(edition, file) for file in links[post.path].files]
        if front.links
        else [],
    }
    return found | {name: digest_of(value) for name, value in several.items() if value}


def _title(edition: Edition, path: str) -> str:
    other = edition.index.by_path.get(path)
    return other.title if other else ""


def _named(posts: Iterable[Post]) -> list[tuple[str, str]]:
    return [(post.url, post.title) for post in posts]


def card(post: Post) -> bytes:
    """Return the digest of what lists say of an essay, but for its excerpt."""
    entry = post.entry
    return digest_of(
        post.url,
        post.title,
        entry.status,
        entry.slug,
        post.date,
        post.readtime,
        post.pinned,
        post.description,
        post.authors,
    )


def generated(page: Generated, links: Links) -> Reads:
    """Return what a page that the engine makes is made from."""
    match page:
        case Listing():
            return dict(_listing(page, links))
        case Overview():
            return {"its terms": digest_of(page)}
        case ReferenceList():
            return {"the companions": digest_of([(c.label, c.url) for c in page.companions])}


def _listing(page: Listing, links: Links) -> Iterator[tuple[str, bytes]]:
    shown = (page.title, page.number, page.pages, page.total, page.term, page.feed)
    yield "which essays it lists", digest_of(shown, [post.path for post in page.posts])
    for one in page.posts:
        yield one.path, digest_of(card(one), one.conversion.facts.excerpt, links[one.path].targets)


def feed(feed: Feed, links: Links) -> Reads:
    """Return what a feed is made from."""
    found = {"which essays it lists": digest_of(feed.title, [post.path for post in feed.posts])}
    for one in feed.posts:
        facts, labels = one.conversion.facts, one.terms
        found[one.path] = digest_of(
            card(one), one.updated, facts.text, links[one.path].targets, labels
        )
    return found
