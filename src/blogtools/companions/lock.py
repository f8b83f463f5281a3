"""The lock file: which file of the index, or which commit, each companion's version is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from blogtools.model.companion import Lock, Locked, normal_name, package_name
from blogtools.model.diagnostic import Diagnostic
from blogtools.model.wishes import package_version

_FORMAT = 1
_HEADER = """\
# Written by `blogtools reference update`. Commit it: a build uses these very files, or none.
format = 1
"""
_REWRITE = "Restore it from version control, or delete it and run `blogtools reference update`"
_TABLE = re.compile(r"\s*\[\[\s*companion\s*\]\]")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_lock(file: Path, shown: str = "companions.lock") -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Read a lock file; one that does not exist locks nothing.

    Args:
        file: The lock file.
        shown: Its path as diagnostics show it.

    Returns:
        The entries that are sound, and what is wrong with the others.
    """
    try:
        text = file.read_bytes().decode()
    except FileNotFoundError:
        return Lock(path=shown), ()
    except UnicodeDecodeError:
        return Lock(path=shown), (_damage(shown, 1, 1, "The lock file is not UTF-8"),)
    except OSError as unreadable:
        reason = unreadable.strerror or "unknown reason"
        return Lock(path=shown), (_damage(shown, 1, 1, f"The lock file cannot be read: {reason}"),)
    return parse_lock(text, shown)


@lru_cache(maxsize=4)
def parse_lock(text: str, shown: str = "companions.lock") -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Read the text of a lock file.

    Args:
        text: The text.
        shown: Its path as diagnostics show it.

    Returns:
        The entries that are sound, and what is wrong with the others.
    """
    if (lock := _as_written(text, shown)) is not None:
        return lock, ()
    # Somebody edited it, or merged two: hardly any build has to read TOML for that.
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return Lock(path=shown), (_syntax_error(shown, text, str(wrong)),)
    if document.get("format") != _FORMAT:
        message = f"The lock file is not of format {_FORMAT}, which this blogtools reads"
        return Lock(path=shown), (_damage(shown, _key_line(text, "format"), 1, message),)
    return _collect(document.get("companion", []), text, shown)


def _as_written(text: str, shown: str) -> Lock | None:
    """Return what a text says that is to the letter what `format_lock` writes; else nothing."""
    tables = _plain_tables(text)
    try:
        entries = tuple(Locked(**table) for table in tables.values())
        lines = {(e.name, e.version): line for e, line in zip(entries, tables, strict=True)}
        lock = Lock(entries, shown, lines)
        once = len({(normal_name(e.name), e.version) for e in entries}) == len(entries)
        return lock if once and format_lock(lock) == text else None
    except (TypeError, ValueError):
        return None


def _plain_tables(text: str) -> Mapping[int, Mapping[str, str]]:
    """Return the tables of a lock by their lines, if all of it is one value a line."""
    tables: dict[int, dict[str, str]] = {}
    table: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        key, _, value = line.partition(' = "')
        if line == "[[companion]]":
            tables[number] = table = {}
        elif value:
            table[key] = value[:-1]
    return tables


def format_lock(lock: Lock) -> str:
    """Return the text of a lock file: the same entries give the same text, in any order."""
    ordered = sorted(lock.entries, key=lambda entry: (normal_name(entry.name), entry.version))
    return "\n".join([_HEADER, *map(_table, ordered)])


def write_lock(file: Path, lock: Lock) -> None:
    """Write a lock file as a whole, or not at all."""
    draft = file.with_name(f".{file.name}.new")
    draft.write_text(format_lock(lock), encoding="utf-8", newline="\n")
    draft.replace(file)


def _table(entry: Locked) -> str:
    """Return one entry; its values are checked to need no escapes."""
    problem = next(_problems(_as_mapping(entry)), None)
    if problem:
        raise ValueError(problem)
    lines = [f'{key} = "{value}"\n' for key, value in _as_mapping(entry).items()]
    return "".join(["[[companion]]\n", *lines])


def _as_mapping(entry: Locked) -> Mapping[str, object]:
    """Return an entry's fields in the order in which they are written."""
    values = {key: getattr(entry, key) for key in _CHECKS}
    return {key: value for key, value in values.items() if value}


def _collect(tables: object, text: str, shown: str) -> tuple[Lock, tuple[Diagnostic, ...]]:
    """Turn the tables into entries, each with its line."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        message = "`companion` must be a list of [[companion]] tables"
        return Lock(path=shown), (_damage(shown, _key_line(text, "companion"), 1, message),)
    entries: dict[tuple[str, str], Locked] = {}
    lines: dict[tuple[str, str], int] = {}
    found: list[Diagnostic] = []
    for table, line in zip(tables, _table_lines(text, len(tables)), strict=True):
        problems = [*_problems(table), *_repetition(table, lines)]
        found += [_damage(shown, line, 1, problem) for problem in problems]
        if not problems:
            entry = Locked(**table)
            entries[entry.name, entry.version] = entry
            lines[entry.name, entry.version] = line
    return Lock(tuple(entries.values()), shown, lines), tuple(found)


def _problems(table: Mapping[str, object]) -> Iterator[str]:
    """Yield what is wrong with one entry."""
    for key in sorted(table.keys() - _CHECKS.keys()):
        yield f"An entry has the unknown key `{key}`"
    needed = _OF_COMMITS if "commit" in table else _OF_FILES
    for key, check in _CHECKS.items():
        try:
            if key in needed or key in table:
                check(table.get(key))
        except ValueError as wrong:
            yield f"An entry has no valid `{key}`: {wrong}"
    if {"commit", "filename"} <= table.keys():
        yield "An entry has both `filename` and `commit`: it pins a file, or a commit"


def _repetition(table: Mapping[str, object], seen: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Yield a complaint if an earlier entry locks the same version."""
    for (name, version), line in seen.items():
        if normal_name(str(table.get("name"))) == normal_name(name) and (
            table.get("version") == version
        ):
            yield f"{name} {version} is locked twice, first on line {line}"


def _check_name(value: object) -> None:
    package_name(_text(value))


def _check_version(value: object) -> None:
    package_version(_text(value))


def _check_filename(value: object) -> None:
    name = _text(value)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+!-]*\.(whl|tar\.gz|zip)", name):
        raise ValueError(f"{name!r} is no wheel (.whl) and no source archive (.tar.gz, .zip)")


def _check_digest(value: object) -> None:
    if not re.fullmatch(r"[0-9a-f]{64}", _text(value)):
        raise ValueError("it takes 64 hexadecimal digits")


def _check_commit(value: object) -> None:
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", _text(value)):
        raise ValueError("it takes 40 hexadecimal digits")


def _check_day(value: object) -> None:
    try:
        date.fromisoformat(_text(value))
    except ValueError:
        raise ValueError(f"{value!r} is no day such as 2026-10-22") from None


def _check_plain(value: object) -> None:
    text = _text(value)
    if not text or not text.isprintable() or set(text) & set('"\\'):
        raise ValueError(f"{text!r} has characters that it cannot have")


def _text(value: object) -> str:
    """Return a value that is text."""
    if not isinstance(value, str):
        raise ValueError("it is missing" if value is None else "it must be text in quotes")
    return value


#: What each key of an entry must be, in the order in which they are written.
_CHECKS: Mapping[str, Callable[[object], None]] = {
    "name": _check_name,
    "version": _check_version,
    "filename": _check_filename,
    "repository": _check_plain,
    "tag": _check_plain,
    "commit": _check_commit,
    "sha256": _check_digest,
    "uploaded": _check_day,
    "licence": _check_plain,
}
_OF_FILES = frozenset({"name", "version", "filename", "sha256"})
_OF_COMMITS = frozenset({"name", "version", "repository", "tag", "commit", "sha256"})


def _table_lines(text: str, count: int) -> list[int]:
    """Return the line of each table's header; 1 where a table was written in another way."""
    lines = text.splitlines()
    found = [number for number, line in enumerate(lines, 1) if _TABLE.match(line)]
    return (found + [1] * count)[:count]


def _key_line(text: str, key: str) -> int:
    """Return the line on which a key of the top level stands, 1 if it is missing."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if line.lstrip("[ \t").startswith(key)), 1)


def _syntax_error(shown: str, text: str, message: str) -> Diagnostic:
    """Return what tomllib complains of, at the place that it names in its message."""
    position = _POSITION.search(message)
    reason = _POSITION.sub("", message)
    line, column = len(text.splitlines()) or 1, 1
    if position and position[1]:
        line, column = int(position[1]), int(position[2])
    return _damage(shown, line, column, f"The lock file is damaged: {reason}")


def _damage(shown: str, line: int, column: int, message: str) -> Diagnostic:
    """Return an error in the lock file."""
    return Diagnostic(shown, line, column, "companion/lock", message, _REWRITE)
