# SPDX-License-Identifier: Apache-2.0
"""From stored answers to marks, twice: by the platform's own way, and by a replay of what the learners were told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assessor import api as assessor
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import Actor, ActorKind, Store, UnitOfWork
from item_bank import api as bank
from scoring.api import score_item
from tests.chaos.journal import Journal, Sent


def mark_everybody(store: Store) -> dict[str, dict[str, Any]]:
    """Full marks in the practical and the viva of all who handed in; the result document of each attempt."""
    with store.read(Actor.system()) as uow:
        person = next(one for one in identity.all_people(uow) if Role.ASSESSOR in one.roles)
    agency_id = person.organisation_id
    acting = Actor(ActorKind.PERSON, person.id, agency_id, frozenset({Role.ASSESSOR}))
    documents: dict[str, dict[str, Any]] = {}
    with store.write(acting) as uow:
        for overview in assessor.tasks_of_assessor(uow, person.id, organisation_id=agency_id):
            attempt = assessor.overviews(uow, [overview.entry.id])[overview.entry.id]
            if attempt.state is not assessor.AttemptState.SUBMITTED:
                continue
            task = assessor.task(uow, overview.id, person_id=person.id, organisation_id=agency_id)
            full = {line.criterion.id: "2" for line in task.rubric.lines}
            assessor.record_marks(uow, task.id, organisation_id=agency_id, marks=full)
            assessor.complete_task(uow, task.id, organisation_id=agency_id)
            ready = assessor.refresh_result(uow, overview.entry.id).result
            if ready is not None:
                found = assessor.result(uow, ready.id, organisation_id=agency_id)
                documents[attempt.id] = dict(found.document)
    return documents


def theory_marks(document: Mapping[str, Any]) -> dict[str, Fraction]:
    """The theory marks of a result document by PC."""
    return {
        mark["pc"]: Fraction(mark["awarded"]) for mark in document["marks"] if mark["component"] == "theory"
    }


def replay(uow: UnitOfWork, journal: Journal, attempt_id: str) -> dict[str, Fraction]:
    """Theory marks by PC from nothing but the last acknowledged values and the keys; every item is worth one mark."""
    sql = uow.db.connection().exec_driver_sql
    row = "SELECT forms.document, attempts.secret FROM attempts JOIN forms ON forms.id = form_id WHERE attempts.id = ?"
    document, secret = sql(row, (attempt_id,)).one()
    items = json.loads(document)["items"]
    keys = bank.scoring_view(uow, {item["version_id"]: item["sha256"] for item in items})
    opaque = bank.opaque_ids(secret.encode())
    last = journal.last_by_item(attempt_id)
    marks: dict[str, Fraction] = {}
    for item in items:
        version_id = item["version_id"]
        save, told = last[bank.item_ref(version_id, opaque=opaque)]
        assert told is not None, "the last answer of an item was not acknowledged"
        shown = {opaque(version_id, letter): letter for letter in item["options"]}
        earned = score_item(keys[version_id], _in_letters(save, shown)).score
        marks[item["pc"]] = marks.get(item["pc"], Fraction(0)) + earned
    return marks


def _in_letters(save: Sent, shown: Mapping[str, str]) -> str | tuple[str, ...] | None:
    return tuple(shown[option] for option in save.value) if isinstance(save.value, list) else save.value
