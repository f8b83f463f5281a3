"""What commits add, line by line: a secret that was taken away again is still in the history."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from blogtools.gates.checkout import Checkout
from blogtools.model.gate import Broken

_HUNK = re.compile(rb"@@ -\d+(?:,(?P<removes>\d+))? \+(?P<at>\d+)(?:,(?P<adds>\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPED = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}
# What git writes before the changes of a file; no name stands for the end of all.
_FILE, _NOWHERE = b"+++ ", b"/dev/null"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Added:
    """What a commit adds to a file.

    Attributes:
        commit: The commit.
        path: The file, as it was called there.
        text: The added lines, each on the line that it has there; all others are empty.
    """

    commit: str
    path: str
    text: bytes


def added_lines(base: str, checkout: Checkout) -> tuple[int, tuple[Added, ...]]:
    """Return how many commits there are since a base, and what they add.

    Args:
        base: A commit, which is not looked at itself; ``all`` for the whole history.
        checkout: The project.

    Raises:
        Broken: This is no repository, or the commit is not in it.
    """
    commits = _commits(base, checkout)
    # Merges are compared with their first parent: what a merge itself adds is in no other commit.
    # What stands between commits cannot be in one of them: nobody knew it when they were made.
    mark = secrets.token_hex(8)
    log = [
        *(
            "git",
            "-c",
            "core.quotePath=true",
            "log",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
        ),
        *("--patch", "--unified=0", "--no-renames", "--text", "--diff-merges=first-parent"),
        *("--src-prefix=a/", "--dst-prefix=b/", "--relative", f"--format={mark} %H", *commits),
    ]
    ran = checkout.runner.run(log, name="git log").must_exit(0)
    shown, added = _read(ran.out, mark.encode())
    number = _number(commits, checkout)
    if shown != number:
        raise Broken(f"git shows {shown} commits of {number}")
    return number, tuple(added)


def _commits(base: str, checkout: Checkout) -> list[str]:
    """Return how git is asked for the commits."""
    asked = ["git", "rev-parse", "--is-shallow-repository", "HEAD"]
    ran = checkout.runner.run(asked, name="git rev-parse")
    if ran.code:
        raise Broken("The commits cannot be read: no git repository, or one without", ran.said())
    if base == ALL:
        if ran.out.startswith(b"true"):
            raise Broken("The clone is shallow, so the history is not here", "Set GIT_DEPTH to 0")
        return ["HEAD", "--"]
    there = ["git", "rev-parse", "--quiet", "--verify", "--end-of-options", f"{base}^{{commit}}"]
    if checkout.runner.run(there, name="git rev-parse").code:
        raise Broken(
            f"The commit {base} is not here, so what came after it is not known",
            "Set GIT_DEPTH to 0, or fetch it",
        )
    return ["HEAD", f"^{base}", "--"]


def _number(commits: list[str], checkout: Checkout) -> int:
    counted = checkout.runner.run(["git", "rev-list", "--count", *commits], name="git rev-list")
    return int(counted.must_exit(0).out)


def _read(log: bytes, mark: bytes) -> tuple[int, list[Added]]:
    added: list[Added] = []
    commits = log.split(mark + b" ")[1:]
    for one in commits:
        commit, _, patch = one.partition(b"\n")
        added += _of_commit(commit.decode("ascii").strip(), patch.split(b"\n"))
    return len(commits), added


def _of_commit(commit: str, lines: list[bytes]) -> Iterator[Added]:
    """Yield what a patch adds, by file."""
    path, text = "", list[bytes]()
    rest = iter([*lines, _FILE + _NOWHERE])
    for line in rest:
        if hunk := _HUNK.match(line):
            added = _of_hunk(hunk, rest)
            text += [b""] * (int(hunk["at"]) - 1 - len(text)) if added else []
            text += added
        elif line.startswith(_FILE):
            if path and text:
                yield Added(commit, path, b"\n".join(text) + b"\n")
            path, text = _path(line.removeprefix(_FILE)), []


def _of_hunk(hunk: re.Match[bytes], rest: Iterator[bytes]) -> list[bytes]:
    """Take the lines of a hunk from all that follow, and return those that it adds."""
    removes, adds = (int(hunk[name] or 1) for name in ("removes", "adds"))
    # A backslash begins what git itself says, of a line that nothing ends.
    changed = (line for line in rest if not line.startswith(b"\\"))
    return [line[1:] for line in islice(changed, removes + adds)][removes:]


def _path(name: bytes) -> str:
    """Return a path from the way in which git writes it; nothing where the file is gone."""
    name = name.removesuffix(b"\t")
    if name.startswith(b'"') and name.endswith(b'"'):
        name = _ESCAPE.sub(_unescaped, name[1:-1])
    return "" if name == _NOWHERE else name.removeprefix(b"b/").decode(errors="replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) == len("000") else _ESCAPED.get(code, code)
