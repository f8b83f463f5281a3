"""Fixtures of the pipeline: the released components, and a wheel of this checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline import gitlab


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the repository that other projects include components from."""
    return gitlab.library(tmp_path_factory.mktemp("library"))
