"""Formulas as HTML and MathML by KaTeX, without a single style attribute.

KaTeX places things by attributes, which a strict Content-Security-Policy forbids. Each different
attribute becomes a class, called by the digest of what it says, so that any page can be made by
itself and one stylesheet serves all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from blogtools.model.digest import digest

from . import fonts, scripts

#: The version of KaTeX beside this file.
VERSION = "0.19.1"
_TAG = re.compile(r"<(?P<name>[a-zA-Z]+)(?P<attributes>(?:\s[^<>]*)?)>")
_STYLE = re.compile(r"\sstyle=\"(?P<style>[^\"]*)\"")
_CLASS = re.compile(r"\sclass=\"(?P<names>[^\"]*)\"")


class Formula(msgspec.Struct, frozen=True):
    """A formula as it is written, and whether it stands by itself."""

    tex: str
    display: bool


class Drawn(msgspec.Struct, frozen=True, array_like=True):
    """What became of a formula.

    Attributes:
        html: How it is shown; empty if it cannot be.
        styles: The declarations of the classes in it.
        error: Why it cannot be shown.
        at: The character that the error is about.
    """

    html: str
    styles: tuple[str, ...] = ()
    error: str = ""
    at: int = 0


def draw(formulas: Sequence[Formula], macros: Mapping[str, str]) -> list[Drawn]:
    """Draw some formulas.

    Raises:
        ScriptsFailed: KaTeX cannot be run.
    """
    jobs = [{"tex": one.tex, "display": one.display, "macros": macros} for one in formulas]
    return [_drawn(answer) for answer in scripts.ask("katex", jobs)]


def _drawn(answer: Mapping[str, object]) -> Drawn:
    if "error" in answer:
        return Drawn("", (), str(answer["error"]), int(str(answer["at"])))
    html, styles = without_styles(str(answer["html"]))
    return Drawn(html, styles)


def without_styles(html: str) -> tuple[str, tuple[str, ...]]:
    """Return HTML with classes in place of style attributes, and what the classes stand for."""
    found: dict[str, None] = {}

    def tag(match: re.Match[str]) -> str:
        attributes = match["attributes"]
        if (style := _STYLE.search(attributes)) is None:
            return match[0]
        found[style["style"]] = None
        rest, name = _STYLE.sub("", attributes), class_of(style["style"])
        if _CLASS.search(rest):
            rest = _CLASS.sub(lambda m: f' class="{m["names"]} {name}"', rest)
        else:
            rest = f' class="{name}"{rest}'
        return f"<{match['name']}{rest}>"

    return _TAG.sub(tag, html), tuple(found)


def class_of(style: str) -> str:
    """Return the class that stands for some declarations."""
    return f"k-{digest(style.encode()).hex()[:10]}"


def stylesheet(styles: Iterable[str], faces: Iterable[str], letters: str) -> bytes:
    """Return KaTeX's own rules, and those of the classes of all formulas of a site.

    Args:
        styles: The declarations of the classes.
        faces: The faces of KaTeX's fonts that formulas need.
        letters: The letters that they show.
    """
    rules = (f".{class_of(style)}{{{_weighty(style)}}}" for style in sorted(set(styles)))
    base = fonts.without_faces(fonts.stylesheet())
    return "\n".join((fonts.declared(faces, letters), base, _OWN, *rules, "")).encode()


# What is wider than the column is moved within it, by the keyboard too.
_OWN = (
    ".bt-math{overflow-x:auto;overflow-y:hidden;padding-block:.1rem}"
    ".bt-math:focus-visible{outline:.1rem solid var(--bt-accent,currentColor);outline-offset:.1rem}"
)


def _weighty(style: str) -> str:
    """Return declarations that no rule of KaTeX's goes before, as none goes before an attribute."""
    parts = (part.strip() for part in style.split(";"))
    return ";".join(f"{part}!important" for part in parts if part)
