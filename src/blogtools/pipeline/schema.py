"""Components against GitLab's schema, by check-jsonschema, which brings the schema along."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from blogtools.model.diagnostic import Diagnostic, UsageError
from blogtools.pipeline.component import Component
from blogtools.pipeline.interpolation import yaml_first

_KEY = re.compile(r"""^\$(?:\.([\w.-]+?)|\[["'](.+?)["']\])(?:[.\[]|$)""")
# Without formats: where a format is, GitLab takes variables too.
_COMMAND = (
    *("-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "-o", "json"),
    *("--disable-formats", "*"),
)


def check(components: Sequence[Component]) -> Iterator[Diagnostic]:
    """Yield what GitLab's schema says of the components, with their defaults filled in.

    Args:
        components: What was read, and found to be read the same in both orders.

    Raises:
        UsageError: check-jsonschema is not there, or says nothing that can be read.
    """
    if not components:
        return
    with tempfile.TemporaryDirectory() as folder:
        files = {Path(folder, f"{number}.json"): one for number, one in enumerate(components)}
        for file, component in files.items():
            body = yaml_first(component, component.defaults())
            file.write_text(json.dumps(body), encoding="utf-8")
        for error in _errors([str(file) for file in files]):
            yield _diagnostic(files[Path(error["filename"])], error)


def _errors(files: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the errors of the files; a parse error is one of them."""
    done = subprocess.run([sys.executable, *_COMMAND, *files], capture_output=True, text=True)
    try:
        said = json.loads(done.stdout)
        if said["status"] == "ok" and done.returncode == 0:
            return []
        found = [*said["errors"], *said.get("parse_errors", [])]
        if found:
            return found
    except (ValueError, KeyError, TypeError):
        pass
    raise UsageError(
        "GitLab's schema cannot be asked: check-jsonschema is missing or failed; "
        f"install blogtools[gates]. It said: {(done.stderr or done.stdout).strip()[-200:]}"
    )


def _diagnostic(component: Component, error: Mapping[str, Any]) -> Diagnostic:
    path, said = str(error.get("path", "$")), str(error.get("message", "it cannot be read"))
    best = error.get("best_match") or {}
    detail = str(best.get("message", "")) if isinstance(best, dict) else ""
    message = f"GitLab's schema refuses {path}: {detail or said}"
    return component.at(_raw(component, path), "component/schema", message[:300])


def _raw(component: Component, path: str) -> tuple[str, ...]:
    """Return the key of the file for a key of the filled in document."""
    found = _KEY.match(path)
    wanted = (found[1] or found[2]) if found else ""
    filled = yaml_first(component, component.defaults())
    pairs = zip(component.parsed.data, filled, strict=True)
    return next(((raw,) for raw, name in pairs if name == wanted), ())
