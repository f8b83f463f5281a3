"""Companion packages: the code that essays speak of, how it is locked, and what it offers."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Struct, field

from .options import NOT_EMPTY, Checked, Options, unstorable
from .wishes import WORKING_TREE, Wish, as_number, wish

if TYPE_CHECKING:
    from packaging.version import Version

#: Reading options of mkdocstrings that a companion may set. Only looks: an option that changes
#: which objects are shown would make links to symbols and the built pages disagree, and one that
#: loads extensions or imports the package would run its code.
READING_OPTIONS = (
    "docstring_options",
    "docstring_section_style",
    "docstring_style",
    "group_by_category",
    "line_length",
    "separate_signature",
    "show_attribute_values",
    "show_bases",
    "show_category_heading",
    "show_labels",
    "show_signature_annotations",
    "show_source",
    "show_symbol_type_heading",
    "show_symbol_type_toc",
    "signature_crossrefs",
    "unwrap_annotated",
)

_TAG = re.compile(r"[A-Za-z0-9@][A-Za-z0-9._+@/-]*")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def package_name(name: str) -> str:
    """Return a package's name unchanged if an index can know it, and a URL can hold it.

    Raises:
        ValueError: It cannot be one.
    """
    if not _NAME.fullmatch(name) or ".." in name:
        raise ValueError(f"{name!r} is no package name: use letters, digits and - _ . between them")
    return name


def _module_names(modules: tuple[str, ...]) -> tuple[str, ...]:
    """Return the modules unchanged if each is a dotted Python name, and there is one."""
    if not modules:
        raise ValueError("name at least one module, such as my_package")
    for module in modules:
        if not all(part.isidentifier() for part in module.split(".")):
            raise ValueError(f"{module!r} is no module: write its import name, such as my_package")
    return modules


def _reading_options(options: Mapping[str, object]) -> Mapping[str, object]:
    """Return the options unchanged if each only changes how a reference looks."""
    for name in options:
        if name not in READING_OPTIONS:
            near = difflib.get_close_matches(name, READING_OPTIONS, n=1)
            advice = f"did you mean {near[0]}?" if near else f"use {', '.join(READING_OPTIONS)}"
            raise ValueError(f"unknown option {name!r}, {advice}")
    for place in unstorable(options):
        name = ".".join(map(str, place))
        raise ValueError(f"the number of {name} is too large: write a smaller one")
    return options


def _source_url(template: str) -> str:
    """Return the template unchanged if it asks for nothing but what is known of a line."""
    try:
        template.format(version="", path="", line="")
    except (KeyError, IndexError, ValueError) as wrong:
        raise ValueError("use {version}, {path} and {line} only") from wrong
    return template


def _tag(template: str) -> str:
    """Return the template unchanged if it turns each version into the name of a tag."""
    if template.count("{version}") != 1 or not _TAG.fullmatch(template.replace("{version}", "1")):
        raise ValueError(
            f"{template!r} is no tag: write one with {{version}}, such as v{{version}}"
        )
    return template


def _below(folder: str) -> str:
    """Return a folder without a closing slash if it is relative, and no way out."""
    parts = folder.replace("\\", "/").rstrip("/").split("/")
    if ".." in parts or "" in parts[:-1] or ":" in folder or folder.startswith("/"):
        raise ValueError(f"{folder!r} is no folder below: write one such as docs")
    return "/".join(part for part in parts if part != ".")


def _repository(address: str) -> str:
    """Return an address unchanged if git takes it for one, and not for an option."""
    if address.startswith("-") or address != address.strip():
        raise ValueError(f"{address!r} is no repository: write its address, or a path")
    return address


def _listed(versions: object) -> object:
    """Return a single wish as a list of one."""
    return versions if isinstance(versions, list | tuple) else (versions,)


_OneWish = Annotated[Wish, Checked(wish, when="instead")]


class CompanionOptions(Options, frozen=True, kw_only=True):
    """One entry of ``companions`` in the configuration.

    Attributes:
        name: The package's name, as its index and the addresses of its reference write it.
        source: Where its code comes from: files of PyPI, a git repository with tags, or this very
            repository.
        versions: The versions to document: exact ones, the newest few, or a range. Of a checkout
            `dev` is the working tree; all others are tags.
        version: The short form for a single one.
        modules: The import names to document, with everything public below them.
        path: The folder that holds the modules, below the configuration or the tag's tree; `src`
            is found by itself.
        repository: Of git: an address, or a path from the configuration.
        tag: How the tag of a version is called.
        guide: The folder of Markdown pages to show beside the API, below the same.
        source_url: A template for links to the source, with {version}, {path} and {line}.
        options: Reading options of mkdocstrings, of those in ``READING_OPTIONS``.
    """

    name: Annotated[str, Checked(package_name)]
    source: Literal["pypi", "git", "checkout"]
    versions: Annotated[tuple[_OneWish, ...], Checked(_listed, when="before"), NOT_EMPTY] = ()
    version: _OneWish | None = None
    modules: Annotated[tuple[str, ...], Checked(_module_names)]
    path: str = ""
    repository: Annotated[str, Checked(_repository)] = ""
    tag: Annotated[str, Checked(_tag)] = "v{version}"
    guide: Annotated[str, Checked(_below)] = ""
    source_url: Annotated[str, Checked(_source_url)] = ""
    options: Annotated[Mapping[str, object], Checked(_reading_options)] = {}

    def __post_init__(self) -> None:
        """Refuse what cannot be together."""
        if self.version and self.versions:
            raise ValueError("`version` is the short form of `versions`: write one of the two")
        if not self.wishes:
            raise ValueError("name the versions, such as `versions: newest 3`")
        if self.source != "checkout" and any(each.text == WORKING_TREE for each in self.wishes):
            raise ValueError("`dev` is the working tree of a checkout: name a released version")
        if (self.source == "git") != bool(self.repository):
            raise ValueError("`source: git` takes a `repository`, and no other source does")
        if self.source == "pypi" and self.guide:
            raise ValueError("a `guide` takes the files of a repository: `source` git or checkout")

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """Return the versions asked for; of a checkout the working tree, if nothing is said."""
        if self.version:
            return (self.version,)
        by_itself = (Wish(WORKING_TREE),) if self.source == "checkout" else ()
        return self.versions or by_itself

    @property
    def shows_working_tree(self) -> bool:
        """Return whether it changes with the files of this repository."""
        return any(each.text == WORKING_TREE for each in self.wishes)

    @property
    def folders(self) -> tuple[str, ...]:
        """Return the folders of a working tree that it is made of, below the configuration."""
        return (self.path, *((self.guide,) if self.guide else ()))

    def at(self, version: str) -> Companion:
        """Return one version of it."""
        unreleased = self.source == "checkout" and version == WORKING_TREE
        # What lies in the working tree has no address that names a version.
        nowhere = unreleased and "{version}" in self.source_url
        return Companion(
            self.name,
            self.source,
            version,
            self.modules,
            self.path,
            "" if nowhere else self.source_url,
            self.options,
            self.repository,
            self.tag,
            self.guide,
        )


class Companion(Struct, frozen=True):
    """One version of a companion, with everything that its reference needs to know of it.

    Attributes:
        name: The package's name, as its index and the addresses of its reference write it.
        source: Where its code comes from; see `CompanionOptions`.
        version: The version; ``dev`` for the working tree of a checkout.
        modules: The import names to document, with everything public below them.
        path: The folder that holds the modules; see `CompanionOptions`.
        source_url: A template for links to the source, with {version}, {path} and {line}.
        options: Reading options of mkdocstrings, of those in ``READING_OPTIONS``.
        repository: Of git: an address, or a path from the configuration.
        tag: How the tag of a version is called.
        guide: The folder of Markdown pages to show beside the API, or empty.
    """

    name: str
    source: Literal["pypi", "git", "checkout"]
    version: str
    modules: tuple[str, ...]
    path: str = ""
    source_url: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    repository: str = ""
    tag: str = "v{version}"
    guide: str = ""

    @property
    def label(self) -> str:
        """Return the name and the version, as messages and titles show them."""
        return f"{self.name} {self.version}"

    @property
    def url(self) -> str:
        """Return the address of its reference, relative to the site, with a closing slash."""
        return f"reference/{self.name}/{self.version}/"

    @property
    def is_working_tree(self) -> bool:
        """Return whether it is read as it lies in this repository; all others are locked."""
        return self.source == "checkout" and self.version == WORKING_TREE


class Package(Struct, frozen=True):
    """All versions of one companion.

    Attributes:
        name: The package's name, as its index and the addresses of its references write it.
        versions: Its versions, the newest first; what has no number, such as a checkout, last.
    """

    name: str
    versions: tuple[Companion, ...]

    @property
    def url(self) -> str:
        """Return the address of its own page, relative to the site, with a closing slash."""
        return f"reference/{self.name}/"

    @property
    def latest(self) -> Companion:
        """Return the newest release; a pre-release or a checkout where there is nothing else."""
        return self.preferred[0]

    @property
    def preferred(self) -> tuple[Companion, ...]:
        """Return its versions in the order in which readers are led to them.

        Releases come first, then pre-releases, then what has no number; of each the newest first.
        """
        return tuple(sorted(self.versions, key=lambda c: not _is_release(c.version)))

    def find(self, version: str) -> Companion | None:
        """Return a version of it, or None if the blog does not document that one."""
        return next((c for c in self.versions if c.version == version), None)


def packages(companions: Iterable[Companion]) -> tuple[Package, ...]:
    """Return the packages of which these are versions, in the order in which they come up."""
    found: dict[str, list[Companion]] = {}
    for companion in companions:
        found.setdefault(normal_name(companion.name), []).append(companion)
    ordered = (sorted(each, key=lambda c: _age(c.version), reverse=True) for each in found.values())
    return tuple(Package(versions[0].name, tuple(versions)) for versions in ordered)


def _age(version: str) -> tuple[bool, Version | None]:
    """Return what sorts a version by its age; one without a number stands before all others."""
    number = as_number(version)
    return number is not None, number or as_number("0")


def stage(version: str) -> Literal["release", "pre-release", "development"]:
    """Return how far a version is: what has no number is still being developed."""
    if _is_release(version):
        return "release"
    return "pre-release" if _age(version)[0] else "development"


def _is_release(version: str) -> bool:
    number = as_number(version)
    return number is not None and not number.is_prerelease


class Locked(Struct, frozen=True):
    """One version of a companion, pinned by its content: a file of PyPI, or a commit.

    Attributes:
        name: The package.
        version: Its version, as the configuration or the index writes it.
        filename: The file of PyPI; empty for a commit.
        sha256: The digest of that file, or of the Python files of that commit.
        repository: Where the commit was found, as the configuration says it; ``.`` for this
            repository.
        tag: The tag that led to the commit.
        commit: The commit's id; empty for a file.
        uploaded: The day on which it came out (``2026-10-22``), or empty if nobody knows.
        licence: What it says of its licence, as an SPDX expression, or empty.
    """

    name: str
    version: str
    filename: str = ""
    sha256: str = ""
    repository: str = ""
    tag: str = ""
    commit: str = ""
    uploaded: str = ""
    licence: str = ""

    @property
    def released(self) -> str:
        """Return the day on which it came out, for readers."""
        return self.uploaded

    @property
    def label(self) -> str:
        """Return what is pinned, as messages show it."""
        return self.filename or f"{self.tag}, commit {self.commit[:12]}"


class Lock(Struct, frozen=True):
    """What ``companions.lock`` says.

    Attributes:
        entries: What is pinned; a package may have several versions.
        path: The file, as diagnostics show it.
        lines: For each (name, version), the line on which its entry begins.
    """

    entries: tuple[Locked, ...] = ()
    path: str = "companions.lock"
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, companion: Companion | CompanionOptions) -> tuple[Locked, ...]:
        """Return what is pinned of a package: files if it comes from PyPI, else commits."""
        name, is_file = normal_name(companion.name), companion.source == "pypi"
        return tuple(
            each
            for each in self.entries
            if normal_name(each.name) == name and bool(each.filename) == is_file
        )

    def find(self, companion: Companion) -> Locked | None:
        """Return the entry of a companion's version, or None if it is not locked."""
        if companion.is_working_tree:
            return None
        return next((e for e in self.of(companion) if e.version == companion.version), None)

    def line(self, locked: Locked) -> int:
        """Return the line on which an entry begins, 1 where that is not known."""
        return self.lines.get((locked.name, locked.version), 1)


class Guide(Struct, frozen=True):
    """The Markdown pages of one version, which its reference shows beside the API.

    Attributes:
        folder: Where they lie.
        beyond: Where links may lead that leave the folder: from the path of a file, relative to
            the folder (``../src/x.py``), to its address.
        files: The pages and pictures to show, relative to the folder, in order.
    """

    folder: Path
    beyond: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()


#: What a page of a guide ends in.
GUIDE_PAGES = (".md", ".markdown")


def guide_url(companion: Companion, file: str) -> str:
    """Return the address of a page or picture of a version's guide, relative to the site.

    Args:
        companion: The version.
        file: The file, relative to the folder of the guide.
    """
    base, (stem, ending) = f"{companion.url}guide/", posixpath.splitext(file)
    if ending not in GUIDE_PAGES:
        return f"{base}{file}"
    folder, _, name = stem.rpartition("/")
    shown = folder if name in ("index", "README") else stem
    return f"{base}{shown}/" if shown else base


class Symbol(Struct, frozen=True):
    """One documented object.

    Attributes:
        path: Its dotted path, which is its anchor too.
        kind: ``class``, ``method`` and so on.
        url: The address that documents it, relative to the site.
        summary: What its docstring begins with, in one line.
    """

    path: str
    kind: str
    url: str
    summary: str = ""


class ObjectPage(Struct, frozen=True):
    """The page of one object, of a module or a class that is too large for a single page.

    Attributes:
        path: The object's dotted path.
        folder: Where its page lies in the reference, with a closing slash.
    """

    path: str
    folder: str


class ModulePage(Struct, frozen=True):
    """What the page of one public module shows.

    Attributes:
        module: Its dotted path.
        summary: What its docstring begins with, in one line.
        members: The names that it documents, in the order of the source.
        reexports: The public names that are documented elsewhere: (name here, dotted path there).
        apart: The objects with a page of their own, where the module is too large for one page;
            the members of a class follow the class.
    """

    module: str
    summary: str = ""
    members: tuple[str, ...] = ()
    reexports: tuple[tuple[str, str], ...] = ()
    apart: tuple[ObjectPage, ...] = ()


class Inventory(Struct, frozen=True):
    """Everything public in one version of a companion, and where the site documents it.

    Attributes:
        name: The package.
        version: Its version.
        url: Its reference, relative to the site, with a closing slash.
        symbols: Each dotted path a link may name (re-exports and inherited members too) to the
            address that documents it, relative to the site.
        roots: The modules it documents; a dotted path below them can only be meant for it.
        objects: The objects that have an anchor of their own, in the order of the pages.
        pages: What each page of the reference shows, in order.
        inherited: For each class, the public names that it inherits, each with the dotted path
            where it is documented: with the base, or with the class where the base is hidden.
    """

    name: str
    version: str
    url: str
    symbols: Mapping[str, str]
    roots: tuple[str, ...]
    objects: tuple[Symbol, ...] = ()
    pages: tuple[ModulePage, ...] = ()
    inherited: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def covers(self, dotted: str) -> bool:
        """Return whether a dotted path lies in this package, be it documented or not."""
        return any(dotted == root or dotted.startswith(f"{root}.") for root in self.roots)

    def resolve(self, dotted: str) -> str | None:
        """Return the address of a symbol relative to the site, or None if there is none."""
        return self.symbols.get(dotted)

    def near(self, dotted: str) -> tuple[str, ...]:
        """Return at most three symbols that may have been meant, the likeliest first."""
        return nearest(dotted, self.symbols)


class Chrome(Struct, frozen=True):
    """What a reference takes over from the essay site around it, for as long as it is kept.

    Everything else of the site, its masthead say, comes to its pages when they are shelved.

    Attributes:
        site_url: The site's address with a closing slash, or empty.
        language: The site's language, a BCP 47 tag.
        direction: In which direction it is written, if the site says so.
    """

    site_url: str = ""
    language: str = "en"
    direction: str = ""


class CompanionError(Exception):
    """A companion cannot be used; the message says why, ``hint`` the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the reason and the way out, each one sentence without its full stop."""
        self.message = message
        self.hint = hint
        super().__init__(f"{message}. {hint}" if hint else message)


class FetchError(CompanionError):
    """A companion's code cannot be had, or is not what the lock says."""


class IntegrityError(FetchError):
    """What was fetched is not what the lock names, or is unsafe: no build goes on with that."""


class RenderError(CompanionError):
    """A companion's reference cannot be built."""


def normal_name(name: str) -> str:
    """Return a package's name as indexes compare them: ``Metalog_JAX`` is ``metalog-jax``."""
    return re.sub(r"[-_.]+", "-", name).lower()


def nearest(dotted: str, names: Collection[str]) -> tuple[str, ...]:
    """Return at most three dotted names that may have been meant, the likeliest first."""
    last = dotted.rpartition(".")[2]
    same = [path for path in names if path.rpartition(".")[2] == last]
    same.sort(key=lambda path: (-_likeness(dotted, path), path))
    # Where the very name exists elsewhere in the package, a faint likeness only distracts.
    cutoff = 0.9 if same else 0.7
    close = difflib.get_close_matches(dotted, sorted(names), n=3, cutoff=cutoff)
    return tuple(dict.fromkeys([*same, *close]))[:3]


def _likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
