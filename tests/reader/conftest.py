from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import serving
from tests.media.blog import blog
from tests.media.test_everything import BODY, OPTIONS, files_beside
from tests.reader.demo import make_blog
from tests.sharing import made_once
from tests.site.shelf_blog import told_blog
from tests.site.support import build, succeed


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of a blog that shows every kind of block: look, and change nothing."""

    def make(folder: Path) -> None:
        make_blog(folder / "blog")

    return made_once(tmp_path_factory, "demo", make) / "blog" / "site"


@pytest.fixture(scope="session")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of a blog that documents a package: look, and change nothing."""
    return told_blog(tmp_path_factory) / "site"


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of a blog that was just made with `blogtools init`."""

    def make(folder: Path) -> None:
        succeed(folder, "blogtools", "init", "blog")
        moment = str(int(time.time()))
        succeed(folder / "blog", "blogtools", "build", "--strict", SOURCE_DATE_EPOCH=moment)

    return made_once(tmp_path_factory, "fresh", make) / "blog" / "site"


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of a blog in which everything is drawn that can be: change nothing."""

    def make(folder: Path) -> None:
        build(blog(folder / "blog", OPTIONS, BODY.format(n=1), **files_beside(1)))

    return made_once(tmp_path_factory, "drawn", make) / "blog" / "site"


@pytest.fixture(scope="module")
def home(demo: Path) -> Iterator[str]:
    """Serve the blog of every kind of block, and yield its address."""
    with serving(demo) as address:
        yield address


@pytest.fixture(scope="module")
def references(documented: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the blog that documents a package below /notes/, as its own address says."""
    root = tmp_path_factory.mktemp("host")
    (root / "notes").symlink_to(documented)
    with serving(root) as address:
        yield f"{address}notes/"


@pytest.fixture(scope="module")
def pictures(drawn: Path) -> Iterator[str]:
    """Serve the blog in which things are drawn, and yield its address."""
    with serving(drawn) as address:
        yield address
