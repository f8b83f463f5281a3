"""The page at an address that is gone for good: it says why."""

from __future__ import annotations

import html
import re

# The parts of our page for addresses that lead nowhere (templates/404.html), which is in the frame
# of the site already.
_KICKER = re.compile(r'(<p class="bt-kicker">)[^<]*')
_HEADING = re.compile(r"(<h1>)[^<]*")
_WHY = re.compile(r'(<p class="bt-standfirst">)[^<]*')
_CHARSET = '<meta charset="utf-8">'
_NO_INDEX = '<meta name="robots" content="noindex">'

_PLAIN = """<!doctype html>
<html lang="{language}">
<head>
{charset}
{no_index}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
</head>
<body><main><h1>{heading}</h1><p>{why}</p></main></body>
</html>
"""


def withdrawn(not_found: str, reason: str, heading: str, language: str) -> bytes:
    """Return the page of an address that is gone.

    Args:
        not_found: The site's page for addresses that lead nowhere; one that is not of our template
            is not used.
        reason: Why it is gone.
        heading: What the page says first.
        language: The site's.
    """
    words, why = html.escape(heading, quote=False), html.escape(reason, quote=False)
    page, parts = not_found, 0
    for pattern, text in ((_KICKER, "410"), (_HEADING, words), (_WHY, why)):
        found = pattern.search(page)
        if found:
            page = page[: found.end(1)] + text + page[found.end() :]
            parts += 1
    if parts < 3 or _CHARSET not in page:
        page = _PLAIN.format(
            language=language, charset=_CHARSET, no_index=_NO_INDEX, heading=words, why=why
        )
    elif _NO_INDEX not in page:
        page = page.replace(_CHARSET, f"{_CHARSET}\n{_NO_INDEX}", 1)
    return page.encode()
