"""A large file of which little has changed is put together from what the last one had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from blogtools.model.digest import digest, digest_of

from .memory import Memory
from .plan import Buffer, Pieces

# The key of each piece of a file, and its length; in the order of the file.
_Map = list[tuple[bytes, int]]


def splice(pieces: Pieces, last: bytes, before: bytes, memory: Memory) -> tuple[bytes, bytes]:
    """Return a file and its digest, with only those pieces made that the last one does not have.

    Args:
        pieces: What it consists of.
        last: The last file's bytes; nothing if there is none, or not as it was left.
        before: Their digest.
        memory: Knows which piece of that stands where, and learns it of the new one.
    """
    old = dict(_cut(pieces, last, before, memory))
    now: list[tuple[bytes, Buffer]] = [
        (piece.key, piece.make() if (known := old.get(piece.key)) is None else known)
        for piece in pieces.pieces
    ]
    whole = pieces.joined(data for _, data in now)
    after = digest(whole)
    if memory.store is not None:
        lengths = [(key, len(data)) for key, data in now]
        memory.store.put(_place(after), msgspec.msgpack.encode(lengths))
        memory.store.flush()  # this may be another process than the one that ends the build
    return whole, after


def _place(whole: bytes) -> bytes:
    return digest_of("pieces", whole)


def _cut(
    pieces: Pieces, last: bytes, before: bytes, memory: Memory
) -> Iterator[tuple[bytes, Buffer]]:
    """Yield the pieces of the last file by their keys; none if it is not known, or not ours."""
    known = memory.get(_place(before)) if last else None
    if known is None or not last.startswith(pieces.head):
        return
    there = memoryview(last)
    lengths: Sequence[tuple[bytes, int]] = msgspec.msgpack.decode(known, type=_Map)
    place = len(pieces.head)
    for key, length in lengths:
        yield key, there[place : place + length]
        place += length + len(pieces.between) if length else 0
