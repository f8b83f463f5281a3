"""mkdocs-glightbox: pictures that open when they are clicked.

It wraps a page's pictures (``on_page_content``) and adds its script (``on_post_page``); both look
at that page, its metadata and the plugin's options alone. After the build it writes two files of
its own.
"""

from __future__ import annotations

from .adapter import Adapter

ADAPTER = Adapter(
    distribution="mkdocs-glightbox",
    versions=("0.5.3",),
    module="mkdocs_glightbox.plugin",
    writes=True,
)
