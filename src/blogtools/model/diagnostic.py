"""What is wrong with the input, where, and the way out."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding weighs: an error stops the build, a warning only with ``--strict``."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(Struct, frozen=True, order=True):
    """One finding about the content, as a value.

    Attributes:
        path: The file, relative to the project's root, with forward slashes.
        line: The line, counted from 1.
        column: The column in characters, counted from 1.
        code: A stable name of the rule, such as ``link/not-found``.
        message: What is wrong, one sentence without its full stop.
        hint: The way out, one sentence without its full stop; may be empty.
        severity: Whether it stops a build.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Return ``file:line:column: message. Way out.``, as editors and terminals link it."""
        mark = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        text = f"{self.path}:{self.line}:{self.column}: {mark}{self.message}"
        return f"{text}. {self.hint}" if self.hint else text


def errors(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Return only the diagnostics that stop a build."""
    return tuple(found for found in diagnostics if found.severity is Severity.ERROR)


class ContentError(Exception):
    """The content cannot be built; every reason is in ``diagnostics``."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Keep the reasons, sorted by file and line."""
        self.diagnostics = tuple(sorted(diagnostics))
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[type[ContentError], tuple[tuple[Diagnostic, ...]]]:
        """Return how to make it again: a process that makes pages hands it to its parent."""
        return type(self), (self.diagnostics,)


class UsageError(Exception):
    """The command cannot start: a wrong argument, a missing file, an invalid configuration."""


class Disturbed(UsageError):
    """Something else changed a file while a build read it, or the site while that was built.

    What was made of it would be wrong, and if its author put the old one back, for ever. A build
    that meets this begins again.
    """

    def __str__(self) -> str:
        """Return what to do; the argument is the file."""
        return f"another program changed {self.args[0]} during the build; build again"
