"""The files of the site that what is drawn in its pages needs, and how pages name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from blogtools.build.plan import Target
from blogtools.content.links import way
from blogtools.model.digest import digest_of
from blogtools.model.project import BlogOptions, Project
from blogtools.model.rendered import Conversion

_MATH = "assets/math/"
STYLESHEET = f"{_MATH}math.css"


def media_files(project: Project, conversions: Iterable[Conversion]) -> Iterator[Target]:
    """Yield the files that the pages of a site need, and nothing for a site that needs none.

    Args:
        project: The configuration.
        conversions: The conversion of each page.
    """
    if project.options.math is not None:
        styles = {style for one in conversions for style in one.facts.media.styles}
        if styles:
            yield from _of_formulas(sorted(styles - {""}))


def _of_formulas(styles: list[str]) -> Iterator[Target]:
    from blogtools.media import math

    version = {"KaTeX": math.VERSION}
    what = {**version, "the formulas": digest_of(styles)}
    yield Target(STYLESHEET, what, lambda: math.stylesheet(styles))
    for name, file in math.fonts().items():
        yield Target(f"{_MATH}fonts/{name}", version, file.read_bytes)


def styled(page: str, url: str, options: BlogOptions) -> str:
    """Return a page with the stylesheets of what is drawn in it, and no others.

    Args:
        page: The whole page.
        url: Its address.
        options: The blog's options.
    """
    if options.math is None or 'class="katex' not in page:
        return page
    link = f'<link rel="stylesheet" href="{way(STYLESHEET, url)}">'
    return page.replace("</head>", f"{link}\n</head>", 1)
