"""Run a tool, and never believe it blindly: it may be missing, crash, hang, or say nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

from blogtools.model.gate import Broken

# How much of what a tool said last is shown when it failed.
_LINES_SHOWN = 12
_EXTRA = "Install the tools of the gates: pip install 'blogtools[gates]'"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that is here.

    Attributes:
        name: Its name.
        path: The file.
        version: What it calls its version; empty where it was not asked.
    """

    name: str
    path: str
    version: str

    def __str__(self) -> str:
        """Return the name and the version."""
        return f"{self.name} {self.version}".rstrip()


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of running a tool.

    Attributes:
        name: What ran.
        code: Its exit code; negative for the signal that ended it.
        out: What it wrote to its standard output.
        err: What it wrote to its standard error.
        seconds: How long it took.
    """

    name: str
    code: int
    out: bytes
    err: bytes
    seconds: float

    def said(self) -> str:
        """Return the last lines of what it said, for people."""
        text = (self.err.strip() or self.out.strip()).decode(errors="replace")
        return "\n".join(text.splitlines()[-_LINES_SHOWN:])

    def must_exit(self, *codes: int) -> Ran:
        """Return itself, where it ended in one of the ways that are no crash.

        Args:
            codes: The exit codes that the tool documents for having done its work.

        Raises:
            Broken: It ended in another way.
        """
        if self.code in codes:
            return self
        how = f"was ended by signal {-self.code}" if self.code < 0 else f"exited with {self.code}"
        said = self.said()
        raise Broken(
            f"{self.name} {how}, which is not how it tells of findings",
            said and f"It said:\n{said}",
        )


class Runner:
    """Runs tools one after the other, all within one time limit."""

    def __init__(self, folder: Path, limit: float) -> None:
        """Take the folder to run them in, and how many seconds they all have together."""
        self.folder = folder
        self.limit = limit
        #: How long tools ran.
        self.seconds = 0.0
        self._end = time.monotonic() + limit

    def tool(self, name: str, distribution: str = "", env: Mapping[str, str] | None = None) -> Tool:
        """Return a tool: the one beside this Python, or else the first on the PATH.

        Args:
            name: The program's name.
            distribution: The package that ships it, where that has another name.
            env: Variables that it sees on top of those that are set.

        Raises:
            Broken: There is none.
        """
        beside = shutil.which(name, path=_beside())
        path = beside or shutil.which(name)
        if path is None:
            raise Broken(f"{name} is not installed", _EXTRA)
        if beside:
            with contextlib.suppress(metadata.PackageNotFoundError):
                return Tool(name, path, metadata.version(distribution or name))
        return Tool(name, path, self._version(name, path, env))

    def _version(self, name: str, path: str, env: Mapping[str, str] | None) -> str:
        ran = self.run([path, "--version"], name=name, env=env).must_exit(0)
        said = ran.out.decode(errors="replace")
        first = said.strip().partition("\n")[0].strip()
        return first.removeprefix(name).strip() or "(no version)"

    def run(
        self,
        command: Sequence[str | Path],
        *,
        name: str = "",
        folder: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Ran:
        """Run a command to its end, whatever that is.

        Args:
            command: The program and its arguments.
            name: What to call it where it fails; the program's file name, if left out.
            folder: Where to run it; the project's root, if left out.
            env: Variables that it sees on top of those that are set.
            stdin: What it reads from its standard input.

        Raises:
            Broken: It cannot be started, or takes longer than is left.
        """
        name = name or Path(command[0]).name
        # Files, not pipes: whoever inherits a pipe and lives on would keep the reader waiting.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            began = time.monotonic()
            code = self._to_its_end(
                name, [str(part) for part in command], folder or self.folder, env, stdin, out, err
            )
            seconds = time.monotonic() - began
            out.seek(0)
            err.seek(0)
            return Ran(name, code, out.read(), err.read(), seconds)

    def _to_its_end(
        self,
        name: str,
        command: list[str],
        folder: Path,
        env: Mapping[str, str] | None,
        stdin: bytes,
        out: IO[bytes],
        err: IO[bytes],
    ) -> int:
        began = time.monotonic()
        with tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env={**os.environ, **(env or {})},
                    stdin=given,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            except OSError as refused:
                raise Broken(f"{name} cannot be started: {refused.strerror}", _EXTRA) from refused
        try:
            return process.wait(timeout=max(0.0, self._end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Broken(
                f"{name} was stopped: the time limit of {self.limit:g} seconds is over",
                "Raise --time-limit if it needs longer, or find out why it hangs",
            ) from None
        finally:
            # Also after a good end: nothing that a tool started lives on.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.seconds += time.monotonic() - began


def _beside() -> str:
    """Return the folders where programs are installed beside this Python."""
    folders = [str(Path(sys.executable).parent), sysconfig.get_path("scripts")]
    return os.pathsep.join(dict.fromkeys(folders))
