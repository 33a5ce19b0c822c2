# SPDX-License-Identifier: Apache-2.0
"""No key material and no name of the bank in any byte that a learner of rich items receives.

Every kind of item is planted: canaries in its keys, guides, rationale, tags, stored program, and in the identifiers of its
parts, choices, targets and files. A learner sits them all, meets the refusals, uploads a file, and everything that came back is
searched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.unit.item_bank.rich_files import png
from tests.web.canaries import CANARY, Reader, open_package, reached, recorder
from tests.web.rich_sitting import KINDS, documents
from tests.web.site import Site
from tests.web.test_rich_room import Sat
from tests.web.world import acting_as, person

_PLACE = re.compile(r"\[\[([A-Za-z0-9_-]+)(?:\.([A-Za-z0-9_-]+))?\]\]")
_ACCEPTED = f"{CANARY}answer"


def sung(name: str) -> str:
    """An identifier with a canary in it."""
    return f"{CANARY}{name}"


def planted(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """A document with a canary wherever a learner may see none."""
    text = json.dumps(document, ensure_ascii=False)
    for media in document.get("media", ()):
        text = text.replace(media["name"], sung(media["name"]))
    value: dict[str, Any] = json.loads(text)
    for part in value["parts"]:
        part["id"] = sung(part["id"])
        for choice in (*part.get("choices", ()), *part.get("targets", ())):
            choice["id"] = sung(choice["id"])
    for key in value["key"]["parts"]:
        _plant_key(kind, key)
    for language in ("en", "hi"):
        body = value[language]
        body["stem"] = _PLACE.sub(_planted_place, body["stem"])
        body["texts"] = {_planted_name(name): words for name, words in body["texts"].items()}
        body["rationale"] = f"{CANARY} because {language}"
    if "stimulus" in value:
        value["stimulus"] = sung(value["stimulus"])
    return {**value, "id": sung(kind), "tags": [sung("tag"), f"enemy:{sung('x')}"]}


def _plant_key(kind: str, key: dict[str, Any]) -> None:
    key["part"] = sung(key["part"])
    if "guide" in key:
        key["guide"] = {language: f"{CANARY} {words}" for language, words in key["guide"].items()}
    if kind == "text_entry":
        key["correct"] = [_ACCEPTED]
    elif kind not in ("numeric", "slider", "select_point", "position_object", "composite"):
        key["correct"] = [_planted_value(value) for value in key.get("correct", ())]
        if "mapping" in key:
            entries = key["mapping"]["entries"]
            key["mapping"]["entries"] = [[_planted_value(value), marks] for value, marks in entries]
    elif key["part"] == sung("R1"):
        key["correct"] = [_planted_value(value) for value in key["correct"]]


def _planted_value(value: str) -> str:
    return " ".join(map(sung, value.split(" ")))


def _planted_name(name: str) -> str:
    part, _, choice = name.partition(".")
    return f"{sung(part)}.{choice if choice == 'prompt' else sung(choice)}"


def _planted_place(place: re.Match[str]) -> str:
    return f"[[{sung(place[1])}.{sung(place[2])}]]" if place[2] else f"[[{sung(place[1])}]]"


def planted_answer(value: Any) -> Any:
    """An answer in the bank's terms, with the planted identifiers."""
    if isinstance(value, list):
        return [planted_answer(one) for one in value]
    return sung(value) if isinstance(value, str) and re.fullmatch(r"[A-Z]|G[12]", value) else value


@pytest.fixture
def watched(site: Site) -> tuple[Sat, Reader]:
    reader = Reader(frozenset())
    items = {kind: planted(kind, document) for kind, document in documents().items()}
    program = stored_program(items["inline_choice"])
    items["inline_choice"]["key"] = {"parts": [], "program": program}
    site.client_class = recorder(reader.received)
    sat = Sat(site, items=items)
    with site.parts.store.read(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.AUTHOR))
        versions = bank.item_versions(acting, list(sat.made.versions.values()))
        names = {sat.made.form_id}
        for version in versions.values():
            names |= {version.id, version.item_id, version.content_hash.rpartition(":")[2]}
            names |= {media.sha256 for media in version.content.media}
    reader.identifiers = frozenset(names)
    return sat, reader


def stored_program(document: Mapping[str, Any]) -> dict[str, Any]:
    """A stored program that knows the answer, as an import keeps one."""
    (key,) = document["key"]["parts"]
    declared = {"identifier": key["part"], "cardinality": "single", "baseType": "identifier"}
    return {
        "version": 1,
        "declarations": [
            {
                "n": "responseDeclaration",
                "a": declared,
                "c": [{"n": "correctResponse", "c": [{"n": "value", "t": key["correct"][0]}]}],
            },
            {
                "n": "outcomeDeclaration",
                "a": {"identifier": "SCORE", "cardinality": "single", "baseType": "float"},
                "c": [{"n": "defaultValue", "c": [{"n": "value", "t": "0"}]}],
            },
        ],
        "response_processing": {
            "n": "responseProcessing",
            "c": [
                {
                    "n": "responseCondition",
                    "c": [
                        {
                            "n": "responseIf",
                            "c": [
                                {
                                    "n": "match",
                                    "c": [
                                        {"n": "variable", "a": {"identifier": key["part"]}},
                                        {"n": "correct", "a": {"identifier": key["part"]}},
                                    ],
                                },
                                {
                                    "n": "setOutcomeValue",
                                    "a": {"identifier": "SCORE"},
                                    "c": [{"n": "baseValue", "a": {"baseType": "float"}, "t": "1"}],
                                },
                            ],
                        }
                    ],
                }
            ],
        },
        "template_processing": None,
        "normalise": {},
        "end_attempts": [],
    }


def test_a_learner_of_every_kind_receives_no_key_material(watched: tuple[Sat, Reader]) -> None:
    sat, reader = watched
    sat_through(sat, reader)
    assert len(reader.received) > 100
    assert {"room.media", "room.upload", "offline.package", "offline.media"} <= reached(sat.site, reader)
    assert reader.finds() == []


def sat_through(sat: Sat, reader: Reader) -> None:
    """Everything that the room of rich items can be asked, and all that it refuses; and the locked test, unlocked."""
    open_package(sat.visitor, reader)
    file = sat.upload("upload", png(4, 4)).json or {}
    for kind in KINDS:
        if kind == "upload":
            value: Any = {sat.part("upload"): {"upload": file["upload"], "name": file["name"]}}
        else:
            stored = {sung(part): planted_answer(value) for part, value in ANSWERS[kind].right.items()}
            value = sat.shown(kind, stored)
        assert sat.save(kind, value).status_code == 200, kind
        for wrong in (
            "x",
            ["A"],
            {"RESPONSE": "A"},
            {next(iter(value)): ["A"]},
            {next(iter(value)): {"a": 1}},
        ):
            assert sat.save(kind, wrong).status_code in (422, 200)
        assert sat.save(kind, value).status_code == 200
    for data in (b"", b"<svg/>", b"MZ"):
        sat.upload("upload", data)
    for address in sorted(set(re.findall(r'"(/room/media/[a-z2-7]+)"', sat.room.page))):
        shown = sat.visitor.get(address)
        assert shown.status_code == 200
        sat.visitor.get(address, headers={"Range": "bytes=0-9"})
    for path in (
        "/room",
        "/room/state?device=phone",
        "/room/media/aaaa",
        "/room/media/x/y",
        "/assessor/tasks",
    ):
        sat.visitor.get(path)
    sat.visitor.post("/language", {"language": "hi", "next": "/room"})
    sat.visitor.get("/room")
    assert sat.room.hand_in().status_code == 200
    for path in ("/room", "/learner", "/learner/result", "/room/media/aaaa"):
        sat.visitor.get(path)


def test_the_canaries_are_where_the_assessor_and_the_author_see_them(watched: tuple[Sat, Reader]) -> None:
    sat, _ = watched
    sat.room.hand_in()
    marker = sat.site.staff(Role.ASSESSOR)
    blind = re.search(r'href="(/assessor/tasks/[a-z0-9]+)">Candidate', marker.get("/assessor/tasks").text)
    assert blind is not None
    assert f"{CANARY} One mark for each reason." in marker.get(blind.group(1)).text
    with sat.site.parts.store.read(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.AUTHOR))
        for kind, version_id in sat.made.versions.items():
            document = json.dumps(bank.item_document(acting, version_id).to_document())
            assert document.count(CANARY) >= 6, kind
