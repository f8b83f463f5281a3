"""A companion in three versions: a real git repository with tags, sdists and wheels of the same.

    1.0  the first
    1.1  adds `rescale` and `unfold`, deprecates `squash`, and gives `Crease.apply` a parameter
    2.0  renames `mean_of` to `mean`, folds by three instead of by two, loses `squash` and `Ledger`

It can be installed without a network, also from its source: its build backend is a file of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from blogtools.model.companion import Locked

NAME = "threefold"
VERSIONS = ("1.0", "1.1", "2.0")
#: When each version was released: the time of its commit, and of the files in its archives.
RELEASED: Mapping[str, str] = {"1.0": "2024-01-10", "1.1": "2024-06-20", "2.0": "2025-03-05"}
#: What each says of its licence: a classifier, the old free text, the new expression.
LICENCES: Mapping[str, str] = {
    "1.0": "Classifier: License :: OSI Approved :: MIT License\n",
    "1.1": "License: MIT\n",
    "2.0": "License-Expression: MIT\n",
}
#: Where the repository's links to its source would lead.
SOURCE_URL = "https://code.example/threefold/blob/v{version}/{path}#L{line}"

_TOP_1_0 = '''\
"""Folding lists of numbers."""

from threefold.folds import Crease, Ledger, fold
from threefold.scales import mean_of, squash

__all__ = ["Crease", "Ledger", "fold", "mean_of", "squash"]
'''
_TOP_1_1 = '''\
"""Folding lists of numbers."""

from threefold.folds import Crease, Ledger, fold, unfold
from threefold.scales import mean_of, rescale, squash

__all__ = ["Crease", "Ledger", "fold", "mean_of", "rescale", "squash", "unfold"]
'''
_TOP_2_0 = '''\
"""Folding lists of numbers."""

from threefold.folds import Crease, fold, unfold
from threefold.scales import mean, rescale

__all__ = ["Crease", "fold", "mean", "rescale", "unfold"]
'''

_FOLD = '''\
"""Folds, and what they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def fold(numbers: Sequence[float], size: int = {size}) -> list[float]:
    """Add up neighbours, a few at a time.

    Args:
        numbers: What to fold.
        size: How many neighbours become one.

    Returns:
        The sums, in order; the last may be of fewer.

    Raises:
        ValueError: There is no fold of less than one.

    Example:
        >>> fold([1, 2, 3, 4, 5, 6], size=2)
        [3, 7, 11]
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, not {{size}}")
    return [sum(numbers[start : start + size]) for start in range(0, len(numbers), size)]
'''
_UNFOLD = '''

def unfold(sums: Sequence[float], size: int = {size}) -> list[float]:
    """Spread sums evenly, the other way round than [fold][threefold.folds.fold].

    Args:
        sums: What was folded.
        size: How many each was made of.

    Returns:
        Numbers that fold to the sums again.

    Example:
        >>> unfold([6.0, 10.0], size=2)
        [3.0, 3.0, 5.0, 5.0]
    """
    return [each / size for each in sums for _ in range(size)]
'''
_CREASE = '''

@dataclass(frozen=True)
class Crease:
    """A place to fold at.

    Attributes:
        at: How many numbers lie before it.

    Example:
        >>> Crease(at=2).apply([1, 2, 3])
        [3, 2, 1]
    """

    at: int

    def apply(self, numbers: Sequence[float]) -> list[float]:
        """Turn round what lies on both sides of the crease.

        Args:
            numbers: What to fold.

        Returns:
            The far side and the near side, each backwards.
        """
        return [*reversed(numbers[self.at :]), *reversed(numbers[: self.at])]
'''
_CREASE_TIMES = '''

@dataclass(frozen=True)
class Crease:
    """A place to fold at.

    Attributes:
        at: How many numbers lie before it.

    Example:
        >>> Crease(at=2).apply([1, 2, 3])
        [3, 2, 1]
    """

    at: int

    def apply(self, numbers: Sequence[float], times: int = 1) -> list[float]:
        """Turn round what lies on both sides of the crease.

        Args:
            numbers: What to fold.
            times: How often.

        Returns:
            The far side and the near side, each backwards.
        """
        result = list(numbers)
        for _ in range(times):
            result = [*reversed(result[self.at :]), *reversed(result[: self.at])]
        return result
'''
_LEDGER = '''

class Ledger:
    """Keeps what was folded.

    Example:
        >>> ledger = Ledger()
        >>> ledger.note([1, 2])
        >>> ledger.sum
        3
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._noted: list[float] = []

    def note(self, numbers: Sequence[float]) -> None:
        """Keep some numbers.

        Args:
            numbers: What to keep.
        """
        self._noted.extend(numbers)

    @property
    def sum(self) -> float:
        """The sum of everything that was kept."""
        return sum(self._noted)
'''

_SCALES = '''\
"""Scales, and where their middle is."""

from __future__ import annotations

{imports}from collections.abc import Sequence


def {mean}(numbers: Sequence[float]) -> float:
    """Return the mean of numbers.

    Args:
        numbers: At least one.

    Returns:
        Their sum, divided by how many there are.

    Example:
        >>> {mean}([1, 2, 6])
        3.0
    """
    return sum(numbers) / len(numbers)
'''
_RESCALE = '''

def {rescale}(numbers: Sequence[float], top: float = 1.0) -> list[float]:
    """Bring numbers onto a scale from zero.{note}

    Args:
        numbers: Different ones.
        top: What the largest becomes.

    Returns:
        The numbers between 0 and ``top``.

    Example:
        >>> {rescale}([1, 2, 3])
        [0.0, 0.5, 1.0]
    """
{first}    low, high = min(numbers), max(numbers)
    return [top * (number - low) / (high - low) for number in numbers]
'''
_DEPRECATED = """

    Deprecated:
        Since 1.1. Use [rescale][threefold.scales.rescale] instead."""
_WARN = """\
    warnings.warn("squash is now called rescale", DeprecationWarning, stacklevel=2)
"""


def _rescale(name: str, note: str = "", first: str = "") -> str:
    return _RESCALE.format(rescale=name, note=note, first=first)


_FOLDS: Mapping[str, str] = {
    "1.0": _FOLD.format(size=2) + _CREASE + _LEDGER,
    "1.1": _FOLD.format(size=2) + _UNFOLD.format(size=2) + _CREASE_TIMES + _LEDGER,
    "2.0": _FOLD.format(size=3) + _UNFOLD.format(size=3) + _CREASE_TIMES,
}
_SCALES_OF: Mapping[str, str] = {
    "1.0": _SCALES.format(imports="", mean="mean_of") + _rescale("squash"),
    "1.1": _SCALES.format(imports="import warnings\n", mean="mean_of")
    + _rescale("rescale")
    + _rescale("squash", _DEPRECATED, _WARN),
    "2.0": _SCALES.format(imports="", mean="mean") + _rescale("rescale"),
}
_TOPS: Mapping[str, str] = {"1.0": _TOP_1_0, "1.1": _TOP_1_1, "2.0": _TOP_2_0}

_PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "threefold"
version = "VERSION"
"""
_PROJECT_LICENCES: Mapping[str, str] = {
    "1.0": 'classifiers = ["License :: OSI Approved :: MIT License"]\n',
    "1.1": 'license = {text = "MIT"}\n',
    "2.0": 'license = "MIT"\n',
}
#: What pip and uv ask for when they install from source: no other package is needed for it.
_BACKEND = '''\
"""Builds a wheel of what lies in src/, and asks nobody."""

import zipfile
from pathlib import Path

METADATA = """METADATA_TEXT"""
INFO = "threefold-VERSION.dist-info"
WHEEL = "Wheel-Version: 1.0\\nGenerator: threefold\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "threefold-VERSION-py3-none-any.whl"
    source = Path(__file__).parent / "src"
    files = {p.relative_to(source).as_posix(): p.read_text() for p in source.rglob("*.py")}
    files |= {f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": WHEEL}
    record = "".join(f"{path},,\\n" for path in [*files, f"{INFO}/RECORD"])
    with zipfile.ZipFile(Path(wheel_directory, name), "w") as archive:
        for path, text in {**files, f"{INFO}/RECORD": record}.items():
            archive.writestr(path, text)
    return name


build_editable = build_wheel
'''

_INDEX = """\
# Threefold VERSION

Folds lists. Begin with [how to use it](usage.md), or look at its [first section](usage.md#folding).

The [readme](../README.md), the [code](../src/threefold/folds.py) and the [tests](../tests/) are
not part of the guide, and [this page](nowhere.md) is not there at all.

![A sheet with a crease](images/sheet.svg)
"""
_USAGE = """\
# Using threefold VERSION

Back to [the beginning](index.md).

## Folding

```python
from threefold import fold

print(fold([1, 2, 3, 4, 5, 6]))
```
"""
_SHEET = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path d="M0 4h8"/></svg>\n'


def metadata(version: str) -> str:
    """Return what a version says about itself."""
    head = f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {version}\n"
    return head + LICENCES[version] + "Requires-Python: >=3.11\n"


def source(version: str) -> Mapping[str, str]:
    """Return the Python files of a version, by their paths below the folder of modules."""
    return {
        "threefold/__init__.py": _TOPS[version],
        "threefold/folds.py": _FOLDS[version],
        "threefold/scales.py": _SCALES_OF[version],
    }


def files(version: str) -> Mapping[str, str]:
    """Return all files of a version, as its repository has them at its tag."""
    backend = _BACKEND.replace("METADATA_TEXT", metadata(version)).replace("VERSION", version)
    return {
        "README.md": f"# Threefold {version}\n",
        "pyproject.toml": _PYPROJECT.replace("VERSION", version) + _PROJECT_LICENCES[version],
        "backend.py": backend,
        "docs/index.md": _INDEX.replace("VERSION", version),
        "docs/usage.md": _USAGE.replace("VERSION", version),
        "docs/images/sheet.svg": _SHEET,
        **{f"src/{path}": text for path, text in source(version).items()},
    }


def write_files(folder: Path, version: str) -> Path:
    """Write all files of a version into a folder, and take those of another one away."""
    for old in [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]:
        old.unlink()
    for path, text in files(version).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return folder


def write_repository(folder: Path, versions: tuple[str, ...] = VERSIONS) -> Path:
    """Make a git repository with a commit and a tag for each version, always with equal ids.

    Args:
        folder: A new folder; its working tree ends at the last version.
        versions: The versions; each is tagged as ``v1.0`` and the like.
    """
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    for number, version in enumerate(versions):
        write_files(folder, version)
        git(folder, "add", "--all")
        moment = f"{RELEASED[version]}T12:00:00+00:00"
        git(folder, "commit", "--quiet", "--message", f"Release {version}", moment=moment)
        # One of them annotated: such a tag is an object of its own, with another id.
        note = ["--annotate", "--message", f"Version {version}"] if number == 1 else []
        git(folder, "tag", *note, f"v{version}", moment=moment)
    return folder


def git(folder: Path, *arguments: str, moment: str = "2025-04-01T12:00:00+00:00") -> str:
    """Run git in a folder, as somebody without any configuration, at a given moment."""
    who = {"NAME": "Nobody", "EMAIL": "nobody@threefold.example", "DATE": moment}
    identity = {
        f"GIT_{role}_{key}": v for role in ("AUTHOR", "COMMITTER") for key, v in who.items()
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env={**inherited, **alone, **identity},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def write_sdist(folder: Path, version: str) -> Locked:
    """Write the source archive of a version, always with equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, text in {"PKG-INFO": metadata(version), **files(version)}.items():
            info = tarfile.TarInfo(f"{NAME}-{version}/{path}")
            info.size, info.mtime = len(text.encode()), int(_moment(version).timestamp())
            archive.addfile(info, io.BytesIO(text.encode()))
    file = folder / f"{NAME}-{version}.tar.gz"
    file.write_bytes(gzip.compress(packed.getvalue(), mtime=0))
    return _locked(file, version)


def write_wheel(folder: Path, version: str) -> Locked:
    """Write the wheel of a version, always with equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{NAME}-{version}.dist-info"
    tags = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    members = {**source(version), f"{info}/METADATA": metadata(version), f"{info}/WHEEL": tags}
    members[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*members, f"{info}/RECORD"])
    file = folder / f"{NAME}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path, _moment(version).timetuple()[:6]), text)
    return _locked(file, version)


def _moment(version: str) -> datetime:
    return datetime.fromisoformat(RELEASED[version]).replace(hour=12, tzinfo=UTC)


def _locked(file: Path, version: str) -> Locked:
    return Locked(NAME, version, file.name, hashlib.sha256(file.read_bytes()).hexdigest())
