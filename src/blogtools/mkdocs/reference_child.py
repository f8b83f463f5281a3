"""The process that builds one reference: `python -P -m blogtools.mkdocs.reference_child FOLDER`.

MkDocs, autorefs and mkdocstrings keep state in their modules and classes, and read the environment;
in a process of its own, that is nobody else's. The folder holds `mkdocs.yml`, and gets
`result.json`.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path


class _Listener(logging.Handler):
    """Keeps what MkDocs and its plugins complain of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one complaint."""
        self.said.append(record.getMessage())


def build(folder: Path) -> list[str]:
    """Build the site that a folder describes.

    Args:
        folder: It holds ``mkdocs.yml``; the site goes where that says.

    Returns:
        What MkDocs and its plugins complained of.
    """
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config
    from mkdocstrings_handlers.python._internal import rendering

    from blogtools.mkdocs.reference_guide import install
    from blogtools.mkdocs.reference_signatures import wrap

    # mkdocstrings has no option for it: it looks for a formatter among the installed packages.
    rendering._get_formatter = lambda: wrap  # type: ignore[assignment]  # noqa: SLF001
    listener = _Listener()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(listener)
    logger.propagate = False
    config = load_config(str(folder / "mkdocs.yml"))
    # The theme is ours and has no name; mkdocstrings chooses its templates by one.
    config.theme.name = "material"
    install(config, folder)
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build_site(config)
    finally:
        config.plugins.on_shutdown()
    return listener.said


def main() -> None:
    """Build the folder of the command line and say how it went in its ``result.json``."""
    folder = Path(sys.argv[1])
    result: dict[str, object] = {"warnings": [], "error": ""}
    try:
        result["warnings"] = build(folder)
    except (Exception, SystemExit) as failed:  # noqa: BLE001
        # Whatever it was, the other process says it in one sentence; a traceback helps no author.
        result["error"] = str(failed) or type(failed).__name__
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
