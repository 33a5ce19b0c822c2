# SPDX-License-Identifier: Apache-2.0
"""A sitting whose paper has one item of every kind, added to the sample: to be sat, marked and searched by tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assessor import api as assessor
from assessor.forms.items import form_item
from assessor.forms.model import FormContent, FormState
from assessor.forms.sections import FormSection
from assessor.forms.tables import FormRow
from assessor.scheduling import operations as scheduling
from core import ids
from core.identity.model import Role
from core.uow import Actor, UnitOfWork
from item_bank import api as bank
from tests.unit.item_bank.rich_files import media_files
from tests.unit.item_bank.rich_items import DOCUMENTS
from tests.web.world import acting_as, person
from web.wiring import Services

LEARNER = "Rohini Kale"
CODE = "RCHM2XP7FK"
KINDS = list(DOCUMENTS)
PCS = ("PC1", "PC2", "PC3", "PC4", "PC5", "PC6")


@dataclass(frozen=True, slots=True)
class RichSitting:
    """What was made: the form's items by kind (version ids), and the learner's entry."""

    versions: Mapping[str, str]
    form_id: str
    entry_id: str
    attempt_id: str
    code: str


def documents() -> dict[str, dict[str, Any]]:
    """One item of every kind, spread over all PCs so that a result can be computed; by kind."""
    found = {}
    for place, kind in enumerate(KINDS):
        value = json.loads(json.dumps(DOCUMENTS[kind]))
        value["pc"] = PCS[place % len(PCS)]
        found[kind] = {**value, "id": f"RICH-{value['pc']}-{kind.upper()}"}
    return found


def add_rich_sitting(
    parts: Services,
    *,
    items: Mapping[str, dict[str, Any]] | None = None,
    sections: Callable[[Mapping[str, str]], Sequence[FormSection]] = lambda versions: (),
    code: str = CODE,
    proctored: bool = False,
) -> RichSitting:
    """Add the items to the sample's bank, make them live, seal a paper of them and enrol a learner, all in one go.

    ``sections`` makes the paper's sections from the item versions by kind.
    """
    with parts.store.write(Actor.system()) as uow:
        staff = {
            role: acting_as(uow, person(uow, role)) for role in (Role.AUTHOR, Role.REVIEWER, Role.MANAGER)
        }
        versions = _live_items(staff, items or documents())
        form_id = _sealed_form(staff[Role.MANAGER], list(versions.values()), tuple(sections(versions)))
        enrolled = _enrolled(staff[Role.MANAGER], parts, form_id, code, proctored=proctored)
    return RichSitting(versions, form_id, enrolled.entry.id, enrolled.attempt_id, code)


def add_rich_learner(parts: Services, made: RichSitting, *, code: str) -> RichSitting:
    """One more learner of the same sitting."""
    with parts.store.write(Actor.system()) as platform:
        uow = acting_as(platform, person(platform, Role.MANAGER))
        sitting = assessor.learner_entry(platform, made.entry_id).sitting
        enrolled = _enrol(uow, parts, sitting.id, code)
    return RichSitting(made.versions, made.form_id, enrolled.entry.id, enrolled.attempt_id, code)


def _live_items(staff: Mapping[Role, UnitOfWork], items: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    author = staff[Role.AUTHOR]
    owner = str(author.actor.organisation_id)
    bank.store_media(author, media_files(), owner_id=owner)
    report = bank.import_items(
        author,
        owner_id=owner,
        credential_version_id=_credential(author),
        parsed=bank.parse_item_documents(list(items.values())),
        mode=bank.ImportMode.ALL_OR_NOTHING,
    )
    assert report.refused == (), report.refused
    names = {value["id"]: kind for kind, value in items.items()}
    found = {
        names[version.external_id]: version.id
        for version in bank.newest_versions(author, owner_id=owner)
        if version.external_id in names
    }
    for version_id in found.values():
        bank.submit_for_review(author, version_id)
        bank.approve_item(staff[Role.REVIEWER], version_id)
    return {kind: found[kind] for kind in items}


def _credential(uow: UnitOfWork) -> str:
    return bank.credential_versions(uow)[0].id


def _sealed_form(uow: UnitOfWork, version_ids: list[str], sections: tuple[FormSection, ...]) -> str:
    """A sealed paper of exactly these items, which no blueprint would draw; so it is put there by hand."""
    owner = str(uow.actor.organisation_id)
    definition = assessor.assessments(uow, organisation_id=owner)[0]
    versions = bank.item_versions(uow, version_ids)
    content = FormContent(
        assessment_id=definition.id,
        seed=1,
        limit_seconds=3600,
        items=tuple(form_item(versions[version_id]) for version_id in version_ids),
        sections=sections,
    )
    row = FormRow(
        id=ids.new_id(),
        assessment_id=definition.id,
        state=FormState.SEALED,
        document=content.to_document(),
        created_at=uow.now,
        sha256=content.sha256,
        sealed_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    return row.id


def _enrolled(
    uow: UnitOfWork, parts: Services, form_id: str, code: str, *, proctored: bool
) -> assessor.Enrolled:
    owner = str(uow.actor.organisation_id)
    batch = assessor.batch_overviews(uow, organisation_id=owner)[0].batch
    credential = bank.credential_versions(uow)[0]
    engagement = bank.engagement_between(uow, agency_id=owner, credential_version_id=credential.id)
    assert engagement is not None
    batch_id = scheduling.create_batch(
        uow,
        organisation_id=owner,
        engagement=engagement,
        assessment_id=batch.assessment_id,
        plan=assessor.BatchPlan(name=f"Every kind of question {code}"),
        form_ids=[form_id],
    )
    plan = assessor.SittingPlan(
        opens_at=uow.now,
        closes_at=uow.now + timedelta(days=30),
        time_zone="Asia/Kolkata",
        place="Pune centre",
        proctored=proctored,
    )
    sitting = assessor.schedule_sitting(uow, batch_id, organisation_id=owner, plan=plan)
    assessor.assign_staff(
        uow,
        sitting.id,
        organisation_id=owner,
        person_id=person(uow, Role.ASSESSOR).id,
        duty=assessor.Duty.ASSESSOR,
        conflict_declared=False,
    )
    return _enrol(uow, parts, sitting.id, code)


def _enrol(uow: UnitOfWork, parts: Services, sitting_id: str, code: str) -> assessor.Enrolled:
    return assessor.enrol(
        uow,
        sitting_id,
        organisation_id=str(uow.actor.organisation_id),
        candidate=assessor.CandidatePlan(name=LEARNER, language=assessor.Language("en")),
        approval=assessor.Approval(entry_requirement_met=True),
        pepper=parts.code_pepper,
        code=code,
    )
