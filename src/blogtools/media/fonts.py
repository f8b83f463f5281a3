"""KaTeX's fonts, cut to what the formulas of a site show, and put into their style sheet.

A page with formulas would ask for half a dozen files else, of which it needs a few letters each.
"""

from __future__ import annotations

import base64
import html
import re
import string
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path

from msgspec import Struct

_FOLDER = Path(__file__).parent / "vendor" / "katex"
_TAG = re.compile(r"<[^<>]*>")
_CLASSES = re.compile(r"\bclass=\"([^\"]*)\"")
_NAMES = re.compile(r"\.([\w-]+)")
_RULE = re.compile(r"(?P<selectors>[^{}]+)\{(?P<body>[^{}]*)\}")
_FACE = re.compile(r"@font-face\{[^{}]*\}")
_FAMILY = re.compile(r"KaTeX_\w+")
# The faces of text, which are combined with what `\textbf` and `\textit` ask for.
_TEXT = ("KaTeX_Main", "KaTeX_SansSerif", "KaTeX_Typewriter")
_BOLD, _ITALIC = "font-weight:700", "font-style:italic"
# In these faces whole alphabets stay, so that hardly any new formula changes them.
_WHOLE = ("KaTeX_Main-Regular", "KaTeX_Math-Italic")
_ALPHABETS = (
    *(string.ascii_lowercase, string.ascii_uppercase, string.digits),
    "αβγδεζηθικλμνξοπρςστυφχψωϑϕϖϱϵ",
    "ΓΔΘΛΞΠΣΥΦΨΩ",
)


class _Rule(Struct, frozen=True):
    """A rule that chooses a face: the classes that it is for, and what it sets."""

    classes: frozenset[str]
    family: str
    bold: bool
    italic: bool


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(_read(_FACE.sub("", stylesheet())))


def _read(sheet: str) -> Iterator[_Rule]:
    for rule in _RULE.finditer(sheet):
        family = _FAMILY.search(rule["body"])
        bold, italic = _BOLD in rule["body"], _ITALIC in rule["body"]
        if family or bold or italic:
            for selector in rule["selectors"].split(","):
                classes = frozenset(_NAMES.findall(selector))
                yield _Rule(classes, family[0] if family else "", bold, italic)


def stylesheet() -> str:
    """Return KaTeX's own style sheet."""
    return (_FOLDER / "katex.min.css").read_text("utf-8").rstrip()


def without_faces(sheet: str) -> str:
    """Return a style sheet without the rules that name files of fonts."""
    return _FACE.sub("", sheet)


def faces(shown: str) -> tuple[str, ...]:
    """Return the faces that formulas need, in order.

    Args:
        shown: The formulas as HTML.
    """
    there = {"katex", *chain.from_iterable(map(str.split, _CLASSES.findall(shown)))}
    asked = [rule for rule in _rules() if rule.classes <= there]
    found = {_name(rule.family, rule.bold, rule.italic) for rule in asked if rule.family}
    families = {rule.family for rule in asked}.intersection(_TEXT)
    bold, italic = "textbf" in there, "textit" in there
    for family in families:
        found |= {_name(family, bold, False), _name(family, False, italic)}
        found |= {_name(family, bold, italic)}
    return tuple(sorted(face for face in found if _file(face).is_file()))


def _name(family: str, bold: bool, italic: bool) -> str:
    return f"{family}-{'Bold' * bold}{'Italic' * italic or 'Regular' * (not bold)}"


def _file(face: str) -> Path:
    return _FOLDER / "fonts" / f"{face}.woff2"


def letters(shown: str) -> str:
    """Return the letters that formulas show, each once, in order.

    Args:
        shown: The formulas as HTML.
    """
    return "".join(sorted({*html.unescape(_TAG.sub("", shown))}))


def declared(faces: Iterable[str], shown: str) -> str:
    """Return the rules that declare some faces, each with those letters that are shown.

    Args:
        faces: The names of the faces.
        shown: The letters of all formulas.
    """
    return "".join(_declared(face, shown) for face in faces)


def _declared(face: str, shown: str) -> str:
    family, _, style = face.partition("-")
    data = base64.b64encode(_cut(_file(face), _whole(shown) if face in _WHOLE else shown))
    return (
        f"@font-face{{font-display:block;font-family:{family};"
        f"font-style:{'italic' if 'Italic' in style else 'normal'};"
        f"font-weight:{700 if 'Bold' in style else 400};"
        f'src:url(data:font/woff2;base64,{data.decode()}) format("woff2")}}'
    )


def _whole(shown: str) -> str:
    """Return letters with all others of their alphabets."""
    return "".join((shown, *(one for one in _ALPHABETS if not {*one}.isdisjoint(shown))))


def _cut(file: Path, shown: str) -> bytes:
    from fontTools import subset

    options = subset.Options(flavor="woff2", hinting=False, layout_features=["*"])
    written = BytesIO()
    with subset.load_font(str(file), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=shown)
        cutter.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()
