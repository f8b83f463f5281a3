"""The guide names every command, option and finding, and none that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from blogtools.cli import main
from blogtools.content.frontmatter import schema
from blogtools.model.companion import CompanionOptions
from blogtools.model.project import BlogOptions, TaxonomyOptions
from tests.site.support import ROOT

GUIDE = ROOT / "docs" / "guide"


def commands(group: click.Group, path: str = "blogtools") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, by its full name."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(main))


def documented() -> dict[str, str]:
    """Return the section of each command that the guide describes."""
    text = (GUIDE / "commands.md").read_text("utf-8")
    parts = re.split(r"^## `(blogtools[^`]*)`$", text, flags=re.MULTILINE)[1:]
    return {
        re.sub(r" [\[A-Z].*", "", heading): section
        for heading, section in zip(parts[::2], parts[1::2], strict=True)
    }


def options(command: click.Command) -> dict[str, click.Option]:
    found = (p for p in command.params if isinstance(p, click.Option))
    return {name: option for option in found for name in option.opts}


def rows(section: str) -> dict[str, str]:
    """Return what a section's table says is the default of each option."""
    table = re.findall(r"^\| (`-[^|]*) \| ([^|]*) \|", section, re.MULTILINE)
    return {name: default for cell, default in table for name in re.findall(r"`(--?[a-z-]+)", cell)}


def test_the_guide_describes_every_command_and_no_other() -> None:
    assert documented().keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_guide_names_every_option_and_no_other(name: str) -> None:
    assert rows(documented()[name]).keys() == options(COMMANDS[name]).keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_guide_names_every_argument(name: str) -> None:
    text = (GUIDE / "commands.md").read_text("utf-8")
    heading = next(iter(re.findall(rf"^## `({name}(?: [\[A-Z].*)?)`$", text, re.MULTILINE)))
    arguments = [p for p in COMMANDS[name].params if isinstance(p, click.Argument)]
    written = heading.removeprefix(name).split()
    assert written == [p.make_metavar(click.Context(COMMANDS[name])) for p in arguments]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_guide_knows_the_defaults(name: str) -> None:
    section = rows(documented()[name])
    for option, parameter in options(COMMANDS[name]).items():
        default = parameter.default
        if isinstance(default, str | int) and not isinstance(default, bool):
            assert section[option] == f"`{default}`"


def test_the_guide_describes_every_option_of_the_configuration() -> None:
    text = (GUIDE / "configuration.md").read_text("utf-8")
    fields = [*BlogOptions.__struct_fields__, *TaxonomyOptions.__struct_fields__]
    fields += CompanionOptions.__struct_fields__
    everywhere = text + (GUIDE / "references.md").read_text("utf-8")
    assert [name for name in fields if f"`{name}`" not in everywhere] == []


def test_the_guide_describes_every_key_of_the_front_matter() -> None:
    text = (GUIDE / "writing.md").read_text("utf-8")
    keys = schema(tuple(BlogOptions().active_taxonomies)).model_fields
    assert [key for key in keys if f"`{key}`" not in text and f"{key}:" not in text] == []


def codes() -> set[str]:
    """Return the code of every finding that the engine can come to."""
    known = (
        r"file|front-matter|essay|date|title|url|authors|link|page|markdown|config|companion|plugin|run"
        r"|inventory|notebook|pin|math|image(?=.no-)|card|diagram|citation|publish"
    )
    sources = (file.read_text("utf-8") for file in (ROOT / "src" / "blogtools").rglob("*.py"))
    found = {code for text in sources for code in re.findall(rf'"((?:{known})/[a-z-]+)"', text)}
    return found | {"companion/integrity", "mkdocs", "template"}


def test_the_guide_explains_every_finding_and_no_other() -> None:
    text = (GUIDE / "troubleshooting.md").read_text("utf-8")
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert {code for heading in headings for code in re.findall(r"`([^`]+)`", heading)} == codes()
