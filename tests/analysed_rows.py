# SPDX-License-Identifier: Apache-2.0
"""The rows of an analysed batch, many at once, equal to what the operations would write for the same learners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from assessor import api
from assessor.attempts.queries import load_attempt_of_entry
from assessor.attempts.refs import loaded
from assessor.attempts.tables import AttemptRow, LeaseRow, ResponseEventRow
from assessor.forms.contents import form_content
from assessor.forms.model import FormState
from assessor.forms.tables import FormRow
from assessor.marking.tables import MarkingTaskRow, MarkRow
from assessor.results.document import Evidence, compute
from assessor.results.gathering import Gatherer
from assessor.results.tables import ResultRow
from assessor.scheduling.candidates import CandidatePlan
from assessor.scheduling.enrolment import judge_enrolment
from assessor.scheduling.queries import Entry, learner_entry, load_sitting
from assessor.scheduling.tables import CandidateRow, EntryRow
from core import ids
from core.uow import UnitOfWork
from tests.analysed_sitters import LIMIT_SECONDS, Reply, Sample, Sitter
from web.tables import LoginKind, LoginRow


def seal(uow: UnitOfWork, assessment_id: str, drawn: Sequence[str], number: int) -> str:
    content = form_content(uow, assessment_id, drawn, seed=number, limit_seconds=LIMIT_SECONDS)
    row = FormRow(
        id=ids.new_id(),
        assessment_id=assessment_id,
        state=FormState.SEALED,
        document=content.to_document(),
        sha256=content.sha256,
        created_at=uow.now,
        sealed_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    return row.id


def sitting_of(uow: UnitOfWork, batch_id: str, whose: Sample, place: str) -> str:
    plan = api.SittingPlan(
        opens_at=uow.now - timedelta(hours=3),
        closes_at=uow.now - timedelta(hours=1),
        time_zone="Asia/Kolkata",
        place=place,
        proctored=False,
    )
    sitting = api.schedule_sitting(uow, batch_id, organisation_id=whose.agency, plan=plan)
    api.assign_staff(
        uow, sitting.id, duty=api.Duty.ASSESSOR, organisation_id=whose.agency, person_id=whose.assessor
    )
    return sitting.id


def insert_sitters(
    uow: UnitOfWork,
    whose: Sample,
    sitters: Sequence[Sitter],
    *,
    batch_id: str,
    sitting_ids: Sequence[str],
    form_ids: Sequence[str],
) -> list[tuple[str, str]]:
    """The rows of every sitter; entry and attempt ids."""
    sitting, batch = load_sitting(uow, sitting_ids[0], organisation_id=whose.agency)
    judgement = judge_enrolment(
        uow,
        sitting,
        batch,
        candidate=CandidatePlan(name="Anybody", language=api.Language.HINDI),
        person_key=None,
        approval=api.Approval(entry_requirement_met=True),
    )
    enrolment = judgement.to_document(by=whose.manager, entry_requirement_met=True)
    rows: dict[Any, list[dict[str, Any]]] = {
        table: []
        for table in (
            CandidateRow,
            EntryRow,
            AttemptRow,
            LeaseRow,
            ResponseEventRow,
            MarkingTaskRow,
            MarkRow,
            LoginRow,
        )
    }
    made = []
    for number, sitter in enumerate(sitters):
        entry_id, attempt_id, candidate_id = ids.new_id(), ids.new_id(), ids.new_id()
        made.append((entry_id, attempt_id))
        begun = uow.now - timedelta(hours=2, minutes=55) + timedelta(seconds=number % 60)
        log, ended = _log(attempt_id, sitter.replies, begun)
        rows[CandidateRow].append(_candidate(candidate_id, sitter, whose, at=uow.now))
        rows[EntryRow].append(
            {
                "id": entry_id,
                "agency_id": whose.agency,
                "sitting_id": sitting_ids[sitter.sitting],
                "candidate_id": candidate_id,
                "form_id": form_ids[sitter.form],
                "draw": {"seed": str(number), "counts": dict.fromkeys(form_ids, number // len(form_ids))},
                "extra_minutes": 0,
                "state": api.EntryState.ENROLLED,
                "code_key": ids.secret_token(24),
                "code_issued_at": uow.now,
                "created_at": uow.now,
                "version": 1,
                "batch_id": batch_id,
                "try_number": 1,
                "pathway": api.Pathway.TRAINED,
                "accommodations": [],
                "enrolment": enrolment,
            }
        )
        rows[AttemptRow].append(
            {
                "id": attempt_id,
                "entry_id": entry_id,
                "agency_id": whose.agency,
                "form_id": form_ids[sitter.form],
                "secret": ids.secret_token(),
                "state": api.AttemptState.SUBMITTED,
                "started_at": begun,
                "ends_at": begun + timedelta(seconds=LIMIT_SECONDS),
                "ended_at": ended,
                "ended_by": api.EndedBy.LEARNER,
                "limit_seconds": LIMIT_SECONDS,
                "accommodation_seconds": 0,
                "credit_seconds": 0,
                "lease_epoch": 1,
                "lease_device": "phone",
                "version": 4,
                "paused_seconds": 0,
                "ended_reason": "",
            }
        )
        rows[LeaseRow].append({"attempt_id": attempt_id, "epoch": 1, "device": "phone", "taken_at": begun})
        rows[ResponseEventRow] += log
        if sitter.browser:
            rows[LoginRow].append(_login(entry_id, sitter.browser, at=uow.now))
        for component, marks in sitter.marks.items():
            task_id = ids.new_id()
            rows[MarkingTaskRow].append(
                {
                    "id": task_id,
                    "entry_id": entry_id,
                    "component": api.TaskComponent(component),
                    "state": api.TaskState.DONE,
                    "completed_at": uow.now,
                    "completed_by": whose.assessor,
                    "version": 2,
                }
            )
            rows[MarkRow] += [
                {
                    "task_id": task_id,
                    "number": place,
                    "criterion_id": criterion,
                    "marks": mark,
                    "assessor_id": whose.assessor,
                    "at": uow.now,
                    "note": "",
                }
                for place, (criterion, mark) in enumerate(marks.items(), 1)
            ]
    for table, own in rows.items():
        if own:
            uow.db.connection().execute(insert(table), own)
    return made


def insert_results(uow: UnitOfWork, made: Sequence[tuple[str, str]], sitters: Sequence[Sitter]) -> None:
    """A provisional result for everybody, computed as always; what all with one form share is read once."""
    gatherer = Gatherer(uow)
    firsts: dict[int, tuple[Entry, Evidence]] = {}
    rows = []
    for (entry_id, attempt_id), sitter in zip(made, sitters, strict=True):
        if sitter.form not in firsts:
            entry = learner_entry(uow, entry_id)
            firsts[sitter.form] = entry, gatherer.evidence(entry, load_attempt_of_entry(uow, entry_id))
        alike, first = firsts[sitter.form]
        candidate_id = uow.db.get_one(EntryRow, entry_id).candidate_id
        evidence = replace(
            first,
            subject=replace(
                first.subject, entry_id=entry_id, candidate_id=candidate_id, attempt_id=attempt_id
            ),
            values={reply.version_id: loaded(reply.value) for reply in sitter.replies},
            judged={
                component: replace(judged, marks=sitter.marks[component])
                for component, judged in first.judged.items()
            },
        )
        computed = compute(evidence)
        rows.append(
            {
                "id": ids.new_id(),
                "entry_id": entry_id,
                "agency_id": alike.agency_id,
                "awarding_body_id": alike.awarding_body_id,
                "state": api.ResultState.PROVISIONAL,
                "passed": computed.passed,
                "document": computed.document,
                "sha256": computed.sha256,
                "created_at": uow.now,
                "version": 1,
            }
        )
    uow.db.connection().execute(insert(ResultRow), rows)


def _log(attempt_id: str, replies: Sequence[Reply], begun: datetime) -> tuple[list[dict[str, Any]], datetime]:
    """The response events of an attempt, and when it was handed in: ten seconds after the last of them."""
    at, log, counts = begun, [], dict[str, int]()
    for seq, reply in enumerate(replies, 1):
        at += timedelta(seconds=reply.seconds)
        counts[reply.version_id] = counts.get(reply.version_id, 0) + 1
        log.append(
            {
                "attempt_id": attempt_id,
                "device": "phone",
                "seq": seq,
                "epoch": 1,
                "item_version_id": reply.version_id,
                "value": reply.value,
                "revision": counts[reply.version_id],
                "client_time": "",
                "received_at": at,
            }
        )
    return log, at + timedelta(seconds=10)


def _candidate(candidate_id: str, sitter: Sitter, whose: Sample, *, at: datetime) -> dict[str, Any]:
    return {
        "id": candidate_id,
        "agency_id": whose.agency,
        "name": sitter.name,
        "language": sitter.language,
        "created_at": at,
        "gender": sitter.gender,
        "disabilities": [],
        "email": "",
        "phone": "",
        "qualification": {},
        "guardian_name": "",
        "guardian_contact": "",
    }


def _login(entry_id: str, browser: str, *, at: datetime) -> dict[str, Any]:
    return {
        "token_hash": ids.secret_token(32),
        "kind": LoginKind.CANDIDATE,
        "subject_id": entry_id,
        "created_at": at - timedelta(hours=3),
        "expires_at": at + timedelta(hours=9),
        "public_id": ids.new_id(),
        "browser": browser,
        "seen_at": at - timedelta(hours=3),
    }
