# SPDX-License-Identifier: Apache-2.0
"""Attempts on a real database: the start gate, saved answers, leases, the deadline, the hand-in."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from assessor import api
from assessor.attempts.saving import Answer, receipt_mac
from assessor.attempts.tables import AttemptRow, ResponseCopyRow, ResponseEventRow
from assessor.forms.tables import FormRow
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, UnitOfWork
from core.writer import GroupWriter
from item_bank.items.tables import ItemVersionRow
from tests.unit.assessor.world import CLOSES, GRACE, KEY, OPENS, TEST_SECONDS, World, fresh_world, refused


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[World]:
    yield from fresh_world(tmp_path_factory.getbasetemp(), tmp_path)


def count(world: World, table: type[Any]) -> int:
    with world.store.read(Actor.system()) as uow:
        return uow.db.scalar(select(func.count()).select_from(table)) or 0


def receipt(saved: api.Receipt | api.Refusal) -> api.Receipt:
    assert isinstance(saved, api.Receipt), saved
    return saved


def refusal(saved: api.Receipt | api.Refusal) -> api.Refusal:
    assert isinstance(saved, api.Refusal), saved
    return saved


def choice(world: World, enrolled: api.Enrolled, *, interaction: str = "choice_single") -> Any:
    """An item of this kind on the paper."""
    return next(item for item in world.paper(enrolled).items if item.interaction == interaction)


def pick(item: Any, place: int = 0) -> list[str]:
    return [item.bodies[0].options[place].id]


# ------------------------------------------------------------------------------------------ the start gate


def test_a_start_begins_the_time_and_a_second_start_resumes_it(world: World) -> None:
    enrolled = world.enrol()
    first = world.start(enrolled)
    assert first.state is api.AttemptState.RUNNING
    assert first.ends_at == world.clock.now() + timedelta(seconds=TEST_SECONDS)
    world.clock.advance(60)
    assert world.start(enrolled) == first
    assert world.state(enrolled).remaining_ms == (TEST_SECONDS - 60) * 1000


def test_nobody_starts_outside_the_window(world: World) -> None:
    early, late = world.enrol("Early"), world.enrol("Late")
    world.clock.advance((OPENS - world.clock.now()).total_seconds() - 1)
    with refused(Conflict, "window_not_open") as info:
        world.start(early)
    assert info.value.facts == {"opens_at": OPENS.isoformat()}
    world.clock.advance((CLOSES - world.clock.now()).total_seconds())
    with refused(Conflict, "window_closed") as info:
        world.start(late)
    assert info.value.facts == {"closes_at": CLOSES.isoformat()}


def test_a_running_attempt_outlives_the_window(world: World) -> None:
    enrolled = world.enrol()
    world.clock.advance((CLOSES - world.clock.now()).total_seconds() - 1)
    world.start(enrolled)
    world.lease(enrolled)
    world.clock.advance(TEST_SECONDS - 1)
    item = choice(world, enrolled)
    assert receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms == 1000


def test_a_watched_sitting_starts_only_when_the_camera_is_ready(world: World) -> None:
    enrolled = world.enrol(sitting_id=world.ids.watched_sitting)
    with refused(Conflict, "proctoring_not_ready"):
        world.start(enrolled)
    assert world.start(enrolled, proctoring_ready=True).state is api.AttemptState.RUNNING
    assert world.start(enrolled).state is api.AttemptState.RUNNING


def test_a_withdrawn_entry_does_not_start(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    with refused(Conflict, "entry_withdrawn"):
        world.start(enrolled)
    assert world.state(enrolled).ended_by is api.EndedBy.WITHDRAWN


def test_a_form_that_was_changed_after_sealing_is_not_started(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(Actor.system()) as uow:
        row = uow.db.get(FormRow, enrolled.entry.form_id)
        assert row is not None
        row.document = {**row.document, "limit_seconds": 9_000}
    with refused(Conflict, "form_altered"):
        world.start(enrolled)


def test_a_form_whose_item_was_changed_is_not_started(world: World) -> None:
    enrolled = world.enrol()
    with world.store.write(Actor.system()) as uow:
        form = uow.db.get(FormRow, enrolled.entry.form_id)
        assert form is not None
        pinned = form.document["items"][0]["version_id"]
        uow.db.execute(
            update(ItemVersionRow).where(ItemVersionRow.id == pinned).values(content_hash="sha256:other")
        )
        assert api.form_changes(uow, form.id) == (pinned,)
    with refused(Conflict, "form_altered"):
        world.start(enrolled)


def test_a_withdrawn_form_is_not_started_and_not_drawn_but_a_running_attempt_goes_on(world: World) -> None:
    running, waiting = world.running(), world.enrol("Waiting")
    with world.store.write(world.manager) as uow:
        for form in api.forms(uow, world.ids.assessment, organisation_id=world.ids.agency):
            api.withdraw_form(uow, form.id, organisation_id=world.ids.agency)
    with refused(Conflict, "form_state"):
        world.start(waiting)
    with refused(Conflict, "batch_without_forms"):
        world.enrol("Too late")
    assert world.paper(running).items


# ------------------------------------------------------------------------------------------ the paper


def test_the_paper_has_every_item_in_both_languages_under_names_of_its_own(world: World) -> None:
    one, other = world.running("One"), world.running("Other")
    paper = world.paper(one)
    assert len(paper.items) == 24
    assert {body.language for item in paper.items for body in item.bodies} == {"en", "hi"}
    assert not {item.ref for item in paper.items} & {item.ref for item in world.paper(other).items}


def test_no_true_identifier_is_on_the_paper_or_in_the_state(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    with world.store.read(Actor.system()) as uow:
        form = uow.db.get(FormRow, enrolled.entry.form_id)
        assert form is not None
        true_ids = [pinned["version_id"] for pinned in form.document["items"]]
    paper, state = dataclasses.asdict(world.paper(enrolled)), dataclasses.asdict(world.state(enrolled))
    shown = json.dumps([paper, state], default=str)
    assert not [found for found in true_ids if found in shown]
    assert set(paper) == {"attempt_id", "remaining_ms", "items"}
    assert {name for item in paper["items"] for name in item} == {"ref", "interaction", "bodies"}
    bodies = [body for item in paper["items"] for body in item["bodies"]]
    assert {name for body in bodies for name in body} == {"language", "stem", "options"}
    assert {name for body in bodies for option in body["options"] for name in option} == {"id", "text"}


def test_there_is_no_paper_before_the_start_or_after_the_end(world: World) -> None:
    enrolled = world.enrol()
    with refused(Conflict, "attempt_not_started"):
        world.paper(enrolled)
    world.start(enrolled)
    world.submit(enrolled)
    with refused(Conflict, "attempt_closed"):
        world.paper(enrolled)


# ------------------------------------------------------------------------------------------ saving


def test_a_saved_answer_comes_back_as_it_was_sent(world: World) -> None:
    enrolled = world.running()
    single = choice(world, enrolled)
    text = choice(world, enrolled, interaction="text_entry")
    world.save(enrolled, single.ref, pick(single, 1), seq=1)
    world.save(enrolled, text.ref, "१९३०", seq=2)
    state = world.state(enrolled)
    assert {ref: held.value for ref, held in state.answers.items()} == {
        single.ref: pick(single, 1),
        text.ref: "१९३०",
    }
    assert (state.epoch, state.holder, state.last_seq) == (1, True, 2)


def test_lists_count_the_items_that_have_an_answer_now(world: World) -> None:
    enrolled = world.running()
    text = choice(world, enrolled, interaction="text_entry")
    items = [item for item in world.paper(enrolled).items if item.interaction != "text_entry"]
    world.save(enrolled, text.ref, "null", seq=1)
    world.save(enrolled, items[0].ref, None, seq=2)
    world.save(enrolled, items[1].ref, pick(items[1]), seq=4)
    world.save(enrolled, items[1].ref, None, seq=3)
    world.save(enrolled, items[2].ref, pick(items[2]), seq=5)
    world.save(enrolled, items[2].ref, None, seq=6)
    with world.store.read(world.manager) as uow:
        found = api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency).attempt
        assert api.overviews(uow, [enrolled.entry.id]) == {enrolled.entry.id: found}
    assert (found.answered, found.kept_copies) == (2, 0)


def test_clearing_an_answer_is_an_answer(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    assert receipt(world.save(enrolled, item.ref, None, seq=2)).revision == 2
    assert world.state(enrolled).answers[item.ref] == api.HeldAnswer(value=None, revision=2)


def test_the_same_save_again_gets_the_same_receipt_and_no_second_row(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    first = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    world.clock.advance(5)
    again = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    assert dataclasses.replace(again, remaining_ms=0) == dataclasses.replace(first, remaining_ms=0)
    assert count(world, ResponseEventRow) == 1


def test_a_repeat_is_acknowledged_after_the_hand_in_because_it_was_held(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    first = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    world.submit(enrolled)
    again = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    assert (again.mac, again.remaining_ms) == (first.mac, 0)


def test_a_receipt_proves_what_was_stored(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    saved = receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    with world.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(ResponseEventRow)).one()
        held = Answer(
            attempt_id=row.attempt_id,
            device=row.device,
            seq=row.seq,
            epoch=row.epoch,
            item_version_id=row.item_version_id,
            value=row.value,
            client_time="",
            received_at=row.received_at,
        )

    def mac(answer: Answer, key: bytes = KEY) -> str:
        return receipt_mac(key, answer, ref=item.ref, revision=saved.revision, received_at=saved.received_at)

    assert mac(held) == saved.mac
    assert mac(dataclasses.replace(held, value=["Z"])) != saved.mac
    assert mac(held, b"other") != saved.mac


def test_another_value_under_a_used_number_is_refused_and_kept_once(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1)
    for _ in range(2):
        answer = refusal(world.save(enrolled, item.ref, pick(item, 1), seq=1))
        assert answer.verdict is api.Verdict.SEQUENCE_CONFLICT
        assert answer.error().code == "sequence_conflict"
    assert count(world, ResponseCopyRow) == 1
    assert world.state(enrolled).answers[item.ref].value == pick(item)


def test_reordered_saves_end_at_the_highest_number(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item, 1), seq=5)
    assert receipt(world.save(enrolled, item.ref, pick(item, 0), seq=4)).revision == 2
    assert world.state(enrolled).answers[item.ref] == api.HeldAnswer(value=pick(item, 1), revision=1)


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"seq": 0}, Invalid, "number_out_of_range"),
        ({"seq": 2**31}, Invalid, "number_out_of_range"),
        ({"seq": 2**70}, Invalid, "number_out_of_range"),
        ({"epoch": 0}, Invalid, "number_out_of_range"),
        ({"epoch": "1"}, Invalid, "number_out_of_range"),
        ({"device": ""}, Invalid, "device_malformed"),
        ({"device": None}, Invalid, "device_malformed"),
    ],
)
def test_malformed_numbers_and_devices_are_refused(
    world: World, change: dict[str, Any], error: type[Invalid], code: str
) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    with refused(error, code):
        world.save(enrolled, item.ref, pick(item), **{"seq": 1, **change})
    assert count(world, ResponseEventRow) == count(world, ResponseCopyRow) == 0


def test_an_item_or_option_of_another_attempt_is_unknown(world: World) -> None:
    mine, other = world.running("Mine"), world.running("Other")
    item, foreign = choice(world, mine), choice(world, other)
    with refused(NotFound, "item_unknown"):
        world.save(mine, foreign.ref, pick(foreign), seq=1)
    with refused(Invalid, "option_unknown"):
        world.save(mine, item.ref, pick(foreign), seq=1)


def test_an_answer_that_is_too_long_is_refused(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled, interaction="text_entry")
    with refused(Invalid, "answer_too_long"):
        world.save(enrolled, item.ref, "x" * 2001, seq=1)
    assert receipt(world.save(enrolled, item.ref, "x" * 2000, seq=1)).revision == 1


def test_an_unknown_attempt_is_not_found(world: World) -> None:
    enrolled = world.running()
    stranger = dataclasses.replace(enrolled, attempt_id="0" * 26)
    with refused(NotFound, "attempt_unknown"):
        world.save(stranger, "x", None, seq=1)
    with refused(NotFound, "attempt_unknown"):
        world.state(stranger)
    with refused(NotFound, "attempt_unknown"):
        world.lease(stranger)


def test_a_closed_attempt_gives_out_no_lease(world: World) -> None:
    enrolled = world.running()
    world.submit(enrolled)
    with refused(Conflict, "attempt_closed"):
        world.lease(enrolled, "laptop")


def test_there_is_nothing_to_save_before_the_start(world: World) -> None:
    enrolled, model = world.enrol(), world.running("Model")
    with refused(Conflict, "attempt_not_started"):
        world.lease(enrolled)
    with refused(NotFound, "item_unknown"):
        world.save(enrolled, world.paper(model).items[0].ref, None, seq=1)
    with refused(Conflict, "attempt_not_started"):
        world.save(enrolled, next(iter(world.key(enrolled))), None, seq=1)
    with refused(Conflict, "attempt_not_started"):
        world.submit(enrolled)


def test_the_browsers_own_time_is_kept_tidy_and_decides_nothing(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.save(enrolled, item.ref, pick(item), seq=1, client_time="2099-01-01T00:00:00\n\0" + "x" * 90)
    with world.store.read(Actor.system()) as uow:
        row = uow.db.scalars(select(ResponseEventRow)).one()
        assert row.client_time.startswith("2099-01-01T00:00:00x")
        assert len(row.client_time) <= 40
        assert row.received_at == world.clock.now()


# ------------------------------------------------------------------------------------------ two devices


def test_a_takeover_raises_the_epoch_and_asking_again_does_not(world: World) -> None:
    enrolled = world.running()
    assert world.lease(enrolled, "phone") == 1
    assert world.lease(enrolled, "laptop") == 2
    assert world.lease(enrolled, "laptop") == 2
    assert world.lease(enrolled, "phone") == 3
    assert (world.state(enrolled, "phone").holder, world.state(enrolled, "laptop").holder) == (True, False)


def test_a_stale_device_is_refused_and_its_answer_kept(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    world.save(enrolled, item.ref, pick(item, 1), seq=1, device="laptop", epoch=2)
    answer = refusal(world.save(enrolled, item.ref, pick(item), seq=1))
    assert (answer.verdict, answer.error().facts["epoch"]) == (api.Verdict.LEASE_LOST, 2)
    assert world.state(enrolled).answers[item.ref].value == pick(item, 1)
    assert count(world, ResponseCopyRow) == 1


def test_a_stale_device_still_counts_for_an_item_that_the_newer_never_touched(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    receipt(world.save(enrolled, item.ref, pick(item), seq=1))
    assert world.state(enrolled).answers[item.ref].value == pick(item)
    receipt(world.save(enrolled, item.ref, pick(item, 1), seq=1, device="laptop", epoch=2))
    assert world.state(enrolled).answers[item.ref].value == pick(item, 1)


@pytest.mark.parametrize(("device", "epoch"), [("laptop", 1), ("phone", 2), ("phone", 7)])
def test_a_lease_that_a_device_never_had_gives_nothing(world: World, device: str, epoch: int) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    answer = refusal(world.save(enrolled, item.ref, pick(item), seq=1, device=device, epoch=epoch))
    assert answer.verdict is api.Verdict.LEASE_LOST
    assert world.state(enrolled).answers == {}


def test_numbers_of_refused_answers_are_not_given_out_again(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.lease(enrolled, "laptop")
    world.save(enrolled, item.ref, pick(item, 1), seq=1, device="laptop", epoch=2)
    world.save(enrolled, item.ref, pick(item), seq=9)
    assert world.state(enrolled, "phone").last_seq == 9


# ------------------------------------------------------------------------------------------ the deadline


def test_answers_count_through_the_grace_and_not_after_it(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS + GRACE - 0.001)
    assert receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms == 0
    world.clock.advance(0.001)
    late = refusal(world.save(enrolled, item.ref, pick(item, 1), seq=2)).error()
    assert late.code == "late_answer"
    assert late.facts["ended_at"] == (world.clock.now() - timedelta(seconds=GRACE)).isoformat()
    assert world.state(enrolled).answers[item.ref].value == pick(item)
    assert count(world, ResponseCopyRow) == 1


def test_an_answer_after_the_hand_in_is_kept_and_refused(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.submit(enrolled)
    answer = refusal(world.save(enrolled, item.ref, pick(item), seq=1))
    assert answer.error().code == "attempt_closed"
    assert answer.error().facts["ended_by"] == "learner"
    assert count(world, ResponseCopyRow) == 1


def test_the_sweep_closes_what_is_overdue_and_nothing_else(world: World) -> None:
    overdue, later = world.running("Overdue"), world.enrol("Later")
    world.clock.advance(60)
    world.start(later)
    world.clock.advance(TEST_SECONDS + GRACE - 60 - 1)
    with world.store.write(Actor.system()) as uow:
        assert not api.has_overdue(uow, grace_seconds=GRACE)
        assert api.close_overdue(uow, grace_seconds=GRACE) == 0
    world.clock.advance(1)
    with world.store.write(Actor.system()) as uow:
        assert api.has_overdue(uow, grace_seconds=GRACE)
        assert api.close_overdue(uow, grace_seconds=GRACE) == 1
        assert not api.has_overdue(uow, grace_seconds=GRACE)
    closed = world.state(overdue)
    assert (closed.state, closed.ended_by) == (api.AttemptState.SUBMITTED, api.EndedBy.DEADLINE)
    assert closed.ended_at == world.clock.now() - timedelta(seconds=GRACE)
    assert world.state(later).state is api.AttemptState.RUNNING


def test_an_accommodation_lengthens_the_test(world: World) -> None:
    enrolled = world.enrol(extra_minutes=20)
    assert world.start(enrolled).ends_at == world.clock.now() + timedelta(seconds=TEST_SECONDS + 1200)


def test_time_granted_in_the_last_second_counts_and_time_is_never_taken_back(world: World) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS - 1)
    with world.store.write(world.manager) as uow:
        api.set_accommodation(uow, enrolled.entry.id, organisation_id=world.ids.agency, extra_minutes=1)
        api.grant_credit(uow, enrolled.attempt_id, organisation_id=world.ids.agency, seconds=30)
    world.clock.advance(60)
    assert receipt(world.save(enrolled, item.ref, pick(item), seq=1)).remaining_ms == 31_000
    with refused(Conflict, "time_only_grows"), world.store.write(world.manager) as uow:
        api.set_accommodation(uow, enrolled.entry.id, organisation_id=world.ids.agency, extra_minutes=0)
    with world.store.read(world.manager) as uow:
        entry = api.entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    assert entry.extra_minutes == 1


@pytest.mark.parametrize("seconds", [0, -5, 86_401, 2**40])
def test_a_credit_stays_within_a_day(world: World, seconds: int) -> None:
    enrolled = world.running()
    with refused(Invalid, "credit_out_of_range"), world.store.write(world.manager) as uow:
        api.grant_credit(uow, enrolled.attempt_id, organisation_id=world.ids.agency, seconds=seconds)


def test_another_agency_grants_nothing(world: World) -> None:
    enrolled = world.running()
    with world.store.write(world.staff(world.ids.stranger, organisation_id=world.ids.other_agency)) as uow:
        with refused(NotFound, "attempt_unknown"):
            api.grant_credit(uow, enrolled.attempt_id, organisation_id=world.ids.other_agency, seconds=30)
        with refused(NotFound, "entry_unknown"):
            api.set_accommodation(
                uow, enrolled.entry.id, organisation_id=world.ids.other_agency, extra_minutes=5
            )


# ------------------------------------------------------------------------------------------ the hand-in


def test_the_slip_lists_what_the_server_holds_in_the_order_of_the_paper(world: World) -> None:
    enrolled = world.running()
    items = world.paper(enrolled).items
    world.save(enrolled, items[3].ref, None, seq=1)
    world.save(enrolled, items[0].ref, None, seq=2)
    world.save(enrolled, items[3].ref, None, seq=3)
    summary = world.submit(enrolled)
    assert [(line.item, line.revision) for line in summary.slip] == [(items[0].ref, 1), (items[3].ref, 2)]
    assert world.submit(enrolled) == summary


def hand_in(world: World, enrolled: api.Enrolled, device: str) -> api.AttemptSummary:
    with world.store.write(world.learner(enrolled)) as uow:
        return api.hand_in(uow, enrolled.attempt_id, device=device, grace_seconds=GRACE)


def test_only_the_device_that_holds_the_lease_hands_in(world: World) -> None:
    enrolled = world.running()
    world.lease(enrolled, "laptop")
    with refused(Conflict, "lease_lost") as info:
        hand_in(world, enrolled, "phone")
    assert info.value.facts == {"epoch": 2}
    summary = hand_in(world, enrolled, "laptop")
    assert summary.ended_by is api.EndedBy.LEARNER
    assert hand_in(world, enrolled, "phone") == summary


def test_where_no_device_holds_the_lease_any_hands_in(world: World) -> None:
    enrolled = world.enrol()
    world.start(enrolled)
    assert hand_in(world, enrolled, "phone").state is api.AttemptState.SUBMITTED


def test_the_length_of_the_paper_is_known_before_the_start(world: World) -> None:
    enrolled = world.enrol()
    with world.store.read(world.learner(enrolled)) as uow:
        facts = api.paper_facts(uow, enrolled.attempt_id)
        assert api.attempt_summary(uow, enrolled.attempt_id).slip == ()
        assert api.credential_of_entry(uow, enrolled.entry.id).id == world.ids.credential
    assert (facts.questions, facts.limit_seconds) == (24, TEST_SECONDS)
    world.start(enrolled)
    assert facts.refs == tuple(item.ref for item in world.paper(enrolled).items)


def test_a_proctor_ends_only_attempts_of_sittings_of_theirs(world: World) -> None:
    watched = world.enrol(sitting_id=world.ids.watched_sitting)
    world.start(watched, proctoring_ready=True)
    other = world.running("Not watched")
    with world.store.write(world.proctor) as uow:
        with refused(NotFound, "attempt_unknown"):
            api.end_attempt(uow, other.attempt_id, organisation_id=world.ids.agency)
        ended = api.end_attempt(uow, watched.attempt_id, organisation_id=world.ids.agency)
    assert ended.ended_by is api.EndedBy.PROCTOR
    assert world.state(other).state is api.AttemptState.RUNNING


def test_the_database_itself_refuses_an_impossible_attempt(world: World) -> None:
    enrolled = world.enrol()
    with pytest.raises(IntegrityError), world.store.write(Actor.system()) as uow:
        uow.db.execute(
            update(AttemptRow)
            .where(AttemptRow.id == enrolled.attempt_id)
            .values(state=api.AttemptState.SUBMITTED)
        )


# ------------------------------------------------------------------------------------------ the writer


def test_a_refusal_in_the_group_writer_keeps_its_copy_and_disturbs_no_neighbour(world: World) -> None:
    enrolled = world.running()
    items = world.paper(enrolled).items
    writer = GroupWriter(world.store)
    writer.start()

    def put(seq: int, place: int) -> api.Receipt | api.Refusal:
        def act(uow: UnitOfWork) -> api.Receipt | api.Refusal:
            save = api.SaveResponse(
                attempt_id=enrolled.attempt_id,
                device="phone",
                epoch=1,
                seq=seq,
                item=items[place].ref,
                value=None,
            )
            return api.save_response(uow, save, key=KEY, grace_seconds=GRACE)

        return writer.submit(world.learner(enrolled), act)

    try:
        receipt(put(1, 0))
        assert refusal(put(1, 1)).verdict is api.Verdict.SEQUENCE_CONFLICT
        with refused(Invalid, "number_out_of_range"):
            put(0, 2)
        receipt(put(2, 2))
    finally:
        writer.stop()
    assert (count(world, ResponseEventRow), count(world, ResponseCopyRow)) == (2, 1)
