# SPDX-License-Identifier: Apache-2.0
"""Many results of the sample's credential, put beside the real ones: batches, candidates and documents as they would be."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import select

from assessor.forms.tables import AssessmentRow
from assessor.results.document import Judged, compute
from assessor.results.model import ResultState
from assessor.results.tables import FeedCounterRow, ResultRow
from assessor.scheduling.candidates import Gender, Language, Pathway
from assessor.scheduling.model import EntryState, SittingState
from assessor.scheduling.tables import BatchRow, CandidateRow, EntryRow, SittingRow
from core import ids
from core.uow import UnitOfWork
from tests.unit.assessor.test_assessor_result_document import evidence

VARIETY: Final = 60
"""So many different results are made; many people share one."""


@cache
def document_of(seed: int) -> tuple[dict[str, Any], str, bool]:
    """A result of somebody who gets each item right with some chance, and each criterion at a level to match."""
    draw = random.Random(seed)
    able, whole = draw.uniform(0.72, 1), evidence()
    values = {key: ("A",) if draw.random() < able else ("B",) for key in whole.values}
    judged = {
        name: Judged(
            rubric=one.rubric,
            marks={
                criterion.id: criterion.levels[sum(draw.random() < able for _ in criterion.levels[1:])]
                for criterion in one.rubric
            },
        )
        for name, one in whole.judged.items()
    }
    found = compute(replace(whole, values=values, judged=judged))
    return found.document, found.sha256, found.passed


def add_cohort(
    uow: UnitOfWork,
    sizes: list[int],
    *,
    seed: int = 7,
    state: ResultState = ResultState.DECLARED,
    name: str = "Cohort",
) -> list[str]:
    """Batches of these sizes with a result for everybody, beside the sample's own batch; the ids of the batches."""
    draw = random.Random(seed)
    first = uow.db.scalars(select(BatchRow).order_by(BatchRow.id)).first()
    assert first is not None
    entry = uow.db.scalars(select(EntryRow).order_by(EntryRow.id)).first()
    assert entry is not None
    assert uow.db.get(AssessmentRow, first.assessment_id) is not None
    counter = uow.db.get(FeedCounterRow, first.awarding_body_id)
    if counter is None:
        counter = FeedCounterRow(awarding_body_id=first.awarding_body_id, last=0)
        uow.db.add(counter)
    made = []
    for number, size in enumerate(sizes):
        batch, sitting = _batch(uow, first, f"{name} {number + 1}", number, len(sizes))
        made.append(batch.id)
        for place in range(size):
            _one(uow, entry, batch, sitting, counter, draw, f"Learner {number + 1}-{place + 1:03}", state)
    uow.db.flush()
    return made


def _batch(
    uow: UnitOfWork, like: BatchRow, name: str, number: int, count: int
) -> tuple[BatchRow, SittingRow]:
    batch = BatchRow(
        id=ids.new_id(),
        agency_id=like.agency_id,
        awarding_body_id=like.awarding_body_id,
        engagement_id=like.engagement_id,
        assessment_id=like.assessment_id,
        name=name,
        created_at=uow.now,
        region="",
        particulars={},
        warning_reasons={},
    )
    opens = uow.now - timedelta(days=30 * (count - number))
    sitting = SittingRow(
        id=ids.new_id(),
        batch_id=batch.id,
        place=("Pune", "Nagpur")[number % 2],
        time_zone="Asia/Kolkata",
        opens_at=opens,
        closes_at=opens + timedelta(hours=2),
        proctored=False,
        retention_days=30,
        training_partner="",
        state=SittingState.PLANNED,
        cancelled_reason="",
    )
    uow.db.add(batch)
    uow.db.flush()
    uow.db.add(sitting)
    uow.db.flush()
    return batch, sitting


def _one(  # noqa: PLR0917 - what one learner is made of
    uow: UnitOfWork,
    like: EntryRow,
    batch: BatchRow,
    sitting: SittingRow,
    counter: FeedCounterRow,
    draw: random.Random,
    name: str,
    state: ResultState,
) -> None:
    person = CandidateRow(
        id=ids.new_id(),
        agency_id=batch.agency_id,
        name=name,
        language=draw.choice(list(Language)),
        created_at=uow.now,
        gender=draw.choice([Gender.FEMALE, Gender.MALE, None]),
        disabilities=[],
        email="",
        phone="",
        qualification={},
        guardian_name="",
        guardian_contact="",
    )
    entry = EntryRow(
        id=ids.new_id(),
        agency_id=batch.agency_id,
        sitting_id=sitting.id,
        candidate_id=person.id,
        form_id=like.form_id,
        draw=like.draw,
        extra_minutes=0,
        state=EntryState.ENROLLED,
        code_key=ids.new_id(),
        code_issued_at=uow.now,
        created_at=uow.now,
        batch_id=batch.id,
        try_number=1,
        pathway=draw.choice(list(Pathway)),
        accommodations=[],
        enrolment={},
    )
    document, sha256, passed = document_of(draw.randrange(VARIETY))
    declared = state is ResultState.DECLARED
    counter.last += declared
    for row in (person, entry):
        uow.db.add(row)
        uow.db.flush()
    uow.db.add(
        ResultRow(
            id=ids.new_id(),
            entry_id=entry.id,
            agency_id=batch.agency_id,
            awarding_body_id=batch.awarding_body_id,
            state=state,
            passed=passed,
            document=document,
            sha256=sha256,
            created_at=uow.now,
            declared_at=uow.now if declared else None,
            declared_by="manager" if declared else None,
            feed_number=counter.last if declared else None,
        )
    )
