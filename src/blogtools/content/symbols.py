"""Where dotted Python names lead: into the version of a companion that a document speaks of.

Companions go before the inventories of other projects, and those in the order of the configuration.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from blogtools.model.companion import Companion, Inventory, Package, normal_name
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.discussion import Use
from blogtools.model.document import Document
from blogtools.model.rendered import Link, LinkKind
from blogtools.model.site import Addresses

from .destination import Destination, to_use

# How many names or versions are suggested.
_FEW = 3


def find(name: str, pins: Mapping[str, str], addresses: Addresses) -> Destination:
    """Find the object that a dotted name means.

    Args:
        name: The name.
        pins: The versions that the document names; of other packages the newest counts.
        addresses: What there is.

    Returns:
        The object; its ``url`` is None if there is none.
    """
    companions = tuple(addresses.versions(pins))
    used = next(_uses(name, companions, addresses), None)
    if used is not None:
        return to_use(used)
    # Of what could not be fetched nothing is known; that is said once, elsewhere.
    if unread := next(_unread(name, companions, addresses), "") or _missing(name, addresses):
        return Destination(unread)
    found = (other.resolve(name) for other in addresses.elsewhere)
    address = next(filter(None, found), None)
    return Destination(None if address is None else "", verbatim=address)


def _uses(name: str, companions: Iterable[Companion], addresses: Addresses) -> Iterator[Use]:
    """Yield the object of each companion that has one of this name."""
    for inventory in _read(companions, addresses):
        if url := inventory.resolve(name):
            # The fragment is the path under which the object is documented.
            yield Use(inventory.name, inventory.version, url.partition("#")[2] or name, url)


def _unread(name: str, companions: Iterable[Companion], addresses: Addresses) -> Iterator[str]:
    """Yield the address of the reference of each companion that would have it and is not read."""
    for one in companions:
        if _top(name) in _tops(one) and addresses.inventory(one.name, one.version) is None:
            yield one.url


def _missing(name: str, addresses: Addresses) -> str:
    """Return the address of the reference of a package of which no version is known at all."""
    top = _top(name)
    if any(top in _tops(one) for package in addresses.packages for one in package.versions):
        return ""
    return addresses.missing.get(top, "")


def _top(name: str) -> str:
    return name.partition(".")[0]


def _tops(companion: Companion) -> Iterator[str]:
    return map(_top, companion.modules)


def unknown(link: Link, pins: Mapping[str, str], addresses: Addresses) -> tuple[str, str]:
    """Return what is wrong with a name that means nothing, and the way out."""
    message, near, others = _unknown(link.target, pins, addresses)
    if near:
        hint = f"Did you mean {' or '.join(near[:_FEW])}?"
    elif others:
        hint = "Name one of these under 'companions' in the front matter"
    else:
        hint = "See its reference for the names"
    if link.kind is LinkKind.CODE:
        code = f"Code that is to be no link is written <code>{link.target}</code>"
        hint = f"{hint} {code}" if near else f"{hint}. {code}"
    return message, hint


def _unknown(
    name: str, pins: Mapping[str, str], addresses: Addresses
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return what is wrong, the near names, and the versions in which the name is known."""
    for inventory in _read(addresses.versions(pins), addresses):
        if inventory.covers(name):
            label = f"{inventory.name} {inventory.version}"
            others = _versions_with(name, inventory.name, addresses)
            message = f"{label} has no public object '{name}'"
            if others:
                message += f"; it is in {_listed(others)}"
            return message, inventory.near(name), others
    for other in addresses.elsewhere:
        if _top(name) in other.roots:
            return f"the inventory of {other.name} has no object '{name}'", other.near(name), ()
    return f"no companion has a public object '{name}'", (), ()


def _read(companions: Iterable[Companion], addresses: Addresses) -> Iterator[Inventory]:
    found = (addresses.inventory(one.name, one.version) for one in companions)
    return (inventory for inventory in found if inventory is not None)


def _versions_with(name: str, package: str, addresses: Addresses) -> tuple[str, ...]:
    """Return the versions of a package that have an object of this name, the oldest first."""
    wanted = normal_name(package)
    versions = next(p.versions for p in addresses.packages if normal_name(p.name) == wanted)
    found = (i.version for i in _read(reversed(versions), addresses) if i.resolve(name))
    return tuple(found)


def _listed(words: tuple[str, ...]) -> str:
    """Return words as one writes them in a sentence."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


# -- pins ----------------------------------------------------------------------------------------


def wrong_pins(document: Document, addresses: Addresses) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each version that a document names and the site does not document."""
    if not document.front.companions:
        return
    known = {normal_name(package.name): package for package in addresses.packages}
    # Of these no version is known, and it has been said why.
    lost = {normal_name(url.split("/")[1]) for url in addresses.missing.values()}
    for name, version in document.front.companions.items():
        package = known.get(name)
        if package is None and name not in lost:
            yield _wrong(document, name, "pin/no-package", *_no_package(name, tuple(known)))
        elif package is not None and package.find(version) is None:
            yield _wrong(document, name, "pin/no-version", *_no_version(version, package))


def _wrong(document: Document, name: str, code: str, message: str, hint: str) -> Diagnostic:
    line, column = _position(document, name)
    return Diagnostic(document.source.path, line, column, code, message, hint)


def _position(document: Document, name: str) -> tuple[int, int]:
    """Return where the version of a package stands, whose name may be spelt in another way."""
    for key, place in document.positions.items():
        group, _, spelt = key.partition(".")
        if group == "companions" and normal_name(spelt) == name:
            return place
    return document.positions.get("companions", (1, 1))


def _no_package(name: str, known: tuple[str, ...]) -> tuple[str, str]:
    near = difflib.get_close_matches(name, known, n=_FEW)
    message = f"the site documents no package '{name}'"
    otherwise = "Add it under 'companions' in mkdocs.yml, or delete this line"
    return message, f"Did you mean {' or '.join(near)}?" if near else otherwise


def _no_version(version: str, package: Package) -> tuple[str, str]:
    there = [companion.version for companion in package.versions]
    near = difflib.get_close_matches(version, there, n=_FEW) or there[:_FEW]
    message = f"the site documents no version {version} of {package.name}"
    hint = f"Write {' or '.join(near)}, or add this one under 'companions' in mkdocs.yml"
    return message, hint
