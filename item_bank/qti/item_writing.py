# SPDX-License-Identifier: Apache-2.0
"""From an item of the bank to its QTI files, one for each language. Packages and notes are in ``writing``."""

from __future__ import annotations

import html as escapes
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from core.errors import Invalid
from item_bank.items.model import Body, ItemContent, ItemDocument, ItemKey
from item_bank.items.parts import ONLY_PART, Choice, Media, Part, PartKey
from item_bank.items.programs import area_attributes, item_program
from item_bank.markup import escape, plain_text
from item_bank.qti.markup_xml import Writer, run
from item_bank.qti.names import BLOCK_INTERACTIONS, CLASS, ELEMENTS, OPTIONS, SHUFFLED, SPOTS, TOOL
from item_bank.qti.recognition import standard_form
from item_bank.qti.tags import Node, Tag, Version, fitted, html, of_element, tag
from scoring.api import Element, Interaction, format_mark

NAMESPACES: Final = {
    Version.QTI_2_1: (
        "http://www.imsglobal.org/xsd/imsqti_v2p1",
        "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    ),
    Version.QTI_3_0: (
        "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
        "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    ),
}
_TEMPLATES_2: Final = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
_TEMPLATES_3: Final = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"


@dataclass(frozen=True, slots=True)
class ItemFiles:
    """What an item file needs to know of its package: where the files are, and its shared stimulus (identifier, address)."""

    version: Version
    href: Callable[[str], str]
    marker: str
    stimulus: tuple[str, str] | None = None


def rich_content(document: ItemDocument) -> tuple[ItemContent, ItemKey]:
    """Any item as a rich one: the markup of a simple one is its escaped text, its interaction comes last."""
    content, key = document.content, document.key
    if content.is_rich:
        return content, key
    bodies = tuple(
        Body(
            body.language,
            f"{escape(body.stem)}[[{ONLY_PART}]]",
            texts=tuple((f"{ONLY_PART}.{option.letter}", escape(option.text)) for option in body.options),
        )
        for body in content.bodies
    )
    parts = (PartKey(ONLY_PART, correct=key.correct, normalise=key.normalise),)
    return replace(content, bodies=bodies, parts=content.structure), replace(
        key, correct=(), normalise=(), parts=parts
    )


def item_tag(document: ItemDocument, language: str, files: ItemFiles) -> Tag:
    """The assessmentItem of one language. Invalid(``qti_cannot_express``, item, reason)."""
    content, key = rich_content(document)
    return _ItemWriter(document.external_id, content, key, language, files).item()


def stimulus_tag(document: ItemDocument, language: str, files: ItemFiles, *, identifier: str) -> Tag:
    """The assessmentStimulus of one language."""
    content, key = rich_content(document)
    return _ItemWriter(document.external_id, content, key, language, files).stimulus(identifier)


class _ItemWriter:
    def __init__(
        self, external_id: str, content: ItemContent, key: ItemKey, language: str, files: ItemFiles
    ) -> None:
        self.external_id = external_id
        self.content = content
        self.key = key
        self.files = files
        self.version = files.version
        self.body = content.body(language)
        self.media: dict[str, Media] = {one.name: one for one in content.media}
        self.writer = Writer(
            files.version,
            href=files.href,
            media_type=lambda name: self.media[name].media_type,
            captions=lambda name: list(self.media[name].captions),
        )

    # ------------------------------------------------------------------------------------------- documents

    def item(self) -> Tag:
        program = item_program(self.content, self.key)
        root = self._root("assessmentItem", self.external_id)
        root.attributes |= {"adaptive": "false", "timeDependent": "false"}
        root.children += [of_element(one) for one in program.declarations]
        if self.files.stimulus is not None:
            identifier, href = self.files.stimulus
            root.children.append(tag("assessmentStimulusRef", {"identifier": identifier, "href": href}))
        root.children.append(self._item_body())
        if program.response_processing is not None:
            root.children.append(of_element(self._processing(program.response_processing)))
        return root

    def stimulus(self, identifier: str) -> Tag:
        root = self._root("assessmentStimulus", identifier)
        root.children.append(tag("stimulusBody", {}, *run(self.writer.inline(self.body.stimulus))))
        return root

    def _root(self, name: str, identifier: str) -> Tag:
        namespace, schema = NAMESPACES[self.version]
        return tag(
            name,
            {
                "xmlns": namespace,
                "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
                "xsi:schemaLocation": f"{namespace} {schema}",
                "identifier": identifier,
                "title": identifier,
                "xml:lang": self.body.language,
                "toolName": TOOL,
                "toolVersion": "1",
            },
        )

    def _processing(self, compiled: Element) -> Element:
        """The rules: of an imported program as they are, else the standard template where it says the same."""
        processing = compiled if self.key.program is not None else standard_form(compiled) or compiled
        template = processing.get("template", "") or ""
        if self.version is Version.QTI_3_0 and template.startswith(_TEMPLATES_2):
            address = f"{_TEMPLATES_3}{template.removeprefix(_TEMPLATES_2)}.xml"
            return replace(processing, attributes={**processing.attributes, "template": address})
        return processing

    def _item_body(self) -> Tag:
        body = tag("itemBody")
        if self.body.stimulus and self.files.stimulus is None:
            inner = run(self.writer.inline(self.body.stimulus))
            body.children.append(html("div", {"class": f"{CLASS}stimulus"}, *inner))
        nodes = self.writer.blocks(self.body.stem, self._place)
        for part in self.content.parts:
            if part.kind in (Interaction.GAP_MATCH, Interaction.HOTTEXT):
                nodes = self._wrapped(nodes, part)
        body.children += run(nodes)
        for key in self.key.parts:
            guide = dict(key.guide).get(self.body.language)
            if guide is not None:
                body.children.append(self._rubric(f"guide-{key.part}", guide))
        rationale = (
            dict(self.key.rationale.by_language).get(self.body.language) if self.key.rationale else None
        )
        if rationale is not None:
            body.children.append(self._rubric("rationale", rationale))
        return body

    def _rubric(self, name: str, text: str) -> Tag:
        lines: list[Node] = []
        for number, line in enumerate(text.split("\n")):
            lines += [html("br"), line] if number else [line]
        inner: Node = html("div", {}, *lines)
        if self.version is Version.QTI_3_0:
            inner = tag("contentBody", {}, inner)
        return tag("rubricBlock", {"view": "scorer", "class": f"{CLASS}{name}"}, inner)

    # ----------------------------------------------------------------------------------------- interactions

    def _place(self, part_id: str, choice_id: str) -> Node:
        part = self.content.part(part_id)
        if part is None:
            raise Invalid(
                "qti_cannot_express",
                item=self.external_id,
                reason=f"the place [[{part_id}]] belongs to nothing",
            )
        if choice_id:
            if part.kind is Interaction.HOTTEXT:
                found = next(one for one in part.choices if one.id == choice_id)
                return tag("hottext", {"data-part": part.id, **_identity(found)}, *self._text(part, found))
            return tag(
                "gap",
                {"data-part": part.id, **_identity(next(one for one in part.targets if one.id == choice_id))},
            )
        if part.kind is Interaction.GAP_MATCH:
            return fitted("span", {"class": f"{CLASS}choices-{part.id}", "data-part": part.id})
        made = self._interaction(part)
        prompt = self.body.text(f"{part.id}.prompt")
        if not part.inline or not prompt:
            return made
        before = fitted("span", {"class": f"{CLASS}prompt-{part.id}"}, *self.writer.inline(prompt))
        return fitted("span", {"class": f"{CLASS}bare"}, before, made)

    def _wrapped(self, nodes: list[Node], part: Part) -> list[Node]:
        """The blocks that hold the gaps or hot texts of a part, inside its interaction."""
        held = [place for place, node in enumerate(nodes) if isinstance(node, Tag) and _holds(node, part.id)]
        first, last = held[0], held[-1]
        inner = nodes[first : last + 1]
        if any(
            one.name in BLOCK_INTERACTIONS
            for node in inner
            if isinstance(node, Tag)
            for one in node.descend()
        ):
            raise Invalid(
                "qti_cannot_express", item=self.external_id,
                reason=f"other interactions stand between the places of {part.id!r}; QTI cannot nest them",
            )  # fmt: skip
        for node in inner:
            for one in node.descend() if isinstance(node, Tag) else ():
                if one.attributes.get("data-part") == part.id:
                    del one.attributes["data-part"]
        wrapped = self._interaction(part)
        wrapped.children += run(inner)
        return [*nodes[:first], wrapped, *nodes[last + 1 :]]

    def _interaction(self, part: Part) -> Tag:
        element = tag(ELEMENTS[part.kind], {"responseIdentifier": part.id, **self._bounds(part)})
        prompt = self.body.text(f"{part.id}.prompt")
        kind = part.kind
        if prompt and not part.inline:
            element.children.append(tag("prompt", {}, *self.writer.inline(prompt)))
        if kind in OPTIONS:
            element.children += [self._choice(OPTIONS[kind], part, one) for one in part.choices]
        elif kind is Interaction.MATCH:
            for side in (part.choices, part.targets):
                choices = [self._choice("simpleAssociableChoice", part, one) for one in side]
                element.children.append(tag("simpleMatchSet", {}, *choices))
        elif kind is Interaction.POSITION_OBJECT:
            element.children.append(self._object(self.files.marker, "image/svg+xml", 24, 24))
            return tag("positionObjectStage", {}, self._picture(part.image), element)
        elif part.image:
            element.children.append(self._picture(part.image))
        if kind in (Interaction.GAP_MATCH, Interaction.GRAPHIC_GAP_MATCH):
            element.children += [self._gap_text(part, one) for one in part.choices]
        if kind in SPOTS:
            element.children += [self._spot(SPOTS[kind], part, one) for one in part.choices]
        if kind is Interaction.GRAPHIC_GAP_MATCH:
            element.children += [self._spot("associableHotspot", part, one) for one in part.targets]
        return element

    def _bounds(self, part: Part) -> dict[str, str]:
        """The attributes that bound an answer."""
        kind, new = part.kind, self.version is Version.QTI_3_0
        found: dict[str, str] = {}
        if kind in SHUFFLED:
            found["shuffle"] = "true" if part.shuffle else "false"
        match kind:
            case Interaction.CHOICE_SINGLE:
                found["maxChoices"] = "1"
                found |= {"minChoices": str(part.least)} if part.least else {}
            case Interaction.ORDER | Interaction.GRAPHIC_ORDER:
                found |= {"maxChoices": str(part.most)} if part.most else {}
                found |= {"minChoices": str(part.least)} if part.least else {}
            case (
                Interaction.CHOICE_MULTIPLE
                | Interaction.HOTTEXT
                | Interaction.HOTSPOT
                | Interaction.SELECT_POINT
                | Interaction.POSITION_OBJECT
            ):
                found["maxChoices"] = str(part.most)
                found |= {"minChoices": str(part.least)} if part.least else {}
            case Interaction.ASSOCIATE | Interaction.MATCH | Interaction.GRAPHIC_ASSOCIATE:
                found["maxAssociations"] = str(part.most)
                found |= {"minAssociations": str(part.least)} if part.least else {}
            case Interaction.GAP_MATCH | Interaction.GRAPHIC_GAP_MATCH if new:
                found |= {"maxAssociations": str(part.most)} if part.most else {}
                found |= {"minAssociations": str(part.least)} if part.least else {}
            case Interaction.SLIDER:
                bounds = (("lowerBound", part.lower), ("upperBound", part.upper), ("step", part.step))
                found |= {name: _decimal(bound) for name, bound in bounds if bound is not None}
            case Interaction.UPLOAD if part.accept:
                found["type"] = " ".join(part.accept if new else part.accept[:1])
            case _:
                pass
        if part.length is not None and kind in (
            Interaction.TEXT_ENTRY,
            Interaction.NUMERIC,
            Interaction.EXTENDED_TEXT,
        ):
            found["expectedLength"] = str(part.length)
        if part.lines is not None and kind is Interaction.EXTENDED_TEXT:
            found["expectedLines"] = str(part.lines)
        return found

    def _text(self, part: Part, choice: Choice) -> list[Node]:
        return self.writer.inline(self.body.text(f"{part.id}.{choice.id}"))

    def _label(self, part: Part, choice: Choice) -> str:
        """A text where only plain text may stand."""
        text = self.body.text(f"{part.id}.{choice.id}")
        return (plain_text(text) if "<" in text else escapes.unescape(text)) or choice.id

    def _choice(self, name: str, part: Part, choice: Choice) -> Tag:
        attributes = _identity(choice)
        if name == "simpleAssociableChoice":
            attributes["matchMax"] = str(choice.most)
        if name == "inlineChoice" and self.version is Version.QTI_2_1:
            return tag(name, attributes, self._label(part, choice))
        picture: list[Node] = []
        if choice.media:
            shown = {"src": f"media:{choice.media}", "alt": ""}
            picture = [self.writer.shown("img", shown, classes=(f"{CLASS}choice",))]
        return tag(name, attributes, *picture, *self._text(part, choice))

    def _gap_text(self, part: Part, choice: Choice) -> Tag:
        attributes = {**_identity(choice), "matchMax": str(choice.most)}
        if not choice.media:
            if self.version is Version.QTI_2_1:
                return tag("gapText", attributes, self._label(part, choice))
            return tag("gapText", attributes, *self._text(part, choice))
        attributes["objectLabel"] = self._label(part, choice)
        return tag("gapImg", attributes, self._picture(choice.media))

    def _spot(self, name: str, part: Part, choice: Choice) -> Tag:
        attributes = _identity(choice)
        if name == "associableHotspot":
            attributes["matchMax"] = str(choice.most)
        if choice.area is not None:
            attributes |= area_attributes(choice.area)
        attributes["hotspotLabel"] = self._label(part, choice)
        return tag(name, attributes)

    def _picture(self, name: str) -> Tag:
        media = self.media[name]
        return self._object(self.files.href(name), media.media_type, media.width, media.height)

    def _object(self, href: str, media_type: str, width: int | None, height: int | None) -> Tag:
        size = {"width": str(width), "height": str(height)} if width and height else {}
        if self.version is Version.QTI_3_0:
            return html("img", {"src": href, "alt": "", **size})
        return html("object", {"data": href, "type": media_type, **size})


def _identity(choice: Choice) -> dict[str, str]:
    return {"identifier": choice.id, **({"fixed": "true"} if choice.fixed else {})}


def _holds(node: Tag, part_id: str) -> bool:
    return any(one.attributes.get("data-part") == part_id for one in node.descend())


def _decimal(number: Fraction) -> str:
    text = format_mark(number)
    return text if "/" not in text else f"{float(number):.9f}"
