"""The options of what a site offers to machines, and of how readers answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Any
from urllib.parse import quote

from .options import NOT_NEGATIVE, Checked, Options


class MachineOptions(Options, frozen=True):
    """What machines that read text are offered, on a site that has an address.

    Attributes:
        markdown: Whether each essay and each page has a copy in Markdown.
        essays: How many essays `llms.txt` names, the newest; 0 for no such file.
        words: How many words `llms-full.txt` may hold, those of the newest essays; 0 for none.
    """

    markdown: bool = True
    essays: Annotated[int, NOT_NEGATIVE] = 200
    words: Annotated[int, NOT_NEGATIVE] = 100_000


def _machines(given: Any) -> Any:  # noqa: ANN401 - whatever an author wrote
    """Let an author write true or false where options may stand."""
    if isinstance(given, bool):
        return {} if given else {"markdown": False, "essays": 0, "words": 0}
    return given


Machines = Annotated[MachineOptions, Checked(_machines, when="before")]

_ADDRESS = re.compile(r"(?:https?://[^\s/]+|mailto:[^\s@]+@[^\s@]+)\S*")
_FILLED = {"title": "", "url": ""}


def address(written: str) -> str:
    """Return an address unchanged if it leads somewhere outside of the site.

    Raises:
        ValueError: It does not.
    """
    if not _ADDRESS.fullmatch(written):
        raise ValueError(f"{written!r} is no address. Write it from https:// or mailto: on")
    return written


def _page(written: str) -> str:
    if not written.startswith(("https://", "http://")):
        raise ValueError(f"{written!r} is no address of a server, write it from https:// on")
    return address(written)


def _template(written: str) -> str:
    """Return an address unchanged if its braces name nothing but what is filled in."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(written) if name is not None}
    except ValueError as wrong:
        raise ValueError(f"{wrong} in {written!r}, use {{title}} and {{url}}") from None
    if names - _FILLED.keys():
        raise ValueError(f"{written!r} may name {{title}} and {{url}} only")
    address(written.format(**_FILLED))
    return written


def filled(template: str, title: str, url: str) -> str:
    """Return the address at which an essay is discussed.

    Args:
        template: The address, in which `{title}` and `{url}` stand for the essay's.
        title: Its title.
        url: Its full address.
    """
    return template.format(title=quote(title, safe=""), url=quote(url, safe=""))


Address = Annotated[str, Checked(address)]
Webmention = Annotated[str, Checked(_page)]
Discussions = Mapping[str, Annotated[str, Checked(_template)]]
