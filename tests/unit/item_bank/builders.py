# SPDX-License-Identifier: Apache-2.0
"""Documents for tests: sound ones, to be broken on purpose."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from item_bank.document import Part
from item_bank.items.model import ItemDocument, ItemState, ItemVersion
from item_bank.items.parsing import read_item

NOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def both(text: str) -> dict[str, str]:
    return {"en": text, "hi": f"{text} हिंदी"}


def levels(*marks: str) -> list[dict[str, Any]]:
    return [{"marks": mark, "text": both(f"worth {mark}")} for mark in marks]


def pc(pc_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": pc_id,
        "title": both(f"Do {pc_id}"),
        "knowledge": [both("know why")],
        "mandatory": True,
        "threshold": "7/10",
        "marks": {"theory": "4", "practical": "4", "viva": "2"},
        "capacity": {"assessor": True, "item_bank": True, "equipment": True},
        **changes,
    }


def share(scope: Mapping[str, Any], at_least: str = "7/10") -> dict[str, Any]:
    return {"share": {"scope": dict(scope), "component": "all", "basis": "raw", "at_least": at_least}}


def attachment(name: str = "letter.pdf") -> dict[str, str]:
    return {"name": name, "sha256": "sha256:" + "0" * 64}


def dossier() -> dict[str, Any]:
    """What the guideline asks for beside criteria and marks."""
    return {
        "visibility": "public",
        "entry_requirement": both("Grade 10"),
        "assessment_strategy": both("Blended, 30 minutes"),
        "assessment_tools": [both("Item bank")],
        "training_equipment": [both("Smartphone")],
        "statutory_needs": {"none": True},
        "progression": {
            "horizontal": [{"code": "SDP/MC/0702", "title": both("Bookkeeping")}],
            "vertical": [{"code": "SDP/MC/0801", "title": both("Facilitator")}],
        },
        "industry_validations": [
            {
                "organisation": f"Firm {number}",
                "signatory": "A. Krishnan",
                "date": "2026-07-06",
                "file": attachment(),
            }
            for number in range(1, 6)
        ],
        "evidence": {"need": [attachment("need.pdf")], "progression": [attachment("career.pdf")]},
        "territory": ["India"],
        "responsible_bodies": ["Nirantar Skills Council"],
    }


def credential(**changes: Any) -> dict[str, Any]:
    """A sound credential of two PCs; ``changes`` replace top-level members."""
    document = {
        "code": "SDP/MC/0701",
        "version": "1.0",
        "language": ["en", "hi"],
        "title": both("Secure Digital Payments"),
        "awarding_body": "Nirantar Skills Council",
        "hours": {"total": "7.5", "theory": "3", "practical": "4", "ojt": "0.5"},
        "level": "6",
        "assessment_minutes": 30,
        "components": [
            {"id": "theory", "minutes": 15, "online": True},
            {"id": "practical", "minutes": 9, "online": True},
            {"id": "viva", "minutes": 6, "online": True},
        ],
        "nos": [
            {
                "code": "SDP/N0701",
                "title": both("Pay safely"),
                "weight": "100",
                "pcs": [pc("PC1"), pc("PC2")],
            }
        ],
        "rule": {
            "version": 1,
            "rule": {"all_of": [share({"pc": "PC1"}), share({"pc": "PC2"}), share({"credential": True})]},
        },
        "practical": {
            "task": both("Pay the shop"),
            "criteria": [
                {"id": f"{name}-P{n}", "pc": name, "text": both("watch"), "levels": levels("0", "1", "2")}
                for name in ("PC1", "PC2")
                for n in (1, 2)
            ],
        },
        "viva": {
            "questions": [
                {
                    "id": f"{name}-V1",
                    "pc": name,
                    "text": both("Why?"),
                    "expected": both("Because"),
                    "levels": levels("0", "1", "2"),
                }
                for name in ("PC1", "PC2")
            ]
        },
    }
    return {**document, **dossier(), **changes}


def changed(document: Mapping[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    """A deep copy with the part at ``path`` replaced."""
    copied = copy.deepcopy(dict(document))
    part: Any = copied
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return copied


def without(document: Mapping[str, Any], *path: str | int) -> dict[str, Any]:
    """A deep copy without the part at ``path``."""
    copied = copy.deepcopy(dict(document))
    part: Any = copied
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return copied


def item(**changes: Any) -> dict[str, Any]:
    """A sound single-choice item of four options."""
    document = {
        "id": "SDP-PC1-01",
        "pc": "PC1",
        "type": "choice_single",
        "difficulty": "easy",
        "seconds": 35,
        "key": ["B"],
        "shuffle": True,
        "en": {
            "stem": "Which one must stay secret?",
            "options": {"A": "UPI ID", "B": "UPI PIN", "C": "IFSC code", "D": "Bank name"},
            "rationale": "The PIN authorises payments.",
        },
        "hi": {
            "stem": "किसे गुप्त रखना है?",
            "options": {"A": "UPI आईडी", "B": "UPI पिन", "C": "IFSC कोड", "D": "बैंक का नाम"},
            "rationale": "पिन से भुगतान अधिकृत होता है।",
        },
    }
    return {**document, **changes}


def text_item(**changes: Any) -> dict[str, Any]:
    """A sound text entry."""
    document = {
        "id": "SDP-PC2-01",
        "pc": "PC2",
        "type": "text_entry",
        "difficulty": "medium",
        "seconds": 25,
        "key": ["1930"],
        "normalise": ["nfc", "trim", "devanagari_digits"],
        "en": {"stem": "Which helpline number?"},
        "hi": {"stem": "कौन-सा हेल्पलाइन नंबर?"},
    }
    return {**document, **changes}


def read(document: object) -> ItemDocument:
    """A document that must be sound, as a value."""
    part = Part(document)
    value = read_item(part)
    assert part.problems == ()
    return value


def version_of(
    document: ItemDocument,
    *,
    version_id: str = "01v",
    state: ItemState = ItemState.LIVE,
    author_id: str = "author",
    submitted_by: str | None = "author",
) -> ItemVersion:
    return ItemVersion(
        id=version_id,
        item_id="01i",
        owner_id="agency",
        credential_version_id="01c",
        external_id=document.external_id,
        number=1,
        state=state,
        content=document.content,
        content_hash=document.content_hash,
        author_id=author_id,
        submitted_by=submitted_by,
        created_at=NOON,
    )


def xlsx(rows: Sequence[Sequence[object]], *, sheet: str = "items") -> bytes:
    """A workbook with one sheet of ``rows``."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if value is not None:
                    page.write(number, place, value)
    return target.getvalue()
