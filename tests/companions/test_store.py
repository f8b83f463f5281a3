from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from blogtools.app.reference import BuiltTree, Keys
from blogtools.companions.store import FileStore
from blogtools.model.companion import CompanionError, Inventory, ModulePage, RenderError, Symbol
from blogtools.model.diagnostic import Diagnostic, Severity
from blogtools.model.digest import digest

INVENTORY = Inventory(
    "pkg",
    "1",
    "reference/pkg/1/",
    {"pkg": "reference/pkg/1/pkg/#pkg", "pkg.é": "x"},
    ("pkg",),
    (Symbol("pkg", "module", "reference/pkg/1/pkg/#pkg"),),
    (ModulePage("pkg", "A summary.", ("a", "b"), (("c", "pkg.d"),)),),
)
FOUND = Diagnostic("src/a.py", 3, 1, "companion/docstring", "Bad", "Mend it", Severity.WARNING)


def make(out: Path) -> tuple[Diagnostic, ...]:
    (out / "sub").mkdir(parents=True)
    (out / "sub/index.html").write_text("hello")
    return (FOUND,)


def test_an_inventory_comes_back_as_it_was(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert store.inventory("key") is None
    store.keep_inventory("key", INVENTORY)
    assert store.inventory("key") == INVENTORY
    assert store.inventory("other") is None


@pytest.mark.parametrize("position", [0, 40, 100, -1])
def test_a_damaged_inventory_is_as_good_as_absent(tmp_path: Path, position: int) -> None:
    store = FileStore(tmp_path)
    store.keep_inventory("key", INVENTORY)
    (file,) = tmp_path.rglob("*.json")
    data = bytearray(file.read_bytes())
    data[position] ^= 0x21
    file.write_bytes(data)
    assert store.inventory("key") is None
    file.write_bytes(data[: len(data) // 2])
    assert store.inventory("key") is None
    store.keep_inventory("key", INVENTORY)
    assert store.inventory("key") == INVENTORY


def test_a_store_that_takes_no_inventory_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    FileStore(tmp_path / "state").keep_inventory("key", INVENTORY)


def test_a_tree_comes_back_with_what_was_said_of_it(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert store.tree("key") is None
    kept = store.keep_tree("key", make)
    assert store.tree("key") == kept
    assert kept.diagnostics == (FOUND,)
    assert (kept.folder / "sub/index.html").read_text() == "hello"
    assert [path.name for path in (tmp_path / "references").iterdir()] == ["key"]


@pytest.mark.parametrize("damage", ["changed", "deleted", "added", "no marker", "bad marker"])
def test_a_damaged_tree_is_made_again(tmp_path: Path, damage: str) -> None:
    store = FileStore(tmp_path)
    kept = store.keep_tree("key", make)
    file, marker = kept.folder / "sub/index.html", kept.folder.parent / "complete.json"
    inflict: dict[str, Callable[[], object]] = {
        "changed": lambda: file.write_text("hullo"),
        "deleted": file.unlink,
        "added": lambda: (kept.folder / "more.html").write_text(""),
        "no marker": marker.unlink,
        "bad marker": lambda: marker.write_text('{"tree": 1}'),
    }
    inflict[damage]()
    assert store.tree("key") is None
    again = store.keep_tree("key", make)
    assert (again.folder / "sub/index.html").read_text() == "hello"
    assert not (again.folder / "more.html").exists()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return which files of references are read from now on; times can be trusted at once."""
    found: list[bytes] = []
    monkeypatch.setattr("blogtools.build.files._UNSETTLED", -1)

    def noted(data: bytes) -> bytes:
        if data == b"hello":
            found.append(data)
        return digest(data)

    monkeypatch.setattr("blogtools.companions.store.digest", noted)
    return found


def test_a_tree_says_what_is_in_it(tmp_path: Path) -> None:
    kept = FileStore(tmp_path).keep_tree("key", make)
    assert kept.files == {"sub/index.html": digest(b"hello")}


def test_a_tree_is_read_once_and_then_known_by_its_times(tmp_path: Path, read: list[bytes]) -> None:
    kept = FileStore(tmp_path).keep_tree("key", make)
    read.clear()
    assert FileStore(tmp_path).tree("key") == kept
    assert read == []
    assert FileStore(tmp_path, verify=True).tree("key") == kept
    assert read == [b"hello"]


def test_a_tree_that_was_brought_from_elsewhere_is_read(tmp_path: Path, read: list[bytes]) -> None:
    FileStore(tmp_path / "one").keep_tree("key", make)
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    read.clear()
    assert FileStore(tmp_path / "other").tree("key")
    assert read == [b"hello"]
    assert FileStore(tmp_path / "other").tree("key")
    assert read == [b"hello"]


@pytest.mark.parametrize("damage", ["same size", "touched", "a link", "bad look"])
def test_a_tree_that_was_read_is_still_found_damaged(
    tmp_path: Path, read: list[bytes], damage: str
) -> None:
    store = FileStore(tmp_path)
    kept = store.keep_tree("key", make)
    file, look = kept.folder / "sub/index.html", kept.folder.parent / "looked.json"
    if damage == "bad look":
        look.write_text('{"sub/index.html": 3}')
        assert store.tree("key") == kept
        return
    if damage == "a link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    else:
        file.write_text("hullo")
        os.utime(file, (1, 1))
    assert store.tree("key") is None


def test_a_tree_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(out: Path) -> tuple[Diagnostic, ...]:
        make(out)
        raise RenderError("no")

    with pytest.raises(RenderError):
        FileStore(tmp_path).keep_tree("key", fail)
    assert FileStore(tmp_path).tree("key") is None
    assert list((tmp_path / "references").iterdir()) == []


def test_two_that_make_the_same_tree_at_once_both_get_it(tmp_path: Path) -> None:
    barrier = Barrier(2, timeout=30)
    kept: list[BuiltTree] = []

    def slow(out: Path) -> tuple[Diagnostic, ...]:
        barrier.wait()
        return make(out)

    threads = [
        Thread(target=lambda: kept.append(FileStore(tmp_path).keep_tree("key", slow)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 2
    assert kept[0] == kept[1]


def test_a_store_that_takes_no_tree_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(CompanionError, match="cannot be stored"):
        FileStore(tmp_path / "state").keep_tree("key", make)


def test_what_was_not_used_for_longest_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blogtools.companions.store._KEPT", 3)
    store = FileStore(tmp_path)
    for number, key in enumerate("abc", 1):
        store.keep_tree(key, make)
        store.keep_inventory(key, INVENTORY)
        for file in (f"references/{key}/complete.json", f"inventories/{key}.json"):
            os.utime(tmp_path / file, (number, number))
    assert store.tree("a")
    assert store.inventory("a")
    store.keep_tree("d", make)
    store.keep_inventory("d", INVENTORY)
    assert sorted(path.name for path in (tmp_path / "references").iterdir()) == ["a", "c", "d"]
    assert [key for key in "abcd" if store.inventory(key)] == ["a", "c", "d"]


KEYS = Keys("inventory", "tree")


def hand_out(tmp_path: Path) -> Path:
    store = FileStore(tmp_path / "one")
    store.keep_inventory(KEYS.inventory, INVENTORY)
    store.keep_tree(KEYS.tree, make)
    store.hand_out(KEYS, tmp_path / "out/pkg/1")
    return tmp_path / "out/pkg/1"


def test_what_is_handed_out_is_taken_in_elsewhere_with_all_that_belongs_to_it(
    tmp_path: Path,
) -> None:
    other = FileStore(tmp_path / "other")
    assert other.take_in(KEYS, hand_out(tmp_path))
    kept = other.tree(KEYS.tree)
    assert kept is not None
    assert (kept.folder / "sub/index.html").read_text() == "hello"
    assert kept.diagnostics == (FOUND,)
    assert other.inventory(KEYS.inventory) == INVENTORY
    assert other.take_in(KEYS, hand_out(tmp_path))


def move_behind_a_link(path: Path, away: Path) -> None:
    path.rename(away)
    path.symlink_to(away)


@pytest.mark.parametrize(
    "damage", ["page", "more", "link", "folder link", "keys", "inventory", "marker", "gone"]
)
def test_what_is_not_whole_or_of_other_keys_is_not_taken_in(tmp_path: Path, damage: str) -> None:
    home = hand_out(tmp_path)
    page = home / "site/sub/index.html"
    inflict: dict[str, Callable[[], object]] = {
        "page": lambda: page.write_text("hullo"),
        "more": lambda: (home / "site/more.html").write_text(""),
        "link": lambda: move_behind_a_link(page, tmp_path / "page"),
        "folder link": lambda: move_behind_a_link(page.parent, tmp_path / "sub"),
        "keys": lambda: (home / "keys.json").write_text('{"inventory": "x", "tree": "tree"}'),
        "inventory": lambda: (home / "inventory.json").write_text("0\n{}"),
        "marker": lambda: (home / "complete.json").write_text("[]"),
        "gone": lambda: (home / "complete.json").unlink(),
    }
    inflict[damage]()
    other = FileStore(tmp_path / "other")
    assert not other.take_in(KEYS, home)
    assert other.tree(KEYS.tree) is None
    assert other.inventory(KEYS.inventory) is None


def test_what_is_wanted_now_is_never_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blogtools.companions.store._KEPT", 1)
    store = FileStore(tmp_path, wanted=3)
    for number, key in enumerate("abcd", 1):
        store.keep_tree(key, make)
        os.utime(tmp_path / f"references/{key}/complete.json", (number, number))
    assert len(list((tmp_path / "references").iterdir())) == 4
    store.keep_tree("e", make)
    assert [key for key in "abcde" if store.tree(key)] == ["b", "c", "d", "e"]


def test_nothing_is_handed_out_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CompanionError, match="not in the store any more"):
        FileStore(tmp_path).hand_out(KEYS, tmp_path / "out")
    assert not (tmp_path / "out").exists()
