"""Downloading by the ordinary client, with whatever configuration the machine has for it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from blogtools.model.companion import FetchError, IntegrityError, Locked, normal_name
from blogtools.model.wishes import as_number

_GUARD = Path(__file__).with_name("sdist_guard.py")
#: A slow mirror is no error, a silent one is.
_PATIENCE = 600
_QUIET = ("--no-input", "--disable-pip-version-check", "--no-color")
_COMMON = ("download", "--no-deps", *_QUIET)
_OFFLINE = "Check the network and pip's configuration (`pip config list`), then run it again"


def download_locked(locked: Locked, folder: Path) -> Path:
    """Download the very file that a lock names.

    Args:
        locked: The file.
        folder: A folder of its own for the download.

    Returns:
        The file.

    Raises:
        FetchError: It cannot be had, or is another one than the one locked.
    """
    requirement = folder / "requirement.txt"
    line = f"{locked.name}=={locked.version} --hash=sha256:{locked.sha256}\n"
    requirement.write_text(line, encoding="utf-8")
    wanted = ["--require-hashes", "--requirement", str(requirement)]
    if locked.filename.endswith(".whl"):
        problem = _download_wheel([*_tag_options(locked.filename), *wanted], folder)
    else:
        problem = _download_sdist(re.escape(locked.filename), locked.name, wanted, folder)
    file = folder / locked.filename
    if not file.is_file():
        raise _failure(f"{locked.name} {locked.version}", problem, folder)
    return file


def download_version(name: str, version: str, folder: Path) -> Path:
    """Download the file that pip chooses for a version: a wheel, else the source archive.

    Args:
        name: The package.
        version: The exact version.
        folder: A folder of its own for the download.

    Returns:
        The file.

    Raises:
        FetchError: No file can be had.
    """
    wanted = [f"{name}=={version}"]
    problem = _download_wheel(wanted, folder)
    files = sorted(folder.glob("*.whl"))
    if not files and "No matching distribution" in problem:
        _download_sdist(_sdist_pattern(name), name, wanted, folder)
        files = sorted([*folder.glob("*.tar.gz"), *folder.glob("*.zip")])
    if not files:
        raise _failure(f"{name} {version}", problem, folder)
    return files[0]


def known_versions(name: str, before: date | None = None) -> tuple[str, ...]:
    """Ask the index for the versions of a package, the newest first; withdrawn ones are left out.

    Args:
        name: The package.
        before: Only those that were uploaded before this day (in UTC) began. It takes pip 26 or
            newer, and an index that tells; one that does not gives an error, or all versions.

    Raises:
        FetchError: There is none, or the index cannot be asked.
    """
    options = ["--pre", "--ignore-requires-python", *_QUIET]
    if before is not None:
        options += ["--uploaded-prior-to", f"{before.isoformat()}T00:00:00Z"]
    done = _run([*_pip(), "index", "versions", *options, "--", name])
    listed = re.search(r"^Available versions: (.*)$", done.stdout, re.MULTILINE)
    if listed is None:
        raise _failure(name, done.stderr, Path())
    return tuple(listed[1].replace(",", " ").split())


def upload_day(name: str, version: str, guess: date | None) -> date | None:
    """Find out when the first file of a version was uploaded.

    pip does not tell it, but it can leave out what was uploaded after some day.

    Args:
        name: The package.
        version: The version, as the index writes it or in another spelling.
        guess: A day to try first.

    Returns:
        The day, in UTC; None where the index or the version of pip gives no answer.
    """
    today = datetime.now(UTC).date()

    def there(day: date) -> bool:
        """Return whether it was uploaded on that day at the latest."""
        try:
            known = known_versions(name, day + _DAY)
        except FetchError:
            return False
        return any(as_number(each) == as_number(version) for each in known)

    if guess is not None and guess < today and there(guess) and not there(guess - _DAY):
        return guess
    if there(_BEFORE_ALL) or not there(today):
        return None
    first, last = _around(there, guess, today)
    while last - first > _DAY:
        middle = first + (last - first) // 2
        first, last = (first, middle) if there(middle) else (middle, last)
    return last


def _around(there: Callable[[date], bool], guess: date | None, today: date) -> tuple[date, date]:
    """Return a day that is before the upload, and one that is not: near the guess if it was good.

    Most files are uploaded soon after they are made.
    """
    step = _DAY
    while guess is not None and guess + step < today and step < _YEAR:
        if there(guess + step):
            return (guess if step > _DAY or not there(guess) else _BEFORE_ALL), guess + step
        step *= 4
    return _BEFORE_ALL, today


_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)
#: Nothing can have been uploaded to an index of Python packages on this day.
_BEFORE_ALL = date(2000, 1, 1)


def _download_wheel(arguments: list[str], folder: Path) -> str:
    """Run pip for a wheel, which it takes as it is; return what it complains of."""
    options = ["--only-binary", ":all:", "--ignore-requires-python", "--dest", str(folder)]
    return _run([*_pip(), *_COMMON, *options, *arguments]).stderr


def _download_sdist(pattern: str, name: str, arguments: list[str], folder: Path) -> str:
    """Run pip for a source archive, in a process that cannot build it; return what it says.

    Without build isolation pip goes straight for the backend, where the guard stops it.
    """
    if importlib.util.find_spec("pip") is None:
        return "a source archive takes a pip inside this environment"
    guarded = [sys.executable, "-P", str(_GUARD), pattern, str(folder), *_COMMON]
    options = ["--no-binary", name, "--no-build-isolation", "--ignore-requires-python"]
    # pip itself never gets to put a file into its own folder.
    return _run([*guarded, *options, "--dest", str(folder / "unused"), *arguments]).stderr


def _pip() -> list[str]:
    """Return the command that starts pip.

    Raises:
        FetchError: There is none.
    """
    if importlib.util.find_spec("pip") is not None:
        # -P: a file pip.py in the author's folder is not the pip that is meant.
        return [sys.executable, "-P", "-m", "pip"]
    found = shutil.which("pip") or shutil.which("pip3")
    if found is None:
        raise FetchError("Companions are fetched by pip, and there is none", _INSTALL_PIP)
    return [found]


_INSTALL_PIP = "Run `python -m ensurepip` in the environment of blogtools"


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run pip to its end."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    try:
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _no_run(command, f"pip had no result after {_PATIENCE // 60} minutes")
    except OSError as failed:
        return _no_run(command, f"pip cannot be started ({failed.strerror})")


def _no_run(command: list[str], reason: str) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(command, 1, "", f"ERROR: {reason}")


def _failure(label: str, problem: str, folder: Path) -> FetchError:
    """Return the error for a download that brought nothing, in pip's own words."""
    if "DO NOT MATCH THE HASHES" in problem:
        return IntegrityError(f"{label} on the index is not the file that is locked", _REPLACED)
    lines = [line.removeprefix("ERROR:").strip() for line in problem.splitlines()]
    said = [text for text, line in zip(lines, problem.splitlines(), strict=True) if "ERROR" in line]
    reason = " ".join((said or lines)[-2:]) or "pip gave no reason"
    reason = reason.replace(str(folder), "the download folder").rstrip(".")
    return FetchError(f"{label} cannot be fetched: {reason[:400]}", _OFFLINE)


_REPLACED = (
    "Find out why; if the new file is right, delete the entry and run `blogtools reference update`"
)


def _sdist_pattern(name: str) -> str:
    """Return a pattern for the names of a package's source archives, however they are spelled."""
    words = normal_name(name).split("-")
    return "(?i:" + "[-_.]+".join(map(re.escape, words)) + r")-[^-]+(-\d+)?\.(tar\.gz|zip)"


def _tag_options(wheel: str) -> list[str]:
    """Return the options that make pip take a wheel on any machine, whatever it was built for."""
    tags, abis, platforms = (part.split(".") for part in wheel.removesuffix(".whl").split("-")[-3:])
    if "py3" in tags and platforms == ["any"]:
        return []
    newest = re.fullmatch(r"([a-z]+)(\d+)", tags[-1])
    options = ["--implementation", newest[1], "--python-version", newest[2]] if newest else []
    options += [word for abi in abis for word in ("--abi", abi)]
    return options + [word for platform in platforms for word in ("--platform", platform)]
