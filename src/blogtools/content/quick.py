"""Python-Markdown that gives the same HTML with less work.

Most of a conversion's time goes into looking for what cannot be there, because a character that it
needs is not in the text, and into setting up Pygments anew for each block of code. This skips just
that; Python-Markdown and its extensions still do all that shows in the result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Never, Self, TypeGuard
from xml.etree import ElementTree as etree

import markdown
from markdown import (
    blockparser,
    blockprocessors,
    inlinepatterns,
    preprocessors,
    treeprocessors,
)
from markdown.extensions import (
    Extension,
    abbr,
    admonition,
    attr_list,
    def_list,
    footnotes,
    md_in_html,
    tables,
    toc,
)
from markdown.serializers import to_xhtml_string
from markdown.util import ETX, INLINE_PLACEHOLDER_PREFIX, STX, AtomicString
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.style import Style, StyleMeta
from pygments.styles import get_style_by_name
from pygments.util import ClassNotFound
from pymdownx import details, superfences, tabbed
from pymdownx.highlight import Highlight, HighlightExtension
from pymdownx.inlinehilite import InlineHilitePattern

from .serializing import serialized

#: For the source of each known pattern, what a text must contain for it to match anywhere at all.
#: A pattern that is not in here, say one of another extension, is tried on every text.
NEEDED: Mapping[str, str] = {
    inlinepatterns.BACKTICK_RE: "`",
    inlinepatterns.ESCAPE_RE: "\\",
    inlinepatterns.LINK_RE: "[",
    inlinepatterns.IMAGE_LINK_RE: "![",
    inlinepatterns.AUTOLINK_RE: "<",
    inlinepatterns.AUTOMAIL_RE: "<",
    inlinepatterns.LINE_BREAK_RE: "  \n",
    inlinepatterns.HTML_RE: "<",
    inlinepatterns.ENTITY_RE: "&",
    r"\~": "~",
    r"\[\^([^\]]*)\]": "[^",  # a footnote's mark
}

# For each known kind of block processor, what a block with a line's end before it must contain for
# it to do anything at all: the one or the other. Heirs of these are not meant: they may do
# something else.
_INDENTED = "\n    "
_BLOCK_NEEDS: Mapping[type, tuple[str, str | None]] = {
    blockprocessors.CodeBlockProcessor: (_INDENTED, None),
    blockprocessors.ListIndentProcessor: (_INDENTED, None),
    def_list.DefListIndentProcessor: (_INDENTED, None),
    superfences.SuperFencesCodeBlockProcessor: (_INDENTED, None),
    md_in_html.MarkdownInHtmlProcessor: (STX, None),
    blockprocessors.HashHeaderProcessor: ("\n#", None),
    blockprocessors.SetextHeaderProcessor: ("\n=", "\n-"),
    blockprocessors.OListProcessor: (". ", None),
    blockprocessors.BlockQuoteProcessor: ("\n>", "\n "),
    blockprocessors.ReferenceProcessor: ("]:", None),
    footnotes.FootnoteBlockProcessor: ("]:", None),
    abbr.AbbrBlockprocessor: ("*[", None),
    def_list.DefListProcessor: ("\n:", "\n "),
    tables.TableProcessor: ("|", None),
    # These also go on with an earlier block.
    admonition.AdmonitionProcessor: ("\n!!!", _INDENTED),
    details.DetailsProcessor: ("\n???", _INDENTED),
    tabbed.TabbedProcessor: ("\n===", _INDENTED),
}
_FindLink = Callable[[str, int], tuple[str, str | None, int, bool]]
_FindCode = Callable[[int, str], tuple[int, int | None]]
_BRACKET = re.compile(r"[\[\]]")
_TICKS = re.compile("`+")
# An address without titles, brackets or spaces, in which no pattern has put anything yet.
_PLAIN_LINK = re.compile(rf"\(([^\s()<>'\"\\{STX}]*)\)")
# What a parser of raw HTML may do anything with but write it again: a tag where a line begins, one
# that does not end like most, and what is no element, or holds no elements. Each begins with a
# certain character, which a search finds quickest. There are numbers of characters besides.
_FIRST_IN_LINE = re.compile(r"\n\s{0,3}<")
_RAW_HTML = re.compile(
    r"<(?:[!?]|/(?![a-z][a-z0-9]*>)"
    r"|(?=[a-z])(?![^<>'\"`]+(?:\"[^<>\"`]*\"[^<>'\"`]*)*>)"
    r"|script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|plaintext)",
    re.IGNORECASE,
)
# What every line across a page begins with.
_RULE = re.compile(r"\n {0,3}([-_*]) {0,2}\1")
_BLANK_LINES = re.compile(r"\n(?: +\n)+")


class Markdown(markdown.Markdown):
    """Python-Markdown with quicker parts in the places that it offers for them."""

    def __init__(
        self, extensions: Sequence[str | Extension], configs: Mapping[str, dict[str, Any]]
    ) -> None:
        """Take the extensions, and the options of those that are given by their names."""
        self._levels = _Levels(super().is_block_level)
        vars(self)["is_block_level"] = self._levels.__getitem__
        super().__init__(extensions=extensions, extension_configs=configs)
        if self.serializer is to_xhtml_string:
            self.serializer = serialized
        for part in (*self.preprocessors, *self.parser.blockprocessors, *self.treeprocessors):
            if (quicken := _QUICKENED.get(type(part))) is not None:
                quicken(part)
        for pattern in self.inlinePatterns:
            _find_ends_at_once(pattern)

    def reset(self) -> Self:
        """Be ready for another text, and for extensions that parse before its blocks are due."""
        super().reset()
        for extension in self.registeredExtensions:
            if isinstance(extension, footnotes.FootnoteExtension):
                # How often it was reset is in unique ids; a new one, as MkDocs has, was twice.
                extension.unique_prefix = 2
        self._levels.clear()
        if isinstance(self.parser, _BlockParser):
            self.parser.settle()
        return self

    def build_parser(self) -> Self:
        """Put the quicker parsers of blocks and of inline text in place of the ordinary ones."""
        super().build_parser()
        self.parser = _BlockParser(self.parser)
        self.treeprocessors.register(InlineProcessor(self), "inline", 20)
        self.treeprocessors.register(_Unescape(self), "unescape", 0)
        self.preprocessors.register(_Whitespace(self), "normalize_whitespace", 30)
        return self

    def build_extension(self, ext_name: str, configs: Mapping[str, Any]) -> Extension:
        """Load an extension; highlighting also comes here when another extension asks for it."""
        extension = super().build_extension(ext_name, configs)
        if type(extension) is HighlightExtension:
            return _Highlighting(**configs)
        return extension


class _Levels(dict[object, bool]):
    """Whether elements are those of blocks; of each tag, a document is asked once."""

    def __init__(self, ask: Callable[[Any], bool]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, tag: object) -> bool:
        known = self[tag] = self._ask(tag)
        return known


class _Whitespace(preprocessors.NormalizeWhitespace):
    """Finds blank lines by the end of the line before, which a search finds quickest."""

    def run(self, lines: list[str]) -> list[str]:
        source = "\n".join(lines).replace(STX, "").replace(ETX, "")
        source = source.replace("\r\n", "\n").replace("\r", "\n") + "\n\n"
        source = source.expandtabs(self.md.tab_length)
        return _BLANK_LINES.sub(lambda m: "\n" * m[0].count("\n"), source).split("\n")


def _find_html_first(processor: preprocessors.Preprocessor) -> None:
    """Let raw HTML be parsed only where there can be any that is not left as it is."""
    run = processor.run

    def run_where_needed(lines: list[str]) -> list[str]:
        text = "\n".join(("", *lines))
        needed = "&#" in text or (
            "<" in text and (_FIRST_IN_LINE.search(text) or _RAW_HTML.search(text))
        )
        return run(lines) if needed else lines

    vars(processor)["run"] = run_where_needed


def _find_rules_at_once(processor: blockprocessors.HRProcessor) -> None:
    """Let lines across a page be looked for only where one can begin."""
    test = processor.test

    def test_where_needed(parent: etree.Element, block: str) -> bool:
        return bool(_RULE.search(f"\n{block}")) and test(parent, block)

    vars(processor)["test"] = test_where_needed


def _see_at_once_what_is_not_indented(fences: Any) -> None:  # noqa: ANN401 - it has no types
    """Let what stands before a fence be looked at only where a line begins with any of that."""
    parse = fences.parse_whitespace

    def parse_whitespace(line: str) -> str:
        if line.startswith(superfences.PREFIX_CHARS):
            return str(parse(line))
        fences.ws_len = fences.ws_virtual_len = 0
        return ""

    fences.parse_whitespace = parse_whitespace


def _find_marker_first(processor: toc.TocTreeprocessor) -> None:
    """Let a table of contents look for its place only where its mark is written at all."""
    replace = processor.replace_marker

    def replace_marker(root: etree.Element, table: etree.Element) -> None:
        if any(one.text and processor.marker in one.text for one in root.iter()):
            replace(root, table)

    vars(processor)["replace_marker"] = replace_marker


def _find_braces_first(processor: attr_list.AttrListTreeprocessor) -> None:
    """Let attributes be looked for only where a brace is left in any text."""
    run = processor.run

    def run_where_needed(root: etree.Element) -> None:
        if "{" in "".join(root.itertext()):
            run(root)

    vars(processor)["run"] = run_where_needed


# How parts of certain kinds are made quicker; heirs of these are not meant.
_QUICKENED: Mapping[type, Callable[[Any], None]] = {
    preprocessors.HtmlBlockPreprocessor: _find_html_first,
    md_in_html.HtmlBlockPreprocessor: _find_html_first,
    superfences.SuperFencesBlockPreprocessor: _see_at_once_what_is_not_indented,
    blockprocessors.HRProcessor: _find_rules_at_once,
    toc.TocTreeprocessor: _find_marker_first,
    attr_list.AttrListTreeprocessor: _find_braces_first,
}


def _find_ends_at_once(pattern: inlinepatterns.Pattern) -> None:
    """Let an inline pattern search for the ends of links and of code, not look at each character.

    Heirs that find them in a way of their own keep to it.
    """
    link = inlinepatterns.LinkInlineProcessor
    if isinstance(pattern, link):
        if type(pattern).getText is link.getText:
            vars(pattern)["getText"] = _bracketed
        if type(pattern).getLink is link.getLink:
            vars(pattern)["getLink"] = _plain_link_first(pattern.getLink)
    if type(pattern) is InlineHilitePattern:
        code: Any = pattern
        vars(pattern)["find_code_spans"] = _equal_ticks_first(code.find_code_spans)


def _bracketed(text: str, start: int) -> tuple[str, int, bool]:
    """Return what stands up to the bracket that closes one before it, and where that ends."""
    if text.find("]", start) < 0:
        return text[start:], len(text), False
    depth = 1
    for bracket in _BRACKET.finditer(text, start):
        depth += 1 if bracket[0] == "[" else -1
        if not depth:
            return text[start : bracket.start()], bracket.end(), True
    return text[start:], len(text), False


def _plain_link_first(usual: _FindLink) -> _FindLink:
    """Return what finds a link's address quickly if nothing in it needs a closer look."""

    def find(text: str, start: int) -> tuple[str, str | None, int, bool]:
        plain = _PLAIN_LINK.match(text, start)
        return (plain[1], None, plain.end(), True) if plain else usual(text, start)

    return find


def _equal_ticks_first(usual: _FindCode) -> _FindCode:
    """Return what finds the end of code quickly if as many backticks end it as begin it."""

    def find(start: int, text: str) -> tuple[int, int | None]:
        ticks = _TICKS.match(text, start)
        if ticks is None:
            return usual(start, text)
        runs = _TICKS.finditer(text, ticks.end())
        end = next((run.start() for run in runs if len(run[0]) == len(ticks[0])), None)
        return usual(start, text) if end is None else (ticks.end(), end)

    return find


class _BlockParser(blockparser.BlockParser):
    """Asks only those block processors about a block that can do something with it."""

    def __init__(self, usual: blockparser.BlockParser) -> None:
        """Take the place of another parser, with its processors."""
        super().__init__(usual.md)
        self.blockprocessors = usual.blockprocessors
        for processor in self.blockprocessors:
            processor.parser = self
        self.settle()

    def settle(self) -> None:
        """Look at the processors once for a document, not once for each block."""
        needs = ((one, _BLOCK_NEEDS.get(type(one), ("", None))) for one in self.blockprocessors)
        self._askable = [(one, needed, otherwise) for one, (needed, otherwise) in needs]
        self._amid = False

    def parseDocument(self, lines: Iterable[str]) -> etree.ElementTree:  # noqa: N802
        """Do as the base does, with those processors that there are by now."""
        self.settle()
        return super().parseDocument(lines)

    def parseBlocks(self, parent: etree.Element, blocks: list[str]) -> None:  # noqa: N802
        """Do as the base does, but for processors that would do nothing."""
        while blocks:
            lines = f"\n{blocks[0]}"
            for processor, needed, otherwise in self._askable:
                if needed not in lines and not (otherwise and (otherwise in lines or self._amid)):
                    continue
                if self._takes(processor, parent, blocks[0]):
                    if processor.run(parent, blocks) is not False:
                        break
                    lines = f"\n{blocks[0]}"  # without what it has taken of it

    def _takes(self, processor: Any, parent: etree.Element, block: str) -> bool:  # noqa: ANN401
        """Return whether a processor does something with a block."""
        if processor.test(parent, block):
            return True
        # It may have found out what it goes on with, and yet not do it this time.
        self._amid = self._amid or getattr(processor, "current_sibling", None) is not None
        return False


class InlineProcessor(treeprocessors.InlineProcessor):
    """Tries only those inline patterns on a text that can match it.

    It bears the name of its base, because ``__handleInline`` is private to a class of that name.
    Should another version of Python-Markdown call it otherwise, this is merely no quicker.
    """

    def run(self, tree: etree.Element, ancestors: list[str] | None = None) -> etree.Element:
        """Look at the patterns once for a document, not once for each of its texts."""
        self._trials: Sequence[_Trial] = [_trial(pattern) for pattern in self.md.inlinePatterns]
        return super().run(tree, ancestors)

    def __handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString):
            return data
        for index in range(patternIndex, len(self._trials)):
            pattern, needed, search = self._trials[index]
            start, matched = 0, True
            while matched and needed in data and (search is None or search(data, start)):
                data, matched, start = self.__applyPattern(  # type: ignore[attr-defined]
                    pattern, data, index, start
                )
        return data

    def __processPlaceholders(  # noqa: N802
        self,
        data: str | None,
        parent: etree.Element,
        isText: bool = True,  # noqa: N803
    ) -> list[tuple[etree.Element, list[str]]]:
        """Do as the base does; most texts have no placeholder, and are what they were."""
        if not data or INLINE_PLACEHOLDER_PREFIX in data:
            found: list[tuple[etree.Element, list[str]]]
            found = super().__processPlaceholders(data, parent, isText)  # type: ignore[misc]
            return found
        if isText:
            parent.text = f"{parent.text}{data}" if parent.text else data
        else:
            parent.tail = f"{parent.tail}{data}" if parent.tail else data
        return []


class _Unescape(treeprocessors.UnescapeTreeprocessor):
    """Looks only at texts in which anything was escaped."""

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if _escaped(element.text) and element.tag != "code":
                element.text = self.unescape(element.text)
            if _escaped(element.tail):
                element.tail = self.unescape(element.tail)
            for key, value in element.items():
                if _escaped(value):
                    element.set(key, self.unescape(value))


def _escaped(text: str | None) -> TypeGuard[str]:
    return text is not None and STX in text


# A pattern, what a text must contain for it to match, and how else to find out whether it does.
_Trial = tuple[Any, str, Callable[[str, int], "re.Match[str] | None"] | None]


def _trial(pattern: inlinepatterns.Pattern) -> _Trial:
    """Return how to tell whether a pattern matches at all, which costs less than applying it."""
    compiled = pattern.getCompiledRegExp()
    needed = NEEDED.get(compiled.pattern)
    if needed is not None or not isinstance(pattern, inlinepatterns.InlineProcessor):
        return pattern, needed or "", None
    return pattern, "", compiled.search


class _Highlighting(HighlightExtension):  # type: ignore[misc]
    """Highlights as its base does, by another highlighter."""

    def get_pymdownx_highlighter(self) -> type[Highlight]:
        return _Highlight


class _Highlight(Highlight):  # type: ignore[misc]
    """Finds lexers by their names only once, and makes no style sheet for each block of code."""

    def __init__(self, md: markdown.Markdown, **settings: object) -> None:
        super().__init__(md, **settings)
        if not self.noclasses and _is_style(settings.get("pygments_style")):
            self.pygments_style: object = _Unstyled

    def get_lexer(self, src: str, language: str, inline: bool, stripnl: bool) -> tuple[Lexer, str]:
        """Return a new lexer, since some keep state, and the name to show for it."""
        alias, options = self.get_extended_language(language) if language else ("", {})
        found, name = _lexer_class(alias), language
        if found is None and not self.guess_lang:
            found = _lexer_class(self.default_lang or "text")
            name = found.aliases[0] if found else language
        if found is None:
            return tuple(super().get_lexer(src, language, inline, stripnl))
        return found(**{"stripnl": stripnl, **options}), name


class _NoTokens(StyleMeta):
    def __iter__(cls) -> Iterator[Never]:  # noqa: N805 - this is the class of a class
        return iter(())


class _Unstyled(Style, metaclass=_NoTokens):
    """Stands for any style where classes alone are written, so that no style shows in the HTML."""


@lru_cache(maxsize=256)
def _is_style(name: object) -> bool:
    """Return whether this is the name of a style; any other is to fail where it always did."""
    try:
        return isinstance(name, str) and get_style_by_name(name) is not None
    except ClassNotFound:
        return False


@lru_cache(maxsize=256)
def _lexer_class(alias: str) -> type[Lexer] | None:
    try:
        return find_lexer_class_by_name(alias)
    except ClassNotFound:
        return None
