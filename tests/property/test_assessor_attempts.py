# SPDX-License-Identifier: Apache-2.0
"""Attempts under duplicated, reordered, late and rival saves: the real operations against a simple model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from assessor import api
from assessor.attempts.model import Answer, last_answers
from tests.databases import Databases
from tests.property.attempt_machine import AttemptMachine
from tests.unit.assessor.world import NOON, World, fresh_world


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    yield from fresh_world(databases, tmp_path)


@pytest.mark.timeout(600)  # sixty runs over a database; other work on the machine must not make it fail
def test_an_attempt_holds_what_its_model_holds_whatever_happens_on_the_way(world: World) -> None:
    run_state_machine_as_test(
        lambda: AttemptMachine(world),
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            phases=(Stage.explicit, Stage.reuse, Stage.generate),  # shrinking over a database takes minutes
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# ------------------------------------------------------------------------------------------ replay


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    saves=st.lists(st.tuples(st.integers(0, 23), st.booleans()), min_size=1, max_size=60),
    order=st.randoms(use_true_random=False),
)
def test_replaying_the_log_gives_the_live_score(
    world: World, saves: list[tuple[int, bool]], order: Random
) -> None:
    enrolled = world.running()
    for task_id in world.tasks(enrolled).values():
        world.mark(task_id)
    key, refs = world.key(enrolled), [item.ref for item in world.paper(enrolled).items]
    live = dict(saves)  # what the learner sees last, in the order of answering
    arriving = list(enumerate(saves, start=1))
    order.shuffle(arriving)
    for seq, (place, right) in arriving:
        world.save(enrolled, refs[place], key[refs[place]] if right else None, seq=seq)
    world.submit(enrolled)
    with world.store.read(world.manager) as uow:
        document = api.result(uow, world.result(enrolled).id, organisation_id=world.ids.agency).document
    assert document["items"]["matched"] == sum(live.values())
    theory = [cell["awarded"] for cell in document["marks"] if cell["component"] == "theory"]
    assert sum(map(int, theory)) == sum(live.values())


@given(
    answers=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.integers(1, 5)),
        unique_by=lambda one: one[1:],
        max_size=12,
    ),
    order=st.randoms(use_true_random=False),
)
def test_duplicated_and_reordered_answers_converge(
    answers: list[tuple[str, int, int]], order: Random
) -> None:
    log = [
        Answer(
            item_version_id=item,
            epoch=epoch,
            seq=seq,
            value=f"{epoch}/{seq}",
            revision=1,
            received_at=NOON,
        )
        for item, epoch, seq in answers
    ]
    shuffled = log + log[: len(log) // 2]
    order.shuffle(shuffled)
    assert last_answers(shuffled) == last_answers(log)
