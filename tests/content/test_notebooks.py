"""Notebooks as essays: every line of the Markdown knows its line of the file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from blogtools.content.documents import read_post
from blogtools.content.notebooks import in_file, markdown, read_notebook
from blogtools.model.diagnostic import Diagnostic

from .support import TAXONOMIES, source

PATH = "posts/a.ipynb"
FRONT = "---\ntitle: A\ndate: 2026-01-01\n---"


def cell(kind: str, text: str, *tags: str, **ours: str) -> dict[str, Any]:
    lines = text.splitlines(keepends=True)
    metadata = {"tags": list(tags), "blogtools": ours}
    return {
        "cell_type": kind,
        "metadata": metadata,
        "source": lines,
        "outputs": [{"text": "xyzzy_saved"}],
    }


def book(*cells: dict[str, Any], indent: int | None = 1) -> str:
    return json.dumps({"cells": cells, "nbformat": 4}, indent=indent, ensure_ascii=False)


def body(*cells: dict[str, Any]) -> str:
    return markdown(book(cell("raw", FRONT), *cells)).removeprefix(f"{FRONT}\n\n")


def test_cells_become_markdown_and_saved_outputs_are_left_out() -> None:
    text = body(cell("markdown", "# B\n\nText."), cell("code", "x = 1\nx"))
    assert text == "# B\n\nText.\n\n```python\nx = 1\nx\n```\n\n"


@pytest.mark.parametrize(
    ("tag", "word"),
    [
        ("hide", " hide"),
        ("remove-cell", " hide"),
        ("hide-input", " no-code"),
        ("no-run", " no-run"),
        ("raises-exception", " raises=Exception"),
        ("anything", ""),
    ],
)
def test_tags_say_what_words_say_elsewhere(tag: str, word: str) -> None:
    assert body(cell("code", "x", tag)).startswith(f"```python{word}\n")


def test_metadata_say_the_rest() -> None:
    ours = {"caption": 'It "rises"\nhere', "raises": "ValueError", "else": "x"}
    assert body(cell("code", "x", "raises-exception", **ours)).startswith(
        '```python caption="It ”rises” here" raises="ValueError"\n'
    )


def test_code_with_fences_stays_one_block() -> None:
    assert body(cell("code", "'```'")).startswith("````python\n'```'\n````")


def test_raw_and_empty_cells_are_left_out() -> None:
    assert body(cell("raw", "<b>"), cell("code", ""), {"cell_type": "code"}) == ""


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_each_line_knows_where_it_stands(indent: int | None) -> None:
    text = book(
        cell("raw", FRONT),
        cell("markdown", "one\n\ntwo"),
        cell("code", "three\nfour"),
        indent=indent,
    )
    found = read_notebook(text, PATH)
    lines = text.split("\n")
    for line, number in zip(found.text.split("\n"), found.lines, strict=False):
        if line.strip("`") and not line.startswith("```"):
            assert line in lines[number - 1]
    assert len(found.lines) == found.text.count("\n")


def test_a_source_may_be_one_string_or_cut_anywhere() -> None:
    whole = {"cell_type": "code", "source": "a\nb"}
    cut = {"cell_type": "code", "source": ["a", "\n", "", "b"]}
    assert body(whole) == body(cut) == "```python\na\nb\n```\n\n"


def test_one_without_front_matter_is_a_file_like_any_other() -> None:
    assert not read_notebook(book(cell("markdown", "# B")), PATH).essay
    assert not read_notebook(book(), PATH).essay
    assert read_notebook(book(cell("markdown", f"{FRONT}\n\nText.")), PATH).essay


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: the notebook is damaged: it breaks off"),
        ("[]", "1:1: the notebook is damaged: it has no cells"),
        ('{"cells": 1}', "1:1: the notebook is damaged: it has no cells"),
        ('{\n "cells": [\n', "3:1: the notebook is damaged: it breaks off"),
        ('{\n "cells" []}', "2:10: the notebook is damaged: a colon is missing"),
        ('{"cells": [] "x": 1}', "1:14: the notebook is damaged: '}' or a comma is missing"),
        ('{"cells": ["\\x"]}', "1:13: the notebook is damaged: a string in it"),
        ('{"cells": []} x', "1:15: the notebook is damaged: something stands after its end"),
        ("[" * 5000, "1:102: the notebook is damaged: it is nested too deeply"),
        ('{"a": nothing}', "1:7: the notebook is damaged: a value is missing"),
        ("{1: 2}", "1:2: the notebook is damaged: a name is missing"),
    ],
)
def test_damage_is_told_where_it_is(text: str, said: str) -> None:
    (found,) = read_notebook(text, PATH).diagnostics
    assert str(found).startswith(f"{PATH}:{said}")


def test_a_picture_inside_is_told() -> None:
    text = book(cell("raw", FRONT), cell("markdown", "A\n![x](attachment:x.png)"))
    (found,) = read_notebook(text, PATH).diagnostics
    assert found.code == "notebook/attachment"
    assert "attachment:x.png" in text.split("\n")[found.line - 1]


def test_what_is_found_in_the_markdown_is_told_at_the_line_of_the_file() -> None:
    text = book(cell("raw", FRONT.replace("title", "titel")), cell("markdown", "Text."))
    document, found = read_post(source(text, PATH), TAXONOMIES)
    (told,) = in_file(found, lambda _: read_notebook(text, PATH).lines)
    assert "titel: A" in text.split("\n")[told.line - 1]
    assert document.body_line == 5
    other = Diagnostic("posts/b.md", 7, 3, "x", "x")
    assert list(in_file([other], lambda _: ())) == [other]


def test_characters_that_json_spells_are_refused() -> None:
    text = book(cell("raw", FRONT), cell("markdown", "A\nB \x1d"))
    _, (found,) = read_post(source(text, PATH), TAXONOMIES)
    assert found.code == "file/control-character"
    assert "\\u001d" in text.split("\n")[found.line - 1]
