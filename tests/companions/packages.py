"""A small package as a folder, a wheel or a source archive: made here, so no network is needed."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from blogtools.model.companion import Companion, Locked

NAME = "tiny-shapes"
VERSION = "1.2.0"
WHEEL = "tiny_shapes-1.2.0-py3-none-any.whl"
SDIST = "tiny_shapes-1.2.0.tar.gz"
COMPANION = Companion(NAME, "pypi", VERSION, ("tiny",))

_BOOM = "raise RuntimeError('somebody ran this module')\n"

FILES: Mapping[str, str] = {
    "tiny/__init__.py": f'''"""Shapes, for tests | with a bar.

More of it.
"""
from os import path as external
from tiny._hidden import Base, helper
from tiny.shapes import Circle

__all__ = ["Base", "Circle", "SIZE", "external", "helper"]
SIZE: int = 3
"""A number."""
UNLISTED = 4
{_BOOM}''',
    "tiny/_hidden.py": f'''"""Nobody sees this module."""


class Base:
    """What all shapes share.

    Attributes:
        sides: How many sides.
    """

    sides: int = 0

    def __init__(self, name: str) -> None:
        """Make one.

        Args:
            name: What it is called.
        """
        self.name = name

    def area(self) -> float:
        """Return the area."""
        return 0.0

    def _secret(self) -> None:
        """Not for others."""


def helper(base: Base) -> Base:
    """Return it unchanged."""
    return base


def unseen() -> None:
    """Exported by nobody."""


{_BOOM}''',
    "tiny/shapes.py": f'''"""The shapes."""
from dataclasses import dataclass
from enum import Enum
from typing import overload

from tiny._hidden import Base


class Colour(Enum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


@dataclass
class Circle(Base):
    """A circle; see [Base][tiny.Base].

    Examples:
        # A comment, not a heading
        Circle(2.0)
    """

    radius: float = 1.0

    class Rim:
        """Its border."""

        width: int = 1

    @property
    def diameter(self) -> float:
        """Twice the radius."""
        return 2 * self.radius


@overload
def draw(shape: Circle) -> str: ...
@overload
def draw(shape: Base, scale: float) -> str: ...
def draw(shape: Base, scale: float = 1.0) -> str:
    """Draw one.

    Args:
        shape: The shape.
        scale: How large.
    """
    return ""


def transform(
    shape: Base, first_option: int = 1, second_option: str = "a, (b", third: float = 2.0
) -> Circle:
    """Change one into another."""


def _private() -> None:
    """Not for others."""


{_BOOM}''',
    "tiny/deep/__init__.py": '''"""Deeper."""
from tiny._hidden import helper
__all__ = ["helper"]
''',
    "tiny/deep/inner.py": f'"""Deepest."""\n\ndef go(x: int) -> int:\n    """Go."""\n{_BOOM}',
    "tiny/_private_module.py": '"""Not for others."""\ndef f() -> None: ...\n',
}


def metadata(name: str = NAME, version: str = VERSION) -> str:
    """Return what a package says about itself."""
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def write_folder(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """Write the package's source into a folder."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def write_wheel(
    folder: Path,
    files: Mapping[str, str] = FILES,
    *,
    filename: str = WHEEL,
    name: str = NAME,
    version: str = VERSION,
    extra: Mapping[str, str | bytes] | None = None,
) -> Locked:
    """Write a wheel that pip accepts, and return it as a lock would name it."""
    info = f"{'-'.join(filename.split('-')[:2])}.dist-info"
    tag = "-".join(filename.removesuffix(".whl").split("-")[-3:])
    wheel = f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n"
    members: dict[str, str | bytes] = {
        **files,
        **(extra or {}),
        f"{info}/METADATA": metadata(name, version),
        f"{info}/WHEEL": wheel,
        f"{info}/RECORD": "",
    }
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / filename, "w") as archive:
        for path, content in members.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return locked(folder / filename, name, version)


def write_sdist(folder: Path, canary: Path, *, backend: bool = True) -> Locked:
    """Write a source archive whose build leaves a trace: the canary file."""
    trace = f"open({str(canary)!r}, 'w').close()\n"
    pyproject = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    files = {
        "PKG-INFO": metadata(),
        "setup.py": f"{trace}import setuptools\nsetuptools.setup(name={NAME!r}, version='1.2.0')\n",
        **{f"src/{path}": text for path, text in FILES.items()},
    }
    if backend:
        files |= {"pyproject.toml": pyproject, "backend.py": trace}
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / SDIST, "w:gz") as archive:
        for path, text in files.items():
            add(archive, f"tiny_shapes-{VERSION}/{path}", text.encode())
    return locked(folder / SDIST)


def add(archive: tarfile.TarFile, name: str, data: bytes = b"", **attributes: object) -> None:
    """Add one member to a tar file, with whatever attributes a trap needs."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for attribute, value in attributes.items():
        setattr(info, attribute, value)
    archive.addfile(info, io.BytesIO(data))


def locked(file: Path, name: str = NAME, version: str = VERSION) -> Locked:
    """Return a file as a lock would name it."""
    return Locked(name, version, file.name, hashlib.sha256(file.read_bytes()).hexdigest())
