# SPDX-License-Identifier: Apache-2.0
"""A key that was wrong: the difference first, another person's approval, new results, and every verdict derived again."""

from __future__ import annotations

from pathlib import Path

from assessor import api
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.identity.model import Role
from scoring.rescoring.api import Policy
from tests.db.corrected import (
    SIGNING,
    approve,
    ask,
    carry_out,
    correct,
    dropped,
    everybody,
    finished,
    finished_alike,
    first_items,
    keyed,
    look,
    of_role,
    records,
    rederive,
    results_of,
    scoring_of,
    simple_items,
    told,
    wrong_options,
)
from tests.db.results import hold, pull
from tests.unit.assessor.world import World, refused

State = api.CorrectionState


# ------------------------------------------------------------------------------------------------- dry run


def test_the_difference_names_who_changes_and_why_before_anything_is_changed(world: World) -> None:
    right, wrong = finished(world, "Asha Rao"), finished(world, "Binod Das", wrong=3)
    item = first_items(world, wrong)[0]
    asked = ask(world, item, everybody())
    found = look(world, asked.id).document
    same_paper = item in first_items(world, right)
    assert (found["results"], found["changed"], found["up"], found["down"]) == (1 + same_paper, 1, 1, 0)
    person = found["persons"][0]
    assert (person["person"], person["state"]) == (wrong.entry.id, "provisional")
    assert person["items"] == [{"item": item, "before": "0", "after": "1"}]
    assert (person["total_before"], person["total_after"]) == ("57", "58")
    assert "Binod" not in str(found)
    assert len(results_of(world, wrong)) == 1
    assert told(world, asked.id).state is State.ASKED


def test_a_new_key_takes_marks_and_a_harm_free_one_does_not(world: World) -> None:
    enrolled = finished(world, "Asha Rao")
    item = first_items(world, enrolled)[0]
    other = wrong_options(world, enrolled, item)[0]
    for policy, down in ((Policy.FULL, 1), (Policy.HARM_FREE, 0), (Policy.DROP, 0)):
        asked = ask(world, item, keyed([other]), policy)
        found = look(world, asked.id).document
        assert (found["down"], found["policy"]) == (down, policy.value)
        with world.store.write(world.manager) as uow:
            api.withdraw_correction(uow, asked.id, organisation_id=world.ids.agency)


# ------------------------------------------------------------------------------------------------ approval


def test_nobody_approves_what_he_or_she_asked_for_or_wrote(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    asked = ask(world, first_items(world, enrolled)[0], everybody())
    for own in (world.manager, of_role(world, Role.AUTHOR)):
        with refused(Forbidden, "correction_own"):
            approve(world, asked.id, by=own)


def test_an_approval_is_for_exactly_the_difference_that_was_shown(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    item = first_items(world, enrolled)[0]
    asked = ask(world, item, everybody())
    shown = look(world, asked.id)
    finished_alike(world, enrolled, "Binod Das", wrong=1)
    with refused(Conflict, "correction_changed"):
        approve(world, asked.id, shown=shown)
    forged = api.DryRun(document={**shown.document, "changed": 0}, sha256=shown.sha256)
    with refused(Conflict, "correction_changed"):
        approve(world, asked.id, shown=forged)
    approve(world, asked.id)
    assert told(world, asked.id).state is State.APPROVED


def test_the_signature_of_an_approval_breaks_when_anything_of_it_is_altered(world: World) -> None:
    from dataclasses import replace

    enrolled = finished(world, "Asha Rao", wrong=1)
    found = correct(world, first_items(world, enrolled)[0], everybody())
    assert found.state is State.APPLIED
    assert api.signature_holds(found, key=SIGNING)
    assert not api.signature_holds(found, key=b"x" * 32)
    assert not api.signature_holds(replace(found, policy=Policy.DROP), key=SIGNING)
    assert not api.signature_holds(replace(found, decided_by="somebody"), key=SIGNING)
    assert not api.signature_holds(replace(found, difference={"changed": 0}), key=SIGNING)
    assert not api.signature_holds(replace(found, signature=None), key=SIGNING)


def test_a_correction_is_refused_with_a_reason_or_taken_back_by_who_asked(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    item = first_items(world, enrolled)[0]
    reviewer = of_role(world, Role.REVIEWER)
    first = ask(world, item, everybody())
    with refused(Conflict, "correction_open"):
        ask(world, item, dropped())
    with refused(Invalid, "reason_malformed"), world.store.write(reviewer) as uow:
        api.refuse_correction(uow, first.id, organisation_id=world.ids.agency, answer=" ")
    with world.store.write(reviewer) as uow:
        api.refuse_correction(uow, first.id, organisation_id=world.ids.agency, answer="The key is right.")
    with refused(Conflict, "correction_state"):
        approve(world, first.id)
    second = ask(world, item, everybody())
    with refused(Forbidden, "correction_not_own"), world.store.write(reviewer) as uow:
        api.withdraw_correction(uow, second.id, organisation_id=world.ids.agency)
    with world.store.write(world.manager) as uow:
        api.withdraw_correction(uow, second.id, organisation_id=world.ids.agency)
    assert [told(world, one.id).state for one in (first, second)] == [State.REFUSED, State.WITHDRAWN]
    assert len(results_of(world, enrolled)) == 1


# ------------------------------------------------------------------------------------------------- results


def test_a_provisional_result_gives_way_to_one_under_the_corrected_key(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    found = correct(world, first_items(world, enrolled)[0], everybody())
    old, new = results_of(world, enrolled)
    assert (old.state, new.state) == (api.ResultState.SUPERSEDED, api.ResultState.PROVISIONAL)
    assert (old.corrected_by_id, new.corrected_by_id) == (found.id, None)
    assert new.document["corrections"] == [
        {
            "id": found.id,
            "item": found.item_version_id,
            "kind": "everybody",
            "policy": "full",
            "sha256": found.sha256,
        }
    ]
    assert new.document["decision"]["credential"]["earned"] == "60"


def test_a_declared_result_must_be_declared_again_and_the_body_sees_why(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    declared = world.declare(world.result(enrolled).id)
    pull(world)
    found = correct(world, first_items(world, enrolled)[0], everybody())
    persons = (found.difference or {})["persons"]
    assert [(one["state"], one["delivered"]) for one in persons] == [("declared", True)]
    fresh = world.result(enrolled)
    assert (fresh.state, fresh.feed_number) == (api.ResultState.PROVISIONAL, None)
    before = pull(world).results[0]
    assert (before.result.summary.id, before.result.summary.state) == (declared.id, "superseded")
    with world.store.read(world.body) as uow:
        notes = api.correction_notes(uow, declared.id)
    assert [(note.correction_id, note.reason) for note in notes] == [(found.id, found.reason)]
    again = world.declare(fresh.id)
    assert (again.state, again.feed_number) == (api.ResultState.DECLARED, 2)


def test_a_hold_stays_and_blocks_the_new_result_too(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    hold(world, enrolled, "incident")
    found = correct(world, first_items(world, enrolled)[0], everybody())
    assert [one["held"] for one in (found.difference or {})["persons"]] == [True]
    with refused(Conflict, "hold_open"):
        world.declare(world.result(enrolled).id)


def test_whose_marks_stay_keeps_the_very_result(world: World) -> None:
    enrolled = finished(world, "Asha Rao")
    result = world.declare(world.result(enrolled).id)
    found = correct(world, first_items(world, enrolled)[0], everybody())
    assert (found.difference or {})["changed"] == 0
    assert found.state is State.APPLIED
    assert world.result(enrolled) == result


def test_an_attempt_that_ends_after_the_approval_counts_by_the_corrected_key(world: World) -> None:
    first = finished(world, "Asha Rao", wrong=1)
    item = first_items(world, first)[0]
    correct(world, item, everybody())
    later = finished_alike(world, first, "Binod Das", wrong=24)
    with world.store.read(world.manager) as uow:
        document = api.result(uow, world.result(later).id, organisation_id=world.ids.agency).document
    assert document["decision"]["credential"]["earned"] == "37"  # of 60: 24 questions, one given to everybody
    assert len(document["corrections"]) == 1


def test_a_dropped_item_is_neither_earned_nor_to_be_earned(world: World) -> None:
    # Four questions of each criterion are worth 4 marks; without one of them, the three others are.
    enrolled = finished(world, "Asha Rao", wrong=1)
    correct(world, first_items(world, enrolled)[0], dropped())
    new = results_of(world, enrolled)[-1]
    assert new.document["items"] == {"count": 24, "answered": 23, "matched": 23}
    assert new.document["decision"]["credential"]["earned"] == "60"
    other = finished_alike(world, enrolled, "Binod Das", wrong=24)
    assert results_of(world, other)[-1].document["decision"]["credential"]["earned"] == "36"


def test_a_criterion_is_never_left_without_an_item(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    with world.store.read(world.manager) as uow:
        line = api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency)
        known = api.forms(uow, line.entry.assessment_id, organisation_id=world.ids.agency)
    form = next(form for form in known if form.id == line.entry.form_id)
    of_first_pc = [item.version_id for item in form.content.items if item.pc == form.content.items[0].pc]
    for version_id in of_first_pc[:-1]:
        correct(world, version_id, dropped())
    with refused(Conflict, "correction_empties_criterion"):
        ask(world, of_first_pc[-1], dropped())


def test_a_second_correction_of_an_item_stands_upon_the_first(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    item = first_items(world, enrolled)[0]
    correct(world, item, everybody())
    with refused(Conflict, "correction_changes_nothing"):
        ask(world, item, everybody())
    correct(world, item, keyed(scoring_of(world, enrolled, item).correct))
    assert [row.state.value for row in results_of(world, enrolled)] == [
        "superseded",
        "superseded",
        "provisional",
    ]
    assert results_of(world, enrolled)[-1].document["decision"]["credential"]["earned"] == "59"


def test_a_withdrawn_entry_is_written_down_and_stops_nobody(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    asked = ask(world, first_items(world, enrolled)[0], everybody())
    approve(world, asked.id)
    with world.store.write(world.manager) as uow:
        api.withdraw_entry(uow, enrolled.entry.id, organisation_id=world.ids.agency)
    assert carry_out(world, asked.id) == 1
    with world.store.read(world.manager) as uow:
        entries = api.corrected_entries(uow, asked.id, organisation_id=world.ids.agency)
    assert [(one.cause, one.after_id) for one in entries] == [("entry_withdrawn", None)]
    assert told(world, asked.id).state is State.APPLIED


def test_applying_goes_on_where_it_was_broken_off(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    asked = ask(world, first_items(world, enrolled)[0], everybody())
    approve(world, asked.id)
    assert carry_out(world, asked.id) == 1
    assert carry_out(world, asked.id) == 0
    assert len(results_of(world, enrolled)) == 2


# ------------------------------------------------------------------------------------------------ refusals


def test_a_key_that_makes_no_sense_is_refused_by_name(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    item = simple_items(world, enrolled)[0]
    for responses in ([], [["Z"]], [[""]], [["A", "B"]]):
        with refused(Invalid, "correction_key"):
            ask(world, item, keyed(*responses))
    with refused(Conflict, "correction_changes_nothing"):
        ask(world, item, keyed(scoring_of(world, enrolled, item).correct))
    with refused(NotFound, "item_unknown"):
        ask(world, "nothing", everybody())
    with refused(Conflict, "correction_other_item"):
        ask(world, item, api.NewKey(kind=api.NewKeyKind.VERSION, as_version_id=item))


def test_another_agency_sees_nothing_of_it(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    asked = ask(world, first_items(world, enrolled)[0], everybody())
    with refused(NotFound, "correction_unknown"), world.store.read(world.manager) as uow:
        api.correction(uow, asked.id, organisation_id=world.ids.other_agency)
    with refused(NotFound, "batch_unknown"), world.store.write(world.manager) as uow:
        api.export_records(uow, world.ids.batch, organisation_id=world.ids.other_agency)


# ------------------------------------------------------------------------------------------------- records


def test_every_verdict_of_a_batch_is_derived_again_from_its_file(world: World, tmp_path: Path) -> None:
    first, second = finished(world, "Asha Rao", wrong=5), finished(world, "Binod Das", wrong=1)
    correct(world, first_items(world, first)[0], everybody())
    correct(world, first_items(world, second)[1], dropped(), Policy.HARM_FREE)
    simple = simple_items(world, first)[-1]
    correct(world, simple, keyed(*[[option] for option in wrong_options(world, first, simple)]))
    found = records(world)
    code, said = rederive(found.document, tmp_path)
    assert (code, said) == (0, f"{found.records} records, 0 faults, head {found.head}\n")
    assert (found.unrecorded, found.broken) == ((), None)
    rows = [row for one in (first, second) for row in results_of(world, one)]
    assert found.records == len(rows)
    newest = {one["person"]: one["verdict"] for one in found.document["records"]}
    for enrolled in (first, second):
        assert newest[enrolled.entry.id] == ("pass" if world.result(enrolled).passed else "fail")
    assert [one["supersedes"] for one in found.document["records"]][:2] == [None, None]
    assert found.document["records"][2]["supersedes"] in (0, 1)


def test_a_record_that_was_altered_in_the_database_is_found(world: World, tmp_path: Path) -> None:
    from assessor.results.correction_tables import ScoreRecordRow

    finished(world, "Asha Rao", wrong=5)
    finished(world, "Binod Das")
    with world.store.write(world.manager) as uow:
        row = uow.db.get(ScoreRecordRow, (world.ids.batch, 0))
        assert row is not None
        row.document = {**row.document, "verdict": "pass" if row.document["verdict"] == "fail" else "fail"}
    found = records(world)
    assert found.broken == 0
    assert rederive(found.document, tmp_path)[0] == 1


def test_results_from_before_there_were_records_are_taken_in(world: World, tmp_path: Path) -> None:
    from sqlalchemy import delete

    from assessor.results.correction_tables import ScoreRecordRow

    finished(world, "Asha Rao", wrong=5)
    with world.store.write(world.manager) as uow:
        uow.db.execute(delete(ScoreRecordRow))
    found = records(world)
    assert (found.records, found.unrecorded) == (1, ())
    assert rederive(found.document, tmp_path)[0] == 0
    assert records(world).head == found.head


def test_a_batch_without_results_has_a_file_that_derives(world: World, tmp_path: Path) -> None:
    found = records(world)
    assert (found.records, rederive(found.document, tmp_path)[0]) == (0, 0)
