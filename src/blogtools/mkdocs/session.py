"""One build inside MkDocs: which of its files are ours, and what they say."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from blogtools.app.blog import (
    Edition,
    Manuscripts,
    Page,
    assemble,
    check,
    link_html,
    outputs,
    read,
    read_file,
    used_assets,
)
from blogtools.app.ports import CompanionSymbols, Progress, silent
from blogtools.build.workers import parallel_map, worker_count
from blogtools.content.addresses import alias_url, output_path
from blogtools.content.documents import read_page
from blogtools.content.links import resolve
from blogtools.content.machines import search_entries
from blogtools.content.markdown import Converter, convert_document
from blogtools.model.diagnostic import Diagnostic, errors
from blogtools.model.document import Document, FrontMatter
from blogtools.model.output import Output
from blogtools.model.project import Project
from blogtools.model.rendered import Heading, Rendered
from blogtools.model.site import Addresses, Entry, Listing, Post
from blogtools.model.source import Source

from .search import ModelSearch
from .settings import base_path

_FEEDS = ("feed.xml", "feed.json")


class Session:
    """The state of one build: MkDocs calls in a fixed order, each finding the last one's facts.

    ``collect`` reads and converts the essays and gives MkDocs its files; ``take_over`` and
    ``render`` follow for each page; ``settle`` checks the whole; ``outputs`` ends it.
    """

    def __init__(
        self,
        project: Project,
        companions: CompanionSymbols,
        workers: int | None = None,
        progress: Progress = silent,
    ) -> None:
        """Take the configuration, and the companions' symbols."""
        self.project = project
        self.base = base_path(project.site.url)
        self.workers = worker_count(project.options.workers if workers is None else workers)
        self.companions = companions
        self.converter = Converter(project.markdown, _symbol_roots(companions))
        self.manuscripts: Manuscripts = read(project)
        self.rendered: dict[str, Rendered] = {}
        self.failed: list[Diagnostic] = list(companions.diagnostics)
        self.entries: dict[str, Entry] = {}
        self.pages: dict[str, Page] = {}
        self.edition: Edition
        self._reconverted = False
        self._convert_posts(progress)

    def _convert_posts(self, progress: Progress) -> None:
        visible = self.manuscripts.visible
        results = parallel_map(self._convert, [entry.document for entry in visible], self.workers)
        for done, (entry, result) in enumerate(zip(visible, results, strict=True), start=1):
            self._keep(entry.path, result)
            progress("Converting essays", done, len(visible))

    def _convert(self, document: Document) -> Rendered | Diagnostic:
        return convert_document(self.converter, document)

    def _keep(self, path: str, result: Rendered | Diagnostic) -> Rendered:
        if isinstance(result, Diagnostic):
            self.failed.append(result)
            result = Rendered.nothing()
        self.rendered[path] = result
        return result

    # -- collect: MkDocs asks for files ------------------------------------------------------

    def collect(self, files: Files, config: MkDocsConfig) -> None:
        """Give MkDocs a file for each essay and each list, and learn where everything goes."""
        for file in [file for file in files if self._inside_posts(file) or self._is_template(file)]:
            files.remove(file)
        self._assemble(Addresses({}, frozenset()))
        taken = {posixpath.normpath(file.dest_uri): file for file in files}
        self.owners = {
            dest: self._owner(file) for dest, file in taken.items() if self._is_authors(file)
        }
        for entry in self.manuscripts.visible:
            self._add_post(entry, files, config)
        self.generated: dict[str, str] = {}
        for url in self.edition.generated:
            self._add_generated(url, taken, files, config)
        self.edition = replace(self.edition, addresses=self._addresses(files))

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

    def _add_post(self, entry: Entry, files: Files, config: MkDocsConfig) -> None:
        self._refuse_namesake(entry, files)
        file = File.generated(
            config,
            entry.path,
            abs_src_path=str(entry.document.source.file),
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        file.dest_uri = output_path(entry.url)
        file.edit_uri = posixpath.relpath(
            entry.document.source.file.as_posix(), self.project.docs_dir.as_posix()
        )
        self.entries[file.src_uri] = entry
        files.append(file)

    def _refuse_namesake(self, entry: Entry, files: Files) -> None:
        """Refuse a page that MkDocs would silently drop for an essay: it knows files by name."""
        if (own := files.get_file_from_path(entry.path)) is not None:
            files.remove(own)
            message = f"MkDocs cannot tell this page from {entry.path}, which has the same path"
            hint = "Rename one of them"
            self.failed.append(Diagnostic(self._owner(own), 1, 1, "page/namesake", message, hint))

    def _add_generated(
        self, url: str, taken: dict[str, File], files: Files, config: MkDocsConfig
    ) -> None:
        """Add the page of a list, unless the author wrote a page of that address: then use it."""
        dest = output_path(url)
        if (own := taken.get(dest)) is not None and own.is_documentation_page():
            self.owners.pop(dest, None)
            return
        level = InclusionLevel.INCLUDED if self._belongs_in_nav(url) else InclusionLevel.NOT_IN_NAV
        name = f"{url.rstrip('/')}.md" if url else "index.md"
        if files.get_file_from_path(name) is not None:
            # The author's page of this name has another address, so MkDocs needs another name.
            name = f"{url}index.md"
        file = File.generated(config, name, content="", inclusion=level)
        file.dest_uri = dest
        self.generated[self._owner(file)] = url
        files.append(file)

    def _belongs_in_nav(self, url: str) -> bool:
        """Return whether a navigation that nobody configured shows a page: not each term's."""
        page = self.edition.generated[url]
        return not isinstance(page, Listing) or page is self.edition.listings[0]

    def _assemble(self, addresses: Addresses) -> None:
        """Make the edition from what is converted so far."""
        self.edition = assemble(self.project, self.manuscripts, self.rendered, addresses, self.base)

    def _addresses(self, files: Files) -> Addresses:
        paths = {self._owner(file): address(file) for file in files if self._is_authors(file)}
        paths |= self.generated
        paths |= self.manuscripts.assets
        paths |= {entry.path: entry.url for entry in self.manuscripts.visible}
        return Addresses(
            files=paths,
            urls=frozenset(self._urls(files)),
            unpublished=frozenset(entry.path for entry in self.manuscripts.hidden),
            inventories=self.companions.inventories,
            missing=self.companions.missing,
            roots=(self.project.relative(self.project.docs_dir),),
        )

    def _urls(self, files: Files) -> Iterator[str]:
        for file in files:
            yield address(file)
        for entry in self.manuscripts.visible:
            yield from map(alias_url, entry.document.front.aliases)
        yield from self._feeds()
        if self.project.site.url:
            yield "sitemap.xml"
        for inventory in self.companions.inventories:
            yield from {url.partition("#")[0] for url in inventory.symbols.values()}
            yield inventory.url

    # -- pages: MkDocs reads and renders each ------------------------------------------------

    def source(self, page: MkDocsPage) -> str:
        """Return an ordinary page's text for MkDocs, decoded and checked as an essay's is."""
        if page.file.generated_by is not None or page.file.abs_src_path is None:
            return page.file.content_string
        source, unreadable = self._source(page)
        text = read_page(source)
        self.failed += unreadable or text.diagnostics
        return "" if unreadable or text.diagnostics else text.text

    def _source(self, page: MkDocsPage) -> tuple[Source, tuple[Diagnostic, ...]]:
        file = self.project.docs_dir / page.file.src_uri
        if page.file.generated_by is not None:
            return Source(self._owner(page.file), file, page.file.content_bytes), ()
        return read_file(self.project, file)

    def render(self, page: MkDocsPage) -> None:
        """Fill in what MkDocs' own ``Page.render`` would: content, table of contents, anchors."""
        entry = self.entries.get(page.file.src_uri)
        rendered = self._render_post(entry, page) if entry else self._render_page(page)
        page.toc = _toc(rendered.toc)
        page.present_anchor_ids = set(rendered.anchors)
        page._title_from_render = rendered.title or None  # noqa: SLF001 - MkDocs has no setter

    def _render_post(self, entry: Entry, page: MkDocsPage) -> Rendered:
        rendered = self.rendered[entry.path]
        if page.markdown != entry.document.body:
            # Another plugin changed the text: what was converted in advance is not what counts.
            changed = Document(entry.document.source, entry.document.front, page.markdown or "", 1)
            rendered = self._keep(entry.path, self._convert(changed))
            self._reconverted = True
        page.content = self._linked(rendered.html, rendered, entry.path, entry.url)
        return rendered

    def _render_page(self, page: MkDocsPage) -> Rendered:
        path, url = self._owner(page.file), address(page.file)
        document = self._document(page)
        result = self._convert(document)
        rendered = self._keep(path, result)
        self.pages[page.file.src_uri] = Page(document, url, rendered)
        page.content = self._linked(
            rendered.heading + "\n" + rendered.html, rendered, path, url
        ).strip()
        return rendered

    def _document(self, page: MkDocsPage) -> Document:
        body = page.markdown or ""
        source = self._source(page)[0]
        text = source.data.decode("utf-8", "replace").replace("\r\n", "\n")
        line = text.count("\n", 0, max(text.rfind(body), 0)) + 1
        return Document(source, FrontMatter(), body, line)

    def _linked(self, fragment: str, rendered: Rendered, path: str, url: str) -> str:
        found = tuple(
            resolve(link, path, url, self.edition.addresses, self.base) for link in rendered.links
        )
        return link_html(fragment, rendered.links, found, url)

    # -- settle: everything is known ---------------------------------------------------------

    def settle(self, files: Files, config: MkDocsConfig) -> tuple[Diagnostic, ...]:
        """Assemble the final site, check it, and hand MkDocs the files that its pages use.

        Returns:
            Everything that is wrong, sorted by file and line.
        """
        if self._reconverted:
            self._assemble(self.edition.addresses)
        taken = {**self._own_outputs(), **self.owners}
        found = check(self.edition, self.manuscripts, self.pages.values(), taken)
        if not errors(found):
            for path in sorted(used_assets(self.edition, self.pages.values(), self.manuscripts)):
                files.append(self._asset(path, config))
        self.edition.prepare()
        return tuple(sorted({*found, *self.failed}))

    def _own_outputs(self) -> dict[str, str]:
        """Return the output paths that no essay may have, each with what has it."""
        urls = {*self.edition.generated, *self._feeds(), "sitemap.xml", "robots.txt", "404.html"}
        return {output_path(url): "a page that blogtools makes" for url in urls}

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

    # -- outputs: files that are no pages ----------------------------------------------------

    def outputs(
        self, pages: Iterable[MkDocsPage], taken: frozenset[str], search: ModelSearch
    ) -> Iterator[Output]:
        """Yield the files made from the model.

        Args:
            pages: Every page of the site, in MkDocs' order.
            taken: The output paths that files of the author's have.
            search: Writes the search index.
        """
        pages = tuple(pages)
        listed = [page for page in pages if self.post(page) is None and not _is_later_page(page)]
        addresses = [(address(page.file), None) for page in listed]
        for output in outputs(self.edition, addresses, "robots.txt" not in taken):
            if output.path not in taken:
                yield output
        index = search.index([entry for page in pages for entry in self._search(page)])
        if index is not None:
            yield index

    def _search(self, page: MkDocsPage) -> list[dict[str, object]]:
        options = page.meta.get("search") or {}
        if options.get("exclude"):
            return []
        boost = options.get("boost")
        if post := self.post(page):
            tags = [term.label for term in post.terms.get("tags", ())]
            return search_entries(post.url, post.title, post.rendered.sections, tags, boost)
        own = self.pages.get(page.file.src_uri)
        if own is None or not page.markdown:
            return []
        return search_entries(own.url, str(page.title), own.rendered.sections, (), boost)


def address(file: File) -> str:
    """Return a file's address relative to the site: a folder's page by the folder alone.

    With ``use_directory_urls: false`` MkDocs adds ``index.html``; a server sends the same file.
    """
    url = unquote(file.url).removeprefix("./")
    folder, _, name = url.rpartition("/")
    return f"{folder}/".lstrip("/") if name == "index.html" else url.removeprefix(".")


def _symbol_roots(companions: CompanionSymbols) -> frozenset[str]:
    """Return the top-level module names with which a link to a symbol may begin."""
    known = (
        root.partition(".")[0] for inventory in companions.inventories for root in inventory.roots
    )
    return frozenset({*known, *companions.missing})


def _is_later_page(page: MkDocsPage) -> bool:
    """Return whether a page is the second or a later one of a list; a sitemap needs the first."""
    return page.file.generated_by is not None and "/page/" in f"/{page.url}"


def _toc(headings: tuple[Heading, ...]) -> TableOfContents:
    return TableOfContents([_anchor(heading) for heading in headings])


def _anchor(heading: Heading) -> AnchorLink:
    link = AnchorLink(heading.title, heading.id, heading.level)
    link.children = [_anchor(child) for child in heading.children]
    return link
