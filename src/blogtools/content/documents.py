"""From the bytes of a file to a document: text, front matter, body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from blogtools.model.diagnostic import Diagnostic
from blogtools.model.digest import digest
from blogtools.model.document import COMPANIONS, Document, FrontMatter
from blogtools.model.source import Source, plain_line_ends

from . import notebooks
from .characters import CONTROL, complaint, position
from .yaml import Parsed, YamlProblem, parse

_FENCE = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.*?)(?:^(?:---|\.\.\.)[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE
)
_OPENED = re.compile(r"\A---[ \t]*(?:\n|\Z)")
_QUOTE = "Quote a value that contains ': ' or begins with a sign, and indent with spaces"
_NOTHING = Parsed(None, {}, {})


class Text(Struct, frozen=True):
    """A file as text: decoded, with plain line ends, or the reasons why it is none."""

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


def decode(source: Source) -> Text:
    """Decode a file as UTF-8, with or without a byte order mark, and check its characters."""
    try:
        text = source.data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        return Text("", (_not_utf8(source, wrong),))
    # A form feed is a space to Markdown, and ends no line in any editor.
    text = plain_line_ends(text).replace("\x0c", " ")
    return Text(text, tuple(_control_characters(source.path, text)))


def _not_utf8(source: Source, wrong: UnicodeDecodeError) -> Diagnostic:
    # The codec cuts off a byte order mark, and counts from there.
    data = wrong.object
    before = plain_line_ends(data[: wrong.start].decode())
    line, column = position(before, len(before))
    message = f"byte 0x{data[wrong.start]:02x} is not UTF-8"
    return Diagnostic(source.path, line, column, "file/encoding", message, "Save the file as UTF-8")


def _control_characters(path: str, text: str) -> Iterator[Diagnostic]:
    if match := CONTROL.search(text):
        line, column = position(text, match.start())
        message = complaint(match[0])
        yield Diagnostic(path, line, column, "file/control-character", message, "Delete it")


#: A document as it was understood, and what was wrong with it.
Before = tuple[Document, tuple[Diagnostic, ...]]


def read_post(
    source: Source, taxonomies: tuple[str, ...], before: Before | None = None
) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Read an essay.

    Args:
        source: The file.
        taxonomies: The names of the active taxonomies, which are front matter keys.
        before: The same file as it was: its front matter is understood as it was then, if it says
            the same.

    Returns:
        The document, complete as far as the file can be understood, and all that is wrong.
    """
    decoded = decode(source)
    if decoded.diagnostics:
        return _empty(source), decoded.diagnostics
    if not decoded.text.strip():
        hint = "Write something, or delete the file"
        return _empty(source), (
            Diagnostic(source.path, 1, 1, "file/empty", "the file is empty", hint),
        )
    if source.path.endswith(notebooks.SUFFIX):
        notebook = notebooks.read_notebook(decoded.text, source.path)
        decoded = Text(notebook.text, notebook.diagnostics or _smuggled(source.path, notebook))
        if decoded.diagnostics:
            return _empty(source), decoded.diagnostics
    if decoded.text.startswith("+++\n"):
        return _empty(source), (_toml(source.path),)
    yaml, body_line = split(decoded.text)
    if yaml is None and _OPENED.match(decoded.text):
        return _empty(source), (_unclosed(source.path),)
    return _with_front_matter(source, yaml or "", body_line, taxonomies, before)


def _smuggled(path: str, notebook: notebooks.Notebook) -> tuple[Diagnostic, ...]:
    """Return what is wrong with characters that JSON can spell and a page cannot hold."""
    found = _control_characters(path, notebook.text)
    return tuple(replace(one, line=notebook.lines[one.line - 1], column=1) for one in found)


def read_page(source: Source) -> Text:
    """Decode an ordinary page; what its front matter means is MkDocs' business, if it is YAML."""
    decoded = decode(source)
    yaml, _ = split(decoded.text)
    _, wrong = _parse(source.path, yaml or "")
    return Text(decoded.text, decoded.diagnostics + wrong)


def read_page_front(source: Source) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Return an ordinary page with what it says of companions, and what is wrong with that."""
    yaml, body_line = split(source.text)
    if yaml is None or COMPANIONS not in yaml:
        return Document(source, FrontMatter(), body_line), ()
    from .frontmatter import check_page

    parsed, _ = _parse(source.path, yaml)
    front, wrong = check_page(parsed, source.path, 2)
    return Document(source, front, body_line, _positions(parsed)), wrong


def check_settings(source: Source, meta: Mapping[str, object]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each setting of an ordinary page that templates cannot do with.

    Args:
        source: The page, whose front matter is YAML.
        meta: What MkDocs reads of that; to it a day is no text, for example.
    """
    for key, wrong, hint in _wrong_settings(meta):
        line, column = place_in_front(source, key)
        message = f"{key}: {wrong}"
        yield Diagnostic(source.path, line, column, "front-matter/invalid", message, hint)


def _wrong_settings(meta: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Yield each setting that is wrong, with what is wrong, and the way out."""
    if not isinstance(meta.get("title"), str | None):
        yield "title", "is not text", "Put it between quotes"
    if not isinstance(meta.get("template", ""), str):
        # With nothing after the colon MkDocs looks for a template of no name.
        yield "template", "is not text", "Write the name of a template, or delete the line"
    hidden = meta.get("hide")
    if hidden is not None and not _are_texts(hidden):
        yield "hide", "is not a list of texts", "Write it as [navigation, toc]"


def _are_texts(value: object) -> bool:
    """Return whether templates can look for a text in a value; one alone does as a list of one."""
    several = value if isinstance(value, list) else [value]
    return all(isinstance(one, str) for one in several)


def place_in_front(source: Source, key: str) -> tuple[int, int]:
    """Return the line and column of a value in a page's front matter; the file's first if none."""
    parsed, _ = _parse(source.path, split(source.text)[0] or "")
    line, column = parsed.locate((key,))
    return (line + 1, column) if (key,) in parsed.values else (1, 1)


def split(text: str) -> tuple[str | None, int]:
    """Return a text's front matter (None if it has none), and the line on which its body begins.

    That line is the one after the last where the front matter ends the file.
    """
    match = _FENCE.match(text)
    if not match:
        return None, 1
    begun = not match[0].endswith("\n")
    return match["yaml"], match[0].count("\n") + 1 + begun


def _with_front_matter(
    source: Source,
    yaml: str,
    body_line: int,
    taxonomies: tuple[str, ...],
    before: Before | None,
) -> tuple[Document, tuple[Diagnostic, ...]]:
    head = digest(yaml.encode(errors="surrogatepass"))
    if before is not None and before[0].head == head:
        return replace(before[0], source=source, body_line=body_line), before[1]
    from .frontmatter import check  # and pydantic, which many builds do not need

    parsed, found = _parse(source.path, yaml)
    front, invalid = check(parsed, source.path, 2, taxonomies)
    document = Document(source, front, body_line, _positions(parsed), not found, head)
    return document, found + invalid


def _positions(parsed: Parsed) -> Mapping[str, tuple[int, int]]:
    """Return, for each key that has a value and for all in it, where that begins in the file."""
    given = parsed.data if isinstance(parsed.data, dict) else {}
    # The YAML begins on the file's second line, below the dashes.
    return {
        ".".join(map(str, key)): (line + 1, column)
        for key, (line, column) in parsed.values.items()
        if key and given.get(key[0]) is not None
    }


def _parse(path: str, yaml: str) -> tuple[Parsed, tuple[Diagnostic, ...]]:
    try:
        return parse(yaml), ()
    except YamlProblem as wrong:
        message = f"the front matter is not YAML: {wrong.message}"
        hint = wrong.hint or _QUOTE
        return _NOTHING, (
            Diagnostic(path, wrong.line + 1, wrong.column, "front-matter/yaml", message, hint),
        )


def _toml(path: str) -> Diagnostic:
    hint = "Write it as YAML, key: value, between two lines '---'"
    message = "the front matter is TOML, which is not read"
    return Diagnostic(path, 1, 1, "front-matter/yaml", message, hint)


def _unclosed(path: str) -> Diagnostic:
    hint = "Put a line '---' after the last key"
    return Diagnostic(path, 1, 1, "front-matter/unclosed", "the front matter is never closed", hint)


def _empty(source: Source) -> Document:
    return Document(source, FrontMatter(), understood=False)
