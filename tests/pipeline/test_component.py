"""Component files: read in both orders, and what is told of those that would surprise somebody."""

from __future__ import annotations

import re

import pytest

from blogtools.model.diagnostic import ContentError
from blogtools.pipeline.component import Component, read
from blogtools.pipeline.interpolation import disagreement, text_first, yaml_first
from blogtools.pipeline.linting import lint

GOOD = """spec:
  description: Says something.
  inputs:
    job:
      default: "say"
      description: The job's name.
    stage:
      default: "test"
      description: The job's stage.
    words:
      default: "hello"
      description: What it says.
    files:
      type: array
      default: [a, b]
      description: Keys of the cache.
    loud:
      type: boolean
      default: false
      description: Whether it shouts.
---

"$[[ inputs.job ]]":
  stage: "$[[ inputs.stage ]]"
  interruptible: $[[ inputs.loud ]]
  cache:
    key:
      files: $[[ inputs.files ]]
    paths: [.cache]
  script:
    - |
      echo "$[[ inputs.words ]]" $[[ inputs.loud ]]
"""


def component(text: str = GOOD) -> Component:
    return read("say", "templates/say.yml", text)


def codes(text: str) -> list[str]:
    """Return where something is wrong, and its code."""
    try:
        found = tuple(lint(component(text)))
    except ContentError as wrong:
        found = wrong.diagnostics
    return [f"{one.line}:{one.code.partition('/')[2]}" for one in found]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_both_orders_read_the_same_and_keep_types() -> None:
    values = component().defaults()
    read_ = yaml_first(component(), values)
    assert read_ == text_first(component(), values)
    assert read_["say"]["cache"]["key"]["files"] == ["a", "b"]
    assert read_["say"]["interruptible"] is False
    assert read_["say"]["script"] == ['echo "hello" false\n']
    assert list(lint(component())) == []


@pytest.mark.parametrize(
    "value", ["3.10", "yes", 'with "quotes"', "with 'quotes'", "a: b", "back\\slash", "$VARIABLE"]
)
def test_what_stands_in_a_script_may_be_any_line(value: str) -> None:
    assert disagreement(component(), {**component().defaults(), "words": value}) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('  stage: "$[[ inputs.stage ]]"', "  stage: $[[ inputs.stage ]]"),
        ("interruptible: $[[ inputs.loud ]]", 'interruptible: "$[[ inputs.loud ]]"'),
        ("      files: $[[ inputs.files ]]", '      files: "$[[ inputs.files ]]"'),
        ('"$[[ inputs.job ]]":', "$[[ inputs.job ]]:"),
    ],
)
def test_quotes_that_are_read_in_two_ways_are_found_at_their_line(old: str, new: str) -> None:
    text = changed(old, new)
    assert f"{line_of(text, new.strip())}:two-readings" in codes(text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  description: Says something.\n", "", ["undescribed"]),
        ("      description: What it says.\n", "", ["undescribed"]),
        ('"$[[ inputs.words ]]"', "hello", ["unused-input"]),
        ("$[[ inputs.words ]]", "$[[ inputs.word ]]", ["unknown-input", "unused-input"]),
        (
            "$[[ inputs.words ]]",
            "$[[ inputs.words | truncate(0,3) ]]",
            ["placeholder", "unused-input"],
        ),
        ('"$[[ inputs.job ]]":', "say:", ["unused-input", "fixed-name"]),
        ('  stage: "$[[ inputs.stage ]]"\n', "  stage: test\n", ["unused-input", "fixed-stage"]),
        ("---\n", "---\nimage: alpine\n", ["global"]),
        ("---\n", "---\nstages: [test]\n", ["global"]),
        ("      type: boolean\n", "      type: bool\n", ["input"]),
        ("default: false", 'default: "false"', ["input"]),
        ("default: false", "fallback: false", ["input"]),
        ("spec:\n", "spec:\n  input: {}\n", ["header"]),
        ("---\n", "", ["header"]),
        ("  script:\n", "  script: [\n", ["yaml"]),
    ],
)
def test_each_mistake_has_its_code(old: str, new: str, expected: list[str]) -> None:
    assert sorted(re.sub(r"^\d+:", "", one) for one in codes(changed(old, new))) == sorted(expected)


def test_a_mistake_is_told_at_its_line_of_the_file() -> None:
    text = changed("$[[ inputs.words ]]", "$[[ inputs.word ]]")
    assert f"{line_of(text, 'inputs.word ]]')}:unknown-input" in codes(text)
    assert f"{line_of(text, '    words:')}:unused-input" in codes(text)


def test_an_input_holds_only_what_it_says() -> None:
    text = changed('default: "test"', 'default: "test"\n      options: [test, deploy]')
    stage = component(text).input("stage")
    assert stage
    assert stage.refuses("deploy") == ""
    assert "is none of test, deploy" in stage.refuses("build")
    assert "is no string" in stage.refuses(3)
    with pytest.raises(ContentError, match="cannot be given"):
        component(text.replace('default: "test"', 'default: "never"'))
