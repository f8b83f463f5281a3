"""Fixtures that several folders of tests share."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

from blogtools.build.huge_pages import use_huge_pages

pytest_plugins = ["tests.browser"]

#: The folders whose files take longest come first, so that no process is left with one at the end.
LONGEST = ("pipeline", "incremental", "site", "companions", "adapters", "gates")

# What a pipeline says of itself, and to git, is of the one that runs the tests, not of those that
# they speak of.
for variable in [name for name in os.environ if name.startswith(("CI_", "GIT_CONFIG_"))]:
    del os.environ[variable]

# How long an example takes says something of the machine, and nothing of the promise.
settings.register_profile("blogtools", deadline=None)
settings.load_profile("blogtools")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of a file stay together and in their order, and the files that take long begin."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Spare the collector, and the memory of every child, a walk through all that was imported."""
    gc.freeze()
    use_huge_pages()
