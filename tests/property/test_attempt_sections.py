# SPDX-License-Identifier: Apache-2.0
"""Attempts in sections under moves and answers that come twice, late and in any order: the real operations against a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from assessor import api
from assessor.attempts.sections import SectionState
from assessor.attempts.tables import AttemptRow, MoveCopyRow, MoveRow, ResponseCopyRow, ResponseEventRow
from core.uow import Actor
from tests import sectioned
from tests.databases import Databases
from tests.property.section_model import RULES, Model, Sent
from tests.sectioned import SECONDS, items_of, some_answer
from tests.unit.assessor.world import GRACE, NOON, TEST_SECONDS, World, fresh_world, plan

NAMES = ("s1", "s2", "s3")
ITEMS = 3
"""How many items of each section the machine touches."""


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    yield from fresh_world(databases, tmp_path)


class SectionMachine(RuleBasedStateMachine):
    """Drives one attempt in sections and its model side by side."""

    def __init__(self, world: World, sitting_id: str) -> None:
        super().__init__()
        self.world, self.model = world, Model()
        self.enrolled = world.enrol(sitting_id=sitting_id)
        world.start(self.enrolled)
        self.items = [items_of(world, self.enrolled, name) for name in NAMES]
        self.sent: list[Sent] = []
        self.numbers = {"phone": 0, "laptop": 0}
        self.epochs: dict[str, int] = {}
        self.take_over("phone")

    def teardown(self) -> None:
        self.world.submit(self.enrolled)
        self.world.clock.advance(-self.model.elapsed)

    @rule(device=st.sampled_from(["phone", "laptop"]))
    def take_over(self, device: str) -> None:
        self.epochs[device] = self.model.lease(device)
        if self.model.elapsed < TEST_SECONDS:
            assert self.world.lease(self.enrolled, device) == self.epochs[device]
        else:
            self.world.lease(self.enrolled, device)

    @rule(
        steps=st.lists(
            st.tuples(
                st.sampled_from(["answer", "answer", "visit", "confirm", "enter_section", "leave_section"]),
                st.integers(0, 2),
                st.integers(0, ITEMS - 1),
                st.booleans(),
                st.booleans(),
            ),
            min_size=1,
            max_size=4,
        )
    )
    def act(self, steps: list[tuple[str, int, int, bool, bool]]) -> None:
        for kind, section, item, said, lost in steps:
            self._send(kind, section, item, said=said, lost=lost)

    @rule()
    def go_on(self) -> None:
        """What an honest page does next: enter what waits, answer it, go to the next item, leave."""
        opened = next((one for one in range(3) if self.model.state(one) == "open"), None)
        if opened is None:
            waiting = next((one for one in range(3) if self.model.state(one) == "waiting"), 2)
            self._send("enter_section", waiting, 0)
            return
        reach = max((one.item for one, _, _ in self.model._moves("visit", 1, None)), default=0)
        if opened == 1:
            self._send("answer", 1, reach)
            self._send("visit" if reach < 7 else "leave_section", 1, min(7, reach + 1))
        else:
            self._send("answer", opened, 0)
            self._send("leave_section", opened, 0)

    @rule(data=st.data(), times=st.integers(1, 3))
    @precondition(lambda self: self.sent)
    def arrive_late_or_again(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self._arrive(data.draw(st.sampled_from(self.sent)))

    @rule(data=st.data(), section=st.integers(0, 2))
    @precondition(lambda self: self.sent)
    def reuse_a_number(self, data: st.DataObject, section: int) -> None:
        one = data.draw(st.sampled_from(self.sent))
        self._arrive(replace(one, kind="enter_section", section=section, item=0, said=True))

    @rule(seconds=st.sampled_from([1, GRACE, 60, SECONDS]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds)
        self.model.elapsed += seconds

    @rule(seconds=st.sampled_from([1, 90]))
    def give_back(self, seconds: int) -> None:
        with self.world.store.write(self.world.manager) as uow:
            api.grant_credit(
                uow,
                self.enrolled.attempt_id,
                organisation_id=self.world.ids.agency,
                seconds=seconds,
                reason="The line was down.",
                beyond="Seen by the proctor.",
            )
        self.model.credit += seconds

    @invariant()
    def the_sections_stand_where_the_model_says(self) -> None:
        stands = self.world.state(self.enrolled).course
        assert [one.state.value for one in stands.sections] == [self.model.state(one) for one in range(3)]
        for place, one in enumerate(stands.sections[:2]):
            if one.state is SectionState.OPEN:
                assert one.remaining_ms == (self.model.end(place) - self.model.elapsed) * 1000

    @invariant()
    def what_the_heartbeat_reads_is_what_the_fold_says(self) -> None:
        with self.world.store.read(Actor.system()) as uow:
            row = uow.db.get_one(AttemptRow, self.enrolled.attempt_id)
            stored = row.section_ends_at
        run = next((one for one in (2, 1, 0) if self.model.entered(one) and not self.model.left(one)), 2)
        if run == 2:
            assert stored is None
        else:
            assert stored is not None
            whole = TEST_SECONDS + self.model.credit
            seconds = round((stored - NOON).total_seconds())
            assert min(seconds, whole) == self.model.end(run)

    @invariant()
    def nothing_is_lost_and_nothing_is_there_twice(self) -> None:
        with self.world.store.read(Actor.system()) as uow:
            held, kept = (
                sum(
                    uow.db.scalar(
                        select(func.count())
                        .select_from(table)
                        .where(table.attempt_id == self.enrolled.attempt_id)
                    )
                    or 0
                    for table in tables
                )
                for tables in ((ResponseEventRow, MoveRow), (ResponseCopyRow, MoveCopyRow))
            )
        assert (held, kept) == (len(self.model.held), len(self.model.copies))

    def _send(self, kind: str, section: int, item: int, *, said: bool = True, lost: bool = False) -> None:
        device = self.model.holders[-1]
        self.numbers[device] += 1
        item = 0 if kind.endswith("section") else item
        said = said if kind == "answer" else True
        sent = Sent(device, self.epochs[device], self.numbers[device], kind, section, item, said)
        self.sent.append(sent)
        if not lost:
            self._arrive(sent)

    def _arrive(self, sent: Sent) -> None:
        expected = self.model.deliver(sent)
        told: Any
        if sent.kind == "answer":
            item = self.items[sent.section][sent.item]
            value = some_answer(item) if sent.said else None
            told = self.world.save(
                self.enrolled, item.ref, value, seq=sent.seq, device=sent.device, epoch=sent.epoch
            )
        else:
            section = sent.kind.endswith("section")
            target = NAMES[sent.section] if section else self.items[sent.section][sent.item].ref
            told = sectioned.move(
                self.world,
                self.enrolled,
                sent.kind,
                target,
                seq=sent.seq,
                device=sent.device,
                epoch=sent.epoch,
            )
        kept = isinstance(told, api.Receipt | api.MoveReceipt)
        assert ("ok" if kept else told.error().code) == expected


def test_an_attempt_in_sections_holds_what_its_model_holds_whatever_happens_on_the_way(world: World) -> None:
    sitting_id = sectioned.sitting_in_sections(world, **RULES)
    run_state_machine_as_test(
        lambda: SectionMachine(world, sitting_id),
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            phases=(Stage.explicit, Stage.reuse, Stage.generate),  # shrinking over a database takes minutes
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def journal(chance: Random) -> list[Sent]:
    """What a page writes down in a whole test: three sections, without going back."""
    steps: list[tuple[str, int, int]] = []
    for section in range(3):
        steps.append(("enter_section", section, 0))
        for item in range(ITEMS):
            if section == 1 and item:
                steps.append(("visit", 1, item))
            steps += [("answer", section, item)] * chance.randint(0, 2)
        if section < 2 or chance.random() < 0.5:
            steps.append(("leave_section", section, 0))
    return [
        Sent("phone", 1, seq, kind, section, item, chance.random() < 0.8 or kind != "answer")
        for seq, (kind, section, item) in enumerate(steps, start=1)
    ]


def noisy(sent: list[Sent], chance: Random) -> list[Sent]:
    """The same journal on a bad line: answers are overtaken by what comes after them, and everything may come again."""
    late = {one for one in sent if one.kind == "answer" and chance.random() < 0.4}
    arriving: list[Sent] = []
    for one in sent:
        arriving += [] if one in late else [one] * chance.randint(1, 2)
        arriving += chance.sample(arriving, min(len(arriving), chance.randint(0, 2)))
    for one in late:
        arriving.insert(chance.randint(arriving.index(_entering(sent, one)) + 1, len(arriving)), one)
    return arriving


def _entering(sent: list[Sent], one: Sent) -> Sent:
    """The move that opened the item of an answer."""
    opened = "visit" if one.section == 1 and one.item else "enter_section"
    return next(
        move
        for move in sent
        if (move.kind, move.section, move.item) == (opened, one.section, one.item if opened == "visit" else 0)
    )


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_a_journal_that_comes_twice_and_out_of_order_ends_as_one_that_comes_once(
    world: World, chance: Random
) -> None:
    with world.store.read(world.manager) as uow:
        made = api.batch_overviews(uow, organisation_id=world.ids.agency)
        known = [one.batch.id for one in made if one.batch.name == "In sections"]
    sitting_id = _sitting(world, known) if known else sectioned.sitting_in_sections(world, allow_review=False)
    sent = journal(chance)
    ends = [_ended(world, sitting_id, way) for way in (sent, noisy(sent, chance))]
    assert ends[0] == ends[1]


def _sitting(world: World, known: list[str]) -> str:
    with world.store.write(world.manager) as uow:
        return api.schedule_sitting(uow, known[0], organisation_id=world.ids.agency, plan=plan()).id


def _ended(world: World, sitting_id: str, arriving: list[Sent]) -> tuple[object, ...]:
    """Where an attempt stands and what it holds, by places, after these messages; each of them must be acknowledged."""
    enrolled = world.running(sitting_id=sitting_id)
    items = [items_of(world, enrolled, name) for name in NAMES]
    for one in arriving:
        if one.kind == "answer":
            item = items[one.section][one.item]
            value = some_answer(item) if one.said else None
            told: Any = world.save(enrolled, item.ref, value, seq=one.seq)
        else:
            section = one.kind.endswith("section")
            target = NAMES[one.section] if section else items[one.section][one.item].ref
            told = sectioned.move(world, enrolled, one.kind, target, seq=one.seq)
        assert isinstance(told, api.Receipt | api.MoveReceipt), (one, told)
    state = world.state(enrolled)
    refs = {item.ref: (section, place) for section, own in enumerate(items) for place, item in enumerate(own)}
    held = {refs[ref]: answer.value is not None for ref, answer in state.answers.items()}
    position = state.course.position
    return state.course.sections, state.course.current, refs.get(position or ""), held, state.last_seq
