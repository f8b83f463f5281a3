"""A site appears as a whole, or the last good one stays."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from blogtools.model.diagnostic import UsageError
from blogtools.model.output import Output

# Any of these tells that a folder is a site, which a build may replace.
_SIGNS_OF_A_SITE = ("404.html", "sitemap.xml", "index.html")


def write(output: Output, folder: Path) -> None:
    """Write one file of the site below a folder."""
    file = folder / output.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(output.data)


@contextmanager
def staged(site_dir: Path, sources: tuple[Path, ...]) -> Iterator[Path]:
    """Give an empty folder, and put it in the site's place when the block ends well.

    Args:
        site_dir: Where the site is to appear.
        sources: Files and folders of the author's, which must not lie inside.

    Yields:
        The folder to build into, on the same file system.

    Raises:
        UsageError: The site's place holds something that is not a site.
    """
    site_dir = site_dir.resolve()
    _refuse_to_overwrite(site_dir, sources)
    site_dir.parent.mkdir(parents=True, exist_ok=True)
    _recover(site_dir)
    staging = Path(tempfile.mkdtemp(prefix=f".{site_dir.name}.new-", dir=site_dir.parent))
    try:
        staging.chmod(0o777 & ~_umask())
        yield staging
        _swap(staging, site_dir)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


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


def _swap(staging: Path, site_dir: Path) -> None:
    previous = _previous(site_dir)
    shutil.rmtree(previous, ignore_errors=True)
    if site_dir.exists():
        site_dir.rename(previous)
    try:
        staging.rename(site_dir)
    except OSError:
        _recover(site_dir)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _refuse_to_overwrite(site_dir: Path, sources: tuple[Path, ...]) -> None:
    for source in sources:
        if source.resolve().is_relative_to(site_dir):
            raise UsageError(
                f"the site would replace {source}; choose another folder with --site-dir"
            )
    if site_dir.is_file():
        raise UsageError(f"{site_dir} is a file; choose another folder with --site-dir")
    if site_dir.is_dir() and any(site_dir.iterdir()) and not _is_site(site_dir):
        raise UsageError(
            f"{site_dir} is not empty and does not look like a site; "
            "empty it, or choose another folder with --site-dir"
        )


def _is_site(folder: Path) -> bool:
    return any((folder / sign).is_file() for sign in _SIGNS_OF_A_SITE)
