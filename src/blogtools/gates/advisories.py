"""What is known of vulnerabilities: advisories as OSV has them, and whom they are about."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from blogtools.model.gate import Level

ECOSYSTEM = "PyPI"


class Package(msgspec.Struct, frozen=True):
    """What an advisory is about."""

    ecosystem: str = ""
    name: str = ""


class Event(msgspec.Struct, frozen=True):
    """A version at which something changes; one of the fields is set."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class Range(msgspec.Struct, frozen=True):
    """Versions that are affected, as a row of events."""

    type: str
    events: list[Event]


class Affected(msgspec.Struct, frozen=True):
    """A package that is affected, and which versions of it."""

    package: Package | None = None
    ranges: list[Range] | None = None
    versions: list[str] | None = None


class Score(msgspec.Struct, frozen=True):
    """How grave it is, as a CVSS vector."""

    type: str
    score: str


class Weight(msgspec.Struct, frozen=True):
    """How grave it is, in the words of GitHub's advisories."""

    severity: object = None


class Advisory(msgspec.Struct, frozen=True):
    """One advisory, with no more of it than is needed."""

    id: str
    modified: datetime
    affected: list[Affected] | None = None
    aliases: list[str] | None = None
    summary: str = ""
    details: str = ""
    withdrawn: datetime | None = None
    severity: list[Score] | None = None
    database_specific: Weight | None = None

    def names(self) -> frozenset[str]:
        """Return the packages that it is about, as the lists have their names."""
        found = (one.package for one in self.affected or () if one.package)
        return frozenset(canonicalize_name(p.name) for p in found if p.ecosystem == ECOSYSTEM)

    def level(self) -> Level:
        """Return how grave it is."""
        said = self.database_specific.severity if self.database_specific else None
        words = {"moderate": Level.MEDIUM, **{str(level): level for level in Level}}
        if isinstance(said, str) and said.lower() in words:
            return words[said.lower()]
        scores = [one.score for one in self.severity or () if one.type == "CVSS_V3"]
        return of_cvss3(scores[0]) if scores else Level.UNKNOWN


@dataclass(frozen=True, slots=True)
class Vulnerable:
    """A version that an advisory is about.

    Attributes:
        advisory: The advisory.
        fixed: The versions that are not affected any more, the lowest first.
        sure: Whether the advisory says so in a way that can be compared.
    """

    advisory: Advisory
    fixed: tuple[str, ...]
    sure: bool


def about(
    name: str, version: str, advisories: Iterable[Advisory], told: Container[str] = ()
) -> Iterator[Vulnerable]:
    """Yield what is known of one version of a package.

    Args:
        name: The package, as the lists have its name.
        version: Its version.
        advisories: Advisories, also on other packages.
        told: The names of those of which a service says that they are about this version.
    """
    for advisory in advisories:
        if advisory.withdrawn is not None:
            continue
        these = [one for one in advisory.affected or () if _is(one, name)]
        answers = [_affects(one, version) for one in these]
        answers += [True] if advisory.id in told else []
        if any(answer is not False for answer in answers):
            fixed = {
                e.fixed for one in these for r in _comparable(one) for e in r.events if e.fixed
            }
            yield Vulnerable(advisory, _later(fixed, version), True in answers)


def _is(one: Affected, name: str) -> bool:
    package = one.package
    return (
        package is not None
        and package.ecosystem == ECOSYSTEM
        and canonicalize_name(package.name) == name
    )


def _comparable(one: Affected) -> list[Range]:
    """Return the ranges that speak of versions; ranges of commits say nothing about those."""
    return [found for found in one.ranges or () if found.type != "GIT"]


def _affects(one: Affected, version: str) -> bool | None:
    """Return whether a version is affected; None where that cannot be known."""
    if any(_same(version, listed) for listed in one.versions or ()):
        return True
    ranges = _comparable(one)
    if not ranges and not one.versions:
        return None
    answers = [_within(found, version) for found in ranges]
    return True if True in answers else None if None in answers else False


def _within(found: Range, version: str) -> bool | None:
    """Return whether a version lies in a range, as the events up to it have left it."""
    try:
        # What somebody built of a version (2.1+cu118) is that version.
        here = _public(version)
        events = sorted(map(_moment, found.events), key=lambda event: event[:2])
    except InvalidVersion:
        return None
    inside = False
    for at, order, opens in events:
        # Up to and with the last one that is affected; before the first that is fixed.
        if at < here or (at == here and order < _LAST):
            inside = opens
    return inside


_LAST = 2


def _moment(event: Event) -> tuple[Version, int, bool]:
    """Return where an event is, what comes first at the same place, and whether it opens."""
    if event.introduced is not None:
        start = "0.dev0" if event.introduced == "0" else event.introduced
        return Version(start), 1, True
    if event.fixed is not None:
        return Version(event.fixed), 0, False
    if event.last_affected is not None:
        return Version(event.last_affected), _LAST, False
    return Version(event.limit or "0"), 0, False


def _same(one: str, other: str) -> bool:
    try:
        return one == other or _public(one) == _public(other)
    except InvalidVersion:
        return False


def _public(version: str) -> Version:
    return Version(Version(version).public)


def _later(fixed: Iterable[str], version: str) -> tuple[str, ...]:
    """Return those that come after a version, the lowest first."""
    found = []
    for text in fixed:
        try:
            if Version(text) > Version(version):
                found.append(text)
        except InvalidVersion:
            continue
    return tuple(sorted(found, key=Version))


def grouped(found: Iterable[Vulnerable]) -> tuple[tuple[Vulnerable, ...], ...]:
    """Return the same, with advisories that are on the same vulnerability put together.

    Args:
        found: What is known of one version of one package.
    """
    groups: list[tuple[set[str], list[Vulnerable]]] = []
    for one in found:
        names = {one.advisory.id, *(one.advisory.aliases or ())}
        same = [group for group in groups if group[0] & names]
        others = [group for group in groups if not group[0] & names]
        merged = (
            names.union(*(group[0] for group in same)),
            [*(v for group in same for v in group[1]), one],
        )
        groups = [*others, merged]
    return tuple(tuple(sorted(group[1], key=lambda v: v.advisory.id)) for group in groups)


_METRICS: Mapping[str, Mapping[str, float]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}
_FROM = ((9.0, Level.CRITICAL), (7.0, Level.HIGH), (4.0, Level.MEDIUM), (0.1, Level.LOW))
_VECTOR = re.compile(r"CVSS:3\.[01]/(.+)")


def of_cvss3(vector: str) -> Level:
    """Return the level of a CVSS 3 vector, by its base score.

    Args:
        vector: The vector, such as ``CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H``.
    """
    score = base_score(vector)
    if score is None:
        return Level.UNKNOWN
    return next((level for floor, level in _FROM if score >= floor), Level.INFO)


def base_score(vector: str) -> float | None:
    """Return the base score of a CVSS 3 vector, by the formula of its specification.

    Args:
        vector: The vector.
    """
    matched = _VECTOR.fullmatch(vector)
    said = dict(part.partition(":")[::2] for part in matched[1].split("/")) if matched else {}
    try:
        value = {metric: weights[said[metric]] for metric, weights in _METRICS.items()}
        changed = said["S"] == "C"
        privileges = _PRIVILEGES[said["S"]][said["PR"]]
    except KeyError:
        return None
    lost = 1 - (1 - value["C"]) * (1 - value["I"]) * (1 - value["A"])
    impact = 6.42 * lost
    if changed:
        impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15
    if impact <= 0:
        return 0.0
    reach = 8.22 * value["AV"] * value["AC"] * privileges * value["UI"]
    return _up(min(10.0, (1.08 if changed else 1.0) * (impact + reach)))


def _up(score: float) -> float:
    """Round up to one decimal, as the specification does it: by whole numbers."""
    whole = round(score * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (math.floor(whole / 10_000) + 1) / 10
