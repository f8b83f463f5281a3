"""The watcher on real files: whatever an editor, git or a file manager does is noticed."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from blogtools.server.watching import Watcher, plan

Step = tuple[Callable[[], object], Path]


def notices(watch: list[Path], *steps: Step) -> None:
    """Do one thing after the other, and wait each time until the path it touches is noticed."""

    async def main() -> None:
        seen: set[Path] = set()
        ready = asyncio.Event()

        async def follow() -> None:
            async for paths in Watcher(watch):
                ready.set()
                seen.update(paths)

        following = asyncio.create_task(follow())
        await ready.wait()
        for act, path in steps:
            await asyncio.sleep(0.05)
            seen.clear()
            act()
            await _until(path, seen, following)
        following.cancel()
        await asyncio.wait([following])

    asyncio.run(main())


async def _until(path: Path, seen: set[Path], following: asyncio.Task[None]) -> None:
    async with asyncio.timeout(3):
        while path not in seen:
            assert not following.done(), following.result()
            await asyncio.sleep(0.005)


def replace_by_rename(file: Path, text: str) -> Callable[[], None]:
    """Return what saves a file as many editors do: beside it, then over it."""

    def save() -> None:
        beside = file.with_name("beside.tmp")
        beside.write_text(text)
        os.replace(beside, file)  # noqa: PTH105

    return save


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    return folder


def test_a_file_deep_in_a_folder_is_noticed(posts: Path) -> None:
    file = posts / "2026/a.md"
    file.parent.mkdir()
    notices([posts], (lambda: file.write_text("one"), file), (file.unlink, file))


def test_a_new_folders_files_are_noticed(posts: Path) -> None:
    folder = posts / "new"
    file = folder / "index.md"
    notices([posts], (folder.mkdir, folder), (lambda: file.write_text("one"), file))


def test_a_single_file_is_noticed_each_time_it_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_text("one")
    save = [(replace_by_rename(file, text), file) for text in ("two", "three", "four")]
    notices([file], *save)


def test_a_folder_that_does_not_exist_yet_is_noticed_with_what_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "overrides/partials"
    file = folder / "a.html"
    notices(
        [folder],
        (lambda: folder.mkdir(parents=True), tmp_path / "overrides"),
        (lambda: file.write_text("one"), file),
    )


def test_a_folder_that_was_exchanged_is_still_watched(posts: Path) -> None:
    file = posts / "a.md"

    def exchange() -> None:
        posts.rename(posts.with_name("old"))
        posts.mkdir()

    notices(
        [posts],
        (exchange, posts),
        (lambda: file.write_text("one"), file),
        (exchange_and_write(posts), posts),
        (lambda: file.write_text("two"), file),
    )


def exchange_and_write(folder: Path) -> Callable[[], None]:
    """Return what a checkout of another branch does to a folder."""

    def act() -> None:
        (folder / "a.md").unlink()
        folder.rmdir()
        folder.mkdir()
        (folder / "b.md").write_text("other")

    return act


def test_neighbours_of_a_watched_file_are_not_watched(tmp_path: Path) -> None:
    file, other = tmp_path / "mkdocs.yml", tmp_path / "other.yml"
    file.write_text("one")

    async def main() -> set[Path]:
        seen: set[Path] = set()
        async for paths in Watcher([file]):
            seen.update(paths)
            if file in seen:
                return seen
            if not seen:
                other.write_text("x")
                await asyncio.sleep(0.1)
                file.write_text("two")
        return seen

    assert asyncio.run(asyncio.wait_for(main(), 5)) == {file}


def test_the_plan_watches_folders_wholly_and_the_rest_from_above(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "mkdocs.yml").write_text("")
    watch = [tmp_path / "posts", tmp_path / "mkdocs.yml", tmp_path / "docs/deep"]
    assert plan(watch).deep == {tmp_path / "posts"}
    assert plan(watch).shallow == {tmp_path}


def test_what_a_build_has_read_is_watched_until_another_build_has_not(tmp_path: Path) -> None:
    first, second = tmp_path / "one/first.md", tmp_path / "two/second.md"
    for file in (first, second):
        file.parent.mkdir()
        file.write_text("one")
    (tmp_path / "posts").mkdir()

    async def main() -> None:
        watcher = Watcher([tmp_path / "posts"])
        sets = aiter(watcher)
        assert await anext(sets) == set()
        for file, other in ((first, second), (second, first)):
            watcher.follow({file}, time.time() + 60)
            assert await anext(sets) == set(), "it stands"
            other.write_text("two")
            await asyncio.sleep(0.1)
            file.write_text("two")
            assert await anext(sets) == {file}
        watcher.follow({second}, time.time())
        first.write_text("three")
        second.write_text("three")
        assert await anext(sets) == {second}

    asyncio.run(asyncio.wait_for(main(), 5))


def test_what_was_changed_while_it_was_read_counts_as_touched(tmp_path: Path) -> None:
    file, gone = tmp_path / "parts/a.md", tmp_path / "parts/gone.md"
    file.parent.mkdir()
    (tmp_path / "posts").mkdir()

    async def main() -> None:
        watcher = Watcher([tmp_path / "posts"])
        sets = aiter(watcher)
        assert await anext(sets) == set()
        began = time.time()
        file.write_text("one")
        watcher.follow({file, gone}, began)
        assert await anext(sets) == {file}

    asyncio.run(asyncio.wait_for(main(), 5))


@pytest.fixture(params=["notified", "polling"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "polling":
        monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    return str(request.param)


def test_changes_are_noticed_where_the_system_sends_no_notifications(posts: Path, way: str) -> None:
    file = posts / "a.md"
    assert way
    notices([posts], (lambda: file.write_text("one"), file))
