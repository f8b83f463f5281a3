"""A bill of materials of everything that is installed, as CycloneDX and as SPDX.

The same dependencies of the same commit give the same bytes. What a lock names, or a package
needs, and is not installed fails: the bill would not be whole.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name

from blogtools.content.licences import from_metadata
from blogtools.gates.boms import Bill, Part, cyclonedx, spdx
from blogtools.gates.checkout import Checkout
from blogtools.gates.dependencies import (
    Environment,
    Installed,
    absent,
    environment,
    interpreter,
    locked,
)
from blogtools.gates.options import option
from blogtools.model.gate import Broken, Judged, Scanned

CYCLONEDX, SPDX = "gl-sbom.cdx.json", "sbom.spdx.json"
FILES = (CYCLONEDX, SPDX)


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    python: Path | None = option(
        None,
        "The Python of the environment that the project's dependencies are in; its .venv, if left "
        "out and there, or else the gate's own.",
    )
    requirements: tuple[Path, ...] = option(
        (), "Locks, all of whose dependencies must be in that environment."
    )


def judge(options: Options, checkout: Checkout) -> Judged:
    """Write both bills."""
    names = locked(options.requirements, checkout) if options.requirements else ()
    found = environment(interpreter(options.python, checkout), checkout, names)
    source = checkout.path(options.requirements[0]) if names else "pyproject.toml"
    parts = tuple(map(_part, found.packages.values()))
    bill = Bill(_project(found, checkout), parts, _moment(checkout), source)
    unclear = sum(not part.licence for part in parts)
    return Judged(
        Scanned(len(parts), "dependencies"),
        tuple(absent(names, found, checkout)),
        figures={
            "dependencies": len(parts),
            "asked for by the project itself": len(found.needed),
            "locked": len(names),
            "without a clear licence": unclear,
        },
        files={CYCLONEDX: cyclonedx(bill), SPDX: spdx(bill)},
        tools=(f"Python {found.markers.get('python_full_version', '')}",),
    )


def _part(one: Installed) -> Part:
    summary = " ".join((one.headers.get("Summary") or "").split())
    return Part(one.name, one.version, from_metadata(one.headers), summary, one.requires)


def _project(found: Environment, checkout: Checkout) -> Part:
    """Return the project: as it is installed, or else as it describes itself."""
    if found.project:
        return _part(found.project)
    said = checkout.pyproject.get("project", {})
    name = canonicalize_name(str(said.get("name") or checkout.root.name))
    version, licence = said.get("version", ""), said.get("license", "")
    return Part(name, str(version), licence if isinstance(licence, str) else "", "", found.needed)


def _moment(checkout: Checkout) -> datetime:
    """Return the bill's day: SOURCE_DATE_EPOCH, or the newest commit's, or else today.

    Raises:
        Broken: SOURCE_DATE_EPOCH is no number of seconds.
    """
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not said:
        asked = ["git", "log", "-1", "--format=%ct"]
        ran = checkout.runner.run(asked, name="git log")
        said = "" if ran.code else ran.out.decode().strip()
    if not said:
        day = checkout.today
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError) as wrong:
        raise Broken(f"SOURCE_DATE_EPOCH is no number of seconds: {said}") from wrong
