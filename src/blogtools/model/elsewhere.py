"""What other projects document: their inventories, in the form that Sphinx writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from msgspec import Struct

from .companion import nearest
from .options import Checked, Options

_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")


def _address(url: str) -> str:
    """Return the address of a documentation with a closing slash.

    Raises:
        ValueError: It is no such address.
    """
    if not _ADDRESS.fullmatch(url):
        raise ValueError(f"{url!r} is no address, write one such as https://docs.example.org/3/")
    return f"{url.rstrip('/')}/"


def _file(path: str) -> str:
    """Return a file unchanged if it lies below the folder of the configuration."""
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or not all(part.strip() for part in parts):
        raise ValueError(f"{path!r} is no file below the configuration, such as inventories/a.inv")
    return path


class InventoryOptions(Options, frozen=True):
    """One entry of ``inventories`` in the configuration.

    Attributes:
        name: What the project is called, in messages.
        file: Its inventory, kept in the repository, relative to the configuration.
        url: The address of its documentation.
    """

    name: str
    file: Annotated[str, Checked(_file)]
    url: Annotated[str, Checked(_address)]


class Elsewhere(Struct, frozen=True, dict=True):
    """The objects of another project's documentation.

    Attributes:
        name: What the project is called.
        url: The address of its documentation, with a closing slash.
        digest: The digest of the file, which stands for all objects in it.
        objects: Each dotted name to where it is, relative to the documentation.
    """

    name: str
    url: str
    digest: bytes
    objects: Mapping[str, str]

    def resolve(self, dotted: str) -> str | None:
        """Return the full address of an object, or None if there is none of this name."""
        found = self.objects.get(dotted)
        return None if found is None else f"{self.url}{found}"

    @cached_property
    def roots(self) -> frozenset[str]:
        """Return what the dotted names begin with."""
        return frozenset(name.partition(".")[0] for name in self.objects)

    def near(self, dotted: str) -> tuple[str, ...]:
        """Return at most three names that may have been meant, of those that begin alike."""
        root = dotted.partition(".")[0]
        return nearest(dotted, [name for name in self.objects if name.partition(".")[0] == root])
