# SPDX-License-Identifier: Apache-2.0
"""Practice on a real database: its pool apart from every paper, its answers apart from every result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from assessor import api
from assessor.formative.tables import FormativeAnswerRow, FormativeRunRow
from assessor.results.computing import compute_entry
from core.audit import AuditRow
from core.canonical import canonical_json
from core.errors import Conflict, Invalid, NotFound
from core.uow import Actor, UnitOfWork
from item_bank import api as bank
from item_bank.formative.tables import FormativeItemRow
from tests.unit.assessor.world import World, refused
from tests.unit.item_bank.builders import item, text_item

BASE = "/learner/practice/media/"


@dataclass
class Practice:
    """A learner of the world at practice, with a pool of some items."""

    world: World
    who: api.Practiser
    versions: dict[str, str]

    def begin(self, *pcs: str) -> None:
        with self.world.store.write(Actor.system()) as uow:
            api.begin_practice(uow, self.who, pcs=pcs)

    def next(self) -> None:
        with self.world.store.write(Actor.system()) as uow:
            api.next_question(uow, self.who)

    def question(self) -> api.PracticeQuestion:
        with self.world.store.read(Actor.system()) as uow:
            asked = api.practice_question(uow, self.who, media_base=BASE)
        assert asked is not None
        return asked

    def answer(self, raw: object, *, number: int | None = None) -> api.PracticeReply:
        asked = self.question() if number is None else None
        with self.world.store.write(Actor.system()) as uow:
            return api.answer_practice(
                uow, self.who, number=asked.number if asked else number or 0, raw=raw, media_base=BASE
            )

    def progress(self) -> dict[str, api.PcProgress]:
        with self.world.store.read(Actor.system()) as uow:
            return {one.pc: one for one in api.practice_progress(uow, self.who)}


def items(count: int = 3, **changes: Any) -> list[dict[str, Any]]:
    found = []
    for place in range(count):
        stem = {"en": f"Practice question {place}?", "hi": f"अभ्यास प्रश्न {place}?"}
        document = item(id=f"PRA-{place}", pc="PC1", **changes)
        for language, text in stem.items():
            document[language] = {**document[language], "stem": text}
        found.append(document)
    return [*found, text_item(id="PRA-T", pc="PC2")]


def bring(world: World, documents: list[dict[str, Any]], *, live: bool = True) -> dict[str, str]:
    """New items of the agency, by another person than who approves them; version ids by name."""
    author, reviewer = world.staff("author-of-practice"), world.staff("reviewer-of-practice")
    with world.store.write(author) as uow:
        report = bank.import_items(
            uow,
            owner_id=world.ids.agency,
            credential_version_id=world.ids.credential,
            parsed=bank.parse_item_documents(documents),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        assert report.refused == ()
        names = {document["id"] for document in documents}
        newest = bank.newest_versions(uow, owner_id=world.ids.agency)
        found = {one.external_id: one.id for one in newest if one.external_id in names}
        if live:
            for version_id in found.values():
                bank.submit_for_review(uow, version_id)
    if live:
        with world.store.write(reviewer) as uow:
            for version_id in found.values():
                bank.approve_item(uow, version_id)
    return found


def practiser(world: World, enrolled: api.Enrolled) -> api.Practiser:
    with world.store.read(Actor.system()) as uow:
        return api.practiser_of_entry(uow, enrolled.entry.id)


def at_practice(world: World, enrolled: api.Enrolled | None = None) -> Practice:
    versions = bring(world, items(tags=["practice"]))
    with world.store.write(world.staff("author-of-practice")) as uow:
        api.give_items(uow, [versions["PRA-T"]], organisation_id=world.ids.agency)
    return Practice(world, practiser(world, enrolled or world.enrol()), versions)


def right_of(question: api.PracticeQuestion) -> object:
    """The right answer, found as a learner would: by its text."""
    if not question.item.bodies[0].options:
        return "1930"
    return [one.id for one in question.item.bodies[0].options if one.text == "UPI PIN"]


def count(uow: UnitOfWork, table: Any) -> int:
    return uow.db.scalar(select(func.count()).select_from(table)) or 0


# ------------------------------------------------------------------------------------------------- the pool


def test_an_item_of_a_paper_cannot_be_given_to_practice(world: World) -> None:
    with world.store.write(world.manager) as uow:
        form = api.forms(uow, world.ids.assessment, organisation_id=world.ids.agency)[0]
        inside = form.content.items[0].version_id
        with refused(Conflict, "item_in_form"):
            api.give_items(uow, [inside], organisation_id=world.ids.agency)
        assert count(uow, FormativeItemRow) == 0


def test_an_item_of_a_withdrawn_paper_was_seen_and_cannot_be_given_to_practice(world: World) -> None:
    with world.store.write(world.manager) as uow:
        for form in api.forms(uow, world.ids.assessment, organisation_id=world.ids.agency):
            if form.state is api.FormState.SEALED:
                api.withdraw_form(uow, form.id, organisation_id=world.ids.agency)
        with refused(Conflict, "item_in_form"):
            api.give_items(uow, [form.content.items[0].version_id], organisation_id=world.ids.agency)


def test_no_paper_is_drawn_with_an_item_of_practice(world: World) -> None:
    versions = bring(world, items(12))
    with world.store.write(world.manager) as uow:
        before = bank.live_bank(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
        api.give_items(uow, versions.values(), organisation_id=world.ids.agency)
        left = bank.live_bank(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
        assert {one.version_id for one in before} - {one.version_id for one in left} == set(versions.values())
        for form in api.assemble_forms(
            uow, world.ids.assessment, organisation_id=world.ids.agency, count=1, seed=7
        ):
            assert not {one.version_id for one in form.content.items} & set(versions.values())


def test_a_paper_with_an_item_of_practice_cannot_be_sealed(world: World) -> None:
    with world.store.write(world.manager) as uow:
        draft = api.assemble_forms(
            uow, world.ids.assessment, organisation_id=world.ids.agency, count=1, seed=3
        )[0]
        inside = draft.content.items[0].version_id
        with refused(Conflict, "item_in_form"):
            api.give_items(uow, [inside], organisation_id=world.ids.agency)
        # As if it had come into the pool at the same moment, past that check.
        version = bank.item_versions(uow, [inside])[inside]
        bank.give_to_practice(uow, [version.item_id], owner_id=world.ids.agency)
        with refused(Conflict, "item_for_practice"):
            api.seal_form(uow, draft.id, organisation_id=world.ids.agency)


def test_an_item_that_a_learner_saw_stays_out_of_papers_after_its_practice_and_another_does_not(
    world: World,
) -> None:
    practice = at_practice(world)
    practice.begin("PC2")
    with world.store.write(world.manager) as uow:
        assert api.take_items(uow, practice.versions.values(), organisation_id=world.ids.agency) == 4
        live = {
            one.version_id
            for one in bank.live_bank(
                uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential
            )
        }
        assert practice.versions["PRA-0"] in live
        assert practice.versions["PRA-T"] not in live
        seen = bank.item_version(uow, practice.versions["PRA-T"]).item_id
        assert bank.practice_standing(uow, [seen], owner_id=world.ids.agency) == {seen: False}
        assert (
            bank.practice_pool(uow, owner_id=world.ids.agency, credential_version_id=world.ids.credential)
            == []
        )
        assert api.take_items(uow, practice.versions.values(), organisation_id=world.ids.agency) == 0
        assert api.give_items(uow, [practice.versions["PRA-T"]], organisation_id=world.ids.agency) == 1
        assert api.give_items(uow, [practice.versions["PRA-T"]], organisation_id=world.ids.agency) == 0


def test_the_tag_of_an_import_gives_new_items_to_practice_and_never_moves_one_that_is_there(
    world: World,
) -> None:
    versions = bring(world, items(2), live=False)
    with world.store.read(world.manager) as uow:
        assert count(uow, FormativeItemRow) == 0
    bring(world, items(3, tags=["practice"]), live=False)
    with world.store.read(world.manager) as uow:
        kept = set(uow.db.scalars(select(FormativeItemRow.item_id)))
        newest = bank.newest_versions(uow, owner_id=world.ids.agency)
        assert kept == {one.item_id for one in newest if one.external_id == "PRA-2"}
    assert versions.keys() == {"PRA-0", "PRA-1", "PRA-T"}


def test_only_its_own_agency_decides_about_an_item_and_it_must_name_one(world: World) -> None:
    versions = bring(world, items(1))
    stranger = world.staff(world.ids.stranger, organisation_id=world.ids.other_agency)
    with world.store.write(stranger) as uow, refused(NotFound, "item_unknown"):
        api.give_items(uow, versions.values(), organisation_id=world.ids.other_agency)
    with world.store.write(world.manager) as uow:
        with refused(Invalid, "items_missing"):
            api.give_items(uow, [], organisation_id=world.ids.agency)
        with refused(NotFound, "item_unknown"):
            api.take_items(uow, ["nothing"], organisation_id=world.ids.agency)


def test_the_bank_is_narrowed_to_the_practice_pool_or_to_all_else(world: World) -> None:
    practice = at_practice(world)
    with world.store.read(world.manager) as uow:
        pool = bank.find_items(uow, bank.BankFilter(practice=True), owner_id=world.ids.agency)
        rest = bank.find_items(uow, bank.BankFilter(practice=False), owner_id=world.ids.agency)
        everything = bank.find_items(uow, bank.BankFilter(), owner_id=world.ids.agency)
    assert {one.id for one in pool.versions} == set(practice.versions.values())
    assert pool.total + rest.total == everything.total


# --------------------------------------------------------------------------------------------- the practice


def test_a_learner_practises_with_an_answer_at_once_and_sees_the_progress_of_the_criterion(
    world: World,
) -> None:
    practice = at_practice(world)
    practice.begin("PC1")
    first = practice.answer(right_of(practice.question()))
    assert (first.feedback.judged, first.progress.right_in_a_row) == (bank.Judged.RIGHT, 1)
    assert first.feedback.rationale is not None
    practice.next()
    second = practice.answer([])
    assert second.feedback.judged is bank.Judged.WRONG
    assert (second.progress.answered, second.progress.right, second.progress.right_in_a_row) == (2, 1, 0)
    assert practice.progress()["PC1"].seen == 2


def test_the_names_of_a_question_are_other_ones_each_time(world: World) -> None:
    practice = at_practice(world)
    practice.begin("PC2")
    first = practice.question().item.ref
    practice.next()
    assert practice.question().item.ref != first


def test_what_is_refused_in_practice_has_a_name(world: World) -> None:
    practice = at_practice(world)
    with refused(NotFound, "practice_unknown"):
        practice.next()
    practice.begin()
    number = practice.question().number
    with refused(Conflict, "practice_answered"):
        practice.answer(None, number=number + 1)
    with refused(Invalid, "answer_malformed"):
        practice.answer({"nonsense": 1})
    practice.answer(None)
    with refused(Conflict, "practice_answered"):
        practice.answer(None, number=number)
    with refused(Conflict, "practice_empty"):
        practice.begin("PC6")
    with world.store.read(Actor.system()) as uow, refused(NotFound, "media_unknown"):
        api.practice_media(uow, practice.who, "nothing")


def test_nobody_practises_while_a_test_of_theirs_runs(world: World) -> None:
    enrolled = world.enrol()
    practice = at_practice(world, enrolled)
    practice.begin()
    world.start(enrolled)
    for act in (practice.begin, practice.next, lambda: practice.answer(None)):
        with refused(Conflict, "practice_during_test"):
            act()
    world.submit(enrolled)
    practice.next()


def test_practice_before_and_after_the_test_changes_no_byte_of_the_result(world: World) -> None:
    enrolled = world.enrol()
    practice = at_practice(world, enrolled)
    practice.begin()
    practice.answer(None)
    sat = world.sat("Bela Sen", wrong=2)
    after = Practice(world, practiser(world, sat), practice.versions)

    def computed() -> bytes:
        with world.store.read(world.manager) as uow:
            entry = api.entry(uow, sat.entry.id, organisation_id=world.ids.agency)
            found = compute_entry(uow, entry)
            assert not isinstance(found, tuple)
            return canonical_json(found.document)

    for task in world.tasks(sat).values():
        world.mark(task)
    before = computed()
    after.begin()
    for _ in range(8):
        after.answer(right_of(after.question()))
        after.next()
    assert computed() == before
    with world.store.write(Actor.system()) as uow:
        api.delete_practice(uow, after.who)
    assert computed() == before


def test_a_learner_deletes_all_of_the_own_practice_and_nobody_else_s(world: World) -> None:
    practice = at_practice(world)
    other = Practice(world, practiser(world, world.enrol("Bela Sen")), practice.versions)
    for one in (practice, other):
        one.begin()
        one.answer(None)
    with world.store.write(Actor.system()) as uow:
        before = count(uow, AuditRow)
        api.delete_practice(uow, practice.who)
        api.delete_practice(uow, practice.who)
        assert (count(uow, FormativeRunRow), count(uow, FormativeAnswerRow)) == (1, 1)
        assert count(uow, AuditRow) == before
    assert practice.progress()["PC1"].answered == 0


def test_practising_leaves_no_event_that_names_a_learner(world: World) -> None:
    practice = at_practice(world)
    with world.store.read(Actor.system()) as uow:
        before = count(uow, AuditRow)
    practice.begin()
    practice.answer(None)
    with world.store.read(Actor.system()) as uow:
        assert count(uow, AuditRow) == before


def test_an_agency_sees_counts_for_each_criterion_and_no_other_agency_s(world: World) -> None:
    practice = at_practice(world)
    practice.begin("PC2")
    practice.answer("1930")
    practice.next()
    practice.answer("100")

    def use(agency: str) -> list[api.PcUse]:
        with world.store.read(Actor.system()) as uow:
            return api.practice_use(uow, organisation_id=agency, credential_version_id=world.ids.credential)

    assert use(world.ids.agency) == [
        api.PcUse(pc="PC1", items=3, answers=0, right=0),
        api.PcUse(pc="PC2", items=1, answers=2, right=1),
    ]
    assert use(world.ids.other_agency) == []


# ---------------------------------------------------------------------------------------------------- links


def test_whoever_has_an_open_link_practises_without_a_name_until_it_is_closed(world: World) -> None:
    practice = at_practice(world)
    with world.store.write(world.manager) as uow:
        token = api.open_practice_link(
            uow, organisation_id=world.ids.agency, credential_version_id=world.ids.credential
        )
    with world.store.write(Actor.system()) as uow:
        secret = api.enter_by_link(uow, token)
        visitor = Practice(world, api.practiser_of_visitor(uow, secret), practice.versions)
        assert api.credential_of_link(uow, token) == world.ids.credential
    visitor.begin()
    visitor.answer(None)
    assert practice.progress()["PC1"].answered == 0
    with world.store.write(world.manager) as uow:
        (link,) = api.practice_links(uow, organisation_id=world.ids.agency)
        assert link.visitors == 1
        with refused(NotFound, "practice_link_unknown"):
            api.close_practice_link(uow, link.id, organisation_id=world.ids.other_agency)
        api.close_practice_link(uow, link.id, organisation_id=world.ids.agency)
    with world.store.write(Actor.system()) as uow:
        for call in (
            lambda: api.practiser_of_visitor(uow, secret),
            lambda: api.enter_by_link(uow, token),
            lambda: api.credential_of_link(uow, "guess"),
            lambda: api.close_practice_link(uow, link.id, organisation_id=world.ids.agency),
        ):
            with refused(NotFound, "practice_link_unknown"):
                call()


@pytest.mark.parametrize("found", [{}, {"camera": "fine"}, {"nose": "ok"}])
def test_a_system_check_holds_known_words_alone(world: World, found: dict[str, object]) -> None:
    enrolled = world.enrol()
    with world.store.write(Actor.system()) as uow:
        with refused(Invalid, "check_malformed"):
            api.record_system_check(uow, enrolled.entry.id, found=found)
        api.record_system_check(uow, enrolled.entry.id, found={"line": "warn"})
        kept = api.record_system_check(uow, enrolled.entry.id, found={"line": "ok", "browser": "ok"})
        assert list(kept.found) == [api.CheckPart.BROWSER, api.CheckPart.LINE]
        assert api.system_checks(uow, [enrolled.entry.id, "none"]) == {enrolled.entry.id: kept}
        with refused(NotFound, "entry_unknown"):
            api.record_system_check(uow, "nobody", found={"line": "ok"})
