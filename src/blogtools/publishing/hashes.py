"""The sha256 of files, remembered: a file that looks as it did is not read again."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from blogtools.build.files import NO_STAMP, Stamp, settled, walk
from blogtools.build.outputs import replace_file
from blogtools.model.diagnostic import UsageError

#: Size, time of the last change and digest of a file, by its inode: where it lies means nothing.
_Table = dict[int, tuple[int, int, bytes]]


class Part(Struct, frozen=True, gc=False):
    """A file that is to be released, as it lies on the disk.

    Attributes:
        source: Where it lies.
        stamp: What it looked like when it was hashed.
        sha256: Its digest, in hexadecimal digits.
    """

    source: str
    stamp: Stamp
    sha256: str


class Disturbed(UsageError):
    """A file of the site changed while it was being released."""

    def __init__(self, source: str) -> None:
        """Name the file."""
        super().__init__(f"{source} changed while the site was published; publish again")


class Hashes:
    """Digests of files by what the files look like."""

    def __init__(self, file: Path, *, verify: bool = False) -> None:
        """Take what is remembered.

        Args:
            file: Where it is kept; it may be deleted at any time.
            verify: Whether to read every file, instead of trusting sizes and times.
        """
        self._file = file
        self._known = {} if verify else _read(file)
        self._seen: _Table = {}
        self.read = 0

    def part(self, source: str, stamp: Stamp | None = None) -> Part:
        """Return a file with its digest.

        Args:
            source: Where it lies.
            stamp: What it looks like, if that is known already.

        Raises:
            OSError: It cannot be read.
        """
        stamp = stamp or Stamp.of(os.stat(source))
        known = self.known(stamp)
        if known:
            return Part(source, stamp, known)
        self.read += 1
        before = time.time_ns()
        with open(source, "rb") as file:
            stamp = Stamp.of(os.fstat(file.fileno()))
            found = hashlib.file_digest(file, "sha256")
        if settled(stamp, before) != NO_STAMP:
            self.note(stamp, found.digest())
        return Part(source, stamp, found.hexdigest())

    def known(self, stamp: Stamp) -> str:
        """Return the digest of a file that looks like this; empty if nobody knows."""
        found = self._known.get(stamp.inode)
        if found is None or found[:2] != (stamp.size, stamp.mtime):
            return ""
        self._seen[stamp.inode] = found
        return found[2].hex()

    def note(self, stamp: Stamp, digest: bytes) -> None:
        """Remember a digest, of a file that only we write."""
        found = stamp.size, stamp.mtime, digest
        self._known[stamp.inode] = self._seen[stamp.inode] = found

    def save(self) -> None:
        """Keep what was asked for, and nothing else; a full disk may leave that out."""
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._file, msgspec.msgpack.encode(self._seen))


def _read(file: Path) -> _Table:
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.msgpack.decode(file.read_bytes(), type=_Table)
    return {}


def survey(folder: Path, hashes: Hashes) -> Mapping[str, Part]:
    """Return every file of a finished site, by its path, sorted.

    Args:
        folder: The site.
        hashes: What is known of files.

    Raises:
        UsageError: There is no site, or a link in it, which may lead anywhere.
    """
    base = f"{folder}{os.sep}"
    found = sorted(walk(str(folder), follow=False))
    if not found:
        raise UsageError(f"there is no site in {folder}; build it first, or name it with --site")
    if link := next((path for path, stamp in found if stamp == NO_STAMP), ""):
        raise UsageError(f"{folder / link} is a link, and only files are published; delete it")
    return {path: hashes.part(base + path, stamp) for path, stamp in found}
