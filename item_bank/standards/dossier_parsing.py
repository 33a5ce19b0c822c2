# SPDX-License-Identifier: Apache-2.0
"""From the optional members of a credential document to ``Dossier`` and ``Adoption``. What they must say is ``findings``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from item_bank.document import LocalText, Part
from item_bank.standards.dossier import (
    Adoption,
    Attachment,
    Capacity,
    Direction,
    Dossier,
    Duplicate,
    IndustryValidation,
    Parent,
    ProgressionLink,
    StatutoryNeeds,
    Usage,
    Visibility,
)
from item_bank.standards.entry_routes import EXAMPLE, EntryRoute, read_route

CODE = re.compile(r"[A-Z0-9]{2,12}(/[A-Z0-9]{1,12}){1,3}")
VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){1,2}")
PC_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
NAME: Final = 200
LONG: Final = 4000
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

TEXTS: Final = (
    "purpose", "entry_requirement", "assessment_strategy", "formative_assessment", "accreditation",
)  # fmt: skip
TEXT_LISTS: Final = ("assessment_tools", "training_equipment")
PLAIN_LISTS: Final = ("territory", "responsible_bodies", "sources")
ENTRY_ROUTES: Final = "entry_routes"
DOSSIER_MEMBERS: Final = (
    "sector", "nqr_code", "visibility", "future_skill", *TEXTS, *TEXT_LISTS, *PLAIN_LISTS,
    "statutory_needs", "progression", "industry_validations", "evidence", "usage", "review_date", ENTRY_ROUTES,
)  # fmt: skip


def read_dossier(members: Mapping[str, Part], languages: Sequence[str]) -> Dossier:
    """The dossier in the members of a document; what is absent stays None or empty."""
    evidence = _optional(members["evidence"], "need", "progression")
    texts = {name: _text(members[name], languages) for name in TEXTS}
    lists = {name: _texts(members[name], languages) for name in TEXT_LISTS}
    plain = {name: _plain_texts(members[name]) for name in PLAIN_LISTS}
    return Dossier(
        sector=members["sector"].text(maximum=NAME) if members["sector"].present else "",
        nqr_code=members["nqr_code"].text(maximum=NAME) if members["nqr_code"].present else "",
        visibility=members["visibility"].one_of(Visibility) if members["visibility"].present else None,
        future_skill=members["future_skill"].boolean() if members["future_skill"].present else None,
        purpose=texts["purpose"],
        entry_requirement=texts["entry_requirement"],
        assessment_strategy=texts["assessment_strategy"],
        formative_assessment=texts["formative_assessment"],
        accreditation=texts["accreditation"],
        assessment_tools=lists["assessment_tools"],
        training_equipment=lists["training_equipment"],
        statutory_needs=_statutory(members["statutory_needs"], languages),
        progression=_progression(members["progression"], languages),
        industry_validations=tuple(_validation(entry) for entry in _entries(members["industry_validations"])),
        evidence_of_need=tuple(_attachment(entry) for entry in _entries(evidence["need"])),
        evidence_of_progression=tuple(_attachment(entry) for entry in _entries(evidence["progression"])),
        territory=plain["territory"],
        usage=_usage(members["usage"]),
        responsible_bodies=plain["responsible_bodies"],
        review_date=read_date(members["review_date"]) if members["review_date"].present else None,
        sources=plain["sources"],
        entry_routes=_entry_routes(members[ENTRY_ROUTES]),
    )


def read_adoption(part: Part, pc_ids: Sequence[str]) -> Adoption | None:
    """How the document stands to its parent; None for one of its own."""
    if not part.present:
        return None
    members = part.members("parent", optional=("duplicates",))
    parent = members["parent"].members("awarding_body", "code", "version", "sha256")
    return Adoption(
        Parent(
            awarding_body=parent["awarding_body"].text(maximum=NAME),
            code=parent["code"].name(CODE, example="SDP/MC/0701"),
            version=parent["version"].name(VERSION, example="1.0"),
            sha256=parent["sha256"].name(_SHA256, example="sha256:3f2a… with 64 digits"),
        ),
        tuple(_duplicate(entry, pc_ids) for entry in _entries(members["duplicates"])),
    )


def read_capacity(part: Part) -> Capacity | None:
    """What is there to assess a PC with."""
    if not part.present:
        return None
    members = part.members("assessor", "item_bank", "equipment")
    return Capacity(**{name: value.boolean() for name, value in members.items()})


def read_date(part: Part) -> date:
    """A day as ``2026-11-22``; a placeholder where it is none."""
    text = part.name(_DATE, example="2026-11-22")
    try:
        return date.fromisoformat(text)
    except ValueError:
        if _DATE.fullmatch(text):
            part.refuse("no_such_day", f"{text} is not a day of the calendar")
        return date(2000, 1, 1)


def _optional(part: Part, *names: str) -> Mapping[str, Part]:
    return part.members(optional=names) if part.present else Part({}).members(optional=names)


def _entries(part: Part) -> Sequence[Part]:
    """The elements of an optional list. What there is nothing of is left out, so that a document has one form."""
    return part.elements(minimum=1, maximum=200) if part.present else ()


def _text(part: Part, languages: Sequence[str]) -> LocalText | None:
    return part.localised(languages, maximum=LONG) if part.present else None


def _texts(part: Part, languages: Sequence[str]) -> tuple[LocalText, ...]:
    return tuple(entry.localised(languages) for entry in _entries(part))


def _plain_texts(part: Part) -> tuple[str, ...]:
    return tuple(entry.text(maximum=500) for entry in _entries(part))


def _entry_routes(part: Part) -> tuple[EntryRoute, ...]:
    found = []
    for entry in _entries(part):
        text = entry.text(maximum=NAME)
        route = read_route(text)
        if route is not None:
            found.append(route)
        elif text:
            entry.refuse("no_entry_route", f"{text[:40]!r} is not written like {EXAMPLE!r}")
    return tuple(found)


def _statutory(part: Part, languages: Sequence[str]) -> StatutoryNeeds | None:
    if not part.present:
        return None
    members = part.members("none", optional=("text",))
    none = members["none"].boolean()
    text = _text(members["text"], languages)
    if members["none"].present and not none and text is None:
        part.problem_at("text", code="missing", reason="say which needs there are, or that there are none")
    return StatutoryNeeds(none, text)


def _progression(part: Part, languages: Sequence[str]) -> tuple[ProgressionLink, ...]:
    found = []
    for name, entries in _optional(part, *(one.value for one in Direction)).items():
        for entry in _entries(entries):
            members = entry.members("code", "title")
            found.append(
                ProgressionLink(
                    Direction(name),
                    members["code"].name(CODE, example="SDP/MC/0702"),
                    members["title"].localised(languages, maximum=NAME),
                )
            )
    return tuple(found)


def _validation(part: Part) -> IndustryValidation:
    members = part.members("organisation", "signatory", "date", optional=("file",))
    return IndustryValidation(
        organisation=members["organisation"].text(maximum=NAME),
        signatory=members["signatory"].text(maximum=NAME),
        date=read_date(members["date"]),
        file=_attachment(members["file"]) if members["file"].present else None,
    )


def _attachment(part: Part) -> Attachment:
    members = part.members("name", "sha256")
    return Attachment(
        members["name"].text(maximum=NAME),
        members["sha256"].name(_SHA256, example="sha256:3f2a… with 64 digits"),
    )


def _usage(part: Part) -> tuple[Usage, ...]:
    return tuple(entry.one_of(Usage) for entry in _entries(part))


def _duplicate(part: Part, pc_ids: Sequence[str]) -> Duplicate:
    members = part.members("pc", "same_as", "reason")
    same_as = members["same_as"].name(PC_ID, example="PC1")
    if same_as and same_as not in pc_ids:
        members["same_as"].refuse("unknown_pc", f"the document has no PC {same_as[:40]!r}")
    return Duplicate(members["pc"].name(PC_ID, example="PC1"), same_as, members["reason"].text(maximum=1000))
