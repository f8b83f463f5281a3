"""Pictures in converted Markdown: which there are, and how they are shown."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from blogtools.model.media_options import ImageOptions
from blogtools.model.rendered import Link, LinkKind

from .endless import hidden, seen
from .marks import MARK

_INSIDE = r"(?P<inside>(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*?)"
# Comments and scripts are matched first, so that no tag inside them is seen.
_IMAGE = re.compile(
    rf"<!--.*?-->|<(script|style)\b.*?</\1>|<img\b{_INSIDE}\s*/?>", re.IGNORECASE | re.DOTALL
)
_ALONE = re.compile(rf"<p>\s*<img\b{_INSIDE}\s*/?>\s*</p>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s=\"'/]+)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']+)))?"
)
_MARKED = re.compile(f"{MARK}(\\d+){MARK}")
_PRESENTATION = ("presentation", "none")

#: The attributes of a tag, in their order.
Attributes = dict[str, str]


class Shape(Struct, frozen=True):
    """How large a picture is, and in which widths it is there; in none if it stays as it is."""

    width: int
    height: int
    widths: tuple[int, ...] = ()


def attributes(inside: str) -> Attributes:
    """Return the attributes of a tag, with character references as they stand."""
    found = {}
    for one in _ATTRIBUTE.finditer(inside):
        value = next((one[kind] for kind in ("double", "single", "bare") if one[kind]), "")
        found[one["name"].lower()] = value
    return found


def images(page: str) -> Iterator[Attributes]:
    """Yield the attributes of each picture of some HTML."""
    for match in _IMAGE.finditer(hidden(page)):
        if match["inside"] is not None:
            yield attributes(match["inside"])


def number(image: Attributes) -> int | None:
    """Return the number of the link that a picture shows, or None for one from elsewhere."""
    found = _MARKED.fullmatch(image.get("src", ""))
    return int(found[1]) if found else None


def at_once(place: int, text: str) -> str:
    """Return the picture of a link that is not to wait, and what stands in for it."""
    alt = html.escape(text)
    return _tag("img", {"src": f"{MARK}{place}{MARK}", "alt": alt, "fetchpriority": "high"})


def is_nameless(image: Attributes) -> bool:
    """Return whether nothing stands in for a picture that is more than decoration."""
    return not image.get("alt", "").strip() and image.get("role") not in _PRESENTATION


def file_of(link: Link, path: str) -> str | None:
    """Return the file beside a document that a link shows, as it lies on disk, or None."""
    if link.kind is not LinkKind.PATH or link.target.startswith("/"):
        return None
    try:
        name = unquote(urlsplit(link.target).path)
    except ValueError:
        return None
    file = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    return None if file.startswith("..") else file


def widths_of(width: int, options: ImageOptions) -> tuple[int, ...]:
    """Return the widths in which a picture is offered: those asked for, up to its own."""
    smaller = [one for one in options.widths if one < width]
    return tuple(sorted({*smaller, min(width, max(options.widths))}))


def variants(shape: Shape, options: ImageOptions) -> Iterator[tuple[str, int]]:
    """Yield each format and width in which a picture is there."""
    for form in options.formats:
        for width in shape.widths:
            yield form, width


def suffix(form: str, width: int) -> str:
    """Return what the address of a picture ends in, behind that of the original."""
    return f".{width}.{form}"


class Pictures:
    """Writes the pictures of one document anew, and takes down the links that this adds."""

    def __init__(
        self, links: Sequence[Link], shapes: Mapping[int, Shape], options: ImageOptions
    ) -> None:
        """Take the document's links, and the shape of the picture behind some of them."""
        self.links = list(links)
        self._shapes = shapes
        self._options = options
        self._sources: dict[int, str] = {}

    def written(self, page: str, *, first: bool) -> str:
        """Return HTML with its pictures as they are to be.

        Args:
            page: The HTML, with marks.
            first: Whether its first picture may be seen at once, so that it is not to wait.
        """
        at_once = first

        def one(match: re.Match[str]) -> str:
            nonlocal at_once
            if match["inside"] is None:
                return match[0]
            lazy, at_once = not at_once, False
            return self._picture(attributes(match["inside"]), lazy)

        return seen(_IMAGE.sub(one, hidden(_ALONE.sub(self._framed, page))))

    def _framed(self, match: re.Match[str]) -> str:
        """Put a picture that stands alone, and has a title, above that as its caption."""
        image = attributes(match["inside"])
        if not (caption := image.pop("title", "").strip()):
            return match[0]
        return f"<figure>{_tag('img', image)}<figcaption>{caption}</figcaption></figure>"

    def _picture(self, image: Attributes, lazy: bool) -> str:
        place = number(image)
        shape = self._shapes.get(place) if place is not None else None
        if shape is not None and not {"width", "height"} & image.keys():
            image |= {"width": str(shape.width), "height": str(shape.height)}
        if lazy and "loading" not in image:
            image |= {"loading": "lazy", "decoding": "async"}
        if place is None or shape is None or not shape.widths:
            return _tag("img", image)
        return f"<picture>{self._offered(place, shape)}{_tag('img', image)}</picture>"

    def _offered(self, place: int, shape: Shape) -> str:
        if place not in self._sources:
            self._sources[place] = "".join(self._source(place, shape))
        return self._sources[place]

    def _source(self, place: int, shape: Shape) -> Iterator[str]:
        original = self.links[place]
        for form in self._options.formats:
            marks = [
                f"{self._marked(original, suffix(form, width))} {width}w" for width in shape.widths
            ]
            offered = {"type": f"image/{form}", "srcset": ", ".join(marks)}
            yield _tag("source", offered | {"sizes": html.escape(self._options.sizes)})
        # What every browser reads takes the place of the original.
        last = suffix(self._options.formats[-1], shape.widths[-1])
        self.links[place] = _variant(original, last)

    def _marked(self, original: Link, variant: str) -> str:
        self.links.append(_variant(original, variant))
        return f"{MARK}{len(self.links) - 1}{MARK}"


def _variant(link: Link, variant: str) -> Link:
    return Link(link.kind, link.target, link.nth, link.embeds, variant)


def _tag(name: str, values: Attributes) -> str:
    inside = "".join(f' {key}="{value}"' for key, value in values.items())
    return f"<{name}{inside}>"
