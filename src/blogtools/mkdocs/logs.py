"""What MkDocs and other plugins log, as values."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from blogtools.content.options import read_config
from blogtools.content.yaml import YamlProblem, parse
from blogtools.model.diagnostic import Diagnostic, Severity

from .foreign import shown

_CONFIG_VALUE = re.compile(r"Config value '?(?P<key>[\w.]+)'?: (?P<message>.*)", re.DOTALL)
# Where MkDocs' YAML reader stopped.
_MARK = re.compile(r'\s*in "[^"]*", line (\d+), column (\d+)')

# What the quick reader of YAML says of half a character, which MkDocs' lets through.
_HALF = "invalid Unicode character escape"


class Recorder(logging.Handler):
    """Keeps what is logged by ``mkdocs`` while it is entered, and lets none of it through."""

    def __init__(self, config_file: Path) -> None:
        """Take the configuration file, to which messages without a place of their own belong."""
        super().__init__(logging.WARNING)
        self._file = config_file
        self._records: list[logging.LogRecord] = []
        self._logger = logging.getLogger("mkdocs")

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self._records.append(record)

    def __enter__(self) -> Recorder:
        """Begin to listen."""
        self._before = self._logger.propagate, self._logger.handlers[:]
        self._logger.propagate, self._logger.handlers[:] = False, [self]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Restore the log as it was."""
        self._logger.propagate, self._logger.handlers[:] = self._before

    def warnings(self) -> tuple[Diagnostic, ...]:
        """Return the warnings so far."""
        return tuple(
            self._diagnostic(record.getMessage(), Severity.WARNING)
            for record in self._records
            if record.levelno == logging.WARNING
        )

    def errors(self, failure: BaseException) -> tuple[Diagnostic, ...]:
        """Return why MkDocs gave up: its errors, else the exception's words, and its warnings."""
        messages = [r.getMessage() for r in self._records if r.levelno >= logging.ERROR]
        wrong = (self._diagnostic(text, Severity.ERROR) for text in messages or [str(failure)])
        return (*wrong, *self.warnings())

    def _diagnostic(self, message: str, severity: Severity) -> Diagnostic:
        line, column = 1, 1
        if match := _CONFIG_VALUE.match(message):
            line, column = read_config(self._file).locate((match["key"],))
            message = f"{match['key']}: {match['message']}"
        elif (wrong := _not_yaml(self._file)) is not None:
            line, column, message = wrong.line, wrong.column, f"not YAML: {wrong.message}"
        elif mark := _MARK.search(message):
            line, column, message = int(mark[1]), int(mark[2]), _MARK.sub("", message)
        text = " ".join(_without_traceback(message).split()).rstrip(".")
        return Diagnostic(self._file.name, line, column, "mkdocs", text, severity=severity)


def about(option: str) -> str:
    """Return how a message of MkDocs' begins that is about an option; nothing if it is of none."""
    return f"Config value '{option}': " if option else ""


def halves(files: Iterable[Path], config_file: Path) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each file of a configuration that spells half a character.

    Args:
        files: The files: the configuration, and those that it inherits from.
        config_file: The configuration.
    """
    for file in files:
        wrong = _not_yaml(file)
        if wrong is not None and _HALF in wrong.message:
            message = "this escape is no character, and cannot stand in a page"
            hint = "Write the character itself"
            place = shown(file, config_file)
            yield Diagnostic(place, wrong.line, wrong.column, "mkdocs", message, hint)


def _without_traceback(message: str) -> str:
    """Return a message without the traceback that MkDocs puts into some: what, and why."""
    lines = message.strip().splitlines()
    if not any(line.lstrip().startswith('File "') for line in lines):
        return message
    return f"{lines[0]} {lines[-1]}"


def _not_yaml(file: Path) -> YamlProblem | None:
    try:
        parse(file.read_text("utf-8"), tolerant=True)
    except YamlProblem as wrong:
        return wrong
    except (OSError, UnicodeDecodeError):
        return None
    return None


def written(file: Path, key: str, default: str) -> str:
    """Return a top-level string of a configuration file, without loading any plugin."""
    data = read_config(file).data
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else default
