"""What `Files` promises: the content decides, and a shortcut to it is never trusted too far."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from blogtools.build.aside import MANY
from blogtools.build.files import MISSING, NO_STAMP, ROOT, Files, Seen, Stamp, walk
from blogtools.model.digest import digest


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be read long after they were written, so that their stamps are settled."""
    now = time.time_ns
    monkeypatch.setattr("blogtools.build.files.time.time_ns", lambda: now() + 10**10)


def written(root: Path, **files: str) -> Path:
    """Write files of these names into a folder."""
    for name, text in files.items():
        (root / name).write_text(text)
    return root


def seen(root: Path, *names: str) -> dict[str, Seen]:
    """Return what a build saw that asked for these names."""
    files = Files(root)
    for name in names:
        files.digest(name)
    return files.seen


def test_a_files_digest_is_that_of_its_content(tmp_path: Path) -> None:
    files = Files(written(tmp_path, a="one", b="one", c="two"))
    assert files.digest("a") == files.digest("b") == digest(b"one")
    assert files.digest("c") == digest(b"two")


@pytest.mark.usefixtures("later")
def test_a_file_that_looks_the_same_is_not_read_again(tmp_path: Path) -> None:
    last = seen(written(tmp_path, a="one"), "a")
    files = Files(tmp_path, last)
    assert files.digest("a") == digest(b"one")
    assert not files.reread
    assert files.seen == last


@pytest.mark.usefixtures("later")
def test_a_file_of_another_size_is_read_again(tmp_path: Path) -> None:
    last = seen(written(tmp_path, a="one"), "a")
    files = Files(written(tmp_path, a="three"), last)
    assert files.digest("a") == digest(b"three")
    assert files.reread


@pytest.mark.usefixtures("later")
def test_a_changed_file_of_equal_size_and_time_is_noticed(tmp_path: Path) -> None:
    last = seen(written(tmp_path, a="one"), "a")
    before = (tmp_path / "a").stat()
    written(tmp_path, a="two")
    os.utime(tmp_path / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (tmp_path / "a").stat().st_mtime_ns == before.st_mtime_ns
    assert Files(tmp_path, last).digest("a") == digest(b"two")


@pytest.mark.usefixtures("later")
def test_a_file_put_in_the_place_of_another_with_its_size_and_time_is_noticed(
    tmp_path: Path,
) -> None:
    last = seen(written(tmp_path, a="one", b="two"), "a")
    before = (tmp_path / "a").stat()
    os.utime(tmp_path / "b", ns=(before.st_atime_ns, before.st_mtime_ns))
    (tmp_path / "b").replace(tmp_path / "a")
    assert Files(tmp_path, last).digest("a") == digest(b"two")


def test_a_file_that_looks_the_same_is_read_all_the_same_where_that_is_asked(
    tmp_path: Path,
) -> None:
    stamp = Stamp.of((written(tmp_path, a="one") / "a").stat())
    lie = {"a": Seen(stamp, digest(b"two"))}
    assert Files(tmp_path, lie).digest("a") == digest(b"two")
    assert Files(tmp_path, lie, verify=True).digest("a") == digest(b"one")


def test_the_stamp_of_a_file_that_just_changed_is_not_trusted(tmp_path: Path) -> None:
    last = seen(written(tmp_path, a="one"), "a")
    assert last["a"].stamp == NO_STAMP
    files = Files(tmp_path, last)
    assert files.digest("a") == digest(b"one")
    assert files.reread


def test_a_file_with_an_old_time_that_was_just_put_there_is_not_trusted(tmp_path: Path) -> None:
    os.utime(written(tmp_path, a="one") / "a", (0, 0))
    assert seen(tmp_path, "a")["a"].stamp == NO_STAMP


@pytest.mark.usefixtures("later")
def test_a_file_whose_time_lies_in_the_future_is_not_trusted(tmp_path: Path) -> None:
    os.utime(written(tmp_path, a="one") / "a", (2**33, 2**33))
    assert seen(tmp_path, "a")["a"].stamp == NO_STAMP


def test_the_same_answer_is_given_throughout_a_build(tmp_path: Path) -> None:
    files = Files(written(tmp_path, a="one"))
    files.digest("a")
    written(tmp_path, a="three")
    assert files.digest("a") == digest(b"one")


# -- what is not there -----------------------------------------------------------------------------


def test_a_file_that_is_not_there_has_no_digest_and_is_recorded(tmp_path: Path) -> None:
    assert seen(tmp_path, "no", "no/deeper") == {"no": MISSING, "no/deeper": MISSING}


def test_a_folder_has_no_digest(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert Files(tmp_path).digest("folder") == b""


def test_reading_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Files(tmp_path).read("no")


def test_a_file_that_was_looked_for_in_vain_is_noticed_when_it_comes(tmp_path: Path) -> None:
    last = seen(tmp_path, "a")
    assert Files(tmp_path, last).changed(last, ()) == ""
    assert Files(written(tmp_path, a="one"), last).changed(last, ()) == "a"


def test_a_file_that_goes_is_noticed(tmp_path: Path) -> None:
    last = seen(written(tmp_path, a="one", b="one"), "a", "b")
    (tmp_path / "b").unlink()
    assert Files(tmp_path, last).changed(last, ()) == "b"


def test_a_file_that_becomes_a_link_to_nothing_is_noticed_however_fresh_it_was(
    tmp_path: Path,
) -> None:
    files = Files(project(tmp_path))
    name, *_ = files.tree(tmp_path / "posts")
    files.digest(name)
    assert files.seen[name].stamp == NO_STAMP
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to(tmp_path / "nowhere")
    assert Files(tmp_path, files.record()).changed(files.record(), files.trees) == name


@pytest.mark.usefixtures("later")
def test_a_file_that_was_touched_but_says_the_same_has_not_changed(tmp_path: Path) -> None:
    last = seen(written(tmp_path, a="one"), "a")
    files = Files(written(tmp_path, a="one"), last)
    assert files.changed(last, ()) == ""


# -- names -----------------------------------------------------------------------------------------


def test_a_name_is_relative_inside_the_project_and_absolute_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "blog"
    files = Files(root)
    assert files.name(root / "posts/a.md") == "posts/a.md"
    assert files.name(root / "posts/../docs/a.md") == "docs/a.md"
    assert files.name(tmp_path / "blog2/a.md") == str(tmp_path / "blog2/a.md")
    for file in (root / "posts/a.md", tmp_path / "a.md"):
        assert files.path(files.name(file)) == str(file)


# -- folders ---------------------------------------------------------------------------------------


def project(root: Path) -> Path:
    """Write a folder with folders in it."""
    (root / "posts/deep/__pycache__").mkdir(parents=True)
    for name in ("posts/b.md", "posts/a.md", "posts/deep/c.md", "posts/deep/__pycache__/c.pyc"):
        (root / name).write_text(name)
    return root


FOUND = ["posts/a.md", "posts/b.md", "posts/deep/c.md"]


def test_a_tree_is_every_file_below_a_folder_in_order_without_pycache(tmp_path: Path) -> None:
    files = Files(project(tmp_path))
    assert files.tree(tmp_path / "posts") == FOUND
    digests = files.tree_digests(tmp_path / "posts")
    assert digests == {name: digest(name.encode()) for name in FOUND}


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert Files(tmp_path).tree(tmp_path / "no") == []


def listed(root: Path) -> tuple[dict[str, Seen], tuple[str, ...]]:
    """Return what a build saw that listed the essays and read none."""
    files = Files(root)
    files.tree(root / "posts")
    return files.record(), tuple(files.trees)


def test_a_tree_as_it_was_has_not_changed(tmp_path: Path) -> None:
    last = listed(project(tmp_path))
    assert Files(tmp_path).changed(*last) == ""


@pytest.mark.parametrize("name", ["posts/new.md", "posts/deep/new.md"])
def test_a_file_that_comes_into_a_tree_is_noticed(tmp_path: Path, name: str) -> None:
    last = listed(project(tmp_path))
    (tmp_path / name).write_text("new")
    assert Files(tmp_path).changed(*last) == name


def test_a_file_that_goes_out_of_a_tree_is_noticed(tmp_path: Path) -> None:
    last = listed(project(tmp_path))
    (tmp_path / "posts/b.md").unlink()
    assert Files(tmp_path).changed(*last) == "posts/b.md"


def test_what_a_file_says_of_which_only_the_name_was_asked_does_not_matter(tmp_path: Path) -> None:
    last = listed(project(tmp_path))
    (tmp_path / "posts/b.md").write_text("other")
    (tmp_path / "posts/__pycache__").mkdir()
    (tmp_path / "posts/__pycache__/new.pyc").write_text("new")
    assert Files(tmp_path).changed(*last) == ""


def test_a_tree_is_found_again_wherever_the_command_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blog").mkdir()
    (tmp_path / "elsewhere/posts").mkdir(parents=True)
    last = listed(project(tmp_path / "blog"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "elsewhere/posts/strange.md").write_text("strange")
    assert Files(tmp_path / "blog").changed(*last) == ""
    (tmp_path / "blog/posts/new.md").write_text("new")
    assert Files(tmp_path / "blog").changed(*last) == "posts/new.md"


def test_links_are_followed_and_a_folder_is_not_entered_from_inside_itself(
    tmp_path: Path,
) -> None:
    project(tmp_path)
    (tmp_path / "other").mkdir()
    written(tmp_path / "other", d="d")
    (tmp_path / "posts/linked").symlink_to(tmp_path / "other")
    (tmp_path / "posts/deep/again").symlink_to(tmp_path / "posts")
    names = Files(tmp_path).tree(tmp_path / "posts")
    assert "posts/linked/d" in names
    assert len(names) < 20


def test_a_link_to_nothing_is_listed_without_a_stamp(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    assert dict(walk(str(tmp_path))) == {"dangling": NO_STAMP}
    files = Files(tmp_path)
    (name,) = files.tree(tmp_path)
    assert files.digest(name) == b""


def piped(root: Path) -> Path:
    """Write a folder in which there are pipes, a hidden one and another."""
    project(root)
    os.mkfifo(root / "posts/deep/.hidden")
    os.mkfifo(root / "posts/pipe.md")
    (root / "posts/linked.md").symlink_to(root / "posts/pipe.md")
    return root


def test_a_pipe_is_never_waited_for_and_has_no_digest(tmp_path: Path) -> None:
    for verify in (False, True):
        assert Files(piped(tmp_path / f"{verify}"), verify=verify).digest("posts/pipe.md") == b""
    with pytest.raises(OSError, match="it is no regular file"):
        Files(tmp_path / "True").read("posts/pipe.md")


def test_what_is_no_file_is_told_unless_it_is_hidden(tmp_path: Path) -> None:
    files = Files(piped(tmp_path))
    assert files.irregular(tmp_path / "posts") == ["posts/linked.md", "posts/pipe.md"]
    assert files.irregular(tmp_path / "no") == []


def test_a_hidden_pipe_changes_nothing(tmp_path: Path) -> None:
    os.mkfifo(project(tmp_path) / "posts/.hidden")
    last = listed(tmp_path)
    assert Files(tmp_path).changed(*last) == ""


def test_a_file_that_becomes_a_pipe_is_noticed_though_only_its_name_was_asked(
    tmp_path: Path,
) -> None:
    last = listed(project(tmp_path))
    (tmp_path / "posts/b.md").unlink()
    os.mkfifo(tmp_path / "posts/b.md")
    assert Files(tmp_path).changed(*last) == "posts/b.md"


# -- reading ahead ---------------------------------------------------------------------------------


def many(root: Path, count: int = MANY + 1) -> Path:
    """Write many essays, and one picture."""
    (root / "posts").mkdir()
    for number in range(count):
        (root / f"posts/{number}.md").write_text(f"Essay {number}")
    (root / "posts/picture.png").write_text("no essay")
    return root


def all_read(files: Files) -> dict[str, bytes]:
    """Ask for each essay, and for no picture; return the digests."""
    names = files.tree(Path(files.path("posts")))
    return {name: files.digest(name) for name in names if name.endswith(".md")}


def checked_out_since(root: Path) -> Files:
    """Return the files of a build after which all have new times."""
    files = Files(many(root))
    all_read(files)
    for file in (root / "posts").iterdir():
        os.utime(file)
    return files


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("verify", [False, True])
def test_what_is_read_ahead_is_what_would_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verify: bool, alone: bool
) -> None:
    first = Files(many(tmp_path))
    all_read(first)
    last = first.record()
    (tmp_path / "posts/5.md").write_text("Essay A")
    (tmp_path / "posts/6.md").unlink()
    if not verify:
        for file in (tmp_path / "posts").iterdir():
            os.utime(file)
    if alone:
        monkeypatch.setattr("blogtools.build.aside.can_fork", lambda: False)
    ahead, behind = Files(tmp_path, last, verify=verify), Files(tmp_path, last, verify=verify)
    ahead.tree(tmp_path / "posts")
    with ahead.read_ahead():
        with_another = all_read(ahead)
    assert with_another == all_read(behind)
    assert with_another["posts/5.md"] == digest(b"Essay A")
    assert ahead.record() == behind.record()
    assert ahead.reread


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that will hold the names of all files that this process reads."""
    names: list[str] = []
    plain = Files._opened  # noqa: SLF001 - where a file is read, and nowhere else

    def spied(self: Files, name: str) -> tuple[Seen, bytes]:
        names.append(name)
        return plain(self, name)

    monkeypatch.setattr(Files, "_opened", spied)
    return names


@pytest.mark.usefixtures("later")
def test_after_a_checkout_another_process_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = checked_out_since(tmp_path)
    monkeypatch.setattr("blogtools.build.aside.worker_count", lambda _wanted: 2)
    names = opened(monkeypatch)
    files = Files(tmp_path, first.record())
    files.tree(tmp_path / "posts")
    with files.read_ahead():
        all_read(files)
    assert names == []
    os.utime(tmp_path / "posts/1.md")
    files = Files(tmp_path, files.record())
    files.tree(tmp_path / "posts")
    with files.read_ahead():
        all_read(files)
    assert names == ["posts/1.md"], "a single file is no work for another process"


@pytest.mark.usefixtures("later")
def test_that_a_file_of_another_size_has_changed_is_known_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = checked_out_since(tmp_path)
    (tmp_path / "posts/99.md").write_text("Much longer than it was")
    names = opened(monkeypatch)
    files = Files(tmp_path, first.record())
    assert files.changed(first.record(), first.trees) == "posts/99.md"
    assert names == []


def test_what_lies_in_a_listed_folder_elsewhere_is_read_from_this_very_place(
    tmp_path: Path,
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").touch()
    files = Files(tmp_path / "blog")
    [name] = files.tree(tmp_path / "docs")
    files.digest(name)
    assert ROOT in files.record()
