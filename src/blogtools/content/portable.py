"""Markdown that can be read away from its folder: as an author wrote it, with full addresses."""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Mapping

from blogtools.model.project import SiteFacts
from blogtools.model.rendered import LinkKind
from blogtools.model.site import Post

from .addresses import output_path
from .endless import hidden, seen
from .links import written

#: The address of each internal link of a document, by what the author wrote.
Ways = Mapping[tuple[LinkKind, str], str]

# Code is matched first and left as it is; what follows a link's text is matched by itself, so that
# code in the text is seen as well.
_PARTS = re.compile(
    r"(?P<comment><!--.*?-->)"
    r"|<(?P<raw>script|style)\b.*?</(?P=raw)>"
    r"|^[ \t>]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t>]*(?P=fence)[ \t]*$|\Z)"
    r"|(?<![`\\])(?P<tick>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=tick)(?!`)"
    r"|(?P<before>\]\(\s*|^[ ]{0,3}\[[^\]\n]+\]:[ \t]*)"
    r"(?P<target><[^<>\n]*>|(?:[^\s()<>]|\([^\s()]*\))+)"
    r"|(?P<attribute>\s(?:href|src|poster)\s*=\s*)(?P<quote>[\"'])(?P<value>[^\"'\n]*)(?P=quote)",
    re.DOTALL | re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def copy_path(url: str) -> str:
    """Return the file in which a page's copy stands: beside the page, under the same name."""
    return f"{posixpath.splitext(output_path(url))[0]}.md"


def portable(text: str, ways: Ways) -> str:
    """Return Markdown in which each internal link has its full address, and no comment is left.

    Args:
        text: What an author wrote.
        ways: The address of each of its internal links.
    """
    moved = seen(_PARTS.sub(lambda part: _part(part, ways), hidden(text)))
    return f"{moved.strip()}\n{_definitions(text, ways)}"


def _part(part: re.Match[str], ways: Ways) -> str:
    if part["comment"]:
        return ""
    if part["before"]:
        target = part["target"].strip("<>")
        way = _way(_ESCAPED.sub(r"\1", html.unescape(target)), ways)
        return f"{part['before']}{way or part['target']}"
    if part["attribute"] and (way := _way(html.unescape(part["value"]), ways)):
        return f"{part['attribute']}{part['quote']}{html.escape(way)}{part['quote']}"
    return part[0]


def _way(target: str, ways: Ways) -> str:
    kind = LinkKind.FRAGMENT if target.startswith("#") else LinkKind.PATH
    return ways.get((kind, target), "")


def _definitions(text: str, ways: Ways) -> str:
    """Return what `[text][package.object]` refers to, as Markdown everywhere reads it."""
    lines = []
    for (kind, name), way in ways.items():
        if kind is LinkKind.SYMBOL:
            spelled = (label for label in (name, f"`{name}`") if f"[{label}]" in text)
            lines += [f"[{label}]: {way}\n" for label in spelled]
    return "".join(("\n", *lines)) if lines else ""


def essay_head(post: Post, site: SiteFacts, language: str) -> str:
    """Return what stands above the text of an essay's copy: facts, and the title if need be."""
    facts = {
        "title": post.title,
        "url": f"{site.url}{written(post.url)}",
        "description": post.description,
        "authors": [author.name for author in post.authors],
        "date": post.date.date().isoformat(),
        "updated": post.updated.date().isoformat(),
        "language": language,
        "tags": [term.label for term in post.terms.get("tags", ())],
    }
    title = "" if post.conversion.facts.title else f"# {post.title}\n\n"
    return _front(facts) + title


def page_head(title: str, url: str, site: SiteFacts, *, titled: bool) -> str:
    """Return what stands above the text of an ordinary page's copy."""
    facts = {"title": title, "url": f"{site.url}{written(url)}"}
    return _front(facts) + ("" if titled else f"# {title}\n\n")


def _front(facts: Mapping[str, object]) -> str:
    # JSON is YAML, and nothing in it can end the front matter.
    lines = (
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts.items() if value
    )
    return f"---\n{''.join(lines)}---\n\n"
