"""What a page does to a document's HTML before it shows it; feeds have it as it was.

Everything here is for readers of the page: code that says its language and can be reached by
keyboard, tables that scroll, pictures with captions, notes beside the text. Nothing needs a script,
and no attribute is one that a strict Content-Security-Policy refuses.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from blogtools.model.interface import Voice

#: What languages are called; any other is shown as its name in the fence.
_LANGUAGES = {
    "bash": "Shell",
    "c": "C",
    "console": "Console",
    "cpp": "C++",
    "csharp": "C#",
    "css": "CSS",
    "csv": "CSV",
    "diff": "Diff",
    "docker": "Dockerfile",
    "go": "Go",
    "haskell": "Haskell",
    "html": "HTML",
    "ini": "INI",
    "java": "Java",
    "javascript": "JavaScript",
    "js": "JavaScript",
    "json": "JSON",
    "julia": "Julia",
    "make": "Makefile",
    "makefile": "Makefile",
    "md": "Markdown",
    "markdown": "Markdown",
    "py": "Python",
    "pycon": "Python",
    "python": "Python",
    "r": "R",
    "rust": "Rust",
    "sh": "Shell",
    "shell": "Shell",
    "sql": "SQL",
    "toml": "TOML",
    "ts": "TypeScript",
    "typescript": "TypeScript",
    "xml": "XML",
    "yaml": "YAML",
    "yml": "YAML",
}
_SILENT = frozenset(("text", "txt", "plain", "none"))

_CODE = re.compile(
    r'<div class="(?P<classes>(?:[^"]* )?language-(?P<language>[^" ]+)[^"]*)"(?P<rest>[^>]*)>'
    r'(?P<title><span class="filename">.*?</span>)?<pre(?=>)'
)
_PRE = re.compile(r"<pre(?=>)")
_TABLE = re.compile(r"<table(?P<attributes>(?: [^>]*)?)>(?P<inside>.*?)</table>", re.DOTALL)
_DIAGRAM = re.compile(
    r'(?P<figure><figure class="bt-diagram">\s*)'
    r'(?P<picture><svg role="[a-z]+" aria-label="(?P<label>[^"]*)" width="(?P<width>\d+).*?</svg>)',
    re.DOTALL,
)
# In pixels: what a phone shows of a page beside its margins.
_NARROW = 360
_ALIGNED = re.compile(r' style="text-align: (left|right|center);"')
_EMPTY_HEAD = re.compile(r"<th(?P<attributes>(?: [^>]*)?)>\s*</th>")
_TASK = re.compile(r'<input type="checkbox" disabled(?P<done> checked)?')
_FIGURE = re.compile(
    r'<p>(?P<picture>(?:<a [^>]*>)?<img\b(?P<before>[^>]*?) title="(?P<title>[^"]+)"'
    r"(?P<after>[^>]*)>(?:</a>)?)</p>"
)
_NOTES = re.compile(r'<div class="footnote">.*?</div>', re.DOTALL)
_NOTE = re.compile(r'<li id="fn:(?P<name>[^"]+)">\s*<p>(?P<text>.*?)</p>\s*</li>', re.DOTALL)
_REFERENCE = re.compile(
    r'<sup id="fnref:(?P<name>[^"]+)"><a class="footnote-ref" href="[^"]*">(?P<label>.*?)</a></sup>'
)
_BACK = re.compile(r'(?:&#160;|\s)*<a class="footnote-backref".*?</a>', re.DOTALL)
_ID = re.compile(r' id="[^"]*"')
_BLOCK = re.compile(r"<(p|td|th|h[1-6]|dt|dd|figcaption|summary)\b")
_HEAVY = re.compile(r'<p>|class="footnote-ref"')
_ANNOTATED = re.compile(
    r'(?P<code><div class="[^"]*\bhighlight\b[^"]*"[^>]*>(?:(?!</div>).)*</div>)'
    r"\s*<ol>(?P<notes>.*?)</ol>",
    re.DOTALL,
)
_MARK = re.compile(r'<span class="(?:c1?|cm|cp|ch)">\W*?\((?P<number>\d+)\)!?\W*?</span>')


def presented(page: str, say: Voice) -> str:
    """Return a document's HTML, or a piece of it, as a page shows it.

    Args:
        page: The HTML, as it was converted.
        say: The interface's words.
    """
    for needed, step in _STEPS:
        if needed in page:
            page = step(page, say)
    return page


def _code(page: str, say: Voice) -> str:
    """Let code say its language, and let it be scrolled by keyboard."""

    def one(match: re.Match[str]) -> str:
        language = match["language"].lower()
        name = "" if language in _SILENT else _LANGUAGES.get(language, match["language"])
        label = say("code.in", language=name) if name else say("code")
        shown = f' data-language="{html.escape(name)}"' if name else ""
        return (
            f'<div class="{match["classes"]}"{match["rest"]}{shown}>{match["title"] or ""}'
            f'<pre tabindex="0" role="group" aria-label="{html.escape(label)}"'
        )

    plain = f'<pre tabindex="0" role="group" aria-label="{html.escape(say("code"))}"'
    return _PRE.sub(plain, _CODE.sub(one, page))


def _tables(page: str, say: Voice) -> str:
    """Let wide tables scroll by themselves, and align their columns by classes."""
    label = html.escape(say("table"))

    def one(match: re.Match[str]) -> str:
        attributes, inside = match["attributes"], match["inside"]
        if "highlighttable" in attributes or "<table" in inside:
            return match[0]
        inside = _EMPTY_HEAD.sub(r"<td\g<attributes>></td>", inside)
        opening = f'<div class="bt-scroll" tabindex="0" role="group" aria-label="{label}">'
        return f"{opening}<table{attributes}>{inside}</table></div>"

    return _TABLE.sub(one, _ALIGNED.sub(r' class="bt-\1"', page))


def _diagrams(page: str, _: Voice) -> str:
    """Let diagrams wider than a phone scroll by themselves: smaller, nobody can read them."""

    def one(match: re.Match[str]) -> str:
        if int(match["width"]) <= _NARROW:
            return match[0]
        opening = f'<div class="bt-scroll" tabindex="0" role="group" aria-label="{match["label"]}">'
        return f"{match['figure']}{opening}{match['picture']}</div>"

    return _DIAGRAM.sub(one, page)


def _tasks(page: str, say: Voice) -> str:
    """Give each box of a list of tasks a name."""

    def one(match: re.Match[str]) -> str:
        name = html.escape(say("done" if match["done"] else "open"))
        return f'<input aria-label="{name}" type="checkbox" disabled{match["done"] or ""}'

    return _TASK.sub(one, page)


def _figures(page: str, _: Voice) -> str:
    """Make a figure of a picture that stands alone and has a title: that is its caption."""
    return _FIGURE.sub(_figure, page)


def _figure(match: re.Match[str]) -> str:
    picture = match["picture"].replace(f' title="{match["title"]}"', "", 1)
    return f"<figure>{picture}<figcaption>{match['title']}</figcaption></figure>"


def _annotations(page: str, _: Voice) -> str:
    """Tie the numbers in the comments of code to the list of notes below it."""
    if not _MARK.search(page):
        return page
    count = 0

    def one(match: re.Match[str]) -> str:
        nonlocal count
        if not _MARK.search(match["code"]):
            return match[0]
        count += 1
        code = _MARK.sub(
            rf'<a class="bt-mark-in" href="#note-{count}-\g<number>">\g<number></a>', match["code"]
        )
        return f'{code}\n<ol class="bt-annotations">{_numbered(match["notes"], count)}</ol>'

    return _ANNOTATED.sub(one, page)


def _numbered(notes: str, which: int) -> str:
    """Return the items of a list, those of its own level with an id each."""
    depth = number = 0

    def one(match: re.Match[str]) -> str:
        nonlocal depth, number
        if match[0] != "<li>":
            depth += -1 if match[0].startswith("</") else 1
            return match[0]
        if depth:
            return match[0]
        number += 1
        return f'<li id="note-{which}-{number}">'

    return re.sub(r"<li>|</?[ou]l\b[^>]*>", one, notes)


def _notes(page: str, _: Voice) -> str:
    """Put each footnote of one paragraph beside the text too, where a wide screen shows it."""
    found = _NOTES.search(page)
    if found is None:
        return page
    texts = {note["name"]: _BACK.sub("", note["text"]) for note in _NOTE.finditer(found[0])}
    beside = {name: _ID.sub("", text) for name, text in texts.items() if not _HEAVY.search(text)}
    shown: set[str] = set()

    def one(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in beside or name in shown or not _in_paragraph(page, match.start()):
            return match[0]
        shown.add(name)
        return (
            f'{match[0]}<span class="bt-side" role="note">'
            f'<span class="bt-side-mark">{match["label"]}</span> {beside[name]}</span>'
        )

    text, rest = page[: found.start()], page[found.start() :]
    text = _REFERENCE.sub(one, text)
    if len(shown) == found[0].count('<li id="fn:'):
        rest = rest.replace('<div class="footnote">', '<div class="footnote bt-all-beside">', 1)
    return text + rest


def _in_paragraph(page: str, place: int) -> bool:
    """Return whether the block that was last opened before a place is a paragraph."""
    opened = ""
    for match in _BLOCK.finditer(page, max(0, place - 5000), place):
        opened = match[1]
    return opened == "p"


_STEPS: tuple[tuple[str, Callable[[str, Voice], str]], ...] = (
    ('class="footnote"', _notes),
    ('<span class="c', _annotations),
    ("<pre", _code),
    ("<table", _tables),
    ('class="bt-diagram"', _diagrams),
    ('type="checkbox"', _tasks),
    ("<img", _figures),
)
