"""Dependencies: declared, exact, locked by hash, and the same everywhere."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
LOCKS = {
    "runtime": (ROOT / "requirements" / "runtime.txt").read_text(),
    "dev": (ROOT / "requirements" / "dev.txt").read_text(),
    "uv": (ROOT / "requirements" / "uv.txt").read_text(),
    "minify": (ROOT / "requirements" / "minify.txt").read_text(),
    "bench": (ROOT / "benchmarks" / "requirements.txt").read_text(),
    "node": (ROOT / "requirements" / "node" / "node.txt").read_text(),
    "java": (ROOT / "requirements" / "node" / "java.txt").read_text(),
}

#: Direct dependencies that are a range on purpose (pyproject.toml says why).
RANGES = {"pip"}

SOURCES = set((ROOT / "src").rglob("*.py"))
#: Programs that run in processes of their own, where what they import may be missing.
CHILDREN = set((ROOT / "src" / "blogtools" / "gates").glob("*_child.py"))

#: Modules of a newer Python's than the oldest, for which that has a package.
NEWER = {"compression"}

#: What draws at build time, for which there is an extra.
MEDIA = set((ROOT / "src" / "blogtools" / "media").glob("*.py"))
#: What signs and compresses needs packages of an extra.
PUBLISHING = set((ROOT / "src" / "blogtools" / "publishing").glob("*.py"))


def _name(spelled: str) -> str:
    return re.sub(r"[-_.]+", "-", spelled).lower()


def _pins(requirements: list[str]) -> dict[str, str]:
    exact = [line.partition(";")[0].partition("==") for line in requirements if "==" in line]
    return {_name(name): version for name, _, version in exact}


def _locked(lock: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", LOCKS[lock], re.MULTILINE)
    return {_name(name): version for name, version in found}


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


BUILD = _lines(ROOT / "requirements" / "build.in")
DIRECT = {
    "runtime": [*PROJECT["dependencies"], *BUILD],
    "dev": [
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["dev"],
        *PROJECT["optional-dependencies"]["gates"],
        *BUILD,
    ],
    "uv": _lines(ROOT / "requirements" / "uv.in"),
    "minify": _lines(ROOT / "requirements" / "minify.in"),
    "bench": _lines(ROOT / "benchmarks" / "requirements.in"),
    "node": _lines(ROOT / "requirements" / "node" / "node.in"),
    "java": _lines(ROOT / "requirements" / "node" / "java.in"),
}


def test_every_direct_dependency_is_pinned_exactly() -> None:
    loose = [line for lines in DIRECT.values() for line in lines if "==" not in line]
    assert {re.split(r"[<>=]", line)[0] for line in loose} == RANGES


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_each_lock_has_every_direct_dependency_at_its_version(lock: str) -> None:
    assert _pins(DIRECT[lock]).items() <= _locked(lock).items(), "run: make lock"


def test_the_checks_run_against_the_very_versions_that_build_the_site() -> None:
    assert _locked("runtime").items() <= _locked("dev").items()
    assert _locked("uv").items() <= _locked("dev").items()


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_every_locked_package_carries_hashes_and_no_address(lock: str) -> None:
    text = re.sub(r"^ *#.*\n", "", LOCKS[lock], flags=re.MULTILINE)
    entry = r"[a-z0-9.-]+==[^\s;]+(?: ; [^\n\\]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    assert re.fullmatch(rf"(?:{entry})+", text)


def test_what_npm_installs_is_exact_held_to_its_hash_and_carries_no_address() -> None:
    folder = ROOT / "requirements" / "node"
    asked = json.loads((folder / "package.json").read_text())["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    packages = {name: facts for name, facts in locked.items() if name}
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(facts["integrity"].startswith("sha512-") for facts in packages.values())
    assert not any("resolved" in facts for facts in packages.values())
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text()


def test_the_locked_builder_is_the_one_that_pip_takes() -> None:
    build_system = _pins(PYPROJECT["build-system"]["requires"])
    assert build_system.items() <= _pins(BUILD).items()


def test_the_oldest_python_is_the_same_wherever_it_is_named() -> None:
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert f"--python-version {oldest} " in (ROOT / "Makefile").read_text()
    assert f"({oldest.replace('.', ', ')})" in (ROOT / "scripts" / "venv").read_text()
    assert sys.version_info >= tuple(map(int, oldest.split(".")))


def test_every_package_that_the_code_imports_is_a_direct_dependency() -> None:
    others = SOURCES - CHILDREN - MEDIA - PUBLISHING
    assert _undeclared(others, PROJECT["dependencies"]) == set()


def test_what_draws_imports_what_its_extra_declares_and_nobody_else_does() -> None:
    declared = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["media"]]
    assert _undeclared(MEDIA, declared) == set()


def test_what_publishes_imports_what_its_extra_declares_and_nobody_else_does() -> None:
    declared = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["publish"]]
    assert _undeclared(PUBLISHING, declared) == set()


def test_tools_of_the_gates_are_imported_by_programs_of_their_own_alone() -> None:
    tools = PROJECT["optional-dependencies"]["gates"]
    assert _undeclared(CHILDREN, [*PROJECT["dependencies"], *tools]) == set()


def _undeclared(files: set[Path], dependencies: list[str]) -> set[str]:
    direct = {_name(re.split(r"[<>=]", line)[0]) for line in dependencies}
    owners = packages_distributions()
    # MkDocs' fork imports as itself, and only where it is the one that runs us.
    foreign = _imported(files) - sys.stdlib_module_names - NEWER - {"blogtools", "properdocs"}
    return {
        module
        for module in foreign
        if not {_name(name) for name in owners.get(module, [])} & direct
    }


def _imported(files: set[Path]) -> set[str]:
    trees = [ast.parse(path.read_bytes()) for path in files]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    plain = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    taken = {
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    return {name.partition(".")[0] for name in plain | taken}
