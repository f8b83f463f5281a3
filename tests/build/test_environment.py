"""What is installed, as a build sees it."""

from __future__ import annotations

from importlib import metadata

import pytest

from blogtools.build.environment import version


@pytest.mark.parametrize("name", ["blogtools", "mkdocs-material", "Pymdown_Extensions", "Jinja2"])
def test_a_version_is_that_of_the_standard_library(name: str) -> None:
    assert version(name) == metadata.version(name)


def test_what_is_not_installed_has_no_version() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        version("no-such-distribution")
