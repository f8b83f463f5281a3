"""Shares of the work, done on separate checkouts, and one build that takes them in."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from blogtools.app.shards import Share
from blogtools.model.diagnostic import UsageError
from tests.site.support import run, succeed, write

from .building import difference
from .site import files_of, make_blog

COUNT = 3


def checkout(sources: Path, place: Path) -> Path:
    """Return another checkout of the same sources, with new times."""
    left_out = shutil.ignore_patterns(".blogtools", "site")
    shutil.copytree(sources, place, ignore=left_out, copy_function=shutil.copyfile)
    return place


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path], Path]:
    """Return a blog's sources, the stores of its shards, and its site built in one go."""
    folder = tmp_path_factory.mktemp("shards")
    sources = make_blog(folder / "blog").root
    stores: list[Path] = []
    for number in range(1, COUNT + 1):
        root = checkout(sources, folder / f"checkout-{number}")
        succeed(root, "blogtools", "build", "--shard", f"{number}/{COUNT}")
        assert not (root / "site").exists()
        stores += (root / ".blogtools/shards").iterdir()
    clean = checkout(sources, folder / "clean")
    succeed(clean, "blogtools", "build")
    return sources, stores, clean / "site"


def merged(sources: Path, place: Path, stores: list[Path]) -> Path:
    """Build on a fresh checkout that was given these stores."""
    root = checkout(sources, place / "merged")
    folder = root / ".blogtools/shards"
    folder.mkdir(parents=True)
    for store in stores:
        shutil.copy(store, folder)
    succeed(root, "blogtools", "build")
    assert not list(folder.iterdir())
    return root


def keys(store: Path) -> set[bytes]:
    with sqlite3.connect(store) as connection:
        return {row[0] for row in connection.execute("SELECT key FROM objects")}


def test_shards_on_separate_checkouts_merged_give_the_bytes_of_one_build(
    done: tuple[Path, list[Path], Path], tmp_path: Path
) -> None:
    sources, stores, clean = done
    root = merged(sources, tmp_path, stores)
    assert not difference(files_of(root / "site") or {}, files_of(clean) or {})


def test_shards_do_each_text_once_and_leave_none_to_the_last_build(
    done: tuple[Path, list[Path], Path],
) -> None:
    _, stores, clean = done
    found = list(map(keys, stores))
    # The options, which each of them has to read.
    shared = set.intersection(*found)
    assert len(shared) == 1
    texts = [one - shared for one in found]
    assert all(texts)
    together = set.union(*texts)
    assert len(together) == sum(map(len, texts))
    # What one build keeps besides is of pages and of the whole site.
    assert together | shared < keys(clean.parent / ".blogtools/build/store.sqlite")


@pytest.mark.parametrize("damage", ["missing", "cut", "garbage"])
def test_a_share_that_is_lost_or_damaged_is_done_again(
    done: tuple[Path, list[Path], Path], tmp_path: Path, damage: str
) -> None:
    sources, stores, clean = done
    mine = [Path(shutil.copy(store, tmp_path)) for store in stores]
    data = mine[0].read_bytes()
    if damage == "missing":
        mine.pop()
    else:
        mine[0].write_bytes(data[: len(data) // 2] if damage == "cut" else b"no store" * 999)
    root = merged(sources, tmp_path, mine)
    assert not difference(files_of(root / "site") or {}, files_of(clean) or {})


def test_each_damaged_share_is_named(done: tuple[Path, list[Path], Path], tmp_path: Path) -> None:
    root = checkout(done[0], tmp_path / "blog")
    names = ("1-of-2.sqlite", "2-of-2.sqlite")
    write(root / ".blogtools/shards", dict.fromkeys(names, "no store" * 999))
    said = run(root, "blogtools", "build").stderr
    assert all(f"the shard {name} is damaged" in said for name in names)


def test_a_share_explains_no_file(done: tuple[Path, list[Path], Path], tmp_path: Path) -> None:
    root = checkout(done[0], tmp_path / "blog")
    refused = run(root, "blogtools", "build", "--shard", "1/2", "--explain")
    assert refused.returncode == 2
    assert "leave out --explain" in refused.stderr


def test_a_folder_with_the_name_of_a_shard_is_none(
    done: tuple[Path, list[Path], Path], tmp_path: Path
) -> None:
    root = checkout(done[0], tmp_path / "blog")
    (root / ".blogtools/shards/1-of-2.sqlite").mkdir(parents=True)
    succeed(root, "blogtools", "build")


def test_a_shard_of_what_the_store_has_already_says_so(
    done: tuple[Path, list[Path], Path], tmp_path: Path
) -> None:
    root = checkout(done[0], tmp_path / "blog")
    succeed(root, "blogtools", "build")
    said = succeed(root, "blogtools", "build", "--shard", "1/1")
    assert "the store has had them all" in said
    assert not (root / ".blogtools/shards").exists()


def test_each_text_belongs_to_one_share() -> None:
    for path in (f"posts/{number}.md" for number in range(200)):
        assert sum(Share(number, 7).holds(path) for number in range(1, 8)) == 1


@pytest.mark.parametrize("text", ["", "0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_a_shard_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="such as 2/4"):
        Share.of(text)
