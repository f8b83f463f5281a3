"""What differs between two signatures of a function, in words."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import reduce

from msgspec import Struct

#: The default of what takes any number of arguments: none of them is needed.
_NO_NEED = ast.Constant(...)


class _Parameter(Struct, frozen=True):
    """A parameter of a signature.

    Attributes:
        name: Its name.
        type: Its type, or nothing.
        kind: How it is passed.
        required: Whether it has to be.
    """

    name: str
    type: str
    kind: str
    required: bool


class _Declared(Struct, frozen=True):
    """A signature, taken apart.

    Attributes:
        types: The type of each parameter, or nothing; in their order.
        kinds: How each is passed.
        required: Those without a default.
        returns: The type of what is returned, or nothing.
    """

    types: Mapping[str, str]
    kinds: Mapping[str, str]
    required: frozenset[str]
    returns: str


def reshaped(before: str, after: str) -> Iterator[str]:
    """Yield what is different, to be read after the name; changed defaults are told elsewhere.

    Types that are only written in another way are the same: ``Optional[int]`` and ``int | None``.

    Args:
        before: The old signature, as it would stand after ``def``.
        after: The new one.
    """
    if alike(before, after):
        return
    old, new = _declared(before), _declared(after)
    told = list(_told(old, new)) if old and new else []
    yield from told or [f"is declared in another way: {' '.join(after.split())}"]


def alike(one: str, other: str) -> bool:
    """Return whether two signatures, or two types, say the same."""
    mine, its = _tree(one), _tree(other)
    return mine is not None and its is not None and ast.dump(mine) == ast.dump(its)


def _told(old: _Declared, new: _Declared) -> Iterator[str]:
    for words, names in _parameters(old, new):
        if names:
            yield words.format(_listed(names))
    if _passing(old, new) != _passing(new, old):
        yield "takes its parameters in another way"
    if old.returns != new.returns:
        yield _returned(old.returns, new.returns)


def _parameters(old: _Declared, new: _Declared) -> Iterator[tuple[str, list[str]]]:
    """Yield what may be said of parameters, each with the names of those that it is true of."""
    added = _among(new.types, new.types.keys() - old.types.keys())
    yield "needs {} now", _among(added, new.required)
    yield "takes {} as well", _among(added, new.types.keys() - new.required)
    yield "takes {} no more", _among(old.types, old.types.keys() - new.types.keys())
    yield "has no default of {} any more", _among(old.types, new.required - old.required)
    yield "has a default of {} now", _among(new.types, old.required - new.required)
    retyped = {name for name, type_ in old.types.items() if new.types.get(name, type_) != type_}
    yield "has another type of {}", _among(old.types, retyped)


def _among(names: Iterable[str], wanted: Set[str]) -> list[str]:
    return [name for name in names if name in wanted]


def _passing(one: _Declared, other: _Declared) -> list[tuple[str, str]]:
    """Return the parameters that both have, in the order of the first, and how each is passed."""
    return [(name, how) for name, how in one.kinds.items() if name in other.kinds]


def _returned(old: str, new: str) -> str:
    if old and new:
        return f"returns {new} instead of {old}"
    return f"says that it returns {new}" if new else "says no more what it returns"


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _declared(signature: str) -> _Declared | None:
    """Take a signature apart; None if it is none of a function."""
    function = _tree(signature)
    if not isinstance(function, ast.FunctionDef):
        return None
    found = tuple(_taken(function.args))
    return _Declared(
        {one.name: one.type for one in found},
        {one.name: one.kind for one in found},
        frozenset(one.name for one in found if one.required),
        _text(function.returns),
    )


def _taken(found: ast.arguments) -> Iterator[_Parameter]:
    """Yield the parameters of a function in their order."""
    places = len(found.posonlyargs)
    # Python lists the defaults of the last ones only.
    bare = places + len(found.args) - len(found.defaults)
    defaults = [None] * bare + found.defaults
    groups: tuple[tuple[str, Sequence[ast.arg | None], Sequence[ast.expr | None]], ...] = (
        ("by its place", found.posonlyargs, defaults[:places]),
        ("either way", found.args, defaults[places:]),
        ("*", [found.vararg], [_NO_NEED]),
        ("by its name", found.kwonlyargs, found.kw_defaults),
        ("**", [found.kwarg], [_NO_NEED]),
    )
    for kind, arguments, values in groups:
        for one, value in zip(arguments, values, strict=True):
            if one is not None:
                yield _Parameter(one.arg, _text(one.annotation), kind, value is None)


def _tree(signature: str) -> ast.stmt | None:
    """Parse a signature, a declared attribute or a type; None if it is none of them."""
    for text in (f"def {signature}: ...", signature.strip()):
        try:
            (statement,) = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError):
            continue
        return _Plainly().visit(statement)  # type: ignore[no-any-return]  # a statement stays one
    return None


class _Plainly(ast.NodeTransformer):
    """Writes types as one does today."""

    _OLD = frozenset(("Dict", "FrozenSet", "List", "Set", "Tuple", "Type"))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Write ``List`` as ``list``."""
        return ast.Name(node.id.lower(), node.ctx) if node.id in self._OLD else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Write ``typing.Optional`` as ``Optional``."""
        if isinstance(node.value, ast.Name) and node.value.id in ("typing", "t"):
            return self.visit_Name(ast.Name(node.attr, node.ctx))
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Write ``Optional[X]`` and ``Union[X, Y]`` with bars."""
        self.generic_visit(node)
        kind = node.value.id if isinstance(node.value, ast.Name) else ""
        several = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if kind not in ("Optional", "Union"):
            return node
        return reduce(_either, [*several, ast.Constant(None)] if kind == "Optional" else several)


def _either(one: ast.expr, other: ast.expr) -> ast.expr:
    return ast.BinOp(one, ast.BitOr(), other)


def _text(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation else ""
