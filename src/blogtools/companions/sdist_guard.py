"""Run pip so that it downloads a source archive, but cannot build it.

`pip download` asks a source archive's own build backend for its metadata, and so runs the
package's code. Run as a script, this module starts pip in this very process, copies the archive as
soon as pip opens it to check its hash, and from then on forbids the process to start another one,
which is the only way in which pip runs a backend. That pip then fails is expected.

    python -P sdist_guard.py PATTERN FOLDER download --no-deps ...
"""

from __future__ import annotations

import re
import runpy
import shutil
import sys
from pathlib import Path

_STARTS = frozenset(
    {
        "_winapi.CreateProcess",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
    }
)


class Guard:
    """An audit hook that keeps one archive and then lets nothing else start.

    Before the archive is there, processes may start: pip may ask a keyring for a password.
    """

    def __init__(self, pattern: str, folder: Path) -> None:
        """Keep the first file whose name fits the pattern in the folder."""
        self._wanted = re.compile(pattern)
        self._folder = folder
        self._copying = False
        self._armed = False

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Look at one event of the interpreter.

        Raises:
            PermissionError: A process would start although the archive is there.
        """
        if event == "open" and not self._copying:
            self._look_at(arguments[0], arguments[1])
        elif event in _STARTS and self._armed:
            raise PermissionError("the source archive is there; nothing of it is run")

    def _look_at(self, path: object, mode: object) -> None:
        """Copy a file that is opened for reading if it is the archive."""
        if not isinstance(path, str) or not str(mode).startswith("r"):
            return
        file = Path(path)
        if self._wanted.fullmatch(file.name) and file.parent != self._folder:
            self._armed = True
            self._copying = True
            try:
                shutil.copyfile(file, self._folder / file.name)
            finally:
                self._copying = False


def main() -> None:
    """Run pip with the arguments that follow the pattern and the folder."""
    pattern, folder, *arguments = sys.argv[1:]
    sys.addaudithook(Guard(pattern, Path(folder)))
    sys.argv = ["pip", *arguments]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
