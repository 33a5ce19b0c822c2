# SPDX-License-Identifier: Apache-2.0
"""Commands on assessment definitions and forms."""

from __future__ import annotations

from sqlalchemy import select

from assessor.forms import events
from assessor.forms.model import FormContent, FormItem, FormState, decide
from assessor.forms.queries import Assessment, Form, assessment, assessment_of, exposure, form_of, load_form
from assessor.forms.tables import AssessmentRow, FormRow
from core import ids
from core.errors import Conflict, Invalid, NotFound
from core.uow import UnitOfWork
from item_bank.api import (
    CredentialState,
    CredentialVersion,
    Engagement,
    assemble,
    blueprint,
    credential_version,
    engagement_between,
    item_versions,
    live_bank,
)

MAXIMUM_FORMS = 20


def define_assessment(uow: UnitOfWork, *, organisation_id: str, blueprint_id: str) -> Assessment:
    """Define an assessment by an agency's blueprint; the same one again returns what is there.

    Raises NotFound `blueprint_unknown`; Conflict as `require_engaged`.
    """
    stored = blueprint(uow, blueprint_id)
    if stored.owner_id != organisation_id:
        raise NotFound("blueprint_unknown")
    require_engaged(uow, organisation_id=organisation_id, credential_version_id=stored.credential_version_id)
    present = uow.db.scalar(
        select(AssessmentRow).where(
            AssessmentRow.agency_id == organisation_id, AssessmentRow.blueprint_id == blueprint_id
        )
    )
    if present is not None:
        return assessment_of(present)
    row = AssessmentRow(
        id=ids.new_id(),
        agency_id=organisation_id,
        credential_version_id=stored.credential_version_id,
        blueprint_id=blueprint_id,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.AssessmentDefined(
            organisation_id=organisation_id,
            subject_id=row.id,
            credential_version_id=row.credential_version_id,
        )
    )
    return assessment_of(row)


def require_engaged(
    uow: UnitOfWork, *, organisation_id: str, credential_version_id: str
) -> tuple[CredentialVersion, Engagement]:
    """The live credential and the engagement under which an agency may assess it now.

    Raises NotFound `credential_unknown`; Conflict `credential_state`, `no_engagement`.
    """
    credential = credential_version(uow, credential_version_id)
    if credential.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=credential.state.value, command="assess")
    engagement = engagement_between(
        uow, agency_id=organisation_id, credential_version_id=credential_version_id
    )
    if engagement is None:
        raise Conflict("no_engagement")
    return credential, engagement


def assemble_forms(
    uow: UnitOfWork, assessment_id: str, *, organisation_id: str, count: int, seed: int
) -> list[Form]:
    """Draw `count` forms that share no item, as drafts; the same seed over the same bank draws the same forms.

    Raises NotFound `assessment_unknown`; Invalid `form_count_out_of_range`; Conflict `blueprint_deficit`,
    `blueprint_time`, and as `require_engaged`.
    """
    if not 1 <= count <= MAXIMUM_FORMS:
        raise Invalid("form_count_out_of_range", lowest=1, highest=MAXIMUM_FORMS)
    definition = assessment(uow, assessment_id, organisation_id=organisation_id)
    credential_id = definition.credential_version_id
    require_engaged(uow, organisation_id=organisation_id, credential_version_id=credential_id)
    plan = blueprint(uow, definition.blueprint_id).blueprint
    bank = live_bank(uow, owner_id=organisation_id, credential_version_id=credential_id)
    used = exposure(uow, organisation_id=organisation_id, credential_version_id=credential_id)
    seeds = ids.seeded(seed)
    taken: set[str] = set()
    made = []
    for _ in range(count):
        form_seed = seeds.getrandbits(63)
        drawn = assemble(bank, plan, generator=ids.seeded(form_seed), used=used, exclude=taken)
        taken.update(drawn)
        content = _content(uow, definition.id, drawn, seed=form_seed, limit_seconds=plan.seconds)
        made.append(_add_form(uow, content, organisation_id=organisation_id))
    return made


def seal_form(uow: UnitOfWork, form_id: str, *, organisation_id: str) -> Form:
    """Fix a draft for good, under its hash. Raises NotFound `form_unknown`; Conflict `form_state`."""
    row = load_form(uow, form_id, organisation_id=organisation_id)
    row.state = decide(row.state, FormState.SEALED)
    row.sha256 = form_of(row).content.sha256
    row.sealed_at = uow.now
    uow.db.flush()
    uow.emit(events.FormSealed(organisation_id=organisation_id, subject_id=row.id, sha256=row.sha256))
    return form_of(row)


def withdraw_form(uow: UnitOfWork, form_id: str, *, organisation_id: str) -> Form:
    """Take a form out of use: it can no longer be started; what was sat on it stays.

    Raises NotFound `form_unknown`; Conflict `form_state`.
    """
    row = load_form(uow, form_id, organisation_id=organisation_id)
    row.state = decide(row.state, FormState.WITHDRAWN)
    uow.db.flush()
    uow.emit(events.FormWithdrawn(organisation_id=organisation_id, subject_id=row.id))
    return form_of(row)


def _content(
    uow: UnitOfWork, assessment_id: str, drawn: tuple[str, ...], *, seed: int, limit_seconds: int
) -> FormContent:
    versions = item_versions(uow, drawn)
    return FormContent(
        assessment_id=assessment_id,
        seed=seed,
        limit_seconds=limit_seconds,
        items=tuple(
            FormItem(
                version_id=version_id,
                sha256=versions[version_id].content_hash,
                pc=versions[version_id].content.pc,
                interaction=versions[version_id].content.interaction,
                options=versions[version_id].content.letters,
            )
            for version_id in drawn
        ),
    )


def _add_form(uow: UnitOfWork, content: FormContent, *, organisation_id: str) -> Form:
    row = FormRow(
        id=ids.new_id(),
        assessment_id=content.assessment_id,
        state=FormState.DRAFT,
        document=content.to_document(),
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.FormAssembled(
            organisation_id=organisation_id,
            subject_id=row.id,
            assessment_id=content.assessment_id,
            items=len(content.items),
        )
    )
    return form_of(row)
