from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest

from blogtools.gates import reading, running
from blogtools.gates.running import Runner
from blogtools.model.gate import Broken
from tests.gates.judged import fake, replace_tools


def must_end(group: int) -> None:
    """Fail unless a group of processes ends in a moment."""
    end = time.monotonic() + 10
    while living(group):
        assert time.monotonic() < end, living(group)
        time.sleep(0.02)


def living(group: int) -> list[str]:
    """Return the processes of a group that live; killed ones may wait to be collected."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its = file.read_text().rpartition(")")[2].split()[:3]
            found += [file.parent.name] if int(its) == group and state not in "ZX" else []
    return found


def test_a_tool_that_is_not_there_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_tools(monkeypatch, tmp_path / "bin")

    with pytest.raises(Broken, match=r"no-such-tool is not installed\. .*blogtools\[gates\]"):
        Runner(tmp_path, 5).tool("no-such-tool")


def test_the_tool_beside_this_python_comes_before_those_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = fake(tmp_path / "beside", "tool", "print('tool 1.0')")
    on_path = fake(tmp_path / "path", "tool", "print('tool 2.0')")
    monkeypatch.setattr(running, "_beside", lambda: str(tmp_path / "beside"))
    monkeypatch.setenv("PATH", f"{on_path.parent}:{os.environ['PATH']}")

    assert Runner(tmp_path, 30).tool("tool").path == str(beside)
    beside.unlink()
    found = Runner(tmp_path, 30).tool("tool")
    assert (found.path, str(found)) == (str(on_path), "tool 2.0")


def test_a_tool_that_hangs_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    code = "import subprocess; subprocess.Popen(['sleep', '60']); time.sleep(60)"
    hanging = fake(tmp_path, "hanging", f"open('began', 'w').write(str(os.getpid()))\n{code}")
    runner = Runner(tmp_path, 3)
    began = time.monotonic()

    with pytest.raises(Broken, match="hanging was stopped: the time limit of 3 seconds is over"):
        runner.run([hanging])

    assert time.monotonic() - began < 20
    assert runner.seconds >= 1
    must_end(int((tmp_path / "began").read_text()))


def test_what_a_tool_leaves_running_neither_keeps_the_gate_waiting_nor_lives_on(
    tmp_path: Path,
) -> None:
    code = "import subprocess; subprocess.Popen(['sleep', '60']); print(os.getpid())"
    leaving = fake(tmp_path, "leaving", code)
    began = time.monotonic()

    ran = Runner(tmp_path, 50).run([leaving])

    assert time.monotonic() - began < 30
    must_end(int(ran.out))


def test_the_time_limit_is_one_for_all_tools_together(tmp_path: Path) -> None:
    runner = Runner(tmp_path, 0.4)
    time.sleep(0.5)

    with pytest.raises(Broken, match="time limit"):
        runner.run(["sleep", "5"])


def test_an_exit_code_that_tells_of_a_crash_is_said_with_the_last_words(tmp_path: Path) -> None:
    crashing = fake(tmp_path, "crashing", "sys.stderr.write('Segmentation\\nfault'); sys.exit(139)")
    ran = Runner(tmp_path, 30).run([crashing])

    with pytest.raises(Broken, match=r"(?s)crashing exited with 139.*Segmentation\nfault"):
        ran.must_exit(0, 1)
    killed = Runner(tmp_path, 30).run([fake(tmp_path, "killed", "os.kill(os.getpid(), 9)")])
    with pytest.raises(Broken, match="killed was ended by signal 9"):
        killed.must_exit(0, 1)


@pytest.mark.parametrize("data", [b"", b" \n", b"[", b"{}", b'[{"a": "x"}]', b"null", b"\xff"])
def test_a_report_in_the_wrong_shape_is_broken_and_never_empty(data: bytes) -> None:
    with pytest.raises(Broken):
        reading.json_as(list[dict[str, int]], data, "tool")


@pytest.mark.parametrize("data", [b"", b"<a>", b"nothing", b"<a/><b/>"])
def test_xml_that_cannot_be_read_is_broken(data: bytes) -> None:
    with pytest.raises(Broken):
        reading.xml(data, "tool")


def test_a_report_that_was_not_written_is_broken(tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"tool wrote no report: r\.json is not there"):
        reading.file(tmp_path / "r.json", "tool")
