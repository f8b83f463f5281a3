"""What is known of vulnerabilities: advisories as OSV has them, and whom they are about."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

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

    def name(self) -> str:
        """Return the Python package that it is about, as the lists have its name; or nothing."""
        if self.package is None or self.package.ecosystem != ECOSYSTEM:
            return ""
        return canonicalize_name(self.package.name)

    def affects(self, version: str) -> bool | None:
        """Return whether a version is affected; None where that cannot be known."""
        if any(_same(version, listed) for listed in self.versions or ()):
            return True
        answers = {_within(found, version) for found in self._comparable()}
        if not answers and not self.versions:
            return None
        return True if True in answers else None if None in answers else False

    def fixed(self) -> frozenset[str]:
        """Return the versions from which on it is affected no more."""
        events = (event for found in self._comparable() for event in found.events)
        return frozenset(event.fixed for event in events if event.fixed)

    def _comparable(self) -> list[Range]:
        """Return the ranges that speak of versions; ranges of commits say nothing about those."""
        return [found for found in self.ranges or () if found.type != "GIT"]


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
        return frozenset(one.name() for one in self.affected or ()) - {""}

    def of(self, name: str) -> list[Affected]:
        """Return what it says of a package."""
        return [one for one in self.affected or () if one.name() == name]

    def called(self) -> frozenset[str]:
        """Return all its names."""
        return frozenset((self.id, *(self.aliases or ())))

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
        if advisory.withdrawn is None:
            these = advisory.of(name)
            answers = {one.affects(version) for one in these}
            answers |= {True} if advisory.id in told else set()
            # What cannot be known counts, too.
            if answers - {False}:
                fixed = frozenset[str]().union(*(one.fixed() for one in these))
                yield Vulnerable(advisory, _later(fixed, version), True in answers)


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


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """What advisories under one of whose names it is known say of one vulnerability.

    Attributes:
        names: All its names.
        said: What they say, by the names of the advisories.
    """

    names: frozenset[str]
    said: tuple[Vulnerable, ...]

    @classmethod
    def of(cls, one: Vulnerable) -> Vulnerability:
        """Return the one that an advisory is about."""
        return cls(one.advisory.called(), (one,))

    def __or__(self, other: Vulnerability) -> Vulnerability:
        """Return the two as one."""
        said = sorted((*self.said, *other.said), key=lambda one: one.advisory.id)
        return Vulnerability(self.names | other.names, tuple(said))

    @property
    def id(self) -> str:
        """Return the name of the first advisory."""
        return self.said[0].advisory.id

    @property
    def summary(self) -> str:
        """Return what it is, in a sentence, from whoever has one."""
        summaries = (one.advisory.summary for one in self.said)
        details = self.said[0].advisory.details.strip().partition("\n")[0][:200]
        return next(filter(None, summaries), details) or "no summary is given"

    @property
    def sure(self) -> bool:
        """Return whether somebody says in a way that can be compared that the version has it."""
        return any(one.sure for one in self.said)

    @property
    def fixed(self) -> tuple[str, ...]:
        """Return the versions that do not have it any more, the lowest first."""
        return next((one.fixed for one in self.said if one.fixed), ())

    @property
    def level(self) -> Level:
        """Return the gravest level that anybody names; unknown if nobody does."""
        order: list[Level] = [level for level in Level if level is not Level.UNKNOWN]
        known = {one.advisory.level() for one in self.said} - {Level.UNKNOWN}
        return max(known, key=order.index) if known else Level.UNKNOWN


def grouped(found: Iterable[Vulnerable]) -> tuple[Vulnerability, ...]:
    """Return the vulnerabilities that advisories are on: those that share a name are on the same.

    Args:
        found: What is known of one version of one package.
    """
    apart: list[Vulnerability] = []
    for one in map(Vulnerability.of, found):
        same = [other for other in apart if other.names & one.names]
        apart = [other for other in apart if not other.names & one.names]
        apart.append(reduce(or_, [*same, one]))
    return tuple(apart)


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
