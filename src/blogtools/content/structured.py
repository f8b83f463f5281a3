"""Structured data in the head of pages: what search engines are told, in schema.org's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import json

from blogtools.model.project import SiteFacts
from blogtools.model.site import Post

#: A name and a full address.
Step = tuple[str, str]


def json_ld(post: Post, site: SiteFacts, image: str) -> str:
    """Return an essay's structured data: a BlogPosting, and the way to it from the home page.

    Args:
        post: The essay.
        site: The site; its ``url`` must be set.
        image: The full address of its picture, or empty.

    Returns:
        JSON that can stand inside a ``script`` element.
    """
    address = site.url + quote(post.url)
    posting: dict[str, Any] = {
        "@type": "BlogPosting",
        "headline": post.title,
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": post.date.isoformat(),
        "dateModified": post.updated.isoformat(),
        "description": post.description,
        "wordCount": post.conversion.facts.words,
        "inLanguage": post.entry.document.front.lang or site.language,
        "image": image,
        "author": [{"@type": "Person", "name": author.name} for author in post.authors],
        "keywords": [term.label for term in post.terms.get("tags", ())],
        "isPartOf": _blog(site),
    }
    return _graph(posting, [(site.name, site.url), (post.title, address)])


def json_ld_of_page(
    kind: str, title: str, url: str, site: SiteFacts, above: Sequence[Step] = ()
) -> str:
    """Return the structured data of a page that is no essay.

    Args:
        kind: What it is, in schema.org's words; the home page is a blog.
        title: Its title.
        url: Its address, relative to the site; empty for the home page.
        site: The site; its ``url`` must be set.
        above: The pages between the home page and this one.
    """
    address = site.url + quote(url)
    if not url:
        return _graph({**_blog(site), "description": site.description, "inLanguage": site.language})
    page = {
        "@type": kind,
        "name": title,
        "url": address,
        "inLanguage": site.language,
        "isPartOf": _blog(site),
    }
    return _graph(page, [(site.name, site.url), *above, (title, address)])


def _blog(site: SiteFacts) -> dict[str, str]:
    return {"@type": "Blog", "name": site.name, "url": site.url}


def _graph(thing: Mapping[str, Any], steps: Sequence[Step] = ()) -> str:
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": url}
        for place, (name, url) in enumerate(steps, start=1)
    ]
    way = [{"@type": "BreadcrumbList", "itemListElement": items}] if items else []
    graph = [{key: value for key, value in thing.items() if value}, *way]
    return _script_json({"@context": "https://schema.org", "@graph": graph})


def _script_json(value: Mapping[str, Any]) -> str:
    """Return JSON in which nothing can end, or open, an element."""
    text = json.encode(value).decode()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
