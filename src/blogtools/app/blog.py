"""How posts become a site: read, convert, assemble. The same for every way to build."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from blogtools.content import authors as author_file
from blogtools.content import feeds, machines
from blogtools.content.addresses import collisions, redirects
from blogtools.content.bundles import Bundles
from blogtools.content.documents import read_post
from blogtools.content.entries import is_visible, make_entry
from blogtools.content.index import build_index, check_index, listings, overviews
from blogtools.content.links import Target, absolute, broken, relative, resolve
from blogtools.content.marks import fill, internal
from blogtools.content.options import option_place, read_config
from blogtools.content.related import related
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.document import Author, Document
from blogtools.model.output import Output
from blogtools.model.project import Project
from blogtools.model.rendered import Link, Rendered
from blogtools.model.site import (
    Addresses,
    Entry,
    Generated,
    Listing,
    Overview,
    Post,
    ReferenceList,
    SiteIndex,
)
from blogtools.model.source import Source


@dataclass(frozen=True)
class Manuscripts:
    """The author's folder as it was read: nothing is converted yet.

    Attributes:
        visible: The essays that take part in this build, those with mistakes among them.
        hidden: Drafts and future essays, which do not.
        authors: The known authors by key.
        assets: Every other file of the folder, by its path, with its address.
        diagnostics: What is wrong with front matter, names and dates.
    """

    visible: tuple[Entry, ...]
    hidden: tuple[Entry, ...]
    authors: Mapping[str, Author]
    assets: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


def read(project: Project) -> Manuscripts:
    """Read the folder of essays.

    Args:
        project: Where it is, and what is visible.

    Returns:
        Every essay, as far as it can be understood, and everything that is wrong with them.
    """
    everything = sorted(_files(project.posts_dir), key=project.relative)
    files = [file for file in everything if not _unfit(file)]
    taxonomies = tuple(project.options.active_taxonomies)
    results = [_entry(project, file, taxonomies) for file in files if file.suffix == ".md"]
    entries = [entry for entry, _ in results]
    found = [wrong for _, diagnostics in results for wrong in diagnostics]
    people, wrong = _authors(project)
    visible = tuple(e for e in entries if is_visible(e, drafts=project.drafts))
    shown = {entry.path for entry in visible}
    return Manuscripts(
        visible=visible,
        hidden=tuple(entry for entry in entries if entry.path not in shown),
        authors=people,
        assets=dict(_assets(project, files, entries, shown)),
        diagnostics=(*found, *wrong, *_missing_folder(project), *_misnamed(project, everything)),
    )


def _missing_folder(project: Project) -> Iterator[Diagnostic]:
    """Yield a diagnostic if there are no essays because their folder is not there."""
    if not project.posts_dir.is_dir():
        message = f"there is no folder '{project.options.posts_dir}' with essays"
        hint = "Make it, or name the right one with 'posts_dir'"
        yield Diagnostic(project.config_file.name, 1, 1, "config/no-posts", message, hint)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, without hidden ones and what lies in hidden folders."""
    if folder.is_dir():
        for file in folder.rglob("*"):
            parts = file.relative_to(folder).parts
            if (file.is_file() or _dangles(file)) and not any(
                part.startswith(".") for part in parts
            ):
                yield file


def _dangles(file: Path) -> bool:
    """Return whether a file is a link to nothing, which its author ought to know of."""
    return file.is_symlink() and not file.exists()


def _unfit(file: Path) -> bool:
    """Return whether a file's name is no text, or not on one line."""
    return any(unicodedata.category(char) in ("Cc", "Cs") for char in str(file))


def _misnamed(project: Project, files: Iterable[Path]) -> Iterator[Diagnostic]:
    for file in filter(_unfit, files):
        path = "".join(map(_shown, project.relative(file)))
        message = "the file's name holds what cannot stand in a URL"
        yield Diagnostic(path, 1, 1, "file/name", message, "Rename the file")


def _shown(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def _entry(
    project: Project, file: Path, taxonomies: tuple[str, ...]
) -> tuple[Entry, tuple[Diagnostic, ...]]:
    source, unreadable = read_file(project, file)
    document, wrong = read_post(source, taxonomies)
    entry, undated = make_entry(document, project.options, project.now)
    return entry, unreadable or (wrong + undated if document.understood else wrong)


def read_file(project: Project, file: Path) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Read a file of the author's; one that cannot be read is empty, and says why."""
    path = project.relative(file)
    try:
        return Source(path, file, file.read_bytes()), ()
    except OSError as failed:
        message = f"the file cannot be read: {failed.strerror}"
        hint = "Check that it is there, and its permissions"
        return Source(path, file, b""), (Diagnostic(path, 1, 1, "file/unreadable", message, hint),)


def _authors(project: Project) -> tuple[Mapping[str, Author], tuple[Diagnostic, ...]]:
    file = _authors_file(project)
    if file is None:
        return {}, ()
    source, unreadable = read_file(project, file)
    return ({}, unreadable) if unreadable else author_file.read_authors(source)


def _authors_file(project: Project) -> Path | None:
    """Return the file of authors: among the essays, or beside their folder as Material has it."""
    folders = [project.posts_dir]
    if project.posts_dir.is_relative_to(project.docs_dir):
        folders.append(project.posts_dir.parent)
    files = (folder / author_file.FILE_NAME for folder in folders)
    return next((file for file in files if file.is_file()), None)


def _assets(
    project: Project, files: Iterable[Path], entries: Iterable[Entry], shown: set[str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, address) of each file that is no essay.

    What lies in the folder of a visible essay with an ``index.md`` moves with that essay; the rest
    keeps its place below the folder of all essays.
    """
    bundles = _bundles(project, entries)
    for file in files:
        if file.suffix != ".md":
            path = project.relative(file)
            owner = bundles.owner(path)
            if owner and owner.path in shown:
                inside = file.relative_to(owner.document.source.file.parent).as_posix()
                yield path, f"{owner.url}{inside}"
            else:
                inside = file.relative_to(project.posts_dir).as_posix()
                yield path, f"{project.posts_dir.name}/{inside}"


def _bundles(project: Project, entries: Iterable[Entry]) -> Bundles:
    return Bundles(entries, project.relative(project.posts_dir))


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is not an essay, as far as links are concerned."""

    document: Document
    url: str
    rendered: Rendered


@dataclass(frozen=True)
class Edition:
    """A whole site, ready to be composed.

    Attributes:
        project: The configuration.
        index: What pages know of each other.
        addresses: Where every file ends up.
        base: The path part of the site's address.
    """

    project: Project
    index: SiteIndex
    addresses: Addresses
    base: str

    @cached_property
    def _targets(self) -> dict[str, tuple[Target, ...]]:
        return {}

    def targets(self, path: str, url: str, links: tuple[Link, ...]) -> tuple[Target, ...]:
        """Return what a document's links lead to, found out once."""
        if path not in self._targets:
            self._targets[path] = tuple(
                resolve(link, path, url, self.addresses, self.base) for link in links
            )
        return self._targets[path]

    def html(self, fragment: str, post: Post, here: str) -> str:
        """Return a piece of an essay with the links right for the page at ``here``."""
        return link_html(fragment, post.rendered.links, self.targets_of(post), here)

    def html_anywhere(self, post: Post) -> str:
        """Return an essay with absolute links, for readers elsewhere."""
        site = self.project.site.url
        found = zip(post.rendered.links, self.targets_of(post), strict=True)
        addresses = [absolute(t, site) if t.url is not None else link.target for link, t in found]
        return fill(post.rendered.html, addresses)

    def image(self, post: Post) -> Target | None:
        """Return an essay's picture, if it has one that is a file of the site."""
        link = image_link(post.entry.document)
        return resolve(link, post.path, post.url, self.addresses, self.base) if link else None

    def further(self, post: Post) -> tuple[Target, ...]:
        """Return what the front matter's links lead to, of those that stay in the site."""
        links = further_reading(post.entry.document)
        return tuple(
            resolve(link, post.path, post.url, self.addresses, self.base) for link in links
        )

    def targets_of(self, post: Post) -> tuple[Target, ...]:
        """Return what an essay's links lead to."""
        return self.targets(post.path, post.url, post.rendered.links)

    @cached_property
    def _related(self) -> Mapping[str, tuple[str, ...]]:
        return related(self.index.posts, self.project.options.related)

    def related(self, post: Post) -> tuple[Post, ...]:
        """Return the essays most like this one, the likest first."""
        return tuple(self.index.by_path[path] for path in self._related.get(post.path, ()))

    def prepare(self) -> None:
        """Find out now what every page asks for, before the work is given to several processes."""
        _ = self._related, self.listings

    @cached_property
    def listings(self) -> tuple[Listing, ...]:
        """Return every page that lists essays."""
        return tuple(listings(self.index, self.project.options, self.project.site.name))

    @cached_property
    def made(self) -> tuple[Generated, ...]:
        """Return every page that the engine makes by itself."""
        companions = self.project.options.companions
        references = (ReferenceList(companions),) if companions else ()
        return (*self.overviews, *references, *self.listings)

    @cached_property
    def generated(self) -> Mapping[str, Generated]:
        """Return the pages that the engine makes by itself, by their addresses."""
        return {page.url: page for page in self.made}

    @cached_property
    def overviews(self) -> tuple[Overview, ...]:
        """Return the page of each taxonomy."""
        return tuple(overviews(self.index, self.project.options))


def link_html(
    fragment: str, links: tuple[Link, ...], targets: tuple[Target, ...], here: str
) -> str:
    """Return HTML whose marks are addresses as seen from ``here``; broken links stay as written."""
    found = zip(links, targets, strict=True)
    return fill(fragment, [relative(t, here) if t.url is not None else k.target for k, t in found])


def image_link(document: Document) -> Link | None:
    """Return the front matter's picture as a link, or None if there is none in this site."""
    return internal(document.front.image, embeds=True)


def assemble(
    project: Project,
    manuscripts: Manuscripts,
    rendered: Mapping[str, Rendered],
    addresses: Addresses,
    base: str,
) -> Edition:
    """Bring converted essays together.

    Args:
        project: The configuration.
        manuscripts: The essays.
        rendered: What each visible essay was converted to, by its path.
        addresses: Where every file ends up.
        base: The path part of the site's address.
    """
    index = build_index(manuscripts.visible, rendered, manuscripts.authors, project.options)
    return Edition(project, index, addresses, base)


def check(
    edition: Edition, manuscripts: Manuscripts, pages: Iterable[Page], taken: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Return everything that is wrong with a site, sorted by file and line.

    Args:
        edition: The site.
        manuscripts: Its essays.
        pages: Its other pages.
        taken: The owner of each output that is no essay and no alias.
    """
    pages = tuple(pages)
    assets = {path: manuscripts.assets[path] for path in used_assets(edition, pages, manuscripts)}
    documents = [*_post_links(edition.index), *_page_links(pages)]
    understood = [post for post in edition.index.posts if post.entry.document.understood]
    anchors = {post.path: post.rendered.anchors for post in understood}
    anchors |= {page.document.source.path: page.rendered.anchors for page in pages}
    found = {
        *manuscripts.diagnostics,
        *check_index(edition.index),
        *collisions(tuple(post.entry for post in understood), taken, assets),
        *_doubled(edition),
        *_avatars(edition, manuscripts),
        *broken(documents, anchors, edition.addresses, edition.base),
    }
    return tuple(sorted(found))


def _avatars(edition: Edition, manuscripts: Manuscripts) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each author whose picture is no file of the site."""
    project = edition.project
    file = _authors_file(project) or project.posts_dir / author_file.FILE_NAME
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


def _post_links(index: SiteIndex) -> Iterator[tuple[Document, str, tuple[Link, ...]]]:
    for post in index.posts:
        image = image_link(post.entry.document)
        extra = (*((image,) if image else ()), *further_reading(post.entry.document))
        yield post.entry.document, post.url, post.rendered.links + extra


def further_reading(document: Document) -> Iterator[Link]:
    """Yield the front matter's links that lead to something of this site."""
    for link in document.front.links:
        if found := internal(link.target):
            yield found


def _page_links(pages: tuple[Page, ...]) -> Iterator[tuple[Document, str, tuple[Link, ...]]]:
    return ((page.document, page.url, page.rendered.links) for page in pages)


def used_assets(
    edition: Edition, pages: Iterable[Page], manuscripts: Manuscripts
) -> frozenset[str]:
    """Return the paths of the files beside essays that the published site needs.

    A file is published if its essay's folder is, or if a published page links to it: what only a
    draft shows stays at home.
    """
    linked = {target.source for post in edition.index.posts for target in edition.targets_of(post)}
    linked |= {
        t.source
        for p in pages
        for t in edition.targets(p.document.source.path, p.url, p.rendered.links)
    }
    linked |= {image.source for post in edition.index.posts if (image := edition.image(post))}
    linked |= {target.source for post in edition.index.posts for target in edition.further(post)}
    return frozenset((linked & manuscripts.assets.keys()) | _owned(edition.project, manuscripts))


def _owned(project: Project, manuscripts: Manuscripts) -> set[str]:
    """Return the paths of the files that lie in the folder of a visible essay."""
    bundles = _bundles(project, (*manuscripts.visible, *manuscripts.hidden))
    shown = {entry.path for entry in manuscripts.visible}
    owners = ((path, bundles.owner(path)) for path in manuscripts.assets)
    return {path for path, owner in owners if owner and owner.path in shown}


def outputs(
    edition: Edition, sitemap: Iterable[tuple[str, None]], robots: bool
) -> Iterator[Output]:
    """Yield every file that is made from the model alone: feeds, sitemap, redirects."""
    site = edition.project.site
    if site.url:
        yield from _feeds(edition)
        changed = [(post.url, post.updated) for post in edition.index.posts]
        yield machines.sitemap([*changed, *sitemap], site)
    if robots:
        yield machines.robots(site)
    titles = {post.url: post.title for post in edition.index.posts}
    for alias, url in redirects(post.entry for post in edition.index.posts):
        yield machines.redirect(alias, url, titles[url], site)


def _feeds(edition: Edition) -> Iterator[Output]:
    content = _remembered(edition.html_anywhere)
    for listing in edition.listings:
        if listing.number == 1 and listing.feed is not None:
            yield from feeds.files(_feed(edition, listing), edition.project.site, content)


def _feed(edition: Edition, listing: Listing) -> feeds.Feed:
    posts = edition.index.posts if listing.term is None else edition.index.posts_with(listing.term)
    newest = sorted(posts, key=lambda post: (post.date, post.path), reverse=True)
    name = edition.project.site.name
    title = f"{name}: {listing.term.label}" if listing.term else name
    return feeds.Feed(listing.feed or "", title, newest[: edition.project.options.feed_size])


def _remembered(content: Callable[[Post], str]) -> Callable[[Post], str]:
    known: dict[str, str] = {}

    def of(post: Post) -> str:
        if post.path not in known:
            known[post.path] = content(post)
        return known[post.path]

    return of
