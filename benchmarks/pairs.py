"""Old code against new, text by text: `python -m benchmarks.pairs OLD`, a folder with a checkout.

Whole builds of the same commit differ by a twentieth, by what else the machine does. Here both
checkouts convert the same text in turns, in one process, and of each the least counts.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.corpus import read_corpus
from benchmarks.floor import extensions
from benchmarks.scale import scale

HERE = Path(__file__).parent
# After so many texts, what they have left is looked at, between two measurements.
_BATCH = 50

#: Converts a text; two results are compared by how they are written.
Convert = Callable[[str], object]


class ResultsDifferError(Exception):
    """Old and new code made different things of a text."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and say what came of it.

    Args:
        arguments: Those of the command line, if left out.

    Returns:
        0; 1 where the results differ.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pairs", description=__doc__)
    corpus = os.environ.get("BLOGTOOLS_CORPUS")
    parser.add_argument("old", type=Path, help="a checkout of another commit")
    parser.add_argument("--corpus", type=Path, default=corpus, required=corpus is None)
    parser.add_argument("--size", type=int, default=300, help="how many posts")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    texts = [post.body for post in scale(read_corpus(options.corpus), options.size)]
    converters = [converter(folder) for folder in (options.old, HERE.parent)]
    gc.freeze()
    gc.disable()
    try:
        old, new = compare(texts, converters[0], converters[1], options.rounds)
    except ResultsDifferError as differing:
        sys.stderr.write(f"{differing}\n")
        return 1
    sys.stdout.write(f"old {old:.3f} s, new {new:.3f} s: {new / old:.4f}\n")
    return 0


def converter(checkout: Path) -> Convert:
    """Return what converts a text by the code of a checkout, beside that of others.

    Args:
        checkout: Its folder.
    """
    for name in [name for name in sys.modules if name.split(".")[0] == "blogtools"]:
        del sys.modules[name]
    sys.path.insert(0, str(checkout.resolve() / "src"))
    try:
        markdown = import_module("blogtools.content.markdown")
        project = import_module("blogtools.model.project")
    finally:
        del sys.path[0]
    configs = extensions()
    settings = project.MarkdownSettings(extensions=tuple(configs), configs=configs)
    convert: Convert = markdown.Converter(settings)
    convert("# Sets up\n\n`what` *is*\n\n```python\nneeded = 1\n```\n")
    return convert


def compare(
    texts: Iterable[str],
    old: Convert,
    new: Convert,
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Convert each text by both, in turns, and add up the least that each took.

    Args:
        texts: The texts.
        old: One way.
        new: The other.
        rounds: How often each converts a text.
        clock: Tells seconds.

    Returns:
        The sums for old and new, in seconds.

    Raises:
        ResultsDifferError: They do not make the same of a text.
    """
    sums = [0.0, 0.0]
    for number, text in enumerate(texts, start=1):
        least, made = [float("inf")] * 2, [""] * 2
        for turn in range(rounds):
            # Who comes second finds the text in the processor's caches.
            for which in ((0, 1), (1, 0))[(number + turn) % 2]:
                begun = clock()
                result = (old, new)[which](text)
                least[which] = min(least[which], clock() - begun)
                made[which] = repr(result)
        if made[0] != made[1]:
            raise ResultsDifferError(f"text {number} becomes something else")
        sums = [total + one for total, one in zip(sums, least, strict=True)]
        if number % _BATCH == 0:
            gc.collect()
    return sums[0], sums[1]


if __name__ == "__main__":
    sys.exit(main())
