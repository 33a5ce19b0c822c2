# SPDX-License-Identifier: Apache-2.0
"""A paper with every kind of item, sat in the room: what its reports read, before and after a person has marked it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from assessor import api as assessor
from core.identity.model import Role
from core.uow import Actor
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.unit.item_bank.rich_files import png
from tests.web import sitting
from tests.web.rich_sitting import KINDS, LEARNER
from tests.web.site import Site
from tests.web.test_rich_room import Sat

ONE_CHOICE = {"choice_single", "inline_choice", "hottext"}
BY_HAND = {"extended_text": "1.5", "upload": "1", "composite": "2.5"}


@pytest.fixture
def sat(site: Site) -> Sat:
    """Everything is answered and right, as far as a key can tell; handed in, and nothing is marked."""
    sat = Sat(site)
    uploaded = sat.upload("upload", png(4, 4)).json or {}
    right = {kind: dict(ANSWERS[kind].right) for kind in KINDS}
    right["upload"] = {"RESPONSE": {"upload": uploaded["upload"], "name": uploaded["name"]}}
    for kind in KINDS:
        assert sat.save(kind, sat.shown(kind, right[kind])).status_code == 200
    assert sat.room.hand_in().status_code == 200
    return sat


def read(sat: Sat) -> tuple[assessor.BatchData, dict[str, float]]:
    """The batch, and the learner's mark on each kind of item."""
    with sat.site.parts.store.read(Actor.system()) as uow:
        entry = assessor.learner_entry(uow, sat.made.entry_id)
        data = assessor.gather_batch(uow, entry.sitting.batch_id, organisation_id=entry.agency_id)
    kinds = {version: kind for kind, version in sat.made.versions.items()}
    marks = dict(zip([kinds[item.version_id] for item in data.items], data.marks[0].tolist(), strict=True))
    return data, marks


def mark_by_hand(sat: Sat) -> None:
    sitting.mark_everything(sat.site, LEARNER)
    marker = sat.site.staff(Role.ASSESSOR)
    task = re.search(
        r'href="(/assessor/tasks/[a-z0-9]+)">Candidate [A-Z0-9]{5}', marker.get("/assessor/tasks").text
    )
    assert task is not None
    marks = {"Q6": "1.5", "Q19": "1", "Q20": "0.5", "note": "", "action": "complete"}
    assert marker.post(task.group(1), marks).status_code == 302


def chosen(data: assessor.BatchData) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The chosen option and the key of the items with one choice, by kind."""
    return {
        item.kind: (str(data.choices[0, column]), item.key)
        for column, item in enumerate(data.items)
        if item.options
    }


def test_what_waits_for_a_person_is_no_mark_yet_and_then_counts_as_in_the_result(sat: Sat) -> None:
    data, waiting = read(sat)
    assert {kind for kind, mark in waiting.items() if np.isnan(mark)} == set(BY_HAND)
    assert set(chosen(data)) == ONE_CHOICE
    assert all((choice,) == key for choice, key in chosen(data).values())
    mark_by_hand(sat)
    data, marks = read(sat)
    assert marks == {kind: float(score) for kind, score in sat.outcomes().items()}
    assert {kind: marks[kind] for kind in BY_HAND} == {kind: float(mark) for kind, mark in BY_HAND.items()}
    assert data.persons[0].passed is not None
    assert data.answered.all()
    for kind in assessor.ReportKind:  # of one learner: a whole report with the reasons why it says so little
        document = assessor.make_report(kind, data, progress=lambda _share, _stage: None)
        assert document["batch"]["items"] == len(KINDS)
