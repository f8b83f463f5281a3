"""The posts that every subject builds: read from a folder, never copied into the repository."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml

_FRONT_MATTER = re.compile(r"\A---\n(?P<meta>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
_DATE_PREFIX = re.compile(r"\A\d{4}-\d{2}-\d{2}-")


class CorpusError(Exception):
    """A corpus that cannot be used, with the reason and the way out."""


@dataclass(frozen=True)
class Post:
    """One post, as its author wrote it.

    Attributes:
        filename: Name of the file, with the suffix.
        text: The whole file.
        body: What follows the front matter.
        title: Its title.
        date: The day it was published.
        authors: Its authors, by name.
        tags: Its tags.
        description: One sentence about it, or nothing.
    """

    filename: str
    text: str
    body: str
    title: str
    date: date
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""

    @property
    def slug(self) -> str:
        """The last part of the post's address: the file's name without its date."""
        return _DATE_PREFIX.sub("", self.filename.removesuffix(".md"))


def parse_post(filename: str, text: str) -> Post:
    """Read one post.

    Args:
        filename: Name of the file, with the suffix.
        text: The whole file.

    Returns:
        The post.

    Raises:
        CorpusError: There is no front matter, or it lacks a title or a date.
    """
    match = _FRONT_MATTER.match(text)
    meta = yaml.safe_load(match["meta"]) if match else None
    if not match or not isinstance(meta, dict) or not {"title", "date"} <= meta.keys():
        raise CorpusError(f"{filename}: no front matter with title and date. Add them.")
    return Post(
        filename=filename,
        text=text,
        body=match["body"],
        title=str(meta["title"]),
        date=meta["date"],
        authors=tuple(meta.get("authors") or ()),
        tags=tuple(meta.get("tags") or ()),
        description=meta.get("description") or "",
    )


def read_corpus(folder: Path) -> tuple[Post, ...]:
    """Read every Markdown file of a folder.

    Args:
        folder: The folder.

    Returns:
        The posts in the order of their file names.

    Raises:
        CorpusError: The folder has no posts, or two posts would share an address.
    """
    files = sorted(folder.glob("*.md"))
    posts = tuple(parse_post(file.name, file.read_text(encoding="utf-8")) for file in files)
    if not posts:
        raise CorpusError(f"{folder} holds no posts. Name another folder with --corpus.")
    if len({post.slug for post in posts}) < len(posts):
        raise CorpusError(f"{folder}: two posts have one name but for the date. Rename one.")
    return posts


def digest(posts: Sequence[Post]) -> str:
    """Name a corpus by its content, so that two reports can be known to speak of the same posts.

    Args:
        posts: The posts.

    Returns:
        Twelve hexadecimal digits.
    """
    state = hashlib.blake2b(digest_size=6)
    for post in posts:
        state.update(f"{post.filename}\0{post.text}\0".encode())
    return state.hexdigest()


def clock(posts: tuple[Post, ...]) -> int:
    """Pick the moment at which all builds take place.

    Args:
        posts: The posts.

    Returns:
        Seconds since 1970 on the day after the newest post, so that no post lies in the future.
    """
    newest = max(post.date for post in posts) + timedelta(days=1)
    return int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp())
