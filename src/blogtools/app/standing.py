"""How essays stand against newer versions: what symbols say, and what was recorded. Nothing is run.

The record of a verdict and that of the results that it compared count as read by the build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from blogtools.content.cells import find_cells
from blogtools.content.drifting import drifted, parse
from blogtools.content.places import locate
from blogtools.content.records import ran
from blogtools.model import running
from blogtools.model.companion import Companion, Package, normal_name
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.drift import RECORD, Code, CodeVerdict, Compared, Drifted, Standing
from blogtools.model.running import Cell
from blogtools.model.site import Post
from blogtools.model.wishes import as_number

from .results import folder_of

if TYPE_CHECKING:
    from .blog import Edition


def standing(edition: Edition, post: Post, *, places: bool = False) -> Standing | None:
    """Return how an essay stands; None where it names no version that is older than the newest.

    Args:
        edition: The site.
        post: The essay.
        places: Whether to find where each name stands, which readers are not told.
    """
    document = post.entry.document
    older = tuple(pins(document, edition.addresses.packages))
    older = tuple(pair for pair in older if is_older(*pair))
    if not older:
        return None
    names = _names(edition, post)
    compared = tuple(_compared(edition, document, *pair, names, places=places) for pair in older)
    cells = find_cells(document.body, document.body_line, post.path).cells
    key = _key(edition, document, older, cells)
    return Standing(post.path, compared, _ran(edition, document, cells, key), key)


def pins(
    document: Document, packages: tuple[Package, ...]
) -> Iterator[tuple[Companion, Companion]]:
    """Yield each version that an essay names and the site documents, with the newest one."""
    named = document.front.companions
    for package in packages if named else ():
        pinned = package.find(named.get(normal_name(package.name), ""))
        if pinned is not None:
            yield pinned, package.latest


def is_older(pinned: Companion, newest: Companion) -> bool:
    """Return whether a version is older than another; a working tree is older than none."""
    mine, other = as_number(pinned.version), as_number(newest.version)
    return mine is not None and other is not None and mine < other


#: For each (package, version), where each name of it stands, in the order of the text.
_Names = Mapping[tuple[str, str], Mapping[str, tuple[int, ...]]]


def _names(edition: Edition, post: Post) -> _Names:
    """Return the names that an essay uses, as it writes them."""
    found: dict[tuple[str, str], dict[str, tuple[int, ...]]] = {}
    document = post.entry.document
    for number, link in enumerate(post.conversion.brief().links):
        if use := edition.destination(link, document, post.url).use:
            names = found.setdefault((use.package, use.version), {})
            names[link.target] = (*names.get(link.target, ()), number)
    return found


def _compared(
    edition: Edition,
    document: Document,
    pinned: Companion,
    newest: Companion,
    found: _Names,
    *,
    places: bool,
) -> Compared:
    names = found.get((pinned.name, pinned.version), {})
    changes = edition.since(pinned.name, pinned.version)
    if changes is None:
        return Compared(pinned.name, pinned.version, newest.version, len(names), known=False)
    wrong: list[Drifted] = []
    for name, numbers in names.items():
        if one := drifted(name, changes):
            wrong += _placed(edition, document, one, numbers) if places else (one,)
    return Compared(pinned.name, pinned.version, newest.version, len(names), tuple(wrong))


def _placed(
    edition: Edition, document: Document, one: Drifted, numbers: tuple[int, ...]
) -> Iterator[Drifted]:
    links = edition.index.by_path[document.source.path].conversion.brief().links
    for number in numbers:
        line, column = locate(document, links[number])
        yield Drifted(one.symbol, one.verdict, one.said, line, column)


def _key(
    edition: Edition,
    document: Document,
    older: tuple[tuple[Companion, Companion], ...],
    cells: tuple[Cell, ...],
) -> str:
    """Return the digest of everything that a verdict on an essay's code depends on."""
    lock, front = edition.lock, document.front
    locked = [(lock.find(pinned), lock.find(newest)) for pinned, newest in older]
    digests = [(cell.digest, cell.mode) for cell in cells]
    files = edition.memory.files
    name = f"{folder_of(edition.project, document)}/{running.RECORD}"
    results = files.digest(name) if front.run else b""
    what = (dict(front.companions), locked, front.run, digests, results, running.RUNNER)
    return digest_of("drift", *what).hex()


def _ran(edition: Edition, document: Document, cells: tuple[Cell, ...], key: str) -> CodeVerdict:
    """Return what is recorded of an essay's code, if it is of this very code."""
    if not cells:
        return CodeVerdict(Code.NONE)
    files = edition.memory.files
    name = f"{folder_of(edition.project, document)}/{RECORD}"
    if not files.digest(name) or document.front.run is None or not ran(cells):
        return CodeVerdict(Code.NOT_RUN)
    found = parse(files.read(name), key)
    return found if found and found.code is not Code.NONE else CodeVerdict(Code.NOT_RUN)
