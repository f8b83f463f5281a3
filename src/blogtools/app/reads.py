"""What each page and each feed is made from, in words: compared with the last build's.

What a template is given (``mkdocs/views.py`` and its siblings) is computed from nothing else. A
page that shows more must say so here; the oracle in the tests finds what was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from blogtools.build.ledger import LinksChecked, Reads
from blogtools.content.feeds import Feed
from blogtools.model.digest import digest, digest_of
from blogtools.model.drift import Standing
from blogtools.model.project import BlogOptions
from blogtools.model.site import (
    ChangesList,
    ChangesPage,
    EvidencePage,
    Generated,
    Listing,
    Overview,
    PackagePage,
    Post,
    ReferenceList,
    SiteIndex,
)

if TYPE_CHECKING:
    from .blog import Edition

Links = Mapping[str, LinksChecked]


def outline(index: SiteIndex, options: BlogOptions) -> bytes:
    """Return the digest of what all that any page shows of other essays than its own follows from.

    That is everything but their texts. Front matter stands for what was understood of it, which
    would take three times as long to go through.
    """
    return digest_of(options, index.authors, list(map(_said, index.posts)))


def _said(post: Post) -> tuple[object, ...]:
    document = post.entry.document
    front, undated = document.head or document.front, document.front.date is None
    return (
        *(post.path, front, document.understood, post.title),
        *(post.url, post.entry.status, post.date if undated else None),
    )


class Origins:
    """Says, by one digest, what the reads of a page of essays follow from.

    It changes more often than they do, and is much quicker to know: an edit of one text leaves
    those of all pages but a few as they were, and nobody has to ask what they are made from.
    """

    def __init__(self, edition: Edition) -> None:
        """Take the site, with the links of its essays checked."""
        self._edition = edition
        self._outline = edition.outline
        self._known: dict[int, bytes] = {}
        memory = edition.memory
        self._last = memory.last.made if memory.agree("outline", self._outline) else {}
        # The essays from which something else follows than in the last build, or may do so.
        same = memory.linked_as_before()
        self._moved = {
            id(post)
            for post in edition.index.posts
            if post.entry.document.front.companions or post.path not in same
        }

    def at(self, path: str, posts: Sequence[Post]) -> bytes:
        """Return the digest for a page; see `of`.

        Args:
            path: Where the page stands.
            posts: The essays that it shows. Which ones these are must follow from what all essays
                say of themselves, but not from their texts.
        """
        last = self._last.get(path)
        if last is not None and self._moved.isdisjoint(map(id, posts)):
            return last.origin
        return self.of(posts)

    def of(self, posts: Iterable[Post]) -> bytes:
        """Return the digest for what shows what follows from the texts of some essays.

        It is empty where nobody can know it.
        """
        # An essay stands on many lists, and its path would have to be looked up each time. All live
        # as long as the edition, so that none has the identity of another.
        known = self._known
        own = [known.get(id(post)) or self._follow(post) for post in posts]
        return digest(b"".join((self._outline, *own))) if all(own) else b""

    def _follow(self, post: Post) -> bytes:
        """Return the digest of all that follows from an essay's text, and of where links lead."""
        edition, memory = self._edition, self._edition.memory
        converted = memory.conversions.get(post.path)
        if converted is None:
            return b""
        links = memory.links[post.path]
        followed = self._known[id(post)] = digest_of(
            converted.place, links.targets, links.files, links.uses, _told(edition.standing(post))
        )
        return followed


class PageReads:
    """Says what pages are made from; what many lists show of an essay is found out once."""

    def __init__(self, edition: Edition, *, whole: bool = False, placed: bool = False) -> None:
        """Take the site, with the links of its essays checked.

        Args:
            edition: The site.
            whole: Whether templates of the author's may show all that there is of an essay.
            placed: Whether a page shows where its file is, such as in a link to edit it.
        """
        self._edition = edition
        self._whole = whole
        self._placed = placed or whole
        self._links: Links = edition.memory.links
        self._cards: dict[str, bytes] = {}
        self._shown: dict[str, bytes] = {}

    def _card(self, post: Post) -> bytes:
        known = self._cards.get(post.path)
        if known is None:
            known = self._cards[post.path] = card(post)
        return known

    def _in_a_list(self, post: Post) -> bytes:
        """Return the digest of all that a list shows of an essay."""
        known = self._shown.get(post.path)
        if known is None:
            excerpt, targets = post.conversion.facts.excerpt, self._links[post.path].targets
            rest = _everything(post) if self._whole else ()
            known = self._shown[post.path] = digest_of(self._card(post), excerpt, targets, *rest)
        return known

    def post(self, post: Post) -> Mapping[str, object]:
        """Return what an essay's own page is made from."""
        edition, path = self._edition, post.path
        checked = self._links[path]
        found: dict[str, object] = {
            "its text": post.conversion.facts.text,
            "its front matter": (self._card(post), post.entry.document.front, post.updated),
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
            "its further reading": edition.further(post),
            "where its file is": path if self._placed else "",
        }
        if self._whole:
            several["its file"] = post.entry.document.source.digest
            several["how many essays its terms have"] = [
                len(edition.index.posts_with(term)) for term in chain(*post.terms.values())
            ]
        return found | {name: value for name, value in several.items() if value}

    def generated(self, page: Generated) -> Mapping[str, object]:
        """Return what a page that the engine makes is made from."""
        match page:
            case Listing():
                return self._listing(page)
            case Overview():
                return self._overview(page)
            case ReferenceList():
                shown = [(p.latest.label, p.latest.url, len(p.versions)) for p in page.packages]
                return {"the companions": digest_of(shown)}
            case EvidencePage():
                return {"its title": digest_of(page.title)}
            case ChangesPage() | ChangesList():
                return {"what the versions changed": digest_of(page.changes)}
            case PackagePage():
                versions = [(c.version, c.url) for c in page.package.versions]
                latest = page.package.latest.version
                return {"its versions": digest_of(page.title, versions, latest, page.releases)}

    def _overview(self, page: Overview) -> Reads:
        found = {"its terms": digest_of(page.url, page.title, page.taxonomy, page.counts)}
        essays = list(chain(*page.essays))
        shown = [(p.url, p.title, p.date, p.entry.status, _tongue(p)) for p in essays]
        # Such a template may as well show their excerpts.
        if self._whole:
            found |= {_shown_of(post): self._in_a_list(post) for post in essays}
        return found | ({"the essays that it names": digest_of(shown)} if shown else {})

    def _listing(self, page: Listing) -> Reads:
        listed = [post.path for post in page.posts]
        shown = (page.title, page.number, page.pages, page.total, page.term, page.feed)
        found = {"which essays it lists": digest_of(shown, listed)}
        if self._whole or (page.term is None and page.number == 1):
            home = self._edition.home_series, self._edition.home_topics
            found |= {"the series and topics": digest_of(home)}
        return found | {_shown_of(post): self._in_a_list(post) for post in page.posts}


def _shown_of(post: Post) -> str:
    """Return in words what a list is made from: also where the links of an essay lead."""
    return f"what it shows of {post.path}"


def _everything(post: Post) -> tuple[object, ...]:
    """Return all that follows from an essay's file, and may be shown where it stands in a list."""
    document = post.entry.document
    told = (document.front, dict(document.positions), document.source.digest, post.conversion.facts)
    return (post.path, *told, post.updated, post.terms, post.authors)


def _tongue(post: Post) -> tuple[str, str]:
    front = post.entry.document.front
    return front.lang, front.dir


def _told(found: Standing | None) -> object:
    """Return all that an essay's page shows of newer versions."""
    return found and (found.compared, found.ran.code)


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
        entry.document.front.lang,
        entry.document.front.dir,
    )


def front(post: Post) -> bytes:
    """Return the digest of what an essay's copy says above its text."""
    return digest_of(card(post), post.updated, post.terms)


def feed(feed: Feed, links: Links) -> Reads:
    """Return what a feed is made from."""
    found = {"which essays it lists": digest_of(feed.title, [post.path for post in feed.posts])}
    for one in feed.posts:
        facts, labels = one.conversion.facts, one.terms
        found[_shown_of(one)] = digest_of(
            card(one), one.updated, facts.text, links[one.path].targets, labels
        )
    return found
