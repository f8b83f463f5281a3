"""What a reader of the report must know of the machine; nothing that names it."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def facts() -> dict[str, str]:
    """Collect facts about the machine.

    Returns:
        Values by name, in the order of the report.
    """
    kibibytes = int(_first("/proc/meminfo", r"^MemTotal:\s*(\d+)") or 0)
    return {
        "processor": _first("/proc/cpuinfo", r"^model name\s*:\s*(.+)$") or platform.machine(),
        "cores": str(cores()),
        "memory": f"{kibibytes / 2**20:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
    }


def cores() -> int:
    """Count the processors that this process may use.

    Returns:
        Their number.
    """
    return len(os.sched_getaffinity(0))


def _first(path: str, pattern: str) -> str:
    """Return the first group of a pattern's first match in a file, or nothing."""
    match = re.search(pattern, Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    return match[1] if match else ""
