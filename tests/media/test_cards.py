"""The picture that others show beside a link to an essay."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from blogtools.media import cards
from blogtools.media.cards import Card
from tests.media.blog import blog
from tests.site.support import MKDOCS, build, differing, essay, replace_in, succeed

COLOURS = ("#ffffff", "#000000", "#555555", "#ff0000")


def card(title: str) -> Card:
    return Card(title, "Ada · 1 June 2026", "A site", COLOURS)


def test_a_card_is_a_picture_of_the_size_that_networks_want() -> None:
    drawn = cards.draw(card("What a title says"))
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    assert image.size == (1200, 630)
    # Paper, ink and accent all show: the letters are there.
    assert {(255, 255, 255), (0, 0, 0), (255, 0, 0)} <= {
        colour for _, colour in image.getcolors(1 << 20) or ()
    }
    assert drawn == cards.draw(card("What a title says"))


def test_every_title_has_room() -> None:
    for title in ("Short", "word " * 40, "W" * 90, "Größe, čas, Ωμέγα, слово <&>"):
        text = cards.svg(card(title))
        lines = text.count("<text") - 2
        assert 1 <= lines <= 6
    assert cards.wrapped("one two three", 1000, 50) == ["one two three"]
    assert all(cards.width(line, 84) <= 500 for line in cards.wrapped("a bc " * 30, 500, 84))


def test_letters_of_other_scripts_are_known_to_be_unknown() -> None:
    assert cards.unknown("Größe, čas, Ωμέγα, слово · …") == ""
    assert cards.unknown("a 文字 文") == "文字"


def test_an_essay_without_a_picture_has_a_card_and_says_so(tmp_path: Path) -> None:
    own = essay("Own", "2026-01-02", image="https://example.org/own.png")
    build(blog(tmp_path, "cards: true", "Text.", **{"posts/own.md": own}))
    page = (tmp_path / "site/posts/e1/index.html").read_text()
    address = "https://drawn.example/assets/cards/posts/e1.png"
    assert f'<meta property="og:image" content="{address}">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert (tmp_path / "site/assets/cards/posts/e1.png").read_bytes().startswith(b"\x89PNG")
    assert "assets/cards" not in (tmp_path / "site/posts/own/index.html").read_text()
    assert not (tmp_path / "site/assets/cards/posts/own.png").exists()


def test_a_card_is_drawn_again_only_if_what_it_says_changes(tmp_path: Path) -> None:
    folder = blog(tmp_path, "cards: {accent: '#123456'}", "Text.", "Other.")
    build(folder)
    before = (folder / "site/assets/cards/posts/e1.png").read_bytes()
    replace_in(folder / "posts/e1.md", "Text.", "Another text.")
    steps = [step.target.path for step in build(folder).steps or ()]
    assert "posts/e1/index.html" in steps
    assert not [path for path in steps if path.endswith(".png")]
    replace_in(folder / "posts/e1.md", "title: Essay 1", "title: Another")
    steps = [step.target.path for step in build(folder).steps or ()]
    assert [path for path in steps if path.endswith(".png")] == ["assets/cards/posts/e1.png"]
    assert (folder / "site/assets/cards/posts/e1.png").read_bytes() != before
    succeed(folder, *MKDOCS, "-d", "site-mkdocs")
    assert differing(folder / "site", folder / "site-mkdocs") == []


def test_letters_that_no_font_has_are_a_warning(tmp_path: Path) -> None:
    report = build(blog(tmp_path, "cards: true", **{"posts/cjk.md": essay("文字", "2026-01-02")}))
    assert [str(found) for found in report.diagnostics] == [
        "posts/cjk.md:2:8: warning: its card cannot show '文字', which our fonts do not have. Name "
        "a font that has them under 'cards: fonts:', or give the essay an 'image'"
    ]
