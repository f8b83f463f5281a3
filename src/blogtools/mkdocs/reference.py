"""The reference of one companion: a build of its own, by MkDocs and mkdocstrings."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from blogtools.mkdocs.reference_limit import lighten
from blogtools.mkdocs.reference_pages import configuration, pages, templates
from blogtools.model.companion import (
    Chrome,
    Companion,
    Guide,
    Inventory,
    RenderError,
    Symbol,
)
from blogtools.model.diagnostic import Diagnostic, Severity
from blogtools.model.interface import Voice, voice

_CHILD = "blogtools.mkdocs.reference_child"
#: Written by every MkDocs build; a reference lives inside a site, which has its own of these.
_UNWANTED = ("sitemap.xml.gz", "assets/_mkdocstrings.css")
_PATIENCE = 1800
#: Broken links of a guide are mended: it was written for another site, where they may be right.
_OF_GUIDE = re.compile(r"(?:'|^|autorefs: )guide/")
#: As in `griffe: /file.py:3: No type` and `autorefs: page.md: from /file.py:3: (origin) Not found`.
_LOCATED = re.compile(r"\s(?P<file>(?:/|[A-Za-z]:[\\/]).*?):(?P<line>\d+): (?P<text>.*)", re.DOTALL)


def build_reference(
    companion: Companion,
    inventory: Inventory,
    source: Path,
    chrome: Chrome,
    out: Path,
    guide: Guide | None = None,
) -> tuple[Diagnostic, ...]:
    """Build the reference of one version of a companion.

    It happens in a process and a folder of its own, so that neither the environment, the working
    folder nor an earlier build can change a byte, and several can be built at once.

    Args:
        companion: The package.
        inventory: Everything public in it, as read from the same source.
        source: The folder in which its modules lie.
        chrome: What the reference takes over from the essay site.
        out: A folder that does not exist yet, for the site.
        guide: The pages to show beside the API.

    Returns:
        What the author of a checkout should mend; nothing for a package of somebody else.

    Raises:
        RenderError: There is no reference, for the reason in it; ``out`` was not made.
    """
    with tempfile.TemporaryDirectory(prefix="blogtools-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch).resolve()
        source = source.resolve()
        _write_input(folder, companion, inventory, chrome, source, guide)
        said = _run(folder, companion)
        site = folder / "site"
        _finish(site, companion, inventory, voice(chrome.language, chrome.direction))
        shutil.copytree(site, out)
    return tuple(_diagnostics(said, companion, source))


def _write_input(
    folder: Path,
    companion: Companion,
    inventory: Inventory,
    chrome: Chrome,
    source: Path,
    guide: Guide | None,
) -> None:
    """Write what MkDocs reads."""
    settings = configuration(companion, inventory, chrome, str(source))
    if guide is not None:
        say = voice(chrome.language, chrome.direction)
        _write_guide(folder, companion, inventory, guide, settings, say)
    documents = pages(companion, inventory, chrome)
    texts = {f"docs/{path}": text for path, text in documents.items()}
    texts |= {"mkdocs.yml": yaml.safe_dump(settings, sort_keys=False), **templates()}
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def _write_guide(
    folder: Path,
    companion: Companion,
    inventory: Inventory,
    guide: Guide,
    settings: dict[str, Any],
    say: Voice,
) -> None:
    """Write the pages beside the API, and give them a place in the navigation.

    Raises:
        RenderError: The API has the same place.
    """
    from blogtools.mkdocs import reference_guide

    if "guide" in {page.module.partition(".")[0] for page in inventory.pages}:
        reason = "a module is called guide, as the folder of its guide is"
        raise _failure(companion, reason)
    settings["nav"] += reference_guide.write(folder, guide, say)


def _run(folder: Path, companion: Companion) -> list[str]:
    """Run the build and return what was complained of.

    Raises:
        RenderError: It failed.
    """
    try:
        talk = _start(folder)
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise _failure(companion, f"its process had no end ({type(failed).__name__})") from failed
    try:
        result = json.loads((folder / "result.json").read_bytes())
    except (OSError, ValueError) as broken:
        last = (talk.strip().splitlines() or ["its process ended without a word"])[-1]
        raise _failure(companion, last) from broken
    if result["error"]:
        raise _failure(companion, str(result["error"]).replace(f"{folder}{os.sep}", ""))
    return [str(line) for line in result["warnings"]]


def _start(folder: Path) -> str:
    """Run the process that builds, to its end, and return what it wrote to its standard error."""
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-m", _CHILD, str(folder)],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_PATIENCE,
        check=False,
    )
    return done.stderr


def _environment() -> Mapping[str, str]:
    """Return the surroundings of the build: nothing in them may change its bytes."""
    home = str(Path(__file__).parents[2])
    inherited = os.environ.get("PYTHONPATH")
    quiet = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    fixed = {"SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TZ": "UTC"}
    path = os.pathsep.join([home, inherited] if inherited else [home])
    return {**os.environ, **quiet, **fixed, "PYTHONPATH": path}


def _failure(companion: Companion, reason: str) -> RenderError:
    """Return the error for a reference that could not be built."""
    text = " ".join(reason.split())[:400].rstrip(".")
    return RenderError(
        f"The reference of {companion.label} cannot be built: {text}",
        "Check the companion's `modules` and `options`",
    )


def _finish(site: Path, companion: Companion, inventory: Inventory, say: Voice) -> None:
    """Leave out what a reference has no use for, and add the inventory for other projects."""
    for name in _UNWANTED:
        (site / name).unlink(missing_ok=True)
    with suppress(OSError):  # something else is in it, or it is not there
        (site / "assets").rmdir()
    if "<loc>" not in (site / "sitemap.xml").read_text(encoding="utf-8"):
        (site / "sitemap.xml").unlink()
    for page in site.rglob("*.html"):
        page.write_bytes(lighten(page.read_bytes(), say))
    (site / "objects.inv").write_bytes(objects_inv(companion, inventory))


def objects_inv(companion: Companion, inventory: Inventory) -> bytes:
    """Return what Sphinx and mkdocstrings of other projects read to link to these objects.

    It holds every name a link may use, so also re-exports and inherited members. Its compressed
    part is stored, not squeezed: how well zlib squeezes depends on the machine's zlib.

    Args:
        companion: The package.
        inventory: Everything public in it.

    Returns:
        The file, as version 2 of Sphinx' format has it.
    """
    head = "\n".join(
        [
            "# Sphinx inventory version 2",
            f"# Project: {companion.name}",
            f"# Version: {companion.version}",
            "# The remainder of this file is compressed using zlib.\n",
        ]
    )
    homes = {found.url: found for found in inventory.objects}
    lines = (_entry(path, homes[url], companion) for path, url in sorted(inventory.symbols.items()))
    return head.encode() + _stored("".join(lines).encode())


def _entry(path: str, home: Symbol, companion: Companion) -> str:
    """Return the line of one name; a second name for an object counts for less."""
    priority = 1 if path == home.path else 2
    url = home.url.removeprefix(companion.url)
    short = url.removesuffix(path) + "$" if url.endswith(path) else url
    return f"{path} py:{home.kind} {priority} {short} -\n"


def _stored(data: bytes) -> bytes:
    """Return data as a zlib stream without compression."""
    blocks = [data[start : start + 0xFFFF] for start in range(0, len(data), 0xFFFF)] or [b""]
    body = b"".join(
        bytes([block is blocks[-1]])
        + len(block).to_bytes(2, "little")
        + (len(block) ^ 0xFFFF).to_bytes(2, "little")
        + block
        for block in blocks
    )
    return b"\x78\x01" + body + zlib.adler32(data).to_bytes(4, "big")


def _diagnostics(said: list[str], companion: Companion, source: Path) -> Iterator[Diagnostic]:
    """Yield what the author can act on: complaints of code that is in this repository."""
    if companion.source != "checkout":
        return
    for line in dict.fromkeys(said):
        if _OF_GUIDE.search(line):
            continue
        located = _LOCATED.search(line)
        if located and Path(located["file"]).is_relative_to(source):
            inside = Path(located["file"]).relative_to(source).as_posix()
            path = f"{companion.path.rstrip('/')}/{inside}".lstrip("/")
            text = re.sub(r"^\([\w.]+\) ", "", located["text"])
            yield _warning(path, max(int(located["line"]), 1), text)
        else:
            yield _warning("mkdocs.yml", 1, f"Reference of {companion.label}: {line}")


def _warning(path: str, line: int, text: str) -> Diagnostic:
    """Return one complaint as a warning at its place."""
    text = text.strip().rstrip(".")
    hint = "Mend the docstring"
    return Diagnostic(path, line, 1, "companion/docstring", text, hint, Severity.WARNING)
