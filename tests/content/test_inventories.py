"""The inventories of other projects: what Sphinx writes, and what is refused."""

from __future__ import annotations

import zlib

import pytest

from blogtools.content.inventories import BadInventory, read_objects

HEAD = b"""# Sphinx inventory version 2
# Project: Some Thing
# Version: 3.1
# The remainder of this file is compressed using zlib.
"""
BODY = """\
a.b py:function 1 api.html#$ -
a.b py:method 1 other.html#$ -
a py:module 0 a.html#module-$ -
a.C.d py:attribute -1 api.html#a.C.d A title of words
a.full py:data 1 x.html#$-$ -
top py:class 1  -
label std:label -1 index.html#label A label
a.x c:function 1 c.html#c.$ -
with space py:function 1 x.html -
"""


def packed(body: str = BODY, head: bytes = HEAD) -> bytes:
    return head + zlib.compress(body.encode())


def test_the_objects_of_python_are_read_each_with_its_place() -> None:
    assert read_objects(packed()) == {
        "a.b": "api.html#a.b",
        "a": "a.html#module-a",
        "a.C.d": "api.html#a.C.d",
        "a.full": "x.html#$-a.full",
        "top": "",
    }


def test_line_ends_of_windows_and_a_project_without_a_version_are_read_too() -> None:
    head = b"# Sphinx inventory version 2\n# Project: \n# Version: \n# by zlib.\n"
    assert read_objects(packed(BODY.replace("\n", "\r\n"), head)) == read_objects(packed())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "does not begin with"),
        (b"<!doctype html>", "does not begin with"),
        (packed(head=HEAD.replace(b"version 2", b"version 1")), "does not begin with"),
        (packed()[:-6], "cut off"),
        (HEAD, "cut off"),
        (HEAD + b"not packed", "incorrect header"),
        (packed()[:-4] + bytes(4), "incorrect data check"),
        (HEAD + zlib.compress(b"a \xff b"), "can't decode"),
        (HEAD + zlib.compress(bytes(2**26 + 1)), "far too large"),
    ],
)
def test_what_is_no_whole_inventory_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BadInventory, match=why):
        read_objects(data)


@pytest.mark.parametrize("cut", range(0, len(packed()) - 1, 7))
def test_no_beginning_of_an_inventory_passes_for_the_whole(cut: int) -> None:
    with pytest.raises(BadInventory):
        read_objects(packed()[:cut])
