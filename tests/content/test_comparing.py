"""Outputs compared: text exactly, floats nearly."""

from __future__ import annotations

import pytest

from blogtools.content.comparing import difference


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("", ""),
        ("a\nb", "a  \nb\n\n"),
        ("0.3", "0.30000000000000004"),
        ("[1.0 -2.5e-3]", "[1.0000001 -2.5000001e-03]"),
        ("x=nan", "x=nan"),
        ("...", "anything\nat all"),
        ("...", ""),
        ("a\n...\nz", "a\nb\nc\nz"),
        ("a\n...\nz", "a\nz"),
        ("a\n...\nz\n...\nz", "a\nz\nb\nz"),
        ("<object at ...>", "<object at 0x...>"),
        ("took ... s, 1.5", "took 0.12 s, 1.5000000001"),
        ("a\n<BLANKLINE>\nb", "a\n\nb"),
        (
            "Traceback (most recent call last):\n  ...\nValueError: x",
            "Traceback (most recent call last):\nValueError: x",
        ),
    ],
)
def test_these_are_the_same(expected: str, found: str) -> None:
    assert difference(expected, found, 1e-6) is None


@pytest.mark.parametrize(
    ("expected", "found", "line", "said"),
    [
        ("a\nb", "a\nc", 1, "'c' is printed instead of 'b'"),
        ("a", "a\nb", 1, "'b' is printed besides"),
        ("a\nb", "a", 1, "'b' is not printed"),
        ("0.3", "0.31", 0, "'0.31' is printed instead of '0.3'"),
        ("1", "2", 0, "'2' is printed instead of '1'"),
        ("100000000", "100000001", 0, "'100000001' is printed instead of '100000000'"),
        ("a 1.5", "b 1.5", 0, "'b 1.5' is printed instead of 'a 1.5'"),
        ("1.5 ...", "2.5 x", 0, "'2.5 x' is printed instead of '1.5 ...'"),
        ("a\n...\nz", "a\nb", 2, "'z' is not printed"),
        ("x1.5", "x1.50", 0, "'x1.50' is printed instead of 'x1.5'"),
    ],
)
def test_these_differ_there(expected: str, found: str, line: int, said: str) -> None:
    wrong = difference(expected, found, 1e-6)
    assert wrong is not None
    assert (wrong.line, str(wrong)) == (line, said)


def test_a_tolerance_is_relative_and_may_be_larger() -> None:
    assert difference("1000.0", "1001.0", 1e-2) is None
    assert difference("1.0", "1.1", 1e-2) is not None


def test_dots_of_what_is_recorded_are_just_dots() -> None:
    assert difference("[0 ... 9]", "[0 1 9]", 0, literal=True) is not None
    assert difference("...", "x", 0, literal=True) is not None


def test_a_long_line_is_said_in_short() -> None:
    assert str(difference("", "x" * 500, 0)) == f"'{'x' * 57}...' is printed besides"
