"""Everything that a site consists of, as MkDocs would write it: what each file is made from."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TypeVar, cast

import jinja2
from mkdocs.commands import build as phases
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link, Navigation, Section
from mkdocs.structure.pages import Page

from blogtools.app.reads import PageReads
from blogtools.build.ledger import Reads
from blogtools.build.memory import Memory
from blogtools.build.plan import Bill, Copy, Target
from blogtools.content.addresses import output_path
from blogtools.model.digest import digest, digest_of
from blogtools.model.output import Output
from blogtools.model.site import Listing, Post

from . import quick_templates
from .adapters import Adapted, Parts
from .addressing import address
from .chrome import compose_once
from .configuration import Mentioned
from .overrides import Overrides
from .own_page import OwnPage
from .plugin import BlogPlugin
from .template_problems import templates_explained

_P = TypeVar("_P", bound=Target | Copy)
_PAGE, _MODEL = "page", "model"


class Composer:
    """Composes the pages of a gathered site, each when its bytes are asked for."""

    def __init__(
        self,
        config: MkDocsConfig,
        plugin: BlogPlugin,
        files: Files,
        nav: Navigation,
        env: jinja2.Environment,
        memory: Memory,
        adapted: Adapted,
        overrides: Overrides,
        mentioned: Mentioned,
    ) -> None:
        """Take what MkDocs knows of the site."""
        self._config = config
        self._plugin = plugin
        self._session = plugin.session
        self._files = files
        self._nav = nav
        quick_templates.quicken(env)
        compose_once(env)
        self._env = env
        self._memory = memory
        self._adapted = adapted
        self._overrides = overrides
        self._mentioned = mentioned
        self._documents = files.documentation_pages()
        placed = bool(config.edit_uri or config.edit_uri_template) or overrides.see_files
        self._reads = PageReads(self._session.edition, whole=overrides.see_essays, placed=placed)

    def bill(self) -> Bill:
        """Return everything that the site consists of."""
        pages, taken = _by_path(self._pages()), frozenset(self._session.owners)
        others: Parts = {**_by_path(self._copies()), **_by_path(self._templates())}
        others |= _by_path(self._contents())
        made = self._session.made(self._ordinary(), taken)
        parts = self._adapted.finish(
            {**others, **pages}, _by_path(made), self._plugin, self._config
        )
        targets = tuple(part for part in parts.values() if isinstance(part, Target))
        copies = tuple(part for part in parts.values() if isinstance(part, Copy))
        return Bill(targets, copies, self._shared(), len(pages))

    # -- what all files are made from --------------------------------------------------------

    def _shared(self) -> Mapping[str, Reads]:
        files, config = self._memory.files, self._config
        known = map(files.name, self._mentioned.files)
        model = {
            "blogtools, or a package that it uses,": self._memory.environment,
            **self._memory.modules(),
            **{name: files.digest(name) for name in known},
            "the environment": digest_of(
                {name: os.environ.get(name) for name in self._mentioned.variables}
            ),
            "what is shown of drafts": digest_of(self._session.project.drafts),
        }
        custom = config.theme.custom_dir
        templates = files.tree_digests(custom) if custom else {}
        page = {
            **model,
            **templates,
            **self._adapted.shared(config),
            "the navigation": digest_of(self._navigation()),
            "the frame of pages": digest_of(self._plugin.frame),
        }
        if self._overrides.see_neighbours:
            page["the text of another page"] = digest_of(
                [own.content for own in self._ordinary()], [own.toc for own in self._ordinary()]
            )
        return {_MODEL: model, _PAGE: page}

    def _navigation(self) -> object:
        return [_nav_item(item, self._adapted) for item in self._nav.items]

    def _ordinary(self) -> Iterator[Page]:
        return (page for file in self._documents if (page := file.page) is not None)

    # -- pages -------------------------------------------------------------------------------

    def _pages(self) -> Iterator[Target]:
        """Yield a target for each page: MkDocs' own, then our lists, then the essays."""
        edition = self._session.edition
        known = {}
        for file in self._documents:
            known[address(file)] = file
            if file.src_uri in self._session.pages:
                yield self._ordinary_page(file)
        for page in edition.made:
            if page.url not in known or page.url in self._session.names:
                reads = partial(self._reads.generated, page)
                posts = page.posts if isinstance(page, Listing) else None
                yield self._target(page.url, reads, posts, known.get(page.url))
        for post in edition.index.posts:
            reads = partial(self._reads.post, post)
            yield self._target(post.url, reads, (post,), known.get(post.url))

    def _target(
        self,
        url: str,
        reads: Callable[[], Mapping[str, object]],
        posts: Sequence[Post] | None,
        file: File | None,
    ) -> Target:
        path, make = output_path(url), partial(self._bytes, url, file)
        changed = self._adapted.page(file.page) if file else {}
        if changed:
            return Target(path, {**reads(), **changed}, make, _PAGE, is_page=True)
        origin = b"" if posts is None else self._session.edition.origins.at(path, posts)
        return Target(path, reads, make, _PAGE, is_page=True, origin=origin)

    def _ordinary_page(self, file: File) -> Target:
        """Return the target of a page of the author's; it may have a list of ours below it."""
        page, url = cast("Page", file.page), address(file)
        own = self._session.pages[file.src_uri]
        listed = self._session.edition.generated.get(url)
        what = {
            "its text": digest_of(page.content, own.conversion.facts.text),
            "its front matter": digest_of(_plain(self._adapted.meta(page, own=True)), page.title),
            "where its file is": digest_of(file.src_uri),
            **(self._reads.generated(listed) if listed else {}),
        }
        return Target(file.dest_uri, what, partial(self._bytes, url, file), _PAGE, is_page=True)

    def page(self, url: str) -> Output:
        """Return an essay's page as it is now."""
        return Output(output_path(url), self._bytes(url, None))

    def _bytes(self, url: str, file: File | None) -> bytes:
        """Compose a page; an essay's, and most lists', is made here and forgotten again."""
        if file is None:
            file = self._session.file_of(url, self._config)
        page = file.page
        if page is None:
            page = OwnPage(None, file, self._config)
            phases._populate_page(page, self._config, self._files)  # noqa: SLF001
        with self._explained():
            return self._compose(page).encode("utf-8", errors="xmlcharrefreplace")

    def _explained(self, extra: str = "") -> AbstractContextManager[None]:
        return templates_explained(self._config, extra)

    def _compose(self, page: Page) -> str:
        """Put a page into its template: MkDocs' ``_build_page``, but for where the result goes."""
        config, nav = self._config, self._nav
        config._current_page = page  # noqa: SLF001
        page.active = True
        try:
            context = phases.get_context(nav, self._documents, config, page)
            template = self._env.get_template(page.meta.get("template", "main.html"))
            context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
            return config.plugins.on_post_page(template.render(context), page=page, config=config)
        finally:
            page.active = False
            config._current_page = None  # noqa: SLF001

    # -- other files -------------------------------------------------------------------------

    def _templates(self) -> Iterator[Target]:
        """Yield a target for each template that stands by itself, such as ``404.html``."""
        for name in sorted(self._config.theme.static_templates):
            yield Target(name, {}, partial(self._theme_template, name), _PAGE)
        for name in map(str, self._config.extra_templates):
            if (file := self._files.get_file_from_path(name)) is not None:
                what = {"its text": digest(file.content_bytes)}
                yield Target(file.dest_uri, what, partial(self._extra_template, name, file), _PAGE)

    def _theme_template(self, name: str) -> bytes:
        with self._explained():
            return self._template(name, self._env.get_template(name))

    def _extra_template(self, name: str, file: File) -> bytes:
        with self._explained(name):
            return self._template(name, jinja2.Template(file.content_string))

    def _template(self, name: str, template: jinja2.Template) -> bytes:
        return phases._build_template(  # noqa: SLF001
            name, template, self._files, self._config, self._nav
        ).encode()

    def _static(self) -> Iterator[File]:
        for file in self._files:
            if not file.is_documentation_page() and file.inclusion.is_included():  # type: ignore[no-untyped-call]
                yield file

    def _contents(self) -> Iterator[Target]:
        """Yield a target for each static file that a plugin made."""
        for file in self._static():
            if file.abs_src_path is None:
                data = file.content_bytes
                yield Target(file.dest_uri, {"its content": digest(data)}, partial(bytes, data))

    def _copies(self) -> Iterator[Copy]:
        files = self._memory.files
        for file in self._static():
            if (source := file.abs_src_path) is not None:
                yield Copy(file.dest_uri, source, files.digest(files.name(source)))


def _by_path(parts: Iterable[_P]) -> dict[str, _P]:
    return {part.path: part for part in parts}


def _nav_item(item: object, adapted: Adapted) -> object:
    """Return everything of an entry of the navigation that a page may show."""
    if isinstance(item, Link):
        return "link", item.title, item.url
    # A plugin may make a section that is a page as well.
    shown: list[object] = []
    if isinstance(item, Page):
        shown += ["page", item.title, item.url, _plain(adapted.meta(item, own=False))]
    if isinstance(item, Section):
        shown += ["section", item.title, [_nav_item(one, adapted) for one in item.children]]
    return shown or repr(item)


def _plain(value: object) -> str:
    """Return a text that is equal for equal front matter."""
    return json.dumps(value, sort_keys=True, default=repr)
