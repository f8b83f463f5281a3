"""What is known of essays from the last build, and for how long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from blogtools.app.reading import Manuscripts, read
from blogtools.build.files import Files
from blogtools.build.ledger import Ledger
from blogtools.build.memory import Memory
from tests.app.support import project

HEAD = "---\ntitle: Written\ndate: 2026-01-01\nwrong: 1\n---\n"
FILE = "posts/a.md"


@pytest.fixture
def last(tmp_path: Path) -> Ledger:
    """Return a ledger that knows of an essay something else than what was written."""
    write(tmp_path, f"{HEAD}Text.\n")
    memory = Memory(Files(tmp_path), environment=b"one")
    read(project(tmp_path), memory)
    [(path, known)] = memory.documents.items()
    return Ledger(documents={path: replace(known, front=replace(known.front, title="Known"))})


def write(root: Path, text: str) -> None:
    (root / "posts").mkdir(exist_ok=True)
    (root / FILE).write_text(text)


def again(root: Path, last: Ledger, environment: bytes = b"one", **options: Any) -> Manuscripts:
    """Read the essay in the next build."""
    memory = Memory(Files(root), last, environment=environment)
    return read(project(root, **options), memory)


def titles(found: Manuscripts) -> list[str]:
    return [entry.document.front.title for entry in found.visible]


def complaints(found: Manuscripts) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in found.diagnostics]


def test_an_essay_that_says_what_it_said_is_understood_as_it_was(
    tmp_path: Path, last: Ledger
) -> None:
    found = again(tmp_path, last)
    assert titles(found) == ["Known"]
    assert complaints(found) == [(4, "unknown key 'wrong'")]


def test_front_matter_that_says_what_it_said_is_understood_as_it_was(
    tmp_path: Path, last: Ledger
) -> None:
    write(tmp_path, f"{HEAD}Another text.\n")
    found = again(tmp_path, last)
    assert titles(found) == ["Known"]
    assert complaints(found) == [(4, "unknown key 'wrong'")]
    [entry] = found.visible
    assert entry.document.body == "Another text.\n"


def test_front_matter_that_was_written_anew_is_validated(tmp_path: Path, last: Ledger) -> None:
    write(tmp_path, HEAD.replace("wrong: 1", "draft: no") + "Text.\n")
    found = again(tmp_path, last)
    assert titles(found) == ["Written"]
    assert complaints(found) == []


def test_another_version_of_ours_understands_everything_anew(tmp_path: Path, last: Ledger) -> None:
    for text in ("Text.", "Another text."):
        write(tmp_path, f"{HEAD}{text}\n")
        assert titles(again(tmp_path, last, b"two")) == ["Written"]


def test_a_key_that_becomes_a_taxonomy_is_understood_anew(tmp_path: Path, last: Ledger) -> None:
    found = again(tmp_path, last, taxonomies={"wrong": {}})
    assert titles(found) == ["Written"]
    assert complaints(found) == [(4, "wrong: is not a list")]
