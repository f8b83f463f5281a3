"""The figures that are kept of each release, so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blogtools.model.evidence import Evidence
from blogtools.model.gate import Figure, Finding

#: A figure of a gate's own, by the name under which it is kept.
_OF_GATES: Mapping[str, tuple[str, str]] = {
    "coverage": ("test", "coverage"),
    "branches": ("test", "branch coverage"),
    "tests": ("test", "tests"),
    "dependencies": ("sbom", "dependencies"),
    "licences": ("licenses", "licences"),
    "data_age": ("audit", "age in days"),
    "pages": ("site", "pages"),
    "heaviest": ("site", "heaviest page, kB"),
    "weight": ("site", "total, MB"),
}
#: What Lighthouse calls its categories, by the name under which the lowest score is kept.
_OF_LIGHTHOUSE: Mapping[str, str] = {
    "lighthouse_performance": "performance",
    "lighthouse_accessibility": "accessibility",
    "lighthouse_practices": "best-practices",
    "lighthouse_search": "seo",
}
#: Every figure that can be kept, in the order in which it is shown.
NAMES = (
    *("coverage", "branches", "tests", "findings", "vulnerabilities", "data_age"),
    *("dependencies", "licences", "accessibility", "pages", "heaviest", "weight"),
    *_OF_LIGHTHOUSE,
)


def figures(evidence: Evidence) -> Mapping[str, float]:
    """Return what was measured, by name; what was not is not there."""
    found = {**_own(evidence), **_counted(evidence), **_lowest(evidence)}
    return {name: found[name] for name in NAMES if name in found}


def _own(evidence: Evidence) -> dict[str, float]:
    made = {}
    for name, (gate, key) in _OF_GATES.items():
        verdict = evidence.verdict(gate)
        number = _number(verdict.figures.get(key)) if verdict else None
        if number is not None:
            made[name] = number
    return made


def _number(figure: Figure) -> float | None:
    return figure if isinstance(figure, int | float) else None


def _counted(evidence: Evidence) -> dict[str, float]:
    """Return how much was found, accepted findings included: they are there all the same."""
    made: dict[str, float] = {}
    if known := [gate for gate in ("sast", "secrets") if evidence.verdict(gate)]:
        made["findings"] = sum(len(tuple(everything(evidence, gate))) for gate in known)
    if evidence.verdict("audit"):
        made["vulnerabilities"] = len(tuple(everything(evidence, "audit")))
    site = evidence.verdict("site")
    if site and _number(site.figures.get("pages that axe looked at")):
        made["accessibility"] = len(tuple(inaccessible(evidence)))
    return made


def everything(evidence: Evidence, gate: str) -> Iterator[Finding]:
    """Yield all that a gate found, whether it counts or not."""
    if verdict := evidence.verdict(gate):
        yield from verdict.findings
        yield from verdict.accepted


def inaccessible(evidence: Evidence) -> Iterator[Finding]:
    """Yield what keeps people from reading, as axe sees it."""
    return (found for found in everything(evidence, "site") if found.code.startswith("axe/"))


def _lowest(evidence: Evidence) -> dict[str, float]:
    """Return the lowest score of any page in each of Lighthouse's categories."""
    made = {}
    for name, category in _OF_LIGHTHOUSE.items():
        scores = [page.scores.get(category) for page in evidence.lighthouse]
        if known := [score for score in scores if score is not None]:
            made[name] = min(known)
    return made
