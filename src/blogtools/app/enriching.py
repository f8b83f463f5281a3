"""What is drawn into a converted document: the last step of its conversion.

It depends on the document and the files beside it alone, and does nothing at all unless the
configuration asks for it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from blogtools.build.memory import Memory
from blogtools.content.finding import find
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.media import Fault
from blogtools.model.project import Project
from blogtools.model.rendered import Rendered

from .drawn import Drawn


class Enricher:
    """Draws what documents ask for."""

    def __init__(self, project: Project, memory: Memory) -> None:
        """Take the options, and what is remembered."""
        self._drawn = Drawn(memory)
        self._project = project
        self._math = project.options.math
        self._images = project.options.images
        self._diagrams = project.options.diagrams
        self._works = project.options.bibliography
        self._settings = (self._math, self._images, self._diagrams, self._works)
        self._untrusted = project.options.untrusted
        self._is_off = not self._untrusted and all(one is None for one in self._settings)

    def surroundings(self, document: Document) -> tuple[object, ...]:
        """Return what a conversion depends on besides the text: nothing where all is off."""
        if self._is_off:
            return ()
        hero = (document.front.hero, document.front.hero_alt)
        return digest_of(self._settings, self._untrusted, hero), self._place(document)

    @property
    def decided(self) -> bytes:
        """Return the digest of what of that is the same for all documents."""
        return digest_of(self._settings, self._untrusted)

    def _place(self, document: Document) -> str:
        """Return from where a document finds its pictures, and its recorded diagrams."""
        path = document.source.path
        recorded = self._diagrams is not None and self._diagrams.mermaid
        return path if recorded else posixpath.dirname(path)

    def __call__(self, rendered: Rendered, document: Document) -> Rendered:
        """Return a conversion with everything drawn."""
        if self._untrusted:
            from .cleaning import cleaned

            # First, since what is drawn below is ours.
            rendered = cleaned(rendered, document)
        if self._works is not None and "bt-cite" in rendered.html:
            from .citations import with_citations

            rendered = with_citations(rendered, self._works, self._drawn, self._project)
        if self._math is not None:
            from .formulas import with_formulas

            rendered = with_formulas(rendered, self._math, self._drawn)
        if self._diagrams is not None:
            from .diagrams import with_diagrams

            rendered = with_diagrams(rendered, self._diagrams, self._drawn, self._project, document)
        if self._images is not None and (document.front.hero or "<img" in rendered.html):
            from .images import with_images

            rendered = with_images(rendered, self._images, self._drawn, self._project, document)
        return rendered

    def taken(self) -> Mapping[bytes, bytes]:
        """Return what was drawn since this was last asked; a worker hands it to its parent."""
        return self._drawn.taken()

    def keep(self, fresh: Mapping[bytes, bytes]) -> None:
        """Remember what was drawn, perhaps in another process."""
        self._drawn.keep(fresh)


def told(document: Document, faults: Iterable[Fault]) -> Iterator[Diagnostic]:
    """Yield what is wrong with what is drawn in a document, each with its place in the file."""
    for one in faults:
        path = one.path or document.source.path
        line, column = (one.at, 1) if one.path else find(document, one.text, one.at)
        yield Diagnostic(path, line, column, one.code, one.message, one.hint, one.severity)
