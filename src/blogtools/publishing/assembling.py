"""Putting the files of a release into a folder: by links to what is ours, by copies of the rest."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from blogtools.build.files import Stamp, walk
from blogtools.build.looking import is_same

from .hashes import Disturbed, Hashes, Part

#: As many at once: a file system does other things while one of them waits.
_THREADS = 4
_BATCH = 512
_MODE = 0o644


def assemble(
    folder: str, parts: Mapping[str, Part], ours: Mapping[str, Part], hashes: Hashes
) -> int:
    """Make a folder hold just these files.

    What of an older release is in it, and is right, stays; that is nearly everything, as a rule.
    A file of ours (of an earlier release, or of the store of compressed files) is linked, because
    nobody writes to it. A file of the site is copied: whoever builds may write into it.

    Args:
        folder: The folder.
        parts: The files by their paths.
        ours: Those that may be linked, and from where.
        hashes: Is told of the copies.

    Returns:
        How many files were there, or were linked.

    Raises:
        OSError: The folder cannot hold them.
        UsageError: A file changed meanwhile.
    """
    right = _kept(folder, parts, hashes)
    items = [(path, part) for path, part in parts.items() if path not in right]
    _make_folders(folder, (path for path, _ in items))
    batches = [items[at : at + _BATCH] for at in range(0, len(items), _BATCH)]
    put = partial(_put_all, folder, ours)
    linked = len(right)
    with ThreadPoolExecutor(_THREADS) as threads:
        for copies, number in threads.map(put, batches):
            linked += number
            for stamp, digest in copies:
                hashes.note(stamp, digest)
    return linked


def _kept(folder: str, parts: Mapping[str, Part], hashes: Hashes) -> set[str]:
    """Remove what is wrong in a folder, and return the paths of what is right."""
    right: set[str] = set()
    emptied: set[str] = set()
    for path, stamp in walk(folder, follow=False):
        part = parts.get(path)
        if part is not None and hashes.known(stamp) == part.sha256:
            right.add(path)
        else:
            os.unlink(f"{folder}{os.sep}{path}")
            emptied.add(path.rpartition("/")[0])
    _remove_empty(folder, emptied)
    return right


def _remove_empty(folder: str, emptied: Iterable[str]) -> None:
    """Remove folders that have nothing left in them, and those that then have nothing."""
    for inside in sorted(emptied, key=len, reverse=True):
        above = inside
        with suppress(OSError):
            while above:
                os.rmdir(f"{folder}{os.sep}{above}")
                above = above.rpartition("/")[0]


def _make_folders(folder: str, paths: Iterable[str]) -> None:
    made: set[str] = set()
    for path in paths:
        above = path.rpartition("/")[0]
        if above and above not in made:
            os.makedirs(f"{folder}{os.sep}{above}", exist_ok=True)
            while above and above not in made:
                made.add(above)
                above = above.rpartition("/")[0]


def _put_all(
    folder: str, ours: Mapping[str, Part], items: Iterable[tuple[str, Part]]
) -> tuple[list[tuple[Stamp, bytes]], int]:
    copies: list[tuple[Stamp, bytes]] = []
    linked = 0
    for path, part in items:
        place = f"{folder}{os.sep}{path}"
        known = ours.get(path)
        if known is not None and _link(known.source, place):
            linked += 1
        else:
            copies.append((_copy(part, place), bytes.fromhex(part.sha256)))
    return copies, linked


def _link(source: str, place: str) -> bool:
    """Link a file, and return whether that was possible: not everywhere, nor without end."""
    try:
        os.link(source, place)
    except OSError:
        return False
    return True


def _copy(part: Part, place: str) -> Stamp:
    """Copy a file, sharing its blocks where the file system can.

    Raises:
        UsageError: It is not what was hashed.
    """
    source = os.open(part.source, os.O_RDONLY)
    try:
        found = os.fstat(source)
        if not is_same(Stamp.of(found), part.stamp):
            raise Disturbed(part.source)
        target = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IMODE(_MODE))
        try:
            _pour(source, target, found.st_size)
            return Stamp.of(os.fstat(target))
        finally:
            os.close(target)
    finally:
        os.close(source)


def _pour(source: int, target: int, size: int) -> None:
    """Write the whole of one open file into another."""
    if hasattr(os, "copy_file_range"):
        left = size
        while left > 0:
            try:
                done = os.copy_file_range(source, target, left)
            except OSError:
                break
            if done == 0:
                break
            left -= done
        if left == 0:
            return
    # Where the two file systems cannot do it among themselves.
    os.lseek(source, 0, os.SEEK_SET)
    os.lseek(target, 0, os.SEEK_SET)
    while data := os.read(source, 1 << 20):
        view = memoryview(data)
        while view:
            view = view[os.write(target, view) :]
