"""Environments made by the real uv, of packages that lie in a folder: no network is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from blogtools.execution.environments import Environments
from blogtools.model.running import EnvironmentFailed
from tests.companions.packages import write_wheel


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two versions of a package, the only place that uv knows."""
    folder = tmp_path / "packages"
    for version in ("1.0", "2.0"):
        write_wheel(
            folder,
            {"lemma.py": f"VERSION = {version!r}\n"},
            filename=f"lemma-{version}-py3-none-any.whl",
            name="lemma",
            version=version,
        )
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Environments:
    return Environments(tmp_path / "environments")


def version_in(python: Path) -> str:
    code = "import lemma; print(lemma.VERSION)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_lock_names_versions_and_hashes_and_nothing_of_the_machine(
    packages: Path, made: Environments
) -> None:
    lock = made.lock(["lemma"], made.version, "")
    facts = [line for line in lock.splitlines() if not line.startswith("#")]
    assert facts[0] == "lemma==2.0 \\"
    assert facts[1].strip().startswith("--hash=sha256:")
    assert str(packages) not in lock
    assert made.lock(["lemma"], made.version, "") == lock


def test_versions_of_before_stay_as_long_as_they_may(packages: Path, made: Environments) -> None:
    old = made.lock(["lemma==1.0"], made.version, "")
    assert made.lock(["lemma"], made.version, old) == old
    assert "lemma==2.0" in made.lock(["lemma>1"], made.version, old)


def test_an_environment_holds_what_the_lock_names_and_is_made_once(
    packages: Path, made: Environments
) -> None:
    lock = made.lock(["lemma==1.0"], made.version, "")
    python, home = made.make(lock, made.version)
    assert version_in(python) == "1.0"
    before = python.lstat().st_ctime_ns
    assert made.make(lock, made.version) == (python, home)
    assert python.lstat().st_ctime_ns == before
    other, _ = made.make(made.lock(["lemma"], made.version, ""), made.version)
    assert version_in(other) == "2.0"


def test_one_that_was_not_finished_is_made_again(packages: Path, made: Environments) -> None:
    python, _ = made.make("", made.version)
    (python.parents[2] / ".complete").unlink()
    python.unlink()
    assert made.make("", made.version)[0].exists()


def test_a_file_that_is_not_the_one_locked_is_refused(
    packages: Path, made: Environments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = made.lock(["lemma==1.0"], made.version, "")
    wheel = packages / "lemma-1.0-py3-none-any.whl"
    wheel.unlink()
    write_wheel(
        packages, {"lemma.py": "EVIL = 1\n"}, filename=wheel.name, name="lemma", version="1.0"
    )
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "another machine's"))
    with pytest.raises(EnvironmentFailed, match="the packages cannot be installed"):
        made.make(lock, made.version)
    with pytest.raises(EnvironmentFailed):
        made.make(lock, made.version)


def test_what_is_not_to_be_had_is_told_in_uvs_words(packages: Path, made: Environments) -> None:
    with pytest.raises(EnvironmentFailed, match=r"cannot be chosen: .*lemma==9") as failed:
        made.lock(["lemma==9"], made.version, "")
    assert "\n" not in str(failed.value)


def test_a_python_that_is_not_there_is_told(made: Environments) -> None:
    with pytest.raises(EnvironmentFailed, match=r"there is no Python 3\.99") as failed:
        made.make("", "3.99")
    assert "'python' under 'run'" in failed.value.hint


def test_without_uv_the_way_out_is_told(
    made: Environments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(EnvironmentFailed, match="there is none") as failed:
        made.make("", made.version)
    assert "blogtools[run]" in failed.value.hint
