"""Who owns which URL: nothing is ever overwritten silently."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.site import Entry


def output_path(url: str) -> str:
    """Return the file that a server sends for a URL of the site."""
    if not url or url.endswith("/"):
        return f"{url}index.html"
    return url if posixpath.splitext(url)[1] else f"{url}/index.html"


def alias_url(alias: str) -> str:
    """Return an alias as a URL of the site, with a closing slash unless it names a file."""
    bare = alias.lstrip("/")
    return bare if bare.endswith("/") or posixpath.splitext(bare)[1] else f"{bare}/"


def collisions(entries: Iterable[Entry], others: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each essay, and each alias, whose address is taken.

    Args:
        entries: The essays that take part.
        others: The owner (a source path, or a description) of every other file of the site, by
            its output path.
    """
    ordered = sorted(entries, key=lambda entry: entry.path)
    owners = dict(others)
    for entry in ordered:
        owner = owners.setdefault(output_path(entry.url), entry.path)
        if owner != entry.path:
            yield _taken(entry, "slug", entry.url, owner, "Give one of them another 'slug:'")
    for entry in ordered:
        yield from _alias_collisions(entry, owners)


def _alias_collisions(entry: Entry, owners: dict[str, str]) -> Iterator[Diagnostic]:
    for alias in dict.fromkeys(map(alias_url, entry.document.front.aliases)):
        mine = f"an alias of {entry.path}"
        owner = owners.setdefault(output_path(alias), mine)
        if owner != mine:
            yield _taken(entry, "aliases", alias, owner, "Delete the alias")


def _taken(entry: Entry, key: str, url: str, owner: str, hint: str) -> Diagnostic:
    line, column = entry.document.positions.get(key, (1, 1))
    message = f"the URL /{url} belongs to {owner} already"
    return Diagnostic(entry.path, line, column, "url/collision", message, hint)


def redirects(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield (alias, address of the essay) for each alias, both relative to the site."""
    for entry in entries:
        for alias in dict.fromkeys(map(alias_url, entry.document.front.aliases)):
            yield alias, entry.url
