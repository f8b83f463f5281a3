"""What a page makes of converted HTML."""

from __future__ import annotations

import pytest

from blogtools.content.markdown import DEFAULT_EXTENSIONS, Converter
from blogtools.content.presenting import presented
from blogtools.model.interface import voice
from blogtools.model.project import MarkdownSettings

ENGLISH, GERMAN = voice("en"), voice("de-AT")


def page(text: str) -> str:
    configs = {name: dict(options) for name, options in DEFAULT_EXTENSIONS.items()}
    settings = MarkdownSettings(tuple(DEFAULT_EXTENSIONS), configs)
    return presented(Converter(settings)(text).html, ENGLISH)


def test_words_alone_stay_as_they_are() -> None:
    for fragment in ("", "<p>Text (1) &lt;pre&gt;</p>", '<ul><li class="a">x</li></ul>'):
        assert presented(fragment, ENGLISH) == fragment


def test_code_says_its_language_and_can_be_scrolled_by_keyboard() -> None:
    html = page("```python\nx = 1\n```\n\n```text\ny\n```\n\n    indented\n")
    assert html.count('<pre tabindex="0" role="group" aria-label="Code: Python">') == 1
    assert html.count('<pre tabindex="0" role="group" aria-label="Code">') == 2
    assert html.count('data-language="Python"') == 1
    assert "data-language" not in html.partition("language-text")[2]


def test_an_unknown_language_is_called_as_it_is_written() -> None:
    html = presented(
        '<div class="language-a&quot;b highlight"><pre><code></code></pre></div>', ENGLISH
    )
    assert 'data-language="a&amp;quot;b"' in html or 'data-language="a&quot;b"' in html


def test_a_file_name_stays_above_its_code() -> None:
    html = page('```python title="a <b>.py"\nx\n```\n')
    assert '<span class="filename">a &lt;b&gt;.py</span><pre tabindex="0"' in html


def test_tables_scroll_and_are_aligned_without_style_attributes() -> None:
    html = page("| a |   | b |\n| :- | -: | :-: |\n| 1 | 2 | 3 |\n")
    assert '<div class="bt-scroll" tabindex="0" role="group" aria-label="Table"><table>' in html
    assert html.count("</table></div>") == 1
    assert " style=" not in html
    assert '<td class="bt-right">2</td>' in html
    assert "<th" in html
    assert '<th class="bt-right"></th>' not in html, "an empty head is no head"


def test_a_diagram_wider_than_a_phone_scrolls_by_keyboard_too() -> None:
    drawn = '<figure class="bt-diagram"><svg role="img" aria-label="A &lt;b&gt;" width="{}"></svg>'
    told = '<div class="bt-scroll" tabindex="0" role="group" aria-label="A &lt;b&gt;"><svg '
    wide = presented(f"{drawn.format('720.5')}</figure>", ENGLISH)
    assert told in wide
    assert wide.endswith("</svg></div></figure>")
    assert presented(drawn.format(300), ENGLISH) == drawn.format(300)


def test_a_table_in_a_table_is_left_alone() -> None:
    nested = "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>"
    assert presented(nested, ENGLISH) == nested


def test_tasks_have_names_in_the_language_of_the_page() -> None:
    html = page("- [x] one\n- [ ] two\n")
    assert 'aria-label="Done" type="checkbox" disabled checked' in html
    assert 'aria-label="To do" type="checkbox" disabled' in html
    box = '<input type="checkbox" disabled checked/>'
    assert 'aria-label="Erledigt"' in presented(box, GERMAN)


def test_a_picture_alone_with_a_title_is_a_figure_with_a_caption() -> None:
    html = page('![An alt](a.png "A *caption*")\n\nText ![in it](b.png "title").\n')
    assert "<figcaption>A *caption*</figcaption></figure>" in html
    assert html.count("<figure>") == 1
    assert 'title="title"' in html


def test_a_note_of_one_paragraph_stands_beside_its_first_mention() -> None:
    html = page("One[^a], two[^a].\n\n[^a]: A `note` *here*.\n")
    assert html.count('<span class="bt-side" role="note">') == 1
    side = html.partition('<span class="bt-side" role="note">')[2].partition("</p>")[0]
    assert "<code>note</code> <em>here</em>." in side
    assert "footnote-backref" not in side
    assert 'class="footnote bt-all-beside"' in html


@pytest.mark.parametrize(
    "text",
    [
        "# One[^a]\n\n[^a]: In a heading.\n",
        "| a[^a] |\n| - |\n| b |\n\n[^a]: In a table.\n",
        "One[^a].\n\n[^a]: A paragraph.\n\n    And another.\n",
        "One[^a].\n\n[^a]: A note with a note[^b].\n[^b]: The other.\n",
    ],
)
def test_a_note_that_has_no_place_in_the_margin_stays_below(text: str) -> None:
    html = page(f"Text.\n\n{text}")
    assert "bt-side" not in html
    assert 'class="footnote"' in html


def test_numbers_in_comments_lead_to_the_notes_below() -> None:
    html = page(
        "```python\na()  # (1)!\nb()  # (2)\n```\n\n1. First.\n\n    - deeper\n\n2. Second.\n"
    )
    assert '<a class="bt-mark-in" href="#note-1-1">1</a>' in html
    assert '<a class="bt-mark-in" href="#note-1-2">2</a>' in html
    assert html.count('id="note-1-') == 2
    assert '<ol class="bt-annotations">' in html


def test_a_list_below_code_without_such_numbers_is_a_list() -> None:
    html = page("```python\na()  # not (a) note\n```\n\n1. First.\n")
    assert "bt-annotations" not in html
    assert "bt-mark-in" not in html
