from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.project import Project
from benchmarks.stage import Stage
from tests.benchmarks.support import TinySubject, make_posts


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project", "posts", make_posts(3))


@pytest.fixture
def built(project: Project) -> Stage:
    stage = Stage(TinySubject(), project, limit=60)
    stage.clear()
    stage.build()
    return stage


def builds(project: Project) -> int:
    return len((project.root / "store/builds").read_text())


def test_a_fresh_checkout_has_neither_site_nor_store(built: Stage, project: Project) -> None:
    built.clear()
    assert sorted(path.name for path in project.root.iterdir()) == ["posts"]


def test_a_restored_checkout_has_its_store_and_new_times(built: Stage, project: Project) -> None:
    source, store = project.source(project.posts[0]), project.root / "store/builds"
    before = source.stat().st_mtime_ns, store.stat().st_mtime_ns
    built.restore()
    assert not project.site.exists()
    assert source.stat().st_mtime_ns > before[0]
    assert store.stat().st_mtime_ns == before[1]
    built.build()
    assert builds(project) == 2


def test_a_restored_checkout_has_no_earlier_edit(built: Stage, project: Project) -> None:
    first = built.edit()
    built.restore()
    second = built.edit()
    text = project.source(project.posts[1]).read_text()
    assert first.awaited not in text
    assert second.awaited in text


def test_what_is_built_is_not_built_again(built: Stage, project: Project) -> None:
    built.demand_built()
    assert builds(project) == 1
    built.clear()
    built.demand_built()
    assert builds(project) == 1


def test_the_home_of_a_fresh_checkout_is_empty(built: Stage, project: Project) -> None:
    home = project.root.parent / "home"
    (home / ".cache").mkdir()
    built.restore()
    assert not [*home.iterdir()]
