"""What twins promise: each file of the site by a link, and nothing else, or there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from blogtools.build.files import Stamp
from blogtools.build.ledger import Manifest, Placed
from blogtools.build.looking import look_at
from blogtools.build.twins import twin, twinning
from blogtools.model.digest import digest


def fill(folder: Path, **files: str) -> None:
    """Write files, whose names have two underscores for a slash."""
    for name, text in files.items():
        file = folder / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def manifest(folder: Path) -> Manifest:
    """Return what is in a folder, as a build knows it."""
    return {
        file.relative_to(folder).as_posix(): Placed(
            digest(file.read_bytes()), Stamp.of(file.stat())._replace(ctime=0)
        )
        for file in folder.rglob("*")
        if file.is_file()
    }


def is_twin(one: Path, other: Path) -> bool:
    """Return whether two folders have the same files, not only equal ones."""
    files = manifest(one)
    return manifest(other) == files and all((other / name).samefile(one / name) for name in files)


def only(folder: Path, *names: str) -> bool:
    """Return whether a folder holds these and nothing else."""
    return {one.name for one in folder.iterdir()} == {*names}


@contextmanager
def begun(site: Path, spare: Path, left: Manifest | None = None) -> Iterator[Callable[[], bool]]:
    """Begin a twin as a build does, by looking; give what ends it."""
    left = manifest(site) if left is None else left
    with twinning(site, left, spare, wanted=True) as twinned:
        look = look_at(site, left)
        yield lambda: twinned(look, manifest(site))


def test_a_twin_has_every_file_by_a_link(tmp_path: Path) -> None:
    fill(tmp_path / "site", a="1", b__c="2", b__d__e="3")
    assert twin(tmp_path / "site", manifest(tmp_path / "site"), tmp_path / "spare")
    assert is_twin(tmp_path / "site", tmp_path / "spare")


def test_a_spare_that_is_there_stays(tmp_path: Path) -> None:
    fill(tmp_path / "site", a="1")
    fill(tmp_path / "spare", a="older")
    assert not twin(tmp_path / "site", manifest(tmp_path / "site"), tmp_path / "spare")
    assert (tmp_path / "spare/a").read_text() == "older"


def test_a_link_of_somebodys_is_not_followed(tmp_path: Path) -> None:
    fill(tmp_path / "site", a="1")
    fill(tmp_path / "mine", secret="x")
    (tmp_path / "site/linked").symlink_to(tmp_path / "mine")
    assert twin(tmp_path / "site", manifest(tmp_path / "site"), tmp_path / "spare")
    assert only(tmp_path / "spare", "a")


def test_where_nothing_can_be_linked_there_is_no_twin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_files: str) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    fill(tmp_path / "site", a="1")
    assert not twin(tmp_path / "site", manifest(tmp_path / "site"), tmp_path / "spare")
    with begun(tmp_path / "site", tmp_path / "spare") as ended:
        assert not ended()
    assert only(tmp_path, "site")


def test_what_changes_meanwhile_is_in_the_twin_as_it_is_in_the_end(tmp_path: Path) -> None:
    site, spare = tmp_path / "site", tmp_path / "spare"
    fill(site, same="1", changed="2", gone="3", old__gone="4", b__same="5")
    with begun(site, spare) as ended:
        for name in ("changed", "gone", "old/gone"):
            (site / name).unlink()
        (site / "old").rmdir()
        fill(site, changed="other", new__file="6", old="a file now")
        assert ended()
        assert is_twin(site, spare)
    assert is_twin(site, spare)
    assert only(tmp_path, "site", "spare")
    assert only(spare, "same", "changed", "new", "old", "b")


def test_a_twin_that_nobody_ended_leaves_nothing(tmp_path: Path) -> None:
    fill(tmp_path / "site", a="1")
    with pytest.raises(RuntimeError), begun(tmp_path / "site", tmp_path / "spare"):
        raise RuntimeError("the build failed")
    assert only(tmp_path, "site")


def test_what_a_killed_build_left_of_its_twin_is_not_taken_for_the_site(tmp_path: Path) -> None:
    fill(tmp_path / "spare.new", stranger="x", a="older")
    fill(tmp_path / "site", a="1")
    with begun(tmp_path / "site", tmp_path / "spare") as ended:
        assert ended()
    assert is_twin(tmp_path / "site", tmp_path / "spare")


def test_a_spare_that_came_meanwhile_stays(tmp_path: Path) -> None:
    fill(tmp_path / "site", a="1")
    with begun(tmp_path / "site", tmp_path / "spare") as ended:
        fill(tmp_path / "spare", a="of another build")
        assert not ended()
    assert (tmp_path / "spare/a").read_text() == "of another build"
    assert only(tmp_path, "site", "spare")


def test_an_empty_folder_has_no_twin_yet(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    with begun(tmp_path / "site", tmp_path / "spare") as ended:
        fill(tmp_path / "site", a="1")
        assert not ended()
    assert only(tmp_path, "site")


def test_what_is_not_as_it_was_left_is_in_the_twin_as_it_is_in_the_end(tmp_path: Path) -> None:
    site, spare = tmp_path / "site", tmp_path / "spare"
    fill(site, same="1", changed="2", deep__gone="3")
    left = manifest(site)
    fill(site, changed="other", stranger="4")
    (site / "link").symlink_to("same")
    (site / "deep/gone").unlink()
    with begun(site, spare, left) as ended:
        for name in ("stranger", "link"):
            (site / name).unlink()
        assert ended()
    assert is_twin(site, spare)
    assert only(spare, "same", "changed")
