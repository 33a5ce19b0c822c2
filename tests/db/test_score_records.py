# SPDX-License-Identifier: Apache-2.0
"""Score records of real results: what was altered in a file or in the database is named, and answers can be erased."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from assessor import api
from assessor.results.correction_tables import KeyCorrectionRow, ScoreRecordRow
from assessor.results.tables import ResultRow
from core.errors import Conflict
from core.uow import Actor
from scoring.rescoring.api import Policy
from tests.adaptive import walk
from tests.analysed import analysed_batch
from tests.db import private_lives
from tests.db.banded import banded
from tests.db.corrected import (
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
    records,
    rederive,
    results_of,
    simple_items,
    wrong_options,
)
from tests.db.results import mark_all
from tests.unit.assessor.world import World, refused

Record = dict[str, Any]


def corrected_batch(world: World) -> dict[str, Any]:
    """Records 0 to 2 of three learners with one paper; then a corrected key, a dropped question, and one for everybody."""
    first = finished(world, "Asha Rao")
    finished_alike(world, first, "Binod Das", wrong=24)
    items = simple_items(world, first)
    correct(world, items[0], keyed(wrong_options(world, first, items[0])[:1]))
    correct(world, items[1], dropped(), Policy.FULL)
    correct(world, items[2], everybody())
    return records(world).document


# ----------------------------------------------------------------------------------------------- altered files


def of_last(change: Callable[[Record], object]) -> Callable[[dict[str, Any]], object]:
    return lambda document: change(document["records"][-1])


def one_mark(record: Record) -> None:
    item = next(item for item, mark in record["marks"].items() if mark == "1")
    record["marks"][item] = "0"


def one_digit(record: Record) -> None:
    last = record["previous"][-1]
    record["previous"] = record["previous"][:-1] + ("0" if last != "0" else "1")


def other_verdict(record: Record) -> None:
    record["verdict"] = "fail" if record["verdict"] == "pass" else "pass"


def other_rule(document: dict[str, Any]) -> None:
    for paper in document["papers"].values():
        text = json.dumps(paper["rule"]).replace("7/10", "1/10").replace("4/5", "1/10")
        paper["rule"] = json.loads(text)


def other_key(document: dict[str, Any]) -> None:
    for key in document["keys"].values():
        keyed_item = next(one for one in key["items"].values() if one["treatment"] == "keyed")
        keyed_item["marks"] = {"Z": "1"}


ALTERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a mark": of_last(one_mark),
    "a verdict": of_last(other_verdict),
    "a link": of_last(one_digit),
    "an answer": of_last(lambda record: record["responses"].popitem()),
    "a person": of_last(lambda record: record.update(person="somebody")),
    "which one it replaces": of_last(lambda record: record.update(supersedes=None)),
    "the rule": other_rule,
    "a key": other_key,
    "a record taken out": lambda document: document["records"].pop(1),
    "the order": lambda document: document["records"].insert(0, document["records"].pop()),
}


def test_every_altered_file_is_refused_with_the_name_of_the_record(world: World, tmp_path: Path) -> None:
    document = corrected_batch(world)
    assert rederive(document, tmp_path)[0] == 0
    last = len(document["records"]) - 1
    for what, change in ALTERED.items():
        altered = copy.deepcopy(document)
        change(altered)
        code, said = rederive(altered, tmp_path)
        assert code == 1, what
        first = {"the rule": 0, "a key": 0, "a record taken out": 1, "the order": 0}.get(what, last)
        named = [line for line in said.splitlines() if line.startswith("record ")]
        assert named[0].startswith(f"record {first}: "), (what, said)


# --------------------------------------------------------------------------------------- altered in the database


@pytest.mark.parametrize(
    "changed",
    [
        {"policy": Policy.HARM_FREE},
        {"accepted": [["A"], ["B"], ["C"], ["D"]]},
        {"reason": "Another reason altogether."},
        {"asked_by": "somebody"},
        {"signature": "0" * 64},
        {"difference_sha256": "sha256:" + "0" * 64},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_nothing_is_scored_by_a_correction_that_was_changed_in_the_database(
    world: World, changed: dict[str, Any]
) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    item = simple_items(world, enrolled)[-1]
    found = correct(world, item, keyed(wrong_options(world, enrolled, item)[:1]))
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(KeyCorrectionRow).where(KeyCorrectionRow.id == found.id).values(**changed))
    with world.store.write(Actor.system()) as uow:
        refreshed = api.refresh_result(uow, enrolled.entry.id)
        with refused(Conflict, "correction_altered"):
            api.entry_outcomes(uow, api.learner_entry(uow, enrolled.entry.id))
    assert refreshed.missing == ("correction_altered",)
    assert len(results_of(world, enrolled)) == 2


def test_a_refused_correction_cannot_be_made_to_count_in_the_database(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    asked = ask(world, first_items(world, enrolled)[0], everybody())
    forged = {
        "state": api.CorrectionState.APPROVED,
        "decided_by": "somebody",
        "decided_at": world.clock.now(),
        "signature": "0" * 64,
        "difference_sha256": "sha256:" + "0" * 64,
    }
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(KeyCorrectionRow).where(KeyCorrectionRow.id == asked.id).values(**forged))
    with world.store.write(Actor.system()) as uow:
        assert api.refresh_result(uow, enrolled.entry.id).missing == ("correction_altered",)


@pytest.mark.parametrize("part", ["verdict", "marks", "responses", "salt"])
def test_a_record_changed_in_the_database_stops_what_would_rest_on_it(world: World, part: str) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    with world.store.write(Actor.system()) as uow:
        row = uow.db.scalars(select(ScoreRecordRow)).one()
        other = {"verdict": "fail", "marks": {}, "responses": {}, "salt": "other"}[part]
        row.document = {**row.document, part: other}
    assert records(world).broken == 0
    asked = ask(world, first_items(world, enrolled)[0], everybody())
    failed = look(world, asked.id).document["failed"]
    assert failed == [{"entry": enrolled.entry.id, "cause": "record_altered"}]


def test_a_verdict_changed_beside_its_record_is_noticed(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)
    with world.store.write(Actor.system()) as uow:
        uow.db.execute(update(ResultRow).values(passed=False))
    asked = ask(world, first_items(world, enrolled)[0], everybody())
    assert [one["cause"] for one in look(world, asked.id).document["failed"]] == ["record_altered"]


# ------------------------------------------------------------------------------------------------------ erasure


def erase(world: World, enrolled: api.Enrolled, folder: Path) -> None:
    parts = private_lives.services(world, folder)
    with world.store.write(Actor.system()) as uow:
        candidate_id = api.learner_entry(uow, enrolled.entry.id).candidate_id
        api.erase_candidate(uow, candidate_id, blobs=parts.blobs)
    parts.engine.dispose()


def test_an_erasure_takes_the_answers_out_of_the_records_and_leaves_the_chain_whole(
    world: World, tmp_path: Path
) -> None:
    first, second = finished(world, "Asha Rao", wrong=5), finished(world, "Binod Das", wrong=1)
    before = records(world)
    erase(world, first, tmp_path)
    after = records(world)
    assert (after.head, after.broken, after.unrecorded) == (before.head, None, ())
    gone, stays = after.document["records"]
    assert (gone["person"], gone["responses"], gone["salt"]) == (first.entry.id, None, None)
    assert gone["verdict"] == before.document["records"][0]["verdict"]
    assert stays == before.document["records"][1]
    assert stays["person"] == second.entry.id
    code, said = rederive(after.document, tmp_path)
    assert (code, said) == (0, f"2 records (1 without their answers), 0 faults, head {before.head}\n")


def test_who_was_erased_keeps_the_result_whatever_is_corrected(world: World, tmp_path: Path) -> None:
    gone = finished(world, "Asha Rao", wrong=1)
    other = finished_alike(world, gone, "Binod Das", wrong=1)
    item = first_items(world, gone)[0]
    asked = ask(world, item, everybody())
    shown = look(world, asked.id)
    before = world.result(gone)
    erase(world, gone, tmp_path)
    with refused(Conflict, "correction_changed"):
        approve(world, asked.id, shown=shown)
    found = look(world, asked.id).document
    assert (found["erased"], [one["person"] for one in found["persons"]]) == (
        1,
        [other.entry.id] if first_items(world, other)[0] == item else [],
    )
    approve(world, asked.id)
    carry_out(world, asked.id)
    assert world.result(gone) == before
    with world.store.write(Actor.system()) as uow:
        assert api.refresh_result(uow, gone.entry.id).missing == ("entry_erased",)
        with refused(Conflict, "entry_erased"):
            api.entry_outcomes(uow, api.learner_entry(uow, gone.entry.id))
    assert rederive(records(world).document, tmp_path)[0] == 0


def test_a_learner_reads_the_own_records_and_a_verdict_only_when_it_is_declared(world: World) -> None:
    enrolled = finished(world, "Asha Rao", wrong=1)

    def own() -> list[tuple[int, int | None, str, bool | None]]:
        with world.store.read(Actor.system()) as uow:
            found = api.records_of_entry(uow, enrolled.entry.id)
        return [(one.number, one.replaces, one.state.value, one.passed) for one in found]

    assert own() == [(0, None, "provisional", None)]
    world.declare(world.result(enrolled).id)
    correct(world, first_items(world, enrolled)[0], everybody())
    assert own() == [(0, None, "superseded", True), (1, 0, "provisional", None)]


# ---------------------------------------------------------------------------------------------- adaptive sections


def test_what_an_adaptive_section_settled_is_derived_again_and_corrected(
    world: World, tmp_path: Path
) -> None:
    on = walk(world)
    on.follow({"PC3": [False], "PC4": [True, True, True]})
    world.submit(on.enrolled)
    mark_all(world, on.enrolled)
    (asked_for, never_asked) = _settled(world, on.enrolled)
    correct(world, never_asked, everybody())
    assert len(results_of(world, on.enrolled)) == 1, "what was not asked counts nowhere, whatever its key"
    correct(world, asked_for, everybody())
    found = records(world, on.enrolled.entry.sitting.batch_id)
    before, after = (one["marks"][asked_for] for one in found.document["records"])
    assert (before, after) == ("0", "1")
    assert found.document["records"][1]["marks"][never_asked] is None
    assert rederive(found.document, tmp_path)[0] == 0


def _settled(world: World, enrolled: api.Enrolled) -> tuple[str, str]:
    """The question of PC3 that was asked, and one that was not."""
    document = results_of(world, enrolled)[-1].document
    of_pc = next(one for one in document["adaptive"] if one["pc"] == "PC3")
    return of_pc["counted"][0], of_pc["not_asked"][0]


# ---------------------------------------------------------------------------------------------------------- bands


def test_bands_are_derived_again_and_a_correction_that_moves_one_is_shown(
    world: World, tmp_path: Path
) -> None:
    made = analysed_batch(world.store, banded(world), persons=40, forms=1)
    asked = ask(world, made.miskeyed_item, everybody())
    shown = look(world, asked.id).document["persons"]
    moved = [one for one in shown if one["bands_before"] != one["bands_after"]]
    assert moved, "somebody goes from one band to the next"
    approve(world, asked.id)
    carry_out(world, asked.id)
    found = records(world, made.batch_id)
    bands = {band for one in found.document["records"] for band in one["bands"].values()}
    assert bands >= {"A", "B"}
    assert rederive(found.document, tmp_path)[0] == 0
    last = found.document["records"][-1]
    last["bands"] = dict.fromkeys(last["bands"], "Z")
    code, said = rederive(found.document, tmp_path)
    assert code == 1
    assert f"record {last['sequence']}: bands" in said
