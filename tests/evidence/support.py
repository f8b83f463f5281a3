"""Reports as the gates write them, and pages with a place for what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from blogtools.model.gate import Finding, Level, Outcome, Scanned, Verdict
from blogtools.model.release import Manifest
from blogtools.report.verdicts import as_json

COMMIT = "1f2e3d4c5b6a79881f2e3d4c5b6a79881f2e3d4c"
BUILT = (
    b'<!doctype html>\n<html lang="en">\n<body>\n<h1>What this release passed</h1>\n<div>\n'
    b"<!-- evidence -->\n<p>nothing yet</p>\n<!-- /evidence -->\n</div>\n</body>\n</html>\n"
)
FIGURES: Mapping[str, Mapping[str, Any]] = {
    "test": {"tests": 120, "coverage": 96.4, "branch coverage": 91.25},
    "licenses": {"licences": 3},
    "sbom": {"dependencies": 3},
    "audit": {"newest data": "2026-11-27 08:00 UTC", "age in days": 1.2},
    "site": {
        "pages": 31,
        "pages that axe looked at": 10,
        "heaviest page, kB": 95.5,
        "total, MB": 2.65,
    },
}
BILL = {
    "bomFormat": "CycloneDX",
    "components": [
        {"name": "zeta", "version": "2.0", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
        {"name": "alpha", "version": "1.1", "licenses": [{"license": {"id": "MIT"}}]},
        {"name": "mid", "version": "3", "licenses": [{"license": {"name": "MIT"}}]},
        {"name": "odd", "version": "0.1"},
    ],
}


def finding(level: Level = Level.MEDIUM, accepted: str = "", code: str = "B101") -> Finding:
    return Finding("a.py", 1, 1, code, "Something", level=level, accepted=accepted)


def verdict(gate: str, outcome: Outcome = Outcome.PASSED, **changed: Any) -> bytes:
    """Return what a gate writes for programs."""
    said: dict[str, Any] = {
        "summary": "no findings in 19 files",
        "scanned": Scanned(19, "files"),
        "findings": (),
        "accepted": (),
        "figures": FIGURES.get(gate, {}),
        "began": datetime(2026, 11, 28, 10, tzinfo=UTC),
        "seconds": 1.5,
        "tool_seconds": 1.2,
        "tools": (),
        "commit": COMMIT,
    }
    return as_json(Verdict(gate=gate, outcome=outcome, **{**said, **changed})).encode()


def lighthouse(page: str, **scores: float | None) -> bytes:
    """Return a report as Lighthouse writes it, as far as anyone reads it here."""
    categories = {name.replace("_", "-"): {"score": score} for name, score in scores.items()}
    body = {"lighthouseVersion": "13.0.1", "finalDisplayedUrl": page, "categories": categories}
    return json.dumps(body).encode()


def reports(*gates: str) -> dict[str, bytes]:
    """Return the reports of some gates that passed."""
    made = {f"{gate}.json": verdict(gate) for gate in gates}
    return made | ({"gl-sbom.cdx.json": json.dumps(BILL).encode()} if "sbom" in gates else {})


def release(name: str = "2026-11-28-1a2b3c4d", commit: str = COMMIT) -> Manifest:
    return Manifest(
        release=name,
        digest="1a2b3c4d" * 8,
        commit=commit,
        created="2026-11-28T10:00:00Z",
        engine="0.1.0",
        files={},
    )
