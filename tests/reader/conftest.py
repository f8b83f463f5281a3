from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import serving
from tests.reader.demo import make_blog
from tests.sharing import made_once


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of a blog that shows every kind of block: look, and change nothing."""

    def make(folder: Path) -> None:
        make_blog(folder / "blog")

    return made_once(tmp_path_factory, "demo", make) / "blog" / "site"


@pytest.fixture(scope="module")
def home(demo: Path) -> Iterator[str]:
    """Serve that site, and yield its address."""
    with serving(demo) as address:
        yield address
