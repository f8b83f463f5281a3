"""The inventories that a configuration names: read from files, and noticed when they change."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from blogtools.app.naming import read_inventories, symbol_names
from blogtools.app.ports import CompanionSymbols
from blogtools.build.memory import Memory
from blogtools.model.companion import Companion, packages
from blogtools.model.digest import digest
from blogtools.model.project import Project
from tests.app.support import blog
from tests.content.support import said

HEAD = b"# Sphinx inventory version 2\n# Project: P\n# Version: 1\n# zlib\n"
DATA = HEAD + zlib.compress(b"a.b py:function 1 api.html#$ -\ntop py:function 1 top.html -\n")
CONFIG = """\
site_name: T
plugins:
  - blogtools:
      inventories:
        - {name: one, file: inventories/one.inv, url: https://one.example/en}
        - name: two
          file: inventories/two.inv
          url: https://two.example/
"""
OPTIONS = (
    {"name": "one", "file": "inventories/one.inv", "url": "https://one.example/en"},
    {"name": "two", "file": "inventories/two.inv", "url": "https://two.example/"},
)


def project(root: Path, one: bytes | None, two: bytes | None, **options: Any) -> Project:
    given = {"inventories/one.inv": one, "inventories/two.inv": two}
    files: dict[str, str | bytes] = {name: data for name, data in given.items() if data is not None}
    return blog(root, {"mkdocs.yml": CONFIG, **files}, inventories=OPTIONS, **options)


def test_inventories_are_read_in_the_order_of_the_configuration(tmp_path: Path) -> None:
    memory = Memory.of_nothing(tmp_path)
    found, wrong = read_inventories(project(tmp_path, DATA, DATA), memory)
    assert wrong == ()
    assert [one.resolve("a.b") for one in found] == [
        "https://one.example/en/api.html#a.b",
        "https://two.example/api.html#a.b",
    ]
    assert [one.digest for one in found] == [digest(DATA), digest(DATA)]
    assert {"inventories/one.inv", "inventories/two.inv"} <= memory.files.seen.keys()


def test_a_missing_or_damaged_one_is_an_error_at_its_line_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    memory = Memory.of_nothing(tmp_path)
    found, wrong = read_inventories(project(tmp_path, DATA[:-3], DATA), memory)
    assert [one.name for one in found] == ["two"]
    assert said(wrong) == [
        "mkdocs.yml:5:29: the inventory inventories/one.inv is no inventory of Sphinx: "
        "it is cut off, or far too large. Put the project's objects.inv there, "
        "as its documentation has it"
    ]
    (tmp_path / "inventories/two.inv").unlink()
    _, wrong = read_inventories(project(tmp_path, DATA, None), Memory.of_nothing(tmp_path))
    assert [str(one).partition(". ")[0] for one in wrong] == [
        "mkdocs.yml:7:17: the inventory inventories/two.inv cannot be read: "
        "No such file or directory"
    ]


def test_one_that_is_missing_is_noticed_when_it_comes(tmp_path: Path) -> None:
    memory = Memory.of_nothing(tmp_path)
    read_inventories(project(tmp_path, DATA, None), memory)
    assert memory.files.seen["inventories/two.inv"].digest == b""


def test_links_may_name_all_that_is_known_and_code_only_companions_if_one_asks(
    tmp_path: Path,
) -> None:
    own = packages(
        [
            Companion("pkg", "checkout", "dev", ("pkg.part", "tool")),
            Companion("pkg", "checkout", "1.0", ("pkg.part", "early")),
        ]
    )
    plain = project(tmp_path, DATA, DATA)
    others, _ = read_inventories(plain, Memory.of_nothing(tmp_path))
    known = CompanionSymbols(packages=own, missing={"lost": "reference/lost/"})
    names = symbol_names(plain, known, others)
    assert names.linked == {"pkg", "tool", "early", "lost", "a", "top"}
    assert names.code == frozenset()
    asked = symbol_names(project(tmp_path, DATA, DATA, inline_symbols=True), known, others)
    assert asked.code == {"pkg", "tool", "early", "lost"}
