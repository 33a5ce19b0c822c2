# SPDX-License-Identifier: Apache-2.0
"""The commands that join several slices; `api` shows them to other packages, and no slice imports them."""

from __future__ import annotations

from dataclasses import dataclass

from assessor.attempts import operations as attempts
from assessor.attempts.model import DEFAULT_GRACE_SECONDS, AttemptState, EndedBy
from assessor.attempts.queries import AttemptSummary, load_attempt, overviews
from assessor.attempts.rosters import proctor_attempt
from assessor.forms import operations as forms
from assessor.forms import queries as form_queries
from assessor.forms.queries import Assessment
from assessor.marking import operations as marking
from assessor.marking.queries import Task
from assessor.marking.rubrics import rubrics_of
from assessor.results.operations import refresh_result
from assessor.scheduling import operations as scheduling
from assessor.scheduling import queries as schedule
from assessor.scheduling.model import CandidatePlan
from assessor.scheduling.queries import Batch, Entry
from core import ids
from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.api import add_blueprint, credential_version, implied_blueprint

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
    name: str,
    form_count: int = NORMAL_FORMS,
    seed: int | None = None,
) -> Batch:
    """Open a batch with forms of its own: assembled without a common item, and sealed.

    Raises NotFound `assessment_unknown`; Invalid `name_malformed`, `form_count_out_of_range`; Conflict
    `no_engagement`, `credential_state`, `blueprint_deficit`, `blueprint_time`, `batch_exists`.
    """
    definition = form_queries.assessment(uow, assessment_id, organisation_id=organisation_id)
    _, engagement = forms.require_engaged(
        uow, organisation_id=organisation_id, credential_version_id=definition.credential_version_id
    )
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
        awarding_body_id=engagement.awarding_body_id,
        engagement_id=engagement.id,
        assessment_id=assessment_id,
        name=name,
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
    extra_minutes: int = 0,
    code: str | None = None,
) -> Enrolled:
    """Enrol a new candidate: the entry with its drawn form, the attempt, and a marking task per component.

    `code` fixes the access code, for sample data. Raises NotFound `sitting_unknown`; Invalid `name_malformed`,
    `extra_minutes_out_of_range`; Conflict `batch_without_forms`, `code_taken`.
    """
    made, issued = scheduling.add_entry(
        uow,
        sitting_id,
        organisation_id=organisation_id,
        candidate=candidate,
        extra_minutes=extra_minutes,
        pepper=pepper,
        code=code,
    )
    attempt_id = attempts.create_attempt(uow, made, form=form_queries.form(uow, made.form_id))
    definition = form_queries.assessment(uow, made.assessment_id, organisation_id=organisation_id)
    document = credential_version(uow, definition.credential_version_id).document
    marking.create_tasks(uow, made, components=rubrics_of(document))
    return Enrolled(entry=made, attempt_id=attempt_id, code=issued)


def withdraw_entry(uow: UnitOfWork, entry_id: str, *, organisation_id: str) -> None:
    """Take an entry back and close its attempt; repeating it changes nothing. Raises NotFound `entry_unknown`."""
    scheduling.withdraw_entry(uow, entry_id, organisation_id=organisation_id)
    attempt_id = overviews(uow, [entry_id])[entry_id].id
    attempts.submit_attempt(uow, attempt_id, ended_by=EndedBy.WITHDRAWN, grace_seconds=0)


def set_accommodation(uow: UnitOfWork, entry_id: str, *, organisation_id: str, extra_minutes: int) -> None:
    """Grant an entry extra time, also while its attempt runs; then it only grows.

    Raises NotFound `entry_unknown`; Invalid `extra_minutes_out_of_range`; Conflict `entry_withdrawn`,
    `attempt_closed`, `time_only_grows`.
    """
    scheduling.set_accommodation(uow, entry_id, organisation_id=organisation_id, extra_minutes=extra_minutes)
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


def submit_attempt(
    uow: UnitOfWork, attempt_id: str, *, ended_by: EndedBy, grace_seconds: int = DEFAULT_GRACE_SECONDS
) -> AttemptSummary:
    """Hand an attempt in, and prepare the result if everything else is complete; sending it again is harmless.

    The summary's slip lists what the server holds. Raises NotFound `attempt_unknown`; Conflict
    `attempt_not_started`, `time_not_over`.
    """
    summary = attempts.submit_attempt(uow, attempt_id, ended_by=ended_by, grace_seconds=grace_seconds)
    refresh_result(uow, summary.entry_id)
    return summary


def hand_in(
    uow: UnitOfWork, attempt_id: str, *, device: str, grace_seconds: int = DEFAULT_GRACE_SECONDS
) -> AttemptSummary:
    """The learner hands in from the device that holds the lease; sending it again is harmless.

    Raises NotFound `attempt_unknown`; Conflict `lease_lost` (facts epoch), `attempt_not_started`.
    """
    row = load_attempt(uow, attempt_id)
    if row.state is AttemptState.RUNNING and row.lease_device not in (None, device):
        raise Conflict("lease_lost", epoch=row.lease_epoch)
    return submit_attempt(uow, attempt_id, ended_by=EndedBy.LEARNER, grace_seconds=grace_seconds)


def end_attempt(
    uow: UnitOfWork,
    attempt_id: str,
    *,
    organisation_id: str,
    grace_seconds: int = DEFAULT_GRACE_SECONDS,
) -> AttemptSummary:
    """The acting proctor ends an attempt of a sitting of theirs.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`.
    """
    proctor_attempt(uow, attempt_id, person_id=uow.actor.id, organisation_id=organisation_id)
    return submit_attempt(uow, attempt_id, ended_by=EndedBy.PROCTOR, grace_seconds=grace_seconds)


def close_overdue(uow: UnitOfWork, *, grace_seconds: int = DEFAULT_GRACE_SECONDS, limit: int = SWEEP) -> int:
    """Close up to `limit` attempts whose time and grace are over, and return how many there were."""
    closed = attempts.close_overdue(uow, grace_seconds=grace_seconds, limit=limit)
    for summary in closed:
        refresh_result(uow, summary.entry_id)
    return len(closed)


def complete_task(uow: UnitOfWork, task_id: str, *, organisation_id: str) -> Task:
    """Close the acting assessor's marking task, and prepare the result if everything else is complete.

    Raises NotFound `task_unknown`; Conflict `assessor_conflict`, `marking_not_open`, `marks_missing`,
    `entry_withdrawn`.
    """
    done = marking.complete_task(uow, task_id, organisation_id=organisation_id)
    refresh_result(uow, done.entry.id)
    return done
