"""The inventories in the repository, and the script that made them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from blogtools.content.inventories import read_objects

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "inventories"


def make(folder: Path, *arguments: str) -> Mapping[str, str]:
    """Run the script; return the objects of the inventory that it made."""
    script = str(ROOT / "scripts" / "inventory.py")
    command = [sys.executable, "-P", script, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return read_objects((folder / "out.inv").read_bytes())


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("file", "name", "place"),
    [
        ("python.inv", "pathlib.Path", "library/pathlib.html#pathlib.Path"),
        ("python.inv", "asyncio", "library/asyncio.html#module-asyncio"),
        ("numpy.inv", "numpy.linspace", "reference/generated/numpy.linspace.html#numpy.linspace"),
        ("numpy.inv", "numpy.fft.fft", "reference/generated/numpy.fft.fft.html#numpy.fft.fft"),
        ("jax.inv", "jax.grad", "_autosummary/jax.grad.html#jax.grad"),
        ("jax.inv", "jax.numpy.linalg.inv", "_autosummary/$.html#$"),
        ("jax.inv", "jax.scipy.stats.norm", "jax.scipy.html#module-jax.scipy.stats.norm"),
    ],
)
def test_each_inventory_knows_what_essays_link_to(file: str, name: str, place: str) -> None:
    assert read_objects((FOLDER / file).read_bytes())[name] == place.replace("$", name)


def test_inventories_are_small_and_the_readme_counts_them_rightly() -> None:
    readme = (FOLDER / "README.md").read_text()
    for file in FOLDER.glob("*.inv"):
        data = file.read_bytes()
        assert len(data) < 150_000
        assert f"| `{file.name}` | {len(read_objects(data))} |" in readme


def test_stripping_keeps_the_objects_of_python_and_is_the_same_each_time(tmp_path: Path) -> None:
    original = FOLDER / "python.inv"
    assert make(tmp_path, "strip", str(original), "out.inv") == read_objects(original.read_bytes())
    assert (tmp_path / "out.inv").read_bytes() == original.read_bytes()


def test_the_source_of_a_documentation_names_its_objects(tmp_path: Path) -> None:
    text = """
.. currentmodule:: pkg

.. autosummary::
   :toctree: generated/

   one
   part.two  What it does.

Text.

.. autosummary::

   without_a_page

.. autoclass:: Three
   :members:

.. automodule:: pkg.sub
"""
    code = '"""A module.\n\n.. autosummary::\n   :toctree: generated/\n\n   four\n"""\n'
    write(tmp_path, {"doc/deep/a.rst": text, "pkg/sub.py": code})
    found = make(tmp_path, "lists", "doc", "out.inv", "--below", "reference", "--project", "P")
    assert found == {
        "pkg.one": "reference/deep/generated/pkg.one.html#pkg.one",
        "pkg.part.two": "reference/deep/generated/pkg.part.two.html#pkg.part.two",
        "pkg.Three": "reference/deep/a.html#pkg.Three",
        "pkg.sub": "reference/deep/a.html#module-pkg.sub",
        "pkg.sub.four": "reference/deep/generated/pkg.sub.four.html#pkg.sub.four",
    }


def test_exported_names_are_those_that_a_module_defines_or_imports_under_their_own(
    tmp_path: Path,
) -> None:
    code = """
import os as os
from pkg import part as part
from pkg._src import one as one, _hidden as _hidden, two
from pkg._src import gone_p as gone_p
def three(): ...
class Four: ...
def _five(): ...
"""
    write(tmp_path, {"pkg/__init__.py": code, "pkg/part.py": "", "pkg/_src.py": ""})
    found = make(tmp_path, "names", ".", "out.inv", "pkg", "pkg.part@pkg", "!pkg.*_p")
    assert found == {
        "pkg": "pkg.html#module-pkg",
        "pkg.part": "pkg.html#module-pkg.part",
        **{
            name: f"_autosummary/{name}.html#{name}"
            for name in ("pkg.one", "pkg.three", "pkg.Four")
        },
    }
