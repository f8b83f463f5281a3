"""What templates see: plain values, every link already right for the page it stands on.

MkDocs' templates do not escape by themselves, so a value is plain text and the template escapes
it, unless its name says HTML (``heading``, ``excerpt``, ``json_ld``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import groupby

from msgspec import Struct

from blogtools.app.blog import Edition
from blogtools.app.cards import card_url, has_card
from blogtools.content.authors import picture_path
from blogtools.content.citing import bibtex
from blogtools.content.destination import Destination, to_use
from blogtools.content.links import absolute, relative, way, written
from blogtools.content.machines import json_ld
from blogtools.content.marks import internal
from blogtools.model.document import Author
from blogtools.model.drift import Code, Compared, Standing, note
from blogtools.model.interface import direction, endonym
from blogtools.model.rendered import Brief
from blogtools.model.site import (
    Listing,
    Overview,
    PackagePage,
    Post,
    ReferenceList,
    Status,
    Term,
)

#: The word for an essay that is not out, as a key of the interface.
_MARKS = {Status.DRAFT: "draft", Status.SCHEDULED: "scheduled", Status.PUBLISHED: ""}
_FEED_TYPES = (("feed.xml", "application/atom+xml"), ("feed.json", "application/feed+json"))
# How many page numbers stand beside the current one, before a gap.
_NEAR = 2


def breakable(name: str) -> str:
    """Return a dotted name as HTML that breaks, where it must, after its dots and underscores."""
    return re.sub(r"\.|(?<=[^._])_+(?=[^._])", r"\g<0><wbr>", html.escape(name))


class Anchor(Struct, frozen=True):
    """A link with its text."""

    href: str
    title: str
    here: bool = False


class AuthorView(Struct, frozen=True):
    """An author with an address for this page, and a picture if there is one."""

    name: str
    href: str
    avatar: str
    description: str = ""
    elsewhere: str = ""

    @property
    def elsewhere_name(self) -> str:
        """Return the address of the author's own site as people write it."""
        return re.sub(r"^https?://(www\.)?|/$", "", self.elsewhere)


class TermView(Struct, frozen=True):
    """Something to choose from a list: its address for this page, and how many essays it has."""

    label: str
    href: str
    count: int | None = None


class SeriesView(Struct, frozen=True):
    """A series from the point of view of one of its parts."""

    label: str
    href: str
    part: int
    posts: tuple[Anchor, ...]


class UsesView(Struct, frozen=True):
    """The objects of one version of a companion that an essay discusses."""

    label: str
    href: str
    objects: tuple[Anchor, ...]


class NewerView(Struct, frozen=True):
    """What became of an essay's version of a package in the newest one.

    Attributes:
        pinned: The version that the essay was written for, with the package.
        newest: The newest version.
        note: What is known, in a word; see `blogtools.model.drift.Note`.
        drifted: The names that are not as they were, each with what became of it.
        code: What became of its code, if that is known and not good.
    """

    pinned: Anchor
    newest: Anchor
    note: str
    drifted: tuple[tuple[str, str], ...]
    code: str


class Translation(Struct, frozen=True):
    """An essay in one of its languages, with its address for this page and for everywhere."""

    href: str
    full: str
    language: str
    name: str
    here: bool


class FeedView(Struct, frozen=True):
    """A feed that the page announces."""

    type: str
    title: str
    href: str


class PostView(Struct, frozen=True, dict=True):
    """An essay's own page."""

    edition: Edition
    post: Post

    @property
    def language(self) -> str:
        """Return the essay's own language, or nothing where it has the site's."""
        return self.post.entry.document.front.lang

    @property
    def direction(self) -> str:
        """Return the direction that the essay names, or nothing."""
        return self.post.entry.document.front.dir

    @cached_property
    def translations(self) -> tuple[Translation, ...]:
        """Return the essay in its other languages."""
        return tuple(one for one in self.alternates if not one.here)

    @cached_property
    def alternates(self) -> tuple[Translation, ...]:
        """Return the essay in all its languages, with full addresses where the site has one."""
        return tuple(map(self._translation, self.edition.versions(self.post)))

    def _translation(self, other: Post) -> Translation:
        language, site = self.edition.language(other), self.edition.project.site.url
        href = way(other.url, self.post.url)
        here = other.path == self.post.path
        full = f"{site}{written(other.url)}" if site else href
        return Translation(href, full, language, endonym(language), here)

    @cached_property
    def hero(self) -> str:
        """Return the address of the picture above the text, or nothing."""
        target = self.edition.hero(self.post)
        if target is None:
            return self.post.entry.document.front.hero
        return "" if target.url is None else relative(target, self.post.url)

    @property
    def hero_alt(self) -> str:
        """Return what stands in for that picture."""
        return self.post.entry.document.front.hero_alt

    @cached_property
    def heading(self) -> str:
        """Return the first-level heading as HTML: the author's own, or the title."""
        if own := self.post.rendered.heading:
            document, url = self.post.entry.document, self.post.url
            return self.edition.html(own, self.post.rendered.links, document, url, url)
        return f"<h1>{html.escape(self.post.title, quote=False)}</h1>"

    @property
    def mark(self) -> str:
        """Return the key of a word for an essay that is not out yet, or nothing."""
        return _MARKS[self.post.entry.status]

    @cached_property
    def authors(self) -> tuple[AuthorView, ...]:
        """Return the authors, each linked to their essays."""
        return tuple(_authors(self.edition, self.post, self.post.url))

    @property
    def described(self) -> tuple[AuthorView, ...]:
        """Return the authors of whom there is something to say."""
        return tuple(author for author in self.authors if author.description)

    @property
    def bibtex(self) -> str:
        """Return what others cite it with."""
        return bibtex(self.post, self.edition.project.site)

    @cached_property
    def terms(self) -> tuple[TermView, ...]:
        """Return what the essay is filed under, but for its authors, series and year."""
        shown = (n for n in self.post.terms if n not in ("authors", "series", "archive"))
        return tuple(
            _term(self.edition, t, self.post.url) for n in shown for t in self.post.terms[n]
        )

    @cached_property
    def series(self) -> tuple[SeriesView, ...]:
        """Return each series that the essay is a part of, once it has a second part."""
        terms = self.post.terms.get("series", ())
        return tuple(self._series(t) for t in terms if len(self.edition.index.posts_with(t)) > 1)

    def _series(self, term: Term) -> SeriesView:
        posts = self.edition.index.posts_with(term)
        parts = tuple(self._anchor(other) for other in posts)
        place = [other.path for other in posts].index(self.post.path) + 1
        return SeriesView(term.label, way(term.url, self.post.url), place, parts)

    def _anchor(self, other: Post) -> Anchor:
        return Anchor(way(other.url, self.post.url), other.title, other.path == self.post.path)

    @cached_property
    def related(self) -> tuple[Anchor, ...]:
        """Return the essays most like this one."""
        return tuple(map(self._anchor, self.edition.related(self.post)))

    @cached_property
    def older(self) -> Anchor | None:
        """Return the essay before this one."""
        older, _ = self.edition.index.neighbours(self.post)
        return self._anchor(older) if older else None

    @cached_property
    def newer(self) -> Anchor | None:
        """Return the essay after this one."""
        _, newer = self.edition.index.neighbours(self.post)
        return self._anchor(newer) if newer else None

    @cached_property
    def further(self) -> tuple[Anchor, ...]:
        """Return the author's further reading."""
        return tuple(
            Anchor(self._address(link.target), link.title or self._title(link.target))
            for link in self.post.entry.document.front.links
        )

    def _address(self, target: str) -> str:
        found = self._resolve(target)
        return target if found is None or found.url is None else relative(found, self.post.url)

    def _title(self, target: str) -> str:
        found = self._resolve(target)
        other = self.edition.index.by_path.get(found.source) if found else None
        return other.title if other else target

    def _resolve(self, target: str) -> Destination | None:
        link = internal(target)
        document = self.post.entry.document
        return None if link is None else self.edition.destination(link, document, self.post.url)

    @cached_property
    def uses(self) -> tuple[UsesView, ...]:
        """Return the objects that the essay discusses, by package and version."""
        return tuple(_uses(self.edition, self.post))

    @cached_property
    def written_for(self) -> tuple[NewerView, ...]:
        """Return what became of each version that the essay was written for, if there are newer."""
        found = self.edition.standing(self.post)
        if found is None:
            return ()
        return tuple(_newer(found, one, self.post.url) for one in found.compared)

    @cached_property
    def feeds(self) -> tuple[FeedView, ...]:
        """Return the site's feeds."""
        return tuple(_feeds(self.edition, self.edition.listings[0], self.post.url))

    @cached_property
    def image(self) -> str:
        """Return the full address of the essay's picture, or nothing."""
        written = self.post.entry.document.front.image
        if has_card(self.edition, self.post):
            return absolute(Destination(card_url(self.post)), self.edition.project.site.url)
        target = self.edition.image(self.post)
        if target is None or target.url is None:
            return written if target is None else ""
        return absolute(target, self.edition.project.site.url)

    @cached_property
    def json_ld(self) -> str:
        """Return the structured data; needs the site's address."""
        site = self.edition.project.site
        return json_ld(self.post, site, self.image) if site.url else ""


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
        return _MARKS[self.post.entry.status]

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
        return tuple(_shown_terms(self.edition.home_series, self.listing.url))

    @cached_property
    def topics(self) -> tuple[TermView, ...]:
        """Return the topics that the home page shows."""
        return tuple(_shown_terms(self.edition.home_topics, self.listing.url))

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
        return tuple(_feeds(self.edition, self.listing, self.listing.url))


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


class ReferencesView(Struct, frozen=True, dict=True):
    """The page that lists the companions' references."""

    listed: ReferenceList

    @property
    def heading(self) -> str:
        """Return the page's title."""
        return self.listed.title

    @cached_property
    def packages(self) -> tuple[PackageEntry, ...]:
        """Return each package."""
        here = self.listed.url
        return tuple(
            PackageEntry(p.latest.label, way(p.latest.url, here), way(p.url, here), len(p.versions))
            for p in self.listed.packages
        )


class PackageEntry(Struct, frozen=True):
    """A package in a list: its latest version, and the way to all."""

    label: str
    href: str
    page: str
    count: int


class VersionView(Struct, frozen=True):
    """A version of a package; ``changes`` is where it says what changed in it, or nothing."""

    version: str
    href: str
    latest: bool
    released: date | None
    licence: str
    changes: str


class PackageView(Struct, frozen=True, dict=True):
    """The page of one package."""

    shown: PackagePage

    @property
    def heading(self) -> str:
        """Return the name of the package."""
        return self.shown.title

    @cached_property
    def versions(self) -> tuple[VersionView, ...]:
        """Return all versions, the newest first."""
        package, here = self.shown.package, self.shown.url
        return tuple(
            VersionView(
                one.version,
                way(one.url, here),
                one == package.latest,
                date.fromisoformat(known.day) if known.day else None,
                known.licence,
                way(known.changes, here) if known.changes else "",
            )
            for one, known in zip(package.versions, self.shown.releases, strict=True)
        )

    @property
    def dated(self) -> bool:
        """Return whether it is known of any version when it came out."""
        return any(one.day for one in self.shown.releases)

    @property
    def licensed(self) -> bool:
        """Return whether the licence of any version is known."""
        return any(one.licence for one in self.shown.releases)

    @property
    def compared(self) -> bool:
        """Return whether there is a page for any version that says what changed in it."""
        return any(one.changes for one in self.shown.releases)


def _shown_terms(terms: Iterable[tuple[Term, int]], here: str) -> Iterator[TermView]:
    return (TermView(term.label, way(term.url, here), count) for term, count in terms)


def _term(edition: Edition, term: Term, here: str) -> TermView:
    return TermView(term.label, way(term.url, here), len(edition.index.posts_with(term)))


def _uses(edition: Edition, post: Post) -> Iterator[UsesView]:
    """Yield the objects of each version together; they come sorted."""
    by_version = groupby(edition.uses(post), key=lambda use: (use.package, use.version))
    for (package, version), uses in by_version:
        reference = edition.addresses.inventory(package, version)
        objects = tuple(Anchor(relative(to_use(use), post.url), use.object) for use in uses)
        href = way(reference.url, post.url) if reference else ""
        yield UsesView(f"{package} {version}", href, objects)


_CODE = {
    Code.DIFFERS: "its code comes to other results",
    Code.FAILED: "its code does not run any more",
}


def _newer(found: Standing, one: Compared, here: str) -> NewerView:
    label = f"reference/{one.package}/"
    code = _CODE.get(found.ran.code, "")
    return NewerView(
        Anchor(way(f"{label}{one.pinned}/", here), f"{one.package} {one.pinned}"),
        Anchor(way(f"{label}{one.newest}/", here), one.newest),
        note(found, one),
        tuple(dict.fromkeys((drifted.symbol, drifted.said) for drifted in one.drifted)),
        f"with the newest versions {code}" if code and len(found.compared) > 1 else code,
    )


def _authors(edition: Edition, post: Post, here: str) -> Iterator[AuthorView]:
    terms = {term.label: term for term in post.terms.get("authors", ())}
    for author in post.authors:
        term = terms.get(author.name)
        yield AuthorView(
            author.name,
            way(term.url, here) if term else "",
            _avatar(edition, author, here),
            author.description,
            author.url,
        )


def _avatar(edition: Edition, author: Author, here: str) -> str:
    """Return a picture's address; a path is one of the site, as Material has it."""
    path = picture_path(author)
    return way(path, here) if path else author.avatar


def _feeds(edition: Edition, listing: Listing, here: str) -> Iterator[FeedView]:
    if listing.feed is not None and edition.project.site.url:
        for name, kind in _FEED_TYPES:
            yield FeedView(kind, listing.title, way(f"{listing.feed}{name}", here))
