"""The companion that other tests speak of is what it says: it installs, runs, and differs."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.companions.threefold import (
    NAME,
    RELEASED,
    VERSIONS,
    files,
    git,
    source,
    write_repository,
    write_sdist,
    write_wheel,
)

_SHOW = """
import threefold
print(threefold.fold([1, 2, 3, 4, 5, 6]), sorted(threefold.__all__))
"""


def test_a_repository_has_a_tag_for_each_version_and_always_the_same_commits(
    tmp_path: Path,
) -> None:
    one, other = write_repository(tmp_path / "one"), write_repository(tmp_path / "other")
    assert git(one, "tag").split() == [f"v{version}" for version in VERSIONS]
    for version in VERSIONS:
        tag = f"v{version}^{{commit}}"
        assert git(one, "rev-parse", tag) == git(other, "rev-parse", tag)
        there = git(one, "ls-tree", "-r", "--name-only", f"v{version}").split()
        assert sorted(there) == sorted(files(version))
        assert git(one, "log", "-1", "--format=%cs", f"v{version}") == RELEASED[version]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["wheel", "sdist", "git"])
def test_each_version_installs_without_a_network_and_is_that_version(
    tmp_path: Path, version: str, kind: str
) -> None:
    write = {"wheel": write_wheel, "sdist": write_sdist}
    if kind == "git":
        wanted = f"git+file://{write_repository(tmp_path / 'code')}@v{version}"
    else:
        wanted = str(tmp_path / write[kind](tmp_path, version).filename)
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*pip, "--target", str(tmp_path / "in"), wanted], check=True)
    shown = subprocess.run(
        [sys.executable, "-c", _SHOW], cwd=tmp_path / "in", capture_output=True, text=True
    )
    sums = "[6, 15]" if version == "2.0" else "[3, 7, 11]"
    assert shown.stdout.startswith(sums), shown.stderr
    assert ("'squash'" in shown.stdout, "'rescale'" in shown.stdout) == {
        "1.0": (True, False),
        "1.1": (True, True),
        "2.0": (False, True),
    }[version]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.filterwarnings("ignore:squash is now called rescale")
def test_its_examples_are_true(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, text in source(version).items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        monkeypatch.delitem(sys.modules, name)
    for module in ("threefold.folds", "threefold.scales"):
        tried = doctest.testmod(importlib.import_module(module))
        assert tried.attempted >= 2
        assert tried.failed == 0
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        monkeypatch.delitem(sys.modules, name)
