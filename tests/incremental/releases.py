"""The companion of the blog, released: a git repository with a tag for each version, and a lock."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.companions.threefold import git
from tests.site.support import FIXTURES, succeed, write

from .site import Blog

VERSIONS = ("0.9", "1.0")
LOCK = "companions.lock"
_SOURCE = "src/tinylib/__init__.py"
#: The release of 1.0 has what essays may link to; the one before lacks it.
_MORE = '\n\ndef appears() -> int:\n    """Return a number."""\n    return 1\n'
# The repository lies beside the blog, wherever that is moved.
_GIT = {"name": "tinylib", "source": "git", "repository": "../code", "modules": ["tinylib"]}


def write_repository(folder: Path) -> None:
    """Make the repository, always with equal commits."""
    source = (FIXTURES / "full" / _SOURCE).read_text("utf-8")
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    for version, text in zip(VERSIONS, (source, source + _MORE), strict=True):
        write(folder, {_SOURCE: text})
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", f"Release {version}")
        git(folder, "tag", f"v{version}")


@cache
def lock() -> str:
    """Return a lock of all versions."""
    options = {"companions": [{**_GIT, "versions": list(VERSIONS)}]}
    theme, plugins = {"name": "material"}, {"blogtools": options}
    config = yaml.safe_dump({"site_name": "Locks", "theme": theme, "plugins": plugins})
    with tempfile.TemporaryDirectory() as name:
        blog = Path(name, "blog")
        write_repository(Path(name, "code"))
        write(blog, {"mkdocs.yml": config})
        succeed(blog, "blogtools", "reference", "update")
        return (blog / LOCK).read_text("utf-8")


def document(blog: Blog, versions: tuple[str, ...]) -> None:
    """Let a blog document these releases beside the checkout."""

    def change(data: dict[str, Any]) -> None:
        options = data["plugins"]["blogtools"]
        options["companions"] = companions(options["companions"][0], versions)

    blog.config(change)
    blog.write(LOCK, lock())


def without(text: str, version: str) -> str:
    """Return a lock without its entry for a version."""
    between = "\n[[companion]]\n"
    entries = text.split(between)
    return between.join(one for one in entries if f'version = "{version}"' not in one)


def companions(dev: dict[str, Any], versions: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the configuration of the companion as a checkout, and of these releases of it."""
    return [dev, {**_GIT, "versions": list(versions)}] if versions else [dev]
