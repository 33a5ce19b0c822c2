# SPDX-License-Identifier: Apache-2.0
"""The commands that join several slices; `api` shows them to other packages, and no slice imports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assessor.attempts import operations as attempts
from assessor.attempts.lateness import decide_late
from assessor.attempts.model import DEFAULT_GRACE_SECONDS, EndedBy, LateDecision
from assessor.attempts.queries import AttemptSummary, load_attempt, overviews
from assessor.attempts.rosters import proctor_attempt
from assessor.forms import operations as forms
from assessor.forms import queries as form_queries
from assessor.forms.queries import Assessment
from assessor.marking import operations as marking
from assessor.marking.queries import Task, has_open_tasks, items_marked
from assessor.marking.rubrics import rubrics_of
from assessor.results.model import ResultState
from assessor.results.operations import refresh_result
from assessor.results.queries import result_of_entry
from assessor.scheduling import entries
from assessor.scheduling import operations as scheduling
from assessor.scheduling import queries as schedule
from assessor.scheduling.accommodations import Accommodation
from assessor.scheduling.allocations import require_accepted
from assessor.scheduling.candidates import CandidatePlan
from assessor.scheduling.model import BatchPlan
from assessor.scheduling.names import require_full_reason
from assessor.scheduling.queries import Batch, Entry
from assessor.scheduling.rules import Approval
from core import ids
from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.api import add_blueprint, credential_version, engagement, implied_blueprint

THEORY = "theory"
NATURAL_BLUEPRINT = "As the credential says"
NORMAL_FORMS = 3
"""A batch normally gets three forms that share no item."""
SWEEP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A new entry, its attempt, and the access code, which is shown this once and stored nowhere."""

    entry: Entry
    attempt_id: str
    code: str


def natural_assessment(uow: UnitOfWork, *, organisation_id: str, credential_version_id: str) -> Assessment:
    """The assessment that a credential itself implies (as many items as marks, in its minutes); made on first use.

    Raises NotFound `credential_unknown`; Conflict `credential_state`, `no_engagement`; Invalid `blueprint_malformed`.
    """
    document = credential_version(uow, credential_version_id).document
    stored = add_blueprint(
        uow,
        owner_id=organisation_id,
        credential_version_id=credential_version_id,
        name=NATURAL_BLUEPRINT,
        document=implied_blueprint(document, component=THEORY).to_document(),
    )
    return forms.define_assessment(uow, organisation_id=organisation_id, blueprint_id=stored.id)


def create_batch(
    uow: UnitOfWork,
    *,
    organisation_id: str,
    assessment_id: str,
    plan: BatchPlan,
    form_count: int = NORMAL_FORMS,
    seed: int | None = None,
) -> Batch:
    """Open a batch with forms of its own: assembled without a common item, and sealed.

    From an allocation it takes the engagement and the region. Raises NotFound `assessment_unknown`, `allocation_unknown`;
    Invalid `name_malformed`, `form_count_out_of_range`, `region_unknown`; Conflict `no_engagement`, `credential_state`,
    `blueprint_deficit`, `blueprint_time`, `batch_exists`, `batch_blocked`, `batch_warned` (findings=[…]),
    `allocation_not_accepted`, `allocation_used`, `allocation_other_credential`.
    """
    definition = form_queries.assessment(uow, assessment_id, organisation_id=organisation_id)
    _, contract = forms.require_engaged(
        uow,
        organisation_id=organisation_id,
        credential_version_id=definition.credential_version_id,
        region=plan.region,
    )
    if plan.allocation_id is not None:
        given = require_accepted(
            uow,
            plan.allocation_id,
            organisation_id=organisation_id,
            credential_version_id=definition.credential_version_id,
        )
        contract = engagement(uow, given.engagement_id)
        if not contract.covers(uow.now):
            raise Conflict("no_engagement")
        plan = replace(plan, region=given.region)
    drawn = forms.assemble_forms(
        uow,
        assessment_id,
        organisation_id=organisation_id,
        count=form_count,
        seed=ids.seed() if seed is None else seed,
    )
    sealed = [forms.seal_form(uow, form.id, organisation_id=organisation_id) for form in drawn]
    batch_id = scheduling.create_batch(
        uow,
        organisation_id=organisation_id,
        engagement=contract,
        assessment_id=assessment_id,
        plan=plan,
        form_ids=[form.id for form in sealed],
    )
    return schedule.batch(uow, batch_id, organisation_id=organisation_id)


def enrol(
    uow: UnitOfWork,
    sitting_id: str,
    *,
    organisation_id: str,
    candidate: CandidatePlan,
    pepper: bytes,
    person_key: bytes | None = None,
    approval: Approval | None = None,
    extra_minutes: int = 0,
    code: str | None = None,
) -> Enrolled:
    """Enrol a candidate: the entry with its drawn form, the attempt, and a marking task per component.

    Arguments and errors as `assessor.scheduling.entries.add_entry`.
    """
    made, issued = entries.add_entry(
        uow,
        sitting_id,
        organisation_id=organisation_id,
        candidate=candidate,
        extra_minutes=extra_minutes,
        pepper=pepper,
        person_key=person_key,
        approval=approval,
        code=code,
    )
    return equip(uow, made, code=issued)


def equip(uow: UnitOfWork, entry: Entry, *, code: str) -> Enrolled:
    """Give a new entry what every entry has: its attempt and a marking task per component."""
    attempt_id = attempts.create_attempt(uow, entry, form=form_queries.form(uow, entry.form_id))
    definition = form_queries.assessment(uow, entry.assessment_id, organisation_id=entry.agency_id)
    document = credential_version(uow, definition.credential_version_id).document
    marking.create_tasks(uow, entry, components=rubrics_of(document))
    return Enrolled(entry=entry, attempt_id=attempt_id, code=code)


def withdraw_entry(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> None:
    """Take an entry back and close its attempt; repeating it changes nothing. Raises NotFound `entry_unknown`."""
    entries.withdraw_entry(uow, entry_id, organisation_id=organisation_id)
    attempt_id = overviews(uow, [entry_id])[entry_id].id
    attempts.submit_attempt(uow, attempt_id, ended_by=EndedBy.WITHDRAWN, grace_seconds=0)


def set_accommodation(
    uow: UnitOfWork,
    entry_id: str,
    *,
    organisation_id: str,
    extra_minutes: int,
    accommodations: Sequence[Accommodation] | None = None,
) -> None:
    """Grant an entry extra time and other aids, also while its attempt runs; then the time only grows.

    Raises NotFound `entry_unknown`; Invalid `extra_minutes_out_of_range`, `accommodation_reason`, `accommodation_twice`;
    Conflict `entry_withdrawn`, `entry_absent`, `attempt_closed`, `time_only_grows`.
    """
    entries.set_accommodation(
        uow,
        entry_id,
        organisation_id=organisation_id,
        extra_minutes=extra_minutes,
        accommodations=accommodations,
    )
    attempts.set_accommodation(uow, entry_id, extra_minutes=extra_minutes)


def start_attempt(
    uow: UnitOfWork,
    entry_id: str,
    *,
    proctoring_ready: bool,
    grace_seconds: int = DEFAULT_GRACE_SECONDS,
) -> AttemptSummary:
    """Start the learner's attempt, or resume it. `proctoring_ready`: consent and photo are there.

    Raises NotFound `entry_unknown`; Conflict `entry_withdrawn`, `window_not_open`, `window_closed`,
    `proctoring_not_ready`, `form_altered`, `form_state`, `attempt_closed`.
    """
    return attempts.start_attempt(
        uow,
        schedule.learner_entry(uow, entry_id),
        proctoring_ready=proctoring_ready,
        grace_seconds=grace_seconds,
    )


def start_on_device(
    uow: UnitOfWork,
    entry_id: str,
    *,
    device: str,
    proctoring_ready: bool,
    grace_seconds: int = DEFAULT_GRACE_SECONDS,
) -> attempts.Started:
    """As `start_attempt`; a first start gives the lease to `device`. Raises also Invalid `device_malformed`."""
    return attempts.start_on_device(
        uow,
        schedule.learner_entry(uow, entry_id),
        device=device,
        proctoring_ready=proctoring_ready,
        grace_seconds=grace_seconds,
    )


def submit_attempt(
    uow: UnitOfWork, attempt_id: str, *, ended_by: EndedBy, grace_seconds: int = DEFAULT_GRACE_SECONDS
) -> AttemptSummary:
    """Hand an attempt in, and prepare the result if everything else is complete; sending it again is harmless.

    The summary's slip lists what the server holds. Raises NotFound `attempt_unknown`; Conflict
    `attempt_not_started`, `time_not_over`.
    """
    summary = attempts.submit_attempt(uow, attempt_id, ended_by=ended_by, grace_seconds=grace_seconds)
    _prepare_result(uow, summary.entry_id)
    return summary


def hand_in(
    uow: UnitOfWork, attempt_id: str, *, device: str, grace_seconds: int = DEFAULT_GRACE_SECONDS
) -> AttemptSummary:
    """The learner hands in from the device that holds the lease; sending it again is harmless.

    Raises NotFound `attempt_unknown`; Conflict `lease_lost` (facts epoch), `attempt_not_started`.
    """
    summary = attempts.submit_on_device(uow, attempt_id, device=device, grace_seconds=grace_seconds)
    _prepare_result(uow, summary.entry_id)
    return summary


def end_attempt(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    organisation_id: str,
    reason: str,
    grace_seconds: int = DEFAULT_GRACE_SECONDS,
) -> AttemptSummary:
    """The acting proctor ends an attempt of a sitting of theirs, and says why.

    Raises NotFound `attempt_unknown`; Invalid `reason_malformed`; Conflict `attempt_not_started`.
    """
    proctor_attempt(uow, attempt_id, person_id=uow.actor.id, organisation_id=organisation_id)
    summary = attempts.submit_attempt(
        uow,
        attempt_id,
        ended_by=EndedBy.PROCTOR,
        grace_seconds=grace_seconds,
        reason=require_full_reason(reason),
    )
    _prepare_result(uow, summary.entry_id)
    return summary


def admit_late(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    device: str,
    seq: int,
    item: str,
    organisation_id: str,
    reason: str,
) -> None:
    """The acting manager lets a late answer to an item version count; the result is prepared anew.

    Raises as `decide_late`; and Conflict `late_after_declaration`, `late_item_marked` where a person has marked the item.
    """
    row = load_attempt(uow, attempt_id, organisation_id=organisation_id)
    if result_of_entry(uow, row.entry_id, state=ResultState.DECLARED) is not None:
        raise Conflict("late_after_declaration")
    if item in items_marked(uow, row.entry_id, form_id=row.form_id):
        raise Conflict("late_item_marked")
    decide_late(
        uow,
        attempt_id,
        device=device,
        seq=seq,
        item=item,
        organisation_id=organisation_id,
        decision=LateDecision.ADMITTED,
        reason=reason,
    )
    refresh_result(uow, row.entry_id)


def refuse_late(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    device: str,
    seq: int,
    item: str,
    organisation_id: str,
    reason: str,
) -> None:
    """The acting manager decides that a late answer does not count; raises as `decide_late`."""
    decide_late(
        uow,
        attempt_id,
        device=device,
        seq=seq,
        item=item,
        organisation_id=organisation_id,
        decision=LateDecision.REFUSED,
        reason=reason,
    )


def close_overdue(uow: UnitOfWork, *, grace_seconds: int = DEFAULT_GRACE_SECONDS, limit: int = SWEEP) -> int:
    """Close up to `limit` attempts whose time and grace are over, and return how many there were."""
    closed = attempts.close_overdue(uow, grace_seconds=grace_seconds, limit=limit)
    for summary in closed:
        _prepare_result(uow, summary.entry_id)
    return len(closed)


def _prepare_result(uow: UnitOfWork, entry_id: str) -> None:
    """After a hand-in; while a person has still to mark something there can be no result, and most hand-ins are such."""
    if not has_open_tasks(uow, entry_id):
        refresh_result(uow, entry_id)


def complete_task(uow: UnitOfWork, task_id: str, *, organisation_id: str) -> Task:
    """Close the acting assessor's marking task, and prepare the result if everything else is complete.

    Raises NotFound `task_unknown`; Conflict `assessor_conflict`, `marking_not_open`, `marks_missing`,
    `entry_withdrawn`.
    """
    done = marking.complete_task(uow, task_id, organisation_id=organisation_id)
    refresh_result(uow, done.entry.id)
    return done
