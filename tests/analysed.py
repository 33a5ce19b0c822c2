# SPDX-License-Identifier: Apache-2.0
"""A batch that some hundred learners have sat, quickly: the rows that the operations would write, many at once.

`tests/db/test_analyses_sample.py` holds these rows against those of real operations. Results are computed as always.

What is hidden in the answers, for reports to find: the first anchor item is harder for women than for men of the same ability,
one item's key is wrong, two learners of one room copied from each other, and one clicked through in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessor import api
from assessor.forms.operations import require_engaged
from assessor.scheduling import operations as scheduling
from core.uow import Actor, ActorKind, Store
from tests.analysed_rows import insert_results, insert_sitters, seal, sitting_of
from tests.analysed_sitters import ANCHORS_OF_PC, Sample, Sitter, draw, sitters_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """The batch: entries and attempts are in the order of the sitters."""

    batch_id: str
    agency: str
    sitting_ids: tuple[str, ...]
    form_ids: tuple[str, ...]
    sitters: tuple[Sitter, ...]
    entry_ids: tuple[str, ...]
    attempt_ids: tuple[str, ...]
    unfair_item: str
    miskeyed_item: str


def analysed_batch(
    store: Store,
    whose: Sample,
    *,
    persons: int = 300,
    forms: int = 4,
    seed: int = 1,
    name: str = "Analysed",
    anchors: int = ANCHORS_OF_PC,
) -> Analysed:
    """A closed batch of so many learners on so many forms, in two rooms, with results; the same seed gives the same answers.

    `anchors` items of each PC stand in every form.
    """
    manager = Actor(ActorKind.PERSON, whose.manager, whose.agency)
    with store.write(manager) as uow:
        definition = api.define_assessment(uow, organisation_id=whose.agency, blueprint_id=whose.blueprint)
        drawn = draw(uow, whose, forms=forms, anchors=anchors)
        form_ids = [seal(uow, definition.id, form, number) for number, form in enumerate(drawn)]
        _, engagement = require_engaged(
            uow, organisation_id=whose.agency, credential_version_id=whose.credential
        )
        batch_id = scheduling.create_batch(
            uow,
            organisation_id=whose.agency,
            engagement=engagement,
            assessment_id=definition.id,
            plan=api.BatchPlan(name=name),
            form_ids=form_ids,
        )
        sitting_ids = [sitting_of(uow, batch_id, whose, place) for place in ("Pune centre", "Nagpur centre")]
        sitters = sitters_of(uow, drawn, persons=persons, seed=seed)
        made = insert_sitters(
            uow, whose, sitters, batch_id=batch_id, sitting_ids=sitting_ids, form_ids=form_ids
        )
        insert_results(uow, made, sitters)
    return Analysed(
        batch_id=batch_id,
        agency=whose.agency,
        sitting_ids=tuple(sitting_ids),
        form_ids=tuple(form_ids),
        sitters=tuple(sitters),
        entry_ids=tuple(entry_id for entry_id, _ in made),
        attempt_ids=tuple(attempt_id for _, attempt_id in made),
        unfair_item=drawn[0][0],
        miskeyed_item=drawn[0][ANCHORS_OF_PC + 1],
    )


def sample_of(names: Any) -> Sample:
    """The sample of a world of `tests.unit.assessor.world`."""
    return Sample(names.agency, names.manager, names.assessor, names.credential, names.blueprint)
