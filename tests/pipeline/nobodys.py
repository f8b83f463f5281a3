"""A package from PyPI that nobody here wrote, and how it includes the components."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.pipeline.gitlab import ROOT, VERSION

LOCK = ROOT / "benchmarks" / "pipeline.txt"
#: The version of the package, which a tag names.
TAG = "v2.2.0"

# Its README is all that there is to make a site of; what it says first is for GitHub's own pages,
# and what it says last links to files that are not in the source distribution.
_PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>metalog-jax</title><main>"
_SITE = (
    f"mkdir -p public && (echo '{_PAGE}' && sed -n 48,370p README.md | "
    "python -m markdown -x extra -x toc && echo '</main>') > public/index.html"
)
#: What the package needs of each component, in words of the component's own inputs.
INPUTS: Mapping[str, Mapping[str, Any]] = {
    # Its README has examples that are not formatted as ruff would have them.
    "lint": {"path": "metalog_jax"},
    # The pinned ty finds in the other modules what that of the day of its release did not, and
    # warns of rules in its configuration that have other names now.
    "typing": {
        "path": "metalog_jax/utils.py metalog_jax/base/enums.py metalog_jax/regression/ols.py",
        "warnings": False,
    },
    # Its tests are not in the source distribution, but there are examples in docstrings.
    "test": {
        "path": "metalog_jax/regression",
        "source": "metalog_jax/regression",
        "arguments": "--doctest-modules",
    },
    # Some of what it needs spells its licence in a way of its own.
    "licenses": {
        "allow": (
            "0BSD,Apache-2.0,BSD-2-Clause,BSD-3-Clause,CC0-1.0,ISC,LicenseRef-3-Clause-BSD-License,"
            "LicenseRef-BSD-License,MIT,MPL-2.0,PSF-2.0,Zlib"
        )
    },
    # setuptools puts the time of day into source distributions.
    "build": {"same": "contents"},
    "site": {"build": _SITE, "source": "."},
    # A page that a command made, and no blog.
    "pages": {"blog": False},
}


def unpacked(folder: Path) -> Path:
    """Return the package's source, as it was published.

    Args:
        folder: Where it is put.
    """
    command = ["pip", "download", "-qq", "--no-deps", "--no-binary", ":all:", "--require-hashes"]
    command = [sys.executable, "-m", *command, "-r", str(LOCK), "-d", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "unpacked", filter="data")
    (found,) = (folder / "unpacked").iterdir()
    # What building it left behind is in no repository.
    for left in [*found.glob("*.egg-info"), *found.glob("PKG-INFO")]:
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return found


def environment(folder: Path, *more: str) -> str:
    """Return the Python of an environment with what the package needs, made by uv.

    Args:
        folder: Where it is put.
        more: What else is to be in it.
    """
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
    python = str(folder / "bin" / "python")
    install(python, *more)
    return python


def install(python: str, *what: str) -> None:
    """Install something into the environment of a Python, by uv.

    Args:
        python: The Python.
        what: As pip writes it.
    """
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *what], check=True)


def alone(components: Iterable[str], given: Mapping[str, Mapping[str, Any]], **common: Any) -> str:
    """Return a pipeline that includes components one by one, each as a job of another name.

    Args:
        components: Their names.
        given: The inputs of each, beside its name and stage.
        common: Inputs of all those that know them.
    """
    entries = []
    for name in components:
        known = _inputs_of(name)
        inputs = {"job": f"only-{name}", "stage": _stage(name), "site-job": "only-site"}
        inputs |= {"build-job": "only-build", **common, **given.get(name, {})}
        entries.append(_entry(name, {key: one for key, one in inputs.items() if key in known}))
    return json.dumps({"stages": ["check", "publish", "refuse"], "include": entries}, indent=1)


def whole(given: Mapping[str, Mapping[str, Any]], **common: Any) -> str:
    """Return a pipeline that includes the component of all.

    Args:
        given: The inputs for each component that it includes.
        common: Its other inputs.
    """
    inputs = {f"{name}-{key}": one for name, some in given.items() for key, one in some.items()}
    return json.dumps({"include": [_entry("pipeline", {**common, **inputs})]}, indent=1)


def advisory(folder: Path, package: str = "nothing") -> Path:
    """Write vulnerability data about one package, and return its folder.

    Args:
        folder: Where it is put.
        package: The package, vulnerable before its version 1.1.
    """
    folder.mkdir(parents=True)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    events = [{"introduced": "0"}, {"fixed": "1.1"}]
    body = {
        "id": "PYSEC-2026-7",
        "modified": yesterday.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": "It leaks.",
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": package},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    }
    (folder / "PYSEC-2026-7.json").write_text(json.dumps(body, indent=2), encoding="utf-8")
    return folder


def _entry(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    address = f"$CI_SERVER_FQDN/blogtools/blogtools/{name}@{VERSION}"
    return {"component": address, "inputs": dict(inputs)}


def _stage(name: str) -> str:
    return "publish" if name in ("pages", "preview", "release") else "check"


def _inputs_of(name: str) -> set[str]:
    import yaml

    header = (ROOT / "templates" / f"{name}.yml").read_text().partition("\n---\n")[0]
    return set(yaml.safe_load(header)["spec"]["inputs"])
