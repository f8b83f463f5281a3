"""Who owns which URL: nothing is ever overwritten silently."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.site import Entry

#: Owners of addresses that no author has written.
OURS, THEMES = "a page that blogtools makes", "a file of the theme"


def output_path(url: str) -> str:
    """Return the file that a server sends for a URL of the site."""
    if not url or url.endswith("/"):
        return f"{url}index.html"
    return url if posixpath.splitext(url)[1] else f"{url}/index.html"


def alias_url(alias: str) -> str:
    """Return an alias as a URL relative to the site.

    It ends in a slash, unless it names a page's file: whatever else a name ends in (``v1.0``,
    ``node.js``), a server would not call the file a page.
    """
    bare = unquote(alias).strip("/")
    return bare if bare.lower().endswith((".html", ".htm")) else f"{bare}/"


def collisions(
    entries: Iterable[Entry], others: Mapping[str, str], assets: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each essay, each file and each alias whose address is taken.

    Args:
        entries: The essays that take part.
        others: The owner (a source path, `OURS` or `THEMES`) of every other file of the site, by
            its output path.
        assets: The address of each file beside essays that is published, by its path.
    """
    ordered = sorted(entries, key=lambda entry: entry.path)
    land = _Land(others)
    yield from _nested(land)
    for entry in ordered:
        if owner := land.claim(output_path(entry.url), entry.path):
            yield _taken(entry, "slug", entry.url, owner, "Give one of them another 'slug:'")
    for path in sorted(assets):
        if owner := land.claim(assets[path], path):
            yield taken_by_file(path, assets[path], owner)
    for entry in (one for one in ordered if one.document.front.aliases):
        for alias, place in _aliases(entry).items():
            if owner := land.claim(output_path(alias), f"an alias of {entry.path}"):
                yield _taken(entry, f"aliases.{place}", alias, owner, "Delete the alias")


class _Land:
    """Who owns which file of the site; a file and a folder cannot have one name either."""

    def __init__(self, owners: Mapping[str, str]) -> None:
        self._files = dict(owners)
        self._folders: dict[str, str] = {}
        for path, owner in owners.items():
            self._settle(path, owner)

    def claim(self, path: str, owner: str) -> str:
        """Give an output's path to an owner; return whose it is already, or nothing."""
        above = (self._files.get(folder, "") for folder in _folders(path))
        taken = self._files.get(path) or self._folders.get(path) or next(filter(None, above), "")
        if not taken:
            self._files[path] = owner
            self._settle(path, owner)
        return taken

    def both(self) -> Iterator[tuple[str, str, str]]:
        """Yield what is a file and a folder, with the owners of the file, and of one inside."""
        for path in sorted(self._files.keys() & self._folders.keys()):
            yield path, self._files[path], self._folders[path]

    def _settle(self, path: str, owner: str) -> None:
        for folder in _folders(path):
            if folder in self._folders:
                return  # and so is all above it
            self._folders[folder] = owner


def _nested(land: _Land) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each file of the author's that is a folder, too, or lies in one."""
    for path, file, inside in land.both():
        # One of the two is the author's: neither the theme nor we clash with ourselves.
        mine, other = (inside, file) if file in (OURS, THEMES) else (file, inside)
        yield taken_by_file(mine, path, other)


def _folders(path: str) -> Iterator[str]:
    """Yield every folder that a path lies in, the innermost first."""
    while path := path.rpartition("/")[0]:
        yield path


def _aliases(entry: Entry) -> Mapping[str, int]:
    """Return the earlier addresses of an essay, each once, with its place in the front matter."""
    places: dict[str, int] = {}
    for place, alias in enumerate(entry.document.front.aliases):
        places.setdefault(alias_url(alias), place)
    return places


def _taken(entry: Entry, key: str, url: str, owner: str, hint: str) -> Diagnostic:
    line, column = entry.document.positions.get(key, (1, 1))
    message = f"the URL /{url} belongs to {owner} already"
    return Diagnostic(entry.path, line, column, "url/collision", message, hint)


def taken_by_file(path: str, url: str, owner: str) -> Diagnostic:
    """Return the diagnostic for a file of the author's whose address something else has."""
    message = f"the URL /{url} belongs to {owner} already"
    return Diagnostic(path, 1, 1, "url/collision", message, "Rename the file")


def redirects(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield (alias, address of the essay) for each alias, both relative to the site."""
    for entry in entries:
        for alias in _aliases(entry):
            yield alias, entry.url
