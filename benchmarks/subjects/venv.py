"""A virtual environment with generators in it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.subjects.base import SubjectError

_ASK_VERSIONS = """
import importlib.metadata, json, platform, sys
versions = {name: importlib.metadata.version(name) for name in sys.argv[1:]}
print(json.dumps({**versions, "Python": platform.python_version()}))
"""


@dataclass(frozen=True)
class Venv:
    """A virtual environment.

    Attributes:
        root: Its folder.
        remedy: How to make it, for whoever has not.
    """

    root: Path
    remedy: str

    def program(self, name: str) -> str:
        """Find a command of the environment.

        Args:
            name: The command.

        Returns:
            Its path.

        Raises:
            SubjectError: It is not there.
        """
        return self._existing(self.root / "bin" / name)

    def packaged(self, path: str) -> str:
        """Find a file that came with a package.

        Args:
            path: The file, beside the installed packages.

        Returns:
            Its path.

        Raises:
            SubjectError: It is not there.
        """
        found = [*self.root.glob(f"lib/python*/site-packages/{path}")]
        return self._existing(found[0] if found else self.root / path)

    def versions(self, *packages: str) -> dict[str, str]:
        """Ask which versions of packages, and of Python, are installed.

        Args:
            packages: Their names.

        Returns:
            Versions by name.

        Raises:
            SubjectError: One of them is not installed.
        """
        command = [self.program("python"), "-c", _ASK_VERSIONS, *packages]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise SubjectError(f"{', '.join(packages)} not installed. {self.remedy}")
        versions: dict[str, str] = json.loads(answer.stdout)
        return versions

    def _existing(self, path: Path) -> str:
        if not path.exists():
            raise SubjectError(f"no {path.name} in the environment {self.root.name}. {self.remedy}")
        # Not resolved: a virtual environment's interpreter is known by its own path.
        return str(path.absolute())
