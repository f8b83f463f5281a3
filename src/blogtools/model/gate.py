"""What a gate of the pipeline says: findings, what was looked at, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

#: A number or a word that a gate measured; None where there was nothing to measure.
Figure = int | float | str | None


class Level(StrEnum):
    """How much a finding weighs."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    UNKNOWN = "unknown"

    def reaches(self, floor: Level) -> bool:
        """Return whether a finding of this level counts where ``floor`` is asked for.

        What nobody has weighed counts everywhere: it may be the worst of all.
        """
        order = list(Level)
        return order.index(self) >= order.index(floor)


class Outcome(StrEnum):
    """How it ended; each has an exit code of its own."""

    PASSED = "passed"
    FAILED = "failed"
    #: The gate could not do its work, so nobody knows.
    BROKEN = "broken"

    @property
    def exit_code(self) -> int:
        """Return what the command exits with."""
        return list(Outcome).index(self)


class Identifier(Struct, frozen=True, order=True):
    """A name that others know a finding by.

    Attributes:
        kind: Who gives such names, such as ``cwe``, ``cve`` or ``bandit_test_id``.
        value: The name itself, such as ``95`` or ``CVE-2024-3651``.
        name: The name as people read it, such as ``CWE-95``.
        url: Where it is described; may be empty.
    """

    kind: str
    value: str
    name: str
    url: str = ""


class Finding(Struct, frozen=True, order=True):
    """One thing that a gate found, as a value.

    Attributes:
        path: The file, relative to the project's root, with forward slashes.
        line: The line, counted from 1.
        column: The column, counted from 1.
        code: A stable name of the rule, such as ``E711`` or ``complexity/function``.
        message: What is wrong, one sentence without its full stop.
        hint: The way out, likewise; may be empty.
        level: How much it weighs.
        identifiers: Other names of it, for the reports on security.
        package: The dependency that it is about, where it is about one.
        version: That dependency's version.
        commit: The commit that it was found in, where it is not in the files as they are.
        accepted: Why it does not count, where it does not; empty where it does.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    level: Level = Level.MEDIUM
    identifiers: tuple[Identifier, ...] = ()
    package: str = ""
    version: str = ""
    commit: str = ""
    accepted: str = ""

    def __str__(self) -> str:
        """Return ``file:line:column: code message. Way out.``, as editors and terminals link it."""
        text = f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}"
        return f"{text}. {self.hint}" if self.hint else text


class Scanned(Struct, frozen=True):
    """What a gate looked at.

    Attributes:
        number: How many there were.
        what: Of what, in the plural, such as ``Python files``.
    """

    number: int
    what: str

    def __str__(self) -> str:
        """Return it in words."""
        what = self.what
        if self.number == 1:
            what = f"{what[:-3]}y" if what.endswith("ies") else what.removesuffix("s")
        return f"{self.number} {what}"


class Kind(StrEnum):
    """The reports on security that GitLab knows."""

    SAST = "sast"
    SECRETS = "secret_detection"
    DEPENDENCIES = "dependency_scanning"


class Judged(Struct, frozen=True):
    """What a gate found out.

    Attributes:
        scanned: What it looked at.
        findings: Everything that it found; what is not ``accepted`` fails the gate.
        summary: What it found, in one sentence without its full stop; empty for a plain one.
        figures: What it measured, by name.
        files: What it writes beside the common reports, by file name.
        kind: The report on security that its findings belong into.
        dependencies: The name and version of every dependency that it knows, by the file that
            names them, for the report on dependencies.
        tools: What it worked with, each with its version, such as ``ruff 0.17.6``.
    """

    scanned: Scanned
    findings: tuple[Finding, ...] = ()
    summary: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    kind: Kind | None = None
    dependencies: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    tools: tuple[str, ...] = ()


class Verdict(Struct, frozen=True):
    """What a gate says in the end.

    Attributes:
        gate: The gate.
        outcome: How it ended.
        summary: Why, in a sentence or two.
        scanned: What it looked at; None where it came to nothing.
        findings: Why it failed.
        accepted: What was found and does not count, each with the reason.
        figures: What it measured, by name.
        began: When it began.
        seconds: How long it took in all.
        tool_seconds: How much of that was spent in tools.
        tools: What it worked with, each with its version.
        commit: The commit that was judged, where a pipeline says which.
        pipeline: The pipeline that judged it, likewise.
    """

    gate: str
    outcome: Outcome
    summary: str
    scanned: Scanned | None
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    figures: Mapping[str, Figure]
    began: datetime
    seconds: float
    tool_seconds: float
    tools: tuple[str, ...]
    commit: str = ""
    pipeline: str = ""

    def __post_init__(self) -> None:
        """Refuse a gate that passes without having looked at anything, or in spite of findings."""
        if self.outcome is not Outcome.PASSED:
            return
        if self.scanned is None or self.scanned.number < 1:
            raise ValueError(f"{self.gate} cannot pass: it looked at nothing")
        if self.findings:
            raise ValueError(f"{self.gate} cannot pass: it has findings")


class Broken(Exception):
    """A gate could not do its work: a tool is missing, crashed, hung, or wrote nonsense."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep what happened and the way out, each a sentence without its full stop."""
        self.message = message
        self.hint = hint
        super().__init__(f"{message}. {hint}" if hint else message)
