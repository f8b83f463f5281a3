"""Packages that try what a page can bear: too many objects, too large ones, hidden bases."""

from __future__ import annotations

from collections.abc import Mapping

_DOCSTRING = '''\
    """Work on {name} number {number}, and on what is around it.

    Args:
        values: What to work on; as many as there are.
        factor: By how much each value is made larger.

    Returns:
        The values, each made larger.

    Raises:
        ValueError: There are none.

    Examples:
        >>> {name}{number}([1.0, 2.0], factor=3.0)
        [3.0, 6.0]
    """
'''
_BODY = """\
    if not values:
        raise ValueError(f"there are no values for {factor}")
    result = [value * factor for value in values]
    return sorted(result, key=lambda value: (abs(value), value))
"""


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())


def _function(name: str, number: int, body: str = _BODY, first: str = "") -> str:
    head = f"def {name}{number}({first}values: list[float], factor: float = 1.0) -> list[float]:\n"
    return head + _DOCSTRING.format(name=name, number=number) + body + "\n\n"


def module(functions: int) -> str:
    """Return a module of so many functions."""
    text = '"""As many functions as it takes."""\n\n\n'
    return text + "".join(_function("work", number) for number in range(functions))


def huge_class(methods: int) -> str:
    """Return a class of so many methods."""
    text = '"""One class."""\n\n\nclass Huge:\n    """So many methods."""\n\n'
    text += f"    limit: int = {methods}\n\n"
    made = (_indented(_function("method", n, first="self, ")) for n in range(methods))
    return text + "".join(made)


def constants(count: int) -> str:
    """Return a module of so many constants."""
    lines = (f'NAME_{n}: str = "value {n}"\n"""One of many."""\n' for n in range(count))
    return '"""Constants."""\n' + "".join(lines)


#: A package in which a module, a class and a function are each too large for a page.
LARGE: Mapping[str, str] = {
    "large/__init__.py": '"""Too large."""\nfrom large.many import Many, work0\n'
    '__all__ = ["Many", "work0"]\n',
    "large/many.py": module(100)
    + 'SIZE: int = 3\n"""How many."""\n\n'
    + 'class Many:\n    """Of them; see [work1][large.many.work1]."""\n\n'
    + "    def go(self) -> int:\n"
    + '        """Go."""\n        return 1\n\n\n'
    + 'def many(of: Many) -> Many:\n    """Differ in case from a class."""\n    return of\n',
    "large/one.py": huge_class(100),
    "large/long.py": '"""One function."""\n\n\n'
    + _function("enormous", 0, "    values = values[:]\n" * 9000 + _BODY),
}

#: Classes whose base nobody can see, and a docstring of each kind that is hard to read.
HIDDEN: Mapping[str, str] = {
    "hidden/__init__.py": '''\
"""Shapes.

Classes:
    Square: A shape that is told of below as well.

See Also:
    hidden.Square: with four sides.
    hidden.Cube: has six of them,
        or so they say.
"""

from hidden._base import Base


class Square(Base):
    """A square of <length> units; see :func:`hidden.area`."""

    def turn(self) -> None:
        """Turn it."""


class Cube(Square):
    """A cube."""


def area(shape: Square, unit: str = "m") -> float:
    """Return the area. It is a number.

    Example:
        # First a comment
        area(Square())

        # Then another
        area(Cube())

    Examples:
        Some text.

            # An indented one
            area(Square())

        ```python
        # A fenced one
        area(Square())
        ```

        >>> # One at a prompt
        >>> area(Square())
        1.0

    Args:
        shape: The [shape][hidden.Square].
        unit: Of length.

    Returns:
        A number.

    Raises:
        ValueError: There is no such unit.
    """
    if unit != "m":
        raise ValueError(unit)
    return shape.width
''',
    "hidden/_base.py": '''\
"""Nobody sees this."""


class Base:
    """Nor this."""

    sides: int = 4
    """How many sides."""

    def draw(self, colour: str = "red") -> str:
        """Draw it."""
        return colour

    @property
    def width(self) -> float:
        """How wide it is."""
        return 1.0

    def _secret(self) -> None:
        """Not for others."""
''',
}
