"""Environments and the runner together, as the verb ``run`` wants them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from blogtools.app.ports import Progress
from blogtools.model.diagnostic import UsageError
from blogtools.model.running import Ran, Script

from .environments import Environments
from .runner import run_script


class LocalMachinery:
    """Runs code on this machine."""

    def __init__(self, folder: Path) -> None:
        """Take the folder for environments.

        Raises:
            UsageError: This is a system on which processes cannot be limited.
        """
        if os.name != "posix":
            raise UsageError("the code of essays runs on Linux and macOS only")
        self._environments = Environments(folder)

    @property
    def version(self) -> str:
        """Return the version of the Python that is used where an essay names none."""
        return self._environments.version

    def lock(self, requirements: Sequence[str], python: str, known: str) -> str:
        """Choose a version of every package that is needed; see `Environments.lock`."""
        return self._environments.lock(requirements, python, known)

    def run(self, script: Script, lock: str, python: str, progress: Progress) -> Ran:
        """Run code in an environment with the packages of a lock."""
        progress(f"Making the environment of {script.path}", 0, 0)
        interpreter, home = self._environments.make(lock, python)

        def told(done: int) -> None:
            progress(f"Running {script.path}", done, len(script.steps))

        return run_script(script, interpreter, home, told)
