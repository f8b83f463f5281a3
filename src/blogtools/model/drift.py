"""How an essay stands against newer versions of what it was written for, as values."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from .changes import Verdict

#: The file beside an essay, in the folder of its results, that says how it stood when asked.
RECORD = "drift.json"


class Code(StrEnum):
    """What is known of an essay's code with the newest versions."""

    NONE = "none"
    """There is no code."""
    NOT_RUN = "not run"
    SAME = "same results"
    DIFFERS = "other results"
    FAILED = "fails"


class Drifted(Struct, frozen=True):
    """A name that an essay uses, and that is not in the newest version as it was.

    Attributes:
        symbol: The name, as the essay writes it.
        verdict: What became of it, in a word.
        said: What became of it, to be read after the name.
        line: Where it stands in the file.
        column: Likewise.
    """

    symbol: str
    verdict: Verdict
    said: str
    line: int = 1
    column: int = 1


class Compared(Struct, frozen=True):
    """An essay's version of a package, compared with the newest one.

    Attributes:
        package: The package.
        pinned: The version that the essay names.
        newest: The newest version that the site documents.
        names: How many names of the package the essay uses.
        drifted: Those that are not as they were.
        known: Whether the two versions could be compared.
    """

    package: str
    pinned: str
    newest: str
    names: int = 0
    drifted: tuple[Drifted, ...] = ()
    known: bool = True


class CodeFinding(Struct, frozen=True):
    """What is wrong with an essay's code, where it is with the newest versions.

    Attributes:
        cell: The number of the block that is run, from 0.
        offset: How many lines below the beginning of the block.
        column: The column.
        message: What is wrong.
    """

    cell: int
    offset: int
    column: int
    message: str


class CodeVerdict(Struct, frozen=True):
    """What came of an essay's code with the newest versions."""

    code: Code
    findings: tuple[CodeFinding, ...] = ()


class Standing(Struct, frozen=True):
    """How an essay stands against the newest versions of what it names.

    Attributes:
        path: The essay.
        compared: Each package that it names in a version older than the newest.
        ran: What is known of its code.
        key: The digest of everything that a verdict on its code depends on.
    """

    path: str
    compared: tuple[Compared, ...]
    ran: CodeVerdict
    key: str = ""


class Note(StrEnum):
    """What readers are told of one package."""

    HOLDS = "holds"
    """The names are as they were, and the code was run, if there is any."""
    NAMES = "names"
    """The names are as they were; of the code nothing is known."""
    NEWER = "newer"
    """There is a newer version, and nothing else to say of it."""
    DRIFTED = "drifted"


def note(standing: Standing, compared: Compared) -> Note:
    """Return what readers are told of one package: never more than is known."""
    code = standing.ran.code
    if compared.drifted or (compared.known and code in (Code.DIFFERS, Code.FAILED)):
        return Note.DRIFTED
    if not compared.known or (not compared.names and code in (Code.NONE, Code.NOT_RUN)):
        return Note.NEWER
    return Note.HOLDS if code in (Code.NONE, Code.SAME) else Note.NAMES
