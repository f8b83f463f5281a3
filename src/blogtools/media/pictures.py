"""Pictures in the sizes and formats that browsers want, and nothing in them but what is seen."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from blogtools.model.media import Size

_LENGTH = re.compile(r"\s*([0-9.]+)\s*(?:px)?\s*")
_SVG = re.compile(r"<svg\b(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^'\"<>])*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<![\w:-])(width|height|viewBox)\s*=\s*[\"']([^\"']*)[\"']")
# JPEG's segments that say nothing of how it looks: Exif and XMP, Photoshop's, comments.
_TOLD = (0xE1, 0xED, 0xFE)
_TOLD_IN_PNG = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
_ORIENTATION = 0x0112


class Unreadable(Exception):
    """No picture, or none that can be read."""


def measure(file: Path) -> Size:
    """Return the size of a picture; none for what is no picture."""
    try:
        if file.suffix.lower() == ".svg":
            return _size_of_svg(file.read_text("utf-8", "replace"))
        with Image.open(file) as image:
            width, height = image.size
            if image.getexif().get(_ORIENTATION, 1) > 4:
                width, height = height, width
            return Size(width, height, getattr(image, "n_frames", 1) > 1)
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return Size()


def _size_of_svg(text: str) -> Size:
    if (tag := _SVG.search(text)) is None:
        return Size()
    named = dict(_ATTRIBUTE.findall(tag["attributes"]))
    given = [_LENGTH.fullmatch(named.get(name, "")) for name in ("width", "height")]
    if given[0] and given[1]:
        return Size(round(float(given[0][1])), round(float(given[1][1])))
    box = named.get("viewBox", "").replace(",", " ").split()
    if len(box) == 4:
        return Size(round(float(box[2])), round(float(box[3])))
    return Size()


def drawn(data: bytes, width: int, form: str, quality: int) -> bytes:
    """Return a picture in another size and format, without a word of where it came from.

    Args:
        data: The picture's file.
        width: How wide it is to be.
        form: ``avif`` or ``webp``.
        quality: From 1 to 100.

    Raises:
        Unreadable: It is no picture.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            upright = _plain(ImageOps.exif_transpose(image))
    except (OSError, ValueError, Image.DecompressionBombError) as failed:
        raise Unreadable(str(failed)) from failed
    height = max(1, round(upright.height * width / upright.width))
    if (width, height) != upright.size:
        upright = upright.resize((width, height), Image.Resampling.LANCZOS)
    return _saved(upright, form, quality)


def _plain(image: Image.Image) -> Image.Image:
    """Return a picture in colours that every format has, and with nothing besides."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    pixels = image.convert(mode)
    return Image.frombytes(mode, pixels.size, pixels.tobytes())


def _saved(image: Image.Image, form: str, quality: int) -> bytes:
    target = io.BytesIO()
    if form == "avif":
        # One thread: the same bytes wherever it is done, and builds use every core anyway.
        image.save(target, "AVIF", quality=quality, speed=8, max_threads=1)
    else:
        image.save(target, "WEBP", quality=quality, method=4)
    return target.getvalue()


def stripped(data: bytes) -> bytes:
    """Return a picture's file without what it tells of the place, the day and the camera.

    JPEG and PNG lose no pixel; one that lies on its side is turned, and written anew.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.format == "PNG":
                return b"".join(_of_png(data))
            if image.format == "JPEG" and image.getexif().get(_ORIENTATION, 1) == 1:
                return b"".join(_of_jpeg(data))
            if image.format not in ("JPEG", "WEBP", "AVIF", "TIFF") or _moves(image):
                return data
            target = io.BytesIO()
            form = "JPEG" if image.format == "JPEG" else image.format
            _plain(ImageOps.exif_transpose(image)).save(target, form, quality=92)
            return target.getvalue()
    except (OSError, ValueError, Image.DecompressionBombError):
        return data


def _moves(image: Image.Image) -> bool:
    return getattr(image, "n_frames", 1) > 1


def _of_png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    place = 8
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] not in _TOLD_IN_PNG:
            yield data[place:end]
        place = end


def _of_jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if data[place + 1] not in _TOLD:
            yield data[place:end]
        place = end
    yield data[place:]
