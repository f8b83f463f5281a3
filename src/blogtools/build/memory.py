"""What one build remembers of the last, and leaves for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from blogtools.model.digest import digest_of
from blogtools.model.rendered import Brief, Conversion, Facts, Rendered

from .environment import OwnFiles, environment, loaded_from_elsewhere
from .files import Files
from .ledger import Converted, Known, LastBuild, Ledger, LinksChecked
from .shares import Renewed
from .store import Store, packed

Value = TypeVar("Value")

_CONVERSIONS = msgspec.msgpack.Decoder(tuple[Facts, Rendered])
_BRIEFS = msgspec.msgpack.Decoder(Brief)
# Feeds show the same essays again and again; more than these are fetched anew.
_AT_HAND = 500
# So many bytes of what was converted just now are kept for its pages, beside the store.
_ROOM = 128 * 2**20
_ENCODER = msgspec.msgpack.Encoder()


@dataclass
class Memory:
    """The state of one build, as far as other builds are concerned.

    Attributes:
        files: Answers for the content of files, and records what was asked.
        last: The ledger of the last build of this site.
        store: Values by key; None for a build that keeps nothing.
        environment: The digest of what is installed.
        documents: How each file of text was understood, in this build.
        conversions: What each document was converted to, in this build.
        links: What came of each document's links, in this build.
        common: The digests of what is the same for all essays, in this build, by what it is.
        own: This package as it was found, if anybody looked.
        used: The keys of the values that this build has used, but for `conversions`.
        repeatable: Whether the next build may take all this for granted.
    """

    files: Files
    last: LastBuild | Ledger = field(default_factory=Ledger)
    store: Store | None = None
    environment: bytes = field(default_factory=environment)
    documents: Renewed[Known] = field(default_factory=Renewed)
    conversions: Renewed[Converted] = field(default_factory=Renewed)
    links: Renewed[LinksChecked] = field(default_factory=Renewed)
    common: dict[str, bytes] = field(default_factory=dict)
    own: OwnFiles | None = None
    used: set[bytes] = field(default_factory=set)
    repeatable: bool = True
    _at_hand: dict[bytes, Rendered] = field(default_factory=dict)
    _briefs: dict[bytes, bytes] = field(default_factory=dict)
    _fresh: dict[bytes, bytes] = field(default_factory=dict)
    _room: int = _ROOM

    @classmethod
    def after(cls, last: LastBuild, files: Files, store: Store) -> Memory:
        """Return the memory of a build that comes after another."""
        before = None if files.verify else last.own
        own = OwnFiles.found(before)
        return cls(files, last, store, environment(own), own=own)

    @classmethod
    def of_nothing(cls, root: Path) -> Memory:
        """Return the memory of a build that has none: it keeps everything to itself."""
        return cls(Files(root))

    def modules(self) -> dict[str, bytes]:
        """Return the digests of the loaded modules that no version stands for."""
        return {
            name: self.files.digest(name) for name in map(self.files.name, loaded_from_elsewhere())
        }

    def agree(self, what: str, digest: bytes) -> bool:
        """Note a digest of what is the same for all essays; return whether it is the last build's.

        Where it is, what followed from it and from an essay that is as before follows again.
        """
        self.common[what] = digest
        return self.last.common.get(what) == digest

    def converted_as_before(self) -> set[str]:
        """Return the essays that say what they said, and whose conversions are the last build's."""
        return self.documents.kept & self.conversions.kept

    def linked_as_before(self) -> set[str]:
        """Return those of these whose links lead to where they led."""
        return self.converted_as_before() & self.links.kept

    def get(self, key: bytes) -> bytes | None:
        """Return a value from the store, or None."""
        if self.store is None:
            return None
        self.used.add(key)
        return self.store.get(key)

    def value(self, key: bytes, kind: type[Value], make: Callable[[], Value]) -> Value:
        """Return a value of some type: from the store, or made now and kept there."""
        known = self.known(key, kind)
        if known is None:
            self.keep(key, known := make())
        return known

    def known(self, key: bytes, kind: type[Value]) -> Value | None:
        """Return a value of some type from the store, or None."""
        if (data := self.get(key)) is not None:
            with suppress(msgspec.DecodeError):
                return msgspec.msgpack.decode(data, type=kind)
        return None

    def keep(self, key: bytes, value: object) -> None:
        """Keep a value in the store."""
        if self.store is not None:
            self.store.put(key, _ENCODER.encode(value))

    def conversion(
        self, path: str, key: bytes, again: Callable[[], Rendered], *, own: bool
    ) -> Conversion | None:
        """Return what a document was converted to at some time, or None.

        Args:
            path: The document.
            key: The digest of all that its conversion depends on, but for the files it reads.
            again: Converts it, should the store have lost what it had.
            own: Whether it is the text of the document's file that is converted.
        """
        last: Converted | None = self.last.conversions.get(path)
        found = last if last is not None and last.key == key else self._from_store(key, own=own)
        if found is None or (found.reads and self._now(found.reads) != found.reads):
            return None
        if found is last:
            self.conversions.keep(path, found)
        else:
            self.conversions[path] = found
        return self._known(found, again)

    def _known(self, converted: Converted, again: Callable[[], Rendered]) -> Conversion:
        load = self._loader(converted.place, again)
        return Conversion(converted.facts, load, lambda: self._brief(converted.place, load))

    def _brief(self, place: bytes, load: Callable[[], Rendered]) -> Brief:
        """Return the brief of a conversion: what this build converted has it at hand."""
        data = self._briefs.get(place)
        return load().brief if data is None else _BRIEFS.decode(data)

    def _now(self, reads: Mapping[str, bytes]) -> Mapping[str, bytes]:
        return {name: self.files.digest(name) for name in reads}

    def _from_store(self, key: bytes, *, own: bool) -> Converted | None:
        """Return the conversion of a text that some other build made, with the files as they are.

        Under the key itself stand the names of the files that it read when it was last made.
        """
        names: list[str] = []
        if (data := self.get(key)) is not None:
            with suppress(msgspec.DecodeError):
                names = msgspec.msgpack.decode(data, type=list[str])
        reads = self._now(dict.fromkeys(names, b""))
        found = self._stored(digest_of(key, reads))
        return Converted.of(key, reads, found[0], own=own) if found else None

    def _loader(self, place: bytes, again: Callable[[], Rendered]) -> Callable[[], Rendered]:
        def load() -> Rendered:
            if (rendered := self._at_hand.get(place)) is None:
                found = self._stored(place)
                rendered = again() if found is None else found[1]
                if len(self._at_hand) >= _AT_HAND:
                    self._at_hand.clear()
                self._at_hand[place] = rendered
            return rendered

        return load

    def _stored(self, place: bytes) -> tuple[Facts, Rendered] | None:
        data = self._fresh.get(place) or self.get(place)
        try:
            return None if data is None else _CONVERSIONS.decode(data)
        except msgspec.DecodeError:
            return None

    def keep_conversion(
        self,
        path: str,
        key: bytes,
        reads: Mapping[str, bytes],
        facts: Facts,
        encoded: Encoded,
        again: Callable[[], Rendered],
        *,
        own: bool,
    ) -> Conversion:
        """Keep a conversion that was made just now, perhaps in another process."""
        if self.store is None:
            raise ValueError("a build without a store keeps nothing")
        converted = Converted.of(key, reads, facts, own=own)
        self.store.put_packed(converted.place, encoded.whole)
        self._briefs[converted.place] = encoded.brief
        if len(encoded.plain) <= self._room:
            self._fresh[converted.place] = encoded.plain
            self._room -= len(encoded.plain)
        if reads:
            self.store.put(key, _ENCODER.encode(list(reads)))
        if (before := self.conversions.get(path)) is not None:
            self.used.update((before.key, before.place))
        self.conversions[path] = converted
        return self._known(converted, again)

    def in_use(self) -> Iterator[bytes]:
        """Yield the keys of all values that this build has used."""
        yield from self.used
        for converted in self.conversions.values():
            yield from (converted.key, converted.place)


class Encoded(Struct, frozen=True):
    """A conversion as the store keeps it, and as the rest of the build has it at hand."""

    whole: bytes
    plain: bytes
    brief: bytes

    @classmethod
    def of(cls, facts: Facts, rendered: Rendered) -> Encoded:
        """Encode a conversion."""
        plain = _ENCODER.encode((facts, rendered))
        return cls(packed(plain), plain, _ENCODER.encode(rendered.brief))
