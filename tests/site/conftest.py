from __future__ import annotations

from pathlib import Path

import pytest

from tests.sharing import made_once
from tests.site import shelf_blog
from tests.site.support import FIXTURES, copy_blog, succeed, take_references


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the blog that uses every feature, built into `site`: look, and change nothing."""
    return full_blog(tmp_path_factory)


def full_blog(factory: pytest.TempPathFactory) -> Path:
    """Return that blog, which is built once in a run."""

    def make(folder: Path) -> None:
        blog = copy_blog(FIXTURES / "full", folder / "blog")
        succeed(blog, "blogtools", "build", "--strict")

    return made_once(factory, "full", make) / "blog"


@pytest.fixture(scope="session")
def site(full: Path) -> Path:
    """Return the folder of that blog's site."""
    return full / "site"


@pytest.fixture(scope="session")
def preview(full: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same site with drafts and future essays."""

    def make(folder: Path) -> None:
        blog = copy_blog(full, folder / "blog")
        succeed(blog, "blogtools", "build", "--drafts", "--site-dir", "../site")

    return made_once(tmp_path_factory, "preview", make) / "site"


@pytest.fixture
def blog(full: Path, tmp_path: Path) -> Path:
    """Return a copy of the blog for one test, its reference built already."""
    return copy_blog(full, tmp_path / "blog")


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a blog with three releases of its companion, built: look, and change nothing."""
    return shelf_blog.told_blog(tmp_path_factory)


@pytest.fixture(scope="session")
def shelf(told: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one with two releases and no word of what changed, built: change nothing."""

    def make(folder: Path) -> None:
        blog = take_references(shelf_blog.make_blog(folder / "blog"), told)
        succeed(blog, "blogtools", "build", "--strict", **shelf_blog.wheels(blog))

    return made_once(tmp_path_factory, "shelf", make) / "blog"
