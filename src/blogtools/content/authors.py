"""The people who write: ``.authors.yml``, in Material's form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.document import Author
from blogtools.model.options import Checked, Options
from blogtools.model.source import Source

from .documents import decode
from .slugs import checked_slug
from .validating import validated
from .yaml import Parsed, YamlProblem, parse

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: The file's name, in the folder of the essays.
FILE_NAME = ".authors.yml"

_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


_OF_A_PAGE = ("http:", "https:", "mailto:", "//")


def _checked_url(url: str) -> str:
    """Return an address unchanged if it leads to a page, and does nothing else."""
    if _ELSEWHERE.match(url.strip()) and not url.strip().lower().startswith(_OF_A_PAGE):
        raise ValueError("is no address of a page, use https or mailto")
    return url


class _Entry(Options, frozen=True):
    strict: ClassVar[bool] = True

    name: str
    description: str = ""
    avatar: str = ""
    url: Annotated[str, Checked(_checked_url)] | None = None
    slug: Annotated[str, Checked(checked_slug)] | None = None


class _File(Options, frozen=True):
    strict: ClassVar[bool] = True

    authors: dict[str, _Entry] | None = None


def read_authors(source: Source) -> tuple[Mapping[str, Author], tuple[Diagnostic, ...]]:
    """Read the file of authors.

    Args:
        source: The file ``.authors.yml``.

    Returns:
        The authors by the key that essays use, and everything that is wrong with the file.
    """
    decoded = decode(source)
    if decoded.diagnostics:
        return {}, decoded.diagnostics
    try:
        parsed = parse(decoded.text)
    except YamlProblem as wrong:
        return {}, (_not_yaml(source.path, wrong),)
    known, invalid = _check(parsed, source.path)
    return known, (*(_not_yaml(source.path, wrong) for wrong in parsed.mistakes), *invalid)


def _not_yaml(path: str, wrong: YamlProblem) -> Diagnostic:
    hint = wrong.hint or "Compare with the example in the guide"
    message = f"not YAML: {wrong.message}"
    return Diagnostic(path, wrong.line, wrong.column, "authors/yaml", message, hint)


def _check(parsed: Parsed, path: str) -> tuple[Mapping[str, Author], tuple[Diagnostic, ...]]:
    file, errors = validated(_File, parsed.data or {})
    entries = file.authors if file is not None and file.authors else {}
    wrong = tuple(_diagnostic(parsed, path, error) for error in errors)
    return {key: _author(entry) for key, entry in entries.items()}, wrong


def _diagnostic(parsed: Parsed, path: str, error: ErrorDetails) -> Diagnostic:
    loc = tuple(error["loc"])
    unknown = error["type"] == "extra_forbidden"
    line, column = parsed.keys.get(loc, (1, 1)) if unknown else parsed.locate(loc)
    name = ".".join(map(str, loc)) or "the file"
    said = "unknown key" if unknown else error["msg"].removeprefix("Value error, ")
    hint = "An author has a name, and may have a description, avatar, url and slug"
    return Diagnostic(path, line, column, "authors/invalid", f"{name}: {said}", hint)


def _author(entry: _Entry) -> Author:
    return Author(entry.name, entry.description, entry.avatar, entry.url or "", entry.slug or "")


def picture_path(author: Author) -> str:
    """Return the address, relative to the site, of an author's picture that is a file of it."""
    return "" if _ELSEWHERE.match(author.avatar) else author.avatar.lstrip("/")
