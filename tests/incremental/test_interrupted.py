"""A build that is killed, hindered or doubled leaves no wrong site, and no wrong store."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from .building import Child, Job, Outcome, build, difference, templates
from .conftest import Bench
from .interrupting import count, fill_at, kill_after, kill_at
from .site import Blog, files_of

Files = dict[str, bytes]
PLAIN = "posts/2022-02-22-plain.md"
#: How often a build is killed; more for a long run.
KILLS = int(os.environ.get("BLOGTOOLS_ORACLE_EXAMPLES", "0")) or 3


@dataclass
class Stage:
    """A blog with two versions of its sources, and the clean site of each.

    The older version is built, and the newer one is what the next build finds.
    """

    blog: Blog
    versions: tuple[dict[str, bytes], dict[str, bytes]]
    sites: tuple[Files, Files]
    kept: Path

    @property
    def job(self) -> Job:
        return replace(Job.of(self.blog), templates=templates())

    def reset(self) -> None:
        """Let everything be as it was before the first build of the newer version."""
        for left in self.blog.root.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        shutil.copytree(self.kept, self.blog.root, dirs_exist_ok=True)

    def turn(self, version: int) -> None:
        self.blog.restore(self.versions[version])

    def site(self) -> Files | None:
        """Return the site's files; those of the last one, if a swap was cut in two."""
        aside = self.blog.root / ".site.old"
        found = files_of(self.blog.site)
        return files_of(aside) if found is None and aside.is_dir() else found

    def assert_whole(self) -> None:
        """Let the site be one of the two, and nothing between."""
        found = self.site()
        assert found is not None, "the site is gone"
        wrong = min((difference(found, site) for site in self.sites), key=len)
        assert not wrong, f"the site is neither the old one nor the new one:\n{wrong}"

    def assert_next_is_right(self, version: int = 1) -> None:
        outcome = build(self.job)
        assert not outcome.failed, outcome.said
        wrong = difference(files_of(self.blog.site) or {}, self.sites[version])
        assert not wrong, f"the next build is not what a clean one gives:\n{wrong}"
        left = [path.name for path in self.blog.root.iterdir() if path.name.startswith(".site")]
        assert left == [], "the next build sweeps up"


def edit(blog: Blog) -> None:
    """Change a few things that have much to do with each other."""
    blog.append(PLAIN, "Another line, of the newer version.")
    blog.front("posts/2024/parsers-1.md", title="Parsers, anew", tags=["Parsers", "Newer"])
    blog.remove("posts/2026-01-20-leaf/leaf.svg")
    blog.replace("posts/2026-01-20-leaf/index.md", "![A leaf](leaf.svg)", "No leaf")
    blog.write("docs/newer.md", "# A newer page\n")


@pytest.fixture(scope="module")
def staged(pristine: tuple[Bench, Path]) -> Stage:
    bench, kept = pristine
    old, before = bench.blog.sources(), files_of(bench.blog.site) or {}
    bench.blog.option(workers=2)
    edit(bench.blog)
    _, after = bench.oracle.ask(bench.blog)
    new = bench.blog.sources()
    staged = kept.with_name("staged")
    shutil.copytree(bench.blog.root, staged)
    return Stage(bench.blog, (old, new), (before, dict(after)), staged)


@pytest.fixture
def stage(staged: Stage) -> Stage:
    staged.reset()
    return staged


def spread(total: int, wanted: int) -> list[int]:
    """Return some of the numbers up to one, evenly, and the last two."""
    even = {1 + place * total // wanted for place in range(wanted)}
    return sorted(even | {max(1, total - 1), total})


def test_a_build_killed_at_any_of_its_changes_leaves_a_whole_site(stage: Stage) -> None:
    for moment in spread(count(stage.job), KILLS):
        stage.reset()
        kill_at(stage.job, moment)
        stage.assert_whole()
        stage.assert_next_is_right()


def test_a_build_killed_at_any_time_leaves_a_whole_site(stage: Stage) -> None:
    """Builds follow each other without a clean start: what killed ones leave piles up."""
    began = time.perf_counter()
    stage.assert_next_is_right()
    whole = time.perf_counter() - began
    chance = random.Random(7)
    for number in range(KILLS):
        stage.turn(number % 2)
        kill_after(stage.job, whole * (number + chance.random()) / KILLS)
        stage.assert_whole()
        if number % 3 == 2:
            stage.assert_next_is_right(number % 2)
    stage.turn(1)
    stage.assert_next_is_right()


def test_a_build_that_finds_nothing_changed_sweeps_up_too(stage: Stage) -> None:
    stage.assert_next_is_right()
    (stage.blog.root / ".site.new-abandoned").mkdir()
    stage.assert_next_is_right()


def test_a_build_killed_while_it_swaps_sites_leaves_a_whole_one(stage: Stage) -> None:
    renames = count(stage.job, "os.rename")
    for moment in range(max(1, renames - 1), renames + 1):
        stage.reset()
        kill_at(stage.job, moment, "os.rename")
        stage.assert_whole()
        stage.assert_next_is_right()


def test_a_site_that_was_there_is_there_at_every_moment(stage: Stage) -> None:
    renames = count(stage.job, "os.rename")
    for moment in range(max(1, renames - 1), renames + 1):
        stage.reset()
        kill_at(stage.job, moment, "os.rename")
        assert stage.blog.site.is_dir()


def test_the_first_build_of_all_can_be_killed_too(stage: Stage) -> None:
    for folder in (stage.blog.site, stage.blog.root / ".blogtools"):
        shutil.rmtree(folder)
    kill_after(stage.job, 0.4)
    assert stage.site() in (None, stage.sites[1])
    stage.assert_next_is_right()


def test_a_command_that_is_killed_leaves_a_whole_site(stage: Stage) -> None:
    """Kill the process alone, as `kill -9` does: its workers find out by themselves."""
    for seconds in (0.7, 1.1):
        process = begin_command(stage.blog)
        time.sleep(seconds)
        process.kill()
        process.wait()
        stage.assert_whole()
        stage.assert_next_is_right()
        stage.reset()
        end_group(process.pid)


def begin_command(blog: Blog) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "blogtools", "build"],
        cwd=blog.root,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(blog.moment)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end_group(leader: int) -> None:
    """End the workers that outlived the process which started them."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


# -- no room -----------------------------------------------------------------------------------


def assert_told(stage: Stage, outcome: Outcome) -> None:
    """Let a build without room say so and leave the old site, or have got on without it."""
    assert outcome.failed in ("", "usage", "system"), outcome.said
    wanted = stage.sites[0] if outcome.failed else stage.sites[1]
    wrong = difference(files_of(stage.blog.site) or {}, wanted)
    assert not wrong, f"{outcome}:\n{wrong}"
    if outcome.failed:
        assert any(os.strerror(number) in outcome.said[0] for number in (27, 28)), outcome.said


def test_a_disk_that_is_full_at_any_moment_leaves_the_old_site(stage: Stage) -> None:
    for moment in spread(count(stage.job), 2):
        stage.reset()
        assert_told(stage, fill_at(stage.job, moment))
        stage.assert_next_is_right()


def test_a_write_that_is_cut_leaves_the_old_site(stage: Stage) -> None:
    """Let each file end after so many bytes, as on a disk that is full in the midst of a write."""
    assert_told(stage, Child(stage.job, limit(30_000)).end())
    stage.assert_next_is_right()


def limit(most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


# -- two at once -------------------------------------------------------------------------------


def test_builds_at_once_give_the_site_of_one(stage: Stage) -> None:
    children = []
    for pause in (0.0, 0.15, 0.0):
        children.append(Child(stage.job))
        time.sleep(pause)
    outcomes = [child.end() for child in children]
    assert {outcome.failed for outcome in outcomes} <= {"", "usage"}, outcomes
    assert "" in {outcome.failed for outcome in outcomes}, "one of them builds"
    assert difference(files_of(stage.blog.site) or {}, stage.sites[1]) == ""
    stage.assert_next_is_right()


def test_an_edit_between_two_builds_at_once_is_in_the_next_one(stage: Stage) -> None:
    first = Child(stage.job)
    time.sleep(0.15)
    stage.turn(0)
    outcomes = [child.end() for child in (Child(stage.job), first)]
    # The first may have read half an edit: what it found wrong is its own affair.
    assert {outcome.failed for outcome in outcomes} <= {"", "usage", "content"}, outcomes
    stage.assert_next_is_right(0)


def test_a_preview_and_a_build_at_once_do_not_meet(stage: Stage) -> None:
    preview = Child(replace(stage.job, drafts=True, site_dir="site-preview"))
    outcome = build(stage.job)
    assert not preview.end().failed
    assert not outcome.failed
    assert difference(files_of(stage.blog.site) or {}, stage.sites[1]) == ""
    built = b"".join((files_of(stage.blog.root / "site-preview") or {}).values())
    assert b"xyzzyundatedbody" in built.lower()
    stage.assert_next_is_right()


def test_a_command_without_room_says_so_in_a_sentence(stage: Stage) -> None:
    # Coverage would write into the same full place, and say so at length.
    around = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    process = subprocess.run(
        [sys.executable, "-m", "blogtools", "build"],
        cwd=stage.blog.root,
        env={**around, "SOURCE_DATE_EPOCH": str(stage.blog.moment)},
        capture_output=True,
        text=True,
        preexec_fn=limit(1000),
        timeout=60,
    )
    assert process.returncode == 2
    assert "Traceback" not in process.stderr
    assert os.strerror(27) in process.stderr
    assert difference(files_of(stage.blog.site) or {}, stage.sites[0]) == ""
