"""The wheel and the source distribution: built twice to the same bytes, their contents checked.

Both builds are of copies of what git tracks, in different folders, with another time zone and
another hash seed; SOURCE_DATE_EPOCH is the newest commit's time, where it is not set.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from packaging.metadata import Metadata
from packaging.utils import parse_sdist_filename, parse_wheel_filename

from blogtools.gates.checkout import Checkout
from blogtools.gates.options import option
from blogtools.gates.running import Tool
from blogtools.model.gate import Broken, Figure, Finding, Judged, Level, Scanned

CONTENTS = "build-contents.txt"
FILES = (CONTENTS,)
_HERE = "pyproject.toml"
# What differs between the two builds, and may not show.
_SURROUNDINGS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu"},
)
# What belongs into no distribution.
_UNWANTED = (
    *("*.pyc", "*/__pycache__/*", ".git/*", "*/.git/*", ".env", "*/.env", "*.pem", "*/id_rsa"),
    *("*/.DS_Store", "*/.venv/*", "*/node_modules/*"),
)
# What a wheel would put beside all other packages, where such names belong to nobody.
_NOT_AT_THE_TOP = frozenset({"tests", "test", "docs", "doc", "examples", "benchmarks", "scripts"})
_CHECKED = re.compile(r"^Checking (\S+): (PASSED.*|FAILED.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Options:
    """What the gate is asked for."""

    dist: Path = option(Path("dist"), "Where the two files are put, if all is well with them.")
    isolation: bool = option(
        True, "Whether what builds is installed anew, as pyproject.toml asks for it."
    )
    python: Path | None = option(
        None, "The Python that has what builds, where --no-isolation is given."
    )
    same: str = option(
        "bytes",
        "What the two builds must have in common: every byte, or the names and bytes of what is in "
        "them; setuptools puts the time of day into source distributions.",
        choices=("bytes", "contents"),
    )
    complete: bool = option(
        True, "Whether every Python file of the package has to be in the wheel."
    )


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file that was built, and what is in it.

    Attributes:
        path: The file.
        members: The digest of each file in it, by name.
    """

    path: Path
    members: Mapping[str, str]

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.path.name

    @property
    def digest(self) -> str:
        """Return the file's sha256."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def is_wheel(self) -> bool:
        """Return whether it is the wheel."""
        return self.path.suffix == ".whl"

    @property
    def inside(self) -> tuple[str, ...]:
        """Return the names in it as seen from the folder that a source distribution unpacks to."""
        names = self.members
        return tuple(names if self.is_wheel else (name.partition("/")[2] for name in names))


def judge(options: Options, checkout: Checkout) -> Judged:
    """Build twice, compare, look inside, and check what an index would check."""
    build, twine = checkout.runner.tool("pyproject-build", "build"), checkout.runner.tool("twine")
    tools = (str(build), str(twine))
    if not (checkout.root / _HERE).is_file() and not (checkout.root / "setup.py").is_file():
        raise Broken("There is nothing to build: neither pyproject.toml nor setup.py is here")
    with tempfile.TemporaryDirectory() as folder:
        built: list[tuple[Distribution, ...]] = []
        for number, surroundings in enumerate(_SURROUNDINGS):
            place = Path(folder) / ("one" if number == 0 else "another/place")
            said = _build(place, surroundings, options, checkout, build)
            if said:
                wrong = Finding(_HERE, 1, 1, "build/failed", f"It cannot be built: {said}")
                return Judged(Scanned(1, "projects"), (wrong,), tools=tools)
            built.append(_built(place / "dist"))
        first, second = built
        findings = [
            *_differences(first, second, options.same),
            *_findings(first, options, checkout),
        ]
        # It stops at metadata that it cannot read.
        if not any(found.code == "build/metadata" for found in findings):
            findings += _twine(first, checkout, twine)
        if not findings:
            _put(first, checkout.root / options.dist)
        return Judged(
            Scanned(sum(len(one.members) for one in first), "files in a wheel and an sdist"),
            tuple(sorted(findings)),
            figures=_figures(first),
            files={CONTENTS: _listed(first).encode()},
            tools=tools,
        )


# -- building --------------------------------------------------------------------------------


def _build(
    place: Path, surroundings: Mapping[str, str], options: Options, checkout: Checkout, tool: Tool
) -> str:
    """Build both in a copy of the project; return why that failed, or nothing."""
    source = _copy(checkout, place / "source")
    asked = ["--outdir", str(place / "dist")]
    command = [tool.path, *asked]
    if not options.isolation:
        command = [checkout.python(options.python), "-m", "build", "--no-isolation", *asked]
    elif shutil.which("uv"):
        command += ["--installer", "uv"]
    env = {"SOURCE_DATE_EPOCH": _clock(checkout), "GIT_OPTIONAL_LOCKS": "0", **surroundings}
    ran = checkout.runner.run(command, folder=source, env=env, name="build")
    return "" if ran.code == 0 else f"{ran.said()} (exit code {ran.code})"


def _copy(checkout: Checkout, to: Path) -> Path:
    """Copy what git tracks or would track, and let the copy be a repository like the original."""
    names = checkout.files()
    if not names:
        raise Broken(f"There is no file in {checkout.root}")
    for name in names:
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(checkout.root / name, target)
        shutil.copymode(checkout.root / name, target)
    # Versions are made of tags by some; they find them through this.
    git = checkout.root / ".git"
    if git.is_dir():
        (to / ".git").write_text(f"gitdir: {git}\n", encoding="utf-8")
    elif git.is_file():
        shutil.copyfile(git, to / ".git")
    return to


def _clock(checkout: Checkout) -> str:
    """Return the time that archives are made with: what is set, or the newest commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given:
        return given
    git = shutil.which("git")
    ran = checkout.runner.run([git, "log", "-1", "--format=%ct"]) if git else None
    found = ran.out.decode().strip() if ran and ran.code == 0 else ""
    # Zip files know no time before 1980.
    return found or "315532800"


def _built(folder: Path) -> tuple[Distribution, ...]:
    """Return the wheel and the source distribution, in this order.

    Raises:
        Broken: One of them is missing, or cannot be read.
    """
    # The wheel first, whatever the two are called.
    files = sorted(folder.glob("*"), key=lambda file: (file.suffix != ".whl", file.name))
    if [_kind(file) for file in files] != ["wheel", "sdist"]:
        names = ", ".join(file.name for file in files) or "nothing"
        raise Broken(f"build wrote {names}, and not one wheel and one source distribution")
    wheel, source = files
    try:
        return Distribution(wheel, _in_wheel(wheel)), Distribution(source, _in_source(source))
    except (OSError, ValueError, zipfile.BadZipFile, tarfile.TarError) as wrong:
        raise Broken(f"What build wrote cannot be read: {wrong}") from wrong


def _kind(file: Path) -> str:
    return {".whl": "wheel", ".gz": "sdist"}.get(file.suffix, "")


def _in_wheel(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return {name: _digest(archive.read(name)) for name in names}


def _in_source(file: Path) -> dict[str, str]:
    found = {}
    with tarfile.open(file) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                found[member.name] = _digest(content.read())
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# -- judging ---------------------------------------------------------------------------------


def _differences(
    first: tuple[Distribution, ...], second: tuple[Distribution, ...], same: str
) -> Iterator[Finding]:
    for one, other in zip(first, second, strict=True):
        if one.name == other.name and one.digest == other.digest:
            continue
        if same == "contents" and one.members == other.members:
            continue
        names = {*one.members, *other.members}
        apart = sorted(name for name in names if one.members.get(name) != other.members.get(name))
        where = f"it differs in {', '.join(apart[:5])}" if apart else "times or order in it differ"
        yield Finding(
            _HERE,
            1,
            1,
            "build/not-reproducible",
            f"{one.name} was built twice, and came to other bytes: {where}",
            "Let what builds it take times from SOURCE_DATE_EPOCH, and sort what it lists; "
            "setuptools cannot for source distributions, and --same contents asks for less",
            Level.MEDIUM,
        )


def _findings(
    built: tuple[Distribution, ...], options: Options, checkout: Checkout
) -> Iterator[Finding]:
    wheel = built[0]
    for one in built:
        yield from _unwanted(one)
    modules = [name for name in wheel.members if ".dist-info/" not in name]
    if not modules:
        yield Finding(
            _HERE, 1, 1, "build/empty", f"{wheel.name} installs nothing", level=Level.HIGH
        )
    elif options.complete:
        yield from _missing(wheel, checkout)
    yield from _metadata(built, checkout)


def _unwanted(one: Distribution) -> Iterator[Finding]:
    for name in one.inside:
        bad = any(fnmatch(name, pattern) for pattern in _UNWANTED)
        if bad or (one.is_wheel and name.partition("/")[0] in _NOT_AT_THE_TOP):
            yield Finding(
                _HERE,
                1,
                1,
                "build/unwanted",
                f"{one.name} has {name} in it, which belongs into no distribution",
                "Exclude it where the build is configured",
            )


def _missing(wheel: Distribution, checkout: Checkout) -> Iterator[Finding]:
    """Yield the package's files that are not in the wheel, wherever they would be there."""
    there: defaultdict[str, list[str]] = defaultdict(list)
    for name in wheel.members:
        there[PurePosixPath(name).name].append(name)
    for path in checkout.python_files(checkout.package_paths()):
        short = path.removeprefix("src/")
        found = there[PurePosixPath(path).name]
        if not any(name == short or name.endswith(f"/{short}") for name in found):
            yield Finding(
                path,
                1,
                1,
                "build/missing",
                f"{wheel.name} does not have this file",
                "Include it where the build is configured, or give --no-complete",
            )


def _metadata(built: tuple[Distribution, ...], checkout: Checkout) -> Iterator[Finding]:
    """Yield what is wrong with the metadata: by the standard, and with the names of the files."""
    for one in built:
        wrong = _wrong_metadata(one)
        if wrong:
            message = f"The metadata of {one.name}: {wrong}"
            yield Finding(_HERE, _project_line(checkout), 1, "build/metadata", message)


def _wrong_metadata(one: Distribution) -> str:
    try:
        data = _metadata_of(one)
        metadata = Metadata.from_email(data, validate=True)
        parsed = (
            parse_wheel_filename(one.name)[:2] if one.is_wheel else parse_sdist_filename(one.name)
        )
    except ExceptionGroup as wrong:
        return "; ".join(map(str, wrong.exceptions))
    except ValueError as wrong:
        return str(wrong)
    named = f"{parsed[0]} {parsed[1]}"
    canonical = re.sub(r"[-_.]+", "-", metadata.name).lower()
    said = f"{canonical} {metadata.version}"
    return "" if named == said else f"it is of {said}, and the file's name says {named}"


def _metadata_of(one: Distribution) -> bytes:
    if one.is_wheel:
        name = next((n for n in one.members if n.endswith(".dist-info/METADATA")), "")
        with zipfile.ZipFile(one.path) as archive:
            return archive.read(name) if name else b""
    name = next((n for n in one.members if n.count("/") == 1 and n.endswith("/PKG-INFO")), "")
    with tarfile.open(one.path) as packed:
        content = packed.extractfile(name) if name else None
        return content.read() if content else b""


def _project_line(checkout: Checkout) -> int:
    """Return the line of ``[project]``."""
    file = checkout.root / _HERE
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((at for at, line in enumerate(lines, 1) if line.strip() == "[project]"), 1)


def _twine(built: tuple[Distribution, ...], checkout: Checkout, tool: Tool) -> Iterator[Finding]:
    """Yield what an index would say of the descriptions.

    Raises:
        Broken: twine does not say of each file whether it passed, or contradicts itself.
    """
    files = [str(one.path) for one in built]
    env = {"COLUMNS": "1000", "NO_COLOR": "1", "TERM": "dumb"}
    ran = checkout.runner.run([tool.path, "check", "--strict", *files], env=env).must_exit(0, 1)
    text = ran.out.decode(errors="replace")
    said = {Path(name).name: how for name, how in _CHECKED.findall(text)}
    if set(said) != {one.name for one in built}:
        raise Broken("twine does not say of each file whether it passed", f"It said:\n{ran.said()}")
    bad = [name for name, how in said.items() if how != "PASSED"]
    if bool(bad) != bool(ran.code):
        raise Broken(f"twine contradicts itself: {len(bad)} files failed, exit code {ran.code}")
    whole = " ".join(text.split())
    for name in bad:
        message = f"twine says of {name}: {said[name].lower()}: {whole[-400:]}"
        yield Finding(_HERE, _project_line(checkout), 1, "build/description", message)


# -- what is left behind ---------------------------------------------------------------------


def _put(built: tuple[Distribution, ...], to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for one in built:
        shutil.copyfile(one.path, to / one.name)


def _listed(built: tuple[Distribution, ...]) -> str:
    lines = []
    for one in built:
        lines.append(f"{one.name} sha256:{one.digest}")
        lines += [f"  {name}" for name in sorted(one.members)]
    return "\n".join(lines) + "\n"


def _figures(built: tuple[Distribution, ...]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for one in built:
        kind = "wheel" if one.is_wheel else "sdist"
        figures[kind] = one.name
        figures[f"{kind} bytes"] = one.path.stat().st_size
        figures[f"{kind} files"] = len(one.members)
        figures[f"{kind} sha256"] = one.digest
    return figures
