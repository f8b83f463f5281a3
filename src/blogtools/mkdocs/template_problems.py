"""Templates that are not there, or cannot be used: where that is written, and the way out."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import jinja2
from mkdocs.config.defaults import MkDocsConfig

from blogtools.content.documents import decode, place_in_front
from blogtools.content.options import read_config
from blogtools.content.yaml import KeyPath
from blogtools.model.diagnostic import ContentError, Diagnostic, UsageError
from blogtools.model.document import Document
from blogtools.model.source import Source

from .foreign import shown

_ICONS, _LANGUAGES = ".icons/", "partials/languages/"
_PUT = "put that file into the folder that 'theme: custom_dir' names"

# What Jinja calls a template that it was given as text.
_NAMELESS = ("<template>", "<unknown>")
# Where it reads one.
_READER = jinja2.FileSystemLoader.get_source.__code__


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
def templates_explained(config: MkDocsConfig, extra: str = "") -> Iterator[None]:
    """Turn what is raised while a template is read or rendered into diagnostics.

    Args:
        config: The blog's configuration, which says where its templates lie.
        extra: The one of `extra_templates` that is read and rendered, if it is one.

    Raises:
        ContentError: A template is not there, or cannot be used. What else is raised, and comes
            through no template of the author's, is left alone: it is no fault of theirs.
    """
    try:
        yield
    except (ContentError, UsageError):
        raise
    except Exception as failure:
        blog = _Blog(Path(config.config_file_path), *_own(config, extra))
        if (found := _problem(failure, blog)) is None:
            raise
        raise ContentError((found,)) from None


class _Blog(NamedTuple):
    """Where a blog keeps its templates.

    Attributes:
        config_file: The blog's configuration.
        folder: That of its own templates, if it has one.
        extra: The template of pages' folder that is used just now, if it is one.
    """

    config_file: Path
    folder: Path | None
    extra: Path | None

    def owns(self, file: Path) -> bool:
        """Return whether a template is the author's."""
        return file == self.extra or (self.folder is not None and file.is_relative_to(self.folder))


class _Place(NamedTuple):
    """A line of a template."""

    file: Path
    line: int


def _own(config: MkDocsConfig, extra: str) -> tuple[Path | None, Path | None]:
    folder = config.theme.custom_dir
    return Path(folder) if folder else None, Path(config.docs_dir, extra) if extra else None


def _problem(failure: Exception, blog: _Blog) -> Diagnostic | None:
    """Return what is wrong with a template; None if it is none of the author's."""
    if isinstance(failure, jinja2.TemplateError):
        return _refused(failure, blog)
    if isinstance(failure, UnicodeDecodeError) and (found := _not_utf8(failure, blog)):
        return found
    passed = tuple(_passed(failure, blog))
    own = tuple(place for place in passed if blog.owns(place.file))
    if not own:
        return None
    last, innermost = own[-1], passed[-1]
    inside = "" if blog.owns(innermost.file) else f" ({innermost.file.name}:{innermost.line})"
    message = " ".join(f"the template cannot be used: {_in_words(failure)}{inside}".split())
    path = shown(last.file, blog.config_file)
    return Diagnostic(path, last.line, 1, "template", message, "Mend it")


def _in_words(failure: Exception) -> str:
    if isinstance(failure, RecursionError):
        return "it comes to no end, as where a template extends or includes itself"
    return f"{type(failure).__name__}: {failure}".rstrip(".")


def _not_utf8(failure: UnicodeDecodeError, blog: _Blog) -> Diagnostic | None:
    """Return where a template that was being read is not UTF-8."""
    frames = (frame for frame, _ in traceback.walk_tb(failure.__traceback__))
    read = [frame.f_locals["filename"] for frame in frames if frame.f_code is _READER]
    for file in filter(None, (blog.extra, *map(Path, read))):
        if blog.owns(file):
            source = Source(shown(file, blog.config_file), file.parent, file.read_bytes())
            found = decode(source).diagnostics
            return next((wrong for wrong in found if wrong.code == "file/encoding"), None)
    return None


def _refused(failure: jinja2.TemplateError, blog: _Blog) -> Diagnostic:
    """Return what Jinja finds wrong: at its line, or at the option that names the template."""
    name = str(failure.name or "") if isinstance(failure, jinja2.TemplateNotFound) else ""
    if name.startswith(_ICONS):
        return _no_icon(name, blog.config_file)
    if name.startswith(_LANGUAGES):
        return _no_language(name, blog.config_file)
    file, line = _place(failure, blog)
    path = shown(file, blog.config_file)
    if name:
        message, hint = f"there is no template '{name}', which is asked for", f"Mend it, or {_PUT}"
        return Diagnostic(path, line, 1, "template", message, hint)
    reason = (failure.message or type(failure).__name__).rstrip(".")
    message = f"the template cannot be used: {reason}"
    return Diagnostic(path, line, 1, "template", message, "Mend it, or the theme's options")


def _place(failure: jinja2.TemplateError, blog: _Blog) -> _Place:
    """Return the line of a template of the author's, else the configuration's first."""
    root = blog.config_file.resolve().parent
    if isinstance(failure, jinja2.TemplateSyntaxError) and failure.filename:
        return _Place(Path(failure.filename), failure.lineno)
    passed = [place for place in _passed(failure, blog) if place.file.is_relative_to(root)]
    return passed[-1] if passed else _Place(blog.config_file.resolve(), 1)


def _passed(failure: Exception, blog: _Blog) -> Iterator[_Place]:
    """Yield the templates that a failure came through, the innermost last.

    Jinja makes tracebacks name the templates themselves, if they have a name.
    """
    for frame in traceback.extract_tb(failure.__traceback__):
        file = Path(frame.filename)
        if blog.extra is not None and frame.filename in _NAMELESS:
            yield _Place(blog.extra, frame.lineno or 1)
        elif file.suffix != ".py" and file.is_file():
            yield _Place(file, frame.lineno or 1)


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
