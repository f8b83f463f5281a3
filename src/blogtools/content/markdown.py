"""Markdown to HTML, once for each document, together with every fact others ask of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as etree

import markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import ReferenceInlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE
from msgspec import Struct

from blogtools.model.diagnostic import Diagnostic, Disturbed
from blogtools.model.document import Document
from blogtools.model.project import MarkdownSettings
from blogtools.model.rendered import Heading, Rendered

from . import excerpts, quick
from .endless import hidden, seen
from .marks import mark_links
from .words import count_words

#: What a blog is written with unless its configuration says otherwise.
DEFAULT_EXTENSIONS: Mapping[str, Mapping[str, Any]] = {
    "abbr": {},
    "admonition": {},
    "attr_list": {},
    "def_list": {},
    "footnotes": {},
    "md_in_html": {},
    "tables": {},
    "toc": {"permalink": True},
    "pymdownx.details": {},
    "pymdownx.highlight": {"anchor_linenums": False, "pygments_lang_class": True},
    "pymdownx.inlinehilite": {},
    "pymdownx.superfences": {},
    "pymdownx.tabbed": {"alternate_style": True},
    "pymdownx.tasklist": {"custom_checkbox": True},
    "pymdownx.tilde": {"subscript": False},
}

_TAG = re.compile(r"<(?=[a-zA-Z/!?])[^'\"<>]*+(?:(?:\"[^\"]*\"|'[^']*')[^'\"<>]*+)*+>")
_UNREAD = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1>|<a class=\"headerlink\".*?</a>", re.DOTALL
)
_PERMALINKS = (('<a class="headerlink"', "</a>"),)
_BLOCK_END = re.compile(r"</(?:p|li|tr|td|th|pre|div|h[1-6]|dt|dd|figcaption|summary)>|<br\b[^>]*>")
_LEADING_H1 = re.compile(
    r"(?P<comments>\s*(?:<!--(?:(?!-->).)*-->\s*)*)"
    r"(?P<heading><h1\b(?P<attributes>[^>]*)>(?P<inner>.*?)</h1>)\s*",
    re.DOTALL,
)
_ID = re.compile(
    r"<!--.*?-->|<[a-zA-Z](?:[^\s'\"<>]++|\"[^\"]*\"|'[^']*'|\s(?!(?i:id|name)\s*=))*+"
    r"\s(?i:id|name)\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'<>]+))",
    re.DOTALL,
)
_REFERENCE = re.compile(r"(?P<space>\s?)\[(?P<name>[^\]\n]*)\]")
_DOTTED = re.compile(r"\w+(\.\w+)*")
_CODE = re.compile(r"(?P<name>\w+(?:\.\w+)+)(?:\(\))?")
# Looks for files that need not be there, and nothing tells which.
_LOOKING = ("pymdownx.b64",)
# Code that names a symbol bears this until all is HTML, and it is known what stands around it.
_NAMES = "data-names-symbol"
# Elements in which a link would be a link in a link, or one in something that is pressed.
_NO_LINKS = frozenset("a button code h1 h2 h3 h4 h5 h6 label pre summary".split())
_NAMING = re.compile(
    rf"<!--.*?-->|<(script|style)\b.*?</\1>"
    rf"|<(?P<close>/?)a(?=[\s>])(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*>"
    rf'|<code(?P<before>[^<>]*?) {_NAMES}="(?P<name>[^"]*)"(?P<after>[^<>]*)>(?P<inner>.*?)</code>',
    re.DOTALL | re.IGNORECASE,
)


class SymbolNames(Struct, frozen=True):
    """What the dotted names of symbols begin with.

    Attributes:
        linked: Those that a link may name: the modules of companions, and of other projects.
        code: Those that inline code is a link for.
    """

    linked: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()


def _spelled(md: markdown.Markdown, text: str) -> str:
    """Return a text as it was written, also where patterns took pieces of it already."""
    taken = md.htmlStash.rawHtmlBlocks
    shown = HTML_PLACEHOLDER_RE.sub(lambda m: str(taken[int(m[1])]), text)
    return html.unescape(_TAG.sub("", shown))


class _SymbolReference(ReferenceInlineProcessor):
    """Turns ``[text][package.object]`` into a link where no reference of that name is defined."""

    def __init__(self, pattern: str, md: markdown.Markdown, roots: frozenset[str]) -> None:
        super().__init__(pattern, md)
        self.roots = roots

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is Python-Markdown's
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element | None, int | None, int | None]:
        text, index, handled = self.getText(data, m.end(0))
        if not handled:
            return None, None, None
        reference = _REFERENCE.match(data, index)
        if reference is None:
            return None, None, None
        written = reference["name"] or _spelled(self.md, self.unescape(text))
        name = written.strip("` ")
        top, dot, _ = name.partition(".")
        if top not in self.roots or not _DOTTED.fullmatch(name) or (reference["space"] and not dot):
            return None, None, None
        link = etree.Element("a", href=f"symbol:{name}")
        link.text = text
        return link, m.start(0), reference.end()


class _SymbolCode(Treeprocessor):
    """Marks inline code that is the dotted name of a symbol, with or without ``()``."""

    def __init__(self, md: markdown.Markdown, roots: frozenset[str]) -> None:
        super().__init__(md)
        self.roots = roots

    def run(self, root: etree.Element) -> None:
        for child in root:
            if child.tag == "code":
                self._mark(child)
            elif child.tag not in _NO_LINKS:
                self.run(child)

    def _mark(self, code: etree.Element) -> None:
        match = _CODE.fullmatch(_spelled(self.md, code.text or ""))
        if match and match["name"].partition(".")[0] in self.roots:
            code.set(_NAMES, match["name"])


def _link_code(page: str) -> str:
    """Make links of code that names a symbol, but for what stands in a link of raw HTML."""
    if f' {_NAMES}="' not in page:
        return page
    inside = 0

    def one(match: re.Match[str]) -> str:
        nonlocal inside
        if match["name"] is None:
            if match["close"] is not None:
                inside = max(0, inside + (-1 if match["close"] else 1))
            return match[0]
        code = f"<code{match['before']}{match['after']}>{match['inner']}</code>"
        return code if inside else f'<a href="symbol:code:{match["name"]}">{code}</a>'

    return _NAMING.sub(one, page)


class SymbolLinks(Extension):
    """Lets essays link to objects by their dotted names."""

    def __init__(self, names: SymbolNames) -> None:
        """Take what the names begin with."""
        super().__init__()
        self.names = names

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        """Register just below Python-Markdown's own references, which go first."""
        if self.names.linked:
            processor = _SymbolReference(r"(?<!\!)\[", md, self.names.linked)
            md.inlinePatterns.register(processor, "blogtools-symbol", 165)
        if self.names.code:
            # Last of all: a table of contents and attributes are as they would be without it.
            md.treeprocessors.register(_SymbolCode(md, self.names.code), "blogtools-code", -5)


class Converter:
    """Converts documents one after the other, with one set of extensions.

    Setting up Python-Markdown costs more than converting a short text, so the same instance is
    reset and used again; extensions that are not known to survive that get a new one each time.
    """

    def __init__(self, settings: MarkdownSettings, names: SymbolNames | None = None) -> None:
        """Take the extensions, and what the names of symbols begin with."""
        self._settings = settings
        self._names = names or SymbolNames()
        self._reusable = all(_survives_reset(extension) for extension in settings.extensions)
        self._instance: markdown.Markdown | None = None

    def __call__(self, text: str, description: str = "") -> Rendered:
        """Convert a text.

        Args:
            text: Markdown.
            description: The author's summary, which listings show if the text marks no excerpt.

        Returns:
            The HTML with marks for links, and the facts.
        """
        md = self._markdown()
        page = _link_code(hidden(md.convert(text)))
        return _collect(page, getattr(md, "toc_tokens", []), description)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the extensions of which we do not know that equal texts give equal results."""
        given = self._settings.extensions
        return tuple(str(extension) for extension in given if not _survives_reset(extension))

    @property
    def snippets(self) -> Any:  # noqa: ANN401 - pymdownx has no types
        """Return the preprocessor that includes other files, or None."""
        ready = self._instance if self._reusable else None
        return _snippets(ready or self._markdown())

    def forget(self) -> None:
        """Drop the instance, whose state a failed conversion may have left half-way."""
        self._instance = None

    def _markdown(self) -> markdown.Markdown:
        if self._instance is None or not self._reusable:
            self._instance = quick.Markdown(
                [*self._settings.extensions, SymbolLinks(self._names)],
                {k: dict(v) for k, v in (self._settings.configs or {}).items()},
            )
            _include_no_pipes(self._instance)
        return self._instance.reset()


def _snippets(md: markdown.Markdown) -> Any:  # noqa: ANN401 - pymdownx has no types
    registered = md.preprocessors
    return registered["snippet"] if "snippet" in registered else None  # noqa: SIM401


def _include_no_pipes(md: markdown.Markdown) -> None:
    """Take a pipe that a text includes for a file that is not there: reading it might never end."""
    if (snippets := _snippets(md)) is None:
        return
    find = snippets.get_snippet_path

    def get_snippet_path(path: str) -> str | None:
        found: str | None = find(path)
        return found if found and (Path(found).is_file() or Path(found).is_dir()) else None

    snippets.get_snippet_path = get_snippet_path


def _survives_reset(extension: object) -> bool:
    """Return whether an extension is one of those whose state is known to be reset."""
    known = ("pymdownx.", "markdown.extensions.", "blogtools.content.")
    short = {
        *DEFAULT_EXTENSIONS,
        "fenced_code",
        "sane_lists",
        "smarty",
        "nl2br",
        "codehilite",
        "extra",
    }
    return isinstance(extension, str) and (
        extension in short or (extension.startswith(known) and extension not in _LOOKING)
    )


def _collect(page: str, tokens: list[Any], description: str) -> Rendered:
    """Return the facts of a page, in which what never ends is hidden."""
    marked, links = mark_links(page)
    leading = _LEADING_H1.match(marked)
    body = _without(leading, marked)
    headings = _headings(tokens)
    excerpt, truncated = excerpts.excerpt(body, description)
    return Rendered(
        html=seen(body),
        heading=seen(leading["heading"]) if leading else "",
        title=reading_text(leading["inner"]) if leading else "",
        excerpt=excerpt,
        truncated=truncated,
        toc=_below(leading, headings) if leading else headings,
        words=count_words(_text(body)),
        anchors=anchors_of(marked),
        links=links,
    )


def _without(leading: re.Match[str] | None, page: str) -> str:
    """Return a page without its leading first-level heading; comments above that stay."""
    return leading["comments"].lstrip() + page[leading.end() :] if leading else page


def anchors_of(page: str) -> frozenset[str]:
    """Return every id of a page."""
    found = ("".join(groups) for groups in _ID.findall(page))
    return frozenset(html.unescape(seen(name)) for name in found if name)


def _headings(tokens: Iterable[Mapping[str, Any]]) -> tuple[Heading, ...]:
    return tuple(
        Heading(token["id"], token["name"], token["level"], _headings(token["children"]))
        for token in tokens
    )


def _below(leading: re.Match[str], headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """Return the table of contents without the leading heading, if that is in it at all."""
    first = headings[0] if headings else None
    if first is None or f'id="{html.escape(first.id)}"' not in leading["attributes"]:
        return headings
    return first.children + headings[1:]


def reading_text(fragment: str) -> str:
    """Return the text of an HTML fragment as a reader sees it, on one line."""
    return " ".join(_text(fragment).split())


def _text(fragment: str) -> str:
    without = seen(_UNREAD.sub("", hidden(fragment, _PERMALINKS)))
    return html.unescape(_TAG.sub("", _BLOCK_END.sub(" ", without)))


def convert_document(
    converter: Converter, document: Document, text: str | None = None
) -> Rendered | Diagnostic:
    """Convert a document, or say why that is impossible.

    Args:
        converter: The extensions to use.
        document: What to convert.
        text: Its body, where that is not the file's own.

    Returns:
        The result, or a diagnostic at the document's beginning.
    """
    try:
        body = document.body if text is None else text
        return converter(body, document.front.description)
    except Disturbed:
        raise
    except Exception as failure:  # noqa: BLE001 - extensions raise whatever they like at odd input
        converter.forget()
        path, line = document.source.path, document.body_line
        message = f"the Markdown cannot be converted ({type(failure).__name__}: {failure})"
        hint = "Look for deeply nested quotes or lists, or an option of an extension that is wrong"
        return Diagnostic(path, line, 1, "markdown/failed", " ".join(message.split()), hint)
