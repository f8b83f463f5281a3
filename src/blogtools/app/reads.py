"""What each page and each feed is made from, in words: compared with the last build's.

What a template is given (``mkdocs/views.py``) is computed from nothing else. A page that shows more
must say so here; the oracle in the tests finds what was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from blogtools.build.ledger import LinksChecked, Reads
from blogtools.content.feeds import Feed
from blogtools.model.digest import digest_of
from blogtools.model.drift import Standing
from blogtools.model.site import (
    ChangesList,
    ChangesPage,
    Generated,
    Listing,
    Overview,
    PackagePage,
    Post,
    ReferenceList,
)

if TYPE_CHECKING:
    from .blog import Edition

Links = Mapping[str, LinksChecked]


class PageReads:
    """Says what pages are made from; what many lists show of an essay is found out once."""

    def __init__(self, edition: Edition, links: Links) -> None:
        """Take the site, and what came of the links of its essays."""
        self._edition = edition
        self._links = links
        self._cards = {one.path: card(one) for one in edition.index.posts}
        self._shown = {
            one.path: _in_a_list(self._cards[one.path], one, links) for one in edition.index.posts
        }

    def post(self, post: Post) -> Mapping[str, object]:
        """Return what an essay's own page is made from."""
        edition, path = self._edition, post.path
        checked = self._links[path]
        found: dict[str, object] = {
            "its text": post.conversion.facts.text,
            "its front matter": (self._cards[path], post.entry.document.front, post.updated),
            "where its links lead": checked.targets,
        }
        older, newer = edition.index.neighbours(post)
        series = post.terms.get("series", ())
        several = {
            "the essay before it": older and _named([older]),
            "the essay after it": newer and _named([newer]),
            "the related essays": _named(edition.related(post)),
            "its translations": [
                (one.url, edition.language(one)) for one in edition.versions(post)
            ],
            "its authors": (post.authors, post.terms.get("authors")),
            "its terms": post.terms,
            "the objects that it discusses": checked.uses,
            "the newer versions of what it was written for": _told(edition.standing(post)),
            "its series": [_named(edition.index.posts_with(term)) for term in series],
            "its further reading": [self._title(file) for file in checked.files]
            if post.entry.document.front.links
            else [],
        }
        return found | {name: value for name, value in several.items() if value}

    def _title(self, path: str) -> str:
        other = self._edition.index.by_path.get(path)
        return other.title if other else ""

    def generated(self, page: Generated) -> Mapping[str, object]:
        """Return what a page that the engine makes is made from."""
        match page:
            case Listing():
                return self._listing(page)
            case Overview():
                return {"its terms": digest_of(page)}
            case ReferenceList():
                shown = [(p.latest.label, p.latest.url, len(p.versions)) for p in page.packages]
                return {"the companions": digest_of(shown)}
            case ChangesPage() | ChangesList():
                return {"what the versions changed": digest_of(page.changes)}
            case PackagePage():
                versions = [(c.version, c.url) for c in page.package.versions]
                latest = page.package.latest.version
                return {"its versions": digest_of(page.title, versions, latest, page.releases)}

    def _listing(self, page: Listing) -> Reads:
        paths = [post.path for post in page.posts]
        shown = (page.title, page.number, page.pages, page.total, page.term, page.feed)
        found = {"which essays it lists": digest_of(shown, paths)}
        if page.term is None and page.number == 1:
            home = self._edition.home_series, self._edition.home_topics
            found |= {"the series and topics": digest_of(home)}
        return found | {path: self._shown[path] for path in paths}


def _told(found: Standing | None) -> object:
    """Return all that an essay's page shows of newer versions."""
    return found and (found.compared, found.ran.code)


def _named(posts: Iterable[Post]) -> list[tuple[str, str]]:
    return [(post.url, post.title) for post in posts]


def _in_a_list(card: bytes, post: Post, links: Links) -> bytes:
    """Return the digest of all that a list shows of an essay."""
    return digest_of(card, post.conversion.facts.excerpt, links[post.path].targets)


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
        entry.document.front.lang,
        entry.document.front.dir,
    )


def feed(feed: Feed, links: Links) -> Reads:
    """Return what a feed is made from."""
    found = {"which essays it lists": digest_of(feed.title, [post.path for post in feed.posts])}
    for one in feed.posts:
        facts, labels = one.conversion.facts, one.terms
        found[one.path] = digest_of(
            card(one), one.updated, facts.text, links[one.path].targets, labels
        )
    return found
