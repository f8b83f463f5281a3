from __future__ import annotations

from pathlib import Path

import pytest

from tests.publishing.support import Blog
from tests.site.conftest import full_blog


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    """Return a project with a small site that was built already."""
    return Blog(tmp_path)


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the blog that uses every feature, built into `site`: look, and change nothing."""
    return full_blog(tmp_path_factory)
