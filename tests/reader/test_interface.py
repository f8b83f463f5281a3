"""The words of the interface."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import blogtools.mkdocs
from blogtools.model.interface import WORDS, direction, endonym, voice

TEMPLATES = Path(blogtools.mkdocs.__file__).parent / "templates"
SAID = re.compile(r"""say\(\s*["']([\w.]+)["']\s*[,)]""")
#: What a page may say that is a name, a number or a sign, the same in every language.
NAMES = {"404", "BibTeX", "…", "-"}


def texts() -> dict[str, str]:
    return {f.relative_to(TEMPLATES).as_posix(): f.read_text() for f in TEMPLATES.rglob("*.html")}


def test_every_language_has_every_word_with_the_same_gaps() -> None:
    for key, words in WORDS.items():
        gaps = [{name for _, name, _, _ in Formatter().parse(word) if name} for word in words]
        assert all(words), key
        assert gaps[0] == gaps[1], key


def test_templates_say_only_words_that_there_are() -> None:
    said = {key for text in texts().values() for key in SAID.findall(text)}
    assert len(said) > 50
    assert said - WORDS.keys() == set()


def test_templates_say_nothing_in_words_of_their_own() -> None:
    for name, text in texts().items():
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "\n", text, flags=re.DOTALL)
        words = {line.strip(" ,.:") for line in bare.splitlines()} - {""}
        words = {word for word in words if not word.startswith("bt-")}  # a class of a block
        assert words <= NAMES, name


def test_labels_of_templates_are_words_of_the_table() -> None:
    for name, text in texts().items():
        labels = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"{]+)', text)
        assert set(labels) <= NAMES, name


def test_a_region_of_a_language_is_spoken_and_an_unknown_language_is_english() -> None:
    assert voice("de-AT")("copy") == "Kopieren"
    assert voice("fr")("copy") == "Copy"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "5 March 2026"), ("de", "5. März 2026"), ("fr", "5 March 2026")],
)
def test_days_are_written_as_people_write_them(language: str, written: str) -> None:
    assert voice(language).day(date(2026, 3, 5)) == written


def test_directions_and_names_are_those_of_the_languages() -> None:
    assert [direction(one) for one in ("en", "ar", "he-IL", "fa_IR")] == [
        "ltr",
        "rtl",
        "rtl",
        "rtl",
    ]
    assert [endonym(one) for one in ("de-AT", "tlh")] == ["Deutsch", "tlh"]
    assert voice("en", "rtl").direction == "rtl"


def test_numbers_go_with_their_nouns() -> None:
    assert [voice("en").essays(n) for n in (0, 1, 2)] == ["0 essays", "1 essay", "2 essays"]
    assert [voice("de").versions(n) for n in (1, 2)] == ["1 Version", "2 Versionen"]
