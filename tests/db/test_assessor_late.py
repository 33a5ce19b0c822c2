# SPDX-License-Identifier: Apache-2.0
"""Answers that came too late: held with a receipt, listed, and counted only when a manager lets them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from assessor import api
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.saving import Answer, late_mac
from assessor.attempts.tables import LateDecisionRow, ResponseCopyRow
from core.audit import AuditRow
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.identity.model import Role
from core.uow import Actor, ActorKind
from tests.db.attempts import choice, count, pick, receipt, refusal
from tests.unit.assessor.world import GRACE, KEY, TEST_SECONDS, World, refused

WHY = "The line of the hall was down for ten minutes"


def manager(world: World) -> Actor:
    """The manager with the role, as a login has it."""
    return Actor(ActorKind.PERSON, world.ids.manager, world.ids.agency, frozenset({Role.MANAGER}))


def too_late(world: World, name: str = "Asha Rao", *, value: int = 1) -> tuple[api.Enrolled, api.LateAnswer]:
    """Somebody who answered one question in time and then, too late, the same one again."""
    enrolled = world.running(name)
    item = choice(world, enrolled)
    receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    world.clock.advance(TEST_SECONDS + GRACE)
    refusal(world.save(enrolled, item.ref, pick(item, value), seq=2))
    with world.store.write(Actor.system()) as uow:
        api.close_overdue(uow, grace_seconds=GRACE)
    (late,) = listed(world, enrolled)
    return enrolled, late


def listed(world: World, enrolled: api.Enrolled) -> list[api.LateAnswer]:
    with world.store.read(world.manager) as uow:
        return api.late_answers(uow, enrolled.attempt_id)


def admit(world: World, enrolled: api.Enrolled, late: api.LateAnswer, *, reason: str = WHY) -> None:
    with world.store.write(manager(world)) as uow:
        api.admit_late(
            uow,
            enrolled.attempt_id,
            device=late.device,
            seq=late.seq,
            item=late.item_version_id,
            organisation_id=world.ids.agency,
            reason=reason,
        )


def refuse(world: World, enrolled: api.Enrolled, late: api.LateAnswer) -> None:
    with world.store.write(manager(world)) as uow:
        api.refuse_late(
            uow,
            enrolled.attempt_id,
            device=late.device,
            seq=late.seq,
            item=late.item_version_id,
            organisation_id=world.ids.agency,
            reason=WHY,
        )


def test_a_late_answer_gets_a_receipt_that_proves_the_kept_copy(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS + GRACE)
    first = refusal(world.save(enrolled, item.ref, pick(item), seq=7))
    facts = first.error().facts
    assert (facts["late"], facts["receipt"]) == (True, first.mac)
    assert facts["received_at"] == world.clock.now().isoformat()
    with world.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(ResponseCopyRow)).one()
        held = Answer(
            attempt_id=row.attempt_id,
            device=row.device,
            seq=row.seq,
            epoch=row.epoch,
            item_version_id=row.item_version_id,
            value=row.value,
            client_time=row.client_time,
            received_at=row.received_at,
        )
        assert first.mac == late_mac(KEY, held, ref=item.ref, received_at=row.received_at)
    world.clock.advance(30)
    again = refusal(world.save(enrolled, item.ref, pick(item), seq=7))
    assert (again.mac, again.received_at) == (first.mac, first.received_at)


def test_a_refusal_that_is_not_about_time_has_no_receipt(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    conflict = refusal(world.save(enrolled, item.ref, pick(item, 1), seq=1))
    assert conflict.mac is None
    assert "late" not in conflict.error().facts


def test_a_late_answer_counts_only_when_a_manager_lets_it(world: World) -> None:
    enrolled, late = too_late(world)
    assert (late.state, late.seq, late.cause) == (api.LateState.WAITING, 2, api.Verdict.LATE_ANSWER)
    before = world.state(enrolled).answers[late.item]
    admit(world, enrolled, late)
    after = world.state(enrolled).answers[late.item]
    assert (before.revision, after.revision) == (1, 2)
    assert after.value != before.value
    (decided,) = listed(world, enrolled)
    assert (decided.state, decided.decided_by, decided.reason) == (
        api.LateState.ADMITTED,
        world.ids.manager,
        WHY,
    )
    with world.store.read(world.manager) as uow:
        summary = api.attempt_summary(uow, enrolled.attempt_id)
        audited = uow.db.scalars(select(AuditRow).where(AuditRow.name == "late_answer_decided")).one()
        payload = dict(audited.payload)
    assert [line.revision for line in summary.slip] == [2]
    assert payload["decision"] == "admitted"
    assert WHY not in str(payload)


def test_a_refused_late_answer_never_counts(world: World) -> None:
    enrolled, late = too_late(world)
    before = world.state(enrolled).answers
    refuse(world, enrolled, late)
    assert world.state(enrolled).answers == before
    assert [one.state for one in listed(world, enrolled)] == [api.LateState.REFUSED]


def test_an_admitted_answer_scores_and_the_score_can_be_computed_again(world: World) -> None:
    enrolled = world.running()
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    key, items = world.key(enrolled), world.paper(enrolled).items
    world.clock.advance(TEST_SECONDS + GRACE)
    for seq, item in enumerate(items[:3], start=1):
        refusal(world.save(enrolled, item.ref, key[item.ref], seq=seq))
    with world.store.write(Actor.system()) as uow:
        api.close_overdue(uow, grace_seconds=GRACE)
    first = world.result(enrolled)
    waiting = listed(world, enrolled)
    assert len(waiting) == 3
    admit(world, enrolled, waiting[0])
    admit(world, enrolled, waiting[1])
    refuse(world, enrolled, waiting[2])
    second = world.result(enrolled)
    assert second.id != first.id
    with world.store.write(world.manager) as uow:
        document = api.result(uow, second.id, organisation_id=world.ids.agency).document
        again = api.refresh_result(uow, enrolled.entry.id)
    assert document["items"]["matched"] == 2
    assert document["items"]["answered"] == 2
    assert [
        (one["item"], one["device"], one["seq"], one["by"], one["reason"]) for one in document["late"]
    ] == [(one.item_version_id, one.device, one.seq, world.ids.manager, WHY) for one in waiting[:2]]
    assert {one["received_at"] for one in document["late"]} == {waiting[0].received_at.isoformat()}
    assert all(one["at"] == world.clock.now().isoformat() for one in document["late"])
    with world.store.read(world.manager) as uow:
        before = api.result(uow, first.id, organisation_id=world.ids.agency).document
    assert "late" not in before, "a result without an admitted answer is written as ever"
    assert again.result is not None
    assert again.result.id == second.id, "computing it again says the same"
    with world.store.read(world.manager) as uow:
        line = api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    assert line.attempt.answered == 2


def test_the_newest_answer_wins_also_among_admitted_ones(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS + GRACE)
    for seq in (5, 4):  # the older one arrives last
        refusal(world.save(enrolled, item.ref, pick(item, seq - 3), seq=seq))
    world.submit(enrolled)
    for late in listed(world, enrolled):
        admit(world, enrolled, late)
    assert world.state(enrolled).answers[item.ref].value == pick(item, 2)


def test_a_decision_is_made_once_by_a_manager_with_a_reason_after_the_end(world: World) -> None:
    enrolled, late = too_late(world)
    with refused(Invalid, "reason_malformed"):
        admit(world, enrolled, late, reason=" - ")
    agency = world.ids.agency
    it: dict[str, Any] = {"device": late.device, "seq": late.seq, "item": late.item_version_id}
    for actor, code in ((Actor.system(), "person_needed"), (world.proctor, "manager_needed")):
        with refused(Forbidden, code), world.store.write(actor) as uow:
            api.admit_late(uow, enrolled.attempt_id, **it, organisation_id=agency, reason=WHY)
    with refused(NotFound, "attempt_unknown"), world.store.write(manager(world)) as uow:
        other = world.ids.other_agency
        api.admit_late(uow, enrolled.attempt_id, **it, organisation_id=other, reason=WHY)
    for other_one in ({"device": "laptop"}, {"seq": 99}, {"item": "0" * 26}, {"seq": 1}):
        with refused(NotFound, "late_answer_unknown"), world.store.write(manager(world)) as uow:
            api.admit_late(
                uow, enrolled.attempt_id, **{**it, **other_one}, organisation_id=agency, reason=WHY
            )
    admit(world, enrolled, late)
    for act in (admit, refuse):
        with refused(Conflict, "late_answer_decided"):
            act(world, enrolled, late)


def test_nothing_is_decided_while_the_test_runs(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS + GRACE)
    world.save(enrolled, item.ref, pick(item), seq=1)
    (late,) = listed(world, enrolled)
    with refused(Conflict, "attempt_still_runs"):
        admit(world, enrolled, late)


def test_a_declared_result_is_not_changed_in_silence(world: World) -> None:
    enrolled, late = too_late(world)
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    world.declare(world.result(enrolled).id)
    with refused(Conflict, "late_after_declaration"):
        admit(world, enrolled, late)
    with world.store.read(Actor.system()) as uow:
        assert uow.db.scalars(select(LateDecisionRow)).all() == []
    refuse(world, enrolled, late)
    assert [one.state for one in listed(world, enrolled)] == [api.LateState.REFUSED]


def test_a_withdrawn_entry_admits_nothing(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    with world.store.write(manager(world)) as uow:
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    refusal(world.save(enrolled, item.ref, pick(item), seq=1))
    (late,) = listed(world, enrolled)
    with refused(Conflict, "entry_withdrawn"):
        admit(world, enrolled, late)


def test_a_late_answer_under_a_lease_that_was_never_held_cannot_be_let_in(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.submit(enrolled)
    refusal(world.save(enrolled, item.ref, pick(item), seq=1, epoch=900))
    refusal(world.save(enrolled, item.ref, pick(item), seq=1, device="stolen"))
    assert listed(world, enrolled) == []


def test_the_same_late_answer_before_and_after_the_close_is_one(world: World) -> None:
    enrolled, late = too_late(world)
    world.clock.advance(5)
    world.save(enrolled, late.item, choice_ref(world, enrolled, late), seq=late.seq)
    assert count(world, ResponseCopyRow) == 2
    (one,) = listed(world, enrolled)
    assert one.cause is api.Verdict.LATE_ANSWER
    admit(world, enrolled, one)
    assert world.state(enrolled).answers[late.item].revision == 2


def choice_ref(world: World, enrolled: api.Enrolled, late: api.LateAnswer) -> object:
    """The late value as the learner's browser sends it."""
    with world.store.read(Actor.system()) as uow:
        return refs_of(uow, load_attempt(uow, enrolled.attempt_id)).shown(late.item_version_id, late.value)
