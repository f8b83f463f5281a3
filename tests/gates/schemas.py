"""GitLab's reports as schemas: what is known of them, written down for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import xmlschema

_TEXT = {"type": "string", "minLength": 1}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
_VENDOR = {"type": "object", "required": ["name"], "properties": {"name": _TEXT}}
_TOOL = {
    "type": "object",
    "required": ["id", "name", "version", "vendor"],
    "properties": {"id": _TEXT, "name": _TEXT, "version": _TEXT, "vendor": _VENDOR},
}
_IDENTIFIER = {
    "type": "object",
    "required": ["type", "name", "value"],
    "properties": {
        "type": _TEXT,
        "name": _TEXT,
        "value": _TEXT,
        "url": {"type": "string", "pattern": "^(https?|ftp)://.+"},
    },
    "additionalProperties": False,
}
_DEPENDENCY = {
    "type": "object",
    "required": ["package", "version"],
    "properties": {
        "package": {"type": "object", "required": ["name"], "properties": {"name": _TEXT}},
        "version": {"type": "string"},
    },
}
_IN_CODE = {
    "file": _TEXT,
    "start_line": {"type": "integer", "minimum": 1},
    "end_line": {"type": "integer", "minimum": 1},
}
_LOCATIONS: dict[str, dict[str, Any]] = {
    "sast": {"required": ["file", "start_line"], "properties": _IN_CODE},
    "secret_detection": {
        "required": ["commit", "file", "start_line"],
        "properties": {
            **_IN_CODE,
            "commit": {
                "type": "object",
                "required": ["sha"],
                "properties": {"sha": {"type": "string", "pattern": "^[0-9a-f]{40}$"}},
            },
        },
    },
    "dependency_scanning": {
        "required": ["file", "dependency"],
        "properties": {"file": _TEXT, "dependency": _DEPENDENCY},
    },
}


def _security(kind: str) -> dict[str, Any]:
    files = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["path", "package_manager", "dependencies"],
            "properties": {
                "path": _TEXT,
                "package_manager": _TEXT,
                "dependencies": {"type": "array", "items": _DEPENDENCY},
            },
        },
    }
    more = ["dependency_files"] if kind == "dependency_scanning" else []
    return {
        "type": "object",
        "required": ["scan", "version", "vulnerabilities", *more],
        "properties": {
            "version": {"const": "15.2.1"},
            "scan": {
                "type": "object",
                "required": ["analyzer", "scanner", "start_time", "end_time", "status", "type"],
                "properties": {
                    "analyzer": _TOOL,
                    "scanner": _TOOL,
                    "start_time": _TIME,
                    "end_time": _TIME,
                    "status": {"enum": ["success", "failure"]},
                    "type": {"const": kind},
                },
            },
            "vulnerabilities": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "identifiers", "location"],
                    "properties": {
                        "id": _TEXT,
                        "name": {"type": "string", "maxLength": 255},
                        "description": {"type": "string", "maxLength": 1048576},
                        "severity": {
                            "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]
                        },
                        "solution": {"type": "string", "maxLength": 7000},
                        "identifiers": {"type": "array", "minItems": 1, "items": _IDENTIFIER},
                        "location": {"type": "object", **_LOCATIONS[kind]},
                    },
                },
            },
            "dependency_files": files,
        },
    }


_CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": _TEXT,
            "check_name": _TEXT,
            "fingerprint": _TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!/|\./).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def must_be_security(report: object, kind: str) -> None:
    """Fail unless a report is what GitLab takes for one on security."""
    jsonschema.validate(report, _security(kind))
    found = report["vulnerabilities"]  # type: ignore[index]
    assert len({one["id"] for one in found}) == len(found), "each has a name of its own"


def must_be_code_quality(report: object) -> None:
    """Fail unless a report is what GitLab takes for one on the quality of code."""
    jsonschema.validate(report, _CODE_QUALITY)
    found = {one["fingerprint"] for one in report}  # type: ignore[attr-defined]
    assert len(found) == len(report)  # type: ignore[arg-type]


def must_be_xml(report: Path, kind: str) -> None:
    """Fail unless a report is what GitLab takes for one of its kind: junit, or cobertura."""
    schema = xmlschema.XMLSchema(str(Path(__file__).with_name("xsd") / f"{kind}.xsd"))
    schema.validate(str(report))
