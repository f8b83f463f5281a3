"""Files as a build saw them. Their content decides; size and times are a shortcut to it."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec import msgpack

from blogtools.model.diagnostic import Disturbed
from blogtools.model.digest import digest

from .aside import MANY, aside

# A file that changed so shortly before it was read (in nanoseconds) may change again without its
# times telling: the coarsest clocks of file systems tick every two seconds.
_UNSETTLED = 2_000_000_000


class Stamp(NamedTuple):
    """What tells cheaply that a file is the same as before."""

    size: int
    mtime: int
    ctime: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> Stamp:
        """Return the stamp of a file."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


#: The stamp of a file that is not there, or whose stamp is not to be trusted.
NO_STAMP = Stamp(-1, 0, 0, 0)
#: The stamp of what is neither a file nor a folder, such as a pipe: reading it may never end.
NO_FILE = Stamp(-1, 0, 0, -1)


class Seen(NamedTuple):
    """A file as it was read: what it looked like, and the digest of its content.

    A file that was looked for and not found has no digest.
    """

    stamp: Stamp
    digest: bytes


MISSING = Seen(NO_STAMP, b"")
#: A file of which only the name was asked for.
EXISTS = Seen(NO_STAMP, b"?")
_SEEN = msgpack.Decoder(list[Seen])
#: The name of the root itself. Its digest is that of its path: a blog that was copied elsewhere may
#: mean other files than those that lie around the one it was copied from.
ROOT = "."


class Files:
    """Answers for the content of files, and keeps a record of everything that it was asked.

    A name is a path relative to the project's root, or an absolute path if it lies elsewhere.

    Attributes:
        verify: Whether every file is read, instead of trusting sizes and times.
        reread: Whether a file that looked changed had to be read.
        seen: Every file that was asked for.
    """

    def __init__(
        self, root: Path, last: Mapping[str, Seen] | None = None, *, verify: bool = False
    ) -> None:
        """Take what was seen last time; ``verify`` reads every file all the same."""
        self._root = f"{root}{os.sep}"
        self._last = last or {}
        self.verify = verify
        self.reread = False
        self._stamps: dict[str, Stamp] = {}
        self._looked: dict[str, Stamp] = {}
        self.seen: dict[str, Seen] = {}
        self._trees: dict[str, list[str]] = {}
        self._ahead: Callable[[], Mapping[str, Seen]] = dict
        self._awaited: frozenset[str] = frozenset()

    @property
    def trees(self) -> tuple[str, ...]:
        """Return the folders whose files were listed, by name."""
        return tuple(sorted(self._trees))

    def name(self, file: str | Path) -> str:
        """Return the name of a file."""
        path = os.path.abspath(file)
        return path.removeprefix(self._root).replace(os.sep, "/")

    def path(self, name: str) -> str:
        """Return the absolute path of a name."""
        return os.path.join(self._root, name)

    @property
    def here(self) -> str:
        """Return the folder in which the command was given, as it lies to the root.

        Extensions that include files find them from there; a blog that moved is as it was.
        """
        return os.path.relpath(Path.cwd(), self._root)

    def tree(self, folder: str | Path) -> list[str]:
        """Return the names of all files below a folder, sorted; what comes and goes is noticed.

        A build looks but once: what changes while it runs is the next one's.
        """
        name = self.name(folder)
        if name not in self._trees:
            self._trees[name] = self._walked(name)
        return self._trees[name]

    def _walked(self, name: str) -> list[str]:
        if os.path.isabs(name):
            self.digest(ROOT)
        base = f"{name}/"
        names = {
            base + inside: stamp
            for inside, stamp in walk(self.path(name))
            if "__pycache__/" not in inside
        }
        self._stamps.update(names)
        return sorted(names)

    def tree_digests(self, folder: str | Path) -> dict[str, bytes]:
        """Return the digest of each file below a folder, by name."""
        return {name: self.digest(name) for name in self.tree(folder)}

    def irregular(self, folder: str | Path) -> list[str]:
        """Return the names of what is neither a file nor a folder, and not hidden."""
        self.tree(folder)
        root = self.name(folder)
        inside = (name for name in self._no_files() if name.startswith(f"{root}/"))
        return sorted(name for name in inside if "/." not in name[len(root) :])

    def _no_files(self) -> Iterator[str]:
        # There is one such stamp, and thousands of others to compare it with.
        return (name for name, stamp in self._stamps.items() if stamp is NO_FILE)

    def digest(self, name: str) -> bytes:
        """Return the digest of a file's content; nothing for a file that cannot be read."""
        if (known := self.seen.get(name)) is None:
            known = self.seen[name] = self._look(name)
        return known.digest

    def digests_of_opened(self, opened: Mapping[str, Stamp]) -> dict[str, bytes]:
        """Return the digest of each file that somebody else has read, by name.

        Args:
            opened: What each looked like when it was opened, by its absolute path.

        Raises:
            Disturbed: One of them changed meanwhile.
        """
        found = {name: self.digest(name) for name in sorted(map(self.name, list(opened)))}
        self.demand_unchanged(opened)
        if any(map(os.path.isabs, found)):
            found[ROOT] = self.digest(ROOT)
        return found

    def demand_unchanged(self, opened: Mapping[str, Stamp]) -> None:
        """See that what somebody else has read is what was taken for it here, if it was asked for.

        Args:
            opened: See `digests_of_opened`.

        Raises:
            Disturbed: Nobody knows what of a file was read.
        """
        for path, stamp in list(opened.items()):  # other threads may be adding to it
            looked = self._looked.get(self.name(path))
            if looked is not None and not looked == stamp == stamp_of(path):
                raise Disturbed(self.name(path))

    def read(self, name: str) -> bytes:
        """Read a file now, and record what was read.

        Raises:
            OSError: It cannot be read.
        """
        self._looked[name] = stamp_of(self.path(name))
        self.seen[name], data = self._opened(name)
        return data

    def _opened(self, name: str) -> tuple[Seen, bytes]:
        before = time.time_ns()
        with open(self.path(name), "rb", buffering=0, opener=_at_once) as file:
            stamp = _stamp_of(os.fstat(file.fileno()))
            if stamp == NO_FILE:
                raise OSError(errno.EINVAL, "it is no regular file")
            data = file.read()
        return Seen(settled(stamp, before), digest(data)), data

    def learn(self, name: str, seen: Seen) -> None:
        """Record what another process read."""
        self.seen[name] = seen

    def _look(self, name: str) -> Seen:
        if name == ROOT:
            return Seen(NO_STAMP, digest(os.fsencode(self._root)))
        stamp = self._stamps.get(name)
        if stamp is None:
            if os.path.isabs(name):
                self.digest(ROOT)
            stamp = stamp_of(self.path(name))
        self._looked[name] = stamp
        if stamp.size < 0:
            # Nothing is there, or a link to nothing: NO_STAMP of the last build says another thing.
            return MISSING
        last = self._last.get(name)
        if not self.verify and last is not None and last.stamp == stamp:
            return last
        self.reread = True
        return self._ahead()[name] if name in self._awaited else self._read(name)

    def _read(self, name: str) -> Seen:
        try:
            return self._opened(name)[0]
        except OSError:
            return MISSING

    @contextmanager
    def read_ahead(self) -> Iterator[None]:
        """Have another process read meanwhile what is to be read again, if that is much.

        After a checkout all files have new times, and what they say is what it was.
        """
        names = self._stale()
        if len(names) < MANY:
            yield
            return
        with aside(
            lambda: msgpack.encode([self._read(name) for name in names]), len(names)
        ) as encoded:
            self._ahead = cache(lambda: dict(zip(names, _SEEN.decode(encoded()), strict=True)))
            self._awaited = frozenset(names)
            try:
                yield
            finally:
                self._awaited = frozenset()

    def _stale(self) -> list[str]:
        """Return the files in listed folders that were read last time, and are to be read again."""
        stamps = self._stamps.items()
        known = ((name, stamp, self._last.get(name, EXISTS)) for name, stamp in stamps)
        return [
            name
            for name, stamp, last in known
            if last != EXISTS and (self.verify or last.stamp != stamp) and name not in self.seen
        ]

    def record(self) -> dict[str, Seen]:
        """Return everything that was asked for, and every name in the folders that were listed."""
        names = dict.fromkeys(self._stamps, EXISTS)
        return names | dict.fromkeys(self._no_files(), MISSING) | self.seen

    def changed(self, names: Mapping[str, Seen], trees: tuple[str, ...]) -> str:
        """Return the name of the first file that is not as it was seen, or nothing.

        Args:
            names: The files as they were seen.
            trees: The folders in which no other file may have come up.
        """
        for tree in trees:
            found = self.tree(self.path(tree))
            if strange := next((name for name in found if name not in names), ""):
                return strange
        return self._resized(names) or next(
            (name for name, seen in names.items() if not self._is(name, seen)), ""
        )

    def _resized(self, names: Mapping[str, Seen]) -> str:
        """Return a file of another size, if there is one: that it has changed is known unread."""
        for name, stamp in self._stamps.items():
            if names.get(name, EXISTS).stamp.size not in (NO_STAMP.size, stamp.size):
                return name
        return ""

    def _is(self, name: str, seen: Seen) -> bool:
        if seen == EXISTS:
            return self._stamps.get(name, NO_FILE) != NO_FILE
        return self.digest(name) == seen.digest


def walk(folder: str, *, follow: bool = True) -> Iterator[tuple[str, Stamp]]:
    """Yield each file below a folder by its relative path, with its stamp, in no certain order.

    Args:
        folder: Where to look.
        follow: Whether links are followed, but for one that leads to nothing, or into a folder
            from inside it. A link that is not followed has no stamp; what is then found to be no
            file has `NO_FILE`.
    """
    if follow:
        return _following(folder, "", frozenset())
    found = walk_straight(f"{folder}{os.sep}")
    files = ((path, stat) for path, stat in found if not path.endswith("/"))
    return ((path, NO_STAMP if stat is None else Stamp.of(stat)) for path, stat in files)


def walk_straight(folder: str) -> Iterator[tuple[str, os.stat_result | None]]:
    """Yield each file below a folder with what the system says of it; nothing of links.

    Every build walks over its whole site so. A folder in which there is nothing is told, too, with
    a slash at its end.

    Args:
        folder: The folder, with a slash at its end.
    """
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        with suppress(OSError), os.scandir(folder + prefix) as entries:
            empty = bool(prefix)
            for entry in entries:
                path, empty = prefix + entry.name, False
                if entry.is_symlink():
                    yield path, None
                elif entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                else:
                    yield path, _looked_at(entry)
            if empty:
                yield prefix, None


def _following(
    folder: str, prefix: str, above: frozenset[tuple[int, int]]
) -> Iterator[tuple[str, Stamp]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        found = _looked_at(entry)
        if found is None:
            yield f"{prefix}{entry.name}", NO_STAMP
        elif stat.S_ISREG(found.st_mode):
            yield f"{prefix}{entry.name}", Stamp.of(found)
        elif not stat.S_ISDIR(found.st_mode):
            yield f"{prefix}{entry.name}", NO_FILE
        elif (found.st_dev, found.st_ino) not in above:
            here = above | {(found.st_dev, found.st_ino)}
            yield from _following(entry.path, f"{prefix}{entry.name}/", here)


def _looked_at(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:
        return None


def stamp_of(path: str) -> Stamp:
    """Return the stamp of what is there now."""
    try:
        return _stamp_of(os.stat(path))
    except OSError:
        return NO_STAMP


def _stamp_of(found: os.stat_result) -> Stamp:
    """Return the stamp of what was found; a folder has one, too."""
    kind = stat.S_IFMT(found.st_mode)
    return Stamp.of(found) if kind in (stat.S_IFREG, stat.S_IFDIR) else NO_FILE


def _at_once(path: str, flags: int) -> int:
    """Open a file without waiting: a pipe that nobody writes to would be waited for for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def settled(stamp: Stamp, moment: int) -> Stamp:
    """Return the stamp of a file that was read at a moment if it can be trusted later, or none."""
    return NO_STAMP if max(stamp.mtime, stamp.ctime) > moment - _UNSETTLED else stamp
