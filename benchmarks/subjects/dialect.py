"""Posts in the dialects of generators: the same text below another front matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import yaml

from benchmarks.corpus import Post


def with_front_matter(post: Post, **changes: object) -> str:
    """Write a post with its front matter changed.

    Args:
        post: The post.
        changes: Keys to add, or to give another value.

    Returns:
        The whole text of the file.
    """
    meta = {
        "title": post.title,
        "date": post.date,
        "slug": post.slug,
        "description": post.description,
        "authors": [*post.authors],
        "tags": [*post.tags],
    }
    kept = {key: value for key, value in {**meta, **changes}.items() if value}
    return f"---\n{yaml.safe_dump(kept, allow_unicode=True)}---\n{post.body}"


def author_ids(posts: Iterable[Post]) -> dict[str, str]:
    """Give each author an id, as Material's authors file wants.

    Args:
        posts: The posts.

    Returns:
        Ids by name; names that differ in their case alone share one.
    """
    ids: dict[str, str] = {}
    for name in dict.fromkeys(name for post in posts for name in post.authors):
        same = next((ids[known] for known in ids if known.casefold() == name.casefold()), None)
        ids[name] = same or _free(_plain(name), {*ids.values()})
    return ids


def authors_file(ids: Mapping[str, str]) -> str:
    """Write Material's `.authors.yml`.

    Args:
        ids: Ids by name.

    Returns:
        The file's text.
    """
    authors = {
        key: {"name": name, "description": "Author", "avatar": "https://example.org/avatar.png"}
        for name, key in ids.items()
    }
    return yaml.safe_dump({"authors": authors}, allow_unicode=True)


def _plain(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-") or "author"


def _free(wanted: str, taken: set[str]) -> str:
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    return free
