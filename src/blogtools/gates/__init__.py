"""The gates of the pipeline: each runs tools on a project, reads their reports, and judges."""

from __future__ import annotations

from collections.abc import Mapping

#: The module of each gate, by the name that the command line knows. A module has a class `Options`
#: (see `blogtools.gates.options`), a function `judge(options, checkout)`, and `FILES`, the names of
#: what it writes beside the reports that every gate writes; its docstring is the command's help.
GATES: Mapping[str, str] = {
    "lint": "blogtools.gates.lint",
    "complexity": "blogtools.gates.complexity",
    "typing": "blogtools.gates.typing",
    "docstrings": "blogtools.gates.docstrings",
    "test": "blogtools.gates.test",
    "licenses": "blogtools.gates.licenses",
    "sast": "blogtools.gates.sast",
    "secrets": "blogtools.gates.secrets",
    "sbom": "blogtools.gates.sbom",
    "audit": "blogtools.gates.audit",
    "build": "blogtools.gates.build",
    "site": "blogtools.gates.site",
}
