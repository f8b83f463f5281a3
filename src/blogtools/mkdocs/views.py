"""What templates see of an essay: plain values, every link already right for the page it stands on.

MkDocs' templates do not escape by themselves, so a value is plain text and the template escapes
it, unless its name says HTML (``heading``, ``excerpt``, ``json_ld``).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from blogtools.app.blog import Edition
from blogtools.app.cards import card_url, has_card
from blogtools.content.authors import picture_path
from blogtools.content.citing import bibtex
from blogtools.content.destination import Destination
from blogtools.content.links import absolute, relative, way, written
from blogtools.content.marks import internal
from blogtools.content.structured import json_ld
from blogtools.model.document import Author
from blogtools.model.interface import endonym
from blogtools.model.outreach_options import filled
from blogtools.model.site import (
    Post,
    Term,
)

from .companion_views import NewerView, UsesView, newer, uses
from .view_parts import MARKS, Anchor, FeedView, TermView, feeds_of


def shown(address: str) -> str:
    """Return an address as people write it; nothing for one of mail."""
    return re.sub(r"^https?://(www\.)?|^mailto:.*|/$", "", address)


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
        return shown(self.elsewhere)


class SeriesView(Struct, frozen=True):
    """A series from the point of view of one of its parts."""

    label: str
    href: str
    part: int
    posts: tuple[Anchor, ...]


class Translation(Struct, frozen=True):
    """An essay in one of its languages, with its address for this page and for everywhere."""

    href: str
    full: str
    language: str
    name: str
    here: bool


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

    @cached_property
    def hero_picture(self) -> str:
        """Return that picture as HTML where its size is known, or nothing."""
        rendered, document, url = self.post.rendered, self.post.entry.document, self.post.url
        return self.edition.html(rendered.hero, rendered.links, document, url, url)

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
        return MARKS[self.post.entry.status]

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

    @cached_property
    def discuss(self) -> tuple[Anchor, ...]:
        """Return where readers may discuss the essay: its own places, then the blog's."""
        front, site = self.post.entry.document.front, self.edition.project.site
        if front.comments is False:
            return ()
        own = (Anchor(link.target, link.title or shown(link.target)) for link in front.discuss)
        url = f"{site.url}{written(self.post.url)}" if site.url else ""
        places = self.edition.project.options.discuss.items()
        return (*own, *(Anchor(filled(to, self.post.title, url), name) for name, to in places))

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
        return tuple(uses(self.edition, self.post))

    @cached_property
    def written_for(self) -> tuple[NewerView, ...]:
        """Return what became of each version that the essay was written for, if there are newer."""
        found = self.edition.standing(self.post)
        if found is None:
            return ()
        return tuple(newer(found, one, self.post.url) for one in found.compared)

    @cached_property
    def feeds(self) -> tuple[FeedView, ...]:
        """Return the site's feeds."""
        return tuple(feeds_of(self.edition, self.edition.listings[0], self.post.url))

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


def _term(edition: Edition, term: Term, here: str) -> TermView:
    return TermView(term.label, way(term.url, here), len(edition.index.posts_with(term)))


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
