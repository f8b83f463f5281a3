"""What templates see of the pages that list essays and terms, and of the one on the release."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from blogtools.app.blog import Edition
from blogtools.content.links import way
from blogtools.model.document import Author
from blogtools.model.interface import direction
from blogtools.model.rendered import Brief
from blogtools.model.site import Listing, Overview, Post, Term

from .view_parts import MARKS, FeedView, TermView, feeds_of, shown_terms

# How many page numbers stand beside the current one, before a gap.
_NEAR = 2


class ItemView(Struct, frozen=True, dict=True):
    """An essay in a list."""

    edition: Edition
    post: Post
    here: str

    @cached_property
    def _brief(self) -> Brief:
        return self.post.conversion.brief()

    @property
    def href(self) -> str:
        """Return the address of the essay."""
        return way(self.post.url, self.here)

    @property
    def title(self) -> str:
        """Return its title."""
        return self.post.title

    @property
    def anchor(self) -> str:
        """Return an id for its heading in the list."""
        return f"essay-{self.post.entry.slug}"

    @property
    def excerpt(self) -> str:
        """Return its beginning as HTML."""
        brief = self._brief
        return self.edition.html(
            brief.excerpt, brief.links, self.post.entry.document, self.post.url, self.here
        )

    @property
    def more(self) -> bool:
        """Return whether there is more to read."""
        return self._brief.truncated

    @property
    def mark(self) -> str:
        """Return the key of a word for an essay that is not out yet, or nothing."""
        return MARKS[self.post.entry.status]

    @property
    def pinned(self) -> bool:
        """Return whether the home page shows it first."""
        return self.post.pinned

    @property
    def language(self) -> str:
        """Return its own language, or nothing where it has the site's."""
        return self.post.entry.document.front.lang

    @property
    def direction(self) -> str:
        """Return the direction of its text; asked only where it has its own language."""
        return self.post.entry.document.front.dir or direction(self.language)

    @property
    def authors(self) -> tuple[Author, ...]:
        """Return who wrote it."""
        return self.post.authors


class PageLink(Struct, frozen=True):
    """A page of a list; number 0 stands for a gap."""

    number: int
    href: str
    here: bool


class ListingView(Struct, frozen=True, dict=True):
    """One page of a list of essays."""

    edition: Edition
    listing: Listing

    @property
    def heading(self) -> str:
        """Return what it lists."""
        return self.listing.title

    @property
    def number(self) -> int:
        """Return which page it is."""
        return self.listing.number

    @property
    def term(self) -> Term | None:
        """Return the term whose essays it lists; None on the home page."""
        return self.listing.term

    @property
    def kind(self) -> str:
        """Return the taxonomy of the term, or nothing."""
        return self.listing.term.taxonomy if self.listing.term else ""

    @property
    def up(self) -> str:
        """Return the address of the taxonomy's page."""
        overview = self.edition.overview(self.kind)
        return way(overview.url, self.listing.url) if overview else ""

    @property
    def lead(self) -> str:
        """Return what an author says of themselves on the page of their essays."""
        label = self.listing.term.label if self.listing.term else ""
        authors = (a for post in self.listing.posts[:1] for a in post.authors if a.name == label)
        return next((a.description for a in authors), "") if self.kind == "authors" else ""

    @property
    def count(self) -> int:
        """Return how many essays a term has; 0 on the home page."""
        return self.listing.total if self.listing.term else 0

    @cached_property
    def series(self) -> tuple[TermView, ...]:
        """Return the series that the home page shows."""
        return tuple(shown_terms(self.edition.home_series, self.listing.url))

    @cached_property
    def topics(self) -> tuple[TermView, ...]:
        """Return the topics that the home page shows."""
        return tuple(shown_terms(self.edition.home_topics, self.listing.url))

    @property
    def topics_href(self) -> str:
        """Return the address of the page of all topics."""
        overview = self.edition.overview("tags")
        return way(overview.url, self.listing.url) if overview else ""

    @cached_property
    def items(self) -> tuple[ItemView, ...]:
        """Return the essays of this page."""
        return tuple(ItemView(self.edition, post, self.listing.url) for post in self.listing.posts)

    @cached_property
    def pages(self) -> tuple[PageLink, ...]:
        """Return links to the other pages: the first, the last, the near ones, gaps between."""
        return tuple(self._page_links())

    def _page_links(self) -> Iterator[PageLink]:
        last, current, before = len(self.listing.pages), self.listing.number, 0
        for number in range(1, last + 1):
            if number in (1, last) or abs(number - current) <= _NEAR:
                if number != before + 1:
                    yield PageLink(0, "", here=False)
                url = self.listing.pages[number - 1]
                yield PageLink(number, way(url, self.listing.url), number == current)
                before = number

    @cached_property
    def feeds(self) -> tuple[FeedView, ...]:
        """Return the feeds of this list."""
        return tuple(feeds_of(self.edition, self.listing, self.listing.url))


class OverviewView(Struct, frozen=True, dict=True):
    """A taxonomy's own page."""

    edition: Edition
    overview: Overview

    @property
    def heading(self) -> str:
        """Return the taxonomy's title."""
        return self.overview.title

    @cached_property
    def terms(self) -> tuple[TermView, ...]:
        """Return its terms with how many essays each has."""
        return tuple(
            TermView(term.label, way(term.url, self.overview.url), count)
            for term, count in self.overview.counts
        )

    @cached_property
    def shelves(self) -> tuple[tuple[TermView, tuple[ItemView, ...]], ...]:
        """Return its terms, each with its essays, where these are named."""
        edition, here = self.edition, self.overview.url
        items = [tuple(ItemView(edition, p, here) for p in posts) for posts in self.overview.essays]
        return tuple(zip(self.terms, items, strict=False))


class EvidenceView(Struct, frozen=True):
    """The page that says what a release passed, as long as nothing is released."""

    heading: str
