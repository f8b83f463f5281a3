"""JavaScript at build time: KaTeX and Graphviz, in V8, in a child process."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

_CHILD = Path(__file__).parent / "scripts_child.py"


class ScriptsFailed(Exception):
    """The process that runs JavaScript ended, or could not begin."""


class _Child:
    """The process, which lives as long as the one that asks it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, request: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        asking, answering = self._process.stdin, self._process.stdout
        if asking is None or answering is None:
            raise ScriptsFailed("it has no pipes")
        try:
            asking.write(json.dumps(request) + "\n")
            asking.flush()
            answer = answering.readline()
        except OSError as broken:
            raise ScriptsFailed(str(broken)) from broken
        if not answer:
            said = self._process.stderr.read() if self._process.stderr else ""
            raise ScriptsFailed((said.strip().splitlines() or ["it ended"])[-1])
        return json.loads(answer)

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        self._process.wait()


_child: _Child | None = None
_lock = Lock()


def ask(script: str, jobs: Sequence[Mapping[str, object]]) -> list[Any]:
    """Have a script do some jobs.

    Args:
        script: Its name.
        jobs: What to do, as plain values.

    Returns:
        An answer to each.

    Raises:
        ScriptsFailed: There is no process that could.
    """
    global _child
    with _lock:
        if _child is None or _child.owner != os.getpid():
            # A worker's parent has another, whose pipes are not to be shared.
            _child = _Child()
        try:
            return list(_child.ask({"script": script, "jobs": list(jobs)}))
        except ScriptsFailed:
            _end()
            raise


def _end() -> None:
    global _child
    if _child is not None and _child.owner == os.getpid():
        _child.close()
    _child = None


atexit.register(_end)
