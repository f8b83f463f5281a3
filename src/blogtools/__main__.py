"""Run the command line: with ``python -m blogtools``, or as ``blogtools``."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from pathlib import Path

from blogtools.cli import main


def run() -> None:
    """Run the command line; if all went well, end without taking apart what was put together.

    Python frees every module and value before it ends. Of a large site that takes a twentieth of an
    edit, and the system takes all of it back at once anyhow.
    """
    _open_what_was_closed()
    try:
        main()
    except SystemExit as ended:
        if not ended.code and threading.active_count() == 1:
            _end()
        raise


def _open_what_was_closed() -> None:
    """Let what is said to a closed stream go nowhere.

    Its number is free otherwise, and the next file that is opened would have it: a store, to which
    every child of ours would write what it says.
    """
    for name in ("stdin", "stdout", "stderr"):  # by their numbers, of which the lowest is taken
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - to the end


def _end() -> None:
    """Do what Python does before it ends but for that, and end; if output fails, Python tells."""
    atexit._run_exitfuncs()  # noqa: SLF001 - it has no other name
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(0)


if __name__ == "__main__":
    run()
