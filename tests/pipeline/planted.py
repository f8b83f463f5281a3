"""A small package that passes every gate, and the same with a fault for each of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

_CORE = '''"""Greetings."""


def greet(name: str) -> str:
    """Return a greeting.

    Args:
        name: Whom to greet.
    """
    return f"Hello, {name}!"
'''
_TEST = '''"""What greetings promise."""

from thing.core import greet


def test_a_greeting_names_whom_it_greets() -> None:
    """The name is in it."""
    assert greet("Ada") == "Hello, Ada!"
'''
_PROJECT = """[build-system]
requires = ["hatchling==1.33.0"]
build-backend = "hatchling.build"

[project]
name = "thing"
version = "1.0"
description = "A thing."
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
dependencies = ["plain"]

[tool.hatch.build.targets.wheel]
packages = ["src/thing"]

[tool.hatch.build.targets.sdist]
include = ["/src"]
"""
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Thing</title></head>
<body>
<h1>Thing</h1>
<p><a href="index.html">Here</a></p>
</body>
</html>
"""

# What nobody would write: forty-one ways through one function.
_MAZE = "\n".join(
    [
        "",
        "",
        "def maze(step: int) -> int:",
        '    """Return where a step leads.',
        "",
        "    Args:",
        "        step: The step.",
        '    """',
        *(f"    if step == {n}:\n        return {n * n}" for n in range(41)),
        "    return step",
        "",
    ]
)
_EVAL = '''

def ask() -> object:
    """Return what somebody types, taken for code."""
    return eval(input())
'''
_TYPES = '''

def count() -> int:
    """Return how many there are."""
    return "three"
'''
# In two parts, so that nobody finds it here.
_KEY = "glpat-" + "x7Kq2Wm9Zr4Tb8Vn3Yd6"


def files() -> dict[str, str]:
    """Return the package's files, without what is no text."""
    return {
        "README.md": "# Thing\n\nA thing.\n",
        "pyproject.toml": _PROJECT,
        "requirements.txt": "plain==1.0\n",
        "src/thing/__init__.py": '"""A thing."""\n',
        "src/thing/core.py": _CORE,
        "src/thing/py.typed": "",
        "tests/test_core.py": _TEST,
        "html/index.html": _PAGE,
        "advisories/leaky.json": _advisory(),
    }


def faults() -> dict[str, str]:
    """Return the files that are otherwise where a fault is planted for each gate."""
    good = files()
    return {
        "requirements.txt": "plain==1.0\nleaky==1.0\ntangled==1.0\n",
        "src/thing/core.py": good["src/thing/core.py"] + _EVAL + _TYPES + _MAZE,
        "src/thing/settings.py": f'"""Settings."""\n\ntoken = "{_KEY}"\n',
        "tests/test_core.py": good["tests/test_core.py"]
        + '\n\ndef test_a_greeting_is_short() -> None:\n    """It is not."""\n'
        + '    assert len(greet("Ada")) < 5\n',
        "html/index.html": good["html/index.html"].replace('href="index.html"', 'href="gone.html"'),
    }


def line_of(files_: Mapping[str, str], name: str, part: str) -> int:
    """Return the line of a file that a text stands in."""
    text = files_[name]
    return text[: text.index(part)].count("\n") + 1


def write(folder: Path, files_: Mapping[str, str]) -> Path:
    """Write files, and the wheels that they depend on; return the folder."""
    for name, text in files_.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "wheels").mkdir(exist_ok=True)
    _wheel(folder / "wheels", "plain", "MIT")
    _wheel(folder / "wheels", "leaky", "MIT")
    _wheel(folder / "wheels", "tangled", "MIT AND GPL-3.0-only")
    return folder


def _advisory() -> str:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    body = {
        "id": "PYSEC-2026-7",
        "modified": yesterday.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": "It leaks.",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "leaky"},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}
                ],
            }
        ],
    }
    return json.dumps(body, indent=2) + "\n"


def _wheel(folder: Path, name: str, licence: str) -> None:
    about = f"{name}-1.0.dist-info"
    content = {
        f"{name}.py": '"""Nothing."""\n',
        f"{about}/METADATA": (
            f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n"
            f"License-Expression: {licence}\nLicense-File: LICENSE\n"
        ),
        f"{about}/licenses/LICENSE": f"{licence}\n",
        f"{about}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    record = "".join(f"{path},,\n" for path in [*content, f"{about}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in {**content, f"{about}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
