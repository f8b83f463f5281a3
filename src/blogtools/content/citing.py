"""How others cite an essay: an entry for BibTeX."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from blogtools.model.project import SiteFacts
from blogtools.model.site import Post

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# Typeset, these mean something else; a backslash first of all.
_SPECIAL = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {sign: f"\\{sign}" for sign in "&%$#_{}"}
)
_WORD = re.compile(r"[A-Za-z0-9]+")


def bibtex(post: Post, site: SiteFacts) -> str:
    """Return an essay's entry; without the site's address it names no URL.

    Args:
        post: The essay.
        site: The site that it stands in.
    """
    authors = [author.name for author in post.authors] or [site.author or site.name]
    fields = {
        "author": " and ".join(_person(name) for name in authors),
        "title": f"{{{_escaped(post.title)}}}",
        "journal": _escaped(site.name),
        "year": str(post.date.year),
        "month": _MONTHS[post.date.month - 1],
        "url": site.url + quote(post.url) if site.url else "",
    }
    lines = (_field(name, value) for name, value in fields.items() if value)
    return f"@article{{{_key(authors[0], post)},\n" + ",\n".join(lines) + "\n}"


def _field(name: str, value: str) -> str:
    return f"  {name:<7} = {value if name == 'month' else f'{{{value}}}'}"


def _person(name: str) -> str:
    """Return a name; one in which BibTeX would see a list of names is kept together."""
    escaped = _escaped(name)
    return f"{{{escaped}}}" if re.search(r",|\band\b", name) else escaped


def _escaped(text: str) -> str:
    return " ".join(text.split()).translate(_SPECIAL)


def _key(author: str, post: Post) -> str:
    """Return a key such as ``lovelace2026naming``: name, year, first long word of the title."""
    names, words = _WORD.findall(_plain(author)), _WORD.findall(_plain(post.title))
    word = next((word for word in words if len(word) > 3), "".join(words[:1]))
    return f"{names[-1] if names else ''}{post.date.year}{word}".lower()


def _plain(text: str) -> str:
    """Return a text without its accents."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
