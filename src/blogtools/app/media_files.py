"""The files of the site that what is drawn in its pages needs, and how pages name them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial

from blogtools.build.memory import Memory
from blogtools.build.plan import Target
from blogtools.content.links import way
from blogtools.model.digest import digest_of
from blogtools.model.media_options import ImageOptions
from blogtools.model.project import BlogOptions, Project
from blogtools.model.rendered import Conversion
from blogtools.model.source import Source

_FORMULAS = "assets/math.css"
_DIAGRAMS = "assets/diagrams.css"


def media_files(
    project: Project,
    conversions: Iterable[Conversion],
    assets: Mapping[str, str],
    used: Collection[str],
    memory: Memory,
) -> Iterator[Target]:
    """Yield the files that the pages of a site need, and nothing for a site that needs none.

    Args:
        project: The configuration.
        conversions: The conversion of each page.
        assets: The address of each file beside essays.
        used: The paths of those that the site has as they are.
        memory: Answers for the content of files.
    """
    conversions = tuple(conversions)
    if project.options.images is not None:
        images = project.options.images
        yield from _pictures(project, images, conversions, assets, memory)
        yield from _stripped(project, assets, used, memory)
    if project.options.math is not None:
        styles = {style for one in conversions for style in one.facts.media.styles}
        if styles:
            yield _of_formulas(styles, conversions)
    if project.options.diagrams is not None:
        colours = {colour for one in conversions for colour in one.facts.media.colours}
        if colours:
            yield _of_diagrams(sorted(colours - {""}))


def _of_diagrams(colours: list[str]) -> Target:
    from blogtools.content.diagrams import stylesheet

    return Target(_DIAGRAMS, {"the diagrams": digest_of(colours)}, lambda: stylesheet(colours))


def is_stripped(path: str, options: BlogOptions) -> bool:
    """Return whether a file beside essays is published without what it tells of its making."""
    if options.images is None:
        return False
    from .images import is_raster

    return is_raster(path)


def _pictures(
    project: Project,
    options: ImageOptions,
    conversions: Iterable[Conversion],
    assets: Mapping[str, str],
    memory: Memory,
) -> Iterator[Target]:
    """Yield each picture in each of its sizes and formats."""
    from blogtools.content.images import suffix

    several = {one for made in conversions for one in made.facts.media.pictures}
    widths: dict[str, set[int]] = {}
    for one in several:
        widths.setdefault(one.source, set()).update(one.widths)
    for source in sorted(widths.keys() & assets.keys()):
        digest = memory.files.digest(source)
        for form in options.formats:
            quality = options.quality_of(form)
            for width in sorted(widths[source]):
                what = {source: digest, "how good pictures are": digest_of(quality)}
                file = Source(source, project.root, known=digest)
                make = partial(_picture, file, width, form, quality)
                path = assets[source] + suffix(form, width)
                yield Target(path, what, make, costly=True)


def _picture(file: Source, width: int, form: str, quality: int) -> bytes:
    from blogtools.media.pictures import drawn

    return drawn(file.data, width, form, quality)


def _stripped(
    project: Project, assets: Mapping[str, str], used: Collection[str], memory: Memory
) -> Iterator[Target]:
    """Yield the pictures that are published in their own size, without what else they tell."""
    for path in sorted(used):
        if is_stripped(path, project.options):
            digest = memory.files.digest(path)
            what = {path: digest}
            make = partial(_without_words, Source(path, project.root, known=digest))
            yield Target(assets[path], what, make, costly=True)


def _without_words(file: Source) -> bytes:
    from blogtools.media.pictures import stripped

    return stripped(file.data)


def _of_formulas(styles: set[str], conversions: Iterable[Conversion]) -> Target:
    from blogtools.media import math

    drawn = [one.facts.media for one in conversions]
    own = sorted(styles - {""})
    faces = sorted({face for one in drawn for face in one.faces})
    letters = "".join(sorted({letter for one in drawn for letter in one.letters}))
    what = {"KaTeX": math.VERSION, "the formulas": digest_of(own, faces, letters)}
    make = partial(math.stylesheet, own, faces, letters)
    return Target(_FORMULAS, what, make, costly=True)


def styled(page: str, url: str, options: BlogOptions) -> str:
    """Return a page with the stylesheets of what is drawn in it, and no others.

    Args:
        page: The whole page.
        url: Its address.
        options: The blog's options.
    """
    sheets = []
    if options.math is not None and 'class="katex' in page:
        sheets.append(_FORMULAS)
    if options.diagrams is not None and 'class="bt-diagram' in page:
        sheets.append(_DIAGRAMS)
    links = "".join(f'<link rel="stylesheet" href="{way(one, url)}">\n' for one in sheets)
    return page.replace("</head>", f"{links}</head>", 1) if links else page
