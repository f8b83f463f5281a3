"""From a URL's path to a file of the site, or to nothing: never to a file outside of it."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path

from msgspec import Struct

# Not the machine's own table: the same file has the same type everywhere.
_TYPES = mimetypes.MimeTypes(filenames=())
_MODERN = {
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_COMPRESSED = {"gzip": "application/gzip", "br": "application/x-brotli"}


class Elsewhere(Struct, frozen=True):
    """The path is a folder's without its last slash: the page is at this one."""

    path: str


def locate(site: Path, path: str) -> Path | Elsewhere | None:
    """Find what a path of the site stands for.

    Args:
        site: The folder of the site.
        path: The path below the site's root, decoded, without a leading slash.

    Returns:
        A file inside the folder; a redirect; or None where there is nothing.
    """
    try:
        return _locate(site, path) if _is_plain(path) else None
    except (OSError, ValueError):  # A name too long for the disk, or one it cannot hold.
        return None


def _locate(site: Path, path: str) -> Path | Elsewhere | None:
    target = site / path
    if not _is_inside(site, target):
        return None
    index = target / "index.html"
    if not path or path.endswith("/"):
        return index if index.is_file() and _is_inside(site, index) else None
    if index.is_file():
        return Elsewhere(f"{path}/")
    return target if target.is_file() else None


def _is_plain(path: str) -> bool:
    """Return whether every step leads downwards, on any operating system."""
    steps = path.removesuffix("/").split("/") if path else []
    return not any(step in ("", ".", "..") or "\\" in step or "\0" in step for step in steps)


def _is_inside(site: Path, target: Path) -> bool:
    """Return whether the target, with links resolved, still lies in the site."""
    return Path(os.path.realpath(target)).is_relative_to(os.path.realpath(site))


def content_type(file: Path) -> str:
    """Return the media type of a file by its name, with the charset where it is text.

    Args:
        file: A file of the site.
    """
    kind, encoding = _TYPES.guess_type(f"name{file.suffix}")
    kind = _MODERN.get(file.suffix.lower(), kind)
    if encoding:
        kind = _COMPRESSED.get(encoding)
    kind = kind or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
