"""Two folders change places in one step, so that at no moment one of them is missing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# From Linux' <fcntl.h> and <linux/fs.h>; see renameat2(2).
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change places.

    Returns:
        Whether it was done; only Linux can, and not on every file system.
    """
    if sys.platform != "linux":
        return False
    import ctypes  # a build that changes nothing has no use for it

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)
