"""Jinja without the work that cannot show in a page; tests compare the two.

On each page templates ask for many things that are not there, find the same partials, call what is
asked first whether it wants to know the page, and say the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import cache, cached_property, partial
from pathlib import Path
from types import MethodType
from typing import Any

import jinja2
import material
from jinja2.environment import TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.utils import internalcode
from mkdocs.config.base import LegacyConfig
from mkdocs.theme import Theme

from blogtools.model.interface import Voice

_WORDS = "partials/language.html"
_MATERIAL = Path(material.__file__).parent
_NOTHING = object()
# Of these, `in` says whether there is an item, without an exception for each that is missing.
_SAYS = (dict, Theme, LegacyConfig)


def quicken(env: jinja2.Environment) -> None:
    """Make an environment quick that is complete, for the pages of one build."""
    vars(env).update(getattr=_getattr(env), get_template=cache(_whole(env.get_template)))
    if env.context_class is Context:
        env.context_class = _Context
    try:
        template = env.get_template(_WORDS)
    except jinja2.TemplateNotFound:
        return
    vars(template).update(make_module=_remembered(env, template))


def _whole(get_template: Callable[..., jinja2.Template]) -> Callable[..., jinja2.Template]:
    """Return what gets templates that give their text in one piece.

    A page of three templates, each made of partials, is some hundred pieces otherwise, and each of
    them is handed up by one after the other.
    """

    def get(*asked: Any, **named: Any) -> jinja2.Template:
        template = get_template(*asked, **named)
        pieces = template.root_render_func
        if not isinstance(pieces, partial):
            template.root_render_func = partial(_in_one_piece, template.environment.concat, pieces)
        return template

    return get


def _in_one_piece(
    concat: Callable[[Iterable[str]], str],
    pieces: Callable[[Context], Iterator[str]],
    context: Context,
) -> Iterator[str]:
    yield concat(pieces(context))


class _Context(Context):
    """Calls what says words at once, since it wants to know nothing of a page.

    Each partial has a context of its own, and the names of global things are hardly ever asked for.
    """

    def __init__(
        self,
        environment: jinja2.Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: MutableMapping[str, Any] | None = None,
    ) -> None:
        super().__init__(environment, parent, name, blocks)
        del self.globals_keys
        self._globals = globals

    @cached_property
    def globals_keys(self) -> set[str]:  # type: ignore[override]
        """Return the names, when they are asked for."""
        return set(self._globals or ())

    @internalcode
    def call(__self, __called: Any, *arguments: Any, **named: Any) -> Any:  # noqa: N805
        by_voice = type(__called) is MethodType and type(__called.__self__) is Voice
        if not by_voice and type(__called) is not Voice:
            return super().call(__called, *arguments, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return __called(*arguments, **named)


def _getattr(env: jinja2.Environment) -> Callable[[object, str], object]:
    """Return `jinja2.Environment.getattr`, with few exceptions raised and caught."""
    undefined = env.undefined

    def find(thing: Any, name: str) -> object:
        if (value := getattr(thing, name, _NOTHING)) is not _NOTHING:
            return value
        if thing is None or (type(thing) in _SAYS and name not in thing):
            return undefined(obj=thing, name=name)
        try:
            return thing[name]
        except (TypeError, LookupError, AttributeError):
            return undefined(obj=thing, name=name)

    return find


def _remembered(
    env: jinja2.Environment, template: jinja2.Template
) -> Callable[..., TemplateModule]:
    """Return what makes the module of Material's words, once for each language.

    They depend on the language alone, as long as all that says them is Material's own.
    """
    make, known = template.make_module, dict[str, TemplateModule]()

    def make_module(
        names: Mapping[str, Any] | None = None,
        shared: bool = False,
        own: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        if names is None or "config" not in names or (own and "config" in own):
            given = None if names is None else dict(names)
            return make(given, shared, own)  # whatever that comes to
        language = names["config"].theme.get("language")
        if language in known:
            return known[language]
        module = make(dict(names), shared, own)
        if language and _is_materials(env, _WORDS, language, "en"):
            vars(module).update(t=_once_a_word(vars(module)["t"]))
            known[language] = module
        return module

    return make_module


def _is_materials(env: jinja2.Environment, name: str, *languages: str) -> bool:
    files = [env.get_template(f"partials/languages/{one}.html").filename for one in languages]
    own = env.get_template(name).filename
    return all(file and Path(file).is_relative_to(_MATERIAL) for file in (own, *files))


def _once_a_word(macro: Callable[..., str]) -> Callable[..., str]:
    words = cache(macro)

    @jinja2.pass_eval_context
    def say(context: EvalContext, *keys: object, **named: object) -> str:
        if context.autoescape or named or len(keys) != 1 or type(keys[0]) is not str:
            return macro(context, *keys, **named)
        return words(keys[0])

    return say
