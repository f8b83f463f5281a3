"""A small blog that shows every kind of block and page that readers meet."""

from __future__ import annotations

from pathlib import Path

from tests.site.support import essay, succeed, write

_CONFIG = """\
site_name: Proof & Sheet
site_url: https://proof.example/
site_description: Essays set in type.
site_author: Ada Lovelace
copyright: Set in Literata
repo_url: https://code.example/proof
theme: {name: material, features: [content.action.edit]}
extra: {social: [{icon: simple/mastodon, link: "https://social.example/@ada", name: Ada}]}
plugins:
  blogtools:
    workers: 1
    per_page: 3
    timezone: UTC
    me: ["https://social.example/@ada"]
    webmention: https://mentions.example/proof
    discuss: {By e-mail: "mailto:ada@proof.example?subject={title}"}
nav:
  - Essays: index.md
  - Guide: [guide/index.md, guide/more.md]
  - Archive: archive.md
  - Tags: tags.md
"""
_AUTHORS = """\
authors:
  ada:
    name: Ada Lovelace
    description: Writes programs for engines that are not built yet.
    avatar: ada.svg
    url: https://ada.example/
"""
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9" width="160" height="90">'
    '<rect width="16" height="9" fill="#888"/></svg>\n'
)
#: Every kind of block that Markdown gives.
EVERYTHING = """\
The first words of an essay with *everything*[^one], and `inline_code`.

[^one]: A note with [a link](https://elsewhere.example/), `code` and *emphasis*.
[^two]: A note.

    Of two paragraphs.

## Code

```python title="engine.py" hl_lines="2"
def note(number: int) -> str:
    return f"note {number}"  # (1)!
```

1. What the note says, with a [link](#tables).

```diff
-old
+new
```

```text
plain
```

=== "One"

    First tab[^two].

=== "Two"

    Second tab.

## Tables

| Name | Count |     |
| :--- | ----: | :-: |
| a    |     1 |  x  |

- [x] done
- [ ] open

!!! note

    A callout.

!!! warning "Mind"

    Another one.

??? tip "Closed"

    Opened by hand.

> A quotation.

Term
:   Its definition.

### Pictures

![A grey sheet](sheet.svg "What it shows")

![Light](sheet.svg#only-light)![Dark](sheet.svg#only-dark)

A line, ++not++ a key, and an abbreviation: HTML.

*[HTML]: Hypertext
"""


def make_blog(root: Path) -> Path:
    """Write the blog, build it into ``site``, and make that searchable."""
    write(
        root,
        {
            "mkdocs.yml": _CONFIG,
            "docs/ada.svg": _PICTURE,
            "docs/guide/index.md": "# Guide\n\nA page.\n\n## Part\n\nText.\n\n## Other\n\nMore.\n",
            "docs/guide/more.md": "# More\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
            "posts/.authors.yml": _AUTHORS,
            "posts/sheet/sheet.svg": _PICTURE,
            "posts/sheet/index.md": essay(
                "Everything on one sheet",
                "2026-03-03",
                EVERYTHING,
                description="What a page can hold.",
                authors="[ada]",
                tags="[Type, Code]",
                series="Sheets",
                pin="true",
                hero="sheet.svg",
                hero_alt="A grey sheet",
            ),
        },
    )
    text = essay(
        "Alles auf einem Bogen",
        "2026-03-04",
        "Noch etwas Text.\n\n```python\nx = 1\n```\n\n- [x] getan\n",
        lang="de",
        translation_of="sheet/index.md",
    )
    arabic = essay("ورقة", "2026-01-09", "كلمات.", lang="ar", translation_of="sheet/index.md")
    write(root, {"posts/bogen.md": text, "posts/waraqa.md": arabic})
    for number in range(1, 5):
        text = essay(f"Sheet {number}", f"2026-01-0{number}", series="Sheets", tags="[Type]")
        write(root, {f"posts/sheet-{number}.md": text})
    succeed(root, "blogtools", "build", "--strict")
    succeed(root, "blogtools", "index")
    return root
