"""What `Store` promises: a value comes back as it was put in, or it is not there."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from blogtools.build.store import VERSION, Store
from blogtools.build.workers import parallel_map
from blogtools.model.digest import digest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state/store.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with closing(Store(file)) as opened:
        yield opened


def key(number: int) -> bytes:
    return digest(str(number).encode())


def value(number: int, size: int = 10_000) -> bytes:
    """Return bytes that cannot be compressed."""
    return random.Random(number).randbytes(size)


def fill(file: Path, count: int, size: int = 10_000) -> None:
    """Put values into a store, and close it."""
    with closing(Store(file)) as store:
        for number in range(count):
            store.put(key(number), value(number, size))


def held(file: Path, count: int, size: int = 10_000) -> set[int]:
    """Return the numbers of the values that come back as they were."""
    with closing(Store(file)) as store:
        return {n for n in range(count) if store.get(key(n)) == value(n, size)}


def execute(file: Path, statement: str, *arguments: object) -> None:
    """Change a store behind its back."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement, arguments)


def complaint(store: Store) -> str:
    return store.trouble or "".join(store.said)


# -- values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"x", b"text " * 1000, bytes(range(256))])
def test_a_value_comes_back_at_once_and_when_it_is_written_and_later(
    file: Path, data: bytes
) -> None:
    with closing(Store(file)) as store:
        store.put(b"key", data)
        assert store.get(b"key") == data
        store.flush()
        assert store.get(b"key") == data
    with closing(Store(file)) as store:
        assert store.get(b"key") == data
        assert complaint(store) == ""


def test_what_was_never_put_in_is_not_there(store: Store) -> None:
    assert store.get(b"key") is None
    store.put(b"other", b"x")
    assert store.get(b"key") is None


def test_a_value_that_is_put_in_again_is_the_new_one(file: Path, store: Store) -> None:
    for data in (b"one", b"two"):
        store.put(b"key", data)
        store.flush()
    assert store.get(b"key") == b"two"


def test_many_values_are_all_written(file: Path) -> None:
    fill(file, 600, 10)
    assert held(file, 600, 10) == set(range(600))


def test_text_takes_less_room_than_it_has(file: Path) -> None:
    with closing(Store(file)) as store:
        store.put(b"key", b"<p>A page is much alike inside.</p>" * 100_000)
    assert file.stat().st_size < 500_000


def test_the_parts_of_a_ledger_come_back_by_its_name(store: Store) -> None:
    store.save("one", lambda: [("made", b"1"), ("site", b"2")])
    store.save("two", lambda: [("made", b"3")])
    store.save("one", lambda: [("made", b"4")])
    found = [store.part(*where) for where in (("one", "made"), ("one", "site"), ("two", "made"))]
    assert found == [b"4", b"2", b"3"]
    assert store.part("two", "site") is None


def test_a_store_that_is_only_asked_leaves_no_file(file: Path) -> None:
    with closing(Store(file)) as store:
        assert store.get(b"key") is None
        assert store.part("one", "made") is None
    assert not file.parent.exists()


# -- damage ----------------------------------------------------------------------------------------


def not_a_database(file: Path) -> None:
    file.write_bytes(b"This belongs to somebody else.\n" * 1000)


def cut_to_half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def cut_to_the_head(file: Path) -> None:
    os.truncate(file, 50)


def overwritten_in_the_middle(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xff" * (file.stat().st_size - 4096))


def of_another_version(file: Path) -> None:
    execute(file, f"PRAGMA user_version = {VERSION + 1}")


@pytest.mark.parametrize(
    "damage",
    [
        not_a_database,
        cut_to_half,
        cut_to_the_head,
        overwritten_in_the_middle,
        of_another_version,
    ],
)
def test_a_file_that_is_no_whole_store_is_begun_anew_and_says_so(
    file: Path, damage: Callable[[Path], None]
) -> None:
    fill(file, 50)
    damage(file)
    with closing(Store(file)) as store:
        found = [store.get(key(number)) for number in range(50)]
        assert all(f in (None, value(number)) for number, f in enumerate(found))
        assert "begun anew" in complaint(store)
        store.put(b"key", b"new")
        store.flush()
        assert store.get(b"key") == b"new"
    with closing(Store(file)) as store:
        assert store.get(b"key") == b"new"
        assert complaint(store) == ""


def test_a_database_of_somebody_elses_gives_nothing_and_raises_nothing(file: Path) -> None:
    file.parent.mkdir()
    execute(file, "CREATE TABLE objects (name TEXT)")
    with closing(Store(file)) as store:
        assert store.get(b"key") is None
        store.put(b"key", b"x")
        store.flush()
        assert complaint(store)


@pytest.mark.parametrize(
    "damaged", [b"", b"x", value(1), value(1)[:16] + b"\x78\x01", "text", 7], ids=repr
)
def test_a_damaged_value_is_not_there_and_the_others_are(file: Path, damaged: object) -> None:
    fill(file, 3)
    execute(file, "UPDATE objects SET value = ? WHERE key = ?", damaged, key(1))
    assert held(file, 3) == {0, 2}
    with closing(Store(file)) as store:
        assert store.get(key(1)) is None
        store.put(key(1), value(1))
    assert held(file, 3) == {0, 1, 2}


def test_a_value_with_one_bit_changed_is_not_there(file: Path) -> None:
    fill(file, 1, 100)
    with closing(sqlite3.connect(file)) as connection:
        (whole,) = connection.execute("SELECT value FROM objects").fetchone()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        execute(file, "UPDATE objects SET value = ?", bytes(changed))
        with closing(Store(file)) as store:
            assert store.get(key(0)) in (None, value(0, 100))


def test_a_damaged_part_of_a_ledger_is_not_there(file: Path, store: Store) -> None:
    store.save("one", lambda: [("made", b"1"), ("site", b"2")])
    execute(file, "UPDATE ledgers SET value = x'00' WHERE part = 'made'")
    assert (store.part("one", "made"), store.part("one", "site")) == (None, b"2")


# -- several at once -------------------------------------------------------------------------------


def test_two_connections_at_once_see_what_the_other_wrote(file: Path) -> None:
    with closing(Store(file)) as one, closing(Store(file)) as other:
        for number in range(4):
            writer, reader = (one, other) if number % 2 else (other, one)
            writer.put(key(number), value(number))
            writer.flush()
            assert reader.get(key(number)) == value(number)
        assert complaint(one) == complaint(other) == ""


WRITER = """
import sys
from pathlib import Path
from blogtools.build.store import Store

store = Store(Path(sys.argv[1]))
for number in range(300):
    store.put(f"{sys.argv[2]}{number}".encode(), b"x" * number)
    store.flush()
store.close()
assert not store.trouble, store.trouble
"""


def test_two_builds_at_once_lose_nothing(file: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(file)]
    builds = [subprocess.Popen([*command, name], stderr=subprocess.PIPE) for name in "ab"]
    complaints = [build.communicate(timeout=60)[1].decode() for build in builds]
    assert [build.returncode for build in builds] == [0, 0], complaints
    with closing(Store(file)) as store:
        for number in range(300):
            assert store.get(f"a{number}".encode()) == store.get(f"b{number}".encode())
            assert store.get(f"a{number}".encode()) == b"x" * number


def test_builds_that_begin_a_store_at_once_all_have_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER]
    for number in range(5):
        file = tmp_path / f"{number}/store.sqlite"
        builds = [subprocess.Popen([*command, str(file), name]) for name in "abcd"]
        assert [build.wait(timeout=60) for build in builds] == [0, 0, 0, 0]


def test_workers_read_what_the_first_process_wrote_and_it_goes_on_after_them(
    file: Path, store: Store
) -> None:
    for number in range(64):
        store.put(key(number), value(number))
    store.flush()
    found = parallel_map(lambda number: store.get(key(number)), range(64), 2)
    assert list(found) == [value(number) for number in range(64)]
    store.put(key(64), value(64))
    store.flush()
    assert held(file, 65) == set(range(65))


# -- size ------------------------------------------------------------------------------------------


def test_pruning_keeps_what_is_used_and_drops_the_rest_beyond_the_limit(file: Path) -> None:
    fill(file, 50)
    with closing(Store(file)) as store:
        assert store.prune(200_000, [key(number) for number in range(5)]) == 45
        assert store.size() <= 200_000
    assert file.stat().st_size <= 200_000
    assert held(file, 50) == set(range(5))


def test_pruning_drops_nothing_within_the_limit(file: Path) -> None:
    fill(file, 50)
    with closing(Store(file)) as store:
        assert store.prune(1_000_000, []) == 0
    assert held(file, 50) == set(range(50))


def test_pruning_keeps_to_the_limit_though_more_is_used(file: Path) -> None:
    fill(file, 50)
    with closing(Store(file)) as store:
        store.prune(100_000, [key(number) for number in range(50)])
        assert store.size() <= 100_000
        store.put(key(1), value(1))
    assert held(file, 50) == {1}


def test_pruning_keeps_the_ledgers(file: Path) -> None:
    fill(file, 50)
    with closing(Store(file)) as store:
        store.save("one", lambda: [("made", b"1")])
        store.prune(100_000, [])
        assert store.part("one", "made") == b"1"


# -- from elsewhere --------------------------------------------------------------------------------


def test_a_store_takes_over_the_values_of_another(file: Path, tmp_path: Path) -> None:
    fill(tmp_path / "other.sqlite", 5)
    fill(file, 2)
    with closing(Store(file)) as store:
        assert store.absorb(tmp_path / "other.sqlite") == 3
        assert store.absorb(tmp_path / "other.sqlite") == 0
    assert held(file, 5) == held(tmp_path / "other.sqlite", 5) == set(range(5))


def test_a_damaged_value_of_another_store_stays_out(file: Path, tmp_path: Path) -> None:
    fill(tmp_path / "other.sqlite", 3)
    for number, damaged in ((0, b"x" * 30), (1, "text")):
        execute(
            tmp_path / "other.sqlite",
            "UPDATE objects SET value = ? WHERE key = ?",
            damaged,
            key(number),
        )
    with closing(Store(file)) as store:
        assert store.absorb(tmp_path / "other.sqlite") == 1
    assert held(file, 3) == {2}


def test_a_damaged_value_of_another_store_takes_no_good_ones_place(
    file: Path, tmp_path: Path
) -> None:
    fill(tmp_path / "other.sqlite", 2)
    fill(file, 2)
    execute(tmp_path / "other.sqlite", "UPDATE objects SET value = ?", b"x" * 30)
    with closing(Store(file)) as store:
        assert store.absorb(tmp_path / "other.sqlite") == 0
    assert held(file, 2) == {0, 1}


# -- a store that cannot be ------------------------------------------------------------------------


def below_a_file(folder: Path) -> Path:
    (folder / "blocked").write_text("a file")
    return folder / "blocked/store.sqlite"


def in_place_of_a_folder(folder: Path) -> Path:
    (folder / "store.sqlite").mkdir()
    return folder / "store.sqlite"


def in_a_folder_without_permission(folder: Path) -> Path:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (folder / "blocked").mkdir(mode=0o500)
    return folder / "blocked/store.sqlite"


@pytest.mark.parametrize(
    "place", [below_a_file, in_place_of_a_folder, in_a_folder_without_permission]
)
def test_a_store_that_cannot_be_written_holds_nothing_and_raises_nothing(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    with closing(Store(place(tmp_path))) as store:
        store.put(b"key", b"x")
        store.save("one", lambda: [("made", b"1")])
        assert store.get(b"key") is None
        assert store.part("one", "made") is None
        assert store.prune(0, []) == 0
        assert "cannot be used" in store.trouble
