"""Environments that hold the metadata of packages, and nothing of the packages themselves."""

from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

from tests.gates.judged import fake, write

MARKERS = {
    "implementation_name": "cpython",
    "implementation_version": "3.12.1",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6",
    "platform_system": "Linux",
    "platform_version": "1",
    "python_full_version": "3.12.1",
    "python_version": "3.12",
    "sys_platform": "linux",
}


def package(name: str, version: str, *headers: str, licence: str = "") -> dict[str, str]:
    """Return the files of an installed package."""
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *headers]
    files = {f"{folder}/METADATA": "\n".join([*lines, "License-File: LICENSE", "", ""])}
    return {**files, f"{folder}/licenses/LICENSE": licence} if licence else files


def pretended(folder: Path, *packages: dict[str, str]) -> Path:
    """Return the python of an environment with some packages; quick, because it is a fake."""
    site = folder / "site-packages"
    site.mkdir(parents=True, exist_ok=True)
    for one in packages:
        write(site, one)
    said = json.dumps({"path": ["", str(site)], "markers": MARKERS})
    return fake(folder, "python", f"print({said!r})")


def real(folder: Path, *packages: dict[str, str]) -> Path:
    """Return the python of a real environment, in which some packages seem to be installed."""
    venv.create(folder, with_pip=False, symlinks=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    for one in packages:
        write(folder / "lib" / version / "site-packages", one)
    return folder / "bin" / "python"
