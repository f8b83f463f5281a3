"""What is installed, as a build sees it."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest

from blogtools.build.environment import Modules, environment, is_of_a_package, version


@pytest.mark.parametrize("name", ["blogtools", "mkdocs-material", "Pymdown_Extensions", "Jinja2"])
def test_a_version_is_that_of_the_standard_library(name: str) -> None:
    assert version(name) == metadata.version(name)


def test_what_is_not_installed_has_no_version() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        version("no-such-distribution")


def test_a_changed_module_is_imported_anew_with_those_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "blog"))
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "blog").mkdir()
    names = ("blog/changed_one", "blog/beside_it", "far_from_it")
    for file in (tmp_path / f"{name}.py" for name in names):
        file.write_text("said = 'one'\n")
        os.utime(file, (1, 1))
        importlib.import_module(file.stem)
    modules = Modules(tmp_path / "blog")
    modules.remember(time.time_ns() + 10**10)
    assert not modules.forget_changed()
    (tmp_path / "blog/changed_one.py").write_text("said = 'two'\n")
    assert modules.forget_changed()
    assert [Path(name).stem in sys.modules for name in names] == [False, False, True]
    assert importlib.import_module("changed_one").said == "two"
    for name in names:
        sys.modules.pop(Path(name).stem, None)


def test_a_module_that_changed_while_it_was_loaded_is_imported_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    modules = Modules(tmp_path)
    began = time.time_ns()
    (tmp_path / "loaded_meanwhile.py").touch()
    importlib.import_module("loaded_meanwhile")
    modules.remember(began)
    assert modules.forget_changed()
    assert "loaded_meanwhile" not in sys.modules


@pytest.mark.parametrize("name", ["site-packages/x.md", "lib/python3/x.md", "bin/x", "x.md"])
def test_what_lies_beside_modules_is_not_of_a_package(name: str) -> None:
    assert not is_of_a_package(str(Path(sys.prefix, "notes", name)))


def test_modules_of_python_and_of_what_is_installed_are_of_a_package() -> None:
    archives = [path for path in sys.path if path.endswith(".zip")]
    for file in (*archives, os.__file__, pytest.__file__, environment.__code__.co_filename):
        assert is_of_a_package(os.path.abspath(file))


def test_files_are_recorded_where_python_has_compiled_nothing(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("Own.\n")
    code = (
        "from blogtools.build.recording import recorded\n"
        "with recorded() as opened:\n    open('own.txt').close()\n    import colorsys\n"
        "print(*opened)"
    )
    uncompiled = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, **uncompiled},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.stdout.split()) == ("", [str(tmp_path / "own.txt")])
