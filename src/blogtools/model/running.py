"""Code of essays that runs: what is to be run, what came of it, and what is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from msgspec import Struct, field

from .digest import digest_of

#: Is raised when the same code would come to other results: then all is recorded anew.
RUNNER = 1
#: Names of files in the folder of an essay's results.
RECORD = "record.json"
LOCK = "requirements.txt"


class RunOptions(Struct, frozen=True):
    """How an essay's code is run.

    Attributes:
        timeout: Seconds for all of it.
        memory: How many bytes its processes may hold.
        network: Whether it may use the network.
        packages: Requirements besides the pinned companions.
        python: The version of Python, such as ``3.11``; empty for the one that blogtools runs on.
        data: Files beside the essay that its code may read, by their paths from its folder.
        tolerance: By how much two floats may differ, relative to their size.
    """

    timeout: float = 60.0
    memory: int = 2 * 2**30
    network: bool = False
    packages: tuple[str, ...] = ()
    python: str = ""
    data: tuple[str, ...] = ()
    tolerance: float = 1e-6


class Mode(StrEnum):
    """What is done with a cell; the values are the words that authors write."""

    SHOW = "show"
    """Run; the code and what comes of it are shown. No word stands for it."""
    TEST = "test"
    """Run; the code is shown alone."""
    HIDE = "hide"
    """Run; nothing is shown."""
    RESULT = "no-code"
    """Run; only what comes of it is shown."""
    SKIP = "no-run"
    """Only shown."""

    @property
    def shows_code(self) -> bool:
        """Return whether readers see the code."""
        return self in (Mode.SHOW, Mode.TEST, Mode.SKIP)

    @property
    def shows_results(self) -> bool:
        """Return whether readers see what comes of it."""
        return self in (Mode.SHOW, Mode.RESULT)


class Written(Struct, frozen=True):
    """An output as the author wrote it below a cell.

    Attributes:
        line: The line of its opening fence in the file.
        end: The line of its closing fence.
        text: What stands between.
        head: The opening fence as Markdown is to see it, without its indentation.
    """

    line: int
    end: int
    text: str
    head: str


class Statement(Struct, frozen=True):
    """One statement of a console session, with what is written below it.

    Attributes:
        line: The line of the file on which it begins.
        code: Without prompts.
        written: The output as the author wrote it.
    """

    line: int
    code: str
    written: str = ""

    @property
    def below(self) -> int:
        """Return the line of the file on which its output begins."""
        return self.line + self.code.count("\n") + 1


class Cell(Struct, frozen=True, dict=True):
    """A block of Python in an essay.

    Attributes:
        line: The line of its opening fence in the file.
        end: The line of its closing fence.
        indent: What stands before each of its lines.
        head: The opening fence as Markdown is to see it, without words of ours and indentation.
        code: What stands between the fences.
        mode: What is done with it.
        raises: The exception that it must raise; empty for none.
        caption: Stands below its figures.
        alt: Stands in for its figures.
        statements: Those of a console session; empty for a plain cell.
        written: The output that the author wrote below it.
    """

    line: int
    end: int
    indent: str
    head: str
    code: str
    mode: Mode = Mode.SHOW
    raises: str = ""
    caption: str = ""
    alt: str = ""
    statements: tuple[Statement, ...] = ()
    written: Written | None = None

    @property
    def first(self) -> int:
        """Return the line of the file on which its code begins."""
        return self.line + 1

    @cached_property
    def digest(self) -> str:
        """Return the digest of all that decides what comes of it, but for the cells before it."""
        what = (self.code, self.raises, bool(self.statements), self.mode.shows_results)
        return digest_of("cell", *what).hex()


class Figure(Struct, frozen=True):
    """A picture that a cell drew: a file for light pages and one for dark ones, by their names."""

    light: str
    dark: str
    light_sha256: str
    dark_sha256: str


class Result(Struct, frozen=True):
    """What came of a cell.

    Attributes:
        digest: The cell's.
        outputs: What it printed, with the value of its last expression; of a session, that of each
            statement.
        value: That value as text, where readers see it as a table.
        table: The value as an HTML table.
        figures: The pictures that it drew.
    """

    digest: str
    outputs: tuple[str, ...]
    value: str = ""
    table: str = ""
    figures: tuple[Figure, ...] = ()

    @property
    def text(self) -> str:
        """Return all of it as text."""
        return "\n".join(part for part in (*self.outputs, self.value) if part)


class Record(Struct, frozen=True, dict=True):
    """Everything that came of an essay's code, and what it depends on.

    Attributes:
        python: The version of Python, such as ``3.11``.
        requirements: What the author asked for, sorted.
        lock: The sha256 of the requirements with their hashes; empty where there are none.
        network: Whether the network could be used.
        data: The sha256 of each file that could be read.
        cells: The results in the order of the essay.
        runner: The version of the machinery.
    """

    python: str
    requirements: tuple[str, ...]
    lock: str
    network: bool
    data: Mapping[str, str]
    cells: tuple[Result, ...]
    runner: int = RUNNER

    @property
    def key(self) -> str:
        """Return the digest of everything that the results depend on."""
        cells = [result.digest for result in self.cells]
        surroundings = (self.python, self.requirements, self.lock, self.network, self.data)
        return digest_of("results", self.runner, surroundings, cells).hex()


# -- while it runs ---------------------------------------------------------------------------


class Step(Struct, frozen=True):
    """Code to be run at once: a cell, or a statement of a session.

    Attributes:
        code: The code.
        line: The line of the file on which it begins.
        interactive: Whether the value of each expression is printed, not only that of the last.
        keep: Whether tables and figures are wanted.
        may_raise: Whether the next step is run even if this one raises an exception.
    """

    code: str
    line: int
    interactive: bool = False
    keep: bool = True
    may_raise: bool = False


class Ended(StrEnum):
    """How code ended that did not come to its end."""

    RAISED = "raised"
    EXITED = "exited"
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    PROCESSES = "processes"
    OUTPUT = "output"
    FIGURE = "figure"


class Failure(Struct, frozen=True):
    """Why code did not come to its end.

    Attributes:
        how: In one word.
        line: The line of the file where it was; 0 if nobody knows.
        said: The last line of the traceback, or what else there is to say.
        names: The names of the exception's class and of those above it.
    """

    how: Ended
    line: int = 0
    said: str = ""
    names: tuple[str, ...] = ()


class Outcome(Struct, frozen=True):
    """What came of a step.

    Attributes:
        output: What it printed, and the value of its last expression.
        value: That value as text, where there is a table of it; it is no part of the output then.
        table: The value as an HTML table.
        figures: Each picture as SVG, for light pages and for dark ones.
        failure: Why it did not come to its end; None if it did.
    """

    output: str = ""
    value: str = ""
    table: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    failure: Failure | None = None


class Script(Struct, frozen=True):
    """Everything of an essay's code that a runner needs.

    Attributes:
        path: The essay's file, as tracebacks name it.
        steps: The code in its order.
        options: Its limits.
        files: The content of the files that it may read, by their paths.
    """

    path: str
    steps: tuple[Step, ...]
    options: RunOptions
    files: Mapping[str, bytes] = field(default_factory=dict)


class Ran(Struct, frozen=True):
    """What came of a script.

    Attributes:
        outcomes: That of each step, up to the first that failed although it may not.
        network: How the network was kept away, in words.
        errors: What it wrote to its standard error.
    """

    outcomes: tuple[Outcome, ...]
    network: str = ""
    errors: str = ""


class EnvironmentFailed(Exception):
    """The environment of an essay's code cannot be had.

    Attributes:
        hint: The way out.
    """

    def __init__(self, message: str, hint: str) -> None:
        """Take what is wrong, and the way out."""
        super().__init__(message)
        self.hint = hint
