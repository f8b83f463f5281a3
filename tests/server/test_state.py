"""The state machine behind `serve`, with a scripted build and scripted changes at its ports."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path

import pytest

from blogtools.app.serve import BuildResult, Contents, Ignored, Stage, State, serve
from blogtools.model.diagnostic import ContentError, Diagnostic, Severity, UsageError

NOWHERE = Path("/nowhere/posts")
BAD = Diagnostic("posts/a.md", 1, 2, "test/bad", "It is bad", "Mend it")
WARNING = Diagnostic("posts/a.md", 1, 2, "test/odd", "It is odd", severity=Severity.WARNING)


class Script:
    """Builds what it was told to, one result after the other, and counts."""

    def __init__(self, *results: BuildResult | BaseException) -> None:
        self.results = list(results)
        self.built: list[BuildResult] = []
        self.begun = 0
        self.running = 0
        self.most_at_once = 0
        self.threads: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()

    def rebuild(self) -> BuildResult:
        self.begun += 1
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        self.threads.add(threading.current_thread().name)
        try:
            assert self.gate.wait(5)
            return self._result()
        finally:
            self.running -= 1

    def _result(self) -> BuildResult:
        planned = self.results.pop(0) if self.results else BuildResult(NOWHERE / str(self.begun))
        if isinstance(planned, BaseException):
            raise planned
        return planned

    async def has_built(self, count: int) -> None:
        await until(lambda: len(self.built) >= count)

    async def has_begun(self, count: int) -> None:
        await until(lambda: self.begun >= count)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.001)


def run(
    script: Script, changes: AsyncIterator[Collection[Path]], ignored: Ignored | None = None
) -> Stage:
    stage = Stage()

    async def main() -> None:
        async with asyncio.timeout(10):
            await serve(script.rebuild, changes, stage, report=script.built.append, ignored=ignored)

    asyncio.run(main())
    return stage


def test_the_first_build_needs_no_change() -> None:
    script = Script()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()

    stage = run(script, changes())
    assert stage.state == State(version=1, generation=1, site=NOWHERE / "1")


def test_a_storm_of_saves_is_one_build() -> None:
    script = Script()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await script.has_built(1)
        for number in range(50):
            yield {NOWHERE / f"{number}.md"}
            await asyncio.sleep(0)

    run(script, changes())
    assert script.begun == 2


def test_a_storm_that_never_ends_is_built_all_the_same() -> None:
    script = Script()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await script.has_built(1)
        number = 0
        while len(script.built) < 2:
            number += 1
            yield {NOWHERE / f"{number}.md"}
            await asyncio.sleep(0.001)

    run(script, changes())
    assert script.begun >= 2


def test_changes_during_a_build_make_exactly_one_more() -> None:
    script = Script()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await script.has_built(1)
        script.gate.clear()
        yield {NOWHERE / "a.md"}
        await script.has_begun(2)
        for number in range(5):
            yield {NOWHERE / f"{number}.md"}
            await asyncio.sleep(0.02)
        script.gate.set()
        await script.has_built(3)
        await asyncio.sleep(0.1)

    run(script, changes())
    assert script.begun == 3


def test_a_change_during_the_first_build_is_not_missed() -> None:
    script = Script()
    script.gate.clear()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await script.has_begun(1)
        yield {NOWHERE / "a.md"}
        script.gate.set()

    run(script, changes())
    assert script.begun == 2


def test_builds_never_overlap_and_share_one_thread() -> None:
    script = Script()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        for number in range(5):
            await script.has_begun(number + 1)
            yield {NOWHERE / f"{number}.md"}

    run(script, changes())
    assert script.most_at_once == 1
    assert script.threads == {"blogtools-rebuild"}


def test_a_failed_build_keeps_the_last_good_site() -> None:
    good, again = BuildResult(NOWHERE / "good"), BuildResult(NOWHERE / "again")
    script = Script(good, BuildResult(diagnostics=(BAD, WARNING)), again)
    seen: list[State] = []
    stage = Stage()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        for count in (1, 2):
            await script.has_built(count)
            seen.append(stage.state)
            yield {NOWHERE / f"{count}.md"}

    asyncio.run(serve(script.rebuild, changes(), stage, report=script.built.append))
    assert seen[1] == State(version=2, generation=1, site=good.site, problems=(BAD,))
    assert stage.state == State(version=3, generation=2, site=again.site)


@pytest.mark.parametrize(
    ("failure", "problems", "error"),
    [
        (ContentError((BAD,)), (BAD,), ""),
        (UsageError("mkdocs.yml is not valid"), (), "mkdocs.yml is not valid"),
        (ZeroDivisionError("by zero"), (), "ZeroDivisionError: by zero"),
        (SystemExit("aborted"), (), "SystemExit: aborted"),
    ],
)
def test_the_server_outlives_a_build_that_raises(
    failure: BaseException, problems: tuple[Diagnostic, ...], error: str
) -> None:
    script = Script(failure)

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await script.has_built(1)
        yield {NOWHERE / "a.md"}

    stage = run(script, changes())
    assert (script.built[0].diagnostics, script.built[0].error) == (problems, error)
    assert stage.state.generation == 1


def test_a_failure_always_has_a_reason() -> None:
    assert State().after(BuildResult()).error
    assert State().after(BuildResult(diagnostics=(WARNING,))).problems == (WARNING,)


def test_warnings_of_a_good_build_are_no_problem() -> None:
    assert State().after(BuildResult(NOWHERE, (WARNING,))).problems == ()


def test_a_broken_watch_is_not_silent() -> None:
    script = Script()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        raise UsageError("the sources cannot be watched")

    with pytest.raises(UsageError, match="watched"):
        run(script, changes())


def test_what_a_build_may_touch_starts_no_build() -> None:
    script = Script()
    root = Path("/nowhere")

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await script.has_built(1)
        yield {root / "site/index.html", root / ".blogtools/store.db", root / "posts/a.md~"}
        await asyncio.sleep(0.1)

    run(script, changes(), ignored=Ignored.of([root], [root / "site"]))
    assert script.begun == 1


@pytest.mark.parametrize(
    "name",
    [
        ".git/index",
        ".blogtools/x/y",
        "src/__pycache__/a.pyc",
        "site/posts/a/index.html",
        "posts/a.md~",
        "posts/.a.md.swp",
        "posts/.a.md.swx",
        "posts/4913",
        "posts/.#a.md",
        "posts/#a.md#",
        "posts/.DS_Store",
    ],
)
def test_noise_is_ignored(name: str) -> None:
    root = Path("/home/me/blog")
    assert Ignored.of([root], [root / "site"]).covers(root / name)


@pytest.mark.parametrize(
    "name", ["posts/a.md", "mkdocs.yml", "posts/site/a.md", "posts/.authors.yml"]
)
def test_sources_are_not_ignored(name: str) -> None:
    root = Path("/home/me/blog")
    rule = Ignored.of([root, root / "posts", root / "mkdocs.yml"], [root / "site"])
    assert not rule.covers(root / name)


def test_names_above_the_watched_folders_do_not_matter() -> None:
    root = Path("/srv/.git/node_modules/blog")
    assert not Ignored.of([root / "posts"], []).covers(root / "posts/a.md")


def test_a_folder_is_ignored_through_a_link_too(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    rule = Ignored.of([tmp_path / "link"], [tmp_path / "real/site"])
    assert rule.covers(tmp_path / "link/site/index.html")


def test_a_file_touched_but_not_changed_starts_no_second_build(tmp_path: Path) -> None:
    script = Script()
    file = tmp_path / "a.md"
    file.write_text("one")

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await script.has_built(1)
        for _ in range(5):
            yield {file}
            await asyncio.sleep(0.05)

    run(script, changes())
    assert script.begun == 2


def test_saving_again_tries_again_after_a_failure_without_a_place(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("one")
    script = Script(BuildResult(NOWHERE), UsageError("no network"), UsageError("no network"))

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        for count in (1, 2, 3):
            await script.has_built(count)
            yield {file}

    stage = run(script, changes())
    assert stage.state.generation == 2
    assert not stage.state.error


def test_content_that_comes_back_is_a_change_each_time(tmp_path: Path) -> None:
    contents, file = Contents(), tmp_path / "a.md"
    seen = []
    for text in ("one", "two", "one", "one"):
        file.write_text(text)
        seen.append(contents.changed([file]))
    file.unlink()
    seen.append(contents.changed([file]))
    assert seen == [True, True, True, False, True]


def test_a_folder_that_was_exchanged_makes_its_files_unknown(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    contents, file = Contents(), folder / "a.md"
    file.write_text("one")
    assert contents.changed([file])
    folder.rename(tmp_path / "old")
    folder.mkdir()
    file.write_text("two")
    assert contents.changed([folder])
    file.write_text("one")
    assert contents.changed([file])
    assert contents.changed([folder])
    assert not contents.changed([folder, file])


def test_a_build_that_makes_its_own_input_anew_does_not_start_the_next_for_ever(
    tmp_path: Path,
) -> None:
    contents, folder = Contents(), tmp_path / "generated"
    folder.mkdir()
    (folder / "a.md").write_text("one")
    touched = [folder, folder / "a.md"]
    assert [contents.changed(touched) for _ in range(3)] == [True, False, False]


def test_those_who_wait_are_sent_away_when_the_stage_closes() -> None:
    async def main() -> State | None:
        stage = Stage()
        waiting = asyncio.create_task(stage.news(0))
        await asyncio.sleep(0)
        stage.close()
        return await asyncio.wait_for(waiting, 1)

    assert asyncio.run(main()) is None


def test_a_build_under_way_does_not_hold_up_the_end() -> None:
    script = Script()
    script.gate.clear()

    async def changes() -> AsyncIterator[Collection[Path]]:
        yield ()
        await asyncio.Event().wait()

    async def main() -> float:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(
            serve(script.rebuild, changes(), Stage(), report=script.built.append)
        )
        await script.has_begun(1)
        began = loop.time()
        task.cancel()
        await asyncio.wait([task])
        return loop.time() - began

    try:
        assert asyncio.run(main()) < 2
    finally:
        script.gate.set()
