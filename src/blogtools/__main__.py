"""Run the command line: with ``python -m blogtools``, or as ``blogtools``."""

from __future__ import annotations

import atexit
import os
import sys
import threading

from blogtools.cli import main


def run() -> None:
    """Run the command line; if all went well, end without taking apart what was put together.

    Python frees every module and value before it ends. Of a large site that takes a twentieth of an
    edit, and the system takes all of it back at once anyhow.
    """
    try:
        main()
    except SystemExit as ended:
        if not ended.code and threading.active_count() == 1:
            _end()
        raise


def _end() -> None:
    """Do what Python does before it ends but for that, and end; if output fails, Python tells."""
    atexit._run_exitfuncs()  # noqa: SLF001 - it has no other name
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # there is none that was closed
            stream.flush()
    except OSError:
        return
    os._exit(0)


if __name__ == "__main__":
    run()
