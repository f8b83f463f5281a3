"""The pictures of a converted document, in the sizes that its readers want."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from msgspec.structs import replace

from blogtools.content import images
from blogtools.content.images import Attributes, Shape
from blogtools.content.marks import internal
from blogtools.model.diagnostic import Severity
from blogtools.model.digest import digest_of
from blogtools.model.document import Document
from blogtools.model.media import Fault, Picture, Size
from blogtools.model.media_options import ImageOptions
from blogtools.model.project import Project
from blogtools.model.rendered import Rendered

from .drawn import Drawn

_RASTER = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".avif")
_MEASURED = (*_RASTER, ".svg", ".gif")
#: How wide the picture above the text is shown: as wide as the essay with its margins.
_ABOVE = "(max-width: 75rem) 100vw, 75rem"


def is_raster(path: str) -> bool:
    """Return whether a file is of a kind that is drawn anew."""
    return path.lower().endswith(_RASTER)


def is_measured(path: str) -> bool:
    """Return whether a file is of a kind whose size can be known."""
    return path.lower().endswith(_MEASURED)


def with_images(
    rendered: Rendered, options: ImageOptions, drawn: Drawn, project: Project, document: Document
) -> Rendered:
    """Return a conversion with its pictures sized, and offered in several widths."""
    rendered = _with_hero(rendered, drawn, document)
    pieces = (rendered.html, rendered.excerpt, rendered.hero)
    found = [one for piece in pieces for one in images.images(piece)]
    if not found:
        return rendered
    files = dict(_files(rendered, found, document))
    shapes = _shapes(files, options, drawn, project)
    above = images.Pictures(rendered.links, shapes, replace(options, sizes=_ABOVE))
    hero = above.written(rendered.hero, first=True)
    writer = images.Pictures(above.links, shapes, options)
    page = writer.written(rendered.html, first=True)
    excerpt = writer.written(rendered.excerpt, first=False)
    pictures = {Picture(files[n], shape.widths) for n, shape in shapes.items() if shape.widths}
    media = replace(
        rendered.media,
        faults=rendered.media.faults + tuple(dict.fromkeys(_nameless(rendered))),
        pictures=tuple(sorted(pictures, key=lambda one: one.source)),
    )
    links = tuple(writer.links)
    return replace(rendered, html=page, excerpt=excerpt, hero=hero, links=links, media=media)


def _with_hero(rendered: Rendered, drawn: Drawn, document: Document) -> Rendered:
    """Return a conversion with the picture above the text, if that is a file beside it."""
    front = document.front
    link = internal(front.hero, embeds=True)
    file = images.file_of(link, document.source.path) if link else None
    if link is None or file is None or not is_measured(file) or not drawn.digest(file):
        return rendered
    return replace(
        rendered,
        links=(*rendered.links, link),
        hero=images.at_once(len(rendered.links), front.hero_alt),
    )


def _files(
    rendered: Rendered, found: Sequence[Attributes], document: Document
) -> Iterator[tuple[int, str]]:
    """Yield the number of each picture's link, with the file that it may be."""
    for place in sorted({place for one in found if (place := images.number(one)) is not None}):
        file = images.file_of(rendered.links[place], document.source.path)
        if file is not None and is_measured(file):
            yield place, file


def _shapes(
    files: Mapping[int, str], options: ImageOptions, drawn: Drawn, project: Project
) -> Mapping[int, Shape]:
    """Return the shape of each file that is there, and is a picture."""
    there = {place: digest for place, file in files.items() if (digest := drawn.digest(file))}
    places = list(there)
    keys = [digest_of("size", there[place], PurePosixPath(files[place]).suffix) for place in places]

    def measure(wanted: Sequence[int]) -> Sequence[Size]:
        from blogtools.media import pictures

        return [pictures.measure(project.root / files[places[one]]) for one in wanted]

    posts = f"{project.relative(project.posts_dir)}/"
    shapes = {}
    for place, size in zip(places, drawn.several(keys, Size, measure), strict=True):
        if size.width and size.height:
            ours = files[place].startswith(posts) and is_raster(files[place]) and not size.moves
            shapes[place] = _shape(size, options, ours)
    return shapes


def _shape(size: Size, options: ImageOptions, ours: bool) -> Shape:
    if not ours:
        return Shape(size.width, size.height)
    widths = images.widths_of(size.width, options)
    return Shape(widths[-1], max(1, round(size.height * widths[-1] / size.width)), widths)


def _nameless(rendered: Rendered) -> Iterator[Fault]:
    """Yield a warning for each picture in which nobody can read what it shows."""
    for image in images.images(rendered.html):
        if images.is_nameless(image):
            place, written = images.number(image), html.unescape(image.get("src", ""))
            target = written if place is None else rendered.links[place].target
            message = f"the picture '{target}' has no text for those who do not see it"
            hint = "Write what it shows between the brackets: ![what it shows](...)"
            yield Fault(f"({target}", 1, "image/no-alt", message, hint, Severity.WARNING)
