"""The files of a configuration, and what it mentions of the world outside them.

YAML has many spellings of one thing, so nothing is looked for in the text: a parser says which tags
there are, and what the key ``INHERIT`` comes to.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from mkdocs.utils.yaml import get_yaml_loader
from msgspec import Struct

_INHERIT = "INHERIT"
_ENV = "!ENV"
_PYTHON = "tag:yaml.org,2002:python/"
_NAME = f"{_PYTHON}name:"
#: What is called, or looked into, while a configuration is read.
_CALLS = tuple(f"{_PYTHON}{kind}:" for kind in ("object", "object/apply", "object/new", "module"))
# What these give follows from their arguments: the slugs that Material's guide recommends.
_PURE = (f"{_PYTHON}object/apply:pymdownx.", f"{_PYTHON}object/new:pymdownx.")
_WRONG = (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


class Mentioned(Struct, frozen=True):
    """What a configuration depends on besides the packages that are installed.

    Attributes:
        files: Its file, and those that it inherits from.
        variables: The variables of the environment that it reads with ``!ENV``, by name.
        unknown: What of it may come to something else each time that it is read, in words.
    """

    files: tuple[Path, ...]
    variables: tuple[str, ...]
    unknown: tuple[str, ...]


class _Text(Struct, frozen=True):
    """What one file of a configuration says."""

    variables: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    inherited: str | None = None


# Reads variables as MkDocs does; what else only MkDocs understands becomes None.
_Loader = get_yaml_loader(yaml.CSafeLoader)
_Loader.add_multi_constructor("", lambda _loader, _tag, _node: None)
_Loader.add_multi_constructor("!", lambda _loader, _tag, _node: None)


def mentioned(config_file: Path) -> Mentioned:
    """Return what a configuration that MkDocs has read depends on."""
    texts: dict[Path, _Text] = {}
    file: Path | None = config_file.resolve()
    while file is not None and file not in texts:
        text = texts[file] = _read(file)
        file = None if text.inherited is None else _beside(file, text.inherited)
    variables = {name for text in texts.values() for name in text.variables}
    unknown = dict.fromkeys(what for text in texts.values() for what in text.unknown)
    return Mentioned(tuple(texts), tuple(sorted(variables)), tuple(unknown))


def _beside(file: Path, name: str) -> Path:
    """Return the file that another one inherits from; MkDocs does not follow links either."""
    return Path(os.path.normpath(file.parent / name))


def _read(file: Path) -> _Text:
    try:
        nodes, data = _composed(file)
    except (OSError, *_WRONG):
        # MkDocs could read it, so it says something, and nobody knows what.
        return _Text(unknown=(file.name,))
    unknown = [_spelled(node.tag) for node in nodes if _is_unknown(node.tag)]
    inherited = data.get(_INHERIT, "")
    if not isinstance(inherited, str):
        unknown.append(_INHERIT)
        inherited = ""
    variables = frozenset(name for node in nodes if node.tag == _ENV for name in _variables(node))
    return _Text(variables, tuple(unknown), inherited or None)


def _composed(file: Path) -> tuple[tuple[yaml.Node, ...], dict[object, object]]:
    """Return all that stands in a file, and what it comes to if that is a mapping."""
    loader = _Loader(file.read_bytes())
    try:
        if (root := loader.get_single_node()) is None:
            return (), {}
        # First of all: making a mapping changes its node.
        nodes = tuple(_nodes(root))
        data = loader.construct_document(root)
    finally:
        loader.dispose()
    return nodes, data if isinstance(data, dict) else {}


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Yield each node once, however many aliases lead to it."""
    waiting, known = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in known:
            continue
        known.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _variables(node: yaml.Node) -> Iterator[str]:
    """Yield the names of one ``!ENV``; the last of several values is the default."""
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif isinstance(node, yaml.SequenceNode):
        names = node.value[:-1] if len(node.value) > 1 else node.value
        yield from (name.value for name in names if isinstance(name, yaml.ScalarNode))


def _is_unknown(tag: str) -> bool:
    """Return whether a tag gives what does not follow from the configuration's text."""
    if tag.startswith(_NAME):
        return not _is_code(tag.removeprefix(_NAME))
    return tag.startswith(_CALLS) and not tag.startswith(_PURE)


def _is_code(name: str) -> bool:
    """Return whether a name is that of a function or class: what it is stands in its module.

    Anything else its module may have made of whatever it likes, when it was imported.
    """
    module, _, attribute = name.rpartition(".")
    return callable(getattr(sys.modules.get(module or "builtins"), attribute, None))


def _spelled(tag: str) -> str:
    """Return a tag as authors write it."""
    return tag.replace("tag:yaml.org,2002:", "!!", 1)
