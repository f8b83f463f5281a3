"""What is installed: every byte of a site may depend on it."""

from __future__ import annotations

import os
import site
import sys
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from blogtools.model.digest import digest, digest_of

from .files import NO_STAMP, Stamp, settled, stamp_of

_PACKAGE = Path(__file__).parents[1]
# What was started is no part of what it builds.
_MAIN = ("__main__", "__mp_main__")
_DISTRIBUTIONS = (".dist-info", ".egg-info", ".egg-link")


class OwnFiles(Struct, frozen=True):
    """This package as it is: it may be a checkout, so that its version says nothing.

    Attributes:
        digest: Of all its files.
        looks: Of what they look like, as long as that tells whether they are the same; else empty.
    """

    digest: bytes
    looks: bytes

    @classmethod
    def found(cls, before: OwnFiles | None = None) -> OwnFiles:
        """Return what there is now, with as little reading as what was found before allows."""
        moment = time.time_ns()
        stamps = {name: stamp_of(file) for name, file in _own_files()}
        looks = digest_of(str(_PACKAGE), stamps)
        if before is not None and before.looks == looks:
            return before
        contents = {name: _read(file) for name, file in _own_files()}
        sure = NO_STAMP not in (settled(stamp, moment) for stamp in stamps.values())
        return cls(digest_of(contents), looks if sure else b"")


def environment(own: OwnFiles | None = None) -> bytes:
    """Return a digest of the interpreter, of every installed distribution, and of this package.

    Distributions count by name and version, this package by its files.
    """
    return digest_of(*installed(), (own or OwnFiles.found()).digest)


def installed() -> tuple[str, list[str]]:
    """Return the version of the interpreter, and every distribution with its version."""
    return sys.version, sorted(set(_distributions()))


def _distributions() -> Iterator[str]:
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        yield from (name for name in names if name.endswith(_DISTRIBUTIONS))


def version(name: str) -> str:
    """Return the version of an installed distribution, as its folder is called.

    The standard library parses a file of each that holds its whole README: milliseconds, which a
    build of one edit would spend a dozen times.

    Raises:
        PackageNotFoundError: There is no such distribution.
    """
    if (known := _versions().get(_plain(name))) is not None:
        return known
    from importlib import metadata

    return metadata.version(name)


@cache
def _versions() -> Mapping[str, str]:
    """Return the versions of all distributions; of several of one name, the first is imported."""
    found: dict[str, str] = {}
    for folder in _distributions():
        name, _, number = folder.removesuffix(".dist-info").partition("-")
        if folder.endswith(".dist-info") and number:
            found.setdefault(_plain(name), number)
    return found


def _plain(name: str) -> str:
    """Return a distribution's name as its folder has it, however it is written."""
    return name.replace("-", "_").replace(".", "_").lower()


def _own_files() -> Iterator[tuple[str, str]]:
    """Yield each file of this package: its name in the package, and where it is."""
    for folder, folders, names in os.walk(_PACKAGE):
        folders[:] = [name for name in folders if name != "__pycache__"]
        inside = folder[len(str(_PACKAGE)) + 1 :]
        yield from ((os.path.join(inside, name), os.path.join(folder, name)) for name in names)


def _read(file: str) -> bytes:
    with open(file, "rb", buffering=0) as opened:
        return digest(opened.read())


def loaded_from_elsewhere() -> tuple[str, ...]:
    """Return the files of the loaded modules that belong to no distribution and not to us.

    These are hooks and extensions that lie beside a blog, and packages that are checkouts.
    """
    modules = [m for name, m in list(sys.modules.items()) if name not in _MAIN]
    files = {getattr(module, "__file__", None) for module in modules}
    names = {os.path.abspath(file) for file in files if file}
    return tuple(sorted(name for name in names if not is_of_a_package(name)))


class Modules:
    """The modules that a process has loaded from elsewhere; it keeps them from build to build."""

    def __init__(self, root: Path) -> None:
        """Take the folder of the blog, whose modules may have imported each other."""
        self._root = f"{root}{os.sep}"
        self._seen: dict[str, Stamp] = {}

    def remember(self, since: int) -> None:
        """Note how the files look from which modules were loaded.

        Args:
            since: When that may have begun, in nanoseconds since 1970: of a file that was changed
                after it, nobody knows what was loaded.
        """
        self._seen = {file: settled(stamp_of(file), since) for file in loaded_from_elsewhere()}

    def forget_changed(self) -> bool:
        """Have the modules of changed files imported anew; return whether there are any."""
        changed = {file for file, stamp in self._seen.items() if stamp_of(file) != stamp}
        for name, module in list(sys.modules.items()) if changed else ():
            file = os.path.abspath(getattr(module, "__file__", None) or "")
            if file in changed or (file in self._seen and file.startswith(self._root)):
                del sys.modules[name]
        return bool(changed)


def is_from_elsewhere(module: str) -> bool:
    """Return whether a loaded module is one of those."""
    file: str | None = getattr(sys.modules.get(module), "__file__", None)
    return file is not None and not is_of_a_package(os.path.abspath(file))


def is_of_a_package(file: str) -> bool:
    """Return whether a file, by its absolute path, is of what is installed, or our own."""
    return file.startswith(_installed())


@cache
def _installed() -> tuple[str, ...]:
    """Return the folders of modules, each with a slash at its end; a blog may lie around them.

    Nothing is imported here: whoever records what is opened asks this amid an import.
    """
    standard = os.path.dirname(os.__file__)
    others = [*site.getsitepackages(), site.getusersitepackages(), *_site_packages()]
    folders = (standard, *others, str(_PACKAGE))
    # Python looks for an archive of its modules before it looks for them.
    archives = (path for path in sys.path if path.endswith(".zip"))
    return (*{f"{os.path.abspath(folder)}{os.sep}" for folder in folders}, *archives)


def _site_packages() -> Iterator[str]:
    """Yield what else is called as the folder of an environment is, and modules come from."""
    names = ("site-packages", "dist-packages")
    return (folder for folder in sys.path if os.path.basename(folder) in names)
