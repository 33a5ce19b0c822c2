# SPDX-License-Identifier: Apache-2.0
"""The printed credential document: a concise PDF in one language, with its page count (NCVET 4.1.3.11).

The same document gives the same bytes. Texts go to the typesetter as JSON strings, so that nothing in them is ever read as
markup; the layout is ``credential.typ``. The questions of a viva and what they expect are never printed: learners may read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from core.errors import Invalid
from item_bank.document import LocalText
from item_bank.standards.checks import percent
from item_bank.standards.dossier import Direction
from item_bank.standards.model import (
    CredentialDocument,
    Element,
    Nos,
    PerformanceCriterion,
    PracticalCriterion,
)
from item_bank.standards.printing_words import LANGUAGES, word
from scoring.api import describe, format_mark

if TYPE_CHECKING:
    from typst import Fonts

_KEPT = 16


class PrintedCredential(NamedTuple):
    """A PDF and the number of its pages."""

    data: bytes
    pages: int


def credential_pdf(document: CredentialDocument, language: str, *, sha256: str = "") -> PrintedCredential:
    """Print a document in English or Hindi; texts that it lacks in that language stand in its first one.

    ``sha256`` is shown at the foot. Invalid(``print_language``, known=[…]).
    """
    if language not in LANGUAGES:
        raise Invalid("print_language", known=list(LANGUAGES))
    return _compiled(json.dumps(print_data(document, language, sha256=sha256), ensure_ascii=False))


@lru_cache(maxsize=_KEPT)
def _compiled(data: str) -> PrintedCredential:
    import typst

    source = files("item_bank.standards").joinpath("credential.typ").read_bytes()
    inputs = {"data": data}
    # One after the other: a compiler that has answered a query does not find its own source again.
    pages = typst.query(source, "<pages>", field="value", one=True, font_paths=_fonts(), sys_inputs=inputs)
    made = typst.compile(source, format="pdf", font_paths=_fonts(), sys_inputs=inputs, timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave several files for one PDF")
    return PrintedCredential(made, int(json.loads(pages)))


@cache
def _fonts() -> Fonts:
    import fontpkg_mukta
    import typst

    folder = str(fontpkg_mukta.ROOT / "files")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def print_data(document: CredentialDocument, language: str, *, sha256: str = "") -> dict[str, Any]:
    """What the layout shows, as strings."""

    def said(name: str, **facts: object) -> str:
        return word(name, language, **facts)

    return {
        "language": language,
        "title": document.title.in_language(language),
        "code": document.code,
        "version": document.version,
        "awarding_body": document.awarding_body,
        "fingerprint": sha256.removeprefix("sha256:")[:16],
        "words": {
            "kind": said(document.kind.value),
            **{
                name: said(name)
                for name in (
                    "version", "criteria", "pc", "standard", "needed", "total", "rule", "tasks", "watched", "levels",
                    "dossier",
                )
            },
        },
        "facts": [{"label": label, "value": value} for label, value in _facts(document, language)],
        "texts": [
            {"label": said(name), "text": text.in_language(language)}
            for name in ("purpose", "entry_requirement", "assessment_strategy")
            if (text := getattr(document.dossier, name)) is not None
        ],
        "components": [said(part.id) for part in document.components],
        "nos": [_nos(nos, document, language) for nos in document.nos],
        "rule": [{"depth": line.depth, "text": line.text} for line in describe(document.rule, language)],
        "task": document.practical.task.in_language(language) if document.practical else None,
        "tasks": [
            _task(task, language)
            for task in (document.practical.criteria if document.practical else ())
        ],
        "lists": [
            {"label": label, "entries": entries} for label, entries in _lists(document, language) if entries
        ],
    }  # fmt: skip


def _facts(document: CredentialDocument, language: str) -> Iterator[tuple[str, str]]:
    hours, dossier = document.hours, document.dossier
    yield word("level", language), str(document.level)
    yield word("hours", language), str(hours.total)
    yield word("parts", language), f"{hours.theory} / {hours.practical} / {hours.ojt}"
    yield word("credits", language), format_mark(document.credits)
    yield word("assessment", language), word("minutes", language, minutes=document.assessment_minutes)
    parts = [
        f"{word(part.id, language)} {word('minutes', language, minutes=part.minutes)}"
        for part in document.components
    ]
    yield word("components", language), ", ".join(parts)
    yield word("marks", language), format_mark(document.maximum)
    if dossier.visibility is not None:
        yield word("visibility", language), word(dossier.visibility.value, language)
    if dossier.sector:
        yield word("sector", language), dossier.sector
    if dossier.nqr_code:
        yield word("nqr_code", language), dossier.nqr_code
    if dossier.future_skill:
        yield word("future_skill", language), word("yes", language)
    if dossier.review_date is not None:
        yield word("review_date", language), dossier.review_date.strftime("%d-%m-%Y")


def _nos(nos: Nos, document: CredentialDocument, language: str) -> dict[str, Any]:
    components = [part.id for part in document.components]
    note = [nos.code, word("weight", language, weight=format_mark(nos.weight))]
    if nos.credits is not None:
        note.append(word("nos_credits", language, credits=nos.credits))
    rows = []
    for element in nos.elements:
        rows.append(_row(element, components, language, label=element.id))
        rows += [
            _row(pc, components, language, label=pc.printed) for pc in nos.pcs if pc.element == element.id
        ]
    rows += [_row(pc, components, language, label=pc.printed) for pc in nos.pcs if pc.element is None]
    return {
        "title": nos.title.in_language(language),
        "note": " · ".join(note),
        "rows": rows,
        "totals": [format_mark(nos.marks_in(component)) for component in components],
    }


def _row(
    part: Element | PerformanceCriterion, components: Sequence[str], language: str, *, label: str
) -> dict[str, Any]:
    group = isinstance(part, Element)
    knowledge = () if isinstance(part, Element) else part.knowledge
    marks = dict(part.marks)
    return {
        "id": label,
        "group": group,
        "title": part.title.in_language(language),
        "knowledge": [text.in_language(language) for text in knowledge],
        "threshold": f"{percent(part.threshold)} %" if part.threshold else "",
        "marks": [format_mark(marks[name]) if name in marks else "" for name in components],
    }


def _task(task: PracticalCriterion, language: str) -> dict[str, Any]:
    return {
        "pc": task.pc,
        "text": task.text.in_language(language),
        "levels": [
            {"marks": format_mark(level.marks), "text": level.text.in_language(language)}
            for level in task.levels
        ],
    }


def _lists(document: CredentialDocument, language: str) -> Iterator[tuple[str, list[str]]]:
    dossier = document.dossier

    def texts(*found: LocalText | None) -> list[str]:
        return [one.in_language(language) for one in found if one is not None]

    yield word("assessment_tools", language), texts(*dossier.assessment_tools)
    yield word("training_equipment", language), texts(*dossier.training_equipment)
    reasons = [
        f"{word(part.id, language)}: {part.reason.in_language(language)}"
        for part in document.components
        if part.reason
    ]
    yield word("not_online", language), reasons
    yield word("formative_assessment", language), texts(dossier.formative_assessment)
    needs = dossier.statutory_needs
    said = texts(needs.text) or [word("none", language)] if needs else []
    yield word("statutory_needs", language), said
    for direction in Direction:
        links = [f"{link.code} {link.title.in_language(language)}" for link in dossier.links(direction)]
        yield word(direction.value, language), links
    validations = [
        f"{one.organisation}, {one.signatory}, {one.date:%d-%m-%Y}" for one in dossier.industry_validations
    ]
    yield word("industry_validations", language), validations
    for name in ("evidence_of_need", "evidence_of_progression"):
        files_ = [
            f"{one.name} ({one.sha256.removeprefix('sha256:')[:12]}…)" for one in getattr(dossier, name)
        ]
        yield word(name, language), files_
    yield word("accreditation", language), texts(dossier.accreditation)
    yield word("entry_routes", language), list(map(str, dossier.entry_routes))
    yield word("territory", language), list(dossier.territory)
    yield word("usage", language), [word(one.value, language) for one in dossier.usage]
    yield word("responsible_bodies", language), list(dossier.responsible_bodies)
    if document.adoption is not None:
        parent = document.adoption.parent
        yield (
            word("adopted", language),
            [f"{parent.code}, {word('version', language)} {parent.version}, {parent.awarding_body}"],
        )
    yield word("sources", language), list(dossier.sources)
