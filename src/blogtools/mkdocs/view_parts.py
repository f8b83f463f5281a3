"""What several kinds of pages show: links, terms, feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from blogtools.app.blog import Edition
from blogtools.content.links import way
from blogtools.model.site import Listing, Status, Term

#: The word for an essay that is not out, as a key of the interface.
MARKS = {Status.DRAFT: "draft", Status.SCHEDULED: "scheduled", Status.PUBLISHED: ""}
_FEED_TYPES = (("feed.xml", "application/atom+xml"), ("feed.json", "application/feed+json"))


class Anchor(Struct, frozen=True):
    """A link with its text."""

    href: str
    title: str
    here: bool = False


class TermView(Struct, frozen=True):
    """Something to choose from a list: its address for this page, and how many essays it has."""

    label: str
    href: str
    count: int | None = None


class FeedView(Struct, frozen=True):
    """A feed that the page announces."""

    type: str
    title: str
    href: str


def shown_terms(terms: Iterable[tuple[Term, int]], here: str) -> Iterator[TermView]:
    """Yield terms with how many essays each has."""
    return (TermView(term.label, way(term.url, here), count) for term, count in terms)


def feeds_of(edition: Edition, listing: Listing, here: str) -> Iterator[FeedView]:
    """Yield the feeds of a list."""
    if listing.feed is not None and edition.project.site.url:
        for name, kind in _FEED_TYPES:
            yield FeedView(kind, listing.title, way(f"{listing.feed}{name}", here))
