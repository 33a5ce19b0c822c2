# SPDX-License-Identifier: Apache-2.0
"""The manifest of a package that we write: resources, LOM metadata, our notes. Reading one is in ``packages``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from item_bank.items.model import ItemContent
from item_bank.qti.notes import LEVEL_WORDS, NAMESPACE, PURPOSE, Note
from item_bank.qti.tags import Tag, Version, raw

LOM: Final = "http://ltsc.ieee.org/xsd/LOM"
_PACKAGES: Final = {
    Version.QTI_2_1: ("http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0", "imsqti_item_xmlv2p1"),
    Version.QTI_3_0: (
        "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "QTI Package", "3.0.0", "imsqti_item_xmlv3p0",
    ),
}  # fmt: skip
_STIMULUS_TYPE: Final = "imsqti_stimulus_xmlv3p0"
TAXONOMY: Final = "Performance Criterion"
"""The source of the taxon that is a PC."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a package: its address, and for an item its content and note."""

    identifier: str
    href: str
    needs: tuple[str, ...] = ()
    content: ItemContent | None = None
    note: Note | None = None
    language: str = ""
    stimulus: bool = False


def manifest_tag(entries: Sequence[Entry], version: Version) -> Tag:
    """The manifest of these files."""
    namespace, schema, schema_version, item_type = _PACKAGES[version]
    metadata = raw("metadata", {}, raw("schema", {}, schema), raw("schemaversion", {}, schema_version))
    resources = raw("resources")
    for entry in entries:
        kind = item_type if entry.content is not None else _STIMULUS_TYPE if entry.stimulus else "webcontent"
        resource = raw("resource", {"identifier": entry.identifier, "type": kind, "href": entry.href})
        if entry.content is not None and entry.note is not None:
            resource.children.append(_metadata(entry.content, entry.note, entry.language))
        resource.children.append(raw("file", {"href": entry.href}))
        resource.children += [raw("dependency", {"identifierref": needed}) for needed in entry.needs]
        resources.children.append(resource)
    return raw(
        "manifest", {"xmlns": namespace, "identifier": "MANIFEST"}, metadata, raw("organizations"), resources
    )


def _metadata(content: ItemContent, note: Note, language: str) -> Tag:
    keywords = [raw("keyword", {}, _string(tag, language)) for tag in content.tags]
    general = raw("general", {}, _identifier(note.id), raw("language", {}, language), *keywords)
    educational = raw(
        "educational",
        {},
        raw(
            "difficulty", {}, raw("source", {}, "LOMv1.0"), raw("value", {}, LEVEL_WORDS[content.difficulty])
        ),
        raw("typicalLearningTime", {}, raw("duration", {}, f"PT{content.seconds}S")),
    )
    classification = raw(
        "classification",
        {},
        raw("purpose", {}, raw("source", {}, "LOMv1.0"), raw("value", {}, PURPOSE)),
        raw(
            "taxonPath",
            {},
            raw("source", {}, _string(TAXONOMY, "en")),
            raw("taxon", {}, raw("id", {}, content.pc), raw("entry", {}, _string(content.pc, "en"))),
        ),
    )
    lom = raw("lom", {"xmlns": LOM}, general, educational, classification)
    text = json.dumps(note.to_document(), ensure_ascii=False, separators=(",", ":"))
    return raw("metadata", {}, lom, raw("item", {"xmlns": NAMESPACE}, text))


def _identifier(name: str) -> Tag:
    return raw("identifier", {}, raw("entry", {}, name))


def _string(text: str, language: str) -> Tag:
    return raw("string", {"language": language}, text)
