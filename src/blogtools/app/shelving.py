"""Puts built references into a site: each version beside the others, and beside the essays."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from blogtools.build.plan import Bill, Copy, Target
from blogtools.content import machines
from blogtools.content.addresses import output_path
from blogtools.content.shelf import Position, Shelf, fill, page_address, versions_json
from blogtools.model.companion import (
    GUIDE_PAGES,
    Companion,
    Inventory,
    Package,
    guide_url,
    packages,
)
from blogtools.model.digest import digest_of
from blogtools.model.discussion import Discussion, Discussions
from blogtools.model.project import SiteFacts

from .reference import BuiltTree

_KIND = "reference"
#: Pages of references are made from all that the site's own pages have in common, the frame.
_PAGE = "page"


class Surroundings(Struct, frozen=True):
    """What the pages of references show of the site around them.

    Attributes:
        site: The site.
        frame: Gives the frame of the site's pages, as it is at an address.
        inventories: The symbols of the companions: each with the page that documents it.
        discussions: Which essays discuss them.
        own: The pages of guides that are pages of the site as well, each with its address there.
    """

    site: SiteFacts
    frame: Callable[[str], str]
    inventories: tuple[Inventory, ...] = ()
    discussions: Discussions = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)


def own_pages(known: Iterable[Package], files: Mapping[str, str]) -> Mapping[str, str]:
    """Return the pages of working trees' guides that the site shows as its own pages, too.

    Args:
        known: The companions.
        files: The address of each file of the site.

    Returns:
        The address in the site of each, by that beside the reference.
    """
    trees = [c for package in known for c in package.versions if c.is_working_tree and c.guide]
    return {
        guide_url(tree, posixpath.relpath(path, tree.guide)): url
        for tree in trees
        for path, url in files.items()
        if path.startswith(f"{posixpath.normpath(tree.guide)}/") and path.endswith(GUIDE_PAGES)
    }


def shelved(
    trees: Iterable[tuple[Companion, BuiltTree]], around: Surroundings, environment: bytes
) -> Bill:
    """Return everything that a site consists of because of its references.

    Args:
        trees: The references, each with the version that it documents.
        around: The site around them.
        environment: The digest of what is installed.
    """
    parts = tuple(_parts({companion.url: (companion, tree) for companion, tree in trees}, around))
    site = around.site
    shared = {
        "blogtools, or a package that it uses,": environment,
        "the address of the site": digest_of(site.url, site.language),
    }
    return Bill(
        targets=tuple(part for part in parts if isinstance(part, Target)),
        copies=tuple(part for part in parts if isinstance(part, Copy)),
        shared={_KIND: shared},
    )


#: The built references by their addresses.
_Trees = Mapping[str, tuple[Companion, BuiltTree]]


def _parts(trees: _Trees, around: Surroundings) -> Iterator[Target | Copy]:
    discussed = _discussed(around)
    for package in packages(companion for companion, _ in trees.values()):
        pages = {c.version: _pages(trees[c.url][1]) for c in package.versions}
        shelf = Shelf(package, pages)
        for companion in package.versions:
            yield from _files(shelf, *trees[companion.url], discussed, around)
        yield Target(
            f"{package.url}versions.json",
            {"the versions": digest_of([c.version for c in package.versions])},
            partial(versions_json, package),
            _KIND,
        )
        yield from _latest(shelf, trees[shelf.latest.url][1], around.site)


def _pages(tree: BuiltTree) -> frozenset[str]:
    return frozenset(page for page in map(page_address, tree.files) if page is not None)


#: For the address of a page, the essays that discuss each of its objects.
_Discussed = Mapping[str, Mapping[str, tuple[Discussion, ...]]]


def _discussed(around: Surroundings) -> _Discussed:
    found: dict[str, dict[str, tuple[Discussion, ...]]] = {}
    for inventory in around.inventories:
        essays = around.discussions.get((inventory.name, inventory.version), {})
        for symbol in sorted(essays):
            if (url := inventory.resolve(symbol)) is not None:
                found.setdefault(url.partition("#")[0], {})[symbol] = essays[symbol]
    return found


def _files(
    shelf: Shelf,
    companion: Companion,
    tree: BuiltTree,
    discussed: _Discussed,
    around: Surroundings,
) -> Iterator[Target | Copy]:
    """Yield each file of a version's reference: its pages are filled, all others copied."""
    base, folder = companion.url, str(tree.folder)
    for path, digest in tree.files.items():
        place, source = base + path, f"{folder}/{path}"
        if (page := page_address(path)) is None:
            yield Copy(place, source, digest)
            continue
        url = base + page
        position, essays = shelf.position(companion, page), discussed.get(url, {})
        own = around.own.get(url, around.own.get(position.canonical))
        if own is not None:
            position = replace(position, canonical=own)
        reads: dict[str, bytes] = {
            "its page of the reference": digest,
            "its other versions": digest_of(position),
        }
        if essays:
            reads["the essays that discuss its objects"] = digest_of(essays)
        make = partial(_filled, source, url, position, essays, around)
        yield Target(place, reads, make, _PAGE)


def _filled(
    source: str,
    url: str,
    position: Position,
    essays: Mapping[str, tuple[Discussion, ...]],
    around: Surroundings,
) -> bytes:
    page = Path(source).read_bytes()
    return fill(page, around.frame(url), url, position, essays, around.site)


def _latest(shelf: Shelf, tree: BuiltTree, site: SiteFacts) -> Iterator[Target | Copy]:
    """Yield what stands at the address of the latest version, whichever that is."""
    companion, base = shelf.latest, f"{shelf.package.url}latest/"
    if any(one.url == base for one in shelf.package.versions):
        return
    for page in sorted(shelf.pages[companion.version]):
        url = companion.url + page
        yield Target(
            output_path(base + page),
            {"the page it leads to": digest_of(url, companion.label)},
            partial(machines.redirect, base + page, url, companion.label, site),
            _KIND,
        )
    if (inventory := "objects.inv") in tree.files:
        yield Copy(base + inventory, str(tree.folder / inventory), tree.files[inventory])
