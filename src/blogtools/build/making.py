"""Makes what is stale, carries over the rest, and leaves nothing else in the site's folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from blogtools.model.digest import digest

from .files import NO_STAMP, Stamp, walk
from .ledger import Made, Manifest, Placed
from .memory import Memory
from .plan import Bill, Copy, Target, reason
from .splicing import splice
from .store import packed
from .workers import parallel_map

#: Is told how many files of how many are made.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """A target that has to be made, and why."""

    target: Target
    key: bytes
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the parts of a site.

    Attributes:
        site: Every file of the site.
        made: Every file that was made, now or earlier.
        steps: What had to be made, and why.
    """

    site: Manifest
    made: Mapping[str, Made]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What a worker made: nothing if the template gave nothing; no data if it stands already."""

    made: Made
    stamp: Stamp | None
    keep: bytes = b""


def make(
    bill: Bill,
    memory: Memory,
    folders: Folders,
    workers: int,
    progress: Progress = lambda _done, _all: None,
) -> Result:
    """Make a folder into the site.

    Args:
        bill: Everything that the site consists of.
        memory: What is known from the last build.
        folders: The last site, and the folder to fill.
        workers: How many processes to use.
        progress: Is told how far it is.
    """
    targets = {target.path: target for target in bill.targets}
    keys = {path: bill.key(target) for path, target in targets.items()}
    steps = tuple(_steps(bill, memory, folders, targets.values(), keys))
    made: dict[str, Made] = {}
    stale = {step.target.path for step in steps}
    for path in targets:
        if path not in stale:
            made[path] = memory.last.made[path]
            folders.carry(path)
    for copy in bill.copies:
        if copy.path not in targets:
            folders.copy(copy)
    for step, fresh in _work(steps, memory, folders, workers, progress):
        if fresh.stamp is not None:
            folders.placed(step.target.path, Placed(fresh.made.digest, fresh.stamp))
        elif fresh.made.digest:
            folders.carry(step.target.path)
        made[step.target.path] = fresh.made
        if fresh.keep and memory.store is not None:
            memory.store.put_packed(step.key, fresh.keep)
    memory.used.update(keys[path] for path, target in targets.items() if target.costly)
    return Result(folders.finish(), made, steps)


def _steps(
    bill: Bill,
    memory: Memory,
    folders: Folders,
    targets: Iterable[Target],
    keys: Mapping[str, bytes],
) -> Iterator[Step]:
    for target in targets:
        key = keys[target.path]
        if why := reason(bill, target, memory.last, folders.intact, key):
            yield Step(target, key, why)


def _work(
    steps: Sequence[Step], memory: Memory, folders: Folders, workers: int, progress: Progress
) -> Iterator[tuple[Step, _Fresh]]:
    results = parallel_map(partial(_make, memory, folders), steps, workers)
    for done, (step, fresh) in enumerate(zip(steps, results, strict=True), start=1):
        progress(done, len(steps))
        yield step, fresh


def _make(memory: Memory, folders: Folders, step: Step) -> _Fresh:
    """Make a target, or take what was made of the very same some time ago; write it."""
    target, keep = step.target, b""
    data = memory.get(step.key) if target.costly else None
    if data is None:
        data, after = _bytes(memory, folders, target)
        keep = packed(data) if target.costly and memory.store is not None else b""
    else:
        after = digest(data)
    if not data.strip():
        return _Fresh(Made(step.key, b""), None, keep)
    made = Made(step.key, after)
    if folders.has(target.path, made.digest):
        return _Fresh(made, None, keep)
    return _Fresh(made, folders.write(target.path, data), keep)


def _bytes(memory: Memory, folders: Folders, target: Target) -> tuple[bytes, bytes]:
    """Return a target's bytes and their digest."""
    if target.pieces is None:
        data = target.make()
        return data, digest(data)
    last, before = folders.last(target.path)
    return splice(target.pieces, last, before, memory)


class Folders:
    """The last site, and the folder that becomes the next one.

    No file is ever changed in place: the folder may share files with the site that readers see.
    """

    def __init__(
        self, site: Path, before: Manifest, folder: Path, spare: Manifest, *, verify: bool = False
    ) -> None:
        """Take both folders, and what they held when they were left.

        Args:
            site: The last site.
            before: What it held.
            folder: The folder to fill; it may hold an older site.
            spare: What that held.
            verify: Whether to read every file instead of trusting sizes and times.
        """
        self._site, self._folder = f"{site}{os.sep}", f"{folder}{os.sep}"
        self._before, self._verify = before, verify
        there = dict(walk(self._folder, follow=False))
        for path in [path for path, stamp in there.items() if stamp == NO_STAMP]:
            # A link that somebody made: nothing may be written through it.
            os.unlink(self._folder + path)
            del there[path]
        self._there = set(there)
        self._ready: dict[str, bool] = {}
        self._spare = _intact(self._folder, spare, there, verify)
        self._made: dict[str, Placed] = {}

    @cached_property
    def intact(self) -> Manifest:
        """Return the files of the last site that are as they were left."""
        found = {path: _looked_at(self._site + path) for path in self._before}
        return _intact(self._site, self._before, found, self._verify)

    def has(self, path: str, digest: bytes) -> bool:
        """Return whether the last site has this very file."""
        found = self.intact.get(path)
        return found is not None and found.digest == digest

    def last(self, path: str) -> tuple[bytes, bytes]:
        """Return a file of the last site and its digest; nothing if it is not as it was left."""
        if path not in self.intact:
            return b"", b""
        with open(self._site + path, "rb") as file:
            return file.read(), self.intact[path].digest

    def carry(self, path: str) -> None:
        """Let a file of the last site be one of the next."""
        old = self.intact[path]
        spare = self._spare.get(path)
        if spare is None or spare.digest != old.digest:
            spare = self._link(path, old)
        self._made[path] = spare

    def _link(self, path: str, old: Placed) -> Placed:
        target, source = self._free(path), self._site + path
        try:
            os.link(source, target)
        except FileNotFoundError:
            raise Disturbed(path) from None
        except OSError:
            # Another file system, or one without links.
            shutil.copy2(source, target)
        if not _same(_looked_at(source), old.stamp):
            raise Disturbed(path)
        return Placed(old.digest, _stamp(target))

    def _free(self, path: str) -> str:
        """Return where a file can be made, with its folder there and nothing in its place."""
        target = self._folder + path
        folder = path.rpartition("/")[0]
        if folder not in self._ready:
            for above in _above(path):
                if above in self._there:
                    with suppress(OSError):  # it made room already
                        os.unlink(self._folder + above)
            self._ready[folder] = _make_folder(self._folder + folder)
        if not self._ready[folder]:
            _remove(target)
        return target

    def copy(self, copy: Copy) -> None:
        """Copy a file of the author's, unless the last site has it already."""
        if self.has(copy.path, copy.digest):
            self.carry(copy.path)
        else:
            target = self._free(copy.path)
            shutil.copyfile(copy.source, target)
            self._made[copy.path] = Placed(copy.digest, _stamp(target))

    def write(self, path: str, data: bytes) -> Stamp:
        """Write a file; return its stamp, since this may happen in another process."""
        target = self._free(path)
        with open(target, "xb") as file:
            file.write(data)
            file.flush()
            return _stamp(file.fileno())

    def placed(self, path: str, placed: Placed) -> None:
        """Learn of a file that `write` wrote."""
        self._made[path] = placed

    def finish(self) -> Manifest:
        """Remove what does not belong to the site, and return what does."""
        for path in self._there - self._made.keys():
            with suppress(OSError):  # it went already, when something else took its place
                os.unlink(self._folder + path)
            _prune(self._folder, path)
        return self._made


def is_as_left(site: Path, before: Manifest, *, verify: bool = False) -> bool:
    """Return whether a site is just as it was left, and nothing else is in it.

    Args:
        site: The site.
        before: What it held.
        verify: Whether to read every file instead of trusting sizes and times.
    """
    folder = f"{site}{os.sep}"
    found = dict(walk(folder, follow=False)) if before else {}
    intact = _intact(folder, before, found, verify)
    return bool(found) and len(intact) == len(before) == len(found)


class Disturbed(OSError):
    """Something else changed the site while it was being built."""

    def __init__(self, path: str) -> None:
        """Name the file."""
        super().__init__(f"another program changed {path} during the build; build again")
        self.strerror = str(self)


def _intact(
    folder: str, manifest: Manifest, found: Mapping[str, Stamp], verify: bool
) -> dict[str, Placed]:
    """Return the files of a folder that are as they were left there."""
    same = {
        path: old
        for path, old in manifest.items()
        if path in found and _same(found[path], old.stamp)
    }
    if verify:
        return {path: old for path, old in same.items() if _digest(folder + path) == old.digest}
    return same


def _same(one: Stamp, other: Stamp) -> bool:
    """Return whether two stamps are equal but for the ctime, which another link changes."""
    return one.size == other.size and one.mtime == other.mtime and one.inode == other.inode


def _looked_at(file: str) -> Stamp:
    try:
        return Stamp.of(os.lstat(file))
    except OSError:
        return NO_STAMP


def _digest(file: str) -> bytes:
    with open(file, "rb") as opened:
        return digest(opened.read())


def _stamp(file: str | int) -> Stamp:
    """Return a file's stamp without the ctime, which a second name for the file changes."""
    return Stamp.of(os.stat(file))._replace(ctime=0)


def _make_folder(folder: str) -> bool:
    """Make a folder; return whether it is new, so that nothing can be in it but what we make."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        return _make_folder(folder)
    return True


def _remove(path: str) -> None:
    """Remove a file, if it is there, or a folder that stands where a file belongs."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError:
        if not os.path.isdir(path):
            raise
        shutil.rmtree(path)


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])


def _prune(folder: str, path: str) -> None:
    """Remove the folders above a file that are empty now."""
    for above in reversed(list(_above(path))):
        try:
            os.rmdir(folder + above)
        except OSError:
            return
