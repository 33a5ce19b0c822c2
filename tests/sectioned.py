# SPDX-License-Identifier: Apache-2.0
"""The sample assessment cut into sections: eight free items, eight linear ones, eight without a time of their own."""

from __future__ import annotations

from typing import Any

from assessor import api
from core.uow import UnitOfWork
from item_bank import api as bank
from tests.unit.assessor.world import GRACE, KEY, World, plan

FIRST, LINEAR, LAST = "s1", "s2", "s3"
SECONDS = 300
FREELY = {"allow_skipping": True, "allow_review": True, "max_attempts": 0, "validate_responses": False}


def sectioned_document(credential: bank.CredentialDocument, **rules: Any) -> dict[str, object]:
    """The natural plan of the sample in three sections; `rules` are those of the linear one, `adaptive` its test."""
    test = rules.pop("adaptive", None)
    natural = bank.natural_plan(credential, component="theory")
    parts = (
        (FIRST, "Safety", ["PC1", "PC2"], SECONDS, "free", FREELY),
        (LINEAR, "Tools", ["PC3", "PC4"], SECONDS, "linear", {**FREELY, **rules}),
        (LAST, "The flight", ["PC5", "PC6"], None, "free", FREELY),
    )
    sections = [
        {
            "id": name,
            "title": {"en": title, "hi": f"{title} (हिन्दी)"},
            "pcs": pcs,
            "seconds": seconds,
            "navigation": navigation,
            "item_session_control": control,
            **({"adaptive": test} if test and name == LINEAR else {}),
        }
        for name, title, pcs, seconds, navigation, control in parts
    ]
    return {**natural.to_document(), "sections": sections}


def add_sectioned(
    uow: UnitOfWork, *, agency: str, credential_version_id: str, batch_name: str = "In sections", **rules: Any
) -> tuple[str, str]:
    """A blueprint in sections, and a batch with one form of it; the assessment and the batch."""
    credential = bank.credential_version(uow, credential_version_id).document
    stored = bank.add_blueprint(
        uow,
        owner_id=agency,
        credential_version_id=credential_version_id,
        name=batch_name,
        document=sectioned_document(credential, **rules),
    )
    assessment = api.define_assessment(uow, organisation_id=agency, blueprint_id=stored.id)
    batch = api.create_batch(
        uow,
        organisation_id=agency,
        assessment_id=assessment.id,
        plan=api.BatchPlan(name=batch_name),
        form_count=1,
        seed=7,
    )
    return assessment.id, batch.id


def sitting_in_sections(world: World, **rules: Any) -> str:
    """A sitting of a batch in sections, open at noon."""
    with world.store.write(world.manager) as uow:
        _, batch_id = add_sectioned(
            uow, agency=world.ids.agency, credential_version_id=world.ids.credential, **rules
        )
        sitting = api.schedule_sitting(uow, batch_id, organisation_id=world.ids.agency, plan=plan())
        api.assign_staff(
            uow,
            sitting.id,
            duty=api.Duty.ASSESSOR,
            organisation_id=world.ids.agency,
            person_id=world.ids.assessor,
        )
    return sitting.id


def running_in_sections(world: World, *, extra_minutes: int = 0, **rules: Any) -> api.Enrolled:
    """A candidate who has started, on a phone; no section is entered."""
    return world.running(sitting_id=sitting_in_sections(world, **rules), extra_minutes=extra_minutes)


def move(
    world: World,
    enrolled: api.Enrolled,
    kind: str,
    target: str,
    *,
    seq: int,
    device: str = "phone",
    epoch: int = 1,
) -> api.MoveReceipt | api.MoveRefusal:
    """Send one move."""
    asked = api.RecordMove(
        attempt_id=enrolled.attempt_id,
        device=device,
        epoch=epoch,
        seq=seq,
        kind=kind,
        target=target,
        client_time="2026-11-20T12:00:00Z",
    )
    with world.store.write(world.learner(enrolled)) as uow:
        return api.record_move(uow, asked, key=KEY, grace_seconds=GRACE)


def moved(*sent: Any, **more: Any) -> api.MoveReceipt:
    """A move that counts."""
    kept = move(*sent, **more)
    assert isinstance(kept, api.MoveReceipt), kept
    return kept


def stopped(*sent: Any, **more: Any) -> str:
    """A move that does not count, and why."""
    kept = move(*sent, **more)
    assert isinstance(kept, api.MoveRefusal), kept
    return kept.error().code


def items_of(world: World, enrolled: api.Enrolled, section: str) -> list[Any]:
    """The items of a section as the learner is shown them."""
    paper = world.paper(enrolled)
    held = next(one for one in paper.sections if one.id == section)
    by_ref = {item.ref: item for item in paper.items}
    return [by_ref[ref] for ref in held.items]


def some_answer(item: Any) -> object:
    """Any answer to a simple item."""
    return "a word" if item.interaction == "text_entry" else [item.bodies[0].options[0].id]
