"""How converted posts become a site. The same for every way to build."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from itertools import chain, groupby

from msgspec import Struct, field
from msgspec.structs import replace

from blogtools.build.ledger import LinksChecked
from blogtools.build.memory import Memory
from blogtools.build.plan import Target
from blogtools.content import authors as author_file
from blogtools.content import feeds, machines
from blogtools.content.addresses import collisions, output_path, redirects
from blogtools.content.destination import Destination
from blogtools.content.index import (
    build_index,
    check_index,
    listings,
    newest_first,
    overviews,
)
from blogtools.content.links import absolute, relative, resolve
from blogtools.content.marks import fill, internal, marked
from blogtools.content.options import option_place, read_config
from blogtools.content.related import related, traits
from blogtools.content.releasing import release_styles
from blogtools.model.changes import Changes
from blogtools.model.companion import Companion, Lock, Locked
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.digest import digest_of
from blogtools.model.discussion import Discussions, Use
from blogtools.model.document import Document
from blogtools.model.drift import Standing
from blogtools.model.interface import voice
from blogtools.model.project import Project
from blogtools.model.release import EVIDENCE, STYLES
from blogtools.model.rendered import Conversion, Link
from blogtools.model.site import (
    Addresses,
    ChangesList,
    ChangesPage,
    Entry,
    EvidencePage,
    Generated,
    Listing,
    Overview,
    PackagePage,
    Post,
    ReferenceList,
    Release,
    SiteIndex,
    Term,
    amended,
)

from . import reads
from .cards import cards, unwritable
from .discussing import discussions
from .link_checks import Subject, check_links
from .ports import Since, nothing_since
from .reading import Manuscripts, authors_file, bundles
from .results import is_result
from .standing import standing

# How many series and topics the home page shows.
_SERIES, _TOPICS = 6, 24


class Page(Struct, frozen=True):
    """A page that is not an essay, as far as links are concerned."""

    document: Document
    url: str
    conversion: Conversion


class Edition(Struct, frozen=True, dict=True):
    """A whole site, ready to be composed.

    Attributes:
        project: The configuration.
        index: What pages know of each other.
        addresses: Where every file ends up.
        base: The path part of the site's address.
        memory: What is known from the last build.
        changes: What the releases of companions changed.
        lock: What is known of the versions of companions besides their code.
        since: Tells what changed in a companion from a version to the latest.
    """

    project: Project
    index: SiteIndex
    addresses: Addresses
    base: str
    memory: Memory
    changes: tuple[Changes, ...] = ()
    lock: Lock = field(default_factory=Lock)
    since: Since = nothing_since

    def destination(self, link: Link, document: Document, url: str) -> Destination:
        """Return what a link leads to that stands in a document of this address."""
        return resolve(link, document, url, self.addresses, self.base)

    def html(
        self, fragment: str, links: Sequence[Link], document: Document, url: str, here: str
    ) -> str:
        """Return a piece of a document with its links right for another page.

        Args:
            fragment: The piece, with marks.
            links: The document's links; broken ones stay as written.
            document: The document.
            url: Its own address.
            here: The address of the page that shows the piece.
        """

        def address(number: int) -> str:
            target = self.destination(links[number], document, url)
            return links[number].target if target.url is None else relative(target, here)

        return fill(fragment, {number: address(number) for number in marked(fragment)})

    def feed_entry(self, post: Post) -> feeds.FeedEntry:
        """Return an essay as feeds have it."""
        return feeds.feed_entry(post, self.project.site, self._html_anywhere(post))

    def _html_anywhere(self, post: Post) -> str:
        """Return an essay with absolute links, for readers elsewhere."""
        rendered, site = post.rendered, self.project.site.url

        def address(link: Link) -> str:
            target = self.destination(link, post.entry.document, post.url)
            return link.target if target.url is None else absolute(target, site)

        return feeds.for_any_reader(fill(rendered.html, list(map(address, rendered.links))))

    def image(self, post: Post) -> Destination | None:
        """Return an essay's picture, if it has one that is a file of the site."""
        document = post.entry.document
        link = image_link(document)
        return self.destination(link, document, post.url) if link else None

    def hero(self, post: Post) -> Destination | None:
        """Return the picture above an essay's text, if it has one that is a file of the site."""
        document = post.entry.document
        link = hero_link(document)
        return self.destination(link, document, post.url) if link else None

    def further(self, post: Post) -> tuple[str, ...]:
        """Return the titles of the essays among an essay's further reading."""
        document, known = post.entry.document, self.index.by_path
        sources = (
            self.destination(link, document, post.url).source for link in further_reading(document)
        )
        return tuple(known[source].title for source in sources if source in known)

    @cached_property
    def _translations(self) -> Mapping[str, tuple[str, ...]]:
        """Return for each essay that is translated the files of all its versions."""
        known = self.index.by_path
        originals = {}
        for post in self.index.posts:
            if (link := translation_link(post.entry.document)) is not None:
                source = self.destination(link, post.entry.document, post.url).source
                if source in known and source != post.path:
                    originals[post.path] = source
        groups: dict[str, list[str]] = {}
        for path, original in originals.items():
            groups.setdefault(originals.get(original, original), []).append(path)
        versions = ((first, *sorted({*others} - {first})) for first, others in groups.items())
        return {path: group for group in versions for path in group}

    def versions(self, post: Post) -> tuple[Post, ...]:
        """Return an essay in all its languages, the original first; none if it has only one."""
        return tuple(self.index.by_path[path] for path in self._translations.get(post.path, ()))

    def language(self, post: Post) -> str:
        """Return the language of an essay."""
        return post.entry.document.front.lang or self.project.site.language

    @cached_property
    def outline(self) -> bytes:
        """Return the digest of all that essays say of themselves but for their texts."""
        return reads.outline(self.index, self.project.options)

    @cached_property
    def _related(self) -> Mapping[str, tuple[str, ...]]:
        posts, count, memory = self.index.posts, self.project.options.related, self.memory
        # Most edits leave the outline as it is, which is known already.
        decided = digest_of("traits", memory.environment, self.outline)
        key = digest_of(
            *("related", memory.environment, count),
            memory.value(decided, bytes, lambda: digest_of(list(map(traits, posts)))),
        )
        return memory.value(key, dict[str, tuple[str, ...]], lambda: related(posts, count))

    def related(self, post: Post) -> tuple[Post, ...]:
        """Return the essays most like this one, the likest first."""
        return tuple(self.index.by_path[path] for path in self._related.get(post.path, ()))

    @cached_property
    def discussions(self) -> Discussions:
        """Return which published essays discuss which objects; known once links were checked."""
        posts = self.index.posts if self.addresses.packages else ()
        return discussions(posts, self.memory.links)

    def uses(self, post: Post) -> tuple[Use, ...]:
        """Return the objects that an essay discusses; known once links were checked."""
        return self.memory.links[post.path].uses

    @cached_property
    def _standings(self) -> dict[str, Standing | None]:
        return {}

    def standing(self, post: Post) -> Standing | None:
        """Return how an essay stands against newer versions; None where there are none."""
        if not post.entry.document.front.companions:
            return None
        known = self._standings
        if post.path not in known:
            known[post.path] = standing(self, post)
        return known[post.path]

    def revised(self, post: Post) -> Edition:
        """Return the same site with another text of one essay."""
        edition = replace(self, index=self.index.revised(post))
        vars(edition)["by_url"] = amended(self.by_url, post.url, post)
        # Nothing of this depends on what a text says.
        for name in ("outline", "_related", "_translations", "listings", "discussions"):
            vars(edition)[name] = getattr(self, name)
        return edition

    def prepare(self) -> None:
        """Find out now what every page asks for, before the work is given to several processes."""
        self.prepare_outline()
        _ = self.discussions
        for post in self.index.posts:
            self.standing(post)

    def prepare_outline(self) -> None:
        """Find out of that what can be known before links are checked."""
        _ = self._related, self._translations, self.listings, self.by_url

    @cached_property
    def listings(self) -> tuple[Listing, ...]:
        """Return every page that lists essays."""
        return tuple(listings(self.index, self.project.options, self.project.site.name))

    @cached_property
    def made(self) -> tuple[Generated, ...]:
        """Return every page that the engine makes by itself."""
        evidence = EvidencePage(EVIDENCE, voice(self.project.site.language)("evidence"))
        return (*self.overviews, *self._references, *self._changed, evidence, *self.listings)

    @property
    def _changed(self) -> Iterator[Generated]:
        for name, changes in groupby(self.changes, key=lambda found: found.name):
            several = tuple(changes)
            yield ChangesList(name, several)
            yield from map(ChangesPage, several)

    @property
    def _references(self) -> Iterator[Generated]:
        """Yield the pages that lead to the references: one for all packages, and one for each."""
        if packages := self.addresses.packages:
            yield ReferenceList(packages)
        for package in packages:
            yield PackagePage(package, tuple(map(self._release, package.versions)))

    def _release(self, companion: Companion) -> Release:
        changed = (
            c.url for c in self.changes if (c.name, c.new) == (companion.name, companion.version)
        )
        locked = self.lock.find(companion) or Locked(companion.name, companion.version)
        return Release(locked.uploaded, locked.licence, next(changed, ""))

    @cached_property
    def origins(self) -> reads.Origins:
        """Return what the pages of essays follow from; known once links were checked."""
        return reads.Origins(self)

    @cached_property
    def by_url(self) -> Mapping[str, Post]:
        """Return the essays by their addresses."""
        return {post.url: post for post in self.index.posts}

    @cached_property
    def generated(self) -> Mapping[str, Generated]:
        """Return the pages that the engine makes by itself, by their addresses."""
        return {page.url: page for page in self.made}

    @cached_property
    def overviews(self) -> tuple[Overview, ...]:
        """Return the page of each taxonomy."""
        return tuple(overviews(self.index, self.project.options))

    @cached_property
    def home_series(self) -> tuple[tuple[Term, int], ...]:
        """Return the series that the home page shows: those that went on last, first."""
        terms = self.index.taxonomies.get("series", {})
        newest = sorted(terms.items(), key=lambda item: item[1][-1].date, reverse=True)
        return tuple((term, len(posts)) for term, posts in newest[:_SERIES])

    @cached_property
    def home_topics(self) -> tuple[tuple[Term, int], ...]:
        """Return the topics that the home page shows: those with the most essays, in order."""
        terms = self.index.taxonomies.get("tags", {})
        most = sorted(terms.items(), key=lambda item: len(item[1]), reverse=True)[:_TOPICS]
        chosen = {term for term, _ in most}
        return tuple((term, len(posts)) for term, posts in terms.items() if term in chosen)

    def overview(self, taxonomy: str) -> Overview | None:
        """Return the page of a taxonomy, or None where it has none."""
        return next((one for one in self.overviews if one.taxonomy == taxonomy), None)


def image_link(document: Document) -> Link | None:
    """Return the front matter's picture as a link, or None if there is none in this site."""
    return internal(document.front.image, embeds=True)


def hero_link(document: Document) -> Link | None:
    """Return the picture above the text as a link, or None if there is none in this site."""
    return internal(document.front.hero, embeds=True)


def translation_link(document: Document) -> Link | None:
    """Return the way to the essay that one is a translation of, or None."""
    return internal(document.front.translation_of)


def assemble(
    project: Project,
    manuscripts: Manuscripts,
    converted: Mapping[str, Conversion],
    addresses: Addresses,
    base: str,
    memory: Memory | None = None,
    changes: tuple[Changes, ...] = (),
    lock: Lock | None = None,
    since: Since = nothing_since,
) -> Edition:
    """Bring converted essays together.

    Args:
        project: The configuration.
        manuscripts: The essays.
        converted: What each visible essay was converted to, by its path.
        addresses: Where every file ends up.
        base: The path part of the site's address.
        memory: What is known from the last build.
        changes: What the releases of companions changed.
        lock: What is known of the versions of companions besides their code.
        since: Tells what changed in a companion from a version to the latest.
    """
    index = build_index(manuscripts.visible, converted, manuscripts.authors, project.options)
    known = memory or Memory.of_nothing(project.root)
    return Edition(project, index, addresses, base, known, changes, lock or Lock(), since)


class Examined(Struct, frozen=True, dict=True):
    """A site that was looked through.

    Attributes:
        diagnostics: Everything that is wrong, sorted by file and line.
        links: What came of the links of each document, by its path.
        assets: The paths of the files beside essays that the published site needs.
    """

    diagnostics: tuple[Diagnostic, ...]
    links: Mapping[str, LinksChecked]
    assets: frozenset[str]


def examine(
    edition: Edition,
    manuscripts: Manuscripts,
    pages: Iterable[Page],
    taken: Mapping[str, str],
    workers: int = 1,
) -> Examined:
    """Find everything that is wrong with a site, and what of the author's files it needs.

    Args:
        edition: The site.
        manuscripts: Its essays.
        pages: Its other pages.
        taken: The owner of each output that is no essay and no alias.
        workers: How many processes look at links.
    """
    conversions = {post.path: post.conversion for post in _understood(edition)}
    conversions |= {page.document.source.path: page.conversion for page in pages}
    subjects = [*map(_post_subject, edition.index.posts), *map(_page_subject, pages)]
    links = check_links(
        subjects,
        conversions,
        edition.addresses,
        edition.base,
        edition.memory,
        workers,
        edition.prepare_outline,
    )
    drawn_anew = {one.source for c in conversions.values() for one in c.facts.media.pictures}
    assets = used_assets(edition.project, links.values(), manuscripts, drawn_anew)
    entries = tuple(post.entry for post in _understood(edition))
    addresses = {path: manuscripts.assets[path] for path in assets}
    found = {
        *manuscripts.diagnostics,
        *check_index(edition.index),
        *_collisions(edition, entries, taken, addresses),
        *_doubled(edition),
        *unwritable(edition),
        *_avatars(edition, manuscripts),
        *chain.from_iterable(checked.diagnostics for checked in links.values()),
    }
    return Examined(tuple(sorted(found)), links, assets)


def _collisions(
    edition: Edition, entries: Sequence[Entry], taken: Mapping[str, str], assets: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Return a diagnostic for each address that is taken, as `collisions` does.

    That there is none is remembered. Those that there are stand at lines, which may change.
    """
    memory, find = edition.memory, partial(collisions, entries, taken, assets)
    key = digest_of("collisions", memory.environment, edition.outline, taken, assets)
    free = memory.value(key, bool, lambda: next(find(), None) is None)
    return () if free else tuple(find())


def _understood(edition: Edition) -> Iterator[Post]:
    return (post for post in edition.index.posts if post.entry.document.understood)


def check(
    edition: Edition, manuscripts: Manuscripts, pages: Iterable[Page], taken: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Return everything that is wrong with a site, sorted by file and line; see `examine`."""
    return examine(edition, manuscripts, tuple(pages), taken).diagnostics


def _post_subject(post: Post) -> Subject:
    return Subject(post.entry.document, post.url, post.conversion, _links_of_front_matter)


def _links_of_front_matter(document: Document) -> tuple[Link, ...]:
    single = (image_link(document), hero_link(document), translation_link(document))
    return (*filter(None, single), *further_reading(document))


def _page_subject(page: Page) -> Subject:
    return Subject(page.document, page.url, page.conversion)


def _avatars(edition: Edition, manuscripts: Manuscripts) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each author whose picture is no file of the site."""
    project = edition.project
    file = authors_file(project, edition.memory) or project.posts_dir / author_file.FILE_NAME
    for key, author in manuscripts.authors.items():
        path = author_file.picture_path(author)
        if path and path not in edition.addresses.urls:
            line, column = read_config(file).locate(("authors", key, "avatar"))
            message = f"there is no file '{author.avatar}' in the site"
            hint = "Put the picture into the docs folder, and write its path from there"
            code = "authors/no-avatar"
            yield Diagnostic(project.relative(file), line, column, code, message, hint)


def _doubled(edition: Edition) -> Iterator[Diagnostic]:
    """Yield a diagnostic where two generated pages would share an address: options disagree.

    Two terms of one taxonomy are told apart elsewhere, at the essays that name them.
    """
    seen: dict[str, Generated] = {}
    for page in edition.made:
        other = seen.setdefault(page.url, page)
        if other is not page and _family(other) != _family(page):
            file = edition.project.config_file
            line, column = option_place(file, ("taxonomies",))
            message = f"the pages '{other.title}' and '{page.title}' would share /{page.url}"
            hint = "Give a taxonomy another 'path', or the list of essays another 'home'"
            yield Diagnostic(file.name, line, column, "url/collision", message, hint)


def _family(page: Generated) -> tuple[type[Generated], str]:
    """Return which pages a page belongs to: the terms of one taxonomy are a family."""
    if isinstance(page, Overview):
        return Overview, page.taxonomy
    term = page.term if isinstance(page, Listing) else None
    return type(page), term.taxonomy if term else ""


def further_reading(document: Document) -> Iterator[Link]:
    """Yield the front matter's links that lead to something of this site."""
    for link in document.front.links:
        if found := internal(link.target):
            yield found


def used_assets(
    project: Project,
    links: Iterable[LinksChecked],
    manuscripts: Manuscripts,
    drawn_anew: Collection[str] = (),
) -> frozenset[str]:
    """Return the paths of the files beside essays that the published site needs.

    A file is published if its essay's folder is, or if a published page links to it: what only a
    draft shows stays at home, and so does a picture that is only shown as it is drawn anew.
    """
    linked = {file for checked in links for file in checked.files}
    owned = _owned(project, manuscripts).difference(drawn_anew)
    return frozenset((linked & manuscripts.assets.keys()) | owned)


def _owned(project: Project, manuscripts: Manuscripts) -> set[str]:
    """Return the paths of the files that lie in the folder of a visible essay.

    The results of its code are left out: figures are published because the page shows them.
    """
    if not manuscripts.assets:
        return set()
    known = bundles(project, (*manuscripts.visible, *manuscripts.hidden))
    shown = {entry.path for entry in manuscripts.visible}
    owners = ((path, known.owner(path)) for path in manuscripts.assets)
    return {
        path
        for path, owner in owners
        if owner and owner.path in shown and not is_result(project, owner.document, path)
    }


def made_from_the_model(edition: Edition, sitemap: Sequence[str], robots: bool) -> Iterator[Target]:
    """Yield every file that is made from the model alone: feeds, sitemap, redirects.

    Args:
        edition: The site, with the links of its essays checked.
        sitemap: The addresses of the pages that are no essays.
        robots: Whether a robots.txt is to be made.
    """
    yield from cards(edition)
    # Without the release's name, which no page knows: publishing puts it there.
    yield Target(STYLES, {}, release_styles)
    site = edition.project.site
    if site.url:
        yield from _feeds(edition)
        yield _sitemap(edition, sitemap)
    maps = sitemaps(edition) if site.url else ()
    if len(maps) > 1:
        yield Target(
            "sitemap_index.xml",
            {"the sitemaps": digest_of(maps)},
            lambda: machines.sitemap_index(maps, site),
        )
    if robots:
        first = "sitemap_index.xml" if len(maps) > 1 else "sitemap.xml"
        yield Target(
            "robots.txt", {"the sitemap": digest_of(first)}, lambda: machines.robots(site, first)
        )
    titles = {post.url: post.title for post in edition.index.posts}
    for alias, url in redirects(post.entry for post in edition.index.posts):
        yield _redirect(edition, alias, url, titles[url])


def sitemaps(edition: Edition) -> tuple[str, ...]:
    """Return the addresses of the sitemaps: the site's own, and one for each package.

    A package has that of its latest version: no search should lead to another.
    """
    addresses = edition.addresses
    known = {inventory.url for inventory in addresses.inventories}
    latest = (package.latest.url for package in addresses.packages)
    return "sitemap.xml", *(f"{url}sitemap.xml" for url in latest if url in known)


def _sitemap(edition: Edition, others: Sequence[str]) -> Target:
    site = edition.project.site

    def urls() -> list[tuple[str, datetime | None]]:
        return [
            *((p.url, p.updated) for p in edition.index.posts),
            *((url, None) for url in others),
        ]

    def what() -> Mapping[str, object]:
        said = [(url, moment.date().isoformat() if moment else "") for url, moment in urls()]
        return {"the pages of the site": digest_of(said)}

    origin = digest_of(edition.outline, others)
    return Target("sitemap.xml", what, lambda: machines.sitemap(urls(), site), origin=origin)


def _redirect(edition: Edition, alias: str, url: str, title: str) -> Target:
    site = edition.project.site
    return Target(
        output_path(alias),
        {"the essay it leads to": digest_of(alias, url, title)},
        lambda: machines.redirect(alias, url, title, site),
    )


def _feeds(edition: Edition) -> Iterator[Target]:
    entries = _remembered(edition.feed_entry)
    for listing in edition.listings:
        if listing.number == 1 and listing.feed is not None:
            feed = _feed(edition, listing)
            what = partial(reads.feed, feed, edition.memory.links)
            for name, make in feeds.FORMATS.items():
                path = f"{feed.folder}{name}"
                written = partial(make, feed, edition.project.site, entries)
                origin = edition.origins.at(path, feed.posts)
                yield Target(path, what, written, origin=origin)


def _feed(edition: Edition, listing: Listing) -> feeds.Feed:
    newest = newest_first(edition.index, listing.term)[: edition.project.options.feed_size]
    name = edition.project.site.name
    title = f"{name}: {listing.term.label}" if listing.term else name
    return feeds.Feed(listing.feed or "", title, newest)


def _remembered(entry: feeds.Entries) -> feeds.Entries:
    known: dict[str, feeds.FeedEntry] = {}

    def of(post: Post) -> feeds.FeedEntry:
        if post.path not in known:
            known[post.path] = entry(post)
        return known[post.path]

    return of
