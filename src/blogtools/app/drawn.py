"""What was drawn once, by the digest of all that it was drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from blogtools.build.memory import Memory
from blogtools.build.recording import looked_for

Value = TypeVar("Value")
_ENCODER = msgspec.msgpack.Encoder()


class Drawn:
    """Remembers pieces of documents, so that a change around one does not draw it again.

    A worker cannot write into the store: what it draws is handed to its parent.
    """

    def __init__(self, memory: Memory) -> None:
        """Take the memory; it may keep nothing."""
        self._memory = memory
        self._fresh: dict[bytes, bytes] = {}

    def digest(self, name: str) -> bytes:
        """Return the digest of a file beside a document, which counts as read; empty without it."""
        files = self._memory.files
        looked_for(files.path(name))
        return files.digest(name)

    def several(
        self,
        keys: Sequence[bytes],
        kind: type[Value],
        draw: Callable[[Sequence[int]], Sequence[Value]],
    ) -> list[Value]:
        """Return some values: those that are remembered, and the others drawn now.

        Args:
            keys: The digest of all that each is drawn from.
            kind: What they are.
            draw: Draws those at some places, all at once.
        """
        found = {place: self._known(key, kind) for place, key in enumerate(keys)}
        missing = [place for place, value in found.items() if value is None]
        if missing:
            for place, value in zip(missing, draw(missing), strict=True):
                found[place] = value
                if self._memory.store is not None:
                    self._fresh[keys[place]] = _ENCODER.encode(value)
        return [value for value in found.values() if value is not None]

    def _known(self, key: bytes, kind: type[Value]) -> Value | None:
        data = self._fresh.get(key) or self._memory.get(key)
        if data is not None:
            with suppress(msgspec.DecodeError):
                return msgspec.msgpack.decode(data, type=kind)
        return None

    def taken(self) -> Mapping[bytes, bytes]:
        """Return what was drawn since this was last asked."""
        fresh, self._fresh = self._fresh, {}
        return fresh

    def keep(self, fresh: Mapping[bytes, bytes]) -> None:
        """Remember what was drawn, perhaps in another process."""
        if self._memory.store is not None:
            for key, value in fresh.items():
                self._memory.store.put(key, value)
