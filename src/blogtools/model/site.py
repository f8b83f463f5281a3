"""Essays and pages as the whole site sees them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from msgspec import Struct, field

from .changes import Changes, changes_url
from .companion import Companion, Inventory, Package, normal_name
from .digest import digest_of
from .document import Author, Document
from .elsewhere import Elsewhere
from .rendered import Conversion, Rendered


class Status(StrEnum):
    """Whether an essay is out."""

    PUBLISHED = "published"
    DRAFT = "draft"
    SCHEDULED = "scheduled"


class Entry(Struct, frozen=True):
    """An essay's identity: known from its front matter and name, before it is converted.

    Attributes:
        document: The file.
        date: When it is published, in the blog's time zone.
        updated: When it last changed in substance, in the blog's time zone.
        slug: The last part of its URL.
        url: Its address relative to the site, with a closing slash.
        status: Whether it is out.
    """

    document: Document
    date: datetime
    updated: datetime
    slug: str
    url: str
    status: Status

    @property
    def path(self) -> str:
        """Return the source file, relative to the project."""
        return self.document.source.path


class Term(Struct, frozen=True):
    """One value of a taxonomy: a tag, a series, an author, a year."""

    taxonomy: str
    label: str
    slug: str
    url: str


class Post(Struct, frozen=True):
    """An essay with everything that listings, feeds and its own page say of it."""

    entry: Entry
    conversion: Conversion
    title: str
    readtime: int
    terms: Mapping[str, tuple[Term, ...]]
    authors: tuple[Author, ...]

    @property
    def rendered(self) -> Rendered:
        """Return the converted text, from wherever it is kept."""
        return self.conversion.load()

    @property
    def path(self) -> str:
        """Return the source file, relative to the project."""
        return self.entry.document.source.path

    @property
    def url(self) -> str:
        """Return the address, relative to the site."""
        return self.entry.url

    @property
    def date(self) -> datetime:
        """Return when it was, or will be, published."""
        return self.entry.date

    @property
    def updated(self) -> datetime:
        """Return when it last changed in substance."""
        return self.entry.updated

    @property
    def description(self) -> str:
        """Return the author's own summary, or nothing."""
        return self.entry.document.front.description

    @property
    def pinned(self) -> bool:
        """Return whether the home page shows it first."""
        return self.entry.document.front.pin


class Listing(Struct, frozen=True):
    """One page of a list of essays: of the home page, or of a term.

    Attributes:
        url: Its address relative to the site.
        title: What it lists.
        posts: The essays on this very page.
        number: Which page of how many, from 1.
        pages: The addresses of all its pages, in order.
        term: The term it belongs to; None on the home page.
        feed: The folder of its feeds, relative to the site; None where it has none.
    """

    url: str
    title: str
    posts: tuple[Post, ...]
    total: int
    number: int
    pages: tuple[str, ...]
    term: Term | None = None
    feed: str | None = None


class Overview(Struct, frozen=True):
    """The page of a whole taxonomy.

    Attributes:
        url: Its address.
        title: Its heading.
        taxonomy: The taxonomy.
        counts: Its terms, with how many essays each has.
        essays: The essays of each term, in the same order, if their titles are listed.
    """

    url: str
    title: str
    taxonomy: str
    counts: tuple[tuple[Term, int], ...]
    essays: tuple[tuple[Post, ...], ...] = ()


class ReferenceList(Struct, frozen=True):
    """The page that lists the references of companion packages."""

    packages: tuple[Package, ...]
    url: str = "reference/"
    title: str = "Reference"


class ChangesPage(Struct, frozen=True):
    """The page that says what one release of a companion changed."""

    changes: Changes

    @property
    def url(self) -> str:
        """Return its address, relative to the site."""
        return self.changes.url

    @property
    def title(self) -> str:
        """Return its title."""
        return f"What changed in {self.changes.name} {self.changes.new}"


class ChangesList(Struct, frozen=True):
    """The page that lists what each release of a companion changed, the newest first."""

    name: str
    changes: tuple[Changes, ...]

    @property
    def url(self) -> str:
        """Return its address, relative to the site."""
        return changes_url(self.name)

    @property
    def title(self) -> str:
        """Return its title."""
        return f"What changed in {self.name}"


class Release(Struct, frozen=True):
    """What is known of a version of a package besides its code.

    Attributes:
        day: When it came out (``2026-10-22``), or empty.
        licence: Its licence as an SPDX expression, or empty.
        changes: The address of the page that says what changed in it, relative to the site; empty
            if there is none.
    """

    day: str = ""
    licence: str = ""
    changes: str = ""


class EvidencePage(Struct, frozen=True):
    """The page that says what the published site passed; filled when the site is published."""

    url: str
    title: str


class PackagePage(Struct, frozen=True):
    """The page of one companion package, which lists all its versions.

    Attributes:
        package: The package.
        releases: What is known of each of its versions, in their order.
    """

    package: Package
    releases: tuple[Release, ...]

    @property
    def url(self) -> str:
        """Return its address, relative to the site."""
        return self.package.url

    @property
    def title(self) -> str:
        """Return the name of the package."""
        return self.package.name


#: A page that the engine makes by itself.
Generated = (
    Listing | Overview | ReferenceList | PackagePage | ChangesPage | ChangesList | EvidencePage
)


class Addresses(Struct, frozen=True, dict=True):
    """Where every file of the project ends up, for resolving links.

    Attributes:
        files: Source path to URL, for pages and for files that are copied.
        urls: Every URL of the site, generated pages and feeds included.
        unpublished: Source paths of drafts and future essays that are left out.
        inventories: The symbols of each version of a companion that could be read.
        missing: Top-level modules of companions that could not be read, each with the address of
            its reference; asked only of modules that no package has.
        roots: Folders whose contents can be linked to (the posts and the docs folder).
        packages: The companion packages, each with all versions that the blog documents.
        elsewhere: What other projects document, those that go first first.
    """

    files: Mapping[str, str]
    urls: frozenset[str]
    unpublished: frozenset[str] = frozenset()
    inventories: tuple[Inventory, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Return the source path of each address that a file has."""
        return {url: path for path, url in self.files.items()}

    @cached_property
    def digest(self) -> bytes:
        """Return the digest of all of it; another project's file stands for what is in it."""
        others = [(other.name, other.url, other.digest) for other in self.elsewhere]
        files = (self.files, self.urls, self.unpublished, self.roots)
        return digest_of(files, self.inventories, self.missing, self.packages, others)

    @cached_property
    def _latest(self) -> Mapping[str, Companion]:
        return {normal_name(package.name): package.latest for package in self.packages}

    @cached_property
    def _inventories(self) -> Mapping[tuple[str, str], Inventory]:
        return {(one.name, one.version): one for one in self.inventories}

    def versions(self, pins: Mapping[str, str]) -> Iterator[Companion]:
        """Yield the version of each package that a document speaks of.

        Args:
            pins: The versions that it names; of every other package it speaks of the newest.
        """
        for package, (name, latest) in zip(self.packages, self._latest.items(), strict=True):
            yield (package.find(pins[name]) if name in pins else None) or latest

    def inventory(self, name: str, version: str) -> Inventory | None:
        """Return the symbols of a version of a companion, or None if it could not be read."""
        return self._inventories.get((name, version))


def amended(known: Mapping[str, Post], key: str, post: Post) -> Mapping[str, Post]:
    """Return the same essays by name, but for one, in a time that does not grow with them."""
    changed, same = known.maps if isinstance(known, ChainMap) else ({}, known)
    return ChainMap({**changed, key: post}, same)  # type: ignore[arg-type]  # never written to


class SiteIndex(Struct, frozen=True, dict=True):
    """Everything that pages may know of each other.

    Attributes:
        posts: Every essay, the newest first.
        taxonomies: For each taxonomy, its terms in order, each with its essays.
        authors: The known authors by key.
    """

    posts: tuple[Post, ...]
    taxonomies: Mapping[str, Mapping[Term, tuple[Post, ...]]]
    authors: Mapping[str, Author]

    @cached_property
    def by_path(self) -> Mapping[str, Post]:
        """Return the essays by their source path."""
        return {post.path: post for post in self.posts}

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {post.path: place for place, post in enumerate(self.posts)}

    def revised(self, post: Post) -> SiteIndex:
        """Return the same index with another text of one essay, without a look at the others.

        It is the new one by its path, and among its neighbours; lists still hold the old one.
        """
        index = SiteIndex(self.posts, self.taxonomies, self.authors)
        vars(index)["_positions"] = self._positions
        vars(index)["by_path"] = amended(self.by_path, post.path, post)
        return index

    def posts_with(self, term: Term) -> tuple[Post, ...]:
        """Return the essays that carry a term, in the order its page lists them."""
        return self.taxonomies[term.taxonomy].get(term, ())

    def neighbours(self, post: Post) -> tuple[Post | None, Post | None]:
        """Return the essays before and after this one in time (older, newer)."""
        place = self._positions[post.path]
        older = self.posts[place + 1].path if place + 1 < len(self.posts) else ""
        newer = self.posts[place - 1].path if place else ""
        return self.by_path.get(older), self.by_path.get(newer)
