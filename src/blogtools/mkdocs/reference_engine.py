"""Which builder of references this is, with nothing imported that building one takes."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from blogtools import __version__
from blogtools.build.environment import version

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
#: Templates of the package that a reference is built with, each with what it is called there.
TEMPLATES: Mapping[str, Path] = {
    "theme/main.html": _TEMPLATES / ".reference/main.html",
    "theme/blogtools/partials/toc.html": _TEMPLATES / "blogtools/partials/toc.html",
}
_SHARED = ("content/presenting.py", "model/interface.py")
_PACKAGES = (
    "Jinja2",
    "Markdown",
    "Pygments",
    "griffelib",
    "mkdocs",
    "mkdocs-autorefs",
    "mkdocstrings",
    "mkdocstrings-python",
    "pymdown-extensions",
)


def engine() -> str:
    """Return a text that changes whenever building the same input could give other bytes."""
    files = [
        *sorted(_HERE.glob("reference*.py")),
        *TEMPLATES.values(),
        *(_HERE.parent / name for name in _SHARED),
    ]
    code = hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=8)
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    return f"blogtools {__version__}, {versions}, {python}, builder {code.hexdigest()}"
