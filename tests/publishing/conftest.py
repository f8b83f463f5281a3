from __future__ import annotations

from pathlib import Path

import pytest

from tests.publishing.support import Blog


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    """Return a project with a small site that was built already."""
    return Blog(tmp_path)
