"""The verdict of a gate: as text, as JSON, as GitLab's Code Quality; all its reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from msgspec import to_builtins

from blogtools.model.gate import Finding, Judged, Level, Outcome, Verdict
from blogtools.report import security
from blogtools.report.fingerprints import fingerprints

# So many findings are printed; the rest is in the reports.
_SHOWN = 100

_QUALITY = {
    Level.INFO: "info",
    Level.LOW: "minor",
    Level.MEDIUM: "major",
    Level.HIGH: "critical",
    Level.CRITICAL: "blocker",
    Level.UNKNOWN: "major",
}
_ENDED = {Outcome.PASSED: "passed", Outcome.FAILED: "failed", Outcome.BROKEN: "is broken"}


def reports(verdict: Verdict, judged: Judged | None) -> Mapping[str, bytes]:
    """Return every report of a gate, by file name.

    Args:
        verdict: What it says.
        judged: What it found out; None where it is broken.
    """
    made = {
        f"{verdict.gate}.json": as_json(verdict).encode(),
        f"gl-code-quality-{verdict.gate}.json": code_quality(verdict).encode(),
    }
    if judged is None:
        return made
    if judged.kind is not None:
        made[security.FILES[judged.kind]] = security.report(verdict, judged).encode()
    return {**made, **judged.files}


def text(verdict: Verdict, more: str) -> Iterator[str]:
    """Yield the lines that people read: each finding, and the verdict.

    Args:
        verdict: The verdict.
        more: Where all findings are, for the case that they are too many to print.
    """
    yield from map(str, verdict.findings[:_SHOWN])
    if len(verdict.findings) > _SHOWN:
        yield f"... and {len(verdict.findings) - _SHOWN} more: {more}"
    for found in verdict.accepted[:_SHOWN]:
        yield f"{found} [does not count: {found.accepted}]"
    if len(verdict.accepted) > _SHOWN:
        yield f"... and {len(verdict.accepted) - _SHOWN} more that do not count: {more}"
    for name, figure in verdict.figures.items():
        yield f"  {name}: {_said(figure)}"
    tools = f" with {', '.join(verdict.tools)}" if verdict.tools else ""
    yield f"{verdict.gate} {_ENDED[verdict.outcome]}: {verdict.summary}"
    if verdict.outcome is Outcome.BROKEN:
        yield "Nobody knows whether the project is in order, so this counts as a failure."
    yield f"({verdict.seconds:.1f} s, {verdict.tool_seconds:.1f} s of it in tools{tools})"


def _said(figure: object) -> str:
    return "none" if figure is None else f"{figure:g}" if isinstance(figure, float) else str(figure)


def as_json(verdict: Verdict) -> str:
    """Return the verdict with everything that it says, for programs."""
    body = {
        "version": 1,
        **to_builtins(verdict),
        "began": verdict.began.isoformat(timespec="seconds"),
        "seconds": round(verdict.seconds, 3),
        "tool_seconds": round(verdict.tool_seconds, 3),
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def code_quality(verdict: Verdict) -> str:
    """Return the findings as GitLab's Code Quality report, which every merge request shows.

    A gate that is broken is an issue too: an empty report would say that nothing was found.
    """
    found = verdict.findings
    if verdict.outcome is Outcome.BROKEN:
        message = f"The gate {verdict.gate} is broken: {verdict.summary}"
        found = (Finding(".", 1, 1, f"{verdict.gate}/broken", message, level=Level.CRITICAL),)
    return json.dumps(list(_issues(found)), ensure_ascii=False, indent=2) + "\n"


def _issues(findings: Iterable[Finding]) -> Iterator[dict[str, object]]:
    for found, fingerprint in fingerprints(findings):
        yield {
            "description": f"{found.message}. {found.hint}" if found.hint else found.message,
            "check_name": found.code,
            "fingerprint": fingerprint.hex,
            "severity": _QUALITY[found.level],
            "location": {"path": found.path, "lines": {"begin": max(1, found.line)}},
        }
