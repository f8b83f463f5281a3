"""The code cells of an essay, found where Markdown finds its fences."""

from __future__ import annotations

import pytest

from blogtools.content.cells import Cells, find_cells
from blogtools.model.running import Mode, Statement


def found(body: str, first_line: int = 1) -> Cells:
    return find_cells(body, first_line, "posts/a.md")


def said(body: str) -> list[str]:
    return [str(one) for one in found(body).diagnostics]


def test_a_cell_knows_the_lines_of_the_file_where_it_stands() -> None:
    (cell,) = found("Text.\n\n```python\nx = 1\nx\n```\n", first_line=5).cells
    assert (cell.line, cell.first, cell.end, cell.code) == (7, 8, 10, "x = 1\nx")


@pytest.mark.parametrize("language", ["python", "py", "python3", "Python", "{.python}", "pycon"])
def test_every_name_of_python_is_a_cell(language: str) -> None:
    assert len(found(f"```{language}\n1\n```").cells) == 1


@pytest.mark.parametrize("language", ["", "sh", "pythonic", "text", "toml"])
def test_no_other_language_is_a_cell(language: str) -> None:
    assert found(f"```{language}\n1\n```").cells == ()


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("", Mode.SHOW),
        ("test", Mode.TEST),
        ("hide", Mode.HIDE),
        ("setup", Mode.HIDE),
        ("no-run", Mode.SKIP),
        ("no-code", Mode.RESULT),
    ],
)
def test_a_word_says_what_is_done_with_it(word: str, mode: Mode) -> None:
    assert found(f"```python {word}\n1\n```").cells[0].mode is mode


def test_our_words_are_taken_out_and_those_of_markdown_stay() -> None:
    info = 'python test title="a b" raises=ValueError hl_lines="1 2" alt="An alt" caption=\'C\''
    (cell,) = found(f"```{info}\n1\n```").cells
    assert cell.head == '```python title="a b" hl_lines="1 2"'
    assert (cell.raises, cell.alt, cell.caption) == ("ValueError", "An alt", "C")


def test_words_in_braces_are_read_and_others_stay_there() -> None:
    (cell,) = found("~~~~{ .python .test #one raises=KeyError linenums=1 }\n1\n~~~~").cells
    assert cell.head == "~~~~{ .python #one linenums=1 }"
    assert (cell.mode, cell.raises) == (Mode.TEST, "KeyError")


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (
            "python tset",
            "posts/a.md:1:1: 'tset' means nothing after the language of a block that runs. "
            "Did you mean 'test'?",
        ),
        (
            "python raises",
            "posts/a.md:1:1: 'raises' means nothing after the language of a block that runs. "
            'Write raises="..."',
        ),
        (
            "python test hide",
            "posts/a.md:1:1: 'test' and 'hide' cannot both be done with this block. "
            "Leave one of them out",
        ),
    ],
)
def test_a_word_that_means_nothing_is_an_error(info: str, message: str) -> None:
    assert said(f"```{info}\n1\n```") == [message]


def test_a_cell_that_is_never_closed_is_an_error_and_is_not_run() -> None:
    assert said("```python\nx = 1\n")[0].startswith("posts/a.md:1:1: this block of code is never")
    assert found("```python\nx = 1\n").cells == ()


def test_a_cell_in_a_list_or_a_note_loses_its_indentation_and_keeps_its_lines() -> None:
    body = "- One:\n\n    ```python\n    if 1:\n\n        2\n    ```\n\n"
    body += "!!! note\n\n    ```py\n    3\n    ```\n"
    first, second = found(body).cells
    assert (first.code, first.indent, first.line) == ("if 1:\n\n    2", "    ", 3)
    assert (second.code, second.line) == ("3", 11)


def test_a_cell_in_a_quotation_is_found() -> None:
    (cell,) = found("> ```python\n> x\n>\n> y\n> ```\n").cells
    assert (cell.code, cell.indent, cell.end) == ("x\n\ny", "> ", 5)


@pytest.mark.parametrize(
    "body",
    [
        "````markdown\n```python\n1\n```\n````",
        "<!--\n```python\n1\n```\n-->",
        "Text.\n\n    ```python\n    1\n    ```\n",
        "Inline ```python``` code.",
    ],
)
def test_what_markdown_shows_as_something_else_is_no_cell(body: str) -> None:
    assert found(body) == Cells(())


def test_a_comment_that_is_only_spoken_of_hides_nothing() -> None:
    assert len(found("Write `<!--` there.\n\n```python\n1\n```\n").cells) == 1
    assert len(found("<!-- more -->\n\n```python\n1\n```\n").cells) == 1


def test_a_fence_of_four_closes_with_four() -> None:
    (cell,) = found("````python\n'''\n```\n'''\n````").cells
    assert cell.code == "'''\n```\n'''"


@pytest.mark.parametrize("language", ["text", "output"])
def test_an_output_block_below_a_cell_is_what_it_should_print(language: str) -> None:
    (cell,) = found(f"```python\n1\n```\n\n```{language}\n1\n2\n```\n").cells
    assert cell.written is not None
    assert (cell.written.line, cell.written.end, cell.written.text) == (5, 8, "1\n2")
    assert cell.written.head == "```text"


@pytest.mark.parametrize(
    "below",
    [
        "Text.\n\n```text\n1\n```",
        "```sh\n1\n```",
        "- x\n\n    ```text\n    1\n    ```",
        "```text\n1",
    ],
)
def test_nothing_else_is(below: str) -> None:
    assert found(f"```python\n1\n```\n\n{below}\n").cells[0].written is None


def test_a_session_has_statements_with_what_is_written_below_each() -> None:
    body = "```pycon\n>>> x = 1\n>>> for i in x:\n...     i\n...\n0\n1\n\n>>> x\n1\n```"
    (cell,) = found(body).cells
    assert cell.statements == (
        Statement(2, "x = 1"),
        Statement(3, "for i in x:\n    i\n", "0\n1"),
        Statement(9, "x", "1"),
    )
    assert cell.statements[1].below == 6


def test_python_with_prompts_is_a_session() -> None:
    assert found("```python\n>>> 1\n1\n```").cells[0].statements == (Statement(2, "1", "1"),)


def test_a_digest_changes_with_the_code_and_not_with_where_it_stands_or_what_it_is_called() -> None:
    one = found("```python\nx\n```").cells[0]
    same = found('Text.\n\n~~~~py title="x" caption="y"\nx\n~~~~').cells[0]
    other = found("```python\ny\n```").cells[0]
    hidden = found("```python hide\nx\n```").cells[0]
    assert one.digest == same.digest
    assert len({one.digest, other.digest, hidden.digest}) == 3
