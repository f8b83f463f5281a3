"""Where links lead, and what to say of those that lead nowhere."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from blogtools.model.diagnostic import Diagnostic, Severity
from blogtools.model.document import Document
from blogtools.model.rendered import Link, LinkKind
from blogtools.model.site import Addresses

from .characters import position

_SAFE = "/%:@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Target:
    """What a link resolves to.

    Attributes:
        url: Relative to the site's root, without the fragment; None where nothing is there.
        fragment: With its ``#``, or empty.
        source: The source path of the file it leads to, or empty.
        verbatim: The address to write as it is (an absolute path); None for site-relative ones.
    """

    url: str | None
    fragment: str = ""
    source: str = ""
    verbatim: str | None = None


def resolve(link: Link, path: str, url: str, addresses: Addresses, base: str = "/") -> Target:
    """Find what a link leads to.

    Args:
        link: The link.
        path: The source path of the document it stands in.
        url: The address of that document, relative to the site.
        addresses: Where every file ends up.
        base: The path part of the site's own address, for links that begin with a slash.

    Returns:
        The target; its ``url`` is None if there is nothing.
    """
    if link.kind is LinkKind.FRAGMENT:
        return Target(url, link.target, path)
    if link.kind is LinkKind.SYMBOL:
        return _symbol(link.target, addresses)
    file, query, fragment = _split(link.target)
    if link.target.startswith("/"):
        return _absolute(file, query + fragment, link.target, addresses, base)
    for candidate in _candidates(file, path, addresses.roots):
        if candidate in addresses.files:
            return Target(addresses.files[candidate] + query, fragment, candidate)
    joined = _join(url, file)
    return Target(joined + query if _known(joined, addresses) else None, fragment)


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


def _known(url: str, addresses: Addresses) -> bool:
    plain = url.removesuffix("index.html")
    return plain in addresses.urls or f"{plain}/" in addresses.urls or plain == ""


def _absolute(file: str, rest: str, verbatim: str, addresses: Addresses, base: str) -> Target:
    if not file.startswith(base):
        return Target("", verbatim=verbatim)
    inside = file.removeprefix(base)
    known = _known(inside, addresses) or inside in addresses.files.values()
    return Target(inside if known else None, rest, verbatim=verbatim)


def _symbol(name: str, addresses: Addresses) -> Target:
    for inventory in addresses.inventories:
        if found := inventory.resolve(name):
            url, _, fragment = found.partition("#")
            return Target(url, f"#{fragment}" if fragment else "")
    # Of a companion that could not be fetched nothing is known; that is said once, elsewhere.
    return Target(addresses.missing.get(name.partition(".")[0]))


def relative(target: Target, url: str) -> str:
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
    path, mark, query = (target.url or "").partition("?")
    return quote(way(path, url), safe=_SAFE) + mark + query + target.fragment


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
    return "../" * (len(folders) - shared) + "/".join(parts[shared:]) or "./"


def absolute(target: Target, site_url: str) -> str:
    """Return the full address of a target, for feeds and machines."""
    if target.verbatim is not None:
        parts = urlsplit(site_url)
        return f"{parts.scheme}://{parts.netloc}{target.verbatim}"
    path, mark, query = (target.url or "").partition("?")
    return f"{site_url}{quote(path, safe=_SAFE)}{mark}{query}{target.fragment}"


def locate(document: Document, link: Link) -> tuple[int, int]:
    """Return the line and column of a link in its file.

    Python-Markdown keeps no positions, so the target is looked for in the text, outside of code;
    a link of the front matter is found above the body.
    """
    wanted = re.compile(rf"(?<=[(<\"'\[:\s]){re.escape(link.target)}(?=[)>\"'\]\s#?]|$)", re.M)
    head = _front_matter(document)
    for text, first_line in ((_without_code(document.body), document.body_line), (head, 1)):
        if found := [match.start() for match in wanted.finditer(text)]:
            line, column = position(text, found[min(link.nth, len(found) - 1)])
            return first_line + line - 1, column
    return document.body_line, 1


def _front_matter(document: Document) -> str:
    lines = document.source.data.decode("utf-8-sig", "replace").splitlines()
    return "\n".join(lines[: document.body_line - 1])


_CODE = re.compile(
    r"^(?P<fence>[ \t]*(?P<mark>`{3,}|~{3,})).*?(?:^[ \t]*(?P=mark)|\Z)|`[^`\n]+`", re.DOTALL | re.M
)


def _without_code(body: str) -> str:
    """Blank out code, keeping every line and column where it is."""
    return _CODE.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), body)


def broken(
    documents: Iterable[tuple[Document, str, tuple[Link, ...]]],
    anchors: Mapping[str, frozenset[str]],
    addresses: Addresses,
    base: str = "/",
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each link that leads nowhere.

    Args:
        documents: Each document with its own address and its links.
        anchors: The ids of each page, by its source path.
        addresses: Where every file ends up.
        base: The path part of the site's own address.
    """
    for document, url, links in documents:
        for link in links:
            target = resolve(link, document.source.path, url, addresses, base)
            if target.url is None:
                yield _not_found(document, link, addresses)
            elif _misses(target, anchors):
                yield _no_anchor(document, link, target, anchors)


def _misses(target: Target, anchors: Mapping[str, frozenset[str]]) -> bool:
    page = anchors.get(target.source)
    return bool(target.fragment) and page is not None and unquote(target.fragment[1:]) not in page


def _no_anchor(
    document: Document, link: Link, target: Target, anchors: Mapping[str, frozenset[str]]
) -> Diagnostic:
    line, column = locate(document, link)
    wanted = unquote(target.fragment[1:])
    near = difflib.get_close_matches(wanted, sorted(anchors[target.source]), n=1)
    where = "this page" if target.source == document.source.path else target.source
    return Diagnostic(
        document.source.path,
        line,
        column,
        "link/no-anchor",
        f"{where} has no anchor '#{wanted}'",
        f"Did you mean '#{near[0]}'?"
        if near
        else "Link to a heading's id, or give the heading one: {#name}",
        Severity.WARNING,
    )


def _not_found(document: Document, link: Link, addresses: Addresses) -> Diagnostic:
    line, column = locate(document, link)
    code, message, hint = _explain(document.source.path, link, addresses)
    return Diagnostic(document.source.path, line, column, code, message, hint)


def _explain(path: str, link: Link, addresses: Addresses) -> tuple[str, str, str]:
    if link.kind is LinkKind.SYMBOL:
        near = [name for inventory in addresses.inventories for name in inventory.near(link.target)]
        hint = (
            f"Did you mean {' or '.join(near[:3])}?" if near else "See its reference for the names"
        )
        return "link/no-symbol", f"no companion has a public object '{link.target}'", hint
    file, _, _ = _split(link.target)
    for candidate in _candidates(file, path, addresses.roots):
        if candidate in addresses.unpublished:
            hint = "Publish it first, or take the link out"
            return "link/unpublished", f"'{link.target}' is a draft, or not published yet", hint
    hint = _near_file(path, file, addresses)
    if link.embeds:
        message = f"there is no file '{link.target}'"
        return "link/no-image", message, hint or "Put the file there, or correct the path"
    hint = hint or "Link to a file by its path from here, such as other-essay.md"
    return "link/not-found", f"'{link.target}' leads to nothing", hint


def _near_file(path: str, file: str, addresses: Addresses) -> str:
    """Return a question that names a file of the same, or nearly the same, name; or nothing."""
    by_name = {posixpath.basename(name): name for name in sorted(addresses.files, reverse=True)}
    stems = {posixpath.splitext(name)[0]: name for name in by_name}
    wanted = posixpath.basename(file)
    near = difflib.get_close_matches(posixpath.splitext(wanted)[0], stems, n=1, cutoff=0.7)
    if wanted not in by_name and not near:
        return ""
    found = by_name[wanted if wanted in by_name else stems[near[0]]]
    return f"Did you mean '{posixpath.relpath(found, posixpath.dirname(path) or '.')}'?"
