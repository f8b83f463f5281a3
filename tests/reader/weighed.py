"""An essay as they come: 1,500 words with code and formulas."""

from __future__ import annotations

import re
from pathlib import Path

from tests.site.support import ROOT, build, essay, write

CONFIG = """\
site_name: Weighed
site_url: https://weighed.example/
site_description: What an essay weighs.
theme: {name: material}
plugins:
  - blogtools: {math: true}
  - search
"""
_PARTS = 4
_CODE = '''\
```python title="total.py"
from collections.abc import Iterable


def total(numbers: Iterable[float]) -> float:
    """Return a sum that keeps what each step would lose."""
    found, lost = 0.0, 0.0
    for number in numbers:
        wanted = number - lost
        after = found + wanted
        lost = (after - found) - wanted
        found = after
    return found
```
'''
_MATH = r"""
The error of step $k$ is at most $\varepsilon \lvert s_k \rvert$, so for $x \in \mathbb{R}^n$

$$
\Bigl\lvert \hat{s} - \sum_{i=1}^{n} x_i \Bigr\rvert
\le \left( 2\varepsilon + \mathcal{O}(n\varepsilon^2) \right) \sum_{i=1}^{n} \lvert x_i \rvert,
\qquad \int_0^\infty e^{-t^2}\,dt = \frac{\sqrt{\pi}}{2}.
$$
"""


def make_weighed(root: Path) -> Path:
    """Build a blog with two such essays; return its site."""
    build(write(root, {"mkdocs.yml": CONFIG, **essays("posts")}))
    return root / "site"


def essays(folder: str) -> dict[str, str]:
    """Return two such essays, by their files in a folder: the second goes on where one stops."""
    guides = (ROOT / f"docs/guide/{name}.md" for name in ("writing", "running"))
    words = re.findall(r"[A-Za-z]{2,}", " ".join(guide.read_text() for guide in guides))
    one, two = _body(words[:1500]), _body(words[-1500:])
    return {
        f"{folder}/on-adding-numbers.md": essay("On adding numbers", "2026-01-01", one, tags="[a]"),
        f"{folder}/on-adding-more.md": essay("On adding more", "2026-01-02", two, tags="[a]"),
    }


def _body(words: list[str]) -> str:
    size = len(words) // _PARTS
    texts = (" ".join(words[at : at + size]) for at in range(0, len(words), size))
    return "\n\n".join(
        f"## Part {n}\n\n*First* {text}.\n\n{_CODE}\n{_MATH}" for n, text in enumerate(texts)
    )
