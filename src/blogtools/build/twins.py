"""A site in the spare's place as well, by links: what a checkout without a site begins with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from .aside import aside
from .ledger import Manifest
from .looking import Look
from .making import make_folder
from .outputs import held

# What is linked is needed at the very end; until then reading and comparing go first.
_LAST = 10


def twin(site_dir: Path, site: Manifest, spare: Path) -> bool:
    """Keep a site in the spare's place as well, if there is none.

    Returns:
        Whether it was done.
    """
    with held(site_dir.parent):
        return not spare.exists() and _linked(site_dir, site, spare)


@contextmanager
def beside(site_dir: Path, site: Manifest, spare: Path) -> Iterator[Callable[[], bool]]:
    """Twin a site that is finished, if there is no spare, in another process.

    Yields:
        What waits for it; returns whether it was done.
    """
    if spare.exists():
        yield lambda: False
        return
    with aside(partial(twin, site_dir, site, spare), len(site)) as twinned:
        yield twinned


@contextmanager
def twinning(
    folder: Path, left: Manifest, spare: Path, *, wanted: bool
) -> Iterator[Callable[[Look, Manifest], bool]]:
    """Begin a twin of a folder while that is made into a site: nearly all of it is right already.

    Another process links what was left there, while this one reads and compares.

    Args:
        folder: The folder.
        left: What was left in it.
        spare: Where the twin is to be.
        wanted: Whether there is to be one.

    Yields:
        What ends it, and returns whether it was done. It takes what came of looking at the folder
        before it was changed, and the site that it is now.
    """
    if not (wanted and left):
        yield lambda _look, _site: False
        return
    new = spare.with_name(f"{spare.name}.new")
    try:
        with aside(partial(_linked, folder, left, new), len(left), nice=_LAST) as linked:
            yield lambda look, site: linked() and _ended(folder, left, new, spare, look, site)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _linked(folder: Path, files: Iterable[str], new: Path) -> bool:
    """Link those of a folder's files that are there into a new one; return whether that went."""
    shutil.rmtree(new, ignore_errors=True)  # of a build that was killed
    source, target = f"{folder}{os.sep}", f"{new}{os.sep}"
    ready: set[str] = set()
    try:
        for path in files:
            inside = path.rpartition("/")[0]
            if inside not in ready:
                make_folder(target + inside)
                ready.add(inside)
            with suppress(FileNotFoundError, NotADirectoryError):
                os.link(source + path, target + path)
    except OSError:  # another file system, or one without links
        shutil.rmtree(new, ignore_errors=True)
        return False
    return True


def _ended(
    folder: Path, left: Manifest, new: Path, spare: Path, look: Look, site: Manifest
) -> bool:
    """Make what was linked the very site, and put it in its place."""
    try:
        for path in left.keys() - site.keys():
            _dropped(new / path)
        for path, placed in site.items():
            old = look.intact.get(path)
            if old is None or old.stamp.inode != placed.stamp.inode:
                _relinked(folder / path, new / path)
        new.rename(spare)
    except OSError:  # then the next build has none, or this one makes it at its end
        return False
    return True


def _dropped(twin: Path) -> None:
    twin.unlink(missing_ok=True)
    with suppress(OSError):  # something else is in the folder
        os.removedirs(twin.parent)


def _relinked(file: Path, twin: Path) -> None:
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.unlink(missing_ok=True)
    twin.hardlink_to(file)
