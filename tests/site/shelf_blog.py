"""A blog whose companion has released versions, and one that is being developed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from blogtools.model.companion import Locked
from tests.companions.threefold import NAME, VERSIONS, source, write_wheel
from tests.companions.threefold import RELEASED as DAYS
from tests.sharing import made_once
from tests.site.support import essay, succeed, write

PACKAGE = f"reference/{NAME}/"
CHANGES = f"{PACKAGE}changes/"
URL = "https://shelf.example/notes/"
#: The versions that are released; `threefold.soon` is in none of them.
RELEASED = ("1.0", "2.0")
_CONFIG = """\
site_name: Shelf
site_url: https://shelf.example/notes/
theme: {name: material}
plugins:
  blogtools:
    workers: 1
    companions:
      - {name: threefold, source: checkout, version: dev, path: src, modules: [threefold]}
"""
_RELEASE = """\
      - {{name: threefold, source: pypi, version: "{}", modules: [threefold]}}
"""
_ENTRY = """
[[companion]]
name = "{0.name}"
version = "{0.version}"
filename = "{0.filename}"
sha256 = "{0.sha256}"
uploaded = "{1}"
licence = "MIT"
"""


def make_blog(root: Path, versions: Iterable[str] = RELEASED) -> Path:
    """Write a blog with some released versions of its companion, and what it takes to get them."""
    write(root, {f"src/{path}": text for path, text in source("2.0").items()})
    write(root, {"src/threefold/soon.py": '"""Not out yet."""\n'})
    write(root, {"docs/about.md": "# About\n\nA page.\n"})
    write(root, {"posts/one.md": essay("One", body="To [fold][threefold.fold].")})
    show(root, versions)
    return root


def show(root: Path, versions: Iterable[str]) -> None:
    """Let a blog document these released versions of its companion."""
    locked = [write_wheel(root / "wheels", version) for version in versions]
    releases = "".join(_RELEASE.format(one.version) for one in locked)
    write(root, {"mkdocs.yml": _CONFIG + releases, "companions.lock": lock(locked)})


def lock(entries: Iterable[Locked]) -> str:
    """Return a lock of these."""
    return "format = 1\n" + "".join(_ENTRY.format(e, DAYS[e.version]) for e in entries)


def told_blog(factory: pytest.TempPathFactory) -> Path:
    """Return a blog with three releases of its companion, built: look, and change nothing."""

    def make(folder: Path) -> None:
        blog = make_blog(folder / "blog", VERSIONS)
        text = f"[What is new](/notes/{CHANGES}2.0/#renamed)."
        write(blog, {"posts/new.md": essay("New", body=text)})
        succeed(blog, "blogtools", "build", "--strict", **wheels(blog))

    return made_once(factory, "told", make) / "blog"


def wheels(root: Path) -> Mapping[str, str]:
    """Return the environment in which pip downloads from the blog alone."""
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(root / "wheels"),
    }
