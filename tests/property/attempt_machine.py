# SPDX-License-Identifier: Apache-2.0
"""An attempt and a simple model of it, driven side by side through whatever can happen on the way. No test itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from assessor import api
from assessor.attempts.operations import pause, resume
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.tables import ResponseCopyRow, ResponseEventRow
from core.canonical import digest
from core.identity.model import Role
from core.uow import Actor
from tests.unit.assessor.world import GRACE, TEST_SECONDS, World

DEVICES = ("phone", "laptop")
ITEMS = 3
ENOUGH = 6  # answers before the end may come, or most runs would hold none
Key = tuple[str, int]


@dataclass(frozen=True)
class Sent:
    """A save on its way: it may arrive never, late, twice, or after younger ones."""

    device: str
    epoch: int
    seq: int
    item: int
    value: int | None


@dataclass
class Model:
    """What an attempt should hold, in the plainest words."""

    holders: list[str] = field(default_factory=list)
    counted: dict[Key, Sent] = field(default_factory=dict)
    revisions: dict[Key, int] = field(default_factory=dict)
    copies: set[tuple[Key, str, int, int | None]] = field(default_factory=set)
    elapsed: int = 0
    waited: int = 0
    allowed: int = TEST_SECONDS
    submitted: bool = False
    paused: bool = False
    admitted: list[Sent] = field(default_factory=list)

    def lease(self, device: str) -> int:
        if not self.holders or self.holders[-1] != device:
            self.holders.append(device)
        return len(self.holders)

    def save(self, sent: Sent) -> str:
        key = (sent.device, sent.seq)
        held = self.counted.get(key)
        if held is not None:
            same = (held.item, held.value) == (sent.item, sent.value)
            return "same" if same else self._keep(sent, "sequence_conflict")
        if self.submitted:
            return self._keep(sent, "attempt_closed")
        if self.elapsed >= self.allowed + GRACE and not self.paused:
            return self._keep(sent, "late_answer")
        granted = sent.epoch <= len(self.holders) and self.holders[sent.epoch - 1] == sent.device
        rivals = [other for other in self.counted.values() if other.item == sent.item]
        if not granted or any(other.epoch > sent.epoch for other in rivals):
            return self._keep(sent, "lease_lost")
        self.counted[key] = sent
        self.revisions[key] = len(rivals) + 1
        return "stored"

    def answers(self) -> dict[int, int | None]:
        ordered = sorted([*self.counted.values(), *self.admitted], key=lambda sent: (sent.epoch, sent.seq))
        return {sent.item: sent.value for sent in ordered}

    def _keep(self, sent: Sent, reason: str) -> str:
        self.copies.add(((sent.device, sent.seq), reason, sent.item, sent.value))
        return reason


class AttemptMachine(RuleBasedStateMachine):
    """Drives one attempt and its model side by side."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.clock = world.clock
        self.model = Model()
        self.sent: list[Sent] = []
        self.arrived: list[Sent] = []
        self.macs: dict[Key, str] = {}
        self.numbers = dict.fromkeys(DEVICES, 0)
        self.epochs: dict[str, int] = {}
        self.enrolled = world.enrol()
        world.start(self.enrolled)
        items = [item for item in world.paper(self.enrolled).items if item.interaction == "choice_single"]
        self.items = [(item.ref, [option.id for option in item.bodies[0].options]) for item in items[:ITEMS]]
        self.take_over(DEVICES[0])

    def teardown(self) -> None:
        self.world.submit(self.enrolled)  # so that no sweep of a later run finds it
        self.clock.advance(-self.model.waited)

    @rule(device=st.sampled_from(DEVICES))
    @precondition(lambda self: not self.model.submitted)
    def take_over(self, device: str) -> None:
        self.epochs[device] = self.model.lease(device)
        assert self.world.lease(self.enrolled, device) == self.epochs[device]

    @rule(
        data=st.data(),
        answers=st.lists(
            st.tuples(
                st.integers(0, ITEMS - 1), st.none() | st.integers(0, 3), st.integers(1, 3), st.booleans()
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def answer(self, data: st.DataObject, answers: list[tuple[int, int | None, int, bool]]) -> None:
        device = data.draw(st.sampled_from(sorted(self.epochs)))
        for item, value, step, lost in answers:
            self._send(device, item, value, step=step)
            if not lost:
                self._arrive(self.sent[-1])

    @rule(data=st.data(), times=st.integers(1, 3))
    @precondition(lambda self: self.sent)
    def arrive_late_or_again(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self._arrive(data.draw(st.sampled_from(self.sent)))

    @rule(data=st.data(), value=st.none() | st.integers(0, 3), epoch=st.integers(1, 4))
    @precondition(lambda self: self.sent)
    def reuse_a_number(self, data: st.DataObject, value: int | None, epoch: int) -> None:
        one = data.draw(st.sampled_from(self.sent))
        self._arrive(Sent(one.device, epoch, one.seq, one.item, value))

    @rule(seconds=st.sampled_from([1, GRACE, 30]))
    def time_passes(self, seconds: int) -> None:
        self.wait(seconds)

    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)
        self.model.waited += seconds
        if not self.model.paused:
            self.model.elapsed += seconds

    @rule(off=st.sampled_from([-1, 0, GRACE - 1, GRACE]), item=st.integers(0, ITEMS - 1))
    @precondition(lambda self: len(self.sent) > ENOUGH)
    def answer_about_the_deadline(self, off: int, item: int) -> None:
        self.wait(max(0, self.model.allowed + off - self.model.elapsed))
        device = self.model.holders[-1]
        self._send(device, item, 1)
        self._arrive(self.sent[-1])

    @rule(seconds=st.sampled_from([1, 60, 600]))
    @precondition(lambda self: not self.model.submitted)
    def grant_time(self, seconds: int) -> None:
        with self.world.store.write(self.world.manager) as uow:
            api.grant_credit(
                uow,
                self.enrolled.attempt_id,
                organisation_id=self.world.ids.agency,
                seconds=seconds,
                reason="Fire alarm",
                beyond="Nobody could hear anything",
            )
        self.model.allowed += seconds

    @rule()
    @precondition(lambda self: not self.model.submitted and self.model.elapsed < self.model.allowed)
    def pause(self) -> None:
        with self.world.store.write(self.world.manager) as uow:
            pause(uow, self.enrolled.attempt_id)
        self.model.paused = True

    @rule()
    @precondition(lambda self: not self.model.submitted)
    def resume(self) -> None:
        with self.world.store.write(self.world.manager) as uow:
            resume(uow, self.enrolled.attempt_id)
        self.model.paused = False

    @rule(data=st.data(), lets=st.booleans())
    @precondition(lambda self: self.model.submitted and self.model.copies)
    def decide_about_a_late_answer(self, data: st.DataObject, lets: bool) -> None:
        with self.world.store.read(self.world.manager) as uow:
            late = api.late_answers(uow, self.enrolled.attempt_id)
        waiting = [one for one in late if one.state is api.LateState.WAITING]
        if not waiting:
            return
        one = data.draw(st.sampled_from(waiting))
        manager = replace(self.world.manager, roles=frozenset({Role.MANAGER}))
        with self.world.store.write(manager) as uow:
            decide = api.admit_late if lets else api.refuse_late
            decide(
                uow,
                self.enrolled.attempt_id,
                device=one.device,
                seq=one.seq,
                item=one.item_version_id,
                organisation_id=self.world.ids.agency,
                reason="The line was down",
            )
        if lets:
            self.model.admitted.append(self._sent_of(one))

    def _sent_of(self, late: api.LateAnswer) -> Sent:
        """The save behind a late answer, by what the model itself saw arrive."""
        place = [ref for ref, _options in self.items].index(late.item)
        return next(
            sent
            for sent in self.arrived
            if (sent.device, sent.epoch, sent.seq, sent.item) == (late.device, late.epoch, late.seq, place)
            and digest([late.item_version_id, self._true(late.item_version_id, sent)]) == late.value_sha256
        )

    def _true(self, version_id: str, sent: Sent) -> list[str] | None:
        """A value in true identifiers."""
        raw = self._raw(sent.item, sent.value)
        if raw is None:
            return None
        with self.world.store.read(Actor.system()) as uow:
            names = refs_of(uow, load_attempt(uow, self.enrolled.attempt_id))
        item = names.content.item(version_id)
        assert item is not None
        value = names.parse(item, raw)
        assert isinstance(value, list)
        return value

    @rule()
    def sweep(self) -> None:
        with self.world.store.write(Actor.system()) as uow:
            closed = api.close_overdue(uow, grace_seconds=GRACE)
        over = self.model.elapsed >= self.model.allowed + GRACE and not self.model.paused
        assert closed == (1 if over and not self.model.submitted else 0)
        self.model.submitted = self.model.submitted or over

    @rule()
    @precondition(lambda self: len(self.sent) > ENOUGH)
    def submit(self) -> None:
        summary = self.world.submit(self.enrolled)
        assert len(summary.slip) == len(self.model.answers())
        self.model.submitted, self.model.paused = True, False

    @invariant()
    def the_server_holds_what_the_model_holds(self) -> None:
        state = self.world.state(self.enrolled, DEVICES[0])
        shown = {ref: held.value for ref, held in state.answers.items()}
        assert shown == {
            self.items[item][0]: self._raw(item, value) for item, value in self.model.answers().items()
        }
        left = max(0, self.model.allowed - self.model.elapsed) * 1000
        assert state.remaining_ms == (0 if self.model.submitted else left)
        assert state.epoch == len(self.model.holders)

    @invariant()
    def nothing_that_was_sent_is_lost_and_nothing_is_there_twice(self) -> None:
        with self.world.store.read(Actor.system()) as uow:
            events, copies = (
                uow.db.scalar(
                    select(func.count())
                    .select_from(table)
                    .where(table.attempt_id == self.enrolled.attempt_id)
                )
                for table in (ResponseEventRow, ResponseCopyRow)
            )
        assert (events, copies) == (len(self.model.counted), len(self.model.copies))

    def _send(self, device: str, item: int, value: int | None, *, step: int = 1) -> None:
        self.numbers[device] += step
        self.sent.append(Sent(device, self.epochs[device], self.numbers[device], item, value))

    def _arrive(self, sent: Sent) -> None:
        expected = self.model.save(sent)
        self.arrived.append(sent)
        found = self.world.save(
            self.enrolled,
            self.items[sent.item][0],
            self._raw(sent.item, sent.value),
            seq=sent.seq,
            device=sent.device,
            epoch=sent.epoch,
        )
        key = (sent.device, sent.seq)
        if expected in ("stored", "same"):
            assert isinstance(found, api.Receipt), expected
            assert found.revision == self.model.revisions[key]
            assert self.macs.setdefault(key, found.mac) == found.mac
        else:
            assert isinstance(found, api.Refusal), expected
            assert found.verdict.value == expected

    def _raw(self, item: int, value: int | None) -> list[str] | None:
        return None if value is None else [self.items[item][1][value]]
