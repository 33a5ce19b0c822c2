# SPDX-License-Identifier: Apache-2.0
"""Forms of managers and assessors with everything that can be typed wrong. What was typed right stays."""

from __future__ import annotations

import re

from core.identity.model import Role
from core.uow import Actor
from tests.web.batches import line_of, make_batch
from tests.web.calm import calm
from tests.web.site import Site
from tests.web.world import person
from web import demo

WRONG_FIELDS = [
    ("name", ""),
    ("name", "x" * 201),
    ("place", " "),
    ("opens_at", "tomorrow"),
    ("opens_at", "2026-13-41T25:00"),
    ("opens_at", "0001-01-01T00:00"),
    ("closes_at", "2026-11-20T09:00"),
    ("closes_at", "9999-12-31T23:59"),
    ("closes_at", "2500-01-01T00:00"),
    ("forms", "0"),
    ("forms", "21"),
    ("forms", "1e3"),
    ("forms", "९"),
    ("forms", "9" * 5000),
    ("candidates", "Sana Khan, xx"),
    ("candidates", "Sana Khan, hi, -1"),
    ("candidates", "Sana Khan, hi, 99999"),
    ("candidates", "Sana Khan, hi, 1, 2"),
    ("candidates", ", hi"),
    ("candidates", "x" * 201),
    ("candidates", "\n".join(f"Learner {number}, en" for number in range(501))),
    ("credential_version_id", ""),
]


def test_a_wrong_field_is_named_and_what_was_typed_stays(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    for field, text in WRONG_FIELDS:
        answer = calm(make_batch(manager, **{field: text}), 422)
        assert f'id="{field}-error"' in answer.text, (field, text)
        assert ("Pune, room 1" if field != "place" else "Sana Khan, hi, 10") in answer.text, (field, text)
    assert manager.get("/manager/batches?format=csv").text.count("\n") == 2


def test_a_name_that_cannot_be_shown_is_refused_and_writes_nothing(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    for field in ("name", "place", "candidates"):
        for text in ("a\0b", "a\u202eb", "a\ue000b"):
            calm(make_batch(manager, **{field: text}), 422)
    assert manager.get("/manager/batches?format=csv").text.count("\n") == 2


def test_a_batch_that_cannot_be_made_keeps_what_was_typed(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    taken = calm(make_batch(manager, name=demo.BATCH), 409)
    assert 'id="name-error"' in taken.text
    assert "Use another name" in taken.text
    deficit = calm(make_batch(manager, forms="20"), 409)
    assert 'id="forms-error"' in deficit.text
    assert "Ask for fewer papers" in deficit.text
    calm(make_batch(manager, credential_version_id="a" * 26), 404, "credential_unknown")
    assert manager.get("/manager/batches?format=csv").text.count("\n") == 2


def test_candidates_and_duties_that_make_no_sense_are_refused(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    here = line_of(site, "Mohan Lal").entry.sitting.id
    for lines in ("", "Sana Khan, xx", "x" * 300, "a\0b"):
        calm(manager.post(f"/manager/sittings/{here}/candidates", {"candidates": lines}), 422)
    refused = calm(manager.post(f"/manager/sittings/{here}/candidates", {"candidates": "A, en\nB, xx"}), 422)
    assert "Line 2: the language is en or hi." in refused.text
    assert "Nobody was added yet." in refused.text
    assert "A, en\nB, xx</textarea>" in refused.text, "what was typed is still there"
    path = f"/manager/sittings/{here}/staff"
    calm(manager.post(path, {"duty": "king"}), 422, "request_malformed")
    calm(manager.post(path, {"duty": "assessor", "person_id": "x" * 500}), 404, "person_unknown")
    with site.parts.store.read(Actor.system()) as uow:
        proctor = person(uow, Role.PROCTOR).id
    calm(manager.post(path, {"duty": "assessor", "person_id": proctor}), 404, "person_unknown")
    declared = {"duty": "proctor", "person_id": proctor, "conflict_declared": "yes"}
    calm(manager.post(path, declared), 409, "assessor_conflict")


def test_a_result_can_be_declared_only_by_its_newest_id_and_without_holds(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    for result in ("a" * 26, "x", "💥"):
        calm(manager.post(f"/manager/results/{result}/declare"), 404, "result_unknown")


# --------------------------------------------------------------------------------------------------- marks


def test_marks_that_are_no_level_are_refused_and_good_ones_are_kept(site: Site) -> None:
    assessor_ = site.staff(Role.ASSESSOR)
    task = re.search(r'href="(/assessor/tasks/[a-z0-9]+)"', assessor_.get("/assessor/tasks").text)
    assert task is not None
    path = task.group(1)
    first = re.search(r'type="radio" name="([^"]+)" value="2"', assessor_.get(path).text)
    assert first is not None
    criterion = first.group(1)
    for mark in ("3", "-1", "1/0", "NaN", "1e999999", "२", "2.0000000000000000001", "9" * 20):
        calm(assessor_.post(path, {criterion: mark}), 422, "mark_not_in_levels")
    calm(assessor_.post(path, {"PC9-P9": "2"}), 404, "criterion_unknown")
    calm(assessor_.post(path, {criterion: "2", "note": "x" * 5000}), 422, "note_too_long")
    missing = calm(assessor_.post(path, {criterion: "1", "action": "complete"}), 409)
    assert "Choose a level for each of them. What you chose so far is saved." in missing.text
    page = assessor_.get(path).text
    assert re.search(rf'name="{criterion}" value="1"[^>]* checked', page)
