"""Templates that are not there, or cannot be used: where that is written, and the way out."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jinja2

from blogtools.content.documents import place_in_front
from blogtools.content.options import read_config
from blogtools.content.yaml import KeyPath
from blogtools.model.diagnostic import ContentError, Diagnostic
from blogtools.model.document import Document

from .foreign import shown

_ICONS, _LANGUAGES = ".icons/", "partials/languages/"
_PUT = "put that file into the folder that 'theme: custom_dir' names"


def missing_templates(
    named: Iterable[tuple[Document, object]], env: jinja2.Environment
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each essay or page that names a template which is not there.

    Args:
        named: Each of them, with what it says of its template.
        env: What finds templates.
    """
    known: dict[str, bool] = {}
    for document, name in named:
        if isinstance(name, str):
            if name not in known:
                known[name] = _is_there(name, env)
            if not known[name]:
                yield _unknown(document, name)


def _is_there(name: str, env: jinja2.Environment) -> bool:
    try:
        env.get_template(name)
    except jinja2.TemplateNotFound:
        return False
    return True


def _unknown(document: Document, name: str) -> Diagnostic:
    place = document.positions.get("template")
    line, column = place or place_in_front(document.source, "template")
    message = f"there is no template '{name}'"
    hint = f"Leave 'template' out, or {_PUT}"
    if ".." in name.split("/"):  # which no folder of templates lets through
        hint = "Leave 'template' out, or write a path below the folder of 'theme: custom_dir'"
    code = "front-matter/no-template"
    return Diagnostic(document.source.path, line, column, code, message, hint)


@contextmanager
def templates_explained(config_file: Path) -> Iterator[None]:
    """Turn what Jinja raises while a page is made into diagnostics.

    Args:
        config_file: The blog's configuration, beside which its templates lie.

    Raises:
        ContentError: A template is not there, or cannot be used.
    """
    try:
        yield
    except jinja2.TemplateError as failure:
        raise ContentError((template_problem(failure, config_file),)) from None


def template_problem(failure: jinja2.TemplateError, config_file: Path) -> Diagnostic:
    """Return what is wrong with a template: at its line, or at the option that names it."""
    name = str(failure.name or "") if isinstance(failure, jinja2.TemplateNotFound) else ""
    if name.startswith(_ICONS):
        return _no_icon(name, config_file)
    if name.startswith(_LANGUAGES):
        return _no_language(name, config_file)
    path, line = _place(failure, config_file.resolve())
    if name:
        message, hint = f"there is no template '{name}', which is asked for", f"Mend it, or {_PUT}"
        return Diagnostic(path, line, 1, "template", message, hint)
    reason = (failure.message or type(failure).__name__).rstrip(".")
    message = f"the template cannot be used: {reason}"
    return Diagnostic(path, line, 1, "template", message, "Mend it, or the theme's options")


def _place(failure: jinja2.TemplateError, config_file: Path) -> tuple[str, int]:
    """Return the file and line of a template of the author's, else the configuration's first."""
    root, file, line = config_file.parent, config_file, 1
    if isinstance(failure, jinja2.TemplateSyntaxError) and failure.filename:
        file, line = Path(failure.filename), failure.lineno
    else:
        # Jinja makes tracebacks name the templates themselves.
        for frame in traceback.extract_tb(failure.__traceback__):
            place = Path(frame.filename)
            if place.suffix != ".py" and place.is_relative_to(root) and place.is_file():
                file, line = place, frame.lineno or 1
    return shown(file, config_file), line


def _no_icon(name: str, file: Path) -> Diagnostic:
    icon = name.removeprefix(_ICONS).removesuffix(".svg")
    hint = f"Write the name of one of Material's icons, or {_PUT}, as '{name}'"
    place = _place_of(icon, read_config(file).data) or ("theme", "icon")
    return _at(file, place, f"there is no icon '{icon}'", hint)


def _no_language(name: str, file: Path) -> Diagnostic:
    language = name.removeprefix(_LANGUAGES).removesuffix(".html")
    message = f"the theme has no words for the language '{language}'"
    hint = f"Write a language that Material has, such as 'en', or {_PUT}, as '{name}'"
    return _at(file, ("theme", "language"), message, hint)


def _at(file: Path, place: KeyPath, message: str, hint: str) -> Diagnostic:
    line, column = read_config(file).locate(place)
    return Diagnostic(file.name, line, column, "template", message, hint)


def _place_of(wanted: str, value: object, place: KeyPath = ()) -> KeyPath:
    """Return where a value stands in the configuration; nothing if it stands nowhere."""
    if value == wanted:
        return place
    inside: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = (_place_of(wanted, one, (*place, key)) for key, one in inside)
    return next(filter(None, found), ())
