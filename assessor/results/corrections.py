# SPDX-License-Identifier: Apache-2.0
"""Commands on corrected keys: ask, approve by another person, refuse, take back, and apply entry by entry.

Scoring by a correction lives in `gathering`; what it changes in `dry_runs`.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert, select

from assessor.results import events
from assessor.results.computing import compute_entry, same_outcome
from assessor.results.correction_model import (
    CorrectionCommand,
    CorrectionState,
    ItemRule,
    NewKey,
    NewKeyKind,
    decide,
    require_second_person,
)
from assessor.results.correction_queries import (
    KeyCorrection,
    applied_of,
    content_hash,
    correction_of,
    load_correction,
    signature_of,
)
from assessor.results.correction_tables import CorrectedEntryRow, KeyCorrectionRow
from assessor.results.document import Computed
from assessor.results.dry_runs import DryRun, fingerprint, require_marks_left
from assessor.results.gathering import counting_corrections, new_rule, rules_of
from assessor.results.model import ResultState
from assessor.results.preparing import prepare, replace_result
from assessor.results.queries import result_of_entry
from assessor.scheduling import queries as scheduling
from assessor.scheduling.names import require_full_reason
from core import ids
from core.canonical import digest
from core.errors import Conflict, Forbidden, NotFound
from core.uow import ActorKind, UnitOfWork
from item_bank.api import ItemState, item_version, scoring_view
from scoring.api import format_mark
from scoring.rescoring.api import Policy

ADVANCE = 20
"""So many entries are corrected before other effects get their turn."""


def ask_correction(
    uow: UnitOfWork, version_id: str, *, organisation_id: str, new_key: NewKey, policy: Policy, reason: str
) -> KeyCorrection:
    """Ask for another key of an item version; nothing changes until another person approves.

    Raises Forbidden `person_needed`; NotFound `item_unknown`; Invalid `reason_malformed`, `correction_key`; Conflict
    `correction_open`, `correction_no_paper`, `correction_changes_nothing`, `correction_by_version`, `correction_other_item`,
    `correction_empties_criterion`.
    """
    _require_person(uow)
    version = item_version(uow, version_id)
    if version.owner_id != organisation_id:
        raise NotFound("item_unknown")
    _require_none_open(uow, version_id)
    if new_key.kind is NewKeyKind.VERSION:
        _require_successor(uow, version_id, new_key.as_version_id or "")
    asked = KeyCorrection(
        id=ids.new_id(),
        agency_id=organisation_id,
        item_version_id=version_id,
        new_key=new_key,
        policy=policy,
        reason=require_full_reason(reason),
        sha256="",
        state=CorrectionState.ASKED,
        asked_by=uow.actor.id,
        asked_at=uow.now,
        decided_by=None,
        decided_at=None,
        answer="",
        difference=None,
        difference_sha256=None,
        signature=None,
        applied_at=None,
    )
    asked = replace(asked, sha256=content_hash(asked))
    _require_change(uow, asked, pinned=version.content_hash)
    require_marks_left(uow, applied_of(asked), agency_id=organisation_id)
    row = KeyCorrectionRow(
        id=asked.id,
        agency_id=asked.agency_id,
        item_version_id=version_id,
        kind=new_key.kind,
        accepted=[list(response) for response in new_key.accepted],
        as_version_id=new_key.as_version_id,
        policy=policy,
        reason=asked.reason,
        sha256=asked.sha256,
        state=asked.state,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
        answer="",
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.KeyCorrectionAsked(
            organisation_id=organisation_id,
            subject_id=row.id,
            item_version_id=version_id,
            kind=new_key.kind.value,
            policy=policy.value,
            sha256=row.sha256,
        )
    )
    return asked


def approve_correction(
    uow: UnitOfWork,
    correction_id: str,
    *,
    organisation_id: str,
    shown: DryRun,
    answer: str = "",
    key: bytes,
) -> KeyCorrection:
    """Approve a correction as the second person, for exactly the difference that was `shown`; from now on it counts.

    The approval is signed under `key`. Each entry is corrected afterwards, by `advance_correction`. Raises NotFound
    `correction_unknown`; Forbidden `person_needed`, `correction_own`; Invalid `reason_malformed`; Conflict
    `correction_state`, `correction_altered`, `correction_changed`, `correction_empties_criterion`, `correction_not_computable`.
    """
    row = _decidable(uow, correction_id, organisation_id=organisation_id, command=CorrectionCommand.APPROVE)
    applied = row.to_applied()
    if not row.genuine:
        raise Conflict("correction_altered")
    require_marks_left(uow, applied, agency_id=organisation_id)
    now = fingerprint(uow, applied, agency_id=organisation_id)
    if shown.document.get("made_from") != now or digest(shown.document) != shown.sha256:
        raise Conflict("correction_changed")
    if shown.document["failed"]:
        raise Conflict("correction_not_computable", entries=len(shown.document["failed"]))
    row.difference, row.difference_sha256 = shown.document, shown.sha256
    _settle(uow, row, CorrectionState.APPROVED, answer=answer)
    row.signature = signature_of(correction_of(row), key=key)
    uow.db.flush()
    persons = [
        {"correction_id": row.id, "entry_id": one["person"], "before_id": one["result"], "cause": ""}
        for one in shown.document["persons"]
    ]
    if persons:
        uow.db.execute(insert(CorrectedEntryRow), persons)
    uow.emit(
        events.KeyCorrectionApproved(
            organisation_id=organisation_id,
            subject_id=row.id,
            entries=len(persons),
            sha256=row.sha256,
            difference_sha256=shown.sha256,
            signature=row.signature,
        )
    )
    return correction_of(row)


def refuse_correction(
    uow: UnitOfWork, correction_id: str, *, organisation_id: str, answer: str
) -> KeyCorrection:
    """Refuse a correction as the second person, with a reason; raises as `approve_correction`."""
    row = _decidable(uow, correction_id, organisation_id=organisation_id, command=CorrectionCommand.REFUSE)
    _settle(uow, row, CorrectionState.REFUSED, answer=require_full_reason(answer))
    uow.db.flush()
    uow.emit(events.KeyCorrectionRefused(organisation_id=organisation_id, subject_id=row.id))
    return correction_of(row)


def withdraw_correction(uow: UnitOfWork, correction_id: str, *, organisation_id: str) -> KeyCorrection:
    """Take back what oneself asked for.

    Raises NotFound `correction_unknown`; Forbidden `correction_not_own`; Conflict `correction_state`.
    """
    row = load_correction(uow, correction_id, organisation_id=organisation_id)
    after = decide(row.state, CorrectionCommand.WITHDRAW)
    if row.asked_by != uow.actor.id:
        raise Forbidden("correction_not_own")
    _settle(uow, row, after, answer="")
    uow.db.flush()
    uow.emit(events.KeyCorrectionWithdrawn(organisation_id=organisation_id, subject_id=row.id))
    return correction_of(row)


def correct_next(uow: UnitOfWork, correction_id: str) -> bool:
    """Correct one entry of an approved correction; False when there was none left, and the correction is applied.

    One entry, one unit of work: what stands in the way of one is written down beside it and stops no other. Raises
    NotFound `correction_unknown`.
    """
    row = uow.db.get(KeyCorrectionRow, correction_id)
    if row is None:
        raise NotFound("correction_unknown")
    query = select(CorrectedEntryRow).where(
        CorrectedEntryRow.correction_id == correction_id, CorrectedEntryRow.done_at.is_(None)
    )
    due = uow.db.scalar(query.order_by(CorrectedEntryRow.entry_id).limit(1))
    if row.state is not CorrectionState.APPROVED:
        return False
    if due is None:
        _finish(uow, row)
        return False
    _correct(uow, row, due)
    return True


def advance_later(uow: UnitOfWork, correction_id: str, *, done: int) -> None:
    """Let the effect go on with a correction after others had their turn; raises NotFound `correction_unknown`."""
    row = uow.db.get(KeyCorrectionRow, correction_id)
    if row is None:
        raise NotFound("correction_unknown")
    uow.emit(events.KeyCorrectionAdvanced(organisation_id=row.agency_id, subject_id=row.id, done=done))


def _correct(uow: UnitOfWork, row: KeyCorrectionRow, due: CorrectedEntryRow) -> None:
    entry = scheduling.learner_entry(uow, due.entry_id)
    computed = compute_entry(uow, entry)
    due.done_at = uow.now
    if not isinstance(computed, Computed):
        due.cause = computed[0]
        uow.db.flush()
        return
    declared = result_of_entry(uow, entry.id, state=ResultState.DECLARED)
    standing = result_of_entry(uow, entry.id, state=ResultState.PROVISIONAL) or declared
    if standing is not None and same_outcome(standing.document, computed.document):
        due.cause = "unchanged"  # somebody's act in between has prepared it already under the corrected key
        uow.db.flush()
        return
    try:
        _require_as_approved(row, due.entry_id, computed)
    except Conflict as error:
        due.cause = error.code
        uow.db.flush()
        return
    if declared is not None:
        replace_result(uow, declared, correction_id=row.id)
    made = prepare(uow, entry, computed, correction_id=row.id)
    due.after_id = made.id
    uow.db.flush()
    uow.emit(
        events.ResultCorrected(
            organisation_id=row.agency_id,
            subject_id=made.id,
            entry_id=entry.id,
            correction_id=row.id,
            before_id=due.before_id,
            declared=declared is not None,
        )
    )


def _require_as_approved(row: KeyCorrectionRow, entry_id: str, computed: Computed) -> None:
    """Exactly that must come out which somebody looked at and signed; Conflict `correction_other_result`."""
    shown = next(one for one in (row.difference or {})["persons"] if one["person"] == entry_id)
    scored = computed.replay.scored
    approved = (shown["total_after"], shown["maximum_after"], shown["verdict_after"], shown["bands_after"])
    found = format_mark(scored.earned), format_mark(scored.maximum), scored.verdict.value, dict(scored.bands)
    if approved != found:
        raise Conflict("correction_other_result")


def _finish(uow: UnitOfWork, row: KeyCorrectionRow) -> None:
    row.state = decide(row.state, CorrectionCommand.FINISH)
    row.applied_at = uow.now
    uow.db.flush()
    done = list(uow.db.scalars(select(CorrectedEntryRow).where(CorrectedEntryRow.correction_id == row.id)))
    uow.emit(
        events.KeyCorrectionApplied(
            organisation_id=row.agency_id,
            subject_id=row.id,
            corrected=sum(one.after_id is not None for one in done),
            failed=sum(one.cause not in ("", "unchanged") for one in done),
        )
    )


def _decidable(
    uow: UnitOfWork, correction_id: str, *, organisation_id: str, command: CorrectionCommand
) -> KeyCorrectionRow:
    _require_person(uow)
    row = load_correction(uow, correction_id, organisation_id=organisation_id)
    decide(row.state, command)
    author = item_version(uow, row.item_version_id).author_id
    require_second_person(uow.actor.id, asked_by=row.asked_by, author_id=author)
    return row


def _settle(uow: UnitOfWork, row: KeyCorrectionRow, after: CorrectionState, *, answer: str) -> None:
    row.answer = require_full_reason(answer) if answer.strip() else ""
    row.state, row.decided_by, row.decided_at = after, uow.actor.id, uow.now


def _require_person(uow: UnitOfWork) -> None:
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")


def _require_none_open(uow: UnitOfWork, version_id: str) -> None:
    query = select(KeyCorrectionRow.id).where(
        KeyCorrectionRow.item_version_id == version_id,
        KeyCorrectionRow.state.in_([state for state in CorrectionState if state.is_open]),
    )
    if uow.db.scalar(query) is not None:
        raise Conflict("correction_open")


def _require_successor(uow: UnitOfWork, version_id: str, other_id: str) -> None:
    """The other version must be a live one of the same item, answered in the same way."""
    old, new = item_version(uow, version_id), item_version(uow, other_id)
    same = (new.item_id, new.content.marks, new.content.structure) == (
        old.item_id,
        old.content.marks,
        old.content.structure,
    )
    if not same or new.state is not ItemState.LIVE or new.id == old.id:
        raise Conflict("correction_other_item")


def _require_change(uow: UnitOfWork, asked: KeyCorrection, *, pinned: str) -> None:
    version_id = asked.item_version_id
    scoring = scoring_view(uow, {version_id: pinned})
    counting = counting_corrections(uow, [version_id])
    before = rules_of(uow, scoring, counting).get(version_id, ItemRule((scoring[version_id],)))
    new = new_rule(uow, scoring[version_id], applied_of(asked))
    if (before.counting, before.alternatives) == (new.counting, new.alternatives):
        raise Conflict("correction_changes_nothing")
