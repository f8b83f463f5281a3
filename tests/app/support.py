"""Projects on disk, and their editions, made as the plugin makes them but without MkDocs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from blogtools.app.blog import Edition, Examined, Page, assemble, examine
from blogtools.app.reading import Manuscripts, read
from blogtools.content.addresses import alias_url, output_path
from blogtools.content.markdown import DEFAULT_EXTENSIONS, Converter, SymbolNames
from blogtools.content.marks import fill
from blogtools.model.companion import Companion, Inventory, packages
from blogtools.model.document import Document, FrontMatter
from blogtools.model.project import MarkdownSettings, Project, SiteFacts
from blogtools.model.rendered import Conversion
from blogtools.model.site import Addresses
from blogtools.model.source import Source
from tests.content.support import blog_options, said

MARKDOWN = MarkdownSettings(tuple(DEFAULT_EXTENSIONS), DEFAULT_EXTENSIONS)
CONVERTER = Converter(MARKDOWN, SymbolNames(frozenset({"pkg"})))
URL = "https://example.org/"


def blog(root: Path, files: Mapping[str, str | bytes], **options: Any) -> Project:
    """Write files below a folder, and return the project that they are."""
    for name, data in {"mkdocs.yml": "site_name: T\n", **files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
    return project(root, **options)


def project(root: Path, *, drafts: bool = False, url: str = URL, **options: Any) -> Project:
    """Return the project in a folder."""
    return Project(
        root=root,
        config_file=root / "mkdocs.yml",
        docs_dir=root / "docs",
        site=SiteFacts("T", url),
        options=blog_options(**options),
        markdown=MARKDOWN,
        now=datetime(2026, 11, 22, tzinfo=UTC),
        drafts=drafts,
    )


@dataclass(frozen=True)
class Built:
    """A project, read, converted and brought together."""

    manuscripts: Manuscripts
    edition: Edition
    pages: tuple[Page, ...] = ()
    taken: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def examined(self) -> Examined:
        """Return what came of looking through it."""
        return examine(self.edition, self.manuscripts, self.pages, self.taken)

    @property
    def mistakes(self) -> list[str]:
        """Return everything that is wrong, as an author is told."""
        return said(self.examined.diagnostics)


def bring_together(project: Project, inventories: tuple[Inventory, ...] = ()) -> Built:
    """Read a project, convert it, and find out where everything goes.

    Args:
        project: The project.
        inventories: The symbols of the versions of companions that it documents.
    """
    manuscripts = read(project)
    converted = {one.path: convert(one.document) for one in manuscripts.visible}
    pages = tuple(page(project, file) for file in sorted(project.docs_dir.rglob("*.md")))
    versions = (Companion(one.name, "checkout", one.version, one.roots) for one in inventories)
    where = replace(
        addresses(project, manuscripts, pages),
        inventories=inventories,
        packages=packages(versions),
    )
    edition = assemble(project, manuscripts, converted, where, "/")
    taken = {output_path(one.url): one.document.source.path for one in pages}
    return Built(manuscripts, edition, pages, taken)


def page(project: Project, file: Path) -> Page:
    """Return an ordinary page."""
    name = file.relative_to(project.docs_dir).with_suffix("").as_posix()
    source = Source(project.relative(file), project.root, file.read_bytes())
    document = Document(source, FrontMatter())
    url = "" if name == "index" else f"{name}/"
    return Page(document, url, convert(document))


def convert(document: Document) -> Conversion:
    """Convert a document."""
    return Conversion.of(CONVERTER(document.body, document.front.description))


def addresses(project: Project, manuscripts: Manuscripts, pages: tuple[Page, ...]) -> Addresses:
    """Return where the files of a project end up."""
    files = {one.document.source.path: one.url for one in pages}
    files |= dict(manuscripts.assets)
    files |= {one.path: one.url for one in manuscripts.visible}
    old = (alias for one in manuscripts.visible for alias in one.document.front.aliases)
    return Addresses(
        files=files,
        urls=frozenset({*files.values(), *map(alias_url, old)}),
        unpublished=frozenset(one.path for one in manuscripts.hidden),
        roots=("docs",),
    )


def html(built: Built, slug: str) -> str:
    """Return an essay's own page, as far as its text goes."""
    post = next(one for one in built.edition.index.posts if one.entry.slug == slug)
    rendered = post.rendered
    shown = built.edition.html(
        rendered.html, rendered.links, post.entry.document, post.url, post.url
    )
    assert fill(shown, []) == shown
    return shown
