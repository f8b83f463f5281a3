"""A command that was forked is the command that a new interpreter would have been."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import nursery
from tests.site.support import CONFIG, essay, without_progress, write

#: Tells where and as what it runs, and ends as it is told to.
HOOK = """
import os, sys, time

def on_startup(**_):
    print(os.getcwd(), *sys.argv[1:], os.environ.get("ASKED"), os.environ.get("HOME"), flush=True)
    print("to the other one", file=sys.stderr, flush=True)
    print(sys.path[0], sys.stdin.read(), time.tzname, flush=True)
    os.system(f"{sys.executable} -c 'import os; print(os.environ.get(\\"ASKED\\"))'")
    exec(os.environ.get("CODE", ""))
"""
WAYS = {"forked": {}, "new": {"PYTHONHASHSEED": "1"}}


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    files = {"mkdocs.yml": CONFIG + "hooks: [hook.py]\n", "hook.py": HOOK, "docs/a.md": "# A\n"}
    return write(tmp_path, {**files, "posts/a.md": essay("A")})


def ask(blog: Path, way: str, *arguments: str, **asked: str) -> subprocess.CompletedProcess[str]:
    without_home = {name: value for name, value in os.environ.items() if name != "HOME"}
    environment = {**without_home, **WAYS[way], "SOURCE_DATE_EPOCH": "0", **asked}
    return nursery.run(arguments, blog, environment, patience=60)


def told(done: subprocess.CompletedProcess[str]) -> tuple[int, str, str]:
    """Return how a command ended and what it said, but for what depends on how long it took."""
    out, err = (re.sub(r"\d+\.\d+ s", "- s", text) for text in (done.stdout, done.stderr))
    return done.returncode, out, without_progress(err)


@pytest.mark.parametrize(
    ("module", "asked"),
    [
        ("blogtools", {"ASKED": "this", "TZ": "Asia/Tokyo"}),
        ("mkdocs", {"ASKED": "this", "TZ": "Asia/Tokyo"}),
        ("blogtools", {"CODE": "sys.exit('told')"}),
        ("mkdocs", {"CODE": "sys.exit(7)"}),
        ("mkdocs", {"CODE": "os.kill(os.getpid(), 9)"}),
    ],
)
def test_it_has_the_same_surroundings_and_ends_in_the_same_way(
    blog: Path, module: str, asked: dict[str, str]
) -> None:
    arguments = (module, "build", "--site-dir", "there")
    forked, new = (told(ask(blog, way, *arguments, **asked)) for way in WAYS)
    assert forked == new
    assert f"{blog} build --site-dir there {asked.get('ASKED')} None\n" in new[1]


def test_one_that_does_not_end_is_killed(blog: Path) -> None:
    name = "alive"
    code = f"import pathlib; time.sleep(4); pathlib.Path({name!r}).touch()"
    with pytest.raises(subprocess.TimeoutExpired):
        nursery.run(("mkdocs", "build"), blog, {**os.environ, "CODE": code}, patience=2)
    time.sleep(3)
    assert not (blog / name).exists()


def test_nothing_of_one_command_is_there_for_the_next(blog: Path) -> None:
    spoil = "os.environ['ASKED'] = 'spoiled'; sys.modules['mkdocs'].spoiled = True"
    ask(blog, "forked", "mkdocs", "build", CODE=spoil)
    look = "print(hasattr(sys.modules['mkdocs'], 'spoiled'))"
    assert ask(blog, "forked", "mkdocs", "build", CODE=look).stdout.endswith("None\nFalse\n")


def test_what_is_not_known_here_has_an_interpreter_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"mine.py": "import sys; print('mkdocs' in sys.modules, sys.executable)"})
    done = nursery.run(("mine",), tmp_path, os.environ, patience=60)
    assert told(done) == (0, f"False {sys.executable}\n", "")
