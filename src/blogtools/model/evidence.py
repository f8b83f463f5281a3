"""What a published site passed: the verdicts of its pipeline's gates, and figures over releases."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from .gate import Verdict
from .release import EVIDENCE

#: The evidence page, the history of its figures, and the folder of the reports it is made from.
PAGE = f"{EVIDENCE}index.html"
HISTORY = f"{EVIDENCE}history.json"
REPORTS = f"{EVIDENCE}reports/"
#: The form of the history; one of another form is not read.
VERSION = 1


class Lack(StrEnum):
    """Why nothing is known of a gate."""

    NONE = ""
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    #: It is a report on another commit, or of another pipeline.
    FOREIGN = "foreign"


class Held(Struct, frozen=True):
    """What is known of one gate.

    Attributes:
        gate: Its name.
        verdict: What it said; None where there is no report that counts.
        lack: Why there is none.
        files: The names of its reports.
    """

    gate: str
    verdict: Verdict | None
    lack: Lack = Lack.NONE
    files: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Return how it ended in one word: that of an outcome, or ``missing``."""
        return str(self.verdict.outcome) if self.verdict else "missing"


class Dependency(Struct, frozen=True, order=True):
    """A package that the project needs, with its licence as an SPDX expression."""

    name: str
    version: str
    licence: str = ""


class Audited(Struct, frozen=True):
    """What Lighthouse says of one page.

    Attributes:
        page: The page's address.
        scores: From 0 to 100, by category; None where it could not tell.
        file: The name of its report.
    """

    page: str
    scores: Mapping[str, float | None]
    file: str


class Evidence(Struct, frozen=True):
    """All that the reports of a pipeline say.

    Attributes:
        gates: Each gate, in the pipeline's order, whether it has a report or not.
        dependencies: What the bill of materials lists; None where there is no such bill.
        lighthouse: What Lighthouse says; empty where there is no report of its.
        files: The size of each report, by its name.
    """

    gates: tuple[Held, ...]
    dependencies: tuple[Dependency, ...] | None = None
    lighthouse: tuple[Audited, ...] = ()
    files: Mapping[str, int] = field(default_factory=dict)

    def verdict(self, gate: str) -> Verdict | None:
        """Return what a gate said, or None where nothing is known of it."""
        return next((held.verdict for held in self.gates if held.gate == gate), None)


class Entry(Struct, frozen=True):
    """What is kept of a release.

    Attributes:
        release: Its name.
        created: The moment that it speaks from, as RFC 3339 writes it.
        commit: The commit that it was built from.
        outcomes: How each gate ended, by its name; ``missing`` where there was no report.
        figures: What was measured, by name; what was not is not there.
    """

    release: str
    created: str
    commit: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)


class History(Struct, frozen=True):
    """What is kept of all releases, the oldest first."""

    version: int = VERSION
    releases: tuple[Entry, ...] = ()
