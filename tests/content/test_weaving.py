"""Recorded results, woven into an essay; and whether they are its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs
from msgspec.structs import replace

from blogtools.content.cells import find_cells
from blogtools.content.records import (
    DamagedRecord,
    dump,
    outdated,
    parse,
    ran,
    requirements,
    results_folder,
)
from blogtools.content.weaving import nameless_figures, unexpected, weave
from blogtools.model.document import FrontMatter
from blogtools.model.running import Figure, Record, Result, RunOptions

from .support import convert

FIGURE = Figure("figure-1.svg", "figure-1-dark.svg", "a" * 64, "b" * 64)
FRONT = FrontMatter(run=RunOptions())


def record(body: str, *outputs: str, **changes: object) -> Record:
    """Return results with one output for each cell that is run."""
    cells = ran(find_cells(body, 1, "posts/a.md").cells)
    results = tuple(Result(c.digest, (o,)) for c, o in zip(cells, outputs, strict=True))
    return replace(Record("3.11", (), "", False, {}, results), **changes)


def woven(body: str, *outputs: str, figure: bool = False) -> str:
    made = record(body, *outputs)
    if figure:
        made = replace(made, cells=tuple(replace(r, figures=(FIGURE,)) for r in made.cells))
    return weave(body, 1, find_cells(body, 1, "posts/a.md").cells, made, "a.run")


def test_an_output_is_shown_below_its_cell() -> None:
    assert woven("A\n\n```python\nx\n```\n\nB", "1\n2") == (
        "A\n\n```python\nx\n```\n\n```text\n1\n2\n```\n\nB"
    )


def test_an_output_that_the_author_wrote_is_shown_as_written() -> None:
    body = "```python\nx\n```\n\n```output\n0.3\n```\n"
    assert woven(body, "0.30000000000000004") == body.replace("output", "text")


@pytest.mark.parametrize("word", ["hide", "setup"])
def test_nothing_of_a_hidden_cell_is_left(word: str) -> None:
    text = woven(f"A\n\n```python {word}\nsecret = 1\n```\n\nB", "printed", figure=True)
    assert text.split() == ["A", "B"]


def test_only_what_comes_of_a_cell_may_be_shown() -> None:
    text = woven("```python no-code\nlong = 1\n```", "printed")
    assert "long" not in text
    assert "printed" in text


@pytest.mark.parametrize(("word", "outputs"), [("test", ["printed"]), ("no-run", [])])
def test_some_cells_show_their_code_alone(word: str, outputs: list[str]) -> None:
    assert woven(f"```python {word}\nx\n```", *outputs) == "```python\nx\n```"


def test_an_output_with_fences_stays_one_block() -> None:
    html = convert(woven("```python\nx\n```", "```\n<b>&\n````")).html
    assert "&lt;b&gt;&amp;" in html
    assert html.count("<pre>") == 2


def test_characters_that_cannot_stand_in_a_page_are_replaced() -> None:
    assert "a\ufffdb" in woven("```python\nx\n```", "a\x1db")


@pytest.mark.parametrize(
    "body",
    ["- One:\n\n    ```python\n    x\n    ```\n\n    More.", "> ```python\n> x\n> ```\n>\n> More."],
)
def test_an_output_stays_in_the_list_or_quotation_of_its_cell(body: str) -> None:
    html = convert(woven(body, "one\n\n  two", figure=True)).html
    inside = html.split("<li>" if "<li>" in html else "<blockquote>")[1]
    assert inside.index("one\n\n  two") < inside.index("bt-figure") < inside.index("More.")
    assert html.count("<pre>") == 2


def test_a_figure_has_a_picture_for_each_kind_of_page_and_its_words() -> None:
    html = convert(woven('```python caption="A <b> & c" alt="It rises"\nx\n```', "", figure=True))
    targets = [link.target for link in html.links]
    assert targets == ["a.run/figure-1.svg#only-light", "a.run/figure-1-dark.svg#only-dark"]
    assert html.html.count('alt="It rises"') == 2
    assert "<figcaption>A &lt;b&gt; &amp; c</figcaption>" in html.html


def test_a_table_stands_for_the_value_that_it_shows() -> None:
    body = "```python\nx\n```"
    made = record(body, "printed")
    made = replace(made, cells=(replace(made.cells[0], value="0 1", table="<table></table>"),))
    text = weave(body, 1, find_cells(body, 1, "a").cells, made, "")
    assert "printed\n```\n\n<table></table>" in text
    assert "0 1" not in text


def test_a_figure_without_words_is_a_warning() -> None:
    body = "```python\nx\n```"
    results = [replace(record(body, "").cells[0], figures=(FIGURE,))]
    (found,) = nameless_figures("posts/a.md", find_cells(body, 1, "").cells, results)
    assert str(found) == (
        "posts/a.md:1:1: warning: nothing stands in for the figure that this code draws. "
        'Say what it shows, after the language: alt="..." or caption="..."'
    )


def wrong(body: str, *outputs: str) -> list[str]:
    cells = find_cells(body, 1, "posts/a.md").cells
    results = [Result("", outputs)]
    return [str(one).partition(". ")[0] for one in unexpected("posts/a.md", cells, results, 1e-6)]


def test_another_output_is_an_error_at_its_line() -> None:
    assert wrong("```python\nx\n```\n\n```text\na\nb\n```", "a\nc") == [
        "posts/a.md:7:1: 'c' is printed instead of 'b'"
    ]


def test_in_a_session_too() -> None:
    body = "```pycon\n>>> x\n1\n2\n>>> y\n>>> z\n1\n```"
    assert wrong(body, "1\n3", "0", "1") == [
        "posts/a.md:4:1: '3' is printed instead of '2'",
        "posts/a.md:5:1: '0' is printed besides",
    ]


# -- records ---------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_written() -> None:
    made = record("```python\nx\n```", "one\n\n  zwei ü", data={"b": "2", "a": "1"})
    results = (
        replace(made.cells[0], value="v\nw", table="<table></table>", figures=(FIGURE,)),
        Result("d", ("", "x", "")),
    )
    made = replace(made, cells=results, requirements=("a==1",), lock="c" * 64, network=True)
    assert parse(dump(made).encode()) == made
    assert dump(parse(dump(made).encode())) == dump(made)
    assert "zwei ü" in dump(made)


DAMAGE: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "",
    "cut": lambda text: text[: len(text) // 2],
    "a list": lambda text: "[]",
    "deep": lambda text: "[" * 100_000,
    "edited": lambda text: text.replace('"3.11"', '"3.12"'),
    "renamed": lambda text: text.replace('"python"', '"pyth0n"'),
    "newer": lambda text: text.replace('"version": 1', '"version": 2'),
    "elsewhere": lambda text: text.replace("figure-1.svg", "../../figure-1.svg"),
    "typed": lambda text: text.replace('"outputs": [', '"outputs": [7, '),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_record_is_refused(how: str) -> None:
    made = record("```python\nx\n```", "one")
    made = replace(made, cells=(replace(made.cells[0], figures=(FIGURE,)),))
    with pytest.raises(DamagedRecord):
        parse(DAMAGE[how](dump(made)).encode())


BODY = "```python\nx\n```\n\n```python no-run\nq\n```\n\n```python\ny\n```\n"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (BODY.replace("\nx", "\nz"), 1),
        (BODY.replace("\ny", "\nz"), 9),
        (BODY.replace("```python\ny\n```\n", ""), 1),
        (f"{BODY}\n```python\nmore\n```\n", 13),
        (BODY.replace("python no-run", "python"), 5),
    ],
)
def test_results_of_other_code_are_told_at_the_first_cell_that_differs(
    body: str, line: int
) -> None:
    cells = find_cells(body, 1, "").cells
    assert outdated(record(BODY, "", ""), cells, FRONT, "", {}) == (line, "other code")


def test_results_stay_where_only_text_or_what_is_not_run_changes() -> None:
    body = f"A heading\n\n{BODY.replace('q', 'r')}"
    cells = find_cells(body, 9, "").cells
    assert outdated(record(BODY, "", ""), cells, FRONT, "", {}) == (0, "")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"requirements": ("a==1",)}, "other packages"),
        ({"lock": "c"}, "other packages"),
        ({"data": {"a": "1"}}, "other data"),
        ({"network": True}, "another access to the network"),
        ({"runner": 0}, "another version of blogtools"),
    ],
)
def test_results_of_other_surroundings_are_no_results(
    changes: dict[str, object], what: str
) -> None:
    cells = find_cells(BODY, 1, "").cells
    assert outdated(record(BODY, "", "", **changes), cells, FRONT, "", {}) == (0, what)


def test_an_essay_that_names_its_python_wants_results_of_that_one() -> None:
    cells = find_cells(BODY, 1, "").cells
    front = structs.replace(FRONT, run=RunOptions(python="3.12"))
    assert outdated(record(BODY, "", ""), cells, front, "", {}) == (0, "another Python")


def test_what_is_installed_are_the_pins_and_the_further_packages() -> None:
    front = FrontMatter(companions={"b": "2.0"}, run=RunOptions(packages=("a>=1",)))
    assert requirements(front) == ("a>=1", "b==2.0")


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("posts/a.md", "posts/a.run"),
        ("posts/2026/a.md", "posts/2026/a.run"),
        ("posts/a/index.md", "posts/a/run"),
        ("posts/index.md", "posts/index.run"),
    ],
)
def test_results_lie_beside_their_essay(path: str, folder: str) -> None:
    assert results_folder(path, "posts") == folder
