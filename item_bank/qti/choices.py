# SPDX-License-Identifier: Apache-2.0
"""The choices, hotspots and pictures of interactions as JSON. Which interaction holds what is in ``interactions``."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final

from item_bank.markup import escape
from item_bank.qti.areas import read_area
from item_bank.qti.flow import Flow, escaped_text
from item_bank.qti.gathering import Gathering
from item_bank.qti.identifiers import Identifiers
from item_bank.qti.names import CLASS
from item_bank.qti.xml import attributes_of, is_element, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MARKER: Final = "kasauti-marker.svg"
"""The picture of the thing to place, in our own packages: the bank has none."""
_WHOLE = re.compile(r"[0-9]{1,9}")
PICTURE = re.compile(r'<img(?=[^>]*? src="media:([^"]+)")(?:[^>]*? alt="([^"]*)")?[^>]*>')


class ChoiceReader:
    """Reads what stands inside interactions: ``texts`` collects their texts, ``stage`` is the picture to place things on."""

    def __init__(self, gathering: Gathering, identifiers: Identifiers) -> None:
        self.gathering = gathering
        self.identifiers = identifiers
        self.texts: dict[str, str] = {}
        self.stage = ""

    def read_choice(self, node: _Element) -> dict[str, Any]:
        """One choice, gap or hotspot without its text."""
        attributes = attributes_of(node)
        choice: dict[str, Any] = {"id": self.identifiers.choice(attributes.get("identifier", ""))}
        if attributes.get("fixed") == "true":
            choice["fixed"] = True
        if (most := whole(attributes.get("matchMax"), 1)) != 1:
            choice["most"] = most
        if whole(attributes.get("matchMin"), 0):
            self.gathering.lose("the least number of pairs of one choice (matchMin)")
        if attributes.get("matchGroup"):
            self.gathering.lose("which choices may be paired (matchGroup)")
        self.refuse_template(node)
        return choice

    def refuse_template(self, node: _Element) -> None:
        """A choice that belongs to a template refuses the item."""
        attributes = attributes_of(node)
        if attributes.get("templateIdentifier"):
            self.gathering.refuse(
                node, "template_item", "a choice that shows only in some variants of the item"
            )

    def read_gap_picture(
        self, node: _Element, choice: dict[str, Any], text: str
    ) -> tuple[dict[str, Any], str]:
        """A gap text that is a picture: its label is its text."""
        found = PICTURE.search(text)
        if found is None:
            self.gathering.refuse(node, "picture_missing", "a gap picture without a picture")
            return choice, text
        label = attributes_of(node).get("objectLabel") or html.unescape(found[2] or "")
        if not label:
            self.gathering.lose(f"nothing names the picture {choice['id']!r}; its identifier is its label")
            label = choice["id"]
        return {**choice, "media": found[1]}, escape(label)

    def read_picture(self, node: _Element, part: dict[str, Any], flow: Flow) -> None:
        """The picture that an interaction stands on."""
        for child in node:
            if is_element(child) and name_of(child) in ("object", "img", "picture"):
                part["image"] = self.name_of_picture(child, flow)
                return
        self.gathering.refuse(node, "picture_missing", f"{part['kind']} without a picture")

    def name_of_picture(self, node: _Element, flow: Flow) -> str:
        """The name of a picture within the item, empty (and a problem) where it is none."""
        found = PICTURE.search(flow.shown(node))
        if found is None and not self.gathering.problems:
            self.gathering.refuse(node, "picture_missing", "this is not a picture")
        return found[1] if found else ""

    def read_spots(self, node: _Element, part: dict[str, Any], member: str, name: str) -> None:
        """The places on the picture that can be chosen or filled."""
        for child in node:
            if not is_element(child) or name_of(child) != name:
                continue
            attributes = attributes_of(child)
            choice = {**self.read_choice(child), "area": read_area(attributes, self.gathering, child)}
            label = attributes.get("hotspotLabel", "")
            if not label:
                self.gathering.lose(
                    f"nothing names the hotspot {choice['id']!r}; its identifier is its label"
                )
                label = choice["id"]
            part.setdefault(member, []).append(choice)
            self.texts[f"{part['id']}.{choice['id']}"] = escaped_text(label)

    def read_placed(self, node: _Element, part: dict[str, Any], flow: Flow) -> None:
        """What is placed on the stage: its picture goes into the prompt."""
        if not self.stage:
            self.gathering.refuse(node, "picture_missing", "nothing to place it on (positionObjectStage)")
            return
        part["image"] = self.stage
        for child in node:
            if not is_element(child) or name_of(child) not in ("object", "img", "picture"):
                continue
            attributes = attributes_of(child)
            if (attributes.get("data") or attributes.get("src") or "").endswith(
                MARKER
            ) and self.gathering.exact:
                continue
            name = f"{part['id']}.prompt"
            self.texts[name] = f"{self.texts.get(name, '')} {flow.shown(child)}".strip()


def own_picture(node: _Element) -> bool:
    """Whether our own export put the picture that shows a choice before its text."""
    first = next(iter(node), None)
    return (
        first is not None
        and is_element(first)
        and f"{CLASS}choice" in attributes_of(first).get("class", "").split()
    )


def whole(text: str | None, default: int) -> int:
    """A whole number >= 0, or the default for any other text."""
    return int(text) if text is not None and _WHOLE.fullmatch(text.strip()) else default
