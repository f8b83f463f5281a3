"""What the dev server adds to pages as it serves them; no file on disk is ever touched."""

from __future__ import annotations

import json
from html import escape

from blogtools.app.serve import State
from blogtools.model.diagnostic import Diagnostic

RESERVED = "/__blogtools__/"
EVENTS = f"{RESERVED}events"
SCRIPT = f"{RESERVED}client.js"
SHOWN_AT_MOST = 100

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; }}
body {{ padding: 0 1rem; }}
li {{ margin: 1rem 0; overflow-wrap: anywhere; }}
code, pre {{ font-family: ui-monospace, monospace; white-space: pre-wrap; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def token(state: State, session: str) -> str:
    """Return the name of what a page shows; when it differs from the server's, it is stale.

    Args:
        state: The state that the page was served from.
        session: A name of this run of the server: a restart makes every page stale.
    """
    # A page that only lists errors is stale as soon as there is another result, good or bad.
    suffix = "" if state.generation else f".{state.version}"
    return f"{session}.{state.generation}{suffix}"


def inject(html: bytes, shown: str) -> bytes:
    """Add the script that reloads the page, before the end of its body.

    Args:
        html: A page of the site.
        shown: The page's token.

    Returns:
        The page with the script; where it has no end of a body, the script comes last.
    """
    # A file of its own, not inline: it also runs under a policy of script-src 'self'.
    data = f'data-shown="{escape(shown)}" data-events="{EVENTS}"'
    tag = f'<script src="{SCRIPT}" {data} defer></script>'
    at = html.lower().rfind(b"</body>")
    at = len(html) if at < 0 else at
    return html[:at] + tag.encode() + html[at:]


def message(state: State, session: str) -> str:
    """Return the JSON that tells browsers what is shown, and what is wrong.

    Args:
        state: The current state.
        session: The name of this run of the server.
    """
    listed = [_plain(found) for found in state.problems[:SHOWN_AT_MOST]]
    more = len(state.problems) - len(listed)
    news = {"shown": token(state, session), "error": state.error, "problems": listed, "more": more}
    return json.dumps(news)


def _plain(found: Diagnostic) -> dict[str, str]:
    """Return a finding as the browser is told it."""
    return {"where": _where(found), "message": found.message, "hint": found.hint}


def _where(found: Diagnostic) -> str:
    return f"{found.path}:{found.line}:{found.column}"


def failure(state: State, session: str) -> bytes:
    """Return the page to show while there is no site at all; it reloads when there is news.

    Args:
        state: A state with problems and no site.
        session: The name of this run of the server.
    """
    reason = f"<pre>{escape(state.error)}</pre>" if state.error else ""
    items = "\n".join(map(_item, state.problems))
    body = (
        '<main role="alert" data-blogtools-problems>\n<h1>The site cannot be built yet</h1>\n'
        f"{reason}\n<ul>\n{items}\n</ul>\n"
        "<p>This page reloads by itself as soon as a file is saved.</p>\n</main>"
    )
    return inject(_page("The site cannot be built yet", body), token(state, session))


def _item(found: Diagnostic) -> str:
    where, text = escape(_where(found)), escape(found.message)
    hint = f"<br>{escape(found.hint)}" if found.hint else ""
    return f"<li><code>{where}</code><br><strong>{text}</strong>{hint}</li>"


def missing(path: str, base: str, shown: str) -> bytes:
    """Return the page for an address that leads nowhere, on a site without a 404 page.

    Args:
        path: The path that was asked for.
        base: The path at which the site begins.
        shown: The token of the current site, so that the page reloads when it changes.
    """
    body = (
        "<main>\n<h1>There is no page here</h1>\n"
        f"<p>Nothing is built at <code>{escape(path)}</code>.</p>\n"
        f'<p><a href="{escape(base)}">To the start of the site</a></p>\n</main>'
    )
    return inject(_page("There is no page here", body), shown)


def _page(title: str, body: str) -> bytes:
    return _PAGE.format(title=escape(title), body=body).encode()
