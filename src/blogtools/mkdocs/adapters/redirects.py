"""mkdocs-redirects: small pages at old addresses, written after the build.

It knows its destinations by the names of MkDocs' files, which it collects in ``on_files``. What it
writes depends on its options and on the addresses of those files.
"""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig

from .adapter import Adapter, Plugin


def _objection(plugin: Plugin, _config: MkDocsConfig) -> str:
    for old, new in plugin.config["redirect_maps"].items():
        if not (isinstance(old, str) and isinstance(new, str)):
            return "a redirect that is no text"
        if old.startswith("/") or ".." in old.split("/"):
            return f"'{old}' is not inside the site"
    return ""


def _names(plugin: Plugin) -> frozenset[str]:
    return frozenset(new.partition("#")[0] for new in plugin.config["redirect_maps"].values())


ADAPTER = Adapter(
    distribution="mkdocs-redirects",
    versions=("1.2.3",),
    module="mkdocs_redirects.plugin",
    objection=_objection,
    names=_names,
    writes=True,
)
