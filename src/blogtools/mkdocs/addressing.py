"""Where everything of a site ends up, as far as MkDocs has a say in it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Set
from urllib.parse import unquote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File

from blogtools.app.ports import CompanionSymbols
from blogtools.app.reading import Manuscripts
from blogtools.content.addresses import THEMES, alias_url
from blogtools.model.changes import changes_url, neighbours
from blogtools.model.companion import Inventory
from blogtools.model.elsewhere import Elsewhere
from blogtools.model.project import Project
from blogtools.model.site import Addresses


def address(file: File) -> str:
    """Return a file's address relative to the site: a folder's page by the folder alone.

    With ``use_directory_urls: false`` MkDocs adds ``index.html``; a server sends the same file.
    """
    url = unquote(file.url).removeprefix("./")
    folder, _, name = url.rpartition("/")
    return f"{folder}/".lstrip("/") if name == "index.html" else url.removeprefix(".")


def addresses(
    project: Project,
    manuscripts: Manuscripts,
    companions: CompanionSymbols,
    elsewhere: tuple[Elsewhere, ...],
    *,
    files: Mapping[str, str],
    urls: Set[str],
) -> Addresses:
    """Return where every file of a project ends up, for resolving links.

    Args:
        project: The project.
        manuscripts: Its essays.
        companions: Its companions.
        elsewhere: What other projects document.
        files: Source path to URL, of all pages that are no essays.
        urls: The addresses that MkDocs' files and the feeds have.
    """
    paths = {**files, **manuscripts.assets}
    paths |= {entry.path: entry.url for entry in manuscripts.visible}
    return Addresses(
        files=paths,
        urls=frozenset({*urls, *_aliases(manuscripts), *_of_companions(companions)})
        | ({"sitemap.xml"} if project.site.url else set()),
        unpublished=frozenset(entry.path for entry in manuscripts.hidden),
        inventories=companions.inventories,
        missing=companions.missing,
        roots=(project.relative(project.docs_dir),),
        packages=companions.packages,
        elsewhere=elsewhere,
    )


def excluded_outputs(files: Iterable[File]) -> Set[str]:
    """Return where files of the author's would stand that are left out of the site."""
    return {
        posixpath.normpath(file.dest_uri)
        for file in files
        if not file.inclusion.is_included()  # type: ignore[no-untyped-call]
    }


def theme_outputs(files: Iterable[File], config: MkDocsConfig) -> dict[str, str]:
    """Return where the files of the theme stand, and that they are the theme's."""
    folders = frozenset(config.theme.dirs)
    copied = (file.dest_uri for file in files if file.src_dir in folders)
    return dict.fromkeys((*copied, *config.theme.static_templates), THEMES)


def _aliases(manuscripts: Manuscripts) -> Iterator[str]:
    for entry in manuscripts.visible:
        yield from map(alias_url, entry.document.front.aliases)


def _of_companions(companions: CompanionSymbols) -> Iterator[str]:
    """Yield every address of the references, and of the pages on their versions."""
    yield from _stable(companions)
    for package in companions.packages:
        # Also of those that cannot be told today, for want of a network.
        yield from (f"{changes_url(new.name)}{new.version}/" for _, new in neighbours(package))
    for inventory in companions.inventories:
        yield from _pages(inventory)
        yield inventory.url
    yield from companions.guides


def _stable(companions: CompanionSymbols) -> Iterator[str]:
    """Yield the addresses that lead to the latest version of a package, whichever that is."""
    latest = {package.latest.url: f"{package.url}latest/" for package in companions.packages}
    for inventory in companions.inventories:
        if (stable := latest.get(inventory.url)) is not None:
            yield from (url.replace(inventory.url, stable, 1) for url in _pages(inventory))
            yield from (f"{stable}{name}" for name in ("", "objects.inv"))
    for url in filter(lambda url: url.endswith("/"), companions.guides):
        yield from (url.replace(own, latest[own], 1) for own in latest if url.startswith(own))


def _pages(inventory: Inventory) -> set[str]:
    """Return the addresses of the pages that show the objects of a version."""
    return {url.partition("#")[0] for url in inventory.symbols.values()}
