"""Known vulnerabilities of every dependency that is locked.

The vulnerability data is an input (--source) and may not be older than --max-age. A dependency
that cannot be looked up, because the lock leaves its version open or takes it from an address,
fails too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name

from blogtools.gates.accepting import Entry, Text, accepted, below
from blogtools.gates.advisories import Advisory, Vulnerability, about, grouped
from blogtools.gates.checkout import Checkout
from blogtools.gates.dependencies import (
    Locked,
    absent,
    environment,
    interpreter,
    locked,
    places,
    whereabouts,
)
from blogtools.gates.options import option
from blogtools.gates.sources import Data, read
from blogtools.model.gate import Broken, Finding, Identifier, Judged, Kind, Level, Scanned

FILES = ("gl-dependency-scanning-report.json",)
_LEVELS = ("low", "medium", "high", "critical")
_A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    source: str | None = option(
        None,
        "The vulnerability data: a folder or a zip archive of advisories as OSV has them, the "
        "address of such an archive, or of a service that answers like OSV's.",
    )
    max_age: float = option(7.0, "How many days old the newest advisory may be.", at_least=0.0)
    severity: str = option("low", "The lowest severity that fails.", choices=_LEVELS)
    requirements: tuple[Path, ...] = option(
        (),
        "Locks, all of whose dependencies are looked up: requirements files, pylock.toml. If left "
        "out, everything that is installed in the project's environment.",
    )
    python: Path | None = option(
        None,
        "The Python of that environment; its .venv, if left out and there, or else the gate's own.",
    )


class Known(Entry, frozen=True):
    """A vulnerability that does not count for this project.

    Attributes:
        id: The name of the advisory, or another name of it, such as a CVE's.
        package: The package; any, where it is left out.
    """

    id: Text
    package: str = ""


def judge(options: Options, checkout: Checkout) -> Judged:
    """Look every dependency up."""
    if not options.source:
        raise Broken("There is no vulnerability data", "Name a folder or an address with --source")
    names, absences = _dependencies(options, checkout)
    pins = sorted({(one.name, one.version) for one in names if one.version})
    data = read(options.source, pins, checkout)
    age = _age(data, options.max_age)
    found = [
        *absences,
        *map(_unknown, (one for one in names if not one.version)),
        *_vulnerable(names, data),
    ]
    listed = accepted(checkout, "audit", Known)
    findings, unused = listed.applied(below(found, Level(options.severity)), _covers)
    return Judged(
        Scanned(len(names), "dependencies"),
        findings,
        f"The vulnerability data is {_days(age)} old ({data.origin})",
        figures={
            "dependencies": len(names),
            "looked up": len(names) - sum(not one.version for one in names),
            **({"advisories on Python packages": data.number} if data.number else {}),
            "newest data": data.newest.strftime("%Y-%m-%d %H:%M UTC"),
            "age in days": round(age, 1),
            "accepted entries without use": unused,
        },
        kind=Kind.DEPENDENCIES,
        dependencies=_by_file(names),
    )


def _dependencies(
    options: Options, checkout: Checkout
) -> tuple[tuple[Locked, ...], tuple[Finding, ...]]:
    """Return everything to look up, and what is missing among it."""
    if options.requirements:
        return locked(options.requirements, checkout), ()
    found = environment(interpreter(options.python, checkout), checkout)
    known = places((), checkout)
    names = tuple(
        Locked(*whereabouts(one.name, known), one.name, one.version, "", one.name)
        for one in found.packages.values()
    )
    return names, tuple(absent((), found, checkout))


def _by_file(names: Iterable[Locked]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in names:
        found.setdefault(one.path, []).append((one.name, one.version))
    return {path: tuple(these) for path, these in found.items()}


def _age(data: Data, limit: float) -> float:
    """Return how many days old the data is.

    Raises:
        Broken: Older than is allowed, or from a day that has not come yet.
    """
    age = (datetime.now(UTC) - data.newest).total_seconds() / _A_DAY
    if age > limit:
        raise Broken(
            f"The vulnerability data is {_days(age)} old, and {_days(limit)} are allowed: "
            f"{data.origin}",
            "Update it, or raise --max-age",
        )
    if age < -1:
        raise Broken(f"The vulnerability data is from {data.newest:%Y-%m-%d}, which is to come")
    return max(0.0, age)


def _days(age: float) -> str:
    return f"{age:.1f} days"


def _unknown(one: Locked) -> Finding:
    return Finding(
        one.path,
        one.line,
        1,
        "audit/not-pinned",
        f"{one.said} names no version that could be looked up",
        "Lock one version, from a list of packages",
        Level.UNKNOWN,
        package=one.name,
    )


def _vulnerable(names: Iterable[Locked], data: Data) -> Iterator[Finding]:
    by_name: dict[str, list[Advisory]] = {}
    for advisory in data.advisories:
        for name in advisory.names():
            by_name.setdefault(name, []).append(advisory)
    for one in names:
        if one.version:
            told = data.told.get((one.name, one.version), frozenset())
            known = by_name.get(one.name, []) if not told else data.advisories
            for found in grouped(about(one.name, one.version, known, told)):
                yield _finding(one, found)


def _finding(one: Locked, found: Vulnerability) -> Finding:
    doubt = "" if found.sure else " (which versions, the advisory does not say)"
    said = " ".join(found.summary.split()).rstrip(".")
    way = f"Update it to {' or '.join(found.fixed)}" if found.fixed else ""
    return Finding(
        one.path,
        one.line,
        1,
        found.id,
        f"{one.name} {one.version} is vulnerable{doubt}: {said}",
        way or "No version without it is known",
        found.level,
        tuple(map(_identifier, (found.id, *sorted(found.names - {found.id})))),
        one.name,
        one.version,
    )


def _identifier(name: str) -> Identifier:
    kind = name.partition("-")[0].lower()
    return Identifier(kind if kind in ("cve", "ghsa", "pysec") else "osv", name, name)


def _covers(entry: Known, found: Finding) -> bool:
    same = not entry.package or canonicalize_name(entry.package) == found.package
    return same and entry.id in {found.code, *(one.value for one in found.identifiers)}
