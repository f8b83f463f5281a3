"""What a project accepts in spite of a gate: each entry with a reason, and a day it ends on."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from blogtools.gates.checkout import Checkout
from blogtools.model.gate import Broken, Finding, Level

#: A text that says something.
Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One finding, or several alike, that a project accepts.

    Attributes:
        reason: Why.
        expires: The last day on which it holds.
    """

    reason: Text
    expires: date


class Counted(Entry, frozen=True):
    """So many findings of one rule in one file.

    Attributes:
        path: The file.
        code: The rule.
        count: How many of that rule in that file.
    """

    path: Text
    code: Text
    count: Annotated[int, msgspec.Meta(ge=1)] = 1


_E = TypeVar("_E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Accepted(Generic[_E]):
    """The entries of a project, some of which may have expired.

    Attributes:
        entries: What holds today.
        expired: What held once.
        limits: How many findings an entry may cover; all that it fits, where it is left out.
    """

    entries: tuple[_E, ...]
    expired: tuple[_E, ...]

    def applied(
        self,
        findings: Iterable[Finding],
        covers: Callable[[_E, Finding], bool],
        limit: Callable[[_E], int | None] = lambda entry: None,
    ) -> tuple[tuple[Finding, ...], int]:
        """Return the findings, those that are accepted marked, and how many entries do nothing.

        Args:
            findings: What was found.
            covers: Tells whether an entry is about a finding.
            limit: Returns how many findings an entry may cover; None is all.
        """
        left = [limit(entry) for entry in self.entries]
        used = [False] * len(left)
        found = []
        for finding in sorted(findings):
            if finding.accepted:
                found.append(finding)
                continue
            for at, entry in enumerate(self.entries):
                rest = left[at]
                if rest != 0 and covers(entry, finding):
                    left[at] = None if rest is None else rest - 1
                    used[at] = True
                    found.append(replace(finding, accepted=f"{entry.reason} ({_until(entry)})"))
                    break
            else:
                found.append(self._counting(finding, covers))
        return tuple(found), used.count(False)

    def _counting(self, finding: Finding, covers: Callable[[_E, Finding], bool]) -> Finding:
        """Return a finding that counts, which says so if it once did not."""
        for entry in self.expired:
            if covers(entry, finding):
                until = f"{finding.message} (accepted until {entry.expires}, so it counts again)"
                return replace(finding, message=until)
        return finding


def _until(entry: Entry) -> str:
    return f"until {entry.expires}"


def accepted(
    checkout: Checkout, gate: str, shape: type[_E], file: Path | None = None
) -> Accepted[_E]:
    """Return what a project accepts, from pyproject.toml and from a file of its own.

    Args:
        checkout: The project.
        gate: The gate, whose table in pyproject.toml has them under ``accepted``.
        shape: What an entry says.
        file: A TOML file with more under ``accepted``; relative to the root.

    Raises:
        Broken: An entry is not what it should be, or the file cannot be read.
    """
    where = f"pyproject.toml, [[tool.blogtools.gates.{gate}.accepted]]"
    entries = _entries(checkout.table(gate).get("accepted", []), shape, where)
    if file is not None:
        entries += _entries(_read(checkout.root / file, file), shape, str(file))
    holds = tuple(entry for entry in entries if checkout.today <= entry.expires)
    return Accepted(holds, tuple(entry for entry in entries if entry not in holds))


def _read(path: Path, name: Path) -> Any:  # noqa: ANN401
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
    except (OSError, ValueError) as wrong:
        raise Broken(f"{name} cannot be read: {wrong}") from wrong


def _entries(said: Any, shape: type[_E], where: str) -> list[_E]:  # noqa: ANN401
    try:
        return msgspec.convert(said, list[shape])  # type: ignore[valid-type]
    except msgspec.ValidationError as wrong:
        raise Broken(
            f"{where}: {wrong}", "Each entry needs a reason and a day on which it expires"
        ) from wrong


def below(findings: Iterable[Finding], floor: Level) -> tuple[Finding, ...]:
    """Return the findings, with those marked that weigh less than what counts.

    Args:
        findings: What was found.
        floor: The lowest level that counts.
    """
    return tuple(
        found
        if found.level.reaches(floor)
        else replace(found, accepted=f"weighs less than {floor.value}")
        for found in findings
    )
