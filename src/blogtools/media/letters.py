"""Letters to measure with: a font of nothing but widths, so that no machine's fonts decide them.

The widths are Helvetica's, as the style sheet of diagrams asks for it or for one of its like, with
some room: where a reader has none of them, letters are wider.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable
from functools import cache
from io import BytesIO

#: The names of the two weights.
REGULAR, BOLD = 400, 700
_ROOM = {REGULAR: 1.12, BOLD: 1.2}
_EM, _ASCENT, _DESCENT = 1000, 905, 212
_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
# What Mermaid writes by itself is among these.
_ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "".join(map(chr, range(0xA0, 0x180))) + "–—…•’“”"


@cache
def _known() -> dict[str, int]:
    return {letter: width for width, letters in _WIDTHS.items() for letter in letters}


def width(letter: str) -> int:
    """Return how wide a letter is, in thousandths of its size."""
    base = unicodedata.normalize("NFD", letter)[0]
    if base in string.printable:
        return _known().get(base, 0)
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn"):
        return 0
    return _EM if unicodedata.east_asian_width(letter) in "WF" else 667


def font(text: Iterable[str], weight: int) -> bytes:
    """Return a font (TTF) in which the letters of a text have their widths, and no shape.

    Args:
        text: Whatever may be measured.
        weight: One of the two weights.
    """
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    letters = sorted({*_ALWAYS, *text} - {*string.whitespace} | {" "})
    names = {ord(letter): f"u{ord(letter):x}" for letter in letters}
    glyphs = [".notdef", *names.values()]
    wide = [round(width(letter) * _ROOM[weight]) for letter in letters]
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap(names)
    builder.setupGlyf({name: Glyph() for name in glyphs})
    builder.setupHorizontalMetrics(
        {name: (one, 0) for name, one in zip(glyphs, [_EM, *wide], strict=True)}
    )
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=-_DESCENT)
    builder.setupNameTable({"familyName": "Measure", "styleName": str(weight)})
    builder.setupOS2(
        sTypoAscender=_ASCENT,
        sTypoDescender=-_DESCENT,
        usWinAscent=_ASCENT,
        usWinDescent=_DESCENT,
        usWeightClass=weight,
    )
    builder.setupPost()
    file = BytesIO()
    builder.save(file)
    return file.getvalue()
