"""The blog's own templates, and what they may look at."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import jinja2
from mkdocs.config.defaults import MkDocsConfig

from blogtools.build.files import walk

from .settings import TEMPLATES

# `pages` are all pages, with their texts; two are another moment in each build, and some lie
# elsewhere in each: whoever reads one of them has to be written anew every time. The edition is all
# that there is, and of the Markdown of a page, or its file, it is not known what is read.
_ALL = (
    r"(?P<all>edition|markdown|content_(?:string|bytes)|update_date"
    r"|docs_dir|site_dir|config_file_path|abs_(?:src|dest)_path|src_dir)"
)
_CURIOUS = re.compile(rf"(?<![\w.])(?P<name>pages|build_date_utc)\b|\.{_ALL}\b")
_QUOTED = re.compile(rf"""["'](?:\w+\.)*{_ALL}["'.]""")
# By which a template can show where a page's own file lies.
_FILES = re.compile(r"\b(?:file|edit_url)\b")
# Whatever leads from one page to others.
_NEIGHBOURS = re.compile(r"\b(?:nav|previous_page|next_page|homepage|children|ancestors|parent)\b")
# By which a template can come to an essay: those of its context, and of ours that include it.
_ESSAYS = re.compile(r"\b(?:view|items?|post)\b")
# Of a file that is no text, such as a picture or a font, no more than this is read.
_HEAD = 4096
_ENV = jinja2.Environment(autoescape=True)


class _Code(NamedTuple):
    """What of a template is code: all of it, and without the strings."""

    whole: str
    names: str


class _Template(NamedTuple):
    """A template of the blog's own."""

    file: Path
    text: str
    code: _Code


class Overrides(NamedTuple):
    """What the templates of the blog's own may look at.

    Attributes:
        curious: Those that look at all pages, or at the time of the build, each with what it reads.
        see_neighbours: Whether one of them leads from one page to another.
        see_essays: Whether one of them may show of an essay what none of ours shows.
        see_files: Whether one of them may show where the file of a page lies.
    """

    curious: tuple[str, ...]
    see_neighbours: bool
    see_essays: bool
    see_files: bool


def look(config: MkDocsConfig) -> Overrides:
    """Look at the templates of the blog's own."""
    templates = tuple(_templates(config))
    return Overrides(
        tuple(found for template in templates for found in _curious(template)),
        any(_NEIGHBOURS.search(template.code.whole) for template in templates),
        any(_sees_essays(template, config) for template in templates),
        any(_FILES.search(template.code.whole) for template in templates),
    )


def matching(config: MkDocsConfig, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return the names of the templates of the blog's own in which a pattern is found."""
    return tuple(own.file.name for own in _templates(config) if pattern.search(own.text))


def _curious(template: _Template) -> Iterator[str]:
    names, whole = template.code.names, template.code.whole
    if match := _CURIOUS.search(names) or _QUOTED.search(whole):
        yield f"{template.file.name} (it reads '{match[match.lastgroup or 0]}')"


def _sees_essays(template: _Template, config: MkDocsConfig) -> bool:
    """Return whether a template names what leads to essays, or stands in the place of ours."""
    if _ESSAYS.search(template.code.whole):
        return True
    folder = config.theme.custom_dir or "/"
    own = template.file.is_relative_to(folder)
    return own and (TEMPLATES / template.file.relative_to(folder)).is_file()


def _templates(config: MkDocsConfig) -> Iterator[_Template]:
    """Yield each template of the blog's own; a file of any name may be one."""
    files = [Path(config.docs_dir, str(name)) for name in config.extra_templates]
    if folder := config.theme.custom_dir:
        # What lies behind links is found by the name of the link, as templates find it.
        files += sorted(Path(folder, name) for name, _ in walk(folder))
    for file in files:
        text = _text(file)
        if (code := _code(text)) is not None:
            yield _Template(file, text, code)


def _text(file: Path) -> str:
    """Return the text of a file; nothing of one that is none."""
    if not file.is_file():
        return ""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
            codecs.getincrementaldecoder("utf-8")().decode(head)  # may end amid a character
            return (head + opened.read()).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


@lru_cache(maxsize=256)
def _code(text: str) -> _Code | None:
    """Return what of a text is code; None where it has none, or is not a template at all.

    In the rest, words such as `nav` are those of HTML, or of a style sheet or a script.
    """
    if "{{" not in text and "{%" not in text:
        return None
    try:
        tokens = [(kind, said) for _, kind, said in _ENV.lex(text) if kind not in _PROSE]
    except jinja2.TemplateSyntaxError:
        return None
    names = "".join(" " if kind in _APART else said for kind, said in tokens)
    return _Code("".join(said for _, said in tokens), _DOT.sub(".", names))


_PROSE = ("data", "comment", "comment_begin", "comment_end", "raw_begin", "raw_end")
_APART = ("whitespace", "string")
_DOT = re.compile(r"\s*\.\s*")
