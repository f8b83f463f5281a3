"""The verb ``pipeline audit``: how projects include the pipeline, and what they hold back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from blogtools.content.yaml import YamlProblem, parse
from blogtools.model.diagnostic import UsageError
from blogtools.pipeline import holding

HEADS = ("project", "version", "switched off", "may fail", "weaker than the defaults")

_ADDRESS = re.compile(r"(?P<project>.+)/(?P<name>[\w-]+)@(?P<version>\S+)")


class Weaker(Struct, frozen=True):
    """An input with which a project holds itself to less.

    Attributes:
        gate: The gate.
        input: The input's name.
        given: What the project says.
        default: What it would be held to otherwise.
    """

    gate: str
    input: str
    given: Any
    default: Any

    def __str__(self) -> str:
        """Return it in short."""
        return f"{self.gate}: {self.input} {_said(self.given)} (default {_said(self.default)})"


class Audited(Struct, frozen=True):
    """How a project includes the pipeline.

    Attributes:
        project: Its folder.
        versions: The versions that it includes, each with its components.
        off: The gates that do not run.
        unseen: The gates whose failure stops nothing.
        weaker: What it asks of gates that is less than their defaults.
    """

    project: str
    versions: Mapping[str, tuple[str, ...]]
    off: tuple[str, ...]
    unseen: tuple[str, ...]
    weaker: tuple[Weaker, ...]

    @property
    def holds(self) -> bool:
        """Return whether the project holds itself to every gate as it is."""
        return not (self.off or self.unseen or self.weaker)


class _Entry(Struct, frozen=True):
    name: str
    version: str
    inputs: Mapping[str, Any]


def audit(folder: Path) -> Audited:
    """Look at one project.

    Args:
        folder: The project.

    Raises:
        UsageError: Its pipeline cannot be read.
    """
    bodies = list(_bodies(folder, ".gitlab-ci.yml", set()))
    entries = [entry for body in bodies for entry in _entries(body)]
    gates = dict(_held(entries))
    changed = list(_changed(bodies, gates))
    never = [gate for gate, job in changed if _never(job)]
    return Audited(
        project=folder.as_posix(),
        versions=_versions(entries),
        off=(*(gate for gate in holding.GATES if gate not in gates), *never),
        unseen=tuple(gate for gate, job in changed if _may_fail(job)),
        weaker=tuple(_weaker(gates)),
    )


def _held(entries: Sequence[_Entry]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the gates that run, each with what its inputs are given."""
    for gate in holding.GATES:
        given = _given(gate, entries)
        if given is not None:
            yield gate, given


def _versions(entries: Sequence[_Entry]) -> Mapping[str, tuple[str, ...]]:
    """Return the versions that are included, each with its components."""
    names = {
        entry.version: sorted(one.name for one in entries if one.version == entry.version)
        for entry in entries
    }
    return {version: tuple(names[version]) for version in sorted(names)}


def _changed(
    bodies: Sequence[Mapping[str, Any]], gates: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, object]]:
    """Yield what the project says of gates' jobs on top of their components."""
    jobs = {str(given.get("job", gate)): gate for gate, given in gates.items()}
    for body in bodies:
        yield from ((jobs[name], job) for name, job in body.items() if name in jobs)


def _weaker(gates: Mapping[str, Mapping[str, Any]]) -> Iterator[Weaker]:
    for gate, given in gates.items():
        asked = holding.catalogue()[gate]["inputs"]
        for name, value in given.items():
            if holding.weaker(gate, name, value):
                yield Weaker(gate, name, value, asked[name]["default"])


def _bodies(folder: Path, name: str, seen: set[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the project's own pipeline files, those that it includes from itself among them."""
    file = folder / name
    if name in seen or not file.is_file():
        return
    seen.add(name)
    try:
        data = parse(file.read_text(encoding="utf-8"), tolerant=True).data
    except (YamlProblem, UnicodeDecodeError) as wrong:
        raise UsageError(f"{file} cannot be read: {wrong}") from None
    if not isinstance(data, dict):
        return
    yield data
    for entry in _list(data.get("include")):
        local = entry if isinstance(entry, str) else entry.get("local")
        if isinstance(local, str) and "://" not in local:
            yield from _bodies(folder, local.lstrip("/"), seen)


def _list(given: Any) -> list[Any]:  # noqa: ANN401
    found = given if isinstance(given, list) else [] if given is None else [given]
    return [one for one in found if isinstance(one, dict | str)]


def _entries(body: Mapping[str, Any]) -> Iterator[_Entry]:
    """Yield the components of ours that a file includes, on whatever condition."""
    for entry in _list(body.get("include")):
        address = str(entry.get("component", "")) if isinstance(entry, dict) else ""
        found = _ADDRESS.fullmatch(address)
        if found and found["name"] in holding.catalogue():
            inputs = entry.get("inputs")
            yield _Entry(
                found["name"], found["version"], inputs if isinstance(inputs, dict) else {}
            )


def _given(gate: str, entries: Sequence[_Entry]) -> Mapping[str, Any] | None:
    """Return what a gate's inputs are given; None where the gate does not run."""
    for entry in entries:
        if entry.name == gate:
            return entry.inputs
        if entry.name == "pipeline" and entry.inputs.get(gate, True) is not False:
            prefix = f"{gate}-"
            return {
                name.removeprefix(prefix): value
                for name, value in entry.inputs.items()
                if name.startswith(prefix)
            }
    return None


def _never(job: object) -> bool:
    rules = job.get("rules") if isinstance(job, dict) else None
    whens = [one.get("when") for one in rules or [] if isinstance(one, dict)]
    return rules == [] or (bool(whens) and all(when in ("never", "manual") for when in whens))


def _may_fail(job: object) -> bool:
    return isinstance(job, dict) and job.get("allow_failure", False) is not False


def rows(found: Audited) -> Iterator[tuple[str, ...]]:
    """Yield the lines of the table: one for each weaker input, at least one for a project.

    Args:
        found: How a project includes the pipeline.
    """
    versions = ", ".join(found.versions) or "not included"
    off = ", ".join(found.off) or "–"
    if not found.versions:
        off = "all"
    first = (found.project, versions, off, ", ".join(found.unseen) or "–")
    weaker = [str(one) for one in found.weaker] or ["–"]
    yield (*first, weaker[0])
    yield from (("", "", "", "", more) for more in weaker[1:])


def _said(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else json.dumps(value, default=str)


def as_json(found: Sequence[Audited]) -> str:
    """Return the projects as JSON.

    Args:
        found: What was found.
    """
    body = {"version": 1, "projects": [{**to_builtins(one), "holds": one.holds} for one in found]}
    return json.dumps(body, ensure_ascii=False, indent=2, default=str) + "\n"
