"""The project that a gate judges: where it is, what it says of itself, its Python files."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from blogtools.gates.running import Runner
from blogtools.model.gate import Broken

# Folders that hold nobody's source, wherever they are, and those that do not at a project's root.
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})
_BUILT = frozenset({"build", "dist"})
# Folders and files beside a flat layout's packages that are not shipped.
_ASIDE = frozenset(
    "tests test testing docs doc examples example benchmarks bench scripts tools tasks".split()
)
_ASIDE_FILES = frozenset({"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py"})


@dataclass(frozen=True)
class Checkout:
    """A project as it lies in a folder.

    Attributes:
        root: The folder, absolute.
        runner: Runs tools there, and ends them in time.
        today: The day, which exceptions expire by.
    """

    root: Path
    runner: Runner
    today: date

    @cached_property
    def pyproject(self) -> dict[str, Any]:
        """Return the project's pyproject.toml; empty where there is none.

        Raises:
            Broken: It cannot be read.
        """
        file = self.root / "pyproject.toml"
        try:
            return tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as wrong:
            raise Broken(f"pyproject.toml cannot be read: {wrong}") from wrong

    def table(self, gate: str) -> Mapping[str, Any]:
        """Return what pyproject.toml says under ``[tool.blogtools.gates.<gate>]``.

        Args:
            gate: The gate's name.

        Raises:
            Broken: It cannot be read, or is no table.
        """
        found: Mapping[str, Any] = self.pyproject
        for key in ("tool", "blogtools", "gates", gate):
            inner = found.get(key, {})
            if not isinstance(inner, dict):
                raise Broken(f"pyproject.toml: {key} in [tool.blogtools.gates.{gate}] is no table")
            found = inner
        return found

    def path(self, file: str | Path) -> str:
        """Return a file's path as findings have it: relative to the root, with forward slashes.

        Args:
            file: The file, absolute or relative to the root.
        """
        absolute = os.path.normpath(self.root / file)
        return Path(os.path.relpath(absolute, self.root)).as_posix()

    def python(self, given: Path | None) -> str:
        """Return the Python of the project's environment.

        Args:
            given: What was asked for; if nothing, the project's ``.venv``, or else this one.

        Raises:
            Broken: What was asked for is not there.
        """
        if given is None:
            own = self.root / ".venv" / "bin" / "python"
            return str(own) if own.exists() else sys.executable
        # Not resolved: an environment's Python is a link, and is that environment's by its place.
        asked = self.root / given
        if not asked.is_file():
            raise Broken(
                f"{given} is not there", "Make the project's environment, or mend --python"
            )
        return str(asked)

    def python_files(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """Return the Python files at some paths, relative to the root and sorted.

        In a git repository those that it tracks or would track; elsewhere all that are not hidden.

        Args:
            paths: Files and folders, relative to the root.

        Raises:
            Broken: A path is not there, or holds no Python file.
        """
        wanted = tuple(paths)
        for path in wanted:
            if not (self.root / path).exists():
                raise Broken(f"{path} is not there", f"Name folders or files below {self.root}")
        files = self._tracked(wanted) or tuple(
            self.path(file) for path in wanted for file in self._walk(self.root / path)
        )
        found = tuple(sorted({file for file in files if file.endswith((".py", ".pyi"))}))
        if not found:
            named = ", ".join(map(str, wanted)) or "the project"
            raise Broken(f"There is no Python file in {named}", "Name others with --path")
        return found

    def files(self) -> tuple[str, ...]:
        """Return all files, relative to the root and sorted; what links point to is no file here.

        In a git repository those that it tracks or would track; elsewhere those that are in no
        hidden folder.
        """
        found = self._tracked(()) or tuple(map(self.path, self._walk(self.root)))
        return tuple(sorted(name for name in set(found) if not (self.root / name).is_symlink()))

    def _tracked(self, paths: tuple[Path, ...]) -> tuple[str, ...]:
        """Return the files that git knows or would add; none where this is no repository."""
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
        try:
            answer = subprocess.run(
                [*command, *map(str, paths)], cwd=self.root, capture_output=True, check=False
            )
        except OSError:
            return ()
        if answer.returncode:
            return ()
        names = (os.fsdecode(name) for name in answer.stdout.split(b"\0") if name)
        return tuple(name for name in names if (self.root / name).is_file())

    def _walk(self, path: Path) -> Iterator[Path]:
        """Yield the files below a path, but for hidden folders, environments, what was built."""
        if path.is_file():
            yield path
            return
        for folder, folders, files in os.walk(path):
            here = Path(folder)
            skipped = _SKIPPED | _BUILT if here == self.root else _SKIPPED
            folders[:] = [
                name
                for name in folders
                if not name.startswith(".")
                and name not in skipped
                and not (here / name / "pyvenv.cfg").exists()
            ]
            yield from (here / name for name in files)

    def package_paths(self, given: tuple[Path, ...] = ()) -> tuple[Path, ...]:
        """Return where the code lies that the project ships: src/, or packages beside its files.

        Args:
            given: What was asked for, which holds if it is anything.

        Raises:
            Broken: There is none.
        """
        src = (Path("src"),) if any((self.root / "src").rglob("*.py")) else ()
        if given or src:
            return given or src
        found = self._packages() or self._modules()
        if not found:
            raise Broken(
                f"No package is in {self.root}: neither src/, nor a folder with an __init__.py, "
                "nor a module",
                "Name the code with --path",
            )
        return found

    def _packages(self) -> tuple[Path, ...]:
        folders = sorted(file.parent for file in self.root.glob("*/__init__.py"))
        return tuple(Path(folder.name) for folder in folders if folder.name not in _ASIDE)

    def _modules(self) -> tuple[Path, ...]:
        names = sorted(file.name for file in self.root.glob("*.py"))
        return tuple(Path(name) for name in names if name not in _ASIDE_FILES)
