# SPDX-License-Identifier: Apache-2.0
"""What managers see: batches, what blocks a result, and what they may do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assessor import api as assessor
from core.identity.model import Person
from item_bank import api as bank
from web.presenters.common import bilingual, window_state


def batch_rows(
    batches: Sequence[assessor.BatchOverview],
    credentials: Mapping[str, bank.CredentialDocument],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """Batches as a list; ``credentials`` by assessment id."""
    return [
        {
            "id": one.batch.id,
            "name": one.batch.name,
            "credential_title": bilingual(credentials[one.batch.assessment_id].title),
            "awarding_body": credentials[one.batch.assessment_id].awarding_body,
            "candidates": one.counts.entries,
            "handed_in": one.counts.handed_in,
            "marked": one.counts.provisional + one.counts.declared,
            "declared": one.counts.declared,
            "held": one.counts.held,
            "upheld_late": one.counts.upheld_late,
            "next_opens_at": min(
                (sitting.opens_at for sitting in one.sittings if sitting.closes_at > now), default=None
            ),
            "created_at": one.batch.created_at,
        }
        for one in batches
    ]


def batch_head(batch: assessor.Batch, credential: bank.CredentialDocument) -> dict[str, Any]:
    """The head of a batch's page."""
    return {
        "id": batch.id,
        "name": batch.name,
        "credential_title": bilingual(credential.title),
        "credential_code": credential.code,
        "awarding_body": credential.awarding_body,
        "created_at": batch.created_at,
        "allocation_id": batch.allocation_id,
    }


def sitting_rows(
    page: assessor.BatchPage,
    staff: Mapping[str, Sequence[assessor.StaffMember]],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """The sittings of a batch with their staff."""
    return [
        {
            "id": sitting.id,
            "place": sitting.place,
            "opens_at": sitting.opens_at,
            "closes_at": sitting.closes_at,
            "time_zone": sitting.time_zone,
            "proctored": sitting.proctored,
            "state": "cancelled"
            if sitting.state is assessor.SittingState.CANCELLED
            else window_state(now, opens_at=sitting.opens_at, closes_at=sitting.closes_at),
            "cancelled_reason": sitting.cancelled_reason,
            "training_partner": sitting.training_partner,
            "staff": [
                {
                    "name": member.name,
                    "duty": member.duty.value,
                    "conflict_declared": member.conflict_declared,
                }
                for member in staff[sitting.id]
            ],
            "candidates": sum(line.entry.sitting.id == sitting.id for line in page.lines),
        }
        for sitting in page.sittings
    ]


def form_rows(forms: Sequence[assessor.Form]) -> list[dict[str, Any]]:
    """The papers of a batch."""
    return [
        {
            "id": form.id,
            "label": f"{number}",
            "state": form.state.value,
            "digest": form.sha256 or "",
            "items": len(form.content.items),
            "seconds": form.content.limit_seconds,
        }
        for number, form in enumerate(forms, 1)
    ]


def entry_rows(lines: Sequence[assessor.BatchLine], *, now: datetime) -> list[dict[str, Any]]:
    """The candidates of a batch with how far they are."""
    return [_entry(line, now) for line in lines]


def people_options(people: Sequence[Person]) -> list[dict[str, str]]:
    """People for a select."""
    return [{"id": person.id, "name": person.name} for person in people]


def holds_part(line: assessor.BatchLine) -> dict[str, int]:
    """How many incidents hold the result of an entry, or came after its declaration: undecided, and upheld."""
    holds = [hold.state for hold in line.holds]
    return {
        "interim": holds.count(assessor.HoldState.INTERIM),
        "confirmed": holds.count(assessor.HoldState.CONFIRMED),
    }


def _entry(line: assessor.BatchLine, now: datetime) -> dict[str, Any]:
    attempt, entry = line.attempt, line.entry
    tasks = {task.component.value: task.state.value for task in line.tasks}
    enrolled = entry.state is assessor.EntryState.ENROLLED
    fresh = attempt.state is assessor.AttemptState.CREATED
    result = line.result
    return {
        "id": entry.id,
        "attempt_id": attempt.id,
        "name": entry.candidate_name,
        "language": entry.language.value,
        "extra_minutes": entry.extra_minutes,
        "sitting_place": entry.sitting.place,
        "withdrawn": entry.state is assessor.EntryState.WITHDRAWN,
        "absent": entry.state is assessor.EntryState.ABSENT,
        "agency_number": entry.agency_number,
        "try_number": entry.try_number,
        "attempt_state": "not_started" if fresh else attempt.state.value,
        "ended_by": attempt.ended_by.value if attempt.ended_by else None,
        "answered": attempt.answered,
        "items": attempt.items,
        "written": tasks.get("theory", "done"),
        "practical": tasks.get("practical", "done"),
        "viva": tasks.get("viva", "done"),
        "holds": holds_part(line),
        "result": None
        if result is None
        else {"id": result.id, "state": result.state.value, "verdict": "pass" if result.passed else "fail"},
        "may": {
            "declare": line.can_be_declared,
            "reissue_code": enrolled,
            "mark_absent": assessor.may_be_absent(entry, begun=not fresh, now=now),
            "withdraw": enrolled and (result is None or result.state is not assessor.ResultState.DECLARED),
        },
    }
