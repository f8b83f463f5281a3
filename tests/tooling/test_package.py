"""The package: what a wheel carries, and what finds it once it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import blogtools

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "blogtools"


def _build_wheel(into: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", into, ROOT],
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
    )
    (wheel,) = into.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build_wheel(tmp_path_factory.mktemp("wheel"))


def test_a_wheel_carries_every_file_of_the_package(wheel: Path) -> None:
    files = {
        f"blogtools/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    assert "blogtools/py.typed" in files
    assert {name for name in carried if name.startswith("blogtools/")} == files


def test_a_wheel_carries_the_licence_and_nothing_else_of_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
        licences = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    assert tops == {"blogtools", f"blogtools-{blogtools.__version__}.dist-info"}
    assert len(licences) == 1


def test_a_wheel_can_be_built_again_to_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert _build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_installed_version_is_the_one_in_the_code() -> None:
    assert version("blogtools") == blogtools.__version__


def test_the_command_can_be_loaded() -> None:
    (command,) = entry_points(group="console_scripts", name="blogtools")
    assert callable(command.load())


@pytest.mark.parametrize("generator", ["mkdocs", "properdocs"])
def test_the_plugin_is_found_by(generator: str) -> None:
    # In a process of its own: ProperDocs takes the place of MkDocs where it is imported first.
    start = "import properdocs.replacement; " if generator == "properdocs" else ""
    probe = (
        f"{start}from {generator}.plugins import BasePlugin, get_plugins; "
        "assert issubclass(get_plugins()['blogtools'].load(), BasePlugin)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
