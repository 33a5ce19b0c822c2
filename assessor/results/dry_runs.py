# SPDX-License-Identifier: Apache-2.0
"""What a corrected key would change, over every attempt of the agency with that item version. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, cast, exists, func, select

from assessor.attempts.tables import AttemptRow
from assessor.forms.tables import AssessmentRow, FormRow
from assessor.results.correction_model import AppliedCorrection
from assessor.results.gathering import Gatherer, counting_corrections
from assessor.results.model import HoldState, ResultState
from assessor.results.rekeying import CHUNK, Standing, rekeyed
from assessor.results.tables import DeliveryRow, HoldRow, ResultRow
from assessor.scheduling.model import EntryState
from assessor.scheduling.names import ERASED_NAME
from assessor.scheduling.tables import CandidateRow, EntryRow
from core.canonical import digest
from core.errors import Conflict
from core.uow import UnitOfWork
from scoring.api import Verdict
from scoring.rescoring.api import Difference, PersonChange, Scored, difference

DIFFERENCE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """The decision difference: a document without names, answers or keys, and its hash, which an approval quotes."""

    document: dict[str, Any]
    sha256: str


def require_marks_left(uow: UnitOfWork, correction: AppliedCorrection, *, agency_id: str) -> None:
    """Refuse what would leave a criterion of some paper without any item, or what stands in no paper.

    Raises Conflict `correction_no_paper`, `correction_empties_criterion` (facts pc), and as `new_rule`.
    """
    forms = _forms(uow, correction.version_id, agency_id=agency_id)
    if not forms:
        raise Conflict("correction_no_paper")
    gatherer = Gatherer(uow, also=correction)
    for form_id, assessment_id in forms:
        for cell in gatherer.of_form(assessment_id, form_id, agency_id=agency_id).emptied:
            raise Conflict("correction_empties_criterion", criterion=cell.pc or cell.element or cell.nos)


def fingerprint(uow: UnitOfWork, correction: AppliedCorrection, *, agency_id: str) -> str:
    """The hash of everything that a dry run depends on and that can change: the standing results and what counts already."""
    standing = standing_results(uow, correction.version_id, agency_id=agency_id)
    pairs = sorted([one.entry_id, one.result_id] for one in standing)
    counting = [one.sha256 for one in counting_corrections(uow, [correction.version_id])]
    return digest([correction.sha256, pairs, counting])


def dry_run(uow: UnitOfWork, correction: AppliedCorrection, *, agency_id: str) -> DryRun:
    """Score everybody under the key that counts and under the corrected one, and compare; marks are exact strings."""
    standing = {
        one.entry_id: one for one in standing_results(uow, correction.version_id, agency_id=agency_id)
    }
    before: dict[str, Scored] = {}
    after: dict[str, Scored] = {}
    failed: list[dict[str, str]] = []
    for one in rekeyed(uow, list(standing.values()), correction):
        if one.before is None or one.after is None:
            failed.append({"entry": one.entry_id, "cause": one.cause})
        else:
            before[one.entry_id], after[one.entry_id] = one.before, one.after
    found = difference(before, after)
    changes = [change for change in found.changes if _matters(change)]
    found = Difference(found.n, tuple(changes))
    held, delivered = _held(uow, standing), _delivered(uow, standing)
    document: dict[str, Any] = {
        "version": DIFFERENCE_VERSION,
        "correction": correction.id,
        "key": correction.sha256,
        "policy": correction.policy.value,
        "made_from": fingerprint(uow, correction, agency_id=agency_id),
        "results": len(standing),
        "coming": _coming(uow, correction.version_id, agency_id=agency_id),
        "erased": _erased(uow, correction.version_id, agency_id=agency_id),
        "changed": len(changes),
        "up": int(found.up),
        "down": int(found.down),
        "fail_to_pass": int(found.moved(Verdict.FAIL, Verdict.PASS)),
        "pass_to_fail": int(found.moved(Verdict.PASS, Verdict.FAIL)),
        "failed": failed,
        "persons": [
            {
                **change.to_document(),
                "result": standing[change.person].result_id,
                "state": standing[change.person].state.value,
                "held": change.person in held,
                "delivered": change.person in delivered,
            }
            for change in changes
        ],
    }
    return DryRun(document=document, sha256=digest(document))


def standing_results(uow: UnitOfWork, version_id: str, *, agency_id: str) -> list[Standing]:
    """The newest standing result of every enrolled entry of the agency whose paper has the item, by entry.

    Whose answers were erased keeps what stands: nothing can be computed again.
    """
    query = (
        _entries(
            uow,
            version_id,
            agency_id,
            ResultRow.entry_id,
            AttemptRow.id,
            AttemptRow.form_id,
            ResultRow.id,
            ResultRow.state,
            ResultRow.passed,
        )
        .join(ResultRow, ResultRow.entry_id == EntryRow.id)
        .where(ResultRow.state != ResultState.SUPERSEDED, CandidateRow.name != ERASED_NAME)
        .order_by(ResultRow.entry_id, ResultRow.id)
    )
    assessments = dict(_forms(uow, version_id, agency_id=agency_id))
    found = {
        entry_id: Standing(
            entry_id=entry_id,
            attempt_id=attempt_id,
            form_id=form_id,
            assessment_id=assessments[form_id],
            agency_id=agency_id,
            result_id=result_id,
            state=state,
            passed=passed,
        )
        for entry_id, attempt_id, form_id, result_id, state, passed in uow.db.execute(query)
    }
    return list(found.values())


def _matters(one: PersonChange) -> bool:
    """Whether the person gets another result: marks, bands or verdict, and not only an item that no longer counts."""
    old, new = one.before, one.after
    return old.cells != new.cells or one.verdict_changes or old.bands != new.bands


def _forms(uow: UnitOfWork, version_id: str, *, agency_id: str) -> list[tuple[str, str]]:
    """The sealed forms of an agency that pin an item version, each with its assessment."""
    query = (
        select(FormRow.id, FormRow.assessment_id)
        .join(AssessmentRow, AssessmentRow.id == FormRow.assessment_id)
        .where(
            AssessmentRow.agency_id == agency_id,
            FormRow.sealed_at.is_not(None),
            cast(FormRow.document, Text).contains(version_id, autoescape=True),
        )
        .order_by(FormRow.id)
    )
    return [(form_id, assessment_id) for form_id, assessment_id in uow.db.execute(query)]


def _coming(uow: UnitOfWork, version_id: str, *, agency_id: str) -> int:
    """How many enrolled entries have or will have the item, and no result yet."""
    standing = exists().where(ResultRow.entry_id == EntryRow.id, ResultRow.state != ResultState.SUPERSEDED)
    query = _entries(uow, version_id, agency_id, func.count()).where(
        ~standing, CandidateRow.name != ERASED_NAME
    )
    return uow.db.scalar(query) or 0


def _erased(uow: UnitOfWork, version_id: str, *, agency_id: str) -> int:
    """How many had the item and were erased on request."""
    query = _entries(uow, version_id, agency_id, func.count()).where(CandidateRow.name == ERASED_NAME)
    return uow.db.scalar(query) or 0


def _entries(uow: UnitOfWork, version_id: str, agency_id: str, *columns: Any) -> Select[Any]:
    """Something of every enrolled entry whose paper has the item."""
    forms = [form_id for form_id, _ in _forms(uow, version_id, agency_id=agency_id)]
    return (
        select(*columns)
        .select_from(AttemptRow)
        .join(EntryRow, EntryRow.id == AttemptRow.entry_id)
        .join(CandidateRow, CandidateRow.id == EntryRow.candidate_id)
        .where(
            AttemptRow.form_id.in_(forms),
            AttemptRow.agency_id == agency_id,
            EntryRow.state == EntryState.ENROLLED,
        )
    )


def _held(uow: UnitOfWork, standing: dict[str, Standing]) -> frozenset[str]:
    """The entries whose result may not be declared."""
    of = {one.attempt_id: one.entry_id for one in standing.values()}
    blocking = [state for state in HoldState if state.blocks]
    found = (
        attempt_id
        for chunk in _chunks(sorted(of))
        for attempt_id in uow.db.scalars(
            select(HoldRow.attempt_id).where(HoldRow.attempt_id.in_(chunk), HoldRow.state.in_(blocking))
        )
    )
    return frozenset(of[attempt_id] for attempt_id in found)


def _delivered(uow: UnitOfWork, standing: dict[str, Standing]) -> frozenset[str]:
    """The entries whose result the awarding body has."""
    of = {one.result_id: one.entry_id for one in standing.values()}
    found = (
        result_id
        for chunk in _chunks(sorted(of))
        for result_id in uow.db.scalars(select(DeliveryRow.result_id).where(DeliveryRow.result_id.in_(chunk)))
    )
    return frozenset(of[result_id] for result_id in found)


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
