"""Blogs to build, commands to run, and trees to compare."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from blogtools.app.build import Report
from blogtools.app.ports import Request
from blogtools.wiring import build_site
from tests import nursery

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
#: When the fixtures are built: 1 June 2026.
CLOCK = "1780272000"
#: When the last of their essays is out: 1 January 2032.
LATER = "1956528000"
#: What begins each word of the blog "full" that stands only in drafts and future essays.
SECRET = "xyzzy"
CONFIG = """\
site_name: Tiny
site_url: https://tiny.example/
theme: {name: material}
plugins: [blogtools]
"""

BLOGTOOLS = ("blogtools", "build")
MKDOCS = ("mkdocs", "build")
PROPERDOCS = ("properdocs", "build")


@dataclass(frozen=True)
class Command:
    """A module of Python with its arguments, and where and how to run it."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self) -> subprocess.CompletedProcess[str]:
        environment = {**_surroundings(), "SOURCE_DATE_EPOCH": CLOCK, **self.environment}
        return nursery.run(self.arguments, self.folder, environment, 120)


def _surroundings() -> dict[str, str]:
    """Return the environment without what would change how a command speaks."""
    loud = ("FORCE_COLOR", "NO_COLOR", "NO_MKDOCS_2_WARNING", "DISABLE_MKDOCS_2_WARNING")
    return {name: value for name, value in os.environ.items() if name not in loud}


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Python's: ``run(folder, "blogtools", "check")``."""
    return Command(arguments, folder, environment).run()


def run_all(commands: Iterable[Command]) -> list[subprocess.CompletedProcess[str]]:
    """Run commands two at a time, and return what became of them in their order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(Command.run, commands))


def succeed(folder: Path, *arguments: str, **environment: str) -> str:
    """Run a command that must succeed, and return what it said."""
    done = run(folder, *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_progress(text: str) -> str:
    """Return what a command said, but for how far it was: that depends on how long it takes."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.endswith(" ...\n"))


def tree(folder: Path, *, without: str | tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return the bytes of each file below a folder, but for those with such paths."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    named = {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
    return {name: data for name, data in named.items() if not name.startswith(without)}


def differing(one: Path, other: Path, *, without: str | tuple[str, ...] = ()) -> list[str]:
    """Return the names of the files that two folders do not have in common, byte for byte."""
    here, there = tree(one, without=without), tree(other, without=without)
    assert here, f"{one} is empty"
    return sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes and the time of change of each file, and that of each folder."""
    return {
        path.relative_to(folder).as_posix(): (
            path.read_bytes() if path.is_file() else b"",
            path.stat().st_mtime_ns,
        )
        for path in (folder, *sorted(folder.rglob("*")))
    }


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder, which is made if it is not there."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def essay(title: str, day: str = "2026-01-01", body: str = "Text.", **keys: object) -> str:
    """Return an essay; further keys of its front matter are written as YAML has them."""
    lines = [f"title: {title}", f"date: {day}", *(f"{key}: {value}" for key, value in keys.items())]
    return "\n".join(["---", *lines, "---", "", body, ""])


def replace_in(file: Path, old: str, new: str) -> None:
    """Change a file; what is to be replaced must be there."""
    text = file.read_text("utf-8")
    assert old in text, f"{file} has no {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def copy_blog(source: Path, target: Path) -> Path:
    """Copy a blog with its caches, but without its sites."""
    sites = shutil.ignore_patterns("site", "site-*")
    # Kept references lie in folders of that name too.
    return shutil.copytree(
        source, target, ignore=lambda at, names: sites(at, names) if at == str(source) else set()
    )


def take_references(blog: Path, other: Path) -> Path:
    """Let a blog have the sources and references that another has kept, and return it.

    They are found only where they are the very ones that it would build, for seconds each.
    """
    for name in ("companions", "references"):
        kept = Path(".blogtools", name)
        if (other / kept).is_dir():
            shutil.copytree(other / kept, blog / kept, dirs_exist_ok=True)
    return blog


@contextmanager
def clock(moment: str = CLOCK) -> Iterator[None]:
    """Let builds of this process speak from another moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", moment)
        yield


def build(folder: Path, into: str = "site", *, drafts: bool = False, moment: str = CLOCK) -> Report:
    """Build a blog in this process; its configuration should ask for one worker."""
    with clock(moment):
        return build_site(Request(folder / "mkdocs.yml", folder / into, drafts=drafts))


def secrets(folder: Path) -> frozenset[str]:
    """Return every word of a blog that only drafts and future essays contain, in lower case."""
    texts = [name + data.decode("utf-8", "replace") for name, data in tree(folder).items()]
    return frozenset(
        word.lower() for text in texts for word in re.findall(rf"{SECRET}\w*", text, re.IGNORECASE)
    )
