"""Plugins that look at pages one by one: glightbox, section-index."""

from __future__ import annotations

from pathlib import Path

from .building import ONE, Site


def test_glightbox(tmp_path: Path) -> None:
    site = Site.of(tmp_path, "blogtools", "glightbox")
    site.begin()
    assert 'class="glightbox"' in site.page("posts/three/index.html")
    assert 'class="glightbox"' in site.page("about/index.html")
    assert "assets/javascripts/glightbox.min.js" in site.files()

    site.edit("mkdocs.yml", "glightbox", "glightbox: {auto_caption: true}")
    site.right()
    assert 'data-title="Another"' in site.page("about/index.html")

    site.edit("docs/about.md", "# About", "---\nglightbox: false\n---\n\n# About")
    site.right()
    assert "glightbox" not in site.page("about/index.html")

    site.edit("mkdocs.yml", "  - glightbox: {auto_caption: true}\n", "")
    site.right()
    assert "assets/javascripts/glightbox.min.js" not in site.files()


def test_section_index(tmp_path: Path) -> None:
    site = Site.of(tmp_path, "blogtools", "section-index")
    site.begin()
    assert 'href="../../guide/"' in site.page(ONE)

    site.write("docs/guide/index.md", "---\nicon: material/book\n---\n\nAnother guide.\n")
    assert ONE in site.right().pages, "the navigation shows the section's icon"

    site.edit("docs/guide/index.md", "Another", "One more")
    assert site.right().pages == ["guide/index.html"]

    site.edit("mkdocs.yml", "      - guide/index.md\n", "      - posts/four.md\n")
    site.right()
    assert 'href="../four/"' in site.page(ONE)
    site.edit("posts/four.md", "print(1)", "print(2)")
    assert "posts/four/index.html" in site.right().pages
