"""An essay as they come: 1,500 words with code and formulas."""

from __future__ import annotations

from pathlib import Path

from tests.site.support import build, essay, write

CONFIG = """\
site_name: Weighed
site_url: https://weighed.example/
site_description: What an essay weighs.
theme: {name: material}
plugins:
  - blogtools: {math: true}
  - search
"""
_SENTENCES = """\
Most of what is written about sums forgets that a computer adds numbers of a fixed length. The order
in which they are added decides which digits are lost, and a careful program loses fewer of them.
Whoever measures this on paper first will find the code below easy to follow, and *hard to improve*.
""".replace("\n", " ")
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
    """Build a blog with that essay, and with another of the same kind; return its site."""
    parts = [f"## Part {n}\n\n{_SENTENCES * 7}\n\n{_CODE}\n{_MATH}" for n in range(1, 5)]
    body = f"{_SENTENCES}\n\n" + "\n\n".join(parts)
    files = {
        "mkdocs.yml": CONFIG,
        "posts/one.md": essay("On adding numbers", "2026-01-01", body, tags="[sums]"),
        "posts/two.md": essay("On adding more", "2026-01-02", body, tags="[sums]"),
    }
    build(write(root, files))
    return root / "site"
