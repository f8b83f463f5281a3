"""Companion packages: the code that essays speak of, how it is locked, and what it offers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, ConfigDict

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

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.!+_-]*[A-Za-z0-9])?")


def package_name(name: str) -> str:
    """Return a package's name unchanged if an index can know it, and a URL can hold it.

    Raises:
        ValueError: It cannot be one.
    """
    if not _NAME.fullmatch(name) or ".." in name:
        raise ValueError(f"{name!r} is no package name: use letters, digits and - _ . between them")
    return name


def package_version(version: str) -> str:
    """Return a version unchanged if it can be one, and a folder of that name is safe.

    Raises:
        ValueError: It cannot be one.
    """
    if not _VERSION.fullmatch(version) or ".." in version:
        raise ValueError(f"{version!r} is no version: write one such as 2.2.0, or dev")
    return version


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
    return options


def _source_url(template: str) -> str:
    """Return the template unchanged if it asks for nothing but what is known of a line."""
    try:
        template.format(version="", path="", line="")
    except (KeyError, IndexError, ValueError) as wrong:
        raise ValueError("use {version}, {path} and {line} only") from wrong
    return template


@dataclass(frozen=True, slots=True)
class Companion:
    """One entry of ``companions`` in the configuration.

    Attributes:
        name: The package's name, as its index and the addresses of its reference write it.
        source: Where its code comes from: a locked file of PyPI, or a folder of this repository.
        version: The version to document; ``dev`` or the like for a checkout.
        modules: The import names to document, with everything public below them.
        path: For a checkout, the folder that holds the modules, relative to the configuration.
        source_url: A template for links to the source, with {version}, {path} and {line}.
        options: Reading options of mkdocstrings, of those in ``READING_OPTIONS``.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(package_name)]
    source: Literal["pypi", "checkout"]
    version: Annotated[str, AfterValidator(package_version)]
    modules: Annotated[tuple[str, ...], AfterValidator(_module_names)]
    path: str = ""
    source_url: Annotated[str, AfterValidator(_source_url)] = ""
    options: Annotated[Mapping[str, object], AfterValidator(_reading_options)] = field(
        default_factory=dict
    )

    @property
    def label(self) -> str:
        """Return the name and the version, as messages and titles show them."""
        return f"{self.name} {self.version}"

    @property
    def url(self) -> str:
        """Return the address of its reference, relative to the site, with a closing slash."""
        return f"reference/{self.name}/{self.version}/"


@dataclass(frozen=True, slots=True)
class Package:
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
        return next((c for c in self.versions if _is_release(c.version)), self.versions[0])

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


def _age(version: str) -> tuple[bool, Version]:
    """Return what sorts a version by its age; one without a number stands before all others."""
    number = _number(version)
    return number is not None, number or Version("0")


def _is_release(version: str) -> bool:
    number = _number(version)
    return number is not None and not number.is_prerelease


def _number(version: str) -> Version | None:
    """Return a version as PEP 440 orders them, or None for a name such as dev."""
    try:
        return Version(version)
    except InvalidVersion:
        return None


@dataclass(frozen=True, slots=True)
class Locked:
    """One file of a package index, pinned by its content."""

    name: str
    version: str
    filename: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What ``companions.lock`` says.

    Attributes:
        entries: The pinned files; a package may have several versions.
        path: The file, as diagnostics show it.
        lines: For each (name, version), the line on which its entry begins.
    """

    entries: tuple[Locked, ...] = ()
    path: str = "companions.lock"
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def find(self, companion: Companion) -> Locked | None:
        """Return the pinned file of a companion's version, or None if it is not locked."""
        wanted = (normal_name(companion.name), companion.version)
        return next((e for e in self.entries if (normal_name(e.name), e.version) == wanted), None)

    def line(self, locked: Locked) -> int:
        """Return the line on which an entry begins, 1 where that is not known."""
        return self.lines.get((locked.name, locked.version), 1)


@dataclass(frozen=True, slots=True)
class Symbol:
    """One documented object: its dotted path, its kind (``class``, ``method`` ...), its address."""

    path: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class ModulePage:
    """What the page of one public module shows.

    Attributes:
        module: Its dotted path.
        summary: The first line of its docstring.
        members: The names that are documented on it, in the order of the source.
        reexports: The public names that are documented elsewhere: (name here, dotted path there).
    """

    module: str
    summary: str = ""
    members: tuple[str, ...] = ()
    reexports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
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
    """

    name: str
    version: str
    url: str
    symbols: Mapping[str, str]
    roots: tuple[str, ...]
    objects: tuple[Symbol, ...] = ()
    pages: tuple[ModulePage, ...] = ()

    def covers(self, dotted: str) -> bool:
        """Return whether a dotted path lies in this package, be it documented or not."""
        return any(dotted == root or dotted.startswith(f"{root}.") for root in self.roots)

    def resolve(self, dotted: str) -> str | None:
        """Return the address of a symbol relative to the site, or None if there is none."""
        return self.symbols.get(dotted)

    def near(self, dotted: str) -> tuple[str, ...]:
        """Return at most three symbols that may have been meant, the likeliest first."""
        last = dotted.rpartition(".")[2]
        same = [path for path in self.symbols if path.rpartition(".")[2] == last]
        same.sort(key=lambda path: (-_likeness(dotted, path), path))
        # Where the very name exists elsewhere in the package, a faint likeness only distracts.
        cutoff = 0.9 if same else 0.7
        close = difflib.get_close_matches(dotted, sorted(self.symbols), n=3, cutoff=cutoff)
        return tuple(dict.fromkeys([*same, *close]))[:3]


@dataclass(frozen=True, slots=True)
class Chrome:
    """What a reference takes over from the essay site around it.

    Attributes:
        site_name: The site's title, for the way back.
        site_url: The site's address with a closing slash, or empty.
        theme: The options under ``theme`` of the site's configuration.
        copyright: The line in the footer.
        repo_url: The repository that the header links to.
        extra_css: Stylesheets of the site, relative to its root.
    """

    site_name: str
    site_url: str = ""
    theme: Mapping[str, object] = field(default_factory=dict)
    copyright: str = ""
    repo_url: str = ""
    extra_css: tuple[str, ...] = ()


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


def _likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
