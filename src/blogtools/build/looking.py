"""Whether a folder still holds what was left in it: the last site, and the one before it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from msgspec import Struct, field

from blogtools.model.digest import digest

from .aside import aside
from .files import Stamp, walk_straight
from .ledger import Manifest, Placed


class Look(Struct, frozen=True):
    """What came of a look at a folder.

    Attributes:
        intact: The files that are as they were left.
        others: What else is there: files that were changed, strangers, links, and empty folders,
            which end with a slash.
        complete: Whether nothing is missing, and there was anything at all.
    """

    intact: Manifest = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    complete: bool = False

    @property
    def as_left(self) -> bool:
        """Return whether the folder is just as it was left, and nothing else is in it."""
        return self.complete and not self.others


def look_at(folder: Path, manifest: Manifest, *, verify: bool = False) -> Look:
    """Look at a folder.

    Args:
        folder: Where to look.
        manifest: What was left there.
        verify: Whether the content of every file decides; else its size and times do.
    """
    return _look(manifest, _differences(f"{folder}{os.sep}", manifest, verify=verify))


@contextmanager
def looking(
    folder: Path, manifest: Manifest, *, verify: bool = False, nice: int = 0
) -> Iterator[Callable[[], Look]]:
    """Look at a folder, in another process where `aside` finds that worthwhile.

    Args:
        folder: Where to look.
        manifest: What was left there.
        verify: See `look_at`.
        nice: See `aside`.

    Yields:
        What waits for the result.
    """
    look = partial(_differences, f"{folder}{os.sep}", manifest, verify=verify)
    with aside(look, len(manifest), nice=nice) as result:
        yield cache(lambda: _look(manifest, result()))


#: The files that are not as they were left; those that are, but with another stamp; what else
#: is there. Little, as a rule, and therefore what one process tells another.
_Differences = tuple[set[str], dict[str, Placed], set[str]]


def _differences(folder: str, manifest: Manifest, *, verify: bool) -> _Differences:
    lost, stamped, others = set(manifest), dict[str, Placed](), set[str]()
    for path, found in walk_straight(folder):
        old = manifest.get(path)
        same = old is not None and found is not None and _is_still(found, old.stamp)
        if (
            old is None
            or found is None
            # Reading a pipe may never end.
            or not stat.S_ISREG(found.st_mode)
            or not (_has(folder + path, old.digest) if verify else same)
        ):
            others.add(path)
            continue
        lost.discard(path)
        if not same:
            stamped[path] = Placed(old.digest, Stamp.of(found)._replace(ctime=0))
    return lost, stamped, others


def _look(manifest: Manifest, differences: _Differences) -> Look:
    lost, stamped, others = differences
    intact: Mapping[str, Placed] = manifest
    if lost or stamped:
        intact = {path: old for path, old in manifest.items() if path not in lost} | stamped
    return Look(intact, frozenset(others), complete=bool(manifest) and not lost)


def is_same(one: Stamp, other: Stamp) -> bool:
    """Return whether two stamps are equal but for the ctime, which another link changes."""
    return one.size == other.size and one.mtime == other.mtime and one.inode == other.inode


def _is_still(found: os.stat_result, stamp: Stamp) -> bool:
    """Return what `is_same` does, without a stamp of what was found: there are many of them."""
    return (
        found.st_size == stamp.size
        and found.st_mtime_ns == stamp.mtime
        and found.st_ino == stamp.inode
    )


def _has(file: str, content: bytes) -> bool:
    """Return whether a file has the content of a digest."""
    with open(file, "rb") as opened:
        return digest(opened.read()) == content
