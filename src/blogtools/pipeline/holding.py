"""What holding a project to the gates means: which there are, and what makes one weaker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

#: The gates, in the order of the pipeline.
GATES = (
    "lint",
    "complexity",
    "docstrings",
    "typing",
    "test",
    "licenses",
    "sast",
    "secrets",
    "sbom",
    "audit",
    "build",
    "site",
)
#: The stages of the whole pipeline.
STAGES = ("lint", "typing", "test", "license", "sast", "sbom", "build", "docs", "publish")

#: Numbers that a project is weaker with where they are lower, by component and input ...
FLOORS = frozenset(
    {"docstrings/coverage", "site/accessibility-pages", "test/coverage", "test/changed-coverage"}
)
#: ... and those where they are higher.
CEILINGS = frozenset(
    {"audit/max-age", "site/entries", "site/page-kilobytes", "site/total-megabytes"}
)
#: Numbers whose 0 stands for all.
ZERO_IS_ALL = frozenset({"site/accessibility-pages"})
#: Choices in the order from strict to lenient.
RANKS: Mapping[str, tuple[str, ...]] = {
    "audit/severity": ("low", "medium", "high", "critical"),
    "build/same": ("bytes", "contents"),
    "complexity/complexity": ("A", "B", "C", "D", "E", "F"),
    "complexity/maintainability": ("A", "B", "C"),
    "sast/confidence": ("low", "medium", "high"),
    "sast/severity": ("low", "medium", "high"),
    "site/impact": ("minor", "moderate", "serious", "critical"),
}
#: Booleans that are lenient where they are true; all others are lenient where they are false.
LENIENT = frozenset({"sast/comments"})
#: Choices among equals.
EQUALS = frozenset({"docstrings/convention", "typing/checker"})
#: Lists of what is let through: whoever gives one has to be looked at.
EXCEPTIONS = frozenset({"licenses/allow", "sast/baseline", "secrets/rules"})


@cache
def catalogue() -> Mapping[str, Any]:
    """Return what the components of this version ask for, by name."""
    text = (files("blogtools.pipeline") / "components.json").read_text("utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def weaker(gate: str, name: str, value: object) -> bool:
    """Return whether an input makes a gate weaker than its default does.

    Args:
        gate: The gate.
        name: The input.
        value: What is given for it.
    """
    asked = catalogue()[gate]["inputs"].get(name)
    if asked is None or value == asked["default"]:
        return False
    key, default = f"{gate}/{name}", asked["default"]
    if isinstance(default, bool):
        return value is (key in LENIENT)
    return key in EXCEPTIONS or _beyond(key, value, default)


def _beyond(key: str, value: object, default: Any) -> bool:  # noqa: ANN401
    """Return whether a number or a choice is on the lenient side of its default."""
    if key in RANKS:
        order = RANKS[key]
        return value not in order or order.index(str(value)) > order.index(default)
    if key not in FLOORS | CEILINGS or (value == 0 and key in ZERO_IS_ALL):
        return False
    # A variable, say: nobody can tell.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return bool(value < default if key in FLOORS else value > default)
