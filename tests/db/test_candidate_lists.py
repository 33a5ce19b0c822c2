# SPDX-License-Identifier: Apache-2.0
"""Lists of candidates on a real database: the rules, all or nothing, the good rows, codes of many at once."""

from __future__ import annotations

import time
from datetime import date

import pytest
from sqlalchemy import func, select

from assessor import api
from assessor.scheduling.tables import CandidateRow, EntryRow
from core.audit import AuditRow
from core.errors import Conflict, Invalid, NotFound
from core.notices.model import Address, NoticeKind
from core.notices.operations import queue_notice
from core.notices.queries import notices_of
from core.outbox import OutboxRow
from core.uow import Actor
from tests.unit.assessor.world import PEPPER, World

PERSON_KEY = b"i" * 32
MET = api.Approval(entry_requirement_met=True)


def rows(text: str) -> tuple[api.ListedCandidate, ...]:
    return api.parse_candidates(api.open_text(text), today=date(2026, 11, 20)).rows


def enrol(
    world: World, text: str, *, only_good: bool = False, approval: api.Approval = MET
) -> api.ListEnrolment:
    with world.store.write(world.manager) as uow:
        return api.enrol_candidates(
            uow,
            world.ids.sitting,
            rows(text),
            organisation_id=world.ids.agency,
            pepper=PEPPER,
            person_key=PERSON_KEY,
            approval=approval,
            only_good=only_good,
        )


def check(world: World, text: str) -> list[api.CheckedCandidate]:
    with world.store.read(world.manager) as uow:
        return api.check_candidates(
            uow,
            world.ids.sitting,
            rows(text),
            organisation_id=world.ids.agency,
            person_key=PERSON_KEY,
            entry_requirement_met=True,
        )


def count(world: World, table: type) -> int:
    with world.store.read(Actor.system()) as uow:
        return uow.db.scalar(select(func.count()).select_from(table)) or 0


GOOD = "Name,DOB,Roll no\nA,05-03-2001,1\nB,06-03-2001,2\n"


def test_a_good_list_is_enrolled_with_attempts_and_codes_that_differ(world: World) -> None:
    made = enrol(world, GOOD)
    assert [one.entry.candidate_name for one in made.enrolled] == ["A", "B"]
    assert len({one.code for one in made.enrolled}) == 2
    assert made.refused == ()
    for one in made.enrolled:
        assert world.state(one).state is api.AttemptState.CREATED


def test_one_bad_row_undoes_the_whole_list_with_its_events(world: World) -> None:
    tables = (EntryRow, CandidateRow, AuditRow, OutboxRow)
    before = [count(world, table) for table in tables]
    with pytest.raises(Conflict, match="candidates_refused") as refusal:
        enrol(world, GOOD + "C,31-02-2001,3\n")
    assert refusal.value.facts["rows"] == [4]
    assert [count(world, table) for table in tables] == before


def test_the_good_rows_alone_leave_no_trace_of_the_others(world: World) -> None:
    enrol(world, GOOD)
    audit = count(world, AuditRow)
    made = enrol(world, "Name,Roll no\nC,3\nD,1\nE,x\n", only_good=True)
    assert [one.entry.candidate_name for one in made.enrolled] == ["C", "E"]
    assert [(row.row, error.code) for row, error in made.refused] == [(3, "agency_number_taken")]
    with world.store.read(Actor.system()) as uow:
        assert uow.db.scalar(select(CandidateRow.id).where(CandidateRow.name == "D")) is None
        added = uow.db.scalars(select(AuditRow.name).where(AuditRow.name == "entry_added")).all()
    assert len(added) == 4
    assert count(world, AuditRow) > audit


def test_a_list_without_a_good_row_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="list_without_good_rows"):
        enrol(world, "Name,DOB\nA,x\n", only_good=True)


def test_a_minor_without_a_guardian_is_blocked_and_a_twin_needs_a_reason(world: World) -> None:
    enrol(world, GOOD)
    checked = check(
        world, "Name,DOB,Roll no\nA,05-03-2001,9\nKid,05-03-2015,8\nNew,01-01-1990,2\nFine,01-01-1990,7\n"
    )
    found = {one.listed.name: {finding.rule for finding in one.findings} for one in checked}
    assert "twice_in_batch" in found["A"]
    assert "guardian_of_minor" in found["Kid"]
    assert [one.listed.name for one in checked if one.blocked] == ["Kid", "New"]
    with pytest.raises(Conflict, match="candidates_refused"):
        enrol(world, "Name,DOB\nA,05-03-2001\n")
    reasoned = api.Approval(entry_requirement_met=True, reasons={"twice_in_batch": "Two people of one name."})
    assert len(enrol(world, "Name,DOB\nA,05-03-2001\n", approval=reasoned).enrolled) == 1


def test_a_check_writes_nothing_and_looks_at_no_row_that_could_not_be_read(world: World) -> None:
    before = count(world, AuditRow)
    assert [one.listed.row for one in check(world, GOOD + "C,x,\n")] == [2, 3]
    assert count(world, AuditRow) == before


def test_a_sitting_of_another_agency_does_not_exist(world: World) -> None:
    with world.store.write(world.manager) as uow:
        with pytest.raises(NotFound, match="sitting_unknown"):
            api.check_candidates(uow, world.ids.sitting, rows(GOOD), organisation_id=world.ids.other_agency)
        with pytest.raises(NotFound, match="sitting_unknown"):
            api.reissue_codes(
                uow, world.ids.sitting, [], organisation_id=world.ids.other_agency, pepper=PEPPER
            )
        assert api.contacts(uow, ["x"], organisation_id=world.ids.other_agency) == []


def test_two_hundred_candidates_are_enrolled_in_some_seconds_of_work(world: World) -> None:
    # About three of them on a quiet machine; the bound is for a machine that does other work beside it.
    lines = [f"Learner {number},9876{number:06},R{number}" for number in range(200)]
    text = "\n".join(["Name,Mobile,Roll no", *lines])
    before = time.process_time()
    assert len(enrol(world, text).enrolled) == 200
    assert time.process_time() - before < 15


def test_new_codes_for_many_end_the_old_ones_and_take_back_what_waits(world: World) -> None:
    made = enrol(world, GOOD).enrolled
    ids = [one.entry.id for one in made]
    with world.store.write(world.manager) as uow:
        queue_notice(
            uow,
            organisation_id=world.ids.agency,
            subject_id=ids[0],
            kind=NoticeKind.ACCESS_CODE,
            language="hi",
            address=Address.email("a@x.in"),
            words=dict.fromkeys(NoticeKind.ACCESS_CODE.words, "x"),
            key=PERSON_KEY,
        )
        codes = api.reissue_codes(
            uow, world.ids.sitting, ids, organisation_id=world.ids.agency, pepper=PEPPER
        )
    assert list(codes) == ids
    assert not set(codes.values()) & {one.code for one in made}
    with world.store.read(world.manager) as uow:
        assert [one.state for one in notices_of(uow, ids, organisation_id=world.ids.agency)] == ["withdrawn"]
        found = api.entries_with_codes(
            uow, world.ids.sitting, codes, organisation_id=world.ids.agency, pepper=PEPPER
        )
        assert [entry.id for entry in found] == ids
        with pytest.raises(Conflict, match="codes_replaced"):
            api.entries_with_codes(
                uow,
                world.ids.sitting,
                {one.entry.id: one.code for one in made},
                organisation_id=world.ids.agency,
                pepper=PEPPER,
            )
        for sitting in (world.ids.watched_sitting,):
            with pytest.raises(NotFound, match="entry_unknown"):
                api.entries_with_codes(uow, sitting, codes, organisation_id=world.ids.agency, pepper=PEPPER)


def test_contacts_come_in_the_order_that_was_asked_for_without_strangers(world: World) -> None:
    made = enrol(world, "Name,Mobile,E-mail\nA,9876543210,a@x.in\nB,,\n").enrolled
    ids = [one.entry.id for one in made][::-1]
    with world.store.read(world.manager) as uow:
        found = api.contacts(uow, [*ids, "stranger"], organisation_id=world.ids.agency)
    assert [(one.name, one.email, one.phone) for one in found] == [
        ("B", "", ""),
        ("A", "a@x.in", "+919876543210"),
    ]
    assert "a@x.in" not in repr(found)
