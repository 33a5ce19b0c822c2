# SPDX-License-Identifier: Apache-2.0
"""Wrong keys of rich questions and of those that a person marks; and a correction of more results than one turn takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from assessor import api as assessor
from assessor.results.correction_tables import KeyCorrectionRow
from core.audit import AuditRow
from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.db.corrected import rederive
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.unit.item_bank.rich_files import png
from tests.web import rich_sitting, sitting
from tests.web.reported import sat_batch
from tests.web.rich_sitting import KINDS, LEARNER
from tests.web.site import Site
from tests.web.test_key_corrections import approve, ask
from tests.web.test_rich_room import Sat
from tests.web.world import acting_as, person


@pytest.fixture
def sat(site: Site) -> Sat:
    """A paper of every kind, answered wrong, handed in and marked."""
    sat = Sat(site)
    uploaded = sat.upload("upload", png(4, 4)).json or {}
    for kind in KINDS:
        wrong: Any = dict(ANSWERS[kind].wrong)
        if kind == "upload":
            wrong = {"RESPONSE": {"upload": uploaded["upload"], "name": uploaded["name"]}}
        assert sat.save(kind, sat.shown(kind, wrong)).status_code == 200, kind
    assert sat.room.hand_in().status_code == 200
    sitting.mark_everything(site, LEARNER)
    marker = site.staff(Role.ASSESSOR)
    task = re.search(r'href="(/assessor/tasks/[a-z0-9]+)">Candidate', marker.get("/assessor/tasks").text)
    assert task is not None
    marker.get(task.group(1))
    judged = {"Q6": "0.5", "Q19": "0", "Q20": "0", "note": "", "action": "complete"}
    assert marker.post(task.group(1), judged).status_code == 302
    return sat


def newer(sat: Sat, kind: str, **changes: Any) -> str:
    """The question corrected in the bank and reviewed: the id of its new version."""
    document = {**rich_sitting.documents()[kind], **changes}
    with sat.site.parts.store.write(Actor.system()) as uow:
        author, reviewer = (acting_as(uow, person(uow, role)) for role in (Role.AUTHOR, Role.REVIEWER))
        owner = str(author.actor.organisation_id)
        old = bank.item_version(author, sat.made.versions[kind])
        bank.import_items(
            author,
            owner_id=owner,
            credential_version_id=bank.credential_versions(author)[0].id,
            parsed=bank.parse_item_documents([document]),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        new = next(one for one in bank.versions_of_item(author, old.item_id) if one.number == old.number + 1)
        bank.submit_for_review(author, new.id)
        bank.approve_item(reviewer, new.id)
    return new.id


def scores(sat: Sat) -> list[dict[str, str]]:
    """The marks by question of every record of the learner, oldest first."""
    with sat.site.parts.store.write(Actor.system()) as uow:
        entry = assessor.learner_entry(uow, sat.made.entry_id)
        found = assessor.export_records(uow, entry.sitting.batch_id, organisation_id=entry.agency_id)
    names = {version_id: kind for kind, version_id in sat.made.versions.items()}
    return [
        {names.get(item, item): mark for item, mark in record["marks"].items()}
        for record in found.document["records"]
    ]


def correct(sat: Sat, question: str, **filled: str) -> None:
    manager, page = ask(sat.site, sat.made.versions[question], **filled)
    approve(sat.site, page)
    sat.site.worker.round()
    assert "Carried out" in manager.get(page).text


def test_a_rich_question_is_corrected_by_its_newer_version(sat: Sat, tmp_path: Path) -> None:
    key = json.loads(json.dumps(rich_sitting.documents()["numeric"]["key"]))
    key["parts"][0]["correct"] = ["240"]
    version_id = newer(sat, "numeric", key=key)
    correct(sat, "numeric", kind="version", as_version=version_id, policy="full")
    before, after = scores(sat)
    assert (before["numeric"], after["numeric"]) == ("0", "1")
    assert {**before, "numeric": "1"} == after
    with sat.site.parts.store.write(Actor.system()) as uow:
        entry = assessor.learner_entry(uow, sat.made.entry_id)
        found = assessor.export_records(uow, entry.sitting.batch_id, organisation_id=entry.agency_id)
    assert rederive(found.document, tmp_path)[0] == 0
    assert "240" not in json.dumps(found.document["records"]), "of a rich question the mark, not the answer"


@pytest.mark.parametrize(
    ("kind", "new_kind", "mark"),
    [
        ("extended_text", "everybody", "2"),  # half a mark was given by a person
        ("gap_match", "dropped", None),
    ],
)
def test_rich_and_hand_marked_questions_are_given_or_dropped(
    sat: Sat, kind: str, new_kind: str, mark: str | None
) -> None:
    correct(sat, kind, kind=new_kind, policy="full")
    before, after = scores(sat)
    assert after == {**before, kind: mark}


def test_a_rich_question_takes_no_list_of_answers(sat: Sat) -> None:
    manager = sat.site.staff(Role.MANAGER)
    form = {"item": sat.made.versions["numeric"], "kind": "keyed", "policy": "full", "reason": "It is wrong."}
    manager.get(f"/corrections/new?item={form['item']}")
    refused = manager.post("/corrections/new", {**form, "accepted": "240"})
    assert refused.status_code == 409
    assert "more than a list of answers" in refused.text


def test_more_results_than_one_turn_takes_are_all_computed_again(site: Site) -> None:
    made = sat_batch(site, persons=assessor.ADVANCE + 5, forms=1)
    _, page = ask(site, made.miskeyed_item, kind="dropped", policy="drop")
    approve(site, page)
    site.worker.round()
    with site.parts.store.read(Actor.system()) as uow:
        correction_id = page.rpartition("/")[2]
        organisation = {"organisation_id": made.agency}
        entries = assessor.corrected_entries(uow, correction_id, **organisation)
        advanced = uow.db.scalars(
            select(AuditRow.payload).where(AuditRow.name == "key_correction_advanced")
        ).all()
        state = assessor.correction(uow, correction_id, **organisation).state
    assert len(entries) > assessor.ADVANCE
    assert all(one.after_id for one in entries)
    assert advanced == [{"done": assessor.ADVANCE}]
    assert state is assessor.CorrectionState.APPLIED


def test_nothing_is_carried_out_under_a_signature_that_does_not_fit(site: Site) -> None:
    made = sat_batch(site, persons=6, forms=1)
    manager, page = ask(site, made.miskeyed_item, kind="dropped", policy="drop")
    approve(site, page)
    with site.parts.store.write(Actor.system()) as uow:
        forged = update(KeyCorrectionRow).where(KeyCorrectionRow.id == page.rpartition("/")[2])
        uow.db.execute(forged.values(signature="0" * 64))
    site.worker.round()
    shown = manager.get(page).text
    assert "The signature does not fit" in shown
    assert "New result</span>" not in shown
