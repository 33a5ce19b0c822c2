# SPDX-License-Identifier: Apache-2.0
"""A sitting full of notes leaves the way to the result untouched, byte for byte; only a person can change that."""

from __future__ import annotations

import pytest
from sqlalchemy import Table, select

from core.db import Base
from core.uow import Actor
from proctor import api as proctor
from tests.web import sitting
from tests.web.reviewing import NOTE, Case, open_case
from tests.web.site import Site

RULES = [rule for rule in proctor.RuleName if proctor.weight_of(rule) is proctor.Weight.NOTE]
_OF_WATCHING = ("alerts", "evidence", "audit_log", "outbox", "blob_keys")
"""The notes themselves, their pictures, and the record of both."""


def result_path(site: Site) -> bytes:
    """Every row of every table in which a result could be touched, as bytes."""
    with site.parts.store.read(Actor.system()) as uow:
        kept = [
            repr((table.name, sorted(map(repr, rows_of(uow.db, table)))))
            for table in Base.metadata.sorted_tables
            if not table.name.startswith(_OF_WATCHING)
        ]
    return "\n".join(kept).encode()


def rows_of(db: object, table: Table) -> list[object]:
    return list(db.execute(select(table)))  # type: ignore[attr-defined]


@pytest.fixture
def case(site: Site) -> Case:
    made = open_case(site)
    room = sitting.open_room(made.learner)
    room.answer_everything()
    assert room.hand_in().status_code == 200
    sitting.mark_everything(site, "Fatima Sheikh")
    return made


def test_notes_of_every_rule_leave_every_table_of_results_as_it_was(site: Site, case: Case) -> None:
    site.worker.round()
    before = result_path(site)
    assert b"results" in before
    assert len(RULES) >= 10
    for rule in RULES:
        case.add(rule, NOTE)
    site.worker.round()
    assert result_path(site) == before
    assert case.holds() == {}
