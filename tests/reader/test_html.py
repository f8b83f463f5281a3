"""The Nu HTML checker finds no error in any page. It is slow to start: all are given at once."""

from __future__ import annotations

from pathlib import Path

from blogtools.gates import nu
from blogtools.gates.running import Runner
from tests.gates.judged import jar


def test_every_page_is_html_as_the_standard_has_it(
    demo: Path, documented: Path, drawn: Path, fresh: Path, tmp_path: Path
) -> None:
    sites = (demo, documented, drawn, fresh)
    files = [file for site in sites for file in sorted(site.rglob("*.html"))]
    assert len(files) > 50

    _, found = nu.check(files, jar(), Runner(tmp_path, 300))

    assert [str(one) for one in found if not one.accepted] == []
