"""Which versions of a companion an author asks for: exact ones, the newest few, or a range."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    # Takes longer to import than a blog without companions has to spare.
    from packaging.version import Version

#: The version of a checkout that is its working tree, as it lies there.
WORKING_TREE = "dev"

_VERSION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.!+_-]*[A-Za-z0-9])?")
_NEWEST = re.compile(r"newest(?:\s+(\d+))?")
_ADVICE = "write a version such as 2.2.0, a range such as '>=2,<3', or newest 5"


def package_version(version: str) -> str:
    """Return a version unchanged if it can be one, and a folder of that name is safe.

    Raises:
        ValueError: It cannot be one.
    """
    if not _VERSION.fullmatch(version) or ".." in version:
        raise ValueError(f"{version!r} is no version: {_ADVICE}")
    return version


class Wish(Struct, frozen=True):
    """One item of ``versions`` in the configuration.

    Attributes:
        text: As the author wrote it.
        newest: How many of the newest versions it asks for; 0 if it asks otherwise.
        ranged: Whether it is a condition on versions, as PEP 440 writes it.
    """

    text: str
    newest: int = 0
    ranged: bool = False

    @property
    def exact(self) -> bool:
        """Return whether it names one version, which nobody has to look up."""
        return not self.newest and not self.ranged

    def choose(self, available: Iterable[str]) -> tuple[str, ...]:
        """Return those of some versions that it means, the newest first.

        A pre-release counts only where it is asked for, or where there is nothing else.
        """
        from packaging.specifiers import SpecifierSet

        if self.exact:
            return tuple(version for version in available if version == self.text)
        numbered = {version: number for version in available if (number := as_number(version))}
        accepted = SpecifierSet(self.text if self.ranged else "").filter(numbered)
        ordered = sorted(accepted, key=lambda version: numbered[version], reverse=True)
        return tuple(ordered[: self.newest or None])


def wish(text: object) -> Wish:
    """Read one item of ``versions``.

    Raises:
        ValueError: It asks for nothing that can be.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not isinstance(text, str):
        raise ValueError(f"write {text} in quotes, or YAML takes it for a number")
    text = " ".join(text.split())
    if newest := _NEWEST.fullmatch(text):
        return Wish(text, newest=_count(newest[1]))
    if _VERSION.fullmatch(text) and ".." not in text:
        return Wish(text)
    try:
        ranged = bool(SpecifierSet(text)) or bool(package_version(text))
    except InvalidSpecifier:
        raise ValueError(f"{text!r} is no version and no range: {_ADVICE}") from None
    return Wish(text, ranged=ranged)


def _count(digits: str | None) -> int:
    if not int(digits or 1):
        raise ValueError("newest 0 would be nothing: write newest 1, or more")
    return int(digits or 1)


def choose(wishes: Iterable[Wish], available: Iterable[str]) -> tuple[str, ...]:
    """Return those of some versions that any of several wishes means, each once.

    An exact wish is taken at its word, be the version among them or not: the author knows it.

    Args:
        wishes: What is asked for.
        available: The versions that there are.
    """
    there = tuple(available)
    found: dict[Version | str, str] = {}
    for each in wishes:
        for version in (each.text,) if each.exact else each.choose(there):
            found.setdefault(as_number(version) or version, version)
    return tuple(found.values())


def as_number(version: str) -> Version | None:
    """Return a version as PEP 440 orders them, or None for a name such as dev."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version)
    except InvalidVersion:
        return None
