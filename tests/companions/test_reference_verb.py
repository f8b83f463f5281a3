from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace
from pydantic import TypeAdapter

from blogtools.app.locking import Update
from blogtools.app.locking import update as update_lock
from blogtools.app.planning import Plan, select
from blogtools.app.planning import plan as plan_options
from blogtools.app.reference import ReferencePorts, build_references, inventories, listing
from blogtools.companions.store import FileStore
from blogtools.model.changes import Changes
from blogtools.model.companion import (
    Chrome,
    Companion,
    CompanionOptions,
    FetchError,
    Guide,
    Inventory,
    Lock,
    Locked,
    RenderError,
)
from blogtools.model.diagnostic import Diagnostic, Severity

A = Companion("aaa", "pypi", "1.0", ("aaa",))
B = Companion("bbb", "pypi", "2.0", ("bbb",))
MINE = Companion("mine", "checkout", "dev", ("mine",), "src")
LOCKED_A = Locked(
    "aaa", "1.0", "aaa-1.0-py3-none-any.whl", "a" * 64, uploaded="2026-01-01", licence="MIT"
)
LOCKED_B = Locked(
    "bbb", "2.0", "bbb-2.0-py3-none-any.whl", "b" * 64, uploaded="2026-01-01", licence="MIT"
)
LOCK = Lock((LOCKED_A, LOCKED_B), lines={("aaa", "1.0"): 4, ("bbb", "2.0"): 10})
CHROME = Chrome()
SAID = Diagnostic("src/m.py", 2, 1, "companion/docstring", "Bad", "Mend", Severity.WARNING)


def asked_for(companion: Companion, versions: str = "") -> CompanionOptions:
    """Return an entry of the configuration that asks for a companion, or others of its versions."""
    return TypeAdapter(CompanionOptions).validate_python(
        {
            "name": companion.name,
            "source": companion.source,
            "versions": versions or companion.version,
            "modules": companion.modules,
            "path": companion.path,
            "source_url": companion.source_url,
            "options": companion.options,
        }
    )


def plan(companions: Sequence[Companion], lock: Lock, config_path: str = "mkdocs.yml") -> Plan:
    return plan_options(list(map(asked_for, companions)), lock, config_path)


def update(companions: Sequence[Companion], lock: Lock, world: World) -> Update:
    return update_lock(list(map(asked_for, companions)), lock, world)


@dataclass
class World:
    """Everything behind the ports; counts what it is asked for."""

    state: Path
    source: str = "one"
    reader: str = "reader 1"
    renderer: str = "renderer 1"
    broken: set[str] = field(default_factory=set)
    unbuildable: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    index: tuple[str, ...] = ("2.1", "2.0", "1.1", "1.0")
    while_rendering: Callable[[], None] = lambda: None

    @property
    def ports(self) -> ReferencePorts:
        return ReferencePorts(
            self,
            FileStore(self.state),
            self.read,
            lambda: self.reader,
            self.render,
            lambda: self.renderer,
            self.compare,
        )

    def digest(self, companion: Companion, locked: Locked | None) -> str:
        return locked.sha256 if locked else f"{companion.name} {self.source}"

    def folder(self, companion: Companion, _locked: Locked | None) -> Path:
        self.asked.append(f"source {companion.name}")
        if companion.name in self.broken:
            raise FetchError(f"{companion.label} cannot be fetched", "Check the network")
        return self.state

    def guide(self, _companion: Companion, _locked: Locked | None) -> Guide | None:
        return None

    def is_fetched(self, _locked: Locked) -> bool:
        return False

    def hand_out(self, locked: Locked, _folder: Path) -> None:
        self.asked.append(f"hand out {locked.name}")

    def take_in(self, locked: Locked, _folder: Path) -> None:
        self.asked.append(f"take in {locked.name}")

    def read(self, companion: Companion, _source: Path) -> Inventory:
        self.asked.append(f"read {companion.name}")
        root = companion.modules[0]
        symbols = {root: f"{companion.url}{root}/#{root}"}
        return Inventory(companion.name, companion.version, companion.url, symbols, (root,))

    def render(
        self,
        companion: Companion,
        _inventory: Inventory,
        _source: Path,
        _chrome: Chrome,
        out: Path,
        _guide: Guide | None,
    ) -> tuple[Diagnostic, ...]:
        self.asked.append(f"render {companion.name}")
        self.while_rendering()
        if companion.name in self.unbuildable:
            raise RenderError(f"The reference of {companion.label} cannot be built")
        (out / "deep").mkdir(parents=True)
        (out / "deep/index.html").write_text(companion.label)
        return (SAID,) if companion.source == "checkout" else ()

    def compare(self, old: Companion, _before: Path, new: Companion, _after: Path) -> Changes:
        self.asked.append(f"compare {old.label} with {new.version}")
        return Changes(new.name, old.version, new.version)

    def versions(self, companion: CompanionOptions) -> tuple[str, ...]:
        self.asked.append(f"versions {companion.name}")
        if companion.name in self.broken:
            raise FetchError(f"{companion.name} cannot be asked", "Check the network")
        return self.index

    def resolve(self, companion: CompanionOptions, version: str) -> Locked:
        name = companion.name
        self.asked.append(f"resolve {name} {version}")
        if name in self.broken:
            raise FetchError(f"{name} {version} cannot be fetched", "Check the network")
        file = f"{name}-{version}-py3-none-any.whl"
        return Locked(name, version, file, "c" * 64, uploaded="2026-01-02", licence="MIT")

    def complete(self, companion: CompanionOptions, locked: Locked) -> Locked:
        self.asked.append(f"complete {companion.name} {locked.version}")
        return locked


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


def everything() -> Plan:
    return plan((A, B, MINE), LOCK)


def test_a_version_that_is_not_locked_is_an_error_in_the_configuration() -> None:
    work = plan((A, replace(B, version="3.0"), MINE), LOCK)
    assert [job.companion for job in work.jobs] == [A, MINE]
    (found,) = work.diagnostics
    assert (found.path, found.code) == ("mkdocs.yml", "companion/not-locked")
    assert found.message == "bbb 3.0 is not locked, only 2.0"
    assert "reference update" in found.hint


def test_a_companion_that_is_configured_twice_is_an_error() -> None:
    work = plan((MINE, MINE), LOCK, "blog.yml")
    assert len(work.jobs) == 1
    assert str(work.diagnostics[0]).startswith("blog.yml:1:1: mine dev is configured twice")


def test_two_versions_of_a_package_stand_side_by_side(world: World) -> None:
    lock = Lock((LOCKED_A, replace(LOCKED_A, version="2.0", sha256="d" * 64)))
    built = build_references(plan((A, replace(A, version="2.0")), lock), CHROME, world.ports)
    paths = [path for path, _ in built.files()]
    assert paths == ["reference/aaa/1.0/deep/index.html", "reference/aaa/2.0/deep/index.html"]


def test_symbols_need_no_built_reference(world: World) -> None:
    found = inventories(everything(), world.ports)
    assert [inventory.name for inventory in found.inventories] == ["aaa", "bbb", "mine"]
    assert not any(asked.startswith("render") for asked in world.asked)


def test_symbols_that_are_known_are_not_read_again(world: World) -> None:
    first = inventories(everything(), world.ports)
    world.asked.clear()
    assert inventories(everything(), world.ports) == first
    assert world.asked == []


def test_a_failed_fetch_is_an_error_at_its_entry_and_leaves_the_rest_standing(
    world: World,
) -> None:
    world.broken = {"bbb"}
    symbols = inventories(everything(), world.ports)
    built = build_references(everything(), CHROME, world.ports)
    assert [inventory.name for inventory in symbols.inventories] == ["aaa", "mine"]
    assert [companion.name for companion, _ in built.trees] == ["aaa", "mine"]
    for found in (symbols.diagnostics[0], built.diagnostics[0]):
        assert str(found) == ("companions.lock:10:1: bbb 2.0 cannot be fetched. Check the network")


def test_a_failed_checkout_is_an_error_in_the_configuration(world: World) -> None:
    world.broken = {"mine"}
    (found,) = inventories(everything(), world.ports).diagnostics
    assert (found.path, found.code) == ("mkdocs.yml", "companion/source")


def test_a_failed_build_is_said_and_not_kept(world: World) -> None:
    world.unbuildable = {"aaa"}
    assert build_references(everything(), CHROME, world.ports).diagnostics
    world.unbuildable = set()
    built = build_references(everything(), CHROME, world.ports)
    assert [companion.name for companion, _ in built.trees] == ["aaa", "bbb", "mine"]


def test_a_reference_that_is_there_is_not_built_again_and_says_the_same(world: World) -> None:
    first = build_references(everything(), CHROME, world.ports)
    world.asked.clear()
    assert build_references(everything(), CHROME, world.ports) == first
    assert first.diagnostics == (SAID,)
    assert world.asked == []


@pytest.mark.parametrize(
    ("change", "built"),
    [
        (lambda world: setattr(world, "source", "two"), ["mine"]),
        (lambda world: setattr(world, "renderer", "renderer 2"), ["aaa", "bbb", "mine"]),
        (lambda world: setattr(world, "reader", "reader 2"), ["aaa", "bbb", "mine"]),
    ],
)
def test_only_what_a_change_can_reach_is_built_again(
    world: World, change: Callable[[World], None], built: list[str]
) -> None:
    build_references(everything(), CHROME, world.ports)
    world.asked.clear()
    change(world)
    build_references(everything(), CHROME, world.ports)
    assert sorted(a.split()[1] for a in world.asked if a.startswith("render")) == built


@pytest.mark.parametrize(
    "chrome",
    [
        Chrome("https://example.org/"),
        Chrome(language="de"),
        Chrome(direction="rtl"),
    ],
)
def test_another_site_around_it_is_another_reference_with_the_same_symbols(
    world: World, chrome: Chrome
) -> None:
    build_references(everything(), CHROME, world.ports)
    world.asked.clear()
    build_references(everything(), chrome, world.ports)
    assert sorted(a for a in world.asked if a.startswith("render")) == [
        "render aaa",
        "render bbb",
        "render mine",
    ]
    assert not [a for a in world.asked if a.startswith("read")]


@pytest.mark.parametrize(
    "change", [{"options": {"line_length": 60}}, {"source_url": "https://example.org/{path}"}]
)
def test_other_looks_are_another_reference_with_the_same_symbols(
    world: World, change: dict[str, object]
) -> None:
    build_references(plan((A,), LOCK), CHROME, world.ports)
    world.asked.clear()
    build_references(plan((replace(A, **change),), LOCK), CHROME, world.ports)
    assert world.asked == ["source aaa", "render aaa"]


def test_source_that_changes_while_it_is_built_is_not_kept_under_the_old_key(
    world: World,
) -> None:
    world.while_rendering = lambda: setattr(world, "source", "two")
    built = build_references(plan((MINE,), LOCK), CHROME, world.ports)
    assert built.trees == ()
    assert "changed while" in built.diagnostics[0].message


def test_every_file_of_a_reference_belongs_where_the_site_links_to_it(world: World) -> None:
    built = build_references(everything(), CHROME, world.ports)
    found = dict(built.files())
    assert list(found) == [f"{one.url}deep/index.html" for one in (A, B, MINE)]
    for companion, tree in built.trees:
        file = found[f"{companion.url}deep/index.html"]
        assert file == tree.folder / "deep/index.html"
        assert file.is_file()


def test_references_that_are_kept_are_not_built_again(world: World) -> None:
    before = build_references(everything(), CHROME, world.ports)
    world.asked.clear()
    after = build_references(everything(), CHROME, world.ports)
    assert world.asked == []
    assert list(after.files()) == list(before.files())


def test_progress_is_told_for_each_reference_and_ends(world: World) -> None:
    told: list[tuple[str, int, int]] = []
    build_references(
        everything(), CHROME, world.ports, lambda what, n, of: told.append((what, n, of))
    )
    assert told == [
        ("Reference of aaa 1.0", 0, 3),
        ("Reference of bbb 2.0", 1, 3),
        ("Reference of mine dev", 2, 3),
        ("References", 3, 3),
    ]


def test_an_update_locks_what_is_missing_keeps_what_is_there_and_drops_the_rest(
    world: World,
) -> None:
    new = replace(A, name="new", modules=("new",))
    result = update((A, new, MINE), LOCK, world)
    assert world.asked == ["resolve new 1.0"]
    assert result.lock.entries == (LOCKED_A, result.added[0])
    assert [entry.name for entry in result.added] == ["new"]
    assert result.removed == (LOCKED_B,)
    assert result.diagnostics == ()


def test_an_update_that_fails_for_one_companion_goes_on_with_the_others(world: World) -> None:
    world.broken = {"aaa"}
    result = update((A, B), Lock(), world)
    assert [entry.name for entry in result.added] == ["bbb"]
    assert "aaa 1.0 cannot be fetched" in result.diagnostics[0].message


def test_an_update_that_fails_keeps_the_versions_that_the_package_had(world: World) -> None:
    world.broken = {"aaa"}
    result = update((A, replace(A, version="1.1"), MINE), LOCK, world)
    assert result.lock.entries == (LOCKED_A,)
    result = update((replace(A, version="1.1"),), LOCK, world)
    assert result.lock.entries == (LOCKED_A,)
    assert result.removed == (LOCKED_B,)
    assert result.diagnostics


def test_a_list_tells_how_far_each_companion_has_come(world: World) -> None:
    before = listing(everything(), CHROME, world.ports)
    assert [row.status for row in before] == ["locked", "locked", "checkout"]
    chosen = replace(everything(), jobs=select(everything(), "aaa"))
    build_references(chosen, CHROME, world.ports)
    after = listing(everything(), CHROME, world.ports)
    assert [row.status for row in after] == ["built", "locked", "checkout"]


@pytest.mark.parametrize(
    ("name", "selected"),
    [("aaa", [A]), ("AAA@1.0", [A]), ("aaa@2.0", []), ("nobody", [])],
)
def test_one_package_or_one_version_of_it_can_be_chosen(
    name: str, selected: list[Companion]
) -> None:
    assert [job.companion for job in select(everything(), name)] == selected
