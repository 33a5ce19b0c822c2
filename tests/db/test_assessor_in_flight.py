# SPDX-License-Identifier: Apache-2.0
"""Saves that are on their way while something else happens: the real writer, real threads, a real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from assessor import api
from core.errors import KasautiError
from core.uow import Actor, UnitOfWork
from core.writer import GroupWriter
from tests.db.attempts import choice, pick
from tests.unit.assessor.world import GRACE, KEY, TEST_SECONDS, World

SAVES = 24
LANES = 6


@pytest.fixture
def writer(world: World) -> Iterator[GroupWriter]:
    one = GroupWriter(world.store)
    one.start()
    yield one
    one.stop()


def save(
    world: World, writer: GroupWriter, enrolled: api.Enrolled, item: Any, seq: int
) -> api.Receipt | api.Refusal:
    """One answer through the writer, as the view sends it: the option tells the numbers apart."""
    sent = api.SaveResponse(
        attempt_id=enrolled.attempt_id,
        device="phone",
        epoch=1,
        seq=seq,
        item=item.ref,
        value=pick(item, seq % 2),
    )

    def act(uow: UnitOfWork) -> api.Receipt | api.Refusal:
        return api.save_response(uow, sent, key=KEY, grace_seconds=GRACE)

    return writer.submit(world.learner(enrolled), act)


def test_a_hand_in_while_saves_are_in_flight_loses_none_and_counts_what_was_acknowledged(
    world: World, writer: GroupWriter
) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    save(world, writer, enrolled, item, 1)
    start = Barrier(LANES + 1)

    def lane(number: int) -> list[api.Receipt | api.Refusal]:
        start.wait(20)
        return [save(world, writer, enrolled, item, seq) for seq in range(2 + number, SAVES, LANES)]

    def hand_in() -> api.AttemptSummary:
        start.wait(20)
        return world.submit(enrolled)

    with ThreadPoolExecutor(LANES + 1) as pool:
        lanes = [pool.submit(lane, number) for number in range(LANES)]
        summary = pool.submit(hand_in).result(60)
        answers = [one for lane_of in lanes for one in lane_of.result(60)]
    assert len(answers) == SAVES - 2
    acknowledged = [one for one in answers if isinstance(one, api.Receipt)]
    refused = [one for one in answers if isinstance(one, api.Refusal)]
    assert {one.verdict for one in refused} <= {api.Verdict.ATTEMPT_CLOSED}
    assert all(one.mac for one in refused), "what came after the hand-in is held, with a receipt"
    newest = max([1, *(one.seq for one in acknowledged)])
    state = world.state(enrolled)
    assert state.answers[item.ref].value == pick(item, newest % 2)
    assert [line.revision for line in summary.slip] == [state.answers[item.ref].revision]
    with world.store.read(world.manager) as uow:
        late = api.late_answers(uow, enrolled.attempt_id)
        log = api.attempt_log(uow, enrolled.attempt_id, organisation_id=world.ids.agency)
    assert {one.seq for one in late} == {one.seq for one in refused}
    assert {line.seq for line in log if line.event == "answer_saved"} == {
        1,
        *(one.seq for one in acknowledged),
    }


def test_time_granted_while_the_sweep_runs_either_counts_or_is_refused_in_words(world: World) -> None:
    for number in range(3):
        enrolled = world.running(f"Learner {number}")
        world.clock.advance(TEST_SECONDS + GRACE)
        start = Barrier(2)

        def grant(one: api.Enrolled = enrolled, gate: Barrier = start) -> str:
            gate.wait(20)
            try:
                with world.store.write(world.manager) as uow:
                    api.grant_credit(
                        uow,
                        one.attempt_id,
                        organisation_id=world.ids.agency,
                        seconds=600,
                        reason="The line was down",
                        beyond="Seen by the proctor",
                    )
            except KasautiError as error:
                return error.code
            return "granted"

        def sweep(gate: Barrier = start) -> int:
            gate.wait(20)
            with world.store.write(Actor.system()) as uow:
                return api.close_overdue(uow, grace_seconds=GRACE)

        with ThreadPoolExecutor(2) as pool:
            granted, swept = pool.submit(grant), pool.submit(sweep)
            outcome, closed = granted.result(60), swept.result(60)
        state = world.state(enrolled)
        if outcome == "granted":
            assert (closed, state.remaining_ms) == (0, (600 - GRACE) * 1000)
            world.submit(enrolled)
        else:
            assert (outcome, closed) == ("credit_after_close", 1)
            assert state.ended_by is api.EndedBy.DEADLINE


@pytest.mark.parametrize(
    "client_time", ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z", "2026-11-20T18:00:00+14:00", "soon"]
)
def test_a_browser_whose_clock_is_hours_off_changes_nothing(world: World, client_time: str) -> None:
    enrolled = world.running()
    item = choice(world, enrolled)
    world.clock.advance(TEST_SECONDS - 1)
    saved = world.save(enrolled, item.ref, pick(item), seq=1, client_time=client_time)
    assert isinstance(saved, api.Receipt)
    assert (saved.received_at, saved.remaining_ms) == (world.clock.now(), 1000)
    world.clock.advance(GRACE + 1)
    late = world.save(enrolled, item.ref, pick(item, 1), seq=2, client_time="1970-01-01T00:00:00Z")
    assert isinstance(late, api.Refusal)
    assert late.verdict is api.Verdict.LATE_ANSWER
