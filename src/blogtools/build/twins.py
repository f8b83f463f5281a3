"""A site in the spare's place as well, by links: what a checkout without a site begins with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from .aside import aside
from .ledger import Manifest
from .outputs import held

#: The inode of each file, by its path.
_Inodes = dict[str, int]


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


@contextmanager
def twinning(folder: Path, spare: Path, *, wanted: bool) -> Iterator[Callable[[Manifest], bool]]:
    """Begin a twin of a folder while that is made into a site: nearly all of it is right already.

    Another process links what is there, while this one reads and compares.

    Args:
        folder: The folder.
        spare: Where the twin is to be.
        wanted: Whether there is to be one.

    Yields:
        What ends it, once the folder is the site of a manifest; returns whether it was done.
    """
    if not wanted or not any(folder.iterdir()):
        yield lambda _site: False
        return
    new = spare.with_name(f"{spare.name}.new")
    try:
        with aside(partial(_begun, folder, new)) as linked:
            yield lambda site: _ended(folder, new, spare, linked(), site)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _begun(folder: Path, new: Path) -> _Inodes | None:
    shutil.rmtree(new, ignore_errors=True)  # of a build that was killed
    try:
        return _linked(folder, new)
    except OSError:
        return None


def _linked(folder: Path, new: Path) -> _Inodes:
    """Link every file of a folder; return what was linked. What goes meanwhile is left out."""
    source, target = f"{folder}{os.sep}", f"{new}{os.sep}"
    linked: _Inodes = {}
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        os.mkdir(target + prefix)
        with suppress(FileNotFoundError), os.scandir(source + prefix) as entries:
            for entry in entries:
                path = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif not entry.is_symlink():
                    with suppress(FileNotFoundError):
                        os.link(source + path, target + path)
                        linked[path] = entry.inode()
    return linked


def _ended(folder: Path, new: Path, spare: Path, linked: _Inodes | None, site: Manifest) -> bool:
    """Make what was linked the very site, and put it in its place."""
    if linked is None:
        return False
    try:
        for path in linked.keys() - site.keys():
            _dropped(new / path)
        for path, placed in site.items():
            if linked.get(path) != placed.stamp.inode:
                _relinked(folder / path, new / path)
        new.rename(spare)
    except OSError:  # then the next build has none, or this one makes it at its end
        return False
    return True


def _dropped(twin: Path) -> None:
    twin.unlink()
    with suppress(OSError):  # something else is in the folder
        os.removedirs(twin.parent)


def _relinked(file: Path, twin: Path) -> None:
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.unlink(missing_ok=True)
    twin.hardlink_to(file)
