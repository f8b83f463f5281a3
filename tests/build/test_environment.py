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

from blogtools.build import environment as module
from blogtools.build.environment import (
    Modules,
    OwnFiles,
    environment,
    is_of_a_package,
    version,
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is taken for this package, in which nothing has changed for long."""
    monkeypatch.setattr(module, "_PACKAGE", tmp_path)
    monkeypatch.setattr("time.time_ns", lambda: int(time.time() * 1e9 + 1e11))
    for name, text in {"a.py": "one", "sub/b.html": "two", "__pycache__/a.pyc": "code"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_this_package_is_read_only_where_it_looks_changed(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = OwnFiles.found()
    (package / "__pycache__/a.pyc").write_text("other code")
    with monkeypatch.context() as nobody:
        nobody.setattr(module, "_read", None)
        assert OwnFiles.found(first) is first
    os.utime(package / "a.py")  # as a checkout does
    second = OwnFiles.found(first)
    assert second.digest == first.digest
    assert second.looks != first.looks
    (package / "sub/b.html").write_text("owt")
    assert OwnFiles.found(second).digest != first.digest


def test_a_package_that_changed_just_now_is_read_again(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(module, "_PACKAGE", package)
    first = OwnFiles.found()
    assert first.looks == b""
    (package / "a.py").write_text("eno")
    assert OwnFiles.found(first).digest != first.digest


@pytest.mark.parametrize("change", ["added", "removed", "renamed"])
def test_a_file_more_or_less_is_another_package(change: str, package: Path) -> None:
    first = OwnFiles.found()
    if change == "added":
        (package / "c.py").touch()
    elif change == "removed":
        (package / "a.py").unlink()
    else:
        (package / "a.py").rename(package / "c.py")
    assert OwnFiles.found(first).digest != first.digest
    assert environment(OwnFiles.found(first)) != environment(first)


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
