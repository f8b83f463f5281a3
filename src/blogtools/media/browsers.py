"""The Chromium of this machine."""

from __future__ import annotations

import os
import shutil

from msgspec import Struct

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Browser(Struct, frozen=True):
    """What was looked for, and what of it is there.

    Attributes:
        asked: The programs that would do.
        path: The first that is there; empty if none is.
    """

    asked: tuple[str, ...]
    path: str


def find(given: str = "") -> Browser:
    """Look for a Chromium: the one that is given, or named by $CHROMIUM, or one on the PATH."""
    named = given or os.environ.get("CHROMIUM", "")
    names = (named,) if named else _NAMES
    return Browser(names, next(filter(None, map(shutil.which, names)), "") or "")
