"""GitLab's reports on security: SAST, secret detection, dependency scanning (schema 15.2.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from blogtools import __version__
from blogtools.model.gate import Finding, Identifier, Judged, Kind, Verdict
from blogtools.report.fingerprints import fingerprints

#: The file that each is written to, as GitLab's own analyzers name them.
FILES: Mapping[Kind, str] = {
    Kind.SAST: "gl-sast-report.json",
    Kind.SECRETS: "gl-secret-detection-report.json",
    Kind.DEPENDENCIES: "gl-dependency-scanning-report.json",
}
_SCHEMA = "15.2.1"
# What a finding that no commit is known of is reported with: GitLab asks for one.
_NO_COMMIT = "0" * 40


def report(verdict: Verdict, judged: Judged) -> str:
    """Return the report on security of a gate whose findings have a kind.

    Args:
        verdict: What the gate says.
        judged: What it found out.

    Raises:
        ValueError: Its findings have no kind.
    """
    kind = judged.kind
    if kind is None:
        raise ValueError(f"the findings of {verdict.gate} belong into no report on security")
    found = fingerprints(verdict.findings)
    body: dict[str, object] = {
        "version": _SCHEMA,
        "scan": _scan(verdict, kind),
        "vulnerabilities": [_vulnerability(one, name, kind) for one, name in found],
    }
    if kind is Kind.DEPENDENCIES:
        body["dependency_files"] = [
            {
                "path": path,
                "package_manager": "pip",
                "dependencies": [_dependency(*one) for one in names],
            }
            for path, names in judged.dependencies.items()
        ]
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _scan(verdict: Verdict, kind: Kind) -> dict[str, object]:
    tool = verdict.tools[0] if verdict.tools else "blogtools"
    name, _, version = tool.partition(" ")
    ended = verdict.began + timedelta(seconds=verdict.seconds)
    vendor = {"name": "blogtools"}
    return {
        "analyzer": {
            "id": f"blogtools-{verdict.gate}",
            "name": f"blogtools gate {verdict.gate}",
            "vendor": vendor,
            "version": __version__,
        },
        "scanner": {"id": name, "name": name, "vendor": vendor, "version": version or __version__},
        "start_time": _time(verdict.began),
        "end_time": _time(ended),
        "status": "success",
        "type": kind.value,
    }


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S")


def _vulnerability(found: Finding, name: UUID, kind: Kind) -> dict[str, object]:
    own = Identifier("blogtools_rule", found.code, found.code)
    return {
        "id": str(name),
        "name": found.message[:255],
        "description": found.message,
        "severity": found.level.value.capitalize(),
        **({"solution": found.hint} if found.hint else {}),
        "identifiers": [_identifier(one) for one in found.identifiers or (own,)],
        "location": _location(found, kind),
    }


def _identifier(one: Identifier) -> dict[str, str]:
    url = {"url": one.url} if one.url else {}
    return {"type": one.kind, "name": one.name, "value": one.value, **url}


def _location(found: Finding, kind: Kind) -> dict[str, object]:
    if kind is Kind.DEPENDENCIES:
        return {"file": found.path, "dependency": _dependency(found.package, found.version)}
    line = max(1, found.line)
    place: dict[str, object] = {"file": found.path, "start_line": line, "end_line": line}
    if kind is Kind.SECRETS:
        place["commit"] = {"sha": found.commit or _NO_COMMIT}
    return place


def _dependency(name: str, version: str) -> dict[str, object]:
    return {"package": {"name": name}, "version": version}
