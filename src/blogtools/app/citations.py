"""The citations of a converted document, and the list of what it cites."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from blogtools.content import citations
from blogtools.model.digest import digest_of
from blogtools.model.media import Fault, Works
from blogtools.model.media_options import BibliographyOptions
from blogtools.model.project import Project
from blogtools.model.rendered import Heading, Rendered

from .drawn import Drawn

_ID = "references"


def with_citations(
    rendered: Rendered, options: BibliographyOptions, drawn: Drawn, project: Project
) -> Rendered:
    """Return a conversion whose citations lead to a list of works at its end."""
    found = list(citations.cited(rendered.html))
    if not found:
        return rendered
    files = _files(options, drawn, project)
    known = {key: text for _, one in reversed(files) for key, text in one.known.items()}
    broken = tuple(_of_file(name, one) for name, one in files if one.error)
    wrong = broken or tuple(dict.fromkeys(_unknown(found, known)))
    media = replace(rendered.media, faults=rendered.media.faults + wrong)
    numbered = citations.Numbered(rendered.links, known)
    page = numbered.written(rendered.html)
    if not numbered.anchors:
        return replace(rendered, media=media)
    heading = Heading(_ID, options.title, 2)
    return replace(
        rendered,
        html=page + numbered.listed(heading),
        excerpt=citations.without(rendered.excerpt),
        toc=(*rendered.toc, heading),
        anchors=rendered.anchors | numbered.anchors | {_ID},
        links=tuple(numbered.links),
        media=media,
    )


def _files(
    options: BibliographyOptions, drawn: Drawn, project: Project
) -> Sequence[tuple[str, Works]]:
    """Return what is known of each file; an earlier one goes first."""
    digests = [drawn.digest(name) for name in options.files]

    def read(places: Sequence[int]) -> Sequence[Works]:
        return [_read(project, options.files[place], digests[place]) for place in places]

    keys = [digest_of("works", digest) for digest in digests]
    return list(zip(options.files, drawn.several(keys, Works, read), strict=True))


def _read(project: Project, name: str, digest: bytes) -> Works:
    if not digest:
        return Works({}, "there is no such file")
    from blogtools.media import works

    return works.read((project.root / name).read_text("utf-8", "replace"))


def _of_file(name: str, found: Works) -> Fault:
    message = f"the works in it cannot be read: {found.error}"
    hint = "Correct the file, or its name under 'bibliography'"
    return Fault("", found.line, "citation/file", message, hint, path=name)


def _unknown(
    found: Sequence[tuple[str, tuple[citations.Part, ...]]], known: Mapping[str, str]
) -> Iterator[Fault]:
    for written, parts in found:
        for part in parts:
            if part.key not in known:
                near = difflib.get_close_matches(part.key, known, n=3)
                named = " or ".join(f"'{one}'" for one in near)
                hint = f"Did you mean {named}?" if near else "Add it to the file of works"
                message = f"there is no work '{part.key}' to cite"
                at = written.find(f"@{part.key}") + 1
                yield Fault(written, at, "citation/unknown", message, hint)
