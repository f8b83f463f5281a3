"""YAML with positions: every value can be traced to its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

KeyPath = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 without its timestamps: an impossible date must reach our own validation."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class YamlProblem(Exception):
    """Text that is no YAML: what is wrong, and where (line and column from 1)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        """Keep what is wrong and where."""
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class _Tolerant(_Loader):
    """Reads a configuration whose tags only MkDocs understands; their values become None."""


_Tolerant.add_multi_constructor("", lambda _loader, _tag, _node: None)
_Tolerant.add_multi_constructor("!", lambda _loader, _tag, _node: None)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The data of a YAML text.

    Attributes:
        data: Plain Python values; dates stay strings.
        values: For each path of keys and indices, the (line, column) of the value, from 1.
        keys: The same for mapping keys.
    """

    data: Any
    values: Mapping[KeyPath, tuple[int, int]]
    keys: Mapping[KeyPath, tuple[int, int]]

    def locate(self, path: KeyPath) -> tuple[int, int]:
        """Return where the value at a path stands, or the nearest value that encloses it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))


def parse(text: str, *, tolerant: bool = False) -> Parsed:
    """Read one YAML document.

    Args:
        text: The document; its first line counts as line 1.
        tolerant: Whether tags that stand for more than plain data give None and no error.

    Returns:
        Its data and positions; empty text gives None as data.

    Raises:
        YamlProblem: The text is not YAML, repeats a key, or uses what is not plain data.
    """
    loader = _Tolerant(text) if tolerant else _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Parsed(None, {}, {})
        walk = _Walk()
        walk.visit(node, ())
        return Parsed(loader.construct_document(node), walk.values, walk.keys)
    except yaml.MarkedYAMLError as error:
        raise _problem(error) from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        raise YamlProblem(str(error).splitlines()[0], 1, 1) from None
    finally:
        loader.dispose()


def _problem(error: yaml.MarkedYAMLError) -> YamlProblem:
    mark = error.problem_mark or error.context_mark
    message = error.problem or error.context or "not YAML"
    return YamlProblem(message, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)


def _position(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


@dataclass(slots=True)
class _Walk:
    """Collects where each key and value stands; an anchor's node is entered once only."""

    values: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    keys: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    entered: set[int] = field(default_factory=set)

    def visit(self, node: yaml.Node, path: KeyPath) -> None:
        self.values[path] = _position(node)
        if isinstance(node, yaml.ScalarNode) or id(node) in self.entered:
            return
        self.entered.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.visit(item, (*path, index))
        else:
            for key, value in node.value:
                self._visit_key(key, value, (*path, str(key.value)))

    def _visit_key(self, key: yaml.Node, value: yaml.Node, path: KeyPath) -> None:
        if path in self.keys:
            raise YamlProblem(f"the key {key.value!r} stands here a second time", *_position(key))
        self.keys[path] = _position(key)
        self.visit(value, path)
