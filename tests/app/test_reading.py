"""What is known of essays from the last build, and for how long."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from blogtools.app import reading
from blogtools.app.reading import Manuscripts, read
from blogtools.build.files import Files
from blogtools.build.ledger import Ledger
from blogtools.build.memory import Memory
from blogtools.model.site import Entry
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


@pytest.mark.parametrize("many", [False, True])
def test_several_processes_understand_what_one_understands(tmp_path: Path, many: bool) -> None:
    (tmp_path / "posts").mkdir()
    for number in range(reading._MANY + 40 if many else 40):  # noqa: SLF001
        said = f"title: Essay {number}\ndate: 2026-01-01" if number % 7 else "title: [no\ndate: 3"
        odd = "\nheld: 2026-01-01" if number % 5 == 0 else ""
        (tmp_path / f"posts/{number}.md").write_text(f"---\n{said}{odd}\n---\nText {number}.\n")
    (tmp_path / "posts/not_utf8.md").write_bytes(b"---\ntitle: \xff\n---\n\xff\n")
    first = Memory(Files(tmp_path), environment=b"one")
    alone = read(project(tmp_path), first)
    few = {path: known for path, known in first.documents.items() if path.endswith("1.md")}
    for workers in (1, 3):
        memory = Memory(Files(tmp_path), Ledger(documents=few), environment=b"one")
        found = read(project(tmp_path), memory, workers)
        assert [titles(found), complaints(found)] == [titles(alone), complaints(alone)]
        fronts = [entry.document.front for entry in found.visible]
        assert fronts == [entry.document.front for entry in alone.visible]
        assert memory.documents == first.documents
        assert {name: seen.digest for name, seen in memory.files.seen.items()} == {
            name: seen.digest for name, seen in first.files.seen.items()
        }


class Counting:
    """Goes on with essays by telling which process has them."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}

    def begin(self, entry: Entry) -> int | None:
        return None if entry.document.front.title == "Left" else os.getpid()

    def take(self, entry: Entry, made: int, total: int) -> None:
        self.taken[entry.path] = made
        assert total == len(list(Path(entry.document.source.file).parent.iterdir())) - 1


def test_only_what_others_read_and_is_shown_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_MANY", 30)
    (tmp_path / "posts").mkdir()
    for number in range(40):
        said = "\ndraft: true" if number == 1 else ""
        title = "Left" if number == 3 else "Read"
        head = f"title: {title}\ndate: 2026-01-01{said}"
        (tmp_path / f"posts/{number}.md").write_text(f"---\n{head}\n---\nText.\n")
    first = Memory(Files(tmp_path), environment=b"one")
    read(project(tmp_path), first)
    last = Ledger(documents={"posts/4.md": first.documents["posts/4.md"]})
    memory, ahead = Memory(Files(tmp_path), last, environment=b"one"), Counting()
    read(project(tmp_path), memory, 2, ahead)
    missing = {f"posts/{number}.md" for number in range(40)} - ahead.taken.keys()
    # A draft; one with which nobody goes on; one that is known.
    assert missing == {"posts/1.md", "posts/3.md", "posts/4.md"}
    assert os.getpid() not in ahead.taken.values()
    alone = Counting()
    read(project(tmp_path), Memory(Files(tmp_path), environment=b"one"), 1, alone)
    assert alone.taken == {}
