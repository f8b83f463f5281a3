"""A small blog with plugins, built incrementally, clean, and by plain MkDocs, each in a process."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from blogtools.app.build import remembering
from blogtools.app.ports import Request
from blogtools.build.inputs import unchanged
from blogtools.model.diagnostic import ContentError
from blogtools.wiring import build_site
from tests.incremental.building import (
    Job,
    difference,
    perform,
    remember_templates,
    share_out,
    templates,
    warm_up,
)
from tests.site.support import CLOCK, essay, replace_in, tree, write

Argument = TypeVar("Argument")
Result = TypeVar("Result")

CONFIG = """\
site_name: Tiny
site_url: https://tiny.example/
theme: {{name: material, features: [navigation.indexes, navigation.path]}}
plugins:
{plugins}
nav:
  - index.md
  - Guide:
      - guide/index.md
      - guide/more.md
  - About: about.md
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
FILES: Mapping[str, str] = {
    "posts/one.md": essay("One", "2026-01-01", "First.\n\n## Part\n\n[Two](two.md)", tags="[Ay]"),
    "posts/two.md": essay("Two", "2026-01-02", "Before.\n\n<!-- more -->\n\nAfter.", tags="[Ay]"),
    "posts/three/index.md": essay("Three", "2026-01-03", "![A picture](picture.svg)"),
    "posts/three/picture.svg": PICTURE,
    "posts/four.md": essay("Four", "2026-01-04", "```python\nprint(1)\n```"),
    "docs/about.md": "# About\n\n![Another](picture.svg) and [one](../posts/one.md).\n",
    "docs/picture.svg": PICTURE,
    "docs/guide/index.md": "A guide.\n",
    "docs/guide/more.md": "# More\n\nText.\n",
}
ONE = "posts/one/index.html"


@dataclass(frozen=True)
class Built:
    """What a build came to.

    Attributes:
        made: What was made, and why; None if the site was built whole.
        said: The warnings, and the notices.
        failed: What was wrong, if it failed.
    """

    made: Mapping[str, str] | None = None
    said: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def pages(self) -> list[str]:
        """Return the pages that were made."""
        assert self.made is not None, self.said
        return [path for path in self.made if path.endswith(".html")]


@dataclass(frozen=True)
class Site:
    """A blog in a folder, with the plugins under trial."""

    root: Path

    @classmethod
    def of(cls, root: Path, *plugins: str, files: Mapping[str, str] | None = None) -> Site:
        """Write a blog that uses some plugins, each an entry of YAML."""
        config = CONFIG.format(plugins="\n".join(f"  - {entry}" for entry in plugins))
        return cls(write(root / "blog", {**FILES, "mkdocs.yml": config, **(files or {})}))

    def write(self, name: str, text: str) -> None:
        write(self.root, {name: text})

    def edit(self, name: str, old: str, new: str) -> None:
        replace_in(self.root / name, old, new)

    def files(self) -> dict[str, bytes]:
        return tree(self.root / "site")

    def page(self, name: str) -> str:
        return (self.root / "site" / name).read_text("utf-8")

    def build(self) -> Built:
        """Build only what changed."""
        return _in_child(_together, self.root)

    def right(self) -> Built:
        """Build only what changed; compare with a clean build by one process, and with MkDocs."""
        built = self.build()
        assert not built.failed, built.failed
        assert built.made is not None, built.said
        found = self.files()
        clean = self._copy()
        again = _in_child(_alone, clean)
        assert (again.said, again.failed) == (built.said, ())
        _same(found, tree(clean / "site"), "a clean build")
        plain = _in_child(
            perform, Job(clean, int(CLOCK), site_dir="plain", plain=True, templates=templates())
        )
        assert not plain.failed, plain.said
        _same(found, tree(clean / "plain"), "MkDocs")
        return built

    def _copy(self) -> Path:
        """Return the sources elsewhere, with nothing that builds left behind."""
        copy = self.root.with_name("clean")
        shutil.rmtree(copy, ignore_errors=True)
        left = shutil.ignore_patterns("site", ".blogtools")
        return shutil.copytree(self.root, copy, ignore=left)

    def begin(self, *, timeless: bool = True) -> None:
        """Build for the first time, see that nothing is made again, and one page for one edit.

        Args:
            timeless: Whether even looking can be spared if no file has changed.
        """
        assert ONE in self.right().pages
        assert self.build().made == {}
        ledger = self.root / ".blogtools/build/store.sqlite"
        assert ledger.is_file()
        assert _in_child(_spared, self.root) == timeless
        self.edit("posts/one.md", "First.", "Edited.")
        built = self.right()
        # The essay stands on lists with its excerpt, which is its whole text.
        assert built.made is not None
        assert built.made[ONE].startswith("its text changed")
        self.edit("posts/two.md", "After.", "Edited after.")
        assert self.right().pages == ["posts/two/index.html"]


def _together(root: Path) -> Built:
    """Build with pages made in workers, few as they are."""
    return _ours(root, few=2)


def _alone(root: Path) -> Built:
    return _ours(root, few=sys.maxsize)


def _ours(root: Path, few: int) -> Built:
    os.chdir(root)
    os.environ["SOURCE_DATE_EPOCH"] = CLOCK
    remember_templates(templates())
    share_out(few)
    try:
        report = build_site(Request(Path("mkdocs.yml")))
    except ContentError as wrong:
        return Built(failed=tuple(map(str, wrong.diagnostics)))
    steps = None if report.steps is None else {s.target.path: s.why for s in report.steps}
    return Built(steps, (*map(str, report.diagnostics), *report.notices))


def _spared(root: Path) -> bool:
    """Return whether a build finds out that nothing has changed without MkDocs."""
    os.chdir(root)
    os.environ["SOURCE_DATE_EPOCH"] = CLOCK
    with remembering(Request(Path("mkdocs.yml"))) as place:
        last = place.last
        return last.inputs is not None and unchanged(last.inputs, last.seen, place.memory)


def _in_child(work: Callable[[Argument], Result], argument: Argument) -> Result:
    warm_up()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        return pool.submit(work, argument).result(120)


def _same(found: Mapping[str, bytes], wanted: Mapping[str, bytes], whose: str) -> None:
    if wrong := difference(found, wanted):
        pytest.fail(f"not what {whose} gives:\n{wrong}")
