"""When `serve` takes a quick look, and when it builds: with scripted ports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path

from blogtools.app.serve import BuildResult, QuickLook, Stage, serve
from blogtools.model.diagnostic import Diagnostic

SITE = Path("/nowhere/site")
BAD = Diagnostic("posts/a.md", 1, 2, "test/bad", "It is bad", "Mend it")
IDLE = 0.05


class Script:
    """Writes down what happens, in its order; plays the author in between."""

    def __init__(self, folder: Path, *results: BuildResult) -> None:
        self.file = folder / "a.md"
        self.results = list(results)
        self.happened: list[str] = []
        self.shown = 0
        self.answer: Callable[[], BuildResult | None] = lambda: BuildResult(SITE)

    def rebuild(self) -> BuildResult:
        self.happened.append("build")
        return self.results.pop(0) if self.results else BuildResult(SITE)

    def look(self, touched: Collection[Path]) -> BuildResult | None:
        if not touched:
            self.happened.append("get ready")
            return None
        self.happened.append("look" if touched == {self.file} else f"look at {touched}")
        return self.answer()

    def report(self, _result: BuildResult) -> None:
        self.shown += 1

    async def has_shown(self, count: int) -> None:
        async with asyncio.timeout(5):
            while self.shown < count:
                await asyncio.sleep(0.001)

    def run(self, edits: int, *, until: int, idle: float = IDLE, quick: bool = True) -> Stage:
        """Edit a file several times, each after what came of the last; wait for so many results."""
        stage = Stage()
        look: QuickLook | None = self.look if quick else None

        async def changes() -> AsyncIterator[Collection[Path]]:
            yield ()
            await self.has_shown(1)
            for number in range(edits):
                self.file.write_text(f"{number}")
                yield {self.file}
                await self.has_shown(number + 2)
            await self.has_shown(until)

        async def main() -> None:
            async with asyncio.timeout(10):
                await serve(
                    self.rebuild,
                    changes(),
                    stage,
                    report=self.report,
                    quick_look=look,
                    idle=idle,
                )

        asyncio.run(main())
        return stage


def test_an_edit_is_shown_first_and_the_rest_is_built_in_the_pause(tmp_path: Path) -> None:
    script = Script(tmp_path)
    stage = script.run(1, until=3)
    assert script.happened == ["build", "get ready", "look", "build", "get ready"]
    assert stage.state.generation == 3, "readers are told of both"


def test_while_the_author_writes_on_nothing_is_built(tmp_path: Path) -> None:
    script = Script(tmp_path)
    script.run(3, until=4, idle=60)
    assert script.happened == ["build", "get ready", "look", "look", "look"]


def test_what_a_quick_look_cannot_show_is_built_at_once(tmp_path: Path) -> None:
    script = Script(tmp_path)
    script.answer = lambda: None
    script.run(2, until=3, idle=60)
    assert script.happened == ["build", "get ready", *["look", "build", "get ready"] * 2]


def test_a_quick_look_that_raises_is_followed_by_a_build(tmp_path: Path) -> None:
    def fail() -> BuildResult | None:
        raise ZeroDivisionError

    script = Script(tmp_path)
    script.answer = fail
    stage = script.run(1, until=2, idle=60)
    assert script.happened == ["build", "get ready", "look", "build", "get ready"]
    assert not stage.state.error


def test_while_something_is_wrong_each_edit_is_built(tmp_path: Path) -> None:
    bad = BuildResult(diagnostics=(BAD,))
    script = Script(tmp_path, bad, bad, BuildResult(SITE))
    stage = script.run(3, until=4, idle=60)
    assert script.happened == ["build", "build", "build", "get ready", "look"]
    assert stage.state.problems == ()


def test_a_build_in_the_pause_that_fails_is_shown(tmp_path: Path) -> None:
    script = Script(tmp_path, BuildResult(SITE), BuildResult(diagnostics=(BAD,)))
    stage = script.run(1, until=3)
    assert stage.state.problems == (BAD,)
    assert stage.state.site == SITE, "the last good site stays up"


def test_a_server_without_quick_looks_builds_each_edit(tmp_path: Path) -> None:
    script = Script(tmp_path)
    script.run(2, until=3, quick=False)
    assert script.happened == ["build", "build", "build"]
