"""A mapping of many paths as a ledger keeps it: in shares, of which a build writes what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, TypeVar
from zlib import crc32

from msgspec import DecodeError, msgpack

from .store import Part

T = TypeVar("T")

#: Returns a part of a ledger by its name, or None if that is not whole, or not of this ledger.
Reading = Callable[[str], bytes | memoryview | None]

# An edit changes a few entries of ten thousand: so many shares are few to read, and small to write.
_COUNT = 32
_ENCODER = msgpack.Encoder()


class Renewed(dict[str, T]):
    """A mapping of paths as a build makes it anew: it knows what of it is the last build's own.

    Nobody has to look both up and compare them, which for many paths takes longer than the rest.

    Attributes:
        kept: The paths whose values are those very ones.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.kept: set[str] = set()

    def keep(self, path: str, value: T) -> None:
        """Let a path have the value that the last build has for it."""
        dict.__setitem__(self, path, value)  # asked for so often that `super` would be felt
        self.kept.add(path)

    def __setitem__(self, path: str, value: T) -> None:
        """Let a path have another value."""
        super().__setitem__(path, value)
        self.kept.discard(path)


class Shares(Mapping[str, T]):
    """One such mapping of a ledger; each share is read when it is first asked for."""

    def __init__(self, read: Reading, part: str, kind: Any) -> None:  # noqa: ANN401
        """Take the place of the mapping.

        Args:
            read: Returns a part of the ledger, by its name.
            part: What the mapping is called in it.
            kind: The type of its values.
        """
        self._reading, self._part = read, part
        self._decoder: msgpack.Decoder[dict[str, T]] = msgpack.Decoder(dict[str, kind])
        self._read: dict[int, dict[str, T]] = {}

    def __getitem__(self, path: str) -> T:
        """Return the value of a path, of which one share alone is read."""
        return self._share(_number(path))[path]

    def __iter__(self) -> Iterator[str]:
        """Yield every path."""
        return iter(self.whole())

    def __len__(self) -> int:
        """Return how many paths there are."""
        return len(self.whole())

    def whole(self) -> dict[str, T]:
        """Return the mapping; what is damaged is not in it."""
        found: dict[str, T] = {}
        for number in range(_COUNT):
            found |= self._share(number)
        return found

    def renewed(self, now: Mapping[str, T], *, anew: bool = False) -> Iterator[Part]:
        """Return what is to be written, so that the mapping is another one; it is from then on.

        Args:
            now: What it is to be.
            anew: Whether all shares are written, since somebody else may have written them.
        """
        if not anew and isinstance(now, Renewed):
            fresh = {path: now[path] for path in sorted(now.keys() - now.kept)}
            replaced = sum(path in self._share(_number(path)) for path in fresh)
            if len(now) - len(fresh) + replaced == sum(map(len, map(self._share, range(_COUNT)))):
                return self.updated(fresh, now)  # no path that there was is missing
        return self._compared(now, anew=anew)

    def _compared(self, now: Mapping[str, T], *, anew: bool) -> Iterator[Part]:
        added = _by_number(now.keys() - self.whole().keys())
        for number in range(_COUNT):
            before, more = self._share(number), added.get(number, ())
            # Equal lists are found out by identities first, and nearly all values are the same.
            if anew or more or [*map(now.get, before)] != [*before.values()]:
                yield self._write(number, {p: now[p] for p in chain(before, more) if p in now})

    def updated(self, fresh: Mapping[str, T], there: Iterable[str]) -> Iterator[Part]:
        """Yield what is to be written, so that the mapping has other values for some paths.

        Args:
            fresh: Those values.
            there: Every path that there is; of others a share is rid when it is written.
        """
        kept = frozenset(there)
        for number, paths in _by_number(fresh).items():
            old = {path: value for path, value in self._share(number).items() if path in kept}
            yield self._write(number, old | {path: fresh[path] for path in paths})

    def _share(self, number: int) -> dict[str, T]:
        if number not in self._read:
            data = self._reading(self._row(number))
            self._read[number] = {}
            with suppress(DecodeError):
                self._read[number] = self._decoder.decode(data) if data else {}
        return self._read[number]

    def _write(self, number: int, share: dict[str, T]) -> Part:
        self._read[number] = share
        return self._row(number), _ENCODER.encode(share)

    def _row(self, number: int) -> str:
        return f"{self._part} {number}"


def _number(path: str) -> int:
    return crc32(path.encode(errors="surrogatepass")) % _COUNT


def _by_number(paths: Iterable[str]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for path in paths:
        found[_number(path)].append(path)
    return found
