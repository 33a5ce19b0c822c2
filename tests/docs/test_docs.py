# SPDX-License-Identifier: Apache-2.0
"""What the documents list is what there is: settings, commands, events, and the places that links lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from core.clock import FixedClock
from core.config import Config
from tests.conftest import NOON
from tests.docs.tables import EVENTS, ROOT, effects, events, with_table
from web import effects as effects_of_web
from web import wiring
from web.app import create_app
from web.cli import cli

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IRREGULAR = {
    "done",
    "drawn",
    "forgotten",
    "given",
    "in",
    "read",
    "seen",
    "sent",
    "set",
    "taken",
    "undone",
    "withdrawn",
}
ROW = re.compile(r"^\| `([^`]+)`", re.MULTILINE)


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name)), command


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------- settings


def test_every_setting_is_in_the_table_in_its_order_and_nothing_else_is() -> None:
    assert ROW.findall(read("docs/configuration.md")) == [part.name for part in fields(Config)]


def test_the_defaults_in_the_table_are_the_defaults() -> None:
    shown = dict(re.findall(r"^\| `([a-z_]+)` \| `([^`]+)` \|", read("docs/configuration.md"), re.MULTILINE))
    defaults = {part.name: str(getattr(Config(), part.name)) for part in fields(Config)}
    assert shown == {name: defaults[name] for name in shown}
    assert {"mode", "host", "port", "threads", "grace_seconds"} <= shown.keys()


def test_every_variable_that_a_document_names_exists() -> None:
    known = {f"KASAUTI_{part.name.upper()}" for part in fields(Config)} | {
        "KASAUTI_CONFIG",
        "KASAUTI_CHROMIUM",
        "KASAUTI_TEST_POSTGRES",
    }
    for file in DOCUMENTS:
        named = set(re.findall(r"\bKASAUTI_[A-Z_]+[A-Z]", file.read_text(encoding="utf-8")))
        assert named <= known, file.name


# ------------------------------------------------------------------------------------------------- commands


def test_every_command_has_its_row_with_each_argument_and_option_and_no_row_is_left_over() -> None:
    rows = {
        row.replace("\\|", "|"): row
        for row in ROW.findall(read("docs/commands.md"))
        if row.startswith("kasauti ")
    }
    found = dict(commands(cli))
    for name, command in found.items():
        (usage,) = [row for row in rows if re.match(rf"kasauti {name}(?: [^a-z]|$)", row)]
        for part in command.params:
            word = part.opts[0] if isinstance(part, click.Option) else part.human_readable_name.upper()
            if isinstance(part, click.Option) or part.name != "help":
                assert word in usage, f"{name}: {word} is missing in its row"
        for word in re.findall(r"--[a-z-]+", usage):
            assert any(word in part.opts for part in command.params), f"{name} has no {word}"
    assert len(rows) == len(found)


def test_every_command_that_a_document_names_exists() -> None:
    names = {name for name, _ in commands(cli)}
    groups = {name.split()[0] for name in names}
    for file in DOCUMENTS:
        for line in re.findall(r"`kasauti ((?:[a-z]+ ?)+)", file.read_text(encoding="utf-8")):
            words = line.split()
            known = (
                words[0] in names or " ".join(words[:2]) in names or (words[0] in groups and len(words) == 1)
            )
            assert known, f"{file.name}: kasauti {line}"


# --------------------------------------------------------------------------------------------------- events


def test_the_table_of_events_is_what_the_source_says() -> None:
    document = EVENTS.read_text(encoding="utf-8")
    assert document == with_table(document), "run scripts/docs"
    assert len(events()) == len(ROW.findall(document))


def test_every_event_has_a_sentence_and_a_name_in_the_past_tense() -> None:
    for name, event in events().items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name), name
        assert (event.__doc__ or "").strip().endswith("."), f"{name} has no sentence"
        assert "ed" in name.split("_")[-1] or name.split("_")[-1] in IRREGULAR, name


def test_every_effect_has_a_handler_and_every_handler_an_event(tmp_path: Path) -> None:
    parts = wiring.build(
        Config(var=tmp_path, secret_key="a secret for tests only, long enough"), clock=FixedClock(NOON)
    )
    handlers = effects_of_web.handlers(create_app(parts))
    parts.engine.dispose()
    assert handlers.keys() == effects().keys()
    assert handlers.keys() <= events().keys(), "a handler waits for an event that nobody emits"


# ---------------------------------------------------------------------------------------------------- links


def heading_anchors(file: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(file: Path) -> None:
    for target in LINK.findall(file.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue  # another site: not asked, the network is off
        place, _, anchor = target.partition("#")
        there = (file.parent / place).resolve() if place else file
        assert there.exists(), f"{file.name}: {target}"
        if anchor:
            assert anchor in heading_anchors(there), f"{file.name}: {target}"


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        here = todo.pop()
        reached.add(here)
        for target in LINK.findall(here.read_text(encoding="utf-8")):
            there = (here.parent / target.partition("#")[0]).resolve()
            found = sorted(there.rglob("*.md")) if there.is_dir() else [there]
            todo += [one for one in found if one.suffix == ".md" and one.exists() and one not in reached]
    assert {file for file in DOCUMENTS if file not in reached} == set()


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_path_that_a_document_names_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for name in re.findall(
        r"`((?:core|scoring|item_bank|proctor|assessor|web|tests|scripts|docs|requirements)/[\w./-]+)`", text
    ):
        assert (ROOT / name).exists(), f"{file.name}: {name}"
