from __future__ import annotations

from pathlib import Path

import pytest

from tests.site import shelf_blog
from tests.site.support import FIXTURES, copy_blog, succeed


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the blog that uses every feature, built into `site`: look, and change nothing."""
    blog = copy_blog(FIXTURES / "full", tmp_path_factory.mktemp("full") / "blog")
    succeed(blog, "blogtools", "build", "--strict")
    return blog


@pytest.fixture(scope="session")
def site(full: Path) -> Path:
    """Return the folder of that blog's site."""
    return full / "site"


@pytest.fixture(scope="session")
def preview(full: Path) -> Path:
    """Return the same site with drafts and future essays."""
    succeed(full, "blogtools", "build", "--drafts", "--site-dir", "site-preview")
    return full / "site-preview"


@pytest.fixture
def blog(full: Path, tmp_path: Path) -> Path:
    """Return a copy of the blog for one test, its reference built already."""
    return copy_blog(full, tmp_path / "blog")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a blog whose companion has several versions, built: look, and change nothing."""
    blog = shelf_blog.make_blog(tmp_path_factory.mktemp("shelf") / "blog")
    succeed(blog, "blogtools", "build", "--strict", **shelf_blog.wheels(blog))
    return blog
