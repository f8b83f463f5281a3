"""Where a release comes from: the pipeline says it, or git does."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from blogtools.model.clock import clock

from .publish import Origin

#: Who makes a release where no pipeline does.
BY_HAND = "https://gitlab.com/blogtools/blogtools/by-hand@v1"


def origin_of(root: Path, environ: Mapping[str, str]) -> Origin:
    """Return where what lies in a folder comes from.

    Args:
        root: The project.
        environ: The environment, in which a GitLab job finds what it is.
    """
    return Origin(
        created=_created(environ),
        surroundings=environ,
        commit=environ.get("CI_COMMIT_SHA") or _git(root, "rev-parse", "HEAD"),
        builder=environ.get("CI_SERVER_URL") or BY_HAND,
        run=environ.get("CI_JOB_URL", ""),
        source=environ.get("CI_PROJECT_URL", ""),
    )


def _created(environ: Mapping[str, str]) -> datetime:
    """Return the moment that a release speaks from: now, where nobody says another."""
    now = datetime.now(UTC)
    return clock(environ, now.date()) if "SOURCE_DATE_EPOCH" in environ else now


def brought_since(root: Path, base: str) -> frozenset[str]:
    """Return the files that a change brings, relative to the project; none where nobody knows.

    Args:
        root: The project.
        base: The commit that the change began at; may be empty.
    """
    asked = ("--name-only", "--diff-filter=A", "--relative", "-z", f"{base}...HEAD")
    said = _git(root, "diff", *asked) if base else ""
    return frozenset(filter(None, said.split("\0")))


def _git(root: Path, *arguments: str) -> str:
    """Return what git says; nothing where there is no git, or no repository."""
    try:
        ran = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""
