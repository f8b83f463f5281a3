"""The typed configuration of one blog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import asdict

from .companion import CompanionOptions
from .elsewhere import InventoryOptions
from .media_options import Bibliography, Cards, Diagrams, Images, Math
from .options import NOT_NEGATIVE, POSITIVE, Checked, Options
from .outreach_options import Address, Discussions, MachineOptions, Machines, Webmention
from .publish_options import PublishOptions

_PLAIN = re.compile(r"[^\s/?#%\\{}]+")


def _name(name: str) -> str:
    """Return a part of a URL unchanged if it is one, and no way out of its folder."""
    if not _PLAIN.fullmatch(name) or not name.strip("."):
        raise ValueError(f"{name!r} cannot stand in a URL, use letters, digits and hyphens")
    return name


def _folder(path: str) -> str:
    """Return a folder of the site without slashes around it."""
    parts = path.strip("/").split("/")
    return "/".join(map(_name, parts))


def _home(path: str) -> str:
    """Return the folder of the home page, or nothing for the site's own root."""
    return _folder(path) if path.strip("/") else ""


def _inside(folder: str) -> str:
    """Return a folder unchanged if it lies below that of the configuration."""
    parts = folder.replace("\\", "/").rstrip("/").split("/")
    if ".." in parts or "" in parts or parts == ["."]:
        raise ValueError(f"{folder!r} is no folder below that of the configuration, such as posts")
    return folder


class TaxonomyOptions(Options, frozen=True):
    """How one way of grouping essays is shown.

    Attributes:
        title: The heading of its overview page.
        path: Where its pages live, relative to the site.
        feeds: Whether each term gets an Atom and a JSON feed.
        per_page: Essays on one page of a term; None for the blog's own number.
        slugs: URLs chosen by hand, by label (``{"C++": "cpp"}``).
    """

    strict: ClassVar[bool] = True

    title: str = ""
    path: Annotated[str, Checked(_folder)] = ""
    feeds: bool = True
    per_page: Annotated[int, POSITIVE] | None = None
    slugs: Mapping[str, Annotated[str, Checked(_name)]] = {}


#: Taxonomies that every blog has; the configuration may change, add or switch off any of them.
DEFAULT_TAXONOMIES: Mapping[str, TaxonomyOptions] = {
    "tags": TaxonomyOptions(title="Tags", path="tags"),
    "categories": TaxonomyOptions(title="Categories", path="categories"),
    "series": TaxonomyOptions(title="Series", path="series"),
    "authors": TaxonomyOptions(title="Authors", path="authors"),
    "archive": TaxonomyOptions(title="Archive", path="archive", feeds=False),
}


def _completed(given: Any) -> Any:  # noqa: ANN401 - whatever an author wrote
    """Fill what was left out of each taxonomy from the default of its name, or from the name."""
    if not isinstance(given, Mapping):
        return given
    return {
        name: {**_default(str(name)), **own} if isinstance(own, Mapping) else own
        for name, own in given.items()
    }


def _default(name: str) -> Mapping[str, object]:
    default = DEFAULT_TAXONOMIES.get(name)
    return asdict(default) if default else {"title": name.capitalize(), "path": name}


def _timezone(name: str) -> str:
    """Return the name unchanged if the time zone database knows it."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError(
            f"unknown time zone {name!r}, use a name such as Europe/Berlin"
        ) from unknown
    return name


def _post_url(template: str) -> str:
    """Return a template that ends in a slash and names each essay."""
    fields = set(_fields(template))
    if fields - {"slug", "year", "month", "day"}:
        raise ValueError("use {slug}, {year}, {month} and {day} only")
    if "slug" not in fields:
        raise ValueError("must contain {slug}, or essays would share a URL")
    if template.rstrip("/").endswith((".html", ".htm")):
        raise ValueError("names a folder, which servers show by its index.html: leave out .html")
    _folder(template.format(year="2026", month="11", day="22", slug="a-name"))
    return template.strip("/") + "/"


def _fields(template: str) -> Iterator[str]:
    """Yield the names between a template's braces, with whatever else stands there."""
    try:
        for _, name, form, conversion in Formatter().parse(template):
            if name is not None:
                yield f"{name}{conversion or ''}{form}"
    except ValueError as wrong:
        raise ValueError(f"{wrong}, use {{slug}}, {{year}}, {{month}} and {{day}}") from None


def _taxonomies(
    given: Mapping[str, TaxonomyOptions | None],
) -> Mapping[str, TaxonomyOptions | None]:
    """Return the taxonomies unchanged if each can be a front matter key, with its own place."""
    from pydantic import BaseModel  # a model of the front matter cannot have a field of these names

    for name in sorted(given.keys() - DEFAULT_TAXONOMIES.keys()):
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", name) or hasattr(BaseModel, name):
            raise ValueError(f"{name!r} cannot name a taxonomy, use another word in lower case")
        if name in _KEYS:
            raise ValueError(f"{name!r} means something else in the front matter, use another word")
    places: dict[str, str] = {}
    for name, options in _active(given).items():
        other = places.setdefault(options.path, name)
        if other != name:
            raise ValueError(
                f"{other} and {name} share the path {options.path!r}, give one another"
            )
    return given


#: The keys of the front matter that are no taxonomies.
_KEYS = frozenset(
    """title date updated description slug draft pin image aliases links readtime comments
    companions run lang dir translation_of hero hero_alt discuss hide icon status template
    search social subtitle extra""".split()
)


Taxonomies = Annotated[
    Mapping[str, TaxonomyOptions | None], Checked(_completed, when="before"), Checked(_taxonomies)
]


class BlogOptions(Options, frozen=True):
    """The options under ``plugins: - blogtools:``; every one has a default that works."""

    posts_dir: Annotated[str, Checked(_inside)] = "posts"
    post_url: Annotated[str, Checked(_post_url)] = "posts/{slug}/"
    home: Annotated[str, Checked(_home)] = ""
    timezone: Annotated[str, Checked(_timezone)] = "UTC"
    per_page: Annotated[int, POSITIVE] = 10
    feed_size: Annotated[int, POSITIVE] = 20
    words_per_minute: Annotated[int, POSITIVE] = 265
    related: Annotated[int, NOT_NEGATIVE] = 3
    workers: Annotated[int, NOT_NEGATIVE] = 0
    taxonomies: Taxonomies = field(default_factory=dict)
    companions: tuple[CompanionOptions, ...] = ()
    inline_symbols: bool = False
    inventories: tuple[InventoryOptions, ...] = ()
    math: Math = None
    images: Images = None
    cards: Cards = None
    diagrams: Diagrams = None
    bibliography: Bibliography = None
    untrusted: bool = False
    publish: PublishOptions = field(default_factory=PublishOptions)
    machines: Machines = field(default_factory=MachineOptions)
    me: tuple[Address, ...] = ()
    webmention: Webmention | None = None
    discuss: Discussions = field(default_factory=dict)

    @cached_property
    def active_taxonomies(self) -> Mapping[str, TaxonomyOptions]:
        """Return the taxonomies that are on, the defaults first, each fully filled in."""
        return _active(self.taxonomies)


def _active(given: Mapping[str, TaxonomyOptions | None]) -> Mapping[str, TaxonomyOptions]:
    merged = {**DEFAULT_TAXONOMIES, **given}
    return {name: own for name, own in merged.items() if own is not None}


class SiteFacts(Struct, frozen=True):
    """What the site says about itself.

    Attributes:
        name: Its title.
        url: Its address with a closing slash, or empty if none is configured.
        description: One sentence, or empty.
        author: Its publisher, or empty.
        language: A BCP 47 tag such as ``en``.
    """

    name: str
    url: str = ""
    description: str = ""
    author: str = ""
    language: str = "en"


class MarkdownSettings(Struct, frozen=True):
    """Which Python-Markdown extensions run, and with which options."""

    extensions: tuple[Any, ...] = ()
    configs: Mapping[str, Mapping[str, Any]] | None = None


class Project(Struct, frozen=True):
    """Everything that one build is made of, apart from the files it reads.

    Attributes:
        root: The folder of the configuration file.
        config_file: The configuration file.
        docs_dir: The folder of ordinary pages; need not exist.
        site: What the site says about itself.
        options: The blog's own options.
        markdown: How Markdown is converted.
        now: The moment the build speaks from: later essays are not published yet.
        drafts: Whether drafts and future essays are built too.
    """

    root: Path
    config_file: Path
    docs_dir: Path
    site: SiteFacts
    options: BlogOptions
    markdown: MarkdownSettings
    now: datetime
    drafts: bool = False

    @property
    def posts_dir(self) -> Path:
        """Return the folder of the essays."""
        return self.root / self.options.posts_dir

    @property
    def state_dir(self) -> Path:
        """Return the folder for caches, which may be deleted at any time."""
        return self.root / ".blogtools"

    def relative(self, file: Path) -> str:
        """Return a file's path as diagnostics show it: relative to the root where it lies below."""
        return (
            file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else str(file)
        )
