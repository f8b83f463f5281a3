"""What `LastBuild` promises: a ledger comes back as the last build left it, whoever else built."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from blogtools.build.files import Seen, Stamp
from blogtools.build.ledger import LastBuild, Ledger, Made, Placed
from blogtools.build.shares import Renewed
from blogtools.build.store import Store

_MAPPINGS = ("seen", "site", "spare", "documents", "conversions", "links", "made")
_FILE = "store.sqlite"


@contextmanager
def last(folder: Path) -> Iterator[LastBuild]:
    """Give the ledger of the last build of a blog."""
    with closing(Store(folder / _FILE)) as store:
        yield LastBuild(store, "blog")


def kept(folder: Path) -> dict[str, Any]:
    """Return all mappings of a ledger."""
    with last(folder) as ledger:
        return {part: dict(getattr(ledger, part)) for part in _MAPPINGS}


def placed(number: int) -> Placed:
    return Placed(bytes([number]) * 4, Stamp(number, 1, 0, number))


def ledger(numbers: dict[str, int], spare: dict[str, int] | None = None) -> Ledger:
    """Return a ledger with an entry of each kind for each path."""
    return Ledger(
        seen={path: Seen(placed(n).stamp, bytes([n])) for path, n in numbers.items()},
        site={path: placed(n) for path, n in numbers.items()},
        spare={path: placed(n) for path, n in (spare or {}).items()},
        made={path: Made(bytes([n]), b"d") for path, n in numbers.items()},
        reads={path: {"its text": bytes([n])} for path, n in numbers.items()},
    )


def mappings(ledger: Ledger) -> dict[str, Any]:
    return {part: dict(getattr(ledger, part)) for part in _MAPPINGS}


def rows(folder: Path) -> dict[str, bytes]:
    """Return every row of the store's ledgers."""
    with closing(sqlite3.connect(folder / _FILE)) as connection:
        return dict(connection.execute("SELECT part, value FROM ledgers"))


def many(count: int) -> dict[str, int]:
    return {f"posts/{number}.md": number for number in range(count)}


_SITES = st.dictionaries(st.sampled_from([*many(60), "größe.md"]), st.integers(0, 3), max_size=60)


@settings(max_examples=30, deadline=None)
@given(sites=st.lists(_SITES, min_size=1, max_size=5))
def test_a_ledger_is_that_of_the_last_of_many_builds(
    tmp_path_factory: Any, sites: list[dict[str, int]]
) -> None:
    folder, before = tmp_path_factory.mktemp("blog"), dict[str, int]()
    for site in sites:
        saved = ledger(site, before)
        with last(folder) as opened:
            opened.save(saved)
        assert kept(folder) == mappings(saved)
        before = site


def renewed(opened: LastBuild, ledger: Ledger) -> Ledger:
    """Return a ledger that says what it has from the last one, as builds do."""
    made, last = Renewed[Made](), opened.made
    for path, value in ledger.made.items():
        made["a path that comes and goes"] = value
        if last.get(path) == value:
            made[path] = value
            made.keep(path, last[path])
        else:
            made.keep(path, value)
            made[path] = value
    made.pop("a path that comes and goes", None)
    assert made == ledger.made
    return replace(ledger, made=made)


@settings(max_examples=20, deadline=None)
@given(sites=st.lists(_SITES, min_size=1, max_size=5))
def test_what_was_kept_and_what_was_not_is_all_there_is(
    tmp_path_factory: Any, sites: list[dict[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("blog")
    for site in sites:
        with last(folder) as opened:
            opened.save(renewed(opened, ledger(site)))
        assert kept(folder) == mappings(ledger(site))


def test_an_edit_writes_what_it_changed_and_little_more(tmp_path: Path) -> None:
    first, second = many(200), many(200) | {"posts/7.md": 255}
    for site, spare in ((first, {}), (first, first), (first, first)):
        with last(tmp_path) as opened:
            opened.save(ledger(site, spare))
    before = rows(tmp_path)
    with last(tmp_path) as opened:
        opened.save(ledger(second, first))
    after = rows(tmp_path)
    written = {part for part, value in after.items() if before[part] != value}
    changed = {part.rpartition(" ")[0] for part in written if part != "mark"}
    assert changed == {"seen", "made", "reads", "folder a"} or changed == {
        *("seen", "made", "reads", "folder b")
    }
    assert len(written) == len(changed) + 1


def test_the_new_site_and_the_new_spare_come_back_whichever_was_which(tmp_path: Path) -> None:
    for turn in range(4):
        saved = ledger({"a": turn + 1, "b": 1}, {"a": turn, "b": 1})
        with last(tmp_path) as opened:
            opened.save(saved)
        assert kept(tmp_path) == mappings(saved)


def test_a_build_that_began_before_another_ended_leaves_nothing_of_that_ones(
    tmp_path: Path,
) -> None:
    old = many(50)
    with last(tmp_path) as opened:
        opened.save(ledger(old))
    with last(tmp_path) as slow:
        assert slow.seen  # it has read what was there
        with last(tmp_path) as quick:
            quick.save(ledger(old | {"posts/3.md": 99, "posts/new.md": 1}, old))
        saved = ledger(old | {"posts/4.md": 88}, old)
        slow.save(saved)
    assert kept(tmp_path) == mappings(saved)


def test_a_mapping_that_is_replaced_is_another_one_and_the_rest_is_as_it_was(
    tmp_path: Path,
) -> None:
    saved = ledger(many(50))
    with last(tmp_path) as opened:
        opened.save(saved)
        opened.replace("spare", saved.site)
    assert kept(tmp_path) == mappings(saved) | {"spare": dict(saved.site)}


def test_of_a_damaged_share_nothing_is_known_and_of_the_others_all(tmp_path: Path) -> None:
    saved = ledger(many(200))
    with last(tmp_path) as opened:
        opened.save(saved)
    with closing(sqlite3.connect(tmp_path / _FILE)) as connection, connection:
        connection.execute("UPDATE ledgers SET value = x'00' WHERE part = 'made 3'")
    found = kept(tmp_path)["made"]
    assert 0 < len(found) < len(saved.made)
    assert found.items() <= saved.made.items()
    with last(tmp_path) as opened:
        opened.save(saved)
    assert kept(tmp_path) == mappings(saved)


def test_what_stood_in_a_share_at_another_time_is_not_taken_for_it(tmp_path: Path) -> None:
    """A damaged file may bring back an older row, which is whole."""
    with last(tmp_path) as opened:
        opened.save(ledger(many(200)))
    old = {name: value for name, value in rows(tmp_path).items() if name.startswith("made")}
    saved = ledger(dict.fromkeys(many(200), 7))
    with last(tmp_path) as opened:
        opened.save(saved)
    with closing(sqlite3.connect(tmp_path / _FILE)) as connection, connection:
        connection.executemany(
            "UPDATE ledgers SET value = ? WHERE part = ?", [(old[name], name) for name in old]
        )
    assert kept(tmp_path) == mappings(saved) | {"made": {}}
    with last(tmp_path) as opened:
        opened.save(saved)
    assert kept(tmp_path) == mappings(saved)


def test_what_files_were_made_from_is_known_of_those_alone_that_are_there(tmp_path: Path) -> None:
    with last(tmp_path) as opened:
        opened.save(ledger(many(200)))
    with last(tmp_path) as opened:
        opened.save(ledger({"posts/1.md": 42}))
    with last(tmp_path) as opened:
        assert opened.reads["posts/1.md"] == {"its text": b"*"}
        assert opened.reads.get("nowhere") is None
        beside = {path for path in opened.reads if path != "posts/1.md"}
        assert beside < many(200).keys()


def test_a_build_without_a_store_knows_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path) == mappings(Ledger())
    assert not (tmp_path / _FILE).exists()


def test_a_ledger_that_another_build_replaces_is_not_mixed_with_that_ones(tmp_path: Path) -> None:
    with last(tmp_path) as opened:
        opened.save(ledger(many(50)))
    with last(tmp_path) as slow:
        known = dict(slow.seen)
        with last(tmp_path) as quick:
            quick.save(ledger(many(50) | {"posts/3.md": 99}, many(50)))
        assert dict(slow.seen) == known
        assert dict(slow.made) == {}, "of what it has not read yet it knows nothing"
