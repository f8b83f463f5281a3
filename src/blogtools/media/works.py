"""What a ``.bib`` file says of each work, as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pybtex.backends.html import Backend
from pybtex.database import parse_string
from pybtex.exceptions import PybtexError
from pybtex.style.formatting.plain import Style

from blogtools.model.media import Works

_PROTECTED = re.compile(r'<span class="bibtex-protected">(.*?)</span>', re.DOTALL)
_WEB = re.compile(r"https?://", re.IGNORECASE)


class _Html(Backend):  # type: ignore[misc]
    """HTML in which an address is nothing but an address."""

    def format_href(self, url: str, text: str, *_external: bool) -> str:
        if not _WEB.match(url):
            return text
        return f'<a href="{html.escape(url)}">{text}</a>'

    def format_protected(self, text: str) -> str:
        return text


def read(text: str) -> Works:
    """Return the works of a file."""
    try:
        found = parse_string(text, "bibtex")
        return Works(dict(_shown(found)))
    except PybtexError as wrong:
        line = getattr(wrong, "lineno", None) or 1
        message = re.sub(r"^syntax error in line \d+: ", "", str(wrong))
        return Works({}, message, int(line))


def _shown(found: object) -> Iterator[tuple[str, str]]:
    backend = _Html()
    for entry in Style(abbreviate_names=False).format_bibliography(found):
        lines = _PROTECTED.sub(r"\1", entry.text.render(backend))
        yield entry.key, " ".join(lines.split())
