"""What a project depends on: what is installed in its environment, and what its locks name."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from email.message import Message
from importlib import metadata
from pathlib import Path

import msgspec
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from blogtools.gates import reading
from blogtools.gates.checkout import Checkout
from blogtools.model.gate import Broken, Finding, Level

#: What a new environment holds before anything is installed into it.
_BROUGHT = frozenset({"pip", "setuptools", "wheel"})
# Standard library alone: the environment may hold nothing else.
_ASK = """
import json, os, platform, sys
v = sys.implementation.version
full = "{0.major}.{0.minor}.{0.micro}".format(v)
if v.releaselevel != "final":
    full += v.releaselevel[0] + str(v.serial)
print(json.dumps({"path": sys.path, "markers": {
    "implementation_name": sys.implementation.name,
    "implementation_version": full,
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_python_implementation": platform.python_implementation(),
    "platform_release": platform.release(),
    "platform_system": platform.system(),
    "platform_version": platform.version(),
    "python_full_version": platform.python_version(),
    "python_version": ".".join(platform.python_version_tuple()[:2]),
    "sys_platform": sys.platform,
}}))
"""
_LINES_ON = re.compile(r"\\\n")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_QUOTED = re.compile(r"""["']\s*([A-Za-z0-9][A-Za-z0-9._-]*)""")
_FOR_AN_EXTRA = re.compile(r""";.*\bextra\s*==\s*["'][^"']""")
_HASH = re.compile(r"\s--hash[=\s](\S+)")


class _Direct(msgspec.Struct):
    url: str


class _Python(msgspec.Struct):
    path: list[str]
    markers: dict[str, str]


@dataclass(frozen=True)
class Installed:
    """A package in an environment.

    Attributes:
        name: Its name as the lists have it: in lower case, with dashes.
        version: Its version.
        headers: Its metadata.
        requires: The names of the packages that it needs in this environment.
        licence_files: The texts of its licence that it brings, by file name.
        origin: The address that it was installed from, where that is no list of packages.
    """

    name: str
    version: str
    headers: Message
    requires: tuple[str, ...]
    licence_files: Mapping[str, str]
    origin: str = ""


@dataclass(frozen=True)
class Environment:
    """What is installed beside an interpreter.

    Attributes:
        packages: Everything but the project itself, by name.
        markers: What the environment says of itself, for the markers of requirements.
        needed: The packages that the project itself asks for.
        project: The project itself, where it is installed too.
        lacking: What a package asks for and is not there: the package, and the name.
    """

    packages: Mapping[str, Installed]
    markers: Mapping[str, str]
    needed: tuple[str, ...]
    project: Installed | None
    lacking: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Locked:
    """A dependency that a lock names.

    Attributes:
        path: The lock, relative to the root.
        line: Where it is named.
        name: Its name as the lists have it.
        version: The one version; empty where the lock leaves that open.
        marker: Where it is needed; empty for everywhere.
        said: What the lock says.
    """

    path: str
    line: int
    name: str
    version: str
    marker: str
    said: str

    def holds(self, markers: Mapping[str, str]) -> bool:
        """Return whether it is needed in an environment."""
        return not self.marker or Marker(self.marker).evaluate(dict(markers))


def interpreter(python: Path | None, checkout: Checkout) -> Path:
    """Return the interpreter of the project's environment.

    Args:
        python: The one that was asked for.
        checkout: The project, whose .venv is taken if it has one; or else this very Python.
    """
    if python is not None:
        # Not resolved: what an environment's python links to is not in the environment.
        return Path(os.path.abspath(checkout.root / python))
    own = checkout.root / ".venv" / "bin" / "python"
    return own if own.exists() else Path(sys.executable)


def environment(python: Path, checkout: Checkout, names: Iterable[Locked] = ()) -> Environment:
    """Return what is installed.

    Args:
        python: The interpreter of the environment.
        checkout: The project.
        names: What locks name: a dependency, also where each new environment has it.

    Raises:
        Broken: It cannot say, or nothing is installed.
    """
    ran = checkout.runner.run([python, "-I", "-c", _ASK], name=str(python)).must_exit(0)
    said = reading.json_as(_Python, ran.out, str(python))
    there = _Together({one.name: one for one in _installed(said)})
    found = there.of(checkout, {one.name for one in names if one.holds(said.markers)})
    if not found.packages:
        raise Broken(
            f"Nothing is installed beside {python}",
            "Install the project's dependencies, and name that Python with --python",
        )
    return replace(found, markers=said.markers)


@dataclass(frozen=True)
class _Together:
    """Everything that is installed beside an interpreter, the project and its tools among it."""

    packages: Mapping[str, Installed]

    def of(self, checkout: Checkout, named: Set[str]) -> Environment:
        """Return it as the environment of a project, which is no dependency of itself."""
        mine = self._mine(_own_name(checkout), checkout.root.as_uri())
        brought = _BROUGHT - self._asked() - named
        names = sorted(self.packages.keys() - mine.keys() - brought)
        kept = {name: self.packages[name] for name in names}
        project = next(iter(mine.values()), None)
        needed = project.requires if project else sorted(kept.keys() - self._asked())
        return Environment(
            kept,
            {},
            tuple(name for name in needed if name in kept),
            project,
            tuple(sorted(self._lacking())),
        )

    def _mine(self, own: str, origin: str) -> Mapping[str, Installed]:
        """Return the project: what has its name, or was installed from its folder."""
        them = self.packages.items()
        return {name: one for name, one in them if name == own or one.origin == origin}

    def _asked(self) -> set[str]:
        """Return the packages that others need."""
        needs = (set(one.requires) - {name} for name, one in self.packages.items())
        return set().union(*needs)

    def _lacking(self) -> Iterator[tuple[str, str]]:
        for name, one in self.packages.items():
            yield from ((name, needed) for needed in one.requires if needed not in self.packages)


def _own_name(checkout: Checkout) -> str:
    said = checkout.pyproject
    name = said.get("project", {}).get("name") or said.get("tool", {}).get("poetry", {}).get("name")
    return canonicalize_name(str(name or ""))


def _installed(python: _Python) -> Iterator[Installed]:
    seen = set()
    folders = [folder for folder in python.path if folder]
    for one in map(_Brief, metadata.distributions(path=folders)):
        headers: Message = one.metadata  # type: ignore[assignment]
        name, version = headers.get("Name"), headers.get("Version")
        if not name or not version:
            raise Broken(f"An installed package does not say what it is: {_where(one)}")
        # The first on the path is what would be imported.
        if (plain := canonicalize_name(name)) not in seen:
            seen.add(plain)
            yield Installed(
                plain,
                version,
                headers,
                tuple(sorted(_requires(one, headers, python.markers))),
                _licence_files(one, headers),
                _origin(one),
            )


class _Brief(metadata.Distribution):
    """An installed package without its description, which nobody asks for and takes long."""

    def __init__(self, whole: metadata.Distribution) -> None:
        self.whole = whole

    def read_text(self, filename: str) -> str | None:
        """Return a file of its metadata; of that which begins with headers, those."""
        text = self.whole.read_text(filename)
        headed = filename in ("METADATA", "PKG-INFO")
        return text.partition("\n\n")[0] + "\n" if text and headed else text

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        """Return where a file of it lies."""
        return Path(str(self.whole.locate_file(path)))


def _origin(one: metadata.Distribution) -> str:
    text = one.read_text("direct_url.json")
    return reading.json_as(_Direct, text.encode(), "direct_url.json").url if text else ""


def _where(one: _Brief) -> str:
    return str(getattr(one.whole, "_path", "its folder"))


def _requires(one: _Brief, headers: Message, markers: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for text in headers.get_all("Requires-Dist") or one.requires or ():
        # Most are for extras, and each takes long to parse.
        if _FOR_AN_EXTRA.search(text) and " or " not in text:
            continue
        try:
            asked = Requirement(text)
        except InvalidRequirement:
            continue
        if asked.marker is None or asked.marker.evaluate({**markers, "extra": ""}):
            found.add(canonicalize_name(asked.name))
    return found


def _licence_files(one: _Brief, headers: Message) -> Mapping[str, str]:
    """Return the texts of the licence, wherever in its metadata a package keeps them."""
    found = {}
    for name in headers.get_all("License-File") or ():
        for path in (f"licenses/{name}", f"license_files/{name}", name):
            text = one.read_text(path)
            if text:
                found[name] = text
                break
    return found


def locked(files: Iterable[Path], checkout: Checkout) -> tuple[Locked, ...]:
    """Return every dependency that locks name.

    Args:
        files: Requirements files as pip reads them, and ``pylock.toml`` files.
        checkout: The project.

    Raises:
        Broken: One cannot be read, or names nothing.
    """
    found: list[Locked] = []
    for file in files:
        these = list(_lock(checkout.root / file, checkout, ()))
        if not these:
            raise Broken(f"{file} names no dependency")
        found += these
    return tuple(sorted(set(found)))


def _lock(path: Path, checkout: Checkout, above: tuple[Path, ...]) -> Iterator[Locked]:
    name = checkout.path(path)
    if path in above:
        raise Broken(f"{name} includes itself")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as wrong:
        raise Broken(f"{name} cannot be read: {wrong}") from wrong
    if path.suffix == ".toml":
        yield from _pylock(name, text)
        return
    for line, said in _statements(text):
        option, _, rest = said.partition(" " if " " in said else "=")
        if option in ("-r", "--requirement"):
            yield from _lock(path.parent / rest.strip(), checkout, (*above, path))
        elif option in ("-e", "--editable"):
            yield Locked(name, line, _named(rest), "", "", said)
        elif not said.startswith("-"):
            yield _requirement(name, line, said)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield what a requirements file says, each with its line, in one line and without comments."""
    line = 1
    for part in _LINES_ON.sub("\\\r", text).split("\n"):
        bare = " ".join(_COMMENT.sub("", piece) for piece in part.split("\\\r")).strip()
        if bare:
            yield line, bare
        line += 1 + part.count("\\\r")


def _requirement(path: str, line: int, said: str) -> Locked:
    bare = _HASH.sub("", f"{said} ").strip()
    try:
        asked = Requirement(bare)
    except InvalidRequirement:
        # A folder, an archive, an address: not anything that lists of packages know.
        return Locked(path, line, _named(bare), "", "", bare)
    pins = [one for one in asked.specifier if one.operator in ("==", "===")]
    exact = len(asked.specifier) == len(pins) == 1 and "*" not in pins[0].version and not asked.url
    name, marker = canonicalize_name(asked.name), str(asked.marker or "")
    return Locked(path, line, name, pins[0].version if exact else "", marker, bare)


def _named(said: str) -> str:
    """Return what stands for a name where there is none."""
    egg = re.search(r"#egg=([\w.-]+)", said)
    return canonicalize_name(egg[1]) if egg else said.strip()


class _Package(msgspec.Struct):
    name: str
    version: str = ""
    marker: str = ""


class _Pylock(msgspec.Struct):
    packages: list[_Package]
    version: str = msgspec.field(name="lock-version")


def _pylock(path: str, text: str) -> Iterator[Locked]:
    try:
        lock = msgspec.convert(tomllib.loads(text), _Pylock)
        for one in lock.packages:
            if one.marker:
                Marker(one.marker)
    except (ValueError, msgspec.ValidationError, InvalidMarker) as wrong:
        raise Broken(f"{path} is no lock that can be read: {wrong}") from wrong
    lines = text.splitlines()
    at = 0
    for one in lock.packages:
        named = re.compile(rf"""\s*name\s*=\s*["']{re.escape(one.name)}["']""")
        at = next((i for i in range(at, len(lines)) if named.match(lines[i])), at)
        name = canonicalize_name(one.name)
        yield Locked(path, at + 1, name, one.version, one.marker, f"{name} {one.version}".strip())


def same_version(one: str, other: str) -> bool:
    """Return whether two texts are the same version, in whatever way they are written."""
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def absent(names: Iterable[Locked], found: Environment, checkout: Checkout) -> Iterator[Finding]:
    """Yield what should be in an environment, and is not there, or in another version.

    Args:
        names: What locks name.
        found: The environment.
        checkout: The project.
    """
    known = places(names, checkout)
    for one in names:
        there = found.packages.get(one.name)
        if not one.holds(found.markers) or _as_locked(one, there):
            continue
        what = f"{there.version} is installed" if there else "it is not installed"
        yield _absent(one.path, one.line, f"{one.said} is locked, but {what}", one.name)
    for who, name in found.lacking:
        path, line = whereabouts(name, known)
        yield _absent(path, line, f"{who} needs {name}, which is not installed", name)


def _as_locked(one: Locked, there: Installed | None) -> bool:
    return there is not None and (not one.version or same_version(one.version, there.version))


def _absent(path: str, line: int, message: str, name: str) -> Finding:
    return Finding(
        path,
        line,
        1,
        "dependencies/not-installed",
        f"{message}, so nothing is known of it",
        "Install what is locked into the environment of --python",
        Level.HIGH,
        package=name,
    )


def places(names: Iterable[Locked], checkout: Checkout) -> Mapping[str, tuple[str, int]]:
    """Return the file and the line that name a dependency: a lock, or else pyproject.toml.

    Args:
        names: What locks name.
        checkout: The project.
    """
    file = checkout.root / "pyproject.toml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    found = {}
    for number, line in reversed(list(enumerate(text.splitlines(), start=1))):
        for name in _QUOTED.findall(line):
            found[str(canonicalize_name(name))] = ("pyproject.toml", number)
    return found | {one.name: (one.path, one.line) for one in names}


def whereabouts(name: str, known: Mapping[str, tuple[str, int]]) -> tuple[str, int]:
    """Return the file and the line for a dependency; one that others brought has none of its own.

    Args:
        name: Its name.
        known: What `places` says.
    """
    return known.get(name, ("pyproject.toml", 1))
