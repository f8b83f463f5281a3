"""Essays in folders of their own, and the files that belong to them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from blogtools.model.site import Entry


class Bundles:
    """Knows, for each file beside essays, the essay in whose folder it lies.

    A folder belongs to the essay that is its ``index.md``; a folder inside it with an ``index.md``
    of its own belongs to that one. The folder of all essays belongs to none.
    """

    def __init__(self, entries: Iterable[Entry], posts_dir: str) -> None:
        """Take every essay, and the path of the folder of all essays."""
        named = ((posixpath.split(entry.path), entry) for entry in entries)
        self._owners = {
            folder: entry
            for (folder, name), entry in named
            if name in ("index.md", "index.ipynb") and folder != posts_dir
        }

    def owner(self, path: str) -> Entry | None:
        """Return the essay to which a file belongs, or None."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._owners:
            folder = posixpath.dirname(folder).rstrip("/")
        return self._owners.get(folder)
