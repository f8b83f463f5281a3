"""Environments with exactly the packages of a lock, made by uv and kept under the lock's digest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from blogtools.build.outputs import held
from blogtools.model.digest import digest_of
from blogtools.model.running import EnvironmentFailed

_PATIENCE = 1800
_DONE = ".complete"
_HEADER = (
    "# What the code of this essay runs with: written by `blogtools run --update`, renewed by\n"
    "# `blogtools run --upgrade`. Every file is named by its hash.\n"
)
_COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"),
    *("--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--color", "never"),
)
_INSTALL = "Install it with `pip install blogtools[run]`, or by itself"


class Environments:
    """Makes environments, and keeps them in a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which may be deleted at any time."""
        self._folder = folder

    @property
    def version(self) -> str:
        """Return the version of the Python that is used where an essay names none."""
        return f"{sys.version_info.major}.{sys.version_info.minor}"

    def lock(self, requirements: Sequence[str], python: str, known: str) -> str:
        """Choose a version of every package that is needed, with the hashes of its files.

        Args:
            requirements: What is asked for.
            python: The version of Python.
            known: An earlier lock, whose versions stay where they can.

        Returns:
            The lock, the same for every platform; nothing if nothing is asked for.

        Raises:
            EnvironmentFailed: The requirements cannot be met.
        """
        if not requirements:
            return ""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"lock-{os.getpid()}.txt"
        try:
            file.write_text(known, encoding="utf-8")
            command = [*_COMPILE, "--python-version", python, "--output-file", str(file), "-"]
            _run(command, "\n".join(requirements), "the packages cannot be chosen")
            return _HEADER + file.read_text("utf-8")
        finally:
            file.unlink(missing_ok=True)

    def make(self, lock: str, python: str) -> tuple[Path, Path]:
        """Return the interpreter of an environment, and a folder for what libraries keep.

        Args:
            lock: The packages with their hashes; nothing for none.
            python: The version of Python.

        Raises:
            EnvironmentFailed: It cannot be made.
        """
        place = self._folder / digest_of(lock, python, sys.platform).hex()
        interpreter = place / "venv" / "bin" / "python"
        self._folder.mkdir(parents=True, exist_ok=True)
        with held(self._folder):
            if not (place / _DONE).is_file() or not interpreter.exists():
                shutil.rmtree(place, ignore_errors=True)
                self._make(place, lock, python)
        return interpreter, place / "home"

    def _make(self, place: Path, lock: str, python: str) -> None:
        place.mkdir()
        wanted = sys.executable if python == self.version else python
        venv = ["venv", "--quiet", "--no-project", "--no-python-downloads", "--python", wanted]
        _run([*venv, str(place / "venv")], "", f"there is no Python {python} to run it with")
        if lock:
            file = place / "requirements.txt"
            file.write_text(lock, encoding="utf-8")
            sync = ["pip", "sync", "--quiet", "--require-hashes", "--color", "never"]
            interpreter = str(place / "venv" / "bin" / "python")
            command = [*sync, "--python", interpreter, str(file)]
            _run(command, "", "the packages cannot be installed")
        (place / _DONE).touch()


def _run(arguments: Sequence[str], given: str, failed: str) -> None:
    """Run uv, with whatever configuration the machine has for it.

    Raises:
        EnvironmentFailed: It does not succeed.
    """
    try:
        done = subprocess.run(
            [_uv(), *arguments],
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        hint = "Check the network and uv's configuration, then run it again"
        raise EnvironmentFailed(f"{failed}: uv had no result after half an hour", hint) from None
    if done.returncode:
        raise EnvironmentFailed(f"{failed}: {_reason(done.stderr)}", _hint(arguments))


def _hint(arguments: Sequence[str]) -> str:
    if "venv" in arguments:
        return "Install it, or name another with 'python' under 'run', or run --update --upgrade"
    return "Check the versions in the front matter, the network, and uv's configuration"


def _reason(errors: str) -> str:
    """Return what uv says, on one line and without the decoration."""
    words = errors.replace("error:", "").replace("×", "").split()
    plain = " ".join(word for word in words if word not in ("╰─▶", "├─▶", "│"))
    return plain.rstrip(".")[:400] or "uv gave no reason"


def _uv() -> str:
    """Return the program: the one that was installed beside us, or any.

    Raises:
        EnvironmentFailed: There is none.
    """
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("uv")
    if found is None:
        message = "the environments of essays are made by uv, and there is none"
        raise EnvironmentFailed(message, _INSTALL)
    return found
