"""Equal inputs give equal bytes, whatever the machine, the folder or the moment."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.site.support import (
    BLOGTOOLS,
    FIXTURES,
    MKDOCS,
    Command,
    copy_blog,
    differing,
    run_all,
    tree,
    write,
)

#: What surrounds a build, and must not show in it.
SURROUNDINGS = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "random hash seed": {"PYTHONHASHSEED": "random"},
    "far east": {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
    "plain locale": {"TZ": "America/Los_Angeles", "LANG": "C", "LC_ALL": "C"},
}


@pytest.fixture(scope="module")
def built(full: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the sites built in each of the surroundings, each with each tool."""
    blog = copy_blog(full, tmp_path_factory.mktemp("surroundings") / "blog")
    tools = {"blogtools": BLOGTOOLS, "mkdocs": MKDOCS}
    jobs = {
        f"{tool}, {name}": Command((*tools[tool], "-d", f"site-{tool}-{number}"), blog, environment)
        for number, (name, environment) in enumerate(SURROUNDINGS.items())
        for tool in tools
    }
    for result in run_all(jobs.values()):
        assert result.returncode == 0, result.stderr
    return {name: blog / job.arguments[-1] for name, job in jobs.items()}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_the_environment_does_not_change_a_byte(
    name: str, built: dict[str, Path], site: Path
) -> None:
    assert differing(site, built[f"blogtools, {name}"]) == []
    assert differing(site, built[f"mkdocs, {name}"], without="reference/tinylib/") == []


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the blog in another folder: written backwards, with other times, without caches."""
    blog = tmp_path_factory.mktemp("elsewhere") / "Another place" / "ünder the sun"
    files = tree(FIXTURES / "full")
    for number, name in enumerate(sorted(files, reverse=True)):
        write(blog, {name: files[name]})
        os.utime(blog / name, (10**9 + number * 12345,) * 2)
    return blog


def test_another_folder_and_other_times_do_not_change_a_byte(elsewhere: Path, site: Path) -> None:
    (done,) = run_all([Command((*BLOGTOOLS, "-d", "site-there"), elsewhere)])
    assert done.returncode == 0, done.stderr
    assert differing(site, elsewhere / "site-there") == []


def test_the_current_folder_does_not_change_a_byte(elsewhere: Path, site: Path) -> None:
    here = elsewhere / "docs" / "deep"
    commands = [
        Command(
            (*BLOGTOOLS, "-f", str(elsewhere / "mkdocs.yml"), "-d", str(elsewhere / "site-1")),
            Path("/"),
        ),
        Command((*BLOGTOOLS, "-f", "../../mkdocs.yml", "-d", "../../site-2"), here),
        Command((*MKDOCS, "-f", "../../mkdocs.yml", "-d", str(elsewhere / "site-3")), here),
    ]
    for done in run_all(commands):
        assert done.returncode == 0, done.stderr
    for name in ("site-1", "site-2", "site-3"):
        assert differing(site, elsewhere / name, without="reference/tinylib/") == []
        shutil.rmtree(elsewhere / name)


def test_no_file_names_the_folder_it_was_built_in(full: Path, site: Path) -> None:
    place = str(full).encode()
    assert [name for name, data in tree(site).items() if place in data] == []
