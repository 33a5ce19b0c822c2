# SPDX-License-Identifier: Apache-2.0
"""Moves through sections on a real database: receipts, repeats, refusals that are kept, the gate for answers, resuming."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from assessor import api
from assessor.attempts.moves import MAXIMUM_MOVES
from assessor.attempts.sections import MoveKind
from assessor.attempts.tables import AttemptRow, MoveCopyRow, MoveRow, ResponseCopyRow
from assessor.forms.queries import form
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor
from tests.db.attempts import choice, count, receipt, refusal
from tests.sectioned import (
    FIRST,
    LAST,
    LINEAR,
    SECONDS,
    items_of,
    move,
    moved,
    running_in_sections,
    some_answer,
    stopped,
)
from tests.unit.assessor.world import GRACE, KEY, World, refused


def entered(world: World, section: str = FIRST, *, extra_minutes: int = 0, **rules: Any) -> api.Enrolled:
    """A candidate in this section, the sections before it left at once; the last number is even."""
    enrolled = running_in_sections(world, extra_minutes=extra_minutes, **rules)
    seq = 0
    for name in (FIRST, LINEAR, LAST):
        moved(world, enrolled, "enter_section", name, seq=(seq := seq + 1))
        if name == section:
            return enrolled
        moved(world, enrolled, "leave_section", name, seq=(seq := seq + 1))
    return enrolled


def answer(world: World, enrolled: api.Enrolled, item: Any, *, seq: int, **more: Any) -> str:
    """Save some answer; `stored`, or the code of the refusal."""
    kept = world.save(enrolled, item.ref, some_answer(item), seq=seq, **more)
    return "stored" if isinstance(kept, api.Receipt) else kept.error().code


def states(world: World, enrolled: api.Enrolled) -> list[tuple[str, int | None]]:
    return [(one.state.value, one.remaining_ms) for one in world.state(enrolled).course.sections]


# ------------------------------------------------------------------------------------------------- the form


def test_a_form_of_a_plan_with_sections_carries_them_and_its_items_in_their_order(world: World) -> None:
    enrolled = running_in_sections(world)
    paper = world.paper(enrolled)
    assert [(one.id, len(one.items), one.seconds, one.navigation.value) for one in paper.sections] == [
        (FIRST, 8, SECONDS, "free"),
        (LINEAR, 8, SECONDS, "linear"),
        (LAST, 8, None, "free"),
    ]
    assert [ref for one in paper.sections for ref in one.items] == [item.ref for item in paper.items]
    assert dict(paper.sections[0].title)["hi"] == "Safety (हिन्दी)"
    with world.store.read(world.manager) as uow:
        form = api.forms(uow, _assessment(uow, enrolled), organisation_id=world.ids.agency)[0]
        assert form.content.to_document()["version"] == 3
        assert api.form_changes(uow, form.id) == ()
        draw = api.draws(uow, form.assessment_id, organisation_id=world.ids.agency)[0]
        assert api.replays(uow, draw.id, organisation_id=world.ids.agency)


def _assessment(uow: Any, enrolled: api.Enrolled) -> str:
    return str(api.learner_entry(uow, enrolled.entry.id).assessment_id)


def test_a_paper_without_sections_has_none_and_takes_no_move(world: World) -> None:
    enrolled = world.running()
    assert world.paper(enrolled).sections == ()
    assert world.state(enrolled).course == api.Course()
    for kind, target in (("enter_section", FIRST), ("visit", choice(world, enrolled).ref)):
        with refused(NotFound, "section_unknown"):
            move(world, enrolled, kind, target, seq=1)
    assert count(world, MoveCopyRow) == 0


def test_sections_cost_the_others_no_statement(world: World) -> None:
    """What a save costs: an attempt in sections reads its moves, every other one does what it did before."""
    plain, cut = world.running(), entered(world)
    spent: dict[str, int] = {}
    for name, enrolled, item in (
        ("plain", plain, choice(world, plain)),
        ("cut", cut, items_of(world, cut, FIRST)[0]),
    ):
        world.save(enrolled, item.ref, None, seq=9)  # what is read once for an attempt is not counted
        seen: list[str] = []

        def note(*arguments: Any, seen: list[str] = seen) -> None:
            seen.append(arguments[2])

        event.listen(world.store.engine, "before_cursor_execute", note)
        world.save(enrolled, item.ref, some_answer(item), seq=10)
        event.remove(world.store.engine, "before_cursor_execute", note)
        spent[name] = len(seen)
        assert any("attempt_moves" in statement for statement in seen) is (name == "cut")
    assert spent["cut"] == spent["plain"] + 1


# ------------------------------------------------------------------------------------------ moves and receipts


def test_a_move_gets_a_receipt_and_a_repeat_the_same_one(world: World) -> None:
    enrolled = running_in_sections(world)
    assert states(world, enrolled) == [("waiting", 300_000), ("waiting", 300_000), ("waiting", None)]
    first = moved(world, enrolled, "enter_section", FIRST, seq=1)
    assert (first.remaining_ms, first.section_remaining_ms) == (900_000, 300_000)
    world.clock.advance(5)
    again = moved(world, enrolled, "enter_section", FIRST, seq=1)
    assert (again.mac, again.received_at) == (first.mac, first.received_at)
    assert again.section_remaining_ms == 295_000
    assert count(world, MoveRow) == 1
    state = world.state(enrolled)
    assert (state.course.current, state.course.position, state.last_seq) == (FIRST, None, 1)
    other = moved(world, enrolled, "leave_section", FIRST, seq=2)
    assert (other.section_remaining_ms, other.mac == first.mac) == (None, False)


def test_moves_and_answers_share_one_sequence(world: World) -> None:
    enrolled = entered(world)
    item = items_of(world, enrolled, FIRST)[0]
    assert answer(world, enrolled, item, seq=1) == "sequence_conflict"
    assert answer(world, enrolled, item, seq=2) == "stored"
    assert stopped(world, enrolled, "leave_section", FIRST, seq=2) == "sequence_conflict"
    assert stopped(world, enrolled, "leave_section", FIRST, seq=1) == "sequence_conflict"
    assert world.state(enrolled).last_seq == 2
    assert (count(world, MoveCopyRow), count(world, ResponseCopyRow)) == (2, 1)


def test_a_refused_move_is_kept_once_and_its_number_counted(world: World) -> None:
    enrolled = running_in_sections(world)
    for _ in range(3):
        assert stopped(world, enrolled, "enter_section", LINEAR, seq=4) == "section_order"
    with world.store.read(Actor.system()) as uow:
        kept = uow.db.scalars(select(MoveCopyRow)).one()
        assert (kept.target, kept.seq, kept.reason.value) == (LINEAR, 4, "section_order")
    assert world.state(enrolled).last_seq == 4


@pytest.mark.parametrize(
    ("error", "code", "changes"),
    [
        (Invalid, "move_malformed", {"kind": "jump"}),
        (Invalid, "move_malformed", {"kind": None}),
        (Invalid, "move_malformed", {"kind": ["visit"]}),
        (Invalid, "move_malformed", {"target": 7}),
        (NotFound, "section_unknown", {"target": "s9"}),
        (NotFound, "item_unknown", {"kind": "visit", "target": "nothing"}),
        (Invalid, "number_out_of_range", {"seq": 0}),
        (Invalid, "number_out_of_range", {"epoch": "1"}),
        (Invalid, "device_malformed", {"device": "a b"}),
        (NotFound, "attempt_unknown", {"attempt_id": "nobody"}),
    ],
)
def test_a_move_that_makes_no_sense_is_refused_and_leaves_nothing(
    world: World, error: Any, code: str, changes: dict[str, Any]
) -> None:
    enrolled = running_in_sections(world)
    asked = api.RecordMove(
        attempt_id=enrolled.attempt_id, device="phone", epoch=1, seq=1, kind="enter_section", target=FIRST
    )
    with refused(error, code), world.store.write(world.learner(enrolled)) as uow:
        api.record_move(uow, replace(asked, **changes), key=KEY, grace_seconds=GRACE)
    assert (count(world, MoveRow), count(world, MoveCopyRow)) == (0, 0)


def test_moves_count_under_the_lease_that_holds_and_before_the_end(world: World) -> None:
    enrolled = entered(world)
    world.lease(enrolled, "laptop")
    lost = move(world, enrolled, "leave_section", FIRST, seq=2)
    assert isinstance(lost, api.MoveRefusal)
    assert (lost.error().code, lost.error().facts["epoch"]) == ("lease_lost", 2)
    assert moved(world, enrolled, "enter_section", FIRST, seq=1).seq == 1  # held before: a repeat stays one
    moved(world, enrolled, "leave_section", FIRST, seq=1, device="laptop", epoch=2)
    world.submit(enrolled)
    late = move(world, enrolled, "enter_section", LINEAR, seq=2, device="laptop", epoch=2)
    assert isinstance(late, api.MoveRefusal)
    assert late.error().code == "attempt_closed"
    assert late.error().facts["ended_by"] == "learner"
    assert states(world, enrolled) == [("closed", 0), ("waiting", 0), ("waiting", None)]


def test_a_move_after_the_time_is_late(world: World) -> None:
    enrolled = entered(world, LAST)
    world.clock.advance(900 + GRACE)
    assert stopped(world, enrolled, "leave_section", LAST, seq=9) == "late_answer"


def test_nobody_makes_more_moves_than_a_test_can_bear(world: World) -> None:
    enrolled = entered(world, LINEAR)
    item = items_of(world, enrolled, LINEAR)[0]
    with world.store.write(Actor.system()) as uow:
        visit = uow.db.scalars(select(MoveRow).where(MoveRow.seq == 3)).one()
        held = {column.key: getattr(visit, column.key) for column in MoveRow.__table__.columns}
        more = {**held, "kind": MoveKind.VISIT, "target": _version_of(uow, enrolled)}
        rows = [{**more, "seq": seq} for seq in range(4, MAXIMUM_MOVES + 1)]
        uow.db.execute(insert(MoveRow), rows)
    with refused(Conflict, "too_many_moves"):
        move(world, enrolled, "visit", item.ref, seq=MAXIMUM_MOVES + 1)
    assert answer(world, enrolled, item, seq=MAXIMUM_MOVES + 2) == "stored"
    assert moved(world, enrolled, "visit", item.ref, seq=4).seq == 4  # a repeat of what is held


def _version_of(uow: Any, enrolled: api.Enrolled) -> str:
    """The first item of the linear section."""
    row = uow.db.get_one(AttemptRow, enrolled.attempt_id)
    content = form(uow, row.form_id).content
    return str(content.sections[1].items[0])


# ------------------------------------------------------------------------------------------- answers, gated


def test_answers_go_to_the_section_that_is_open(world: World) -> None:
    enrolled = running_in_sections(world)
    first, second = (items_of(world, enrolled, name) for name in (FIRST, LINEAR))
    assert answer(world, enrolled, first[0], seq=1) == "section_order"
    moved(world, enrolled, "enter_section", FIRST, seq=2)
    assert answer(world, enrolled, first[0], seq=3) == "stored"
    assert answer(world, enrolled, second[0], seq=4) == "section_order"
    moved(world, enrolled, "leave_section", FIRST, seq=6)
    assert answer(world, enrolled, first[1], seq=5) == "stored"  # it was given before the leaving
    assert answer(world, enrolled, first[2], seq=7) == "section_closed"
    assert stopped(world, enrolled, "enter_section", FIRST, seq=8) == "section_closed"


def test_what_comes_after_a_section_is_kept_and_receipted_as_late(world: World) -> None:
    enrolled = entered(world)
    first, second = items_of(world, enrolled, FIRST)[:2]
    world.clock.advance(SECONDS + GRACE - 1)
    assert answer(world, enrolled, first, seq=2) == "stored"
    world.clock.advance(1)
    late = refusal(world.save(enrolled, second.ref, some_answer(second), seq=3))
    assert late.verdict.late
    assert late.error().code == "section_closed"
    assert late.error().facts["late"] is True
    assert late.error().facts["receipt"] == late.mac
    moved(world, enrolled, "enter_section", LINEAR, seq=4)
    assert states(world, enrolled)[1] == ("open", 300_000)


def test_a_section_that_is_left_early_gives_its_time_to_no_limited_one(world: World) -> None:
    enrolled = entered(world)
    world.clock.advance(10)
    moved(world, enrolled, "leave_section", FIRST, seq=2)
    moved(world, enrolled, "enter_section", LINEAR, seq=3)
    assert states(world, enrolled) == [("closed", 0), ("open", 300_000), ("waiting", None)]
    moved(world, enrolled, "leave_section", LINEAR, seq=4)
    moved(world, enrolled, "enter_section", LAST, seq=5)
    world.clock.advance(889)
    last = items_of(world, enrolled, LAST)[0]
    assert answer(world, enrolled, last, seq=6) == "stored"
    assert states(world, enrolled)[2] == ("open", None)


def test_a_linear_section_goes_item_by_item(world: World) -> None:
    enrolled = entered(world, LINEAR, allow_skipping=False, allow_review=False, max_attempts=1)
    items = items_of(world, enrolled, LINEAR)
    refs = [item.ref for item in items]
    assert world.state(enrolled).course.position == refs[0]
    assert answer(world, enrolled, items[1], seq=4) == "section_order"
    assert stopped(world, enrolled, "visit", refs[1], seq=5) == "skipping_not_allowed"
    assert answer(world, enrolled, items[0], seq=6) == "stored"
    moved(world, enrolled, "visit", refs[1], seq=8)
    assert answer(world, enrolled, items[0], seq=7) == "stored"  # before the visit
    assert answer(world, enrolled, items[0], seq=9) == "item_closed"
    assert stopped(world, enrolled, "visit", refs[0], seq=10) == "item_closed"
    assert answer(world, enrolled, items[1], seq=11) == "stored"
    moved(world, enrolled, "confirm", refs[1], seq=12)
    assert answer(world, enrolled, items[1], seq=13) == "attempts_used_up"
    assert stopped(world, enrolled, "confirm", refs[1], seq=14) == "attempts_used_up"
    course = world.state(enrolled).course
    assert (course.position, course.confirmed) == (refs[1], ((refs[1], 1),))
    assert stopped(world, enrolled, "leave_section", LINEAR, seq=15) == "skipping_not_allowed"


def test_an_answer_that_was_cleared_is_none(world: World) -> None:
    enrolled = entered(world, LINEAR, allow_skipping=False)
    items = items_of(world, enrolled, LINEAR)
    assert answer(world, enrolled, items[0], seq=4) == "stored"
    receipt(world.save(enrolled, items[0].ref, None, seq=5))
    assert stopped(world, enrolled, "visit", items[1].ref, seq=6) == "skipping_not_allowed"


def test_another_device_goes_on_where_the_first_one_was(world: World) -> None:
    enrolled = entered(world, LINEAR)
    items = items_of(world, enrolled, LINEAR)
    moved(world, enrolled, "visit", items[1].ref, seq=4)
    world.clock.advance(20)
    epoch = world.lease(enrolled, "laptop")
    course = world.state(enrolled, "laptop").course
    assert (course.current, course.position) == (LINEAR, items[1].ref)
    assert course.sections[1].remaining_ms == 280_000
    assert answer(world, enrolled, items[1], seq=1, device="laptop", epoch=epoch) == "stored"
    assert (
        answer(world, enrolled, items[0], seq=5) == "stored"
    )  # queued on the first device, never touched since
    moved(world, enrolled, "leave_section", LINEAR, seq=2, device="laptop", epoch=epoch)
    assert (
        answer(world, enrolled, items[0], seq=6) == "stored"
    )  # still before the leaving, which came with a newer lease


# ----------------------------------------------------------------------------------------------------- time


def test_extra_time_is_shared_out_and_grows_with_the_accommodation(world: World) -> None:
    enrolled = running_in_sections(world, extra_minutes=9)
    assert states(world, enrolled)[0] == ("waiting", 480_000)
    moved(world, enrolled, "enter_section", FIRST, seq=1)
    with world.store.write(world.manager) as uow:
        api.set_accommodation(uow, enrolled.entry.id, organisation_id=world.ids.agency, extra_minutes=18)
    assert states(world, enrolled)[0] == ("open", 660_000)
    assert stored_end(world, enrolled) == 660_000


def stored_end(world: World, enrolled: api.Enrolled) -> int | None:
    """What the heartbeat reads: the milliseconds until the stored end of the open section."""
    with world.store.read(Actor.system()) as uow:
        row = uow.db.get_one(AttemptRow, enrolled.attempt_id)
        if row.section_ends_at is None:
            return None
        return round((row.section_ends_at - uow.now).total_seconds() * 1000)


def test_credit_and_pauses_go_to_the_section_that_is_open(world: World) -> None:
    enrolled = entered(world)
    world.clock.advance(100)
    _credit(world, enrolled, 60)
    assert states(world, enrolled)[0] == ("open", 260_000)
    assert stored_end(world, enrolled) == 260_000
    _steer(world, enrolled, "pause")
    world.clock.advance(1000)
    assert states(world, enrolled)[0] == ("open", 260_000)
    assert answer(world, enrolled, items_of(world, enrolled, FIRST)[0], seq=2) == "stored"
    _steer(world, enrolled, "resume")
    assert states(world, enrolled)[0] == ("open", 260_000)
    assert stored_end(world, enrolled) == 260_000
    moved(world, enrolled, "leave_section", FIRST, seq=3)
    assert stored_end(world, enrolled) is None
    moved(world, enrolled, "enter_section", LINEAR, seq=4)
    assert states(world, enrolled)[1] == ("open", 300_000)


def _credit(world: World, enrolled: api.Enrolled, seconds: int) -> None:
    with world.store.write(world.manager) as uow:
        api.grant_credit(
            uow,
            enrolled.attempt_id,
            organisation_id=world.ids.agency,
            seconds=seconds,
            reason="The line was down.",
            beyond="Seen by the proctor.",
        )


def _steer(world: World, enrolled: api.Enrolled, what: str) -> None:
    from assessor.attempts import operations

    with world.store.write(world.manager) as uow:
        getattr(operations, what)(uow, enrolled.attempt_id)


def test_the_learner_may_hand_in_from_any_section_and_is_scored_on_everything(world: World) -> None:
    enrolled = entered(world)
    first = items_of(world, enrolled, FIRST)
    key = world.key(enrolled)
    for number, item in enumerate(first, start=2):
        receipt(world.save(enrolled, item.ref, key[item.ref], seq=number))
    assert len(world.submit(enrolled).slip) == 8
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    with world.store.read(world.manager) as uow:
        document = api.result(uow, world.result(enrolled).id, organisation_id=world.ids.agency).document
    assert document["items"]["matched"] == 8
