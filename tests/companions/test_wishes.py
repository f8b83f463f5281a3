"""Which versions are meant: by the configuration, by what there is, and by the lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from pydantic import TypeAdapter

from blogtools.app.locking import update
from blogtools.app.planning import Plan, plan
from blogtools.model.companion import CompanionOptions, FetchError, Lock, Locked
from blogtools.model.wishes import choose, wish

INDEX = ("3.0rc1", "2.10.0", "2.9.0", "2.0", "1.1", "1.0")


def entry(versions: object, name: str = "aaa", **more: object) -> CompanionOptions:
    given = {"name": name, "source": "pypi", "modules": ["aaa"], **more}
    if versions:
        given["versions"] = versions
    return TypeAdapter(CompanionOptions).validate_python(given)


def locked(version: str, name: str = "aaa", **more: str) -> Locked:
    facts = {"uploaded": "2026-01-01", "licence": "MIT", **more}
    if "commit" not in facts:
        facts |= {"filename": f"{name}-{version}-py3-none-any.whl"}
    return Locked(name, version, sha256="a" * 64, **facts)


def lock(*versions: str) -> Lock:
    return Lock(tuple(map(locked, versions)))


def meant(work: Plan) -> list[str]:
    return [companion.version for companion in work.companions]


def place(option: tuple[str | int, ...]) -> tuple[int, int]:
    """Place each option on a line of its own, as a configuration would."""
    return 10 * (int(option[1]) + 1) + (int(option[3]) if len(option) > 3 else 0), 7


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        (["newest"], ["2.10.0"]),
        (["newest 3"], ["2.10.0", "2.9.0", "2.0"]),
        (["newest  99"], ["2.10.0", "2.9.0", "2.0", "1.1", "1.0"]),
        ([">=2,<3"], ["2.10.0", "2.9.0", "2.0"]),
        (["~=1.0"], ["1.1", "1.0"]),
        (["==2.*"], ["2.10.0", "2.9.0", "2.0"]),
        ([">=3.0rc1"], ["3.0rc1"]),
        (["newest 2", "1.0", ">=2.9"], ["2.10.0", "2.9.0", "1.0"]),
        (["1.0", "newest 1"], ["1.0", "2.10.0"]),
        (["2.10", "newest 1"], ["2.10"]),
        (["7.7"], ["7.7"]),
        ([">7"], []),
    ],
)
def test_a_wish_means_the_newest_first_and_each_version_once(
    versions: list[str], chosen: list[str]
) -> None:
    assert list(choose(map(wish, versions), INDEX)) == chosen


def test_pre_releases_are_meant_only_where_there_is_nothing_else() -> None:
    assert choose([wish("newest 2")], ["1.0b1", "1.0a1"]) == ("1.0b1", "1.0a1")
    assert choose([wish("newest 2")], ["1.0b1", "0.9"]) == ("0.9",)


def test_what_has_no_number_is_never_among_the_newest() -> None:
    assert choose([wish("newest 3")], ["nightly", "1.0", "spring-2026"]) == ("1.0",)


def test_the_lock_decides_what_the_newest_are() -> None:
    work = plan([entry("newest 2")], lock("1.0", "2.10.0", "2.9.0"))
    assert meant(work) == ["2.10.0", "2.9.0"]
    assert work.diagnostics == ()
    assert [job.locked and job.locked.version for job in work.jobs] == ["2.10.0", "2.9.0"]


def test_a_lock_with_fewer_than_wished_is_enough() -> None:
    work = plan([entry(["newest 5", ">=1,<2"])], lock("1.0"))
    assert (meant(work), work.diagnostics) == (["1.0"], ())


@pytest.mark.parametrize(
    ("versions", "line", "message"),
    [
        (["1.0", ">=3"], 11, "aaa >=3 is not locked, only 1.0"),
        (["7.7", "1.0"], 10, "aaa 7.7 is not locked, only 1.0"),
    ],
)
def test_a_wish_of_which_the_lock_has_nothing_is_an_error_at_its_place(
    versions: list[str], line: int, message: str
) -> None:
    work = plan([entry(versions)], lock("1.0"), "blog.yml", place)
    (found,) = work.diagnostics
    assert (found.path, found.line, found.column) == ("blog.yml", line, 7)
    assert found.message == message
    assert "blogtools reference update" in found.hint
    assert meant(work) == ["1.0"]


def test_two_entries_that_mean_the_same_version_are_an_error_at_the_second() -> None:
    work = plan([entry("newest 1"), entry("1.0", name="AAA")], lock("1.0"), "blog.yml", place)
    assert meant(work) == ["1.0"]
    assert str(work.diagnostics[0]).startswith("blog.yml:20:7: AAA 1.0 is configured twice")


def test_a_checkout_is_its_working_tree_and_its_other_versions_are_tags() -> None:
    mine = entry(["dev", ">=1"], source="checkout")
    commit = {"commit": "c" * 40, "tag": "v1.0", "repository": "."}
    work = plan([mine], Lock((locked("1.0", **commit),)))
    assert meant(work) == ["dev", "1.0"]
    assert [job.locked is None for job in work.jobs] == [True, False]
    assert meant(plan([entry("", source="checkout")], Lock())) == ["dev"]


def test_a_file_that_is_locked_is_no_commit_of_the_same_version() -> None:
    mine = entry("1.0", source="git", repository="https://code.example/aaa")
    (found,) = plan([mine], lock("1.0")).diagnostics
    assert found.message == "aaa 1.0 is not locked"


@dataclass
class Index:
    """What there is, behind the port; counts what it is asked for."""

    versions_of: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"aaa": INDEX})
    broken: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def versions(self, companion: CompanionOptions) -> tuple[str, ...]:
        self.asked.append(f"versions {companion.name}")
        if companion.name not in self.versions_of:
            raise FetchError(f"{companion.name} cannot be fetched", "Check the network")
        return self.versions_of[companion.name]

    def resolve(self, companion: CompanionOptions, version: str) -> Locked:
        self.asked.append(f"resolve {version}")
        if version in self.broken:
            raise FetchError(f"{companion.name} {version} cannot be fetched", "Check the network")
        return locked(version, companion.name)

    def complete(self, companion: CompanionOptions, locked: Locked) -> Locked:
        self.asked.append(f"complete {companion.name} {locked.version}")
        return Locked(
            locked.name, locked.version, locked.filename, locked.sha256, uploaded="2026-01-01"
        )


def test_an_update_locks_what_a_wish_means_today() -> None:
    index = Index()
    change = update([entry(["newest 2", "1.0"])], Lock(), index)
    assert [each.version for each in change.lock.entries] == ["2.10.0", "2.9.0", "1.0"]
    assert change.added == change.lock.entries
    assert change.diagnostics == ()


def test_an_update_leaves_what_is_locked_as_it_is_and_drops_what_is_not_meant_any_more() -> None:
    index = Index()
    before = lock("2.9.0", "2.0")
    change = update([entry("newest 2")], before, index)
    assert index.asked == ["versions aaa", "resolve 2.10.0"]
    assert change.lock.entries[1] is before.entries[0]
    assert [each.version for each in change.removed] == ["2.0"]


def test_exact_versions_are_locked_without_asking_which_there_are() -> None:
    index = Index(versions_of={})
    change = update([entry(["1.0", "2.0"])], Lock(), index)
    assert index.asked == ["resolve 1.0", "resolve 2.0"]
    assert change.diagnostics == ()


def test_a_wish_that_no_version_meets_is_an_error_that_names_what_there_is() -> None:
    change = update([entry(["1.0", ">7"])], Lock(), Index(), config_path="b.yml", place=place)
    (found,) = change.diagnostics
    assert (found.path, found.line, found.code) == ("b.yml", 11, "companion/no-version")
    assert "there are 3.0rc1, 2.10.0" in found.message
    assert [each.version for each in change.lock.entries] == ["1.0"]


def test_an_index_that_cannot_be_asked_costs_a_package_nothing_that_it_had() -> None:
    before = lock("2.9.0", "2.0")
    change = update([entry("newest 1"), entry("1.0", "bbb")], before, Index(versions_of={}))
    assert {(each.name, each.version) for each in change.lock.entries} == {
        ("aaa", "2.9.0"),
        ("aaa", "2.0"),
        ("bbb", "1.0"),
    }
    assert change.removed == ()
    assert change.diagnostics[0].code == "companion/fetch"


def test_a_version_that_cannot_be_fetched_is_an_error_and_the_others_are_locked() -> None:
    index = Index(broken=frozenset({"2.10.0"}))
    change = update([entry("newest 2")], lock("2.0"), index, config_path="b.yml", place=place)
    assert [each.version for each in change.lock.entries] == ["2.9.0", "2.0"]
    (found,) = change.diagnostics
    assert str(found) == "b.yml:10:7: aaa 2.10.0 cannot be fetched. Check the network"


def test_an_update_adds_the_day_and_the_licence_to_an_older_lock() -> None:
    old = Lock((Locked("aaa", "1.0", "aaa-1.0-py3-none-any.whl", "a" * 64),))
    change = update([entry("1.0")], old, Index())
    assert change.lock.entries[0].released == "2026-01-01"
    assert change.lock.entries[0].sha256 == "a" * 64
    assert change.described == ("aaa 1.0",)
    assert (change.added, change.removed) == ((), ())


def test_a_repository_that_has_moved_is_noted_and_its_commits_stay() -> None:
    commit = {"commit": "c" * 40, "tag": "v1.0", "repository": "https://old.example/aaa"}
    before = Lock((locked("1.0", **commit),))
    moved = entry("1.0", source="git", repository="https://new.example/aaa")
    (after,) = update([moved], before, Index()).lock.entries
    assert (after.repository, after.commit) == ("https://new.example/aaa", "c" * 40)
