"""Where links to the source of each version lead."""

from __future__ import annotations

import pytest

from blogtools.model.companion import CompanionOptions

URL = "https://code.example/v{version}/{path}#L{line}"
PLAIN = "https://code.example/{path}"


@pytest.mark.parametrize(
    ("version", "template", "links"),
    [("1.0", URL, URL), ("dev", URL, ""), ("1.0", PLAIN, PLAIN), ("dev", PLAIN, PLAIN)],
)
def test_a_working_tree_has_no_links_that_need_a_version(
    version: str, template: str, links: str
) -> None:
    entry = CompanionOptions(
        name="pkg",
        source="checkout",
        versions=["dev", "1.0"],  # type: ignore[arg-type]  # as YAML has it
        modules=["pkg"],  # type: ignore[arg-type]
        source_url=template,
    )
    assert entry.at(version).source_url == links
