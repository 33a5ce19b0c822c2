# SPDX-License-Identifier: Apache-2.0
"""Moving entries to another sitting, and what another day asks again; on a real database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from assessor import api
from assessor.scheduling.queries import code_key
from assessor.scheduling.tables import CandidateRow, EntryRow
from core.audit import AuditRow
from core.errors import Conflict, Invalid, NotFound
from core.notices.model import NoticeKind, NoticeState
from core.notices.tables import NoticeRow
from core.uow import Actor
from item_bank import api as bank
from item_bank.standards.tables import EngagementRow
from tests.db.scheduling import NEWS, body, engagement_id, enrol, entry, new_sitting, rules_of
from tests.unit.assessor.world import CLOSES, NOON, OPENS, PEPPER, World, plan, refused

DAY = timedelta(days=1)
GUARDIAN = api.Guardian(name="Rao", contact="9876500001")


def move(
    world: World, entry_ids: list[str], to: str, *, new_codes: bool = False, **reasons: str
) -> dict[str, str | None]:
    with world.store.write(world.manager) as uow:
        return api.move_entries(
            uow,
            entry_ids,
            organisation_id=world.ids.agency,
            sitting_id=to,
            reasons=reasons,
            pepper=PEPPER if new_codes else None,
            news=NEWS,
        )


def preview(world: World, entry_ids: list[str], to: str) -> dict[str, api.MoveLine]:
    with world.store.read(world.manager) as uow:
        found = api.check_moves(uow, entry_ids, organisation_id=world.ids.agency, sitting_id=to, reasons={})
    return {one.entry.id: one for one in found}


def row(world: World, entry_id: str) -> EntryRow:
    with world.store.read(Actor.system()) as uow:
        found = uow.db.get_one(EntryRow, entry_id)
        uow.db.expunge(found)
        return found


def end_engagement(world: World, *, days: int) -> None:
    with world.store.write(body(world)) as uow:
        bank.end_engagement(uow, engagement_id(world), ends_from=NOON + days * DAY, reason="Cancelled.")


def forget_guardian(world: World, made: api.Enrolled) -> None:
    """As if the candidate came from a list of an earlier version, which asked for none."""
    with world.store.write(Actor.system()) as uow:
        uow.db.get_one(CandidateRow, made.entry.candidate_id).guardian_name = ""


def told(world: World, entry_id: str) -> list[tuple[NoticeKind, NoticeState]]:
    with world.store.read(Actor.system()) as uow:
        query = select(NoticeRow).where(NoticeRow.subject_id == entry_id).order_by(NoticeRow.id)
        return [(one.kind, one.state) for one in uow.db.scalars(query)]


def test_a_move_keeps_paper_code_and_extra_time_and_tells_the_candidate(world: World) -> None:
    made = enrol(world)
    with world.store.write(world.manager) as uow:
        api.set_accommodation(uow, made.entry.id, organisation_id=world.ids.agency, extra_minutes=20)
    later = new_sitting(world)
    times = preview(world, [made.entry.id], later.id)[made.entry.id].times
    assert (times.opens_at, times.closes_at) == (later.opens_at, later.closes_at + timedelta(minutes=20))
    assert times.seconds == 900 + 20 * 60
    assert move(world, [made.entry.id], later.id) == {made.entry.id: None}
    after = entry(world, made.entry.id)
    assert (after.sitting.id, after.form_id, after.extra_minutes) == (later.id, made.entry.form_id, 20)
    assert row(world, made.entry.id).code_key == code_key(made.code, pepper=PEPPER)
    assert told(world, made.entry.id) == [(NoticeKind.SITTING_CHANGED, NoticeState.WAITING)]
    with refused(Conflict, "window_not_open"):
        world.start(made)
    world.clock.advance(timedelta(days=7).total_seconds())
    assert world.start(made).state is api.AttemptState.RUNNING
    with world.store.read(Actor.system()) as uow:
        noted = uow.db.scalars(select(AuditRow).where(AuditRow.name == "entry_moved")).one()
        assert noted.payload == {
            "from_sitting_id": world.ids.sitting,
            "to_sitting_id": later.id,
            "new_code": False,
        }


def test_a_new_code_replaces_the_old_one_where_it_is_wanted(world: World) -> None:
    made, later = enrol(world), new_sitting(world)
    code = move(world, [made.entry.id], later.id, new_codes=True)[made.entry.id]
    assert code not in (None, made.code)
    with world.store.read(Actor.system()) as uow:
        assert api.entry_by_code(uow, str(code), pepper=PEPPER).entry_id == made.entry.id
        with refused(NotFound, "code_unknown"):
            api.entry_by_code(uow, made.code, pepper=PEPPER)


def test_all_of_a_cancelled_sitting_go_to_the_next(world: World) -> None:
    people = [
        enrol(world, name=name, apaar="", agency_number="", date_of_birth=None) for name in ("A", "B", "C")
    ]
    with world.store.write(world.manager) as uow:
        api.cancel_sitting(
            uow, world.ids.sitting, organisation_id=world.ids.agency, reason="Flood.", news=NEWS
        )
    later, ids = new_sitting(world), [one.entry.id for one in people]
    assert set(move(world, ids, later.id, new_codes=True)) == set(ids)
    for entry_id in ids:
        assert entry(world, entry_id).sitting.id == later.id
        assert told(world, entry_id) == [
            (NoticeKind.SITTING_CANCELLED, NoticeState.WITHDRAWN),
            (NoticeKind.SITTING_CHANGED, NoticeState.WAITING),
        ]


def test_who_cannot_go_is_named_in_the_preview_and_then_nobody_goes(world: World) -> None:
    good, later = enrol(world), new_sitting(world)
    begun = world.running("Bina")
    gone = world.enrol("Chitra")
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, gone.entry.id, organisation_id=world.ids.agency)
    ids = [good.entry.id, begun.entry.id, gone.entry.id]
    found = preview(world, ids, later.id)
    codes = [one.refusal.code if one.refusal else "" for one in found.values()]
    assert codes == ["", "entry_has_begun", "entry_withdrawn"]
    with refused(Conflict, "entry_has_begun"):
        move(world, ids, later.id)
    assert entry(world, good.entry.id).sitting.id == world.ids.sitting
    assert told(world, good.entry.id) == []


def test_only_a_sitting_of_the_batch_that_is_still_to_come_takes_anybody(world: World) -> None:
    made = enrol(world)
    past = new_sitting(world, opens_at=OPENS - DAY, closes_at=CLOSES - DAY)
    off = new_sitting(world)
    with world.store.write(world.manager) as uow:
        api.cancel_sitting(uow, off.id, organisation_id=world.ids.agency, reason="Flood.", news=NEWS)
        other = api.create_batch(
            uow,
            organisation_id=world.ids.agency,
            assessment_id=world.ids.assessment,
            plan=api.BatchPlan(name="Another"),
            form_count=1,
            seed=5,
        )
        elsewhere = api.schedule_sitting(uow, other.id, organisation_id=world.ids.agency, plan=plan())
    for target, code in (
        (world.ids.sitting, "sitting_same"),
        (elsewhere.id, "sitting_of_another_batch"),
        (off.id, "sitting_cancelled"),
        (past.id, "sitting_has_ended"),
    ):
        with refused(Conflict, code):
            move(world, [made.entry.id], target)
    for ids, target in (([made.entry.id], "nowhere"), (["nobody"], past.id)):
        with refused(NotFound, "sitting_unknown" if target == "nowhere" else "entry_unknown"):
            move(world, ids, target)
    with refused(Invalid, "nobody_chosen"):
        move(world, [], past.id)
    with refused(Invalid, "nobody_chosen"):
        move(world, [str(number) for number in range(api.MAXIMUM_MOVE + 1)], past.id)


def test_another_day_asks_for_the_engagement_and_the_guardian_again(world: World) -> None:
    minor = enrol(world, date_of_birth=date(2008, 11, 24), guardian=GUARDIAN)
    soon, late = new_sitting(world, days=2), new_sitting(world, days=9)
    forget_guardian(world, minor)
    with refused(Conflict, "enrolment_blocked") as info:
        move(world, [minor.entry.id], soon.id)
    assert rules_of(info) == ["guardian_of_minor"]
    end_engagement(world, days=5)
    with refused(Conflict, "enrolment_blocked") as info:
        move(world, [minor.entry.id], late.id)
    assert rules_of(info) == ["engagement_on_the_day"]


def test_a_warning_asks_for_a_reason_that_is_kept(world: World) -> None:
    made = enrol(world)
    long = new_sitting(world, days=4, closes_at=CLOSES + 9 * DAY)
    end_engagement(world, days=5)
    with refused(Conflict, "enrolment_warned") as info:
        move(world, [made.entry.id], long.id)
    assert rules_of(info) == ["engagement_ends_first"]
    move(world, [made.entry.id], long.id, engagement_ends_first="The body agreed.")
    assert row(world, made.entry.id).enrolment["reasons"]["engagement_ends_first"] == "The body agreed."


# ------------------------------------------------------------------------------------------ re-assessment


def absent(world: World, **fields: Any) -> api.Enrolled:
    made = enrol(world, **fields)
    world.clock.advance(timedelta(hours=2).total_seconds())
    with world.store.write(world.manager) as uow:
        api.mark_absent(uow, made.entry.id, organisation_id=world.ids.agency)
    return made


def again(world: World, entry_id: str, sitting_id: str, **reasons: str) -> api.Enrolled:
    with world.store.write(world.manager) as uow:
        return api.reassess(
            uow,
            entry_id,
            organisation_id=world.ids.agency,
            sitting_id=sitting_id,
            asked_on=world.clock.now().date(),
            pepper=PEPPER,
            reasons=reasons,
        )


def test_one_more_try_needs_an_engagement_on_its_day(world: World) -> None:
    made, later = absent(world), new_sitting(world, days=9)
    end_engagement(world, days=5)
    with refused(Conflict, "enrolment_blocked") as info:
        again(world, made.entry.id, later.id)
    assert rules_of(info) == ["engagement_on_the_day"]
    soon = new_sitting(world, days=4, closes_at=CLOSES + 6 * DAY)
    with refused(Conflict, "enrolment_warned") as info:
        again(world, made.entry.id, soon.id)
    assert rules_of(info) == ["engagement_ends_first"]
    tried = again(world, made.entry.id, soon.id, engagement_ends_first="The body agreed.")
    kept = row(world, tried.entry.id).enrolment
    assert kept["reasons"] == {"engagement_ends_first": "The body agreed."}
    assert kept["entry_requirement_met"] is True


def test_one_more_try_of_a_minor_needs_a_guardian_on_its_day(world: World) -> None:
    made = absent(world, date_of_birth=date(2009, 1, 1), guardian=GUARDIAN)
    later = new_sitting(world)
    forget_guardian(world, made)
    with refused(Conflict, "enrolment_blocked") as info:
        again(world, made.entry.id, later.id)
    assert rules_of(info) == ["guardian_of_minor"]
    of_age = new_sitting(world, days=60)
    assert again(world, made.entry.id, of_age.id).entry.try_number == 2


def test_one_more_try_in_another_batch_is_held_inside_the_territory_of_its_engagement(world: World) -> None:
    made = absent(world)
    with world.store.write(world.manager) as uow:
        other = api.create_batch(
            uow,
            organisation_id=world.ids.agency,
            assessment_id=world.ids.assessment,
            plan=api.BatchPlan(name="Nashik", region="IN-MH"),
            form_count=1,
            seed=5,
        )
        later = plan(opens_at=OPENS + 7 * DAY, closes_at=CLOSES + 7 * DAY)
        there = api.schedule_sitting(uow, other.id, organisation_id=world.ids.agency, plan=later)
    with world.store.write(Actor.system()) as uow:
        uow.db.get_one(EngagementRow, other.engagement_id).territory = "IN-GA"
    with refused(Conflict, "enrolment_blocked") as info:
        again(world, made.entry.id, there.id)
    assert rules_of(info) == ["engagement_territory"]
