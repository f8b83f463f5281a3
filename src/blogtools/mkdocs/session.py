"""One build inside MkDocs: which of its files are ours, and what they say."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Container, Iterable, Iterator
from functools import partial

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils.meta import get_data
from msgspec.structs import replace

from blogtools.app.blog import (
    Edition,
    Examined,
    Page,
    assemble,
    examine,
    made_from_the_model,
)
from blogtools.app.converting import Conversions, Job, job_of
from blogtools.app.copies import Copied, Copies
from blogtools.app.media_files import is_stripped, media_files
from blogtools.app.naming import read_inventories, symbol_names
from blogtools.app.ports import CompanionSymbols, Progress, silent
from blogtools.app.reading import Manuscripts, in_files, read, read_file
from blogtools.app.results import Results, is_drawing
from blogtools.build.memory import Memory
from blogtools.build.plan import Target
from blogtools.build.workers import worker_count
from blogtools.content.addresses import OURS, THEMES, output_path, taken_by_file
from blogtools.content.documents import (
    check_settings,
    read_page,
    read_page_front,
    read_post,
    split,
)
from blogtools.content.index import revised
from blogtools.content.links import way, written
from blogtools.content.portable import copy_path
from blogtools.model.diagnostic import Diagnostic, errors
from blogtools.model.document import Document
from blogtools.model.project import Project
from blogtools.model.rendered import Conversion, Heading, Rendered
from blogtools.model.site import (
    Addresses,
    ChangesList,
    ChangesPage,
    Entry,
    EvidencePage,
    Listing,
    PackagePage,
    Post,
)
from blogtools.model.source import Source

from .adapters.adapter import Wanted
from .addressing import address, addresses, excluded_outputs, theme_outputs
from .settings import base_path

#: Kinds of pages of which there are too many for a navigation that nobody wrote.
_UNLISTED = (Listing, PackagePage, ChangesPage, ChangesList, EvidencePage)
_FEEDS = ("feed.xml", "feed.json")
_FIXED = ("sitemap.xml", "robots.txt", "404.html", "llms.txt", "llms-full.txt")


class Session:
    """The state of one build: MkDocs calls in a fixed order, each finding the last one's facts.

    ``collect`` reads and converts the essays and gives MkDocs its files; ``take_over`` and
    ``render`` follow for each page; ``settle`` checks the whole; ``made`` says what else there is.
    """

    def __init__(
        self,
        project: Project,
        companions: CompanionSymbols,
        memory: Memory,
        workers: int | None = None,
        progress: Progress = silent,
    ) -> None:
        """Take the configuration, the companions' symbols, and what the last build left."""
        self.project = project
        self.base = base_path(project.site.url)
        self.workers = worker_count(project.options.workers if workers is None else workers)
        self.companions = companions
        self.memory = memory
        self.elsewhere, unread = read_inventories(project, memory)
        names = symbol_names(project, companions, self.elsewhere)
        self.conversions = Conversions(project, names, memory)
        ahead = self.conversions.ahead(progress)
        self.manuscripts: Manuscripts = read(project, memory, self.workers, ahead)
        self.results = Results(project, memory, self.manuscripts.visible)
        self.failed: list[Diagnostic] = [
            *companions.diagnostics,
            *unread,
            *self.results.diagnostics,
        ]
        self.entries: dict[str, Entry] = {}
        self.pages: dict[str, Page] = {}
        self.edition: Edition
        self.examined: Examined
        self._reconverted = False
        jobs = [job_of(entry, self.results) for entry in self.manuscripts.visible]
        self.converted = dict(self.conversions(jobs, self.workers, progress, ahead))

    def text(self, entry: Entry) -> str:
        """Return an essay's Markdown, with the recorded results of its code."""
        return self.results.text(entry.document)

    # -- collect: MkDocs asks for files ------------------------------------------------------

    def collect(self, files: Files, config: MkDocsConfig, wanted: Wanted | None = None) -> None:
        """Give MkDocs a file for each essay and each list, and learn where everything goes.

        Args:
            files: MkDocs' files, to which ours are added.
            config: MkDocs' configuration.
            wanted: What to add besides the files that the navigation needs; the others can be had
                one by one, from `file_of`. None to add all.
        """
        for file in list(filter(self._is_ours, files)):
            files.remove(file)
        self._assemble(Addresses({}, frozenset(), packages=self.companions.packages))
        taken = {posixpath.normpath(file.dest_uri): file for file in files}
        self.owners = {
            dest: self._owner(file) for dest, file in taken.items() if self._is_authors(file)
        }
        named = None if wanted is None else _named_in(config.nav) | wanted.names
        for entry in self.manuscripts.visible:
            name = _name(entry.path)
            self._refuse_namesake(entry, name, files)
            self._refuse_likeness(entry, name)
            self.entries[name] = entry
            if self._is_wanted(entry, name, named, wanted):
                files.append(self._post_file(entry, config))
        self.generated: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self._docs = f"{self.project.relative(self.project.docs_dir)}/"
        for url in self.edition.generated:
            self._add_generated(url, taken, files, config, named)
        self.edition = replace(self.edition, addresses=self._addresses(files))

    def _is_ours(self, file: File) -> bool:
        """Return whether a file that MkDocs found is one that we make, or read, ourselves."""
        return self._inside_posts(file) or self._is_template(file) or is_drawing(file.src_uri)

    def _is_wanted(
        self, entry: Entry, name: str, named: frozenset[str] | None, wanted: Wanted | None
    ) -> bool:
        """Return whether MkDocs has to know the file of an essay, for itself or for a plugin."""
        if named is None or wanted is None:
            return True
        return name in named or wanted.holds(partial(self.text, entry))

    def _inside_posts(self, file: File) -> bool:
        source = file.abs_src_path
        return bool(source) and os.path.abspath(source or "").startswith(
            f"{self.project.posts_dir}{os.sep}"
        )

    def _is_template(self, file: File) -> bool:
        """Return whether a file is MkDocs' template of a sitemap, which we make ourselves."""
        return file.src_uri == "sitemap.xml" and not self._is_authors(file)

    def _is_authors(self, file: File) -> bool:
        return file.src_dir is not None and os.path.abspath(file.src_dir) == str(
            self.project.docs_dir
        )

    def _owner(self, file: File) -> str:
        return self.project.relative(self.project.docs_dir / file.src_uri)

    def _post_file(self, entry: Entry, config: MkDocsConfig) -> File:
        source = entry.document.source.file
        file = File.generated(
            config,
            _name(entry.path),
            abs_src_path=str(source),
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        file.dest_uri = output_path(entry.url)
        file.edit_uri = posixpath.relpath(source.as_posix(), self.project.docs_dir.as_posix())
        return file

    def _refuse_namesake(self, entry: Entry, name: str, files: Files) -> None:
        """Refuse a page that MkDocs would silently drop for an essay: it knows files by name."""
        if (own := files.src_uris.get(name)) is not None:
            files.remove(own)
            message = f"MkDocs cannot tell this page from {entry.path}, which has the same path"
            hint = "Rename one of them"
            self.failed.append(Diagnostic(self._owner(own), 1, 1, "page/namesake", message, hint))

    def _refuse_likeness(self, entry: Entry, name: str) -> None:
        """Refuse an essay that MkDocs would take for a notebook, or the other way round."""
        if (other := self.entries.get(name)) is not None:
            message = f"MkDocs cannot tell this essay from {other.path}"
            hint = "Rename one of them"
            self.failed.append(Diagnostic(entry.path, 1, 1, "essay/namesake", message, hint))

    def _add_generated(
        self,
        url: str,
        taken: dict[str, File],
        files: Files,
        config: MkDocsConfig,
        named: frozenset[str] | None,
    ) -> None:
        """Add the page of a list, unless the author wrote a page of that address: then use it."""
        dest = output_path(url)
        if (own := taken.get(dest)) is not None and own.is_documentation_page():
            self.owners.pop(dest, None)
            return
        name = f"{url.rstrip('/')}.md" if url else "index.md"
        if name in files.src_uris:
            # The author's page of this name has another address, so MkDocs needs another name.
            name = f"{url}index.md"
        self.names[url] = name
        self.generated[f"{self._docs}{name}"] = url
        if named is None or name in named or (config.nav is None and self._belongs_in_nav(url)):
            files.append(self._generated_file(url, config))

    def _generated_file(self, url: str, config: MkDocsConfig) -> File:
        level = InclusionLevel.INCLUDED if self._belongs_in_nav(url) else InclusionLevel.NOT_IN_NAV
        file = File.generated(config, self.names[url], content="", inclusion=level)
        file.dest_uri = output_path(url)
        return file

    def file_of(self, url: str, config: MkDocsConfig) -> File:
        """Return a new file of MkDocs' for an essay or a page of ours that has none yet."""
        if url in self.names:
            return self._generated_file(url, config)
        return self._post_file(self.edition.by_url[url].entry, config)

    def _belongs_in_nav(self, url: str) -> bool:
        """Return whether a navigation that nobody configured shows a page: not each term's."""
        page = self.edition.generated[url]
        return not isinstance(page, _UNLISTED) or page is self.edition.listings[0]

    def _assemble(self, addresses: Addresses) -> None:
        """Make the edition from what is converted so far."""
        self.edition = assemble(
            self.project,
            self.manuscripts,
            self.converted,
            addresses,
            self.base,
            self.memory,
            self.companions.changes,
            self.companions.lock,
            self.companions.since,
        )

    def _addresses(self, files: Files) -> Addresses:
        """Return where everything ends up, now that MkDocs' files are known."""
        own = {self._owner(file): address(file) for file in files if self._is_authors(file)}
        urls = {address(file) for file in files} | set(self._feeds())
        return addresses(
            self.project,
            self.manuscripts,
            self.companions,
            self.elsewhere,
            files=own | self.generated,
            urls=urls,
        )

    # -- pages: MkDocs reads and renders each ------------------------------------------------

    def source(self, page: MkDocsPage) -> str:
        """Return an ordinary page's text for MkDocs, decoded and checked as an essay's is."""
        if page.file.generated_by is not None or page.file.abs_src_path is None:
            return page.file.content_string
        source, unreadable = self._source(page)
        text = read_page(source)
        meta = get_data(text.text)[1] if split(text.text)[0] else {}
        wrong = (*text.diagnostics, *read_page_front(source)[1], *check_settings(source, meta))
        self.failed += unreadable or wrong
        return "" if unreadable or text.diagnostics else text.text

    def _source(self, page: MkDocsPage) -> tuple[Source, tuple[Diagnostic, ...]]:
        if page.file.generated_by is not None:
            return Source(self._owner(page.file), self.project.root, page.file.content_bytes), ()
        return read_file(self.project, self.project.docs_dir / page.file.src_uri, self.memory)

    def render(self, page: MkDocsPage, text: str) -> None:
        """Fill in what MkDocs' own ``Page.render`` would: content, table of contents, anchors.

        Args:
            page: One of MkDocs' pages.
            text: What an essay's page was given to read, before other plugins came to it.
        """
        entry = self.entries.get(page.file.src_uri)
        rendered = self._render_post(entry, page, text) if entry else self._render_page(page)
        page.toc = _toc(rendered.toc)
        page.present_anchor_ids = set(rendered.anchors)
        page._title_from_render = rendered.title or None  # noqa: SLF001 - MkDocs has no setter

    def _render_post(self, entry: Entry, page: MkDocsPage, text: str) -> Rendered:
        if (page.markdown or "").rstrip("\n") != text.rstrip("\n"):
            # Another plugin changed the text: what was converted in advance is not what counts.
            # A template of Jinja's loses the last end of a line, which is no change.
            self.converted[entry.path] = self.conversions.one(Job(entry.document, page.markdown))
            self.results.texts[entry.path] = page.markdown or ""
            self._reconverted = True
        rendered = self.converted[entry.path].load()
        page.content = self.edition.html(
            rendered.html, rendered.links, entry.document, entry.url, entry.url
        )
        return rendered

    def _render_page(self, page: MkDocsPage) -> Rendered:
        url = address(page.file)
        if self.names.get(url) == page.file.src_uri and not page.markdown:
            page.content = ""  # a list of ours, which has no text
            return Rendered.nothing()
        document = self._document(page)
        conversion = self.conversions.one(Job(document, page.markdown or ""))
        self.pages[page.file.src_uri] = Page(document, url, conversion)
        rendered = conversion.load()
        whole = f"{rendered.heading}\n{rendered.html}"
        page.content = self.edition.html(whole, rendered.links, document, url, url).strip()
        return rendered

    def _document(self, page: MkDocsPage) -> Document:
        body = page.markdown or ""
        document, _ = read_page_front(self._source(page)[0])
        text = document.source.text
        line = text.count("\n", 0, max(text.rfind(body), 0)) + 1
        return replace(document, body_line=line)

    def revise(self, path: str) -> Post | None:
        """Read an essay again, of which only the text has changed.

        Returns:
            The essay as it is now; None where other pages than its own would have to know.
        """
        if (entry := self.entries.get(_name(path))) is None:
            return None
        old = self.edition.index.by_path[path]
        source, unreadable = read_file(self.project, entry.document.source.file, self.memory)
        taxonomies = tuple(self.project.options.active_taxonomies)
        # What its front matter says is known; what is to be said of it, the next build says again.
        document, wrong = read_post(source, taxonomies, (entry.document, ()))
        if unreadable or wrong or document.front != entry.document.front:
            return None
        failures = len(self.conversions.failed)
        results = Results(self.project, self.memory, [replace(entry, document=document)])
        if results.diagnostics:
            return None
        self.results.texts.update(results.texts)
        conversion = self.conversions.anew(Job(document, results.texts.get(path)))
        if len(self.conversions.failed) > failures or not _alike(conversion, old.conversion):
            return None
        post = revised(old, document, conversion, self.project.options)
        self.entries[_name(path)], self.converted[path] = post.entry, conversion
        self.edition = self.edition.revised(post)
        return post

    # -- settle: everything is known ---------------------------------------------------------

    def settle(self, files: Files, config: MkDocsConfig) -> tuple[Diagnostic, ...]:
        """Assemble the final site, check it, and hand MkDocs the files that its pages use.

        Returns:
            Everything that is wrong, sorted by file and line.
        """
        if self._reconverted:
            self._assemble(self.edition.addresses)
        excluded = excluded_outputs(file for file in files if self._is_authors(file))
        own = {dest: owner for dest, owner in self.owners.items() if dest not in excluded}
        taken = {**theme_outputs(files, config), **self._own_outputs(), **own}
        pages = (*self.pages.values(),)
        self.examined = examine(self.edition, self.manuscripts, pages, taken, self.workers)
        found = {*self.examined.diagnostics, *self.failed, *self.conversions.failed}
        found.update(self._covered(files, config, excluded))
        if not errors(self.examined.diagnostics):
            for path in sorted(self.examined.assets):
                if is_stripped(path, self.project.options):
                    continue  # made by ourselves, see `made`
                files.append(self._asset(path, config))
        self.edition.prepare()
        return in_files(self.project, found)

    def _covered(
        self, files: Files, config: MkDocsConfig, excluded: Container[str]
    ) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each of the author's files in whose place a page is written."""
        own = [file for file in files if self._is_authors(file) and file.dest_uri not in excluded]
        pages = {
            **dict.fromkeys(config.theme.static_templates, THEMES),
            **dict.fromkeys(map(output_path, self.names), OURS),
            **{file.dest_uri: self._owner(file) for file in own if file.is_documentation_page()},
        }
        for file in own:
            if file.dest_uri in pages and not file.is_documentation_page():
                yield taken_by_file(self._owner(file), file.dest_uri, pages[file.dest_uri])

    def templates(self, files: Files) -> Iterator[tuple[Document, object]]:
        """Yield each essay, and each page of the author's, with the template that it names."""
        for post in self.edition.index.posts:
            document = post.entry.document
            yield document, document.front.meta.get("template")
        for name, own in self.pages.items():
            file = files.get_file_from_path(name)
            if file is not None and file.page is not None:
                yield own.document, file.page.meta.get("template")

    def _own_outputs(self) -> dict[str, str]:
        """Return the output paths that no essay may have, each with what has it."""
        urls = {*self.edition.generated, *self._feeds(), *_FIXED}
        for package in self.companions.packages:
            urls |= {f"{package.url}latest/", f"{package.url}versions.json", "sitemap_index.xml"}
            urls |= {companion.url for companion in package.versions}
        return {output_path(url): OURS for url in urls}

    def _feeds(self) -> Iterator[str]:
        if self.project.site.url:
            folders = [page.feed for page in self.edition.listings if page.feed is not None]
            yield from (f"{folder}{name}" for folder in folders for name in _FEEDS)

    def _asset(self, path: str, config: MkDocsConfig) -> File:
        source = str(self.project.root / path)
        # By its address, which no other file has: MkDocs knows files by name.
        return File.generated(
            config,
            self.manuscripts.assets[path],
            abs_src_path=source,
            inclusion=InclusionLevel.NOT_IN_NAV,
        )

    def post(self, page: MkDocsPage) -> Post | None:
        """Return the essay that a page shows, or None for any other page."""
        entry = self.entries.get(page.file.src_uri)
        return self.edition.index.by_path[entry.path] if entry else None

    # -- made: files that are no pages -------------------------------------------------------

    def made(self, pages: Iterable[MkDocsPage], taken: frozenset[str]) -> Iterator[Target]:
        """Yield the files made from the model.

        Args:
            pages: The pages that MkDocs has, in its order; essays and lists may be missing.
            taken: The output paths that files of the author's have.
        """
        pages = tuple(filter(self._is_own, pages))
        for target in (
            *self._of_the_model(pages, taken),
            *self._copies(pages).targets(),
            *self._of_media(),
        ):
            if target.path not in taken:
                yield target

    def _of_the_model(self, pages: Iterable[MkDocsPage], taken: frozenset[str]) -> Iterator[Target]:
        others = (address(page.file) for page in pages)
        lists = (page.url for page in self.edition.made if not _is_later_page(page))
        listed = sorted({*others, *lists})
        robots = "robots.txt" not in taken
        return made_from_the_model(self.edition, listed, robots)

    def _copies(self, pages: Iterable[MkDocsPage]) -> Copies:
        copied = [
            Copied(own.document, own.url, own.conversion, _title(page), page.markdown or "")
            for page in pages
            for own in (self.pages[page.file.src_uri],)
        ]
        return Copies(self.edition, copied, self.results.texts, self.conversions.included)

    def copy_of(self, page: MkDocsPage) -> str:
        """Return the address of a page's copy in Markdown as seen from the page, or nothing."""
        site, url = self.project.site, address(page.file)
        if not (site.url and self.project.options.machines.markdown):
            return ""
        return written(way(copy_path(url), url)) if self.post(page) or self._is_own(page) else ""

    def _of_media(self) -> Iterator[Target]:
        return media_files(
            self.project,
            (*self.converted.values(), *(page.conversion for page in self.pages.values())),
            self.manuscripts.assets,
            self.examined.assets,
            self.memory,
        )

    def _is_own(self, page: MkDocsPage) -> bool:
        """Return whether a page is one of the author's."""
        return page.file.src_uri in self.pages


def _title(page: MkDocsPage) -> str:
    """Return what a page is called; a navigation may call it by a number."""
    return str(page.title or "")


def _alike(one: Conversion, other: Conversion) -> bool:
    """Return whether two conversions differ in nothing that other pages could complain of."""
    new, old = one.facts, other.facts
    return (new.title, new.links, new.anchors) == (old.title, old.links, old.anchors)


def _name(path: str) -> str:
    """Return the name of an essay's file to MkDocs, which knows pages by their endings."""
    return path if path.endswith(".md") else f"{path}.md"


def _is_later_page(page: object) -> bool:
    """Return whether a page is the second or a later one of a list; a sitemap needs the first."""
    return isinstance(page, Listing) and page.number > 1


def _named_in(nav: object) -> frozenset[str]:
    """Return every string of a configured navigation; the names of its pages are among them."""
    if isinstance(nav, dict):
        return frozenset().union(*map(_named_in, nav.values()))
    if isinstance(nav, list):
        return frozenset().union(*map(_named_in, nav))
    return frozenset([nav.removeprefix("./")]) if isinstance(nav, str) else frozenset()


def _toc(headings: tuple[Heading, ...]) -> TableOfContents:
    return TableOfContents([_anchor(heading) for heading in headings])


def _anchor(heading: Heading) -> AnchorLink:
    link = AnchorLink(heading.title, heading.id, heading.level)
    link.children = [_anchor(child) for child in heading.children]
    return link
