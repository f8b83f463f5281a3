from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from blogtools.gates.advisories import Advisory, about, base_score, grouped, of_cvss3
from blogtools.model.gate import Level


def advisory(name: str = "A-1", **fields: Any) -> Advisory:
    body = {"id": name, "modified": "2026-11-01T00:00:00Z", **fields}
    return msgspec.convert(body, Advisory)


def ranged(*events: dict[str, str], kind: str = "ECOSYSTEM") -> Advisory:
    package = {"ecosystem": "PyPI", "name": "Some_Package"}
    return advisory(affected=[{"package": package, "ranges": [{"type": kind, "events": events}]}])


@pytest.mark.parametrize(
    ("events", "inside", "outside"),
    [
        (
            [{"introduced": "0"}, {"fixed": "2.0"}],
            "0 0.1 1.9.9 2.0rc1 2.0.dev3",
            "2.0 2.0.0 2.1 1!0",
        ),
        ([{"introduced": "1.0"}, {"fixed": "2.0"}], "1.0 1.0.0 1.5", "0.9 1.0rc1 2.0"),
        ([{"introduced": "1"}, {"last_affected": "1.5"}], "1 1.5 1.5.0 1.5+local", "1.5.1 1.6"),
        ([{"introduced": "0"}], "0 1 999", ""),
        (
            [{"fixed": "3.2"}, {"introduced": "3"}, {"fixed": "2"}, {"introduced": "1"}],
            "1 1.9 3 3.1",
            "0.9 2 2.5 3.2 4",
        ),
        # What somebody built of a version is that version, fixed or not.
        ([{"introduced": "0"}, {"fixed": "2.1"}], "2.0+cu118", "2.1+cu118"),
    ],
)
def test_a_range_holds_what_its_events_say(
    events: list[dict[str, str]], inside: str, outside: str
) -> None:
    one = ranged(*events)

    assert [v for v in inside.split() if not list(about("some-package", v, [one]))] == []
    assert [v for v in outside.split() if list(about("some-package", v, [one]))] == []


def test_versions_that_are_listed_are_affected_however_they_are_written() -> None:
    package = {"ecosystem": "PyPI", "name": "a"}
    one = advisory(affected=[{"package": package, "versions": ["1.0", "2.0rc1"]}])

    assert list(about("a", "1.0.0", [one]))
    assert list(about("a", "2.0.RC1", [one]))
    assert not list(about("a", "1.1", [one]))


@pytest.mark.parametrize(
    ("package", "name", "found"),
    [
        ({"ecosystem": "PyPI", "name": "A.b"}, "a-b", True),
        ({"ecosystem": "npm", "name": "a-b"}, "a-b", False),
        ({"ecosystem": "PyPI", "name": "a-b-c"}, "a-b", False),
    ],
)
def test_names_are_compared_as_the_lists_have_them(
    package: dict[str, str], name: str, found: bool
) -> None:
    one = advisory(affected=[{"package": package, "versions": ["1"]}])

    assert bool(list(about(name, "1", [one]))) == found


@pytest.mark.parametrize(
    "one",
    [
        ranged({"introduced": "0"}, {"fixed": "abcdef"}, kind="GIT"),
        ranged({"introduced": "0"}, {"fixed": "a strange version"}),
        advisory(affected=[{"package": {"ecosystem": "PyPI", "name": "some-package"}}]),
    ],
)
def test_what_cannot_be_compared_counts_and_says_so(one: Advisory) -> None:
    [found] = about("some-package", "1", [one])

    assert not found.sure


def test_what_was_withdrawn_does_not_count() -> None:
    package = {"ecosystem": "PyPI", "name": "a"}
    one = advisory(
        affected=[{"package": package, "versions": ["1"]}], withdrawn="2026-01-01T00:00:00Z"
    )

    assert not list(about("a", "1", [one]))


def test_versions_that_help_come_after_ones_own() -> None:
    one = ranged({"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2"}, {"fixed": "2.10"})

    [found] = about("some-package", "2.3", [one])

    assert found.fixed == ("2.10",)


def test_names_of_one_vulnerability_are_one() -> None:
    affected = [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1"]}]
    some = [
        advisory("PYSEC-1", affected=affected, aliases=["CVE-1"]),
        advisory("PYSEC-2", affected=affected),
        advisory("GHSA-1", affected=affected, aliases=["CVE-1"]),
    ]

    groups = grouped(about("a", "1", some))

    names = {tuple(v.advisory.id for v in group.said) for group in groups}
    assert names == {("GHSA-1", "PYSEC-1"), ("PYSEC-2",)}


@pytest.mark.parametrize(
    ("vector", "score", "level"),
    [
        # Examples with their scores, as their advisories state them.
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, Level.CRITICAL),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, Level.CRITICAL),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5, Level.HIGH),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, Level.MEDIUM),
        ("CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N", 2.5, Level.LOW),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, Level.INFO),
        ("CVSS:3.1/AV:N", None, Level.UNKNOWN),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None, Level.UNKNOWN),
        ("high", None, Level.UNKNOWN),
    ],
)
def test_a_vector_has_the_score_of_the_formula(
    vector: str, score: float | None, level: Level
) -> None:
    assert base_score(vector) == score
    assert of_cvss3(vector) is level


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"database_specific": {"severity": "MODERATE"}}, Level.MEDIUM),
        ({"database_specific": {"severity": "CRITICAL"}}, Level.CRITICAL),
        ({"database_specific": {"severity": 7}}, Level.UNKNOWN),
        (
            {
                "severity": [
                    {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}
                ]
            },
            Level.HIGH,
        ),
        ({}, Level.UNKNOWN),
    ],
)
def test_an_advisory_says_how_grave_it_is(fields: dict[str, Any], level: Level) -> None:
    assert advisory(**fields).level() is level


def test_a_day_without_a_zone_is_read() -> None:
    one = msgspec.convert({"id": "A", "modified": datetime(2026, 1, 1, tzinfo=UTC)}, Advisory)

    assert one.modified.year == 2026
