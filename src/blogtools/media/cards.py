"""The picture that others show beside a link to an essay: its title, by whom, when and where."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import resvg_py
from msgspec import Struct

#: How large networks want it.
WIDTH, HEIGHT = 1200, 630
_FOLDER = Path(__file__).parent / "vendor" / "literata"
_EDGE = 84
_ROOM = WIDTH - 2 * _EDGE
# From the largest size of a title to the least, and how many lines of each there is room for.
_SIZES = ((84, 3), (72, 4), (60, 5), (50, 6))
# How wide a letter is taken to be that our fonts do not have.
_UNKNOWN = 1000


class Card(Struct, frozen=True):
    """What a card says.

    Attributes:
        title: The essay's.
        below: By whom and when.
        site: The site's name.
        colours: Of the paper, the title, the rest, and the stroke.
        fonts: Further font files, for letters that ours do not have.
    """

    title: str
    below: str
    site: str
    colours: tuple[str, str, str, str]
    fonts: tuple[Path, ...] = ()


def draw(card: Card) -> bytes:
    """Return a card as PNG: the same bytes wherever it is drawn."""
    fonts = [*sorted(map(str, _FOLDER.glob("*.ttf"))), *map(str, card.fonts)]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg(card), skip_system_fonts=True, font_files=fonts, font_family="Literata"
        )
    )


def svg(card: Card) -> str:
    """Return a card as SVG."""
    paper, ink, soft, stroke = card.colours
    size, lines = _set(card.title)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" ',
            'font-family="Literata">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{paper}"/>',
            f'<rect width="{WIDTH}" height="14" fill="{stroke}"/>',
            _text(card.site, _EDGE, 118, 34, ink=stroke, weight=700),
            *_lines(lines, size, ink),
            _text(cut(card.below, _ROOM, 32, "regular"), _EDGE, HEIGHT - 66, 32, ink=soft),
            "</svg>",
        )
    )


def _lines(lines: Sequence[str], size: int, ink: str) -> Iterator[str]:
    leading = size * 1.16
    # Their middle is that of the card, but for what stands above and below.
    first = 332 - leading * (len(lines) - 1) / 2 + size * 0.3
    for place, line in enumerate(lines):
        yield _text(line, _EDGE, round(first + place * leading, 1), size, ink=ink, weight=700)


def _text(text: str, x: float, y: float, size: int, *, ink: str, weight: int = 400) -> str:
    shown = html.escape(text, quote=False)
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{ink}">'
        f"{shown}</text>"
    )


def _set(title: str) -> tuple[int, list[str]]:
    """Return the largest size in which a title has room, and its lines."""
    for size, room in _SIZES:
        lines = wrapped(title, _ROOM, size)
        if len(lines) <= room and all(width(line, size) <= _ROOM for line in lines):
            return size, lines
    size, room = _SIZES[-1]
    lines = wrapped(title, _ROOM, size)
    if len(lines) > room:
        lines = [*lines[: room - 1], f"{lines[room - 1]} …"]
    return size, [cut(line, _ROOM, size) for line in lines]


def wrapped(text: str, room: float, size: int) -> list[str]:
    """Return a text in lines that have room, each as long as can be."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def cut(text: str, room: float, size: int, weight: str = "bold") -> str:
    """Return a text that has room, without its end if it must be."""
    if width(text, size, weight) <= room:
        return text
    while text and width(f"{text}…", size, weight) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def width(text: str, size: int, weight: str = "bold") -> float:
    """Return how wide a text is."""
    known = _widths()[weight]
    return sum(known.get(char, _UNKNOWN) for char in text) * size / 1000


def unknown(text: str) -> str:
    """Return the letters of a text that our fonts do not have."""
    known = _widths()["bold"]
    return "".join(dict.fromkeys(char for char in text if char not in known and char.strip()))


@lru_cache(maxsize=1)
def _widths() -> Mapping[str, Mapping[str, int]]:
    """Return how wide each letter is, in thousandths, by weight; written down from the fonts."""
    found: Mapping[str, Mapping[str, int]] = json.loads(
        (_FOLDER / "widths.json").read_text("utf-8")
    )
    return found
