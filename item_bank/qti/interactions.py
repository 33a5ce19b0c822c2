# SPDX-License-Identifier: Apache-2.0
"""The interactions of a QTI body as the JSON form of parts and their texts. Keys are in ``keys``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from item_bank.qti.choices import PICTURE, ChoiceReader, own_picture, whole
from item_bank.qti.flow import Flow
from item_bank.qti.gathering import Gathering
from item_bank.qti.identifiers import Identifiers
from item_bank.qti.names import CLASS, OPTIONS, SHUFFLED, SPOTS
from item_bank.qti.responses import kind_of
from item_bank.qti.rubric_text import block_text, content_body, holds_interaction
from item_bank.qti.xml import attributes_of, is_element, name_of
from scoring.api import Element, Interaction

if TYPE_CHECKING:
    from lxml.etree import _Element

_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_BY_MAX_CHOICES: Final = {Interaction.CHOICE_MULTIPLE, Interaction.HOTTEXT, Interaction.HOTSPOT, Interaction.SELECT_POINT,
                          Interaction.POSITION_OBJECT, Interaction.ORDER, Interaction.GRAPHIC_ORDER}  # fmt: skip
_BY_MAX_ASSOCIATIONS: Final = {Interaction.ASSOCIATE, Interaction.MATCH, Interaction.GRAPHIC_ASSOCIATE}
_ON_PICTURE: Final = {
    Interaction.HOTSPOT, Interaction.SELECT_POINT, Interaction.GRAPHIC_ORDER, Interaction.GRAPHIC_ASSOCIATE,
    Interaction.GRAPHIC_GAP_MATCH,
}  # fmt: skip
_READ: Final = frozenset(
    [
        "responseIdentifier",
        "shuffle",
        "maxChoices",
        "minChoices",
        "maxAssociations",
        "minAssociations",
        "matchMax",
        "expectedLength",
        "expectedLines",
        "lowerBound",
        "upperBound",
        "step",
        "type",
        "required",
        "class",
        "id",
        "label",
        "base",
        "format",
    ]
)


class InteractionReader(ChoiceReader):
    """Collects the parts and texts of one body. ``declared`` are the response declarations by identifier."""

    def __init__(
        self, gathering: Gathering, declared: Mapping[str, Element], identifiers: Identifiers
    ) -> None:
        super().__init__(gathering, identifiers)
        self.parts: list[dict[str, Any]] = []
        self.rubrics: list[tuple[str, str]] = []
        self.set_outcomes: frozenset[str] = frozenset()
        self._declared = declared
        self._inside: list[str] = []

    # ------------------------------------------------------------------------------------ what the flow calls

    def interaction(self, node: _Element, name: str, flow: Flow) -> str:
        """Read one interaction; its place."""
        if name == "mediaInteraction":
            return self._media(node, flow)
        if name == "positionObjectStage":
            return self._positioned(node, flow)
        attributes = attributes_of(node)
        response = attributes.get("responseIdentifier", "")
        kind = self._kind(node, name, response)
        if kind is None:
            return ""
        for attribute in attributes.keys() - _READ:
            if not attribute.startswith(("data-kasauti", "xml:")):
                self.gathering.dropped.add(attribute[:40])
        part: dict[str, Any] = {"id": self.identifiers.part(response), "kind": kind.value}
        if any(known["id"] == part["id"] for known in self.parts):
            self.gathering.refuse(node, "response_twice", f"two interactions answer into {response[:40]!r}")
            return ""
        self.parts.append(part)
        self._bounds(part, kind, attributes)
        self._prompt(node, part, flow)
        return self._contents(node, part, kind, attributes, flow)

    def inside(self, node: _Element, name: str, flow: Flow) -> str | None:
        """The place of a gap or hot text."""
        if name not in ("gap", "hottext"):
            return None
        if not self._inside:
            self.gathering.refuse(node, "element_unknown", f"<{name}> outside its interaction")
            return ""
        self.refuse_template(node)
        part_id = self._inside[-1]
        part = next(part for part in self.parts if part["id"] == part_id)
        choice = self.read_choice(node)
        if name == "hottext":
            part.setdefault("choices", []).append(choice)
            self.texts[f"{part_id}.{choice['id']}"] = flow.inline(node)
        else:
            choice.pop("most", None)
            if attributes_of(node).get("required") == "true":
                self.gathering.dropped.add("required")
            part.setdefault("targets", []).append(choice)
        return f"[[{part_id}.{choice['id']}]]"

    def rubric(self, node: _Element, flow: Flow) -> str:
        """A rubric block: for candidates it is part of the text, for scorers it guides the marking."""
        views = attributes_of(node).get("view", "candidate").split()
        use = attributes_of(node).get("use", "")
        if holds_interaction(node):
            self.gathering.refuse(node, "interaction_in_rubric", "an interaction inside a rubric block")
            return ""
        if "candidate" in views:
            return f"<div>{flow.content(content_body(node))}</div>"
        if "scorer" in views:
            classes = attributes_of(node).get("class", "").split()
            own = (
                next((token for token in classes if token.startswith(CLASS)), "")
                if self.gathering.exact
                else ""
            )
            self.rubrics.append(
                (own.removeprefix(CLASS), block_text(content_body(node), exact=self.gathering.exact))
            )
            return ""
        self.gathering.lose(f"a rubric block for {' '.join(views)}{f' ({use})' if use else ''}")
        return ""

    def feedback(self, node: _Element, flow: Flow) -> str:
        """Feedback: kept only where it always shows; with an interaction in it the item would be adaptive."""
        attributes = attributes_of(node)
        if holds_interaction(node):
            self.gathering.refuse(
                node, "interaction_in_feedback", "an interaction shows only after an answer"
            )
            return ""
        if (
            attributes.get("showHide", "show") == "hide"
            and attributes.get("outcomeIdentifier") not in self.set_outcomes
        ):
            return flow.content(content_body(node))
        self.gathering.lose("feedback in the text")
        return ""

    def prompt(self, part_id: str, markup: str) -> None:
        """The prompt that our own export put before an interaction in a line of text."""
        self.texts[f"{part_id}.prompt"] = markup

    # --------------------------------------------------------------------------------------------- the kinds

    def _kind(self, node: _Element, name: str, response: str) -> Interaction | None:
        """The kind of the bank, from the element and the declaration of its variable."""
        declaration = self._declared.get(response)
        if declaration is None:
            reason = f"the response variable {response[:40]!r} is not declared"
            self.gathering.refuse(node, "response_undeclared", reason)
            return None
        cardinality, base = declaration.get("cardinality") or "", declaration.get("baseType") or ""
        kind = kind_of(name, cardinality, base)
        if kind is None:
            self.gathering.refuse(
                node, "base_type_unsupported",
                f"<{name}> with a response of {cardinality or 'no'} cardinality and base type {base or 'none'} is not taken",
            )  # fmt: skip
        return kind

    def _bounds(self, part: dict[str, Any], kind: Interaction, attributes: dict[str, str]) -> None:
        """How many may be chosen, and whether they are shuffled."""
        if kind in SHUFFLED and attributes.get("shuffle") == "true":
            part["shuffle"] = True
        elif attributes.get("shuffle") == "true":
            self.gathering.dropped.add("shuffle")
        if kind in _BY_MAX_CHOICES or kind is Interaction.CHOICE_SINGLE:
            low, high = "minChoices", "maxChoices"
        elif kind in _BY_MAX_ASSOCIATIONS:
            low, high = "minAssociations", "maxAssociations"
        elif kind in (Interaction.GAP_MATCH, Interaction.GRAPHIC_GAP_MATCH):
            low, high = "minAssociations", "maxAssociations"
            attributes = {high: "0", **attributes}
        else:
            return
        ordered = kind in (Interaction.ORDER, Interaction.GRAPHIC_ORDER)
        least = whole(attributes.get(low), 0)
        most = whole(attributes.get(high), 0 if ordered else 1)
        if least:
            part["least"] = least
        if kind is not Interaction.CHOICE_SINGLE and most != 1:
            part["most"] = most

    def _prompt(self, node: _Element, part: dict[str, Any], flow: Flow) -> None:
        for child in node:
            if is_element(child) and name_of(child) == "prompt":
                text = flow.inline(child)
                if text.strip():
                    self.texts[f"{part['id']}.prompt"] = text

    def _contents(
        self, node: _Element, part: dict[str, Any], kind: Interaction, attributes: dict[str, str], flow: Flow
    ) -> str:
        if kind in (Interaction.GAP_MATCH, Interaction.HOTTEXT):
            return self._in_text(node, part, kind, flow)
        if kind in OPTIONS:
            self._choices(node, part, "choices", (OPTIONS[kind],), flow)
        elif kind is Interaction.MATCH:
            self._sets(node, part, flow)
        elif kind is Interaction.SLIDER:
            self._slider(part, attributes)
        elif kind is Interaction.UPLOAD:
            part["accept"] = attributes["type"].split() if attributes.get("type") else None
        elif kind is Interaction.POSITION_OBJECT:
            self.read_placed(node, part, flow)
        elif kind in _ON_PICTURE:
            self.read_picture(node, part, flow)
        else:
            self._lengths(node, part, attributes)
        if kind is Interaction.GRAPHIC_GAP_MATCH:
            self._choices(node, part, "choices", ("gapImg", "gapText"), flow)
            self.read_spots(node, part, "targets", "associableHotspot")
        elif kind in SPOTS:
            self.read_spots(node, part, "choices", SPOTS[kind])
        return f"[[{part['id']}]]"

    def _choices(
        self, node: _Element, part: dict[str, Any], member: str, names: tuple[str, ...], flow: Flow
    ) -> None:
        for child in node:
            if not is_element(child) or name_of(child) not in names:
                continue
            choice = self.read_choice(child)
            text = flow.inline(child)
            if name_of(child) == "gapImg":
                choice, text = self.read_gap_picture(child, choice, text)
            elif own_picture(child) and self.gathering.exact and (found := PICTURE.match(text)):
                choice["media"], text = found[1], text[found.end() :]
            part.setdefault(member, []).append(choice)
            self.texts[f"{part['id']}.{choice['id']}"] = text
            if not text.strip():
                self.gathering.refuse(child, "choice_empty", f"the choice {choice['id']!r} is empty")

    def _sets(self, node: _Element, part: dict[str, Any], flow: Flow) -> None:
        sets = [child for child in node if is_element(child) and name_of(child) == "simpleMatchSet"]
        if len(sets) != 2:
            self.gathering.refuse(node, "element_unknown", "a match needs two sets")
            return
        for one, member in zip(sets, ("choices", "targets"), strict=True):
            self._choices(one, part, member, ("simpleAssociableChoice",), flow)

    def _in_text(self, node: _Element, part: dict[str, Any], kind: Interaction, flow: Flow) -> str:
        """The text of a gap match or hot text stands in the flow, without the interaction around it."""
        own = ("prompt", "gapText", "gapImg") if kind is Interaction.GAP_MATCH else ("prompt",)
        if kind is Interaction.GAP_MATCH:
            self._choices(node, part, "choices", ("gapText", "gapImg"), flow)
        self._inside.append(part["id"])
        text = flow.without(node, own)
        self._inside.pop()
        return text

    def _lengths(self, node: _Element, part: dict[str, Any], attributes: dict[str, str]) -> None:
        for attribute, member in (("expectedLength", "length"), ("expectedLines", "lines")):
            if 1 <= (number := whole(attributes.get(attribute), 0)) <= 20_000:
                part[member] = number
        if attributes.get("stringIdentifier"):
            self.gathering.refuse(
                node, "string_identifier", "a text that goes into a second variable (stringIdentifier)"
            )
        if attributes.get("format", "plain") not in ("plain", "preFormatted", "preformatted"):
            self.gathering.lose("formatted text in an answer; it is given as plain text")
        if whole(attributes.get("maxStrings"), 1) > 1:
            self.gathering.refuse(node, "several_texts", "several texts in one answer")
        if (base := attributes.get("base", "10")) != "10":
            self.gathering.refuse(node, "number_base", f"numbers to the base {base[:8]}")

    def _slider(self, part: dict[str, Any], attributes: dict[str, str]) -> None:
        for attribute, member in (("lowerBound", "lower"), ("upperBound", "upper"), ("step", "step")):
            value = attributes.get(attribute)
            if (
                value is not None
                and _NUMBER.fullmatch(value.strip())
                and not (member == "step" and _zero(value))
            ):
                part[member] = value.strip()

    def _positioned(self, node: _Element, flow: Flow) -> str:
        """A stage: its picture belongs to each interaction on it."""
        places = []
        for child in node:
            if not is_element(child):
                continue
            if name_of(child) in ("object", "img", "picture") and not self.stage:
                self.stage = self.name_of_picture(child, flow)
            elif name_of(child) == "positionObjectInteraction":
                places.append(self.interaction(child, "positionObjectInteraction", flow))
        self.stage = ""
        return "".join(places)

    def _media(self, node: _Element, flow: Flow) -> str:
        """A film that had to be watched becomes a film in the text."""
        attributes = attributes_of(node)
        self.gathering.lose(
            "that a sound or film has to be played (mediaInteraction): its limits "
            f"{attributes.get('minPlays', '0')} to {attributes.get('maxPlays', '0')} plays, autostart; it is shown in the text"
        )
        out = []
        for child in node:
            if is_element(child) and name_of(child) == "prompt":
                out.append(f"<p>{flow.inline(child)}</p>")
            elif is_element(child) and name_of(child) in ("object", "audio", "video", "img"):
                out.append(f"<p>{flow.shown(child)}</p>")
        return "".join(out)


def _zero(text: str) -> bool:
    return float(text) == 0
