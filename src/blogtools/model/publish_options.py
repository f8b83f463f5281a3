"""How a blog is published: what its configuration says under ``publish``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from .options import LARGEST, NOT_EMPTY, POSITIVE, Checked, Limits, Options


def _address(address: str) -> str:
    """Return an address of the site relative to its root."""
    if "://" in address or any(char.isspace() for char in address):
        raise ValueError(f"{address!r} is no address of the site, write it from its root on")
    return address.lstrip("/")


def _reason(reason: str) -> str:
    """Return a reason unchanged if it is one."""
    if not reason.strip():
        raise ValueError("a reason is wanted, for whoever asks for the page")
    return reason


_Address = Annotated[str, Checked(_address)]


class PublishOptions(Options, frozen=True):
    """How a release is made.

    Attributes:
        redirects: Where an address leads that was published once, by the address; ``*`` stands
            for anything, and ``:splat`` in the target for the same.
        gone: Why an address is not there any more, by the address; ``*`` stands for anything.
        keep: How many releases are kept beside each other. That which was live before always is:
            whoever is just reading it may ask for one more of its files.
        page_kilobytes: How many kB a page may weigh with all that it loads.
        total_megabytes: How many MB all files together may have.
        entries: How many files and folders there may be.
    """

    strict: ClassVar[bool] = True

    redirects: Mapping[_Address, Annotated[str, NOT_EMPTY]] = {}
    gone: Mapping[_Address, Annotated[str, Checked(_reason)]] = {}
    keep: Annotated[int, Limits(ge=2, le=LARGEST)] = 5
    page_kilobytes: Annotated[int, POSITIVE] = 2000
    total_megabytes: Annotated[int, POSITIVE] = 1000
    entries: Annotated[int, POSITIVE] = 200_000
