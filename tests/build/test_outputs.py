"""What `staged` promises: a whole site, or the last good one, whatever happens in between."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from blogtools.build.outputs import staged, write
from blogtools.model.diagnostic import UsageError
from blogtools.model.output import Output


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def site(folder: Path, **pages: str) -> Path:
    """Put a site where the next build will find it."""
    folder.mkdir(parents=True)
    for name, text in {"404": "lost", **pages}.items():
        (folder / f"{name}.html").write_text(text)
    return folder


def build(place: Path, **pages: str) -> None:
    """Build a site of these pages."""
    with staged(place, ()) as folder:
        for name, text in {"404": "lost", **pages}.items():
            write(Output(f"{name}.html", text.encode()), folder)


def half_build(place: Path, failure: BaseException) -> None:
    """Fail in the middle of a build."""
    with staged(place, ()) as folder:
        write(Output("index.html", b"half"), folder)
        raise failure


def only(folder: Path, *names: str) -> bool:
    """Return whether a folder holds these names and no other."""
    return {entry.name for entry in folder.iterdir()} == set(names)


def test_a_site_appears_where_there_was_none(tmp_path: Path) -> None:
    build(tmp_path / "deep/site", index="new")
    assert tree(tmp_path / "deep/site") == {"404.html": b"lost", "index.html": b"new"}
    assert only(tmp_path / "deep", "site")


def test_outputs_are_written_in_folders_of_their_own(tmp_path: Path) -> None:
    write(Output("tags/c-sharp/feed.xml", b"<feed/>"), tmp_path)
    assert (tmp_path / "tags/c-sharp/feed.xml").read_bytes() == b"<feed/>"


def test_a_new_site_replaces_every_file_of_the_old_one(tmp_path: Path) -> None:
    site(tmp_path / "site", index="old", gone="old")
    build(tmp_path / "site", index="new")
    assert tree(tmp_path / "site") == {"404.html": b"lost", "index.html": b"new"}
    assert only(tmp_path, "site")


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit, UsageError])
def test_a_failure_leaves_the_old_site_byte_for_byte(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    before = tree(site(tmp_path / "site", index="old"))
    with pytest.raises(failure):
        half_build(tmp_path / "site", failure("stop"))
    assert tree(tmp_path / "site") == before
    assert only(tmp_path, "site")


def test_nothing_is_in_the_sites_place_while_it_is_built(tmp_path: Path) -> None:
    with staged(tmp_path / "site", ()) as folder:
        write(Output("404.html", b"lost"), folder)
        assert not (tmp_path / "site").exists()


def test_a_build_killed_between_the_two_renames_is_put_right_by_the_next(tmp_path: Path) -> None:
    before = tree(site(tmp_path / ".site.old", index="old"))
    with pytest.raises(RuntimeError), staged(tmp_path / "site", ()):
        raise RuntimeError("the next build fails too")
    assert tree(tmp_path / "site") == before
    assert only(tmp_path, "site")


def test_a_build_killed_after_the_two_renames_is_put_right_by_the_next(tmp_path: Path) -> None:
    site(tmp_path / ".site.old", index="older")
    site(tmp_path / "site", index="old")
    build(tmp_path / "site", index="new")
    assert tree(tmp_path / "site")["index.html"] == b"new"
    assert only(tmp_path, "site")


def test_a_site_is_put_in_place_though_an_old_one_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, remove = site(tmp_path / ".site.old", index="of another user"), shutil.rmtree
    site(tmp_path / "site", index="old")

    def refused(folder: Path, ignore_errors: bool = False) -> None:
        if Path(folder) != left:
            remove(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", refused)
    build(tmp_path / "site", index="new")
    assert tree(tmp_path / "site")["index.html"] == b"new"
    assert only(tmp_path, "site", ".site.old")


def test_what_a_killed_build_left_is_swept_away_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".site.new-abandoned"
    left.mkdir()
    (left / "index.html").write_text("half")
    build(tmp_path / "site", index="new")
    assert only(tmp_path, "site")


def test_the_folder_of_another_build_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    with staged(tmp_path / "site", ()) as first:
        write(Output("404.html", b"first"), first)
        build(tmp_path / "site", index="second")
        assert tree(first) == {"404.html": b"first"}
    assert tree(tmp_path / "site") == {"404.html": b"first"}
    assert only(tmp_path, "site")


def test_a_place_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UsageError, match="cannot be put in"), staged(tmp_path / "file/site", ()):
        pass


def test_the_site_can_be_read_by_others_as_the_umask_says(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        build(tmp_path / "site")
    finally:
        os.umask(mask)
    assert (tmp_path / "site").stat().st_mode & 0o777 == 0o750


def sources(root: Path) -> tuple[Path, ...]:
    """Write what an author has, and return it."""
    (root / "posts").mkdir()
    (root / "mkdocs.yml").write_text("site_name: x")
    return root / "mkdocs.yml", root / "posts"


@pytest.mark.parametrize("place", [".", "posts", "../"])
def test_a_site_never_replaces_sources(tmp_path: Path, place: str) -> None:
    root = tmp_path / "blog"
    root.mkdir()
    with (
        pytest.raises(UsageError, match="would replace"),
        staged(root / place, sources(root)),
    ):
        pass
    assert only(root, "posts", "mkdocs.yml")


def test_a_site_never_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine")
    with pytest.raises(UsageError, match="is a file"), staged(tmp_path / "site", ()):
        pass
    assert (tmp_path / "site").read_text() == "mine"


def holiday(folder: Path) -> None:
    (folder / "holiday.jpg").write_bytes(b"beach")


def home_page(folder: Path) -> None:
    (folder / "index.html").write_text("<p>written by hand")


def clone(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "404.html").write_text("lost")


@pytest.mark.parametrize("fill", [holiday, home_page, clone])
def test_a_site_never_replaces_a_folder_that_is_no_site(
    tmp_path: Path, fill: Callable[[Path], None]
) -> None:
    place = tmp_path / "site"
    place.mkdir()
    fill(place)
    before = tree(place)
    with pytest.raises(UsageError, match="does not look like a site"), staged(place, ()):
        pass
    assert tree(place) == before


def test_an_empty_folder_may_become_a_site(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    build(tmp_path / "site", index="new")
    assert (tmp_path / "site/index.html").read_text() == "new"


def test_a_site_behind_a_symbolic_link_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    site(tmp_path / "real", index="old")
    (tmp_path / "site").symlink_to(tmp_path / "real")
    build(tmp_path / "site", index="new")
    assert (tmp_path / "site").is_symlink()
    assert (tmp_path / "real/index.html").read_text() == "new"


# -- with a spare --------------------------------------------------------------------------------


def build_with_spare(place: Path, spare: Path, **pages: str) -> dict[str, bytes]:
    """Build a site of these pages; return what the folder held that was given."""
    with staged(place, (), spare) as folder:
        given = tree(folder)
        for file in list(folder.iterdir()):
            file.unlink()
        for name, text in {"404": "lost", **pages}.items():
            write(Output(f"{name}.html", text.encode()), folder)
    return given


def test_without_a_spare_an_empty_folder_is_given_and_the_last_site_is_the_spare(
    tmp_path: Path,
) -> None:
    before = tree(site(tmp_path / "site", index="old"))
    assert build_with_spare(tmp_path / "site", tmp_path / "spare", index="new") == {}
    assert tree(tmp_path / "spare") == before
    assert tree(tmp_path / "site")["index.html"] == b"new"
    assert only(tmp_path, "site", "spare")


def test_the_spare_is_given_and_the_last_site_is_the_next_spare(tmp_path: Path) -> None:
    place, spare = tmp_path / "site", tmp_path / "spare"
    for number in range(4):
        given = build_with_spare(place, spare, index=str(number))
        assert given.get("index.html", b"") == (str(number - 2).encode() if number > 1 else b"")
        assert tree(place)["index.html"] == str(number).encode()
    assert tree(spare)["index.html"] == b"2"
    assert only(tmp_path, "site", "spare")


def test_nothing_is_where_the_spare_was_while_it_is_in_use(tmp_path: Path) -> None:
    site(tmp_path / "spare", index="older")
    with staged(tmp_path / "site", (), tmp_path / "spare") as folder:
        assert not (tmp_path / "spare").exists()
        assert folder.parent == tmp_path


def test_a_first_site_leaves_no_spare(tmp_path: Path) -> None:
    build_with_spare(tmp_path / "site", tmp_path / "spare", index="new")
    assert only(tmp_path, "site")


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_the_old_site_and_puts_the_spare_back(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    before = tree(site(tmp_path / "site", index="old"))
    site(tmp_path / "spare", index="older")
    with pytest.raises(failure), staged(tmp_path / "site", (), tmp_path / "spare"):
        raise failure("stop")
    assert tree(tmp_path / "site") == before
    assert tree(tmp_path / "spare")["index.html"] == b"older"
    assert only(tmp_path, "site", "spare")


def test_a_failure_without_a_spare_leaves_none(tmp_path: Path) -> None:
    before = tree(site(tmp_path / "site", index="old"))
    with pytest.raises(RuntimeError), staged(tmp_path / "site", (), tmp_path / "spare"):
        raise RuntimeError("stop")
    assert tree(tmp_path / "site") == before
    assert only(tmp_path, "site")


def test_a_spare_that_cannot_be_kept_hinders_no_build(tmp_path: Path) -> None:
    site(tmp_path / "site", index="old")
    (tmp_path / "file").write_text("not a folder")
    assert build_with_spare(tmp_path / "site", tmp_path / "file/spare", index="new") == {}
    assert tree(tmp_path / "site")["index.html"] == b"new"
    assert only(tmp_path, "site", "file")


def test_a_build_of_another_process_at_the_same_time_gets_no_part_of_the_spare(
    tmp_path: Path,
) -> None:
    place, spare = tmp_path / "site", tmp_path / "spare"
    site(spare, index="older")
    with staged(place, (), spare) as first:
        assert build_with_spare(place, spare, index="second") == {}
        assert tree(first)["index.html"] == b"older"
        write(Output("index.html", b"first"), first)
    assert tree(place)["index.html"] == b"first"
    assert tree(spare)["index.html"] == b"second"
    assert only(tmp_path, "site", "spare")


BUILDER = """
import sys
from pathlib import Path
from blogtools.build.outputs import staged, write
from blogtools.model.output import Output

place, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for _ in range(times):
    with staged(place, ()) as folder:
        for number in range(8):
            write(Output(f"page-{number}.html", name.encode()), folder)
        write(Output("404.html", name.encode()), folder)
"""


def test_builds_at_the_same_time_leave_one_whole_site_and_none_fails(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILDER, str(tmp_path / "site")]
    builds = [subprocess.Popen([*command, name, "60"], stderr=subprocess.PIPE) for name in "ab"]
    complaints = [build.communicate(timeout=60)[1].decode() for build in builds]
    assert [build.returncode for build in builds] == [0, 0], complaints
    pages = tree(tmp_path / "site")
    assert len(pages) == 9
    assert set(pages.values()) in ({b"a"}, {b"b"})
    assert only(tmp_path, "site")
