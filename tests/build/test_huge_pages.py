"""What a process that waits keeps its memory in."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import pytest

from blogtools.build.huge_pages import use_huge_pages

_SETTING = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_MUCH = 64 << 20


def huge_kilobytes() -> int:
    rolled_up = Path("/proc/self/smaps_rollup").read_text("utf-8")
    match = re.search(r"AnonHugePages:\s+(\d+) kB", rolled_up)
    return int(match[1]) if match else 0


def linux_can() -> bool:
    if not _SETTING.exists() or "[never]" in _SETTING.read_text("utf-8"):
        return False
    return tuple(map(int, re.findall(r"\d+", _release())[:2])) >= (6, 1)


def _release() -> str:
    return Path("/proc/sys/kernel/osrelease").read_text("utf-8")


@pytest.mark.skipif(not linux_can(), reason="this system has no huge pages to exchange pages for")
def test_memory_is_exchanged_for_huge_pages_and_says_the_same() -> None:
    # Small pieces, as Python's objects are: what is large may be in huge pages already.
    pieces = [bytes(str(number), "ascii") * 40 for number in range(_MUCH // 200)]
    before, told = huge_kilobytes(), hashlib.sha256(b"".join(pieces)).digest()
    use_huge_pages()
    assert huge_kilobytes() > before  # how much more depends on what else the machine holds
    assert hashlib.sha256(b"".join(pieces)).digest() == told


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("blogtools.build.huge_pages._MAPS", Path("/nowhere"))
    use_huge_pages()
