"""Where links lead, and what to say of those that lead nowhere."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from blogtools.model.diagnostic import Diagnostic, Severity
from blogtools.model.document import Document
from blogtools.model.rendered import Link, LinkKind
from blogtools.model.site import Addresses

from . import symbols
from .destination import Destination
from .places import locate

# What a link has to write otherwise, or it would mean something else.
_IN_A_LINK = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})
_SAFE = "/:@!$&'()*+,;=~"


# The links that name an object of Python's.
_SYMBOLS = (LinkKind.SYMBOL, LinkKind.CODE)


def resolve(
    link: Link, document: Document, url: str, addresses: Addresses, base: str = "/"
) -> Destination:
    """Find what a link leads to.

    Args:
        link: The link.
        document: The document it stands in.
        url: The address of that document, relative to the site.
        addresses: Where every file ends up.
        base: The path part of the site's own address, for links that begin with a slash.

    Returns:
        The target; its ``url`` is None if there is nothing.
    """
    path = document.source.path
    if link.kind is LinkKind.FRAGMENT:
        return Destination(url, link.target, path)
    if link.kind in _SYMBOLS:
        return symbols.find(link.target, document.front.companions, addresses)
    file, query, fragment = _split(link.target)
    if link.target.startswith("/"):
        return _absolute(file, fragment, link.target, addresses, base)
    for candidate in _candidates(file, path, addresses.roots):
        if candidate in addresses.files:
            url = addresses.files[candidate] + link.variant
            return Destination(url, fragment, candidate, query=query)
    found = _at(_join(url, file), addresses)
    return Destination(found, fragment, addresses.owners.get(found or "", ""), query=query)


def _split(target: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(target)
    except ValueError:
        return target, "", ""
    query = f"?{parts.query}" if parts.query else ""
    return unquote(parts.path), query, f"#{parts.fragment}" if parts.fragment else ""


def _candidates(file: str, path: str, roots: tuple[str, ...]) -> Iterator[str]:
    """Yield the source paths that a relative link may mean.

    First the file as it lies on disk, which editors and code hosts follow as well. Then MkDocs'
    reading, in which the folders of pages and of posts lie over each other.
    """
    for name in (file, f"{file}index.md" if file.endswith("/") else f"{file}/index.md"):
        on_disk = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        yield on_disk
        inside = _below(path, roots)
        virtual = posixpath.normpath(posixpath.join(posixpath.dirname(inside), name))
        yield from (posixpath.join(root, virtual) for root in roots if not virtual.startswith(".."))
        yield virtual


def _below(path: str, roots: tuple[str, ...]) -> str:
    """Return a source path as MkDocs sees it: pages without ``docs/``, posts with their folder."""
    root = roots[0] if roots else ""
    return path.removeprefix(f"{root}/")


def _join(url: str, file: str) -> str:
    joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(url), file)).lstrip("/")
    return f"{joined}/" if joined and file.endswith("/") else joined


def _at(url: str, addresses: Addresses) -> str | None:
    """Return the address that a URL, with or without its ending, leads to, or None."""
    plain = url.removesuffix("index.html") if f"/{url}".endswith("/index.html") else url
    for candidate in (plain, f"{plain}/"):
        if candidate in addresses.urls or candidate in addresses.owners:
            return candidate
    return None if plain else ""


def _absolute(
    file: str, fragment: str, verbatim: str, addresses: Addresses, base: str
) -> Destination:
    if not file.startswith(base):
        return Destination("", verbatim=verbatim)
    found = _at(file.removeprefix(base), addresses)
    return Destination(found, fragment, addresses.owners.get(found or "", ""), verbatim)


def relative(target: Destination, url: str) -> str:
    """Return the address to write on the page at ``url``.

    Args:
        target: What the link leads to; it must be there.
        url: The page's own address, relative to the site, with a closing slash or a file name.

    Returns:
        An address relative to the page, as MkDocs writes them.
    """
    if target.verbatim is not None:
        return target.verbatim
    if target.url == url and target.fragment:
        return target.fragment
    return written(way(target.url or "", url)) + target.query + target.fragment


@lru_cache(maxsize=4096)  # a page has the same addresses as the one before it
def written(path: str) -> str:
    """Return a path as a URL has it, with everything encoded that means something else there."""
    return quote(path, safe=_SAFE)


def way(there: str, here: str) -> str:
    """Return the relative address of one URL of the site as seen from another.

    Args:
        there: Where to go, relative to the site's root.
        here: Where the link stands, relative to the site's root.
    """
    folders, parts = here.split("/")[:-1], there.split("/")
    shared = 0
    while shared < min(len(folders), len(parts) - 1) and folders[shared] == parts[shared]:
        shared += 1
    rest = "../" * (len(folders) - shared) + "/".join(parts[shared:])
    # Without the dot, "a:b" would be the scheme "a".
    return f"./{rest}" if not rest or ":" in rest.partition("/")[0] else rest


def absolute(target: Destination, site_url: str) -> str:
    """Return the full address of a target, for feeds and machines."""
    if target.verbatim is not None and not target.verbatim.startswith("/"):
        return target.verbatim
    if target.verbatim is not None:
        parts = urlsplit(site_url)
        return f"{parts.scheme}://{parts.netloc}{target.verbatim}"
    return f"{site_url}{written(target.url or '')}{target.query}{target.fragment}"


def broken(
    document: Document,
    links: Iterable[tuple[Link, Destination]],
    anchors: Mapping[str, frozenset[str]],
    addresses: Addresses,
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each link of a document that leads nowhere.

    Args:
        document: The document.
        links: Its links, each with what it leads to.
        anchors: The ids of each page, by its source path.
        addresses: Where every file ends up.
    """
    for link, target in links:
        if target.url is None:
            yield _not_found(document, link, addresses)
        elif _misses(target, anchors):
            yield _no_anchor(document, link, target, anchors)


def _misses(target: Destination, anchors: Mapping[str, frozenset[str]]) -> bool:
    wanted = anchor(target)
    # Every page has a top, whether or not something is called so.
    if wanted.lower() in ("", "top") or target.source not in anchors:
        return False
    return wanted not in anchors[target.source]


def anchor(target: Destination) -> str:
    """Return the id that a fragment names, without directions to a piece of text (``:~:``)."""
    return unquote(target.fragment.removeprefix("#").partition(":~:")[0])


def _no_anchor(
    document: Document, link: Link, target: Destination, anchors: Mapping[str, frozenset[str]]
) -> Diagnostic:
    line, column = locate(document, link)
    wanted = anchor(target)
    near = _nearest(wanted, sorted(anchors[target.source]))
    where = "this page" if target.source == document.source.path else target.source
    return Diagnostic(
        document.source.path,
        line,
        column,
        "link/no-anchor",
        f"{where} has no anchor '#{wanted}'",
        f"Did you mean '#{near}'?"
        if near
        else "Link to a heading's id, or give the heading one: {#name}",
        Severity.WARNING,
    )


def _nearest(wanted: str, names: Iterable[str]) -> str:
    """Return the name most like another one, or nothing.

    Mostly it is the same but for its signs, since each site makes ids of headings in a way of its
    own; that is seen at once, while likeness takes milliseconds.
    """
    letters = {_letters(name): name for name in names}
    alike = letters.get(_letters(wanted))
    return alike or next(iter(difflib.get_close_matches(wanted, letters.values(), n=1)), "")


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _not_found(document: Document, link: Link, addresses: Addresses) -> Diagnostic:
    line, column = locate(document, link)
    code, message, hint = _explain(document, link, addresses)
    return Diagnostic(document.source.path, line, column, code, message, hint)


def _explain(document: Document, link: Link, addresses: Addresses) -> tuple[str, str, str]:
    path = document.source.path
    if link.kind in _SYMBOLS:
        return "link/no-symbol", *symbols.unknown(link, document.front.companions, addresses)
    file, _, _ = _split(link.target)
    for candidate in _candidates(file, path, addresses.roots):
        if candidate in addresses.unpublished:
            hint = "Publish it first, or take the link out"
            return "link/unpublished", f"'{link.target}' is a draft, or not published yet", hint
    hint = _near_file(path, file, addresses)
    if link.embeds:
        message = f"there is no file '{link.target}'"
        return "link/no-image", message, hint or "Put the file there, or correct the path"
    hint = hint or _whole_address(link.target)
    return "link/not-found", f"'{link.target}' leads to nothing", hint


def _whole_address(target: str) -> str:
    """Return the way out for a target that looks like an address without its beginning."""
    if target.startswith("www."):
        return f"Did you mean 'https://{target}'?"
    if "@" in target and "/" not in target:
        return f"Did you mean 'mailto:{target}'?"
    return "Link to a file by its path from here, such as other-essay.md"


def _near_file(path: str, file: str, addresses: Addresses) -> str:
    """Return a question that names a file of the same, or nearly the same, name; or nothing."""
    by_name = {posixpath.basename(name): name for name in sorted(addresses.files, reverse=True)}
    stems = {posixpath.splitext(name)[0]: name for name in by_name}
    wanted = posixpath.basename(file)
    near = difflib.get_close_matches(posixpath.splitext(wanted)[0], stems, n=1, cutoff=0.7)
    if wanted not in by_name and not near:
        return ""
    found = by_name[wanted if wanted in by_name else stems[near[0]]]
    meant = posixpath.relpath(found, posixpath.dirname(path) or ".")
    return f"Did you mean '{meant.translate(_IN_A_LINK)}'?"
