# SPDX-License-Identifier: Apache-2.0
"""Reads and commands that join slices for one page: the learner's gate and hand-in, an assessor's form, an answered result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessor.attempts.model import DEFAULT_GRACE_SECONDS, AttemptState, EndedBy
from assessor.attempts.queries import (
    AttemptSummary,
    EntryIdentity,
    attempt_state,
    entry_identity,
    load_attempt,
    refs_of,
    summary_of,
)
from assessor.commands import submit_attempt
from assessor.forms import queries as forms
from assessor.forms.operations import define_assessment
from assessor.forms.queries import Assessment, Form
from assessor.marking.operations import record_mark
from assessor.marking.queries import Task, task
from assessor.results.operations import feed_page
from assessor.results.queries import result_of_body
from assessor.scheduling import queries as scheduling
from core.errors import Conflict, NotFound
from core.uow import UnitOfWork
from item_bank.api import CredentialVersion, add_blueprint, credential_version, natural_blueprint

THEORY = "theory"
NATURAL_BLUEPRINT = "As the credential says"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What a learner may know of the paper before the start: how long it is. ``refs`` names its items, in order."""

    questions: int
    limit_seconds: int
    refs: tuple[str, ...]


def paper_facts(uow: UnitOfWork, attempt_id: str) -> PaperFacts:
    """The length of an attempt's paper; raises NotFound `attempt_unknown`."""
    names = refs_of(uow, load_attempt(uow, attempt_id))
    return PaperFacts(
        questions=len(names.content.items),
        limit_seconds=names.content.limit_seconds,
        refs=tuple(names.of_item(item.version_id) for item in names.content.items),
    )


def credential_of_entry(uow: UnitOfWork, entry_id: str) -> CredentialVersion:
    """The credential that an entry is assessed for; raises NotFound `entry_unknown`, `credential_unknown`."""
    entry = scheduling.learner_entry(uow, entry_id)
    definition = forms.assessment(uow, entry.assessment_id, organisation_id=entry.agency_id)
    return credential_version(uow, definition.credential_version_id)


def attempt_summary(uow: UnitOfWork, attempt_id: str) -> AttemptSummary:
    """An attempt with its slip; raises NotFound `attempt_unknown`."""
    return summary_of(uow, load_attempt(uow, attempt_id))


def hand_in(
    uow: UnitOfWork, attempt_id: str, *, device: str, grace_seconds: int = DEFAULT_GRACE_SECONDS
) -> AttemptSummary:
    """The learner hands in from the device that holds the lease; sending it again is harmless.

    Raises NotFound `attempt_unknown`; Conflict `lease_lost` (facts epoch), `attempt_not_started`.
    """
    state = attempt_state(uow, attempt_id, device=device)
    if state.state is AttemptState.RUNNING and not state.holder:
        raise Conflict("lease_lost", epoch=state.epoch)
    return submit_attempt(uow, attempt_id, ended_by=EndedBy.LEARNER, grace_seconds=grace_seconds)


def record_marks(
    uow: UnitOfWork, task_id: str, *, organisation_id: str, marks: Mapping[str, str], note: str = ""
) -> Task:
    """Record an assessor's form: only judgements that are new or different are added. Raises as `record_mark`."""
    found = task(uow, task_id, person_id=uow.actor.id, organisation_id=organisation_id)
    for criterion_id, given in marks.items():
        held = found.marks.get(criterion_id)
        if held is None or (held.marks, held.note) != (given, note.strip()):
            found = record_mark(
                uow,
                task_id,
                organisation_id=organisation_id,
                criterion_id=criterion_id,
                marks=given,
                note=note,
            )
    return found


def deliver_result(uow: UnitOfWork, awarding_body_id: str, result_id: str) -> None:
    """A result that its awarding body answers on screen counts as delivered. Raises NotFound `result_unknown`."""
    found = result_of_body(uow, awarding_body_id, result_id)
    if found.delivery is None:
        feed_page(uow, awarding_body_id, after=found.number - 1, limit=1)


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
        document=natural_blueprint(document, component=THEORY).to_document(),
    )
    return define_assessment(uow, organisation_id=organisation_id, blueprint_id=stored.id)


def forms_of_batch(uow: UnitOfWork, batch_id: str, *, organisation_id: str) -> list[Form]:
    """The papers of an agency's batch; raises NotFound `batch_unknown`."""
    scheduling.batch(uow, batch_id, organisation_id=organisation_id)
    return [forms.form(uow, form_id) for form_id in scheduling.batch_form_ids(uow, batch_id)]


def entry_by_code(uow: UnitOfWork, code: str, *, pepper: bytes) -> EntryIdentity:
    """Who comes in by an access code; the gate says what can be done then (wait, start, resume, read the result).

    Raises NotFound `code_unknown`; Conflict `entry_withdrawn`, `code_expired`.
    """
    identity = entry_identity(uow, scheduling.entry_by_code(uow, code, pepper=pepper).id)
    if identity is None:
        raise NotFound("code_unknown")
    return identity
