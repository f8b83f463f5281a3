"""What unpacked source says of its licence."""

from __future__ import annotations

import tomllib
from email.parser import HeaderParser
from pathlib import Path

from blogtools.content.licences import from_metadata, spdx


def licence_of(tree: Path, path: str = "") -> str:
    """Return the licence of unpacked source, or nothing if it says none.

    Args:
        tree: What a wheel, a source archive or a commit consists of.
        path: The folder of the modules below it; the project may be described on the way there.
    """
    for file in sorted([*tree.glob("*.dist-info/METADATA"), *tree.glob("PKG-INFO")]):
        return from_metadata(HeaderParser().parsestr(_text(file)))
    here = tree / path
    for folder in (here, *here.parents):
        if not folder.is_relative_to(tree):
            break
        if (folder / "pyproject.toml").is_file():
            return _from_project(folder / "pyproject.toml")
    return ""


def _from_project(file: Path) -> str:
    try:
        project = tomllib.loads(_text(file)).get("project", {})
    except tomllib.TOMLDecodeError:
        return ""
    said = project.get("license", "")
    expression = said if isinstance(said, str) else ""
    text = said.get("text", "") if isinstance(said, dict) else ""
    return spdx(expression, map(str, project.get("classifiers", [])), str(text))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
