"""What differs between two signatures of a function, in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class _Declared:
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
    added = [name for name in new.types if name not in old.types]
    lost = [name for name in old.types if name not in new.types]
    kept = [name for name in old.types if name in new.types]
    if needed := [name for name in added if name in new.required]:
        yield f"needs {_listed(needed)} now"
    if more := [name for name in added if name not in new.required]:
        yield f"takes {_listed(more)} as well"
    if lost:
        yield f"takes {_listed(lost)} no more"
    if stricter := [n for n in kept if n in new.required and n not in old.required]:
        yield f"has no default of {_listed(stricter)} any more"
    if looser := [n for n in kept if n in old.required and n not in new.required]:
        yield f"has a default of {_listed(looser)} now"
    if kept != [name for name in new.types if name in old.types] or any(
        old.kinds[name] != new.kinds[name] for name in kept
    ):
        yield "takes its parameters in another way"
    if retyped := [name for name in kept if old.types[name] != new.types[name]]:
        yield f"has another type of {_listed(retyped)}"
    if old.returns != new.returns:
        yield _returned(old.returns, new.returns)


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
    found = function.args
    positional = [*found.posonlyargs, *found.args]
    kinds = {
        **dict.fromkeys((a.arg for a in found.posonlyargs), "by its place"),
        **dict.fromkeys((a.arg for a in found.args), "either way"),
        **({found.vararg.arg: "*"} if found.vararg else {}),
        **dict.fromkeys((a.arg for a in found.kwonlyargs), "by its name"),
        **({found.kwarg.arg: "**"} if found.kwarg else {}),
    }
    several = [one for one in (found.vararg, found.kwarg) if one is not None]
    types = {a.arg: _text(a.annotation) for a in (*positional, *found.kwonlyargs, *several)}
    bare = positional[: len(positional) - len(found.defaults)]
    named = zip(found.kwonlyargs, found.kw_defaults, strict=True)
    required = (*bare, *(a for a, default in named if default is None))
    return _Declared(
        {name: types[name] for name in kinds},
        kinds,
        frozenset(a.arg for a in required),
        _text(function.returns),
    )


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
