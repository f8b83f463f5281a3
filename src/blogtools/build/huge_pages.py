"""Has the system keep a process that waits in huge pages, which cost less to come back to."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

_MAPS = Path("/proc/self/maps")
_COLLAPSE = 25  # MADV_COLLAPSE of Linux 6.1 and newer; Python's own constants do not have it


def use_huge_pages() -> None:
    """Exchange the pages that this process has written to for huge ones, as far as possible.

    A change of one essay touches some 5,000 small pages, all over the memory. A virtual machine may
    have to find each of them anew once it was not touched for a second; see docs/decisions/39.
    It is only a wish: what the system cannot do, it leaves as it is.
    """
    if sys.platform != "linux":
        return
    import ctypes

    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for begin, end in _written_to(_MAPS.read_text("utf-8", "surrogateescape").splitlines()):
        advise(begin, end - begin, _COLLAPSE)


def _written_to(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield where memory begins and ends that is this process's own, and comes from no file.

    Args:
        lines: What proc(5) says of the memory: addresses, rights, three numbers, and maybe a name.
    """
    for line in lines:
        addresses, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights == "rw-p" and name in ([], ["[heap]"]):
            begin, _, end = addresses.partition("-")
            yield int(begin, 16), int(end, 16)
