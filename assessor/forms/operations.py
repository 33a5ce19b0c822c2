# SPDX-License-Identifier: Apache-2.0
"""Commands on assessment definitions and forms."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from assessor.forms import events
from assessor.forms.checking import Support, require_sound
from assessor.forms.contents import compiled_contents, form_content
from assessor.forms.model import FormContent, FormState, decide
from assessor.forms.queries import (
    Assessment,
    Form,
    assessment,
    assessment_of,
    earlier_forms,
    exposure,
    form_of,
    load_form,
    sealed_use,
)
from assessor.forms.tables import AssessmentRow, BankSnapshotRow, DrawRow, FormRow
from core import ids
from core.errors import Conflict, Invalid, NotFound
from core.uow import UnitOfWork
from item_bank.api import (
    BankItem,
    Blueprint,
    CompiledForm,
    CredentialState,
    CredentialVersion,
    Deficits,
    Engagement,
    OverlapScope,
    Plan,
    assemble,
    bank_document,
    blueprint,
    compile_forms,
    credential_version,
    engagement_between,
    lint_of,
    live_bank,
    practised_versions,
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
    uow: UnitOfWork, *, organisation_id: str, credential_version_id: str, region: str = ""
) -> tuple[CredentialVersion, Engagement]:
    """The live credential and the engagement under which an agency may assess it now, in a region where one is named.

    Raises NotFound `credential_unknown`; Conflict `credential_state`, `no_engagement`.
    """
    credential = credential_version(uow, credential_version_id)
    if credential.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=credential.state.value, command="assess")
    engagement = engagement_between(
        uow, agency_id=organisation_id, credential_version_id=credential_version_id, region=region
    )
    if engagement is None:
        raise Conflict("no_engagement")
    return credential, engagement


def assemble_forms(
    uow: UnitOfWork, assessment_id: str, *, organisation_id: str, count: int, seed: int
) -> list[Form]:
    """Draw `count` forms by the assessment's blueprint, as drafts; the same seed over the same bank draws the same forms.

    A blueprint of version 1 gives forms that share no item; one of version 2 goes through the compiler. Raises NotFound
    `assessment_unknown`; Invalid `form_count_out_of_range`; Conflict `blueprint_unsound` where the lint of a PC blocks and
    nobody has recorded why, `blueprint_deficit`, `blueprint_time`, `blueprint_unfillable`, and as `require_engaged`.
    """
    if not 1 <= count <= MAXIMUM_FORMS:
        raise Invalid("form_count_out_of_range", lowest=1, highest=MAXIMUM_FORMS)
    definition = assessment(uow, assessment_id, organisation_id=organisation_id)
    credential_id = definition.credential_version_id
    credential, _ = require_engaged(uow, organisation_id=organisation_id, credential_version_id=credential_id)
    stored = blueprint(uow, definition.blueprint_id)
    bank = live_bank(uow, owner_id=organisation_id, credential_version_id=credential_id)
    support = Support(uow, stored, credential.document)
    support.require(lint_of(uow, stored, bank=bank))
    if isinstance(stored.blueprint, Plan):
        contents, draw_id = _compiled(uow, definition, stored.blueprint, bank, count=count, seed=seed)
    else:
        contents, draw_id = _drawn(uow, definition, stored.blueprint, bank, count=count, seed=seed), None
    for content in contents:
        support.require_form(content)
    return [_add_form(uow, content, organisation_id=organisation_id, draw_id=draw_id) for content in contents]


def seal_form(uow: UnitOfWork, form_id: str, *, organisation_id: str) -> Form:
    """Fix a draft for good, under its hash, after holding it once more against its blueprint.

    Raises NotFound `form_unknown`; Conflict `form_state`, `form_unsound` (facts faults), `item_for_practice` (facts count).
    """
    row = load_form(uow, form_id, organisation_id=organisation_id)
    after = decide(row.state, FormState.SEALED)
    content = form_of(row).content
    practised = practised_versions(uow, [item.version_id for item in content.items])
    if practised:
        raise Conflict("item_for_practice", count=len(practised))
    require_sound(uow, content, organisation_id=organisation_id, draw_id=row.draw_id)
    row.state = after
    row.sha256 = content.sha256
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


def _drawn(
    uow: UnitOfWork,
    definition: Assessment,
    plan: Blueprint,
    bank: Sequence[BankItem],
    *,
    count: int,
    seed: int,
) -> list[FormContent]:
    """Forms of a blueprint of version 1, which share no item."""
    used = exposure(
        uow, organisation_id=definition.agency_id, credential_version_id=definition.credential_version_id
    )
    seeds = ids.seeded(seed)
    taken: set[str] = set()
    made = []
    for _ in range(count):
        form_seed = seeds.getrandbits(63)
        drawn = assemble(bank, plan, generator=ids.seeded(form_seed), used=used, exclude=taken)
        taken.update(drawn)
        made.append(form_content(uow, definition.id, drawn, seed=form_seed, limit_seconds=plan.seconds))
    return made


def _compiled(
    uow: UnitOfWork, definition: Assessment, plan: Plan, bank: Sequence[BankItem], *, count: int, seed: int
) -> tuple[list[FormContent], str]:
    """Forms of a blueprint of version 2, and the draw that records what their replay needs."""
    used = sealed_use(
        uow,
        organisation_id=definition.agency_id,
        credential_version_id=definition.credential_version_id,
        bank=bank,
    )
    among_all = plan.overlap_scope is OverlapScope.ASSESSMENT
    others = earlier_forms(uow, definition.id, bank=bank) if among_all else []
    drawn = compile_forms(bank, plan, seed=seed, count=count, used=used, others=others)
    if isinstance(drawn, Deficits):
        raise Conflict(
            "blueprint_unfillable",
            papers=drawn.papers,
            pcs=list(dict.fromkeys(missing.pc for missing in drawn.missing)),
            missing=sum(missing.count for missing in drawn.missing),
            obstacles=[cause.obstacle.value for cause in drawn.causes],
        )
    draw_id = _add_draw(uow, definition, drawn, bank_document(bank, used=used, others=others))
    return compiled_contents(uow, definition.id, drawn, plan=plan), draw_id


def _add_draw(
    uow: UnitOfWork, definition: Assessment, drawn: Sequence[CompiledForm], snapshot: dict[str, object]
) -> str:
    first = drawn[0]
    if uow.db.get(BankSnapshotRow, first.bank_sha256) is None:
        uow.db.add(BankSnapshotRow(sha256=first.bank_sha256, document=snapshot, created_at=uow.now))
        uow.db.flush()
    row = DrawRow(
        id=ids.new_id(),
        assessment_id=definition.id,
        seed=str(first.seed),
        papers=len(drawn),
        blueprint_sha256=first.plan_sha256,
        bank_sha256=first.bank_sha256,
        compiler=first.compiler,
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.emit(
        events.FormDrawRecorded(
            organisation_id=definition.agency_id,
            subject_id=row.id,
            assessment_id=definition.id,
            papers=row.papers,
            blueprint_sha256=row.blueprint_sha256,
            bank_sha256=row.bank_sha256,
            compiler=row.compiler,
        )
    )
    return row.id


def _add_form(uow: UnitOfWork, content: FormContent, *, organisation_id: str, draw_id: str | None) -> Form:
    row = FormRow(
        id=ids.new_id(),
        assessment_id=content.assessment_id,
        draw_id=draw_id,
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
