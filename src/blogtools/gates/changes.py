"""The lines that were changed since a commit, as git tells them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from blogtools.gates.checkout import Checkout
from blogtools.model.gate import Broken

_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(checkout: Checkout, since: str) -> Mapping[str, frozenset[int]]:
    """Return the numbers of lines that are new or changed, by file, relative to the root.

    Args:
        checkout: The project.
        since: A commit or branch. What counts is where the two parted, as for a merge request.

    Raises:
        Broken: This is no git repository, or it does not know that commit.
    """
    git = checkout.runner.tool("git").path
    base = checkout.runner.run([git, "merge-base", "--end-of-options", since, "HEAD"])
    if base.code:
        raise Broken(
            f"git cannot say where this parted from {since}: {base.said() or 'nothing in common'}",
            "Name a commit that is there with --compare; a pipeline has it with GIT_DEPTH: 0",
        )
    commit = base.out.decode().strip()
    asked = ["--unified=0", "--no-color", "--no-ext-diff", "--no-prefix", "--relative", commit]
    command = [git, "-c", "core.quotePath=off", "diff", *asked, "--", "*.py"]
    return read_diff(checkout.runner.run(command).must_exit(0).out.decode(errors="surrogateescape"))


def read_diff(diff: str) -> Mapping[str, frozenset[int]]:
    """Return the new or changed lines by file.

    Args:
        diff: What ``git diff --unified=0 --no-prefix`` says.
    """
    lines: defaultdict[str, set[int]] = defaultdict(set)
    path, left = "", 0
    for line in diff.splitlines():
        hunk = _HUNK.match(line)
        if left and line[:1] == "+":
            left -= 1
        elif line.startswith("+++ "):
            path = line[4:].rstrip("\t").strip('"')
        elif hunk:
            first, left = int(hunk[1]), int(hunk[2] or 1)
            lines[path] |= set(range(first, first + left))
    return {name: frozenset(numbers) for name, numbers in lines.items() if name != "/dev/null"}
