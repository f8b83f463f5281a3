"""Pictures of essays in the sizes and formats that browsers want."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser, LexborNode

from blogtools.media import pictures
from blogtools.model.media import Size
from tests.media.blog import assert_as_built_anew, blog
from tests.site.support import build, essay, run, write

CAMERA = "SecretCamera"
OPTIONS = "images: {widths: [40, 80, 200]}\nworkers: 1"


def picture(
    form: str = "PNG", width: int = 100, height: int = 50, *, orientation: int = 1
) -> bytes:
    """Return a picture whose left half is red, and which tells of a camera."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = CAMERA, orientation
    target = io.BytesIO()
    image.save(target, form, exif=exif)
    return target.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def page(folder: Path, name: str = "posts/e1") -> LexborHTMLParser:
    return LexborHTMLParser((folder / "site" / name / "index.html").read_text())


def one(tree: LexborHTMLParser, selector: str) -> LexborNode:
    found = tree.css(selector)
    assert len(found) == 1, [node.html for node in found]
    return found[0]


@pytest.mark.parametrize("form", ["avif", "webp"])
def test_a_picture_that_lies_on_its_side_is_turned_and_says_nothing(form: str) -> None:
    made = pictures.drawn(picture("JPEG", orientation=6), 25, form, 80)
    assert CAMERA.encode() not in made
    turned = opened(made)
    assert turned.size == (25, 50)
    red, _, blue = turned.getpixel((12, 5))  # type: ignore[misc]
    assert red > 200 > 50 > blue
    assert made == pictures.drawn(picture("JPEG", orientation=6), 25, form, 80)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_stripped_picture_looks_the_same(form: str) -> None:
    data = picture(form)
    assert CAMERA.encode() in data
    bare = pictures.stripped(data)
    assert CAMERA.encode() not in bare
    if form != "WEBP":
        assert opened(bare).tobytes() == opened(data).tobytes()
    assert CAMERA.encode() not in pictures.stripped(picture("JPEG", orientation=6))
    assert opened(pictures.stripped(picture("JPEG", orientation=6))).size == (50, 100)


def test_sizes_are_those_that_are_shown(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.jpg": picture("JPEG", orientation=8),
        "b.svg": b'<?xml version="1.0"?><svg viewBox="0 0 30 20"/>',
        "c.svg": b'<svg width="12px" height="13" viewBox="0 0 30 20"></svg>',
        "d.svg": b"no picture",
        "e.png": b"no picture",
    }
    write(tmp_path, files)
    found = [pictures.measure(tmp_path / name) for name in files]
    assert found == [Size(50, 100), Size(30, 20), Size(12, 13), Size(), Size()]


BODY = """
![Red and blue](photo.jpg "What one sees")

Inside ![a small one](small.png) a text, ![drawn](drawn.svg), and [the whole](linked.png).

![linked](linked.png)
"""
FILES: dict[str, str | bytes] = {
    "posts/photo.jpg": picture("JPEG", 300, 150),
    "posts/small.png": picture(),
    "posts/linked.png": picture(),
    "posts/drawn.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>\n',
}


def test_a_page_offers_each_picture_in_every_format_and_width(tmp_path: Path) -> None:
    build(blog(tmp_path, OPTIONS, BODY, **FILES))
    shown = one(page(tmp_path), "figure > picture")
    offered = [node.attributes for node in shown.css("source")]
    assert [node["type"] for node in offered] == ["image/avif", "image/webp"]
    assert offered[0]["srcset"] == (
        "../photo.jpg.40.avif 40w, ../photo.jpg.80.avif 80w, ../photo.jpg.200.avif 200w"
    )
    image = one(page(tmp_path), "figure img").attributes
    assert image["src"] == "../photo.jpg.200.webp"
    assert (image["width"], image["height"]) == ("200", "100")
    assert "loading" not in image
    assert "title" not in image
    assert one(page(tmp_path), "figcaption").text() == "What one sees"
    assert one(page(tmp_path), "img[alt='a small one']").attributes["loading"] == "lazy"
    assert one(page(tmp_path), "img[alt='drawn']").attributes["height"] == "20"
    for node in page(tmp_path).css("picture source"):
        for offer in str(node.attributes["srcset"]).split(", "):
            name, width = offer.split()
            made = tmp_path / "site/posts/e1" / name
            with Image.open(made) as found:
                assert f"{found.width}w" == width


def test_the_picture_above_the_text_is_offered_in_every_width_too(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "posts/raster.md": essay("Raster", body=BODY, hero="photo.jpg", hero_alt="'<Red> & blue'"),
        "posts/vector.md": essay("Vector", hero="drawn.svg"),
        **FILES,
    }
    folder = blog(tmp_path / "blog", OPTIONS, **files)
    build(folder)
    image = one(page(folder, "posts/raster"), ".bt-hero > picture > img").attributes
    assert (image["width"], image["height"]) == ("200", "100")
    assert (image["alt"], image["fetchpriority"]) == ("<Red> & blue", "high")
    assert image["src"] == "../photo.jpg.200.webp"
    assert len(page(folder, "posts/raster").css(".bt-hero source")) == 2
    image = one(page(folder, "posts/vector"), ".bt-hero > img").attributes
    assert (image["src"], image["width"], image["height"]) == ("../drawn.svg", "30", "20")
    write(folder, {"posts/photo.jpg": picture("JPEG", 60, 60)})
    build(folder)
    assert one(page(folder, "posts/raster"), ".bt-hero img").attributes["height"] == "60"
    assert_as_built_anew(folder)


def test_a_picture_above_the_text_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    files = {"posts/raster.md": essay("Raster", hero="nowhere.jpg")}
    done = run(blog(tmp_path, OPTIONS, **files), "blogtools", "build")
    assert done.stderr.count("nowhere.jpg") == 1


def test_no_published_picture_tells_of_the_camera(tmp_path: Path) -> None:
    build(blog(tmp_path, OPTIONS, BODY, **FILES))
    published = {
        path.name: path.read_bytes()
        for path in (tmp_path / "site/posts").iterdir()
        if path.is_file()
    }
    assert CAMERA.encode() in FILES["posts/photo.jpg"]
    assert not [name for name, data in published.items() if CAMERA.encode() in data]
    assert {"linked.png", "drawn.svg"} <= published.keys()
    assert not {"photo.jpg", "small.png"} & published.keys()


def test_pictures_of_a_bundle_are_published_only_as_they_are_drawn_anew(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "posts/own/index.md": essay("Own", body="![A](a.png)"),
        "posts/own/a.png": picture(),
        "posts/own/data.csv": "1,2\n",
    }
    build(blog(tmp_path, OPTIONS, **files))
    names = sorted(path.name for path in (tmp_path / "site/posts/own").iterdir())
    assert names == [
        *("a.png.100.avif", "a.png.100.webp", "a.png.40.avif", "a.png.40.webp"),
        *("a.png.80.avif", "a.png.80.webp", "data.csv", "index.html", "index.md"),
    ]


def test_equal_texts_in_two_folders_show_their_own_pictures(tmp_path: Path) -> None:
    text = essay("Same", body="![A](a.png)")
    files: dict[str, str | bytes] = {}
    for name, width in (("one", 60), ("two", 90)):
        files |= {f"posts/{name}/index.md": text, f"posts/{name}/a.png": picture(width=width)}
    folder = blog(tmp_path, OPTIONS, **files)
    for _ in range(2):
        build(folder)
        for name, wide in (("one", "60"), ("two", "90")):
            shown = one(page(tmp_path, f"posts/{name}"), "picture img")
            assert shown.attributes["width"] == wide


def test_a_picture_without_words_is_a_warning_at_its_place(tmp_path: Path) -> None:
    body = "Text.\n\n![](small.png) ![](small.png){ role=presentation }"
    report = build(blog(tmp_path, OPTIONS, body, **FILES))
    assert [str(found) for found in report.diagnostics] == [
        "posts/e1.md:8:5: warning: the picture 'small.png' has no text for those who do not see "
        "it. Write what it shows between the brackets: ![what it shows](...)"
    ]


def test_a_changed_picture_gives_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    blog(folder, OPTIONS, BODY, "![Small](small.png)", **FILES)
    build(folder)
    (folder / "posts/photo.jpg").write_bytes(picture("JPEG", 70, 90))
    (folder / "posts/small.png").write_bytes(picture("PNG", 100, 50, orientation=1)[:-20])
    (folder / "posts/small.png").write_bytes(picture("PNG", 30, 30))
    report = build(folder)
    assert not [step for step in report.steps or () if "drawn.svg" in step.target.path]
    assert_as_built_anew(folder)


def test_without_the_option_pictures_are_as_they_were(tmp_path: Path) -> None:
    build(blog(tmp_path, "images: false", BODY, **FILES))
    assert (tmp_path / "site/posts/photo.jpg").read_bytes() == FILES["posts/photo.jpg"]
    assert not page(tmp_path).css("picture")
