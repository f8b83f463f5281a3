"""YAML with positions: every value can be traced to its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from msgspec import Struct
from yaml.reader import ReaderError

from .characters import CONTROL, complaint, position

KeyPath = tuple[str | int, ...]

# Aliases can make a few lines mean more values than a machine holds, or a value contain itself.
_MOST_VALUES = 20_000
_DEEPEST = 50
# Characters; so few cannot be nested so deeply that it does harm.
_SHORT = 1000
# YAML ends lines at these characters, and nobody else does: positions would be wrong below them.
_ODD_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")
_TOO_DEEP = "it is nested too deeply"
_FLATTEN = "Write it with fewer levels"
_MERGE = "tag:yaml.org,2002:merge"
_TEXT = "tag:yaml.org,2002:str"


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 without its timestamps: an impossible date must reach our own validation."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        """Make a node's value, or say where the value does not fit its tag (``!!int ''``)."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, TypeError, AttributeError):
            kind = node.tag.rpartition(":")[2]
            raise YamlProblem(f"this cannot be read as {kind}", *_position(node)) from None


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class YamlProblem(Exception):
    """Text that is no YAML: what is wrong, where (line and column from 1), and the way out."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        """Keep what is wrong, where, and the way out (empty if there is nothing special to do)."""
        super().__init__(message)
        self.message, self.line, self.column, self.hint = message, line, column, hint


class _Tolerant(_Loader):
    """Reads a configuration whose tags only MkDocs understands; their values become None."""


_Tolerant.add_multi_constructor("", lambda _loader, _tag, _node: None)
_Tolerant.add_multi_constructor("!", lambda _loader, _tag, _node: None)


class Parsed(Struct, frozen=True):
    """The data of a YAML text.

    Attributes:
        data: Plain Python values; dates stay strings, and so does every key of a mapping.
        values: For each path of keys and indices, the (line, column) of the value, from 1.
        keys: The same for mapping keys.
        mistakes: What is wrong although the text could be read: a repeated key, a character.
    """

    data: Any
    values: Mapping[KeyPath, tuple[int, int]]
    keys: Mapping[KeyPath, tuple[int, int]]
    mistakes: tuple[YamlProblem, ...] = ()

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
        YamlProblem: The text is not YAML, or uses what is not plain data.
    """
    text = text.translate(_ODD_LINE_ENDS)
    try:
        return _read(text, _Tolerant if tolerant else _Loader)
    except yaml.MarkedYAMLError as error:
        raise _problem(error) from None
    except ReaderError as error:
        raise YamlProblem(str(error.reason), *_unreadable(text)) from None
    except RecursionError:
        raise YamlProblem(_TOO_DEEP, 1, 1, _FLATTEN) from None


def _read(text: str, kind: type[_Loader]) -> Parsed:
    if len(text) > _SHORT:
        _refuse_depth(text)
    loader = kind(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Parsed(None, {}, {})
        walk = _Walk()
        walk.visit(node, ())
        data = loader.construct_document(node)
        return Parsed(data, walk.values, walk.keys, tuple(walk.mistakes))
    finally:
        loader.dispose()


def _refuse_depth(text: str) -> None:
    """Refuse what is nested too deeply before PyYAML's compiled code recurses into it, and dies."""
    loader, depth = _Loader(text), 0
    try:
        while event := loader.get_event():
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise YamlProblem(_TOO_DEEP, *_position(event), _FLATTEN)
    finally:
        loader.dispose()


def _problem(error: yaml.MarkedYAMLError) -> YamlProblem:
    mark = error.problem_mark or error.context_mark
    message = error.problem or error.context or "not YAML"
    return YamlProblem(message, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)


def _unreadable(text: str) -> tuple[int, int]:
    """Return where the first character stands that YAML does not allow."""
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return position(text, match.start()) if match else (1, 1)


def _position(node: yaml.Node | yaml.Event) -> tuple[int, int]:
    mark = node.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


@dataclass(slots=True)
class _Walk:
    """Collects where each key and value stands; an anchor's node is entered once only.

    Runs before any value is made, so that what it refuses is never built.
    """

    values: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    keys: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    mistakes: list[YamlProblem] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)

    def visit(self, node: yaml.Node, path: KeyPath) -> int:
        """Note a node and those in it; return how many values it stands for."""
        self.values[path] = _position(node)
        if isinstance(node, yaml.ScalarNode):
            self._check_text(node)
            return 1
        if id(node) not in self.sizes:
            self._check_depth(node, path)
            self.sizes[id(node)] = _MOST_VALUES  # what an alias inside it, to itself, would find
            self.sizes[id(node)] = self._inside(node, path)
        return self.sizes[id(node)]

    def _inside(self, node: yaml.Node, path: KeyPath) -> int:
        size = 1
        for step, value in self._children(node, path):
            size += self.visit(value, (*path, step))
            if size > _MOST_VALUES:
                message = "its aliases stand for far too many values"
                raise YamlProblem(message, *_position(value), "Write the values out")
        return size

    def _children(self, node: yaml.Node, path: KeyPath) -> Iterator[tuple[str | int, yaml.Node]]:
        if isinstance(node, yaml.SequenceNode):
            yield from enumerate(node.value)
        else:
            for key, value in node.value:
                yield self._key(key, path), value

    def _key(self, key: yaml.Node, path: KeyPath) -> str:
        """Note a key, and make it the text that was written (``on`` would be true)."""
        if not isinstance(key, yaml.ScalarNode):
            message = "a key is a list, or a set of pairs"
            raise YamlProblem(message, *_position(key), "Use a name as the key")
        name = str(key.value)
        self._check_text(key)
        if key.tag != _MERGE:
            key.tag = _TEXT
        if (*path, name) in self.keys:
            message = f"the key {name!r} stands here a second time"
            self.mistakes.append(YamlProblem(message, *_position(key), "Delete one of them"))
        self.keys.setdefault((*path, name), _position(key))
        return name

    def _check_text(self, node: yaml.ScalarNode) -> None:
        if match := CONTROL.search(node.value):
            self.mistakes.append(YamlProblem(complaint(match[0]), *_position(node), "Delete it"))

    def _check_depth(self, node: yaml.Node, path: KeyPath) -> None:
        if len(path) > _DEEPEST:
            raise YamlProblem(_TOO_DEEP, *_position(node), _FLATTEN)
