# SPDX-License-Identifier: Apache-2.0
"""The feed of results and their deliveries on a real database."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assessor import api
from core.audit import AuditRow
from core.errors import Conflict, Invalid, NotFound
from tests.db.results import answer, pull
from tests.unit.assessor.world import World, refused

# ------------------------------------------------------------------------------------------------- the feed


def test_the_feed_is_without_gaps_and_in_order_whatever_is_refused_between(world: World) -> None:
    results = [world.finished(f"Candidate {number}") for number in range(4)]
    world.declare(results[2].id)
    with pytest.raises(RuntimeError, match="undone"):
        _declare_and_fail(world, results[3].id)
    with refused(Conflict, "hold_open"), world.store.write(world.manager) as uow:
        attempt = api.entry_line(uow, results[1].entry_id, organisation_id=world.ids.agency).attempt
        api.place_hold(uow, attempt.id, cause_id="incident-1")
        api.declare_result(uow, results[1].id, organisation_id=world.ids.agency)
    world.declare(results[0].id)
    world.declare(results[3].id)
    page = pull(world)
    assert [(one.number, one.result.summary.id) for one in page.results] == [
        (1, results[2].id),
        (2, results[0].id),
        (3, results[3].id),
    ]
    assert (page.next, page.more) == (3, False)


def _declare_and_fail(world: World, result_id: str) -> None:
    with world.store.write(world.manager) as uow:
        api.declare_result(uow, result_id, organisation_id=world.ids.agency)
        raise RuntimeError("undone")


def test_a_feed_is_read_page_by_page_and_never_repeats(world: World) -> None:
    for number in range(3):
        world.declare(world.finished(f"Candidate {number}").id)
    seen, after = [], 0
    for _ in range(4):
        page = pull(world, after=after, limit=2)
        seen.append(([one.number for one in page.results], page.more))
        after = page.next
    assert seen == [([1, 2], True), ([3], False), ([], False), ([], False)]
    assert after == 3


def test_the_first_pull_delivers_and_later_ones_do_not_again(world: World) -> None:
    declared = world.declare(world.finished().id)
    with world.store.read(world.body) as uow:
        assert api.results_of_body(uow, world.ids.body)[0].delivery is None
    first = pull(world).results[0].delivery
    world.clock.advance(60)
    assert first is not None
    assert pull(world).results[0].delivery == first
    with world.store.read(world.body) as uow:
        assert api.result_of_body(uow, world.ids.body, declared.id).delivery == first
        delivered = select(AuditRow).where(AuditRow.name == "result_delivered")
        assert len(list(uow.db.scalars(delivered))) == 1


def test_an_undeclared_result_is_not_in_the_feed(world: World) -> None:
    result = world.finished()
    assert pull(world).results == ()
    with refused(NotFound, "result_unknown"), world.store.read(world.body) as uow:
        api.result_of_body(uow, world.ids.body, result.id)
    with refused(NotFound, "result_unknown"):
        answer(world, result.id, "acknowledged")


def test_another_body_sees_nothing_of_it(world: World) -> None:
    declared = world.declare(world.finished().id)
    assert pull(world, body=world.ids.other_body).results == ()
    with refused(NotFound, "result_unknown"):
        answer(world, declared.id, "acknowledged", body=world.ids.other_body)
    with world.store.read(world.body) as uow:
        assert api.results_of_body(uow, world.ids.other_body) == []
        with refused(NotFound, "result_unknown"):
            api.result_of_body(uow, world.ids.other_body, declared.id)


@pytest.mark.parametrize(("after", "limit"), [(-1, 10), (2**31, 10), (2**70, 10), (0, 0), (0, 201)])
def test_a_cursor_and_a_limit_stay_within_bounds(world: World, after: int, limit: int) -> None:
    with refused(Invalid, "number_out_of_range"):
        pull(world, after=after, limit=limit)


# ----------------------------------------------------------------------------------------------- deliveries


def test_an_answer_is_taken_once_and_repeating_it_is_harmless(world: World) -> None:
    declared = world.declare(world.finished().id)
    with refused(Conflict, "result_not_delivered"):
        answer(world, declared.id, "acknowledged")
    pull(world)
    taken = answer(world, declared.id, "acknowledged")
    world.clock.advance(60)
    assert answer(world, declared.id, "acknowledged") == taken
    with refused(Conflict, "delivery_answered"):
        answer(world, declared.id, "returned", reason="Too late.")


def test_a_result_answered_on_screen_counts_as_delivered(world: World) -> None:
    first, second = (world.declare(world.finished(f"Candidate {number}").id) for number in range(2))
    with world.store.write(world.body) as uow:
        for _ in range(2):
            api.deliver_result(uow, world.ids.body, second.id)
        with refused(NotFound, "result_unknown"):
            api.deliver_result(uow, world.ids.other_body, first.id)
    assert answer(world, second.id, "acknowledged").state is api.DeliveryState.ACKNOWLEDGED
    with refused(Conflict, "result_not_delivered"):
        answer(world, first.id, "acknowledged")


def test_a_result_is_returned_with_a_reason(world: World) -> None:
    declared = world.declare(world.finished().id)
    pull(world)
    with refused(Invalid, "reason_missing"):
        answer(world, declared.id, "returned", reason="  ")
    with refused(Invalid, "reason_too_long"):
        answer(world, declared.id, "returned", reason="x" * 2001)
    returned = answer(world, declared.id, "returned", reason="Wrong candidate.")
    assert (returned.state, returned.reason) == (api.DeliveryState.RETURNED, "Wrong candidate.")
