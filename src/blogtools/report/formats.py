"""Diagnostics as text, as JSON, and as GitLab's Code Quality report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from blogtools.model.diagnostic import Diagnostic, Severity

_GITLAB_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def text(diagnostics: Sequence[Diagnostic]) -> str:
    """Return one finding a line, and how many there are."""
    lines = [*map(str, diagnostics), summary(diagnostics)]
    return "\n".join(lines) + "\n"


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return how many errors and warnings there are, in words."""
    wrong = sum(found.severity is Severity.ERROR for found in diagnostics)
    warned = len(diagnostics) - wrong
    parts = [_counted(wrong, "error")] if wrong else []
    parts += [_counted(warned, "warning")] if warned else []
    return " and ".join(parts) + "." if parts else "No errors, no warnings."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the findings as JSON, each with every field."""
    body = {"version": 1, "diagnostics": [_fields(found) for found in diagnostics]}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _fields(found: Diagnostic) -> dict[str, object]:
    return {
        "path": found.path,
        "line": found.line,
        "column": found.column,
        "severity": str(found.severity),
        "code": found.code,
        "message": found.message,
        "hint": found.hint,
    }


def gitlab(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the findings as a Code Quality report, which merge requests show.

    A fingerprint names the finding without its line, so that a merge request which only moves it
    does not show it as new; equal ones are numbered.
    """
    seen: dict[str, int] = {}
    issues = []
    for found in diagnostics:
        identity = f"{found.path}\0{found.code}\0{found.message}"
        seen[identity] = seen.get(identity, 0) + 1
        issues.append(_issue(found, f"{identity}\0{seen[identity]}"))
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _issue(found: Diagnostic, identity: str) -> dict[str, object]:
    return {
        "description": f"{found.message}. {found.hint}" if found.hint else found.message,
        "check_name": found.code,
        "fingerprint": hashlib.blake2b(identity.encode(), digest_size=16).hexdigest(),
        "severity": _GITLAB_SEVERITY[found.severity],
        "location": {"path": found.path, "lines": {"begin": found.line}},
    }


#: The formats by the name that the command line knows.
FORMATS: Mapping[str, Callable[[Sequence[Diagnostic]], str]] = {
    "text": text,
    "json": as_json,
    "gitlab": gitlab,
}


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table for people: columns are aligned, and the first line is its head.

    Args:
        heads: The names of the columns.
        rows: The cells; without any there is no head either.
    """
    lines = [tuple(heads), *rows] if rows else []
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()
