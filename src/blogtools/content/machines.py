"""Files for machines: sitemap, robots.txt, redirects, structured data."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as etree

from blogtools.model.project import SiteFacts
from blogtools.model.site import Post

from .addresses import output_path
from .links import way, written

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(urls: Iterable[tuple[str, datetime | None]], site: SiteFacts) -> bytes:
    """Return the sitemap.

    Args:
        urls: The address of each page relative to the site, and when it last changed if known.
        site: The site; its ``url`` must be set.
    """
    root = etree.Element("urlset", xmlns=_SITEMAP)
    for url, changed in sorted(urls, key=lambda pair: pair[0]):
        page = etree.SubElement(root, "url")
        etree.SubElement(page, "loc").text = site.url + quote(url)
        if changed:
            etree.SubElement(page, "lastmod").text = changed.date().isoformat()
    return _document(root)


def sitemap_index(urls: Iterable[str], site: SiteFacts) -> bytes:
    """Return the sitemap of sitemaps.

    Args:
        urls: The address of each sitemap, relative to the site.
        site: The site; its ``url`` must be set.
    """
    root = etree.Element("sitemapindex", xmlns=_SITEMAP)
    for url in urls:
        etree.SubElement(etree.SubElement(root, "sitemap"), "loc").text = site.url + quote(url)
    return _document(root)


def _document(root: etree.Element) -> bytes:
    etree.indent(root)
    body: bytes = etree.tostring(root, "utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def robots(site: SiteFacts, sitemap: str = "sitemap.xml") -> bytes:
    """Return a robots.txt that lets everyone in and names the sitemap.

    Args:
        site: The site.
        sitemap: The address of its first sitemap, relative to the site.
    """
    lines = ["User-agent: *", "Allow: /"]
    if site.url:
        lines.append(f"Sitemap: {site.url}{sitemap}")
    return ("\n".join(lines) + "\n").encode()


_REDIRECT = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={way}">
{canonical}<title>{title}</title>
</head>
<body><p><a href="{way}">{title}</a></p></body>
</html>
"""


def redirect(alias: str, url: str, title: str, site: SiteFacts) -> bytes:
    """Return a page at an old address that leads to the new one without any script."""
    path = output_path(alias)
    escaped = html.escape(written(way(url, path)), quote=True)
    canonical = (
        f'<link rel="canonical" href="{html.escape(site.url + quote(url))}">\n' if site.url else ""
    )
    page = _REDIRECT.format(
        lang=html.escape(site.language), way=escaped, canonical=canonical, title=html.escape(title)
    )
    return page.encode()


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
        "isPartOf": {"@type": "Blog", "name": site.name, "url": site.url},
    }
    graph = [{key: value for key, value in posting.items() if value}, _breadcrumbs(post, site)]
    return _script_json({"@context": "https://schema.org", "@graph": graph})


def _breadcrumbs(post: Post, site: SiteFacts) -> dict[str, Any]:
    steps = [(site.name, site.url), (post.title, site.url + quote(post.url))]
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": url}
        for place, (name, url) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _script_json(value: Mapping[str, Any]) -> str:
    """Return JSON in which nothing can end, or open, an element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
