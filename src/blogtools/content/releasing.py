"""What a release does to its pages: it names itself in a style sheet; a preview marks each page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

from blogtools.model.interface import ENGLISH, SPOKEN, voice
from blogtools.model.release import STYLES

from .links import way

_MARK = """\
.bt-preview {
  position: sticky; z-index: 8; inset-block-start: 0; margin: 0; padding: 0.5rem 1rem;
  background: light-dark(#7a4b00, #e8bd6f); color: light-dark(#fff, #14171a);
  font: 0.8125rem/1.5 monospace; text-align: center;
}
"""
_NOINDEX = '<meta name="robots" content="noindex">'
_LANGUAGE = re.compile(r'<html\b[^>]*\slang="([^"]*)"')
_BODY = re.compile(r"<body\b[^>]*>")
_LINK = re.compile(
    r'(<(?:a|area|link)\b[^>]*?\shref="|<meta\b[^>]*?\scontent="\d+; ?url=)([^"]*)(?=")'
)
_PATH = re.compile(r"[^?#]*")


def release_styles(name: str = "", *, preview: bool = False) -> bytes:
    """Return the style sheet that gives the release's name to every page.

    So that no page's bytes change with each release.

    Args:
        name: The release; empty for a site that is not published.
        preview: Whether it has the styles of the mark of a preview too.
    """
    return ("".join(_names(name)) + (_MARK if preview else "")).encode()


def _names(name: str) -> Iterator[str]:
    if name:
        yield f".release-name::after{{content:{_quoted(name)}}}\n"
        return
    for language in SPOKEN:
        none = voice(language)("release.none")
        of = "" if language == ENGLISH else f":lang({language})"
        yield f".release-name{of}::after{{content:{_quoted(none)}}}\n"


def _quoted(text: str) -> str:
    """Return a text as CSS writes strings."""
    return json.dumps(text, ensure_ascii=False)


def previewed(page: str, path: str) -> str:
    """Return a page as a preview has it: marked, out of searches, readable from any folder.

    What shows the artifacts of a job knows no folders, and has another address for each job: so
    links are relative, and name the files that they lead to.

    Args:
        page: The page.
        path: Its path in the site.
    """
    base = _base(page)
    page = _LINK.sub(lambda link: link[1] + _to_a_file(link[2], base), page)
    if base:
        page = page.replace(f'src="{base}', 'src="')
    if _NOINDEX not in page:
        page = page.replace("</head>", f"{_NOINDEX}\n</head>", 1)
    return _marked(page, path)


def _base(page: str) -> str:
    """Return what links of a page that may stand anywhere, such as 404.html, begin with."""
    found = re.search(rf'href="(/[^"]*?){re.escape(STYLES)}"', page)
    return found[1] if found else ""


def _to_a_file(target: str, base: str) -> str:
    """Return a link that names a file where it named a folder of this site."""
    if base and target.startswith(base):
        target = target.removeprefix(base) or "./"
    path = _PATH.match(target)[0]  # type: ignore[index]  # it matches anything
    first, last = path.partition("/")[0], path.rpartition("/")[2]
    if not path or ":" in first or path.startswith("/") or last not in ("", ".", ".."):
        return target
    return f"{path.rstrip('/')}/index.html{target[len(path) :]}"


def _marked(page: str, path: str) -> str:
    language = _LANGUAGE.search(page)
    say = voice(language[1] if language else ENGLISH)
    styles = "" if STYLES in page else f'<link rel="stylesheet" href="{way(STYLES, path)}">\n'
    told = html.escape(f"{say('preview')}: {say('preview.why')}")
    mark = f'\n{styles}<p class="bt-preview" role="note">{told}</p>'
    return _BODY.sub(lambda found: found[0] + mark, page, count=1)
