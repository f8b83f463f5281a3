"""What takes long to make and is only looked at: made once in a run, by whoever needs it first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first to ask fills, while the others wait.

    Args:
        factory: Knows the folder of the whole run.
        name: Of the folder, which no other may have.
        make: Is called with the folder, to fill it.
    """
    own = factory.getbasetemp()
    # Below the folder of the run, each process of pytest-xdist has one of its own.
    home = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder, done = home / name, home / f"{name}.done"
    home.mkdir(exist_ok=True)
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
