"""What differs between two signatures, as readers of an essay are told."""

from __future__ import annotations

import pytest

from blogtools.content.signatures import alike, reshaped


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("f(a)", "f(a, b)", "needs b now"),
        ("f(a)", "f(a, b=1, *, c: int = 2)", "takes b and c as well"),
        ("f(a, b, c=1)", "f(a)", "takes b and c no more"),
        ("f(a=1)", "f(a)", "has no default of a any more"),
        ("f(*, a)", "f(*, a=1)", "has a default of a now"),
        ("f(a, b)", "f(b, a)", "takes its parameters in another way"),
        ("f(a, b=1)", "f(a, *, b=1)", "takes its parameters in another way"),
        ("f(a: int, b)", "f(a: 'float', b)", "has another type of a"),
        ("f(a) -> int", "f(a) -> list[int]", "returns list[int] instead of int"),
        ("f(a)", "f(a) -> None", "says that it returns None"),
        ("f(a) -> None", "f(a)", "says no more what it returns"),
        ("f(*a)", "f(*a, **b)", "takes b as well"),
        (
            "f(a, b)",
            "f(a, *, c) -> str",
            "needs c now; takes b no more; says that it returns str",
        ),
        ("x: int", "x:\n  float = 1", "is declared in another way: x: float = 1"),
        ("f(a=1)", "f(a=2)", "is declared in another way: f(a=2)"),
        ("f(", "f(a)", "is declared in another way: f(a)"),
    ],
)
def test_what_is_different_is_told_in_words(before: str, after: str, told: str) -> None:
    assert "; ".join(reshaped(before, after)) == told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f(a: Optional[int] = None)", "f(a: int | None = None)"),
        ("f(a: Union[A, B, None]) -> List[int]", "f(\n    a: A | B | None,\n) -> list[int]"),
        ("x: typing.Optional[t.Dict[str, int]]", "x: dict[str, int] | None"),
        ("Optional[jnp.ndarray]", "jnp.ndarray | None"),
    ],
)
def test_types_that_are_written_in_another_way_are_the_same(one: str, other: str) -> None:
    assert alike(one, other)
    assert list(reshaped(one, other)) == []


@pytest.mark.parametrize(
    ("one", "other"), [("f(a: Optional[int])", "f(a: int)"), ("", ""), ("f(", "f("), ("A | B", "A")]
)
def test_what_is_different_or_unreadable_is_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)
