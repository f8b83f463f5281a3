from __future__ import annotations

import ast

import pytest

from blogtools.mkdocs.reference_signatures import wrap


def test_a_short_line_stays_as_it_is() -> None:
    code = "def fit(a: int) -> int: pass"
    assert wrap(code, len(code)) == code


def test_a_long_signature_has_a_line_for_each_parameter() -> None:
    code = 'def fit(a: dict[str, int], b: str = "x, (y", /, *, c=f(1, 2)) -> list[int]: pass'
    assert wrap(code, 20) == (
        "def fit(\n"
        "    a: dict[str, int],\n"
        '    b: str = "x, (y",\n'
        "    /,\n"
        "    *,\n"
        "    c=f(1, 2),\n"
        ") -> list[int]: pass"
    )


def test_type_parameters_stay_with_the_name() -> None:
    assert wrap("def fit[T: (int, str)](a: T, b: T) -> T: pass", 20).startswith(
        "def fit[T: (int, str)](\n    a: T,\n"
    )


def test_a_long_value_has_a_line_for_each_item() -> None:
    code = "OPTIONS: tuple[str, ...] = ('one', 'it\\'s, two', 'three')"
    assert wrap(code, 20) == (
        "OPTIONS: tuple[str, ...] = (\n    'one',\n    'it\\'s, two',\n    'three',\n)"
    )


@pytest.mark.parametrize(
    "code",
    [
        "def fit() -> dict[str, int]: pass",
        "VALUE = 'a long text, with (brackets'",
        "VALUE = (first + second)",
        "VALUE = broken(",
        "def broken(a, b",
        "",
        "a: int",
    ],
)
def test_what_cannot_be_broken_stays_as_it_is(code: str) -> None:
    assert wrap(code, 5) == code


@pytest.mark.parametrize(
    "code",
    [
        "def f(*args: int, **kwargs: str): pass",
        "def f(a, b=(1, 2), c={'k': [1, 2]}, d=lambda x, y: x): pass",
        "X = {'a': 1, 'b': (2, 3)}",
        "X = call(a, b=c)[0]",
    ],
)
def test_a_broken_line_means_what_it_meant(code: str) -> None:
    wrapped = wrap(code, 10)
    assert "\n" in wrapped
    assert ast.dump(ast.parse(wrapped)) == ast.dump(ast.parse(code))
