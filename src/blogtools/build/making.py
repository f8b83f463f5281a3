"""Makes what is stale, carries over the rest, and leaves nothing else in the site's folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path

from msgspec import Struct

from blogtools.model.diagnostic import Disturbed
from blogtools.model.digest import digest, hasher

from .files import NO_STAMP, Stamp
from .ledger import LastBuild, Ledger, Made, Manifest, Placed, Reads
from .looking import Look, is_same
from .memory import Memory
from .plan import Bill, Copy, Target, changes, digests
from .recording import recorded
from .shares import Renewed
from .store import packed
from .workers import parallel_map

# So many bytes of a file are held while it is copied.
_PIECE = 2**20
_GONE = "its file was changed, or is gone"

#: Is told how many files of how many are made.
Progress = Callable[[int, int], None]


class Step(Struct, frozen=True, dict=True):
    """A target that has to be made, and why."""

    target: Target
    why: str
    bill: Bill

    @cached_property
    def key(self) -> bytes:
        """Return the digest of all that it is made from; of a new site, while others make that."""
        return self.bill.key(self.target)


class Result(Struct, frozen=True):
    """What became of the parts of a site.

    Attributes:
        site: Every file of the site.
        made: Every file that was made, now or earlier.
        steps: What had to be made, and why.
        reads: The digests of what each of these was made from, by its path.
        others: Why each file that is only copied, or is gone, is not as it was, by its path.
    """

    site: Manifest
    made: Mapping[str, Made]
    steps: tuple[Step, ...]
    reads: Mapping[str, Reads]
    others: Mapping[str, str]


class _Fresh(Struct, frozen=True):
    """What a worker made: no digest if the template gave nothing; no stamp if it stands already."""

    digest: bytes
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
    made, steps = _stale(bill, targets, memory.last, folders)
    others = _copy([copy for copy in bill.copies if copy.path not in targets], memory, folders)
    reads: dict[str, Reads] = {}
    for step, kept in _work(steps, memory, folders, workers, progress):
        made[step.target.path], reads[step.target.path] = kept, digests(step.target.reads)
    memory.used.update(made[path].key for path, target in targets.items() if target.costly)
    site = folders.finish()
    others |= dict.fromkeys(memory.last.site.keys() - site.keys(), "it was removed")
    return Result(site, made, tuple(steps), reads, others)


def _stale(
    bill: Bill, targets: Mapping[str, Target], last: LastBuild | Ledger, folders: Folders
) -> tuple[Renewed[Made], list[Step]]:
    """Carry over what is still right; return that, and what has to be made."""
    made, steps = Renewed[Made](), list[Step]()
    for path, target in targets.items():
        before: Made | None = last.made.get(path)
        kept = _kept(bill, target, before, last, folders)
        if isinstance(kept, Step):
            steps.append(kept)
        elif kept is before:
            made.keep(path, kept)
        else:
            made[path] = kept
    return made, steps


def _copy(copies: Sequence[Copy], memory: Memory, folders: Folders) -> dict[str, str]:
    """Copy files; return of each that is not as it was why."""
    whys = {}
    for copy in copies:
        whys[copy.path] = _why_copied(copy, memory, folders)
        folders.copy(copy)
    return {path: why for path, why in whys.items() if why}


def _why_copied(copy: Copy, memory: Memory, folders: Folders) -> str:
    """Return why a file that is copied is not as it was; nothing if it is."""
    before: Placed | None = memory.last.site.get(copy.path)
    if before is None:
        return "it is new"
    if before.digest != copy.digest:
        return f"{memory.files.name(copy.source)} changed"
    return "" if folders.has(copy.path, copy.digest) else _GONE


def _kept(
    bill: Bill, target: Target, made: Made | None, last: LastBuild | Ledger, folders: Folders
) -> Made | Step:
    """Return what was made of a target last time, and carry it over; else why it is not right."""
    if made is None:
        return Step(target, "it is new", bill)
    if not bill.follows(target, made, last):
        key = bill.key(target)
        if made.key != key:
            return Step(target, changes(bill, target, last), bill)
        made = Made(key, made.digest, target.origin)
    if made.digest and not folders.carry(target.path, made.digest):
        return Step(target, _GONE, bill)
    return made


def _work(
    steps: Sequence[Step], memory: Memory, folders: Folders, workers: int, progress: Progress
) -> Iterator[tuple[Step, Made]]:
    """Make what is stale, and put it in its place; yield what was made."""
    results = parallel_map(partial(_make, memory, folders), steps, workers)
    for done, (step, fresh) in enumerate(zip(steps, results, strict=True), start=1):
        progress(done, len(steps))
        path = step.target.path
        if fresh.stamp is not None:
            folders.placed(path, Placed(fresh.digest, fresh.stamp))
        elif fresh.digest:
            folders.carry(path, fresh.digest)
        if fresh.keep and memory.store is not None:
            memory.store.put_packed(step.key, fresh.keep)
        yield step, Made(step.key, fresh.digest, step.target.origin)


def _make(memory: Memory, folders: Folders, step: Step) -> _Fresh:
    """Make a target, or take what was made of the very same some time ago; write it."""
    target, keep = step.target, b""
    data = memory.get(step.key) if target.costly else None
    if data is None:
        with recorded() as opened:
            data = target.make()
        memory.files.demand_unchanged(opened)
        keep = packed(data) if target.costly and memory.store is not None else b""
    if not data.strip():
        return _Fresh(b"", None, keep)
    found = digest(data)
    if folders.has(target.path, found):
        return _Fresh(found, None, keep)
    return _Fresh(found, folders.write(target.path, data), keep)


class Folders:
    """The last site, and the folder that becomes the next one.

    No file is ever changed in place: the folder may share files with the site that readers see.
    """

    def __init__(self, site: Path, last: Look, folder: Path, spare: Look) -> None:
        """Take both folders, and what came of looking at them.

        Args:
            site: The last site.
            last: What is in it.
            folder: The folder to fill; it may hold an older site.
            spare: What is in that.
        """
        self._site, self._folder = f"{site}{os.sep}", f"{folder}{os.sep}"
        self._last, self._spare = last.intact, spare.intact
        self._there = set(spare.others)
        for path in spare.others:
            if path.endswith("/"):
                _prune(self._folder, path)
                self._there.remove(path)
            elif os.path.islink(self._folder + path):
                # Somebody made it: nothing may be written through it.
                os.unlink(self._folder + path)
                self._there.remove(path)
        self._there.update(spare.intact)
        self._ready: dict[str, bool] = {}
        self._made: dict[str, Placed] = {}

    def has(self, path: str, digest: bytes) -> bool:
        """Return whether the last site, or the one before it, has this very file."""
        last, spare = self._last.get(path), self._spare.get(path)
        return (last is not None and last.digest == digest) or (
            spare is not None and spare.digest == digest
        )

    def carry(self, path: str, digest: bytes) -> bool:
        """Let a file be one of the next site, if `has` finds it; return whether it does."""
        spare = self._spare.get(path)
        if spare is None or spare.digest != digest:
            last = self._last.get(path)
            if last is None or last.digest != digest:
                return False
            spare = self._link(path, last)
        self._made[path] = spare
        return True

    def _link(self, path: str, old: Placed) -> Placed:
        target, source = self._free(path), self._site + path
        try:
            os.link(source, target)
        except FileNotFoundError:
            raise Disturbed(path) from None
        except OSError:
            # Another file system, or one without links.
            shutil.copy2(source, target)
        if not is_same(_looked_at(source), old.stamp):
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
            self._ready[folder] = make_folder(self._folder + folder)
        if not self._ready[folder]:
            _remove(target)
        return target

    def copy(self, copy: Copy) -> None:
        """Copy a file of the author's, unless the last site has it already.

        Raises:
            Disturbed: It is not what the build took it for any more.
        """
        if not self.carry(copy.path, copy.digest):
            target = self._free(copy.path)
            if _copied(copy.source, target) != copy.digest:
                raise Disturbed(copy.source)
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


def _copied(source: str, target: str) -> bytes:
    """Copy a file, piece by piece since it may be large; return the digest of what was copied."""
    found = hasher()
    with open(source, "rb", buffering=0) as file, open(target, "xb") as copy:
        while piece := file.read(_PIECE):
            found.update(piece)
            copy.write(piece)
    return found.digest()


def _looked_at(file: str) -> Stamp:
    try:
        return Stamp.of(os.lstat(file))
    except OSError:
        return NO_STAMP


def _stamp(file: str | int) -> Stamp:
    """Return a file's stamp without the ctime, which a second name for the file changes."""
    return Stamp.of(os.stat(file))._replace(ctime=0)


def make_folder(folder: str) -> bool:
    """Make a folder; return whether it is new, so that nothing can be in it but what we make."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        return make_folder(folder)
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
