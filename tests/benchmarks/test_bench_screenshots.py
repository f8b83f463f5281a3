from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import screenshots


def test_a_site_that_lacks_a_page_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "404.html").write_text("x")
    said = ["--kind", "not-found", "--kind", "tag", "--to", str(tmp_path / "out")]
    assert screenshots.main([str(tmp_path), *said]) == 1
    assert capsys.readouterr().err == f"{tmp_path} has no tags/verification/\n"
    assert not (tmp_path / "out").exists()


def test_a_sheet_shows_four_screens_beside_each_other() -> None:
    sizes = [(width, screenshots.HEIGHT) for width in (screenshots.WIDE, screenshots.NARROW)]
    colours = ("red", "lime", "blue", "black")
    screens = []
    for size, colour in zip(sizes * 2, colours, strict=True):
        written = io.BytesIO()
        Image.new("RGB", size, colour).save(written, "PNG")
        screens.append(written.getvalue())
    sheet = Image.open(io.BytesIO(screenshots.sheet(screens))).convert("RGB")
    right, bottom = sheet.width - 60, sheet.height - 60
    places = ((60, 60), (right, 60), (60, bottom), (right, bottom))
    # A lossy picture: what is bright is bright, and nothing else is.
    shown = [
        [bool(band > 128) for band in sheet.crop((*place, place[0] + 1, place[1] + 1)).tobytes()]
        for place in places
    ]
    assert shown == [[band == n for band in range(3)] for n in range(4)]
    assert len(screenshots.sheet(screens)) < 20_000
