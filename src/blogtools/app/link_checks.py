"""The links of every document, looked at anew only where something about them changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial

from msgspec import Struct

from blogtools.build.ledger import LinksChecked
from blogtools.build.memory import Memory
from blogtools.build.workers import parallel_map
from blogtools.content.destination import Destination
from blogtools.content.links import anchor, broken, resolve
from blogtools.content.symbols import wrong_pins
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.rendered import Conversion, Link
from blogtools.model.site import Addresses

# The links of so many documents are worth the start of processes.
_MANY = 500


class Subject(Struct, frozen=True, dict=True):
    """A document with its address and its links.

    Attributes:
        document: The document.
        url: Its address.
        conversion: Of its text, which knows the links in that.
        further: Finds those of its front matter.
    """

    document: Document
    url: str
    conversion: Conversion
    further: Callable[[Document], tuple[Link, ...]] = lambda _document: ()

    @cached_property
    def extra(self) -> tuple[Link, ...]:
        """Return the links of its front matter."""
        return self.further(self.document)


class _Anchors(Mapping[str, frozenset[str]]):
    """The ids of each page, fetched when a link with a fragment leads there."""

    def __init__(self, conversions: Mapping[str, Conversion]) -> None:
        self._conversions = conversions

    def __getitem__(self, path: str) -> frozenset[str]:
        return self._conversions[path].brief().anchors

    def digest(self, path: str) -> bytes:
        """Return the digest of a page's ids."""
        return self._conversions[path].facts.anchors

    def __contains__(self, path: object) -> bool:
        return path in self._conversions

    def __iter__(self) -> Iterator[str]:
        return iter(self._conversions)

    def __len__(self) -> int:
        return len(self._conversions)


def check_links(
    subjects: Iterable[Subject],
    conversions: Mapping[str, Conversion],
    addresses: Addresses,
    base: str,
    memory: Memory,
    workers: int = 1,
    meanwhile: Callable[[], None] = lambda: None,
) -> Mapping[str, LinksChecked]:
    """Return what came of the links of each document, by its path.

    Args:
        subjects: The documents.
        conversions: The conversion of each page that a link with a fragment may lead to.
        addresses: Where every file ends up.
        base: The path part of the site's own address.
        memory: What came of them last time; it is told what comes of them now.
        workers: How many processes look at those that have to be looked at.
        meanwhile: What this one may do, should it be others that look.
    """
    everywhere = digest_of(addresses.digest, base)
    anchors = _Anchors(conversions)
    fresh: list[tuple[Subject, bytes]] = []
    same = memory.converted_as_before() if memory.agree("addresses", everywhere) else ()
    for subject in subjects:
        path = subject.document.source.path
        last: LinksChecked | None = memory.last.links.get(path)
        key = last.key if last is not None and path in same else _key(subject, everywhere)
        if last is not None and last.key == key and _as_before(last, conversions):
            memory.links.keep(path, last)
        else:
            fresh.append((subject, key))
    look = partial(_look, anchors, addresses, base)
    workers = workers if len(fresh) >= _MANY else 1
    results = parallel_map(look, fresh, workers, meanwhile)
    for (subject, _), found in zip(fresh, results, strict=True):
        memory.links[subject.document.source.path] = found
    return memory.links


def _key(subject: Subject, everywhere: bytes) -> bytes:
    """Return the digest of a document's links and of all that they may lead to."""
    return digest_of(
        everywhere,
        subject.document.source.digest,
        subject.url,
        subject.conversion.facts.links,
        subject.extra,
    )


def _as_before(last: LinksChecked, conversions: Mapping[str, Conversion]) -> bool:
    """Return whether the pages that links with fragments lead to have the same anchors."""
    return all(
        path in conversions and conversions[path].facts.anchors == digest
        for path, digest in last.anchors.items()
    )


def _look(
    anchors: _Anchors, addresses: Addresses, base: str, asked: tuple[Subject, bytes]
) -> LinksChecked:
    """Return what comes of a document's links, under the key that it is known by."""
    subject, key = asked
    document = subject.document
    links = subject.conversion.brief().links + subject.extra
    found = [resolve(link, document, subject.url, addresses, base) for link in links]
    fragments = {one.source for one in found if anchor(one) and one.source in anchors}
    wrong = {
        *broken(document, zip(links, found, strict=True), anchors, addresses),
        *wrong_pins(document, addresses),
    }
    return LinksChecked(
        key,
        {path: anchors.digest(path) for path in sorted(fragments)},
        digest_of(found),
        tuple(dict.fromkeys(_sources(links, found))),
        tuple(sorted(wrong)),
        tuple(sorted({one.use for one in found if one.use})),
    )


def _sources(links: Iterable[Link], found: Iterable[Destination]) -> Iterator[str]:
    """Yield the source of what each link leads to, but of what is only made from it."""
    for link, one in zip(links, found, strict=True):
        if one.source and not link.variant:
            yield one.source
