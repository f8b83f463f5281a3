"""What a build remembers of its own conversions."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from blogtools.build.files import Files
from blogtools.build.memory import Encoded, Memory
from blogtools.build.store import Store
from blogtools.model.rendered import Facts, Link, LinkKind, Rendered

WHOLE = Rendered(
    html="<p>All of it</p>",
    heading="",
    title="",
    excerpt="<p>All</p>",
    truncated=True,
    toc=(),
    words=3,
    anchors=frozenset({"a", "b"}),
    links=(Link(LinkKind.PATH, "b.md"), Link(LinkKind.FRAGMENT, "#a", 1)),
)


def never() -> Rendered:
    raise AssertionError("it was kept")


def memory(folder: Path) -> Memory:
    return Memory(Files(folder), store=Store(folder / "store.sqlite"))


def test_the_brief_of_a_conversion_says_what_the_whole_says(tmp_path: Path) -> None:
    facts = Facts.of(WHOLE)
    first = memory(tmp_path)
    made = first.keep_conversion(
        "a.md", b"key", {}, facts, Encoded.of(facts, WHOLE), never, own=True
    )
    assert made.brief() == WHOLE.brief
    assert made.load() == WHOLE
    if first.store is not None:
        first.store.close()
    known = memory(tmp_path).conversion("a.md", b"key", never, own=True)
    assert known is not None
    assert known.brief() == WHOLE.brief


@pytest.mark.parametrize("room", [2**20, 0])
def test_what_was_made_just_now_needs_no_store_while_there_is_room(
    tmp_path: Path, room: int
) -> None:
    facts, here = Facts.of(WHOLE), memory(tmp_path)
    here._room = room  # noqa: SLF001
    again = replace(WHOLE, html="<p>Made again</p>")
    encoded = Encoded.of(facts, WHOLE)
    made = here.keep_conversion("a.md", b"key", {}, facts, encoded, lambda: again, own=True)
    here.store = None
    assert made.brief() == WHOLE.brief
    assert made.load() == (WHOLE if room else again)
