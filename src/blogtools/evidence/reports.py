"""What the reports of a pipeline say; what cannot be read counts as missing, never as passed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from blogtools.model.evidence import Audited, Dependency, Evidence, Held, Lack
from blogtools.model.gate import Verdict

#: The bill of materials, as the gate `sbom` writes it.
BILL = "gl-sbom.cdx.json"
#: What a gate writes beside ``<gate>.json`` that says more than that.
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "test": ("junit.xml", "cobertura.xml"),
    "licenses": ("licenses.csv",),
    "sast": ("gl-sast-report.json",),
    "secrets": ("gl-secret-detection-report.json",),
    "sbom": (BILL, "sbom.spdx.json"),
    "audit": ("gl-dependency-scanning-report.json",),
    "build": ("build-contents.txt",),
}
_LIGHTHOUSE = "lighthouse"
_FORM = 1
_T = TypeVar("_T")


class _Formed(Struct):
    version: int


class _Component(Struct):
    name: str
    version: str = ""
    licenses: tuple[Mapping[str, Any], ...] = ()


class _Bill(Struct):
    components: tuple[_Component, ...]


class _Category(Struct):
    score: float | None = None


class _Lighthouse(Struct, rename="camel"):
    lighthouse_version: str
    categories: Mapping[str, _Category]
    final_displayed_url: str = ""
    final_url: str = ""


def read(
    reports: Mapping[str, bytes], gates: Sequence[str], commit: str = "", pipeline: str = ""
) -> Evidence:
    """Return what reports say.

    Args:
        reports: Each report by its name.
        gates: The gates that are asked for, in the pipeline's order.
        commit: The commit that is published; a report on another one is not counted.
        pipeline: The pipeline that publishes; a report of another one is not counted.
    """
    held = tuple(_held(gate, reports, commit, pipeline) for gate in gates)
    counted = {one.gate for one in held if one.verdict}
    return Evidence(
        gates=held,
        dependencies=_dependencies(reports) if "sbom" in counted else None,
        lighthouse=tuple(_lighthouse(reports)),
        files={name: len(data) for name, data in sorted(reports.items())},
    )


def _held(gate: str, reports: Mapping[str, bytes], commit: str, pipeline: str) -> Held:
    name = f"{gate}.json"
    files = tuple(_files(gate, reports))
    if name not in reports:
        return Held(gate, None, Lack.ABSENT, files)
    verdict = _decoded(reports[name], Verdict)
    formed = _decoded(reports[name], _Formed)
    if verdict is None or formed is None or formed.version != _FORM or verdict.gate != gate:
        return Held(gate, None, Lack.UNREADABLE, files)
    if _differ(commit, verdict.commit) or _differ(pipeline, verdict.pipeline):
        return Held(gate, None, Lack.FOREIGN, files)
    return Held(gate, verdict, files=files)


def _differ(one: str, other: str) -> bool:
    """Return whether two names are of two things; an empty one may be of any."""
    return bool(one and other and one != other)


def _files(gate: str, reports: Collection[str]) -> Iterator[str]:
    names = (f"{gate}.json", *_BESIDE.get(gate, ()))
    return (name for name in names if name in reports)


def _decoded(data: bytes, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _dependencies(reports: Mapping[str, bytes]) -> tuple[Dependency, ...] | None:
    bill = _decoded(reports.get(BILL, b""), _Bill)
    if bill is None:
        return None
    return tuple(sorted(Dependency(c.name, c.version, _licence(c)) for c in bill.components))


def _licence(component: _Component) -> str:
    """Return a component's licence as CycloneDX has it: an expression, or several names."""
    names = []
    for one in component.licenses:
        told = one.get("license")
        named = told if isinstance(told, Mapping) else {}
        names.append(one.get("expression") or named.get("id") or named.get("name") or "")
    return " AND ".join(str(name) for name in names if name)


def _lighthouse(reports: Mapping[str, bytes]) -> Iterator[Audited]:
    for name in sorted(reports):
        if _LIGHTHOUSE in name.lower() and name.endswith(".json"):
            said = _decoded(reports[name], _Lighthouse)
            if said is not None and said.categories:
                page = said.final_displayed_url or said.final_url
                scores = {key: _percent(one.score) for key, one in said.categories.items()}
                yield Audited(page, scores, name)


def _percent(score: float | None) -> float | None:
    return None if score is None else round(100 * score, 1)
