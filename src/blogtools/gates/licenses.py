"""The licence of every dependency, as logic, against a list of those that are allowed.

`MIT AND GPL-3.0-only` binds to both, `MIT OR GPL-3.0-only` to either. A licence that nobody knows
is not allowed. The names, licences and licence texts of all dependencies are written to NOTICE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from blogtools.content.licensing import Allowed, claimed
from blogtools.gates.accepting import Accepted, Entry, Text, accepted
from blogtools.gates.checkout import Checkout
from blogtools.gates.dependencies import (
    Installed,
    absent,
    environment,
    interpreter,
    locked,
    places,
    same_version,
    whereabouts,
)
from blogtools.gates.options import option
from blogtools.model.gate import Broken, Finding, Judged, Level, Scanned

FILES = ("NOTICE", "licenses.csv")
#: Licences that ask for no more than that their text goes along, or for changes to files of theirs.
_USUAL = (
    "0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC0-1.0 CNRI-Python HPND ISC "
    "LicenseRef-BSD LicenseRef-BSD-License MIT MIT-0 MIT-CMU MPL-2.0 PSF-2.0 Python-2.0 "
    "Python-2.0.1 Unicode-3.0 Unicode-DFS-2016 Unlicense Zlib ZPL-2.1"
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    allow: str | None = option(
        None,
        "SPDX identifiers of the licences that are allowed, comma-separated; what pyproject.toml "
        "says under `allow`, if left out, or else a list of permissive ones.",
    )
    python: Path | None = option(
        None,
        "The Python of the environment that the project's dependencies are in; its .venv, if left "
        "out and there, or else the gate's own.",
    )
    requirements: tuple[Path, ...] = option(
        (), "Locks, all of whose dependencies must be in that environment."
    )


class Known(Entry, frozen=True):
    """A dependency whose licence the project has looked at.

    Attributes:
        package: Its name.
        version: The version that was looked at; any, where it is left out.
        licence: What its licence is found to be, which is then judged; where it is left out, the
            dependency is accepted as it is.
    """

    package: Text
    version: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class _Licensed:
    """A dependency and its licence; empty where that is not known."""

    package: Installed
    licence: str


def judge(options: Options, checkout: Checkout) -> Judged:
    """Judge the licence of everything that is installed."""
    python = interpreter(options.python, checkout)
    names = locked(options.requirements, checkout) if options.requirements else ()
    found = environment(python, checkout, names)
    allowed = _allowed(options.allow, checkout)
    listed = accepted(checkout, "licenses", Known)
    licensed = [_licensed(one, listed) for one in found.packages.values()]
    absences = absent(names, found, checkout)
    wrong = [*absences, *_wrong(licensed, allowed, places(names, checkout))]
    findings, without_use = listed.applied(wrong, _covers)
    elsewhere = sum(not one.holds(found.markers) for one in names)
    unused = without_use - sum(_corrects(entry, licensed) for entry in listed.entries)
    return Judged(
        Scanned(len(licensed), "dependencies"),
        findings,
        f"{elsewhere} more are locked for other platforms, and not looked at" if elsewhere else "",
        figures={
            "dependencies": len(licensed),
            "locked": len(names),
            "locked for other platforms": elsewhere,
            "licences": len({one.licence for one in licensed}),
            "accepted entries without use": unused,
        },
        files={"NOTICE": notice(licensed).encode(), "licenses.csv": _table(licensed).encode()},
        tools=(f"Python {found.markers.get('python_full_version', '')}",),
    )


def _allowed(said: str | None, checkout: Checkout) -> Allowed:
    listed = checkout.table("licenses").get("allow", [])
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise Broken("pyproject.toml: allow in [tool.blogtools.gates.licenses] is no list of names")
    asked = [name.strip() for name in (said or "").split(",") if name.strip()]
    try:
        return Allowed.of(asked or listed or _USUAL.split())
    except ValueError as wrong:
        raise Broken(f"The list of licences that are allowed is wrong: {wrong}") from wrong


def _licensed(package: Installed, listed: Accepted[Known]) -> _Licensed:
    for entry in listed.entries:
        if entry.licence and _is_about(entry, package.name, package.version):
            return _Licensed(package, entry.licence)
    return _Licensed(package, claimed(package.headers))


def _is_about(entry: Known, name: str, version: str) -> bool:
    same = not entry.version or same_version(entry.version, version)
    return same and canonicalize_name(entry.package) == name


def _corrects(entry: Known, licensed: Iterable[_Licensed]) -> bool:
    return bool(entry.licence) and any(
        _is_about(entry, one.package.name, one.package.version) for one in licensed
    )


def _covers(entry: Known, found: Finding) -> bool:
    return not entry.licence and _is_about(entry, found.package, found.version)


def _wrong(
    licensed: Iterable[_Licensed], allowed: Allowed, known: Mapping[str, tuple[str, int]]
) -> Iterator[Finding]:
    for one in licensed:
        name, version = one.package.name, one.package.version
        path, line = whereabouts(name, known)
        at = Finding(path, line, 1, "", "", level=Level.HIGH, package=name, version=version)
        try:
            lacking = allowed.lacks(one.licence) if one.licence else None
        except ValueError:
            lacking = None
        if lacking is None:
            said = (
                f"says {one.licence!r}, which is no licence" if one.licence else "does not say it"
            )
            yield replace(
                at,
                code="licenses/unknown",
                message=f"The licence of {name} {version} is not known: its metadata {said}",
                hint="Find out, and put it into pyproject.toml with a reason",
            )
        elif lacking:
            yield replace(
                at,
                code="licenses/not-allowed",
                message=f"{name} {version} is licensed as {one.licence}, and "
                f"{' and '.join(sorted(lacking))} {'is' if len(lacking) == 1 else 'are'} "
                "not allowed",
                hint="Do without it, or accept it in pyproject.toml with a reason",
            )


def notice(licensed: Iterable[_Licensed]) -> str:
    """Return the notice that goes along with the project: each dependency with its licence.

    Args:
        licensed: The dependencies.
    """
    parts = ["This project uses the following packages.\n"]
    for one in licensed:
        headers = one.package.headers
        lines = [f"{one.package.name} {one.package.version}"]
        lines.append(f"Licence: {one.licence or 'not known'}")
        author = headers.get("Author") or headers.get("Author-email") or ""
        lines += [f"By: {' '.join(author.split())}"] if author.strip() else []
        for name, text in sorted(one.package.licence_files.items()):
            lines += ["", f"{name}:", "", text.strip()]
        parts.append("\n".join(lines) + "\n")
    return f"\n{'-' * 80}\n\n".join(parts)


def _table(licensed: Iterable[_Licensed]) -> str:
    """Return name, version and licence, for programs."""
    rows = ["name,version,licence"]
    rows += [f'{one.package.name},{one.package.version},"{one.licence}"' for one in licensed]
    return "\n".join(rows) + "\n"
