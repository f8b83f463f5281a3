"""A blog that was built once, for each test as it was then, in the same place with the same times.

A copy elsewhere would be another matter: a store may know files by their places.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.sharing import made_once
from tests.site.support import take_references

from . import releases
from .building import Job, Oracle, Outcome, build, difference, scratch, templates
from .machine import Incremental
from .site import Blog, files_of, make_blog


@dataclass
class Bench:
    """A built blog, and what judges its next builds."""

    blog: Blog
    oracle: Oracle

    def job(self, *, drafts: bool = False, site_dir: str | None = None) -> Job:
        job = Job.of(self.blog, drafts=drafts, site_dir=site_dir)
        return replace(job, templates=templates())

    def build(self, *, drafts: bool = False, into: str = "site") -> dict[str, bytes]:
        """Build incrementally, which must go well, and return the site's files."""
        outcome = build(self.job(drafts=drafts, site_dir=into))
        assert not outcome.failed, outcome.said
        return files_of(self.blog.root / into) or {}

    def right(self, *, drafts: bool = False, into: str = "site") -> dict[str, bytes]:
        """Build incrementally and clean, compare the two, and return the site's files."""
        asked = self.oracle.begin(self.blog, drafts=drafts)
        outcome = build(self.job(drafts=drafts, site_dir=into))
        wanted, clean = self.oracle.end(asked)
        assert outcome == wanted
        assert not outcome.failed, outcome.said
        found = files_of(self.blog.root / into) or {}
        wrong = difference(found, clean)
        if wrong:
            pytest.fail(f"not what a clean build gives:\n{wrong}")
        return found

    def fail(self) -> Outcome:
        """Build incrementally, which must fail as a clean build does, and leave the site alone."""
        before = files_of(self.blog.site)
        asked = self.oracle.begin(self.blog)
        outcome = build(self.job())
        wanted, _ = self.oracle.end(asked)
        assert outcome.failed == "content"
        assert outcome == wanted
        assert files_of(self.blog.site) == before
        return outcome


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a blog that has kept what takes long to build, and is not on trial: references.

    They are those of the blog of these tests, and of the releases that it may come to document.
    """

    def make(folder: Path) -> None:
        blog = make_blog(folder / "blog")
        releases.write_repository(folder / "code")
        releases.document(blog, releases.VERSIONS)
        outcome = build(Job.of(blog))
        assert not outcome.failed, outcome.said

    return made_once(tmp_path_factory, "incremental", make) / "blog"


@pytest.fixture(scope="session")
def known_references(model: Path) -> None:
    """Let machines know the references, too, which nobody can hand a fixture."""
    Incremental.model = model


@pytest.fixture(scope="module")
def pristine(model: Path) -> Iterator[tuple[Bench, Path]]:
    """Build a blog once, and keep a copy of all that this made."""
    with scratch() as folder:
        bench = Bench(make_blog(folder / "blog"), Oracle(folder / "clean"))
        for root in (bench.blog.root, bench.oracle.root):
            take_references(root, model)
        bench.right()
        shutil.copytree(folder / "blog", folder / "kept")
        yield bench, folder / "kept"


@pytest.fixture
def bench(pristine: tuple[Bench, Path]) -> Bench:
    bench, kept = pristine
    for left in bench.blog.root.parent.iterdir():
        if left not in (kept, bench.oracle.root):
            shutil.rmtree(left)
    shutil.copytree(kept, bench.blog.root)
    return Bench(Blog(bench.blog.root), bench.oracle)
