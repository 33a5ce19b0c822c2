# SPDX-License-Identifier: Apache-2.0
"""Every kind of corrected key under every policy, and whatever may stand in its way while it is carried out."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select, update

from assessor import api
from assessor.attempts.tables import ResponseEventRow
from core.audit import AuditRow
from core.errors import Conflict, Forbidden
from core.identity.model import Role
from core.uow import Actor
from scoring.rescoring.api import Policy
from tests.analysed import analysed_batch, sample_of
from tests.db.corrected import (
    approve,
    ask,
    by_version,
    carry_out,
    correct,
    dropped,
    everybody,
    finished,
    finished_alike,
    first_items,
    keyed,
    look,
    newer_version,
    of_role,
    records,
    results_of,
    scoring_of,
    simple_items,
    told,
    wrong_options,
)
from tests.db.results import hold
from tests.unit.assessor.world import World, refused

State = api.CorrectionState


def earned(world: World, enrolled: api.Enrolled) -> str:
    """The marks of the newest result, of 60; each question is worth one."""
    return str(results_of(world, enrolled)[-1].document["decision"]["credential"]["earned"])


def keys_of(world: World, enrolled: api.Enrolled, item: str) -> dict[str, api.NewKey]:
    other = wrong_options(world, enrolled, item)[0]
    return {
        "keyed": keyed([other]),
        "both": keyed([other], scoring_of(world, enrolled, item).correct),
        "version": by_version(newer_version(world, item, key=[other])),
        "everybody": everybody(),
        "dropped": dropped(),
    }


# Whoever was right, and whoever did not answer any question: 60 and 36 marks before.
CASES = {
    ("keyed", Policy.FULL): ("59", "36"),
    ("keyed", Policy.HARM_FREE): ("60", "36"),
    ("keyed", Policy.DROP): ("60", "36"),
    ("version", Policy.FULL): ("59", "36"),
    ("version", Policy.HARM_FREE): ("60", "36"),
    ("version", Policy.DROP): ("60", "36"),
    ("both", Policy.FULL): ("60", "36"),
    ("everybody", Policy.FULL): ("60", "37"),
    ("everybody", Policy.HARM_FREE): ("60", "37"),
    ("everybody", Policy.DROP): ("60", "36"),
    ("dropped", Policy.FULL): ("60", "36"),
    ("dropped", Policy.HARM_FREE): ("60", "37"),
}


@pytest.mark.parametrize(("kind", "policy"), CASES, ids=lambda part: getattr(part, "value", part))
def test_each_kind_of_key_gives_what_its_policy_says(world: World, kind: str, policy: Policy) -> None:
    right = finished(world, "Asha Rao")
    nothing = finished_alike(world, right, "Binod Das", wrong=24)
    item = simple_items(world, right)[0]
    found = correct(world, item, keys_of(world, right, item)[kind], policy)
    assert (earned(world, right), earned(world, nothing)) == CASES[kind, policy]
    changed = {one["person"]: one["total_after"] for one in (found.difference or {})["persons"]}
    assert set(changed) == {
        one.entry.id
        for one, before in ((right, "60"), (nothing, "36"))
        if earned(world, one) != before or len(results_of(world, one)) == 2
    }
    assert records(world).broken is None


def test_a_version_that_is_not_live_or_asks_otherwise_is_no_key(world: World) -> None:
    enrolled = finished(world, "Asha Rao")
    first, second = simple_items(world, enrolled)[:2]
    other = wrong_options(world, enrolled, first)[0]
    draft = newer_version(world, first, live=False, key=[other])
    for version_id in (draft, second):
        with refused(Conflict, "correction_other_item"):
            ask(world, first, by_version(version_id))


def test_an_item_in_no_paper_is_refused(world: World) -> None:
    enrolled = finished(world, "Asha Rao")
    item = simple_items(world, enrolled)[0]
    newer = newer_version(world, item, key=wrong_options(world, enrolled, item)[:1])
    with refused(Conflict, "correction_no_paper"):
        ask(world, newer, everybody())


def test_a_program_asks_for_nothing(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    with refused(Forbidden, "person_needed"):
        ask(world, first_items(world, enrolled)[0], everybody(), by=Actor.system())


# ------------------------------------------------------------------------------------------------ what stands


def test_a_result_whose_hold_was_overturned_is_declared_and_corrected_like_any_other(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    hold(world, enrolled, "incident")
    with world.store.write(Actor.system()) as uow:
        api.confirm_hold(uow, cause_id="incident")
    item = first_items(world, enrolled)[0]
    asked = ask(world, item, everybody())
    assert [one["held"] for one in look(world, asked.id).document["persons"]] == [True]
    with world.store.write(Actor.system()) as uow:
        api.lift_hold(uow, cause_id="incident")  # the appeal
    world.declare(world.result(enrolled).id)
    found = look(world, asked.id).document["persons"]
    assert [(one["held"], one["state"]) for one in found] == [(False, "declared")]
    approve(world, asked.id)
    carry_out(world, asked.id)
    assert world.declare(world.result(enrolled).id).feed_number == 2


def test_whoever_is_about_to_be_changed_by_one_correction_waits_with_the_next(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=2)
    first, second = first_items(world, enrolled)[:2]
    one, other = ask(world, first, everybody()), ask(world, second, everybody())
    approve(world, one.id)
    assert look(world, other.id).document["failed"] == [
        {"entry": enrolled.entry.id, "cause": "correction_running"}
    ]
    with refused(Conflict, "correction_not_computable"):
        approve(world, other.id)
    carry_out(world, one.id)
    assert look(world, other.id).document["failed"] == []
    approve(world, other.id)
    carry_out(world, other.id)
    assert earned(world, enrolled) == "60"
    assert [two["id"] for two in results_of(world, enrolled)[-1].document["corrections"]] == [
        one.id,
        other.id,
    ]


def test_nobody_gets_anything_else_than_what_was_approved(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    items = first_items(world, enrolled)
    asked = ask(world, items[0], everybody())
    approve(world, asked.id)
    with world.store.write(Actor.system()) as uow:  # behind the application's back
        theirs = ResponseEventRow.attempt_id == enrolled.attempt_id
        uow.db.execute(
            update(ResponseEventRow)
            .where(theirs, ResponseEventRow.item_version_id == items[1])
            .values(value=None)
        )
    before = world.result(enrolled)
    carry_out(world, asked.id)
    with world.store.read(world.manager) as uow:
        (entry,) = api.corrected_entries(uow, asked.id, organisation_id=world.ids.agency)
    assert (entry.cause, entry.after_id) == ("correction_other_result", None)
    assert world.result(enrolled) == before
    assert told(world, asked.id).state is State.APPLIED


def test_an_answer_that_was_changed_in_the_database_stops_the_approval(world: World) -> None:
    enrolled = finished(world, "Asha Rao")
    item = first_items(world, enrolled)[0]
    asked = ask(world, item, dropped())
    with world.store.write(Actor.system()) as uow:
        theirs = ResponseEventRow.attempt_id == enrolled.attempt_id
        uow.db.execute(
            update(ResponseEventRow)
            .where(theirs, ResponseEventRow.item_version_id == item)
            .values(value=None)
        )
    failed = look(world, asked.id).document["failed"]
    assert failed == [{"entry": enrolled.entry.id, "cause": "result_not_reproducible"}]
    with refused(Conflict, "correction_not_computable"):
        approve(world, asked.id)


def test_what_happens_to_a_correction_stands_in_the_audit_log(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    item = first_items(world, enrolled)[0]
    first = ask(world, item, everybody())
    with world.store.write(of_role(world, Role.REVIEWER)) as uow:
        api.refuse_correction(uow, first.id, organisation_id=world.ids.agency, answer="Look again.")
    second = ask(world, item, everybody())
    approve(world, second.id)
    carry_out(world, second.id)
    with world.store.read(Actor.system()) as uow:
        about = select(AuditRow).where(AuditRow.subject_id.in_([first.id, second.id])).order_by(AuditRow.id)
        rows = [(row.name.removeprefix("key_correction_"), row.payload) for row in uow.db.scalars(about)]
        query = select(AuditRow.payload).where(AuditRow.name == "result_corrected")
        corrected = uow.db.scalars(query).one()
    assert [name for name, _ in rows] == ["asked", "refused", "asked", "approved", "applied"]
    assert rows[-1][1] == {"corrected": 1, "failed": 0}
    assert "accepted" not in str(rows), "no key in an event"
    assert corrected["correction_id"] == second.id


# ----------------------------------------------------------------------------------------------- many persons


def queries_of_a_dry_run(world: World, persons: int) -> int:
    made = analysed_batch(world.store, sample_of(world.ids), persons=persons, forms=1)
    records(world, made.batch_id)
    asked = ask(world, made.miskeyed_item, everybody())
    counted: list[str] = []

    def count(*arguments: object) -> None:
        counted.append(str(arguments[2]))

    event.listen(world.store.engine, "before_cursor_execute", count)
    try:
        found = look(world, asked.id).document
    finally:
        event.remove(world.store.engine, "before_cursor_execute", count)
    assert (found["failed"], found["results"]) == ([], found["up"] + found["results"] - found["changed"])
    return len(counted)


def test_a_dry_run_asks_the_database_as_often_for_many_as_for_few(world: World) -> None:
    assert queries_of_a_dry_run(world, 120) < 100


def test_without_records_the_same_difference_is_found_by_computing_anew(world: World) -> None:
    made = analysed_batch(world.store, sample_of(world.ids), persons=12, forms=2)
    asked = ask(world, made.miskeyed_item, dropped())
    anew = look(world, asked.id).document
    records(world, made.batch_id)
    assert look(world, asked.id).document == anew
    assert anew["changed"] > 0
