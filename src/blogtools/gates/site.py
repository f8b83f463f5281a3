"""A built site: its links, its HTML, whether everybody can read it, and how much it weighs.

Links are followed inside the site, down to the heading; others are counted, and nobody is asked.
HTML is parsed by html5lib as the standard says. axe looks at pages in Chromium. Weights are bytes
as they lie in the folder; a page's is with everything of the site that it loads by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from blogtools.gates import accepting, nu, reading
from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.gates.origins import Origins
from blogtools.media import browsers
from blogtools.model.gate import Broken, Figure, Finding, Judged, Level, Scanned
from blogtools.publishing.budgets import Budget, entries, exceeded
from blogtools.publishing.pages import Folder, broken_links, elsewhere, invalid, weights

FILES = ()
_IMPACTS = {
    "minor": Level.LOW,
    "moderate": Level.MEDIUM,
    "serious": Level.HIGH,
    "critical": Level.CRITICAL,
}
_EXTRA = "Install the tools of the gates: pip install 'blogtools[gates]'"


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    site: Path = option(Path("site"), "The folder that the site is in.")
    url: str = option(
        "", "Where the site is published; what its first page calls canonical, if left out."
    )
    source: tuple[Path, ...] = option(
        (), "Where the pages' Markdown is, for broken links to be told there; docs, if left out."
    )
    links: bool = option(True, "Whether links are followed inside the site.")
    html: bool = option(True, "Whether pages are parsed as the standard says.")
    nu: Path | None = option(
        None, "The Nu checker's vnu.jar, to check pages with it too; it needs Java 17 or newer."
    )
    accessibility: bool = option(True, "Whether axe looks at pages in a browser.")
    impact: str = option(
        "serious", "The lowest impact that counts, as axe weighs it.", choices=tuple(_IMPACTS)
    )
    accessibility_pages: int = option(
        10, "How many pages axe looks at, spread over the site's folders; 0 for all.", at_least=0
    )
    browser: str = option(
        "", "The Chromium to use; $CHROMIUM, or the first on the PATH, if left out."
    )
    page_kilobytes: int = option(
        2000, "How many kB (1,000 bytes) a page may weigh with all that it loads.", at_least=1
    )
    total_megabytes: int = option(
        1000, "How many MB (1,000,000 bytes) the whole site may weigh.", at_least=1
    )
    entries: int = option(
        200_000, "How many files and folders there may be in the site.", at_least=1
    )


class _Node(msgspec.Struct):
    html: str
    target: str


class Violation(msgspec.Struct):
    """What axe found wrong with a page."""

    id: str
    impact: str | None
    help: str
    url: str
    nodes: list[_Node]


class Looked(msgspec.Struct):
    """What axe says of a page."""

    version: str
    passes: int
    violations: list[Violation]


class Entry(accepting.Entry, frozen=True, forbid_unknown_fields=True):
    """Findings that a project accepts: those of a rule, on some pages or on all.

    Attributes:
        code: The rule, such as ``axe/color-contrast``.
        page: The pages, relative to the site; stars stand for anything.
    """

    code: accepting.Text
    page: accepting.Text = "*"


_Errors = dict[str, list[tuple[int, int, str, str]]]


def judge(options: Options, checkout: Checkout) -> Judged:
    """Look at everything that is asked for, and say of the rest that nobody looked."""
    known = accepting.accepted(checkout, "site", Entry)
    folder = Folder.at(checkout.root / options.site, options.url)
    origins = Origins.of(checkout, options.source)
    found: list[Finding] = []
    tools: list[str] = []
    if options.links:
        found += broken_links(folder)
    if options.html:
        found += [*invalid(folder), *_html(folder, checkout)]
        tools.append(f"html5lib {metadata.version('html5lib')}")
    if options.nu:
        more, version = _nu(options.nu, folder, checkout)
        found += more
        tools.append(f"the Nu checker {version}")
    looked: Mapping[str, Looked] = {}
    if options.accessibility:
        looked = _axe(folder, options, checkout)
        found += _barriers(folder, looked, Level(_IMPACTS[options.impact]))
        tools.append(f"axe {next(iter(looked.values())).version}")
    heavy = weights(folder)
    budget = Budget(options.page_kilobytes, options.total_megabytes, options.entries)
    found += exceeded(folder.sizes, heavy, budget)
    judged, idle = known.applied(found, _covers)
    return Judged(
        Scanned(len(folder.pages), "pages"),
        tuple(sorted(_in_project(one, folder, origins, checkout) for one in judged)),
        summary=_unseen(options),
        figures={**_figures(folder, heavy, looked), "accepted entries that fit nothing": idle},
        tools=tuple(tools),
    )


def _covers(entry: Entry, found: Finding) -> bool:
    return entry.code == found.code and fnmatchcase(found.path, entry.page)


def _in_project(found: Finding, folder: Folder, origins: Origins, checkout: Checkout) -> Finding:
    """Return a finding at its file of the project: of a link, the one that the page is made of."""
    there = replace(found, path=checkout.path(folder.root / found.path))
    page = folder.pages.get(found.path)
    if page is None or found.code != "site/link":
        return there
    return origins.moved(there, found.path, page.address(found.line, found.column))


def _unseen(options: Options) -> str:
    """Return what was switched off, which nobody may take for being in order."""
    off = [name for name in ("links", "html", "accessibility") if not getattr(options, name)]
    return f"Nobody looked at {' and '.join(off)}: that is switched off" if off else ""


# -- HTML ------------------------------------------------------------------------------------


def _html(folder: Folder, checkout: Checkout) -> Iterator[Finding]:
    """Yield what the parser of the standard says of each page.

    Raises:
        Broken: It is not installed, or says nothing of a page.
    """
    if find_spec("html5lib") is None:
        raise Broken("html5lib is not installed", _EXTRA)
    names = {str(folder.root / name): name for name in folder.pages}
    command = [sys.executable, "-m", "blogtools.gates.html_child"]
    ran = checkout.runner.run(command, name="html5lib", stdin="\n".join(names).encode())
    said = reading.json_as(_Errors, ran.must_exit(0).out, "html5lib")
    _must_be_all(set(names), set(said), "html5lib")
    for file, errors in said.items():
        for line, column, code, message in errors:
            yield Finding(names[file], line, column, f"html/{code}", message)


def _nu(jar: Path, folder: Folder, checkout: Checkout) -> tuple[list[Finding], str]:
    """Return what the Nu checker finds in pages, and its version."""
    names = {str(folder.root / name): name for name in folder.pages}
    version, found = nu.check([Path(name) for name in names], checkout.root / jar, checkout.runner)
    return [replace(one, path=names[one.path]) for one in found], version


def _must_be_all(asked: set[str], said: set[str], whose: str) -> None:
    missing = sorted(asked - said)
    if missing:
        raise Broken(f"{whose} says nothing of {len(missing)} pages, such as {missing[0]}")


# -- accessibility ---------------------------------------------------------------------------


def _axe(folder: Folder, options: Options, checkout: Checkout) -> Mapping[str, Looked]:
    """Return what axe says of some pages.

    Raises:
        Broken: There is no browser, no axe, or it says nothing of a page.
    """
    for package in ("playwright", "axe_playwright_python"):
        if find_spec(package) is None:
            raise Broken(f"{package} is not installed", f"{_EXTRA}, or give --no-accessibility")
    paths = _to_look_at(folder, options)
    prefix = urlsplit(folder.url).path or "/"
    program = [sys.executable, "-m", "blogtools.gates.axe_child"]
    command = [*program, _browser(options.browser), str(folder.root), prefix]
    ran = checkout.runner.run(command, name="axe", stdin="\n".join(paths).encode())
    said = reading.json_as(dict[str, Looked], ran.must_exit(0).out, "axe")
    _must_be_all(set(paths), set(said), "axe")
    for path, one in said.items():
        if not one.passes and not one.violations:
            raise Broken(f"axe found nothing to look at in {path}, neither good nor bad")
    return said


def _to_look_at(folder: Folder, options: Options) -> tuple[str, ...]:
    stay = tuple(path for path, page in folder.pages.items() if not page.leads_on)
    if not stay:
        raise Broken("There is no page for axe to look at: all of them lead on to others")
    return chosen(stay, options.accessibility_pages)


def _browser(given: str) -> str:
    found = browsers.find(given)
    if not found.path:
        raise Broken(
            f"There is no browser: {' nor '.join(found.asked)}",
            "Install Chromium, name one with --browser, or give --no-accessibility",
        )
    return found.path


def chosen(paths: Sequence[str], number: int) -> tuple[str, ...]:
    """Return some pages: the first of each folder at the top, then others, evenly.

    Args:
        paths: All pages.
        number: How many; 0 for all.
    """
    if not number or len(paths) <= number:
        return tuple(paths)
    ordered = sorted(paths, key=lambda path: (path.count("/"), path))
    firsts = {path.partition("/")[0] if "/" in path else path: path for path in reversed(ordered)}
    picked = dict.fromkeys(sorted(firsts.values(), key=lambda path: (path.count("/"), path)))
    rest = [path for path in sorted(paths) if path not in picked]
    step = max(1, len(rest) // number)
    return (*picked, *rest[::step], *rest)[:number]


def _barriers(folder: Folder, looked: Mapping[str, Looked], floor: Level) -> Iterator[Finding]:
    for path, one in looked.items():
        for wrong in one.violations:
            level = _IMPACTS.get(wrong.impact or "", Level.UNKNOWN)
            accepted = "" if level.reaches(floor) else f"its impact is {wrong.impact}"
            for node in wrong.nodes:
                yield Finding(
                    path,
                    _line(folder.pages[path].text, node.html),
                    1,
                    f"axe/{wrong.id}",
                    f"{wrong.help} ({node.target})",
                    f"See {wrong.url}",
                    level,
                    accepted=accepted,
                )


def _line(text: str, markup: str) -> int:
    """Return the line of an element: scripts may have changed it, so its beginning has to do."""
    for beginning in (markup, markup.partition(">")[0], markup[:40]):
        at = text.find(beginning) if beginning else -1
        if at >= 0:
            return text.count("\n", 0, at) + 1
    return 1


# -- budgets ---------------------------------------------------------------------------------


def _figures(
    folder: Folder, heavy: Mapping[str, int], looked: Mapping[str, Looked]
) -> dict[str, Figure]:
    heaviest = max(heavy, key=lambda path: (heavy[path], path))
    return {
        "pages": len(folder.pages),
        "pages that axe looked at": len(looked),
        "links inside": sum(len(page.references) for page in folder.pages.values()),
        "links to elsewhere, not followed": elsewhere(folder),
        "heaviest page": heaviest,
        "heaviest page, kB": round(heavy[heaviest] / 1000, 1),
        "total, MB": round(sum(folder.sizes.values()) / 1e6, 2),
        "files and folders": entries(folder.sizes),
    }
