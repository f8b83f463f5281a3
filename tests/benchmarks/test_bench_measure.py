from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.measure import CommandError, Measurement, measure, tree

MEGABYTE = 1_000_000
# Long enough for a sample on a loaded machine, where one that is due each 50 ms came after 300.
HOLD = "import time; held = bytearray(80_000_000); time.sleep(1)"


def run(folder: Path, code: str, limit: float = 60) -> Measurement:
    command = [sys.executable, "-c", code]
    env = {"PATH": os.defpath}
    return measure(command, folder=folder, env=env, log=folder / "log", limit=limit)


def in_child(code: str) -> str:
    return f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}], check=True)"


def test_the_memory_of_a_child_counts(tmp_path: Path) -> None:
    assert run(tmp_path, in_child(HOLD)).peak > 80 * MEGABYTE


def test_the_memory_of_children_that_live_together_is_added_up(tmp_path: Path) -> None:
    # On a loaded machine one may end before the other has begun, so both wait for the end.
    hold = "held = bytearray(80_000_000); print('held', flush=True); input()"
    two = (
        "import subprocess, sys, time\n"
        "how = {'stdin': subprocess.PIPE, 'stdout': subprocess.PIPE}\n"
        f"both = [subprocess.Popen([sys.executable, '-c', {hold!r}], **how) for _ in range(2)]\n"
        "[child.stdout.readline() for child in both]\n"
        "time.sleep(1)\n"
        "[child.communicate(b'go') for child in both]"
    )
    assert run(tmp_path, two).peak > 160 * MEGABYTE


def test_memory_shared_with_a_forked_child_counts_once(tmp_path: Path) -> None:
    fork = "import os, time; held = b'x' * 80_000_000; os.fork(); time.sleep(1)"
    assert run(tmp_path, fork).peak < 2 * 80 * MEGABYTE


def test_the_processor_time_of_a_child_counts(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    assert run(tmp_path, in_child(work)).cpu >= 0.3


def test_a_command_that_fails_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"exit code 3: no such post"):
        run(tmp_path, "import sys; print('no such post'); sys.exit(3)")


def test_a_command_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"time limit.*--limit"):
        run(tmp_path, in_child("import time; time.sleep(600)"), limit=0.2)


def test_what_a_command_leaves_running_is_stopped(tmp_path: Path) -> None:
    sleeper = "[sys.executable, '-c', 'import time; time.sleep(600)']"
    code = f"import subprocess, sys; print(subprocess.Popen({sleeper}).pid)"
    run(tmp_path, code)
    left = int((tmp_path / "log").read_text())
    deadline = time.monotonic() + 30
    while _runs(left) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(left)


def test_a_tree_holds_its_root_and_not_its_parent() -> None:
    found = tree(os.getpid())
    assert os.getpid() in found
    assert os.getppid() not in found


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
