# SPDX-License-Identifier: Apache-2.0
"""One QTI item file: its parts, texts, key and losses in the bank's terms. Packages and metadata are in ``packages``.

What the item becomes in the bank is put together in ``merging``, for a language may have a file of its own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from core.errors import Invalid
from item_bank.document import Part as Json
from item_bank.formats.intake import script_language
from item_bank.items.part_parsing import read_part
from item_bank.markup import plain_text
from item_bank.qti.flow import Flow
from item_bank.qti.gathering import Gathering, Shelf, no_files
from item_bank.qti.identifiers import Identifiers
from item_bank.qti.interactions import InteractionReader
from item_bank.qti.keys import FoundKey, NoKey, find_key
from item_bank.qti.names import CLASS, INTERACTIONS, REFUSED, TEMPLATE_ELEMENTS, TOOL
from item_bank.qti.recognition import canonical_processing, set_outcomes, without_space
from item_bank.qti.xml import (
    attributes_of,
    element_of,
    is_element,
    name_of,
    parse_xml,
    qti_version,
    vocabulary_of,
)
from scoring.api import Element, ItemProgram

if TYPE_CHECKING:
    from lxml.etree import _Element

MAXIMUM_PARTS: Final = 50
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-.*)?")
_DECLARATIONS: Final = ("responseDeclaration", "outcomeDeclaration", "contextDeclaration")
_MARKED: Final = frozenset({"div", "span", "p"})
_LETTER = re.compile(r"[^\W\d_]")
_LOST: Final = {
    "modalFeedback": "feedback after the answer (modalFeedback)",
    "stylesheet": "style sheets",
    "catalogInfo": "catalogues: glossary, spoken and signed forms",
    "companionMaterialsInfo": "companion materials such as a calculator or a ruler",
    "interactionModules": "modules of custom interactions",
}
_KNOWN: Final = frozenset(
    {*_DECLARATIONS, *TEMPLATE_ELEMENTS, *_LOST, "itemBody", "responseProcessing", "assessmentStimulusRef"}
)


@dataclass(slots=True)
class ReadBody:
    """The texts of one language."""

    stem: str
    texts: dict[str, str]
    stimulus: str = ""
    guides: dict[str, str] = field(default_factory=dict)
    rationale: str = ""


@dataclass(slots=True)
class QtiItem:
    """What one file says; it means something only where the gathering has no problems."""

    identifier: str
    gathering: Gathering
    exact: bool = False
    title: str = ""
    language: str = ""
    stimulus_id: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)
    bodies: dict[str, ReadBody] = field(default_factory=dict)
    found: FoundKey | None = None
    program: ItemProgram | None = None
    feedback: frozenset[str] = frozenset()
    sources: dict[str, bytes] = field(default_factory=dict)


def read_item_file(data: bytes, *, path: str = "", shelf: Shelf | None = None, language: str = "") -> QtiItem:
    """Read one assessmentItem of QTI 2.0 to 3.0.

    ``language`` is that of a file which does not say it. Problems are in the result's gathering; Invalid is raised only
    where the file is no item: those of ``parse_xml`` and ``qti_version``, ``qti_not_an_item`` (element).
    """
    root = parse_xml(data)
    qti_version(root)
    if name_of(root) != "assessmentItem":
        raise Invalid("qti_not_an_item", element=name_of(root)[:60])
    shelf = shelf or Shelf(no_files)
    shelf.spend(root)
    attributes = attributes_of(root)
    gathering = Gathering(shelf, posixpath.dirname(path), exact=attributes.get("toolName") == TOOL)
    item = QtiItem(
        attributes.get("identifier", ""),
        gathering,
        gathering.exact,
        attributes.get("title", ""),
        sources={path: data},
    )
    _refuse_whole(root, attributes, gathering)
    body = next((child for child in root if is_element(child) and name_of(child) == "itemBody"), None)
    if body is None:
        gathering.refuse(root, "body_missing", "the item has no body")
        return item
    _read(root, body, item, stated=_stated_language(root, body), otherwise=language)
    return item


def _refuse_whole(root: _Element, attributes: Mapping[str, str], gathering: Gathering) -> None:
    """What makes the whole item impossible to take, and what lies outside its body."""
    if attributes.get("adaptive", "false") in ("true", "1"):
        gathering.refuse(root, "adaptive_item", "an adaptive item, which changes while it is answered")
    for child in root:
        if not is_element(child):
            continue
        name = name_of(child)
        if name in TEMPLATE_ELEMENTS:
            code, reason = REFUSED["templateBlock"]
            gathering.refuse(child, code, reason)
        elif name in _LOST:
            gathering.lose(_LOST[name])
        elif vocabulary_of(child) != "qti":
            gathering.lose(f"what is in another vocabulary (<{name[:40]}>)")
        elif name not in _KNOWN:
            gathering.lose(f"<{name[:40]}>")
    for node in root.iterdescendants():
        if is_element(node) and name_of(node) == "customOperator":
            gathering.refuse(
                node, "custom_operator", "a custom operator scores it, which only its maker knows"
            )


def _read(root: _Element, body: _Element, item: QtiItem, *, stated: str, otherwise: str) -> None:
    gathering = item.gathering
    program = _program(root)
    types = {one.get("identifier") or "": one.get("baseType") or "" for one in program.declarations}
    declared = {
        one.get("identifier") or "": one for one in program.declarations if one.name == "responseDeclaration"
    }
    item.feedback = _feedback_outcomes(root)
    rules = program.response_processing.children if program.response_processing is not None else ()
    identifiers = Identifiers()
    identifiers.reserve(_identifiers(body))
    languages = marked_languages(body, stated)
    readers: dict[str, InteractionReader] = {}
    for marked in languages or (stated,):
        language = marked
        reader = InteractionReader(gathering, declared, identifiers)
        reader.set_outcomes = set_outcomes(rules)
        others = frozenset(languages) - {language}
        flow = Flow(gathering, reader, language=language, others=others)
        stem, stimulus = _body(body, flow, exact=item.exact)
        item.stimulus_id, texts = _stimulus(root, reader, item, language=language, others=others)
        if not language:
            shown = " ".join((plain_text(stem), *map(plain_text, reader.texts.values())))
            language = otherwise or script_language(shown)
        item.bodies[language] = ReadBody(stem, reader.texts, texts + stimulus)
        readers[language] = reader
    item.language = next(iter(item.bodies))
    item.parts = readers[item.language].parts
    for language, reader in readers.items():
        _rubrics(item, item.bodies[language], reader)
    _rename(item, identifiers)
    if not item.parts:
        if not gathering.problems:
            gathering.refuse(body, "no_interaction", "the item asks for nothing: it has no interaction")
        return
    if len(item.parts) > MAXIMUM_PARTS:
        gathering.refuse(
            body,
            "too_many_interactions",
            f"{len(item.parts)} interactions, at most {MAXIMUM_PARTS} are taken",
        )
    item.program = _renamed(program, identifiers, types)
    if gathering.problems:
        return
    try:
        parts = [read_part(Json(part)) for part in item.parts]
        item.found = find_key(parts, item.program, feedback=item.feedback)
    except NoKey as refusal:
        processing = next(
            (one for one in root if is_element(one) and name_of(one) == "responseProcessing"), root
        )
        gathering.refuse(processing, refusal.code, refusal.reason)
    for loss in item.found.losses if item.found else ():
        gathering.lose(loss)


def _body(body: _Element, flow: Flow, *, exact: bool) -> tuple[str, str]:
    """The text of the body, and the stimulus that our own items of QTI 2.1 have in it."""
    stimulus = ""
    own = f"{CLASS}stimulus"
    first = next((child for child in body if is_element(child)), None) if exact else None
    if first is not None and own in attributes_of(first).get("class", "").split():
        stimulus = flow.content(first)
        text = flow.after(body, first)
    else:
        text = flow.content(body)
    return (text if exact else text.strip()), stimulus


def _stimulus(
    root: _Element, reader: InteractionReader, item: QtiItem, *, language: str, others: frozenset[str]
) -> tuple[str, str]:
    """The identifier and text of the stimuli that the item refers to."""
    found, texts = "", []
    gathering = item.gathering
    for child in root:
        if not is_element(child) or name_of(child) != "assessmentStimulusRef":
            continue
        attributes = attributes_of(child)
        path = gathering.path(attributes.get("href", ""))
        data = gathering.shelf.read(path) if path else None
        if path is None or data is None:
            gathering.refuse(
                child,
                "stimulus_missing",
                f"the stimulus {attributes.get('href', '')[:80]!r} is not in the package",
            )
            continue
        try:
            stimulus = parse_xml(data)
            gathering.shelf.spend(stimulus)
        except Invalid as refusal:
            gathering.refuse(child, refusal.code, f"the stimulus {path[:80]!r} cannot be read")
            continue
        item.sources[path] = data
        inner = next((one for one in stimulus if is_element(one) and name_of(one) == "stimulusBody"), None)
        if inner is None:
            gathering.refuse(child, "stimulus_missing", f"the stimulus {path[:80]!r} has no text")
            continue
        folder, exact = gathering.folder, gathering.exact
        gathering.folder = posixpath.dirname(path)
        gathering.exact = attributes_of(stimulus).get("toolName") == TOOL
        flow = Flow(gathering, reader, language=language, others=others)
        text = flow.content(inner)
        texts.append(text if gathering.exact else text.strip())
        gathering.folder, gathering.exact = folder, exact
        found = found or attributes_of(stimulus).get("identifier") or attributes.get("identifier", "")
    return found, "".join(texts)


def _program(root: _Element) -> ItemProgram:
    declarations = []
    processing: Element | None = None
    for child in root:
        if not is_element(child):
            continue
        name = name_of(child)
        if name in _DECLARATIONS:
            declarations.append(without_space(element_of(child)))
        elif name == "responseProcessing":
            processing = canonical_processing(element_of(child))
    return ItemProgram(tuple(declarations), processing)


def _renamed(program: ItemProgram, identifiers: Identifiers, types: dict[str, str]) -> ItemProgram:
    processing = program.response_processing
    return ItemProgram(
        tuple(identifiers.in_rules(one, types) for one in program.declarations),
        None if processing is None else identifiers.in_rules(processing, types),
    )


def _rename(item: QtiItem, identifiers: Identifiers) -> None:
    renamed = identifiers.renamed
    if renamed:
        shown = ", ".join(f"{old[:40]} is {new}" for old, new in sorted(renamed.items())[:10])
        item.gathering.lose(f"identifiers that do not fit ({len(renamed)}): {shown}")


def _identifiers(body: _Element) -> list[str]:
    found = []
    for node in body.iterdescendants():
        if is_element(node) and vocabulary_of(node) == "qti":
            attributes = attributes_of(node)
            found += [attributes[name] for name in ("responseIdentifier", "identifier") if name in attributes]
    return found


def _feedback_outcomes(root: _Element) -> frozenset[str]:
    return frozenset(
        attributes_of(node).get("outcomeIdentifier", "")
        for node in root.iterdescendants()
        if is_element(node) and name_of(node) in ("modalFeedback", "feedbackInline", "feedbackBlock")
    ) - {"", "SCORE", "MAXSCORE"}


def _rubrics(item: QtiItem, body: ReadBody, reader: InteractionReader) -> None:
    """Rubric blocks for scorers: the guide of each part that a person marks, or our own rationale."""
    by_hand = [part["id"] for part in item.parts if part["kind"] in ("extended_text", "upload")]
    for own, text in reader.rubrics:
        if own == "rationale":
            body.rationale = text
        elif own.startswith("guide-"):
            body.guides[own.removeprefix("guide-")] = text
        elif by_hand and text:
            for part in by_hand:
                body.guides[part] = "\n\n".join(filter(None, (body.guides.get(part), text)))
        else:
            item.gathering.lose("a rubric block for scorers: nothing in this item is marked by a person")


def _stated_language(root: _Element, body: _Element) -> str:
    for node in (root, body):
        found = _LANGUAGE.fullmatch((attributes_of(node).get("xml:lang") or "").strip())
        if found is not None:
            return found[1].lower()
    return ""


def marked_languages(body: _Element, stated: str) -> tuple[str, ...]:
    """The languages of a body all of whose text stands in ``div``, ``p`` or ``span`` marked with one of several languages.

    The item's own language comes first. Empty where the body is in one language.
    """
    found: dict[str, None] = {}
    waiting = [body]
    while waiting:
        node = waiting.pop()
        own = _LANGUAGE.fullmatch(attributes_of(node).get("xml:lang", "")) if node is not body else None
        if own is not None and name_of(node) in _MARKED and not _holds_answer(node):
            found[own[1].lower()] = None
            continue
        texts = [node.text, *(child.tail for child in node)]
        if any(text and _LETTER.search(text) for text in texts):
            return ()
        waiting += [
            child
            for child in reversed(node)
            if is_element(child)
            and vocabulary_of(child) == "qti"
            and name_of(child) not in ("object", "rubricBlock")
        ]
    if len(found) < 2:
        return ()
    return tuple(sorted(found, key=lambda language: (language != stated, list(found).index(language))))


def _holds_answer(node: _Element) -> bool:
    return any(
        name_of(one) in INTERACTIONS or name_of(one) in ("gap", "hottext")
        for one in node.iter()
        if is_element(one)
    )
