"""What a look at a folder finds, here or in another process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from blogtools.build import aside as module
from blogtools.build.aside import MANY, aside
from blogtools.build.files import Stamp
from blogtools.build.ledger import Manifest, Placed
from blogtools.build.looking import Look, look_at, looking
from blogtools.model.digest import digest


@pytest.fixture
def left(tmp_path: Path) -> Manifest:
    """Return what was left in a folder: two files."""
    return {name: _placed(tmp_path / "site" / name, name) for name in ("a", "b")}


def _placed(file: Path, text: str) -> Placed:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return Placed(digest(text.encode()), Stamp.of(file.stat())._replace(ctime=0))


def _copied(folder: Path) -> None:
    """Lay the same files anew, as a checkout or an unpacked archive does."""
    for file in folder.iterdir():
        copy = file.with_name(f"{file.name}.copy")
        shutil.copy(file, copy)
        os.utime(copy, ns=(1, 1))
        copy.replace(file)


def test_a_stranger_a_change_and_a_link_are_what_else_is_there(
    tmp_path: Path, left: Manifest
) -> None:
    site = tmp_path / "site"
    (site / "a").write_text("changed")
    (site / "stranger").touch()
    (site / "link").symlink_to("b")
    found = look_at(site, left)
    assert found.intact.keys() == {"b"}
    assert found.others == {"a", "stranger", "link"}
    assert not found.as_left


@pytest.mark.parametrize("verify", [False, True])
def test_a_pipe_in_a_files_place_is_never_waited_for(
    tmp_path: Path, left: Manifest, verify: bool
) -> None:
    (tmp_path / "site/a").unlink()
    os.mkfifo(tmp_path / "site/a")
    found = look_at(tmp_path / "site", left, verify=verify)
    assert found.intact.keys() == {"b"}
    assert found.others == {"a"}


def test_a_folder_without_files_is_what_else_is_there(tmp_path: Path, left: Manifest) -> None:
    (tmp_path / "site/empty/inner").mkdir(parents=True)
    found = look_at(tmp_path / "site", left)
    assert found.others == {"empty/inner/"}
    assert not found.as_left


def test_files_laid_anew_are_as_they_were_left_if_their_content_is_asked_for(
    tmp_path: Path, left: Manifest
) -> None:
    _copied(tmp_path / "site")
    assert look_at(tmp_path / "site", left).intact == {}
    found = look_at(tmp_path / "site", left, verify=True)
    assert found.as_left
    assert look_at(tmp_path / "site", found.intact).as_left


def test_an_empty_folder_is_never_a_site_that_is_as_it_was_left(tmp_path: Path) -> None:
    assert not look_at(tmp_path, {}).as_left
    assert look_at(tmp_path / "nowhere", {}) == Look()


@pytest.mark.parametrize("cores", [1, 2])
def test_another_process_finds_the_same(
    tmp_path: Path, left: Manifest, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "worker_count", lambda _wanted: cores)
    monkeypatch.setattr(module, "MANY", 1)
    (tmp_path / "site/b").unlink()
    with looking(tmp_path / "site", left) as look:
        assert look() == look_at(tmp_path / "site", left)
        assert look() is look()


def test_work_of_a_process_that_died_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()

    def work() -> int:
        return here if os.getpid() == here else os._exit(1)

    monkeypatch.setattr(module, "worker_count", lambda _wanted: 2)
    with aside(work, MANY) as result:
        assert result() == here


def test_for_a_few_files_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "worker_count", lambda _wanted: 2)
    with aside(os.getpid, MANY - 1) as result:
        assert result() == os.getpid()


@pytest.mark.parametrize("asked", [True, False])
def test_no_process_outlives_the_block(asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "worker_count", lambda _wanted: 2)
    fork, born = os.fork, list[int]()

    def noted() -> int:
        born.append(fork())
        return born[-1]

    monkeypatch.setattr(os, "fork", noted)
    wait: Callable[[], int] = os.getpid
    with aside(wait, MANY) as result:
        assert not asked or [result()] == born
    [child] = born
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)
