"""A site appears as a whole, or the last good one stays."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from blogtools.model.diagnostic import UsageError
from blogtools.model.output import Output

from .exchange import exchange

if sys.platform != "win32":
    import fcntl

# Any of these tells that a folder is a site, which a build may replace: MkDocs writes both, and
# few people keep one of them among their own files.
_SIGNS_OF_A_SITE = ("404.html", "sitemap.xml")


def write(output: Output, folder: Path) -> None:
    """Write one file of the site below a folder."""
    file = folder / output.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(output.data)


def replace_file(file: Path, data: bytes) -> None:
    """Put other bytes in a file's place; whoever reads it, or shares it, keeps the old ones."""
    new = file.with_name(f".{file.name}.new")
    new.write_bytes(data)
    new.replace(file)


@contextmanager
def staged(site_dir: Path, sources: tuple[Path, ...], spare: Path | None = None) -> Iterator[Path]:
    """Give a folder, and put it in the site's place when the block ends well.

    Args:
        site_dir: Where the site is to appear.
        sources: Files and folders of the author's, which must not lie inside.
        spare: Where the site before the last is kept, if it is; the folder that is given is that
            one then, and the last site becomes the next spare. Little needs to be done then to
            make a new site of an old one.

    Yields:
        The folder to build into, on the same file system; empty if there is no spare.

    Raises:
        UsageError: The site's place holds something that is not a site, or cannot be written.
    """
    site_dir = site_dir.resolve()
    _refuse_sources(site_dir, sources)
    with ExitStack() as hold:
        with _explained(site_dir):
            staging = _stage(site_dir, spare, hold)
            reused = any(staging.iterdir())
        try:
            yield staging
            with _explained(site_dir), held(site_dir.parent):
                _swap(staging, site_dir, spare)
        finally:
            if reused and spare is not None and not spare.exists():
                _move(staging, spare)
            shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _explained(site_dir: Path) -> Iterator[None]:
    """Turn what the file system refuses into a message."""
    try:
        yield
    except OSError as refused:
        raise UsageError(
            f"the site cannot be put in {site_dir}: {refused.strerror}; "
            "choose another folder with --site-dir"
        ) from None


def _stage(site_dir: Path, spare: Path | None, hold: ExitStack) -> Path:
    """Return a folder beside the site, held for as long as the stack lives."""
    site_dir.parent.mkdir(parents=True, exist_ok=True)
    with held(site_dir.parent):
        _refuse_to_replace(site_dir)
        _recover(site_dir)
        _sweep(site_dir)
        staging = Path(tempfile.mkdtemp(prefix=_prefix(site_dir), dir=site_dir.parent))
        _move(spare, staging)
        hold.enter_context(held(staging))
    staging.chmod(0o777 & ~_umask())
    return staging


def _prefix(site_dir: Path) -> str:
    return f".{site_dir.name}.new-"


def sweep(site_dir: Path) -> None:
    """Remove what killed builds have left beside a site, where there is nothing else to do."""
    with suppress(OSError), held(site_dir.parent):
        _sweep(site_dir)


def _sweep(site_dir: Path) -> None:
    """Remove the folders of builds beside the site that nobody holds."""
    for folder in site_dir.parent.glob(f"{glob.escape(_prefix(site_dir))}*"):
        with held(folder, wait=False) as free:
            if free:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def held(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a folder against other builds.

    Yields:
        Whether it was to be had; never where there are no such locks: builds have to take turns
        there without help.
    """
    if sys.platform == "win32":
        yield False
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _lock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(handle)


def _lock(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how)
    except OSError:
        return False
    return True


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _previous(site_dir: Path) -> Path:
    return site_dir.with_name(f".{site_dir.name}.old")


def _recover(site_dir: Path) -> None:
    """Put the last site back if a build was killed between the two renames of a swap."""
    if _previous(site_dir).is_dir() and not site_dir.exists():
        _previous(site_dir).rename(site_dir)


def _swap(staging: Path, site_dir: Path, spare: Path | None) -> None:
    previous = _previous(site_dir)
    shutil.rmtree(previous, ignore_errors=True)
    if site_dir.exists() and exchange(staging, site_dir):
        previous = staging
    else:
        _swap_in_two_steps(staging, site_dir, previous)
    if spare is not None and not spare.exists():
        _move(previous, spare)
    shutil.rmtree(previous, ignore_errors=True)


def _swap_in_two_steps(staging: Path, site_dir: Path, previous: Path) -> None:
    """Swap where the system cannot do it in one step; `_recover` knows of the moment between."""
    if site_dir.exists():
        site_dir.rename(previous)
    try:
        staging.rename(site_dir)
    except OSError:
        _recover(site_dir)
        raise


def _move(folder: Path | None, place: Path) -> None:
    """Move a folder to an empty place, if both are there and on one file system."""
    if folder is not None and folder.is_dir():
        with suppress(OSError):
            folder.rename(place)


def _refuse_sources(site_dir: Path, sources: tuple[Path, ...]) -> None:
    for source in sources:
        if source.resolve().is_relative_to(site_dir):
            raise UsageError(
                f"the site would replace {source}; choose another folder with --site-dir"
            )


def _refuse_to_replace(site_dir: Path) -> None:
    if site_dir.is_file():
        raise UsageError(f"{site_dir} is a file; choose another folder with --site-dir")
    if site_dir.is_dir() and any(site_dir.iterdir()) and not is_site(site_dir):
        raise UsageError(
            f"{site_dir} is not empty and does not look like a site; "
            "empty it, or choose another folder with --site-dir"
        )


def is_site(folder: Path) -> bool:
    """Return whether a folder is a site and nothing more, such as a clone of a repository."""
    signs = any((folder / sign).is_file() for sign in _SIGNS_OF_A_SITE)
    return signs and not (folder / ".git").exists()
