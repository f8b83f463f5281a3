"""A site in the spare's place as well, by links: what a checkout without a site begins with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from .aside import aside
from .files import Walked, walk_straight
from .ledger import Manifest
from .looking import Look
from .making import make_folder
from .outputs import held


def twin(site_dir: Path, spare: Path) -> bool:
    """Keep a site in the spare's place as well, if there is none.

    Returns:
        Whether it was done.
    """
    with held(site_dir.parent):
        if spare.exists():
            return False
        try:
            _linked(site_dir, spare)
        except OSError:  # another file system, or one without links
            shutil.rmtree(spare, ignore_errors=True)
            return False
    return True


@contextmanager
def beside(site_dir: Path, spare: Path) -> Iterator[Callable[[], bool]]:
    """Twin a site that is finished, if there is no spare, in another process.

    Yields:
        What waits for it; returns whether it was done.
    """
    if spare.exists():
        yield lambda: False
        return
    with aside(partial(twin, site_dir, spare)) as twinned:
        yield twinned


class Twin:
    """A twin of a folder, begun while that is looked at: nearly all of it is right already."""

    def __init__(self, folder: Path, spare: Path, *, wanted: bool) -> None:
        """Take the folder.

        Args:
            folder: The folder, which a build makes into a site.
            spare: Where the twin is to be.
            wanted: Whether there is to be one.
        """
        self._folder, self._spare = folder, spare
        self._new = spare.with_name(f"{spare.name}.new")
        self._wanted = wanted and any(folder.iterdir())

    def walk(self, folder: str) -> Iterator[Walked]:
        """Walk over the folder as `walk_straight` does, and link what is found on the way."""
        found = walk_straight(folder)
        return _linking(found, folder, f"{self._new}{os.sep}") if self._wanted else found

    def end(self, look: Look, site: Manifest) -> bool:
        """Make what was linked the very site, and put it in its place; return whether it was done.

        Args:
            look: What came of looking at the folder with `walk`, before it was changed.
            site: The site that was made of it.
        """
        if not self._new.exists():
            return False
        try:
            for path in (look.intact.keys() | look.others) - site.keys():
                _dropped(self._new / path)
            for path, placed in site.items():
                old = look.intact.get(path)
                if old is None or old.stamp.inode != placed.stamp.inode:
                    _relinked(self._folder / path, self._new / path)
            self._new.rename(self._spare)
        except OSError:  # then the next build has none, or this one makes it at its end
            return False
        return True

    def forget(self) -> None:
        """Remove what was begun and not ended, here or by a build that was killed."""
        shutil.rmtree(self._new, ignore_errors=True)


@contextmanager
def twinning(folder: Path, spare: Path, *, wanted: bool) -> Iterator[Twin]:
    """Begin a twin of a folder while that is made into a site; see `Twin`."""
    twin = Twin(folder, spare, wanted=wanted)
    twin.forget()
    try:
        yield twin
    finally:
        twin.forget()


def _linking(found: Iterable[Walked], source: str, target: str) -> Iterator[Walked]:
    """Link each file that is found, until one cannot be: then no twin is left."""
    ready, whole = set[str](), True
    for path, stat in found:
        if stat is not None and whole:
            folder = path.rpartition("/")[0]
            try:
                if folder not in ready:
                    make_folder(target + folder)
                    ready.add(folder)
                os.link(source + path, target + path)
            except OSError:  # another file system, or one without links; or the file is gone
                whole = False
                shutil.rmtree(target, ignore_errors=True)
        yield path, stat


def _linked(folder: Path, new: Path) -> None:
    """Link every file of a folder.

    Raises:
        OSError: One could not be.
    """
    for _ in _linking(walk_straight(f"{folder}{os.sep}"), f"{folder}{os.sep}", f"{new}{os.sep}"):
        pass
    new.stat()


def _dropped(twin: Path) -> None:
    twin.unlink(missing_ok=True)  # what is a link itself was not linked
    with suppress(OSError):  # something else is in the folder
        os.removedirs(twin.parent)


def _relinked(file: Path, twin: Path) -> None:
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.unlink(missing_ok=True)
    twin.hardlink_to(file)
